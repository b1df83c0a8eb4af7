"""Many people of one mass test in one grid: cells as typed or pasted, and what they mean.

Cells are strings, hostile until read here: text from a spreadsheet is cut, cleaned and never taken for anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from covidstation.domain.care import FoundIn
from covidstation.domain.citizen import CITIZEN, OLD_CITIZEN, normal_number
from covidstation.domain.dates import PartialDate, read_birth
from covidstation.domain.episodes import CaseClassification, KitFrom, TestKind, TestResult
from covidstation.domain.hamlets import split_hamlet
from covidstation.domain.people import PersonDraft
from covidstation.domain.problems import Problem
from covidstation.domain.terms import Answer, Sex
from covidstation.domain.text import clean, fold

MOST_ROWS: Final = 500
MOST_PASTED: Final = 400_000  # letters of one paste
CELL_LIMIT: Final = 200  # letters of one cell


class Cell(StrEnum):
    """The columns, in the order of the grid and of a paste."""

    NAME = "full_name"
    BIRTH = "birth"
    SEX = "sex"
    CITIZEN = "citizen_number"
    PHONE = "phone"
    HAMLET = "hamlet_id"
    HOUSEHOLD = "household_id"
    DOSES = "doses_known"
    SYMPTOMS = "symptoms"
    RESULT = "result"
    KIT = "kit"


HEADS: Final[Mapping[str, Cell]] = {
    "ho va ten": Cell.NAME,
    "ho ten": Cell.NAME,
    "ngay sinh": Cell.BIRTH,
    "nam sinh": Cell.BIRTH,
    "gioi": Cell.SEX,
    "gioi tinh": Cell.SEX,
    "cccd": Cell.CITIZEN,
    "so cccd": Cell.CITIZEN,
    "cccd/cmnd": Cell.CITIZEN,
    "cmnd": Cell.CITIZEN,
    "dien thoai": Cell.PHONE,
    "so dien thoai": Cell.PHONE,
    "sdt": Cell.PHONE,
    "ban": Cell.HAMLET,
    "thon": Cell.HAMLET,
    "thon/ban": Cell.HAMLET,
    "dia chi": Cell.HAMLET,
    "ho": Cell.HOUSEHOLD,
    "chu ho": Cell.HOUSEHOLD,
    "so mui": Cell.DOSES,
    "mui": Cell.DOSES,
    "trieu chung": Cell.SYMPTOMS,
    "ket qua": Cell.RESULT,
    "sinh pham": Cell.KIT,
    "sinh pham xet nghiem": Cell.KIT,
    "kit": Cell.KIT,
    "bo kit": Cell.KIT,
    "que test": Cell.KIT,
}
"""Folded titles of other people's spreadsheets; from general knowledge, as each station makes its own."""

