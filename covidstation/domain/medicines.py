"""A giving of medicines to an F0 at home: the dose for a person, and what speaks against it.

Weights are in hundreds of grams, as the register keeps them; ages in full months; amounts in units a time. What nobody
knows of a person is named, never taken as no.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Final

from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate, months_on
from covidstation.domain.medicine_list import Bar, Dose, Medicine, MedicineList, Package, PackageItem
from covidstation.domain.terms import Answer, Sex

WOMEN: Final = frozenset(("pregnant", "breastfeeding"))  # facts that are never so of a man
FERTILE: Final = range(10 * 12, 61 * 12)  # months of age within which pregnancy is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingFacts:
    """What is known of a person at the moment of a giving; a fact that is not in `answers` is unknown."""

    birth: PartialDate | None = None
    on: date
    sex: Sex = Sex.UNKNOWN
    weight: int | None = None
    answers: Mapping[str, Answer] = dataclasses.field(default_factory=dict)
    vitals: Vitals = dataclasses.field(default_factory=Vitals)
    symptoms: frozenset[str] = frozenset()

    @property
    def months(self) -> int | None:
        """Age in full months."""
        return None if self.birth is None else months_on(self.birth, self.on)

    def answer(self, fact: str) -> Answer:
        """Whether it is so; a man, a child or an old woman is not pregnant, whatever was not asked."""
        said = self.answers.get(fact, Answer.UNKNOWN)
        if fact in WOMEN and said is Answer.UNKNOWN:
            out_of_age = self.months is not None and self.months not in FERTILE
            return Answer.NO if self.sex is Sex.MALE or out_of_age else Answer.UNKNOWN
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody is about to give."""

    package: str = ""
    medicines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contraindication:
    """One thing that speaks against a giving, or that nobody knows yet (`unknown`)."""

    rule: str
    level: Bar
    sentence: str
    unknown: bool = False
    fact: str = ""  # that nobody has asked yet, where there is a question for it
    source: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A medicine with its dose for one person and the quantity for the days."""

    medicine: str
    dose: str
    days: int
    quantity: int


def check_giving(medicines: MedicineList, facts: GivingFacts, wanted: Wanted) -> tuple[Contraindication, ...]:
    """All that speaks against it, what forbids first; an unknown fact counts as the rule that asks for it does."""
    found = [*_against_package(medicines, facts, wanted), *_against_medicines(medicines, facts, wanted)]
    found += [lack for code in wanted.medicines if (lack := _lack_of_dose(medicines, facts, code))]
    return tuple(sorted(found, key=lambda one: (one.level is Bar.WARN, one.unknown)))


def asked_facts(medicines: MedicineList, facts: GivingFacts, wanted: Wanted) -> tuple[str, ...]:
    """The facts that the rules about these medicines ask for, in the order of the questions."""
    wants = {rule.fact for rule in medicines.contraindications if rule.about(wanted.medicines)}
    package = medicines.package(wanted.package)
    if package is not None and package.needs:
        wants.add(package.needs)
    settled = {fact for fact in WOMEN if fact not in facts.answers and facts.answer(fact) is Answer.NO}
    return tuple(fact for fact in medicines.questions if fact in wants - settled)


def needs_consent(medicines: MedicineList, wanted: Wanted) -> bool:
    """Whether a signed consent is asked for."""
    found = (medicines.medicine(code) for code in wanted.medicines)
    return any(medicine is not None and medicine.consent for medicine in found)


def propose_package(medicines: MedicineList, facts: GivingFacts, code: str) -> tuple[Proposal, ...]:
    """What that package holds for the person, with doses; what the list has for no one of their age is left out.

    When nothing is left, all items are proposed without doses, so that `check_giving` says why.
    """
    package = medicines.package(code)
    if package is None:
        return ()
    chosen = [(item, _choose(medicines, facts, item)) for item in package.items]
    fitting = [(item, code) for item, code in chosen if code] or [(item, item.of[0]) for item in package.items]
    return tuple(propose(medicines, facts, code, item.days) for item, code in fitting)


def propose(medicines: MedicineList, facts: GivingFacts, code: str, days: int) -> Proposal:
    """One medicine with its dose for the person; empty words and no quantity when the list has no dose for them."""
    medicine = medicines.medicine(code)
    found = None if medicine is None else _dose_of(medicine, facts)
    if found is None:
        return Proposal(medicine=code, dose="", days=days, quantity=0)
    dose, amount = found
    words = dose.words.format(amount=amount_text(amount), times=dose.times)
    quantity = dose.fixed if dose.fixed is not None else ceil(amount * dose.times * days)
    return Proposal(medicine=code, dose=words, days=days, quantity=quantity)


def amount_text(amount: Fraction) -> str:
    """`2`, `1/2`, `1 1/2`."""
    whole, rest = divmod(amount, 1)
    return " ".join(filter(None, (f"{whole}" if whole or not rest else "", f"{rest}" if rest else "")))


def weight_text(weight: int) -> str:
    """Hundreds of grams as kilograms: 125 gives `12,5`, 600 gives `60`."""
    whole, tenth = divmod(weight, 10)
    return f"{whole},{tenth}" if tenth else f"{whole}"


def _choose(medicines: MedicineList, facts: GivingFacts, item: PackageItem) -> str:
    """The medicine of an item for that person; by weight the fewest units a time, then the lower dose.

    Empty when none is for their age; one that only lacks the weight, or a fitting one, is chosen all the same.
    """
    known = [medicine for code in item.of if (medicine := medicines.medicine(code)) is not None]
    of_age = [medicine for medicine in known if facts.months is None or _band(medicine, facts.months)]
    found: list[tuple[Fraction, Fraction, str]] = []
    for medicine in of_age:
        fits = _dose_of(medicine, facts)
        if fits is not None and fits[0].amount is not None:
            return medicine.code
        if fits is not None:
            found.append((fits[1], fits[1] * (medicine.mg or 0), medicine.code))
    return min(found)[2] if found else of_age[0].code if of_age else ""


def _dose_of(medicine: Medicine, facts: GivingFacts) -> tuple[Dose, Fraction] | None:
    """The dose of the person's age, with its amount; None when there is none or a fact is missing."""
    dose = _band(medicine, facts.months)
    if dose is None:
        return None
    if dose.mg_per_kg is None:
        return (dose, dose.amount) if dose.amount is not None else None
    amounts = [dose.amount] if dose.amount is not None else [Fraction(one + 1) for one in range(dose.most_at_once)]
    if facts.weight is None:  # a fixed amount stands without the weight, one by weight cannot
        return (dose, dose.amount) if dose.amount is not None else None
    kilograms = Fraction(facts.weight, 10)
    least, most = dose.mg_per_kg
    fits = (one for one in amounts if least * kilograms <= one * (medicine.mg or 0) <= most * kilograms)
    return next(((dose, one) for one in fits), None)


