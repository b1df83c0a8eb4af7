"""What a certificate says: whose it is, and the doses, tests or recovery in it. Lenient in form, strict in sense.

Issuers keep the schema in their own ways (docs of ADR 45): a field that cannot be read is left out and told as a
doubt, since the signature covers the whole and the nurse has the paper in her hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.dates import PartialDate
from covidstation.domain.text import clean
from covidstation.domain.vaccination.dcc.cose import EPOCH, LAST_SECOND, Claims

MOST_TEXT: Final = 160
MOST_ENTRIES: Final = 20
COVID: Final = "840539006"  # SNOMED CT, value set disease-agent-targeted

_SAME_COUNTRY: Final = {"EL": "GR", "UK": "GB"}  # as the EU writes two of them
_MILLISECONDS: Final = range(10**11, 10**14)  # of years 1973 to 5138, as some issuers write a moment

_DAY: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?:[T ].{0,40})?", re.ASCII)
_YEARS: Final = range(1850, 2151)
_MOST_DOSES: Final = 99


class EntryKind(StrEnum):
    """The three kinds of certificate, by the name of their list in it."""

    VACCINATION = "v"
    TEST = "t"
    RECOVERY = "r"


@dataclass(frozen=True, slots=True)
class Vaccination:
    """One dose: number `dose` of `series` (a booster has more than the series, or 2 of 1). Codes as written.

    `disease` is the agent that it is against (SNOMED CT), empty where nothing is said of it.
    """

    product: str
    manufacturer: str
    prophylaxis: str
    dose: int | None
    series: int | None
    given: PartialDate | None
    country: str
    issuer: str
    ci: str
    disease: str = ""

    @property
    def covid(self) -> bool:
        """Whether it is against COVID-19."""
        return self.disease in ("", COVID)


@dataclass(frozen=True, slots=True)
class Test:
    """One test: `sampled` as written, or ISO of a number; `positive` None when the result's code is another."""

    kind: str
    name: str
    sampled: str
    positive: bool | None
    centre: str
    country: str
    issuer: str
    ci: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """One recovery, from the first positive test on."""

    positive_on: PartialDate | None
    valid_from: PartialDate | None
    valid_until: PartialDate | None
    country: str
    issuer: str
    ci: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as read. Names as written, and in Latin letters as passports have them (`NGUYEN`, `VAN<AN`).

    `doubts` are codes of `messages.dcc`: what of it could not be read, or does not go together.
    """

    version: str
    surname: str
    given_names: str
    surname_latin: str
    given_names_latin: str
    birth: PartialDate | None
    vaccinations: tuple[Vaccination, ...]
    tests: tuple[Test, ...]
    recoveries: tuple[Recovery, ...]
    issuer: str
    issued: datetime | None
    expires: datetime | None
    doubts: tuple[str, ...]
    begins: datetime | None = None  # not good before

    @property
    def kinds(self) -> tuple[EntryKind, ...]:
        """Of which kinds it has entries."""
        lists = ((EntryKind.VACCINATION, self.vaccinations), (EntryKind.TEST, self.tests))
        return tuple(kind for kind, entries in (*lists, (EntryKind.RECOVERY, self.recoveries)) if entries)

    @property
    def doses(self) -> tuple[Vaccination, ...]:
        """Those that may be kept: against COVID-19, with a day."""
        return tuple(one for one in self.vaccinations if one.covid and one.given is not None)

    @property
    def nothing_to_keep(self) -> str:
        """Why there is no dose to keep, a code of `messages.dcc`; empty when there is one."""
        if self.doses:
            return ""
        if not self.vaccinations:
            return "dcc.only_recovery" if self.recoveries and not self.tests else "dcc.only_test"
        return "dcc.only_undated" if any(one.covid for one in self.vaccinations) else "dcc.only_other_disease"

    @property
    def countries(self) -> tuple[str, ...]:
        """Whose it may be: the issuer's, then those of its entries, each once."""
        named = [one.country for one in self.vaccinations]
        named += [one.country for one in self.tests] + [one.country for one in self.recoveries]
        return tuple(dict.fromkeys(filter(None, (self.issuer, *named))))

    @property
    def full_name(self) -> str:
        """Family name first, as Viet Nam writes it; in Latin letters where there is no other."""
        surname = self.surname or self.surname_latin.replace("<", " ").strip()
        given = self.given_names or self.given_names_latin.replace("<", " ").strip()
        return clean(f"{surname} {given}")


