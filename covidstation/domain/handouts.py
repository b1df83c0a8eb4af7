"""The sheets that stay at home and bear no number: what a person promises, and when to call.

Their words are dated rules (`resources/rules/commitment.toml`, `leaflet.toml`) that a station may edit; the danger
signs of the leaflet are those of the guideline in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from covidstation.domain.bands import OLDEST, YEAR, Band, When
from covidstation.domain.care import Level
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.guidelines import Guideline, SignRule
from covidstation.domain.rule_sets import Dated, RuleError, rule_tables
from covidstation.domain.rule_tables import Table
from covidstation.domain.wording import unknown_placeholders, well_formed

# Papers are Vietnamese whatever the language of the windows: these words are never translated.
MEASURES: Final = {
    "temperature": "Thân nhiệt",
    "spo2": "SpO2",
    "pulse": "Mạch",
    "breaths": "Nhịp thở",
    "systolic": "Huyết áp tối đa",
    "diastolic": "Huyết áp tối thiểu",
}
LIMITS: Final[Mapping[When, str]] = {
    When.BELOW: "dưới {limit}",
    When.AT_MOST: "từ {limit} trở xuống",
    When.AT_LEAST: "từ {limit} trở lên",
    When.ABOVE: "trên {limit}",
}
_OWN: Final = frozenset({"rounds"})  # placeholders that these sheets have beside those of the papers


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentForm(Dated):
    """The words of the commitment; `lines` are numbered on the paper."""

    heading: str
    subject: str
    address: str
    person: tuple[str, ...]
    promise: str
    lines: tuple[str, ...]
    confirming: tuple[str, ...]
    promising: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafletForm(Dated):
    """The words around the danger signs."""

    heading: str
    lead: str
    call: str
    emergency: str
    advice_heading: str
    advice: tuple[str, ...]


def parse_commitments(text: str) -> tuple[CommitmentForm, ...]:
    """Read `commitment.toml`. Raises RuleError."""
    return tuple(read_commitment(table) for table in rule_tables(text))


def parse_leaflets(text: str) -> tuple[LeafletForm, ...]:
    """Read `leaflet.toml`. Raises RuleError."""
    return tuple(read_leaflet(table) for table in rule_tables(text))


def read_commitment(table: dict[str, Any]) -> CommitmentForm:
    """One form from its table. Raises RuleError."""
    row = Table(table, "commitment")
    form = CommitmentForm(
        **row.dated(),
        heading=_words(row, "heading"),
        subject=_words(row, "subject"),
        address=_words(row, "address"),
        person=_texts(row, "person"),
        promise=_words(row, "promise"),
        lines=_texts(row, "lines"),
        confirming=_lines(row, "confirming"),
        promising=_lines(row, "promising"),
    )
    row.close()
    return form


def read_leaflet(table: dict[str, Any]) -> LeafletForm:
    """One form from its table. Raises RuleError."""
    row = Table(table, "leaflet")
    form = LeafletForm(
        **row.dated(),
        heading=_words(row, "heading"),
        lead=_words(row, "lead"),
        call=_words(row, "call"),
        emergency=_words(row, "emergency"),
        advice_heading=_words(row, "advice_heading"),
        advice=_texts(row, "advice"),
    )
    row.close()
    return form


def _words(row: Table, name: str) -> str:
    return _checked(row.text(name), name)


def _lines(row: Table, name: str) -> tuple[str, ...]:
    return tuple(_checked(text, name) for text in row.texts(name))


def _texts(row: Table, name: str) -> tuple[str, ...]:
    """Whole sentences, each a table of its own: they may hold the semicolons by which an editor parts short words."""
    found = []
    for one in row.tables(name):
        one.text("id")
        found.append(_words(one, "text"))
        one.close()
    if not found:
        raise row.trouble(name)
    return tuple(found)


def _checked(text: str, name: str) -> str:
    """A text that the papers' language can fill."""
    unknown = [one for one in unknown_placeholders(text) if one.lower() not in _OWN]
    if unknown or not well_formed(text):
        raise RuleError(f"{name}: {', '.join(unknown)}")
    return text


def danger_lines(guideline: Guideline, birth: PartialDate | None, on: date) -> tuple[str, ...]:
    """The danger signs in short, those of one person's age; without a birth those of every age, each saying whose."""
    months = months_possible(birth, on, OLDEST)
    rules = (rule for rule in guideline.signs if rule.level is Level.DANGER and rule.band.meets(months))
    return tuple(dict.fromkeys(_line(rule, months) for rule in rules))


def _line(rule: SignRule, months: tuple[int, int]) -> str:
    if rule.when is None:
        text = rule.label
    else:
        text = f"{MEASURES[rule.measure]} {LIMITS[rule.when].format(limit=rule.limit_text)}"
    return text if rule.band.holds(months) else f"{text} ({band_words(rule.band)})"


def band_words(band: Band) -> str:
    """`từ 12 tuổi`, `dưới 2 tháng`, `từ 1 đến dưới 5 tuổi`."""
    first, end = band.first or 0, band.end
    if end is None:
        return f"từ {_age(first)}"
    if not first:
        return f"dưới {_age(end)}"
    return f"từ {_age(first)} đến dưới {_age(end)}"


def _age(months: int) -> str:
    return f"{months // YEAR} tuổi" if months % YEAR == 0 and months else f"{months} tháng"
