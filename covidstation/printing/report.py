"""A report on paper by Nghị định 30/2020/NĐ-CP: header, title, a table of figures, typed words, signer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.paper_words import place_date
from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.rows import Cell, Grid
from covidstation.printing.sheet import open_sheet, put_page
from covidstation.printing.typeset import Box, paginate, runs

SIZE: Final = 13.0
CELLS: Final = (12 * mm, 98 * mm, 27 * mm, 27 * mm)  # together nd30.WIDTH
GRID: Final = Grid(left=nd30.LEFT, widths=CELLS, size=12.0, side=2.5, pad=2.5)
INDENT: Final = 5 * mm  # of each step of a line
FOOT: Final = 11 * mm  # above the lower edge
FOOT_SIZE: Final = 8.5


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
    foot: str = ""  # small, at the foot of every page
    heads: tuple[str, str, str, str] = ("TT", "Nội dung", "Trong ngày", "Lũy kế")


def render_report(view: ReportView) -> bytes:
    """The pages; the same view gives the same bytes."""
    fonts.register()
    sheet, out = open_sheet(f"{view.title} {view.made_on:%d/%m/%Y}")
    for number, page in enumerate(paginate(_boxes(view), nd30.HEIGHT), start=1):
        put_page(sheet, number, page, training=view.training)
        if view.foot:
            sheet.setFont(Font.REGULAR, FOOT_SIZE)
            sheet.drawString(nd30.LEFT, FOOT, clean(view.foot))
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
    boxes.append(GRID.row([Cell(text, Font.BOLD, "centre") for text in view.heads], before=10, keep=True))
    boxes += [_row(line) for line in view.lines]
    for heading, text in view.paragraphs:
        boxes += nd30.paragraph([*runs(f"{heading} ", Font.BOLD, SIZE), *runs(clean(text), Font.REGULAR, SIZE)])
    name = runs(clean(view.signer), Font.BOLD, SIZE)
    boxes.append(nd30.end_block([clean(one) for one in view.recipients], [clean(view.signer_title)], name, SIZE))
    return boxes


def _row(line: ReportLine) -> Box:
    face = Font.BOLD if line.bold else Font.REGULAR
    number, today, total = (Cell(text, face, "centre") for text in (line.number, line.today, line.total))
    return GRID.row([number, Cell(line.words, face, indent=line.indent * INDENT), today, total])
