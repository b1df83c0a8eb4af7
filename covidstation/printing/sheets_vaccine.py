"""Sheets of one person at a vaccination: the screening with the yes or no, an invitation, the report of a reaction.

Each form begins on a page of its own; what nobody has written is dotted to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column
from covidstation.printing.rows import Cell, Grid
from covidstation.printing.sheet import draw_qr, open_sheet, put_page, training_mark
from covidstation.printing.typeset import Box, Sheet, depth_of, draw_down, paginate, runs

SIZE: Final = 12.0
TABLE_SIZE: Final = 11.0
BOX_SIDE: Final = 10.0
DOTS: Final = "." * 30
SIGN_ROOM: Final = 52.0
HALF_EDGE: Final = 12 * mm
CODE_SIZE: Final = 15 * mm
CODE_FOOT: Final = 9 * mm  # below the top of the head; the rest stands in the margin above, where nothing is


@dataclass(frozen=True, slots=True)
class FormTable:
    """A table: heads, shares of the width, rows as long as the heads."""

    heads: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Ticks:
    """Boxes to tick after a few words; the names in `ticked` bear a cross."""

    words: str
    choices: tuple[str, ...]
    ticked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPart:
    """A part of a long form under its own heading, in the order of `FormSheet`; the table stands after the fields."""

    title: str
    fields: tuple[tuple[tuple[str, str], ...], ...] = ()
    table: FormTable | None = None
    ticks: tuple[Ticks, ...] = ()
    after: tuple[tuple[tuple[str, str], ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSheet:
    """All that stands on one form, in its final words. `fields`: lines of pairs of a label and its value, dotted when
    empty. Then the table, boxes to tick, the parts, lines of text, and who signs. `code`: a QR at the right of the
    head, none when empty."""

    parent: str
    station: str
    title: str
    second: str = ""
    code: str = ""
    fields: tuple[tuple[tuple[str, str], ...], ...] = ()
    table: FormTable | None = None
    ticks: tuple[Ticks, ...] = ()
    parts: tuple[FormPart, ...] = ()
    lines: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    place_date: str = ""
    training: bool = False


def render_forms(forms: Sequence[FormSheet]) -> bytes:
    """The pages as PDF. The bytes are not stored."""
    fonts.register()
    sheet, out = open_sheet(forms[0].title if forms else "")
    for form in forms:
        for number, page in enumerate(paginate(_boxes(form), nd30.HEIGHT), start=1):
            put_page(sheet, number, page, training=form.training)
            sheet.showPage()
    sheet.save()
    return out.getvalue()


def render_halves(forms: Sequence[FormSheet]) -> bytes:
    """Two short forms on each page, with a line between them to cut along; one that is too high has its own page."""
    fonts.register()
    sheet, out = open_sheet(forms[0].title if forms else "")
    middle = nd30.PAGE[1] / 2
    waiting = False
    for form in forms:
        boxes = _boxes(form)
        short = depth_of(boxes) <= middle - 2 * HALF_EDGE
        if waiting and not short:
            sheet.showPage()
            waiting = False
        if form.training and not waiting:
            training_mark(sheet)
        draw_down(sheet, boxes, (middle if waiting else nd30.PAGE[1]) - (HALF_EDGE if short else nd30.TOP))
        if short and not waiting:
            _cut(sheet, middle)
        waiting = short and not waiting
        if not waiting:
            sheet.showPage()
    if waiting:
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _cut(sheet: Sheet, at: float) -> None:
    sheet.saveState()
    sheet.setDash(2, 4)
    sheet.setLineWidth(0.5)
    sheet.line(0, at, nd30.PAGE[0], at)
    sheet.restoreState()


def _boxes(form: FormSheet) -> list[Box]:
    boxes = [_head(form), *nd30.centred(form.title, Font.BOLD, 14, before=12)]
    if form.second:
        boxes += nd30.centred(form.second, Font.ITALIC, 12, before=2)
    boxes += [_field_line(line, 8 if at == 0 else 4) for at, line in enumerate(form.fields)]
    if form.table is not None:
        boxes += _table(form.table)
    boxes += [_ticks(one) for one in form.ticks]
    for part in form.parts:
        boxes += _part(part)
    for line in form.lines:
        boxes += nd30.paragraph(runs(clean(line), Font.REGULAR, SIZE))
    if form.signs:
        boxes.append(_signs(form))
    return boxes


def _part(part: FormPart) -> list[Box]:
    heading = Column(nd30.LEFT, nd30.WIDTH)
    heading.add(runs(clean(part.title), Font.BOLD, SIZE), align="left")
    boxes = [Box(heading.height, heading.draw, 9, keep=True), *(_field_line(line, 3) for line in part.fields)]
    if part.table is not None:
        boxes += _table(part.table)
    boxes += [_field_line(line, 5 if at == 0 and part.table is not None else 3) for at, line in enumerate(part.after)]
    return boxes + [_ticks(one) for one in part.ticks]


def _head(form: FormSheet) -> Box:
    cell = Column(nd30.LEFT, nd30.WIDTH * 0.6)
    if form.parent:
        cell.add(runs(clean(form.parent).upper(), Font.REGULAR, 11), align="left")
    cell.add(runs(clean(form.station).upper(), Font.BOLD, 11), align="left")
    if not form.code:
        return Box(cell.height, cell.draw)

    def draw(sheet: Sheet, top: float) -> None:
        cell.draw(sheet, top)
        left = nd30.LEFT + nd30.WIDTH - CODE_SIZE
        draw_qr(sheet, form.code, left, top - CODE_FOOT, size=CODE_SIZE, error="q")

    return Box(max(cell.height, CODE_FOOT), draw)


def _field_line(pairs: Sequence[tuple[str, str]], before: float) -> Box:
    """Pairs side by side, each in an equal part of the width."""
    part = nd30.WIDTH / len(pairs)
    cells = []
    for at, (name, value) in enumerate(pairs):
        cell = Column(nd30.LEFT + at * part, part - 8)
        words = [*runs(clean(name) + ":\u00a0", Font.REGULAR, SIZE)]
        words += runs(clean(value), Font.BOLD, SIZE) if value else runs(DOTS[: 60 // len(pairs)], Font.REGULAR, SIZE)
        cell.add(words, align="left")
        cells.append(cell)
    return nd30.beside(*cells, before=before)


def _table(table: FormTable) -> list[Box]:
    whole = sum(table.shares)
    widths = [nd30.WIDTH * share / whole for share in table.shares]
    grid = Grid(left=nd30.LEFT, widths=widths, size=TABLE_SIZE, side=3.0, pad=2.5, middle=True)
    head = grid.row([Cell(text, Font.BOLD, "centre") for text in table.heads], before=8, grey=True, keep=True)
    last = len(table.heads) - 1
    rows = [
        grid.row([Cell(text, align="left" if at in (0, 1) and at != last else "centre") for at, text in enumerate(row)])
        for row in table.rows
    ]
    return [head, *rows]


def _ticks(one: Ticks) -> Box:
    """The words at the left, the boxes in equal parts behind them."""
    lead = nd30.WIDTH * 0.14
    part = (nd30.WIDTH - lead) / len(one.choices)
    words = Column(nd30.LEFT, lead - 4)
    words.add(runs(clean(one.words), Font.BOLD, SIZE), align="left")
    cells = []
    for at, choice in enumerate(one.choices):
        cell = Column(nd30.LEFT + lead + at * part + BOX_SIDE + 5, part - BOX_SIDE - 9)
        cell.add(runs(clean(choice), Font.REGULAR, SIZE), align="left")
        cells.append(cell)
    height = max(words.height, *(cell.height for cell in cells))

    def draw(sheet: Sheet, top: float) -> None:
        words.draw(sheet, top)
        sheet.setLineWidth(0.8)
        for at, (choice, cell) in enumerate(zip(one.choices, cells, strict=True)):
            cell.draw(sheet, top)
            _square(sheet, nd30.LEFT + lead + at * part, top - 12, ticked=choice in one.ticked)

    return Box(height, draw, 8)


def _square(sheet: Sheet, left: float, foot: float, *, ticked: bool) -> None:
    sheet.rect(left, foot, BOX_SIDE, BOX_SIDE)
    if ticked:
        sheet.line(left + 2, foot + 2, left + BOX_SIDE - 2, foot + BOX_SIDE - 2)
        sheet.line(left + 2, foot + BOX_SIDE - 2, left + BOX_SIDE - 2, foot + 2)


def _signs(form: FormSheet) -> Box:
    part = nd30.WIDTH / len(form.signs)
    cells = []
    for at, title in enumerate(form.signs):
        cell = Column(nd30.LEFT + at * part, part)
        last = at == len(form.signs) - 1
        cell.add(runs(clean(form.place_date) if last and form.place_date else " ", Font.ITALIC, 11))
        if title:
            cell.add(runs(clean(title), Font.BOLD, 12))
            cell.add(runs("(ký, ghi rõ họ tên)", Font.ITALIC, 10.5))
        cell.height += SIGN_ROOM
        cells.append(cell)
    return nd30.beside(*cells, before=12)
