"""A list of who is due, or not and why, on paper and as a spreadsheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_due import DueFilter, DueLine, DueSort
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.citizen import grouped
from covidstation.domain.dates import PartialDate, age_on
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.states import DueKind
from covidstation.i18n import date_text
from covidstation.messages.vaccination_due import KINDS, as_written, barred_words, due_sentence, mark_words, step_words
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs
from covidstation.services.tables import SheetTable, Value, xlsx_bytes
from covidstation.services.vaccination.due import due_list, priority_list
from covidstation.services.vaccination.standing import desk_rules

TITLE = "DANH SÁCH TIÊM VẮC XIN PHÒNG COVID-19"
_COLUMNS = (
    ("STT", 7.0), ("Họ và tên", 27.0), ("Ngày sinh", 15.0), ("Thôn, bản", 19.0), ("Điện thoại", 17.0),
    ("Nhóm ưu tiên", 24.0), ("Đã tiêm", 9.0), ("Tình trạng", 17.0), ("Hạn tiêm", 15.0), ("Lý do", 52.0),
    ("Việc tiếp theo", 26.0), ("Hẹn", 15.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DueSelection:
    """Which list, in which order; `words`: the filter in words, under the title."""

    wanted: DueFilter
    sort: DueSort = DueSort.HAMLET
    descending: bool = False
    words: str = ""


@needs(Right.PRINT)
@prints("vaccine_due")
def due_pdf(db: Database, selection: DueSelection, *, catalog: Catalog, now: datetime) -> bytes:
    """The list across A4, hamlet by hamlet, for whoever goes there: who, since when or from when, why, what is next."""
    lines, groups = _selected(db, replace(selection, sort=DueSort.HAMLET, descending=False), catalog, now)
    head = letterhead(db, catalog, now.date())
    rows: list[tuple[str, ...]] = []
    counts = Counter(one.hamlet for one in lines)
    for at, (line, row) in enumerate(zip(lines, _rows(db, lines, groups, catalog, now.date()), strict=True)):
        if at == 0 or line.hamlet != lines[at - 1].hamlet:
            rows.append((f"{line.hamlet or 'Chưa rõ thôn, bản'}: {counts[line.hamlet]} người",))
        rows.append(tuple("" if one is None else str(one) for one in row))
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title=TITLE,
            second=_second(db, selection, catalog, now, lines),
            columns=tuple(ListColumn(title, share, "centre" if share < 10 else "left") for title, share in _COLUMNS),
            rows=tuple(rows),
            across=True,
            size=8.5,
            pad=2.0,
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


@needs(Right.EXPORT)
@prints("vaccine_due", AuditAction.EXPORT)
def due_xlsx(db: Database, selection: DueSelection, *, catalog: Catalog, now: datetime) -> bytes:
    """The same as a spreadsheet."""
    lines, groups = _selected(db, selection, catalog, now)
    head = letterhead(db, catalog, now.date())
    return xlsx_bytes(
        [
            SheetTable(
                title=TITLE,
                columns=[title for title, _share in _COLUMNS],
                rows=_rows(db, lines, groups, catalog, now.date()),
                notes=[head.station, _second(db, selection, catalog, now, lines)],
                name="Tiêm chủng",
            )
        ]
    )


def _selected(
    db: Database, selection: DueSelection, catalog: Catalog, now: datetime
) -> tuple[list[DueLine], PriorityList]:
    found = due_list(
        db, selection.wanted, catalog=catalog, now=now, sort=selection.sort, descending=selection.descending
    )
    return found.all(), priority_list(db, catalog=catalog, day=now.date())


def _second(db: Database, selection: DueSelection, catalog: Catalog, now: datetime, lines: Sequence[DueLine]) -> str:
    """Which list of which day; and that nobody has held a schedule behind it against its circular."""
    words = f"{selection.words}, " if selection.words else ""
    behind = {one.state.rule for one in lines}
    rules = desk_rules(db, catalog=catalog).schedule.rules
    unsure = "; lịch tiêm chưa xác nhận" if any(one.id in behind and not one.confirmed for one in rules) else ""
    return f"{words}{len(lines)} người, tính đến ngày {date_text(now.date())}{unsure}"


def _rows(
    db: Database, lines: Sequence[DueLine], groups: PriorityList, catalog: Catalog, today: date
) -> list[tuple[Value, ...]]:
    schedule = desk_rules(db, catalog=catalog).schedule
    return [_row(number, one, groups, schedule, today) for number, one in enumerate(lines, start=1)]


def _row(number: int, one: DueLine, groups: PriorityList, schedule: Schedule, today: date) -> tuple[Value, ...]:
    state = one.state
    age = age_on(PartialDate.of(one.birth.earliest), today) if one.birth else None
    group = groups.group(groups.group_of(one.group, age, one.conditions))
    day = state.since if state.kind is DueKind.OVERDUE else None if one.stance else state.due_on
    barred = barred_words(schedule.barred_names(one.barred), as_written)
    return (
        number,
        one.full_name,
        one.birth.text() if one.birth else "",
        one.hamlet,
        grouped(one.phone),
        group.label if group else "",
        state.doses,
        KINDS[state.kind],
        date_text(day) if day else "",
        " ".join(filter(None, (barred, mark_words(state, as_written), due_sentence(state, as_written)))),
        step_words(state.kind, one.step, one.away is not None, as_written),
        date_text(one.step_on) if one.step_on else "",
    )
