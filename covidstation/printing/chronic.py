"""The sheet of one person with a chronic disease: who, which diseases, two pictures, every visit. Not stored."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.tracks import Picture, Track
from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column
from covidstation.printing.rows import Cell, Grid
from covidstation.printing.sheet import open_sheet, put_page
from covidstation.printing.typeset import Box, Sheet, paginate, runs

TITLE: Final = "PHIẾU THEO DÕI BỆNH MẠN TÍNH"
SIZE: Final = 10.0
CHART: Final = 46 * mm
_SCALE, _HEAD, _FOOT = 9 * mm, 7.5 * mm, 4.5 * mm
_BAND, _RULE = 0.9, 0.75  # greys: a sheet is copied in black and white
_DOT: Final = 1.3
_COLUMNS: Final = (
    (16, "Ngày"),
    (14, "Huyết áp"),
    (15, "Đường huyết"),
    (11, "HbA1c"),
    (12, "Cân nặng"),
    (14, "Kết quả"),
)
_WORDS: Final = 40  # of the width, for what was said


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicSheet:
    """Every word of the pages. `visits` are rows of seven cells, the newest first."""

    parent: str
    station: str
    second: str
    facts: tuple[str, ...]
    conditions: tuple[str, ...]
    pictures: tuple[Picture, ...]
    visits: tuple[tuple[str, ...], ...]
    place_date: str
    signs: tuple[str, str]
    training: bool = False


def render_chronic_sheet(view: ChronicSheet) -> bytes:
    """As many pages as it needs; the same view gives the same bytes."""
    fonts.register()
    sheet, out = open_sheet(TITLE)
    boxes = [_head(view), *nd30.centred(TITLE, Font.BOLD, 14, before=12)]
    boxes += nd30.centred(clean(view.second), Font.ITALIC, 12)
    boxes += [_line_of(text) for text in (*view.facts, *(f"– {text}" for text in view.conditions))]
    boxes += [_chart(one) for one in view.pictures]
    shares = [share for share, _title in _COLUMNS]
    widths = [nd30.WIDTH * share / (sum(shares) + _WORDS) for share in (*shares, _WORDS)]
    grid = Grid(left=nd30.LEFT, widths=widths, size=SIZE, side=2.5, pad=2.0)
    titles = (*(title for _share, title in _COLUMNS), "So với đích, ghi chú")
    boxes.append(grid.row([Cell(title, Font.BOLD, "centre") for title in titles], before=10, keep=True))
    boxes += [grid.row([Cell(text) for text in row]) for row in view.visits]
    boxes.append(_signs(view))
    for number, page in enumerate(paginate(boxes, nd30.HEIGHT), start=1):
        put_page(sheet, number, page, training=view.training)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _head(view: ChronicSheet) -> Box:
    cell = Column(nd30.LEFT, nd30.WIDTH / 2)
    if view.parent:
        cell.add(runs(clean(view.parent).upper(), Font.REGULAR, 11), align="left")
    cell.add(runs(clean(view.station).upper(), Font.BOLD, 11), align="left")
    return Box(cell.height, cell.draw)


def _line_of(text: str) -> Box:
    cell = Column(nd30.LEFT, nd30.WIDTH)
    cell.add(runs(clean(text), Font.REGULAR, 12), align="left")
    return Box(cell.height, cell.draw, before=3)


def _chart(one: Picture) -> Box:
    def draw(sheet: Sheet, top: float) -> None:
        left, room = nd30.LEFT + _SCALE, nd30.WIDTH - _SCALE
        foot, high = top - CHART + _FOOT, CHART - _HEAD - _FOOT
        sheet.saveState()
        _ground(sheet, one, (left, foot, room, high))
        for track in one.tracks:
            _line(sheet, one, track, (left, foot, room, high))
        sheet.setFillGray(0)
        sheet.setFont(Font.BOLD, 10)
        sheet.drawString(nd30.LEFT, top - 9, clean(one.title))
        sheet.setFont(Font.REGULAR, 8)
        sheet.drawString(left, foot - 9, f"{one.first:%d/%m/%Y}")
        if one.last > one.first:
            sheet.drawRightString(left + room, foot - 9, f"{one.last:%d/%m/%Y}")
        sheet.restoreState()

    return Box(CHART, draw, before=8)


_Area = tuple[float, float, float, float]


def _ground(sheet: Sheet, one: Picture, area: _Area) -> None:
    """The band that is aimed at, the scale, a dashed rule at each limit."""
    left, foot, room, high = area
    low, most = one.band
    sheet.setFillGray(_BAND)
    sheet.rect(left, foot + low * high, room, (most - low) * high, stroke=0, fill=1)
    sheet.setLineWidth(0.3)
    sheet.setFillGray(0)
    sheet.setFont(Font.REGULAR, 8)
    for value in one.rules:
        y = foot + one.y(value) * high
        sheet.setStrokeGray(_RULE)
        sheet.line(left, y, left + room, y)
        sheet.drawRightString(left - 3, y - 2.5, f"{value:g}".replace(".", ","))
    sheet.setStrokeGray(0.3)
    sheet.setDash(3, 2)
    for track in one.tracks:
        y = foot + one.y(track.limit) * high
        sheet.line(left, y, left + room, y)
    sheet.setDash()


def _line(sheet: Sheet, one: Picture, track: Track, area: _Area) -> None:
    """Full dots are within the aim, empty ones are not: they tell apart without colour."""
    left, foot, room, high = area
    places = [(left + 4 + x * (room - 8), foot + y * high, met) for x, y, met in one.places(track)]
    sheet.setStrokeGray(0)
    sheet.setLineWidth(0.9)
    for (x, y, _met), (next_x, next_y, _next) in pairwise(places):
        sheet.line(x, y, next_x, next_y)
    for x, y, met in places:
        sheet.setFillGray(0 if met else 1)
        sheet.circle(x, y, _DOT, stroke=1, fill=1)


def _signs(view: ChronicSheet) -> Box:
    half = nd30.WIDTH / 2
    left, right = Column(nd30.LEFT, half), Column(nd30.LEFT + half, half)
    left.add(runs(" ", Font.ITALIC, 12))
    right.add(runs(clean(view.place_date), Font.ITALIC, 12))
    for cell, title in zip((left, right), view.signs, strict=True):
        cell.add(runs(clean(title).upper(), Font.BOLD, 12))
        cell.add(runs("(ký, ghi rõ họ tên)", Font.ITALIC, 11))
    return nd30.beside(left, right, before=14, below=nd30.SIGNATURE_ROOM)
