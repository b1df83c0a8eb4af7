"""Vaccines by the codes of certificates, with what people write for them: dated lists of `resources/rules`.

Volumes are hundredths of a millilitre, ages full months. A code keeps its meaning for good; a dose of a vaccine that no
list names is kept under the name that was said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table
from covidstation.domain.text import fold

USUAL_DOSES: Final = 2  # of a basic course, when nobody knows the vaccine
_LEAST_PART: Final = 5  # letters of a name that may be found within a longer one
_MOST_PRODUCTS: Final = 100


@dataclass(frozen=True, slots=True)
class Volume:
    """How much is given from that age on, below the other; `classes` (words of `DoseClass`) empty for any dose."""

    months_from: int
    months_until: int | None
    classes: frozenset[str]
    volume: int

    def fits(self, months: int, dose_class: str) -> bool:
        """Whether somebody that old is given so much, for such a dose."""
        old = self.months_from <= months and (self.months_until is None or months < self.months_until)
        return old and (not self.classes or dose_class in self.classes)


@dataclass(frozen=True, slots=True)
class FromAge:
    """From that day on it was given in Việt Nam from that age."""

    since: date
    months_from: int


@dataclass(frozen=True, slots=True)
class Presentation:
    """One strength of a vaccine, in vials of its own: `marks` are what its label or the store's name for it says.

    It is for those from `months_from` until before `months_until` (None: no end). `thawed_days` where they are not
    those of the vaccine.
    """

    name: str
    marks: tuple[str, ...]
    months_from: int
    months_until: int | None
    doses_per_vial: int | None
    thawed_days: int | None = None

    def suits(self, youngest: int, oldest: int) -> bool:
        """Whether somebody whose age lies between these full months may be of its age."""
        return self.months_from <= oldest and (self.months_until is None or youngest < self.months_until)


@dataclass(frozen=True, slots=True)
class Thawed:
    """From that day on a vial that was kept frozen might be used for so many days at 2–8 °C after it thawed."""

    since: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One vaccine. `code`, `maker_code` and `prophylaxis` are the certificate's `mp`, `ma` and `vp`."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    maker: str = ""
    maker_code: str = ""
    prophylaxis: str = ""
    atc: str = ""
    first_day: date
    primary_doses: int = USUAL_DOSES
    doses_per_vial: int | None = None
    used_here: bool = False
    substance: str = ""  # the same one: one vaccine under several names
    components: frozenset[str] = frozenset()  # from which a reaction may have come
    volumes: tuple[Volume, ...] = ()
    ages: tuple[FromAge, ...] = ()  # by day
    presentations: tuple[Presentation, ...] = ()  # where adults and children have vials of their own
    thawed: tuple[Thawed, ...] = ()  # by day

    def presentation(self, said: str) -> Presentation | None:
        """The one whose mark stands in these words: the name of a lot, of an item of the store, of a dose."""
        key = _key(said)
        marked = [one for one in self.presentations if any(_key(mark) in key for mark in (one.name, *one.marks))]
        return marked[0] if len(marked) == 1 else None

    def days_thawed(self, said: str, day: date) -> int | None:
        """For how many days it may be used after it thawed, by what was known on that day; None: it was not frozen."""
        vial = self.presentation(said)
        if vial is not None and vial.thawed_days is not None:
            return vial.thawed_days
        return next((one.days for one in reversed(self.thawed) if one.since <= day), None)

    def volume(self, months: int | None, dose_class: str = "") -> int | None:
        """The usual volume for that age; None when no line fits, or the age is not known."""
        if months is None:
            return None
        return next((one.volume for one in self.volumes if one.fits(months, dose_class)), None)

    def given_on(self, day: date) -> bool:
        """Whether it was given here by that day, as far as its ages say."""
        return not self.ages or self.ages[0].since <= day

    def least_months(self, day: date, *, abroad: bool = False) -> int | None:
        """From which age it is given on that day; abroad, the least that any day allows. None: nothing is known."""
        if not self.ages:
            return None
        if abroad:
            return min(one.months_from for one in self.ages)
        known = [one.months_from for one in self.ages if one.since <= day]
        return known[-1] if known else self.ages[0].months_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Products(Dated):
    """The vaccines of one time, those given in Việt Nam first."""

    products: tuple[Product, ...]

    @property
    def here(self) -> tuple[Product, ...]:
        """Those that are offered first."""
        return tuple(one for one in self.products if one.used_here)

    def product(self, code: str) -> Product | None:
        """The vaccine with that code."""
        return next((one for one in self.products if one.code == code), None)

    def find(self, text: str) -> Product | None:
        """The vaccine that somebody means: by its code, its name or another of its names, whatever the spelling.

        A longer text that holds one of the names means the longest of them, if it belongs to one vaccine alone.
        """
        key = _key(text)
        if not key:
            return None
        names = [(_key(name), one) for one in self.products for name in (one.code, one.name, *one.aliases)]
        exact = next((one for name, one in names if name == key), None)
        if exact is not None:
            return exact
        held = [(len(name), one) for name, one in names if len(name) >= _LEAST_PART and name in key]
        longest = {one.code: one for size, one in held if size == max(size for size, _one in held)}
        return next(iter(longest.values())) if len(longest) == 1 else None

    def akin(self, code: str) -> frozenset[str]:
        """The codes under which that vaccine is sold, its own among them."""
        found = self.product(code)
        if found is None or not found.substance:
            return frozenset({code})
        return frozenset(one.code for one in self.products if one.substance == found.substance)

    def vial(self, code: str, said: str) -> Presentation | None:
        """The presentation that these words say of that vaccine; None where there is one alone, or they do not say."""
        found = self.product(code)
        return found.presentation(said) if found else None

    def first_day(self) -> date:
        """Nobody had any of them before that day."""
        return min(one.first_day for one in self.products)

    def primary_doses(self, code: str) -> int:
        """How many doses make a basic course of it; the usual number for an unknown one."""
        found = self.product(code)
        return found.primary_doses if found else USUAL_DOSES

    def name(self, code: str, said: str = "") -> str:
        """What people call it: the list's name, else what was said, else the code."""
        found = self.product(code)
        return found.name if found else said or code


