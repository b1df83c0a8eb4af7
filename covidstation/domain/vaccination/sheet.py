"""Doses as a list or a spreadsheet has them: which column means what, and each row read with care.

No official columns are known (the national platform's were not found), so that a person says what each means; the
titles only propose it. One row may tell several doses of one person: a column is then of the first, the second, ….
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import StringIO
from typing import Final, NamedTuple
from uuid import UUID

from covidstation.domain.dates import PartialDate, read_birth
from covidstation.domain.problems import Problem
from covidstation.domain.text import clean, fold
from covidstation.domain.vaccination.dose_words import place_of
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.products import USUAL_DOSES

MOST_ROWS: Final = 1000
MOST_COLUMNS: Final = 60
CELL_LIMIT: Final = 400  # letters
MOST_LETTERS: Final = 2_000_000
MOST_DOSES: Final = 5  # told in one row


class SheetColumn(StrEnum):
    """What a column holds."""

    NAME = "name"
    BIRTH = "birth"
    CITIZEN = "citizen"
    GIVEN = "given"
    PRODUCT = "product"
    NUMBER = "number"
    CLASS = "class"
    LOT = "lot"
    EXPIRY = "expiry"
    FACILITY = "facility"
    VACCINATOR = "vaccinator"
    NOTE = "note"


OF_PERSON: Final = frozenset({SheetColumn.NAME, SheetColumn.BIRTH, SheetColumn.CITIZEN})
_MUI: Final = re.compile(r"\bmui (?:tiem |thu |so )*([1-9])\b")
_NO_DOSE: Final = re.compile(  # appointments and plans, and what was asked or seen beside a dose
    r"\b(?:hen|du kien|du dinh|ke hoach|tiep theo|sap toi|phan ung|tien su|di ung|tai bien)\b"
)
_DOSE_ALONE: Final = re.compile(  # "mũi 2", "mũi 2, ngày", "mũi 3 (nhắc lại lần 1)"
    r"(?:ngay|mui|tiem|thu|so|lan|nhac lai|nhac|bo sung|co ban|[1-9]|[ ()/,.:-])+"
)
_WORDS: Final[Mapping[SheetColumn, tuple[str, ...]]] = {
    SheetColumn.CITIZEN: ("cccd", "cmnd", "can cuoc", "dinh danh", "so giay to", "ho chieu"),
    SheetColumn.NAME: ("ho va ten", "ho ten", "ten nguoi", "full name"),
    SheetColumn.BIRTH: ("ngay sinh", "nam sinh", "ngay thang nam sinh", "date of birth"),
    SheetColumn.EXPIRY: ("han dung", "han su dung", "expiry"),
    SheetColumn.LOT: ("so lo", "lo vac xin", "lot"),
    SheetColumn.FACILITY: ("co so tiem", "noi tiem", "dia diem tiem", "don vi tiem", "facility"),
    SheetColumn.VACCINATOR: ("nguoi tiem", "can bo tiem"),
    SheetColumn.GIVEN: ("ngay tiem", "thoi gian tiem", "date of vaccination"),
    SheetColumn.PRODUCT: ("loai vac xin", "ten vac xin", "vac xin", "vaccine"),
    SheetColumn.CLASS: ("loai mui",),
    SheetColumn.NUMBER: ("mui so", "mui tiem", "mui thu", "mui"),
    SheetColumn.NOTE: ("ghi chu", "note"),
}


class Target(NamedTuple):
    """What a column means: `dose` is 0 for a person's, and for the only dose of a row; from 1 for one of several."""

    column: SheetColumn
    dose: int = 0


