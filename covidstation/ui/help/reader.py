"""Shows one help text: Markdown, pictures of the same folder, links between help pages, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QByteArray, QEvent, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QFrame, QTextBrowser

from covidstation.ui.help.topics import TOPICS, help_root, topic_file
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import Role, font
from covidstation.ui.look.palette import tokens_of

LINE: Final = 150  # per cent of the font's height: Ễ and Ậ need air in running text
HEAD_LINE: Final = 120
KEYS_COLUMN: Final = 220
COLUMN: Final = 760  # a line longer than this tires
_HEADS: Final[dict[int, Role]] = {1: "person", 2: "section", 3: "name"}
_ABOVE: Final = {0: 0, 1: 0, 2: 16, 3: 12}
_MOST_BYTES: Final = 400_000
NO_HTML: Final = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class HelpReader(QTextBrowser):  # door: shows files shipped with the program alone
    """`show_topic(name)`. A link to another help page fires `topic_asked(name)`; other links do nothing."""

    topic_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("help_text")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.document().setDocumentMargin(0)
        self.setViewportMargins(metrics.MARGIN, 16, metrics.MARGIN, 0)
        self.anchorClicked.connect(self._follow)
        self._topic = ""

    def topic(self) -> str:
        """The page in sight."""
        return self._topic

    def show_topic(self, topic: str) -> None:
        """Read its file and dress it in the program's type."""
        self._topic = topic
        self.document().clear()  # and the pictures of the other scheme with it
        text = topic_file(topic).read_text(encoding="utf-8")
        self.document().setMarkdown(text, NO_HTML)  # door: a file shipped with the program, never anybody's data
        self._dress()
        self.setAccessibleName(self.document().firstBlock().text())
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Only pictures below the help's own folder, in the scheme that is worn; whatever else is empty."""
        file = self._file_of(QUrl(name))
        if kind != QTextDocument.ResourceType.ImageResource.value or file is None:
            return QByteArray()
        return QByteArray(file.read_bytes())

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: other pictures."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._topic:
            place = self.verticalScrollBar().value()
            self.show_topic(self._topic)
            self.verticalScrollBar().setValue(place)

    def resizeEvent(self, event: Any) -> None:
        """Keep the column readable however wide the window is."""
        right = max(metrics.MARGIN, self.width() - COLUMN - metrics.MARGIN)
        self.setViewportMargins(metrics.MARGIN, 16, right, 0)
        super().resizeEvent(event)

    def _file_of(self, url: QUrl) -> Path | None:
        """The picture that is meant, None for anything that is not one of ours."""
        if url.scheme() not in ("", "file") or url.host():
            return None
        name = url.path()
        if tokens_of(self).dark:
            name = name.replace("-light.png", "-dark.png")
        root = (help_root() / "pictures").resolve()
        try:
            file = (topic_file(self._topic).parent / name).resolve()
            whole = file.is_file() and file.stat().st_size <= _MOST_BYTES
        except (OSError, ValueError):
            return None
        return file if whole and file.suffix == ".png" and file.is_relative_to(root) else None

    def _follow(self, url: QUrl) -> None:
        topic = url.path().removesuffix(".md")
        if not url.scheme() and not url.host() and topic in TOPICS:
            self.topic_asked.emit(topic)

    def _dress(self) -> None:
        document = self.document()
        document.setDefaultFont(font("body"))
        block = document.firstBlock()
        while block.isValid():
            _dress_block(block)
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _dress_table(frame, QColor(tokens_of(self).line))


def _dress_block(block: QTextBlock) -> None:
    """Headings in the type table's sizes, room between paragraphs, keys in the same face as the words."""
    level = block.blockFormat().headingLevel()
    shape = QTextBlockFormat(block.blockFormat())
    shape.setLineHeight(
        HEAD_LINE if level or QTextCursor(block).currentTable() else LINE,
        QTextBlockFormat.LineHeightTypes.ProportionalHeight.value,
    )
    if _holds_picture(block):
        shape.setLineHeight(100, QTextBlockFormat.LineHeightTypes.SingleHeight.value)
    shape.setTopMargin(_ABOVE.get(level, 0))
    cursor = QTextCursor(block)
    shape.setBottomMargin(0 if cursor.currentTable() else 4 if block.textList() is not None else 8)
    cursor.setBlockFormat(shape)
    pieces = []
    walk = block.begin()
    while not walk.atEnd():
        piece = walk.fragment()
        pieces.append((piece.position(), piece.length(), QTextCharFormat(piece.charFormat())))
        walk += 1
    for start, length, was in pieces:
        if was.isImageFormat():
            continue
        strong = was.fontWeight() > QFont.Weight.Normal or was.fontFixedPitch()
        role: Role = _HEADS.get(level) or ("name" if strong else "body")
        was.clearProperty(QTextFormat.Property.FontSizeAdjustment.value)  # a heading's, relative to nothing of ours
        was.setFont(font(role))
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(was)


def _dress_table(table: QTextTable, line: QColor) -> None:
    """Hairlines in the scheme's colour, all tables of one width."""
    shape = table.format()
    shape.setBorder(1)
    shape.setBorderBrush(line)
    shape.setBorderCollapse(True)
    shape.setCellPadding(6)
    shape.setBottomMargin(8)
    fixed = QTextLength.Type.FixedLength
    shape.setColumnWidthConstraints([QTextLength(fixed, KEYS_COLUMN), QTextLength(fixed, COLUMN - KEYS_COLUMN - 40)])
    table.setFormat(shape)


def _holds_picture(block: QTextBlock) -> bool:
    walk = block.begin()
    return not walk.atEnd() and walk.fragment().charFormat().isImageFormat()
