"""Who did what: one entry for each person an act touched, chained; what is cut, changed or lost is found."""

import hashlib
import json
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text, update

from covidstation.db.audit import entries, first_fault, note
from covidstation.db.heads import FILE, keep_heads, read_heads
from covidstation.db.ids import new_id
from covidstation.db.rows import AuditRow, HamletRow, JournalStateRow, PersonRow
from covidstation.domain.audit import AuditAction
from covidstation.errors import UserError
from tests.services.samples import NOW


def written(db):
    with db.read() as session:
        return [entry for entry, _chain in entries(session)]


def someone():
    return PersonRow(id=new_id(), full_name="Giàng A Páo", sex="MALE")


def fault(db):
    with db.read() as session:
        return first_fault(session)


def test_a_change_notes_whose_record_it_was(db):
    person = someone()
    with db.write(None, NOW) as session:
        session.add_all([person, HamletRow(id=new_id(), name="Nậm Ngá")])
    last = written(db)[-1]
    assert (last.action, last.subject, last.actor) == (AuditAction.CHANGE, person.id, db.actor.id)
    assert last.detail["what"] == "person" and last.at == int(NOW.timestamp() * 1000)


def test_a_change_of_nobodys_record_is_noted_too(db):
    with db.write(None, NOW) as session:
        session.add(HamletRow(id=new_id(), name="Nậm Ngá"))
    assert (written(db)[-1].subject, written(db)[-1].detail["what"]) == (None, "hamlet")


def test_an_act_that_fails_notes_nothing(db):
    before = written(db)
    with pytest.raises(ZeroDivisionError), db.write(None, NOW) as session:
        session.add(someone())
        session.flush()
        _ = 1 // 0
    with pytest.raises(ZeroDivisionError), db.noting(AuditAction.PRINT, NOW):
        _ = 1 // 0
    assert written(db) == before


def test_what_is_looked_at_is_noted(db):
    one = UUID(int=9)
    with db.noting(AuditAction.SEE, NOW, subject=one, detail={"page": "person"}):
        pass
    last = written(db)[-1]
    assert (last.action, last.subject, last.detail) == (AuditAction.SEE, one, {"page": "person"})


def test_the_chain_is_sha256_over_the_columns_as_they_stand(db):
    with db.noting(AuditAction.SEE, NOW, subject=UUID(int=9), detail={"page": "người", "b": 1}):
        pass
    chain = bytes(32)
    with db.read() as session:
        for row in session.scalars(select(AuditRow).order_by(AuditRow.seq)):
            detail = json.dumps(row.detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            subject = row.subject.hex if row.subject else "-"
            line = f"{row.seq} {row.at} {row.actor.hex} {row.action} {subject} {detail}"
            chain = hashlib.sha256(chain + line.encode()).digest()
            assert row.chain == chain
        assert session.get_one(JournalStateRow, 1).audit_chain == chain


def with_entries(db, count=5):
    for _entry in range(count):
        with db.noting(AuditAction.SEE, NOW, subject=UUID(int=9)):
            pass
    assert fault(db) is None


def statement(db, words):
    with db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(words)


@pytest.mark.parametrize(
    ("act", "found"),
    [
        (delete(AuditRow).where(AuditRow.seq == 3), 3),
        (delete(AuditRow).where(AuditRow.seq >= 4), 4),
        (update(AuditRow).where(AuditRow.seq == 2).values(actor=UUID(int=3)), 2),
        (update(AuditRow).where(AuditRow.seq == 4).values(at=5), 4),
        (update(AuditRow).where(AuditRow.seq == 4).values(action="nonsense"), 4),
        (text("UPDATE audit SET seq = 99 WHERE seq = 5"), 5),
        (text("UPDATE audit SET detail = detail || ' ' WHERE seq = 5"), 5),
        (text("UPDATE audit SET chain = zeroblob(32) WHERE seq = 3"), 3),
    ],
)
def test_whatever_is_cut_or_changed_is_found(db, act, found):
    with_entries(db)
    statement(db, act)
    assert fault(db) == found


def test_a_count_that_was_set_back_is_found(db):
    with_entries(db)
    count = len(written(db))
    statement(db, update(JournalStateRow).values(audit_seq=2))
    assert fault(db) == count + 1


def test_words_that_moved_to_another_column_are_found(db):
    """The line that the chain goes over stays the same, letter for letter."""
    with_entries(db, 3)
    last = written(db)[-1]
    moved = (
        "UPDATE audit SET actor = actor || ' ' || action, action = subject, subject = detail, detail = '' WHERE seq = "
    )
    statement(db, text(moved + str(last.seq)))
    assert fault(db) == last.seq


def test_an_entry_that_the_disk_refused_is_owed_and_written_with_the_next_act(db, monkeypatch):
    before = len(written(db))
    monkeypatch.setattr(db, "write", refusing)
    db.note(AuditAction.SEE, subjects=(UUID(int=9),), now=NOW)
    assert len(written(db)) == before
    monkeypatch.undo()
    with db.write(None, NOW) as session:
        session.add(HamletRow(id=new_id(), name="Nậm Ngá"))
    assert [entry.action for entry in written(db)[before:]] == [AuditAction.CHANGE, AuditAction.SEE]
    db.note(AuditAction.LOCK, now=NOW)
    assert len(written(db)) == before + 3, "paid once"
    assert fault(db) is None


def refusing(*_args):
    raise UserError("station.disk_full")


def test_the_heads_beside_the_register_follow_each_act(db, folder):
    with_entries(db, 3)
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
    kept = read_heads(folder, state.epoch)
    assert (kept.heads.journal_seq, kept.heads.journal_chain) == (state.last_seq, state.chain)
    assert (kept.heads.audit_seq, kept.heads.audit_chain) == (state.audit_seq, state.audit_chain)
    assert read_heads(folder, "0" * 16) is None


def test_a_torn_slot_leaves_the_one_before_it(db, folder):
    with_entries(db, 4)
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
    kept = read_heads(folder, state.epoch)
    slot = 512 * ((kept.heads.journal_seq + kept.heads.audit_seq) % 2)
    data = bytearray((folder / FILE).read_bytes())
    data[slot + 40] ^= 1
    (folder / FILE).write_bytes(data)
    older = read_heads(folder, state.epoch)
    assert older is not None and older.heads.audit_seq == kept.heads.audit_seq - 1
    keep_heads(folder, kept)
    assert read_heads(folder, state.epoch) == kept


def test_a_note_outside_an_act_of_somebody_is_the_programs_own(db):
    db.actor = None
    with db.write(None, NOW) as session:
        note(session, AuditAction.BACKUP)
    assert written(db)[-1].actor == UUID(int=0)
