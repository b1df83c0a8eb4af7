"""The layout of Nghị định 30/2020/NĐ-CP, Phụ lục I: page, header, title, articles, end block.

Lengths are points unless a name says mm. Numbers in the comments are boxes (ô số) of the decree's diagram.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.units import mm

from covidstation.printing.fonts import Font, width
from covidstation.printing.typeset import (
    ASCENT,
    LEADING,
    NUMBER_GROUND,
    Align,
    Box,
    Line,
    Run,
    Sheet,
    draw_line,
    line_box,
    lines,
    runs,
    runs_to_end,
)

PAGE: Final = (210 * mm, 297 * mm)
# Right 16, not 15: the last letter of an italic line leans half a millimetre out of its width.
TOP, BOTTOM, LEFT, RIGHT = 20 * mm, 20 * mm, 30 * mm, 16 * mm
WIDTH: Final = PAGE[0] - LEFT - RIGHT
HEIGHT: Final = PAGE[1] - TOP - BOTTOM
LEFT_CELL: Final = 73 * mm
CELL_GAP: Final = 4 * mm  # so that a long issuing body does not run into the nation's name
INDENT: Final = 12.7 * mm
PARAGRAPH: Final = 6.0
RULE: Final = 0.6
RULE_PART: Final = 0.42  # between a third and a half of the line above
RULE_GAP: Final = 4.0
SIGNATURE_ROOM: Final = 28 * mm


@dataclass(frozen=True, slots=True)
class Gaps:
    """The free room that no rule sets: above the title, the authority, the decision and the end, and to sign in."""

    title: float = 20.0
    authority: float = 12.0
    decides: float = 12.0
    end: float = 2 * PARAGRAPH
    sign: float = SIGNATURE_ROOM


ROOMY: Final = Gaps()
TIGHT: Final = Gaps(title=10.0, authority=PARAGRAPH, decides=PARAGRAPH, end=PARAGRAPH, sign=22 * mm)
"""For a paper that would else lay its signature alone on a second page."""

NATION: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"
RECIPIENTS: Final = "Nơi nhận:"


class Column:
    """Lines set one under the other in a cell, drawn later at a top that is not known yet."""

    def __init__(self, left: float, room: float) -> None:
        self.left, self.room, self.height = left, room, 0.0
        self._lines: list[tuple[Line, float]] = []
        self._rules: list[tuple[float, float, float]] = []

    def add(self, text: Sequence[Run], *, align: Align = "centre", before: float = 0.0) -> None:
        """Set a text below what is there."""
        self.height += before
        for line in lines(text, self.room, align=align):
            self._lines.append((line, self.height + ASCENT * line.size))
            self.height += LEADING * line.size

    def rule(self, part: float) -> None:
        """A rule centred under the last line, as long as that part of it."""
        long = self._lines[-1][0].width * part if self._lines else 0.0
        left = self.left + (self.room - long) / 2
        self._rules.append((left, left + long, self.height + RULE_GAP - 1.5))
        self.height += RULE_GAP

    def draw(self, sheet: Sheet, top: float) -> None:
        """Put the cell on the page."""
        for line, depth in self._lines:
            draw_line(sheet, line, self.left, top - depth)
        sheet.setLineWidth(RULE)
        for start, end, depth in self._rules:
            sheet.line(start, top - depth, end, top - depth)


def beside(*cells: Column, before: float = 0.0, below: float = 0.0) -> Box:
    """Cells side by side as one box, with room to write `below` the longest."""

    def draw(sheet: Sheet, top: float) -> None:
        for cell in cells:
            cell.draw(sheet, top)

    return Box(max(cell.height for cell in cells) + below, draw, before)


def header(
    parent: Sequence[str], issuer: Sequence[str], number: Sequence[Run], place_date: str, *, before: float = 6.0
) -> Box:
    """Boxes 1 to 4: nation and motto at the right, the issuing body at the left, number and date on one line."""
    left, right = Column(LEFT, LEFT_CELL - CELL_GAP), Column(LEFT + LEFT_CELL, WIDTH - LEFT_CELL)
    for text in parent:
        left.add(runs(text, Font.REGULAR, 12))
    for text in issuer:
        left.add(runs(text, Font.BOLD, 12))
    left.rule(RULE_PART)
    right.add(runs(NATION, Font.BOLD, 12))
    right.add(runs(MOTTO, Font.BOLD, 13))
    right.rule(1.0)
    depth = max(left.height, right.height) + before
    below_left, below_right = Column(left.left, left.room), Column(right.left, right.room)
    below_left.add(number)
    below_right.add(runs(place_date, Font.ITALIC, 13))

    def draw(sheet: Sheet, top: float) -> None:
        left.draw(sheet, top)
        right.draw(sheet, top)
        below_left.draw(sheet, top - depth)
        below_right.draw(sheet, top - depth)

    return Box(depth + max(below_left.height, below_right.height), draw)


def number_runs(number: str | None, symbol: str) -> list[Run]:
    """Box 3: `Số: 05/QĐ-UBND`; without a number an open place."""
    if number is not None:
        return runs(f"Số: {number}/{symbol}", Font.REGULAR, 13)
    gap = Run("........", Font.REGULAR, 13, NUMBER_GROUND)
    return [*runs("Số: ", Font.REGULAR, 13), gap, *runs(f"/{symbol}", Font.REGULAR, 13)]


def centred(text: str, font: Font, size: float, *, before: float = 0.0, keep: bool = True) -> list[Box]:
    """A centred line or several of like length."""
    broken = lines(runs(text, font, size), WIDTH, align="centre")
    return [line_box(line, LEFT, before=0.0 if at else before, keep=keep) for at, line in enumerate(broken)]


def rule_under(text: str, font: Font, size: float, part: float = RULE_PART) -> Box:
    """The rule under a title's last line."""
    long = lines(runs(text, font, size), WIDTH, align="centre")[-1].width * part

    def draw(sheet: Sheet, top: float) -> None:
        sheet.setLineWidth(RULE)
        start = LEFT + (WIDTH - long) / 2
        sheet.line(start, top - RULE_GAP + 1.5, start + long, top - RULE_GAP + 1.5)

    return Box(RULE_GAP, draw, keep=True)


