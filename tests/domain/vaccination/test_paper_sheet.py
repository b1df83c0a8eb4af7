"""What of a screening sheet is printed, by the vaccines of the session."""

from __future__ import annotations

from datetime import date

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.paper_sheet import on_paper
from covidstation.domain.vaccination.screening import parse_screening_rules, screening_rule_on
from covidstation.paths import resources

RULES = parse_screening_rules((resources() / "rules" / "vaccine_screening.toml").read_text(encoding="utf-8"))
DAY = date(2022, 3, 10)
ADULT = screening_rule_on(RULES, DAY).sheet_for(PartialDate(1980, 5, 1), DAY)
COMIRNATY, SPUTNIK = "EU/1/20/1528", "Sputnik-V"
OWN = "NOT_FOR_PREGNANT"  # of Sputnik V alone


@pytest.mark.parametrize(
    ("sex", "taken", "given", "ticked", "own"),
    [
        ("FEMALE", {COMIRNATY}, "", set(), None),
        ("FEMALE", {SPUTNIK}, "", set(), ()),
        ("FEMALE", {COMIRNATY, SPUTNIK}, "", set(), (SPUTNIK,)),
        ("FEMALE", set(), "", set(), (SPUTNIK,)),  # nobody knows what will be taken along
        ("", {COMIRNATY, SPUTNIK}, "", set(), (SPUTNIK,)),
        ("MALE", {COMIRNATY, SPUTNIK}, "", set(), None),
        ("FEMALE", {COMIRNATY, SPUTNIK}, SPUTNIK, set(), (SPUTNIK,)),
        ("FEMALE", {COMIRNATY, SPUTNIK}, COMIRNATY, set(), None),
        ("FEMALE", {COMIRNATY}, COMIRNATY, {OWN}, (SPUTNIK,)),  # what decided is always there
        ("MALE", {COMIRNATY}, "", {OWN}, (SPUTNIK,)),
    ],
)
def test_a_vaccines_own_question_is_printed_where_it_may_be_given(sex, taken, given, ticked, own) -> None:
    found = {one.question.code: one.only for one in on_paper(ADULT, sex, taken, given, ticked)}
    assert found.get(OWN) == own
    others = {one.code for one in ADULT.asked(sex, "")}
    assert set(found) - {OWN} == others and all(only == () for code, only in found.items() if code != OWN)
    asked = [one.code for one in ADULT.questions if one.code in found]
    assert list(found) == asked  # in the order of the sheet
