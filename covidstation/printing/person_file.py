"""One person's own file on paper: sections of names and values, to be read by the person. The bytes are not stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column
from covidstation.printing.rows import Cell, Grid
from covidstation.printing.sheet import open_sheet, put_page
from covidstation.printing.typeset import Box, paginate, runs

TITLE: Final = "HỒ SƠ CÁ NHÂN TRONG SỔ CỦA TRẠM"
SIZE: Final = 11.0
_NAMES: Final = 0.34  # of the width


@dataclass(frozen=True, slots=True)
class FileSection:
    """A heading with sentences under it, then rows of a name and its value."""

    heading: str
    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFileView:
    """Every word of the pages."""

    parent: str
    station: str
    second: str
    sections: tuple[FileSection, ...]
    place_date: str
    receiver: str
    training: bool = False


def render_person_file(view: PersonFileView) -> bytes:
    """As many pages as it needs; the same view gives the same bytes."""
    fonts.register()
    sheet, out = open_sheet(TITLE)
    boxes = [_head(view), *nd30.centred(TITLE, Font.BOLD, 15, before=16)]
    boxes += nd30.centred(clean(view.second), Font.ITALIC, 12)
    widths = [nd30.WIDTH * _NAMES, nd30.WIDTH * (1 - _NAMES)]
    grid = Grid(left=nd30.LEFT, widths=widths, size=SIZE, side=4.0, pad=2.5)
    for number, section in enumerate(view.sections, start=1):
        boxes += nd30.paragraph(runs(clean(f"{number}. {section.heading}"), Font.BOLD, 13), align="left", before=12)
        for text in section.sentences:
            boxes += nd30.paragraph(runs(clean(text), Font.REGULAR, 12))
        boxes += [_row(grid, name, value) for name, value in section.rows]
    boxes[-2:] = [replace(box, keep=True) for box in boxes[-2:]]  # nobody signs an empty page
    boxes.append(_signs(view))
    for number, page in enumerate(paginate(boxes, nd30.HEIGHT), start=1):
        put_page(sheet, number, page, training=view.training)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _row(grid: Grid, name: str, value: str) -> Box:
    """A row without a value heads a record."""
    if not value:
        return grid.row([Cell(name, Font.BOLD), Cell("")], grey=True, keep=True)
    return grid.row([Cell(name), Cell(value)])


def _head(view: PersonFileView) -> Box:
    cell = Column(nd30.LEFT, nd30.WIDTH / 2)
    if view.parent:
        cell.add(runs(clean(view.parent).upper(), Font.REGULAR, 11), align="left")
    cell.add(runs(clean(view.station).upper(), Font.BOLD, 11), align="left")
    return Box(cell.height, cell.draw)


def _signs(view: PersonFileView) -> Box:
    half = nd30.WIDTH / 2
    left, right = Column(nd30.LEFT, half), Column(nd30.LEFT + half, half)
    left.add(runs(" ", Font.ITALIC, 12))
    right.add(runs(clean(view.place_date), Font.ITALIC, 12))
    for cell, title, name in ((left, "NGƯỜI NHẬN", view.receiver), (right, "NGƯỜI LẬP", "")):
        cell.add(runs(title, Font.BOLD, 12))
        cell.add(runs("(ký, ghi rõ họ tên)", Font.ITALIC, 11))
        cell.height += nd30.SIGNATURE_ROOM
        if name:
            cell.add(runs(clean(name), Font.REGULAR, 12))
    return nd30.beside(left, right, before=16)
