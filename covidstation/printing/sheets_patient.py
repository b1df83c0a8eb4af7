"""One person's sheet of health at home: the guideline's lines, days across, morning and afternoon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.care import Round
from covidstation.domain.sheets import OTHER, HalfDay, PatientSheet, SheetRow
from covidstation.domain.wording import clean
from covidstation.printing import fonts
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column, beside
from covidstation.printing.rows import LEAST_SIZE, Cell
from covidstation.printing.sheet import open_sheet
from covidstation.printing.sheet_table import MARGIN, WIDTH, cell_row, fits, flow, words
from covidstation.printing.typeset import Box, runs

LABEL: Final = 52 * mm
SIZE: Final = LEAST_SIZE
ROOMY, CLOSE = (5.2 * mm, 2.5), (0.0, 1.2)  # a row's least height and pad; the closer when it saves a page
HALVES: Final = {Round.MORNING: "S", Round.AFTERNOON: "C"}
DOTS: Final = "………………"
LONGEST: Final = 4  # letters of a cell
NO: Final = ("Không", "–")  # a cell is too narrow for the word in letters that can be read


def render(sheet: PatientSheet) -> bytes:
    """The pages as PDF, A4 lying, as many days on each as the form says. The bytes are not stored."""
    fonts.register()
    canvas, out = open_sheet(f"{sheet.form.title} {sheet.name}")
    step = 2 * sheet.form.days
    for at in range(0, max(len(sheet.columns), 1), step):
        columns, notes = _noted(sheet.columns[at : at + step])
        page = _page(sheet, columns, notes, *ROOMY)
        flow(canvas, page if fits(page) else _page(sheet, columns, notes, *CLOSE), training=sheet.training)
    canvas.save()
    data: bytes = out.getvalue()
    return data


def _noted(columns: Sequence[HalfDay]) -> tuple[list[HalfDay], list[str]]:
    """Other symptoms that no cell can hold get a number there and stand under the table."""
    found: list[HalfDay] = []
    notes: list[str] = []
    for column in columns:
        said = column.cells.get(OTHER, "")
        if len(said) > LONGEST:
            half = "sáng" if column.round is Round.MORNING else "chiều"
            notes.append(f"({len(notes) + 1}) {half} {f'{column.day:%d/%m}' if column.day else ''}: {said}.")
            column = replace(column, cells={**column.cells, OTHER: f"({len(notes)})"})
        found.append(column)
    return found, notes


def _page(sheet: PatientSheet, columns: Sequence[HalfDay], notes: Sequence[str], least: float, pad: float) -> list[Box]:
    room = (WIDTH - LABEL) / max(len(columns), 1)
    widths = [LABEL, *(room for _column in columns)]
    station = " – ".join(part for part in (sheet.parent, sheet.station) if part)
    phone = f"Điện thoại trạm: {sheet.station_phone or DOTS}"
    boxes = [
        words(f"{station}. {phone}", Font.REGULAR, 10),
        words(sheet.form.title, Font.BOLD, 13, align="centre", before=2),
        _who(sheet),
        _where(sheet),
        Box(4, lambda _sheet, _top: None, keep=True),
        _days(columns, room),
        cell_row(
            [Cell("", Font.BOLD), *(Cell(HALVES[one.round], Font.BOLD, "centre") for one in columns)], widths, SIZE
        ),
    ]
    boxes += [_row(row, columns, widths, least, pad) for row in sheet.form.rows]
    if notes:
        boxes.append(words(f"Khác: {' '.join(notes)}", Font.REGULAR, 9, before=3))
    boxes.append(words(f"S: sáng, C: chiều, {NO[1]}: không. {sheet.form.advice}", Font.ITALIC, 9.5, before=3))
    return boxes


def _who(sheet: PatientSheet) -> Box:
    return _parted(
        (0.36, f"Họ và tên: {sheet.name or DOTS}"),
        (0.24, f"Ngày sinh: {sheet.birth or DOTS}"),
        (0.14, f"Giới: {sheet.sex or DOTS}"),
        (0.26, f"Điện thoại: {sheet.phone or DOTS}"),
    )


def _where(sheet: PatientSheet) -> Box:
    return _parted((0.6, f"Địa chỉ: {sheet.address or DOTS}"), (0.4, f"Bệnh nền: {sheet.conditions or DOTS}"))


def _parted(*parts: tuple[float, str]) -> Box:
    """Texts side by side, each in its part of the width."""
    left, columns = MARGIN, []
    for part, text in parts:
        column = Column(left, part * WIDTH - 6)
        column.add(runs(clean(text), Font.REGULAR, 10.5), align="left")
        columns.append(column)
        left += part * WIDTH
    return beside(*columns, before=2)


def _days(columns: Sequence[HalfDay], room: float) -> Box:
    """A cell over each morning and afternoon: the day of the isolation and its date."""
    days = columns[::2]
    cells = [Cell("Ngày cách ly", Font.BOLD)]
    cells += [Cell(str(one.number), Font.BOLD, "centre", f"{one.day:%d/%m}" if one.day else "…/…") for one in days]
    return cell_row(cells, [LABEL, *(2 * room for _day in days)], SIZE + 1)


def _row(row: SheetRow, columns: Sequence[HalfDay], widths: Sequence[float], least: float, pad: float) -> Box:
    if not row.key:
        return cell_row([Cell(row.label, Font.BOLD)], [sum(widths)], SIZE, least=least, pad=pad, grey=True)
    said = [one.cells.get(row.key, "") for one in columns]
    cells = [Cell(NO[1] if text == NO[0] else text, _face(text), "centre") for text in said]
    return cell_row([Cell(row.label), *cells], widths, SIZE, least=least, pad=pad)


def _face(text: str) -> Font:
    return Font.BOLD if text == "Có" else Font.REGULAR
