"""What the district sends to a station's store (cấp phát): the paper as it travels, what the station counted of it.

Both ends read both with these functions, so that they say the same of the same paper (docs/adr/0047).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from covidstation.domain.problems import Problem, too_long
from covidstation.domain.supplies import (
    MOST_UNITS,
    SHORT_LIMIT,
    ItemDraft,
    SupplyKind,
    check_expiry,
    check_item,
    check_units,
    tidy_item,
)
from covidstation.domain.text import TEXT_LIMIT, clean, fold

MOST_LINES: Final = 40
_TEXTS: Final = ("name", "atc", "strength", "form", "unit", "medicine")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllotmentLine:
    """So many units of one lot. `number` is its place on the paper, from 1: by it the station answers."""

    number: int
    item: ItemDraft
    lot: str = ""
    expiry: date | None = None
    quantity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotment:
    """One paper for one station."""

    document: str
    day: date | None
    lines: tuple[AllotmentLine, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was found of a line: the label as it is on the box, the units. Not `kept`: it was there, but did not go into
    the store, for its day was over."""

    line: int
    counted: int
    lot: str = ""
    expiry: date | None = None
    kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One counting of a paper. `replaces`: the messages of former ones in whose place it stands."""

    day: date
    lines: tuple[Counted, ...] = ()
    replaces: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A counting as it was said to the district; `id` is that of the message."""

    id: UUID
    made_at: datetime
    count: Count
    reason: str = ""
    by_name: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One line: what was sent, and what was found; None when nobody has counted it."""

    line: AllotmentLine
    found: Counted | None = None

    @property
    def delta(self) -> int:
        """Units that were found less those that were sent; 0 while nobody has counted."""
        return self.found.counted - self.line.quantity if self.found is not None else 0

    @property
    def label_differs(self) -> bool:
        """Another lot or another expiry is on the box."""
        said = self.found
        if said is None or not said.counted:
            return False
        return fold(said.lot) != fold(self.line.lot) or said.expiry != self.line.expiry

    @property
    def left_out(self) -> bool:
        """It was there, and did not go into the store."""
        return self.found is not None and self.found.counted > 0 and not self.found.kept

    @property
    def differs(self) -> bool:
        """Anything that the district must hear of."""
        return bool(self.delta) or self.label_differs or self.left_out


def compare(allotment: Allotment, count: Count | None) -> tuple[Compared, ...]:
    """Line by line, in the order of the paper."""
    found = {one.line: one for one in count.lines} if count is not None else {}
    return tuple(Compared(line, found.get(line.number)) for line in allotment.lines)


def standing_count(said: Iterable[Confirmation]) -> tuple[Confirmation | None, tuple[Confirmation, ...]]:
    """The counting that counts, and others in whose place nobody put one: two lives of a station after a restore.

    The latest stands; both ends come to the same by the messages alone.
    """
    everything = list(said)
    over = frozenset[UUID]().union(*(one.count.replaces for one in everything))
    open_ones = sorted((one for one in everything if one.id not in over), key=lambda one: (one.made_at, one.id))
    return (open_ones[-1], tuple(open_ones[:-1])) if open_ones else (None, ())


def match_item(line: AllotmentLine, kept: Sequence[tuple[UUID, ItemDraft]]) -> UUID | None:
    """The item of the store that a line is, in the same unit; None when the store has none that is surely it."""
    here = [(id, item) for id, item in kept if fold(item.unit) == fold(line.item.unit) and item.kind is line.item.kind]
    signs = (
        lambda item: item.identity,
        lambda item: item.medicine or None,
        lambda item: (item.atc, _tight(item.strength), fold(item.form)) if len(item.atc) == 7 else None,
        lambda item: fold(item.title),
    )
    for sign in signs:
        wanted = sign(line.item)
        found = [id for id, item in here if wanted is not None and sign(item) == wanted]
        if len(found) == 1:
            return found[0]
    return None


def new_item(line: AllotmentLine, kept: Iterable[ItemDraft]) -> ItemDraft:
    """The item that is made of a line. One that the store counts in another unit stays apart, by its name."""
    same = [one for one in kept if one.identity == line.item.identity]
    if any(fold(one.unit) != fold(line.item.unit) for one in same):
        return replace(line.item, name=f"{line.item.name} ({line.item.unit})")
    return line.item


def filled_up(item: ItemDraft, common: Iterable[ItemDraft]) -> ItemDraft:
    """What was typed of an item, with the rest from the common one of that name: nobody types ATC codes."""
    wanted = {fold(item.name), fold(item.title)}
    found = next((one for one in common if fold(one.title) in wanted), None)
    if found is None:
        return item
    names = ("substances", "atc", "strength", "form", "unit", "pack_size", "medicine")
    rest = {name: getattr(item, name) or getattr(found, name) for name in names}
    return replace(item, name=found.name, kind=found.kind, **rest)


def _tight(text: str) -> str:
    return fold(text).replace(" ", "")


def tidy_allotment(allotment: Allotment) -> Allotment:
    """As it is kept."""
    lines = (replace(one, item=tidy_item(one.item), lot=clean(one.lot)) for one in allotment.lines)
    return replace(allotment, document=clean(allotment.document), note=clean(allotment.note), lines=tuple(lines))


def check_allotment(allotment: Allotment, today: date) -> list[Problem]:
    """What is wrong with a tidied paper before it is sent; fields `document`, `day`, `lines.<place>.<name>`."""
    found = []
    if not allotment.document:
        found.append(Problem("document", "allotment.document_missing"))
    if allotment.day is None:
        found.append(Problem("day", "supplies.day_missing"))
    elif allotment.day > today:
        found.append(Problem("day", "supplies.day_future"))
    found += [*too_long("document", allotment.document, SHORT_LIMIT), *too_long("note", allotment.note, TEXT_LIMIT)]
    if not allotment.lines:
        found.append(Problem("lines", "supplies.nothing"))
    if len(allotment.lines) > MOST_LINES:
        found.append(Problem("lines", "allotment.lines_many", {"most": f"{MOST_LINES}"}))
    for at, line in enumerate(allotment.lines):
        found += _check_line(line, f"lines.{at}", today)
    return found


def _check_line(line: AllotmentLine, place: str, today: date) -> list[Problem]:
    wrong = [replace(one, field=f"{place}.{one.field}") for one in check_item(line.item)]
    wrong += check_units(f"{place}.quantity", line.quantity, line.item.title)
    wrong += too_long(f"{place}.lot", line.lot, SHORT_LIMIT)
    if line.expiry is not None and line.expiry < today:
        params = {"name": line.item.title, "day": f"{line.expiry:%d/%m/%Y}"}
        return [*wrong, Problem(f"{place}.expiry", "allotment.sent_expired", params)]
    return wrong + check_expiry(f"{place}.expiry", line.expiry, today)


def allotment_data(allotment: Allotment) -> dict[str, Any]:
    """As it travels: `data` of an item."""
    return {
        "document": allotment.document,
        "day": allotment.day.isoformat() if allotment.day else None,
        "note": allotment.note,
        "lines": [_line_data(line) for line in allotment.lines],
    }


def _line_data(line: AllotmentLine) -> dict[str, Any]:
    item = line.item
    said: dict[str, Any] = {name: getattr(item, name) for name in _TEXTS}
    said |= {"kind": item.kind.value, "substances": list(item.substances), "pack_size": item.pack_size}
    said |= {"lot": line.lot, "expiry": line.expiry.isoformat() if line.expiry else None}
    kept = {name: value for name, value in said.items() if value not in ("", None, [], 0)}
    return {"line": line.number, "quantity": line.quantity, **kept}


def read_allotment(data: Any) -> Allotment:
    """The data of an item as it travels. Raises ValueError for anything that no paper can be."""
    if not isinstance(data, Mapping) or not isinstance(data.get("lines"), list):
        raise ValueError("allotment")
    lines = tuple(_read_line(one) for one in data["lines"])
    if not 0 < len(lines) <= MOST_LINES or len({one.number for one in lines}) < len(lines):
        raise ValueError("allotment")
    day = data.get("day")
    found = Allotment(
        document=_text(data, "document", SHORT_LIMIT),
        day=date.fromisoformat(str(day)) if day is not None else None,
        note=_text(data, "note", TEXT_LIMIT),
        lines=lines,
    )
    return tidy_allotment(found)


def _read_line(data: Any) -> AllotmentLine:
    if not isinstance(data, Mapping):
        raise ValueError("line")
    substances = data.get("substances", [])
    if not isinstance(substances, list) or not all(isinstance(one, str) for one in substances):
        raise ValueError("substances")
    texts: dict[str, Any] = {name: _text(data, name, TEXT_LIMIT) for name in _TEXTS}
    item = ItemDraft(
        kind=SupplyKind(_text(data, "kind", SHORT_LIMIT)),
        substances=tuple(substances),
        pack_size=_units(data, "pack_size", 0),
        **texts,
    )
    if check_item(tidy_item(item)):
        raise ValueError("item")
    return AllotmentLine(
        number=_units(data, "line", 1),
        item=item,
        lot=_text(data, "lot", SHORT_LIMIT),
        expiry=_day(data, "expiry"),
        quantity=_units(data, "quantity", 1),
    )


def count_data(count: Count) -> dict[str, Any]:
    """As it travels: `data` of a message."""
    lines = []
    for one in count.lines:
        said: dict[str, Any] = {"line": one.line, "counted": one.counted, "lot": one.lot}
        said["expiry"] = one.expiry.isoformat() if one.expiry else None
        lines.append(said if one.kept else {**said, "kept": False})
    found: dict[str, Any] = {"day": count.day.isoformat(), "lines": lines}
    return {**found, "replaces": sorted(one.hex for one in count.replaces)} if count.replaces else found


def read_count(data: Any) -> Count:
    """The data of a message as it travels. Raises ValueError for anything else."""
    if not isinstance(data, Mapping) or not isinstance(data.get("lines"), list) or len(data["lines"]) > MOST_LINES:
        raise ValueError("count")
    replaces = data.get("replaces", [])
    if not isinstance(replaces, list):
        raise ValueError("replaces")
    day = _day(data, "day")
    if day is None:
        raise ValueError("day")
    found = Count(
        day=day,
        lines=tuple(map(_read_counted, data["lines"])),
        replaces=frozenset(UUID(hex=str(one)) for one in replaces),
    )
    if len({one.line for one in found.lines}) < len(found.lines):
        raise ValueError("lines")
    return found


def _read_counted(data: Any) -> Counted:
    if not isinstance(data, Mapping):
        raise ValueError("line")
    return Counted(
        line=_units(data, "line", 1),
        counted=_units(data, "counted", 0),
        lot=clean(_text(data, "lot", SHORT_LIMIT)),
        expiry=_day(data, "expiry"),
        kept=data.get("kept") is not False,
    )


def _text(data: Mapping[str, Any], name: str, most: int) -> str:
    found = data.get(name, "")
    if not isinstance(found, str) or len(found) > most:
        raise ValueError(name)
    return found


def _units(data: Mapping[str, Any], name: str, least: int) -> int:
    found = data.get(name, 0)
    if type(found) is not int or not least <= found <= MOST_UNITS:
        raise ValueError(name)
    return found


def _day(data: Mapping[str, Any], name: str) -> date | None:
    found = data.get(name)
    return None if found is None else date.fromisoformat(str(found))
