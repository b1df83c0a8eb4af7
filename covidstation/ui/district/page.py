"""Từ huyện: the list by what needs an answer first, and the item under the bar in full beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from covidstation.db.queries.district import DistrictItem
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.services.changes import Changes, Kind
from covidstation.services.district.items import ItemLook, district_items, look_at_item, mark_read
from covidstation.ui.desk import Desk
from covidstation.ui.district.asking import AskForPersonDialog
from covidstation.ui.district.detail import ItemPanel
from covidstation.ui.district.words import kind_icon, short_words, state_words
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table

LIST: Final = 612
READ_MS: Final = 1000  # so long an item is in sight before it counts as opened
_TOUCHED: Final = frozenset({Kind.DISTRICT, Kind.SYNC, Kind.RULES})


class DistrictPage(Page):
    """Arrows go through the list, Enter into the answer; Ctrl+Enter sends it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("district", _("Từ huyện"))
        self._desk = desk
        self._items: tuple[DistrictItem, ...] = ()
        self._wanted: UUID | None = None
        self._filling = False
        self._model: RecordModel[DistrictItem] = RecordModel(desk.tasks, self._columns(), self)
        self.table = Table("district_items", _("Những gì huyện nói và hỏi"), self._model)
        self.table.setFixedWidth(LIST)
        self.panel = ItemPanel(desk)
        self.ask_person = Button(_("&Xin nhận một người"), icon="home", name="ask_for_person")
        desk.guard(Right.TREAT, self.ask_person)
        self.set_head_actions(self.ask_person)
        self._read = QTimer(self, singleShot=True, interval=READ_MS)
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Ask for the list."""
        self._desk.ask(self, partial(district_items, self._desk.register.db), self._show, self._trouble)

    def refresh(self, changes: Changes) -> None:
        """Something came or was answered."""
        if changes & _TOUCHED:
            self.load()

    def show_part(self, part: str) -> None:
        """An item by its id."""
        try:
            self._wanted = UUID(part)
        except ValueError:
            return
        self.load()

    def place(self) -> object:
        """The item in sight."""
        return self._wanted

    def go_back(self, place: object) -> None:
        """That item again."""
        self._wanted = place if isinstance(place, UUID) else None

    def put_aside(self) -> None:
        """The window locks: an answer that is half typed stays kept."""
        self.panel.half.keep_now()

    def may_leave(self) -> bool:
        """What is half typed stays kept as a draft."""
        self.panel.half.keep_now()
        return True

    def bar_actions(self) -> Sequence[QWidget]:
        """Of the item in sight."""
        return self.panel.buttons() if self._stack.currentIndex() == 0 else ()

    def showEvent(self, event: QShowEvent) -> None:
        """From now on what is in sight counts as opened."""
        super().showEvent(event)
        self._read.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody reads a page that is not in sight."""
        self._read.stop()
        super().hideEvent(event)

    def _columns(self) -> Sequence[Column[DistrictItem]]:
        return (
            Column("title", _("Nội dung"), self._title_cell),
            Column("kind", _("Loại"), lambda item: Cell(short_words(item), ink="muted"), 92),
            Column("due", _("Hạn"), lambda item: Cell(date_text(item.due_on)[:5], ink="muted"), 58),
            Column("state", _("Tình trạng"), self._state_cell, 130),
        )

    def _title_cell(self, item: DistrictItem) -> Cell:
        bold = item.unread or item.wants is not None
        return Cell(item.title, "strong" if bold else "body", icon=kind_icon(item))

    def _state_cell(self, item: DistrictItem) -> Cell:
        words, tone = state_words(item, self._desk.now().date())
        return Cell(words, chip=tone)

    def _lay_out(self) -> None:
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.table)
        row.addWidget(Line(vertical=True))
        row.addWidget(self.panel, 1)
        later = _("Thông báo, câu hỏi, quy định mới và người chuyển đến sẽ hiện ở đây sau mỗi lần nhận từ huyện.")
        self._stack = QStackedWidget()
        self._stack.addWidget(both)
        self._stack.addWidget(EmptyPage("info", _("Huyện chưa nói gì"), later))
        self._stack.setCurrentIndex(1)
        self.add(self._stack, 1)

    def _connect(self) -> None:
        self.table.current_changed.connect(self._current)
        self.table.opened.connect(self._enter)
        self.panel.answered.connect(self._desk.said)
        self.panel.person_wanted.connect(self._desk.want_person)
        self.panel.rules_wanted.connect(partial(self._desk.want_page.emit, "settings:rules"))
        self.panel.store_wanted.connect(partial(self._desk.want_page.emit, "supplies:allotted"))
        self.panel.buttons_changed.connect(self.actions_changed)
        self.ask_person.clicked.connect(self._ask_person)
        self._read.timeout.connect(self._opened)

    def _show(self, items: tuple[DistrictItem, ...]) -> None:
        self._items = items
        waiting = sum(item.wants is not None for item in items)
        unread = sum(item.unread and item.wants is None for item in items)
        parts = [
            _("{n} mục chờ trả lời").format(n=waiting) if waiting else "",
            _("{n} mục chưa đọc").format(n=unread) if unread else "",
        ]
        self.set_title(_("Từ huyện"), " · ".join(filter(None, parts)))
        self._stack.setCurrentIndex(0 if items else 1)
        self._filling = True
        self._model.set_records(items)
        self._filling = False
        if items:
            at = next((n for n, item in enumerate(items) if item.id == self._wanted), 0)
            self.table.setCurrentIndex(self._model.index(at, 0))
            self._show_item(items[at])
        self.actions_changed.emit()
        self._take_focus()

    def _take_focus(self) -> None:
        """The keyboard starts in the list, unless something of the page has it already."""
        holder = self.window().focusWidget()
        if self.isVisible() and (holder is None or not self.isAncestorOf(holder)):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _current(self, item: DistrictItem | None) -> None:
        if self._filling or item is None or item.id == self._wanted:
            return
        self.panel.half.keep_now()
        self._show_item(item)

    def _show_item(self, item: DistrictItem) -> None:
        self._wanted = item.id
        op = partial(look_at_item, self._desk.register.db, item.id, self._desk.shipped)
        self._desk.ask(self, op, self._looked, self._trouble)

    def _looked(self, look: ItemLook) -> None:
        if look.item.id == self._wanted:
            self.panel.show_look(look, self._desk.now().date())
            self.actions_changed.emit()
            if self.isVisible():
                self._read.start()

    def _enter(self, _item: DistrictItem) -> None:
        target = self.panel.body if self.panel.answer.isHidden() else self.panel.answer
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _opened(self) -> None:
        item = self.panel.item
        if item is None or not item.unread or item.id != self._wanted or not self.isVisible():
            return
        register = self._desk.register
        who: dict[str, Any] = {"by": register.user_id, "by_name": register.user_name, "now": self._desk.now()}
        self._desk.act(self, partial(mark_read, register.db, item.id, **who), lambda _first: None)

    def _ask_person(self) -> None:
        dialog = AskForPersonDialog(self._desk, self)
        dialog.saved.connect(lambda: self._desk.said.emit(_("Đã ghi; huyện nhận ở lần gửi tới")))
        dialog.exec()
        dialog.deleteLater()

    def _trouble(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))
