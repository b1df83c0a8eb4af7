"""The page's list of a session, of which only the touched lines are read again, is at every moment the one that is read
from nothing."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.queries.vaccine_sessions import session_sheet, sessions
from covidstation.db.queries.vaccine_sight import Sight, session_in_sight
from covidstation.db.rows import PersonRow, SessionPersonRow
from covidstation.domain.vaccination.sessions import Step
from covidstation.errors import Refused, UserError
from covidstation.services.vaccination.day import (
    come_to_session,
    keep_sitting,
    let_go,
    screen_person,
    take_back_injection,
)
from covidstation.services.vaccination.history import void_dose
from covidstation.services.vaccination.sessions import invite_people, uninvite_people
from covidstation.services.vaccination.without import WithoutDraft, call_back, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WELL, WHO, jab, person, planned, running, vaccine

pytestmark = pytest.mark.timeout(120)


def looked(db, one) -> Sight:
    return session_in_sight(db, lambda known: next(line for line in known if line.id == one))


def from_nothing(db, one) -> Sight:
    return Sight(sessions(db), session_sheet(db, one), seats(db, one))


def rename(db, who, name, now):
    with db.write(None, now) as session:
        session.scalars(select(PersonRow).where(PersonRow.id == who)).one().full_name = name


def write_note(db, one, who, number, now):
    """A field of the seat that no act of this page writes."""
    with db.write(None, now) as session:
        query = select(SessionPersonRow).where(SessionPersonRow.session_id == one, SessionPersonRow.person_id == who)
        row = session.scalars(query).first()
        if row is not None:
            row.note = f"{number}"


def void(db, one, who, **known):
    """The dose is taken back on the person's page: nothing of it is written into their seat."""
    line = next((line for line in seats(db, one) if line.person_id == who and line.dose is not None), None)
    if line is not None:
        void_dose(db, line.dose.id, "Ghi nhầm", **known)


def act(db, one, people, dice, now):
    """One thing that may happen, to one of them; what cannot be now is refused."""
    who, more = dice.choice(people), {"now": now, **WHO}
    known = {"catalog": catalog(), **more}
    acts = (
        lambda: invite_people(db, one, dice.sample(people, 2), **more),
        lambda: uninvite_people(db, one, [who], by=None, now=now),
        lambda: come_to_session(db, one, [who], **more),
        lambda: screen_person(db, one, who, WELL, **known),
        lambda: jab(db, one, who, now=now, sure=True),
        lambda: jab(db, one, who, now=now, sure=True),
        lambda: let_go(db, one, [who], sure=True, **known),
        lambda: keep_sitting(db, one, who, by=None, now=now),
        lambda: take_back_injection(db, one, who, "Nhầm người", **known),
        lambda: send_without(db, one, who, WithoutDraft(reason="Sốt", again_on=TODAY + timedelta(days=9)), **known),
        lambda: call_back(db, one, who, by=None, now=now),
        lambda: rename(db, who, f"Lò Thị {dice.randrange(99)}", now),
        lambda: write_note(db, one, who, dice.randrange(1, 999), now),
        lambda: void(db, one, who, **known),
    )
    try:
        dice.choice(acts)()
    except UserError:
        return False
    return True


@pytest.mark.parametrize("seed", range(4))
def test_the_list_of_touched_lines_is_the_list_from_nothing(db, seed):
    dice, now = Random(seed), NOW
    people = [person(db, number) for number in range(8)]
    lot = vaccine(db, 120)
    one, other = running(db, lot, 8), planned(db)
    invite_people(db, one, people[:5], now=NOW, **WHO)
    invite_people(db, other, people[2:], now=NOW, **WHO)
    done = 0
    for _turn in range(40):
        now += timedelta(minutes=1)
        done += act(db, one, people, dice, now)
        if dice.random() < 0.7:  # several changes between two looks
            assert looked(db, one) == from_nothing(db, one)
        if dice.random() < 0.1:
            assert looked(db, other) == from_nothing(db, other)
    assert looked(db, one) == from_nothing(db, one)
    assert done >= 15


def test_only_the_touched_line_is_read_again(db):
    people = [person(db, number) for number in range(6)]
    one = running(db, vaccine(db), 4)
    invite_people(db, one, people, now=NOW, **WHO)
    before = {line.person_id: line for line in looked(db, one).lines}
    jab(db, one, people[3])
    after = {line.person_id: line for line in looked(db, one).lines}
    assert [who for who in people if after[who] is not before[who]] == [people[3]]
    assert after[people[3]].step is Step.OBSERVED


def test_many_are_let_go_at_once_and_none_when_one_may_not(db):
    people = [person(db, number) for number in range(4)]
    one = running(db, vaccine(db), 4)
    for who in people:
        jab(db, one, who)
    soon, later = NOW + timedelta(minutes=5), NOW + timedelta(minutes=31)
    with pytest.raises(Refused):
        let_go(db, one, people, catalog=catalog(), now=soon, **WHO)
    assert all(line.step is Step.OBSERVED for line in seats(db, one))
    assert let_go(db, one, people, catalog=catalog(), now=later, **WHO).value == 4
    assert {line.seat.left_at for line in seats(db, one)} == {later.replace(tzinfo=None)}
