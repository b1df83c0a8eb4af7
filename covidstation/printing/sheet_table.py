"""Tables on a lying A4 page: framed cells, heads repeated, nothing cut between pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.wording import clean
from covidstation.printing.fonts import Font, width
from covidstation.printing.nd30 import PAGE as STANDING
from covidstation.printing.nd30 import Column
from covidstation.printing.rows import Cell, Grid
from covidstation.printing.sheet import training_mark
from covidstation.printing.typeset import Align, Box, Sheet, depth_of, draw_down, draw_page, paginate, runs

PAGE: Final = (STANDING[1], STANDING[0])
MARGIN: Final = 12 * mm
WIDTH: Final = PAGE[0] - 2 * MARGIN
HEIGHT: Final = PAGE[1] - 2 * MARGIN
FOOT: Final = 5 * mm  # of the pages that are numbered
PAD: Final = 2.5


def cell_row(
    cells: Sequence[Cell],
    widths: Sequence[float],
    size: float,
    *,
    least: float = 0.0,
    grey: bool = False,
    pad: float = PAD,
) -> Box:
    """One row over these widths, words in the middle, free `pad` above and below; a grey one stays with the next."""
    grid = Grid(left=MARGIN, widths=widths, size=size, side=PAD, pad=pad, middle=True)
    return grid.row(cells, least=least, grey=grey, keep=grey)


def words(text: str, font: Font, size: float, *, align: Align = "left", before: float = 0.0) -> Box:
    """Lines over the whole width, kept with what follows."""
    column = Column(MARGIN, WIDTH)
    column.add(runs(clean(text), font, size), align=align)
    return Box(column.height, column.draw, before, keep=True)


def pages(sheet: Sheet, boxes: Sequence[Box], head: Box, first: Sequence[Box], *, training: bool) -> None:
    """Draw all: `first` on the first page, `head` on each, then the boxes; several pages are numbered below."""
    top = depth_of(first)
    room = Box(top, lambda _sheet, _top: None, keep=True)  # where `first` stands
    held = paginate([room, *boxes], HEIGHT - head.height)
    if len(held) > 1:
        held = paginate([room, *boxes], HEIGHT - head.height - FOOT)
    for number, page in enumerate(held, start=1):
        _page(sheet, training)
        high = PAGE[1] - MARGIN
        if number == 1:
            draw_down(sheet, first, high)
        head.draw(sheet, high - (top if number == 1 else 0.0))
        draw_page(sheet, page, high - head.height)
        if len(held) > 1:
            _number(sheet, f"{number}/{len(held)}")
        sheet.showPage()


def fits(boxes: Sequence[Box]) -> bool:
    """Whether they stand on one page."""
    return len(paginate(boxes, HEIGHT)) == 1


def flow(sheet: Sheet, boxes: Sequence[Box], *, training: bool) -> None:
    """Draw boxes one under the other, on a further page what the first one cannot hold."""
    for page in paginate(boxes, HEIGHT):
        _page(sheet, training)
        draw_page(sheet, page, PAGE[1] - MARGIN)
        sheet.showPage()


def _page(sheet: Sheet, training: bool) -> None:
    sheet.setPageSize(PAGE)
    if training:
        training_mark(sheet, PAGE, lean=30)


def _number(sheet: Sheet, text: str) -> None:
    sheet.setFont(Font.REGULAR, 10)
    sheet.drawString(PAGE[0] - MARGIN - width(text, Font.REGULAR, 10), MARGIN, text, wordSpace=0)
