"""What the district gives back never brings back what was deleted, undoes no newer work, and counts once."""

from __future__ import annotations

import shutil
from contextlib import closing
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.journal import SCHEMA
from covidstation.db.rows import (
    HouseholdRow,
    JournalRow,
    JournalStateRow,
    PathogenTestRow,
    PersonRow,
    PurgeRow,
    VisitRow,
)
from covidstation.domain.ops import chain_over, chain_start, decode_op, encode_op
from covidstation.domain.retention import RecordKind
from covidstation.hub.replies.give_back import _renumbered
from covidstation.services.exchange.bundles import Taken, import_files
from covidstation.sync.bundle import Subject, write_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.header import Kind, Stream
from tests.services import outbreak
from tests.services.district import EPOCH, STATION, lay
from tests.services.privacy.test_purge import AFTER_12, everything_in, faults, purge, received
from tests.services.samples import NOW, opened

SECRET = "0999 888 777"


@pytest.fixture
def parted(folder, db, district, stick, tmp_path):
    """A station after an outbreak, a copy of it, and a way to give the copy what came after it."""
    request = district.enrol(db, stick)
    outbreak.everything(db)
    with db.read() as session:
        at = session.get_one(JournalStateRow, 1).last_seq
    db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
    old = shutil.copytree(folder, tmp_path / "old")

    def give(target, name=STATION):
        with db.read() as session:
            rows = session.scalars(select(JournalRow.line).where(JournalRow.seq > at).order_by(JournalRow.seq))
            lines = [encode_op(op) for op in _renumbered([decode_op(line) for line in rows])]
        chain = chain_start(name, EPOCH)
        ends = {"chain_before": chain, "chain_after": chain_over(chain, lines), "part": (1, 1)}
        stream = Stream(first=1, last=len(lines), schema=SCHEMA, **ends)
        subject = Subject(kind=Kind.DOWN, station=name, epoch=EPOCH, stream=stream)
        about = {"give_back": uuid4().hex, "lines": len(lines)}
        to = {"signer": district.identity.sign, "recipients": [request.keys.age], "about": about}
        path = lay(stick, usb.give_back_name(name, EPOCH, 1, len(lines), 1), write_bundle(subject, lines, **to))
        return import_files(target, path, by=None, now=AFTER_12, yes=True).value[0]

    with closing(opened(old).db) as copy:
        yield db, copy, give


def values_of(db, row, people):
    with db.read() as session:
        return [one for one in session.scalars(select(row)) if one.person_id in people]


def later_work(db):
    """A phone for everybody and one more test of each who was tested."""
    with db.write(None, NOW) as session:
        for person in session.scalars(select(PersonRow)):
            person.phone = SECRET
        tests = {one.person_id: one for one in session.scalars(select(PathogenTestRow))}
        own = {"n", "id", "made", "rev", "stamps", "extra"}
        for test in tests.values():
            names = [column.key for column in PathogenTestRow.__table__.columns if column.key not in own]
            session.add(PathogenTestRow(id=new_id(), **{name: getattr(test, name) for name in names}))


def test_a_deletion_that_the_copy_did_not_know_of_is_done_there_too(parted):
    """Bar of the law: after restore and give-back no table and no line knows them again."""
    db, copy, give = parted
    with db.read() as session:
        before = {row.id: row.citizen_number for row in session.scalars(select(PersonRow))}
    received(db)
    done = purge(db, RecordKind.CASE)
    assert give(copy).outcome is Taken.GIVEN_BACK
    with copy.read() as session:
        left = set(session.scalars(select(PersonRow.id)))
        seals = set(session.scalars(select(PurgeRow.seal)))
    gone = [number for row, number in before.items() if row not in left]  # names are shared by people who stay
    assert len(gone) == done.people > 0 and all(gone) and len(seals) == 2
    rest = everything_in(copy)
    assert not [number for number in gone if number in rest]
    assert faults(copy) == []
    assert give(copy).outcome is Taken.ALREADY and faults(copy) == []


def test_what_was_deleted_meanwhile_does_not_come_back_with_what_was_lost(parted):
    db, copy, give = parted
    later_work(db)
    with copy.read() as session:
        before = set(session.scalars(select(PersonRow.id)))
    received(copy)
    purge(copy, RecordKind.CASE)
    with copy.read() as session:
        left = set(session.scalars(select(PersonRow.id)))
    gone = before - left
    assert give(copy).outcome is Taken.GIVEN_BACK
    assert gone and not values_of(copy, PathogenTestRow, gone)
    with copy.read() as session:
        assert {one.phone for one in session.scalars(select(PersonRow))} == {SECRET}
        lines = [decode_op(line) for line in session.scalars(select(JournalRow.line))]
    of_the_gone = [op for op in lines if UUID(hex=op.row) in gone]
    assert of_the_gone and all(value is None for op in of_the_gone for value in op.fields.values())
    told = [op for op in lines if {str(value) for value in op.fields.values()} & {one.hex for one in gone}]
    assert told == [], "nor do lines of what belonged to them"
    assert faults(copy) == []


