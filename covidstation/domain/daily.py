"""The daily report as sums over tagged events: what is new in the period, what came late, what was taken back.

A frozen report keeps the keys of what it counted. The next one counts what happened in its own period, and apart from
it what earlier reports should have had (late) and what they had and is no longer true (withdrawn). With them

    under care today = under care in the last frozen report + in the period + late − withdrawn

holds case by case: whatever else moved (a date corrected across a cut-off, a case reopened, one handed over from or to
another station) is an adjustment of that case, never a silent difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from covidstation.domain.flow import HANDED_OVER, CareEvent, FlowKind, under_care

MEAN_DAYS: Final = 7
KEY_LETTERS: Final = 22  # of an id
NAMES: Final[Mapping[FlowKind, str]] = {
    FlowKind.NEW: "new",
    FlowKind.OUT: "out",
    FlowKind.IN: "in",
    FlowKind.RECOVERED: "recovered",
    FlowKind.DIED: "died",
    FlowKind.LOST: "lost",
    FlowKind.WITHDRAWN: "adjusted",
}
"""An event's figure, by its kind."""


@dataclass(frozen=True, slots=True)
class Period:
    """A report's time: after `from_at`, up to and with `cutoff_at`."""

    day: date
    from_at: datetime
    cutoff_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether that moment is in it."""
        return self.from_at < at <= self.cutoff_at


def read_clock(text: str) -> time:
    """`06:30`. Raises ValueError for anything else."""
    return datetime.strptime(text, "%H:%M").time()


def period_of(day: date, cutoff: time) -> Period:
    """From the cut-off of the day before to that day's."""
    end = datetime.combine(day, cutoff)
    return Period(day, end - timedelta(days=1), end)


