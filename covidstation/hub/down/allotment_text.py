"""Lines of a paper as people at the district have them: copied out of a spreadsheet, or typed with semicolons.

Seven columns: name, strength, form, unit, lot, expiry, quantity; an eighth may say the kind, a ninth the ATC code. Four
are enough for a common item: name, lot, expiry, quantity.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from covidstation.domain.allotments import AllotmentLine, filled_up
from covidstation.domain.supplies import ItemDraft, SupplyKind
from covidstation.domain.text import clean, fold
from covidstation.errors import UserError
from covidstation.services.reports.supply_ledger import KIND_NAMES

SHORT, FULL, MOST_COLUMNS = 4, 7, 9
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_MONTH: Final = re.compile(r"(\d{1,2})[/.-](\d{4})")
_UNITS: Final = re.compile(r"\d{1,3}(?:[ .\u00a0]\d{3})+|\d+")


def read_lines(text: str, common: Iterable[ItemDraft]) -> tuple[AllotmentLine, ...]:
    """The lines, numbered from 1; a first one of heads is passed over.

    Raises UserError allotment.columns, allotment.not_common, allotment.bad_day, allotment.bad_units, each with `line`.
    """
    known = tuple(common)
    rows = [(number, cells) for number, cells in _rows(text)]
    if rows and _is_head(rows[0][1]):
        rows = rows[1:]
    return tuple(_line(at, number, cells, known) for at, (number, cells) in enumerate(rows, start=1))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if clean(line):
            yield number, [clean(cell) for cell in line.split("\t" if "\t" in line else ";")]


def _is_head(cells: Sequence[str]) -> bool:
    """Words where a day and a quantity stand in every other line."""
    if len(cells) < SHORT:
        return False
    at = SHORT - 2 if len(cells) == SHORT else FULL - 2
    day_and_units = cells[at : at + 2]
    return all(day_and_units) and not any(letter.isdigit() for cell in day_and_units for letter in cell)


def _line(at: int, number: int, cells: Sequence[str], common: Sequence[ItemDraft]) -> AllotmentLine:
    if len(cells) != SHORT and not FULL <= len(cells) <= MOST_COLUMNS:
        raise UserError("allotment.columns", line=number, n=len(cells))
    if len(cells) == SHORT:
        item = filled_up(ItemDraft(name=cells[0]), common)
        if not item.unit:
            raise UserError("allotment.not_common", line=number, name=cells[0])
        lot, expiry, units = cells[1:]
    else:
        name, strength, form, unit, lot, expiry, units, kind, atc = [*cells, "", ""][:MOST_COLUMNS]
        typed = ItemDraft(kind=_kind(kind), name=name, strength=strength, form=form, unit=unit, atc=atc)
        item = filled_up(typed, common)
    return AllotmentLine(
        number=at, item=item, lot=lot, expiry=_expiry(expiry, number), quantity=_quantity(units, number)
    )


def _kind(text: str) -> SupplyKind:
    """By its code or its word; medicines when nothing stands there."""
    words = {fold(word): SupplyKind(key) for key, word in KIND_NAMES.items()}
    words |= {fold(kind.value): kind for kind in SupplyKind}
    return words.get(fold(text), SupplyKind.OTHER) if text else SupplyKind.MEDICINE


def _expiry(text: str, number: int) -> date | None:
    """`31/12/2027`, `2027-12-31`; `12/2027` is the last day of that month, as on a box."""
    if not text:
        return None
    try:
        if found := _DAY.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _MONTH.fullmatch(text):
            year, month = int(found[2]), int(found[1])
            return date(year, month, calendar.monthrange(year, month)[1])
        return date.fromisoformat(text[:10])
    except (ValueError, calendar.IllegalMonthError):
        raise UserError("allotment.bad_day", line=number, day=text[:40]) from None


def _quantity(text: str, number: int) -> int:
    """`1500`, `1.500`, `1 500`."""
    if not _UNITS.fullmatch(text) or len(text) > 12:
        raise UserError("allotment.bad_units", line=number, units=text[:40])
    return int(re.sub(r"[ .\u00a0]", "", text))
