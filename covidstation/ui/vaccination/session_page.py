"""Buổi tiêm: one session at a time. At the left whoever stands at the desk, at the right everybody and the vials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from operator import is_
from typing import Final
from uuid import UUID

from PySide6.QtCore import QTimer

from covidstation.db.queries.vaccine_seats import SeatLine
from covidstation.db.queries.vaccine_sessions import SessionLine
from covidstation.db.queries.vaccine_sight import Sight, session_in_sight
from covidstation.domain.rights import Right
from covidstation.domain.text import fold
from covidstation.domain.vaccination.screening import ScreeningRule
from covidstation.domain.vaccination.sessions import SessionStatus, Step
from covidstation.i18n import _, ngettext
from covidstation.services.changes import Changes, Kind
from covidstation.services.scans import ScanLook
from covidstation.services.vaccination.arrival import Arrival, look_at_arrival
from covidstation.services.vaccination.standing import desk_rules
from covidstation.ui.desk import Desk
from covidstation.ui.vaccination.session_acts import SessionActs
from covidstation.ui.vaccination.session_columns import vial_lines
from covidstation.ui.vaccination.session_frame import SessionFrame
from covidstation.ui.vaccination.session_ready import ready_words
from covidstation.ui.vaccination.session_words import session_title

_KINDS: Final = frozenset((Kind.VACCINES, Kind.PEOPLE, Kind.SUPPLIES))
_TICK_MS: Final = 5_000
_WAITING: Final = (Step.COME, Step.SCREENED)
_HEX: Final = 32  # letters of an id
_DIGITS: Final = 4  # of the longest number on a list
Found = tuple[Sight, ScreeningRule | None]


class SessionPage(SessionFrame):
    """`show_session` opens one; a card that is scanned stands at the desk at once."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rung: frozenset[UUID] = frozenset()
        self._next: UUID | None = None
        self._shown: Sequence[SeatLine] = ()
        self._gone: Sequence[SeatLine] = ()  # when their papers were asked for last
        self._papers_old, self._old_vials = True, True
        self._wanted: UUID | None = None  # the session that was asked for last
        self.acts = SessionActs(desk, self)
        self._connect()
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._ring)

    def load(self) -> None:
        """The sessions, then the one that is chosen."""
        self._papers_old = True
        self._ask(self._wanted or self.session.value())
        self._tick.start()

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & _KINDS:
            self._ask(self._wanted or self.session.value())

    def show_session(self, session_id: UUID) -> None:
        """That one, from another page."""
        self.card.clear()
        self._wanted = session_id
        self._ask(session_id)

    def show_part(self, part: str) -> None:
        """A session by the letters of its id, or `new`."""
        if part == "new":
            self.acts.plan()
        elif len(part) == _HEX:
            self.show_session(UUID(hex=part))

    def place(self) -> object:
        """Which session is in sight."""
        return self.session.value()

    def go_back(self, place: object) -> None:
        """The same."""
        if isinstance(place, UUID):
            self._wanted = place
            self._ask(place)

    def take_scan(self, look: ScanLook) -> bool:
        """Whoever's card it is stands at the desk; somebody new may be written into the register first."""
        if self.sheet is None or not self.running():
            return False
        if look.person_id is not None:
            self.open_person(look.person_id)
        elif look.draft is not None:
            self.acts.add_new(look.draft)
        return True

    def open_person(self, person_id: UUID) -> None:
        """Show them at the desk."""
        desk = self._desk
        if self.sheet is None or not desk.may(Right.ENTER):
            return
        op = partial(look_at_arrival, desk.register.db, person_id, session_id=self.sheet.line.id, catalog=desk.catalog)
        desk.ask(self, op, self._stand, self.failed)

    def _connect(self) -> None:
        acts = self.acts
        for button, act in (
            (self.plan, acts.plan), (self.first, acts.plan), (self.edit, acts.edit), (self.start, acts.start),
            (self.close_it, acts.close_or_reopen), (self.people, acts.invite), (self.remove, acts.uninvite),
            (self.rested_go, acts.let_rested_go), (self.take, acts.take), (self.leave, acts.leave),
            (self.waste, acts.waste), (self.over, acts.over), (self.not_lost, acts.not_lost),
            (self.papers, acts.papers), (self.by_paper, acts.by_paper),
        ):  # fmt: skip
            button.clicked.connect(_dropping(act))
        self.session.picked.connect(lambda key: self.show_session(key))
        self.events.clicked.connect(lambda: self._desk.want_page.emit("reactions"))
        self.card.wrote.connect(self._wrote)
        self.card.wanted.connect(acts.of_person)
        self.card.stale.connect(self._renew)
        self.table.opened.connect(lambda line: self.open_person(line.person_id))
        self.person_wanted.connect(self.open_person)
        self.session_wanted.connect(self.show_session)
        self.vial_table.opened.connect(lambda _line: acts.waste())
        self.view.chosen.connect(lambda _key: self._fill())
        self.typed.textChanged.connect(lambda _text: self._fill())
        self.typed.returnPressed.connect(self._open_typed)
        for table in (self.table, self.vial_table):
            table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say())

    def _ask(self, wanted: UUID | None) -> None:
        desk = self._desk
        db, catalog, today = desk.register.db, desk.catalog, desk.now().date()

        def choose(known: tuple[SessionLine, ...]) -> SessionLine | None:
            return next((one for one in known if one.id == wanted), None) or _nearest(_live(known), today)

        def found() -> Found:
            sight = session_in_sight(db, choose)
            if sight.sheet is None:
                return sight, None
            return sight, desk_rules(db, catalog=catalog).screening(sight.sheet.line.day)

        desk.ask(self, found, self._show, self.failed)

    def _show(self, found: Found) -> None:
        sight, self.rule = found
        self.sheet, self.lines = sight.sheet, sight.lines
        self._stack.setCurrentIndex(0 if self.sheet is not None else 1)
        self.session.set_choices([(one.id, session_title(one)) for one in _live(sight.sessions)])
        if self.sheet is not None:
            self.session.set_value(self.sheet.line.id)
        self._old_vials = True
        self._fill()
        self._say_title()
        self.card.say_idle(*ready_words(self.sheet, self.lines), running=self.running())
        self.card.follow_day()
        self._ask_papers()
        self._open_next()

    def _ask_papers(self) -> None:
        """Who went without their paper: asked anew when a line of those who went is another, and after another page."""
        gone = tuple(one for one in self.lines if one.seat.left_at is not None)
        same = len(gone) == len(self._gone) and all(map(is_, gone, self._gone))
        if self._papers_old or not same:
            self._gone, self._papers_old = gone, False
            self.acts.confirming.ask()

    def _fill(self) -> None:
        """The people of the chosen step, whose words match; the vials while they are looked at."""
        if self.view.value() == "vials" and self._old_vials and self.sheet is not None:
            self.vials.set_records(vial_lines(self.sheet))
            self._old_vials = False
        shown = _meant(_in_view(self.lines, self.view.value()), fold(self.typed.value()))
        kept = self.table.current_record()
        self._shown = shown
        self.model.renew_records(shown, lambda one: one.person_id)
        at = next((row for row, one in enumerate(shown) if kept is not None and one.person_id == kept.person_id), 0)
        if shown and self.table.currentIndex().row() != at:
            self.table.setCurrentIndex(self.model.index(at, 0))
        self._both.setCurrentIndex(1 if self.view.value() == "vials" else 0)
        self._say()

    def _open_typed(self) -> None:
        """A number of the invitation and Enter: they stand at the desk, and the whole list is there again. Of several
        nobody is chosen for the hand."""
        typed, meant = self.typed.value(), self._shown
        if not typed:
            return
        if len(meant) == 1:
            self.typed.clear()
            self.open_person(meant[0].person_id)
        elif meant:
            words = ngettext(
                "{n} người khớp: gõ thêm, hoặc chọn một dòng", "{n} người khớp: gõ thêm, hoặc chọn một dòng", len(meant)
            )
            self._desk.said.emit(words.format(n=len(meant)))
        else:
            self._desk.said.emit(_("Danh sách này không có ai khớp “{typed}”").format(typed=typed))

    def _say(self) -> None:
        """What can be done with what is chosen."""
        vials, live = self.view.value() == "vials", self.sheet is not None and not self._over()
        for button in self._people_acts:
            button.setVisible(not vials)
        for button in self._vial_acts:
            button.setVisible(vials)
        self.by_paper.setVisible(not vials and self.running())  # the light may go out at any session
        one = self.vial_table.current_record()
        chosen = self.chosen()
        self.people.setEnabled(live)
        expected = live and bool(chosen) and all(line.step is Step.EXPECTED for line in chosen)
        for button, may in ((self.remove, expected), (self.rested_go, bool(self.rested()))):
            button.setEnabled(may)
            button.setVisible(may and not vials)  # the row has no room for what cannot be done
        self.take.setEnabled(live)
        self.edit.setEnabled(live)
        self.leave.setEnabled(live and one is not None and not (one.take.opened or one.take.given))
        self.waste.setEnabled(self.running() and one is not None and one.may_waste)
        self.over.setEnabled(self.running() and one is not None and one.vial is not None)
        self.not_lost.setEnabled(live and one is not None and one.waste is not None)

    def _stand(self, found: Arrival) -> None:
        self.banner.clear()
        self._warn()
        self.card.show_arrival(found, running=self.running())

    def _renew(self, person_id: UUID) -> None:
        """Another desk was quicker: the vials of now, beside what was typed."""
        if self.sheet is not None:
            desk, one = self._desk, self.sheet.line.id
            op = partial(look_at_arrival, desk.register.db, person_id, session_id=one, catalog=desk.catalog)
            desk.ask(self, op, self.card.renew, self.failed)

    def _wrote(self, words: str, person_id: UUID) -> None:
        """Somebody was dealt with; entered from paper, the next of the list stands at the desk."""
        self._desk.said.emit(words)
        if self.sheet is not None and self.sheet.line.on_paper:
            self._next = person_id
        else:
            self._go_on(person_id)
            self.table.setFocus()

    def _go_on(self, dealt: UUID) -> None:
        """Enter opens whoever waits longest now; in a list of one step where nobody waits, the next of it."""
        waiting = [
            (one.seat.come_at, row)
            for row, one in enumerate(self._shown)
            if one.seat.come_at is not None and one.step in _WAITING and one.person_id != dealt
        ]
        if waiting:
            self.table.setCurrentIndex(self.model.index(min(waiting)[1], 0))
            return
        one, row = self.table.current_record(), self.table.currentIndex().row()
        if self.view.value() == "expected" and one is not None and one.person_id == dealt:
            self.table.setCurrentIndex(self.model.index(row + 1 if row + 1 < len(self._shown) else max(row - 1, 0), 0))

    def _open_next(self) -> None:
        """The next one who has not been dealt with, after whoever was."""
        after, self._next = self._next, None
        if after is None or not self.running():
            return
        order = [one.person_id for one in self.lines]
        start = order.index(after) + 1 if after in order else 0
        following = next((one for one in self.lines[start:] if one.step is Step.EXPECTED), None)
        if following is not None:
            self.open_person(following.person_id)

    def _ring(self) -> None:
        """The clocks go on; whoever has newly sat out their time is named once, quietly."""
        if not self.isVisible():
            return
        self.table.viewport().update()
        rested = {one.person_id: one.full_name for one in self.rested()}
        new = [name for person, name in rested.items() if person not in self._rung]
        self._rung = frozenset(rested)
        if new:
            words = ngettext("{n} người đủ giờ theo dõi: {names}", "{n} người đủ giờ theo dõi: {names}", len(new))
            self._desk.said.emit(words.format(n=len(new), names=", ".join(new[:3])))
            self._say()