@dataclass(frozen=True, slots=True)
class Entry:
    """One counted event: a letter and the case's key, what it changes in who is under care, the figures it is in."""

    key: str
    delta: int
    tags: tuple[str, ...]

    @property
    def case(self) -> str:
        """The key of its case."""
        return self.key[1 : 1 + KEY_LETTERS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What one frozen report counted. `base` is only in the first: who was under care when its period began."""

    period: Period
    known_at: datetime  # when it was frozen: what was written until then, it knew
    entries: tuple[Entry, ...] = ()
    late: tuple[Entry, ...] = ()
    withdrawn: tuple[Entry, ...] = ()
    adjusted: tuple[Entry, ...] = ()
    base: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Account:
    """One case over all frozen reports: the events that stand, and the sum of everything booked."""

    standing: dict[str, Entry] = field(default_factory=dict)
    sum: int = 0


class Book:
    """All frozen reports before a day, added up."""

    def __init__(self, reports: Sequence[Booked]) -> None:
        """`reports` in the order of their days, the newest version of each."""
        self.first = reports[0] if reports else None
        self.last = reports[-1] if reports else None
        self._accounts: dict[str, _Account] = {}
        for case in self.first.base if self.first else ():
            self._account(case).sum = 1
        for report in reports:
            for entry in (*report.entries, *report.late):
                account = self._account(entry.case)
                account.standing[entry.key] = entry
                account.sum += entry.delta
            for entry in report.withdrawn:
                account = self._account(entry.case)
                account.standing.pop(entry.key, None)
                account.sum -= entry.delta
            for entry in report.adjusted:
                self._account(entry.case).sum += entry.delta

    def _account(self, case: str) -> _Account:
        return self._accounts.setdefault(case, _Account())

    def cases(self) -> set[str]:
        """Every case that a frozen report speaks of."""
        return set(self._accounts)

    def under(self) -> int:
        """How many are under care by the last frozen report."""
        return sum(account.sum for account in self._accounts.values())

    def booked(self, case: str) -> tuple[Mapping[str, Entry], int]:
        """The events of a case that stand, and 1 when it is under care by the reports."""
        account = self._accounts.get(case)
        return (account.standing, account.sum) if account else ({}, 0)

    def knew(self, event: CareEvent, new: CareEvent, state: int) -> bool:
        """Whether the first report's beginning had that uncounted event in it already.

        Older events were never listed one by one. A case that was written down before is known with all that had
        happened to it, unless it was under care then: of that one only what was written before.
        """
        first = self.first
        if first is None or event.at > first.period.from_at or new.known_at > first.known_at:
            return False
        return state == 0 or event.known_at <= first.known_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A period against the book. `before` and `after`: under care by the last report, and now at the cut-off."""

    before: int
    after: int
    fresh: tuple[CareEvent, ...]
    late: tuple[CareEvent, ...]
    withdrawn: tuple[Entry, ...]
    adjusted: tuple[Entry, ...]


def balance(cases: Mapping[str, Sequence[CareEvent]], book: Book, period: Period) -> Balance:
    """What a report of that period says. `cases`: the events of every case that changed or is under care, by its key.

    A case in `book` that is missing from `cases` is taken as unchanged; give an empty list for one that is gone.
    """
    fresh: list[CareEvent] = []
    late: list[CareEvent] = []
    withdrawn: list[Entry] = []
    adjusted: list[Entry] = []
    before = after = 0
    for case, events in cases.items():
        found = _of_case(case, [event for event in events if event.at <= period.cutoff_at], book, period)
        fresh += found.fresh
        late += found.late
        withdrawn += found.withdrawn
        adjusted += found.adjusted
        before += found.before
        after += found.after
    unchanged = book.under() - sum(book.booked(case)[1] for case in cases) if book.last else 0
    return Balance(
        before=before + unchanged,
        after=after + unchanged,
        fresh=tuple(sorted(fresh, key=_order)),
        late=tuple(sorted(late, key=_order)),
        withdrawn=tuple(withdrawn),
        adjusted=tuple(adjusted),
    )


def _of_case(case: str, events: Sequence[CareEvent], book: Book, period: Period) -> Balance:
    after = under_care(events, period.cutoff_at)
    if book.last is None:
        fresh = tuple(event for event in events if event.at > period.from_at and event.kind not in HANDED_OVER)
        before = under_care(events, period.from_at)
        adjusted = _adjusted(case, period, after - before - sum(event.delta for event in fresh))
        return Balance(before=before, after=after, fresh=fresh, late=(), withdrawn=(), adjusted=adjusted)
    standing, before = book.booked(case)
    own = [event for event in events if event.kind not in HANDED_OVER]
    uncounted = [event for event in own if event.key not in standing and not book.knew(event, events[0], before)]
    fresh = tuple(event for event in uncounted if event.at > period.from_at)
    late = tuple(event for event in uncounted if event.at <= period.from_at)
    known = {event.key for event in events}
    withdrawn = tuple(entry for key, entry in standing.items() if key not in known)
    rest = after - before - sum(event.delta for event in uncounted) + sum(entry.delta for entry in withdrawn)
    adjusted = _adjusted(case, period, rest)
    return Balance(before=before, after=after, fresh=fresh, late=late, withdrawn=withdrawn, adjusted=adjusted)


def _adjusted(case: str, period: Period, rest: int) -> tuple[Entry, ...]:
    """What no event of the case's own explains."""
    key = f"{FlowKind.WITHDRAWN}{case}{period.day.isoformat()}"
    return (Entry(key, rest, ("adjusted",)),) if rest else ()


def _order(event: CareEvent) -> tuple[datetime, str]:
    return event.at, event.key


def entry_of(event: CareEvent, tags: Iterable[str] = ()) -> Entry:
    """The event as a report counts it, with the finer figures it belongs to.

    A death or recovery in hospital takes nobody from the commune's care, so it is also told apart.
    """
    name = NAMES[event.kind]
    away = (f"{name}.away",) if not event.delta else ()
    return Entry(event.key, event.delta, (name, *away, *tags))


def counts(entries: Iterable[Entry]) -> Counter[str]:
    """How many each figure has."""
    return Counter(tag for entry in entries for tag in entry.tags)


def mean(values: Sequence[int]) -> float:
    """Of the last seven; of as many as there are."""
    taken = values[-MEAN_DAYS:]
    return sum(taken) / len(taken) if taken else 0.0


# ── the form in which a report keeps its entries: figures' names once, then numbers ──


def pack_entries(groups: Mapping[str, Sequence[Entry]]) -> dict[str, Any]:
    """Groups of entries as JSON: `{"tags": […], "<group>": {key: [delta, tag, …]}}`, tags by their number."""
    tags = sorted({tag for entries in groups.values() for entry in entries for tag in entry.tags})
    at = {tag: number for number, tag in enumerate(tags)}
    packed: dict[str, Any] = {"tags": tags}
    for name, entries in groups.items():
        packed[name] = {entry.key: [entry.delta, *(at[tag] for tag in entry.tags)] for entry in entries}
    return packed


def unpack_entries(packed: Mapping[str, Any], group: str) -> tuple[Entry, ...]:
    """One group again. An unreadable entry raises as JSON of another shape does (KeyError, IndexError, TypeError)."""
    tags = packed["tags"]
    return tuple(
        Entry(key, delta, tuple(tags[number] for number in numbers))
        for key, (delta, *numbers) in packed.get(group, {}).items()
    )
