"""The figures of one daily report, counted from the register as it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.daily import (
    CaseRecord,
    ContactCounts,
    ReportTest,
    TestCounts,
    cases_of_report,
    cases_with_stays,
    contacts_in,
    first_positive_kinds,
    hamlet_names,
    new_moments,
    staff_on,
    tests_in,
    totals_before,
)
from covidstation.db.rows import DailyReportRow
from covidstation.domain.daily import (
    MEAN_DAYS,
    NAMES,
    Balance,
    Book,
    Booked,
    Entry,
    Period,
    balance,
    counts,
    entry_of,
    mean,
    unpack_entries,
)
from covidstation.domain.episodes import CaseClassification, CaseOutcome, QuarantineType, TestKind
from covidstation.domain.flow import HANDED_OVER, SUSPECTED, CareEvent, FlowKind, events_of, key_of, under_care

CHART_DAYS: Final = 28
UNKNOWN: Final = "UNKNOWN"
ENDS: Final[Mapping[CaseOutcome, str]] = {
    CaseOutcome.RECOVERED: "recovered",
    CaseOutcome.DECEASED: "died",
    CaseOutcome.UNKNOWN: "lost",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in the period, and its sum since the start; None where it has none."""

    today: int | None
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """All that was counted. `under` are those under care at the cut-off; `series` new cases by report day."""

    period: Period
    previous: date | None  # the last frozen report
    before: int
    after: int
    entries: tuple[Entry, ...]
    late: tuple[Entry, ...]
    withdrawn: tuple[Entry, ...]
    adjusted: tuple[Entry, ...]
    under: tuple[Entry, ...]
    contacts: tuple[Entry, ...]
    suspect: tuple[Entry, ...]
    tests: tuple[Entry, ...]
    base: frozenset[str]
    figures: Mapping[str, Figure]
    hamlets: Mapping[str, str]
    series: tuple[tuple[date, int], ...]
    staff: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to count: the period, the first day of the sums, the zone of the station's clock."""

    period: Period
    start: date | None
    zone: tzinfo | None


def book_before(session: Session, day: date) -> tuple[Book, int | None]:
    """What all frozen reports before a day counted, and the journal's stamp that the last of them knew."""
    row = DailyReportRow
    query = select(row.day, row.id).where(row.day < day).order_by(row.day, row.version)
    ids = list({found.day: found.id for found in session.execute(query)}.values())
    new = [report_id for report_id in ids if report_id not in _read]
    for at in range(0, len(new), _CHUNK):
        for found in session.scalars(select(row).where(row.id.in_(new[at : at + _CHUNK]))):
            _read[found.id] = booked_of(found), found.events["upto"]
    kept = [_read[report_id] for report_id in ids]
    for report_id in list(_read)[: max(0, len(_read) - _MOST_READ)]:
        del _read[report_id]
    return Book([booked for booked, _upto in kept]), kept[-1][1] if kept else None


_CHUNK: Final = 500
_MOST_READ: Final = 2_000
_read: dict[UUID, tuple[Booked, int]] = {}
"""Frozen reports that were unpacked before, by their id: none of them ever changes."""


def booked_of(row: DailyReportRow) -> Booked:
    """What one frozen report counted."""
    return Booked(
        period=Period(row.day, row.from_at, row.cutoff_at),
        known_at=row.frozen_at,
        entries=unpack_entries(row.events, "entries"),
        late=unpack_entries(row.events, "late"),
        withdrawn=unpack_entries(row.events, "withdrawn"),
        adjusted=unpack_entries(row.events, "adjusted"),
        base=frozenset(row.events.get("base", ())),
    )


