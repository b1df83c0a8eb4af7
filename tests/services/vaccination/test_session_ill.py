"""Whoever is followed as ill is not taken for well at the desk: the acute illness is ticked before anybody asks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from covidstation.db.ids import new_id
from covidstation.db.rows import EpisodeRow
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.vaccination.screening import known_answers
from covidstation.services.vaccination.arrival import look_at_arrival
from covidstation.services.vaccination.paper_rows import WrittenRow, enter_paper_row
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import COMIRNATY, WHO, person, refused, running, vaccine

SUSPECT, CONFIRMED, NO_CASE = CaseClassification.SUSPECT, CaseClassification.CONFIRMED, CaseClassification.NO_CASE
AGES = {"ACUTE": PartialDate(1985, 6, 1), "CHILD_ACUTE": PartialDate(2008, 5, 1)}


def ill(db, who, kind, reported, *, onset=None, over=None):
    row = EpisodeRow(id=new_id(), person_id=who, report_date=reported, onset_date=onset, isolation_type="NONE")
    row.classification = kind.value
    row.outcome = CaseOutcome.RECOVERED.value if over else CaseOutcome.NO_OUTCOME.value
    row.outcome_on = over
    with db.write(None, NOW) as session:
        session.add(row)


def ticked(db, one, who):
    found = look_at_arrival(db, who, session_id=one, catalog=catalog())
    return known_answers(found.sheet, found.facts, COMIRNATY, found.day), found.facts.infected_on


def ago(days):
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("kind", "said", "is_ill", "infected"),
    [
        (SUSPECT, {"reported": ago(1)}, True, None),  # nobody knows yet whether it is COVID-19
        (CONFIRMED, {"reported": ago(1), "onset": ago(4)}, True, ago(4)),
        (CONFIRMED, {"reported": ago(90), "over": ago(76)}, False, ago(90)),
        (CONFIRMED, {"reported": ago(1), "over": TODAY + timedelta(days=1)}, True, ago(1)),  # entered afterwards
        (SUSPECT, {"reported": ago(20), "over": ago(10)}, False, None),
        (NO_CASE, {"reported": ago(1)}, False, None),
        (CONFIRMED, {"reported": TODAY + timedelta(days=1)}, False, None),
    ],
)
def test_an_open_illness_is_ticked_for_an_adult_and_a_child(
    db, kind: CaseClassification, said: dict[str, date], is_ill: bool, infected: date | None
):
    one = running(db, vaccine(db))
    for number, (question, birth) in enumerate(AGES.items()):
        who = person(db, 30 + number, birth=birth)
        ill(db, who, kind, **said)
        found, since = ticked(db, one, who)
        assert (question in found, since) == (is_ill, infected)


def test_a_suspected_case_on_the_paper_is_not_given_without_a_word_why(db):
    who, one = person(db, 33), running(db, vaccine(db))
    ill(db, who, SUSPECT, ago(1))
    row = WrittenRow(vitals=Vitals(temperature=367), at=NOW.replace(tzinfo=None))
    asked = refused(lambda: enter_paper_row(db, one, who, row, catalog=catalog(), now=NOW, **WHO))
    assert "vaccine_session.paper_against" in asked
    again = refused(lambda: enter_paper_row(db, one, who, row, catalog=catalog(), now=NOW, sure=True, **WHO))
    assert again == {"vaccination.why"}
