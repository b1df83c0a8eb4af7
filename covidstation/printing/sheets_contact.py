"""The sheet for watching a contact's (F1) health at home, after the annex of QĐ 879/QĐ-BYT of 12/3/2020.

Its columns are those of the annex; how wide they stand there was not seen. Always Vietnamese, like all papers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from reportlab.lib.units import mm

from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.rows import Cell, Grid
from covidstation.printing.sheet import open_sheet, training_mark
from covidstation.printing.typeset import Box, Sheet, depth_of, draw_down, draw_page, line_box, lines, paginate, runs

TITLE: Final = "BẢNG THEO DÕI SỨC KHỎE NGƯỜI ĐƯỢC CÁCH LY TẠI NHÀ"
TITLE_FREE: Final = "BẢNG TỰ THEO DÕI SỨC KHỎE NGƯỜI TIẾP XÚC GẦN"
HEADS: Final = (
    "Ngày thứ",
    "Ngày",
    "Thân nhiệt (°C)",
    "Sốt",
    "Ho",
    "Đau họng",
    "Hắt hơi, sổ mũi",
    "Đau người, mệt, ớn lạnh",
    "Khó thở",
    "Bình thường",
    "Ca nghi ngờ",
    "Vắng mặt",
)
_EMPTY: Final = ("",) * (len(HEADS) - 2)
CELLS: Final = tuple(
    part * mm for part in (11.0, 13.0, 17.0, 11.0, 11.0, 13.0, 14.0, 17.0, 15.0, 15.0, 14.0, 13.0)
)  # together nd30.WIDTH
SIZE: Final = 12.0
GRID: Final = Grid(left=nd30.LEFT, widths=CELLS, size=9.5, side=1.0, pad=2.0, middle=True)
ROW: Final = 10 * mm
GAP: Final = 10.0  # between the two statements of a line
PART: Final = 104 * mm  # of a line, to its second statement
FOOT: Final = (
    "Đánh dấu X vào ô phù hợp, đo thân nhiệt hai lần mỗi ngày và ghi lần cao hơn.",
    "Sốt, ho, khó thở, hoặc vắng mặt khi đến kiểm tra: báo ngay cho trạm y tế.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSheet:
    """One person's sheet: who, since when, who watches, and the days with their numbers."""

    name: str
    birth: str = ""
    phone: str = ""
    address: str = ""
    source: str = ""  # whose contact
    last_contact_on: date | None = None
    days: tuple[tuple[int, date], ...] = ()
    known: Mapping[date, tuple[str, ...]] = field(default_factory=dict)  # cells from the temperature on, as HEADS
    until: date | None = None
    watcher: str = ""
    station: str = ""
    station_phone: str = ""
    free: bool = False  # nobody is isolated by law: a sheet for watching oneself


def render(sheets: Sequence[ContactSheet], *, training: bool = False) -> bytes:
    """One or more pages a person, marked in training. The bytes are not stored."""
    fonts.register()
    canvas, out = open_sheet(TITLE)
    for one in sheets:
        _person(canvas, one, training)
    canvas.save()
    return out.getvalue()


def _person(canvas: Sheet, one: ContactSheet, training: bool) -> None:
    first, room = [*_top(one), _head()], depth_of(_again(one, 1))
    spacer = Box(depth_of(first) - room, lambda _sheet, _top: None, keep=True)
    held = paginate([spacer, *_table(one), *_foot(one)], nd30.HEIGHT - room)
    for number, page in enumerate(held, start=1):
        if training:
            training_mark(canvas)
        high = nd30.PAGE[1] - nd30.TOP
        draw_down(canvas, _again(one, number) if number > 1 else first, high)
        draw_page(canvas, page, high - room)
        canvas.showPage()


def _again(one: ContactSheet, number: int) -> list[Box]:
    """Who it is about, at the top of a further page."""
    return [_pair(("Họ và tên người được theo dõi", one.name), ("Tờ số", f"{number}")), _head()]


def _top(one: ContactSheet) -> list[Box]:
    """Station, title and who it is about."""
    start = one.days[0][1] if one.days else None
    found = _left(clean(one.station), Font.BOLD, SIZE)
    found += nd30.centred(TITLE_FREE if one.free else TITLE, Font.BOLD, 14, before=10)
    return [
        *found,
        _pair(("Họ và tên người được theo dõi", one.name), ("Điện thoại", one.phone), before=8),
        _pair(("Địa chỉ", one.address), ("Ngày sinh", one.birth)),
        _pair(("Tiếp xúc với", one.source), ("Lần cuối ngày", _day(one.last_contact_on))),
        _pair(("Ngày bắt đầu", _day(start)), ("Đến hết ngày", _day(one.until))),
        _pair(("Họ và tên người theo dõi", one.watcher), ("Điện thoại", "")),
    ]


def _pair(left: tuple[str, str], right: tuple[str, str], *, before: float = 2.0) -> Box:
    """Two statements on one line; what is not known is dots to write on."""
    columns = []
    for (key, value), at, room, dots in ((left, 0.0, PART, 44), (right, PART, nd30.WIDTH - PART, 30)):
        column = nd30.Column(nd30.LEFT + at, room - (GAP if at == 0.0 else 0.0))
        said = clean(value) or "." * max(8, dots - len(key))
        column.add(runs(f"{key}: {said}", Font.REGULAR, SIZE), align="left")
        columns.append(column)
    return nd30.beside(*columns, before=before)


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _left(text: str, face: Font, size: float, *, before: float = 0.0) -> list[Box]:
    broken = lines(runs(text, face, size), nd30.WIDTH, align="left")
    return [line_box(line, nd30.LEFT, before=0.0 if at else before) for at, line in enumerate(broken)]


def _table(one: ContactSheet) -> list[Box]:
    return [
        GRID.row(_cells((f"{number}", f"{day:%d/%m}", *one.known.get(day, _EMPTY)), Font.REGULAR), least=ROW)
        for number, day in one.days
    ]


def _head() -> Box:
    """The columns' heads, on every page of a person."""
    return GRID.row(_cells(HEADS, Font.BOLD), before=8)


def _cells(texts: Sequence[str], face: Font) -> list[Cell]:
    return [Cell(text, face, "centre") for text in texts]


def _foot(one: ContactSheet) -> list[Box]:
    call = f"Điện thoại trạm y tế: {clean(one.station_phone)}." if one.station_phone else ""
    found: list[Box] = []
    for at, text in enumerate(filter(None, (*FOOT, call))):
        found += _left(text, Font.ITALIC, 11, before=8 if at == 0 else 0)
    return found
