"""Who may go when: years counted by hand, classes from the circular's own list."""

from datetime import date
from uuid import UUID

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.retention import Dossier, RecordKind, due, free_from, parse_retention_rules, rule_for, rules_on
from covidstation.domain.rule_sets import RuleError
from covidstation.paths import resources

RULES = load_catalog(resources()).retention_rules
TODAY = date(2036, 6, 1)
NOW = rules_on(RULES, TODAY)
A, B, C = (UUID(int=number) for number in (1, 2, 3))


def one(person=A, last=date(2022, 3, 16), **changes):
    return Dossier(person_id=person, last_on=last, **{"cases": 1, **changes})


def gone(*dossiers, kind=RecordKind.CASE, until=TODAY):
    return [dossier.person_id for dossier in due(dossiers, NOW, kind, until, TODAY)]


def test_ten_twenty_and_thirty_years_as_the_circular_says():
    assert {kind: rule.years for kind, rule in NOW.items()} == {
        RecordKind.DEATH: 30,
        RecordKind.SPECIAL: 20,
        RecordKind.CASE: 10,
        RecordKind.CONTACT: 10,
        RecordKind.PERSON: 10,
    }
    assert not any(rule.confirmed for rule in RULES)  # nobody has seen the circulars themselves


def test_the_first_free_day_is_the_day_after_whole_years():
    assert free_from(date(2022, 3, 16), 10) == date(2032, 3, 17)
    assert free_from(date(2024, 2, 29), 10) == date(2034, 3, 2)
    assert free_from(date(2024, 2, 29), 20) == date(2044, 3, 1)


@pytest.mark.parametrize(
    ("dossier", "kind"),
    [
        (one(cases=0), RecordKind.PERSON),
        (one(cases=0, contacts=2), RecordKind.CONTACT),
        (one(contacts=1), RecordKind.CASE),
        (one(conditions=frozenset({"substanceUseDisorder", "asthma"})), RecordKind.SPECIAL),
        (one(conditions=frozenset({"substanceUseDisorder"}), died=True), RecordKind.DEATH),
        (one(conditions=frozenset({"asthma"})), RecordKind.CASE),
    ],
)
def test_the_longest_class_that_fits_keeps_it_all(dossier, kind):
    assert rule_for(dossier, NOW).kind is kind


def test_neither_younger_nor_open_nor_later_than_the_day_of_the_decision():
    assert gone(one()) == [A]
    assert gone(one(last=date(2026, 5, 31))) == [A]  # free from 1 June 2036
    assert gone(one(last=date(2026, 6, 1))) == []
    assert gone(one(open=True)) == []
    assert gone(one(), until=date(2022, 3, 15)) == []
    assert gone(one(died=True)) == gone(one(), kind=RecordKind.CONTACT) == []


def test_whom_a_staying_record_needs_stays_and_so_on_along_the_line():
    case, contact = one(A, named_by=frozenset({B})), one(B, named_by=frozenset({C}))
    assert gone(case, contact, one(C)) == [A, B, C]
    assert gone(case, contact, one(C, open=True)) == []
    assert gone(case, one(B, cases=0, contacts=1)) == []  # the contact is of another class: not in this deletion


def test_two_rules_of_a_class_on_one_day_are_refused():
    text = (resources() / "rules" / "retention.toml").read_text(encoding="utf-8")
    with pytest.raises(RuleError):
        parse_retention_rules(text.replace("valid_until = 2025-06-30\n", ""))
    with pytest.raises(RuleError):
        rules_on(RULES, date(2017, 1, 1))
