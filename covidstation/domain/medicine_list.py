"""The dated list of medicines that a station gives to F0 at home: medicines with doses, packages, contraindications.

Ages are in full months, amounts in units a time (`resources/rules/medicines.toml` explains its keys).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from covidstation.domain.rule_sets import Dated, RuleError, rule_on, rule_tables

ANY: Final = "*"  # a rule for every medicine
SENTENCES: Final = ("age", "age_unknown", "weight", "weight_unknown")
SINGLE_DAYS: Final = 3  # of a version that a station kept before the list named them


class Bar(StrEnum):
    """How strongly a rule speaks: `FORBID` needs a reason to go on, `WARN` is only shown."""

    FORBID = "forbid"
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A dose for an age band. Without `mg_per_kg` the amount is fixed; with it, it is found by weight or held to it."""

    words: str
    times: int
    amount: Fraction | None = None
    fixed: int | None = None  # the quantity, whatever the days (a bottle)
    months_from: int = 0
    months_until: int | None = None
    mg_per_kg: tuple[Fraction, Fraction] | None = None
    most_at_once: int = 1

    def for_age(self, months: int) -> bool:
        """Whether somebody that old is in the band."""
        return self.months_from <= months and (self.months_until is None or months < self.months_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """One medicine of the list. `mg` is what one unit holds, where a dose goes by weight."""

    code: str
    name: str
    unit: str
    group: str = ""
    form: str = ""
    mg: Fraction | None = None
    consent: bool = False
    doses: tuple[Dose, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageItem:
    """One thing of a package: the first medicine of `of` that has a dose for the person."""

    of: tuple[str, ...]
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package with the conditions under which it is given at all."""

    code: str
    title: str
    days: int
    items: tuple[PackageItem, ...]
    source: str = ""
    confirmed: bool = False
    spo2_below: int | None = None
    breaths_over: int | None = None
    symptoms: frozenset[str] = frozenset()
    unless_signs: str = ""
    signs_unknown: str = ""
    needs: str = ""  # a fact that must be so
    unless_needed: str = ""
    needed_unknown: str = ""

    @property
    def asks_signs(self) -> bool:
        """Whether it is for some signs only."""
        return self.spo2_below is not None or self.breaths_over is not None or bool(self.symptoms)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContraRule:
    """What speaks against some medicines when a fact is so."""

    id: str
    medicines: tuple[str, ...]
    fact: str
    level: Bar
    sentence: str
    unknown: str
    source: str = ""
    confirmed: bool = False

    def about(self, codes: Iterable[str]) -> bool:
        """Whether it is about any of these medicines."""
        return any(ANY in self.medicines or code in self.medicines for code in codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineList(Dated):
    """What may be given from `valid_from` on, and the rules about it.

    `single_days`: for how many days a medicine is proposed that is given by itself.
    """

    medicines: tuple[Medicine, ...]
    packages: tuple[Package, ...]
    contraindications: tuple[ContraRule, ...]
    questions: Mapping[str, str]  # fact -> how it is asked
    facts: Mapping[str, tuple[str, ...]]  # fact -> conditions that make it so
    sentences: Mapping[str, str]
    single_days: int = SINGLE_DAYS

    def medicine(self, code: str) -> Medicine | None:
        """The medicine with that code."""
        return next((one for one in self.medicines if one.code == code), None)

    def package(self, code: str) -> Package | None:
        """The package with that code."""
        return next((one for one in self.packages if one.code == code), None)


def medicine_list_on(lists: Iterable[MedicineList], day: date) -> MedicineList:
    """The one list in force on that day; RuleError when there is none, or more than one."""
    return rule_on(lists, day)


def parse_medicine_lists(text: str) -> tuple[MedicineList, ...]:
    """Read the TOML of the lists. Raises RuleError."""
    return tuple(map(read_medicine_list, rule_tables(text)))


def read_medicine_list(table: dict[str, Any]) -> MedicineList:
    """One list from its table. Raises RuleError for a wrong shape, a code that is not there, a fact nobody asks."""
    plain = dict(table)
    try:
        result = MedicineList(
            medicines=tuple(map(_medicine, plain.pop("medicine"))),
            packages=tuple(map(_package, plain.pop("package", ()))),
            contraindications=tuple(map(_contra, plain.pop("contraindication", ()))),
            questions={str(key): str(value) for key, value in plain.pop("questions", {}).items()},
            facts={str(key): tuple(map(str, value)) for key, value in plain.pop("facts", {}).items()},
            sentences={key: str(plain["sentences"][key]) for key in SENTENCES},
            **{key: value for key, value in plain.items() if key != "sentences"},
        )
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as trouble:
        raise RuleError(str(trouble)) from trouble
    _refuse_loose_ends(result)
    return result


def _refuse_loose_ends(found: MedicineList) -> None:
    if type(found.single_days) is not int or found.single_days < 1:
        raise RuleError(f"single_days: {found.single_days}")
    codes = [medicine.code for medicine in found.medicines]
    named = {code for package in found.packages for item in package.items for code in item.of}
    named |= {code for rule in found.contraindications for code in rule.medicines if code != ANY}
    asked = {rule.fact for rule in found.contraindications} | {one.needs for one in found.packages if one.needs}
    if len(codes) != len(set(codes)) or named - set(codes):
        raise RuleError(f"medicines: {sorted(named - set(codes)) or codes}")
    if asked - set(found.questions):
        raise RuleError(f"questions: {sorted(asked - set(found.questions))}")


def _fraction(value: object) -> Fraction:
    return Fraction(str(value))


def _medicine(table: dict[str, Any]) -> Medicine:
    plain = dict(table)
    doses = tuple(map(_dose, plain.pop("dose", ())))
    mg = plain.pop("mg", None)
    return Medicine(doses=doses, mg=None if mg is None else _fraction(mg), **plain)


def _dose(table: dict[str, Any]) -> Dose:
    plain = dict(table)
    amount, by_weight = plain.pop("amount", None), plain.pop("mg_per_kg", None)
    dose = Dose(
        amount=None if amount is None else _fraction(amount),
        mg_per_kg=None if by_weight is None else (_fraction(by_weight[0]), _fraction(by_weight[1])),
        **plain,
    )
    dose.words.format(amount="1", times=dose.times)  # a wrong placeholder speaks here, not before a nurse
    return dose


def _package(table: dict[str, Any]) -> Package:
    plain = dict(table)
    items = tuple(PackageItem(of=tuple(map(str, one["of"])), days=int(one["days"])) for one in plain.pop("item"))
    return Package(items=items, symptoms=frozenset(plain.pop("symptoms", ())), **plain)


def _contra(table: dict[str, Any]) -> ContraRule:
    plain = dict(table)
    medicines, level = tuple(map(str, plain.pop("medicines"))), Bar(plain.pop("level"))
    return ContraRule(medicines=medicines, level=level, **plain)