def _in_view(lines: Sequence[SeatLine], view: object) -> list[SeatLine]:
    """Those of the chosen step: who waits by their coming, who sits by their dose, all others by their number."""
    if view == "expected":
        return [one for one in lines if one.step is Step.EXPECTED]
    if view == "waiting":
        return sorted((one for one in lines if one.step in _WAITING), key=lambda one: str(one.seat.come_at))
    if view == "observed":
        return sorted((one for one in lines if one.step is Step.OBSERVED), key=lambda one: str(one.seat.injected_at))
    return list(lines)


def _live(known: Sequence[SessionLine]) -> list[SessionLine]:
    """Those that are held, or were."""
    return [one for one in known if one.status is not SessionStatus.CANCELLED]


def _nearest(known: Sequence[SessionLine], today: date) -> SessionLine | None:
    """The one that runs, else the next that is planned from today on, else the last."""
    running = [one for one in known if one.status is SessionStatus.OPEN]
    if running:
        return running[0]
    ahead = [one for one in known if one.status is SessionStatus.PLANNED and one.day >= today]
    return ahead[-1] if ahead else next(iter(known), None)


def _meant(lines: list[SeatLine], typed: str) -> list[SeatLine]:
    """Whoever has that number on the list; all in whose words it stands. A few digits are a number of the list, and no
    part of somebody's phone or papers."""
    if typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS:
        return [one for one in lines if one.place_no == int(typed)]
    return [one for one in lines if typed in _words_of(one)]


def _words_of(line: SeatLine) -> str:
    return fold(" ".join((line.full_name, line.phone, line.citizen_number, line.insurance_number, line.hamlet)))


def _dropping(act: Callable[[], object]) -> Callable[[bool], object]:
    """A button says whether it is down; the acts do not ask."""

    def run(_down: bool = False) -> object:
        return act()

    return run
