"""The book of numbers as a table on paper: one series of one year, voided lines too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.wording import clean
from covidstation.i18n import date_text
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.rows import Cell, Grid
from covidstation.printing.sheet import open_sheet
from covidstation.printing.typeset import Box, depth_of, draw_down, draw_page, paginate

CELLS: Final = (30 * mm, 22 * mm, 42 * mm, 41 * mm, 30 * mm)  # together nd30.WIDTH
GRID: Final = Grid(left=nd30.LEFT, widths=CELLS, size=11.0, side=3.0, pad=3.0)
HEADS: Final = ("Số, ký hiệu", "Ngày", "Tên văn bản", "Người", "Ghi chú")


@dataclass(frozen=True, slots=True)
class BookRow:
    """One line of the book in its final words."""

    number: str  # "05/QĐ-UBND"
    issued_on: date
    kind: str
    people: str
    state: str


def render_book(*, station: str, symbol: str, year: int, rows: Sequence[BookRow], made_on: date) -> bytes:
    """The pages, each with the column heads. The bytes are not stored."""
    fonts.register()
    title = f"SỔ SỐ VĂN BẢN {clean(symbol)} NĂM {year}"
    sheet, out = open_sheet(title)
    head = GRID.row([Cell(text, Font.BOLD) for text in HEADS])
    second = f"{clean(station)}, in ngày {date_text(made_on)}, {len(rows)} số"
    first = [*nd30.centred(title, Font.BOLD, 14), *nd30.centred(second, Font.ITALIC, 12, before=4)]
    body = [_row(row) for row in rows]
    top = depth_of(first) + 12
    for number, page in enumerate(paginate(body, nd30.HEIGHT - head.height - top), start=1):
        nd30.page_number(sheet, number)
        high = nd30.PAGE[1] - nd30.TOP
        if number == 1:
            draw_down(sheet, first, high)
            high -= top
        head.draw(sheet, high)
        draw_page(sheet, page, high - head.height)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _row(row: BookRow) -> Box:
    words = (row.number, date_text(row.issued_on), row.kind, row.people, row.state)
    return GRID.row([Cell(text) for text in words])
