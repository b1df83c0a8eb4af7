"""The two ways between a station and its district, with the same verbs: a stick, and a line to a hub that serves.

    parcel = carrier.send(0)      # it has left the station, and is nowhere yet
    carrier.bring(parcel)         # it comes to the district; its answer goes nowhere
    answer = carrier.fetch(0)     # what the district says to station 0 now
    carrier.read(0, answer)       # the station reads it
    carrier.talk(0)               # both ways, as the nurse does it

Each returns the codes of what was refused. A stick is a folder that goes round; a line is a real port with TLS.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

from sqlalchemy import select

from benchmarks._pipe import Pipe
from covidstation.db.queries.station import get_setting
from covidstation.db.rows import JournalRow, JournalStateRow, SettingRow
from covidstation.errors import UserError
from covidstation.hub.intake.bundles import import_place
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.serve import application
from covidstation.hub.stations.tls import server_files
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange import wire
from covidstation.services.exchange.about import about_station
from covidstation.services.exchange.answers import Import, Trusted, take_one
from covidstation.services.exchange.bundles import export_changes, import_files
from covidstation.services.exchange.enrolment import identity_of
from covidstation.services.exchange.packing import pack_next
from covidstation.sync import http
from covidstation.sync.bundle import read_header
from covidstation.sync.carriers import usb
from covidstation.sync.header import Kind
from covidstation.sync.http import Line
from tests.hub.web.serving import serving
from tests.scenarios.founding import HOST
from tests.scenarios.ground import Flying, Parcel

if TYPE_CHECKING:
    from tests.scenarios.district import District

NOBODY = Trusted(any=False, words=())
SMALL = 700  # bytes of a piece


class Carrier(ABC):
    """See the module."""

    def __init__(self, world: District) -> None:
        self.world = world

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the hub is open: nothing to do for a stick."""
        yield

    @abstractmethod
    def send(self, station: int) -> Parcel:
        """What the station has to say leaves it. What the carrier then says went wrong is of no interest."""

    @abstractmethod
    def bring(self, parcel: Sequence[Flying]) -> list[str]:
        """It comes to the district."""

    @abstractmethod
    def fetch(self, station: int) -> Parcel:
        """The district's answer of now leaves it."""

    @abstractmethod
    def read(self, station: int, parcel: Sequence[Flying]) -> list[str]:
        """It comes to a station, perhaps the wrong one."""

    @abstractmethod
    def talk(self, station: int) -> list[str]:
        """Both ways."""

    @abstractmethod
    def fail(self, station: int) -> str:
        """The carrier is not to be had; the code of what the nurse is told."""

    @abstractmethod
    def abort(self, station: int) -> None:
        """The nurse ends the sending before anything has come of it."""

    @abstractmethod
    def break_off(self, station: int) -> None:
        """The carrier breaks in the middle of a bundle."""

    def parcel(self, station: int, files: Sequence[tuple[str, bytes]], *, down: bool = False) -> Parcel:
        """Files that are on their way, with the stamps of the lines in them."""
        return [Flying(down, station, name, data, self._lines(station, data)) for name, data in files]

    def _lines(self, station: int, data: bytes) -> frozenset[int]:
        header = read_header(data)
        lines: frozenset[int] = frozenset()
        if header.kind is Kind.UP and header.stream is not None:
            with self.world.nodes[station].db.read() as session:
                here = JournalRow.seq.between(header.stream.first, header.stream.last)
                lines = frozenset(session.scalars(select(JournalRow.stamp).where(here)))
        elif header.kind is Kind.DOWN and header.stream is not None and header.epoch == self.world.hub.epoch:
            lines = self.world.told(station, header.stream.first, header.stream.last)
        return lines


def _codes(results: Sequence[Any]) -> list[str]:
    return [one.trouble.code for one in results if one.trouble is not None]