def read_certificate(claims: Claims) -> Certificate:
    """Raises ValueError when it says of nobody, or nothing of anybody."""
    content, doubts = claims.health, dict[str, None]()
    names = content.get("nam")
    if not isinstance(names, dict):
        raise ValueError("nobody's")
    surname, given, surname_latin, given_latin = (_text(names.get(key)) for key in ("fn", "gn", "fnt", "gnt"))
    if not (surname or given or surname_latin or given_latin):
        raise ValueError("nobody's")
    vaccinations = tuple(_vaccination(entry, doubts) for entry in _entries(content, "v"))
    tests = tuple(_test(entry, doubts) for entry in _entries(content, "t"))
    recoveries = tuple(_recovery(entry, doubts) for entry in _entries(content, "r"))
    found = [entries for entries in (vaccinations, tests, recoveries) if entries]
    if not found:
        raise ValueError("says nothing")
    if len(found) > 1:
        doubts["dcc.several_kinds"] = None
    issuer = _text(claims.issuer).upper()
    return Certificate(
        version=_text(content.get("ver")),
        surname=surname,
        given_names=given,
        surname_latin=surname_latin.upper(),
        given_names_latin=given_latin.upper(),
        birth=_birth(content.get("dob"), doubts),
        vaccinations=vaccinations,
        tests=tests,
        recoveries=recoveries,
        issuer=country_code(issuer),
        issued=claims.issued,
        expires=claims.expires,
        doubts=tuple(doubts),
        begins=claims.begins,
    )


def _entries(content: dict[Any, Any], kind: str) -> list[dict[Any, Any]]:
    entries = content.get(kind)
    if entries is None:
        return []
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        raise ValueError("not a list of entries")
    entries = [entry for entry in entries if entry is not None]
    if not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("an entry that is none")
    return entries


def _vaccination(entry: dict[Any, Any], doubts: dict[str, None]) -> Vaccination:
    dose, series, given = _count(entry.get("dn")), _count(entry.get("sd")), _day(entry.get("dt"))
    if dose is None:
        doubts["dcc.no_number"] = None
    if given is None:
        doubts["dcc.no_day"] = None
    disease = _disease(entry, doubts)
    return Vaccination(
        product=_text(entry.get("mp")),
        manufacturer=_text(entry.get("ma")),
        prophylaxis=_text(entry.get("vp")),
        dose=dose,
        series=series,
        given=given,
        country=_country(entry),
        issuer=_text(entry.get("is")),
        ci=_text(entry.get("ci")),
        disease=disease,
    )


def _test(entry: dict[Any, Any], doubts: dict[str, None]) -> Test:
    _disease(entry, doubts)
    results = {"260373001": True, "260415000": False}  # SNOMED CT: detected, not detected
    return Test(
        kind=_text(entry.get("tt")),
        name=_text(entry.get("nm")) or _text(entry.get("ma")),
        sampled=_moment(entry.get("sc")),
        positive=results.get(_text(entry.get("tr"))),
        centre=_text(entry.get("tc")),
        country=_country(entry),
        issuer=_text(entry.get("is")),
        ci=_text(entry.get("ci")),
    )


def _recovery(entry: dict[Any, Any], doubts: dict[str, None]) -> Recovery:
    _disease(entry, doubts)
    positive_on = _day(entry.get("fr"))
    if positive_on is None:
        doubts["dcc.no_day"] = None
    return Recovery(
        positive_on=positive_on,
        valid_from=_day(entry.get("df")),
        valid_until=_day(entry.get("du")),
        country=_country(entry),
        issuer=_text(entry.get("is")),
        ci=_text(entry.get("ci")),
    )


def _disease(entry: dict[Any, Any], doubts: dict[str, None]) -> str:
    disease = _text(entry.get("tg"))
    if disease not in ("", COVID):
        doubts["dcc.other_disease"] = None
    return disease


def country_code(country: str) -> str:
    """A country as ISO 3166 has it, of whatever the EU or a list of keys calls it."""
    return _SAME_COUNTRY.get(country, country)


def _country(entry: dict[Any, Any]) -> str:
    """Alpha-2 of ISO 3166 for the two that the EU names otherwise; else as written."""
    return country_code(_text(entry.get("co")).upper())


def _moment(value: object) -> str:
    """A moment as written; a number of (milli)seconds since 1970 as ISO 8601 in UTC."""
    if type(value) is not int or not 0 < value < _MILLISECONDS.stop:
        return _text(value)
    seconds = value // 1000 if value in _MILLISECONDS else value
    return (EPOCH + timedelta(seconds=seconds)).isoformat() if seconds < LAST_SECOND else ""


def _text(value: object) -> str:
    """A text to show: one line, nothing hidden in it; a number as its digits; anything else is none."""
    if type(value) is int:
        value = str(value) if abs(value) < 1 << 63 else ""
    return clean(value[: 4 * MOST_TEXT])[:MOST_TEXT] if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    """A number of doses, which some write as a text or with a point."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,2}", value.strip(), re.ASCII):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 < value <= _MOST_DOSES else None


def _day(value: object) -> PartialDate | None:
    """A day, month or year; what follows a day (a time of it) is left out. None when it is no day of any calendar."""
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found or int(found[1]) not in _YEARS:
        return None
    try:
        return PartialDate(*(int(part) if part else None for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None


def _birth(value: object, doubts: dict[str, None]) -> PartialDate | None:
    birth = _day(value)
    if birth is None:
        doubts["dcc.no_birth"] = None
    return birth
