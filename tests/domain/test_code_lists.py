"""Lists of codes by date: what is offered on a day, what stays readable, and refusal of tables that are none."""

from datetime import date, timedelta

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.code_lists import (
    offered,
    read_condition_list,
    read_facility_list,
    read_kit_list,
    read_symptom_list,
)
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.paths import resources

CATALOG = load_catalog(resources())
NEW = date(2026, 12, 1)
_NAMES = {"tier": "level"}


def table(*codes, **more):
    return {
        "id": "huyen", "title": "Danh mục mới", "valid_from": NEW, "source": "Công văn 12", "confirmed": True,
        "codes": [{"code": code, "label": code.title()} for code in codes], **more,
    }  # fmt: skip


@pytest.fixture
def laid():
    made = read_condition_list(table("diabetes", "longCovid"))
    return CATALOG.with_district({Family.CONDITIONS: [(made, None)]})


def test_a_new_list_counts_from_its_day_and_old_codes_stay_known(laid):
    old = list(CATALOG.conditions)
    assert offered(laid.condition_lists, NEW - timedelta(days=1)) == (old, [])
    now, before = offered(laid.condition_lists, NEW)
    assert now == ["diabetes", "longCovid"]
    assert before == [code for code in old if code != "diabetes"]
    assert set(laid.conditions) == {*old, "longCovid"}
    assert laid.conditions["asthma"].label == "Hen phế quản"
    assert laid.conditions["longCovid"].source == "Công văn 12"
    assert "longCovid" not in CATALOG.conditions, "the shipped catalog is another one"


def test_what_was_asked_before_the_lists_were_laid_is_asked_anew():
    before = CATALOG.symptoms
    made = read_symptom_list(table("rash"))
    laid = CATALOG.with_district({Family.SYMPTOMS: [(made, None)]})
    assert "rash" in laid.symptoms and "rash" not in CATALOG.symptoms
    assert CATALOG.symptoms is before and laid.symptoms is laid.symptoms


def test_a_list_taken_back_keeps_its_codes_readable():
    made = read_condition_list(table("longCovid"))
    laid = CATALOG.with_district({Family.CONDITIONS: [(made, NEW + timedelta(days=4))]})
    day = NEW + timedelta(days=5)
    now, before = offered(laid.condition_lists, day)
    assert "longCovid" not in now and before == ["longCovid"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"codes": []},
        {"codes": [{"code": "a", "label": "x"}] * 2},
        {"codes": [{"code": "a b", "label": "x"}]},
        {"codes": [{"code": "á", "label": "x"}]},
        {"codes": [{"code": "a", "label": ""}]},
        {"codes": [{"code": "a", "label": "x" * 201}]},
        {"codes": [{"code": "a"}]},
        {"codes": [{"code": "a", "label": "x", "sevre": True}]},
        {"codes": [{"code": f"c{n}", "label": "x"} for n in range(201)]},
        {"codes": ["a"]},
        {"codes": {"code": "a"}},
        {"code": []},
    ],
)
@pytest.mark.parametrize("read", [read_condition_list, read_symptom_list])
def test_what_cannot_be_a_list_is_refused(read, wrong):
    with pytest.raises(RuleError):
        read(table("a") | wrong)


@pytest.mark.parametrize(
    ("read", "good", "wrong"),
    [
        (read_facility_list, {"tier": "PROVINCE"}, {"tier": "COMMUNE"}),
        (read_facility_list, {}, {"kind": "RAPID_ANTIGEN"}),
        (read_kit_list, {"kind": "PCR_RT_PCR", "maker": "Hãng Một"}, {"kind": "BLOOD"}),
        (read_kit_list, {"kind": "RAPID_ANTIGEN"}, {"kind": "RAPID_ANTIGEN", "maker": "x" * 201}),
        (read_kit_list, {"kind": "RAPID_ANTIGEN"}, {}),
    ],
)
def test_places_and_kits_say_what_kind_they_are(read, good, wrong):
    one = {"code": "a1", "label": "Tên"}
    (made,) = read(table(codes=[one | good])).codes
    assert made.label == "Tên" and {name: getattr(made, _NAMES.get(name, name)) for name in good} == good
    with pytest.raises(RuleError):
        read(table(codes=[one | wrong]))


def test_what_is_shipped_of_places_and_kits_is_no_law_and_says_so():
    for rules in (CATALOG.facility_lists, CATALOG.kit_lists):
        assert [rule.confirmed for rule in rules] == [False]
        assert all(rule.source for rule in rules)
