"""The shipped rules line by line against the documents, from tables written anew from the documents' words.

Where a document is silent (ages of a pulse, the adults' list of QĐ 604) the test says which reading the station has.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.care import Level, RiskClass, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.eligibility import HomeFacts, prefilled
from covidstation.domain.episodes import Episode, PathogenTest, TestResult
from covidstation.domain.guidelines import guideline_on, judge
from covidstation.domain.hours import hours_rule_on
from covidstation.domain.needs import Need, needs_of
from covidstation.domain.notifiable import NoticeEvent, due_at
from covidstation.domain.packs import PaperKind, pack_on
from covidstation.domain.paper_values import number_in
from covidstation.domain.quarantine import Immunity, quarantine_of, quarantine_rule_on
from covidstation.domain.release import may_end
from covidstation.domain.risk import RiskFacts, risk_of, risk_table_on
from covidstation.domain.rule_sets import RuleError, rule_on
from covidstation.domain.rules import isolation_rule_on
from covidstation.domain.sick_leave import SickLeave, leave_problems
from covidstation.domain.terms import Answer, Sex
from covidstation.paths import resources

CATALOG = load_catalog(resources())
IN_4038, IN_261, IN_604 = date(2021, 9, 1), date(2022, 2, 10), date(2022, 3, 20)
DANGER, WATCH, NORMAL = Level.DANGER, Level.WATCH, Level.NORMAL


def aged(on: date, *, years: int = 0, months: int = 0, days: int = 0) -> PartialDate:
    """Who is exactly that old on that day."""
    at = on.year * 12 + on.month - 1 - years * 12 - months
    return PartialDate.of(date(at // 12, at % 12 + 1, on.day) - timedelta(days=days))


def level(found: date, birth: PartialDate | None, on: date | None = None, symptoms=(), **vitals) -> Level:
    """How a check of a case found on that day stands; checked on `on`."""
    guideline = guideline_on(CATALOG.guidelines, found)
    return judge(guideline, birth, on or found, Vitals(**vitals), frozenset(symptoms)).level


SPO2 = [  # (case found, age in years, 95, 96, 97)
    (IN_4038, 40, DANGER, NORMAL, NORMAL),  # 4038: at home from 96
    (IN_4038, 10, DANGER, NORMAL, NORMAL),
    (IN_4038, 3, DANGER, NORMAL, NORMAL),
    (IN_261, 40, DANGER, DANGER, NORMAL),  # 261: alarm at 96 and below, of no age
    (IN_261, 10, DANGER, DANGER, NORMAL),
    (IN_261, 3, DANGER, DANGER, NORMAL),
    (IN_604, 40, DANGER, DANGER, NORMAL),  # 604: adults' list not seen, that of 261 is kept
    (IN_604, 17, DANGER, DANGER, NORMAL),
    (IN_604, 16, DANGER, WATCH, NORMAL),  # 604: 5 to 16 years alarm below 96
    (IN_604, 5, DANGER, WATCH, NORMAL),
    (IN_604, 4, DANGER, WATCH, NORMAL),
]


@pytest.mark.parametrize(("found", "years", "at_95", "at_96", "at_97"), SPO2)
def test_spo2_95_96_97(found, years, at_95, at_96, at_97):
    birth = aged(found, years=years)
    assert [level(found, birth, spo2=value) for value in (95, 96, 97)] == [at_95, at_96, at_97]


BREATHS = [  # (years, months, days short of it, the first number that is a danger under 261 and 604)
    (0, 0, 0, 60),
    (0, 2, 1, 60),  # 5155: under two months from 60
    (0, 2, 0, 50),
    (1, 0, 1, 50),  # 2 to 11 months from 50
    (1, 0, 0, 40),
    (4, 0, 0, 40),
    (5, 0, 1, 40),  # 1 to under 5 years from 40
    (5, 0, 0, 30),
    (11, 0, 0, 30),
    (12, 0, 1, 30),  # 5 to under 12 years from 30
    (12, 0, 0, 20),
    (16, 0, 0, 20),
    (17, 0, 0, 20),
    (80, 0, 0, 20),
]


@pytest.mark.parametrize(("years", "months", "less", "limit"), BREATHS)
@pytest.mark.parametrize("found", [IN_261, IN_604])
def test_breaths_at_each_edge_of_age(found, years, months, less, limit):
    birth = aged(found, years=years, months=months, days=-less)
    assert level(found, birth, breaths=limit - 1) is NORMAL
    assert level(found, birth, breaths=limit) is DANGER


@pytest.mark.parametrize(("days", "limit"), [(58, 60), (59, 50), (60, 50)])
def test_two_months_are_counted_by_the_calendar(days, limit):
    """Born on 1/1/2022, two months old on 1/3/2022, which is the 59th day after the birth."""
    on = date(2022, 1, 1) + timedelta(days=days)
    born = PartialDate(2022, 1, 1)
    assert level(IN_604, born, on, breaths=limit) is DANGER
    assert level(IN_604, born, on, breaths=limit - 1) is NORMAL


@pytest.mark.parametrize(("breaths", "expected"), [(20, NORMAL), (21, DANGER)])
def test_4038_lets_twenty_breaths_stay_at_home(breaths, expected):
    assert level(IN_4038, aged(IN_4038, years=40), breaths=breaths) is expected


@pytest.mark.parametrize("found", [IN_4038, IN_261, IN_604])
@pytest.mark.parametrize(
    ("measure", "well", "ill"), [("pulse", 50, 49), ("pulse", 120, 121), ("systolic", 90, 89), ("diastolic", 60, 59)]
)
def test_pulse_and_pressure_at_the_edge(found, measure, well, ill):
    adult = aged(found, years=40)
    assert level(found, adult, **{measure: well}) is NORMAL
    assert level(found, adult, **{measure: ill}) is DANGER


@pytest.mark.parametrize(
    ("years", "tenths", "expected"), [(4, 390, WATCH), (4, 391, DANGER), (5, 391, WATCH), (40, 374, NORMAL)]
)
def test_604_fever_of_the_youngest_is_above_39(years, tenths, expected):
    assert level(IN_604, aged(IN_604, years=years), temperature=tenths) is expected


@pytest.mark.parametrize(("years", "expected"), [(4, DANGER), (16, DANGER), (17, NORMAL)])
def test_604_fever_of_48_hours_is_a_childs_sign(years, expected):
    assert level(IN_604, aged(IN_604, years=years), symptoms={"feverOver48h"}) is expected


@pytest.mark.parametrize(
    ("found", "spo2", "breaths", "home", "calm"),
    [
        (IN_4038, 96, 20, Answer.YES, Answer.YES),
        (IN_4038, 95, 21, Answer.NO, Answer.NO),
        (IN_261, 97, 19, Answer.YES, Answer.YES),
        (IN_261, 96, 20, Answer.NO, Answer.NO),
        (IN_604, 96, 19, Answer.YES, Answer.YES),
        (IN_604, 95, 20, Answer.NO, Answer.NO),
    ],
)
def test_who_may_stay_at_home_by_spo2_and_breaths(found, spo2, breaths, home, calm):
    guideline = guideline_on(CATALOG.guidelines, found)
    vitals = Vitals(spo2=spo2, breaths=breaths)
    facts = HomeFacts(birth=aged(found, years=40), on=found, positive=True, vitals=vitals)
    answers = prefilled(guideline.eligibility, facts)
    assert (answers["spo2"], answers["breaths"]) == (home, calm)


# Risk: QĐ 5525 as the press told it. Written as sentences about people, not as the shipped rows.


def class_5525(years: float, *, ill: bool, full: bool, pregnant: bool, born_lately: bool) -> RiskClass:
    """QĐ 5525/QĐ-BYT by the summary's four groups, gravest first."""
    if (years >= 65 and (ill or not full)) or (ill and not full):
        return RiskClass.VERY_HIGH
    orange = years >= 65 or ill or (years >= 50 and not full) or pregnant or born_lately or years < 0.25
    if orange:
        return RiskClass.HIGH
    return RiskClass.MEDIUM if years >= 50 or not full else RiskClass.LOW


