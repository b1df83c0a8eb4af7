"""Tables for a spreadsheet (xlsx): what people typed is always text there, never a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from covidstation.domain.text import clean, clean_block
from covidstation.services.files import keep_file

Value = str | int | float | date | datetime | None
"""What a cell may hold; None leaves it empty."""

LONGEST: Final = 32_767  # letters in a cell, by Excel's own limit
_WIDE, _NARROW = 60, 6  # letters
_FORMULA: Final = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
_SAMPLE: Final = 200  # rows looked at for a column's width
_NO_SHEET_NAME: Final = str.maketrans("[]:*?/\\", "       ")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTable:
    """One sheet: a title line, `notes` under it, then the heads and the rows. `rows` are as long as `columns`."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[str] = ()
    name: str = ""  # of the sheet's tab; the title when empty


def write_sheets(path: Path, tables: Sequence[SheetTable]) -> Path:
    """Several tables as sheets of one file, whole or not at all. Raises UserError paper.not_kept."""
    return keep_file(path, xlsx_bytes(tables))


def xlsx_bytes(tables: Sequence[SheetTable]) -> bytes:
    """The file's bytes.

    Words go through `write_string` alone: a name such as `=HYPERLINK(…)`, `+84…`, `-1` or `@…` stays a name, and a
    number keeps its leading zeros.
    """
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = _looks(book)
    used: set[str] = set()
    for number, table in enumerate(tables, start=1):
        sheet = book.add_worksheet(_sheet_name(table.name or table.title, number, used))
        _fill(sheet, table, looks)
    book.close()
    return out.getvalue()


def _looks(book: Workbook) -> dict[str, Format]:
    base: dict[str, Any] = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
    cell = {**base, "border": 1}
    return {
        "title": book.add_format({**base, "bold": True, "font_size": 14}),
        "note": book.add_format({**base, "italic": True}),
        "head": book.add_format({**cell, "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center"}),
        "text": book.add_format({**cell, "num_format": "@", "text_wrap": True}),
        "number": book.add_format(cell),
        "day": book.add_format({**cell, "num_format": "dd/mm/yyyy", "align": "left"}),
        "moment": book.add_format({**cell, "num_format": "hh:mm dd/mm/yyyy", "align": "left"}),
    }


def _fill(sheet: Worksheet, table: SheetTable, looks: dict[str, Format]) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, _cell_text(table.title), looks["title"])
    for at, note in enumerate(table.notes, start=1):
        sheet.write_string(at, 0, _cell_text(note), looks["note"])
    top = len(table.notes) + 2
    for column, head in enumerate(table.columns):
        sheet.write_string(top, column, _cell_text(head), looks["head"])
        sheet.set_column(column, column, _width(head, [row[column] for row in table.rows[:_SAMPLE]]))
    for at, row in enumerate(table.rows, start=top + 1):
        for column, value in enumerate(row):
            _put(sheet, at, column, value, looks)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 0)
    if table.columns:
        sheet.autofilter(top, 0, top + len(table.rows), len(table.columns) - 1)


def _put(sheet: Worksheet, row: int, column: int, value: Value, looks: dict[str, Format]) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, looks["text"])
    elif isinstance(value, str):
        sheet.write_string(row, column, _cell_text(value), looks["text"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), looks["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), looks["day"])
    else:
        sheet.write_number(row, column, value, looks["number"])


def csv_text(text: str) -> str:
    """A text for a cell of a CSV file: an apostrophe before what a spreadsheet would take for a formula (OWASP).

    Signs of full width and spaces in front count too.
    """
    return f"'{text}" if text.lstrip()[:1] in _FORMULA or text[:1] in _FORMULA else text


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """A CSV file in UTF-8 with the mark by which Excel knows it; texts are quoted and start no formula."""
    out = StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(columns)
    writer.writerows([csv_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue().encode("utf-8")


def _cell_text(text: str) -> str:
    """What a cell can hold: nothing hidden, which XML has no sign for, and no more than Excel counts, in UTF-16."""
    seen = clean_block(text)
    if len(seen) * 2 <= LONGEST:
        return seen
    return seen.encode("utf-16-le")[: LONGEST * 2].decode("utf-16-le", "ignore")


def _width(head: str, values: Sequence[Value]) -> float:
    longest = max((len(_words(value)) for value in values), default=0)
    return min(max(longest, min(len(head), 14), _NARROW) * 1.15 + 2, _WIDE)


def _words(value: Value) -> str:
    if isinstance(value, datetime):
        return "00:00 00/00/0000"
    return "00/00/0000" if isinstance(value, date) else str(value) if value is not None else ""


def _sheet_name(wanted: str, number: int, used: set[str]) -> str:
    """At most 31 letters without `[]:*?/\\`, no two alike, never empty (Excel's rules)."""
    name = " ".join(clean(wanted).translate(_NO_SHEET_NAME).split()).strip("'")[:31].strip("' ")
    if not name or name.casefold() in used | {"history"}:
        tail = f"{number}"
        name = f"{name[: 30 - len(tail)]} {tail}".strip()
    used.add(name.casefold())
    return name
