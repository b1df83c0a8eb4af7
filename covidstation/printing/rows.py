"""The rows of every printed table: framed cells side by side, as tall as the longest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.wording import clean
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column
from covidstation.printing.sheet import draw_qr
from covidstation.printing.typeset import Align, Box, Sheet, runs

LINE: Final = 0.5  # of the frame
GREY: Final = 0.92
SMALLER: Final = 1.5  # second words than the first
LEAST_SIZE: Final = 8.0  # of any letter
CODE_SIZE: Final = 6.4 * mm  # 0.3 mm for each of 21 modules: what scanners and a good print still resolve


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of one cell; `second` stands under them, smaller; `indent` is free room at its left in points.

    `code` is a QR instead, from the indent on."""

    text: str = ""
    font: Font = Font.REGULAR
    align: Align = "left"
    second: str = ""
    indent: float = 0.0
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where the columns of a table stand and how its cells are set; lengths are points."""

    left: float  # from the page's edge
    widths: Sequence[float]
    size: float  # of the letters
    side: float  # free beside the words
    pad: float  # free above and below them
    middle: bool = False  # words in the middle of a row's height, else at its top

    def row(
        self,
        cells: Sequence[Cell],
        *,
        least: float = 0.0,
        before: float = 0.0,
        grey: bool = False,
        keep: bool = False,
    ) -> Box:
        """One row with its frame, at least `least` points high, on a grey ground if asked."""
        columns = self._columns(cells)
        height = max(least, *(column.height + 2 * self.pad for column in columns))

        def draw(sheet: Sheet, top: float) -> None:
            if grey:
                self._ground(sheet, top, height)
            self._frame(sheet, top, height)
            for column in columns:
                if column.height:
                    down = (height - column.height) / 2 if self.middle else self.pad
                    column.draw(sheet, top - down)
            for at, cell in enumerate(cells):
                if cell.code:
                    self._code(sheet, at, cell, top - height / 2)

        return Box(height, draw, before, keep)

    def _columns(self, cells: Sequence[Cell]) -> list[Column]:
        left, columns = self.left, []
        for cell, room in zip(cells, self.widths, strict=True):
            column = Column(left + self.side + cell.indent, room - 2 * self.side - cell.indent)
            if cell.text:  # most cells of a sheet are empty
                column.add(runs(clean(cell.text), cell.font, self.size), align=cell.align)
            if cell.second:
                size = max(self.size - SMALLER, LEAST_SIZE)
                column.add(runs(clean(cell.second), Font.ITALIC, size), align=cell.align)
            columns.append(column)
            left += room
        return columns

    def _code(self, sheet: Sheet, at: int, cell: Cell, middle: float) -> None:
        left = self.left + sum(self.widths[:at]) + self.side + cell.indent
        draw_qr(sheet, cell.code, left, middle - CODE_SIZE / 2, size=CODE_SIZE, error="q")

    def _ground(self, sheet: Sheet, top: float, height: float) -> None:
        sheet.setFillGray(GREY)
        sheet.rect(self.left, top - height, sum(self.widths), height, stroke=0, fill=1)
        sheet.setFillGray(0)

    def _frame(self, sheet: Sheet, top: float, height: float) -> None:
        """The row's frame and the lines between its cells as one path: a page has nearly a thousand cells."""
        foot, at = top - height, self.left
        path = [f"{at:.2f} {foot:.2f} {sum(self.widths):.2f} {height:.2f} re"]
        for room in self.widths[:-1]:
            at += room
            path.append(f"{at:.2f} {foot:.2f} m {at:.2f} {top:.2f} l")
        sheet.setLineWidth(LINE)
        sheet._code.append(" ".join((*path, "S")))
