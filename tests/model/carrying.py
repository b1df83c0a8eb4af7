"""How lines get from one side to the other, or do not: the air, sticks, the line, and what breaks on the way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from covidstation.db import replay
from covidstation.errors import UserError
from covidstation.hub import rows as hub_rows
from covidstation.hub.database.certificates import in_force, readers
from covidstation.hub.down.stream import down_bundles
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.replies.give_back import give_back, give_next
from covidstation.hub.replies.receipting import build_receipt, export_answers
from covidstation.services.exchange.answers import Import, Taken
from covidstation.services.exchange.bundles import export_changes, import_files
from covidstation.sync.carriers import usb
from covidstation.sync.receipts import write_receipt
from tests.model.district import District, Flying

ANOTHER_HISTORY = ("receipt.ahead", "receipt.other_chain", "bundle.fork_down")
"""What a station says when its file, or the district's, is not the one that spoke before."""
TROUBLES = (
    *ANOTHER_HISTORY,
    "receipt.other_epoch",
    "receipt.old_hub",
    "enrol.older",
    "enrol.not_ours",
    "bundle.foreign",
)
FOREIGN = "bundle.foreign"
UNKNOWN = ("bundle.unknown_sender", FOREIGN)
KEYS = ("K-", "E-")
"""Files of keys: that they are refused is their business, people compare words then."""
NEWER_TABLE = "conflict_decision"


