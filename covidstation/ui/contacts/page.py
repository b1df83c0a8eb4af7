"""F1: the contacts of cases, filtered and sorted, and what is done with those that are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.contacts import (
    ContactFilter,
    ContactLine,
    ContactList,
    ContactSort,
    ContactView,
    count_contacts,
    list_contacts,
)
from covidstation.i18n import _
from covidstation.services.changes import Kind
from covidstation.services.contacts.register import quarantine_rules
from covidstation.services.scans import ScanLook
from covidstation.ui.contacts.columns import contact_columns
from covidstation.ui.contacts.desk_acts import ContactActs
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.register_page import RegisterPage, filter_bar


class ContactsPage(RegisterPage[ContactLine]):
    """The contacts. Enter opens the person; the bar at the foot acts on those that are chosen."""

    kinds = frozenset((Kind.CONTACTS, Kind.EPISODES, Kind.PEOPLE, Kind.PAPERS, Kind.PLACES, Kind.RULES))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "contacts", _("F1"), ContactSort.UNTIL)
        self.acts = ContactActs(desk, self)
        self.model = RecordModel(desk.tasks, contact_columns(lambda: desk.now().date()), self)
        self.table = Table("contacts_table", _("Danh sách F1"), self.model)
        self._make_filters()
        self._make_actions()
        self.put_together(filter_bar(self.views, self.hamlet, self.typed), none_yet=self._nobody())
        self.set_head_actions(self.sheet, self.add_household, self.add_one)
        self._connect()

    def show_view(self, view: ContactView) -> None:
        """Look at that filter."""
        self.views.set_value(view.value)
        self.reload()

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

    def bar_actions(self) -> Sequence[QWidget]:
        """What is done with those that are chosen."""
        return self._bar

    def bar_note(self) -> QWidget | None:
        """How many are chosen."""
        return self._chosen_words

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

    def _nobody(self) -> QWidget:
        first = Button(_("Thêm F1"), icon="plus", name="first_contact")
        first.clicked.connect(lambda: self.acts.add_one())
        later = _("Người tiếp xúc gần với F0 sẽ ở đây: ai còn cách ly, ai đến hạn xét nghiệm, ai được kết thúc.")
        return EmptyPage("people", _("Chưa có F1 nào trong sổ"), later, first)

    def _connect(self) -> None:
        self.views.chosen.connect(lambda _key: self.reload())
        self.model.loaded.connect(lambda _count: self.say_actions())
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

    def _with_chosen(self, act: Callable[[Sequence[ContactLine]], object], _checked: bool = False) -> None:
        lines = self.chosen()
        if lines:
            self.banner.clear()
            act(lines)

    def listing(self) -> Callable[[], ContactList]:
        """The contacts that are wanted now."""
        desk, db = self._desk, self._desk.register.db
        wanted = ContactFilter(ContactView(self.views.value()), self.hamlet.value(), self.typed.value())
        listed = partial(
            list_contacts,
            db,
            wanted,
            today=desk.now().date(),
            sort=ContactSort(self._sort),
            descending=self._descending,
        )
        return lambda: listed(rules=quarantine_rules(db, desk.catalog))

    def counts(self) -> Callable[[], dict[ContactView, int]]:
        """How many are in which view."""
        desk, db, today = self._desk, self._desk.register.db, self._desk.now().date()
        return lambda: count_contacts(db, quarantine_rules(db, desk.catalog), today=today)

    def show_counts(self, counts: dict[ContactView, int]) -> None:
        """Into the views and the title."""
        for view, count in counts.items():
            self.views.set_count(view.value, count)
        words = _("{all} F1 trong sổ · {active} đang theo dõi")
        self.set_title(_("F1"), words.format(all=counts[ContactView.ALL], active=counts[ContactView.ACTIVE]))
        self.settle(counts[ContactView.ALL])
        self.say_actions()

    def say_actions(self) -> None:
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
