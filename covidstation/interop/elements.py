"""The small parts of FHIR R4 JSON: texts, codes, references, moments. What is empty is left out, as FHIR wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid5

from covidstation.domain.codes import Coded
from covidstation.domain.terminology import Terminology
from covidstation.domain.text import clean
from covidstation.interop.records import Holder

Element = dict[str, Any]
HL7: Final = "http://terminology.hl7.org/CodeSystem/"
UCUM: Final = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Where labels and codes come from, and the zone of the station's clock. `symptoms`, `conditions`: by code;
    `diseases`: the words of the chronic register by ICD-10; `courses`: how many doses make a basic course, by vaccine.
    """

    holder: Holder
    terms: Terminology
    symptoms: Mapping[str, Coded]
    conditions: Mapping[str, Coded]
    zone: tzinfo
    diseases: Mapping[str, str] = field(default_factory=dict)
    courses: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One resource and the day it belongs to; without a day it goes wherever its person goes."""

    resource: Element
    day: date | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.resource["id"])


def resource(kind: str, id: UUID, **fields: Any) -> Element:
    """A resource of that type without its empty fields."""
    return {"resourceType": kind, "id": str(id), **filled(fields)}


def filled(fields: Mapping[str, Any]) -> Element:
    """Without what is None or empty: FHIR has no empty text, list or object."""
    return {
        name.rstrip("_"): value for name, value in fields.items() if value is not None and value not in ("", [], {})
    }


def part(of: UUID, name: str) -> UUID:
    """The id of a resource that is made from a part of a row: the same at every export."""
    return uuid5(of, name.encode(errors="replace").decode())  # a half surrogate has no bytes of its own


def plain(*words: str) -> str | None:
    """A FHIR string: one line, nothing hidden, no blank but the common one; None for nothing."""
    return clean(" ".join(filter(None, words))) or None


def codeable(words: str, terms: Terminology | None = None, *keys: str) -> Element | None:
    """Words with the confirmed codes of these terms; words alone where nobody is sure of a code."""
    found = [code for key in keys for code in terms.of(key)] if terms else []
    coding = [{"system": one.system, "code": one.code, "display": one.display} for one in found]
    return filled({"coding": coding, "text": plain(words)}) or None


@lru_cache(maxsize=1024)
def label(words: str, terms: Terminology, *keys: str) -> Element:
    """The same for the program's own words, kept for the next time: never for what somebody typed."""
    return concept(words, terms, *keys)


def concept(words: str, terms: Terminology | None = None, *keys: str) -> Element:
    """The same where FHIR wants one in any case: a question mark for nothing."""
    return codeable(words, terms, *keys) or {"text": "?"}


@lru_cache(maxsize=256)
def coded(system: str, code: str, display: str = "") -> Element:
    """A concept of a code system that FHIR itself prescribes."""
    return {"coding": [filled({"system": system, "code": code, "display": display})]}


def ref(kind: str, id: UUID) -> Element:
    """A reference that resolves inside the bundle."""
    return {"reference": f"urn:uuid:{id}", "type": kind}


def named(words: str) -> Element | None:
    """A reference to somebody of whom only the name is known."""
    shown = plain(words)
    return {"display": shown} if shown else None


def many(*elements: Element | None) -> list[Element]:
    """Those that are there."""
    return [one for one in elements if one]


def note(*words: str) -> list[Element]:
    """An annotation; none without words."""
    return [{"text": shown} for shown in map(plain, words) if shown]


def moment(at: datetime, zone: tzinfo) -> str:
    """A moment of the station's wall clock with its zone, to the second: FHIR has no time without one."""
    return at.replace(tzinfo=at.tzinfo or zone, microsecond=0).isoformat()


def quantity(value: float, unit: str, code: str) -> Element:
    """A number with a UCUM unit."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def period(start: str | None, end: str | None) -> Element | None:
    """From when until when, as far as it is known; an end before its start is not said."""
    if start and end and end[:10] < start[:10]:
        end = None
    return filled({"start": start, "end": end}) or None


def day(on: date | None) -> str | None:
    """A date."""
    return on.isoformat() if on else None


def references(element: object) -> Sequence[str]:
    """Every local reference in a resource, in its order."""
    if isinstance(element, dict):
        own = element.get("reference")
        found = [own] if isinstance(own, str) else []
        return [*found, *(one for value in element.values() for one in references(value))]
    if isinstance(element, list):
        return [one for value in element for one in references(value)]
    return []