Targets = tuple[Target | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDose:
    """One dose of one row, as it was read. `place`: its line in the sheet, from 1.

    `overall`: the number of a booster, where it was told among all doses ("nhắc lại, mũi 4") and not among boosters.
    """

    place: int
    name: str
    birth: PartialDate | None
    citizen: str
    draft: DoseDraft | None  # none when it cannot be read; nobody is named in it yet
    problems: tuple[Problem, ...] = ()
    overall: int | None = None


class TableTooLong(ValueError):
    """More than is taken at once: nothing of it is, so that no row is left out unseen."""


def read_table(text: str) -> list[list[str]]:
    """Rows of a pasted or a CSV table, tabs, semicolons or commas between. Raises ValueError when it is none,
    TableTooLong for more than MOST_ROWS people or MOST_LETTERS letters."""
    if len(text) > MOST_LETTERS:
        raise TableTooLong
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first = text.split("\n", 1)[0]
    mark = max("\t;,", key=first.count)
    try:
        rows = [row for row in csv.reader(StringIO(text), delimiter=mark) if any(cell.strip() for cell in row)]
    except csv.Error as trouble:
        raise ValueError("no table") from trouble
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ValueError("no table")
    if len(rows) > MOST_ROWS + 1:
        raise TableTooLong
    return [[clean(cell)[:CELL_LIMIT] for cell in row[:MOST_COLUMNS]] for row in rows]


def decode(data: bytes) -> str:
    """A file's text: UTF-8, or UTF-16 with its mark, as spreadsheets write it. Raises ValueError."""
    kind = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(kind)


def guess_targets(titles: Sequence[str]) -> Targets:
    """What the titles seem to mean; each meaning once, the first column that has it. An appointment is no dose: what
    stands beside doses, and what only names one among other words, means nothing until somebody says so."""
    found: list[Target | None] = []
    for title in titles:
        words = fold(title)
        said = {} if _NO_DOSE.search(words) else _WORDS
        column = next((one for one, names in said.items() if any(name in words for name in names)), None)
        dose = _dose_in(words) if column is not None and column not in OF_PERSON else 0
        if column is SheetColumn.NUMBER and dose:
            column = SheetColumn.GIVEN if _DOSE_ALONE.fullmatch(words) else None  # "mũi 2" over days
        target = Target(column, dose) if column is not None else None
        found.append(None if target in found else target)
    return tuple(found)


def _dose_in(words: str) -> int:
    """2 for "ngay tiem mui 2", 3 for "mui 3 (nhac lai)" and "nhac lai 1"; 0 without, or beyond the fifth."""
    found = _MUI.search(words)
    place = place_of("", words)
    if found:
        number = int(found[1])
    elif place.kind is DoseClass.BOOSTER and place.sure:
        number = USUAL_DOSES + (place.number or 1)
    else:
        number = 0
    return number if number <= MOST_DOSES else 0


def read_rows(table: Sequence[Sequence[str]], targets: Targets, source: DoseSource, today: date) -> list[SheetDose]:
    """Each dose of each row below the titles; rows without any word of a dose are left out."""
    return [one for place, row in enumerate(table[1:], start=2) for one in _row(row, targets, source, today, place)]


def _row(row: Sequence[str], targets: Targets, source: DoseSource, today: date, place: int) -> Iterator[SheetDose]:
    cells = {target: text for target, text in zip(targets, row, strict=False) if target is not None and text}
    person = {column: cells.get(Target(column), "") for column in OF_PERSON}
    birth, troubles = _birth(person[SheetColumn.BIRTH], today)
    shared = {column: text for (column, dose), text in cells.items() if not dose and column not in OF_PERSON}
    numbers = sorted({dose for _column, dose in cells if dose})
    alone = shared.pop(SheetColumn.GIVEN, "") if numbers else ""  # a day is of one dose: of one without a number
    if alone or not numbers:
        numbers.insert(0, 0)
    for dose in numbers:
        own = {column: text for (column, at), text in cells.items() if at == dose and column not in OF_PERSON}
        said = {**shared, **own}
        if not said.get(SheetColumn.GIVEN) and not said.get(SheetColumn.PRODUCT):
            continue
        draft, overall, found = _draft(said, dose, source, today)
        yield SheetDose(
            place=place, name=person[SheetColumn.NAME], birth=birth, citizen=person[SheetColumn.CITIZEN],
            draft=draft, problems=(*troubles, *found), overall=overall,
        )  # fmt: skip


def _birth(text: str, today: date) -> tuple[PartialDate | None, list[Problem]]:
    if not text:
        return None, []
    try:
        return _when(text, today), []
    except ValueError:
        return None, [Problem("birth", "vaccination.sheet_birth", {"text": text})]


def _when(text: str, today: date) -> PartialDate:
    """A day as people write it, or as spreadsheets do: `2021-09-05`, with or without an hour. Raises ValueError."""
    day = text.split()[0] if len(text) > 10 else text
    if len(day) == 10 and day[4] == "-":
        return PartialDate.of(date.fromisoformat(day))
    return read_birth(day, today)


def _draft(
    said: Mapping[SheetColumn, str], dose: int, source: DoseSource, today: date
) -> tuple[DoseDraft | None, int | None, list[Problem]]:
    found: list[Problem] = []
    text = said.get(SheetColumn.GIVEN, "")
    try:
        given = _when(text, today)
    except (ValueError, IndexError):
        code = "vaccination.sheet_day" if text else "vaccination.day_missing"
        return None, None, [Problem("given", code, {"text": text})]
    expiry = None
    if words := said.get(SheetColumn.EXPIRY, ""):
        try:
            expiry = _when(words, date(today.year + 10, 1, 1)).full
        except ValueError:
            found.append(Problem("expiry", "vaccination.sheet_day", {"text": words}))
    kind_text, number_text = said.get(SheetColumn.CLASS, ""), said.get(SheetColumn.NUMBER, "")
    place = place_of(kind_text, number_text, dose)
    if not place.sure:
        found.append(unsure_place(" · ".join(filter(None, (kind_text, number_text)))))
    return DoseDraft(
        person_id=UUID(int=0), given=given, product_name=said.get(SheetColumn.PRODUCT, ""), dose_class=place.kind,
        number=place.number, lot_number=said.get(SheetColumn.LOT, ""), expiry=expiry,
        facility=said.get(SheetColumn.FACILITY, ""), vaccinator=said.get(SheetColumn.VACCINATOR, ""),
        note=said.get(SheetColumn.NOTE, ""), source=source,
    ), place.overall, found  # fmt: skip


def unsure_place(text: str) -> Problem:
    """Which dose it is can be read in two ways: kept without its number, when somebody says so."""
    return Problem("number", "vaccination.sheet_place", {"text": text}, "warning")


def signature(titles: Iterable[str]) -> str:
    """What tells one template from another: its titles."""
    return "|".join(fold(title) for title in titles)[:600]