AGES_5525 = [(0, 0), (0, 2), (0, 3), (4, 0), (16, 0), (17, 0), (45, 0), (49, 0), (50, 0), (64, 0), (65, 0), (90, 0)]


@pytest.mark.parametrize(("years", "months"), AGES_5525)
def test_5525_all_combinations(years, months):
    table = risk_table_on(CATALOG.risk_tables, IN_604)
    for ill, doses, pregnant, mother, spo2, sick in product((0, 1), (0, 1, 2, 3), (0, 1), (0, 1), (90, None), (0, 1)):
        expecting = 10 <= years <= 55
        facts = RiskFacts(
            birth=aged(IN_604, years=years, months=months),
            on=IN_604,
            sex=Sex.FEMALE,
            diseases=("Hen phế quản",) if ill else (),
            doses=doses,
            last_dose_on=IN_604 - timedelta(days=60) if doses else None,
            pregnancy=Answer.YES if pregnant and expecting else Answer.NO,
            postpartum=Answer.YES if mother and expecting else Answer.NO,
            symptoms=bool(sick),
            spo2=spo2,
        )
        expected = class_5525(
            years + months / 12,
            ill=bool(ill),
            full=doses >= 2,
            pregnant=bool(pregnant and expecting),
            born_lately=bool(mother and expecting),
        )
        assert risk_of(table, facts).cls is expected, facts


