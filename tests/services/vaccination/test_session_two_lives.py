"""A session goes on in two lives of a register, after a restore: when they meet, no dose is lost or counted twice."""

from __future__ import annotations

from datetime import timedelta

from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.queries.vaccine_sessions import sessions
from covidstation.db.rows import SessionPersonRow
from covidstation.domain.vaccination.sessions import Step, seat_of
from covidstation.services.exchange.bundles import Taken
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.sessions import invite_people
from covidstation.services.vaccination.vials import WasteDraft, waste_doses
from tests.services.exchange.test_given_back import parted
from tests.services.privacy.test_purge import faults
from tests.services.samples import NOW
from tests.services.supplies.store import kept_sums, left
from tests.services.vaccination.rooms import WHO, jab, person, runs, sheet

__all__ = ["parted"]
LATER = NOW + timedelta(hours=1)


def people_of(db):
    return [line.person_id for line in seats(db, runs(db))]


def test_both_lives_went_on(parted):
    db, copy, give = parted
    one = runs(db)
    lot = sheet(db, one).takes[0].lot_id
    before = left(copy, lot)
    mine = [person(db, number) for number in (301, 302)]
    for at, who in enumerate(mine):
        jab(db, one, who, now=NOW + timedelta(minutes=at))
    vial = sheet(db, one).takes[0].opened[0]
    waste_doses(db, WasteDraft(take_id=vial.take_id, vial_id=vial.id, doses=1), now=NOW, **WHO)
    known = people_of(copy)[0]
    invite_people(db, one, [known], now=NOW, **WHO)
    invite_people(copy, one, [known], now=LATER, **WHO)  # the second life begins later: its stamps are others
    theirs = person(copy, 303)
    jab(copy, one, theirs, now=LATER)
    assert give(copy).outcome is Taken.GIVEN_BACK
    found = sheet(copy, one)
    assert found.line.given == 4 == sum(vial.given for vial in found.takes[0].opened)
    assert found.takes[0].wasted == 1
    assert left(copy, lot) == kept_sums(copy)[lot] == before - 2 - 1 - 1
    here = {line.person_id: line.step for line in seats(copy, one)}
    assert {here[who] for who in (*mine, theirs)} == {Step.OBSERVED}
    with copy.read() as session:
        rows = session.query(SessionPersonRow).filter(SessionPersonRow.session_id == one).all()
        assert [row.id for row in rows if row.person_id == known] == [seat_of(one, known)]
    assert faults(copy) == []
    assert give(copy).outcome is Taken.ALREADY and sheet(copy, one).line.given == 4


def test_both_lives_wrote_the_same_person_into_the_list(parted):
    db, copy, give = parted
    one = runs(db)
    with db.read() as session:
        seated = {row.person_id for row in session.query(SessionPersonRow)}
    other = next(line.person_id for line in seats(db, _closed(db)) if line.person_id in seated)
    invite_people(db, one, [other], now=NOW, **WHO)
    invite_people(copy, one, [other], now=LATER, **WHO)
    jab(db, one, other, now=NOW + timedelta(minutes=1), sure=True, draft=_again())
    assert give(copy).outcome is Taken.GIVEN_BACK
    assert [line.step for line in seats(copy, one) if line.person_id == other] == [Step.OBSERVED]
    assert faults(copy) == []


def _closed(db):
    return next(one.id for one in sessions(db) if one.closed_at is not None)


def _again():
    return InjectionDraft(reason="Tiêm bù theo chỉ định")
