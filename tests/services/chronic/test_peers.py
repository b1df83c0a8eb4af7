"""Patient lists as peers test with them, good and bad, entered as a nurse does: typed, asked back, kept or refused.

The values are those of public tests and documents: simple-android (org.simple.clinic.bp.entry.BpValidationTest:
systolic 70 to 300, diastolic 40 to 180; BloodSugarValidationTest: 30 to 1000 mg/dL, HbA1c 3 to 25 %), simple-server
(spec/factories/blood_pressures.rb and blood_sugars.rb: under control, high, critical; kinds random, post prandial,
fasting, HbA1c; patients by age alone, appointments 30 days ahead or overdue), dhis2-hypertension-package (design guide:
pressures below 60/40 or above 260 refused; overdue pending, agreed, to be reminded, removed) and OpenMRS (reference
ranges: glucose critical below 54 and above 400 mg/dL). Where this program says otherwise, the line says why.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from covidstation.db.queries.chronic import ChronicFilter, ChronicView, list_chronic
from covidstation.domain.chronic import ConditionDraft
from covidstation.domain.chronic_visits import ChronicVisitDraft, read_tenths
from covidstation.domain.dates import read_birth
from covidstation.domain.glucose import GlucoseKind, GlucoseUnit, read_glucose
from covidstation.domain.measures import read_pressure
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.problems import errors
from covidstation.domain.targets import Result
from covidstation.errors import Refused
from covidstation.messages import sentence
from covidstation.services.chronic.calls import ChronicCall, Reply, log_chronic_call
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.chronic.visits import record_chronic_visit
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.people import register_person
from covidstation.services.places import add_hamlet
from tests.services.chronic.test_chronic import ACT, PLAIN
from tests.services.outbreak import WHO
from tests.services.samples import NOW, TODAY, catalog

MG, MMOL = GlucoseUnit.MG, GlucoseUnit.MMOL
FASTING, RANDOM, AFTER = GlucoseKind.FASTING, GlucoseKind.RANDOM, GlucoseKind.TWO_HOURS
TAKEN, ASKED, REFUSED = "taken", "asked back", "refused"


@pytest.fixture
def enter(db):
    """Somebody with these diseases, from the text that a list has for their birth."""
    hamlet = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value

    def put(*codes, birth="1958"):
        person = PersonDraft(full_name="Vàng Thị Dợ", birth=read_birth(birth, TODAY), sex=Sex.FEMALE)
        arrival = ArrivalDraft(hamlet_id=hamlet, person=person)
        who = record_arrival(db, arrival, catalog=catalog(), now=NOW, **WHO).value.person_id
        for code in codes:
            add_condition(db, who, ConditionDraft(code=code, registered_on=date(2021, 1, 4)), **ACT)
        return who

    return put


def draft(who, **values):
    return ChronicVisitDraft(person_id=who, day=TODAY, next_on=TODAY + timedelta(days=30), **values)


def outcome(db, visit):
    """What happens to it, with the codes of what is said; each sentence is whole."""
    try:
        kept = record_chronic_visit(db, visit, **ACT).value
    except Refused as trouble:
        assert all(sentence(one) and "{" not in sentence(one) for one in trouble.problems)
        codes = {one.code for one in trouble.problems}
        return (REFUSED if errors(trouble.problems) else ASKED), codes, None
    return TAKEN, set(), kept.result


GOOD, HIGH = Result.CONTROLLED, Result.NOT


@pytest.mark.parametrize(
    ("typed", "happens", "code", "result"),
    [
        ("80/60", TAKEN, "", GOOD),  # simple-server: under_control
        ("139/89", TAKEN, "", GOOD),
        ("140/90", TAKEN, "", HIGH),  # hypertensive from there on, in either number
        ("139/90", TAKEN, "", HIGH),
        ("140/89", TAKEN, "", HIGH),
        ("160/100", TAKEN, "", HIGH),  # very_high
        ("181/111", TAKEN, "", HIGH),  # critical
        ("240/140", ASKED, "rounds.systolic_unusual", None),  # the factory's highest: danger, or a slip
        ("300/180", ASKED, "rounds.systolic_unusual", None),  # simple-android's last valid one
        ("70/40", ASKED, "rounds.systolic_unusual", None),  # its first
        ("55/55", REFUSED, "rounds.pressure_turned", None),
        ("90/140", REFUSED, "rounds.pressure_turned", None),  # systolic below diastolic
        ("120/120", REFUSED, "rounds.pressure_turned", None),  # simple-android takes it; no heart has it
        ("120/800", REFUSED, "rounds.diastolic_impossible", None),
        ("301/90", REFUSED, "rounds.systolic_impossible", None),
        ("120/19", REFUSED, "rounds.diastolic_impossible", None),
        ("290/201", REFUSED, "rounds.diastolic_impossible", None),
    ],
)
def test_pressures(db, enter, typed, happens, code, result):
    high, low = read_pressure(typed)
    visit = draft(enter("I10"), systolic=high, diastolic=low)
    found = outcome(db, visit)
    assert found[0] == happens and found[2] is result and (not code or code in found[1])
    if happens is ASKED:  # the gravest can be written down by whoever has looked twice
        assert record_chronic_visit(db, visit, sure=True, **ACT).value.systolic == high


@pytest.mark.parametrize("typed", ["0/0", "1200/80", "120/80/60", "foo", "120/", "-120/80", "12O/80", "١٢٠/٨٠"])
def test_what_is_no_pressure_is_not_read(typed):
    with pytest.raises(ValueError, match=re.escape(typed)):
        read_pressure(typed)


def test_a_pressure_with_a_nought_too_many_is_refused_by_whatever_way_it_comes(db, enter):
    who = enter("I10")
    assert outcome(db, draft(who, systolic=1200, diastolic=80)) == (REFUSED, {"rounds.systolic_impossible"}, None)
    assert outcome(db, draft(who, systolic=0, diastolic=0))[0] == REFUSED


def test_half_a_pressure_is_none(db, enter):
    who = enter("I10")
    for half in ({"systolic": 120}, {"diastolic": 80}):
        found = outcome(db, draft(who, **half))
        assert found[0] == REFUSED and "rounds.pressure_half" in found[1]


@pytest.mark.parametrize(
    ("typed", "unit", "kind", "happens", "result"),
    [
        ("150", MG, RANDOM, TAKEN, Result.UNKNOWN),  # simple-server's usual one: random tells nothing of control
        ("126", MG, FASTING, TAKEN, GOOD),  # simple calls it high; the target of QĐ 5481 goes up to 130
        ("130", MG, FASTING, TAKEN, HIGH),  # 7,22 mmol/L
        ("7.2", MMOL, FASTING, TAKEN, GOOD),
        ("7,21", MMOL, FASTING, TAKEN, HIGH),
        ("179", MG, AFTER, TAKEN, GOOD),
        ("200", MG, AFTER, TAKEN, HIGH),
        ("200", MG, RANDOM, TAKEN, Result.UNKNOWN),
        ("53", MG, FASTING, TAKEN, HIGH),  # OpenMRS critical below 54: 2,94, under the target's lower end
        ("401", MG, FASTING, TAKEN, HIGH),  # and above 400
        ("30", MG, RANDOM, ASKED, None),  # simple-android's first valid one: 1,67 mmol/L
        ("29", MG, RANDOM, ASKED, None),  # its first refused one: a meter shows it before somebody faints
        ("999", MG, AFTER, ASKED, None),  # its last but one
        ("126", MMOL, FASTING, REFUSED, None),  # the other unit, and it is said so
        ("7", MG, FASTING, REFUSED, None),
        ("0", MG, FASTING, REFUSED, None),
    ],
)
def test_glucose_by_kind_and_unit(db, enter, typed, unit, kind, happens, result):
    who = enter("E11")
    visit = draft(who, glucose=read_glucose(typed, unit), glucose_kind=kind, glucose_unit=unit)
    found = outcome(db, visit)
    assert (found[0], found[2]) == (happens, result)
    if unit is MMOL and happens is REFUSED:
        assert found[1] == {"chronic.glucose_unit"}


@pytest.mark.parametrize("typed", ["1000", "1001", "HI", "LO", "7.2.1", "-5", "7,256"])
def test_what_no_meter_shows_as_a_number_is_not_read(typed):
    for unit in GlucoseUnit:
        with pytest.raises(ValueError, match=re.escape(typed)):
            read_glucose(typed, unit)


@pytest.mark.parametrize(
    ("typed", "happens", "result"),
    [
        ("6.9", TAKEN, GOOD),
        ("7.0", TAKEN, GOOD),  # 64 years old: below 7,5; simple calls 7 high for everybody
        ("7,5", TAKEN, HIGH),
        ("3", ASKED, None),
        ("2", REFUSED, None),
        ("20", ASKED, None),
        ("25", REFUSED, None),  # simple-android's last valid one: no analyser of a hospital prints it
        ("26", REFUSED, None),
    ],
)
def test_hba1c(db, enter, typed, happens, result):
    found = outcome(db, draft(enter("E11"), hba1c=read_tenths(typed)))
    assert (found[0], found[2]) == (happens, result)


def test_both_diseases_are_under_control_only_together(db, enter):
    who = enter("I10", "E11")
    both = draft(who, systolic=128, diastolic=78, glucose=650)
    assert outcome(db, both)[2] is GOOD
    sugar_high = replace(both, day=TODAY - timedelta(days=1), next_on=TODAY + timedelta(days=20), glucose=1100)
    assert outcome(db, sugar_high)[2] is HIGH
    pressure_high = replace(both, day=TODAY - timedelta(days=2), next_on=TODAY + timedelta(days=20), systolic=150)
    assert outcome(db, pressure_high)[2] is HIGH


@pytest.mark.parametrize(
    ("birth", "happens"),
    [("1958", TAKEN), ("02/1958", TAKEN), ("29/02/1956", TAKEN), ("1901", ASKED), ("1871", REFUSED), ("2030", REFUSED)],
)
def test_people_by_their_year_alone(db, enter, birth, happens):
    """simple-server's patients have an age or a birth; the DHIS2 package refuses more than 140 years."""
    if happens is REFUSED:
        with pytest.raises((Refused, ValueError)):
            person = PersonDraft(full_name="Vàng Thị Dợ", birth=read_birth(birth, TODAY), sex=Sex.FEMALE)
            register_person(db, person, **PLAIN)
        return
    who = enter("I10", birth=birth)
    assert outcome(db, draft(who, systolic=120, diastolic=70))[2] is GOOD
    before = draft(who, systolic=120, diastolic=70)
    early = replace(before, day=date(1900, 12, 31), next_on=None)
    assert outcome(db, early)[1] >= {"chronic.visit_before_birth"}


