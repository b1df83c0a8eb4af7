"""The slip that goes home with medicines: what was given, how to take it, who gave it and who received it.

Always Vietnamese, like all papers. No form for it was seen: its parts are those of any station's hand-written slip.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.wording import clean
from covidstation.printing import fonts
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column, beside
from covidstation.printing.rows import Cell
from covidstation.printing.sheet import open_sheet
from covidstation.printing.sheet_table import MARGIN, PAGE, WIDTH, cell_row, pages, words
from covidstation.printing.typeset import Box, runs

TITLE: Final = "PHIẾU CẤP PHÁT THUỐC"
SIZE: Final = 13.0
LEAST: Final = 10 * mm
HEADS: Final = ("TT", "Tên thuốc", "Số lượng", "Cách dùng")
WIDTHS: Final = (12 * mm, 68 * mm, 32 * mm, WIDTH - 112 * mm)
SIGNS: Final = ("Người nhận thuốc", "Người cấp thuốc")
GIVEN_BACK: Final = "ĐÃ THU LẠI"
DOTS: Final = "…" * 30


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineLine:
    """One medicine of the slip."""

    name: str
    quantity: str
    dose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineSlip:
    """Every word of a slip. `call` says when to call the station and which number."""

    station: str
    parent: str
    name: str
    who: str  # age, sex, weight
    address: str
    given_at: datetime
    package: str
    lines: tuple[MedicineLine, ...]
    call: str
    giver: str
    taken_back: bool = False
    training: bool = False


def render(slip: MedicineSlip) -> bytes:
    """A lying A4 page as PDF, more for a very long list. The bytes are not stored."""
    fonts.register()
    canvas, out = open_sheet(TITLE, PAGE)
    title = f"{TITLE} ({GIVEN_BACK})" if slip.taken_back else TITLE
    day = f"Ngày {slip.given_at:%d/%m/%Y}, {slip.given_at:%H} giờ {slip.given_at:%M}"
    station = " – ".join(part for part in (slip.parent, slip.station) if part)
    who = ", ".join(part for part in (slip.name, slip.who) if part)
    first = [
        words(station, Font.REGULAR, 12),
        words(title, Font.BOLD, 16, align="centre", before=6),
        words(". ".join(part for part in (day, slip.package) if part), Font.ITALIC, 12, align="centre", before=2),
        words(f"Họ và tên: {who}", Font.BOLD, SIZE, before=8),
        words(f"Địa chỉ: {slip.address or DOTS}", Font.REGULAR, SIZE, before=2),
        Box(8, lambda _sheet, _top: None),
    ]
    head = cell_row([Cell(text, Font.BOLD, "centre") for text in HEADS], WIDTHS, SIZE, grey=True)
    rows = [_row(number, line) for number, line in enumerate(slip.lines, start=1)]
    if rows:  # a page is never signed without a medicine on it
        rows[-1] = replace(rows[-1], keep=True)
    call = [words(slip.call, Font.BOLD, SIZE, before=8)] if slip.call else []
    pages(canvas, [*rows, *call, _signs(slip)], head, first, training=slip.training)
    canvas.save()
    return out.getvalue()


def _row(number: int, line: MedicineLine) -> Box:
    cells = (
        Cell(f"{number}", align="centre"),
        Cell(line.name, Font.BOLD),
        Cell(line.quantity, align="centre"),
        Cell(line.dose),
    )
    return cell_row(cells, WIDTHS, SIZE, least=LEAST)


def _signs(slip: MedicineSlip) -> Box:
    """Two places to sign beside each other, the giver's name under theirs."""
    half = WIDTH / 2
    columns = [Column(MARGIN, half), Column(MARGIN + half, half)]
    for column, words_, name in zip(columns, SIGNS, ("", slip.giver), strict=True):
        column.add(runs(words_, Font.BOLD, SIZE), align="centre")
        column.add(runs("(ký, ghi rõ họ tên)", Font.ITALIC, SIZE - 2), align="centre")
        if name:
            column.add(runs(clean(name), Font.BOLD, SIZE), align="centre", before=18 * mm)
    return beside(*columns, before=14)
