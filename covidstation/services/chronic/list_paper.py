"""The lists of the chronic register on paper: who is to come, and whom to see at home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from covidstation.catalog import Catalog
from covidstation.db.queries.chronic import ChronicFilter, ChronicLine, ChronicSort, list_chronic
from covidstation.db.queries.people_at import people_at
from covidstation.db.session import Database
from covidstation.domain.age_groups import age_groups_on
from covidstation.domain.chronic_lists import labels_of
from covidstation.domain.citizen import grouped
from covidstation.domain.rights import Right
from covidstation.domain.targets import Result
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs

_RESULTS: Final = {Result.CONTROLLED: "Đạt", Result.NOT: "Chưa đạt", Result.UNKNOWN: ""}
_COLUMNS: Final = (
    ("STT", 6.0), ("Họ và tên", 24.0), ("Năm sinh", 9.0), ("Thôn, bản", 15.0), ("Chủ hộ, địa chỉ", 25.0),
    ("Điện thoại", 15.0), ("Bệnh", 29.0), ("Lần cuối", 13.0), ("So với đích", 12.0), ("Hẹn", 13.0), ("Ghi chú", 30.0),
)  # fmt: skip
_NARROW: Final = 12.0


@dataclass(frozen=True, slots=True)
class ChronicSelection:
    """Which part of the register, in which order; `words`: the filter in words, under the title."""

    wanted: ChronicFilter
    sort: ChronicSort = ChronicSort.HAMLET
    descending: bool = False
    words: str = ""


@needs(Right.PRINT)
@prints("chronic_list")
def chronic_list_pdf(db: Database, selection: ChronicSelection, *, catalog: Catalog, today: date) -> bytes:
    """The list across A4, with room for notes. Raises UserError chronic.nobody for an empty one."""
    found = list_chronic(
        db,
        selection.wanted,
        today=today,
        elder_from=age_groups_on(catalog.age_groups, today).elder_from,
        sort=selection.sort,
        descending=selection.descending,
    )
    lines = found.lines(0, len(found)) if len(found) else []
    if not lines:
        raise UserError("chronic.nobody")
    head = letterhead(db, catalog, today)
    words = f"{selection.words}; ngày {date_text(today)}" if selection.words else f"Ngày {date_text(today)}"
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="DANH SÁCH THĂM KHÁM TẠI NHÀ" if selection.wanted.home else "DANH SÁCH BỆNH MẠN TÍNH, CAO TUỔI",
            second=f"{words}, {len(lines)} người",
            columns=tuple(ListColumn(name, share, "centre" if share < _NARROW else "left") for name, share in _COLUMNS),
            rows=tuple(_rows(db, lines, catalog, home=selection.wanted.home)),
            across=True,
            size=9.0,
            row_height=24.0,
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


def _rows(db: Database, lines: Sequence[ChronicLine], catalog: Catalog, *, home: bool) -> list[tuple[str, ...]]:
    labels = labels_of(catalog.chronic_lists)
    places = people_at(db, [one.person_id for one in lines])
    return [
        (
            str(number),
            one.full_name,
            str(one.birth.year) if one.birth else "",
            one.hamlet,
            places[one.person_id].house if one.person_id in places else "",
            grouped(one.phone),
            ", ".join(labels.get(code) or labels.get(code[:3]) or code for code in one.codes),
            _day(one.last_on),
            _RESULTS[one.result],
            _day((one.home_on if home else None) or one.due_on or one.next_on),
            _note(one, home=home),
        )
        for number, one in enumerate(lines, start=1)
    ]


def _note(one: ChronicLine, *, home: bool) -> str:
    """What whoever goes there wants to know: sent away, called, to be seen at home."""
    said = {"REACHED": "đã gọi", "NO_ANSWER": "gọi không nghe", "WRONG_NUMBER": "sai số điện thoại"}
    called = f"{said.get(one.call_result, 'đã gọi')} {_day(one.called_on)}" if one.called_on else ""
    away = f"chuyển tuyến {_day(one.away_on)}, chưa về" if one.away_on else ""
    seen = f"hẹn đến nhà {_day(one.home_on)}" if one.home_on and not home else ""
    return "; ".join(filter(None, (away, called, seen)))


def _day(day: date | None) -> str:
    return date_text(day) if day else ""
