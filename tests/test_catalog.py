"""The catalogue as shipped: what is there, and what waits for its first use."""

from datetime import date, timedelta

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.packs import pack_on
from covidstation.domain.rules import isolation_rule_on
from covidstation.paths import resources


def test_units_packs_and_rules_wait_for_their_first_use():
    catalog = load_catalog(resources())
    assert not {"units", "packs", "isolation_rules"} & set(vars(catalog))
    assert catalog.units is catalog.units
    assert "units" in vars(catalog)


def test_a_pack_and_a_rule_for_each_day_of_the_epidemic():
    catalog = load_catalog(resources())
    assert [pack.valid_from for pack in catalog.packs] == sorted(pack.valid_from for pack in catalog.packs)
    day = date(2021, 6, 1)
    while day < date(2027, 1, 1):
        assert pack_on(catalog.packs, day).on(day)
        assert isolation_rule_on(catalog.isolation_rules, day).days >= 1
        day += timedelta(days=29)


def test_the_law_changes_on_1_july_2026():
    packs = load_catalog(resources()).packs
    assert pack_on(packs, date(2026, 6, 30)) is not pack_on(packs, date(2026, 7, 1))


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_catalog(tmp_path)
