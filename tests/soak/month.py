"""What a month has: people fall ill, records are corrected on both sides, sticks go round, disks break."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from covidstation.db.ids import new_id
from covidstation.db.rows import JournalStateRow, PersonRow, ReceiptRow, VisitRow
from covidstation.db.session import Database
from covidstation.domain.district import ItemKind
from covidstation.errors import UserError
from covidstation.hub import rows as hub_rows
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.down.moves import Proposal, decide_move, propose_move
from covidstation.hub.down.stream import Change, say
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.replies.receipting import export_answers
from covidstation.services.exchange.bundles import Taken, export_changes, import_files
from covidstation.services.exchange.wire import sync_now
from covidstation.services.privacy.purge import forget_words
from tests.services import samples
from tests.soak.district import District, Station

BY_STICK = 0.25  # of the days of a station
TRIES = 3  # a day, of a station that has a line
HEAD = Author("BS. Lò Thị Hoa")
FIELDS = ("phone", "address_detail", "occupation", "workplace")
KEPT = 5  # sticks of the district that may still be on their way
KNOWN = frozenset(
    {"receipt.other_epoch", "receipt.ahead", "receipt.old_hub", "receipt.other_chain", "bundle.fork_down"}
)
"""Sentences that an old stick may rightly be told."""


class Month:
    """Goes on day by day."""

    def __init__(self, district: District) -> None:
        self.district, self.dice = district, district.dice
        self.person = 0
        self.sticks: list[tuple[int, Path]] = []  # of stations, with the day on which they arrive
        self.rounds: list[Path] = []  # of the district, the newest last
        self.seen: Counter[str] = Counter()
        self.copy = Path()  # of the hub, the newest

    def day(self) -> None:
        """One day of everybody."""
        district = self.district
        for station in self.dice.sample(district.stations, len(district.stations)):
            with district.at_work(station) as db:
                self._work(station, db)
                if self.dice.random() < BY_STICK:
                    self._carry(station, db)
                else:
                    self._speak(station, db)
                self._check_receipt(station, db)
        self.sticks_arrive()
        self._district_speaks()
        district.remember_told()
        district.day += 1
        district.storm.day = district.day
        district.storm.clear_up(district.day)

    def _work(self, station: Station, db: Database) -> None:
        """A few acts, each a transaction of its own."""
        now = self.district.at(station)
        for _act in range(self.dice.choice((0, 1, 1, 2, 3, 5))):
            what = self.dice.choice(("register", "register", "edit", "edit", "visit", "mistake", "delete"))
            row = self.dice.choice(station.rows) if station.rows else None
            self.seen["acts"] += 1
            if what in ("mistake", "delete"):
                self._mistake(station, db, now, what)
            elif row is None or what == "register":
                self.person += 1
                draft = samples.f0(samples.neighbour(self.person), now.date())
                station.rows.append(samples.register(db, draft, now=now).person_id)
            elif what == "visit":
                self._visit(db, now, row)
            else:
                self._edit(db, now, row)

    def _visit(self, db: Database, now: datetime, row: UUID) -> None:
        visit = {"round": "MORNING", "status": "MET", "means": "VISIT", "note": f"ho, ngày {now.day}"}
        try:
            with db.write(None, now) as session:
                at = now.replace(tzinfo=None)
                session.add(VisitRow(id=new_id(), person_id=row, at=at, day=now.date(), **visit))
        except UserError as trouble:
            assert trouble.code == "district.moved_away", trouble.code  # another station looks after them by now

    def _edit(self, db: Database, now: datetime, row: UUID) -> None:
        with db.write(None, now) as session:
            person = session.scalars(select(PersonRow).where(PersonRow.id == row)).first()
            if person is not None and not person.moved_to:
                setattr(person, self.dice.choice(FIELDS), f"0912{self.dice.randrange(10**6):06d}")

    def _mistake(self, station: Station, db: Database, now: datetime, what: str) -> None:
        """Somebody of whom nothing is known but the name is entered, and another day deleted."""
        with db.write(None, now) as session:
            if what == "mistake" or not station.mistakes:
                station.mistakes.append(new_id())
                session.add(PersonRow(id=station.mistakes[-1], full_name="Lò Thị Ơn", sex="FEMALE", sort_key="on"))
                return
            row = station.mistakes[self.dice.randrange(len(station.mistakes))]
            person = session.scalars(select(PersonRow).where(PersonRow.id == row)).first()
            if person is not None:
                forget_words(session, [person])
                session.delete(person)

    def _speak(self, station: Station, db: Database) -> None:
        """Over the line, until it works or the patience ends."""
        for _try in range(TRIES):
            try:
                sync_now(db, by=None, now=self.district.at(station))
            except UserError as trouble:
                assert trouble.code in ("wire.unreachable", "wire.silent", "wire.cut"), trouble.code
                self.seen["calls that failed"] += 1
            else:
                self.seen["calls"] += 1
                return

    def _carry(self, station: Station, db: Database) -> None:
        """A stick goes out; one of the district, perhaps an old one or read twice, comes in."""
        stick = self.district.folder / f"stick-{station.number}-{self.district.day}"
        stick.mkdir()
        export_changes(db, stick, by=None, now=self.district.at(station))
        if self.dice.random() < self.district.storm.loss:
            self.seen["sticks lost"] += 1
            shutil.rmtree(stick)
        else:
            late = self.dice.choice((0, 0, 0, 1, 2, 4))
            self.sticks.append((self.district.day + late, stick))
            if self.dice.random() < 0.1:  # and once more, later
                again = Path(shutil.copytree(stick, f"{stick}-again"))
                self.sticks.append((self.district.day + late + 1, again))
        if self.rounds and self.dice.random() >= self.district.storm.loss:
            self.read(station, db, self.rounds[-1] if self.dice.random() < 0.8 else self.dice.choice(self.rounds))

    def read(self, station: Station, db: Database, stick: Path) -> None:
        """A stick of the district."""
        self.seen["sticks read"] += 1
        for one in import_files(db, stick, by=None, now=self.district.at(station)).value:
            assert one.outcome is not Taken.REFUSED or one.trouble.code in KNOWN, (one.name, one.trouble)

    def sticks_arrive(self) -> None:
        """At the hub; what it says goes on one stick for everybody."""
        due = [stick for day, stick in self.sticks if day <= self.district.day]
        self.sticks = [(day, stick) for day, stick in self.sticks if day > self.district.day]
        for stick in self.dice.sample(due, len(due)):
            for one in import_place(self.district.hub, stick, now=self.district.now):
                assert one.outcome is not Outcome.REFUSED, (one.name, one.trouble)
                self.seen["sticks taken"] += 1
            shutil.rmtree(stick)
        around = self.district.folder / f"round-{self.district.day}"
        around.mkdir()
        list(export_answers(self.district.hub, around, now=self.district.now))
        self.rounds.append(around)
        while len(self.rounds) > KEPT:
            shutil.rmtree(self.rounds.pop(0))

    def _district_speaks(self) -> None:
        """Corrections of what it knows, a word to everybody each fifth day, people who move."""
        district = self.district
        for station in self.dice.sample(district.stations, max(1, len(district.stations) // 10)):
            if known := station.rows + station.mistakes:
                self._correct(station, self.dice.choice(known))
        with district.hub.db.write(None, district.now) as session:
            if district.day % 5 == 2:
                draft = ItemDraft(kind=ItemKind.ANNOUNCEMENT, title=f"Giao ban ngày {district.day}", body="8 giờ.")
                make_item(session, district.hub, draft, HEAD, now=district.now)
        origin, target = self.dice.sample(district.stations, 2)
        if origin.rows:
            self._move(origin, target, self.dice.choice(origin.rows))

    def _correct(self, station: Station, row: UUID) -> None:
        field = self.dice.choice(FIELDS)
        change = Change("person", row, "u", {field: f"huyện {self.dice.randrange(1000)}"})
        with suppress(UserError), self.district.hub.db.write(None, self.district.now) as session:
            say(session, self.district.hub, station.n, [change], by=None, now=self.district.now)
            self.seen["corrections"] += 1

    def _move(self, origin: Station, target: Station, row: UUID) -> None:
        hub, now = self.district.hub, self.district.now
        proposal = Proposal(person=row.hex, origin=origin.n, target=target.n, reason="Về nhà con")
        with suppress(UserError), hub.db.write(None, now) as session:
            move = propose_move(session, hub, proposal, HEAD, now=now)
            decide_move(session, hub, move.id, HEAD, accept=True, now=now)
            self.seen["moves"] += 1

    def _check_receipt(self, station: Station, db: Database) -> None:
        """A station never believes that the district has more than it has."""
        with db.read() as session:
            state = session.get_one(JournalStateRow, 1)
            epoch, received = state.epoch, state.received_upto
            by = session.scalars(select(ReceiptRow.hub_epoch).order_by(ReceiptRow.n.desc())).first()
        if by != self.district.hub.epoch:
            return  # it has not heard yet that the hub of that receipt was lost
        with self.district.hub.db.read() as session:
            streams = select(hub_rows.StreamRow.n).where(
                hub_rows.StreamRow.station == station.n, hub_rows.StreamRow.epoch == epoch
            )
            operation = hub_rows.OperationRow
            has = session.scalar(select(func.max(operation.seq)).where(operation.stream.in_(streams))) or 0
        assert received <= has, f"station {station.number} was told of {received} lines, the hub has {has}"
