""" "Vì sao số này đổi?": a frozen report against the same day counted now, case by case, with who changed what when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.daily import wall
from covidstation.db.queries.daily_people import ReportPerson, contacts_of, people_of, tested_people
from covidstation.db.rows import EpisodeRow, HospitalizationRow, JournalRow, PathogenTestRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.daily import Entry
from covidstation.domain.episodes import CaseClassification
from covidstation.domain.flow import id_of
from covidstation.domain.ops import Op, decode_op
from covidstation.domain.rights import Right
from covidstation.services.reports.daily import DailyReport, outbreak_start
from covidstation.services.reports.figures import Asked, count_report
from covidstation.services.rights import needs

Reason = Literal["late", "no_case", "class", "removed", "dates", "transfer", "outcome", "details", "settings"]
_FIELDS: Mapping[str, Reason] = {
    "classification": "no_case",
    "report_date": "dates",
    "found_at": "dates",
    "outcome": "outcome",
    "outcome_on": "outcome",
    "status": "outcome",
    "ended_on": "outcome",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyLine:
    """One case that a figure has gained or lost since the report was frozen.

    `reason`: late – written down after it; no_case – marked as a wrong entry; class – a suspicion became a case, or a
    case a suspicion; removed; dates – a date was corrected;
    transfer, outcome – written or corrected afterwards; details – source, risk group, hamlet or test; settings – the
    cut-off hour. `when` is the wall clock, `who` empty when nobody was named.
    """

    name: str
    case_id: UUID
    change: Literal["added", "removed"]
    reason: Reason
    when: datetime | None
    who: str


@dataclass(frozen=True, slots=True)
class Why:
    """All differences; `then` and `now` are the figures that differ, `people` those behind them."""

    lines: tuple[WhyLine, ...]
    then: Mapping[str, int]
    now: Mapping[str, int]
    people: Mapping[UUID, ReportPerson]


@needs(Right.SEE)
def why_changed(db: Database, report: DailyReport, now: datetime) -> Why:
    """What has changed of a frozen report's figures since it was frozen."""
    if report.frozen is None:
        raise ValueError("not a frozen report")
    asked = Asked(period=report.period, start=outbreak_start(db), zone=now.tzinfo)
    with db.read() as session:
        counted = count_report(session, asked)
        groups = _listed(report)
        then = _by_figure(entry for name in groups for entry in report.groups[name])
        current = _by_figure(entry for name in groups for entry in getattr(counted, name))
        explain = _Explain(session, report.frozen.at, now.tzinfo)
        lines = [
            explain.line(name, case, change)
            for name in sorted(then.keys() | current.keys())
            for change, cases in _difference(then.get(name, set()), current.get(name, set()))
            for case in sorted(cases)
        ]
        lines = _told_once(lines)
        moved = {line.case_id for line in lines}
        finders = (people_of, contacts_of, tested_people)
        people = {one.episode_id: one for find in finders for one in find(session, moved)}
    names = {line.name for line in lines}
    return Why(
        lines=tuple(lines),
        then={name: len(then.get(name, ())) for name in names},
        now={name: len(current.get(name, ())) for name in names},
        people=people,
    )


def _difference(then: set[str], now: set[str]) -> Iterable[tuple[Literal["added", "removed"], set[str]]]:
    yield "added", now - then
    yield "removed", then - now


def _told_once(lines: list[WhyLine]) -> list[WhyLine]:
    """A case that moved a figure is not told again for each finer figure below it."""
    heads = {(line.name, line.case_id, line.change) for line in lines if "." not in line.name}
    return [
        line
        for line in lines
        if "." not in line.name or (line.name.split(".")[0], line.case_id, line.change) not in heads
    ]


def _listed(report: DailyReport) -> tuple[str, ...]:
    """The groups to compare; one too long to be kept with the report has its numbers alone."""
    figures = {
        "under": ("under",),
        "contacts": ("contacts.under",),
        "suspect": ("suspect",),
        "tests": ("tests.rapid", "tests.pcr"),
    }
    kept = (name for name, parts in figures.items() if report.groups[name] or not any(map(report.today, parts)))
    return ("entries", *kept)


def _by_figure(entries: Iterable[Entry]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in entries:
        for tag in entry.tags:
            found.setdefault(tag, set()).add(entry.case)
    return found


class _Explain:
    """Reads the journal of one case at a time, and remembers."""

    def __init__(self, session: Session, frozen_at: datetime, zone: tzinfo | None) -> None:
        self._session, self._frozen_at, self._zone = session, frozen_at, zone
        self._users = {row.id.hex: row.name for row in session.scalars(select(UserRow))}
        self._known: dict[UUID, tuple[Reason, datetime | None, str]] = {}

    def line(self, name: str, case: str, change: Literal["added", "removed"]) -> WhyLine:
        """One difference with its reason."""
        case_id = id_of(case)
        if case_id not in self._known:
            self._known[case_id] = self._reason(case_id)
        reason, when, who = self._known[case_id]
        return WhyLine(name=name, case_id=case_id, change=change, reason=reason, when=when, who=who)

    def _reason(self, case_id: UUID) -> tuple[Reason, datetime | None, str]:
        """The weightiest change after the freezing: the case itself, its transfers, else what stands beside it."""
        found = [(op, wall(op.stamp, self._zone)) for op in self._ops(case_id)]
        after = [(op, at) for op, at in found if at > self._frozen_at]
        for op, at in after:
            reason = _reason_of(op, case_id)
            if reason is not None:
                return reason, at, self._users.get(op.actor, "")
        if after:
            op, at = after[-1]
            return "details", at, self._users.get(op.actor, "")
        return ("details" if found else "removed"), None, ""

    def _ops(self, case_id: UUID) -> list[Op]:
        stays = self._session.scalars(select(HospitalizationRow.id).where(HospitalizationRow.episode_id == case_id))
        voiding = self._session.scalars(select(PathogenTestRow.id).where(PathogenTestRow.voids == case_id))
        rows = [case_id, *stays, *voiding]
        person = self._session.scalar(select(EpisodeRow.person_id).where(EpisodeRow.id == case_id))
        if person is not None:
            rows.append(person)
        lines = select(JournalRow.line).where(JournalRow.row_id.in_(rows)).order_by(JournalRow.seq)
        return [decode_op(line) for line in self._session.scalars(lines)]


def _reason_of(op: Op, case_id: UUID) -> Reason | None:
    """Why this change moves a case in or out of a figure; None when it may not."""
    if op.table == "hospitalization":
        return "transfer"
    if op.table == "pathogen_test":
        return "late" if op.row == case_id.hex else "removed"
    if op.table not in ("episode", "contact"):
        return None
    if op.action == "i":
        return "late"
    if op.action == "d":
        return "removed"
    for field in _FIELDS:
        if field in op.fields:
            if field == "classification" and op.fields[field] != CaseClassification.NO_CASE.value:
                return "class"
            return _FIELDS[field]
    return None
