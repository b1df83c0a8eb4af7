"""The sheets of a round from door to door: doors in walking order, a line a person, a box to tick for each question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.units import mm

from covidstation.printing import fonts
from covidstation.printing.fonts import Font
from covidstation.printing.rows import Cell
from covidstation.printing.sheet import open_sheet
from covidstation.printing.sheet_table import WIDTH, cell_row, pages, words
from covidstation.printing.typeset import Box, Sheet

SIZE: Final = 10.5
HEAD_SIZE: Final = 8.5
LEAST: Final = 8.5 * mm  # room for a hand
BOX: Final = 4 * mm
_FIXED: Final = tuple(part * mm for part in (8, 54, 30))  # number, name, birth
_NOTE: Final = 34 * mm
_RESULTS: Final = "□ đã rà · □ vắng nhà · □ từ chối · ngày ……/……"


@dataclass(frozen=True, slots=True)
class SheetPerson:
    """One line. `ticked` says of each question whether the register knows a yes already."""

    name: str
    second: str
    birth: str
    ticked: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class SheetDoor:
    """One house: its words, and the people behind the door."""

    title: str
    people: tuple[SheetPerson, ...]


@dataclass(frozen=True, slots=True)
class SheetHamlet:
    """The doors of one hamlet; each hamlet begins on a page of its own."""

    title: str
    doors: tuple[SheetDoor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSheet:
    """All that stands on the pages. `questions` are the short heads, `legend` their full words."""

    station: str
    title: str
    second: str
    questions: tuple[str, ...]
    legend: str
    hamlets: tuple[SheetHamlet, ...]
    training: bool = False


def render_review(sheet: ReviewSheet) -> bytes:
    """The pages as PDF, A4 lying. The bytes are not stored."""
    fonts.register()
    canvas, out = open_sheet(sheet.title)
    widths = widths_of(len(sheet.questions))
    heads = ("TT", "Họ và tên", "Sinh, giới", *sheet.questions, "Ghi chú, việc cần làm")
    head = cell_row([Cell(text, Font.BOLD, "centre") for text in heads], widths, HEAD_SIZE)
    for hamlet in sheet.hamlets:
        boxes = [box for door in hamlet.doors for box in _door(door, widths)]
        pages(canvas, boxes, head, _first(sheet, hamlet), training=sheet.training)
    canvas.save()
    data: bytes = out.getvalue()
    return data


def widths_of(questions: int) -> tuple[float, ...]:
    """The columns over the whole width: the questions share what the others leave."""
    each = (WIDTH - sum(_FIXED) - _NOTE) / questions
    return (*_FIXED, *(each for _one in range(questions)), _NOTE)


def _first(sheet: ReviewSheet, hamlet: SheetHamlet) -> list[Box]:
    people = sum(len(door.people) for door in hamlet.doors)
    count = f"{len(hamlet.doors)} hộ, {people} người. Người rà: ……………………………………  Ký tên: ……………………"
    return [
        words(sheet.station, Font.REGULAR, 11),
        words(f"{sheet.title}: {hamlet.title}".upper(), Font.BOLD, 13, align="centre", before=2),
        words(sheet.second, Font.ITALIC, 11, align="centre", before=1),
        words(count, Font.ITALIC, 11, align="centre", before=2),
        words(sheet.legend, Font.ITALIC, 9, before=3),
        Box(4, lambda _sheet, _top: None),
    ]


def _door(door: SheetDoor, widths: Sequence[float]) -> list[Box]:
    part = WIDTH * 0.62
    head = cell_row(
        [Cell(door.title, Font.BOLD), Cell(_RESULTS, Font.REGULAR, "centre")],
        [part, WIDTH - part],
        SIZE,
        grey=True,
    )
    lines = [_line(number, person, widths) for number, person in enumerate(door.people, start=1)]
    return [head, *lines]


def _line(number: int, person: SheetPerson, widths: Sequence[float]) -> Box:
    cells = [
        Cell(str(number), align="centre"),
        Cell(person.name, Font.BOLD, second=person.second),
        Cell(person.birth, align="centre"),
        *(Cell() for _one in person.ticked),
        Cell(),
    ]
    row = cell_row(cells, widths, SIZE, least=LEAST)

    def draw(sheet: Sheet, top: float) -> None:
        row.draw(sheet, top)
        left = (sheet._pagesize[0] - WIDTH) / 2 + sum(widths[: len(_FIXED)])
        for at, ticked in enumerate(person.ticked):
            room = widths[len(_FIXED) + at]
            _box(sheet, left + (room - BOX) / 2, top - (row.height + BOX) / 2, ticked=ticked)
            left += room

    return Box(row.height, draw, row.before, row.keep)


def _box(sheet: Sheet, left: float, foot: float, *, ticked: bool) -> None:
    """A square to tick; what is known already bears a cross."""
    sheet.setLineWidth(0.7)
    sheet.rect(left, foot, BOX, BOX)
    if ticked:
        sheet.setLineWidth(1.1)
        sheet.line(left + 2, foot + 2, left + BOX - 2, foot + BOX - 2)
        sheet.line(left + 2, foot + BOX - 2, left + BOX - 2, foot + 2)
        sheet.setLineWidth(0.5)