# How long: QĐ 250, CV 11011, CV 762.


def ill(start: date, *tests: tuple[int, TestResult], doses: int | None, first: int = 1) -> Episode:
    """A case whose isolation began on that day, with tests on days of the count."""
    rule = isolation_rule_on(CATALOG.isolation_rules, start)
    return Episode(
        id=UUID(int=1),
        person_id=UUID(int=2),
        report_date=start,
        isolation_start=datetime(start.year, start.month, start.day, 8),
        isolation_days=rule.days,
        doses_known=doses,
        tests=(
            PathogenTest(sampled_on=start, result=TestResult.POSITIVE),
            *(PathogenTest(sampled_on=start + timedelta(days=day - first), result=found) for day, found in tests),
        ),
    )


NEG, POS = TestResult.NEGATIVE, TestResult.POSITIVE


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(("doses", "longest"), [(0, 14), (1, 14), (2, 10), (3, 10), (None, 14)])
def test_250_days_6_7_10_14_by_doses_and_by_day_0(doses, longest, first):
    """Through the whole last day: the person is free on the day after it."""
    rule = replace(isolation_rule_on(CATALOG.isolation_rules, date(2022, 3, 1)), first_day_number=first)
    start = date(2022, 3, 1)

    def free(day: int, *tests: tuple[int, TestResult]) -> bool:
        return may_end(ill(start, *tests, doses=doses, first=first), rule, start + timedelta(days=day - first))

    assert [free(day, (min(day, 7), NEG)) for day in (6, 7, 8)] == [False, False, True]
    assert not free(longest, (7, POS))
    assert free(longest + 1, (7, POS))
    assert free(longest + 1)
    assert not free(9, (7, NEG), (8, POS))  # the newest test speaks
    assert not free(9, (8, TestResult.PENDING))


def test_11011_asks_ten_days_and_a_negative_test():
    start = date(2022, 1, 10)
    rule = isolation_rule_on(CATALOG.isolation_rules, start)
    case = ill(start, (10, NEG), doses=2)
    assert not may_end(case, rule, date(2022, 1, 19))
    assert may_end(case, rule, date(2022, 1, 20))
    assert not may_end(ill(start, (10, POS), doses=2), rule, date(2022, 1, 20))


@pytest.mark.parametrize(
    ("day", "need"),
    [(6, Need.TEST_LATER), (7, Need.TEST), (8, Need.TEST), (10, Need.TEST), (14, Need.TEST), (15, Need.FREE)],
)
def test_what_250_still_asks_of_the_untested(day, need):
    start = date(2022, 3, 1)
    rule = isolation_rule_on(CATALOG.isolation_rules, start)
    assert needs_of(ill(start, doses=1), rule, start + timedelta(days=day - 1)).need is need


CONTACTS = [  # (doses, days since the last one, days since recovery, days apart, self-watch after)
    (2, 14, None, 5, 5),
    (2, 13, None, 7, 3),
    (3, 14, None, 5, 5),
    (1, 100, None, 7, 3),
    (0, None, None, 7, 3),
    (None, None, None, 7, 3),
    (None, None, 92, 5, 5),  # 10/12/2021 is three months before 12/03/2022, less two days
    (None, None, 90, 5, 5),
    (None, None, 93, 7, 3),
]


@pytest.mark.parametrize(("doses", "since", "recovered", "days", "watch"), CONTACTS)
def test_762(doses, since, recovered, days, watch):
    last = date(2022, 3, 14)
    rule = quarantine_rule_on(CATALOG.quarantine_rules, last)
    immunity = Immunity(
        doses_known=doses,
        last_dose_on=None if since is None else last - timedelta(days=since),
        recovered_on={None: None, 90: date(2021, 12, 15), 92: date(2021, 12, 14), 93: date(2021, 12, 13)}[recovered],
    )
    found = quarantine_of(rule, immunity, last)
    assert (found.days, (found.watch_until - found.until).days) == (days, watch)
    assert found.tests_on == (last + timedelta(days=days),)


# Clocks and limits.


