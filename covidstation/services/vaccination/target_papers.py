"""Targets with how far each is and where those live who are missing, and the plan of doses: on paper, in Excel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from covidstation.catalog import Catalog
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.i18n import date_text
from covidstation.messages.vaccination_due import as_written, dose_words
from covidstation.messages.vaccine_coverage import (
    LEVEL_WORDS,
    draw_words,
    meant_words,
    percent_text,
    place_words,
    unused_words,
)
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs
from covidstation.services.tables import SheetTable, Value, xlsx_bytes
from covidstation.services.vaccination.plan import DosePlan, PlanLine, dose_plan
from covidstation.services.vaccination.targets import TargetLine, vaccination_targets

TARGETS = "CHỈ TIÊU TIÊM VẮC XIN PHÒNG COVID-19"
PLAN = "KẾ HOẠCH LIỀU VẮC XIN PHÒNG COVID-19"
_TARGET_COLUMNS = (
    ("TT", 7.0), ("Mũi", 19.0), ("Đối tượng", 27.0), ("Nhân khẩu", 13.0), ("Cần đạt", 13.0), ("Đã tiêm", 13.0),
    ("Tỷ lệ", 12.0), ("Còn thiếu", 12.0), ("Chưa tiêm ở đâu", 40.0), ("Ngày giao", 16.0), ("Hạn đạt", 16.0),
    ("Phụ trách", 22.0), ("Văn bản, ghi chú", 28.0), ("Tình trạng", 15.0),
)  # fmt: skip
_PLAN_COLUMNS = (
    ("Tháng", 14.0), ("Mũi", 24.0), ("Vắc xin", 32.0), ("Số liều cần", 15.0), ("Kho dùng được", 17.0),
    ("Còn thiếu", 15.0), ("Số lọ thiếu", 12.0), ("Lô dùng trước, hạn", 84.0),
)  # fmt: skip


@needs(Right.PRINT)
@prints("vaccine_targets")
def targets_pdf(db: Database, *, catalog: Catalog, now: datetime) -> bytes:
    """Every open target, across A4."""
    found = vaccination_targets(db, catalog=catalog, now=now)
    rows = [tuple("" if one is None else str(one) for one in _target(at, line)) for at, line in enumerate(found, 1)]
    return _pdf(db, TARGETS, _TARGET_COLUMNS, rows, catalog, now, size=9.0)


@needs(Right.EXPORT)
@prints("vaccine_targets", AuditAction.EXPORT)
def targets_xlsx(db: Database, *, catalog: Catalog, now: datetime) -> bytes:
    """The same as a spreadsheet, and on a second sheet how many are missing in which hamlet."""
    found = vaccination_targets(db, catalog=catalog, now=now)
    notes = [letterhead(db, catalog, now.date()).station, _as_of(now.date())]
    rows = [_target(at, line) for at, line in enumerate(found, 1)]
    where = [
        (at, LEVEL_WORDS[line.goal.level], _who(line), name or "Chưa rõ thôn, bản", left)
        for at, line in enumerate(found, 1)
        for _id, name, left in line.where
    ]
    heads = ("TT", "Mũi", "Đối tượng", "Thôn, bản", "Chưa tiêm")
    return xlsx_bytes(
        [
            SheetTable(title=TARGETS, columns=[one for one, _share in _TARGET_COLUMNS], rows=rows, notes=notes,
                       name="Chỉ tiêu"),
            SheetTable(title="CHƯA TIÊM THEO THÔN, BẢN", columns=heads, rows=where, notes=notes, name="Theo bản"),
        ]
    )  # fmt: skip


@needs(Right.PRINT)
@prints("dose_plan")
def plan_pdf(db: Database, *, catalog: Catalog, now: datetime) -> bytes:
    """The months with their doses and the lots that meet them, across A4."""
    found = dose_plan(db, catalog=catalog, now=now)
    rows = [tuple("" if one is None else str(one) for one in _planned(found, line)) for line in found.lines]
    return _pdf(db, PLAN, _PLAN_COLUMNS, rows, catalog, now, more=_unused(found))


@needs(Right.EXPORT)
@prints("dose_plan", AuditAction.EXPORT)
def plan_xlsx(db: Database, *, catalog: Catalog, now: datetime) -> bytes:
    """The same as a spreadsheet."""
    found = dose_plan(db, catalog=catalog, now=now)
    notes = [letterhead(db, catalog, now.date()).station, _as_of(now.date()), *filter(None, [_unused(found)])]
    rows = [_planned(found, line) for line in found.lines]
    columns = [one for one, _share in _PLAN_COLUMNS]
    return xlsx_bytes([SheetTable(title=PLAN, columns=columns, rows=rows, notes=notes, name="Kế hoạch")])


def _pdf(
    db: Database, title: str, columns: Sequence[tuple[str, float]], rows: Sequence[tuple[str, ...]], catalog: Catalog,
    now: datetime, *, size: float = 10.5, more: str = "",
) -> bytes:  # fmt: skip
    head = letterhead(db, catalog, now.date())
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title=title,
            second=". ".join(filter(None, (_as_of(now.date()), more))),
            columns=tuple(ListColumn(name, share, "left" if share > 18 else "centre") for name, share in columns),
            rows=tuple(rows),
            across=True,
            size=size,
            pad=2.5,
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


def _as_of(day: date) -> str:
    return f"Tính đến ngày {date_text(day)}"


def _who(line: TargetLine) -> str:
    where = place_words(line.hamlet, ended=line.ended, say=as_written)
    return meant_words(line.goal, line.group, where, as_written)


def _target(number: int, line: TargetLine) -> tuple[Value, ...]:
    goal, progress = line.goal, line.progress
    where = ", ".join(f"{name or 'chưa rõ bản'} {left}" for _id, name, left in line.where)
    wanted = f"{progress.wanted} ({goal.percent} %)" if goal.percent is not None else progress.wanted
    state = (
        "cần sửa"
        if line.ended
        else "đạt"
        if progress.met
        else "quá hạn"
        if line.late
        else f"còn {(goal.until - line.today).days} ngày"
    )
    return (
        number, LEVEL_WORDS[goal.level], _who(line), progress.share.people, wanted, progress.done,
        percent_text(progress.share.tenths(goal.level)), progress.lacks, where, date_text(goal.given_on),
        date_text(goal.until), goal.in_charge, "; ".join(filter(None, (goal.document, goal.note))), state,
    )  # fmt: skip


def _planned(plan: DosePlan, line: PlanLine) -> tuple[Value, ...]:
    lots = (draw_words(one, plan.name(one.lot), plan.today, as_written) for one in line.draws)
    return (
        f"{line.month:%m/%Y}", dose_words(line.dose, as_written), line.product or "hỏi lại từng người", line.doses,
        line.stock, line.lacks, line.vials or None, "; ".join(lots),
    )  # fmt: skip


def _unused(plan: DosePlan) -> str:
    return unused_words(plan.unused, plan.name, plan.today, as_written)
