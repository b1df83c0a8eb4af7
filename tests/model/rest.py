"""At rest: nothing is missing, both ends show the same, nothing was silently overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from covidstation.db.rows import DownLineRow, JournalRow, PersonRow
from covidstation.hub import rows as hub_rows
from tests.model.template import Template, scratch
from tests.model.world import FIELDS, World, empty


def check(world: World) -> None:
    """At rest: nothing is missing, both ends show the same, every value is seen or kept."""
    lost = {key: world.ever[key] for key in world.ever.keys() - world.destroyed - world.at_hub()}
    assert not lost, f"never reached the hub: {lost}"
    for number, node in enumerate(world.nodes):
        with node.db.read() as session:
            read = set(session.scalars(select(DownLineRow.stamp)))
            own = set(session.scalars(select(JournalRow.stamp)))
        for district, station, stamp in world.ever.keys() - world.destroyed:
            if station == number:
                assert stamp in (read if district else own), f"the station lacks {world.ever[district, station, stamp]}"
        _same(world, number)
        _nothing_overwritten(world, number)


def _same(world: World, number: int) -> None:
    """Station and hub show the same of every row."""
    with world.nodes[number].db.read() as session:
        ours = {row.id.hex: {name: getattr(row, name) for name in FIELDS} for row in session.scalars(select(PersonRow))}
    with world.hub.db.read() as session:
        query = select(hub_rows.RecordRow).where(
            hub_rows.RecordRow.station == world.station_n(number), hub_rows.RecordRow.tbl == "person"
        )
        theirs = {
            row.row: {name: row.fields.get(name) or empty(name) for name in FIELDS}
            for row in session.scalars(query)
            if not row.deleted
        }
    differing = {row for row in ours.keys() | theirs.keys() if ours.get(row) != theirs.get(row)}
    assert not differing, [(row, ours.get(row), theirs.get(row)) for row in sorted(differing)]


def _nothing_overwritten(world: World, number: int) -> None:
    """A value that was written is shown, was replaced by somebody who had seen it, or is kept in a conflict."""
    kept: set[tuple[str, int]] = set()
    with world.hub.db.read() as session:
        for row in session.scalars(select(hub_rows.ConflictRow)):
            kept |= {(row.row, row.standing["stamp"]), (row.row, row.losing["stamp"])}
        query = select(hub_rows.RecordRow).where(hub_rows.RecordRow.station == world.station_n(number))
        shown = {row.row: row for row in session.scalars(query)}
    alive = {key: one for key, one in world.ever.items() if key not in world.destroyed and key[1] == number}
    replaced = {(one.row, name, base) for one in alive.values() for name, base in one.bases.items()}
    newest_base: dict[tuple[str, str], int] = {}
    for one in alive.values():
        for name, base in one.bases.items():
            newest_base[one.row, name] = max(newest_base.get((one.row, name), 0), base)
    for (_district, _station, stamp), one in alive.items():
        record = shown.get(one.row)
        if one.table != "person" or one.action == "d" or record is None or record.deleted:
            continue
        for name, value in one.fields.items():
            if (record.fields.get(name) or empty(name)) == (value or empty(name)):
                continue
            seen = (one.row, name, stamp) in replaced or newest_base.get((one.row, name), 0) > stamp
            if not seen and (one.row, stamp) not in kept:
                raise AssertionError(f"{name}={value!r} of {one.row} is neither shown nor kept")


@contextmanager
def world(template: Template) -> Iterator[World]:
    """A new one, in memory where there is such a disk."""
    with TemporaryDirectory(dir=scratch()) as folder:
        made = World(template, Path(folder))
        try:
            yield made
        finally:
            made.close()


def play(template: Template, story: Iterable[tuple[Any, ...]]) -> World:
    """Run a story of (method, arguments…) to its end and check it."""
    with world(template) as made:
        for name, *arguments in story:
            made.steps += 1
            getattr(made, name)(*arguments)
        made.settle()
        check(made)
        return made