def _band(medicine: Medicine, months: int | None) -> Dose | None:
    """The dose for that age; of an unknown age only one that is for all ages."""
    if months is None:
        return next((one for one in medicine.doses if not one.months_from and one.months_until is None), None)
    return next((one for one in medicine.doses if one.for_age(months)), None)


def _lack_of_dose(medicines: MedicineList, facts: GivingFacts, code: str) -> Contraindication | None:
    """Why the list has no dose of that medicine for the person."""
    medicine = medicines.medicine(code)
    if medicine is None or _dose_of(medicine, facts) is not None:
        return None
    band = _band(medicine, facts.months)
    if band is None:
        unknown = facts.months is None
        return _lack(medicines, medicine, "age_unknown" if unknown else "age", unknown=unknown)
    if facts.weight is None:
        return _lack(medicines, medicine, "weight_unknown", unknown=True)
    least, most = band.mg_per_kg or (Fraction(0), Fraction(0))
    words = {"weight": weight_text(facts.weight), "least": amount_text(least), "most": amount_text(most)}
    return _lack(medicines, medicine, "weight", words=words)


def _lack(
    medicines: MedicineList,
    medicine: Medicine,
    why: str,
    *,
    unknown: bool = False,
    words: Mapping[str, str] = MappingProxyType({}),
) -> Contraindication:
    sentence = medicines.sentences[why].format(name=medicine.name, **words)
    rule = f"{medicine.code}-{why}"
    return Contraindication(rule=rule, level=Bar.FORBID, sentence=sentence, unknown=unknown, source=medicines.source)


def _against_medicines(medicines: MedicineList, facts: GivingFacts, wanted: Wanted) -> Iterable[Contraindication]:
    for rule in medicines.contraindications:
        said = facts.answer(rule.fact)
        if said is not Answer.NO and rule.about(wanted.medicines):
            unknown = said is Answer.UNKNOWN
            yield Contraindication(
                rule=rule.id,
                level=rule.level,
                sentence=rule.unknown if unknown else rule.sentence,
                unknown=unknown,
                fact=rule.fact if unknown else "",
                source=rule.source,
                confirmed=rule.confirmed,
            )


def _against_package(medicines: MedicineList, facts: GivingFacts, wanted: Wanted) -> Iterable[Contraindication]:
    package = medicines.package(wanted.package)
    if package is None:
        return
    if package.asks_signs and not _has_sign(package, facts):
        measured = facts.vitals.spo2 is not None and facts.vitals.breaths is not None
        yield _package_says(package, "signs", package.unless_signs if measured else package.signs_unknown, not measured)
    if package.needs:
        said = facts.answer(package.needs)
        if said is Answer.NO:
            yield _package_says(package, package.needs, package.unless_needed, unknown=False)
        elif said is Answer.UNKNOWN:
            yield replace(
                _package_says(package, package.needs, package.needed_unknown, unknown=True), fact=package.needs
            )


def _package_says(package: Package, what: str, sentence: str, unknown: bool) -> Contraindication:
    return Contraindication(
        rule=f"package-{package.code}-{what}",
        level=Bar.FORBID,
        sentence=sentence,
        unknown=unknown,
        source=package.source,
        confirmed=package.confirmed,
    )


def _has_sign(package: Package, facts: GivingFacts) -> bool:
    """Any of the signs is there: low SpO2, fast breath, or short of breath."""
    spo2, breaths = facts.vitals.spo2, facts.vitals.breaths
    low = spo2 is not None and package.spo2_below is not None and spo2 < package.spo2_below
    fast = breaths is not None and package.breaths_over is not None and breaths > package.breaths_over
    return low or fast or bool(package.symptoms & facts.symptoms)
