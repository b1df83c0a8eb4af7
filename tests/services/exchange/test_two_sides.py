"""A station and its district, two real databases, one stick: what either changes comes to both, nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.journal import plain
from covidstation.db.rows import DistrictItemRow, EchoRow, JournalStateRow, PersonRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.deciding import Choice
from covidstation.domain.stamps import ceiling
from covidstation.errors import UserError
from covidstation.hub.database.store import DATABASE, Hub, Place, create_hub, open_hub
from covidstation.hub.down.stream import Change, down_bundles, open_stream, say
from covidstation.hub.intake.bundles import import_place
from covidstation.hub.merging.conflicts import decide_conflict as decide_at_district
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.rows import ConflictRow, DownStreamRow, HubStateRow, OperationRow, RecordRow, StationRow
from covidstation.hub.stations.enrolling import enrol_station
from covidstation.services.copies.restore import begin_epoch
from covidstation.services.exchange.bundles import Taken, export_changes, import_files
from covidstation.services.exchange.conflicts import decide_conflict, list_conflicts
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.services.people import edit_person
from covidstation.services.upkeep.check import check_records
from covidstation.sync.enrolment import open_request
from tests.services import samples
from tests.services.samples import CHEAP, NOW, PAO, catalog

pytestmark = pytest.mark.timeout(120)
DOCTOR = UUID(int=7)


class TwoSides:
    """Both ends, the stick between them, and the clock of each."""

    def __init__(self, folder: Path, register: Path) -> None:
        self.folder = folder
        self.stick = folder / "usb"
        self.stick.mkdir()
        self.place = Place(folder / "hub" / DATABASE, folder / "hub")
        create_hub(
            self.place, name="Trung tâm Y tế Sìn Hồ", code="108", passphrase=samples.PASSPHRASE, now=NOW, cost=CHEAP
        )
        self.hub: Hub = open_hub(self.place, samples.PASSPHRASE)
        self.register = register
        self.db: Database = samples.opened(register).db
        self.now, self.ahead = NOW, timedelta(0)
        request = open_request(write_enrolment(self.db, self.stick, by=None, now=NOW).path)
        self.station, _serial = enrol_station(self.hub, request, same_commune=None, now=NOW)
        self.answer()
        self.person = samples.register(self.db, now=NOW).person_id
        self.round()

    def tick(self) -> datetime:
        self.now += timedelta(minutes=5)
        return self.now

    def send(self) -> None:
        export_changes(self.db, self.stick, by=None, now=self.tick() + self.ahead)
        taken = list(import_place(self.hub, self.stick, now=self.tick()))
        assert not [one.trouble for one in taken if one.trouble]

    def answer(self) -> list[Any]:
        list(export_answers(self.hub, self.stick, now=self.tick()))
        taken = import_files(self.db, self.stick, by=None, now=self.tick() + self.ahead, yes=True).value
        assert not [one.trouble for one in taken if one.trouble]
        return taken

    def round(self) -> None:
        self.send()
        self.answer()

    def settle(self) -> None:
        for _turn in range(3):
            self.round()

    def edit(self, **changes: Any) -> None:
        """The nurse corrects the person."""
        with self.db.read() as session:
            row = session.scalars(select(PersonRow).where(PersonRow.id == self.person)).one()
            held = replace(PAO, full_name=row.full_name, phone=row.phone, address_printed=row.address_printed)
        edit_person(
            self.db, self.person, replace(held, **changes), catalog=catalog(), by=None, now=self.tick() + self.ahead
        )

    def correct(self, row: UUID | None = None, table: str = "person", **fields: Any) -> None:
        """The district corrects the person."""
        with self.hub.db.write(None, self.tick()) as session:
            say(
                session,
                self.hub,
                self.n(session),
                [Change(table, row or self.person, "u", fields)],
                by=DOCTOR,
                now=self.now,
            )

    def n(self, session: Any) -> int:
        return session.scalars(select(StationRow.n).where(StationRow.id == self.station)).one()

    def ours(self, *names: str) -> dict[str, Any]:
        with self.db.read() as session:
            row = session.scalars(select(PersonRow).where(PersonRow.id == self.person)).one()
            return {name: plain(getattr(row, name)) for name in names}

    def theirs(self, *names: str) -> dict[str, Any]:
        with self.hub.db.read() as session:
            row = session.scalars(select(RecordRow).where(RecordRow.row == self.person.hex)).one()
            return {name: row.fields.get(name) for name in names}

    def open(self) -> tuple[set[UUID], set[UUID]]:
        """The conflicts that wait at the station, and at the district."""
        with self.hub.db.read() as session:
            there = set(session.scalars(select(ConflictRow.id).where(ConflictRow.decided_at.is_(None))))
        return {one.id for one in list_conflicts(self.db)}, there

    def same(self, *names: str) -> dict[str, Any]:
        assert self.ours(*names) == self.theirs(*names)
        return self.ours(*names)

    def copy_hub(self) -> Path:
        self.hub.db.close()
        kept = Path(shutil.copytree(self.folder / "hub", self.folder / f"hub-{self.now:%H%M%S}"))
        self.hub = open_hub(self.place, samples.PASSPHRASE)
        return kept

    def restore_hub(self, kept: Path) -> None:
        """As the district's restore does: the old file, a new epoch."""
        self.hub.db.close()
        shutil.rmtree(self.folder / "hub")
        shutil.copytree(kept, self.folder / "hub")
        self.hub = open_hub(self.place, samples.PASSPHRASE)
        with self.hub.db.write(None, self.tick()) as session:
            session.scalars(select(HubStateRow)).one().epoch = f"{self.now:%Y%m%d%H%M%S}00"
        self.hub.db.close()
        self.hub = open_hub(self.place, samples.PASSPHRASE)

    def copy_station(self) -> Path:
        self.db.close()
        kept = Path(shutil.copytree(self.register, self.folder / f"register-{self.now:%H%M%S}"))
        self.db = samples.opened(self.register).db
        return kept

    def restore_station(self, kept: Path) -> None:
        key = self.db.key
        self.db.close()
        shutil.rmtree(self.register)
        shutil.copytree(kept, self.register)
        db = Database(make_engine(self.register / "register.db", key), self.register / "register.db", key)
        with db.write(None, self.tick()) as session:
            begin_epoch(session, (), self.now)
        db.close()
        self.db = samples.opened(self.register).db


