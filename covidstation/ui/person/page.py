"""One person, one page: who it is, what has happened, and what can be done now."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from covidstation.db.queries.episodes import ENDING, OPENING
from covidstation.db.queries.history import person_history
from covidstation.db.queries.people import PersonPage
from covidstation.db.queries.people import person_page as ask_page
from covidstation.domain.episodes import Episode, QuarantineType
from covidstation.domain.release import Release
from covidstation.i18n import _
from covidstation.services.changes import Changes, Kind
from covidstation.services.episodes import release_on
from covidstation.services.people import make_head
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.buttons import Button
from covidstation.ui.person.dialogs import ActDialog, OutcomeDialog, TestDialog
from covidstation.ui.person.header import Header, open_episode
from covidstation.ui.person.history import HistoryTab
from covidstation.ui.person.overview import Overview, papers_of
from covidstation.ui.person.tabs import FamilyTab, IllnessTab, PapersTab

_KINDS = frozenset((Kind.PEOPLE, Kind.EPISODES, Kind.PAPERS, Kind.PLACES))


def held_words(release: Release) -> str:
    """Why an isolation over its days may not end yet."""
    words = _("Đủ {days} ngày, cần xét nghiệm âm tính; chưa âm tính thì kết thúc khi đủ {longest} ngày.")
    return words.format(days=release.days, longest=release.longest)


class OnePerson(Page):
    """`show_person` chooses whom; the page asks again whenever something of theirs may have changed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("person", _("Người bệnh"), entry="f0", titled=False)
        self._desk = desk
        self._person_id: UUID | None = None
        self._page: PersonPage | None = None
        titles = (
            ("overview", _("Tổng quan")),
            ("illness", _("F0")),
            ("family", _("Gia đình")),
            ("papers", _("Giấy tờ")),
            ("history", _("Lịch sử")),
        )
        self.header = Header(titles)
        self.overview = Overview(desk.catalog, desk.want_issued.emit)
        self.illness = IllnessTab(desk.catalog)
        self.family = FamilyTab()
        self.papers = PapersTab()
        self.history = HistoryTab(desk.tasks, desk.catalog)
        self._stack = QStackedWidget()
        self._tabs: dict[str, QWidget] = {
            "overview": self.overview,
            "illness": self.illness,
            "family": self.family,
            "papers": self.papers,
            "history": self.history,
        }
        for tab in self._tabs.values():
            self._stack.addWidget(tab)
        self._make_actions()
        self.add(self.header)
        self.add(self._stack, 1)
        self._connect()

    def show_person(self, person_id: UUID) -> None:
        """Open that person at the first tab."""
        if person_id != self._person_id:
            self.header.tabs.set_value("overview")
            self._stack.setCurrentWidget(self.overview)
        self._person_id = person_id
        self._reload()

    def load(self) -> None:
        """Ask again; the tabs take the keyboard."""
        self._reload()
        QTimer.singleShot(0, self, self._focus)

    def refresh(self, changes: Changes) -> None:
        """Something of this person may have changed."""
        if changes & _KINDS:
            self._reload()

    def _make_actions(self) -> None:
        self.edit = Button(_("Sửa"), "quiet", name="edit_person")
        self.test = Button(_("Thêm xét nghiệm"), icon="flask", name="head_add_test")
        self.outcome = Button(_("Ghi kết quả"), name="head_outcome")
        self.test_first = Button(_("Thêm xét nghiệm"), "primary", icon="flask", name="head_test_first")
        self.again = Button(_("F0 mới"), "primary", icon="plus", name="head_new_f0")
        self.order = Button(_("In quyết định"), "primary", icon="printer", keys="Ctrl+P", name="head_order")
        self.ending = Button(_("In kết thúc"), "primary", icon="printer", keys="Ctrl+P", name="head_ending")
        for button in (self.edit, self.test, self.outcome, self.again, self.order, self.ending, self.test_first):
            self.header.acts.addWidget(button)
            button.hide()

    def _connect(self) -> None:
        self.header.tab_chosen.connect(self._show_tab)
        self.edit.clicked.connect(self._edit)
        for button in (self.test, self.test_first):
            button.clicked.connect(lambda: self._on_open(self._add_test))
        self.outcome.clicked.connect(lambda: self._on_open(self._set_outcome))
        self.again.clicked.connect(self._new_f0)
        self.order.clicked.connect(lambda: self._print(ending=False))
        self.ending.clicked.connect(lambda: self._print(ending=True))
        self.illness.edit.connect(self._edit_episode)
        self.illness.add_test.connect(self._add_test)
        self.illness.set_outcome.connect(self._set_outcome)
        self.illness.again.connect(self._new_f0)
        self.family.opened.connect(self._desk.want_person)
        self.family.made_head.connect(self._make_head)
        self.papers.opened.connect(self._desk.want_issued)

    def _focus(self) -> None:
        if self.isVisible():
            self.header.tabs.setFocus()

    def _reload(self) -> None:
        person_id = self._person_id
        if person_id is None:
            return
        db = self._desk.register.db

        def show(page: PersonPage | None) -> None:
            if person_id == self._person_id:
                self._show(page)

        self._desk.ask(self, partial(ask_page, db, person_id), show)
        if self.header.tabs.value() == "history":
            self._ask_history()

    def _show(self, page: PersonPage | None) -> None:
        self._page = page
        if page is None:
            self.banner.show_message("warn", _("Không còn thấy người này trong sổ. Tìm lại rồi mở."))
            return
        self.banner.clear()
        desk, today = self._desk, self._desk.now().date()
        self.set_title(page.person.full_name)
        self.header.show_page(page, today, desk.catalog.ethnic_groups, desk.catalog.conditions)
        for tab in (self.overview, self.illness, self.family, self.papers):
            tab.show_page(page, today)
        self._show_actions(page)

    def _show_actions(self, page: PersonPage) -> None:
        """What comes next for this person is the primary button."""
        now = open_episode(page.episodes)
        newest = page.episodes[0] if page.episodes else None
        ordered = bool(newest and papers_of(page, OPENING, newest))
        finished = bool(newest and papers_of(page, ENDING, newest))
        at_home = now is not None and now.isolation_type is QuarantineType.HOME
        self.edit.show()
        waits = now is not None and ordered and not finished
        release = release_on(now, self._desk.catalog, self._desk.now().date()) if now is not None else None
        held = waits and release is not None and release.over and not release.free
        self.test.setVisible(now is not None and not held)
        self.test_first.setVisible(held)
        self.outcome.setVisible(now is not None)
        self.again.setVisible(now is None)
        self.order.setVisible(at_home and not ordered)
        self.ending.setVisible(waits and (release is None or release.free))
        self.header.fit()
        if held and release is not None:
            self.banner.show_message("info", held_words(release), icon="flask")

    def _show_tab(self, key: str) -> None:
        self._stack.setCurrentWidget(self._tabs[key])
        if key == "history":
            self._ask_history()

    def _ask_history(self) -> None:
        person_id = self._person_id
        if person_id is not None:
            op = partial(person_history, self._desk.register.db, person_id)
            self._desk.ask(self, op, self.history.show_lines)

    def _on_open(self, act: object) -> None:
        episode = open_episode(self._page.episodes) if self._page else None
        if episode is not None and callable(act):
            act(episode)

    def _edit(self) -> None:
        """The open illness with its person, or the person alone."""
        episode = open_episode(self._page.episodes) if self._page else None
        if episode is not None:
            self._edit_episode(episode)
        elif self._person_id is not None:
            self._desk.want_f0.emit(NewF0(person_id=self._person_id, person_only=True))

    def _edit_episode(self, episode: Episode) -> None:
        self._desk.want_f0.emit(NewF0(person_id=episode.person_id, episode_id=episode.id))

    def _new_f0(self) -> None:
        if self._person_id is not None:
            self._desk.want_f0.emit(NewF0(person_id=self._person_id))

    def _print(self, *, ending: bool) -> None:
        episode = open_episode(self._page.episodes) if self._page else None
        if episode is not None:
            self._desk.open_paper([episode.id], ending=ending)

    def _make_head(self) -> None:
        desk = self._desk
        if self._person_id is not None:
            op = partial(make_head, desk.register.db, self._person_id, by=desk.register.user_id, now=desk.now())
            desk.act(self, op, lambda _household: desk.said.emit(_("Đã đổi chủ hộ")))

    def _add_test(self, episode: Episode) -> None:
        self._run(TestDialog(self._desk, self, episode), _("Đã thêm xét nghiệm"))

    def _set_outcome(self, episode: Episode) -> None:
        self._run(OutcomeDialog(self._desk, self, episode), _("Đã ghi kết quả"))

    def _run(self, dialog: ActDialog, words: str) -> None:
        dialog.saved.connect(lambda: self._desk.said.emit(words))
        dialog.exec()
        dialog.deleteLater()