class Carrying(District):
    """See the module."""

    # loose files and the line

    def export(self, station: int) -> None:
        number = self.node(station)
        with self.scratch() as stick:
            export_changes(self.nodes[number].db, stick, by=None, now=self.at(number))
            self.air += self.noted(number, stick)

    def answer(self, station: int) -> None:
        """The hub's receipt and lines for a station."""
        number = self.node(station)
        self.remember_hub()
        with self.hub.db.read() as session:
            wanted = select(hub_rows.StationRow).where(hub_rows.StationRow.id == self.ids[number])
            row = session.scalars(wanted).first()
            if row is None:
                return
            streams = select(hub_rows.StreamRow).where(hub_rows.StreamRow.station == row.n)
            stream = session.scalars(streams.order_by(hub_rows.StreamRow.n.desc())).first()
            ages = readers(session, row.n)
            if stream is None or not ages:
                return
            receipt = build_receipt(session, self.hub, row, stream, self.at_district)
            data = write_receipt(receipt, signer=self.hub.keys_now(session).identity.sign, recipients=ages)
            files = {usb.receipt_name(row.id, receipt.epoch, receipt.upto): data}
            files |= dict(down_bundles(session, self.hub, row, now=self.at_district))
            held = in_force(session, row.n)
            files |= {usb.certificate_name(row.id, one.serial): one.certificate for one in held}
            given = give_next(session, self.hub, row, stream, now=self.at_district)
            files |= {usb.give_back_name(row.id, stream.epoch, 1, 1, 1): given} if given is not None else {}
        with self.scratch() as stick:
            for name, data in files.items():
                usb.put(stick, name, data)
            self.air += self.noted(number, stick)

    def deliver(self, index: int, *, keep: bool = False, to: int | None = None) -> None:
        """One file arrives; `keep`: it stays in the air and can arrive again. `to`: at the wrong station."""
        one = self.air[index % len(self.air)] if self.air else None
        if one is None or self.nodes[one.station].cut_off:
            return
        if not keep and to is None:
            self.air.remove(one)
        if one.down:
            self._to_station(one, one.station if to is None else self.node(to))
        else:
            with self.scratch() as stick:
                usb.put(stick, one.name, one.data)
                self._heard(list(import_place(self.hub, stick, now=self.at_district)), stick)

    def deliver_again(self, index: int) -> None:
        """One file arrives, and a copy of it stays on the way."""
        self.deliver(index, keep=True)

    def misdeliver(self, index: int, station: int) -> None:
        """A file is read at a station for which it was not meant, perhaps."""
        if self.air and self.air[index % len(self.air)].down:
            self.deliver(index, to=station)

    def talk(self, station: int) -> None:
        """Both ways at once, as over a line."""
        number = self.node(station)
        if self.nodes[number].cut_off:
            return
        held, self.air = self.air, []
        self.export(number)
        self.arrive()
        self.answer(number)
        self.arrive()
        self.air = held

    def arrive(self) -> None:
        while self.air:
            self.deliver(0)

    def lose(self, index: int) -> None:
        """A file is lost. What only it held is destroyed."""
        if self.air:
            del self.air[index % len(self.air)]
            self.mourn()

    def cut_off(self, station: int) -> None:
        """The pass is closed: nothing loose and no line comes through until it is open again. Sticks may."""
        self.nodes[self.node(station)].cut_off = True

    def open_pass(self, station: int) -> None:
        self.nodes[self.node(station)].cut_off = False

    def give_back(self, station: int) -> None:
        """What the hub has of a restored station's own."""
        with self.scratch() as stick:
            try:
                give_back(self.hub, str(self.ids[station]), stick, now=self.at_district)
            except UserError:
                return
            self.air += self.noted(station, stick)

    # sticks

    def carry(self, stick: int, station: int) -> None:
        """Somebody plugs a stick in at a station: what is for it is read, and what waits is written."""
        number, folder = self.node(station), self.sticks[stick]
        self._read(number, folder)
        export_changes(self.nodes[number].db, folder, by=None, now=self.at(number))
        self.noted(number, folder)

    def carry_to_hub(self, stick: int) -> None:
        """The stick of all stations comes to the district, and goes again with answers."""
        folder = self.sticks[stick]
        self._heard(list(import_place(self.hub, folder, now=self.at_district)), folder)
        list(export_answers(self.hub, folder, now=self.at_district))
        self.remember_hub()
        self.noted(0, folder)

    def copy_stick(self, stick: int) -> None:
        """The other one gets the same, as people do to be safe; what it had is gone."""
        other = self.sticks[1 - stick]
        shutil.rmtree(other)
        shutil.copytree(self.sticks[stick], other)
        self.mourn()

    def lose_stick(self, stick: int) -> None:
        shutil.rmtree(self.sticks[stick])
        self.sticks[stick].mkdir()
        self.mourn()

    def tear(self, stick: int, index: int) -> None:
        """The stick was pulled out too early once: a file of it is cut."""
        found = sorted(self.sticks[stick].rglob("*.csb"))
        if found:
            path = found[index % len(found)]
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
            self.torn.add(path.name)
            self.mourn()

    # at either end

    def _to_station(self, one: Flying, station: int) -> None:
        with self.scratch() as stick:
            usb.put(stick, one.name, one.data)
            self._read(station, stick)

    def _read(self, station: int, folder: Path) -> None:
        node = self.nodes[station]
        with older_program() if node.is_old else nullcontext():
            found = import_files(node.db, folder, by=None, now=self.at(station), yes=True).value
        self._understood(station, found)
        self.remember(station)

    def _understood(self, station: int, found: Sequence[Import]) -> None:
        for one in found:
            if one.outcome is Taken.REFUSED and one.trouble is not None:
                code = one.trouble.code
                if code in ANOTHER_HISTORY:
                    self._another_history(station, code)
                assert code in TROUBLES or one.name in self.torn, f"a station refused {one.name}: {code}"

    def _heard(self, results: Sequence[Any], folder: Path) -> None:
        for one in results:
            if one.outcome is Outcome.REFUSED and one.trouble.code == FOREIGN:
                for path in folder.rglob(one.name):
                    self.sealed_away |= self.ledger.lines_of(path.read_bytes())
            if one.outcome is Outcome.REFUSED and one.trouble.code not in UNKNOWN:
                assert one.name in self.torn or one.name.startswith(KEYS), f"the hub refused {one}"
            if one.outcome is Outcome.ASIDE and one.trouble.code == "bundle.fork":
                self._another_history(self.ids.index(one.station), one.trouble.code)
        self.remember_hub()

    def _another_history(self, station: int, code: str) -> None:
        """Only who puts old files back by hand may hear that."""
        assert self.nodes[station].by_hand, f"{code} without a file put back by hand"
        self.nodes[station].needs_epoch = True


@contextmanager
def older_program() -> Iterator[None]:
    """A station's program that has never heard of a table in which the district writes."""
    known = {name: one for name, one in replay.tables().items() if name != NEWER_TABLE}
    with patch.object(replay, "tables", lambda: known), patch("covidstation.db.down.tables", lambda: known):
        yield
