"""The QR of the health-insurance card: read, or refused with its own code. People and numbers are invented."""

from __future__ import annotations

from datetime import date

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.scan import InsuranceScan, read_scan
from tests.domain.test_scan import CARD, INSURANCE, NAME_HEX, refusal


def test_the_insurance_card() -> None:
    found = read_scan(INSURANCE)
    assert isinstance(found, InsuranceScan)
    assert found.person == PersonDraft(
        full_name="Lò Thị Thử",
        birth=PartialDate(1985, 2, 5),
        sex=Sex.FEMALE,
        insurance_number="DT2120123456789",
        address_printed="Bản Mẫu",
    )
    assert (found.facility, found.valid_from, found.valid_to) == ("12 - 001", date(2021, 1, 1), date(2021, 12, 31))
    assert found.number == "DT2120123456789"


def insurance(**changed: str) -> str:
    names = ["number", "name", "birth", "sex", "address", "facility", "first", "last"]
    values = dict(zip(names, INSURANCE.split("|"), strict=True))
    return "|".join({**values, **changed}.values())


@pytest.mark.parametrize(
    ("text", "sex", "birth"),
    [
        (insurance(number="0123456789", last="|"), Sex.FEMALE, PartialDate(1985, 2, 5)),
        (insurance(birth="1985", sex="1", last="-"), Sex.MALE, PartialDate(1985)),
        (insurance(sex="3", name=NAME_HEX.upper()), Sex.UNKNOWN, PartialDate(1985, 2, 5)),
        (INSURANCE + f"|01/01/2021|AB12|{NAME_HEX}|4|01/01/2025|1f2e3d|$", Sex.FEMALE, PartialDate(1985, 2, 5)),
    ],
)
def test_insurance_cards_of_other_years(text: str, sex: Sex, birth: PartialDate) -> None:
    found = read_scan(text)
    assert isinstance(found, InsuranceScan)
    assert (found.person.full_name, found.person.sex, found.person.birth) == ("Lò Thị Thử", sex, birth)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (insurance(name="4cc3"), "hex"),
        (insurance(name="4c3"), "hex"),
        (insurance(name="zz"), "hex"),
        (insurance(name="4câ3b2"), "telex"),
        (insurance(name="4c\u0111b2"), "telex"),
        (insurance(name=""), "name_missing"),
        (insurance(name="20"), "name_missing"),
        (insurance(name="4c00"), "control_signs"),
        (insurance(name="eda080"), "hex"),
        (insurance(name="61" * 210), "too_long"),
        (insurance(last=""), "cut_off"),
        (insurance(sex="9"), "sex"),
        (insurance(birth="31/02/1985"), "date"),
        (insurance(first="01/13/2021"), "date"),
        (insurance(last="01/01/2020"), "date"),
        (insurance(number="TÉ14012345"), "unknown"),
        (insurance(number="TÉ1401234567890"), "vni"),
        (INSURANCE + "|" * 9, "field_count"),
        (INSURANCE + "\n" + CARD, "doubled"),
    ],
)
def test_insurance_cards_are_refused(text: str, code: str) -> None:
    assert refusal(text) == code
