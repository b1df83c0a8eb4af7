"""At rest: nothing is missing, both ends show the same, nothing was silently overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from covidstation.db.rows import ConflictRow, DownLineRow, JournalRow, PersonRow
from covidstation.domain.stamps import STATION
from covidstation.hub import rows as hub_rows
from covidstation.hub.down.moves import owner_of
from tests.haste import scratch
from tests.model.district import FIELDS, empty
from tests.model.ledger import Key
from tests.model.stories import Step
from tests.model.template import Template
from tests.model.world import World

SHOWN = (*FIELDS, "moved_to")
ISSUERS = 4


def check(world: World) -> None:
    """At rest: nothing is missing, both ends show the same, every value is seen or kept."""
    former = _set_aside(world)
    excused = former | world.ledger.destroyed | world.at_hub()
    lost = {key: one for key, one in world.ledger.ever.items() if key not in excused}
    assert not lost, f"never reached the hub: {lost}"
    for number in range(len(world.nodes)):
        _station_has_all(world, number, former)
        _same(world, number)
        _same_conflicts(world, number)
        _nothing_overwritten(world, number, former)
    _moved_whole(world)


def _set_aside(world: World) -> set[Key]:
    """Lines that the hub keeps apart and has said so: of a stolen computer, or of a file that was put back by hand; and
    those in files alone that the present hub cannot open."""
    row = hub_rows.BundleRow
    with world.hub.db.read() as session:
        kept = session.scalars(
            select(row.kept).where(row.code.in_(("bundle.former_keys", "bundle.fork", "bundle.rekeyed")))
        )
        aside = {key for data in kept for key in world.ledger.lines_of(data)}
    at_stations = set()
    for number, node in enumerate(world.nodes):
        with node.db.read() as session:
            at_stations |= {(False, number, stamp) for stamp in session.scalars(select(JournalRow.stamp))}
            at_stations |= {(True, number, stamp) for stamp in session.scalars(select(DownLineRow.stamp))}
    aside |= world.sealed_away - at_stations
    return aside - world.at_hub()  # of the same lines another bundle may have come, before or since


def _station_has_all(world: World, number: int, former: set[Key]) -> None:
    with world.nodes[number].db.read() as session:
        read = set(session.scalars(select(DownLineRow.stamp)))
        own = set(session.scalars(select(JournalRow.stamp)))
        aside = select(DownLineRow.code).where(DownLineRow.code == "op.newer")
        assert session.scalars(aside).first() is None, "the station has not taken up what its older program put aside"
    for key, one in world.ledger.alive(number).items():
        district, _station, stamp = key
        assert key in former or stamp in (read if district else own), f"the station lacks {one}"


def _same(world: World, number: int) -> None:
    """Station and hub show the same of every row."""
    with world.nodes[number].db.read() as session:
        ours = {row.id.hex: {name: getattr(row, name) for name in SHOWN} for row in session.scalars(select(PersonRow))}
    theirs = {
        row: {name: fields.get(name) or (None if name == "moved_to" else empty(name)) for name in SHOWN}
        for row, (fields, _stamps, deleted) in _people(world, number).items()
        if not deleted
    }
    differing = {row for row in ours.keys() | theirs.keys() if ours.get(row) != theirs.get(row)}
    assert not differing, f"they differ: {[(row, ours.get(row), theirs.get(row)) for row in sorted(differing)]}"


def _people(world: World, number: int) -> dict[str, tuple[Mapping[str, Any], Mapping[str, int], bool]]:
    """What the hub has of a station's people: fields, stamps, whether they were deleted."""
    row = hub_rows.RecordRow
    with world.hub.db.read() as session:
        query = select(row).where(row.station == world.station_n(number), row.tbl == "person")
        return {
            one.row: (one.fields, dict.fromkeys(FIELDS, one.made) | (one.stamps or {}), one.deleted)
            for one in session.scalars(query)
        }


