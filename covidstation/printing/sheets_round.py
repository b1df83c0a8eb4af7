"""The round sheet: everybody of a round by hamlet, with how they were last and empty cells to write in."""

from __future__ import annotations

from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.care import Round
from covidstation.domain.sheets import RoundSheet, RoundSheetGroup, RoundSheetLine
from covidstation.printing import fonts
from covidstation.printing.fonts import Font
from covidstation.printing.rows import Cell
from covidstation.printing.sheet import open_sheet
from covidstation.printing.sheet_table import WIDTH, cell_row, pages, words
from covidstation.printing.typeset import Box

SIZE: Final = 10.5
LEAST: Final = 9 * mm  # room for a hand
TITLES: Final = {Round.MORNING: "SÁNG", Round.AFTERNOON: "CHIỀU", Round.EXTRA: "ĐO THÊM"}
HEADS: Final = (
    "TT",
    "Họ và tên, nhà",
    "Tuổi",
    "Ngày",
    "Điện thoại",
    "Lần đo trước",
    "Giờ",
    "Nhiệt độ",
    "SpO2",
    "Mạch",
    "Nhịp thở",
    "Huyết áp",
    "Dấu hiệu, ghi chú",
)
DANGER: Final = "Dấu hiệu nặng, chưa xử lý"
WIDTHS: Final = tuple(part * mm for part in (8, 50, 14, 11, 25, 34, 13, 17, 14, 14, 16, 20, 37))


def render(sheet: RoundSheet) -> bytes:
    """The pages as PDF, A4 lying. The bytes are not stored."""
    fonts.register()
    title = f"PHIẾU THEO DÕI F0 TẠI NHÀ, LƯỢT {TITLES[sheet.round]} NGÀY {sheet.day:%d/%m/%Y}"
    canvas, out = open_sheet(title)
    count = sum(len(group.lines) for group in sheet.groups)
    station = " – ".join(part for part in (sheet.parent, sheet.station) if part)
    first = [
        words(station, Font.REGULAR, 11),
        words(title, Font.BOLD, 13, align="centre", before=2),
        words(f"{count} người. Người đo: ………………………………  Ký tên: ………………………", Font.ITALIC, 11, align="centre", before=2),
        Box(6, lambda _sheet, _top: None),
    ]
    head = cell_row([Cell(text, Font.BOLD, "centre") for text in HEADS], WIDTHS, SIZE - 1)
    number, boxes = 0, []
    for group in sheet.groups:
        boxes.append(_head(group))
        for line in group.lines:
            number += 1
            boxes.append(_line(number, line))
    pages(canvas, boxes, head, first, training=sheet.training)
    canvas.save()
    data: bytes = out.getvalue()
    return data


def _head(group: RoundSheetGroup) -> Box:
    title = group.title or "Chưa rõ bản"
    return cell_row([Cell(f"{title}: {len(group.lines)} người", Font.BOLD)], [WIDTH], SIZE, grey=True)


def _line(number: int, line: RoundSheetLine) -> Box:
    house = ". ".join(filter(None, (line.house, DANGER if line.danger else "")))
    *values, signs = line.cells
    cells = [
        Cell(str(number), align="centre"),
        Cell(line.name, Font.BOLD, second=house),
        Cell(line.age, align="centre"),
        Cell(str(line.day_number), align="centre"),
        Cell(line.phone, align="centre"),
        Cell(line.last, second=line.last_at),
        *(Cell(value, align="centre") for value in values),
        Cell(signs),
    ]
    return cell_row(cells, WIDTHS, SIZE, least=LEAST)
