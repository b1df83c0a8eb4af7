"""What becomes of one row that a station and its district changed without knowing of each other (docs/adr/0026).

The same functions decide at both ends, so both come to the same value: which fields move together, which rule each
group has, and what a line does to a group. Stamps are numbers; sides are `Side`. Nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

from covidstation.domain.groups import WHOLE, Group, Rule
from covidstation.domain.ops import Base, Op
from covidstation.domain.stamps import issuer_of

MOST_STEPS: Final = 10_000


class Side(StrEnum):
    """Who wrote a value."""

    STATION = "station"
    DISTRICT = "district"


class End(StrEnum):
    """How a split of two values was settled without a person."""

    OPEN = "open"  # it was not
    SAME = "same"  # both sides wrote the same


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a group: its fields in their JSON form, the stamp and author of the line that wrote it."""

    values: Mapping[str, Any]
    stamp: int
    side: Side
    actor: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a conflict keeps it."""
        return {"values": dict(self.values), "stamp": self.stamp, "side": self.side.value, "actor": self.actor}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Value:
        """What `to_json` gave."""
        return cls(kept["values"], kept["stamp"], Side(kept["side"]), kept.get("actor", ""))


@dataclass(frozen=True, slots=True)
class Split:
    """Two values of one group that do not know of each other. Both sides give it the same id.

    `top` is the stamp under which the same value, written twice, stands; 0 while a person must choose.
    """

    id: UUID
    group: str
    rule: Rule
    base: int  # the last stamp that both had seen
    standing: Value
    losing: Value
    end: End = End.OPEN
    top: int = 0
    decided: bool = False  # by a person

    @property
    def is_open(self) -> bool:
        """Whether somebody has to choose."""
        return self.end is End.OPEN and not self.decided

    def is_live(self, stamp: int) -> bool:
        """Whether it still speaks of the value with that stamp."""
        return self.is_open or (self.end is not End.OPEN and self.top == stamp)


class Kept(Protocol):
    """A row of a table of conflicts, at either end."""

    id: Any
    grp: Any
    rule: Any
    standing: Any
    losing: Any
    decided_at: Any
    decision: Any


def split_of(kept: Kept) -> Split:
    """What a row of conflicts says."""
    decision = kept.decision or {}
    end = End(decision.get("end", End.OPEN))
    return Split(
        kept.id,
        kept.grp,
        Rule(kept.rule),
        kept.standing.get("base", 0),
        Value.from_json(kept.standing),
        Value.from_json(kept.losing),
        end,
        decision.get("top", 0),
        kept.decided_at is not None and end is End.OPEN,
    )


def fill_split(kept: Kept, split: Split, now: datetime) -> None:
    """Write a split into a row of conflicts; one that settled itself needs nobody."""
    kept.id, kept.grp, kept.rule = split.id, split.group, split.rule.value
    kept.standing = split.standing.to_json() | {"base": split.base}
    kept.losing = split.losing.to_json()
    if split.end is not End.OPEN:
        kept.decided_at, kept.decision = now, {"end": split.end.value, "top": split.top}
    elif not split.decided:
        kept.decided_at = kept.decision = None


def newest(splits: Iterable[Split]) -> Split | None:
    """The split of a group that a new line is held against: an open one before all others."""
    return max(splits, key=lambda one: (one.is_open, one.standing.stamp, one.losing.stamp), default=None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line does to a group: the value to write, if any, and the split to keep, if any."""

    value: Value | None = None
    split: Split | None = None


Past = Callable[[int, int], bool]
"""Whether the line with the first stamp is in the history of the value with the second one."""

NOTHING: Final = Verdict()


def conflict_id(row: str, table: str, group: str, base: int) -> UUID:
    """UUIDv5 in the namespace of the row's id; `base` is the last value that both sides had."""
    return uuid5(UUID(hex=row), f"{table}/{group}/{base}")