@pytest.fixture
def sides(folder: Path, tmp_path: Path) -> Iterator[TwoSides]:
    made = TwoSides(tmp_path, folder)
    yield made
    assert not [one for one in check_records(made.db) if not one.good], "the register is whole whatever came"
    made.db.close()
    made.hub.db.close()


def test_a_correction_of_the_district_comes_down_and_is_found_by_its_new_name(sides: TwoSides):
    sides.correct(full_name="Giàng A Phừ", phone="0912000999")
    taken = sides.answer()
    assert [one.outcome for one in taken if one.down] == [Taken.DOWN]
    assert sides.same("full_name", "phone") == {"full_name": "Giàng A Phừ", "phone": "0912000999"}
    with sides.db.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT count(*) FROM person_search WHERE person_search MATCH 'phu'"
        )
        assert found.scalar() == 1
    assert [one.outcome for one in sides.answer() if one.down] == [Taken.ALREADY], "read twice changes nothing"
    sides.edit(phone="0912000111")
    sides.settle()
    assert sides.same("full_name", "phone") == {"full_name": "Giàng A Phừ", "phone": "0912000111"}
    assert sides.open() == (set(), set()), "whoever knew the other's value parts from nobody"
    with sides.hub.db.read() as session:
        assert not list(down_bundles(session, sides.hub, session.scalars(select(StationRow)).one(), now=NOW))


