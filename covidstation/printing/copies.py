"""A form whose identical copies stand side by side on one sheet laid across (TT 56/2017/TT-BYT, Phụ lục 7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.paper_view import PaperBlock, PaperView
from covidstation.domain.papers import number_symbol, number_text, place_date
from covidstation.printing import nd30
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column
from covidstation.printing.sheet import QR_FOOT, draw_qr, open_sheet, training_mark
from covidstation.printing.typeset import (
    NUMBER_GROUND,
    Box,
    Page,
    Run,
    Sheet,
    draw_page,
    paginate,
    runs,
    runs_to_end,
    signature_runs,
)

PAGE: Final = (nd30.PAGE[1], nd30.PAGE[0])
MARGIN: Final = 12 * mm
FOLD: Final = 9 * mm  # from each copy to the line between them
FOOT: Final = 20 * mm  # the code stands there
SIZES: Final = (12.0, 11.0, 10.0)  # the first that needs one page, else the smallest
ROW: Final = 4.0
SIGN_ROOM: Final = 22 * mm
LEFT_PART: Final = 0.56  # of the head, for the issuing body
FIRST_PART: Final = 0.67  # of a row of two
HEAD_PART: Final = 0.45  # of the signatures, for the head of the facility


def render_copies(view: PaperView, title: str, payload: str, *, preview: bool) -> bytes:
    """All copies on each page, a dashed line between them. A preview has no code (`payload`)."""
    sheet, out = open_sheet(title, PAGE)
    sheet.marked = preview
    places = _places(len(view.copies))
    columns = [_pages(view, label, left, room) for label, (left, room) in zip(view.copies, places, strict=True)]
    for number in range(max(map(len, columns))):
        if view.training:
            training_mark(sheet, PAGE)
        _folds(sheet, places)
        for pages, (left, _room) in zip(columns, places, strict=True):
            if number < len(pages):
                draw_page(sheet, pages[number], PAGE[1] - MARGIN)
            if payload and number == 0 and view.number is not None:
                draw_qr(sheet, payload, left, QR_FOOT)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _places(count: int) -> list[tuple[float, float]]:
    """The left and the width of each copy."""
    room = (PAGE[0] - 2 * MARGIN - 2 * FOLD * (count - 1)) / count
    return [(MARGIN + at * (room + 2 * FOLD), room) for at in range(count)]


def _folds(sheet: Sheet, places: Sequence[tuple[float, float]]) -> None:
    sheet.saveState()
    sheet.setLineWidth(0.4)
    sheet.setDash(3, 3)
    for left, _room in places[1:]:
        sheet.line(left - FOLD, MARGIN / 2, left - FOLD, PAGE[1] - MARGIN / 2)
    sheet.restoreState()


def _pages(view: PaperView, label: str, left: float, room: float) -> list[Page]:
    height = PAGE[1] - MARGIN - FOOT
    for size in SIZES:
        pages = paginate(_boxes(view, label, left, room, size), height)
        if len(pages) == 1:
            break
    return pages


def _boxes(view: PaperView, label: str, left: float, room: float, size: float) -> list[Box]:
    boxes = [_head(view, label, left, room, size)]
    title = Column(left, room)
    for text in view.title.splitlines():
        title.add(runs(text, Font.BOLD, size + 1))
    for text in view.subject:
        title.add(runs(text, Font.ITALIC, size))
    boxes.append(Box(title.height, title.draw, before=3 * ROW, keep=True))
    boxes += [_block(block, left, room, size) for block in view.body]
    boxes.append(_signatures(view, left, room, size))
    return boxes


def _head(view: PaperView, label: str, left: float, room: float, size: float) -> Box:
    """The facility at the left; form, number, serial and the copy's name at the right."""
    wide = LEFT_PART * room
    cells = Column(left, wide - 4 * ROW), Column(left + wide, room - wide)
    for text in view.parent:
        cells[0].add(runs(text, Font.REGULAR, size - 1))
    for text in view.issuer:
        cells[0].add(runs(text, Font.BOLD, size - 1))
    cells[1].add(runs(label, Font.BOLD, size - 1), align="left")
    for at, text in enumerate((*view.corner[:1], "", *view.corner[1:])):
        line = runs(text, Font.REGULAR, size - 1) if text or at != 1 else _number(view, size - 1)
        cells[1].add(line, align="left")
    return nd30.beside(*cells)


def _number(view: PaperView, size: float) -> list[Run]:
    if view.number is None:
        gap = Run("........", Font.REGULAR, size, NUMBER_GROUND)
        return [*runs("Số: ", Font.REGULAR, size), gap, *runs(f"/{view.symbol}", Font.REGULAR, size)]
    return runs(f"Số: {number_symbol(number_text(view.number), view.symbol)}", Font.REGULAR, size)


def _block(block: PaperBlock, left: float, room: float, size: float) -> Box:
    if block.style != "row":
        line = Column(left, room)
        face = Font.BOLD if block.style in ("heading", "centre") else Font.REGULAR
        line.add(runs(f"{block.heading} {block.text}".strip(), face, size), align="left")
        return Box(line.height, line.draw, before=1.5 * ROW, keep=block.style == "heading")
    first = room * (FIRST_PART if block.second else 1.0)
    cells = [Column(left, first - (ROW if block.second else 0))]
    if block.second:
        cells.append(Column(left + first, room - first))
    for cell, text in zip(cells, (block.text, block.second), strict=False):
        cell.add(runs_to_end(text, Font.REGULAR, size, cell.room), align="left")
    return nd30.beside(*cells, before=ROW)


def _signatures(view: PaperView, left: float, room: float, size: float) -> Box:
    """The head at the left, place and date with the practitioner at the right."""
    wide = HEAD_PART * room
    cells = Column(left, wide - ROW), Column(left + wide, room - wide)
    cells[1].add(runs(place_date(view.place, view.issued_on), Font.ITALIC, size))
    for text in view.second_titles:
        cells[1].add(runs(text, Font.BOLD, size))
    cells[0].height = cells[1].height - _title_height(view, size)
    for text in view.signer_titles:
        cells[0].add(runs(text, Font.BOLD, size))
    for cell, name in zip(cells, (view.signer, view.second_signer), strict=True):
        cell.add(signature_runs(name, size), before=SIGN_ROOM)
    return nd30.beside(*cells, before=3 * ROW)


def _title_height(view: PaperView, size: float) -> float:
    """How far above the practitioner's name the head's title begins, so that both names are level."""
    from_top = Column(0, nd30.WIDTH)
    for text in view.signer_titles:
        from_top.add(runs(text, Font.BOLD, size))
    return from_top.height
