"""What a list of diseases or symptoms offers on a day: the codes in force, then those of earlier lists, marked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from covidstation.catalog import Catalog
from covidstation.domain.code_lists import offered
from covidstation.domain.text import initials
from covidstation.i18n import _
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


def _earlier(code: str, label: str) -> Choice:
    return Choice(code, label, _("danh mục cũ"))
