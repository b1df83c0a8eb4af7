"""The five-part data of a span of days as CSV files in a zip: for each day the figures of its daily report."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db import audit
from covidstation.db.queries.care_counts import CareCounts, care_in, doses_known
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused
from covidstation.interop.five_parts import DayLines, Line, Tables
from covidstation.interop.records import Span
from covidstation.services.changes import Done, done
from covidstation.services.exchange.fhir_records import holder_in
from covidstation.services.exchange.growing import GrowingFile
from covidstation.services.exchange.wish import NOBODY, SpanWish, check_span
from covidstation.services.reports.daily import DailyReport, daily_report, frozen_report, kept_typed
from covidstation.services.reports.sheet import figure_words
from covidstation.services.rights import needs
from covidstation.services.tables import csv_text

MOST_DAYS: Final = 366
MANY: Final = 3  # doses and more
_DOSES: Final = ("0", "1", "2", f"{MANY}", "UNKNOWN")


class PartsWriting:
    """The zip on its way, as `growing.Growing` says; a step is one day."""

    def __init__(self, db: Database, path: Path, catalog: Catalog, span: Span, now: datetime) -> None:
        self.done, self.total = 0, (span.last - span.first).days + 1
        self._db, self._catalog, self._span, self._now = db, catalog, span, now
        with db.read() as session:
            holder = holder_in(session)
        self._tables = Tables(holder.commune_code, holder.name, csv_text)
        self._file = GrowingFile(path)

    def step(self) -> bool:
        """The next day; whether there are more."""
        day = self._span.first + timedelta(days=self.done)
        self._tables.add(_day_lines(self._db, self._catalog, day, self._now))
        self.done += 1
        return self.done < self.total

    def finish(self) -> Path:
        """Put the five into the zip and give it its name."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self._tables.files().items():
                info = zipfile.ZipInfo(name, self._now.timetuple()[:6])
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, data)
        self._file.write(out.getvalue())
        return self._file.keep()

    def drop(self) -> None:
        """Nothing of it stays."""
        self._file.drop()


@needs(Right.EXPORT)
def begin_five_parts(
    db: Database, wish: SpanWish, path: Path, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[PartsWriting]:
    """Note it and begin the five files of those days. Raises Refused exports.…; UserError paper.not_kept,
    exports.disk_full."""
    problems = check_span(wish, now.date(), most=MOST_DAYS)
    if problems:
        raise Refused(problems)
    span = wish.span
    with db.write(by, now) as session:
        days = {"from": f"{span.first:%d/%m/%Y}", "to": f"{span.last:%d/%m/%Y}"}
        audit.note(
            session, AuditAction.EXPORT, detail={"what": "five_parts", **days, "for": clean(wish.receiver) or NOBODY}
        )
    return done(PartsWriting(db, path, catalog, span, now))


def _day_lines(db: Database, catalog: Catalog, day: date, now: datetime) -> DayLines:
    """One day: its report as it was frozen, else as it counts now, and what the register knows besides."""
    report = frozen_report(db, day) or daily_report(db, catalog, day, now, kept_typed(db, day))
    cases = report.cases("new")
    with db.read() as session:
        care, doses = care_in(session, report.period), doses_known(session, cases)
    known = Counter(_dose_group(doses.get(case)) for case in cases)
    return DayLines(
        day=day,
        from_at=report.period.from_at,
        cutoff_at=report.period.cutoff_at,
        version=report.frozen.version if report.frozen else 0,
        lines=(*_figures(report), *_doses(known), *_care(care), *_typed(report)),
    )


def _figures(report: DailyReport) -> Iterator[Line]:
    """Every figure of the report, also those that the sheet leaves out as 0."""
    staff = "; ".join(report.staff)
    for name, figure in sorted(report.figures.items()):
        words = figure_words(report, name)
        if name == "mean":
            words = f"{words}, nhân 10"  # a decimal sign would be a date or a text in half of the spreadsheets
        yield Line(
            name=name, words=words, today=figure.today, total=figure.total, note=staff if name == "staff" else ""
        )


def _dose_group(doses: int | None) -> str:
    return "UNKNOWN" if doses is None else f"{min(doses, MANY)}"


def _doses(known: Counter[str]) -> Iterator[Line]:
    words = {"UNKNOWN": "F0 mới, chưa ghi số mũi đã tiêm", f"{MANY}": f"F0 mới đã tiêm từ {MANY} mũi"}
    words["0"] = "F0 mới chưa tiêm mũi nào"
    for group in _DOSES:
        name = words.get(group, f"F0 mới đã tiêm {group} mũi")
        yield Line(name=f"new.doses.{group}", words=name, today=known[group])


def _care(care: CareCounts) -> Iterator[Line]:
    yield Line(name="checks.met", words="Lượt theo dõi gặp được", today=care.met)
    yield Line(name="checks.not_met", words="Lượt theo dõi không gặp được", today=care.not_met)
    yield Line(name="alerts.raised", words="Dấu hiệu nặng phát hiện khi theo dõi", today=care.alerts)
    yield Line(name="medicines.people", words="Người được cấp thuốc", today=care.treated)
    for package, count in sorted(care.by_package.items()):
        yield Line(name=f"medicines.package.{package}", words=f"Người được cấp gói thuốc {package}", today=count)


def _typed(report: DailyReport) -> Iterator[Line]:
    """What only people know."""
    typed = report.typed
    yield Line(name="oxygen", words="Thở ô xy tại nhà", today=typed.oxygen)
    yield Line(name="difficulties", words="Khó khăn, vướng mắc", note=" ".join(typed.difficulties.splitlines()))
    yield Line(name="suggestions", words="Đề xuất, kiến nghị", note=" ".join(typed.suggestions.splitlines()))
