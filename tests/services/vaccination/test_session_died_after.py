"""Who died in the days after a session: their dose is written like anybody's, since it is what is asked about."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from covidstation.db.ids import new_id
from covidstation.db.rows import HamletRow
from covidstation.domain.care import Vitals
from covidstation.domain.vaccination.sessions import NoDose, Step
from covidstation.services.households.leaving import DeathDraft, record_death
from covidstation.services.vaccination.arrival import look_at_arrival
from covidstation.services.vaccination.paper_rows import WrittenRow, enter_paper_row
from covidstation.services.vaccination.walk_ins import add_walk_in
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.supplies.store import left
from tests.services.vaccination.rooms import WHO, code, person, running, seat, sheet, vaccine

DAY = TODAY - timedelta(days=4)
ACT = {"catalog": catalog(), "now": NOW, **WHO}


@pytest.fixture
def hamlet(db):
    known = new_id()
    with db.write(None, NOW) as session:
        session.add(HamletRow(id=known, name="Bản Mới"))
    return known


def dies(db, who, days):
    """That many days before today."""
    draft = DeathDraft(person_id=who, day=TODAY - timedelta(days=days))
    record_death(db, draft, now=NOW, by=None, by_name=USER)


def enter(db, one, who, **said):
    row = WrittenRow(vitals=Vitals(temperature=367), at=datetime.combine(DAY, time(9)), **said)
    return enter_paper_row(db, one, who, row, **ACT).value


def test_the_dose_before_a_death_is_written_with_its_vial(db, hamlet):
    lot = vaccine(db, day=DAY - timedelta(days=1))
    first, same_day, without = (person(db, number, hamlet_id=hamlet) for number in (1, 2, 3))
    one = running(db, lot, 2, day=DAY)
    for who, days in ((first, 1), (same_day, 4), (without, 3)):
        dies(db, who, days)
    assert look_at_arrival(db, first, session_id=one, catalog=catalog()).person_id == first
    assert add_walk_in(db, one, first, **ACT).value == first
    assert enter(db, one, first) is enter(db, one, same_day) is Step.LEFT
    assert enter(db, one, without, ending=NoDose.WENT) is Step.ENDED
    assert seat(db, one, first).dose.lot_number == "FK0112"
    assert sheet(db, one).takes[0].given == 2 and left(db, lot) == 60 - 2


def test_nobody_has_a_dose_after_their_death(db, hamlet):
    who = person(db, 1, hamlet_id=hamlet)
    one = running(db, vaccine(db, day=DAY), 2, day=DAY)
    dies(db, who, 5)
    assert (
        code(lambda: enter(db, one, who)) == code(lambda: add_walk_in(db, one, who, **ACT)) == "vaccine_session.moved"
    )
