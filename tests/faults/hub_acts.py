"""Acts of the district that must not be half done, on its SQLite file; what must be true stands in `hub_checks`.

A founded hub with enrolled stations is put into the folder; each act takes in bundles of theirs and acknowledges it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import select

from covidstation.db.key_file import replace_file
from covidstation.domain.district import ItemKind
from covidstation.hub.database.store import DATABASE, Hub, Place, create_hub, open_hub
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.intake.queue import enqueue
from covidstation.hub.intake.workers import Workers
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.rows import EnrolmentRow
from covidstation.sync.carriers import usb
from covidstation.sync.identity import Identity
from tests.hub.fake_stations import NOW, FakeStation
from tests.services.samples import CHEAP

HUB, STICK, STATIONS = "hub", "stick", "stations.json"
PASSPHRASE = "con đường mòn qua đèo"
COUNT = 2  # stations
PEOPLE = 5  # lines of a bundle
SLICE = 2  # lines of a slice of the inbox


def put_hub(folder: Path) -> None:
    """Found a hub and enrol stations elsewhere, and put all of it here."""
    with tempfile.TemporaryDirectory() as elsewhere:
        made = Path(elsewhere)
        place = Place(made / DATABASE, made)
        name = "Trung tâm Y tế Sìn Hồ"
        create_hub(place, name=name, code="108", passphrase=PASSPHRASE, now=NOW, cost=CHEAP)
        hub = open_hub(place, PASSPHRASE)
        stations = [FakeStation(f"Trạm số {n}", f"{3000 + n:05d}").join(hub) for n in range(COUNT)]
        certificates = dict(_certificates(hub))
        hub.db.close()
        kept = [[one.keys.to_bytes().decode(), certificates[one.keys.public.sign].hex()] for one in stations]
        (folder / HUB).mkdir()
        for file in made.iterdir():
            replace_file(folder / HUB / file.name, file.read_bytes())
        replace_file(folder / STATIONS, json.dumps(kept).encode())


def _certificates(hub: Hub) -> Iterator[tuple[bytes, bytes]]:
    with hub.db.read() as session:
        for row in session.scalars(select(EnrolmentRow)):
            yield row.sign, row.certificate


def opened_hub(folder: Path) -> Hub:
    """As its program opens it."""
    return open_hub(Place(folder / HUB / DATABASE, folder / HUB), PASSPHRASE)


def stations_of(folder: Path) -> list[FakeStation]:
    """With their keys, and nothing sent yet."""
    found = []
    for number, (keys, certificate) in enumerate(json.loads((folder / STATIONS).read_bytes())):
        one = FakeStation(f"Trạm số {number}", f"{3000 + number:05d}")
        one.keys = Identity.from_bytes(keys.encode())
        one.take(bytes.fromhex(certificate))
        found.append(one)
    return found


def bundles(stations: list[FakeStation]) -> Iterator[tuple[str, bytes]]:
    """What the stations send in turn, without end: names on a stick, and bytes."""
    while True:
        for one in stations:
            first = len(one.lines) + 1
            one.people(PEOPLE)
            yield usb.up_name(one.id, one.epoch, first, len(one.lines)), one.up(first)


def begun(folder: Path) -> tuple[Hub, Iterator[tuple[str, bytes]]]:
    """A hub put here and opened, and what stations will send."""
    put_hub(folder)
    (folder / STICK).mkdir()
    return opened_hub(folder), bundles(stations_of(folder))


def intake(folder: Path) -> Iterator[None]:
    """A stick of a station is read."""
    hub, sent = begun(folder)
    yield
    for name, data in sent:
        usb.put(folder / STICK, name, data)
        taken = list(import_place(hub, folder / STICK, now=NOW))
        assert {one.outcome for one in taken} <= {Outcome.TAKEN, Outcome.ALREADY}, taken
        yield


def inbox(folder: Path) -> Iterator[None]:
    """A bundle over the line: kept, which is one act, and taken in slice by slice, which are the next ones."""
    hub, sent = begun(folder)
    workers = Workers(hub, most=SLICE, clock=lambda: NOW)
    yield
    for _name, data in sent:
        enqueue(hub, data, NOW)
        yield
        while workers.work():
            pass
        yield


def answer(folder: Path) -> Iterator[None]:
    """A stick is read, a word said to everybody, and receipts and lines are written for all, the older ones removed."""
    hub, sent = begun(folder)
    yield
    for name, data in sent:
        usb.put(folder / STICK, name, data)
        list(import_place(hub, folder / STICK, now=NOW))
        say_to_all(hub)
        list(export_answers(hub, folder / STICK, now=NOW))
        yield


def say_to_all(hub: Hub) -> None:
    """One more word of the district."""
    draft = ItemDraft(kind=ItemKind.ANNOUNCEMENT, title="Họp giao ban", body="8 giờ, tại Trung tâm.")
    with hub.db.write(None, NOW) as session:
        make_item(session, hub, draft, Author("BS. Lò Thị Hoa"), now=NOW)


HUB_ACTS: dict[str, Callable[[Path], Iterator[None]]] = {"intake": intake, "inbox": inbox, "answer": answer}
HUB_TIMES = {"intake": 6, "inbox": 8, "answer": 4}
