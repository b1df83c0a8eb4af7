"""The report before 07:00: counted in a moment, frozen as it was sent, reprinted as it was frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.audit import heads_in
from covidstation.db.ids import new_id
from covidstation.db.queries.daily import staff_on
from covidstation.db.queries.daily_people import ReportPerson, contacts_of, people_of, tested_people
from covidstation.db.queries.station import get_setting
from covidstation.db.rows import DailyReportRow, JournalStateRow
from covidstation.db.session import Database
from covidstation.domain.daily import Entry, Period, counts, pack_entries, period_of, read_clock, unpack_entries
from covidstation.domain.flow import id_of, key_of
from covidstation.domain.missing import DELIVERIES, MissingKind
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.domain.wording import clean_lines
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.drafts import drafts, keep_draft
from covidstation.services.papers.missing import missing_now
from covidstation.services.reports.figures import Asked, Counted, Figure, count_report
from covidstation.services.reports.head import ReportHead, head_on
from covidstation.services.rights import needs

TEXT_LIMIT: Final = 2_000  # letters of each typed field
MOST_OXYGEN: Final = 9_999
MOST_LISTED: Final = 180_000  # letters: a line of the journal holds 256 KiB (domain.ops)
DELIVERY: Final = "papers.delivery"
_FORM: Final = "daily_report"
_COUNTED: Final = ("entries", "late", "withdrawn", "adjusted", "under", "contacts", "suspect", "tests")
_GROUPS: Final = (*_COUNTED, "papers")
_LONG: Final = ("papers", "tests", "contacts", "under")  # in the order in which they are let go


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What only people know. `oxygen`: patients on oxygen at home; None is not yet asked."""

    oxygen: int | None = None
    difficulties: str = ""
    suggestions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """When and by whom a report was frozen; from its second version on with a reason."""

    id: UUID
    version: int
    at: datetime
    by_name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReport:
    """One report, counted now or as it was frozen. `figures` are by name (docs/daily-report.md)."""

    period: Period
    figures: Mapping[str, Figure]
    hamlets: Mapping[str, str]  # by the key in a figure's name
    series: tuple[tuple[date, int], ...]
    staff: tuple[str, ...]
    head: ReportHead
    typed: Typed
    previous: date | None
    frozen: Frozen | None = None
    groups: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    audit: str = ""  # how far the record of who did what had come, `domain.audit.Heads.code`

    def today(self, name: str) -> int:
        """A figure of the period; 0 where nothing was counted."""
        found = self.figures.get(name)
        return found.today or 0 if found else 0

    def cases(self, name: str) -> tuple[UUID, ...]:
        """The illnesses behind a figure, each once; behind `contacts.…` the contacts."""
        head, _dot, rest = name.partition(".")
        group, tag = (head, rest) if head in ("late", "withdrawn") else ("entries", name)
        if head in ("adjusted", "under", "contacts", "suspect", "tests", "papers"):
            group = head
        found = (entry.case for entry in self.groups.get(group, ()) if tag in entry.tags)
        return tuple(id_of(case) for case in dict.fromkeys(found))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What somebody still has to write: typed fields, and cases without a source or a risk group."""
        found = lacks_typed(self.typed)
        found += [] if self.staff else ["staff"]
        found += ["source"] if self.today("new.found.UNKNOWN") else []
        return (*found, "risk") if self.today("under.risk.UNKNOWN") else tuple(found)


@dataclass(frozen=True, slots=True)
class ReportState:
    """Where today's report stands. `late_by` is positive once the hour has passed without one."""

    day: date
    frozen_at: datetime | None
    due_at: datetime
    late_by: timedelta
    missing: tuple[str, ...]


@needs(Right.SEE)
def report_period(db: Database, day: date) -> Period:
    """The period of that day's report by the station's cut-off."""
    return period_of(day, read_clock(get_setting(db, "report_cutoff")))


@needs(Right.SEE)
def daily_report(db: Database, catalog: Catalog, day: date, now: datetime, typed: Typed | None = None) -> DailyReport:
    """That day's report counted now, frozen or not. Raises UserError reports.future for a day to come."""
    asked = _asked(db, day, now)
    papers = _papers(db, catalog, day)
    with db.read() as session:
        counted = count_report(session, asked)
        report = _report(counted, papers, head_on(session, catalog, day), typed or Typed())
        return replace(report, audit=heads_in(session).code)


def _asked(db: Database, day: date, now: datetime) -> Asked:
    if day > now.date():
        raise UserError("reports.future", day=f"{day:%d/%m/%Y}")
    return Asked(period=report_period(db, day), start=outbreak_start(db), zone=now.tzinfo)


