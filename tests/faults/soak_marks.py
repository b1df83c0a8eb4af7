"""What is measured after each round of the soak, and what may not have grown (`tests.faults.soak`)."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

RSS_GROWTH = 0.05
OBJECTS_GROWTH = 0.01
WAL_MOST = 16 << 20
LOG_MOST = 4 << 20
COUNTED = ("files", "threads", "widgets", "tops", "objects")


@dataclass(frozen=True, slots=True)
class Mark:
    """Measured after one round of work; sizes in bytes."""

    at: float
    rss: int
    files: int
    threads: int
    widgets: int
    tops: int
    objects: int
    python: int
    locked: int
    wal: int
    log: int


def tenth(marks: list[Mark], *, last: bool) -> list[Mark]:
    count = max(3, len(marks) // 10)  # one alone may meet a window that is just going
    return marks[-count:] if last else marks[:count]


def broken(marks: list[Mark]) -> Iterator[str]:
    """What grew."""
    first, last = tenth(marks, last=False), tenth(marks, last=True)

    def middle(some: list[Mark], name: str) -> float:
        return statistics.median(getattr(mark, name) for mark in some)

    grown = middle(last, "rss") / middle(first, "rss") - 1
    if grown >= RSS_GROWTH:
        yield f"memory grew by {grown:.1%}"
    objects = middle(last, "locked") / middle(first, "locked") - 1
    if objects >= OBJECTS_GROWTH:
        yield f"Python objects behind the lock grew by {objects:.1%}"
    for name in COUNTED:
        if middle(last, name) > middle(first, name):
            yield f"{name} grew from {middle(first, name):g} to {middle(last, name):g}"
    if max(mark.wal for mark in marks) >= WAL_MOST:
        yield "the register's log is too long"
    if marks[-1].log >= LOG_MOST:
        yield "the program's log is too long"
