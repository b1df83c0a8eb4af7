"""After a commit that reported an error the program looks before it says that nothing was saved."""

import os
from contextlib import closing

import pytest
from sqlalchemy import event, func, select
from sqlcipher3 import dbapi2

from covidstation.db import session as sessions
from covidstation.db.heads import read_heads
from covidstation.db.ids import new_id
from covidstation.db.landing import Landing
from covidstation.db.rows import DraftRow, JournalStateRow, PersonRow
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.drafts import keep_draft
from covidstation.services.upkeep.check import check_register
from tests.services.samples import NOW, opened
from tests.services.samples import register as register_someone


@pytest.fixture
def failing(db, monkeypatch):
    """`failing(landed)`: the next commit reports a disk error, after it was saved or before."""
    real = db.engine.dialect.do_commit

    def fail(*, landed):
        def commit(connection):
            monkeypatch.setattr(db.engine.dialect, "do_commit", real)
            if landed:
                real(connection)
            raise dbapi2.OperationalError("disk I/O error")

        monkeypatch.setattr(db.engine.dialect, "do_commit", commit)

    return fail


def people(db):
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(PersonRow))


def test_a_commit_that_landed_is_a_success_whatever_it_reported(folder, db, failing):
    failing(landed=True)
    episode = register_someone(db)
    assert people(db) == 1 and episode.id
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        assert read_heads(folder, state.epoch).heads.journal_seq == state.last_seq  # the heads' file follows too
    assert all(finding.good for finding in check_register(db, folder))


def test_a_commit_that_did_not_land_is_a_sentence_and_can_be_done_again(folder, db, failing):
    failing(landed=False)
    with pytest.raises(UserError) as caught:
        register_someone(db)
    assert caught.value.code == "station.not_saved" and sentence(caught.value)
    assert people(db) == 0
    register_someone(db)
    assert people(db) == 1
    assert all(finding.good for finding in check_register(db, folder))


def test_what_cannot_be_settled_is_said_to_be_unknown(db, failing, monkeypatch):
    failing(landed=True)
    monkeypatch.setattr(sessions, "look_after", lambda *_all: Landing.UNKNOWN)
    with pytest.raises(UserError) as caught:
        register_someone(db)
    assert caught.value.code == "station.save_unknown" and sentence(caught.value)


def test_a_draft_that_failed_is_just_written_again(db, failing):
    failing(landed=False)
    with pytest.raises(UserError) as caught:
        keep_draft(db, "f0", "", {"name": "Giàng"}, now=NOW)
    assert caught.value.code == "station.not_saved"
    keep_draft(db, "f0", "", {"name": "Giàng"}, now=NOW)
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(DraftRow)) == 1


def test_another_program_reading_hides_nothing(folder, db, failing):
    """With the log still in use elsewhere it cannot be folded, so nothing is claimed that could turn out wrong."""
    other = opened(folder)
    with closing(other.db), other.db.read() as session:
        session.scalar(select(func.count()).select_from(PersonRow))  # holds its snapshot
        event.listen(db.engine, "connect", lambda one, _record: one.execute("PRAGMA busy_timeout = 50"))
        failing(landed=True)
        with pytest.raises(UserError) as caught:
            register_someone(db)
    assert caught.value.code == "station.save_unknown"
    assert people(db) == 1


def test_a_register_that_was_replaced_while_open_takes_no_more_saves(folder, db):
    """A cloud folder that puts another file in place: what is saved now would be lost with the old one."""
    register_someone(db)
    path = folder / "register.db"
    beside = folder / "other.db"
    beside.write_bytes(path.read_bytes())
    os.replace(beside, path)
    for _again in range(2):
        with pytest.raises(UserError) as caught, db.write(None, NOW) as session:
            session.add(PersonRow(id=new_id(), full_name="Giàng A Páo", sex="MALE"))
        assert caught.value.code == "station.file_replaced" and sentence(caught.value)
