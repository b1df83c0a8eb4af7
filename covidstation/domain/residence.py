"""Who lives where: the kinds of residence, the changes of it, and where somebody stood on any day.

What a person's record says is the present. A change keeps what stood before it, so that the past is the present with
the later changes taken back (docs/adr/0035). A change holds from the end of its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID


class Living(StrEnum):
    """How somebody lives in the commune; a code that this version does not know counts as living here."""

    KNOWN = ""  # entered with an address, nobody asked more
    PERMANENT = "PERMANENT"  # thường trú
    TEMPORARY = "TEMPORARY"  # tạm trú
    LEFT = "LEFT"
    DIED = "DIED"
    NEVER = "NEVER"  # before birth, before the arrival; what an entry by mistake leaves


GONE: Final = frozenset({Living.LEFT, Living.DIED, Living.NEVER})


class ChangeKind(StrEnum):
    """What happened."""

    BORN = "BORN"
    CAME = "CAME"  # from outside the commune
    MOVED = "MOVED"  # within it
    SETTLED = "SETTLED"  # temporary to permanent, or back
    LEFT = "LEFT"
    DIED = "DIED"


class Relation(StrEnum):
    """What a member is to the head of the household; a code that this version does not know reads as unknown."""

    UNKNOWN = ""
    SPOUSE = "SPOUSE"
    CHILD = "CHILD"
    PARENT = "PARENT"
    SIBLING = "SIBLING"
    GRANDCHILD = "GRANDCHILD"
    GRANDPARENT = "GRANDPARENT"
    CHILD_IN_LAW = "CHILD_IN_LAW"
    PARENT_IN_LAW = "PARENT_IN_LAW"
    OTHER_KIN = "OTHER_KIN"
    NOT_KIN = "NOT_KIN"

    @classmethod
    def _missing_(cls, value: object) -> Relation:
        return cls.UNKNOWN


_INVERSE: Final = {
    Relation.SPOUSE: Relation.SPOUSE,
    Relation.CHILD: Relation.PARENT,
    Relation.PARENT: Relation.CHILD,
    Relation.SIBLING: Relation.SIBLING,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
    Relation.GRANDPARENT: Relation.GRANDCHILD,
    Relation.CHILD_IN_LAW: Relation.PARENT_IN_LAW,
    Relation.PARENT_IN_LAW: Relation.CHILD_IN_LAW,
    Relation.OTHER_KIN: Relation.OTHER_KIN,
    Relation.NOT_KIN: Relation.NOT_KIN,
}
_SEEN_BY: Final = {
    Relation.SPOUSE: {
        Relation.CHILD: Relation.CHILD,
        Relation.GRANDCHILD: Relation.GRANDCHILD,
        Relation.CHILD_IN_LAW: Relation.CHILD_IN_LAW,
        Relation.PARENT: Relation.PARENT_IN_LAW,
        Relation.PARENT_IN_LAW: Relation.PARENT,
    },
    Relation.CHILD: {
        Relation.CHILD: Relation.SIBLING,
        Relation.SPOUSE: Relation.PARENT,
        Relation.PARENT: Relation.GRANDPARENT,
    },
    Relation.PARENT: {
        Relation.PARENT: Relation.SPOUSE,
        Relation.SPOUSE: Relation.CHILD_IN_LAW,
        Relation.SIBLING: Relation.CHILD,
        Relation.CHILD: Relation.GRANDCHILD,
    },
    Relation.SIBLING: {Relation.PARENT: Relation.PARENT, Relation.SIBLING: Relation.SIBLING},
}


def under_new_head(chosen: Relation, other: Relation) -> Relation:
    """What `other`, told of the old head, most often is to the new one, who was `chosen` to the old; unknown where
    nothing can be said. Families differ: whoever changes the head is asked to look at it."""
    return _SEEN_BY.get(chosen, {}).get(other, Relation.UNKNOWN)


def old_head_to_new(chosen: Relation) -> Relation:
    """What the old head is to the new one, who was `chosen` to the old."""
    return _INVERSE.get(chosen, Relation.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where and how somebody lives at one time."""

    living: str = Living.KNOWN
    hamlet_id: UUID | None = None
    household_id: UUID | None = None

    @property
    def here(self) -> bool:
        """Whether the commune's health station manages them: an address of the commune, and neither left nor died."""
        return self.living not in GONE and (self.hamlet_id is not None or self.household_id is not None)


