"""Gathers the Vietnamese texts of the code for translation (docs/adr/0005).

Writes `resources/locale/covidstation.pot` and brings each language's `.po` up to date: new texts come in empty,
texts no longer used go, nothing is guessed. The files carry no dates, so that an unchanged text changes no line.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tools.sources import ROOT

LOCALE = ROOT / "resources" / "locale"
TEMPLATE = LOCALE / "covidstation.pot"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
PLACES = {
    "covidstation": [("**.py", "python")],
    "resources/hub/templates": [("**.html", "jinja2.ext:babel_extract")],
}
LANGUAGES = ("en",)
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def catalogue_file(language: str) -> Path:
    """Where a language's texts lie."""
    return LOCALE / language / "LC_MESSAGES" / "covidstation.po"


def extract() -> Catalog:
    """Every text of the code, with the files that use it."""
    found = Catalog(domain="covidstation", fuzzy=False)
    for folder, methods in PLACES.items():
        texts = extract_from_dir(
            ROOT / folder, methods, keywords=KEYWORDS, comment_tags=("i18n:",), strip_comment_tags=True
        )
        for name, _line, message, comments, context in sorted(texts, key=lambda text: (text[0], text[1])):
            found.add(message, locations=[(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one when there is none."""
    file = catalogue_file(language)
    if not file.exists():
        return Catalog(locale=language, domain="covidstation", fuzzy=False)
    return read_po(BytesIO(file.read_bytes()), locale=language, domain="covidstation")


def update(language: str, template: Catalog) -> None:
    """Bring that language's file up to date with the code."""
    catalogue = read(language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    _write(catalogue, catalogue_file(language))


def _write(catalogue: Catalog, file: Path) -> None:
    written = BytesIO()
    write_po(written, catalogue, width=0, omit_header=True, include_lineno=False, sort_by_file=True)
    plural = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale_identifier or "vi"}\\n"\n'
    plural += '"Content-Type: text/plain; charset=utf-8\\n"\n'
    if catalogue.locale is not None:
        plural += f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(plural + "\n" + written.getvalue().decode(), encoding="utf-8", newline="\n")


def missing(language: str, template: Catalog) -> list[str]:
    """The texts of the code without a translation in that language."""
    catalogue = read(language)
    wanted = (message for message in template if message.id)
    return [_key(message.id) for message in wanted if not _translated(catalogue, message.id)]


def strayed(language: str) -> list[str]:
    """Translations whose {placeholders} are not those of their text: they would print a brace or raise."""
    return [
        _key(message.id)
        for message in read(language)
        if message.id and any(text and _holes(text) != _holes(_key(message.id)) for text in _forms(message.string))
    ]


def _translated(catalogue: Catalog, text: str | tuple[str, ...] | list[str]) -> bool:
    found = catalogue.get(text)
    return found is not None and not found.fuzzy and all(_forms(found.string))


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, str) or text is None else [form or "" for form in text]


def _key(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[-1]


def _holes(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def main() -> int:
    """Write the files anew and say what is not translated yet."""
    template = extract()
    _write(template, TEMPLATE)
    for language in LANGUAGES:
        update(language, template)
        lacking = missing(language, template)
        print(f"{language}: {len(template)} texts, {len(lacking)} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
