"""The month's sheet of a fridge: the course of its temperature between the bounds, and a row for each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column
from covidstation.printing.rows import Cell, Grid
from covidstation.printing.sheet import open_sheet, put_page
from covidstation.printing.typeset import Box, Sheet, paginate, runs

CHART: Final = 96.0  # points high
AXIS: Final = 24.0  # at its left, for the degrees
FOOT: Final = 14.0  # under it, for the days
SIZE: Final = 9.0
SIGN_ROOM: Final = 40.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A reading: where it stands in the month (0 to its days), tenths of a degree, whether it is outside."""

    place: float
    temperature: int
    outside: bool


@dataclass(frozen=True, slots=True)
class Band:
    """Bounds that held from the morning of one day of the month (0 its first) to the end of another."""

    first: int
    last: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdSheet:
    """All that stands on the sheet, in its final words. `heads` and `shares` of the table, `rows` as long as they."""

    parent: str
    station: str
    title: str
    second: str
    days: int
    bands: tuple[Band, ...]
    dots: tuple[Dot, ...]
    heads: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    training: bool = False


def render_cold_sheet(paper: ColdSheet) -> bytes:
    """The pages as PDF. The bytes are not stored."""
    fonts.register()
    sheet, out = open_sheet(paper.title)
    for number, page in enumerate(paginate(_boxes(paper), nd30.HEIGHT), start=1):
        put_page(sheet, number, page, training=paper.training)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _boxes(paper: ColdSheet) -> list[Box]:
    boxes = [_head(paper), *nd30.centred(paper.title, Font.BOLD, 13, before=6)]
    boxes += nd30.centred(paper.second, Font.ITALIC, 11, before=1)
    boxes.append(Box(CHART + FOOT, lambda sheet, top: _draw_chart(paper, sheet, top), 8))
    boxes += _table(paper)
    for line in paper.notes:
        boxes += nd30.paragraph(runs(clean(line), Font.REGULAR, 10))
    if paper.signs:  # never alone on a page
        boxes[-1] = replace(boxes[-1], keep=True)
        boxes.append(_signs(paper.signs))
    return boxes


def _head(paper: ColdSheet) -> Box:
    cell = Column(nd30.LEFT, nd30.WIDTH * 0.6)
    if paper.parent:
        cell.add(runs(clean(paper.parent).upper(), Font.REGULAR, 10), align="left")
    cell.add(runs(clean(paper.station).upper(), Font.BOLD, 10), align="left")
    return Box(cell.height, cell.draw)


def _table(paper: ColdSheet) -> list[Box]:
    whole = sum(paper.shares)
    grid = Grid(
        left=nd30.LEFT,
        widths=[nd30.WIDTH * share / whole for share in paper.shares],
        size=SIZE,
        side=3.0,
        pad=0.8,
        middle=True,
    )
    last = len(paper.heads) - 1
    head = grid.row([Cell(text, Font.BOLD, "centre") for text in paper.heads], before=8, grey=True, keep=True)
    return [
        head,
        *(
            grid.row([Cell(text, align="left" if at == last else "centre") for at, text in enumerate(row)])
            for row in paper.rows
        ),
    ]


def _draw_chart(paper: ColdSheet, sheet: Sheet, top: float) -> None:
    """The bounds as grey bands, each day a line, readings outside as full dots."""
    left, foot, width = float(nd30.LEFT + AXIS), top - CHART, float(nd30.WIDTH - AXIS)
    values = [dot.temperature for dot in paper.dots]
    low, high = min(band.low for band in paper.bands), max(band.high for band in paper.bands)
    least, most = min([low - 20, *values]), max([high + 20, *values])

    def height(value: float) -> float:
        return foot + float(value - least) / float(most - least) * CHART

    def across(place: float) -> float:
        return left + place / paper.days * width

    sheet.saveState()
    sheet.setFillGray(0.9)
    for band in paper.bands:
        place, part = across(band.first), across(band.last) - across(band.first)
        sheet.rect(place, height(band.low), part, height(band.high) - height(band.low), stroke=0, fill=1)
    sheet.setFillGray(0)
    sheet.setLineWidth(0.5)
    sheet.rect(left, foot, width, CHART)
    sheet.setFont(Font.REGULAR, 8)
    bounds = {bound for band in paper.bands for bound in (band.low, band.high)}
    for value in sorted({least, most, *bounds}):
        sheet.drawRightString(left - 3, height(value) - 3, f"{value / 10:g}".replace(".", ","))
    for day in range(1, paper.days + 1):
        sheet.drawCentredString(across(day - 0.5), foot - 9, f"{day}")
    _draw_course([(across(dot.place), height(dot.temperature)) for dot in paper.dots], paper.dots, sheet)
    sheet.restoreState()


def _draw_course(places: Sequence[tuple[float, float]], dots: Sequence[Dot], sheet: Sheet) -> None:
    sheet.setLineWidth(1)
    for (x, y), (further, other) in pairwise(places):
        sheet.line(x, y, further, other)
    for (x, y), dot in zip(places, dots, strict=True):
        sheet.circle(x, y, 2.6 if dot.outside else 1.3, stroke=0, fill=1)


def _signs(titles: Sequence[str]) -> Box:
    part = nd30.WIDTH / len(titles)
    cells = []
    for at, title in enumerate(titles):
        cell = Column(nd30.LEFT + at * part, part)
        cell.add(runs(clean(title), Font.BOLD, 11))
        cell.height += SIGN_ROOM
        cells.append(cell)
    return nd30.beside(*cells, before=8)