NOWHERE: Final = Stand(Living.NEVER)


@dataclass(frozen=True, slots=True)
class Step:
    """One change: until the end of the day before, `before` stood."""

    day: date
    kind: str
    before: Stand


@dataclass(frozen=True, slots=True)
class Life:
    """All that tells where one person lived: the present, the changes in their order, and what ends it from outside.

    `born` is the first day a birth can be; `died` of a death in an illness's outcome; `handed` when another station
    took over.
    """

    present: Stand
    steps: Sequence[Step] = ()
    born: date | None = None
    died: date | None = None
    handed: date | None = None

    def on(self, day: date) -> Stand:
        """Where they stood at the end of that day."""
        ended = any(one is not None and one <= day for one in (self.died, self.handed))
        if ended or (self.born is not None and day < self.born):
            return NOWHERE
        return next((step.before for step in self.steps if step.day > day), self.present)

    def hamlet_on(self, day: date) -> UUID | None:
        """The hamlet of that day, of whoever had gone by then the last one; a death or a hand-over does not hide it."""
        return next((step.before.hamlet_id for step in self.steps if step.day > day), self.present.hamlet_id)

    def flows(self, first: date, last: date) -> Iterator[Flow]:
        """How they came into the managed population, or left it, from `first` to `last`, both included."""
        was = False
        for day, kind, stand in self._moments():
            now = stand.here
            if now != was and first <= day <= last:
                yield _flow(kind, day, came=now)
            was = now

    def _moments(self) -> Iterator[tuple[date, str, Stand]]:
        """Each moment at which something begins, with what stands after it."""
        born, stop = self.born or date.min, min((one for one in (self.died, self.handed) if one), default=None)
        after = [*(step.before for step in self.steps), self.present][1:]
        stands = [(step.day, step.kind, stand) for step, stand in zip(self.steps, after, strict=True)]
        layer = self.steps[0].before if self.steps else self.present
        for day, _kind, stand in stands:
            if day < born:
                layer = stand  # a birth corrected since: nothing counts before it
        if stop is None or born < stop or (born == stop and self.born is not None):
            yield born, ChangeKind.BORN, layer
        for day, kind, stand in stands:
            if day >= born and (stop is None or day <= stop):
                yield day, kind, stand
        if stop is not None:
            yield stop, ChangeKind.DIED if self.died == stop else ChangeKind.LEFT, NOWHERE


@dataclass(frozen=True, slots=True)
class Stay:
    """Days on which the station managed somebody in one hamlet, both included; None where they are open."""

    first: date | None
    last: date | None
    living: str
    hamlet_id: UUID | None


def stays_of(life: Life) -> tuple[Stay, ...]:
    """The whole life as the days that `Life.on` calls `here`, the earliest first, without a day between two alike."""
    born = life.born or date.min
    later = {step.day for step in life.steps} | {day for day in (life.died, life.handed) if day}
    begins = [born, *sorted(day for day in later if day > born)]
    ends = [*(day - timedelta(days=1) for day in begins[1:]), None]
    found: list[Stay] = []
    for first, last in zip(begins, ends, strict=True):
        stand = life.on(first)
        if not stand.here:
            continue
        stay = Stay(None if first == date.min else first, last, stand.living, stand.hamlet_id)
        if found and _goes_on(found[-1], stay):
            stay = replace(found.pop(), last=last)
        found.append(stay)
    return tuple(found)


def _goes_on(one: Stay, next_one: Stay) -> bool:
    alike = (one.living, one.hamlet_id) == (next_one.living, next_one.hamlet_id)
    return alike and one.last is not None and one.last + timedelta(days=1) == next_one.first


@dataclass(frozen=True, slots=True)
class Flow:
    """One person in or out of the managed population."""

    kind: ChangeKind  # BORN and CAME in, DIED and LEFT out
    day: date


def _flow(kind: str, day: date, *, came: bool) -> Flow:
    if came:
        return Flow(ChangeKind.BORN if kind == ChangeKind.BORN else ChangeKind.CAME, day)
    return Flow(ChangeKind.DIED if kind == ChangeKind.DIED else ChangeKind.LEFT, day)
