"""F1: the contacts of cases, filtered and sorted, and what is done with those that are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.contacts import (
    ContactFilter,
    ContactLine,
    ContactList,
    ContactSort,
    ContactView,
    count_contacts,
    list_contacts,
)
from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.i18n import _
from covidstation.services.changes import Changes, Kind
from covidstation.services.contacts.register import quarantine_rules
from covidstation.services.scans import ScanLook
from covidstation.ui.contacts.columns import contact_columns
from covidstation.ui.contacts.desk_acts import ContactActs
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table

_TYPING_MS = 150
_KINDS = frozenset((Kind.CONTACTS, Kind.EPISODES, Kind.PEOPLE, Kind.PAPERS, Kind.PLACES, Kind.RULES))


class _Fetch:
    """The list behind the table: the keys are read once, by `count`, on the database thread."""

    def __init__(self, desk: Desk, wanted: ContactFilter, sort: ContactSort, *, descending: bool, today: date) -> None:
        self._desk, self._wanted, self._sort = desk, wanted, sort
        self._descending, self._today = descending, today
        self._found: ContactList | None = None

    def count(self) -> int:
        """How many lines there are now."""
        db = self._desk.register.db
        self._found = list_contacts(
            db,
            self._wanted,
            rules=quarantine_rules(db, self._desk.catalog),
            today=self._today,
            sort=self._sort,
            descending=self._descending,
        )
        return len(self._found)

    def lines(self, offset: int, limit: int) -> Sequence[ContactLine]:
        """Those from there on."""
        return self._found.lines(offset, limit) if self._found is not None else ()


class ContactsPage(Page):
    """The contacts. Enter opens the person; the bar at the foot acts on those that are chosen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("contacts", _("F1"))
        self._desk = desk
        self._sort, self._descending = ContactSort.UNTIL, False
        self.acts = ContactActs(desk, self)
        self.model: RecordModel[ContactLine] = RecordModel(desk.tasks, contact_columns(desk.now().date()), self)
        self.table = Table("contacts_table", _("Danh sách F1"), self.model)
        self.table.show_sorted(self._sort.value)
        self._make_filters()
        self._make_actions()
        self._lay_out()
        self._connect()

    def show_view(self, view: ContactView) -> None:
        """Look at that filter."""
        self.views.set_value(view.value)
        self._reload()

    def open_for(self, episode_id: object) -> None:
        """The household step of that case; nothing more without one."""
        if isinstance(episode_id, UUID):
            self.acts.add_household(episode_id)

    def take_scan(self, look: ScanLook) -> bool:
        """A card read while the list is in sight opens a new contact with it."""
        if look.refusal is not None:
            return False
        QTimer.singleShot(0, self, lambda: self.acts.add_one(look=look))  # the answer's own turn ends first
        return True

    def load(self) -> None:
        """Ask for everything anew."""
        desk = self._desk
        desk.ask(self, partial(hamlets, desk.register.db), self._show_hamlets)
        self._reload()
        QTimer.singleShot(0, self, self._focus_table)

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & _KINDS:
            self._reload()

    def bar_actions(self) -> Sequence[QWidget]:
        """What is done with those that are chosen."""
        return self._bar

    def bar_note(self) -> QWidget | None:
        """How many are chosen."""
        return self._chosen_words

    def chosen(self) -> list[ContactLine]:
        """The chosen lines from the top."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [line for line in map(self.model.record, rows) if line is not None]

    def _make_filters(self) -> None:
        titles = (
            (ContactView.ACTIVE, _("Đang theo dõi")),
            (ContactView.TEST_DUE, _("Đến hạn xét nghiệm")),
            (ContactView.MAY_END, _("Được kết thúc")),
            (ContactView.NEEDS_ORDER, _("Thiếu quyết định")),
            (ContactView.ENDED, _("Đã kết thúc")),
            (ContactView.ALL, _("Tất cả")),
        )
        self.views = Segments("contact_filter", _("Lọc theo tình trạng"), [(key.value, words) for key, words in titles])
        self.hamlet = Combo("contact_hamlet", _("Lọc theo bản"), [(None, _("Mọi bản"))], width=132)
        self.typed = LineEdit("contact_text", _("Lọc trong bảng"), width=128, hint=_("Lọc trong bảng"), limit=100)
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)

    def _make_actions(self) -> None:
        self.add_one = Button(_("Thêm F1"), icon="plus", keys="Ctrl+Shift+N", name="add_contact")
        self.add_household = Button(_("Từ &hộ của F0"), icon="home", name="add_household")
        self.sheet = Button(_("&Phiếu theo dõi"), "quiet", icon="printer", name="contact_sheet")
        self.edit = Button(_("Sửa"), "quiet", keys="Ctrl+E", name="edit_contact")
        self.days = Button(_("Đổi &số ngày"), "quiet", name="contact_days")
        self.check = Button(_("H&ỏi sức khoẻ"), icon="pulse", name="contact_check")
        self.becomes = Button(_("&Thành F0"), name="contact_becomes")
        self.order = Button(_("In quyết định"), icon="printer", keys="Ctrl+P", name="contact_order")
        self.release = Button(_("In &giấy kết thúc"), name="contact_release")
        self.end = Button(_("&Kết thúc"), name="contact_end")
        self.test = Button(_("Thêm &xét nghiệm"), "primary", icon="flask", name="contact_test")
        self._bar = (
            self.edit,
            self.days,
            self.becomes,
            self.order,
            self.release,
            self.end,
            self.check,
            self.test,
        )
        self._chosen_words = label("", "hint", "muted")
        first = Button(_("Thêm F1"), icon="plus", name="first_contact")
        first.clicked.connect(lambda: self.acts.add_one())
        later = _("Người tiếp xúc gần với F0 sẽ ở đây: ai còn cách ly, ai đến hạn xét nghiệm, ai được kết thúc.")
        self._none_yet = EmptyPage("people", _("Chưa có F1 nào trong sổ"), later, first)
        self._none_found = EmptyPage("filter", _("Không có ai khớp"), _("Đổi bộ lọc, hoặc xoá chữ đang lọc."))

    def _lay_out(self) -> None:
        bar = QWidget()
        bar.setFixedHeight(metrics.FORM_ROW + 4)
        row = QHBoxLayout(bar)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP)
        for widget in (self.views, self.hamlet, self.typed):
            row.addWidget(widget)
        row.addStretch(1)
        self._stack = QStackedWidget()
        for part in (self.table, self._none_yet, self._none_found):
            self._stack.addWidget(part)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(Line())
        column.addWidget(self._stack, 1)
        self.body.addLayout(column, 1)
        self.set_head_actions(self.sheet, self.add_household, self.add_one)

    def _connect(self) -> None:
        self.views.chosen.connect(lambda _key: self._reload())
        self.hamlet.picked.connect(lambda _key: self._reload())
        self.typed.textChanged.connect(lambda _text: self._typing.start())
        self._typing.timeout.connect(self._reload)
        self.table.sort_asked.connect(self._sort_by)
        self.table.opened.connect(lambda line: self._desk.want_person.emit(line.person_id))
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say_actions())
        self.model.loaded.connect(lambda _count: self._say_actions())
        self.add_one.clicked.connect(lambda: self.acts.add_one())
        self.add_household.clicked.connect(lambda: self.acts.add_household(None))
        acts: dict[Button, Callable[[Sequence[ContactLine]], object]] = {
            self.sheet: self.acts.print_sheets,
            self.edit: lambda lines: self.acts.edit(lines[0]),
            self.days: lambda lines: self.acts.change_days(lines[0]),
            self.becomes: lambda lines: self.acts.become_case(lines[0]),
            self.order: partial(self.acts.open_paper, release=False),
            self.release: partial(self.acts.open_paper, release=True),
            self.end: self.acts.end_or_reopen,
            self.check: self.acts.check,
            self.test: self.acts.add_test,
        }
        for button, act in acts.items():
            button.clicked.connect(partial(self._with_chosen, act))
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.typed.setFocus)

    def _with_chosen(self, act: Callable[[Sequence[ContactLine]], object], _checked: bool = False) -> None:
        lines = self.chosen()
        if lines:
            self.banner.clear()
            act(lines)

    def _focus_table(self) -> None:
        if self.isVisible():
            self.table.setFocus()

    def _reload(self) -> None:
        self._typing.stop()
        desk, today = self._desk, self._desk.now().date()
        wanted = ContactFilter(ContactView(self.views.value()), self.hamlet.value(), self.typed.value())
        fetch = _Fetch(desk, wanted, self._sort, descending=self._descending, today=today)
        self.model.load(fetch.count, fetch.lines)
        db = desk.register.db
        desk.ask(self, lambda: count_contacts(db, quarantine_rules(db, desk.catalog), today=today), self._show_counts)

    def _show_counts(self, counts: dict[ContactView, int]) -> None:
        for view, count in counts.items():
            self.views.set_count(view.value, count)
        words = _("{all} F1 trong sổ · {active} đang theo dõi")
        self.set_title(_("F1"), words.format(all=counts[ContactView.ALL], active=counts[ContactView.ACTIVE]))
        every = counts[ContactView.ALL]
        shown = self.table if self.model.rowCount() else self._none_found if every else self._none_yet
        self._stack.setCurrentWidget(shown)
        self._say_actions()

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        self.hamlet.set_choices([(None, _("Mọi bản")), *((one.id, one.title) for one in found)])

    def _sort_by(self, key: str, descending: bool) -> None:
        self._sort, self._descending = ContactSort(key), descending
        self._reload()

    def _say_actions(self) -> None:
        """What can be done with those that are chosen."""
        lines = self.chosen() if self._stack.currentWidget() is self.table else []
        can = self.acts.possible(lines)
        buttons = {
            "sheet": self.sheet,
            "edit": self.edit,
            "days": self.days,
            "becomes": self.becomes,
            "order": self.order,
            "release": self.release,
            "end": self.end,
            "check": self.check,
            "test": self.test,
        }
        for name, button in buttons.items():
            button.setEnabled(name in can)
        self.end.set_text(_("Theo dõi &lại") if self.acts.would_reopen(lines) else _("&Kết thúc"))
        self._chosen_words.setText(_("{count} người được chọn").format(count=len(lines)) if len(lines) > 1 else "")
