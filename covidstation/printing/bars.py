"""Bars of shares on paper, over the mark that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reportlab.pdfbase.pdfmetrics import stringWidth

from covidstation.domain.wording import clean
from covidstation.printing.fonts import Font
from covidstation.printing.typeset import Box, Sheet

HIGH: Final = 110.0  # points, for 100 %
_HEAD, _FOOT, _SIZE = 30.0, 16.0, 8.0
_WIDEST: Final = 70.0
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


def bars_box(shown: ShareBars, left: float, room: float) -> Box:
    """The picture between two margins; no page break cuts it."""
    step = min(room / max(1, len(shown.bars)), _WIDEST * 1.6)

    def draw(sheet: Sheet, top: float) -> None:
        foot = top - _HEAD - HIGH
        sheet.saveState()
        sheet.setFont(Font.BOLD, 11)
        sheet.drawString(left, top - 14, clean(shown.title))
        for at, one in enumerate(shown.bars):
            _bar(sheet, one, left + at * step, foot, min(step * 0.72, _WIDEST), step)
        sheet.setLineWidth(0.5)
        sheet.line(left, foot, left + room, foot)
        y = foot + HIGH * shown.mark / 100
        sheet.setDash(3, 2)
        sheet.line(left, y, left + room, y)
        sheet.setFont(Font.ITALIC, _SIZE)
        sheet.drawRightString(left + room, y + 3, f"cần {shown.mark} %")
        sheet.restoreState()

    return Box(_HEAD + HIGH + _FOOT, draw, before=8)


def _bar(sheet: Sheet, one: ShareBar, x: float, foot: float, wide: float, step: float) -> None:
    """Grey, so that every printer shows it; its share at the top, its words below, cut to their room."""
    high = HIGH * (one.tenths or 0) / _FULL
    sheet.setFillGray(0.72)
    sheet.rect(x, foot, wide, high, stroke=0, fill=1)
    sheet.setFillGray(0)
    sheet.setFont(Font.REGULAR, _SIZE)
    inside = high > 2 * _SIZE
    sheet.drawCentredString(x + wide / 2, foot + high + (-_SIZE - 3 if inside else 3), one.said)
    words = clean(one.words)
    while words and stringWidth(words, Font.REGULAR, _SIZE) > step - 4:
        words = words[:-2].rstrip() + "…"
    sheet.drawString(x, foot - 11, words)