def test_both_correct_the_same_and_a_nurse_chooses(sides: TwoSides):
    sides.edit(phone="0912000222")
    sides.correct(phone="0912000333")
    sides.settle()
    ours, theirs = sides.open()
    assert ours == theirs and len(ours) == 1
    assert sides.same("phone") == {"phone": "0912000333"}, "the later one stands, at both ends"
    (conflict,) = list_conflicts(sides.db)
    assert (conflict.standing.values, conflict.losing.values) == ({"phone": "0912000333"}, {"phone": "0912000222"})
    assert (conflict.losing.ours, conflict.standing.ours, conflict.name) == (True, False, "Giàng A Páo")
    with pytest.raises(UserError, match=r"conflict\.reason"):
        decide_conflict(sides.db, conflict.id, Choice.LOSING, reason=" ", by=None, now=sides.tick())
    decide_conflict(sides.db, conflict.id, Choice.LOSING, reason="Đã gọi hỏi lại", by=None, now=sides.tick())
    sides.settle()
    assert sides.same("phone") == {"phone": "0912000222"}
    assert sides.open() == (set(), set())
    with sides.hub.db.read() as session:
        kept = session.scalars(select(ConflictRow)).one()
        assert (kept.decision["reason"], kept.decision["side"]) == ("Đã gọi hỏi lại", "station")
        assert not session.scalars(select(OperationRow).where(OperationRow.code.is_not(None))).all()


def test_the_district_chooses_and_takes_it_back(sides: TwoSides):
    sides.edit(phone="0912000222")
    sides.correct(phone="0912000333")
    sides.settle()
    (conflict,) = sides.open()[1]
    for choice, phone in ((Choice.LOSING, "0912000222"), (Choice.OTHER, "0912000444")):
        with sides.hub.db.write(None, sides.tick()) as session:
            values = {"phone": phone} if choice is Choice.OTHER else None
            decide_at_district(
                session,
                sides.hub,
                conflict,
                choice,
                values=values,
                reason="Gọi lại",
                by=DOCTOR,
                by_name="BS. Hoa",
                now=sides.now,
            )
        sides.settle()
        assert sides.same("phone") == {"phone": phone}
        assert sides.open() == (set(), set())
    (kept,) = list_conflicts(sides.db, decided=True)
    assert (kept.decided["choice"], kept.decided["by_name"], kept.decided["side"]) == ("other", "BS. Hoa", "district")


def test_a_number_of_the_card_waits_for_a_person_and_the_stations_stands(sides: TwoSides):
    sides.correct(citizen_number="012055000009")
    sides.edit(citizen_number="012055000008")
    sides.settle()
    assert sides.same("citizen_number") == {"citizen_number": "012055000008"}
    assert [one.must for one in list_conflicts(sides.db)] == [True]


def test_what_the_district_tells_comes_once_and_may_be_withdrawn(sides: TwoSides):
    item = UUID(int=77)
    fields = {"kind": "announcement", "title": "Giao ban 7 giờ", "body": "", "made_at": "2022-03-10T05:40:00"}
    with sides.hub.db.write(None, sides.tick()) as session:
        said = Change("district_item", item, "i", fields)
        evil = Change("app_user", UUID(int=78), "i", {"name": "Kẻ lạ", "role": "HEAD"})
        say(session, sides.hub, sides.n(session), [said, evil], by=DOCTOR, now=sides.now)
    taken = [one.down for one in sides.answer() if one.down]
    assert [(one.items, one.aside) for one in taken] == [(1, ((2, "op.not_yours"),))]
    with sides.hub.db.write(None, sides.tick()) as session:
        gone = Change("district_item", item, "u", {"withdrawn_at": "2022-03-11T05:40:00"})
        say(session, sides.hub, sides.n(session), [gone], by=DOCTOR, now=sides.now)
    sides.answer()
    with sides.db.read() as session:
        row = session.scalars(select(DistrictItemRow)).one()
        assert (row.title, row.withdrawn_at) == ("Giao ban 7 giờ", datetime(2022, 3, 11, 5, 40))
    sides.send()
    with sides.hub.db.read() as session:
        station = session.scalars(select(StationRow)).one()
        assert station.about["waiting"] >= 0 and "backup_at" not in station.about


