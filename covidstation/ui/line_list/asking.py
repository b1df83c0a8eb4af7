"""The line under the grid: what the row of the field asks, and the ways to answer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout

from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.line_list import RowLook
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import ElidedLabel, Glyph, Ground, set_ink

ASKED = frozenset(("line_list.similar", "line_list.twice_name"))


class AskingLine(Ground):
    """`same()` "Đúng người này", `other()` "Là người khác", `repair(text)` the citizen number with its zero,
    `see(UUID)` the person of the register."""

    same = Signal()
    other = Signal()
    repair = Signal(str)
    see = Signal(object)

    def __init__(self) -> None:
        super().__init__(QPalette.ColorRole.AlternateBase)
        self.setObjectName("asking_line")
        self._look: RowLook | None = None
        self._number = ""
        self._glyph = Glyph("help", 18, "warn")
        self._words = ElidedLabel("", "hint")
        self._see = Button(_("Xem trong sổ"), "quiet", name="see_person")
        self._repair = Button(_("Thêm số 0"), keys="F6", name="repair_number")
        self._same = Button(_("Đúng người này"), keys="F6", name="same_person")
        self._other = Button(_("Là người khác"), keys="F7", name="other_person")
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP)
        row.addWidget(self._glyph)
        row.addWidget(self._words, 1)
        for button in (self._see, self._repair, self._same, self._other):
            row.addWidget(button)
        self.setFixedHeight(44)
        self._same.clicked.connect(self.same)
        self._other.clicked.connect(self.other)
        self._repair.clicked.connect(lambda: self.repair.emit(self._number))
        self._see.clicked.connect(self._open)
        self.show_row(None)

    def show_row(self, look: RowLook | None) -> None:
        """What that row asks; a row that asks nothing leaves the line empty."""
        self._look = look
        problems = look.problems if look else ()
        codes = {problem.code for problem in problems}
        lost = next((one for one in problems if one.code == "line_list.lost_zero"), None)
        self._number = lost.params["number"] if lost else ""
        person = look.known or look.similar if look else None
        self._see.setVisible(person is not None)
        self._repair.setVisible(lost is not None)
        self._same.setVisible(lost is None and "line_list.similar" in codes)
        self._other.setVisible(bool(codes & ASKED))
        worst = problems[0] if problems else None
        self._glyph.setVisible(worst is not None)
        if worst is not None:
            ink = "danger" if worst.level == "error" else "warn"
            self._glyph.show_icon("alert", "danger" if worst.level == "error" else "warn")
            set_ink(self._words, "danger" if ink == "danger" else "warn")
        else:
            set_ink(self._words, "muted")
        said = " ".join(dict.fromkeys(sentence(problem) for problem in problems))
        self._words.set_text(said or (_("Dòng này đủ để ghi.") if look and look.ready else _keys_told()))

    def _open(self) -> None:
        person = (self._look.known or self._look.similar) if self._look else None
        if person is not None:
            self.see.emit(person.person.id)


def _keys_told() -> str:
    return _(
        "Enter ô tiếp · ↑ ↓ đổi dòng · Ctrl+D như ô trên · Ctrl+V dán từ bảng tính · Ctrl+Del xoá dòng · "
        "quét thẻ điền dòng tiếp theo"
    )
