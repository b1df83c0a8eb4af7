"""Counting what the district sent: each line with what should be there, and an empty field for what is.

Nothing is filled in: whoever only presses Enter has counted nothing (docs/adr/0047). Enter goes from count to count;
Tab reaches the item, the number and the expiry too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from covidstation.db.queries.allotments import AllotmentView
from covidstation.domain.allotments import Compared
from covidstation.domain.problems import Problem
from covidstation.domain.supplies import MOST_UNITS, SHORT_LIMIT
from covidstation.domain.text import TEXT_LIMIT
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, date_text
from covidstation.services.changes import Done
from covidstation.services.supplies.allotments import (
    AllotmentDraft,
    AllotmentLook,
    CountedLine,
    look_at_allotment,
    receive_allotment,
)
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import Role
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import FindCombo
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit, set_state
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import ElidedLabel, label, set_ink
from covidstation.ui.parts.popup import Choice
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.supplies.dialogs import day_problems
from covidstation.ui.supplies.words import amount

NEW: Final = "new"
ITEM, LOT, DAY, COUNT, DIFFERS = 220, 100, 108, 84, 56


class CountRow:
    """The fields of one line. `today()` is the day of the counting, for what is over then."""

    def __init__(self, sent: Compared, today: Callable[[], date]) -> None:
        line, self._sent, self._today = sent.line, sent, today
        what = line.item.title
        self.item = FindCombo("item", _("Mặt hàng của kho cho {what}").format(what=what), width=ITEM, hint=_("gõ tên"))
        self.number = LineEdit("number", _("Số lô {what}").format(what=what), width=LOT, limit=SHORT_LIMIT)
        self.expiry = DateEdit("expiry", _("Hạn dùng {what}").format(what=what), today=today(), width=DAY)
        name = _("Đếm được {what}").format(what=what)
        self.counted = NumberEdit("counted", name, low=0, high=MOST_UNITS, width=COUNT)
        self.counted.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.out = CheckBox("left_out", _("Không nhập"))
        self.out.setAccessibleName(_("Không nhập {what}, đã quá hạn").format(what=what))
        keeps = self.out.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.out.setSizePolicy(keeps)
        self.differs = label("", "strong", "muted")
        self.differs.setFixedWidth(DIFFERS)
        self.differs.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.number.set_value(line.lot)
        self.expiry.set_day(line.expiry)
        for widget in (self.number, self.expiry, self.out):
            widget.setProperty("aside", True)
        self.counted.textChanged.connect(lambda _text: self.say())
        self.expiry.textChanged.connect(lambda _text: self.say())
        self.say()

    def set_item(self, choices: Sequence[Choice], item: UUID | None) -> None:
        """What can be chosen; an item that was found is passed over by Enter."""
        self.item.set_choices(choices)
        if item is not None:
            self.item.set_value(item)
            self.item.setProperty("aside", True)

    def fields(self) -> tuple[QWidget, ...]:
        """Those that may be wrong."""
        return (self.item, self.number, self.expiry, self.counted, self.out)

    def units(self) -> int | None:
        """What was counted; None when nothing can be read."""
        found = self.counted.number()
        return None if found is None else int(found)

    def over(self) -> bool:
        """Whether the day on the box has passed."""
        day = self.expiry.day()
        return day is not None and day < self._today()

    def say(self) -> None:
        """The difference; for what is over, the way to leave it out."""
        units, sent = self.units(), self._sent.line.quantity
        more = None if units is None else units - sent
        self.differs.setText("" if more is None else f"{more:+d}" if more else _("khớp"))
        set_ink(self.differs, "warn" if more else "muted")
        self.out.setVisible(self.over())
        if not self.over():
            self.out.setChecked(False)

    def wrong(self) -> list[Problem]:
        """What cannot be read; the field is marked."""
        needs_item = bool(self.units()) and not self.out.isChecked() and self.item.value() is None
        marks = (
            (self.counted, self.counted.bad(), "supplies.whole_number"),
            (self.expiry, self.expiry.bad(), "forms.bad_date"),
            (self.item, needs_item or self.item.bad(), "allotment.item_missing"),
        )
        for widget, bad, _code in marks:
            set_state(widget, "error" if bad else "")
        params = {"name": self._sent.line.item.title}
        return [Problem("", code, params) for _widget, bad, code in marks if bad]

    def line(self) -> CountedLine:
        """As it is counted."""
        key = self.item.value()
        return CountedLine(
            item_id=key if isinstance(key, UUID) else None,
            number=self.number.value(),
            expiry=self.expiry.day(),
            counted=self.units(),
            kept=not self.out.isChecked(),
        )


class AllotmentDialog(ActDialog):
    """One paper; one that was counted shows what was found then, and may be counted again."""

    row_fields: ClassVar[frozenset[str]] = frozenset({"item", "number", "expiry", "counted", "left_out"})

    def __init__(self, desk: Desk, parent: QWidget, view: AllotmentView) -> None:
        today = desk.now().date()
        self._view, self.lines = view, list[CountRow]()
        self.day = DateEdit("day", _("Ngày nhận"), today=today)
        self.day.set_day(today)
        self.reason = LineEdit("reason", _("Vì sao khác phiếu"), width=420, limit=TEXT_LIMIT)
        self.fresh = Button(_("Thêm mới dòng này"), "quiet", icon="plus", keys="F4", name="make_item")
        self.fresh.setProperty("aside", True)
        self.fresh.hide()
        rows = [
            Field(_("&Ngày nhận"), self.day, required=True).after(self.fresh),
            Field(_("&Vì sao khác"), self.reason),
        ]
        rows[1].set_hint(_("ghi khi có dòng lệch; huyện đọc được"))
        super().__init__(desk, parent, self._title(), rows, self.day)
        self.setMinimumSize(1180, 560)
        self.rows_column.insertWidget(
            self.rows_column.count() - 1, label(self._about(today), "hint", "muted", wrap=True)
        )
        self._body, self._grid = QWidget(), QGridLayout()
        self._lay_out()
        self.day.textChanged.connect(lambda _text: self._say())
        self.fresh.clicked.connect(self._make_new)
        desk.ask(self, partial(look_at_allotment, desk.register.db, view.id), self._show_look)

    def about(self) -> str:
        """The paper, and the counting in whose place it would stand."""
        stands = self._view.stands
        return f"{self._view.id.hex}-{stands.id.hex if stands is not None else ''}"

    def make_room(self, raw: Mapping[str, Any]) -> None:
        """The rows are those of the paper: nothing is made for a draft."""

    def wrong(self) -> list[Problem]:
        """The day, and what cannot be read."""
        return [*day_problems(self.day), *(problem for row in self.lines for problem in row.wrong())]

    def failed(self, trouble: UserError) -> None:
        """The refused fields of the lines are marked too."""
        super().failed(trouble)
        if isinstance(trouble, Refused):
            self._mark(trouble.problems)

    def act(self) -> Callable[[], Done[Any]]:
        """Count it."""
        register, stands = self._desk.register, self._view.stands
        draft = AllotmentDraft(
            allotment=self._view.id,
            day=self.day.day(),
            lines=tuple(row.line() for row in self.lines),
            reason=self.reason.value(),
            replaces=stands.id if stands is not None else None,
            by_name=register.user_name or "",
        )
        return partial(receive_allotment, register.db, draft, by=register.user_id, now=self._desk.now())

    def _title(self) -> str:
        paper = self._view.paper
        words = _("Đếm lại phiếu {document}") if self._view.stands is not None else _("Nhận hàng: phiếu {document}")
        return words.format(document=paper.document if paper is not None else "")

    def _about(self, today: date) -> str:
        view = self._view
        day = date_text(view.paper.day) if view.paper is not None else ""
        said = [_("Phiếu ngày {day}, {author} lập.").format(day=day, author=view.item.author)]
        if view.paper is not None and view.paper.note:
            said.append(_("Ghi chú: {note}.").format(note=view.paper.note.rstrip(".")))
        if view.stands is not None:
            words = _("{name} đã đếm ngày {day} (cột “Lần trước”). Sai thì đếm lại hết rồi Lưu; kho và huyện đổi theo.")
            said.append(words.format(name=view.stands.by_name, day=date_text(view.stands.count.day)))
        else:
            said.append(_("Đếm từng dòng; không thấy thì ghi 0. Số lô, hạn trên hộp khác phiếu thì sửa theo hộp."))
        if view.others:
            said.append(_("Phiếu được đếm hai lần quanh lúc lấy lại bản sao lưu; kho chỉ tính lần sau."))
        return " ".join(said)

    def _lay_out(self) -> None:
        grid = self._grid
        self._body.setLayout(grid)
        grid.setContentsMargins(0, 8, 8, 0)
        grid.setHorizontalSpacing(metrics.GAP)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._body)
        self.rows_column.insertWidget(self.rows_column.count() - 1, scroll, 1)

    def _show_look(self, look: AllotmentLook) -> None:
        if self.lines:
            return
        if look.unsure:
            words = _("Sổ vừa lấy lại từ bản sao lưu, phiếu này có thể đã đếm rồi: gửi, nhận với huyện trước khi đếm.")
            self.rows_column.insertWidget(self.rows_column.count() - 2, label(words, "strong", "warn", wrap=True))
        self._add_heads()
        kept = [Choice(id, item.title, item.unit) for id, item in look.kept]
        for at, (sent, item) in enumerate(zip(look.view.lines, look.matched, strict=True), start=1):
            new = Choice(NEW, _("Thêm mới: {name}").format(name=sent.line.item.title), sent.line.item.unit)
            row = CountRow(sent, self._today)
            row.set_item((new, *kept), item)
            self._add(at, sent, row)
        self._grid.setRowStretch(len(self.lines) + 1, 1)
        self.fresh.setVisible(None in look.matched)
        first = self.lines[0]
        (first.item if look.matched[0] is None else first.counted).setFocus()

    def _add_heads(self) -> None:
        words, figures = [_("Theo phiếu"), _("Mặt hàng của kho"), _("Số lô"), _("Hạn dùng")], [_("Số gửi")]
        figures += [_("Lần trước")] if self._view.stands is not None else []
        for at, text in enumerate([*words, *figures, _("Đếm được"), _("Lệch")]):
            side = Qt.AlignmentFlag.AlignRight if at >= len(words) else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(label(text, "hint", "muted"), 0, at, side | Qt.AlignmentFlag.AlignVCenter)

    def _add(self, at: int, sent: Compared, row: CountRow) -> None:
        line = sent.line
        words = ", ".join(filter(None, (f"{line.number}. {line.item.title}", line.item.form)))
        quantity = _figure(amount(line.quantity, line.item.unit), "strong", "text")
        shown: list[QWidget] = [ElidedLabel(words, "body"), row.item, row.number, row.expiry, quantity]
        if self._view.stands is not None:
            before = amount(sent.found.counted, line.item.unit) if sent.found is not None else ""
            shown.append(_figure(before, "body", "warn" if sent.differs else "muted"))
        for column, widget in enumerate([*shown, row.counted, row.differs, row.out]):
            self._grid.addWidget(widget, at, column)
        self.lines.append(row)

    def _say(self) -> None:
        """Another day: another line may be over."""
        for row in self.lines:
            row.say()

    def _today(self) -> date:
        return self.day.day() or self._desk.now().date()

    def _make_new(self) -> None:
        """The line in which the keyboard stands, or the first without an item, is an item of its own."""
        here = next((row for row in self.lines if self.focusWidget() in row.fields()), None)
        row = here or next((one for one in self.lines if one.item.value() is None), None)
        if row is not None:
            row.item.set_value(NEW)
            set_state(row.item, "")
            row.counted.setFocus()

    def _mark(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            parts = problem.field.split(".")
            if len(parts) == 3 and parts[1].isdecimal() and int(parts[1]) < len(self.lines):
                row = self.lines[int(parts[1])]
                widget = row.out if parts[2] == "kept" else getattr(row, parts[2], None)
                if isinstance(widget, QWidget):
                    set_state(widget, "error")


def _figure(text: str, role: Role, ink: Ink) -> QWidget:
    made = label(text, role, ink)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made