def count_report(session: Session, asked: Asked) -> Counted:
    """Count everything that the register itself can tell."""
    period = asked.period
    book, since = book_before(session, period.day)
    last = book.last
    after = last.period.cutoff_at if last else None
    records = cases_of_report(session, period, after=after, since=since, zone=asked.zone)
    events = {key_of(record.history.episode_id): events_of(record.history) for record in records}
    found = balance(events, book, period)
    by_case = {key_of(record.history.episode_id): record for record in records}
    kinds = first_positive_kinds(session, [event.episode_id for event in found.fresh if event.kind is FlowKind.NEW])
    entries = tuple(entry_of(event, _tags(event, by_case, kinds)) for event in found.fresh)
    under = tuple(
        _under(key, by_case[key], period) for key, made in events.items() if under_care(made, period.cutoff_at)
    )
    base = {key for key, made in events.items() if under_care(made, period.from_at)} if last is None else set()
    series = _series(session, asked)
    contacts = contacts_in(session, period, start=asked.start, zone=asked.zone)
    inside, until = tests_in(session, period, start=asked.start, zone=asked.zone)
    tests, suspect = tuple(map(_test, inside)), tuple(_suspects(records, period))
    staff = tuple(staff_on(session, period.day))
    return Counted(
        period=period,
        previous=last.period.day if last else None,
        before=found.before,
        after=found.after,
        entries=entries,
        late=tuple(entry_of(event) for event in found.late),
        withdrawn=found.withdrawn,
        adjusted=found.adjusted,
        under=under,
        contacts=_contacts(contacts),
        suspect=suspect,
        tests=tests,
        base=frozenset(base),
        figures=_figures(session, asked, found, entries, under, records)
        | {
            "mean": Figure(round(10 * mean([count for _day, count in series[-MEAN_DAYS:]]))),
            "staff": Figure(len(staff)),
            "contacts.new": Figure(len(contacts.new), contacts.total),
            "contacts.under": Figure(len(contacts.under)),
            "suspect": Figure(len(suspect)),
            **_test_figures(tests, until),
        },
        hamlets={key_of(one): name for one, name in hamlet_names(session).items()},
        series=series,
        staff=staff,
    )


def _tags(event: CareEvent, cases: Mapping[str, CaseRecord], kinds: Mapping[UUID, TestKind]) -> Iterable[str]:
    """The finer figures of one event."""
    record = cases[key_of(event.episode_id)]
    if event.kind is FlowKind.NEW:
        yield f"new.found.{record.found_in or UNKNOWN}"
        yield f"new.test.{kinds.get(event.episode_id, UNKNOWN)}"
        yield _hamlet("new", event.hamlet_id)
    elif event.kind is FlowKind.OUT:
        yield _went(event, record)


def _went(event: CareEvent, record: CaseRecord) -> str:
    """Where a transfer led: its event ends with the key of the stay."""
    place = next((where for one, where in record.went_to.items() if event.key.endswith(key_of(one))), "")
    return f"out.to.{place}"


def _hamlet(name: str, hamlet_id: UUID | None) -> str:
    return f"{name}.hamlet.{key_of(hamlet_id) if hamlet_id else UNKNOWN}"


def _under(key: str, record: CaseRecord, period: Period) -> Entry:
    home = record.place_at(period.cutoff_at) in (QuarantineType.HOME, QuarantineType.NONE)
    tags = (
        "under",
        f"under.risk.{record.risk or UNKNOWN}",
        f"under.place.{'HOME' if home else 'FACILITY'}",
        _hamlet("under", record.history.hamlet_id),
    )
    return Entry(f"U{key}", 0, tags)


def _contacts(found: ContactCounts) -> tuple[Entry, ...]:
    """The contacts that are counted, each once with its figures."""
    new, under = set(found.new), set(found.under)
    return tuple(
        Entry(
            f"C{key_of(one)}",
            0,
            tuple(name for name, held in (("contacts.new", new), ("contacts.under", under)) if one in held),
        )
        for one in sorted(new | under)
    )


def _figures(
    session: Session,
    asked: Asked,
    found: Balance,
    entries: Sequence[Entry],
    under: Sequence[Entry],
    records: Sequence[CaseRecord],
) -> dict[str, Figure]:
    today, totals = counts(entries), _totals(session, asked, records)
    figures = {tag: Figure(today[tag], totals[tag]) for tag in {*today, *totals, *NAMES.values()} - {"adjusted"}}
    figures |= {tag: Figure(count) for tag, count in counts(under).items()}
    late = Counter(NAMES[one.kind] for one in found.late)
    figures |= {f"late.{name}": Figure(count) for name, count in late.items()}
    back = Counter(entry.tags[0] for entry in found.withdrawn)  # the finer ones belong to the report that had them
    figures |= {f"withdrawn.{name}": Figure(count) for name, count in back.items()}
    figures["adjusted"] = Figure(sum(entry.delta for entry in found.adjusted))
    figures["before"], figures["under"] = Figure(found.before), Figure(found.after)
    return figures


