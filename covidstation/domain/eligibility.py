"""Who may be cared for at home: the checklist of a guideline, what is known of it beforehand, what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from covidstation.domain.bands import ANY_AGE, OLDEST, Band, When
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.rule_tables import Table
from covidstation.domain.terms import Answer

NOTHING_MEASURED: Final = Vitals()


class Fact(StrEnum):
    """What answers an item before anybody asks; NONE must be asked."""

    NONE = ""
    POSITIVE_TEST = "positive_test"
    NO_SYMPTOM = "no_symptom"  # none of the item's `symptoms`
    SPO2 = "spo2"  # held against the item's limit
    BREATHS = "breaths"
    DISEASE = "disease"  # no underlying disease in the register; with one, it must be asked whether it is stable
    NO_DISEASE = "no_disease"
    NOT_PREGNANT = "not_pregnant"
    DOSES = "doses"  # at least `limit` doses, the last `days` ago or more
    AGE = "age"  # within the item's `years`


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question; YES speaks for staying at home.

    An item with `unless` needs no YES when the item of that id has one. An `optional` item alone decides nothing.
    """

    id: str
    question: str
    source: str
    confirmed: bool
    fact: Fact = Fact.NONE
    band: Band = ANY_AGE  # at other ages the item is not asked
    when: When | None = None
    limit: int = 0
    days: int = 0
    ages: Band = ANY_AGE  # of an age item
    symptoms: frozenset[str] = frozenset()
    optional: bool = False
    unless: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFacts:
    """What is known of a person and an illness when the checklist opens; empty symptoms say nothing by themselves."""

    birth: PartialDate | None
    on: date
    positive: bool
    symptoms: frozenset[str] = frozenset()
    symptoms_asked: bool = False  # a check was made: what is not among the symptoms was not there
    conditions: frozenset[str] = frozenset()
    pregnancy: Answer = Answer.UNKNOWN
    doses: int | None = None
    last_dose_on: date | None = None
    vitals: Vitals = NOTHING_MEASURED

    @property
    def months(self) -> tuple[int, int]:
        """The ages in months that are possible."""
        return months_possible(self.birth, self.on, OLDEST)


@dataclass(frozen=True, slots=True)
class Eligibility:
    """YES: may stay at home. `against` are the items answered NO, `open` those that still need an answer."""

    answer: Answer
    against: tuple[Item, ...] = ()
    open: tuple[Item, ...] = ()


def items_for(items: tuple[Item, ...], facts: HomeFacts) -> tuple[Item, ...]:
    """The items that are asked at that age; where it is not certain, those of every possible age."""
    return tuple(item for item in items if item.band.meets(facts.months))


def prefilled(items: tuple[Item, ...], facts: HomeFacts) -> dict[str, Answer]:
    """What the register answers by itself, by item; UNKNOWN where somebody must be asked."""
    return {item.id: _known(item, facts) for item in items}


def eligible(items: tuple[Item, ...], answers: Mapping[str, Answer]) -> Eligibility:
    """What the answers come to: one NO is a no, one open question leaves it open."""
    needed = [item for item in items if not item.optional and answers.get(item.unless) is not Answer.YES]
    against = tuple(item for item in needed if answers.get(item.id) is Answer.NO)
    unknown = tuple(item for item in needed if answers.get(item.id, Answer.UNKNOWN) is Answer.UNKNOWN)
    if against:
        return Eligibility(Answer.NO, against, unknown)
    return Eligibility(Answer.UNKNOWN if unknown else Answer.YES, against, unknown)


def _yes(value: bool | None) -> Answer:
    return Answer.UNKNOWN if value is None else Answer.YES if value else Answer.NO


def _known(item: Item, facts: HomeFacts) -> Answer:
    if item.fact in (Fact.SPO2, Fact.BREATHS):
        value: int | None = getattr(facts.vitals, item.fact.value)
        return _yes(None if value is None or item.when is None else item.when.holds(value, item.limit))
    if item.fact is Fact.AGE:
        return _yes(True if item.ages.holds(facts.months) else None if item.ages.meets(facts.months) else False)
    if item.fact is Fact.DOSES:
        return _doses(item, facts)
    if item.fact is Fact.NO_SYMPTOM:
        return _yes(False if facts.symptoms & item.symptoms else True if facts.symptoms_asked else None)
    return _yes(_by_register(item.fact, facts))


def _by_register(fact: Fact, facts: HomeFacts) -> bool | None:
    """What the register says of the person."""
    if fact is Fact.POSITIVE_TEST:
        return True if facts.positive else None
    if fact is Fact.DISEASE:
        return None if facts.conditions else True
    if fact is Fact.NO_DISEASE:
        return not facts.conditions
    if fact is Fact.NOT_PREGNANT and facts.pregnancy is not Answer.UNKNOWN:
        return facts.pregnancy is Answer.NO
    return None


def _doses(item: Item, facts: HomeFacts) -> Answer:
    if facts.doses is None:
        return Answer.UNKNOWN
    if facts.doses < item.limit:
        return Answer.NO
    if facts.doses > item.limit:
        return Answer.YES  # the dose that counts was not the last one
    return _yes(None if facts.last_dose_on is None else (facts.on - facts.last_dose_on).days >= item.days)


def read_items(rows: list[Table], source: str, confirmed: bool) -> tuple[Item, ...]:
    """The items of a guideline. Raises RuleError."""
    items = tuple(_read_item(row, source, confirmed) for row in rows)
    ids = {item.id for item in items}
    for row, item in zip(rows, items, strict=True):
        if item.unless and item.unless not in ids:
            raise row.trouble("unless")
    return items


def _read_item(row: Table, source: str, confirmed: bool) -> Item:
    fact = row.member("fact", Fact, "")
    held = fact in (Fact.SPO2, Fact.BREATHS)
    item = Item(
        id=row.text("id"),
        question=row.text("question"),
        source=row.text("source", source),
        confirmed=row.flag("confirmed", confirmed),
        fact=fact,
        band=row.band(),
        when=row.member("when", When) if held else None,
        limit=row.count("limit") if held or fact is Fact.DOSES else 0,
        days=row.count("days") if fact is Fact.DOSES else 0,
        ages=Band(row.count("age_from_months"), row.count("age_below_months")) if fact is Fact.AGE else ANY_AGE,
        symptoms=frozenset(row.texts("symptoms")) if fact is Fact.NO_SYMPTOM else frozenset(),
        optional=row.flag("optional", False),
        unless=row.text("unless", ""),
    )
    row.close()
    return item
