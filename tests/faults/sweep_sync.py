"""What a station does with its district, and the district itself, while the disk fails: more acts for `sweep`."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from covidstation.db.rows import PersonRow
from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import import_place
from covidstation.hub.intake.queue import enqueue
from covidstation.hub.intake.workers import Workers
from covidstation.hub.replies.receipting import export_answers
from covidstation.services.access.opening import Register
from covidstation.services.exchange.bundles import export_changes
from covidstation.services.exchange.wire import sync_now
from covidstation.sync.carriers import usb
from tests.faults.hub_acts import HUB, SLICE, STICK, bundles, opened_hub, put_hub, say_to_all, stations_of
from tests.faults.sweep_acts import TIMES, Act
from tests.faults.sync_acts import enrolled, forgettable, hub_beside, purge_one, put_words, take
from tests.hub.fake_stations import NOW as AT_HUB
from tests.services.district import EPOCH, STATION, District
from tests.services.samples import NOW, f0, found, neighbour, opened, register

_hubs: Final = ExitStack()


def _once(station: Any, number: int) -> None:
    """Something new to send, unless the try before this one has entered it."""
    person = neighbour(10 + number)
    with station.db.read() as session:
        held = session.scalars(select(PersonRow.id).where(PersonRow.citizen_number == person.citizen_number)).first()
    if held is None:
        register(station.db, f0(person))


# a station


def _with_words(folder: Path) -> None:
    """On its stick two bundles of the district's lines."""
    found(folder)
    with closing(opened(folder).db) as db:
        request = enrolled(db, folder / STICK)
    for number in range(TIMES):
        put_words(folder / STICK, request, number)


def _read_words(station: Any, folder: Path, _known: Any, _number: int) -> None:
    take(station.db, folder / STICK)


def _joined(folder: Path) -> None:
    """Its hub lies beside it; that one answers in threads, whose calls do not fail."""
    found(folder)
    (folder / HUB).mkdir()
    with closing(opened(folder).db) as db, hub_beside(db, folder / HUB):
        pass


def _at_a_line(folder: Path) -> Register:
    station = opened(folder)
    _hubs.enter_context(hub_beside(station.db, folder / HUB))
    return station


def _send(station: Any, _folder: Path, _known: Any, number: int) -> None:
    _once(station, number)
    trouble = sync_now(station.db, by=None, now=NOW).value.trouble
    if trouble is not None:  # of what was answered; the changes are there
        raise trouble


def _covered(folder: Path) -> None:
    """On its stick a bundle, and the receipt for it."""
    found(folder)
    stick, district = folder / STICK, District()
    with closing(opened(folder).db) as db:
        request = enrolled(db, stick)
        register(db, f0(neighbour(1)))
        export = export_changes(db, stick, by=None, now=NOW).value
    upto = export.changes
    with closing(opened(folder).db) as db:
        usb.put(stick, usb.receipt_name(STATION, EPOCH, upto), district.receipt(db, request, upto))


def _tidy(station: Any, folder: Path, _known: Any, number: int) -> None:
    """The receipt is read, and the stick written anew: what it covers goes off."""
    _once(station, number)
    take(station.db, folder / STICK)
    export_changes(station.db, folder / STICK, by=None, now=NOW)


def _due(folder: Path) -> None:
    found(folder)
    with closing(opened(folder).db) as db:
        forgettable(db, 1)


def _purge(station: Any, _folder: Path, _known: Any, number: int) -> None:
    purge_one(station.db, number)


# the district


def _with_hub(folder: Path) -> list[str]:
    """A hub, and on a stick a bundle for each time; their names."""
    put_hub(folder)
    (folder / STICK).mkdir()
    sent = bundles(stations_of(folder))
    names = []
    for _number in range(TIMES):
        name, data = next(sent)
        usb.put(folder / STICK, name, data)
        names.append(name)
    return names


def _take_in(hub: Hub, folder: Path, names: list[str], number: int) -> None:
    for one in import_place(hub, folder / STICK / names[number], now=AT_HUB):
        if one.trouble is not None:
            raise one.trouble


def _by_slices(hub: Hub, folder: Path, names: list[str], number: int) -> None:
    enqueue(hub, (folder / STICK / names[number]).read_bytes(), AT_HUB)
    workers = Workers(hub, most=SLICE, clock=lambda: AT_HUB)
    while workers.work():
        pass


def _answer(hub: Hub, folder: Path, names: list[str], number: int) -> None:
    _take_in(hub, folder, names, number)
    say_to_all(hub)
    list(export_answers(hub, folder / STICK, now=AT_HUB))


ACTS: dict[str, Act] = {
    "down": Act(_with_words, opened, _read_words, None, "down", acks=1),
    "line": Act(_joined, _at_a_line, _send, None, "line", acks=1, end=_hubs.close),
    "tidy": Act(_covered, opened, _tidy, None, "tidy"),
    "purge": Act(_due, opened, _purge, None, "purge", times=1, acks=1),
    "intake": Act(_with_hub, opened_hub, _take_in, None, "intake", acks=1, at_hub=True),
    "inbox": Act(_with_hub, opened_hub, _by_slices, None, "inbox", acks=2, at_hub=True),
    "answer": Act(_with_hub, opened_hub, _answer, None, "answer", acks=1, at_hub=True),
}
