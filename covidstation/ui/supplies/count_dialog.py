"""Kiểm kê: every lot of one kind in a grid, what was found beside what the book says; only typed lines are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from covidstation.db.queries.supplies import LotLine
from covidstation.domain.problems import Problem
from covidstation.domain.supplies import MOST_UNITS, ItemDraft
from covidstation.domain.text import TEXT_LIMIT
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.supplies.acts import CountDraft, CountLine, count
from covidstation.services.supplies.look import look_at_lots
from covidstation.services.vaccination.takes import doses_out
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import ElidedLabel, label, set_ink
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.supplies.dialogs import day_problems
from covidstation.ui.supplies.words import KINDS, amount, lot_title

Lots = tuple[tuple[ItemDraft, LotLine], ...]


class CountDialog(ActDialog):
    """`item_id`: only the lots of that item."""

    row_fields: ClassVar[frozenset[str]] = frozenset({"counted"})

    def __init__(self, desk: Desk, parent: QWidget, item_id: UUID | None = None) -> None:
        today = desk.now().date()
        self._item_id = item_id
        self._lots: Lots = ()
        self._out: Mapping[UUID, int] = {}
        self._counts: dict[UUID, NumberEdit] = {}
        self.day = DateEdit("day", _("Ngày kiểm kê"), today=today)
        self.day.set_day(today)
        self.kind = Combo("kind", _("Loại"), width=200)
        self.reason = LineEdit("reason", _("Vì sao lệch"), width=320, limit=TEXT_LIMIT)
        self.document = LineEdit("document", _("Số biên bản"), width=150, limit=TEXT_LIMIT)
        rows = [
            Field(_("&Ngày kiểm kê"), self.day, required=True).beside(self.kind, _("&loại"), field=False),
            Field(_("&Vì sao lệch"), self.reason).beside(self.document, _("số &biên bản"), name="document"),
        ]
        super().__init__(desk, parent, _("Kiểm kê kho"), rows, self.kind)
        self.setMinimumSize(880, 600)
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(metrics.GAP)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._body)
        self._scroll = scroll
        self.rows_column.insertWidget(self.rows_column.count() - 1, scroll, 1)
        self.kind.picked.connect(lambda _key: self._fill())
        db = desk.register.db
        desk.ask(self, lambda: (look_at_lots(db, today=today), doses_out(db)), self._show_lots)

    def about(self) -> str:
        """One at a time."""
        return self._item_id.hex if self._item_id else "store"

    def make_room(self, raw: Mapping[str, Any]) -> None:
        """The rows are those of the store: nothing is made for a draft."""

    def wrong(self) -> list[Problem]:
        """The day, and numbers that cannot be read."""
        found = day_problems(self.day)
        if any(one.bad() for one in self._counts.values()):
            found.append(Problem("", "supplies.whole_number"))
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """Write what was typed."""
        register = self._desk.register
        typed = ((lot, one.number()) for lot, one in self._counts.items())
        lines = tuple(CountLine(lot_id=lot, counted=int(found)) for lot, found in typed if found is not None)
        draft = CountDraft(
            day=self.day.day(),
            lines=lines,
            reason=self.reason.value(),
            document=self.document.value(),
            by_name=register.user_name or "",
        )
        return partial(count, register.db, draft, by=register.user_id, now=self._desk.now())

    def _show_lots(self, found: tuple[Lots, Mapping[UUID, int]]) -> None:
        lots, self._out = found
        self._lots = tuple(one for one in lots if self._item_id in (None, one[1].item_id))
        there = {item.kind.value for item, _lot in self._lots}
        self.kind.set_choices([(key, _(words)) for key, words in KINDS.items() if key in there])
        self._fill()
        first = next(iter(self._counts.values()), None)
        if first is not None:
            first.setFocus()

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._counts = {}
        kind = self.kind.value()
        for at, text in enumerate((_("Mặt hàng, lô"), _("Theo sổ"), _("Đếm được"), _("Lệch"))):
            head = label(text, "hint", "muted")
            side = Qt.AlignmentFlag.AlignRight if at else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(head, 0, at, side | Qt.AlignmentFlag.AlignVCenter)
        shown = [one for one in self._lots if one[0].kind.value == kind]
        for at, (draft, lot) in enumerate(shown):
            self._add(1 + 2 * at, draft, lot)
        if not shown:
            self._grid.addWidget(label(_("Kho chưa có gì để đếm. Nhập kho trước."), "body", "muted"), 1, 0)
        self._grid.setRowStretch(2 * len(shown) + 2, 1)

    def _add(self, row: int, draft: ItemDraft, lot: LotLine) -> None:
        title = f"{draft.title}, {lot_title(lot.number, lot.expiry)}"
        name = ElidedLabel(title, "body", "danger" if lot.over else "text")
        book = label(amount(lot.balance, draft.unit), "body", "muted")
        book.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        found = NumberEdit("counted", _("Đếm được {what}").format(what=title), low=0, high=MOST_UNITS, width=112)
        found.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        differs = label("", "strong", "muted")
        differs.setFixedWidth(96)
        differs.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

        def say(_text: str) -> None:
            value = found.number()
            more = int(value) - lot.balance if value is not None else None
            differs.setText("" if more is None else f"{more:+d}" if more else _("khớp"))
            set_ink(differs, "warn" if more else "muted")

        found.textChanged.connect(say)
        for column, widget in enumerate((name, book, found, differs)):
            self._grid.addWidget(widget, row, column)
        self._counts[lot.id] = found
        if out := self._out.get(lot.id, 0):
            words = _("Buổi tiêm đang giữ {n}: cộng cả số ấy vào số đếm được.").format(n=amount(out, draft.unit))
            self._grid.addWidget(label(words, "hint", "warn"), row + 1, 0, 1, 4)
            found.setAccessibleDescription(words)