def _key(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def read_products(table: dict[str, Any]) -> Products:
    """One list from its table. Raises RuleError, which names the field."""
    row = Table(table, "vaccine_products")
    dated, atc = row.dated(), row.text("atc", "")
    products = tuple(_product(one, atc) for one in row.plain_tables("products"))
    row.close()
    if not 0 < len(products) <= _MOST_PRODUCTS or len({one.code for one in products}) < len(products):
        raise row.trouble("products")
    return Products(**dated, products=products)


def _product(row: Table, atc: str) -> Product:
    made = Product(
        code=row.text("code"),
        name=row.text("name"),
        aliases=tuple(row.texts("aliases", [])),
        maker=row.text("maker", ""),
        maker_code=row.text("maker_code", ""),
        prophylaxis=row.text("prophylaxis", ""),
        atc=row.text("atc", atc),
        first_day=row.day("first_day"),
        primary_doses=row.count("primary_doses", USUAL_DOSES),
        doses_per_vial=row.optional_count("doses_per_vial"),
        used_here=row.flag("used_here", False),
        substance=row.text("substance", ""),
        components=frozenset(row.texts("components", [])),
        volumes=tuple(map(_volume, row.plain_tables("volumes"))),
        ages=tuple(sorted(map(_age, row.plain_tables("ages")), key=lambda one: one.since)),
        presentations=tuple(map(_presentation, row.plain_tables("presentations"))),
        thawed=tuple(sorted(map(_thawed, row.plain_tables("thawed")), key=lambda one: one.since)),
    )
    row.close()
    if not made.primary_doses or made.doses_per_vial == 0:
        raise row.trouble("doses_per_vial" if made.primary_doses else "primary_doses")
    return made


def _volume(row: Table) -> Volume:
    made = Volume(
        row.count("months_from", 0),
        row.optional_count("months_until"),
        frozenset(row.texts("classes", [])),
        row.count("volume"),
    )
    row.close()
    if not made.volume or (made.months_until is not None and made.months_until <= made.months_from):
        raise row.trouble("volume" if not made.volume else "months_until")
    return made


def _presentation(row: Table) -> Presentation:
    made = Presentation(
        row.text("name"),
        tuple(row.texts("marks")),
        row.count("months_from", 0),
        row.optional_count("months_until"),
        row.optional_count("doses_per_vial"),
        row.optional_count("thawed_days"),
    )
    row.close()
    if made.months_until is not None and made.months_until <= made.months_from:
        raise row.trouble("months_until")
    return made


def _thawed(row: Table) -> Thawed:
    made = Thawed(row.day("since"), row.count("days"))
    row.close()
    if not made.days:
        raise row.trouble("days")
    return made


def _age(row: Table) -> FromAge:
    made = FromAge(row.day("since"), row.count("months_from"))
    row.close()
    return made


def parse_products(text: str) -> tuple[Products, ...]:
    """The lists of the file. Raises RuleError."""
    return tuple(map(read_products, rule_tables(text)))


def products_on(lists: Iterable[Products], day: date) -> Products:
    """The list in force on that day; the oldest for a day before all of them. Raises RuleError when there is none."""
    known = sorted(lists, key=lambda one: one.valid_from)
    return known[0] if known and day < known[0].valid_from else rule_on(known, day)