def _same_conflicts(world: World, number: int) -> None:
    """Both ends ask people the same."""
    with world.nodes[number].db.read() as session:
        rows = session.scalars(select(ConflictRow).where(ConflictRow.decided_at.is_(None)))
        ours = {(row.row_id.hex, row.grp) for row in rows}
    with world.hub.db.read() as session:
        row = hub_rows.ConflictRow
        query = select(row).where(row.station == world.station_n(number), row.decided_at.is_(None))
        theirs = {(one.row, one.grp) for one in session.scalars(query)}
    assert ours == theirs, f"open at one end alone: station {ours - theirs}, hub {theirs - ours}"


def _nothing_overwritten(world: World, number: int, former: set[Key]) -> None:
    """A value that was written is shown, was replaced by somebody who had seen it, or is kept in a conflict."""
    kept: set[tuple[str, int]] = set()
    with world.hub.db.read() as session:
        for row in session.scalars(select(hub_rows.ConflictRow)):
            kept |= {(row.row, row.standing["stamp"]), (row.row, row.losing["stamp"])}
    shown = _people(world, number)
    alive = {key: one for key, one in world.ledger.alive(number).items() if key not in former}
    replaced = {(one.row, name, base) for one in alive.values() for name, base in one.bases.items()}
    newest_base: dict[tuple[str, str], int] = {}
    for one in alive.values():
        for name, base in one.bases.items():
            newest_base[one.row, name] = max(newest_base.get((one.row, name), 0), base)
    for (_district, _station, stamp), one in alive.items():
        fields, _stamps, deleted = shown.get(one.row, ({}, {}, True))
        if one.table != "person" or one.action == "d" or deleted:
            continue
        for name, value in one.fields.items():
            before = [alive.get((side, number, one.bases.get(name, 0))) for side in (False, True)]
            if any(base is not None and (base.fields.get(name) or None) == (value or None) for base in before):
                continue  # said once more, as the word that a row lives
            if name not in FIELDS or (fields.get(name) or empty(name)) == (value or empty(name)):
                continue
            seen = (one.row, name, stamp) in replaced or newest_base.get((one.row, name), 0) > stamp
            if not seen and (one.row, stamp) not in kept:
                raise AssertionError(f"{name}={value!r} of {one.row} is neither shown nor kept")


def _moved_whole(world: World) -> None:
    """Whoever was handed over is known at the new station as at the old one, but for what the new one wrote since."""
    people = {number: _people(world, number) for number in range(len(world.nodes))}
    numbers = {world.station_n(number): number for number in people}
    with world.hub.db.read() as session:
        moves = session.scalars(select(hub_rows.MoveRow).where(hub_rows.MoveRow.state == "accepted"))
        handed = [(move.person, move.origin, owner_of(session, move.person)) for move in moves]
        asked = {row.about_row for row in session.scalars(select(hub_rows.ItemRow)) if row.kind == "question"}
    for row, origin, owner in handed:
        old = people[numbers[origin]].get(row)
        if owner is None or owner == origin or old is None or old[2]:
            continue
        new = people[numbers[owner]].get(row)
        assert new is not None, f"{row} never came to the station that looks after them"
        for name in FIELDS:
            same = (old[0].get(name) or empty(name)) == (new[0].get(name) or empty(name))
            own = new[1][name] % ISSUERS == STATION
            assert same or own or new[2] or row in asked, f"{name} of {row}: {old[0].get(name)} -> {new[0].get(name)}"


@contextmanager
def world(template: Template, count: int = 2) -> Iterator[World]:
    """A new one, in memory where there is such a disk."""
    with TemporaryDirectory(dir=scratch()) as folder:
        made = World(template, Path(folder), count)
        try:
            yield made
        finally:
            made.close()


def play(template: Template, story: Iterable[Step]) -> World:
    """Run a story of (method, arguments…) to its end and check it. It may begin with ("stations", how many)."""
    steps = list(story)
    count = steps.pop(0)[1] if steps and steps[0][0] == "stations" else 2
    with world(template, count) as made:
        for name, *arguments in steps:
            made.steps += 1
            getattr(made, name)(*arguments)
        made.settle()
        check(made)
        return made
