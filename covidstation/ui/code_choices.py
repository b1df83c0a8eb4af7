"""What a list of codes offers on a day: those in force, then those of earlier lists, marked.

Diseases and symptoms are kept by their codes. Places and test kits are kept by name, since any other may be typed: what
was typed before is offered too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from covidstation.catalog import Catalog
from covidstation.domain.code_lists import offered
from covidstation.domain.codes import Kit
from covidstation.domain.episodes import TestKind
from covidstation.domain.hospitalization import FacilityLevel
from covidstation.domain.text import initials
from covidstation.i18n import _
from covidstation.ui.care.words import LEVELS
from covidstation.ui.parts.popup import Choice


def condition_choices(catalog: Catalog, day: date) -> list[Choice]:
    """The underlying diseases; whoever was given one of an earlier list keeps it."""
    now, before = offered(catalog.condition_lists, day)
    known = catalog.conditions
    return [*(Choice(code, known[code].label) for code in now), *(_earlier(code, known[code].label) for code in before)]


def symptom_choices(catalog: Catalog, day: date) -> list[Choice]:
    """The symptoms, in the list's order."""
    now, before = offered(catalog.symptom_lists, day)
    known = catalog.symptoms
    return [*(Choice(code, known[code].label) for code in now), *(_earlier(code, known[code].label) for code in before)]


def sign_choices(catalog: Catalog, day: date, words: Callable[[str], str]) -> list[Choice]:
    """The symptoms, the severe ones first, each with its first letters; `words` names a code."""
    now, before = offered(catalog.symptom_lists, day)
    texts = {code: words(code) for code in sorted(now, key=lambda code: not catalog.symptoms[code].severe)}
    shown = [Choice(code, text, initials(text)) for code, text in texts.items()]
    return [*shown, *(_earlier(code, words(code)) for code in before)]


def facility_choices(catalog: Catalog, day: date, used: Iterable[str]) -> list[Choice]:
    """Where people may be sent, the places of earlier times first; the key is the name."""
    listed = [one for rule in catalog.facility_lists if rule.on(day) for one in rule.codes]
    seconds = {one.label: _(LEVELS[FacilityLevel(one.level)]) if one.level else "" for one in listed}
    return [Choice(name, name, seconds.get(name, "")) for name in dict.fromkeys((*used, *seconds)) if name]


def level_of(catalog: Catalog, day: date, name: str) -> FacilityLevel | None:
    """The level of a listed place."""
    listed = (one for rule in catalog.facility_lists if rule.on(day) for one in rule.codes)
    return next((FacilityLevel(one.level) for one in listed if one.label == name and one.level), None)


def kit_choices(catalog: Catalog, day: date, kind: TestKind | None) -> list[Choice]:
    """The test kits for that kind of test; the key is the name that is kept."""
    listed = [one for rule in catalog.kit_lists if rule.on(day) for one in rule.codes]
    return [Choice(_kit_name(one), one.label, one.maker) for one in listed if kind is None or one.kind == kind.value]


def _kit_name(kit: Kit) -> str:
    return f"{kit.label} ({kit.maker})" if kit.maker else kit.label


def _earlier(code: str, label: str) -> Choice:
    return Choice(code, label, _("danh mục cũ"))