def base_of(op: Op, names: Iterable[str]) -> int | None:
    """The newest stamp that a line replaced in these fields; None for an insert."""
    if isinstance(op.base, Mapping):
        wanted = set(names)
        found = [stamp for stamp, fields in op.base.items() if wanted.intersection(fields)]
        return max(found, default=max(op.base))
    return op.base


def base_by_field(base: Base, names: Iterable[str]) -> dict[str, int]:
    """The stamp that each field's value replaced."""
    if isinstance(base, Mapping):
        return {name: stamp for stamp, fields in base.items() for name in fields}
    return dict.fromkeys(names, base or 0)


def is_past(stamp: int, value: int, base: Callable[[int], int | None]) -> bool:
    """Walk from a value back to what it replaced. `base` raises KeyError for a line that is not held.

    What such a line had seen is unknown: everything older counts as seen, for it was lost together with it.
    """
    for _step in range(MOST_STEPS):
        if value == stamp:
            return True
        try:
            before = base(value)
        except KeyError:
            return stamp <= value
        if before is None:
            return False
        value = before
    return False


LineOf = Callable[[int], Op | None]
"""The line of a row with that stamp; None when it is not held."""


def says_again(op: Op, names: Iterable[str], line_of: LineOf) -> bool:
    """Whether a line says of these fields what it replaced: it tells that the row lives, and changes no value."""
    bases = base_by_field(op.base, op.fields) if op.action == "u" else {}
    said = [name for name in names if name in bases]
    return bool(said) and all(
        (before := line_of(bases[name])) is not None
        and before.action != "d"
        and (before.fields.get(name) or None) == (op.fields[name] or None)
        for name in said
    )


def seen_through(stamp: int, name: str, names: Iterable[str], line_of: LineOf) -> int:
    """The stamp of whoever wrote the value of a field that bears this stamp, beneath lines that only said it again.

    `names` are those of its group, which is one value.
    """
    group = tuple(names)
    for _step in range(MOST_STEPS):
        op = line_of(stamp)
        if op is None or name not in op.fields or not says_again(op, group, line_of):
            break
        stamp = base_by_field(op.base, op.fields)[name]
    return stamp


@dataclass(frozen=True, slots=True)
class Case:
    """One group of a row, as it stands, and a line that comes to it. `at` is the stamp that stands where the line
    expects `base`; `limit` is the highest stamp that is believed, 0 for a side that cannot judge."""

    table: str
    row: str
    group: Group
    standing: Value
    at: int
    came: Value
    base: int
    limit: int = 0


def judge(case: Case, splits: Sequence[Split], past: Past) -> Verdict:
    """What the line does. `splits` are all of that group; `past` is asked only when two values have parted."""
    standing, came = case.standing, case.came
    split = newest([one for one in splits if case.base in _heads(one)] or splits)
    if came.stamp == standing.stamp:
        return NOTHING
    if case.base == case.at and not _is_half(split, case.at):
        return _follow(case, split, past)
    if split is not None and (other := _other_head(split, case)) is not None:
        if split.is_open and came.side is other.side is not split.losing.side and same_values(came, other):
            return Verdict(came, replace(split, standing=came))  # it has seen the losing value and holds to its own
        return _contest(case, other, split.id, split.base)
    if past(came.stamp, standing.stamp):
        return NOTHING
    if case.base > case.at and not past(case.base, standing.stamp):
        return Verdict(came)
    return _contest(case, standing, _new_id(case, splits), case.base)


def _is_half(split: Split | None, stamp: int) -> bool:
    """Whether that stamp stands for the same value twice, so that a line on top of it may know one of them alone."""
    return split is not None and split.end is End.SAME and stamp in _heads(split)


def _heads(split: Split) -> tuple[int, int]:
    return split.standing.stamp, split.losing.stamp


def _follow(case: Case, split: Split | None, past: Past) -> Verdict:
    """The line replaces what stands. In an open split its other value stays.

    One that is chosen by its own side changes places; the same value from both sides needs nobody.
    """
    came = case.came
    if split is None or not split.is_open:
        return Verdict(came)
    if not same_values(came, split.losing) or past(split.losing.stamp, case.standing.stamp):
        return Verdict(came, replace(split, standing=came))
    if came.side is split.losing.side:
        return Verdict(came, replace(split, standing=came, losing=case.standing))
    return Verdict(came, replace(split, standing=came, end=End.SAME, top=came.stamp))