@needs(Right.SEE)
def outbreak_start(db: Database) -> date | None:
    """Since when sums are counted; None: since the first case. A damaged setting counts as none."""
    text = get_setting(db, "outbreak_start")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _papers(db: Database, catalog: Catalog, day: date) -> tuple[Entry, ...]:
    """What papers lack now, each illness or contact once: the list "thiếu giấy tờ", deliveries together."""
    found: dict[UUID, set[str]] = {}
    for line in missing_now(db, catalog, day):
        name = DELIVERY if line.delivers else f"papers.{line.kind}"
        found.setdefault(line.subject_id, set()).add(name)
    return tuple(Entry(f"P{key_of(one)}", 0, tuple(sorted(names))) for one, names in found.items())


def _paper_figures(papers: Iterable[Entry]) -> dict[str, Figure]:
    found = counts(papers)
    names = (f"papers.{kind}" for kind in MissingKind if kind not in DELIVERIES)
    return {name: Figure(found[name]) for name in (*names, DELIVERY)}


def _report(counted: Counted, papers: tuple[Entry, ...], head: ReportHead, typed: Typed) -> DailyReport:
    return DailyReport(
        period=counted.period,
        figures={**counted.figures, **_paper_figures(papers)},
        hamlets=counted.hamlets,
        series=counted.series,
        staff=counted.staff,
        head=head,
        typed=typed,
        previous=counted.previous,
        groups={**{name: getattr(counted, name) for name in _COUNTED}, "papers": papers},
    )


@needs(Right.SEE)
def frozen_report(db: Database, day: date) -> DailyReport | None:
    """The newest version of that day's frozen report."""
    with db.read() as session:
        row = _newest(session, day)
        return report_of(row) if row else None


def _newest(session: Session, day: date) -> DailyReportRow | None:
    query = select(DailyReportRow).where(DailyReportRow.day == day).order_by(DailyReportRow.version.desc()).limit(1)
    return session.scalars(query).first()


def report_of(row: DailyReportRow) -> DailyReport:
    """A frozen report as it was sent."""
    kept, typed = row.figures, dict(row.typed)
    reason = str(typed.pop("reason", ""))
    return DailyReport(
        period=Period(row.day, row.from_at, row.cutoff_at),
        figures={name: Figure(*numbers) for name, numbers in kept["figures"].items()},
        hamlets=kept["hamlets"],
        series=tuple((date.fromisoformat(day), count) for day, count in kept["series"]),
        staff=tuple(kept["staff"]),
        head=ReportHead(**{name: _tupled(value) for name, value in kept["head"].items()}),
        typed=Typed(**typed),
        previous=date.fromisoformat(kept["previous"]) if kept["previous"] else None,
        frozen=Frozen(id=row.id, version=row.version, at=row.frozen_at, by_name=row.by_name, reason=reason),
        groups={name: unpack_entries(row.events, name) for name in _GROUPS},
        audit=str(row.events.get("audit", "")),
    )


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@needs(Right.SEE)
def frozen_reports(db: Database, *, limit: int = 400) -> tuple[DailyReport, ...]:
    """All versions of the frozen reports, the newest day first."""
    query = select(DailyReportRow).order_by(DailyReportRow.day.desc(), DailyReportRow.version.desc()).limit(limit)
    with db.read() as session:
        return tuple(report_of(row) for row in session.scalars(query))


def check_typed(typed: Typed) -> list[Problem]:
    """What a form shows beside its fields."""
    found = []
    if typed.oxygen is not None and not 0 <= typed.oxygen <= MOST_OXYGEN:
        found.append(Problem("oxygen", "reports.oxygen", {"most": str(MOST_OXYGEN)}))
    for name in ("difficulties", "suggestions"):
        if len(getattr(typed, name)) > TEXT_LIMIT:
            found.append(Problem(name, "reports.too_long", {"most": str(TEXT_LIMIT)}))
    return found


@needs(Right.REPORT)
def freeze_report(
    db: Database,
    day: date,
    typed: Typed,
    *,
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
    by_name: str = "",
    reason: str = "",
    seen: int | None = None,
) -> Done[DailyReport]:
    """Keep the report as it is sent; a second freezing of a day is its next version and needs a reason.

    `seen` is the version that the window showed, 0 for none. Raises Refused; UserError reports.future,
    reports.too_early (before the period has begun), reports.later_frozen (a later day's report stands on this one),
    reports.frozen_meanwhile (by somebody else since).
    """
    typed = replace(typed, difficulties=clean_lines(typed.difficulties), suggestions=clean_lines(typed.suggestions))
    found = check_typed(typed)
    asked, papers = _asked(db, day, now), _papers(db, catalog, day)
    if now.replace(tzinfo=None) <= asked.period.from_at:
        raise UserError("reports.too_early", day=f"{day:%d/%m/%Y}")
    with db.write(by, now) as session:
        before = _newest(session, day)
        _refuse_unseen(before, seen)
        if before is not None and not clean(reason):
            found.append(Problem("reason", "reports.reason_missing"))
        if found:
            raise Refused(found)
        later = session.scalars(select(DailyReportRow.day).where(DailyReportRow.day > day).limit(1)).first()
        if later is not None:
            raise UserError("reports.later_frozen", day=f"{later:%d/%m/%Y}")
        counted = count_report(session, asked)
        report = _report(counted, papers, head_on(session, catalog, day), typed)
        row = _row(session, report, counted, now, before.version + 1 if before else 1, clean(reason))
        row.by_name = clean(by_name)
        session.add(row)
        session.flush()
        return done(report_of(row), Kind.REPORTS)