_SEXES: Final = {"nam": Sex.MALE, "m": Sex.MALE, "trai": Sex.MALE, "nu": Sex.FEMALE, "f": Sex.FEMALE, "gai": Sex.FEMALE}
_POSITIVE: Final = frozenset(("+", "d", "dt", "duong", "duong tinh", "(+)", "pos", "positive"))
_NEGATIVE: Final = frozenset(("-", "a", "at", "am", "am tinh", "(-)", "neg", "negative", "–"))
_YES: Final = frozenset(("co", "x", "c", "yes"))
_NO: Final = frozenset(("khong", "k", "ko", "no", "0"))
_PARTS: Final = re.compile(r"[,;+/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHeader:
    """What all rows share. `hamlet_id` and `kit` are taken where a row names none; `found_at` begins the hours of
    NĐ 165; `kit_from` is whose all the kits were."""

    sampled_on: date | None = None
    found_at: datetime | None = None  # the station's wall clock
    kind: TestKind = TestKind.RAPID_ANTIGEN
    place: str = ""
    result: TestResult = TestResult.POSITIVE
    found_in: FoundIn | None = FoundIn.SCREENING
    hamlet_id: UUID | None = None
    kit: str = ""
    kit_from: KitFrom = KitFrom.STATION


@dataclass(frozen=True, slots=True)
class LineRow:
    """One row as it stands: cells by column, what a card gave besides, and whom the nurse said it is.

    `person_id`: this person of the register; `is_new`: nobody of those who look alike.
    """

    cells: Mapping[str, str]
    card: Mapping[str, str]
    person_id: UUID | None = None
    is_new: bool = False

    def text(self, cell: Cell) -> str:
        """What stands in that cell, tidy."""
        return clean(self.cells.get(cell, ""))

    def with_text(self, cell: Cell, text: str) -> LineRow:
        """The row with other words there; another name, number or birth asks anew who it is."""
        changed = replace(self, cells={**self.cells, cell: clean(text)[:CELL_LIMIT]})
        if cell in (Cell.NAME, Cell.BIRTH, Cell.CITIZEN) and changed.text(cell) != self.text(cell):
            changed = replace(changed, person_id=None, is_new=False)
        return changed

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(clean(text) for text in self.cells.values())


EMPTY: Final = LineRow({}, {})


@dataclass(frozen=True, slots=True)
class Known:
    """The words that cells may name: hamlets by id, symptoms by code."""

    hamlets: Mapping[UUID, str]
    symptoms: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRead:
    """What a row means; `head` is the household's head as written."""

    person: PersonDraft
    head: str = ""
    doses: int | None = None
    symptoms: frozenset[str] = frozenset()
    ill: Answer = Answer.UNKNOWN
    result: TestResult = TestResult.POSITIVE
    kit: str = ""
    note: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def classification(self) -> CaseClassification:
        """As the illness is registered; nobody says "no symptoms" unless somebody wrote it."""
        return CaseClassification.CONFIRMED_NO_SYMPTOMS if self.ill is Answer.NO else CaseClassification.CONFIRMED


def read_line(row: LineRow, header: LineHeader, known: Known, today: date) -> LineRead:
    """Read the cells of one row; each cell that cannot be read is a problem of its column."""
    problems: list[Problem] = []
    birth = _birth(row.text(Cell.BIRTH), today, problems)
    number = normal_number(row.text(Cell.CITIZEN))
    hamlet = match_hamlet(row.text(Cell.HAMLET), known.hamlets) if row.text(Cell.HAMLET) else header.hamlet_id
    if hamlet is None and row.text(Cell.HAMLET):
        problems.append(Problem(Cell.HAMLET, "line_list.hamlet", {"name": row.text(Cell.HAMLET)}))
    if len(number) == 11 and number.isdecimal():
        problems.append(Problem(Cell.CITIZEN, "line_list.lost_zero", {"number": "0" + number}))
    old = bool(OLD_CITIZEN.fullmatch(number))
    ill, symptoms, note = _symptoms(row.text(Cell.SYMPTOMS), known.symptoms)
    card = row.card
    person = PersonDraft(
        full_name=row.text(Cell.NAME),
        birth=birth,
        sex=_sex(row.text(Cell.SEX), number, problems),
        citizen_number="" if old else number,
        old_citizen_number=number if old else card.get("old_citizen_number", ""),
        insurance_number=card.get("insurance_number", ""),
        phone=row.text(Cell.PHONE),
        hamlet_id=hamlet,
        address_printed=card.get("address_printed", ""),
        card_extras=card.get("card_extras", ""),
    )
    return LineRead(
        person=person,
        head=row.text(Cell.HOUSEHOLD),
        doses=_doses(row.text(Cell.DOSES), problems),
        symptoms=symptoms,
        ill=ill,
        result=_result(row.text(Cell.RESULT), header.result, problems),
        kit=row.text(Cell.KIT) or clean(header.kit),
        note=note,
        problems=tuple(problems),
    )


def tidy_cell(cell: Cell, text: str, known: Known, today: date) -> str:
    """The text as the grid shows it once it is left: a birth in full, `nu` as `Nữ`, a hamlet by its whole name."""
    text = clean(text)[:CELL_LIMIT]
    if cell is Cell.BIRTH and text:
        try:
            return read_birth(text, today).text()
        except ValueError:
            return text
    if cell is Cell.SEX and fold(text) in _SEXES:
        return "Nam" if _SEXES[fold(text)] is Sex.MALE else "Nữ"
    if cell is Cell.HAMLET and text:
        found = match_hamlet(text, known.hamlets)
        return text if found is None else known.hamlets[found]
    if cell is Cell.RESULT and text:
        found_result = read_result(text)
        return {TestResult.POSITIVE: "dương", TestResult.NEGATIVE: "âm"}.get(found_result, text)  # type: ignore[arg-type]
    return text


def read_result(text: str) -> TestResult | None:
    """`+`, `dương`, `âm tính`; None for anything else."""
    folded = fold(text)
    if folded in _POSITIVE or text in _POSITIVE:
        return TestResult.POSITIVE
    return TestResult.NEGATIVE if folded in _NEGATIVE or text in _NEGATIVE else None


def match_hamlet(text: str, hamlets: Mapping[UUID, str]) -> UUID | None:
    """The one hamlet of that name, with or without its kind and marks; else the one whose name begins so."""
    wanted = fold(split_hamlet(text)[1])
    whole = fold(text)
    names = {key: (fold(title), fold(split_hamlet(title)[1])) for key, title in hamlets.items()}
    same = [key for key, both in names.items() if whole in both or wanted in both]
    if len(same) != 1:
        exact = [key for key, both in names.items() if whole == both[0]]
        same = exact or same or [key for key, both in names.items() if wanted and both[1].startswith(wanted)]
    return same[0] if len(same) == 1 else None


def paste_rows(text: str) -> list[LineRow]:
    """Rows of tab-separated text, as a spreadsheet gives them: by its titles when the first row has them, else in
    the grid's order; a column of running numbers before the names is dropped. At most MOST_ROWS rows."""
    lines = [line for line in text[:MOST_PASTED].replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    table = [[clean(cell)[:CELL_LIMIT] for cell in line.split("\t")] for line in lines[: MOST_ROWS + 1]]
    if not table:
        return []
    heads = [HEADS.get(fold(title)) for title in table[0]]
    if Cell.NAME in heads and len(table[0]) > 1:
        return [_row_of(zip(heads, cells, strict=False)) for cells in table[1:]][:MOST_ROWS]
    if all(len(cells) > 1 and cells[0].isdecimal() and len(cells[0]) <= 3 for cells in table):
        table = [cells[1:] for cells in table]
    return [_row_of(zip(Cell, cells, strict=False)) for cells in table[:MOST_ROWS]]


def row_of_card(draft: PersonDraft, person_id: UUID | None = None, *, hamlet: str = "") -> LineRow:
    """What a scanned card gives; `hamlet` is the one that its address names."""
    cells = {
        Cell.NAME: draft.full_name,
        Cell.BIRTH: draft.birth.text() if draft.birth else "",
        Cell.SEX: {Sex.MALE: "Nam", Sex.FEMALE: "Nữ"}.get(draft.sex, ""),
        Cell.CITIZEN: draft.citizen_number or draft.old_citizen_number,
        Cell.PHONE: draft.phone,
        Cell.HAMLET: hamlet,
    }
    names = ("old_citizen_number", "insurance_number", "address_printed", "card_extras")
    card = {name: text for name in names if (text := getattr(draft, name))}
    return LineRow({str(cell): text for cell, text in cells.items() if text}, card, person_id)


def raw_rows(rows: Iterable[LineRow]) -> list[dict[str, Any]]:
    """Rows as JSON values, for a draft."""
    return [
        {
            "cells": dict(row.cells),
            "card": dict(row.card),
            "person_id": row.person_id.hex if row.person_id else "",
            "is_new": row.is_new,
        }
        for row in rows
    ]


def rows_from(raw: object) -> list[LineRow]:
    """What `raw_rows` gave; what is damaged is left out."""
    found = []
    for one in raw if isinstance(raw, list) else ():
        if not isinstance(one, Mapping):
            continue
        person = str(one.get("person_id") or "")
        try:
            person_id = UUID(person) if person else None
        except ValueError:
            person_id = None
        cells, card = _texts(one.get("cells")), _texts(one.get("card"))
        found.append(LineRow(cells, card, person_id, one.get("is_new") is True))
    return found[:MOST_ROWS]


def twice(reads: Sequence[LineRead | None]) -> dict[int, tuple[int, str]]:
    """Rows that stand for the same person as an earlier one: row -> (the earlier row, column that says so)."""
    numbers: dict[str, int] = {}
    names: dict[tuple[str, int | None], int] = {}
    found: dict[int, tuple[int, str]] = {}
    for at, read in enumerate(reads):
        if read is None:
            continue
        number = read.person.citizen_number or read.person.old_citizen_number
        name = (fold(read.person.full_name), read.person.birth.year if read.person.birth else None)
        if number and number in numbers:
            found[at] = (numbers[number], Cell.CITIZEN)
        elif name[0] and name in names and not _differ(reads[names[name]], read):
            found[at] = (names[name], Cell.NAME)
        numbers.setdefault(number, at)
        names.setdefault(name, at)
    return found


def _differ(one: LineRead | None, other: LineRead) -> bool:
    """Two whole numbers that are not the same make two people of the same name and age."""
    mine, theirs = other.person.citizen_number, one.person.citizen_number if one else ""
    return bool(CITIZEN.fullmatch(mine) and CITIZEN.fullmatch(theirs) and mine != theirs)


def _texts(raw: object) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        return {}
    return {str(key): clean(text)[:CELL_LIMIT] for key, text in raw.items() if isinstance(text, str)}


def _row_of(cells: Iterable[tuple[Cell | None, str]]) -> LineRow:
    return LineRow({str(cell): text for cell, text in cells if cell is not None and text}, {})


def _birth(text: str, today: date, problems: list[Problem]) -> PartialDate | None:
    if not text:
        return None
    try:
        return read_birth(text, today)
    except ValueError:
        problems.append(Problem(Cell.BIRTH, "forms.bad_birth"))
        return None


def _sex(text: str, number: str, problems: list[Problem]) -> Sex:
    """As written; empty, what the citizen number's fourth digit says."""
    if not text:
        even = CITIZEN.fullmatch(number) and int(number[3]) % 2 == 0
        return Sex.UNKNOWN if not CITIZEN.fullmatch(number) else Sex.MALE if even else Sex.FEMALE
    found = _SEXES.get(fold(text))
    if found is None:
        problems.append(Problem(Cell.SEX, "line_list.sex", {"text": text}))
    return found or Sex.UNKNOWN


def _doses(text: str, problems: list[Problem]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 2):
        problems.append(Problem(Cell.DOSES, "forms.bad_number"))
        return None
    return int(text)


def _result(text: str, default: TestResult, problems: list[Problem]) -> TestResult:
    if not text:
        return default
    found = read_result(text)
    if found is None:
        problems.append(Problem(Cell.RESULT, "line_list.result", {"text": text}))
    return found or default


def _symptoms(text: str, labels: Mapping[str, str]) -> tuple[Answer, frozenset[str], str]:
    """Whether there are any, the known ones, and what else was written (kept as a note)."""
    if not text or fold(text) in _NO:
        return (Answer.NO if text else Answer.UNKNOWN), frozenset(), ""
    if fold(text) in _YES:
        return Answer.YES, frozenset(), ""
    by_word = {fold(label): code for code, label in labels.items()}
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    known = frozenset(by_word[fold(part)] for part in parts if fold(part) in by_word)
    return Answer.YES, known, ", ".join(part for part in parts if fold(part) not in by_word)
