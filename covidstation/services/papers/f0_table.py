"""The F0 register as a printed list and as a spreadsheet, with the heads that both its forms know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeSort, list_episodes
from covidstation.db.queries.f0_table import F0Row, f0_rows
from covidstation.db.queries.staff import DutyLine, duties_on
from covidstation.db.queries.station import get_station
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.citizen import masked
from covidstation.domain.paper_words import LEVEL_WORDS, OUTCOME_WORDS, RISK_SHORT, SEX_WORDS, TEST_SHORT
from covidstation.domain.rights import Right
from covidstation.i18n import date_text
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs, require
from covidstation.services.tables import SheetTable, Value, xlsx_bytes


@dataclass(frozen=True, slots=True)
class F0Selection:
    """Which part of the register: a filter with its order, or those chosen of it."""

    wanted: EpisodeFilter
    sort: EpisodeSort = EpisodeSort.NAME
    descending: bool = False
    chosen: tuple[UUID, ...] = ()
    words: str = ""  # the filter in words, under the title


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    share: float  # about millimetres: a number, a day or a paper's number stands on one line
    number: bool = False


@needs(Right.PRINT)
@prints("f0_list")
def f0_list_pdf(db: Database, selection: F0Selection, *, catalog: Catalog, today: date, whole: bool = False) -> bytes:
    """The list across A4, each page with its heads. `whole`: citizen numbers are not masked (`Right.EXPORT`)."""
    rows = _rows(db, selection, catalog, today, whole=whole)
    head = letterhead(db, catalog, today)
    columns = _columns()
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="DANH SÁCH F0",
            second=_second(selection, today, len(rows)),
            columns=tuple(ListColumn(one.title, one.share, "centre" if one.number else "left") for one in columns),
            rows=tuple(tuple(_printed(value) for value in row) for row in rows),
            across=True,
            size=8.0,
            pad=2.0,
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


@needs(Right.EXPORT)
@prints("f0_list", AuditAction.EXPORT)
def f0_list_xlsx(db: Database, selection: F0Selection, *, catalog: Catalog, today: date, whole: bool = False) -> bytes:
    """The same as a spreadsheet: days are days there, and what people typed is text."""
    rows = _rows(db, selection, catalog, today, whole=whole)
    notes = [get_station(db).name, _second(selection, today, len(rows))]
    columns = [column.title for column in _columns()]
    return xlsx_bytes([SheetTable(title="DANH SÁCH F0", columns=columns, rows=rows, notes=notes, name="F0")])


def _second(selection: F0Selection, today: date, count: int) -> str:
    words = "{filter}; ngày {day}, {count} người" if selection.words else "Ngày {day}, {count} người"
    return words.format(filter=selection.words, day=date_text(today), count=count)


def _columns() -> tuple[_Column, ...]:
    return (
        _Column("STT", 7.2, number=True),
        _Column("Họ và tên", 27),
        _Column("Ngày sinh", 14.6),
        _Column("Giới", 7.2),
        _Column("Số định danh", 18.8),
        _Column("Điện thoại", 16),
        _Column("Thôn, bản", 15),
        _Column("Dương tính", 14.6),
        _Column("Xét nghiệm", 11),
        _Column("Nguy cơ", 11),
        _Column("Số mũi", 8, number=True),
        _Column("Bệnh nền", 18),
        _Column("Bắt đầu cách ly", 14.6),
        _Column("Quyết định", 20),
        _Column("Đến hết ngày", 14.6),
        _Column("SpO2 / nhịp thở", 11),
        _Column("Diễn biến", 12.4),
        _Column("Kết quả", 12),
        _Column("Người theo dõi", 14),
    )


def _rows(
    db: Database, selection: F0Selection, catalog: Catalog, today: date, *, whole: bool
) -> list[tuple[Value, ...]]:
    if whole:
        require(db, Right.EXPORT)
    found = list_episodes(db, selection.wanted, today=today, sort=selection.sort, descending=selection.descending)
    duties = duties_on(db, today)
    rows = f0_rows(db, found, selection.chosen)
    return [_row(at, row, catalog, duties, whole=whole) for at, row in enumerate(rows, start=1)]


def _row(at: int, row: F0Row, catalog: Catalog, duties: Sequence[DutyLine], *, whole: bool) -> tuple[Value, ...]:
    line = row.line
    measured = " / ".join("–" if value is None else f"{value}" for value in (row.spo2, row.breaths))
    return (
        at,
        line.full_name,
        line.birth.text() if line.birth else "",
        SEX_WORDS[line.sex],
        row.citizen_number if whole else masked(row.citizen_number),
        line.phone,
        line.hamlet,
        line.report_date,
        TEST_SHORT[row.test] if row.test else "",
        RISK_SHORT[line.risk] if line.risk else "",
        line.doses,
        ", ".join(catalog.conditions[code].label for code in row.conditions if code in catalog.conditions),
        line.isolation_start.date() if line.isolation_start else None,
        line.order,
        line.isolation_until,
        measured if (row.spo2, row.breaths) != (None, None) else "",
        LEVEL_WORDS[line.level] if line.level else "",
        line.ending or OUTCOME_WORDS[line.outcome],
        _carers(duties, row.hamlet_id),
    )


def _carers(duties: Sequence[DutyLine], hamlet_id: UUID | None) -> str:
    """Who is in charge of the hamlet; of the whole commune where nobody is."""
    own = [duty.name for duty in duties if duty.hamlet_id is not None and duty.hamlet_id == hamlet_id]
    return ", ".join(own or [duty.name for duty in duties if duty.hamlet_id is None])


def _printed(value: Value) -> str:
    if isinstance(value, date):
        return date_text(value)
    return "" if value is None else f"{value}"
