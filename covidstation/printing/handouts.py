"""The sheets that stay at home: the commitment on A4, the leaflet with the danger signs on A5 or A4, large letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column
from covidstation.printing.sheet import open_sheet, put_page, training_mark
from covidstation.printing.typeset import LEADING, Align, Box, Run, Sheet, draw_page, paginate, runs

SIZE: Final = 14.0
A5: Final = (148 * mm, 210 * mm)
LARGE: Final = 2**0.5  # from A5 to A4
MARGIN: Final = 11 * mm
LEAST_SIZE: Final = 8.0  # of any letter
BULLET: Final = "•"
FITS: Final = (1.15, 1.07, 1.0, 0.93, 0.86, 0.8)  # of the letters: the first that needs one page, else the last


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentView:
    """Every word of a commitment; an empty place holds `wording.BLANK`."""

    heading: str
    subject: str
    address: str
    person: tuple[str, ...]
    promise: str
    lines: tuple[str, ...]
    place_date: str
    confirming: tuple[str, ...]
    confirmer: str
    promising: tuple[str, ...]
    name: str
    training: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafletView:
    """Every word of a leaflet; `name` is empty for one that any home may have."""

    heading: str
    lead: str
    signs: tuple[str, ...]
    call: str
    phone: str
    station: str
    emergency: str
    advice_heading: str
    advice: tuple[str, ...]
    name: str = ""
    source: str = ""  # the guideline whose signs these are
    training: bool = False


def render_commitment(view: CommitmentView) -> bytes:
    """One page for most people; the same view gives the same bytes. They are not stored."""
    fonts.register()
    sheet, out = open_sheet(view.heading)
    boxes = [_nation(), *nd30.centred(view.heading, Font.BOLD, 16, before=18)]
    boxes += nd30.centred(view.subject, Font.BOLD, SIZE)
    boxes.append(nd30.rule_under(view.subject, Font.BOLD, SIZE))
    boxes += nd30.centred(view.address, Font.REGULAR, SIZE, before=12)
    for text in (*view.person, view.promise):
        boxes += nd30.paragraph(runs(text, Font.REGULAR, SIZE))
    for number, text in enumerate(view.lines, start=1):
        boxes += nd30.paragraph(runs(f"{number}. {text}", Font.REGULAR, SIZE))
    boxes[-2:] = [replace(box, keep=True) for box in boxes[-2:]]  # nobody signs an empty page
    boxes.append(_both_sign(view))
    for number, page in enumerate(paginate(boxes, nd30.HEIGHT), start=1):
        put_page(sheet, number, page, training=view.training)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _nation() -> Box:
    cell = Column(nd30.LEFT, nd30.WIDTH)
    cell.add(runs(nd30.NATION, Font.BOLD, 13))
    cell.add(runs(nd30.MOTTO, Font.BOLD, SIZE))
    cell.rule(1.0)
    return Box(cell.height, cell.draw)


def _both_sign(view: CommitmentView) -> Box:
    """Who confirms at the left, who promises at the right under place and date."""
    half = nd30.WIDTH / 2
    left, right = Column(nd30.LEFT, half), Column(nd30.LEFT + half, half)
    right.add(runs(view.place_date, Font.ITALIC, 13))
    left.height = right.height
    for cell, titles, name in ((left, view.confirming, view.confirmer), (right, view.promising, view.name)):
        for text in titles:
            cell.add(runs(text, Font.BOLD, SIZE))
        cell.height += nd30.SIGNATURE_ROOM
        if len(titles) < max(len(view.confirming), len(view.promising)):
            cell.height += LEADING * SIZE
        if name:
            cell.add(runs(name, Font.BOLD, SIZE))
    return nd30.beside(left, right, before=14)


def render_leaflet(view: LeafletView, *, large: bool = False) -> bytes:
    """An A5 page, or `large` on A4, with letters that can be read from across the room. The bytes are not stored."""
    fonts.register()
    scale = LARGE if large else 1.0
    page = (A5[0] * scale, A5[1] * scale)
    sheet, out = open_sheet(view.heading, page)
    left, room = MARGIN * scale, page[0] - 2 * MARGIN * scale
    for fit in FITS:
        pages = paginate(_leaflet_boxes(view, left, room, scale * fit), page[1] - 2 * MARGIN * scale)
        if len(pages) == 1:
            break
    for boxes in pages:
        if view.training:
            training_mark(sheet, page)
        draw_page(sheet, boxes, page[1] - MARGIN * scale)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _leaflet_boxes(view: LeafletView, left: float, room: float, scale: float) -> list[Box]:
    def line(text: str, face: Font, size: float, before: float = 0.0, align: Align = "left") -> Box:
        cell = Column(left, room)
        cell.add(runs(text, face, max(size * scale, LEAST_SIZE)), align=align)
        return Box(cell.height, cell.draw, before * scale, keep=True)

    boxes = [line(view.heading, Font.BOLD, 21, align="centre")]
    if view.name:
        boxes.append(line(view.name, Font.BOLD, 13, align="centre"))
    boxes.append(line(view.lead, Font.REGULAR, 12.5, 5))
    boxes += _signs(view.signs, left, room, 12.5 * scale)
    boxes.append(_call(view, left, room, scale))
    boxes.append(line(view.advice_heading, Font.BOLD, 12, 7))
    boxes += [_bullet(text, left, room, 11.5 * scale) for text in view.advice]
    if view.source:
        boxes.append(line(view.source, Font.ITALIC, 8.5, 6))
    return boxes


def _signs(signs: Sequence[str], left: float, room: float, size: float) -> list[Box]:
    """Two columns, read row by row; the longest list of a guideline keeps to one page so."""
    half = room / 2
    rows = []
    for at in range(0, len(signs), 2):
        pair = signs[at : at + 2]
        cells = [_bullet(text, left + n * half, half - size / 2, size, face=Font.BOLD) for n, text in enumerate(pair)]
        rows.append(_beside(cells))
    return rows


def _beside(cells: Sequence[Box]) -> Box:
    def draw(sheet: Sheet, top: float) -> None:
        for cell in cells:
            cell.draw(sheet, top)

    return Box(max(cell.height for cell in cells), draw, before=cells[0].before)


def _bullet(text: str, left: float, room: float, size: float, *, face: Font = Font.REGULAR) -> Box:
    mark, cell = Column(left, size), Column(left + size, room - size)
    mark.add([Run(BULLET, Font.BOLD, size)], align="left")
    cell.add(runs(text, face, size), align="left")
    return nd30.beside(mark, cell, before=0.28 * size)


def _call(view: LeafletView, left: float, room: float, scale: float) -> Box:
    """The number in a frame, as large as the page allows."""
    pad = 6 * scale
    cell = Column(left + pad, room - 2 * pad)
    cell.add(runs(f"{view.call} {clean(view.station)}".strip(), Font.BOLD, 13 * scale))
    cell.add(runs(view.phone, Font.BOLD, 30 * scale), before=2 * scale)
    cell.add(runs(view.emergency, Font.BOLD, 13 * scale), before=2 * scale)
    height = cell.height + 2 * pad

    def draw(sheet: Sheet, top: float) -> None:
        sheet.setLineWidth(1.6 * scale)
        sheet.rect(left, top - height, room, height)
        cell.draw(sheet, top - pad)

    return Box(height, draw, before=9 * scale)
