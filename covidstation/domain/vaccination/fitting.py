"""Which vaccine fits somebody: what the schedule lets follow, and what a session has of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from covidstation.domain.bands import OLDEST
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.problems import Problem
from covidstation.domain.vaccination.doses import Dose, DoseDraft, DoseSource
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.schedule import state_on
from covidstation.domain.vaccination.schedule_rules import Schedule, ScheduleRule
from covidstation.domain.vaccination.sessions import Drawing, Take, next_drawing, usual_product
from covidstation.domain.vaccination.states import LATER, DueKind, VaccineFacts, Why, shot_of
from covidstation.domain.vaccination.told_twice import may_be_one

OTHER: Final = "vaccination.product_other"  # given here, or to a child: kept only with a word why
TOLD: Final = "vaccination.product_mixed"  # told of an adult: many have had such a course
UNSAID: Final = "vaccination.product_unsaid"  # the schedule names none for that dose; given here, with a word why
BEYOND: Final = "vaccination.beyond"  # one more than the schedule gives
NOT_OF_AGE: Final = "vaccination.not_of_age"  # the schedule gives nobody of that age any
BEYOND_TOLD: Final = "vaccination.beyond_told"
NOT_OF_AGE_TOLD: Final = "vaccination.not_of_age_told"
NO_DOSE: Final = frozenset({BEYOND, NOT_OF_AGE, BEYOND_TOLD, NOT_OF_AGE_TOLD})
MOST_NAMED: Final = 4  # vaccines in a sentence
_NO_DOSE: Final = {
    DueKind.COMPLETE: (BEYOND, BEYOND_TOLD),
    DueKind.NOT_ELIGIBLE: (NOT_OF_AGE, NOT_OF_AGE_TOLD),
}
"""What the schedule has against any dose: given here, which wants a word why, and told."""


def product_problems(
    schedule: Schedule,
    draft: DoseDraft,
    others: Sequence[Dose],
    birth: PartialDate | None,
    conditions: frozenset[str] = frozenset(),
    group: str = "",
) -> tuple[Problem, ...]:
    """What the schedule of a dose's own day has against it or its vaccine, after the doses before it (of `others`,
    those that stand), at that age, with these diseases and of that priority group; one warning at most. A dose abroad
    goes by another schedule, one of a day that nobody knows by none."""
    given, products = draft.given.full, schedule.products_on(draft.given.earliest)
    if given is None or birth is None or draft.abroad:
        return ()
    before = tuple(shot_of(one) for one in others if one.given.latest < given and not may_be_one(one, draft))
    state = state_on(schedule, VaccineFacts(birth=birth, doses=before, conditions=conditions, group=group), given)
    if state.kind in _NO_DOSE:
        code = _NO_DOSE[state.kind][draft.source is not DoseSource.OWN_RECORD]
        said = {"day": draft.given.text(), "doses": str(state.doses), "rule": state.rule}
        return (Problem("dose_class", code, said, "warning"),)
    if products.product(draft.product) is None or draft.product in state.products:
        return ()
    if not state.products:
        asked = state.why is Why.NO_VACCINE and draft.source is DoseSource.OWN_RECORD
        named = {"name": products.name(draft.product), "rule": state.rule}
        return (Problem("product", UNSAID, named, "warning"),) if asked else ()
    needed = draft.source is DoseSource.OWN_RECORD or _is_narrow(schedule.on(given), birth, given)
    if not needed and draft.product in dict(state.params).get(LATER, "").split():
        return ()  # the right one, some days early: many have had it so
    params = {
        "name": products.name(draft.product),
        "names": ", ".join(products.name(code) for code in state.products[:MOST_NAMED]),
        "day": draft.given.text(),
        "rule": state.rule,
    }
    return (Problem("product", OTHER if needed else TOLD, params, "warning"),)


def _is_narrow(rule: ScheduleRule, birth: PartialDate, day: date) -> bool:
    """Whether the rule names the vaccines of that age, as it does for children."""
    months = months_possible(birth, day, OLDEST)
    return any(band.vaccines and band.ages.meets(months) for band in rule.bands)


def fitting(takes: Iterable[Take], wanted: Sequence[str] | None) -> tuple[Take, ...]:
    """Those of a vaccine that may follow; all of them while nobody knows which (None)."""
    return tuple(one for one in takes if wanted is None or one.product in wanted)


def of_age(takes: Iterable[Take], products: Products, birth: PartialDate | None, day: date) -> tuple[Take, ...]:
    """Without the vials that are made for another age."""
    months = months_possible(birth, day, OLDEST)
    vials = [(one, products.vial(one.product, one.product_name)) for one in takes]
    return tuple(one for one, vial in vials if vial is None or vial.suits(*months))


class Brought(NamedTuple):
    """A vaccine that a session takes along, as its lot is called: the words say for which age the vials are made."""

    product: str
    name: str = ""


def has_one_for(
    brought: Iterable[Brought], wanted: Sequence[str], products: Products, birth: PartialDate | None, day: date
) -> bool:
    """Whether any of it is of a vaccine that may follow, in vials for somebody of that age."""
    months = months_possible(birth, day, OLDEST)
    vials = (products.vial(*one) for one in brought if one.product in wanted)
    return any(vial is None or vial.suits(*months) for vial in vials)


def usual_takes(takes: Iterable[Take], wanted: Sequence[str] | None, had: Sequence[str]) -> tuple[Take, ...]:
    """What somebody is given who `had` these vaccines: the last of them that may follow and was taken along, even when
    it is used up, else whatever may follow. Another one is a person's choice."""
    good = fitting(takes, wanted)
    usual = usual_product(good, had)
    return tuple(one for one in good if usual in (None, one.product))


def fitting_drawing(
    takes: Iterable[Take], wanted: Sequence[str] | None, had: Sequence[str], day: date, at: datetime, minutes: int
) -> Drawing | None:
    """Where their next dose comes out; None when nothing of it is left."""
    return next_drawing(usual_takes(takes, wanted, had), day, at, minutes)