def test_who_came_into_a_household_that_is_gone_stays_without_it(parted):
    db, copy, give = parted
    with copy.write(None, AFTER_12) as session:
        row = session.scalars(select(HouseholdRow)).first()
        household = row.id
        for person in session.scalars(select(PersonRow).where(PersonRow.household_id == household)):
            person.household_id = None
        session.delete(row)
    with db.write(None, NOW) as session:
        new = PersonRow(id=new_id(), full_name="Lù Thị Mỷ", sex="f", household_id=household)
        session.add(new)
        wanted = new.id
    assert give(copy).outcome is Taken.GIVEN_BACK
    with copy.read() as session:
        back = session.scalars(select(PersonRow).where(PersonRow.id == wanted)).one()
        assert (back.full_name, back.household_id) == ("Lù Thị Mỷ", None)
    assert faults(copy) == []


def test_a_second_reading_and_newer_work_are_left_alone(parted):
    db, copy, give = parted
    later_work(db)
    assert give(copy).outcome is Taken.GIVEN_BACK
    with copy.write(None, AFTER_12) as session:
        for person in session.scalars(select(PersonRow)):
            person.phone = "0912 000 111"
    with copy.read() as session:
        before = session.get_one(JournalStateRow, 1).last_seq
    assert give(copy).outcome is Taken.ALREADY
    with copy.read() as session:
        assert session.get_one(JournalStateRow, 1).last_seq == before
        assert {one.phone for one in session.scalars(select(PersonRow))} == {"0912 000 111"}


def test_what_is_given_to_another_station_is_refused(parted):
    db, copy, give = parted
    later_work(db)
    back = give(copy, UUID(int=77))
    assert back.outcome is Taken.REFUSED and back.trouble.code.startswith("bundle.")
    assert SECRET not in everything_in(copy)


def visit_of(person):
    at = {"at": NOW.replace(tzinfo=None), "day": NOW.date(), "round": "MORNING"}
    return VisitRow(id=new_id(), person_id=person, **at, status="MET", means="VISIT", note=SECRET)


def test_what_was_lost_of_somebody_who_is_deleted_is_deleted_by_lines_of_its_own(parted):
    """Else it would go on living at the district, which learns of a deletion by the lines alone."""
    db, copy, give = parted
    later_work(db)
    with copy.read() as session:
        before = set(session.scalars(select(PersonRow.id)))
    received(copy)
    purge(copy, RecordKind.CASE)
    with copy.read() as session:
        gone = before - set(session.scalars(select(PersonRow.id)))
        acts = len(session.scalars(select(PurgeRow.id)).all())
    with db.read() as session:
        lost = {op.row: op.stamp for op in map(decode_op, session.scalars(select(JournalRow.line)))}
    with db.read() as session:
        mine = {row.id.hex for row in session.scalars(select(PathogenTestRow)) if row.person_id in gone}
    with copy.read() as session:
        known = {op.row for op in map(decode_op, session.scalars(select(JournalRow.line)))}
    lacking = mine - known
    assert lacking, "tests that the copy never heard of"
    assert give(copy).outcome is Taken.GIVEN_BACK
    with copy.read() as session:
        ops = [decode_op(line) for line in session.scalars(select(JournalRow.line).order_by(JournalRow.seq))]
        assert len(session.scalars(select(PurgeRow.id)).all()) == acts + 1
    deleted = {op.row: op for op in ops if op.action == "d" and op.row in lacking}
    assert deleted.keys() == lacking
    assert all(op.base == lost[row] for row, op in deleted.items()), "it has seen what the district has"
    word = [op for op in ops if op.table == "purge" and op.action == "i"][-1]
    assert {op.first_of_transaction for op in deleted.values()} == {word.first_of_transaction}, "one legal act"
    assert SECRET not in {value for op in ops if op.row in lacking for value in op.fields.values()}
    assert faults(copy) == []
    assert give(copy).outcome is Taken.ALREADY and faults(copy) == []


def test_what_was_written_meanwhile_of_somebody_whose_deletion_comes_back_goes_with_them(parted):
    db, copy, give = parted
    with db.read() as session:
        before = set(session.scalars(select(PersonRow.id)))
    received(db)
    purge(db, RecordKind.CASE)
    with db.read() as session:
        gone = before - set(session.scalars(select(PersonRow.id)))
    with copy.write(None, NOW) as session:
        session.add_all(visit_of(person) for person in gone)
    assert give(copy).outcome is Taken.GIVEN_BACK
    assert not values_of(copy, VisitRow, gone)
    assert SECRET not in everything_in(copy)
    assert faults(copy) == []