def test_a_child_of_ten_can_have_diabetes(db, enter):
    """The DHIS2 package refuses who is younger than ten; a station has such children."""
    who = enter("E10", birth="03/05/2014")
    assert outcome(db, draft(who, glucose=640))[2] is GOOD


def overdue(db):
    found = list_chronic(db, ChronicFilter(view=ChronicView.OVERDUE), today=TODAY, elder_from=60)
    return {one.person_id: one.late for one in found.lines(0, len(found))}


def test_overdue_as_peers_part_it(db, enter):
    """Scheduled in 30 days, 30 days ago, more than a year ago; then pending, agreed, to be reminded, removed."""
    late = {}
    for days in (-30, 0, 1, 30, 400):
        who = enter("I10")
        day = TODAY - timedelta(days=days + 30)
        seen = ChronicVisitDraft(person_id=who, day=day, systolic=130, diastolic=80, next_on=day + timedelta(days=30))
        record_chronic_visit(db, seen, sure=True, **ACT)
        late[days] = who
    assert overdue(db) == {late[1]: 1, late[30]: 30, late[400]: 400}
    for who, reply in ((late[1], Reply.AGREED), (late[30], Reply.LATER)):
        log_chronic_call(db, ChronicCall(person_id=who, reply=reply, on=TODAY + timedelta(days=2)), **ACT)
    assert overdue(db) == {late[400]: 400}  # pending to call is who is left
    log_chronic_call(db, ChronicCall(person_id=late[400], reply=Reply.PRIVATE), **ACT)
    assert overdue(db) == {}


def test_a_call_that_is_none_is_refused(db, enter):
    who = enter("I10")
    for call, code in (
        (ChronicCall(person_id=who, reply=Reply.AGREED), "chronic.call_agreed_day"),
        (ChronicCall(person_id=who, reply=Reply.LATER, on=TODAY - timedelta(days=1)), "chronic.call_past"),
        (ChronicCall(person_id=who, reply=Reply.OTHER), "chronic.removed_why"),
    ):
        with pytest.raises(Refused) as trouble:
            log_chronic_call(db, call, **ACT)
        assert [one.code for one in trouble.value.problems] == [code]
