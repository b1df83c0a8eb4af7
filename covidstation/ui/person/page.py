"""One person, one page: who it is, what has happened, and what can be done now."""

from __future__ import annotations

from functools import partial
from typing import cast
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from covidstation.db.queries.episodes import ENDING, OPENING
from covidstation.db.queries.history import person_history
from covidstation.domain.episodes import CaseOutcome, Episode, QuarantineType
from covidstation.domain.hours import Step
from covidstation.domain.needs import Need, Needs
from covidstation.domain.privacy import HiddenNumber
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.about_person import AboutPerson, about_person
from covidstation.services.care.look import CareLook, look_at_care
from covidstation.services.changes import Changes, Kind
from covidstation.services.contacts.work import ContactNote, contact_note
from covidstation.services.people import make_head
from covidstation.services.rights import may
from covidstation.ui.care.hours import HoursStrip
from covidstation.ui.chronic.tab import ChronicTab
from covidstation.ui.contacts.desk_acts import ContactActs
from covidstation.ui.contacts.words import contact_chip
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.dispensing.tab import TakenTab
from covidstation.ui.district.asking import MoveDialog
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.person.acts import PersonActs, run_dialog
from covidstation.ui.person.header import Header
from covidstation.ui.person.history import HistoryTab
from covidstation.ui.person.illness import IllnessTab
from covidstation.ui.person.merging import ask_merge, ask_part, choose_value
from covidstation.ui.person.overview import Overview, papers_of
from covidstation.ui.person.papers_tab import PapersTab
from covidstation.ui.person.privacy_tab import PrivacyTab, ask_number
from covidstation.ui.person.tabs import FamilyTab
from covidstation.ui.person.vaccine_events import book_chips
from covidstation.ui.person.whereabouts import PlaceStrip
from covidstation.ui.vaccination.tab import VaccineTab

_KINDS = frozenset(
    {
        Kind.PEOPLE, Kind.EPISODES, Kind.PAPERS, Kind.PLACES, Kind.CARE, Kind.CONTACTS, Kind.CHRONIC, Kind.VACCINES,
        Kind.RULES, Kind.DISTRICT,
    }
)  # fmt: skip
_BOOKS = frozenset({"chronic", "taken", "vaccine"})  # tabs that ask for themselves


_Book = ChronicTab | TakenTab | VaccineTab


def held_words(needs: Needs) -> str:
    """Why an isolation over its days may not end yet."""
    words = _("Đủ {days} ngày, cần xét nghiệm âm tính; chưa âm tính thì kết thúc khi đủ {longest} ngày.")
    return words.format(days=needs.days, longest=needs.longest)


def _recovered_without_paper(look: CareLook) -> Episode | None:
    """The newest illness, when it ended well at home under a decision and nothing says yet that it is over."""
    newest = look.page.episodes[0] if look.open is None and look.page.episodes else None
    if newest is None or newest.outcome is not CaseOutcome.RECOVERED:
        return None
    ordered, finished = papers_of(look.page, OPENING, newest), papers_of(look.page, ENDING, newest)
    return newest if ordered and not finished else None


