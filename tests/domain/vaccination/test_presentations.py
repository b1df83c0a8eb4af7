"""Vials of one vaccine for adults and for children are told apart (10 mcg for 5 to under 12, 30 mcg from 12 years on:
the ministry's guidance of 4/2022 for children of 5 to under 12)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.checks import DoseFacts, check_dose, needs_reason
from covidstation.domain.vaccination.doses import DoseDraft
from covidstation.domain.vaccination.fitting import of_age
from covidstation.domain.vaccination.products import parse_products, products_on
from covidstation.domain.vaccination.sessions import Take

RULES = Path(__file__).parents[3] / "resources" / "rules"
PFIZER, MODERNA = "EU/1/20/1528", "EU/1/20/1507"
YEAR = 12


@pytest.fixture(scope="module")
def products():
    return products_on(parse_products((RULES / "vaccine_products.toml").read_text("utf-8")), date(2022, 5, 4))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Comirnaty (Pfizer-BioNTech) trẻ em 10 mcg/0,2 ml", "Pfizer 10 mcg trẻ em"),
        ("Pfizer 10mcg", "Pfizer 10 mcg trẻ em"),
        ("PFIZER NẮP CAM", "Pfizer 10 mcg trẻ em"),
        ("Comirnaty 5-11 tuổi", "Pfizer 10 mcg trẻ em"),
        ("Comirnaty (Pfizer-BioNTech) 30 mcg/0,3 ml", "Pfizer 30 mcg"),
        ("Pfizer nắp tím", "Pfizer 30 mcg"),
        ("Pfizer", None),
        ("Pfizer 10 mcg hoặc 30 mcg", None),
        ("Pfizer 100 mcg", None),
    ],
)
def test_the_label_says_which_vial_it_is(products, said, meant):
    found = products.product(PFIZER).presentation(said)
    assert (found.name if found else None) == meant


@pytest.mark.parametrize(
    ("months", "child", "adult"),
    [
        (5 * YEAR - 1, False, False),
        (5 * YEAR, True, False),
        (12 * YEAR - 1, True, False),
        (12 * YEAR, False, True),
        (80 * YEAR, False, True),
    ],
)
def test_each_is_for_its_ages(products, months, child, adult):
    pfizer = products.product(PFIZER)
    assert pfizer.presentation("10 mcg").suits(months, months) is child
    assert pfizer.presentation("30 mcg").suits(months, months) is adult


def test_a_birth_known_by_its_year_is_given_the_doubt(products):
    child = products.product(PFIZER).presentation("10 mcg")
    assert child.suits(11 * YEAR + 3, 12 * YEAR + 2) and not child.suits(12 * YEAR, 13 * YEAR - 1)


@pytest.mark.parametrize(
    ("said", "birth", "asked"),
    [
        ("Pfizer 30 mcg", PartialDate(2015, 6, 1), "vaccination.wrong_vial"),  # 6 years old
        ("Pfizer 10 mcg trẻ em", PartialDate(2015, 6, 1), None),
        ("Pfizer 10 mcg trẻ em", PartialDate(1985, 6, 1), "vaccination.wrong_vial"),
        ("Comirnaty (Pfizer)", PartialDate(2015, 6, 1), "vaccination.vial_unsaid"),
        ("Comirnaty (Pfizer)", PartialDate(1985, 6, 1), None),
        ("Pfizer 10 mcg trẻ em", PartialDate(2010, 5, 5), None),  # 12 tomorrow
        ("Pfizer 10 mcg trẻ em", PartialDate(2010, 5, 4), "vaccination.wrong_vial"),
        ("Pfizer 30 mcg", PartialDate(2010), "vaccination.vial_age"),  # eleven or twelve
    ],
)
def test_the_wrong_vial_is_asked_back(products, said, birth, asked):
    day = date(2022, 5, 4)
    draft = DoseDraft(
        person_id=UUID(int=1), given=PartialDate.of(day), product=PFIZER, product_name=said, lot_id=UUID(int=2)
    )
    problems = check_dose(draft, DoseFacts(products=products, birth=birth), day)
    codes = {one.code for one in problems}
    vials = {"vaccination.wrong_vial", "vaccination.vial_unsaid", "vaccination.vial_age"}
    assert codes & vials == ({asked} if asked else set())
    assert needs_reason(problems) is bool(asked)


def test_a_vaccine_with_one_vial_for_all_has_none(products):
    assert products.product(MODERNA).presentation("Spikevax 10 mcg") is None


def test_a_session_opens_for_each_the_vial_of_their_age(products):
    day = date(2022, 5, 4)
    child, adult, other = (
        Take(id=UUID(int=at), lot_id=UUID(int=at), product=code, product_name=name, lot_number="", expiry=None, vials=1,
             per_vial=6)
        for at, (code, name) in enumerate(
            [(PFIZER, "Pfizer 10 mcg trẻ em"), (PFIZER, "Pfizer 30 mcg"), (MODERNA, "Spikevax")]
        )
    )  # fmt: skip
    takes = (child, adult, other)
    assert of_age(takes, products, PartialDate(2015, 6, 1), day) == (child, other)
    assert of_age(takes, products, PartialDate(1985, 6, 1), day) == (adult, other)
    assert of_age(takes, products, PartialDate(2010), day) == takes  # eleven or twelve: asked at the desk
    assert of_age(takes, products, None, day) == takes