def _test(test: ReportTest) -> Entry:
    """A test with the figures it is in."""
    tags = [_TESTS[test.kind]] if test.kind in _TESTS else []
    tags += ["tests.positive"] if test.positive else []
    return Entry(f"T{key_of(test.id)}", 0, tuple(tags))


_TESTS: Final = {TestKind.RAPID_ANTIGEN: "tests.rapid", TestKind.PCR_RT_PCR: "tests.pcr"}


def _test_figures(tests: Sequence[Entry], until: TestCounts) -> dict[str, Figure]:
    today = counts(tests)
    totals = {"tests.rapid": until.rapid, "tests.pcr": until.pcr, "tests.positive": until.positive}
    return {name: Figure(today[name], total) for name, total in totals.items()}


def _suspects(records: Iterable[CaseRecord], period: Period) -> Iterable[Entry]:
    """Who is watched at the cut-off without being a case yet."""
    for record in records:
        if record.history.classification in SUSPECTED:
            as_case = replace(record.history, classification=CaseClassification.PROBABLE)
            if under_care(events_of(as_case), period.cutoff_at):
                yield Entry(f"S{key_of(record.history.episode_id)}", 0, ("suspect",))


_NOT_SUMMED: Final = HANDED_OVER | {FlowKind.OUT, FlowKind.IN}
"""Summed over stays, or moved without being a figure."""


def _totals(session: Session, asked: Asked, records: Sequence[CaseRecord]) -> Counter[str]:
    """Sums since the start: whole days before the cut-off's day by index, that day's events one by one."""
    cutoff, start = asked.period.cutoff_at, asked.start
    day = cutoff.date()
    before = totals_before(session, day, start=start)
    found = Counter[str]({"new": before.new})
    for source, count in before.by_source.items():
        found[f"new.found.{source or UNKNOWN}"] += count
    for hamlet, count in before.by_hamlet.items():
        found[_hamlet("new", hamlet)] += count
    for outcome, count in before.ends.items():
        found[ENDS[outcome]] += count
    found.update({f"new.test.{kind}": count for kind, count in before.by_test.items()})
    fresh = []
    for record in records:
        for event in events_of(record.history):
            dated = event.kind is FlowKind.NEW or record.history.outcome_on is not None
            if event.kind in _NOT_SUMMED or event.at > cutoff or (dated and event.at.date() < day):
                continue
            if start is not None and event.at.date() < start:
                continue
            found[NAMES[event.kind]] += 1
            if event.kind is FlowKind.NEW:
                found[f"new.found.{record.found_in or UNKNOWN}"] += 1
                found[_hamlet("new", event.hamlet_id)] += 1
                fresh.append(event.episode_id)
    for kind in first_positive_kinds(session, fresh).values():
        found[f"new.test.{kind}"] += 1
    tested = sum(count for name, count in found.items() if name.startswith("new.test."))
    found[f"new.test.{UNKNOWN}"] = found["new"] - tested
    found.update(_totals_of_stays(session, asked))
    return found


def _totals_of_stays(session: Session, asked: Asked) -> Counter[str]:
    """Transfers, returns, and ends in hospital since the start."""
    found = Counter[str]({"out": 0, "in": 0})
    for record in cases_with_stays(session, asked.zone):
        for event in events_of(record.history):
            if event.at > asked.period.cutoff_at or (asked.start and event.at.date() < asked.start):
                continue
            if event.kind in (FlowKind.OUT, FlowKind.IN):
                found[NAMES[event.kind]] += 1
                found.update([_went(event, record)] if event.kind is FlowKind.OUT else ())
            elif not event.delta and event.kind not in HANDED_OVER:
                found[f"{NAMES[event.kind]}.away"] += 1
    return found


def _series(session: Session, asked: Asked) -> tuple[tuple[date, int], ...]:
    """New cases by report day, as the register has them now; the report's own day last."""
    period = asked.period
    first = period.day - timedelta(days=CHART_DAYS)
    clock = period.cutoff_at.time()
    found = Counter[date]()
    for at in new_moments(session, first, period.cutoff_at.date(), asked.zone):
        found[_report_day(at, clock)] += 1
    days = [first + timedelta(days=n) for n in range(1, CHART_DAYS + 1)]
    return tuple((day, found[day]) for day in days)


def _report_day(at: datetime, clock: time) -> date:
    """In which day's report a moment falls."""
    return at.date() if at.time() <= clock else at.date() + timedelta(days=1)
