"""A report on paper by Nghị định 30/2020/NĐ-CP: header, title, a table of figures, typed words, signer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.paper_words import place_date
from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.sheet import open_sheet, training_mark
from covidstation.printing.typeset import Align, Box, Sheet, paginate, runs

SIZE: Final = 13.0
TABLE: Final = 12.0
CELLS: Final = (12 * mm, 98 * mm, 27 * mm, 27 * mm)  # together nd30.WIDTH
PAD: Final = 2.5


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One row of the table in its final words; a head row spans the numbers."""

    number: str
    words: str
    today: str = ""
    total: str = ""
    bold: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Everything that stands on the sheet."""

    parent: str
    issuer: str
    symbol: str
    place: str
    made_on: date
    title: str
    subject: tuple[str, ...]
    lines: tuple[ReportLine, ...]
    paragraphs: tuple[tuple[str, str], ...]  # heading, text
    recipients: tuple[str, ...]
    signer_title: str
    signer: str
    training: bool = False
    heads: tuple[str, str, str, str] = ("TT", "Nội dung", "Trong ngày", "Lũy kế")


def render_report(view: ReportView) -> bytes:
    """The pages; the same view gives the same bytes."""
    fonts.register()
    sheet, out = open_sheet(f"{view.title} {view.made_on:%d/%m/%Y}")
    for number, page in enumerate(paginate(_boxes(view), nd30.HEIGHT), start=1):
        if view.training:
            training_mark(sheet)
        nd30.page_number(sheet, number)
        for box, depth in page:
            box.draw(sheet, nd30.PAGE[1] - nd30.TOP - depth)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _boxes(view: ReportView) -> list[Box]:
    boxes = [
        nd30.header(
            [clean(view.parent)] if view.parent else [],
            [clean(view.issuer)],
            nd30.number_runs(None, clean(view.symbol)),
            place_date(clean(view.place), view.made_on),
        )
    ]
    boxes += nd30.centred(view.title, Font.BOLD, 14, before=14)
    for line in view.subject:
        boxes += nd30.centred(clean(line), Font.BOLD, SIZE)
    if view.subject:
        boxes.append(nd30.rule_under(clean(view.subject[-1]), Font.BOLD, SIZE))
    head = _row(ReportLine(*view.heads, bold=True), head=True, before=10)
    boxes += [head, *(_row(line) for line in view.lines)]
    for heading, text in view.paragraphs:
        boxes += nd30.paragraph([*runs(f"{heading} ", Font.BOLD, SIZE), *runs(clean(text), Font.REGULAR, SIZE)])
    name = runs(clean(view.signer), Font.BOLD, SIZE)
    boxes.append(nd30.end_block([clean(one) for one in view.recipients], [clean(view.signer_title)], name, SIZE))
    return boxes


def _row(line: ReportLine, *, head: bool = False, before: float = 0.0) -> Box:
    """One framed row, as tall as its longest cell."""
    face = Font.BOLD if line.bold else Font.REGULAR
    texts: Sequence[tuple[str, Align]] = (
        (line.number, "centre"),
        (line.words, "centre" if head else "left"),
        (line.today, "centre"),
        (line.total, "centre"),
    )
    cells, left = [], nd30.LEFT
    for (text, align), room in zip(texts, CELLS, strict=True):
        lean = line.indent * 5 * mm if room == CELLS[1] else 0.0
        cell = nd30.Column(left + PAD + lean, room - 2 * PAD - lean)
        cell.add(runs(clean(text), face, TABLE), align=align)
        cells.append(cell)
        left += room
    height = max(cell.height for cell in cells) + 2 * PAD

    def draw(sheet: Sheet, top: float) -> None:
        sheet.setLineWidth(0.5)
        at = nd30.LEFT
        for cell, room in zip(cells, CELLS, strict=True):
            sheet.rect(at, top - height, room, height)
            cell.draw(sheet, top - PAD)
            at += room

    return Box(height, draw, before=before, keep=head)
