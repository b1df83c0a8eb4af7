"""Tables on a lying A4 page: framed cells, heads repeated, nothing cut between pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.wording import clean
from covidstation.printing.fonts import Font, width
from covidstation.printing.nd30 import PAGE as STANDING
from covidstation.printing.nd30 import Column
from covidstation.printing.papers import TRAINING
from covidstation.printing.typeset import Align, Box, Sheet, paginate, runs

PAGE: Final = (STANDING[1], STANDING[0])
MARGIN: Final = 12 * mm
WIDTH: Final = PAGE[0] - 2 * MARGIN
HEIGHT: Final = PAGE[1] - 2 * MARGIN
FOOT: Final = 5 * mm  # of the pages that are numbered
PAD: Final = 2.5
GREY: Final = 0.92
LEAST_SIZE: Final = 8.0  # of any letter


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of one cell; `second` stands under them, smaller."""

    text: str = ""
    font: Font = Font.REGULAR
    align: Align = "left"
    second: str = ""


def cell_row(
    cells: Sequence[Cell],
    widths: Sequence[float],
    size: float,
    *,
    least: float = 0.0,
    grey: bool = False,
    pad: float = PAD,
) -> Box:
    """One row with its frame, as tall as its longest cell, free `pad` above and below, and at least `least` points."""
    left = MARGIN
    columns: list[Column] = []
    for cell, room in zip(cells, widths, strict=True):
        column = Column(left + PAD, room - 2 * PAD)
        if cell.text or not columns:  # most cells of a sheet are empty
            column.add(runs(clean(cell.text), cell.font, size), align=cell.align)
        if cell.second:
            column.add(runs(clean(cell.second), Font.ITALIC, max(size - 1.5, LEAST_SIZE)), align=cell.align)
        columns.append(column)
        left += room
    height = max(least, *(column.height + 2 * pad for column in columns))

    def draw(sheet: Sheet, top: float) -> None:
        if grey:
            sheet.setFillGray(GREY)
            sheet.rect(MARGIN, top - height, sum(widths), height, stroke=0, fill=1)
            sheet.setFillGray(0)
        _frame(sheet, widths, top, height)
        for column in columns:
            if column.height:
                column.draw(sheet, top - (height - column.height) / 2)

    return Box(height, draw, keep=grey)


def _frame(sheet: Sheet, widths: Sequence[float], top: float, height: float) -> None:
    """The row's frame and the lines between its cells as one path: a page has nearly a thousand cells."""
    foot, at = top - height, MARGIN
    path = [f"{MARGIN:.2f} {foot:.2f} {sum(widths):.2f} {height:.2f} re"]
    for room in widths[:-1]:
        at += room
        path.append(f"{at:.2f} {foot:.2f} m {at:.2f} {top:.2f} l")
    sheet.setLineWidth(0.5)
    sheet._code.append(" ".join((*path, "S")))


def words(text: str, font: Font, size: float, *, align: Align = "left", before: float = 0.0) -> Box:
    """Lines over the whole width, kept with what follows."""
    column = Column(MARGIN, WIDTH)
    column.add(runs(clean(text), font, size), align=align)
    return Box(column.height, column.draw, before, keep=True)


def pages(sheet: Sheet, boxes: Sequence[Box], head: Box, first: Sequence[Box], *, training: bool) -> None:
    """Draw all: `first` on the first page, `head` on each, then the boxes; several pages are numbered below."""
    top = sum(box.before + box.height for box in first)
    room = Box(top, lambda _sheet, _top: None, keep=True)  # where `first` stands
    held = paginate([room, *boxes], HEIGHT - head.height)
    if len(held) > 1:
        held = paginate([room, *boxes], HEIGHT - head.height - FOOT)
    for number, page in enumerate(held, start=1):
        _page(sheet, training)
        high = PAGE[1] - MARGIN
        if number == 1:
            _draw_down(sheet, first, high)
        head.draw(sheet, high - (top if number == 1 else 0.0))
        for box, depth in page:
            box.draw(sheet, high - head.height - depth)
        if len(held) > 1:
            _number(sheet, f"{number}/{len(held)}")
        sheet.showPage()


def _draw_down(sheet: Sheet, boxes: Sequence[Box], high: float) -> None:
    for box in boxes:
        high -= box.before
        box.draw(sheet, high)
        high -= box.height


def fits(boxes: Sequence[Box]) -> bool:
    """Whether they stand on one page."""
    return len(paginate(boxes, HEIGHT)) == 1


def flow(sheet: Sheet, boxes: Sequence[Box], *, training: bool) -> None:
    """Draw boxes one under the other, on a further page what the first one cannot hold."""
    for page in paginate(boxes, HEIGHT):
        _page(sheet, training)
        for box, depth in page:
            box.draw(sheet, PAGE[1] - MARGIN - depth)
        sheet.showPage()


def _page(sheet: Sheet, training: bool) -> None:
    sheet.setPageSize(PAGE)
    if training:
        sheet.saveState()
        sheet.translate(PAGE[0] / 2, PAGE[1] / 2)
        sheet.rotate(30)
        sheet.setFillGray(0.88)
        sheet.setFont(Font.BOLD, 110)
        sheet.drawCentredString(0, -40, TRAINING)
        sheet.restoreState()


def _number(sheet: Sheet, text: str) -> None:
    sheet.setFont(Font.REGULAR, 10)
    sheet.drawString(PAGE[0] - MARGIN - width(text, Font.REGULAR, 10), MARGIN, text, wordSpace=0)
