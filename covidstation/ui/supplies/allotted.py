"""Huyện cấp: the papers of the district for this store, those to be counted on top; Enter counts one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget

from covidstation.db.queries.allotments import AllotmentView
from covidstation.i18n import _, date_text, moment_text
from covidstation.services.supplies.allotments import allotments
from covidstation.ui.desk import Desk
from covidstation.ui.district.words import due_words
from covidstation.ui.look.tokens import Tone
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.supplies.allotment_dialog import AllotmentDialog
from covidstation.ui.supplies.words import what_of


def state_of(view: AllotmentView, today: date) -> tuple[str, Tone]:
    """Where a paper stands, for a chip."""
    if view.others:
        return _("đếm hai lần"), "orange"
    if view.stands is not None and view.item.withdrawn_at is not None:
        return _("huyện rút sau khi nhận"), "orange"
    if view.item.withdrawn_at is not None:
        return _("huyện đã rút"), "grey"
    if view.waits:
        return (_("quá hạn nhận"), "red") if view.late(today) else (_("chờ nhận"), "orange")
    return (_("đã nhận, có lệch"), "orange") if view.differs else (_("đã nhận đủ"), "green")


def heard_of(view: AllotmentView, today: date) -> str:
    """By whom it was counted, and whether the district knows; until when, while nobody has."""
    if view.stands is None:
        return due_words(view.item, today) if view.waits else ""
    who = " ".join(filter(None, (view.stands.by_name, moment_text(view.stands.made_at, today))))
    return " · ".join((who, _("huyện đã biết") if view.heard else _("chờ gửi huyện")))


class Allotted(QStackedWidget):
    """`load()` asks; `counted(n)` says how many papers wait, `failed(trouble)` why nothing could be read."""

    counted = Signal(int)
    failed = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._views: tuple[AllotmentView, ...] = ()
        self._wanted = False
        self.model: RecordModel[AllotmentView] = RecordModel(desk.tasks, self._columns(), self)
        self.table = Table("allotments_table", _("Phiếu huyện cấp"), self.model)
        later = _("Phiếu xuất kho của huyện sẽ hiện ở đây sau mỗi lần nhận từ huyện, để đếm rồi nhập kho.")
        self.addWidget(self.table)
        self.addWidget(EmptyPage("box", _("Huyện chưa cấp gì"), later))
        self.setCurrentIndex(1)
        self.table.opened.connect(self._open)

    def load(self) -> None:
        """Ask for all of them."""
        self._desk.ask(self, partial(allotments, self._desk.register.db), self._show, self.failed.emit)

    def take_focus(self) -> None:
        """The keyboard goes into the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_first(self) -> None:
        """Count the first that waits, as soon as they are known."""
        self._wanted = True
        self.load()

    def _columns(self) -> Sequence[Column[AllotmentView]]:
        desk = self._desk

        def today() -> date:
            return desk.now().date()

        def paper(view: AllotmentView) -> Cell:
            return Cell(view.paper.document if view.paper else view.item.title, "name" if view.waits else "body")

        def state(view: AllotmentView) -> Cell:
            words, tone = state_of(view, today())
            return Cell(words, chip=tone)

        return (
            Column("document", _("Số phiếu"), paper, 150),
            Column("day", _("Ngày phiếu"), lambda view: Cell(date_text(view.paper.day if view.paper else None)), 110),
            Column("what", _("Mặt hàng"), lambda view: Cell(what_of(view)), 400),
            Column("state", _("Tình trạng"), state, 190),
            Column("heard", "", lambda view: Cell(heard_of(view, today()), "hint", "muted")),
        )

    def _show(self, views: tuple[AllotmentView, ...]) -> None:
        self._views = views
        self.model.set_records(views)
        self.setCurrentIndex(0 if views else 1)
        self.counted.emit(sum(view.waits for view in views))
        if self._wanted:
            self._wanted = False
            first = next((view for view in views if view.waits), None)
            if first is not None:
                self._open(first)

    def _open(self, view: AllotmentView) -> None:
        if view.paper is None:
            words = _("Chương trình ở trạm chưa đọc được phiếu này. Nhập hàng bằng nút “Nhập”, rồi gọi huyện.")
            tell(self, view.item.title, f"{words}\n\n{view.item.body}")
        elif view.stands is None and view.item.withdrawn_at is not None:
            words = _("Huyện đã rút phiếu này lúc {when}. Hàng đã về thì nhập bằng nút “Nhập” và gọi huyện.")
            when = moment_text(view.item.withdrawn_at, self._desk.now().date())
            tell(self, view.item.title, words.format(when=when), bad=False)
        else:
            run_dialog(self._desk, AllotmentDialog(self._desk, self, view), _("Đã nhập kho; huyện biết ở lần gửi tới"))
