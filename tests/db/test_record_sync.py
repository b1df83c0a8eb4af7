"""Where a record stands on its way to the district."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from covidstation.db.queries.history import person_history
from covidstation.db.queries.record_sync import RecordSync, Stage, sync_states_of
from covidstation.db.rows import BatchRow, ConflictRow, JournalRow, JournalStateRow, ReceiptRow
from covidstation.db.session import Database
from covidstation.services.people import edit_person
from covidstation.ui.sync.record import short_words, whole_words
from tests.services.samples import NOW, catalog, f0, neighbour, register

AT = datetime(2022, 3, 10, 8, 0)


@pytest.fixture
def person(db: Database):
    return register(db, f0(neighbour(1)))


def epoch_of(db: Database) -> str:
    with db.read() as session:
        return session.get_one(JournalStateRow, 1).epoch


def last(db: Database) -> int:
    with db.read() as session:
        return session.get_one(JournalStateRow, 1).last_seq


def batch(db: Database, carrier: str, first: int, end: int) -> None:
    with db.write(None, NOW) as session:
        session.add(
            BatchRow(
                bundle_id=uuid4(),
                epoch=session.get_one(JournalStateRow, 1).epoch,
                seq_from=first,
                seq_to=end,
                made_at=AT,
                carrier=carrier,
                target="KINGSTON",
                size=1,
            )
        )


def receipt(db: Database, upto: int, *exceptions: dict) -> None:
    with db.write(None, NOW) as session:
        state = session.get_one(JournalStateRow, 1)
        state.received_upto = upto
        session.add(
            ReceiptRow(
                epoch=state.epoch, upto=upto, hub_time=AT, hub_epoch="0" * 16, read_at=AT, exceptions=[*exceptions]
            )
        )


def stage(db: Database, episode) -> Stage:
    return sync_states_of(db, [("person", episode.person_id), ("episode", episode.id)]).stage


def test_from_here_to_the_district(db: Database, person) -> None:
    assert stage(db, person) is Stage.SAVED
    batch(db, "usb", 1, last(db))
    found = sync_states_of(db, [("person", person.person_id)])
    assert (found.stage, found.number, found.target, found.moment) == (Stage.ON_STICK, 1, "KINGSTON", AT)
    assert "USB KINGSTON (lô 1" in whole_words(found, AT.date())
    batch(db, "http", 1, last(db))
    assert stage(db, person) is Stage.SENT
    receipt(db, last(db))
    assert stage(db, person) is Stage.RECEIVED


def test_what_was_changed_afterwards_stands_here_again(db: Database, person) -> None:
    receipt(db, last(db))
    edit_person(db, person.person_id, neighbour(2), catalog=catalog(), by=None, now=NOW)
    assert stage(db, person) is Stage.SAVED
    history = person_history(db, person.person_id)
    assert history[0].sync.stage is Stage.SAVED
    assert history[-1].sync.stage is Stage.RECEIVED


@pytest.mark.parametrize(("status", "expected"), [("quarantine", Stage.ASIDE), ("conflict", Stage.CONFLICT)])
def test_what_the_district_asks_stands_above_all(db: Database, person, status: str, expected: Stage) -> None:
    with db.read() as session:
        seq = session.scalar(select(JournalRow.seq).where(JournalRow.row_id == person.person_id))
    receipt(db, last(db), {"seq": seq, "status": status, "code": "op.row_missing", "text": "Huyện chưa có mục này."})
    found = sync_states_of(db, [("person", person.person_id)])
    assert found.stage is expected
    if expected is Stage.ASIDE:
        assert "Huyện chưa có mục này." in whole_words(found, AT.date())


def test_an_open_conflict(db: Database, person) -> None:
    receipt(db, last(db))
    with db.write(None, NOW) as session:
        session.add(
            ConflictRow(
                id=uuid4(),
                tbl="person",
                row_id=person.person_id,
                grp="phone",
                rule="lww",
                standing={},
                losing={},
                found_at=AT,
            )
        )
    assert stage(db, person) is Stage.CONFLICT


def test_a_row_that_never_changed_here(db: Database) -> None:
    assert sync_states_of(db, [("person", uuid4())]) is None


def test_every_stage_has_its_words() -> None:
    short = {short_words(RecordSync(one, 3)) for one in Stage}
    assert len(short) == len(Stage)
    assert all(whole_words(RecordSync(one, 3, "E:", AT, text="Vì sao."), AT.date()) for one in Stage)
