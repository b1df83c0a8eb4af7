"""A session on paper, entered row by row: the same rows, doses and store as at the desk; what is wrong stays out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Answer, PersonDraft, Sex
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import NoDose, Step
from covidstation.errors import Refused, UserError
from covidstation.services.vaccination.paper_rows import WrittenRow, enter_leaving, enter_paper_row
from covidstation.services.vaccination.sessions import invite_people
from covidstation.services.vaccination.walk_ins import add_walk_in
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WHO, jab, person, refused, running, seat, sheet, vaccine

DAY = TODAY
LATE = NOW + timedelta(days=1)  # when somebody sits down to enter it
FINE = Vitals(temperature=367)


def at(hour, minute=0):
    return datetime.combine(DAY, time(hour, minute))


def enter(db, one, who, *, sure=False, **said):
    row = WrittenRow(**{"vitals": FINE, "at": at(8, 15), **said})
    return enter_paper_row(db, one, who, row, catalog=catalog(), now=LATE, sure=sure, **WHO).value


@pytest.fixture
def day(db):
    """A session of the day before with three adults on its list."""
    who = [person(db, number) for number in (61, 62, 63)]
    one = running(db, vaccine(db), 2, day=DAY, now=LATE)
    invite_people(db, one, who, now=LATE, **WHO)
    return one, who


def test_a_row_is_the_dose_its_vial_and_the_going_home(db, day):
    one, (first, second, third) = day
    assert enter(db, one, first) is Step.LEFT
    assert enter(db, one, second, at=at(8, 30), left_at=at(9, 10), vial=1) is Step.LEFT
    assert enter(db, one, third, at=at(9), lot="fk0112", vial=2) is Step.LEFT
    lines = [seat(db, one, who) for who in (first, second, third)]
    assert [line.seat.injected_at for line in lines] == [at(8, 15), at(8, 30), at(9)]
    assert [line.seat.left_at for line in lines] == [at(8, 45), at(9, 10), at(9, 30)]  # 30 minutes of the rule
    take = sheet(db, one).takes[0]
    assert [(vial.number, vial.given) for vial in take.opened] == [(1, 2), (2, 1)]


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"vitals": Vitals()}, "temperature", "vaccine_session.paper_temperature_missing"),
        ({"at": None}, "at", "vaccine_session.paper_hour_missing"),
        ({"lot": "ABC"}, "take", "vaccine_session.vial_lot"),
        ({"vial": 2}, "take", "vaccine_session.vial_next"),
        ({"left_at": at(8)}, "left_at", "vaccine_session.left_before"),
        ({"ending": NoDose.DEFERRED, "reason": "Đang ho"}, "again_on", "vaccine_session.again_missing"),
        ({"ending": NoDose.REFUSED}, "reason", "vaccine_session.why_without"),
    ],
)
def test_what_the_paper_cannot_say_is_refused_and_nothing_is_written(db, day, said, field, code):
    one, (who, *_rest) = day
    with pytest.raises(Refused) as trouble:
        enter(db, one, who, **said)
    assert (trouble.value.problems[0].field, trouble.value.problems[0].code) == (field, code)
    assert seat(db, one, who).step is Step.EXPECTED
    assert sheet(db, one).takes[0].opened == ()


def test_a_fever_on_paper_is_asked_back_for_it_may_be_a_slip(db, day):
    one, (who, *_rest) = day
    hot = {"vitals": Vitals(temperature=410)}
    with pytest.raises(Refused) as trouble:
        enter(db, one, who, **hot)
    assert [(one.field, one.code) for one in trouble.value.problems] == [
        ("temperature", "vaccine_session.paper_measure")
    ]
    assert seat(db, one, who).step is Step.EXPECTED
    with pytest.raises(Refused):  # a word why, and not a yes alone
        enter(db, one, who, **hot, sure=True)
    assert enter(db, one, who, **hot, reason="Bác sĩ cho tiêm", sure=True) is Step.LEFT


def test_going_early_is_asked_back_and_then_kept(db, day):
    one, (who, *_rest) = day
    with pytest.raises(Refused) as trouble:
        enter(db, one, who, left_at=at(8, 30))
    assert [(one.code, one.level) for one in trouble.value.problems] == [("vaccine_session.too_early", "warning")]
    assert enter(db, one, who, left_at=at(8, 30), sure=True) is Step.LEFT
    assert seat(db, one, who).seat.left_at == at(8, 30)


def test_who_went_without_leaves_a_stance_and_is_not_written_twice(db, day):
    one, (who, *_rest) = day
    again = TODAY + timedelta(days=6)
    assert enter(db, one, who, ending=NoDose.DEFERRED, reason="Đang sốt", again_on=again) is Step.ENDED
    line = seat(db, one, who)
    assert (line.step, line.again_on, line.vitals.temperature) == (Step.ENDED, again, 367)
    assert line.stance_id is not None


def test_given_against_the_sheet_needs_a_word_why(db):
    child = person(db, 65, birth=PartialDate(2008, 3, 1))
    one = running(db, vaccine(db), 1, day=DAY, now=LATE)
    said = {"vitals": Vitals(temperature=385), "guardian_name": "Lò Thị Sơ", "guardian_relation": "mẹ"}
    asked = {"vaccine_session.paper_against"}
    assert refused(lambda: enter(db, one, child, **said)) == asked
    assert refused(lambda: enter(db, one, child, sure=True, **said)) == {"vaccination.why"}
    assert refused(lambda: enter(db, one, child, reason="mẹ ký thay bố", **said)) == asked  # said of something else
    assert enter(db, one, child, reason="Bác sĩ đo lại 36,9", sure=True, **said) is Step.LEFT
    line = seat(db, one, child)
    assert (line.seat.outcome, line.proposed) == (Outcome.CAUTION, Outcome.DEFER)
    assert line.outcome_reason == "Bác sĩ đo lại 36,9"


def test_a_child_has_its_guardian_from_the_list(db):
    child = person(db, 64, birth=PartialDate(2008, 3, 1))
    one = running(db, vaccine(db), 1, day=DAY, now=LATE)
    with pytest.raises(Refused):
        enter(db, one, child)
    enter(db, one, child, guardian_name="Lò Thị Sơ", guardian_relation="mẹ")
    assert seat(db, one, child).guardian_name == "Lò Thị Sơ"


def test_what_nobody_measured_is_kept_as_missing_with_the_reason(db):
    elder = person(db, 66, birth=PartialDate(1940, 1, 1))
    one = running(db, vaccine(db), 1, day=DAY, now=LATE)
    with pytest.raises(Refused) as trouble:
        enter(db, one, elder, vitals=Vitals())
    found = {(found.field, found.level) for found in trouble.value.problems}
    assert found == {("temperature", "warning"), ("pressure", "warning")}  # no wall, but a word why
    for reason in ("", " "):
        said = {"vitals": Vitals(), "reason": reason, "sure": True}
        assert refused(lambda said=said: enter(db, one, elder, **said)) == {"vaccination.why"}
    assert enter(db, one, elder, vitals=Vitals(), reason="Nhiệt kế hỏng", sure=True) is Step.LEFT
    line = seat(db, one, elder)
    assert (line.vitals.temperature, line.vitals.systolic) == (None, None)
    assert line.dose.reason == "Nhiệt kế hỏng"


def test_the_weeks_of_a_pregnancy_are_on_the_sheet(db):
    woman, man = person(db, 67, sex=Sex.FEMALE), person(db, 68)
    known = person(db, 69, sex=Sex.FEMALE, pregnancy=Answer.YES)
    early = person(db, 70, sex=Sex.FEMALE)
    one = running(db, vaccine(db), 1, day=DAY, now=LATE)
    enter(db, one, woman, weeks=20)
    assert (seat(db, one, woman).weeks, seat(db, one, woman).seat.outcome) == (20, Outcome.CAUTION)
    assert refused(lambda: enter(db, one, man, weeks=20, sure=True)) == {"vaccine_session.weeks_nobody"}
    against = {"vaccine_session.paper_against"}
    assert refused(lambda: enter(db, one, known)) == {"vaccine_session.paper_weeks_missing", *against}
    enter(db, one, known, weeks=13)
    assert refused(lambda: enter(db, one, early, weeks=12)) == against
    again = TODAY + timedelta(days=9)
    enter(db, one, early, weeks=12, ending=NoDose.DEFERRED, reason="Thai 12 tuần", again_on=again)
    assert (seat(db, one, early).weeks, seat(db, one, early).proposed) == (12, Outcome.DEFER)


def test_a_power_cut_is_entered_into_the_session_that_goes_on(db):
    """Rows come in any order, each with its hour; a vial that is older than the rule allows by then was used, so it is
    kept; the desk goes on with its own vial until its own hour."""
    lot, now = vaccine(db), NOW.replace(hour=16)
    at_desk, *paper, after = (person(db, number) for number in range(71, 76))
    one = running(db, lot, 3, now=NOW)
    jab(db, one, at_desk)  # half past eight; then the light went out
    said = {"catalog": catalog(), "now": now, "sure": True, **WHO}
    for who, hour, vial in zip(paper, (at(16, 10), at(9), at(8)), (1, 2, 2), strict=True):
        row = WrittenRow(vitals=FINE, at=hour, vial=vial)
        assert enter_paper_row(db, one, who, row, **said).value is (Step.OBSERVED if hour.hour == 16 else Step.LEFT)
    opened = sheet(db, one).takes[0].opened
    assert [(vial.number, vial.given, vial.opened_at.hour) for vial in opened] == [(2, 2, 8), (1, 2, 8)]
    assert not sheet(db, one).line.on_paper
    assert jab(db, one, after, now=now).vial == 3  # both are too old for the desk
    assert refused(lambda: enter_paper_row(db, one, after, WrittenRow(vitals=FINE), **said)) == {
        "vaccine_session.paper_hour_missing"
    }


def test_who_stands_below_the_printed_list(db, day):
    one, who = day
    known = person(db, 80)
    act = {"catalog": catalog(), "now": LATE, **WHO}
    assert add_walk_in(db, one, known, **act).value == known
    draft = PersonDraft(full_name="Sùng Thị Pà", birth=PartialDate(1990), sex=Sex.FEMALE)
    new = add_walk_in(db, one, draft, **act).value
    assert [seat(db, one, one_).place_no for one_ in (*who, known, new)] == [1, 2, 3, 4, 5]
    assert add_walk_in(db, one, known, **act).value == known and seat(db, one, known).place_no == 4
    assert enter(db, one, new) is Step.LEFT
    with pytest.raises(Refused):
        add_walk_in(db, one, PersonDraft(full_name=""), **act)


def test_a_second_record_of_somebody_is_asked_back(db, day):
    """The same name and birth, and no number on the paper: their dose of the day would be hidden from the second."""
    one, (first, *_rest) = day
    line, act = seat(db, one, first), {"catalog": catalog(), "now": LATE, **WHO}
    draft = PersonDraft(full_name=line.full_name.upper(), birth=PartialDate(1985), sex=Sex.MALE)
    with pytest.raises(Refused) as trouble:
        add_walk_in(db, one, draft, **act)
    (found,) = trouble.value.problems
    assert (found.code, found.level) == ("vaccine_session.walk_in_known", "warning")
    assert found.params["people"].startswith(line.full_name)
    assert add_walk_in(db, one, draft, sure=[found], **act).value != first
    add_walk_in(db, one, replace(draft, full_name="Sùng Thị Pà"), **act)  # a name that nobody has


def test_who_had_the_dose_at_the_desk_and_sat_through_the_power_cut(db):
    """Only the hour of leaving stands on paper; the dose is not written twice."""
    who, waits = person(db, 81), person(db, 82)
    one = running(db, vaccine(db), 2)
    invite_people(db, one, [waits], now=NOW, **WHO)
    jab(db, one, who)
    begun, act = NOW.replace(tzinfo=None), {"catalog": catalog(), "now": NOW + timedelta(hours=3), **WHO}

    def leaves(minutes, sure=False, whom=who):
        return enter_leaving(db, one, whom, begun + timedelta(minutes=minutes), sure=sure, **act).value

    for minutes, found in ((-1, "left_before"), (181, "time_future"), (29, "too_early")):
        with pytest.raises(Refused) as trouble:
            leaves(minutes)
        assert [(each.field, each.code) for each in trouble.value.problems] == [("left_at", f"vaccine_session.{found}")]
    assert seat(db, one, who).step is Step.OBSERVED
    assert leaves(29, sure=True) is leaves(40) is Step.LEFT
    assert seat(db, one, who).seat.left_at == begun + timedelta(minutes=40)
    assert [vial.given for vial in sheet(db, one).takes[0].opened] == [1]
    with pytest.raises(UserError, match="no_dose_yet"):
        leaves(40, whom=waits)
