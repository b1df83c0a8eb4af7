"""A certificate beside the register: whose it may be, and what doses it tells of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.dates import PartialDate
from covidstation.domain.text import clean, fold, spelling
from covidstation.domain.vaccination.dcc.certificate import Certificate, Vaccination
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.products import Products

_COUNTRY: Final = re.compile("[A-Z]{2}", re.ASCII)
_MOST_CODE: Final = 120  # letters of a certificate's own number that are kept
_LEAST_SHARED: Final = 2  # words of two names that must be the same before they are alike


class Likeness(StrEnum):
    """Whether a certificate is somebody's."""

    SAME = "same"
    ALIKE = "alike"
    OTHER = "other"


def likeness(certificate: Certificate, full_name: str, birth: PartialDate | None) -> Likeness:
    """By name and birth. The same: the whole day of birth on both sides, and the name with its accents where the
    certificate has any, family name first or last. Alike: the name in any order and spelling that certificates have
    (`VAN<AN NGUYEN`, `Lövström` or `LOEVSTROEM`), of a birth as much as both sides know."""
    return _likeness(_spellings(certificate), _exact(certificate, full_name), certificate.birth, full_name, birth)


def likeness_of_name(name: str, told: PartialDate | None, full_name: str, birth: PartialDate | None) -> Likeness:
    """The same of a name and a birth on paper, where a name without its accents is only alike."""
    return _likeness((fold(name).split(),), spelling(name) == spelling(full_name), told, full_name, birth)


def _likeness(
    spellings: Iterable[list[str]],
    exact: bool,
    told: PartialDate | None,
    full_name: str,
    birth: PartialDate | None,
) -> Likeness:
    mine = fold(full_name).split()
    names = [words for words in spellings if words]
    same_name = any(_same_name(words, mine) for words in names)
    like_name = same_name or any(_like_name(words, mine) for words in names)
    if exact and birth is not None and birth.full is not None and told == birth:
        return Likeness.SAME
    if same_name and _may_be(told, birth, slips=True):
        return Likeness.ALIKE
    if like_name and birth is not None and birth.full is not None and told == birth:
        return Likeness.ALIKE
    return Likeness.OTHER


def _exact(certificate: Certificate, full_name: str) -> bool:
    written = (certificate.surname, certificate.given_names)
    whole = clean(" ".join(written))
    if whole.lower() != fold(whole):  # with accents
        return spelling(full_name) in map(spelling, _orders(*written))
    latin = (certificate.surname_latin.replace("<", " "), certificate.given_names_latin.replace("<", " "))
    return bool(fold(full_name)) and fold(full_name) in map(fold, (*_orders(*written), *_orders(*latin)))


def _orders(surname: str, given_names: str) -> tuple[str, str]:
    return f"{surname} {given_names}", f"{given_names} {surname}"


def _spellings(certificate: Certificate) -> tuple[list[str], ...]:
    latin = f"{certificate.surname_latin} {certificate.given_names_latin}".replace("<", " ")
    return fold(latin).split(), fold(f"{certificate.surname} {certificate.given_names}").split()


def _same_name(theirs: list[str], mine: list[str]) -> bool:
    return sorted(theirs) == sorted(mine) or "".join(theirs) == "".join(mine)


def _like_name(theirs: list[str], mine: list[str]) -> bool:
    """One has a word more than the other, as where a middle name was left out."""
    shared = (Counter(theirs) & Counter(mine)).total()
    return shared >= _LEAST_SHARED and shared == min(len(theirs), len(mine))


def _may_be(one: PartialDate | None, other: PartialDate | None, *, slips: bool) -> bool:
    """Whether both can be one birth; with `slips` also where day and month changed places."""
    if one is None or other is None:
        return True
    if one.year != other.year:
        return False
    if one.month is None or other.month is None:
        return True
    if one.month == other.month:
        return one.day is None or other.day is None or one.day == other.day
    return slips and (one.day, one.month) == (other.month, other.day)


def offered(certificate: Certificate, person_id: UUID, products: Products, *, signed: bool) -> tuple[DoseDraft, ...]:
    """The doses that may be kept, as drafts in its order; not one without a readable day, or against another disease.

    Without a `signed` one it is a paper that was shown, no more.
    """
    every = certificate.vaccinations
    return tuple(_draft(one, person_id, products, signed=signed, code=_number(one, every)) for one in certificate.doses)


def _number(one: Vaccination, every: Sequence[Vaccination]) -> str:
    """The certificate's own number, made each dose's own: some give all their doses one, some even two doses one place
    in the course."""
    same = [other for other in every if other.ci == one.ci]
    if not one.ci or len(same) == 1:
        return one.ci[:_MOST_CODE]
    day = one.given.text() if one.given is not None else ""
    alone = one.dose is not None and sum(other.dose == one.dose for other in same) == 1
    mark = f" ({one.dose})" if alone else f" ({', '.join(filter(None, (str(one.dose or ''), day)))})"
    return one.ci[: _MOST_CODE - len(mark)] + mark


def _draft(one: Vaccination, person_id: UUID, products: Products, *, signed: bool, code: str) -> DoseDraft:
    assert one.given is not None
    product = products.product(one.product) or products.find(one.product)
    kind, number = place(one, product.code if product else "", products)
    return DoseDraft(
        person_id=person_id,
        given=one.given,
        product=product.code if product else "",
        product_name="" if product else one.product or one.prophylaxis,
        dose_class=kind,
        number=number,
        country=one.country if _COUNTRY.fullmatch(one.country) else "",
        source=DoseSource.CERTIFICATE if signed else DoseSource.CARD,
        certificate=code,
    )


def place(one: Vaccination, product: str, products: Products) -> tuple[DoseClass, int | None]:
    """Which dose it is. A number beyond the series is a booster; else the vaccine's own basic course decides, since
    countries count boosters into the series too (3 of 3)."""
    if one.dose is None:
        return DoseClass.UNKNOWN, None
    course = products.primary_doses(product)
    if one.series is not None and one.dose > one.series:
        course = min(course, one.series)
    if one.dose <= course:
        return DoseClass.PRIMARY, one.dose
    return DoseClass.BOOSTER, one.dose - course


def missing_before(certificate: Certificate, known: int) -> int:
    """How many earlier doses a certificate speaks of by its number alone, beyond the `known` ones of the register."""
    told = [one for one in certificate.vaccinations if one.covid]
    last = max((one.dose or 0 for one in told), default=0)
    return max(0, last - len(told) - known)
