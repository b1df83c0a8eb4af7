"""What is wrong with a dose: impossible ones are refused, doubtful ones asked back, each with the rule that says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from covidstation.domain.bands import OLDEST
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.vaccination.doses import (
    PLACES,
    Dose,
    DoseClass,
    DoseDraft,
    DoseSource,
    course_of,
    in_order,
)
from covidstation.domain.vaccination.paper_number import same_dose
from covidstation.domain.vaccination.products import Product, Products
from covidstation.domain.vaccination.told_twice import may_be_one, once_each

MOST_NUMBER: Final = 9
MOST_VOLUME: Final = 300  # 3 ml, more than any vial's dose
SHORT_LIMIT: Final = 60  # letters of a lot, a code
YEAR: Final = 12
REASON_NEEDED: Final = frozenset(
    {
        "vaccination.same_day",
        "vaccination.too_young",
        "vaccination.too_young_months",
        "vaccination.expired",
        "vaccination.too_soon",
        "vaccination.too_soon_before",
        "vaccination.beyond",
        "vaccination.not_of_age",
        "vaccination.product_other",
        "vaccination.product_against",
        "vaccination.product_unsaid",
        "vaccination.component_against",
        "vaccination.wrong_vial",
        "vaccination.vial_unsaid",
        "vaccination.vial_age",
        "vaccine_session.not_due",
        "vaccine_session.against_all",
        "vaccine_session.answer_wanted",
        "vaccine_session.answer_known",
        "vaccine_session.severe_before",
        "vaccine_session.paper_temperature_missing",
        "vaccine_session.paper_pressure_missing",
        "vaccine_session.paper_weeks_missing",
        "vaccine_session.paper_against",
        "vaccine_session.paper_measure",
    }
)
"""What is asked back and then needs a word why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseFacts:
    """What a dose is held against. `doses`: the others that stand; `spacing`: what the schedule has against its day,
    `course`: against it or its vaccine."""

    products: Products
    birth: PartialDate | None = None
    died_on: date | None = None
    doses: tuple[Dose, ...] = ()
    spacing: tuple[Problem, ...] = ()
    course: tuple[Problem, ...] = ()


def check_dose(draft: DoseDraft, facts: DoseFacts, today: date) -> list[Problem]:
    """All that cannot be (errors) or is seldom so (warnings), in the order of the form."""
    product = facts.products.product(draft.product) if draft.product else None
    day = list(_check_day(draft, facts, product, today))
    found = [*_check_product(draft, product), *day]
    if not any(one.level == "error" for one in day):
        young = list(_check_age(draft, facts, product))
        found += [*(young or facts.course), *_check_number(draft, facts), *_check_others(draft, facts), *facts.spacing]
    return [*found, *_check_lot(draft), *_check_volume(draft, facts, product), *_check_texts(draft)]


def needs_reason(problems: list[Problem]) -> bool:
    """Whether one of them is only kept with a word why."""
    return any(one.code in REASON_NEEDED for one in problems)


def _check_product(draft: DoseDraft, product: Product | None) -> Iterator[Problem]:
    if draft.product and product is None:
        yield Problem("product", "vaccination.product_unknown", {"code": draft.product})
    elif not draft.knows_product and draft.source is DoseSource.OWN_RECORD:
        yield Problem("product", "vaccination.product_missing")


def _check_day(draft: DoseDraft, facts: DoseFacts, product: Product | None, today: date) -> Iterator[Problem]:
    given, birth = draft.given, facts.birth
    day = {"day": given.text()}
    first = product.first_day if product else facts.products.first_day()
    if given.earliest > today:
        yield Problem("given", "vaccination.future", day)
    elif draft.given_at is not None and draft.given_at.date() != given.full:
        yield Problem("given", "vaccination.moment", day)
    elif birth is not None and given.latest < birth.earliest:
        yield Problem("given", "vaccination.before_birth", {**day, "birth": birth.text()})
    elif facts.died_on is not None and given.earliest > facts.died_on:
        yield Problem("given", "vaccination.after_death", {**day, "died": f"{facts.died_on:%d/%m/%Y}"})
    elif given.latest < first:
        params = {**day, "first": f"{first:%d/%m/%Y}", "name": product.name if product else "", **_rule(facts)}
        yield Problem("given", "vaccination.before_product" if product else "vaccination.before_any", params)


def _rule(facts: DoseFacts) -> dict[str, str]:
    return {"rule": facts.products.id}


