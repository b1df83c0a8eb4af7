"""Whoever goes without a dose keeps what was ticked and measured: nothing more is asked of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from covidstation.db.moved import SETTLING
from covidstation.db.queries.vaccination import stances_of
from covidstation.db.rows import PersonRow
from covidstation.domain.care import Vitals
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import NoDose, SessionStatus, Step
from covidstation.domain.vaccination.stances import StanceKind
from covidstation.services.vaccination.closing import cancel_session
from covidstation.services.vaccination.day import come_to_session, screen_person
from covidstation.services.vaccination.paper_rows import WrittenRow, enter_paper_row
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.seating import ScreeningDraft
from covidstation.services.vaccination.without import WithoutDraft, call_back, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WHO, ended, jab, person, refused, running, seat, sheet, vaccine

ALLERGIC = ScreeningDraft(answers=frozenset({"ANAPHYLAXIS"}))
NEVER = WithoutDraft(kind=NoDose.CONTRAINDICATED, reason="Phản vệ lần trước")
KNOWN = {"catalog": catalog(), "now": NOW, **WHO}


@pytest.mark.parametrize(
    ("said", "proposed", "outcome"),
    [
        (ALLERGIC, Outcome.CONTRAINDICATED, Outcome.CONTRAINDICATED),
        (ScreeningDraft(vitals=Vitals(systolic=190, diastolic=110)), Outcome.CAUTION, Outcome.CAUTION),
        (ScreeningDraft(vitals=Vitals(temperature=385)), Outcome.CAUTION, Outcome.CAUTION),  # a fever: ill, or not?
        (replace(ALLERGIC, outcome=Outcome.DEFER), Outcome.CONTRAINDICATED, Outcome.DEFER),
    ],
)
def test_what_stands_on_the_sheet_is_kept_and_nothing_more_is_asked(
    db, said: ScreeningDraft, proposed: Outcome, outcome: Outcome
):
    one, who = running(db, vaccine(db)), person(db, 41)
    send_without(db, one, who, NEVER, screening=said, **KNOWN)
    line = seat(db, one, who)
    assert (line.step, line.vitals, set(line.answers)) == (Step.ENDED, said.vitals, set(said.answers))
    assert (line.proposed, line.seat.outcome) == (proposed, outcome)
    assert line.outcome_reason == (NEVER.reason if outcome is not proposed else "")


def test_what_cannot_be_is_refused_all_the_same(db):
    one, who = running(db, vaccine(db)), person(db, 42)
    wrong = ScreeningDraft(vitals=Vitals(systolic=90, diastolic=120), answers=frozenset({"NOBODY_ASKS"}), weeks=99)
    codes = refused(lambda: send_without(db, one, who, NEVER, screening=wrong, sure=True, **KNOWN))
    assert codes == {"rounds.pressure_turned", "vaccine_session.answer_unknown", "vaccine_session.weeks"}


def test_who_comes_back_is_measured_before_the_dose(db):
    one, who = running(db, vaccine(db)), person(db, 43)
    chronic = ScreeningDraft(answers=frozenset({"CHRONIC"}))
    send_without(db, one, who, WithoutDraft(kind=NoDose.REFUSED, reason="Để hỏi nhà"), screening=chronic, **KNOWN)
    call_back(db, one, who, by=None, now=NOW)
    assert refused(lambda: jab(db, one, who, screening=None, sure=True)) == {"vaccine_session.temperature_missing"}
    assert sheet(db, one).line.given == 0
    assert jab(db, one, who, screening=replace(chronic, vitals=Vitals(temperature=367))).dose.number == 1


def test_a_pressure_on_the_paper_is_kept_of_who_was_put_off(db):
    one, who = running(db, vaccine(db)), person(db, 44)
    high = Vitals(systolic=190, diastolic=110)
    row = WrittenRow(
        vitals=high, ending=NoDose.DEFERRED, reason="Huyết áp cao", again_on=TODAY + timedelta(days=7),
        at=NOW.replace(tzinfo=None),
    )  # fmt: skip
    assert enter_paper_row(db, one, who, row, **KNOWN).value is Step.ENDED
    assert seat(db, one, who).vitals == high


ILL = ScreeningDraft(vitals=Vitals(temperature=367), answers=frozenset({"ANAPHYLAXIS"}))


def keep_sheet(db, one, who):
    screen_person(db, one, who, ILL, sure=True, **KNOWN)


def test_whom_the_sheet_keeps_from_the_dose_is_sent_home_with_a_reason_before_the_end(db):
    one, ill, waits = running(db, vaccine(db)), person(db, 45), person(db, 46)
    keep_sheet(db, one, ill)
    come_to_session(db, one, [waits], now=NOW, **WHO)
    assert seat(db, one, ill).seat.to_send and not seat(db, one, waits).seat.to_send
    assert refused(lambda: ended(db, one, 12)) == {"vaccine_session.people_barred"}  # although all was confirmed
    send_without(db, one, ill, NEVER, **KNOWN)
    ended(db, one, 12)
    (result,) = day_result(db, TODAY, catalog=catalog())
    assert (result.people, result.contraindicated, result.went) == (2, 1, 1)
    with db.read() as session:
        assert [stance.kind for stance in stances_of(session, ill)] == [StanceKind.CONTRAINDICATED]


def test_who_moved_away_since_keeps_no_session_open(db):
    day = TODAY - timedelta(days=2)
    one, ill = running(db, vaccine(db, day=day), day=day), person(db, 47)
    screen_person(db, one, ill, ILL, sure=True, at=datetime.combine(day, time(8)), **KNOWN)
    with db.write(None, NOW) as session:
        session.info[SETTLING] = True  # as the district says it
        session.scalars(select(PersonRow).where(PersonRow.id == ill)).one().moved_to = "LC01"
    ended(db, one, 12)


def test_whom_the_sheet_keeps_from_the_dose_is_sent_home_before_the_session_is_given_up(db):
    one, ill = running(db, vaccine(db)), person(db, 48)
    keep_sheet(db, one, ill)
    give_up = partial(cancel_session, db, one, by=None, now=NOW, sure=True)
    assert refused(give_up) == {"vaccine_session.people_barred"}
    send_without(db, one, ill, NEVER, **KNOWN)
    give_up()
    assert sheet(db, one).line.status is SessionStatus.CANCELLED
    with db.read() as session:
        assert [stance.kind for stance in stances_of(session, ill)] == [StanceKind.CONTRAINDICATED]


@pytest.mark.parametrize("kind", [NoDose.WENT, NoDose.HOSPITAL])
def test_who_goes_although_the_sheet_keeps_them_from_the_dose_is_asked_back(db, kind):
    """Of whoever only went away the register would know nothing, and invite them again."""
    one, ill, other = running(db, vaccine(db)), person(db, 49), person(db, 50)
    keep_sheet(db, one, ill)
    gone = WithoutDraft(kind=kind, reason="Xin về", at=NOW.replace(tzinfo=None), on_paper=True)
    asked = {"vaccine_session.nothing_kept"}
    assert refused(lambda: send_without(db, one, ill, gone, **KNOWN)) == asked
    assert refused(lambda: send_without(db, one, other, gone, screening=ILL, **KNOWN)) == asked
    row = WrittenRow(vitals=ILL.vitals, ending=kind, reason="Xin về", at=NOW.replace(tzinfo=None))
    assert refused(lambda: enter_paper_row(db, one, ill, row, **KNOWN)) == asked
    send_without(db, one, ill, gone, sure=True, **KNOWN)
    send_without(db, one, other, WithoutDraft(kind=kind, reason="Xin về"), **KNOWN)  # nothing speaks against a dose
