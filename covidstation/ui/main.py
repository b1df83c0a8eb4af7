"""The station's pages in their frame, the ways between them, the scanner, the status line, and leaving well."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

from covidstation import failures
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.dcc.reading import looks_like_certificate
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Changes, Kind
from covidstation.services.copies.backup import back_up, needs_backup
from covidstation.services.preferences import Preferences
from covidstation.services.record import change_setting
from covidstation.services.reports.today import TodaysWork, todays_work
from covidstation.services.scans import ScanLook, ScanOutcome, look_at_scan
from covidstation.services.status import preferences_of
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.frame.loss import RecordWatch
from covidstation.ui.frame.page import Page
from covidstation.ui.frame.scanner import Scanner
from covidstation.ui.frame.sidebar import Entry
from covidstation.ui.frame.window import MainFrame
from covidstation.ui.keeping import Keeper
from covidstation.ui.locking import Lock, Place
from covidstation.ui.look.theme import Theme
from covidstation.ui.pages import HOMES, SHORTCUTS, Pages, entries
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.toast import Toast
from covidstation.ui.person.acts import open_transfer
from covidstation.ui.pictures import CardPictures
from covidstation.ui.search import Search
from covidstation.ui.status_parts import status_parts, with_report
from covidstation.ui.sync.worker import SyncWorker
from covidstation.ui.today.page import TodayPage
from covidstation.ui.vaccination.certificate import open_certificate

MINUTE_MS = 60_000
REST_MS = 300  # after the last act: what is in sight comes first, the counts beside it then
IDLE_MS = 150
BACKUP_STAY_MS = 60_000


@runtime_checkable
class TakesScan(Protocol):
    """A page, or a dialog over it, that has a use for a card of its own."""

    def take_scan(self, look: ScanLook) -> bool:
        """True when it has dealt with the card; else the person or a new F0 is shown."""


class MainWindow(MainFrame):
    """Everything around one open register. `locked` and `left` tell that its register may be closed; `covered` that
    nothing of it may be read from now on, though something is still being written."""

    covered = Signal()
    locked = Signal()
    left = Signal()
    restore_asked = Signal()  # said before it locks: then a copy is chosen instead of a user

    def __init__(
        self, desk: Desk, theme: Theme, preferences: Preferences, keep: Callable[[Preferences], object]
    ) -> None:
        super().__init__(entries(), foot=[Entry("help", _("Trợ giúp"), "help", keys="F1")], now=desk.now)
        self._desk, self._theme, self._preferences, self._keep = desk, theme, preferences, keep
        self._parted = self._locking = False
        self._asking = False
        self._ask_again = False
        self._day = desk.now().date()
        self._to_report = partial(self._want_page, "reports")
        self._to_sync = partial(self._want_page, "sync")
        self._to_backup = partial(self._want_page, "settings:backup")
        desk.setParent(self)
        self._all = Pages(desk, self.add_page, self._tell_day)
        self._pictures = CardPictures(self, desk.tasks, self.look_at)
        self._lock = Lock(self, preferences.lock_minutes)
        self._user_menu()
        self.side.set_station(preferences.station)
        self.set_training(desk.register.training)
        self._minute = QTimer(self, interval=MINUTE_MS)
        self._minute.timeout.connect(self._look)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._look)
        self._idle = QTimer(self, interval=IDLE_MS)
        self._idle.timeout.connect(self._make_next_page)
        self._scanner: Scanner | None = None
        self._record = RecordWatch(desk, self, self.covered, self.locked, self.left)
        self._keeper = Keeper(desk, self)
        self._sender = SyncWorker(desk, self)
        self._connect()

    def begin(self, place: Place | None = None) -> None:
        """Show the first page, or the one that the same user left, and listen to the scanner."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self._scanner = Scanner(app, self)
            self._scanner.scanned.connect(self.look_at)
        self._go_back(place)
        self._lock.watch.begin()
        self._idle.start()
        self._minute.start()
        self._keeper.begin()
        self._sender.begin()
        self._record.begin()

    def place(self) -> Place:
        """Where the user is."""
        here = self.current()
        name, what = (here.objectName(), here.place()) if here is not None else ("today", None)
        return Place(self._desk.register.user_id, name, what)

    def _go_back(self, place: Place | None) -> None:
        """Another user, and whoever was nowhere in particular, begins with the day's work."""
        if place is None or place.user_id != self._desk.register.user_id or place.page not in Pages.NAMES:
            self.go("today")  # which asks for the day's work
            return
        if place.what is not None:
            self.page(place.page).go_back(place.what)
        self.go(place.page)
        if not isinstance(self.current(), TodayPage):
            self._look()  # else the status line and the counts would stay empty for a minute

    def look_at(self, text: str) -> None:
        """A card was scanned or pasted: see who it is. Nothing is ever saved by a scan."""
        if looks_like_certificate(text):
            open_certificate(self._desk, self, text)
            return
        modal = QApplication.activeModalWidget()
        if modal is not None and not isinstance(modal, TakesScan):
            Toast.tell(self, _("Đóng hộp đang mở rồi quét lại thẻ."), bad=True)
            return
        self._desk.ask(self, partial(look_at_scan, self._desk.register.db, text), self._looked)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the page in sight, keep a copy of what changed, then go."""
        if self._parted:
            event.accept()
            return
        event.ignore()
        here = self.current()
        if here is None or here.may_leave():
            self._back_up_then(self._leave)

    def _connect(self) -> None:
        desk = self._desk
        desk.changed.connect(self._changed)
        desk.said.connect(lambda text: Toast.tell(self, text))
        desk.want_page.connect(self._want_page)
        desk.want_picture.connect(self._pictures.choose)
        desk.want_restore.connect(self.restore_asked)
        desk.want_restore.connect(partial(self.lock_now, "restore"))
        self.new_f0_asked.connect(lambda: desk.want_f0.emit(NewF0()))
        self.lock_asked.connect(self.lock_now)
        self.page_shown.connect(failures.passed)
        self._lock.due.connect(partial(self.lock_now, "left"))
        self.help_asked.connect(lambda: self.go("help"))
        self.search.pasted.connect(self._pasted)
        Search(desk, self.search)
        for digit, key in zip("1234567890-=", SHORTCUTS, strict=False):  # letters belong to the fields of the pages
            QShortcut(QKeySequence(f"Alt+{digit}"), self, partial(self.go, key))
        desk.want_f0.connect(self._show_form)
        at_tab = {"overview": desk.want_person, "chronic": desk.want_chronic, "taken": desk.want_taken}
        for tab, signal in {**at_tab, "vaccine": desk.want_vaccine}.items():
            signal.connect(partial(self._show_person, tab))
        desk.want_household.connect(
            lambda one: self._show_page("household", lambda: self._all.household.show_household(one))
        )
        desk.want_supply.connect(lambda one: self._show_page("supply", lambda: self._all.supply.show_item(one)))
        desk.want_contacts.connect(self._show_contacts)
        desk.want_transfer.connect(partial(open_transfer, desk, self))
        desk.want_paper.connect(lambda wish: self._show_paper(lambda back: self._all.paper.open_wish(wish, back)))
        desk.want_missing.connect(lambda ids: self._show_page("missing", lambda: self._all.missing.show_only(ids)))
        desk.want_issued.connect(lambda one: self._show_paper(lambda back: self._all.paper.open_issued(one, back)))

    def _show_person(self, tab: str, person_id: UUID) -> None:
        """The person, under the entry of the list where one was: its key goes back there."""
        page, here = self._all.person, self.current()

        def fill() -> None:
            page.entry = here.entry if here is not None else page.entry
            page.show_person(person_id, tab)

        self._show_page("person", fill)

    def page(self, name: str) -> Page:
        """The page of that name, made if it was not yet. Raises KeyError."""
        if name not in Pages.NAMES:
            raise KeyError(name)
        found: Page = getattr(self._all, name)
        return found

    def go(self, name: str, *, force: bool = False) -> bool:
        """A page by its own name or by its entry's."""
        home, here = HOMES.get(name, name), self.current()
        if home == "help" and here is not None:
            self._all.help.open_for(here.objectName())  # Esc comes back here
        self.page(home)
        return super().go(home, force=force)

    def _want_page(self, wish: str) -> None:
        """A page, or a part of it: `settings:law`, `missing:order`."""
        name, _colon, part = wish.partition(":")
        home = HOMES.get(name, name)
        if home in Pages.NAMES and self.go(name) and part:
            self.page(home).show_part(part)

    def _make_next_page(self) -> None:
        if not self._all.make_next():
            self._idle.stop()

    def _show_paper(self, prepare: Callable[[str], object]) -> None:
        """The paper page goes back to where it was opened; from a form, to the person."""
        here = self.current()
        known = here is not None and here.objectName() not in ("paper", "f0_form", "person")
        came_from = here.objectName() if here is not None and known else ""
        self._show_page("paper", lambda: prepare(came_from))

    def _show_page(self, name: str, prepare: Callable[[], object]) -> None:
        """Fill a page and show it, when the one in sight may be left."""
        here = self.current()
        if here is not None and not here.may_leave():
            self.side.set_current(here.entry)
            return
        prepare()
        self.go(name, force=True)

    def _show_form(self, wish: NewF0) -> None:
        """The form, for whoever may save it."""
        if not self._desk.may(Right.ENTER):
            Toast.tell(self, sentence(UserError("rights.enter")), bad=True)
            return
        self._show_page("f0_form", lambda: self._all.f0_form.show_wish(wish))

    def _show_contacts(self, episode_id: object) -> None:
        """The list of contacts, and over it the household of that case."""
        if self.go("contacts"):
            self._all.contacts.open_for(episode_id)

    def _pasted(self, text: str) -> None:
        if self._scanner is not None and self._scanner.hear_paste(text):
            self.search.close_results()

    def _looked(self, look: ScanLook) -> None:
        place: object = QApplication.activeModalWidget() or self.current()
        if look.refusal is not None:
            Toast.tell(self, sentence(look.refusal), bad=True)
        elif isinstance(place, TakesScan) and place.take_scan(look):
            return
        elif look.outcome is ScanOutcome.KNOWN:
            self._desk.want_person.emit(look.person_id)
        else:
            self._desk.want_f0.emit(NewF0(draft=look.draft, from_card=True))

    def _changed(self, changes: Changes) -> None:
        self.broadcast(changes)
        if not isinstance(self.current(), TodayPage):  # that page has just asked
            self._rest.start()
        if Kind.STATION in changes:
            desk = self._desk
            op = partial(preferences_of, desk.register, desk.catalog, desk.now().date())
            desk.ask(self, op, self._wear)

    def _wear(self, preferences: Preferences) -> None:
        """The station's name, the colours and what the next unlocking will say."""
        self._preferences = preferences
        self._keep(preferences)
        self.side.set_station(preferences.station)
        self._lock.watch.set_minutes(preferences.lock_minutes)
        self._theme.choose(preferences.theme)  # type: ignore[arg-type]  # a checked setting

    def _look(self) -> None:
        """Ask again for the counts and the status line; one question at a time.

        The day's page asks for the same and tells what it has heard. After midnight every other page is told, too: who
        is due, what is late.
        """
        here, before = self.current(), self._day
        self._day = self._desk.now().date()
        if isinstance(here, TodayPage):
            here.load()
            return
        if self._day != before:
            self.broadcast(frozenset(Kind))
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        desk = self._desk
        desk.ask(self, partial(todays_work, desk.register, desk.catalog, desk.now()), self._seen, self._not_seen)

    def _seen(self, work: TodaysWork) -> None:
        self._asking = False
        self._tell_day(work)
        if self._ask_again:
            self._ask_again = False
            self._look()

    def _tell_day(self, work: TodaysWork) -> None:
        """The counts of the side bar and the status line."""
        now = self._desk.now()  # the ways are the same objects each time, so that an unchanged line is left alone
        parts = status_parts(work.status, now, to_sync=self._to_sync, to_backup=self._to_backup)
        self.set_status(with_report(parts, work.report, to_report=self._to_report))
        counts = {
            "f0": work.active,
            "contacts": work.contacts.active,
            "book": work.waiting_papers,
            "district": work.district.count,
            "supplies": work.allotments.count,
            "sync": work.status.sync.unsent,
        }
        for key, count in counts.items():
            if any(entry.key == key for entry in entries()):
                self.side.set_count(key, count)

    def _not_seen(self, trouble: UserError) -> None:
        self._asking = False
        Toast.tell(self, sentence(trouble), bad=True)

    def _user_menu(self) -> None:
        themes = (("system", _("Nền theo máy")), ("light", _("Nền sáng")), ("dark", _("Nền tối")))
        actions: list[tuple[str, Callable[[], object]]] = [
            (text, partial(self._choose_theme, choice)) for choice, text in themes
        ]
        actions.insert(0, (_("Đọc thẻ từ ảnh…"), self._pictures.choose))
        actions += [(_("Trợ giúp (F1)"), lambda: self.go("help")), (_("Khoá (Ctrl+L)"), self.lock_now)]
        actions.append((_("Đổi mật khẩu của tôi…"), partial(self._want_page, "settings:users:passphrase")))
        actions += [(_("Đóng chương trình"), lambda: self.window().close())]
        self.set_user(self._desk.register.user_name or _("Người giữ mã khôi phục"), actions)

    def _choose_theme(self, choice: str) -> None:
        desk = self._desk
        self._theme.choose(choice)  # type: ignore[arg-type]  # one of the three above
        op = partial(change_setting, desk.register.db, "theme", choice, by=desk.register.user_id, now=desk.now())
        desk.act(self, op, lambda _none: None)

    def keep_drafts(self) -> None:
        """Something has failed: what is half typed anywhere is kept now."""
        if not self._locking:
            self._lock.keep(self._all.made())

    def lock_now(self, why: Literal["hand", "left", "restore"] = "hand") -> None:
        """Keep what is half typed, hide everything, and close the register when what is being written is written.

        `why` stands in the record of accesses: by a person's hand, nobody was there, a copy is to be chosen.
        """
        if self._locking:
            return
        self._locking = True
        self._lock.aside(self._all.made())
        self.covered.emit()
        desk = self._desk
        note = partial(desk.register.db.note, AuditAction.LOCK, detail={"why": why}, now=desk.now())
        desk.ask(self, note, lambda _none: self._go(self.locked))
        self._desk.part()

    def _go(self, signal: object) -> None:
        self._minute.stop()
        self._rest.stop()
        self._idle.stop()
        self._keeper.end()
        self._sender.end()
        self._lock.end()
        if self._scanner is not None:
            self._scanner.scanned.disconnect(self.look_at)
            self._scanner.deleteLater()
            self._scanner = None
        self._parted = True
        (self.locked if signal is self.locked else self.left).emit()

    def _back_up_then(self, done: Callable[[], object]) -> None:
        desk = self._desk

        def work() -> bool:
            desk.register.db.note(AuditAction.LOCK, detail={"why": "closed"}, now=desk.now())
            if not needs_backup(desk.register.db):
                return False
            back_up(desk.register.db, now=desk.now())
            return True

        def failed(trouble: UserError) -> None:
            tell(self, _("Chưa sao lưu được"), sentence(trouble))
            done()

        Toast.tell(self, _("Đang sao lưu sổ trước khi đóng…"), stay_ms=BACKUP_STAY_MS)
        desk.ask(self, work, lambda _made: done(), failed)

    def _leave(self) -> None:
        self._go(self.left)
        self.window().close()