def paragraph(text: Sequence[Run], *, align: Align = "justify", before: float = PARAGRAPH) -> list[Box]:
    """A paragraph of the body, first line indented; no line of it stands alone on a page."""
    broken = lines(text, WIDTH, align=align, indent=INDENT)
    last = len(broken) - 1
    return [
        line_box(line, LEFT, before=0.0 if at else before, keep=at in (0, last - 1) and at != last)
        for at, line in enumerate(broken)
    ]


def row(first: str, second: str, size: float) -> Box:
    """Two halves side by side, or one over the full width."""
    half = WIDTH / 2 if second else WIDTH
    cells = [Column(LEFT, half - (4 * mm if second else 0))]
    if second:
        cells.append(Column(LEFT + half, half))
    for cell, text in zip(cells, (first, second), strict=False):
        cell.add(runs_to_end(text, Font.REGULAR, size, cell.room), align="left")
    return beside(*cells, before=PARAGRAPH)


def heading(text: str, size: float) -> Box:
    """A bold line of its own, which stays with what follows."""
    line = Column(LEFT, WIDTH)
    line.add(runs(text, Font.BOLD, size), align="left")
    return Box(line.height, line.draw, before=1.5 * PARAGRAPH, keep=True)


Signature = tuple[Sequence[str], Sequence[Run]]


def end_block(
    recipients: Sequence[str],
    titles: Sequence[str],
    name: Sequence[Run],
    size: float,
    *,
    second: Signature | None = None,
    gaps: Gaps = ROOMY,
) -> Box:
    """Boxes 9b, 7a and 7b: who receives it at the left, who signs at the right, both from the same line.

    A `second` signature stands at the left, level with the first; such papers name no recipients.
    """
    left, right = Column(LEFT, LEFT_CELL), Column(LEFT + WIDTH / 2, WIDTH / 2)
    if second is not None:
        for text in second[0]:
            left.add(runs(text, Font.BOLD, size))
        left.add(second[1], before=gaps.sign + LEADING * size * max(0, len(titles) - len(second[0])))
    if recipients:
        left.add(runs(RECIPIENTS, Font.BOLD_ITALIC, 12), align="left")
    for text in recipients:
        left.add(runs(f"- {text}", Font.REGULAR, 11), align="left")
    for text in titles:
        right.add(runs(text, Font.BOLD, size))
    right.add(name, before=gaps.sign)
    return beside(left, right, before=gaps.end)


def page_number(sheet: Sheet, number: int) -> None:
    """Arabic, 13 pt, centred in the top margin; the first page shows none."""
    if number > 1:
        text = str(number)
        sheet.setFont(Font.REGULAR, 13)
        x = LEFT + (WIDTH - width(text, Font.REGULAR, 13)) / 2
        sheet.drawString(x, PAGE[1] - TOP / 2 - 4, text, wordSpace=0)
