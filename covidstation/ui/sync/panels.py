"""The right side of Đồng bộ: choose a stick and write, or first be enrolled at the district; the words to compare."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Dialog, foot
from covidstation.ui.parts.labels import Glyph, Ground, Line, label
from covidstation.ui.sync.sticks import Stick


class StickButtons(QWidget):
    """One button for each stick plugged in (the remembered folder when there is none), and any other folder."""

    chosen = Signal(object)  # Stick
    other = Signal()

    def __init__(self, verb: str, name: str) -> None:
        super().__init__()
        self._verb, self._name = verb, name
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(metrics.GAP)
        self._shown: tuple[tuple[Stick, ...], bool] | None = None
        self.buttons: list[Button] = []

    def show_sticks(self, sticks: Sequence[Stick], *, primary: bool = True) -> None:
        """The first one is the primary button."""
        if self._shown == (tuple(sticks), primary):
            return
        self._shown = (tuple(sticks), primary)
        focused = any(button.hasFocus() for button in self.buttons)
        while (item := self._row.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.buttons = []
        for at, stick in enumerate(sticks[:3]):
            words = self._verb.format(name=stick.name).replace("&", "&&")
            button = Button(words, "primary" if primary and not at else "normal", icon="usb", name=f"{self._name}_{at}")
            button.clicked.connect(lambda _checked=False, stick=stick: self.chosen.emit(stick))
            self.buttons.append(button)
        kind = "normal" if sticks else "primary" if primary else "normal"
        other = Button(_("Chọn &thư mục…"), "primary" if kind == "primary" else "normal", name=f"{self._name}_other")
        other.clicked.connect(lambda _checked=False: self.other.emit())
        self.buttons.append(other)
        for button in self.buttons:
            self._row.addWidget(button)
            button.show()  # at once: it may get the focus before the event loop turns
        self._row.addStretch(1)
        if focused:
            self.buttons[0].setFocus()


class WritePanel(Ground):
    """Nothing under way: one click per stick."""

    def __init__(self) -> None:
        super().__init__(QPalette.ColorRole.AlternateBase)
        self.sticks = StickButtons(_("Ghi vào {name}"), "write_to")
        self._note = label("", "body", "muted", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(label(_("Ghi USB"), "person"))
        words.addWidget(self._note)
        words.addSpacing(10)
        words.addWidget(self.sticks)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.MARGIN, 20, metrics.MARGIN, 16)
        row.setSpacing(16)
        row.addWidget(Glyph("usb", 32, "accent"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def show_state(self, sticks: Sequence[Stick], *, upper: str, waiting: int) -> None:
        """The sticks of now and what writing does; with nothing to write no button is to be pressed."""
        self.sticks.show_sticks(sticks, primary=waiting > 0)
        self.sticks.setEnabled(waiting > 0)
        if not waiting:
            text = _("Huyện đã nhận đủ, không còn gì phải ghi.")
        elif sticks:
            text = _("Gói được khoá, chỉ {upper} mở được. Ghi xong màn hình hiện “Rút được”.")
        else:
            text = _("Cắm USB vào máy, hoặc chọn thư mục. Gói được khoá, chỉ {upper} mở được.")
        self._note.setText(text.format(upper=upper or _("huyện")))


class EnrolPanel(Ground):
    """Before the first sending: two steps, and the station's own eight words."""

    take_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(QPalette.ColorRole.AlternateBase)
        self.sticks = StickButtons(_("Ghi yêu cầu vào {name}"), "request_to")
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 16)
        column.setSpacing(4)
        column.addWidget(label(_("Trạm chưa ghép nối với huyện"), "title"))
        once = _("Làm một lần: hai bên trao khoá qua USB, rồi mỗi lần gửi chỉ còn một nút.")
        column.addWidget(label(once, "body", "muted", wrap=True))
        column.addSpacing(8)
        column.addWidget(label(_("1. Ghi yêu cầu ra USB, mang về huyện. Trong tệp không có bệnh nhân nào."), "name"))
        column.addWidget(self.sticks)
        self._asked = label(_("Tám từ của trạm. Huyện gọi điện thì đọc đúng tám từ này:"), "hint", "muted", wrap=True)
        self._words = label("", "section", wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._asked)
        column.addWidget(self._words)
        column.addSpacing(8)
        column.addWidget(label(_("2. Huyện trả USB: nhận giấy chứng nhận, so tám từ của huyện."), "name"))
        take = Button(_("&Nhận giấy chứng nhận từ USB"), icon="folder", name="take_certificate")
        take.clicked.connect(self.take_wanted)
        column.addWidget(take)
        column.addStretch(1)

    def show_state(self, sticks: Sequence[Stick], words: Sequence[str]) -> None:
        """The words are there once the request was written."""
        self.sticks.show_sticks(sticks, primary=not words)
        self._asked.setVisible(bool(words))
        self._words.setVisible(bool(words))
        self._words.setText(" · ".join(words))

    def words(self) -> str:
        """The words in sight."""
        return self._words.text()


class WordsDialog(Dialog):
    """Eight words in large type; a person compares them by phone and says whether they are the same."""

    def __init__(self, parent: QWidget, hub: str, words: Sequence[str]) -> None:
        super().__init__(parent, _("So tám từ"), "words_dialog")
        self.setMinimumWidth(600)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(metrics.MARGIN, 20, metrics.MARGIN, 16)
        inner.setSpacing(8)
        inner.addWidget(label(_("Giấy chứng nhận của {hub}").format(hub=hub), "section", wrap=True))
        ask = _("Gọi điện cho huyện theo số đã biết từ trước, nhờ đọc tám từ trên máy của huyện.")
        inner.addWidget(label(ask, wrap=True))
        inner.addSpacing(6)
        inner.addLayout(_grid(words))
        inner.addSpacing(6)
        inner.addWidget(label(_("Trùng cả tám từ, đúng thứ tự, mới bấm Trùng."), "body", "muted", wrap=True))
        column.addLayout(inner)
        column.addWidget(Line())
        differ = Button(_("&Không trùng"), name="words_differ")
        same = Button(_("&Trùng"), "primary", name="words_same")
        differ.clicked.connect(self.reject)
        same.clicked.connect(self.accept)
        column.addLayout(foot(differ, same))
        differ.setFocus(Qt.FocusReason.OtherFocusReason)


def _grid(words: Sequence[str]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    half = (len(words) + 1) // 2
    for at, word in enumerate(words):
        column = 2 * (at // half)
        grid.addWidget(label(f"{at + 1}.", "body", "muted"), at % half, column)
        shown = label(word, "person")
        shown.setAccessibleName(_("Từ {n}: {word}").format(n=at + 1, word=word))
        grid.addWidget(shown, at % half, column + 1)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 1)
    return grid


def folder_stick(folder: Path) -> Stick:
    """Any chosen folder under its own name."""
    return Stick(folder.name or str(folder), folder)