def _check_age(draft: DoseDraft, facts: DoseFacts, product: Product | None) -> Iterator[Problem]:
    least = product.least_months(draft.given.latest, abroad=draft.abroad) if product else None
    oldest = months_possible(facts.birth, draft.given.latest, OLDEST)[1]
    if product is not None and least is not None and oldest < least:
        params = {"name": product.name, "day": draft.given.text(), **_rule(facts)}
        whole = least >= YEAR and not least % YEAR
        code = "vaccination.too_young" if whole else "vaccination.too_young_months"
        params["age"] = str(least // YEAR if whole else least)
        yield Problem("product", code, params, "warning")
    elif product is not None and not draft.abroad:
        yield from _check_vial(draft, facts, product)


def _check_vial(draft: DoseDraft, facts: DoseFacts, product: Product) -> Iterator[Problem]:
    """An adult's vial for a child, or a child's for an adult; for a child also one that does not say which it is."""
    months = months_possible(facts.birth, draft.given.latest, OLDEST)
    right = [one for one in product.presentations if one.suits(*months)]
    vial = product.presentation(draft.product_name)
    params = {"names": ", ".join(one.name for one in right), **_rule(facts)}
    if right and vial is not None and vial not in right:
        yield Problem("product", "vaccination.wrong_vial", {"name": vial.name, **params}, "warning")
    elif len(right) > 1 and draft.lot_id is not None:
        yield Problem(
            "product",
            "vaccination.vial_age",
            {"birth": facts.birth.text() if facts.birth else "—", **params},
            "warning",
        )
    elif vial is None and draft.lot_id is not None and any(one.months_until for one in right):
        yield Problem("product", "vaccination.vial_unsaid", {"name": product.name, **params}, "warning")


def _check_number(draft: DoseDraft, facts: DoseFacts) -> Iterator[Problem]:
    kind, number = draft.dose_class, draft.number
    others = facts.doses
    if number is not None and not 1 <= number <= MOST_NUMBER:
        yield Problem("number", "vaccination.number", {"most": str(MOST_NUMBER)})
        return
    before = [one for one in others if one.given.earliest <= draft.given.latest]
    course = course_of([*in_order(before), draft], facts.products)
    if kind is DoseClass.PRIMARY and number is not None and number > course:
        params = {"number": str(number), "course": str(course)}
        yield Problem("number", "vaccination.number_beyond", {**params, **_rule(facts)}, "warning")
    elif number is not None and number > PLACES.get(kind, MOST_NUMBER):
        params = {"number": str(number), "most": str(PLACES[kind])}
        yield Problem("number", "vaccination.no_place", params, "warning")
    same = [one for one in others if one.dose_class is kind and one.number and number]
    for one in same:
        if one.number == number:
            yield Problem("number", "vaccination.number_again", {"day": one.given.text()}, "warning")
        elif _turned(draft, one):
            params = {"number": str(one.number), "day": one.given.text()}
            yield Problem("number", "vaccination.number_order", params, "warning")
    if kind in (DoseClass.BOOSTER, DoseClass.ADDITIONAL):
        done = sum(_is_basic(one, course) for one in once_each(in_order(before)))
        if done < course:
            params = {"done": str(done), "course": str(course)}
            yield Problem("dose_class", "vaccination.course_open", params, "warning")


def _is_basic(dose: Dose, course: int) -> bool:
    """Whether it is of the basic course, as written or by its number."""
    if dose.dose_class is DoseClass.UNKNOWN:
        return (dose.number or 0) <= course
    return dose.dose_class is DoseClass.PRIMARY


def _turned(draft: DoseDraft, other: Dose) -> bool:
    """Whether the higher number surely came before the lower one."""
    if (draft.number or 0) > (other.number or 0):
        return draft.given.latest < other.given.earliest
    return other.given.latest < draft.given.earliest


def _check_others(draft: DoseDraft, facts: DoseFacts) -> Iterator[Problem]:
    for one in facts.doses:
        params = {"day": one.given.text(), "name": facts.products.name(one.product, one.product_name) or "—"}
        if same_dose(draft, one):
            yield Problem("certificate", "vaccination.certificate_again", params)
        elif draft.given.full is not None and draft.given.full == one.given.full:
            yield Problem("given", "vaccination.same_day", params, "warning")
        elif may_be_one(draft, one):
            yield Problem("given", "vaccination.told_already", params, "warning")


def _check_lot(draft: DoseDraft) -> Iterator[Problem]:
    if draft.expiry is not None and draft.expiry < draft.given.earliest:
        params = {"lot": draft.lot_number or "—", "expiry": f"{draft.expiry:%d/%m/%Y}", "day": draft.given.text()}
        yield Problem("expiry", "vaccination.expired", params, "warning")


def _check_volume(draft: DoseDraft, facts: DoseFacts, product: Product | None) -> Iterator[Problem]:
    if draft.volume is None:
        return
    if not 0 < draft.volume <= MOST_VOLUME:
        yield Problem("volume", "vaccination.volume", {"most": volume_text(MOST_VOLUME)})
        return
    young, old = months_possible(facts.birth, draft.given.latest, OLDEST)
    usual = product.volume(young, draft.dose_class.value) if product else None
    if product is None or usual is None or draft.volume in (usual, product.volume(old, draft.dose_class.value)):
        return
    params = {"volume": volume_text(draft.volume), "usual": volume_text(usual), "name": product.name, **_rule(facts)}
    yield Problem("volume", "vaccination.volume_unusual", params, "warning")


def volume_text(volume: int | None) -> str:
    """30 → `0,3 ml`; empty for none."""
    if volume is None:
        return ""
    return f"{volume / 100:g}".replace(".", ",") + "\u00a0ml"


def _check_texts(draft: DoseDraft) -> Iterator[Problem]:
    for field in ("product_name", "facility", "vaccinator"):
        yield from too_long(field, getattr(draft, field), NAME_LIMIT)
    for field in ("reason", "note"):
        yield from too_long(field, getattr(draft, field), TEXT_LIMIT)
    yield from too_long("lot_number", draft.lot_number, SHORT_LIMIT)
    yield from too_long("certificate", draft.certificate, NAME_LIMIT)
    if draft.country and not (len(draft.country) == 2 and draft.country.isascii() and draft.country.isupper()):
        yield Problem("country", "vaccination.country", {"code": draft.country})
