"""The store on paper: what came and went of each lot, day by day. Knows nothing of the program.

From issue 6 and docs/adr/0038: the unit is the smallest one; a count says what is there, and its difference follows
from what was written before it; what expires first goes first; the end of no day is below nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

IN = {"RECEIPT": "received", "RETURN": "returned"}
OUT = {"ISSUE": "issued", "SENT_BACK": "sent_back", "LOSS": "lost", "EXPIRY": "lost"}
COLUMNS = ("opening", "received", "returned", "issued", "sent_back", "lost", "more", "less", "closing")


@dataclass(frozen=True)
class Move:
    """One line of a lot's book. `units` without a sign; of a count what was found. `whom`: the act of another book."""

    day: date
    turn: int
    kind: str
    units: int
    whom: object = None


@dataclass
class Lot:
    """A box as it stands on the shelf."""

    id: UUID
    item: UUID
    number: str
    expiry: date | None
    place: int
    moves: list[Move] = field(default_factory=list)


def signed(kind: str, units: int, before: int) -> int:
    """By how much a line changes what is left."""
    if kind == "COUNT":
        return units - before
    return units if kind in IN else -units


def walked(moves: list[Move]) -> list[tuple[Move, int]]:
    """The book in its order, each line with its difference."""
    left, found = 0, []
    for move in sorted(moves, key=lambda one: (one.day, one.turn)):
        change = signed(move.kind, move.units, left)
        left += change
        found.append((move, change))
    return found


def ends(moves: list[Move]) -> dict[date, int]:
    """What is left at the end of each day on which anything was written."""
    left, found = 0, {}
    for move, change in walked(moves):
        left += change
        found[move.day] = left
    return found


class StoreBook:
    """All lots."""

    def __init__(self) -> None:
        self.titles: dict[UUID, str] = {}
        self.lots: dict[UUID, Lot] = {}
        self.of_item: dict[UUID, list[Lot]] = defaultdict(list)
        self.turn = 0

    def lot(self, lot_id: UUID, item: UUID, number: str, expiry: date | None) -> None:
        """A box that nobody has seen before."""
        self.lots[lot_id] = Lot(lot_id, item, number, expiry, len(self.lots))
        self.of_item[item].append(self.lots[lot_id])

    def write(self, lot_id: UUID, day: date, kind: str, units: int, whom: object = None) -> Move:
        """A new line."""
        self.turn += 1
        move = Move(day, self.turn, kind, units, whom)
        self.lots[lot_id].moves.append(move)
        return move

    def left(self, lot_id: UUID, day: date = date.max) -> int:
        """What is left at the end of that day."""
        return sum(change for move, change in walked(self.lots[lot_id].moves) if move.day <= day)

    def could_be(self, lot_id: UUID, moves: list[Move]) -> bool:
        """Whether the end of no day is below nothing."""
        return all(left >= 0 for left in ends(moves).values())

    def free(self, lot: Lot, day: date) -> int:
        """How much may be taken on that day: no later day may fall below nothing, up to the next count, which says
        what was found whatever was written before it."""
        left = ends(lot.moves)
        counted = min((one.day for one in lot.moves if one.kind == "COUNT" and one.day > day), default=date.max)
        start = max((one for one in left if one <= day), default=None)
        later = [units for one, units in left.items() if day < one < counted]
        return max(0, min([left[start] if start else 0, *later]))

    def first_expired(self, item: UUID, units: int, day: date) -> list[tuple[UUID, int]] | None:
        """Which lots make up so many units on that day; None when there are not enough that are not over."""
        shelf = [one for one in self.of_item[item] if one.expiry is None or one.expiry >= day]
        found = []
        for lot in sorted(shelf, key=lambda one: (one.expiry or date.max, one.place)):
            taken = min(units, self.free(lot, day))
            if taken:
                found.append((lot.id, taken))
                units -= taken
        return None if units else found

    def take(self, item: UUID, units: int, day: date, whom: object = None) -> None:
        """Out of the lots that go first."""
        found = self.first_expired(item, units, day)
        assert found is not None
        for lot_id, taken in found:
            self.write(lot_id, day, "ISSUE", taken, whom)

    def strike(self, lot_id: UUID, move: Move, instead: int | None = None) -> None:
        """A line that was wrong: it goes, or another number stands in its place."""
        moves = self.lots[lot_id].moves
        at = moves.index(move)
        if instead is None:
            del moves[at]
        else:
            moves[at] = replace(move, units=instead)

    def without(self, lot_id: UUID, move: Move, instead: int | None = None) -> list[Move]:
        """The book as it would be then."""
        others = [one for one in self.lots[lot_id].moves if one is not move]
        return others if instead is None else [*others, replace(move, units=instead)]

    def never_went(self, whom: object) -> None:
        """What served that act was written by mistake."""
        for lot in self.lots.values():
            lot.moves = [one for one in lot.moves if one.whom != whom]

    def came_back(self, whom: object, day: date) -> None:
        """All that served that act is brought back on that day."""
        for lot in self.lots.values():
            for move in [one for one in lot.moves if one.whom == whom and one.kind == "ISSUE"]:
                self.write(lot.id, day, "RETURN", move.units, whom)

    def ledger(self, first: date, last: date) -> dict[UUID, dict[str, int]]:
        """The lines of a month by lot; those with nothing in them are left out."""
        found = {}
        for lot in self.lots.values():
            line = dict.fromkeys(COLUMNS, 0)
            for move, change in walked(lot.moves):
                if move.day < first:
                    line["opening"] += change
                elif move.day <= last:
                    name = IN.get(move.kind) or OUT.get(move.kind) or ("more" if change > 0 else "less")
                    line[name] += abs(change)
            came, went = line["received"] + line["returned"] + line["more"], line["issued"] + line["less"]
            line["closing"] = line["opening"] + came - went - line["sent_back"] - line["lost"]
            if any(line.values()):
                found[lot.id] = line
        return found

    def by_item(self, first: date, last: date) -> dict[UUID, dict[str, int]]:
        """The same summed over the lots of an item."""
        found: dict[UUID, dict[str, int]] = {}
        for lot_id, line in self.ledger(first, last).items():
            sums = found.setdefault(self.lots[lot_id].item, dict.fromkeys(COLUMNS, 0))
            for name in COLUMNS:
                sums[name] += line[name]
        return found
