"""What can be seen of a district: records at both ends, conflicts, what waits, what was received."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from covidstation.db.rows import JournalRow, JournalStateRow, PersonRow, ReceiptRow
from covidstation.hub import rows as hub_rows
from covidstation.services.exchange.conflicts import list_conflicts
from tests.scenarios.ground import Ground

FIELDS = ("full_name", "phone", "address_detail", "occupation", "conditions")


class Seen(Ground):
    """See the module. People are numbered as they are added."""

    people: list[tuple[int, UUID]]

    def ours(self, person: int) -> dict[str, Any] | None:
        """As the station shows it; None when it is not there."""
        station, row = self.people[person]
        with self.nodes[station].db.read() as session:
            held = session.scalars(select(PersonRow).where(PersonRow.id == row)).first()
            return None if held is None else {name: getattr(held, name) or None for name in FIELDS}

    def theirs(self, person: int) -> dict[str, Any] | None:
        """As the district shows it."""
        station, row = self.people[person]
        with self.hub.db.read() as session:
            held = session.get(hub_rows.RecordRow, (self.numbers[station], "person", row.hex))
            if held is None or held.deleted:
                return None
            return {name: held.fields.get(name) or None for name in FIELDS}

    def both(self, person: int, name: str) -> Any:
        """What both ends show."""
        ours, theirs = self.ours(person), self.theirs(person)
        assert ours is not None and ours == theirs, (ours, theirs)
        return ours[name]

    def gone(self, person: int) -> bool:
        """Whether both ends have deleted the person."""
        assert (self.ours(person) is None) == (self.theirs(person) is None)
        return self.ours(person) is None

    def conflicts(self, station: int = 0) -> list[UUID]:
        """Those that wait for a person; both ends name the same."""
        here = sorted(one.id for one in list_conflicts(self.nodes[station].db))
        row = hub_rows.ConflictRow
        with self.hub.db.read() as session:
            there = sorted(
                session.scalars(select(row.id).where(row.station == self.numbers[station], row.decided_at.is_(None)))
            )
        assert here == there, (here, there)
        return here

    def kept_values(self, station: int = 0) -> set[str]:
        """Of all conflicts that wait: every value that one may choose."""
        found = list_conflicts(self.nodes[station].db)
        return {str(value) for one in found for side in (one.standing, one.losing) for value in side.values.values()}

    def unsent(self, station: int = 0) -> int:
        """Lines that have no receipt."""
        with self.nodes[station].db.read() as session:
            state = session.get_one(JournalStateRow, 1)
            return state.last_seq - state.received_upto

    def epoch(self, station: int = 0) -> str:
        """In which the station writes now."""
        with self.nodes[station].db.read() as session:
            return session.get_one(JournalStateRow, 1).epoch

    def history(self, station: int = 0) -> int:
        """How many lines of all its epochs the district has."""
        with self.hub.db.read() as session:
            of_it = select(hub_rows.StreamRow.n).where(hub_rows.StreamRow.station == self.numbers[station])
            query = select(func.count()).where(hub_rows.OperationRow.stream.in_(of_it))
            return session.scalar(query) or 0

    def records(self, table: str = "person", station: int = 0) -> int:
        """Rows of a table at the district."""
        row = hub_rows.RecordRow
        with self.hub.db.read() as session:
            mine = (row.station == self.numbers[station], row.tbl == table, row.deleted.is_(False))
            return session.scalar(select(func.count()).where(*mine)) or 0

    def bundles(self, outcome: str, station: int = 0) -> int:
        """Files at the district with that outcome: taken, waiting, aside."""
        row = hub_rows.BundleRow
        with self.hub.db.read() as session:
            mine = (row.station == self.numbers[station], row.outcome == outcome)
            return session.scalar(select(func.count()).where(*mine)) or 0

    def exceptions(self, station: int = 0) -> list[str]:
        """The codes that the newest receipt gives the station."""
        with self.nodes[station].db.read() as session:
            newest = session.scalars(select(ReceiptRow).order_by(ReceiptRow.n.desc())).first()
            return [] if newest is None else [one["code"] for one in newest.exceptions]

    def stream(self, station: int, epoch: str) -> hub_rows.StreamRow | None:
        """What the hub has of one epoch of a station."""
        row = hub_rows.StreamRow
        with self.hub.db.read() as session:
            return session.scalars(select(row).where(row.station == self.numbers[station], row.epoch == epoch)).first()

    def told(self, station: int, first: int, last: int) -> frozenset[int]:
        """Stamps of the district's lines with those numbers, of its present epoch."""
        row = hub_rows.DownLineRow
        mine = (row.station == self.numbers[station], row.epoch == self.hub.epoch, row.seq.between(first, last))
        with self.hub.db.read() as session:
            return frozenset(session.scalars(select(row.stamp).where(*mine)))

    def check_receipts(self) -> None:
        """No station believes that the district has more than is durable there; receipts of a lost hub say nothing."""
        for number, node in enumerate(self.nodes):
            with node.db.read() as session:
                state = session.get_one(JournalStateRow, 1)
                newest = session.scalars(select(ReceiptRow).order_by(ReceiptRow.n.desc())).first()
                chain = session.scalar(select(JournalRow.chain).where(JournalRow.seq == state.received_upto))
            if newest is None or newest.hub_epoch != self.hub.epoch or not state.received_upto:
                continue
            stream = self.stream(number, state.epoch)
            assert stream is not None and state.received_upto <= stream.upto, "a receipt for what nobody has"
            with self.hub.db.read() as session:
                there = session.get_one(hub_rows.OperationRow, (stream.n, state.received_upto)).chain
            assert there == chain, "a receipt for other lines"