def _refuse_unseen(newest: DailyReportRow | None, seen: int | None) -> None:
    """Two people at two desks: who freezes second is told, before anything is saved."""
    if seen is not None and newest is not None and newest.version != seen:
        raise UserError("reports.frozen_meanwhile", who=newest.by_name or "—", when=f"{newest.frozen_at:%H:%M %d/%m}")


def _row(
    session: Session, report: DailyReport, counted: Counted, now: datetime, version: int, reason: str
) -> DailyReportRow:
    """The row that keeps a report, with the hash of what was sent."""
    figures = {
        "figures": {name: [one.today, one.total] for name, one in sorted(report.figures.items())},
        "hamlets": dict(report.hamlets),
        "series": [[day.isoformat(), count] for day, count in report.series],
        "staff": list(report.staff),
        "head": {
            name: list(value) if isinstance(value, tuple) else value for name, value in report.head.kept().items()
        },
        "previous": report.previous.isoformat() if report.previous else "",
    }
    events = pack_entries(report.groups)
    for name in _LONG:  # their numbers stay; who they were is then only in the register
        if len(json.dumps(events)) > MOST_LISTED:
            events[name] = {}
    events["base"] = sorted(counted.base)
    events["upto"] = session.get_one(JournalStateRow, 1).last_stamp
    events["audit"] = heads_in(session).code
    typed: dict[str, Any] = {
        "oxygen": report.typed.oxygen,
        "difficulties": report.typed.difficulties,
        "suggestions": report.typed.suggestions,
        "reason": reason,
    }
    return DailyReportRow(
        id=new_id(),
        day=report.period.day,
        version=version,
        from_at=report.period.from_at,
        cutoff_at=report.period.cutoff_at,
        frozen_at=now.replace(tzinfo=None, microsecond=0),
        figures=figures,
        events=events,
        typed=typed,
        content_hash=sent_hash(report.period.day, version, figures, events, typed),
    )


def sent_hash(
    day: date, version: int, figures: Mapping[str, Any], events: Mapping[str, Any], typed: Mapping[str, Any]
) -> str:
    """The SHA-256 over all that a frozen report says."""
    sent = json.dumps([day.isoformat(), version, figures, events, typed], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(sent.encode()).hexdigest()


@needs(Right.SEE)
def report_state(db: Database, now: datetime) -> ReportState:
    """Today's report in one look, for the status line and "Hôm nay". Cheap: it counts nothing."""
    day = now.date()
    due = datetime.combine(day, read_clock(get_setting(db, "report_due")))
    query = select(DailyReportRow.frozen_at).where(DailyReportRow.day == day).order_by(DailyReportRow.version.desc())
    with db.read() as session:
        frozen = session.scalars(query.limit(1)).first()
        staff = staff_on(session, day)
    typed = kept_typed(db, day)
    lacking = [*lacks_typed(typed), *([] if staff else ["staff"])]
    late = now.replace(tzinfo=None) - due if frozen is None else frozen - due
    return ReportState(day, frozen, due, late, () if frozen else tuple(lacking))


def lacks_typed(typed: Typed) -> list[str]:
    """Which fields somebody still has to write; "không" is an answer."""
    found = [] if typed.oxygen is not None else ["oxygen"]
    return found if typed.difficulties else [*found, "difficulties"]


@needs(Right.ENTER)
def keep_typed(db: Database, day: date, typed: Typed, *, now: datetime) -> None:
    """Keep what was written for a day's report before it is frozen."""
    keep_draft(db, _FORM, day.isoformat(), asdict(typed), now=now)


@needs(Right.SEE)
def kept_typed(db: Database, day: date) -> Typed:
    """What was written for that day's report and is not frozen yet."""
    kept = next((one.value for one in drafts(db, _FORM) if one.subject == day.isoformat()), None)
    return Typed(**kept) if kept else Typed()


@needs(Right.SEE)
def people_behind(db: Database, report: DailyReport, name: str) -> list[ReportPerson]:
    """The people of one figure."""
    finders = {"contacts": (contacts_of,), "tests": (tested_people,), "papers": (people_of, contacts_of)}
    cases = report.cases(name)
    with db.read() as session:
        return [one for find in finders.get(name.split(".")[0], (people_of,)) for one in find(session, cases)]
