"""A rule as single values and as TOML again."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.catalog import RULE_BOOKS, load_catalog
from covidstation.domain.rule_leaves import FIXED, leaves, read_leaf, to_toml, with_leaf
from covidstation.paths import resources

CATALOG = load_catalog(resources())
TABLES = [table for family in RULE_BOOKS for table in CATALOG.rule_tables(family)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table["id"])
def test_every_shipped_rule_survives_the_editor(table):
    body = to_toml(table)
    assert tomllib.loads(body) == {key: value for key, value in table.items() if key not in FIXED}
    assert len(body) < 20_000
    for leaf in leaves(table):
        assert read_leaf(leaf, leaf.text) == leaf.value


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_sentence_can_be_written(text):
    assert tomllib.loads(to_toml({"sentence": text, "rows": [{"reason": text}]})) == {
        "sentence": text,
        "rows": [{"reason": text}],
    }


def test_one_value_changes_and_the_given_table_stays():
    table = {"id": "x", "days": 7, "signs": [{"id": "a", "limit": 37.5}]}
    leaf = next(leaf for leaf in leaves(table) if leaf.key == "limit")
    changed = with_leaf(table, leaf, read_leaf(leaf, "38,2"))
    assert changed["signs"][0]["limit"] == 38.2
    assert table["signs"][0]["limit"] == 37.5
    with pytest.raises(ValueError):
        read_leaf(leaf, "ba mươi tám")
