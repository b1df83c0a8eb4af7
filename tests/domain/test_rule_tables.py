"""A rule's table is hostile until it was looked at: a station edits it."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.catalog import RULE_BOOKS, load_catalog
from covidstation.domain.rule_sets import Dated, Family, RuleError
from covidstation.paths import resources

CATALOG = load_catalog(resources())
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 100_000), st.floats(allow_nan=False), st.text(max_size=8),
    st.lists(st.one_of(st.integers(-2, 9), st.text(max_size=4)), max_size=4), st.dates(), st.just({"a": 1}),
)  # fmt: skip


@pytest.mark.parametrize("family", list(RULE_BOOKS))
def test_every_shipped_rule_is_read_and_dated(family):
    for table in CATALOG.rule_tables(family):
        rule = RULE_BOOKS[family].make(table)
        assert isinstance(rule, Dated) and rule.on(table["valid_from"]) and not rule.on(date(1999, 1, 1))


@pytest.mark.parametrize(
    ("family", "wrong"),
    [
        (Family.ISOLATION, {"days": "bảy"}),
        (Family.ISOLATION, {"days": 0}),
        (Family.ISOLATION, {"days": True}),
        (Family.ISOLATION, {"first_day_number": 2}),
        (Family.ISOLATION, {"needs_negative_test": 1}),
        (Family.ISOLATION, {"dayz": 7}),
        (Family.ISOLATION, {"sentence": ""}),
        (Family.HOURS, {"tell_minutes": -1}),
        (Family.NOTIFIABLE, {"case_hours": 0}),
        (Family.NOTIFIABLE, {"report_class": "72H"}),
        (Family.QUARANTINE, {"test_days": [5, "7"]}),
        (Family.QUARANTINE, {"isolates": "no"}),
    ],
)
def test_what_cannot_be_a_rule_is_refused_and_named(family, wrong):
    good = CATALOG.rule_tables(family)[0]
    with pytest.raises(RuleError, match=next(iter(wrong))):
        RULE_BOOKS[family].make(good | wrong)


@given(st.sampled_from(list(RULE_BOOKS)), st.data())
def test_any_value_in_any_field_is_read_or_refused(family, data):
    """Nothing but RuleError comes out of a table that somebody changed."""
    table = data.draw(st.sampled_from(CATALOG.rule_tables(family)))
    field = data.draw(st.sampled_from(sorted(table)))
    try:
        rule = RULE_BOOKS[family].make(table | {field: data.draw(ODD)})
    except RuleError:
        return
    assert isinstance(rule, Dated)


def test_a_table_must_be_whole():
    table = tomllib.loads('id = "x"\ntitle = "x"')
    with pytest.raises(RuleError, match="valid_from"):
        RULE_BOOKS[Family.ISOLATION].make(table)
