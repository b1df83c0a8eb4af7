"""A district in which a story is told: what its people do, and what is carried between them by one carrier."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import func, select

from covidstation.db.ids import new_id
from covidstation.db.rows import DownLineRow, JournalStateRow, PersonRow, VisitRow
from covidstation.domain.deciding import Choice
from covidstation.errors import UserError
from covidstation.hub import rows as hub_rows
from covidstation.hub.down.stream import Change, say
from covidstation.hub.intake import bundles
from covidstation.hub.merging.apply import apply_operations
from covidstation.hub.merging.conflicts import decide_conflict as decide_at_district
from covidstation.hub.replies.give_back import give_back
from covidstation.services.exchange.conflicts import decide_conflict
from covidstation.services.privacy.purge import forget_words
from covidstation.sync.carriers import usb
from tests.scenarios.carriers import Carrier
from tests.scenarios.founding import Founded
from tests.scenarios.ground import Flying, Parcel
from tests.scenarios.seen import Seen

DOCTOR = UUID(int=7)
NAMES = ("Giàng A Páo", "Lò Thị Mai", "Vàng Thị Dợ", "Sùng A Chư", "Tẩn U Mẩy", "Lù Thị Mỷ", "Chẻo Lở Mẩy")
MOST_ROUNDS = 8


class District(Seen):
    """Stations 0 and 1, the hub, one carrier."""

    def __init__(self, founded: Founded, folder: Path, carrier: Callable[[District], Carrier]) -> None:
        super().__init__(founded, folder)
        self.people = []
        self.in_it: set[int] = set()  # stations that have a part in the story: the others need not talk
        self.carrier = carrier(self)
        self._serving = ExitStack()

    def __enter__(self) -> Self:
        self._serving.enter_context(self.carrier.at_work())
        return self

    def __exit__(self, *_error: object) -> None:
        self._serving.close()
        self.close()

    # what people do

    def add(self, count: int = 1, station: int = 0, *, at_once: bool = False) -> int:
        """So many new people there, each an act of its own, or all in one; the number of the first."""
        first = len(self.people)
        acts = [range(first, first + count)] if at_once else [range(at, at + 1) for at in range(first, first + count)]
        for numbers in acts:
            with self.nodes[station].db.write(None, self._here(station)) as session:
                for number in numbers:
                    name, row = NAMES[number % len(NAMES)], new_id()
                    session.add(PersonRow(id=row, full_name=name, sex="FEMALE", sort_key=name))
                    self.people.append((station, row))
        return first

    def write(self, person: int, **fields: Any) -> None:
        """The nurse changes a person, in one act."""
        station, row = self.people[person]
        with self.nodes[station].db.write(None, self._here(station)) as session:
            held = session.scalars(select(PersonRow).where(PersonRow.id == row)).one()
            for name, value in fields.items():
                setattr(held, name, value)

    def visit(self, person: int, note: str = "") -> None:
        """The nurse has been there."""
        station, row = self.people[person]
        now = self._here(station).replace(tzinfo=None)
        fields = {"at": now, "day": now.date(), "round": "MORNING", "status": "MET", "means": "VISIT", "note": note}
        with self.nodes[station].db.write(None, self.at(station)) as session:
            session.add(VisitRow(id=new_id(), person_id=row, **fields))

    def delete(self, person: int) -> None:
        """The nurse deletes a person who was written down by mistake."""
        station, row = self.people[person]
        with self.nodes[station].db.write(None, self._here(station)) as session:
            held = session.scalars(select(PersonRow).where(PersonRow.id == row)).one()
            forget_words(session, [held])
            session.delete(held)

    def bad_line(self, person: int, field: str, value: Any) -> None:
        """A faulty program writes what does not belong there."""
        self.write(person, **{field: value})

    def tell(self, person: int, **fields: Any) -> None:
        """The district changes a person."""
        station, row = self.people[person]
        self.speak(station, Change("person", row, "u", fields))

    def tell_after_talk(self, person: int, **fields: Any) -> None:
        """The same when it knows of the person, and the station has heard it."""
        self.talk(self.people[person][0])
        self.tell(person, **fields)
        self.talk(self.people[person][0])

    def remove(self, person: int) -> None:
        """The district deletes a person."""
        station, row = self.people[person]
        self.speak(station, Change("person", row, "d", {}))

    def speak(self, station: int, *changes: Change) -> None:
        """The district says these lines, in one transaction."""
        self._here(station)
        with self.hub.db.write(None, self.at_district) as session:
            say(session, self.hub, self.numbers[station], list(changes), by=DOCTOR, now=self.at_district)

    def decide(self, conflict: UUID, choice: Choice, station: int = 0) -> None:
        """The nurse chooses."""
        db, now = self.nodes[station].db, self._here(station)
        decide_conflict(db, conflict, choice, reason="Đã gọi hỏi lại", by=None, now=now)

    def decide_there(self, conflict: UUID, choice: Choice) -> None:
        """The district chooses."""
        self.tick()
        with self.hub.db.write(None, self.at_district) as session:
            decide_at_district(
                session, self.hub, conflict, choice,
                reason="Đã gọi hỏi lại", by=DOCTOR, by_name="BS. Hoa", now=self.at_district,
            )  # fmt: skip

    def _here(self, station: int) -> Any:
        self.in_it.add(station)
        self.tick()
        return self.at(station)

    # what is carried

    def send(self, station: int = 0) -> Parcel:
        """What the station has to say leaves it, and is on its way until it is lost."""
        self._here(station)
        return self._on_the_way(self.carrier.send(station))

    def fetch(self, station: int = 0) -> Parcel:
        """The district's answer of now, on its way like a parcel of a station."""
        self._here(station)
        return self._on_the_way(self.carrier.fetch(station))

    def _on_the_way(self, parcel: Parcel) -> Parcel:
        self.air += parcel
        return parcel

    def bring(self, parcel: Sequence[Flying]) -> list[str]:
        """It comes to the district, and can come again. The codes of what was refused."""
        self.tick()
        codes = self.carrier.bring(parcel)
        self.check_receipts()
        return codes

    def read(self, parcel: Sequence[Flying], station: int = 0) -> list[str]:
        """It comes to a station, and can come again. The codes of what was refused."""
        self._here(station)
        codes = self.carrier.read(station, parcel)
        self.check_receipts()
        return codes

    def lose(self, parcel: Sequence[Flying]) -> None:
        """Nobody will ever see it again."""
        self.remember()
        self.air = [one for one in self.air if not any(one is gone for gone in parcel)]
        self.mourn()

    def talk(self, station: int = 0, *, refused: Sequence[str] = ()) -> None:
        """Both ways. Nothing is refused but what the story says."""
        self._here(station)
        codes = self.carrier.talk(station)
        assert sorted(codes) == sorted(refused), codes
        self.check_receipts()

    def all_talk(self, rounds: int = 2) -> None:
        """Until what one side answered has come to the other."""
        for _round in range(rounds):
            for station in sorted(self.in_it):
                self.talk(station)

    @contextmanager
    def hub_away(self) -> Iterator[None]:
        """The hub's program is stopped."""
        self._serving.close()
        try:
            yield
        finally:
            self._serving.enter_context(self.carrier.at_work())

    @contextmanager
    def disk_full_at_hub(self) -> Iterator[None]:
        """Once: when the lines of a bundle were applied and nothing is durable yet."""
        left = [1]

        def apply(*args: Any, **how: Any) -> int:
            found = apply_operations(*args, **how)
            if left:
                left.pop()
                raise UserError("station.disk_full")
            return found

        with patch.object(bundles, "apply_operations", apply):
            yield

    def restore_hub(self, copy: int = 0) -> None:
        with self.hub_away():
            super().restore_hub(copy)

    def give_back(self, station: int = 0) -> list[str]:
        """A restored station gets its own lines back: a file from the district's page, whatever the carrier is."""
        with TemporaryDirectory(dir=self.folder) as made:
            try:
                give_back(self.hub, str(self.ids[station]), Path(made), now=self.at_district)
            except UserError as trouble:
                return [trouble.code]
            files = [("", usb.read(found)) for found in usb.scan(Path(made))]
        return self.carrier.read(station, [Flying(True, station, name, data) for name, data in files])

    # rest

    def settle(self) -> None:
        """All clocks right, what is on its way arrives, and everybody talks until nobody has anything new."""
        self.right_clocks()
        late, self.air = self.air, []
        for one in late:
            self.tick()
            (self.carrier.read(one.station, [one]) if one.down else self.carrier.bring([one]))
        for _round in range(MOST_ROUNDS):
            before = self._shape()
            for station in sorted(self.in_it):
                self.tick()
                self.carrier.talk(station)
                if station in self.restored:
                    self.give_back(station)
            self.check_receipts()
            if self._shape() == before:
                self.remember()
                return
        raise AssertionError("they never come to rest")

    def _shape(self) -> Any:
        """How far everybody is."""
        marks: list[Any] = []
        for node in self.nodes:
            with node.db.read() as session:
                state = session.get_one(JournalStateRow, 1)
                down = session.scalar(select(func.count()).select_from(DownLineRow))
                marks.append((state.last_seq, state.received_upto, state.epoch, down))
        with self.hub.db.read() as session:
            for row in (hub_rows.OperationRow, hub_rows.DownLineRow):
                marks.append(session.scalar(select(func.count()).select_from(row)))
        return marks
