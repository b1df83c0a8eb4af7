"""Danh sách phân công: who goes where on a day, a sheet for each person with the houses and people to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reportlab.lib.units import mm

from covidstation.printing import fonts
from covidstation.printing.fonts import Font
from covidstation.printing.rows import Cell
from covidstation.printing.sheet import open_sheet
from covidstation.printing.sheet_table import WIDTH, cell_row, pages, words
from covidstation.printing.typeset import Box

SIZE: Final = 11.0
LEAST: Final = 8 * mm
HEADS: Final = ("TT", "Việc", "Họ và tên", "Nhà, địa chỉ", "Điện thoại", "Xong", "Ghi chú")
WIDTHS: Final = tuple(part * mm for part in (10, 38, 58, 70, 30, 15, 52))


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One piece of work."""

    what: str
    name: str
    place: str
    phone: str


@dataclass(frozen=True, slots=True)
class ShareGroup:
    """The work of one hamlet."""

    title: str
    lines: tuple[ShareLine, ...]


@dataclass(frozen=True, slots=True)
class ShareSheet:
    """One person's day."""

    name: str
    phone: str
    groups: tuple[ShareGroup, ...]


def render_shares(
    sheets: tuple[ShareSheet, ...], *, station: str, day: str, head_title: str, training: bool = False
) -> bytes:
    """A sheet for each person, A4 lying. The bytes are not stored."""
    fonts.register()
    canvas, out = open_sheet(f"DANH SÁCH PHÂN CÔNG NGÀY {day}")
    head = cell_row([Cell(text, Font.BOLD, "centre") for text in HEADS], WIDTHS, SIZE - 1)
    for sheet in sheets:
        count = sum(len(group.lines) for group in sheet.groups)
        who = " – ".join(filter(None, (sheet.name, sheet.phone)))
        signs = f"{count} việc. Người giao ({head_title}): ………………………   Người nhận: ………………………"
        first = [
            words(station, Font.REGULAR, 11),
            words(f"DANH SÁCH PHÂN CÔNG NGÀY {day}", Font.BOLD, 13, align="centre", before=2),
            words(who, Font.BOLD, 12, align="centre", before=2),
            words(signs, Font.ITALIC, 11, align="centre", before=2),
            Box(6, lambda _sheet, _top: None),
        ]
        pages(canvas, _boxes(sheet), head, first, training=training)
    canvas.save()
    data: bytes = out.getvalue()
    return data


def _boxes(sheet: ShareSheet) -> list[Box]:
    boxes, number = [], 0
    for group in sheet.groups:
        boxes.append(cell_row([Cell(group.title, Font.BOLD)], [WIDTH], SIZE, grey=True))
        for line in group.lines:
            number += 1
            cells = [
                Cell(str(number), align="centre"),
                Cell(line.what),
                Cell(line.name, Font.BOLD),
                Cell(line.place),
                Cell(line.phone, align="centre"),
                Cell(),
                Cell(),
            ]
            boxes.append(cell_row(cells, WIDTHS, SIZE, least=LEAST))
    return boxes
