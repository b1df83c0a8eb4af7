"""Every part on one sheet, to look at in both schemes: `python -m covidstation.ui.look.gallery [light|dark]`."""

from __future__ import annotations

import sys
from typing import cast

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from covidstation.ui.look.fonts import Role, font
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.theme import Choice, Theme
from covidstation.ui.look.tokens import Ink, Tone
from covidstation.ui.parts.banner import Banner
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.edits import LineEdit, set_state
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Glyph, Ground, label
from covidstation.ui.parts.ring import FocusRing

_SWATCHES = (
    *("base", "window", "alt", "line", "border", "muted", "text", "accent_soft", "accent", "accent_fill"),
    *("danger_soft", "danger", "warn_soft", "warn", "ok_soft", "ok"),
)
_TYPES: tuple[tuple[str, Role, Ink], ...] = (
    ("Vàng A Páo 24", "person", "text"),
    ("Hôm nay 22", "title", "text"),
    ("93 % 22", "title", "danger"),
    ("Tên nặng 18", "danger_name", "text"),
    ("Mục 16", "section", "text"),
    ("Chữ chính 14 ỄẶẬẪ", "body", "text"),
    ("Tên 14", "name", "text"),
    ("Phụ 13 ỄẶẬẪ", "hint", "muted"),
    ("Chip 12", "chip", "text"),
)
_CHIPS: tuple[tuple[tuple[str, Tone], ...], ...] = (
    (("Thấp", "green"), ("Trung bình", "yellow"), ("Cao", "orange"), ("Rất cao", "red")),
    (("F0 ngày 5", "blue"), ("Đủ 3 mũi", "grey"), ("Ở một mình", "plain")),
)


class _Swatch(QWidget):
    """A colour, its name, its value."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(76, 74)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        colour: str = getattr(tokens, self._name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(0.5, 0.5, 59, 31), 4, 4)
        painter.setFont(font("key"))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(0, 46, self._name)
        painter.setPen(QColor(tokens.text))
        painter.drawText(0, 66, colour)


def _row(*widgets: QWidget, gap: int = 12) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(gap)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


class Gallery(QWidget):
    """The sheet, 1366 × 768."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gallery")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.focused = Button("Đang focus", name="focused")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(40, 16, 40, 16)
        whole.setSpacing(12)
        whole.addLayout(_row(*(label(*one) for one in _TYPES), gap=20))
        halves = QHBoxLayout()
        halves.setSpacing(48)
        halves.addLayout(self._left(), 1)
        halves.addLayout(self._right(), 1)
        whole.addLayout(halves)
        whole.addWidget(self._empty())
        whole.addWidget(label("Màu", "hint_strong", "muted"))
        whole.addLayout(_row(*(_Swatch(name) for name in _SWATCHES), gap=2))
        whole.addStretch(1)

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(label("Nút: một nút chính mỗi trang", "hint_strong", "muted"))
        column.addLayout(
            _row(
                Button("Chính", "primary", icon="printer", keys="Ctrl+P"),
                Button("Thường"),
                Button("Nhẹ", "quiet"),
                Button("Nguy cấp", "danger", icon="truck"),
            )
        )
        off = Button("Chưa dùng được")
        off.setEnabled(False)
        column.addLayout(_row(self.focused, off))
        column.addWidget(label("Chip: màu luôn đi với chữ", "hint_strong", "muted"))
        for chips in _CHIPS:
            column.addLayout(_row(*(Chip(*one) for one in chips), gap=8))
        column.addWidget(label("Ô nhập và câu nói bên cạnh", "hint_strong", "muted"))
        column.addLayout(self._field("Lò Thị Mai", "", "bình thường", "muted"))
        column.addLayout(self._field("0365 118", "warn", "Thiếu 2 số. Ghi đủ 10 số hoặc để trống.", "warn"))
        wrong = "Tháng 2 không có ngày 31. Sửa ngày để lưu được."
        column.addLayout(self._field("31/02/2022", "error", wrong, "danger"))
        column.addStretch(1)
        return column

    def _field(self, text: str, state: str, words: str, ink: Ink) -> QHBoxLayout:
        field = LineEdit("sample", words, width=160)
        field.set_value(text)
        set_state(field, state)
        glyph = [Glyph("alert", 16, ink)] if state else []
        return _row(field, *glyph, label(words, "hint", ink), gap=8)

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(label("Dải báo: ngay dưới tiêu đề trang, nhiều nhất một dải", "hint_strong", "muted"))
        banners = [Banner() for _at in range(4)]
        banners[0].show_message(
            "danger", "SpO2 93 % lúc 06:50, chưa báo tuyến trên", button="Chuyển tuyến", act=self.update
        )
        banners[1].show_message(
            "warn", "Đồng hồ máy lệch 3 giờ so với huyện. Sửa giờ để biên nhận đúng.", button="Sửa giờ", act=self.update
        )
        banners[2].show_message(
            "info", "Còn bản nháp F0 của Giàng A Páo từ 07:16 hôm nay", icon="card", button="Mở tiếp", act=self.update
        )
        banners[3].show_message("training", "DỮ LIỆU TẬP HUẤN. Không có người thật; văn bản in ra có chữ “TẬP HUẤN”.")
        for banner in banners:
            column.addWidget(banner)
        column.addWidget(label("Việc lâu", "hint_strong", "muted"))
        bar = QProgressBar()
        bar.setTextVisible(False)
        bar.setRange(0, 50)
        bar.setValue(18)
        bar.setFixedWidth(320)
        stop = Button("Dừng", keys="Esc", bind=False)
        column.addLayout(_row(label("Đang in 18 trên 50 quyết định", "strong"), stop, gap=120))
        column.addWidget(bar)
        kept = "Dừng thì 18 tờ đã in giữ nguyên số, 32 tờ còn lại chưa cấp số."
        column.addWidget(label(kept, "hint", "muted"))
        column.addStretch(1)
        return column

    def _empty(self) -> QWidget:
        ground = Ground(QPalette.ColorRole.AlternateBase)
        box = QVBoxLayout(ground)
        box.setContentsMargins(0, 4, 0, 4)
        later = "Khi chuyển một người lên huyện, giấy chuyển và giờ báo sẽ nằm ở đây."
        box.addWidget(
            EmptyPage("truck", "Chưa có ai chuyển tuyến", later, Button("Chuyển tuyến một người", icon="plus"))
        )
        ground.setMinimumHeight(168)
        return ground


def main(arguments: list[str]) -> int:
    """Show the sheet until it is closed."""
    app = QApplication(arguments[:1])
    wanted = arguments[1] if arguments[1:] and arguments[1] in ("light", "dark") else "system"
    Theme(app, cast(Choice, wanted))
    FocusRing(app)
    sheet = Gallery()
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    sheet.resize(1366, 768)
    sheet.show()
    sheet.focused.setFocus()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
