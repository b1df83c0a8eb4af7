"""Checks on what was typed about a person. People and numbers are invented."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.domain import citizen, people, phones
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Answer, PersonDraft, Sex, check_person
from covidstation.messages import people as messages

TODAY = date(2022, 3, 10)
GOOD = {
    "full_name": "Chẻo Lở Mẩy",
    "birth": PartialDate(1985, 2, 5),
    "sex": Sex.FEMALE,
    "citizen_number": "012185000001",
    "old_citizen_number": "045123456",
    "insurance_number": "HN2120123456789",
    "phone": "0912345678",
    "ethnic_group": "09",
    "pregnancy": Answer.YES,
    "conditions": frozenset({"diabetes"}),
}


def _problems(**changed: object) -> list[tuple[str, str, str]]:
    found = check_person(
        PersonDraft(**{**GOOD, **changed}),
        today=TODAY,
        provinces={"012"},
        ethnic_groups={"09"},
        conditions={"diabetes"},
        phone_prefixes={"0162": "032"},
    )
    return [(problem.field, problem.code.removeprefix("people."), problem.level) for problem in found]


def test_a_whole_person_has_no_problem() -> None:
    assert _problems() == []


@pytest.mark.parametrize("name", ["Giàng A Páo", "H'Dung Niê", "Páo", "<b>An</b>", "Ý", "x" * 200])
def test_names_that_are_normal(name: str) -> None:
    assert _problems(full_name=name) == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"full_name": ""}, ("full_name", "name_missing", "error")),
        ({"full_name": " \u200b "}, ("full_name", "name_missing", "error")),
        ({"full_name": "x" * 201}, ("full_name", "name_long", "error")),
        ({"full_name": "x" * 10_000}, ("full_name", "name_long", "error")),
        ({"full_name": "--"}, ("full_name", "name_letters", "error")),
        ({"full_name": "Lo2 Va8n"}, ("full_name", "name_digits", "warning")),
        ({"birth": PartialDate(2022, 3, 11), "citizen_number": ""}, ("birth", "birth_future", "error")),
        ({"birth": PartialDate(2023), "citizen_number": ""}, ("birth", "birth_future", "error")),
        ({"birth": None}, ("birth", "birth_missing", "warning")),
        ({"sex": Sex.UNKNOWN}, ("sex", "sex_missing", "warning")),
        ({"citizen_number": "012"}, ("citizen_number", "citizen_length", "error")),
        ({"citizen_number": "013185000001"}, ("citizen_number", "citizen_province", "warning")),
        ({"citizen_number": "012186000001"}, ("citizen_number", "citizen_year", "warning")),
        ({"citizen_number": "012085000001"}, ("citizen_number", "citizen_sex", "warning")),
        ({"old_citizen_number": "1"}, ("old_citizen_number", "old_number_length", "error")),
        ({"insurance_number": "1"}, ("insurance_number", "insurance_shape", "error")),
        ({"phone": "01621234567"}, ("phone", "phone_converted", "warning")),
        ({"phone": "abc"}, ("phone", "phone_signs", "error")),
        ({"ethnic_group": "99"}, ("ethnic_group", "ethnic_unknown", "warning")),
        ({"conditions": frozenset({"x", "diabetes"})}, ("conditions", "conditions_unknown", "warning")),
        ({"address_printed": "x" * 501}, ("address_printed", "text_long", "error")),
        ({"sex": Sex.MALE, "citizen_number": ""}, ("pregnancy", "pregnant_man", "warning")),
    ],
)
def test_each_problem_has_its_field_and_level(changed: dict[str, object], problem: tuple[str, str, str]) -> None:
    found = _problems(**changed)
    assert problem in found
    assert [one for one in found if one[2] == "error"] == ([problem] if problem[2] == "error" else [])


@pytest.mark.parametrize(
    ("year", "codes"),
    [
        (2022, ["pregnant_age"]),
        (2013, ["pregnant_age"]),
        (2012, []),
        (1962, []),
        (1961, ["pregnant_age"]),
        (1902, ["pregnant_age"]),
        (1901, ["birth_old", "pregnant_age"]),
        (1872, ["birth_old", "pregnant_age"]),
        (1871, ["birth_impossible", "pregnant_age"]),
    ],
)
def test_ages_at_the_edges(year: int, codes: list[str]) -> None:
    assert [code for _, code, _ in _problems(birth=PartialDate(year), citizen_number="")] == codes


@settings(max_examples=200)
@given(st.text(max_size=30), st.text(max_size=16), st.text(max_size=16))
def test_any_text_is_judged_without_an_exception(name: str, number: str, phone: str) -> None:
    found = check_person(
        PersonDraft(full_name=name, citizen_number=number, insurance_number=number, phone=phone, ethnic_group=number),
        today=TODAY,
        provinces=(),
        ethnic_groups=(),
        conditions=(),
    )
    for problem in found:
        sentence = messages.SENTENCES[problem.code]
        assert set(re.findall(r"{(\w+)}", sentence)) == set(problem.params)


def test_every_code_has_its_sentence() -> None:
    for module in (people, citizen, phones):
        codes = re.findall(r'"(people\.\w+)"', Path(module.__file__).read_text(encoding="utf-8"))
        assert codes and set(codes) <= set(messages.SENTENCES)