def _other_head(split: Split, case: Case) -> Value | None:
    """What the line must be held against, when it goes on from one of the two values of a split."""
    live = split.is_live(case.standing.stamp)
    if case.base == split.losing.stamp:
        return case.standing if split.is_open or not live else split.standing
    if case.base == split.standing.stamp and split.end is not End.OPEN:
        return split.losing if live else case.standing
    return None


def _new_id(case: Case, splits: Sequence[Split]) -> UUID:
    found = conflict_id(case.row, case.table, case.group.name, case.base)
    if not any(one.id == found and one.decided for one in splits):
        return found
    lower, higher = sorted((case.standing.stamp, case.came.stamp))
    return uuid5(found, f"{lower}/{higher}")


def _contest(case: Case, other: Value, id: UUID, base: int) -> Verdict:
    """Two values, neither of which knows the other."""
    came, group = case.came, case.group
    if same_values(came, other):
        ours = next((one.stamp for one in (came, other) if one.side is Side.STATION), 0)
        top = ours if ours and group.rule is Rule.MANUAL else max(came.stamp, other.stamp)
        value = replace(came, stamp=top) if top != case.standing.stamp else None
        return Verdict(value, Split(id, group.name, group.rule, base, other, came, End.SAME, top))
    if _wins(case, came, other):
        return Verdict(came, Split(id, group.name, group.rule, base, came, other))
    value = other if other.stamp != case.standing.stamp else None
    return Verdict(value, Split(id, group.name, group.rule, base, other, came))


def same_values(one: Value, other: Value) -> bool:
    """Whether they say the same of every field that both name; what is empty is not said."""
    names = one.values.keys() & other.values.keys()
    return bool(names) and all((one.values[name] or None) == (other.values[name] or None) for name in names)


def _is_suspect(case: Case, value: Value) -> bool:
    """The district believes its own lines, even those of a day when its clock was wrong: the station does so too."""
    return bool(case.limit) and value.stamp > case.limit and value.side is Side.STATION


def _wins(case: Case, came: Value, other: Value) -> bool:
    suspect, other_suspect = _is_suspect(case, came), _is_suspect(case, other)
    if suspect != other_suspect:
        return other_suspect
    if case.group.rule is Rule.MANUAL and came.side is not other.side:
        return came.side is Side.STATION
    return (came.stamp, came.side is Side.DISTRICT) > (other.stamp, other.side is Side.DISTRICT)


def judge_deletion(case: Case) -> Verdict | None:
    """A deletion that meets a row: None when it goes, else the split that it leaves on a row that lives on.

    `case.at` is the newest stamp that the deletion's maker must have seen, `case.base` the newest one that it had.
    The district says in a deletion how far it had read the station, so that only the station's own lines count then.
    """
    if case.base >= case.at:
        return None
    return Verdict(split=revived(case.table, case.row, case.standing, case.came, case.base))


def newest_of(side: int, made: int, stamps: Mapping[str, int]) -> int:
    """The newest stamp of a row that an issuer of `domain.stamps` gave; 0 for none."""
    return max((stamp for stamp in (made, *stamps.values()) if issuer_of(stamp) == side), default=0)


def names_since(stamps: Mapping[str, int], base: int) -> frozenset[str]:
    """The fields that were written after a stamp; all that ever changed when none was."""
    return frozenset(name for name, stamp in stamps.items() if stamp > base) or frozenset(stamps)


def revived(table: str, row: str, living: Value, deletion: Value, base: int) -> Split:
    """The split between a change that lives on and a deletion; `base` is what the deletion had seen."""
    return Split(conflict_id(row, table, WHOLE, base), WHOLE, Rule.LWW, base, living, deletion)