class OnePerson(Page):
    """`show_person` chooses whom; the page asks again whenever something of theirs may have changed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("person", _("Người bệnh"), entry="f0", titled=False)
        self._desk = desk
        self._contacts = ContactActs(desk, self)
        self._person_id: UUID | None = None
        self._look: CareLook | None = None
        self._about: AboutPerson | None = None
        self._turn, self._waiting = 0, False
        self._stale: set[str] = set()  # tabs that do not yet show the look in hand
        self.acts = PersonActs(desk, self, lambda: self._look)
        titles = (
            ("overview", _("Tổng quan")),
            ("illness", _("F0")),
            ("chronic", _("Mạn tính")),
            ("taken", _("Thuốc")),
            ("vaccine", _("Tiêm chủng")),
            ("family", _("Gia đình")),
            ("papers", _("Giấy tờ")),
            ("history", _("Lịch sử")),
            ("privacy", _("Riêng tư")),
        )
        self.header = Header(titles)
        self.hours = HoursStrip(desk.now)
        self.where = PlaceStrip()
        self.overview = Overview(desk.catalog, desk.want_issued.emit, sensitive=may(desk.register.db, Right.ENTER))
        self.illness = IllnessTab(desk)
        self.chronic = ChronicTab(desk, self._not_read)
        self.taken = TakenTab(desk, self._not_read)
        self.vaccine = VaccineTab(desk, self._not_read)
        self.family = FamilyTab(desk)
        self.papers = PapersTab(desk)
        self.history = HistoryTab(desk.tasks, desk.catalog)
        self.privacy = PrivacyTab(desk)
        self._stack = QStackedWidget()
        self._tabs: dict[str, QWidget] = {
            "overview": self.overview,
            "illness": self.illness,
            "chronic": self.chronic,
            "taken": self.taken,
            "vaccine": self.vaccine,
            "family": self.family,
            "papers": self.papers,
            "history": self.history,
            "privacy": self.privacy,
        }
        for tab in self._tabs.values():
            self._stack.addWidget(tab)
        self._make_actions()
        self.add(self.header)
        self.add(self.where)
        self.add(self.hours)
        self.add(self._stack, 1)
        self._connect()

    def show_person(self, person_id: UUID, tab: str = "overview") -> None:
        """Open that person, a new one at the first tab or at `tab`."""
        if person_id != self._person_id or tab != "overview":
            self.header.tabs.set_value(tab)
            self._stack.setCurrentWidget(self._tabs[tab])
        self._person_id = person_id
        self._reload()

    def place(self) -> object:
        """The person and the tab."""
        return (self._person_id, self.header.tabs.value()) if self._person_id is not None else None

    def go_back(self, place: object) -> None:
        """That person again."""
        person_id, tab = cast("tuple[UUID, str]", place)
        self.show_person(person_id, tab)

    def load(self) -> None:
        """Ask again, unless an answer is on its way; the tabs take the keyboard."""
        if not self._waiting:
            self._reload()
        QTimer.singleShot(0, self, self._focus)

    def refresh(self, changes: Changes) -> None:
        """Something of this person may have changed."""
        if changes & _KINDS:
            self._reload()

    def _make_actions(self) -> None:
        self.edit = Button(_("Sửa"), "quiet", name="edit_person")
        self.check = Button(_("Đo thêm"), icon="pulse", name="head_check")
        self.test = Button(_("Thêm xét nghiệm"), icon="flask", name="head_add_test")
        self.outcome = Button(_("Ghi kết quả"), name="head_outcome")
        self.test_first = Button(_("Thêm xét nghiệm"), "primary", icon="flask", name="head_test_first")
        self.again = Button(_("F0 mới"), "primary", icon="plus", name="head_new_f0")
        self.order = Button(_("In quyết định"), "primary", icon="printer", keys="Ctrl+P", name="head_order")
        self.ending = Button(_("In kết thúc"), "primary", icon="printer", keys="Ctrl+P", name="head_ending")
        self.back = Button(_("Ghi lúc về"), "primary", icon="home", name="head_return")
        self.transfer = Button(_("Chuyển tuyến"), "danger", icon="truck", name="head_transfer")
        self._acts_shown = (
            self.edit, self.check, self.test, self.outcome, self.again, self.order, self.ending, self.test_first,
            self.back, self.transfer,
        )  # fmt: skip
        for button in self._acts_shown:
            self.header.acts.addWidget(button)
            button.hide()

    def _connect(self) -> None:
        desk = self._desk
        self.header.tab_chosen.connect(self._show_tab)
        self.header.number.asked.connect(self._reveal)
        self.header.number.button.setEnabled(may(self._desk.register.db, Right.ENTER))
        self.edit.clicked.connect(self._edit)
        on_open = {
            self.check: "check", self.test: "add_test", self.test_first: "add_test", self.outcome: "outcome",
            self.back: "return", self.transfer: "transfer",
        }  # fmt: skip
        for button, act in on_open.items():
            button.clicked.connect(lambda _checked=False, key=act: self._on_open(key))
        self.again.clicked.connect(lambda: self.acts.run("again", None))
        self.order.clicked.connect(lambda: self._print(ending=False))
        self.ending.clicked.connect(lambda: self._print(ending=True))
        self.illness.asked.connect(self._run)
        self.hours.marked.connect(self._mark)
        self.family.opened.connect(self._desk.want_person)
        self.family.made_head.connect(self._make_head)
        self.family.home_asked.connect(self._desk.want_household)
        self.family.move_asked.connect(self._ask_move)
        self.family.merge_asked.connect(lambda: ask_merge(desk, self, self._look))
        self.family.part_asked.connect(lambda one: ask_part(desk, self, one))
        self.where.conflict_wanted.connect(lambda one: choose_value(desk, self, one))
        self.where.item_wanted.connect(lambda one: self._desk.want_page.emit(f"district:{one.hex}"))
        self.history.asked.connect(self._who_saw)
        self.papers.opened.connect(self._desk.want_issued)

    def _focus(self) -> None:
        if self.isVisible():
            self.header.tabs.setFocus()

    def _reload(self) -> None:
        person_id, desk = self._person_id, self._desk
        if person_id is None:
            return

        def both() -> tuple[CareLook | None, ContactNote, AboutPerson]:
            db, today = desk.register.db, desk.now().date()
            about = about_person(db, person_id)
            look = look_at_care(db, desk.catalog, about.person, today)
            case = look.open.id if look is not None and look.open is not None else None
            return look, contact_note(db, desk.catalog, about.person, case, today), about

        self._turn, self._waiting = self._turn + 1, True
        turn = self._turn

        def show(found: tuple[CareLook | None, ContactNote, AboutPerson]) -> None:
            if turn == self._turn:  # else something newer was asked for meanwhile
                self._waiting = False
                self._person_id, self._about = found[2].person, found[2]
                self.where.show_found(found[2], desk.now().date())
                self._show(found[0])
                self._show_contact(found[1])
                rules = found[0].catalog if found[0] is not None else desk.catalog
                self.header.add_chips(book_chips(found[2], found[0], rules, desk.now().date()))

        desk.ask(self, both, show, self._not_read)
        if self.header.tabs.value() == "history":
            self._ask_history()

    def _not_read(self, trouble: UserError) -> None:
        self._waiting = False
        self.banner.show_message("danger", sentence(trouble))

    def _show(self, look: CareLook | None) -> None:
        self._look = look
        if look is None:
            self.banner.show_message("warn", _("Không còn thấy người này trong sổ. Tìm lại rồi mở."))
            return
        self.banner.clear()
        desk, today = self._desk, self._desk.now().date()
        page = look.page
        self.set_title(page.person.full_name)
        self.header.show_page(page, today, desk.catalog.conditions, first_day=look.first_day)
        self._stale = set(self._tabs)
        self._fill(self.header.tabs.value(), look)
        at_home = look.open is not None and look.open.isolation_type is QuarantineType.HOME
        here = at_home and not self.where.moved
        self.hours.show_case(look.open if here else None, look.rules)
        self._show_actions(look)

    def _fill(self, tab: str, look: CareLook) -> None:
        """The tab in sight; the others when somebody goes there."""
        if tab not in self._stale:
            return
        self._stale.discard(tab)
        page, today = look.page, self._desk.now().date()
        if tab == "overview":
            self.overview.show_page(page, today, look.record, look.catalog, self._about)
        elif tab == "illness":
            self.illness.show_look(look, today)
        elif tab in _BOOKS:
            cast("_Book", self._tabs[tab]).show_person(page.person.id, closed=self.where.moved)
        elif tab == "family":
            self.family.show_page(page, today, moved=self.where.moved, merged=self._about.merged if self._about else ())
        elif tab == "papers":
            self.papers.show_page(page, today)
        elif tab == "privacy":
            self.privacy.show_page(page)

    def _show_contact(self, note: ContactNote) -> None:
        """Whether the person is an F1, and the offer to enter the household of an F0."""
        if note.running is not None:
            self.header.add_chip(*contact_chip(note.running))
        case = self._look.open if self._look else None
        if case is not None and note.waits and not self.banner.text():
            words = _("Trong hộ còn {count} người chưa ghi là F1.").format(count=note.waits)
            offer = partial(self._contacts.add_household, case.id)
            self.banner.show_message("info", words, icon="people", button=_("Thêm F1 từ &hộ"), act=offer)

    def _show_actions(self, look: CareLook) -> None:
        """What comes next for this person is the one filled button: danger first, then the way back, then papers.

        The F0 tab has the acts of care itself: while it shows, they stand there alone.
        """
        now, needs = look.open, look.open_needs
        held = self._held(look)
        danger = now is not None and bool(look.record.open_alerts(now.id))
        away = now is not None and look.record.away(now.id) is not None
        ordered = bool(now and papers_of(look.page, OPENING, now))
        finished = bool(now and papers_of(look.page, ENDING, now))
        at_home = now is not None and now.isolation_type is QuarantineType.HOME
        calm = not danger and not away
        waits = calm and now is not None and ordered and not finished
        twice = self.header.tabs.value() == "illness"
        recovered = _recovered_without_paper(look)
        shown = {
            self.edit: True,
            self.check: now is not None and not away and not twice,
            self.test: now is not None and not held and not twice,
            self.outcome: now is not None and not twice,
            self.again: now is None and recovered is None and self.header.tabs.value() not in _BOOKS,
            self.order: calm and at_home and not ordered,
            self.ending: (waits and (needs is None or needs.need is Need.FREE)) or recovered is not None,
            self.test_first: held,
            self.back: away,
            self.transfer: danger and not away,
        }
        for button, visible in shown.items():
            button.setVisible(visible and not self.where.moved)
        self.illness.state.leave_out({"transfer": danger, "add_test": held, "return": away, "check": away})
        self.header.fit()
        if held and needs is not None:
            self.banner.show_message("info", held_words(needs), icon="flask")

    def _held(self, look: CareLook) -> bool:
        """Over its days with its decision, and only a negative test is missing; nothing more pressing."""
        now, needs = look.open, look.open_needs
        if now is None or needs is None or needs.until is None or look.record.open_alerts(now.id):
            return False
        over = needs.need is Need.TEST and needs.until < self._desk.now().date()
        ordered, finished = papers_of(look.page, OPENING, now), papers_of(look.page, ENDING, now)
        return over and bool(ordered) and not finished

    def _show_tab(self, key: str) -> None:
        self._stack.setCurrentWidget(self._tabs[key])
        if self._look is not None:
            self._fill(key, self._look)
            self._show_actions(self._look)
        if key == "history":
            self._ask_history()

    def _ask_history(self) -> None:
        person_id = self._person_id
        if person_id is not None:
            op = partial(person_history, self._desk.register.db, person_id)
            self._desk.ask(self, op, self.history.show_lines)

    def _run(self, act: str, payload: object) -> None:
        """An act of the F0 tab; nobody is led into a dialog about somebody who has moved."""
        if self.where.moved:
            tell(self, _("Chỉ để xem"), self.where.place.words.text_in_full(), bad=False)
        else:
            self.acts.run(act, payload)

    def _ask_move(self) -> None:
        """Another station is to look after the person."""
        look = self._look
        if look is not None:
            person = look.page.person
            dialog = MoveDialog(self._desk, self, person.id, person.full_name)
            run_dialog(self._desk, dialog, _("Đã ghi; huyện nhận ở lần gửi tới"))

    def _who_saw(self) -> None:
        """The record of who did what, of this person alone."""
        if self._person_id is not None:
            self._desk.want_page.emit(f"settings:audit:{self._person_id.hex}")

    def _on_open(self, act: str) -> None:
        self.acts.run(act, self._look.open if self._look else None)

    def _reveal(self) -> None:
        page = self._look.page if self._look else None
        citizen = page is not None and bool(page.person.citizen_number)
        number = HiddenNumber.CITIZEN if citizen else HiddenNumber.OLD
        ask_number(self._desk, self, page, number, self.header.number)

    def _mark(self, step: Step) -> None:
        if self._look is not None and self._look.open is not None:
            self.acts.run("mark_step", (self._look.open, step))

    def _edit(self) -> None:
        """The open illness with its person, or the person alone."""
        if self._look is not None and self._look.open is not None:
            self._on_open("edit")
        elif self._person_id is not None:
            self._desk.want_f0.emit(NewF0(person_id=self._person_id, person_only=True))

    def _print(self, *, ending: bool) -> None:
        look = self._look
        case = look and (look.open or _recovered_without_paper(look))
        if case:
            self._desk.open_paper([case.id], ending=ending)

    def _make_head(self) -> None:
        desk = self._desk
        if self._person_id is not None:
            op = partial(make_head, desk.register.db, self._person_id, by=desk.register.user_id, now=desk.now())
            desk.act(self, op, lambda _household: desk.said.emit(_("Đã đổi chủ hộ")))
