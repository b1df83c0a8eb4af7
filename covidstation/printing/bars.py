"""Bars of shares on paper, over the mark that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from reportlab.pdfbase.pdfmetrics import stringWidth

from covidstation.domain.wording import clean
from covidstation.printing.fonts import Font
from covidstation.printing.typeset import Box, Sheet

HIGH: Final = 110.0  # points, for 100 %
_HEAD, _TOP, _FOOT, _SIZE = 30.0, 12.0, 26.0, 8.0  # above the first row of bars, above each other, below each
_WIDEST: Final = 70.0
_NARROWEST: Final = 48.0  # with its gap: room for "100,0 %" above, and below for what tells one name from another
_MARK: Final = 38.0  # right of the bars, for the words of the mark
_FULL: Final = 1000  # tenths of a percent


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One bar: its words below, its share in tenths of a percent (None of nobody), and the share as it is said."""

    words: str
    tenths: int | None
    said: str


@dataclass(frozen=True, slots=True)
class ShareBars:
    """What is drawn: a title, the bars, and the mark in percent."""

    title: str
    bars: tuple[ShareBar, ...]
    mark: int


def bars_boxes(shown: ShareBars, left: float, room: float) -> list[Box]:
    """The picture between two margins: as many rows of bars as leave room for every name, which no page break cuts."""
    bars_room = max(room - _MARK, room / 2)
    rows = max(1, ceil(len(shown.bars) * _NARROWEST / bars_room))
    each = max(1, ceil(len(shown.bars) / rows))
    step = min(bars_room / each, _WIDEST * 1.6)
    parts = [shown.bars[at : at + each] for at in range(0, max(1, len(shown.bars)), each)]
    return [
        _row(bars, shown.mark, left, room, step, "" if nth else shown.title, _TOP if nth else _HEAD)
        for nth, bars in enumerate(parts)
    ]


def _row(bars: Sequence[ShareBar], mark: int, left: float, room: float, step: float, title: str, head: float) -> Box:
    def draw(sheet: Sheet, top: float) -> None:
        foot = top - head - HIGH
        sheet.saveState()
        sheet.setFont(Font.BOLD, 11)
        sheet.drawString(left, top - 14, clean(title))
        for at, one in enumerate(bars):
            _bar(sheet, one, left + at * step, foot, min(step * 0.72, _WIDEST), step)
        sheet.setLineWidth(0.5)
        sheet.line(left, foot, left + room, foot)
        y = foot + HIGH * mark / 100
        sheet.setDash(3, 2)
        sheet.line(left, y, left + room, y)
        sheet.setFont(Font.ITALIC, _SIZE)
        sheet.drawRightString(left + room, y + 3, f"cần {mark} %")
        sheet.restoreState()

    return Box(head + HIGH + _FOOT, draw, before=8)


def _bar(sheet: Sheet, one: ShareBar, x: float, foot: float, wide: float, step: float) -> None:
    """Grey, so that every printer shows it; its share at the top, its words below in two lines, cut to their room."""
    high = HIGH * (one.tenths or 0) / _FULL
    sheet.setFillGray(0.72)
    sheet.rect(x, foot, wide, high, stroke=0, fill=1)
    sheet.setFillGray(0)
    sheet.setFont(Font.REGULAR, _SIZE)
    inside = high > 2 * _SIZE
    sheet.drawCentredString(x + wide / 2, foot + high + (-_SIZE - 3 if inside else 3), one.said)
    for line, words in enumerate(_two_lines(clean(one.words), step - 4)):
        sheet.drawString(x, foot - 11 - line * (_SIZE + 1), words)


def _two_lines(words: str, room: float) -> tuple[str, str]:
    """As much of a name as fits in two lines: hamlets are often told apart by their last word."""
    parts = words.split()
    first = next((end for end in range(len(parts), 0, -1) if _fits(" ".join(parts[:end]), room)), 1)
    return _shortened(" ".join(parts[:first]), room), _shortened(" ".join(parts[first:]), room)


def _shortened(words: str, room: float) -> str:
    """As much of it as fits; nothing where not even the sign that something is left out does."""
    if _fits(words, room):
        return words
    starts = (words[:end].rstrip() + "…" for end in range(len(words) - 1, -1, -1))
    return next((one for one in starts if _fits(one, room)), "")


def _fits(words: str, room: float) -> bool:
    return float(stringWidth(words, Font.REGULAR, _SIZE)) <= room
