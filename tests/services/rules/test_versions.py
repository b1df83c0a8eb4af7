"""The station's own versions of dated rules: who speaks, what is refused, and the way back."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from covidstation.db.queries.episodes import get_episode
from covidstation.domain.care import Level, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.guidelines import judge
from covidstation.domain.rule_leaves import leaves, with_leaf
from covidstation.domain.rule_sets import Family, version_of
from covidstation.errors import Refused
from covidstation.messages import sentences
from covidstation.services.care.triage import guideline_in
from covidstation.services.changes import Kind
from covidstation.services.reports.today import todays_work
from covidstation.services.rules.shelf import keep_rule, rule_shelf
from covidstation.services.rules.versions import station_catalog_of
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, register

BY = UUID(int=9)


def rule_of(db, family, rule_id):
    return next(rule for rule in rule_shelf(db, catalog()) if (rule.family, rule.id) == (family, rule_id))


def changed(rule, key, value, part=""):
    leaf = next(leaf for leaf in leaves(rule.table) if leaf.key == key and part in ("", leaf.part))
    return with_leaf(rule.table, leaf, value)


def keep(db, rule, table, *, reason="Công văn mới", confirmed=True):
    return keep_rule(
        db, rule, table, confirmed=confirmed, reason=reason, catalog=catalog(), by=BY, by_name="Tao Thị Lả", now=NOW
    )


def test_the_shelf_has_every_shipped_rule_unedited(db):
    shelf = rule_shelf(db, catalog())
    assert {rule.family for rule in shelf} >= {Family.ISOLATION, Family.GUIDELINE, Family.RISK}
    assert all(rule.version == 0 and rule.table == rule.shipped for rule in shelf)
    assert station_catalog_of(db, catalog()) is catalog()


def test_days_of_isolation_that_a_station_changed_hold_for_new_cases(db):
    old = register(db)
    rule = rule_of(db, Family.ISOLATION, "vn-isolation-2022-01-28")
    result = keep(db, rule, changed(rule, "days", 5))
    assert (result.value, result.changes) == (1, frozenset({Kind.RULES}))
    new = register(db, f0(neighbour(1)))
    assert (new.isolation_days, new.isolation_rule) == (5, "vn-isolation-2022-01-28@1")
    assert get_episode(db, old.id).isolation_days == 7
    assert station_catalog_of(db, catalog()).isolation_rules[2].days == 5


def test_the_day_on_which_counting_begins_is_a_stations_to_set(db, register):
    rule = rule_of(db, Family.ISOLATION, "vn-isolation-2022-01-28")
    keep(db, rule, changed(rule, "first_day_number", 0))
    laid = station_catalog_of(db, catalog())
    assert laid.isolation_rules[2].first_day_number == 0
    assert todays_work(register, catalog(), NOW).rule.first_day_number == 0


def test_a_limit_of_a_guideline_speaks_with_its_version(db):
    adult, day = PartialDate(1980, 1, 1), date(2022, 2, 1)
    rule = rule_of(db, Family.GUIDELINE, "vn-home-261")
    keep(db, rule, changed(rule, "limit", 94, "SpO2"))
    with db.read() as session:
        guideline = guideline_in(session, catalog(), day)
    assert (guideline.id, version_of(guideline.id)) == ("vn-home-261@1", 1)
    assert judge(guideline, adult, day, Vitals(spo2=95), frozenset()).level is Level.NORMAL
    found = judge(guideline, adult, day, Vitals(spo2=94), frozenset())
    assert found.level is Level.DANGER
    assert "94 %" in found.signs[0].sentence


def test_versions_stay_and_the_way_back_is_one_more(db):
    rule = rule_of(db, Family.ISOLATION, "vn-isolation-2022-01-28")
    keep(db, rule, changed(rule, "days", 5), reason="thử")
    second = rule_of(db, rule.family, rule.id)
    keep(db, second, changed(second, "days", 6), reason="sửa lại")
    third = rule_of(db, rule.family, rule.id)
    keep(db, third, third.shipped, reason="về như cũ", confirmed=False)
    now = rule_of(db, rule.family, rule.id)
    assert [(one.version, one.reason, one.by_name) for one in now.history] == [
        (3, "về như cũ", "Tao Thị Lả"),
        (2, "sửa lại", "Tao Thị Lả"),
        (1, "thử", "Tao Thị Lả"),
    ]
    assert station_catalog_of(db, catalog()).isolation_rules[2].days == 7
    assert not now.confirmed


@pytest.mark.parametrize(
    ("key", "value", "reason", "code"),
    [
        ("days", 5, "  ", "rules.reason_missing"),
        ("rounds", 0, "thử", "rules.unreadable"),
        ("sentence", "x" * 30_000, "thử", "rules.too_long"),
    ],
)
def test_what_is_refused(db, key, value, reason, code):
    family, rule_id = (
        (Family.GUIDELINE, "vn-home-604") if key == "rounds" else (Family.ISOLATION, "vn-isolation-2022-01-28")
    )
    rule = rule_of(db, family, rule_id)
    with pytest.raises(Refused) as refused:
        keep(db, rule, changed(rule, key, value), reason=reason)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert sentences(refused.value)
    assert rule_of(db, family, rule_id).version == 0


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("not_pregnant", ["SputnikV"]), ("vaccines", ["EU/1/20/1582"]), ("then", ["EU/1/20/1528", "Pfizer"]),
        ("conditions", ["transplants"]), ("groups", ["Health"]), ("after_vaccines", ["Verocell"]),
    ],
)  # fmt: skip
def test_a_schedule_names_no_vaccine_disease_or_group_that_nobody_knows(db, key, wrong):
    rule = rule_of(db, Family.SCHEDULE, "vn-vaccine-2022-06")
    with pytest.raises(Refused) as refused:
        keep(db, rule, changed(rule, key, wrong))
    assert [(one.code, wrong[-1] in one.params["where"]) for one in refused.value.problems] == [
        ("rules.unreadable", True)
    ]


def test_a_schedule_names_what_the_station_has_put_into_its_lists(db):
    rule = rule_of(db, Family.SCHEDULE, "vn-vaccine-2022-06")
    table = changed(rule, "not_pregnant", ["Nanocovax"])
    shelf = rule_of(db, Family.VACCINES, "vn-vaccine-products-2020")
    new = {"code": "Nanocovax", "name": "Nanocovax", "first_day": date(2021, 6, 1)}
    keep(db, shelf, {**shelf.table, "products": [*shelf.table["products"], new]})
    keep(db, rule, table)
    assert station_catalog_of(db, catalog()).strange_codes(rules_on(db)) == ()


def rules_on(db):
    found = station_catalog_of(db, catalog()).vaccine_schedules
    return next(one for one in found if one.id == "vn-vaccine-2022-06@1")


def test_the_shipped_rules_name_what_the_shipped_lists_have():
    rules = [one for family in Family for one in catalog().rules_of(family)]
    assert {code for one in rules for code in catalog().strange_codes(one)} == set()


def test_a_rule_of_another_program_is_passed_over(db):
    rule = rule_of(db, Family.ISOLATION, "vn-isolation-2022-01-28")
    stranger = replace(rule, id="vn-unknown")
    with pytest.raises(Refused):
        keep(db, stranger, rule.table)
    assert station_catalog_of(db, catalog()).isolation_rules == catalog().isolation_rules
    assert TODAY.year == 2022