@pytest.mark.parametrize(
    ("day", "minutes"), [(date(2026, 6, 30), (0, 0, 0, 180)), (date(2026, 7, 1), (120, 60, 180, 180))]
)
def test_hours_of_the_decision(day, minutes):
    rule = hours_rule_on(CATALOG.hours_rules, day)
    assert (rule.propose_minutes, rule.decide_minutes, rule.tell_minutes, rule.hold_minutes) == minutes


@pytest.mark.parametrize(
    ("day", "case", "death"),
    [
        (date(2023, 10, 19), 24, 24),
        (date(2023, 10, 20), 48, 48),
        (date(2026, 6, 30), 48, 48),
        (date(2026, 7, 1), 48, 24),
    ],
)
def test_the_notifiable_clock_at_the_borders(day, case, death):
    rule, known = rule_on(CATALOG.notifiable_rules, day), datetime(day.year, day.month, day.day, 23, 59)
    assert due_at(rule, NoticeEvent.CASE, known) == known + timedelta(hours=case)
    assert due_at(rule, NoticeEvent.DEATH, known) == known + timedelta(hours=death)


@pytest.mark.parametrize("day", [date(2025, 6, 30), date(2025, 7, 1), date(2026, 7, 1)])
@pytest.mark.parametrize(("days", "refused"), [(1, False), (30, False), (31, True)])
def test_thirty_days_of_sick_leave_by_either_form(day, days, refused):
    most = number_in(pack_on(CATALOG.packs, day).paper(PaperKind.SICK_LEAVE), "most_days", day)
    found = leave_problems(SickLeave(exam_on=day, days=days), issued_on=day, most=most)
    assert [one.code for one in found] == (["paper.leave_long"] if refused else [])


# Which rule speaks: never two, and none before the first only.


FAMILIES = {
    "guidelines": date(2020, 1, 1),
    "risk_tables": date(2020, 1, 1),
    "isolation_rules": date(2021, 1, 1),
    "quarantine_rules": date(2020, 1, 1),
    "notifiable_rules": date(2020, 1, 29),
    "hours_rules": date(2010, 11, 26),
    "follow_up_rules": date(2020, 1, 1),
}


@pytest.mark.parametrize(("family", "first"), FAMILIES.items())
def test_each_day_has_its_one_rule_from_the_first_on(family, first):
    rules = getattr(CATALOG, family)
    with pytest.raises(RuleError):
        rule_on(rules, first - timedelta(days=1))
    day = first
    while day < date(2027, 1, 1):
        assert rule_on(rules, day).valid_from <= day
        day += timedelta(days=1)


CONFIRMED = {  # what stands in a document that was seen; everything else says that it is not confirmed
    "guidelines": ["vn-home-4038", "vn-home-261", "vn-home-604"],
    "risk_tables": [],
    "isolation_rules": ["vn-isolation-2021-12-28", "vn-isolation-2022-01-28"],
    "quarantine_rules": ["vn-quarantine-2022-02-21"],
    "notifiable_rules": ["covid-2020"],
    "hours_rules": ["vn-hours-2010", "vn-hours-2026"],
    "follow_up_rules": [],
    "medicine_lists": [],
}


@pytest.mark.parametrize(("family", "seen"), CONFIRMED.items())
def test_only_what_was_seen_in_a_document_is_confirmed(family, seen):
    assert [rule.id for rule in getattr(CATALOG, family) if rule.confirmed] == seen


def test_604_confirms_only_the_childrens_lines_that_were_seen():
    """Its eligibility beyond the disease and the carers, and its whole list for adults, were read nowhere."""
    guideline = guideline_on(CATALOG.guidelines, IN_604)
    signs = {rule.id for rule in guideline.signs if rule.confirmed}
    assert signs == {
        "spo2-5-16", "fever-high-under-5", "feverOver48h", "breaths-2-11-months", "breaths-under-2-months",
    }  # fmt: skip
    assert {item.id for item in guideline.eligibility if item.confirmed} == {"disease-stable", "self-care", "contact"}


def test_4038_confirms_no_danger_sign():
    """It gives conditions for staying at home; its list of danger signs was not seen."""
    assert not any(rule.confirmed for rule in guideline_on(CATALOG.guidelines, IN_4038).signs)


def test_what_confirms_itself_says_no_doubt_in_its_source():
    doubts = ("chưa thấy", "chưa tìm thấy", "hiểu biết chung", "suy ra")
    for guideline in CATALOG.guidelines:
        for line in (*guideline.signs, *guideline.eligibility):
            assert not (line.confirmed and any(word in line.source for word in doubts)), (guideline.id, line.id)
    for table in CATALOG.risk_tables:
        for row in table.rows:
            assert not (row.confirmed and any(word in row.source for word in doubts)), (table.id, row.id)
