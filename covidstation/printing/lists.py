"""A list as pages with a table: the F0 list across, the list to sign on delivery upright. The bytes are not stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.bars import ShareBars, bars_boxes
from covidstation.printing.fonts import Font
from covidstation.printing.rows import CODE_SIZE, Cell, Grid
from covidstation.printing.sheet import open_sheet, training_mark
from covidstation.printing.typeset import Align, Box, Sheet, draw_page, paginate, runs

PAD: Final = 3.0
MARGIN: Final = 15 * mm
SIGN_ROOM: Final = 22 * mm


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: its head and its share of the width. In a column of `codes` the texts are drawn as QR, by turns at
    the left and at the right, so that a scanner held to one row does not read its neighbour."""

    title: str
    share: float
    align: Align = "left"
    codes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedList:
    """All that stands on the pages, in its final words. `rows` are as long as `columns`, or one text alone, which heads
    the rows below it; `row_height` leaves room to write in. `after` are texts under the table, the first heading the
    others, `bars` is a picture below, `signs` are the titles at the end, side by side."""

    upper: str
    station: str
    title: str
    second: str
    columns: tuple[ListColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    across: bool = False
    size: float = 11.0
    row_height: float = 0.0
    pad: float = PAD
    after: tuple[str, ...] = ()
    bars: ShareBars | None = None
    signs: tuple[str, ...] = ()
    training: bool = False


def render_list(paper: PrintedList) -> bytes:
    """The pages, each with the column heads and its number."""
    fonts.register()
    sheet, out = open_sheet(paper.title)
    page = (nd30.PAGE[1], nd30.PAGE[0]) if paper.across else nd30.PAGE
    room = page[0] - 2 * MARGIN
    whole = sum(column.share for column in paper.columns)
    widths = [room * column.share / whole for column in paper.columns]
    grid = Grid(left=MARGIN, widths=widths, size=paper.size, side=paper.pad, pad=paper.pad)
    head = grid.row([Cell(column.title, Font.BOLD, "centre") for column in paper.columns])
    over = Grid(left=MARGIN, widths=[room], size=paper.size, side=paper.pad, pad=paper.pad)
    body = [
        over.row([Cell(row[0], Font.BOLD)], keep=True)
        if len(row) < len(paper.columns)
        else grid.row(_cells(paper, row, widths, at), least=paper.row_height)
        for at, row in enumerate(paper.rows)
    ]
    if body and paper.signs:  # who signs sees at least the last line
        body[-1] = replace(body[-1], keep=True)
    table = {id(box) for box in body}
    body += [
        over.row([Cell(text, Font.REGULAR if at else Font.BOLD)], keep=not at) for at, text in enumerate(paper.after)
    ]
    if paper.bars is not None:
        body.extend(bars_boxes(paper.bars, MARGIN, room))
    if paper.signs:
        body.append(_signs(paper.signs, room))
    top = _top(paper, room)
    high = page[1] - MARGIN
    pages = paginate([Box(top.height, lambda _sheet, _top: None, keep=True), *body], high - MARGIN - head.height)
    for number, boxes in enumerate(pages, start=1):
        sheet.setPageSize(page)
        if paper.training:
            training_mark(sheet, page)
        if number == 1:
            top.draw(sheet, high)
            head.draw(sheet, high - top.height)
        else:
            _page_number(sheet, number, page)
            if any(id(box) in table for box, _depth in boxes):
                head.draw(sheet, high)
        draw_page(sheet, boxes, high - head.height)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _top(paper: PrintedList, room: float) -> Box:
    """Whose list it is at the left, the title and its second line centred."""
    left = nd30.Column(MARGIN, room / 2)
    for text, face in ((paper.upper, Font.REGULAR), (paper.station, Font.BOLD)):
        if text:
            left.add(runs(clean(text).upper(), face, 11), align="left")
    middle = nd30.Column(MARGIN, room)
    middle.add(runs(clean(paper.title), Font.BOLD, 14))
    if paper.second:
        middle.add(runs(clean(paper.second), Font.ITALIC, 12), before=3)
    gap = 8.0

    def draw(sheet: Sheet, high: float) -> None:
        left.draw(sheet, high)
        middle.draw(sheet, high - left.height - gap)

    return Box(left.height + gap + middle.height + 10, draw)


def _cells(paper: PrintedList, row: Sequence[str], widths: Sequence[float], at: int) -> list[Cell]:
    return [
        Cell(code=text, indent=(room - 2 * paper.pad - CODE_SIZE) * (at % 2))
        if column.codes
        else Cell(text, align=column.align)
        for text, column, room in zip(row, paper.columns, widths, strict=True)
    ]


def _signs(titles: Sequence[str], room: float) -> Box:
    part = room / len(titles)
    cells = []
    for at, title in enumerate(titles):
        cell = nd30.Column(MARGIN + at * part, part)
        cell.add(runs(clean(title), Font.BOLD, 12))
        cells.append(cell)
    return nd30.beside(*cells, before=12, below=SIGN_ROOM)


def _page_number(sheet: Sheet, number: int, page: tuple[float, float]) -> None:
    sheet.setFont(Font.REGULAR, 11)
    sheet.drawRightString(page[0] - MARGIN, page[1] - MARGIN + 2 * mm, f"{number}")
