"""What breaks, runs wrong, is stolen, or is put back by hand."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from covidstation.db.rows import JournalStateRow
from covidstation.db.session import Database
from covidstation.errors import UserError
from covidstation.hub import rows as hub_rows
from covidstation.hub.copies.backup import make_backup
from covidstation.hub.copies.restoring import restore_hub
from covidstation.hub.database.store import create_hub, open_hub
from covidstation.hub.stations.revoking import revoke_station
from covidstation.services.copies.restore import begin_epoch
from covidstation.services.exchange.aside import take_up_aside
from covidstation.services.exchange.rekeying import ask_new_keys
from covidstation.services.exchange.station_keys import identity_of
from tests.model.district import District
from tests.model.template import PASSPHRASE, enrol, found_station
from tests.services import samples

REGISTER = "register*"


class Disasters(District):
    """See the module."""

    def skew(self, station: int, days: int) -> None:
        self.nodes[self.node(station)].wrong_by = timedelta(days=days)

    def skew_hub(self, days: int) -> None:
        self.hub_wrong_by = timedelta(days=days)

    def copy_station(self, station: int) -> None:
        number = self.node(station)
        node = self.nodes[number]
        node.db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
        path = self.folder / f"copy-{number}-{len(node.copies)}.db"
        shutil.copyfile(node.db.path, path)
        node.copies.append(path)

    def restore_station(self, station: int, index: int) -> None:
        """Its disk breaks; a copy comes back on a new one, by the program."""
        number = self.node(station)
        if self._lay(number, index):
            self._begin_anew(number)
            self.mourn()

    def put_back(self, station: int, index: int) -> None:
        """Somebody lays an old file back by hand, or wakes the copy of a disk: nothing says that it is not the same.

        Only while the clock is right: who turns both clock and file back makes the same stamps again, and nobody can
        tell the two histories apart.
        """
        number = self.node(station)
        node = self.nodes[number]
        with node.db.read() as session:
            ahead = session.get_one(JournalStateRow, 1).last_stamp > int(self.now.timestamp() * 1000) << 16
        if not node.wrong_by and not ahead and self._lay(number, index):
            node.by_hand = True
            self.mourn()

    def _lay(self, number: int, index: int) -> bool:
        node = self.nodes[number]
        if not node.copies:
            return False
        node.db.engine.dispose()
        for path in node.folder.glob(REGISTER):
            path.unlink()
        shutil.copyfile(node.copies[index % len(node.copies)], node.db.path)
        opened = self.open_node(node.folder, node.key)
        node.db, node.needs_epoch = opened.db, False
        return True

    def _begin_anew(self, number: int) -> None:
        with self.nodes[number].db.write(None, self.at(number)) as session:
            begin_epoch(session, (), self.at(number))
        self.nodes[number].needs_epoch = False

    def heal(self, number: int) -> None:
        """Somebody was told that the station's file has another history, and restores it by the program."""
        if self.nodes[number].needs_epoch:
            self._begin_anew(number)

    def lose_computer(self, station: int) -> None:
        """It is stolen, with its copies: its keys are revoked, and a new one is enrolled as the same station."""
        number = self.node(station)
        node = self.nodes[number]
        try:
            revoke_station(self.hub, self.ids[number], "Mất máy", by="BS. Lò Thị Hoa", now=self.at_district)
        except UserError:
            return  # a restored hub does not know of it yet
        node.db.engine.dispose()
        shutil.rmtree(node.folder)
        db = found_station(node.folder, number, self.at(number))
        node.key, node.copies, node.needs_epoch, node.is_old = db.key, [], False, False
        self._enrol(number, db)
        db.close()
        node.db = self.open_node(node.folder, node.key).db
        self.mourn()

    def knows(self, number: int) -> bool:
        """Whether the hub believes the keys of the station's computer."""
        with self.nodes[number].db.read() as session:
            key = identity_of(session).sign.id
        with self.hub.db.read() as session:
            row = hub_rows.EnrolmentRow
            return (
                session.scalars(select(row.serial).where(row.key_id == key, row.revoked_at.is_(None))).first()
                is not None
            )

    def new_keys(self, station: int) -> None:
        """The station asks for them; the request travels with the next file."""
        number = self.node(station)
        with suppress(UserError):
            ask_new_keys(self.nodes[number].db, by=None, now=self.at(number))

    def enrol_again(self, number: int) -> None:
        """The hub does not believe the station's keys (it was restored from an older copy, or the station was), and
        people compare words once more."""
        self._enrol(number, self.nodes[number].db, anew=True)

    def _enrol(self, number: int, db: Database, *, anew: bool = False) -> None:
        stick = self.folder / f"enrol-{number}-{self.steps}"
        assert enrol(self.hub, db, stick, self.at_district, anew=anew) == self.ids[number]
        shutil.rmtree(stick)

    def old_program(self, station: int) -> None:
        """Its program was not updated: it does not know all that the district writes."""
        self.nodes[self.node(station)].is_old = True

    def update_program(self, station: int) -> None:
        number = self.node(station)
        self.nodes[number].is_old = False
        take_up_aside(self.nodes[number].db, by=None, now=self.at(number))
        self.remember(number)

    def copy_hub(self) -> None:
        self.hub_copies.append(make_backup(self.hub, self.folder / "copies", now=self.at_district).path)

    def restore_hub(self, index: int) -> None:
        """Its disk breaks; a copy comes back on a new one."""
        if self.hub_copies:
            self._restore(self.hub_copies[index % len(self.hub_copies)])
            self.mourn()

    def found_anew(self) -> None:
        """The hub burns down with all its copies; what lies in the safe founds another one."""
        self._raze()
        self.sealed_away |= {key for one in self.air for key in one.lines}
        for stick in self.sticks:
            self.sealed_away |= {
                key for path in stick.rglob("*.csb") for key in self.ledger.lines_of(path.read_bytes())
            }
        again = self.template.escrow
        name, words = "Trung tâm Y tế Sìn Hồ", {"passphrase": PASSPHRASE, "cost": samples.CHEAP}
        create_hub(self.place, name=name, code="108", now=self.at_district, again=again, **words)
        self.hub, self.hub_copies = open_hub(self.place, PASSPHRASE), []
        self.forget_numbers()
        self.mourn()

    def _raze(self) -> None:
        self.hub.db.close()
        self.template.databases.drop(self.place)
        shutil.rmtree(self.place.folder)
        self.place = self.template.databases.empty(self.place.folder)

    def _restore(self, copy: Path) -> None:
        self._raze()
        restore_hub(copy, self.place, PASSPHRASE, now=self.at_district)
        self.hub = open_hub(self.place, PASSPHRASE)
        self.remember_hub()