class Stick(Carrier):
    """One stick goes round; parcels are sticks of their own."""

    def __init__(self, world: District) -> None:
        super().__init__(world)
        self.stick = world.folder / "usb"
        self.stick.mkdir()

    @contextmanager
    def _other(self, parcel: Sequence[Flying] = ()) -> Iterator[Path]:
        with TemporaryDirectory(dir=self.world.folder) as made:
            for at, one in enumerate(parcel):
                usb.put(Path(made), one.name or f"CSB/{at}.csb", one.data)
            yield Path(made)

    def send(self, station: int) -> Parcel:
        with self._other() as stick:
            export_changes(self.world.nodes[station].db, stick, by=None, now=self.world.at(station))
            return self.parcel(station, _files(stick))

    def bring(self, parcel: Sequence[Flying]) -> list[str]:
        with self._other(parcel) as stick:
            return _codes(list(import_place(self.world.hub, stick, now=self.world.at_district)))

    def fetch(self, station: int) -> Parcel:
        with self._other() as stick:
            list(export_answers(self.world.hub, stick, now=self.world.at_district))
            whose = f"CSB/{self.world.ids[station].hex}/"
            return self.parcel(
                station, [(name, data) for name, data in _files(stick) if name.startswith(whose)], down=True
            )

    def read(self, station: int, parcel: Sequence[Flying]) -> list[str]:
        with self._other(parcel) as stick:
            return self._take(station, stick)

    def _take(self, station: int, stick: Path) -> list[str]:
        db, now = self.world.nodes[station].db, self.world.at(station)
        return _codes(import_files(db, stick, by=None, now=now, yes=True).value)

    def talk(self, station: int) -> list[str]:
        db, now = self.world.nodes[station].db, self.world.at(station)
        export_changes(db, self.stick, by=None, now=now)
        there = _codes(list(import_place(self.world.hub, self.stick, now=self.world.at_district)))
        list(export_answers(self.world.hub, self.stick, now=self.world.at_district))
        return there + self._take(station, self.stick)

    def fail(self, station: int) -> str:
        db, now = self.world.nodes[station].db, self.world.at(station)
        try:
            export_changes(db, self.world.folder / "pulled out", by=None, now=now)
        except UserError as trouble:
            return trouble.code
        return ""

    def abort(self, station: int) -> None:
        self.world.lose(self.world.send(station))

    def break_off(self, station: int) -> None:
        sent = self.send(station)
        assert self.bring(damaged(sent, bundle_in(sent)[: len(bundle_in(sent)) // 2])) == ["bundle.cut"]


def _files(stick: Path) -> list[tuple[str, bytes]]:
    return [(found.path.relative_to(stick).as_posix(), usb.read(found)) for found in usb.scan(stick)]


class _Overheard(Line):
    """A line that remembers what was said into it."""

    said: list[bytes]

    def exchange(self, bundle: Any, data: bytes, **how: Any) -> Any:
        self.said.append(data)
        return super().exchange(bundle, data, **how)


class Wire(Carrier):
    """A hub that serves, and a pipe before it that can be cut."""

    def __init__(self, world: District) -> None:
        super().__init__(world)
        self.said: list[bytes] = []
        self._pipe: Pipe
        self._stack: ExitStack

    @contextmanager
    def at_work(self) -> Iterator[None]:
        overheard = type("Overheard", (_Overheard,), {"said": self.said})
        with ExitStack() as stack:
            self._stack = stack
            files = server_files(self.world.hub, [HOST], now=self.world.now)
            app = stack.enter_context(application(self.world.hub, clock=lambda: self.world.at_district))
            url = stack.enter_context(serving(app, tls=files))
            self._authority = files.authority
            self._pipe = stack.enter_context(Pipe(urlsplit(url).port or 0))
            stack.enter_context(patch.object(wire, "Line", overheard))
            yield

    @property
    def url(self) -> str:
        return f"{HOST}:{self._pipe.port}"

    def _sync(self, station: int) -> wire.Synced:
        """What the program does, to the address that the station's head has set."""
        db, now = self.world.nodes[station].db, self.world.at(station)
        if get_setting(db, "hub_url") != self.url:
            with db.write(None, now) as session:
                session.merge(SettingRow(key="hub_url", value=self.url, changed_at=now.replace(tzinfo=None)))
        return wire.sync_now(db, by=None, now=now).value

    def send(self, station: int) -> Parcel:
        self._pipe.cut_up = self._pipe.up + 1
        before = len(self.said)
        self.fail(station)
        news = [data for data in self.said[before:] if _has_lines(data)]
        return self.parcel(station, [("", data) for data in news])

    def _post(self, data: bytes) -> tuple[bytes, ...]:
        with Line([self.url], authority=self._authority, proxy="direct") as line:
            return line.exchange(read_header(data).bundle, data, serial=0).bundles

    def bring(self, parcel: Sequence[Flying]) -> list[str]:
        codes = []
        for one in parcel:
            try:
                self._post(one.data)
            except UserError as trouble:
                codes.append(str(trouble.params.get("code", trouble.code)))
        return codes

    def fetch(self, station: int) -> Parcel:
        """A station that has nothing new asks with an empty bundle."""
        db, now = self.world.nodes[station].db, self.world.at(station)
        certificate = get_certificate(db)
        assert certificate is not None
        with db.read() as session:
            state = session.get_one(JournalStateRow, 1)
            about = about_station(session, state.epoch, now=now, folder=db.path.parent, noted=True)
            asks = pack_next(session, certificate, identity_of(session), about, 0)
        return self.parcel(station, [("", data) for data in self._post(asks.data)], down=True)

    def read(self, station: int, parcel: Sequence[Flying]) -> list[str]:
        db, now = self.world.nodes[station].db, self.world.at(station)
        taken: list[Import] = []
        for one in parcel:
            found = take_one(db, "", one.data, by=None, now=now, trusted=NOBODY, alone=False)
            taken += [found] if found is not None else []
        return _codes(taken)

    def talk(self, station: int) -> list[str]:
        try:
            return _codes(self._sync(station).taken)
        except UserError as trouble:
            return [str(trouble.params.get("code", trouble.code))]

    def fail(self, station: int) -> str:
        """The line breaks at its first byte."""
        self._pipe.cut_up = self._pipe.up + 1
        try:
            self._sync(station)
        except UserError as trouble:
            return trouble.code
        return ""

    def abort(self, station: int) -> None:
        stop = Event()
        stop.set()
        try:
            wire.sync_now(self.world.nodes[station].db, by=None, now=self.world.at(station), stop=stop)
        except UserError as trouble:
            assert trouble.code == "wire.stopped"

    def break_off(self, station: int) -> None:
        """From now on bundles go in pieces, as large ones do."""
        for place in (wire, http):
            self._stack.enter_context(patch.object(place, "AT_ONCE", SMALL))
        self._stack.enter_context(patch.object(http, "PIECE_SIZE", SMALL))
        self._pipe.cut_up = self._pipe.up + 4 * SMALL
        try:
            self._sync(station)
        except UserError as trouble:
            assert trouble.code in ("wire.cut", "wire.silent"), trouble.code
        else:
            raise AssertionError("it was not large enough to be cut")


def _has_lines(data: bytes) -> bool:
    stream = read_header(data).stream
    return stream is not None and stream.last >= stream.first


class Both(Wire):
    """A station that speaks over the line today and by stick tomorrow, and does not know itself which comes first."""

    def __init__(self, world: District, seed: int = 1) -> None:
        super().__init__(world)
        self._stick = Stick(world)
        self._rng = Random(seed)

    def _now(self) -> bool:
        return self._rng.random() < 0.5

    def send(self, station: int) -> Parcel:
        return self._stick.send(station) if self._now() else super().send(station)

    def bring(self, parcel: Sequence[Flying]) -> list[str]:
        return self._stick.bring(parcel) if self._now() else super().bring(parcel)

    def fetch(self, station: int) -> Parcel:
        return self._stick.fetch(station) if self._now() else super().fetch(station)

    def read(self, station: int, parcel: Sequence[Flying]) -> list[str]:
        return self._stick.read(station, parcel) if self._now() else super().read(station, parcel)

    def talk(self, station: int) -> list[str]:
        return self._stick.talk(station) if self._now() else super().talk(station)


CARRIERS: dict[str, type[Carrier]] = {"http": Wire, "usb": Stick}


def bundle_in(parcel: Sequence[Flying]) -> bytes:
    """The one bundle with lines; a stick may hold the station's request beside it."""
    (found,) = [one.data for one in parcel if read_header(one.data).kind is Kind.UP]
    return found


def damaged(parcel: Sequence[Flying], data: bytes) -> Parcel:
    """The same parcel with other bytes in place of its bundle, holding nothing that counts."""
    (one,) = [one for one in parcel if one.data == bundle_in(parcel)]
    return [replace(one, data=data, lines=frozenset())]
