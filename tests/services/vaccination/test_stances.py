"""What stands between somebody and the next dose: a dose ends it, a taking-back opens it again as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from covidstation.db.queries.vaccination import stances_of
from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.rows import VaccineBookRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseDraft
from covidstation.domain.vaccination.sessions import NoDose, SessionDraft, SessionPlace
from covidstation.domain.vaccination.stances import ClosedReason, Stance, StanceDraft, StanceKind
from covidstation.domain.vaccination.states import DueKind
from covidstation.errors import UserError
from covidstation.services.places import add_hamlet
from covidstation.services.vaccination.day import take_back_injection
from covidstation.services.vaccination.due import due_counts, due_list, vaccine_state
from covidstation.services.vaccination.history import record_dose, void_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.sessions import edit_session
from covidstation.services.vaccination.stances import add_stance, close_stance, edit_stance
from covidstation.services.vaccination.without import WithoutDraft, call_back, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import COMIRNATY, WHO, code, jab, person, refused, running, vaccine

ACT: dict[str, Any] = {"catalog": catalog(), **WHO}
AZ = "EU/1/21/1529"


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def says(db: Database, who: UUID, kind: StanceKind, since: date = TODAY, **more: Any) -> Stance:
    until = days(20) if kind is StanceKind.DEFERRED else None
    draft = StanceDraft(
        **{"person_id": who, "kind": kind, "reason": "Chưa muốn", "since": since, "until": until, **more}
    )
    return add_stance(db, draft, now=NOW, **WHO).value


def told(db: Database, who: UUID, given_on: PartialDate, **more: Any) -> Any:
    draft = DoseDraft(person_id=who, given=given_on, product=COMIRNATY, reason="theo giấy", **more)
    return record_dose(db, draft, now=NOW, sure=True, **ACT).value


def known(db: Database, who: UUID) -> tuple[Stance, ...]:
    with db.read() as session:
        return stances_of(session, who)


def open_ones(db: Database, who: UUID) -> list[tuple[StanceKind, str]]:
    return [(one.kind, one.reason) for one in known(db, who) if one.open]


def kind_of(db: Database, who: UUID) -> DueKind:
    return vaccine_state(db, who, catalog=catalog(), now=NOW).kind


def test_an_injection_that_is_taken_back_leaves_what_was_said_before_it(db: Database) -> None:
    one, who = running(db, vaccine(db)), person(db, 1)
    says(db, who, StanceKind.REFUSED, next_step="Đến nhà giải thích", due_on=days(5))
    before = known(db, who), vaccine_state(db, who, catalog=catalog(), now=NOW)
    jab(db, one, who)
    (closed,) = known(db, who)
    assert (closed.closed_on, closed.closed_reason) == (TODAY, ClosedReason.VACCINATED)
    assert code(lambda: edit_stance(db, closed.id, closed, by=None, now=NOW)) == "vaccination.stance_closed"
    take_back_injection(db, one, who, "Nhầm người", now=NOW + timedelta(minutes=2), **ACT)
    assert (known(db, who), vaccine_state(db, who, catalog=catalog(), now=NOW)) == before


def test_a_dose_ends_only_what_was_said_before_it(db: Database) -> None:
    who = person(db, 1)
    says(db, who, StanceKind.REFUSED, days(-9))
    told(db, who, PartialDate.of(days(-10)))
    told(db, who, PartialDate(TODAY.year, TODAY.month))  # nobody knows on which day
    assert open_ones(db, who) == [(StanceKind.REFUSED, "Chưa muốn")]
    dose = told(db, who, PartialDate.of(days(-8)), lot_number="X1")
    assert open_ones(db, who) == []
    told(db, who, PartialDate.of(days(-9)), voids=dose.id)  # of the same day, and written after it
    assert open_ones(db, who) == []
    says(db, who, StanceKind.DEFERRED, days(-9), reason="Sốt sau mũi này")  # said after the dose of that day
    assert open_ones(db, who) == [(StanceKind.DEFERRED, "Sốt sau mũi này")]


def test_a_contraindication_outlives_a_dose_that_was_given_all_the_same(db: Database) -> None:
    who = person(db, 1)
    says(db, who, StanceKind.CONTRAINDICATED, days(-5), product=AZ, reason="Phản vệ độ 3")
    says(db, who, StanceKind.CONTRAINDICATED, days(-5), reason="Dị ứng PEG")
    jab(db, running(db, vaccine(db)), who, sure=True, draft=InjectionDraft(reason="bệnh viện cho phép"))
    assert set(open_ones(db, who)) == {
        (StanceKind.CONTRAINDICATED, "Phản vệ độ 3"),
        (StanceKind.CONTRAINDICATED, "Dị ứng PEG"),
    }


def test_who_came_to_the_station_can_come_and_who_was_visited_cannot(db: Database) -> None:
    lot = vaccine(db)
    came, visited = person(db, 1), person(db, 2)
    for who in (came, visited):
        says(db, who, StanceKind.CANNOT_TRAVEL, days(-5), reason="Liệt nửa người")
    jab(db, running(db, lot), came)
    home = running(db, lot, 1)
    edit_session(db, home, SessionDraft(day=TODAY, place=SessionPlace.HOME), catalog=catalog(), by=None, now=NOW)
    jab(db, home, visited)
    assert open_ones(db, came) == []
    assert open_ones(db, visited) == [(StanceKind.CANNOT_TRAVEL, "Liệt nửa người")]
    told(db, came, PartialDate.of(days(-40)))
    assert open_ones(db, came) == []


def test_who_is_called_back_is_put_off_as_before(db: Database) -> None:
    first, second, who = running(db, vaccine(db)), running(db, vaccine(db, number="FK2")), person(db, 1)
    says(db, who, StanceKind.DEFERRED, days(-3), reason="Sốt", until=days(3), next_step="Gọi lại")
    before = known(db, who)
    for session_id, reason in ((first, "Vẫn sốt"), (second, "Ho")):
        draft = WithoutDraft(reason=reason, again_on=days(10))
        send_without(db, session_id, who, draft, now=NOW, **ACT)
        assert open_ones(db, who) == [(StanceKind.DEFERRED, reason)]
    replaced = [one for one in known(db, who) if not one.open]
    assert {one.closed_reason for one in replaced} == {ClosedReason.REPLACED}
    call_back(db, first, who, by=None, now=NOW)  # the earlier one first: the later word stands
    assert open_ones(db, who) == [(StanceKind.DEFERRED, "Ho")]
    call_back(db, second, who, by=None, now=NOW)
    assert [one for one in known(db, who) if one.open] == list(before)


def test_what_is_not_allowed_at_the_desk_is_so_for_that_vaccine_alone(db: Database) -> None:
    one, who, other = running(db, vaccine(db)), person(db, 1), person(db, 2)
    said = WithoutDraft(kind=NoDose.CONTRAINDICATED, reason="Dị ứng PEG", product=COMIRNATY)
    send_without(db, one, who, said, now=NOW, **ACT)
    send_without(db, one, other, WithoutDraft(kind=NoDose.CONTRAINDICATED, reason="Bác sĩ dặn"), now=NOW, **ACT)
    assert [line.product for line in known(db, who)] == [COMIRNATY]
    state = vaccine_state(db, who, catalog=catalog(), now=NOW)
    assert state.kind in (DueKind.DUE, DueKind.OVERDUE) and state.products and COMIRNATY not in state.products
    assert kind_of(db, other) is DueKind.CONTRAINDICATED


def test_what_was_said_by_mistake_stood_on_no_day(db: Database) -> None:
    who = person(db, 1)
    wrong = says(db, who, StanceKind.REFUSED, days(-9))
    close_stance(db, wrong.id, ClosedReason.MISTAKE, by=None, now=NOW)
    over = says(db, who, StanceKind.REFUSED, days(-9), reason="Sợ")
    close_stance(db, over.id, ClosedReason.OVER, by=None, now=NOW)
    assert [(one.reason, one.holds(days(-1))) for one in known(db, who)] in (
        [("Sợ", True), ("Chưa muốn", False)],
        [("Chưa muốn", False), ("Sợ", True)],
    )


def test_a_fever_at_the_desk_ends_nothing_that_the_hospital_said(db: Database) -> None:
    one, who = running(db, vaccine(db)), person(db, 1)
    says(db, who, StanceKind.DEFERRED, days(-10), reason="BV tỉnh: viêm cơ tim", until=days(170))
    send_without(db, one, who, WithoutDraft(reason="Sốt", again_on=days(3)), now=NOW, **ACT)
    assert {reason for _kind, reason in open_ones(db, who)} == {"BV tỉnh: viêm cơ tim", "Sốt"}
    for stance in known(db, who):  # each can be put right beside the other
        assert edit_stance(db, stance.id, replace(stance, note="đã dặn"), by=None, now=NOW).value.note == "đã dặn"
    for later in (NOW, NOW + timedelta(days=4)):
        state = vaccine_state(db, who, catalog=catalog(), now=later)
        assert (state.kind, state.due_on) == (DueKind.DEFERRED, days(170))


def test_what_would_be_over_at_once_is_not_written(db: Database) -> None:
    who = person(db, 1)
    for until in (TODAY, days(-2)):
        said = {"since": days(-5), "until": until, "reason": "Sốt"}
        assert refused(lambda late=said: says(db, who, StanceKind.DEFERRED, **late)) == {"vaccination.stance_over"}
    short = says(db, who, StanceKind.DEFERRED, until=days(1))
    tomorrow = NOW + timedelta(days=1)
    noted = replace(short, next_step="đã gọi, hết sốt")
    edit_stance(db, short.id, noted, by=None, now=tomorrow)  # what came of it, after its day
    late = replace(noted, until=TODAY)
    assert refused(lambda: edit_stance(db, short.id, late, by=None, now=tomorrow)) == {"vaccination.stance_over"}
    draft = StanceDraft(person_id=who, kind=StanceKind.DEFERRED, reason="Ho", since=days(1), until=days(9))
    add_stance(db, draft, now=tomorrow, **WHO)  # one whose day has come hinders no right one
    assert open_ones(db, who) == [(StanceKind.DEFERRED, "Ho")]


@dataclass
class Story:
    """One person, and what can be undone of what was done last."""

    db: Database
    who: UUID
    lot: UUID
    at: datetime = NOW
    standing: list[Any] = field(default_factory=list)

    def picture(self) -> tuple[Any, ...]:
        """How the person stands, and all that stands before them."""
        state = vaccine_state(self.db, self.who, catalog=catalog(), now=self.at)
        return state, tuple(one for one in known(self.db, self.who) if one.closed_reason is not ClosedReason.MISTAKE)

    def do(self, act: str, some: int) -> Callable[[], object] | None:
        """One act; the value takes it back."""
        db, who = self.db, self.who
        since = days(-some)
        if act == "told":
            dose = told(db, who, PartialDate.of(since), lot_number=f"L{len(self.standing)}{some}")
            self.standing.append(dose.id)
            return lambda: void_dose(db, self.standing.pop(), "nhầm", now=self.at, **ACT)
        if act == "jab":
            one = running(db, self.lot, 1)
            jab(db, one, who, sure=True, now=self.at, draft=InjectionDraft(reason="đã hỏi bác sĩ"))
            return lambda: take_back_injection(db, one, who, "nhầm", now=self.at, **ACT)
        if act in ("put off", "refuse", "bar"):
            one = running(db, self.lot, 1)
            kind = {"put off": NoDose.DEFERRED, "refuse": NoDose.REFUSED, "bar": NoDose.CONTRAINDICATED}[act]
            draft = WithoutDraft(
                kind=kind, reason=f"vì {some}", again_on=days(some + 1), product=AZ if some % 2 else ""
            )
            send_without(db, one, who, draft, now=self.at, **ACT)
            return lambda: call_back(db, one, who, by=None, now=self.at)
        if act == "void" and self.standing:
            void_dose(db, self.standing.pop(some % len(self.standing)), "nhầm", now=self.at, **ACT)
        elif act == "close":
            for one in [one for one in known(db, who) if one.open][:1]:
                close_stance(db, one.id, ClosedReason.OVER, by=None, now=self.at)
        elif act == "say":
            kind = list(StanceKind)[some % 4]
            try:
                says(db, who, kind, since, reason=f"nói {some}")
            except UserError:
                return None
        return None


@pytest.mark.timeout(300)
@settings(
    max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(("told", "jab", "put off", "refuse", "bar", "void", "close", "say")),
            st.integers(0, 6),
            st.booleans(),
        ),
        min_size=4,
        max_size=12,
    )
)
def test_whatever_is_done_and_taken_back_everybody_stands_in_one_place(register: Any, acts: Any) -> None:
    """What is taken back leaves the person as before; the due list says what the schedule says from nothing."""
    db = register.db
    number = next(_COUNT)
    lot = vaccine(db, 600, number=f"S{number}", item=f"Comirnaty S{number}")
    hamlet = add_hamlet(db, f"Bản {number}", by=None, now=NOW).value
    story = Story(db, person(db, 300 + number, citizen_number="", phone="", hamlet_id=hamlet), lot)
    for act, some, undone in acts:
        before = story.picture()
        undo = story.do(act, some)
        if undo is not None and undone:
            undo()
            assert story.picture() == before, act
        _one_place(db, story)


def _one_place(db: Database, story: Story) -> None:
    lines = [one for one in due_list(db, DueFilter(), catalog=catalog(), now=NOW).all() if one.person_id == story.who]
    assert [one.state for one in lines] == [story.picture()[0]]
    counts = due_counts(db, catalog=catalog(), now=NOW)
    with db.read() as session:
        people = session.scalars(select(VaccineBookRow.person_id)).all()
    assert len(people) == len(set(people)) == counts.total


_COUNT = iter(range(10**6))