@pytest.mark.parametrize("days", [3650, -3650])
def test_a_clock_ten_years_off_loses_nothing_and_drags_nobody(sides: TwoSides, days: int):
    sides.ahead = timedelta(days=days)
    sides.correct(phone="0912000333")
    sides.edit(phone="0912000222")
    sides.settle()
    expected = "0912000333" if days > 0 else sides.ours("phone")["phone"]
    assert sides.same("phone") == {"phone": expected}, "a clock far ahead never wins"
    assert sides.open()[1], "the other value is kept"
    with sides.hub.db.read() as session:
        assert session.scalars(select(HubStateRow.last_stamp)).one() < ceiling(sides.now)
    sides.ahead = timedelta(0)
    sides.edit(phone="0912000555")
    sides.settle()
    assert sides.same("phone") == {"phone": "0912000555"}


def test_a_gap_waits_and_a_foreign_stick_is_passed_over(sides: TwoSides, tmp_path: Path):
    sides.correct(phone="0912000333")
    with sides.hub.db.read() as session:
        row = session.scalars(select(StationRow)).one()
        (first,) = [data for _name, data in down_bundles(session, sides.hub, row, now=NOW)]
    with sides.hub.db.write(None, sides.tick()) as session:
        session.get_one(DownStreamRow, (sides.n(session), sides.hub.epoch)).told_upto = 1
    sides.correct(phone="0912000444")
    assert [one.outcome for one in sides.answer() if one.down] == [Taken.GAP]
    assert sides.ours("phone") == {"phone": PAO.phone}
    (tmp_path / "D.csb").write_bytes(first)
    (one,) = import_files(sides.db, tmp_path / "D.csb", by=None, now=sides.tick()).value
    assert one.outcome is Taken.DOWN
    sides.settle()
    assert sides.same("phone") == {"phone": "0912000444"}


def test_a_restored_district_hears_again_what_both_sides_said(sides: TwoSides):
    kept = sides.copy_hub()
    sides.edit(phone="0912000222")
    sides.round()
    sides.correct(address_detail="Nhà 5")
    sides.settle()
    with sides.db.read() as session:
        assert session.get_one(JournalStateRow, 1).received_upto == session.get_one(JournalStateRow, 1).last_seq
    sides.restore_hub(kept)
    assert sides.theirs("phone", "address_detail") == {"phone": PAO.phone, "address_detail": None}
    sides.answer()
    sides.settle()
    assert sides.same("phone", "address_detail") == {"phone": "0912000222", "address_detail": "Nhà 5"}
    with sides.db.read() as session:
        assert len(session.scalars(select(EchoRow)).all()) == 1
    assert sides.open() == (set(), set())
    sides.correct(phone="0912000777")
    sides.settle()
    assert sides.same("phone") == {"phone": "0912000777"}


def test_station_and_district_restored_in_the_same_week(sides: TwoSides):
    sides.correct(address_detail="Nhà 1")
    sides.settle()
    station, hub = sides.copy_station(), sides.copy_hub()
    sides.edit(phone="0912000222")
    sides.correct(address_detail="Nhà 2")
    sides.settle()
    sides.restore_station(station)
    sides.restore_hub(hub)
    sides.edit(phone="0912000888")
    sides.settle()
    sides.correct(address_detail="Nhà 3")
    sides.settle()
    assert sides.same("phone", "address_detail") == {"phone": "0912000888", "address_detail": "Nhà 3"}
    with sides.hub.db.write(None, sides.now) as session:
        assert open_stream(session, sides.n(session)).epoch == sides.hub.epoch
