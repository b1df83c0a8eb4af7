"""A register behind what it was, a foreign one, a changed record: named at the opening until somebody has answered."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, text, update

from covidstation.db.audit import Walk, entries, heads_in
from covidstation.db.heads import FILE, Kept, keep_heads, read_heads
from covidstation.db.queries.sync import sync_state
from covidstation.db.rows import AuditRow, JournalStateRow
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services.access import tail
from covidstation.services.access.audit import saw_person
from covidstation.services.access.tail import LossKind, accept_loss, standing_loss, verify_record
from covidstation.services.copies.backup import back_up, needs_backup
from covidstation.services.copies.restore import unsure_since
from covidstation.services.places import add_hamlet
from tests.services.samples import NOW, opened

LATER = NOW + timedelta(hours=2)
SOMEBODY = UUID(int=9)


def shut(register):
    register.db.close()


def save(db, *names, now=NOW):
    for name in names:
        add_hamlet(db, name, by=None, now=now)


def again(folder):
    return opened(folder)


def notes(db, what):
    with db.read() as session:
        return [one for one, _chain in entries(session) if one.detail.get("what") == what]


@pytest.fixture
def rolled_back(folder, register, tmp_path):
    """The register as it was three saves and a look ago, beside the heads of today."""
    save(register.db, "Bản một")
    shut(register)
    shutil.copy(folder / "register.db", tmp_path / "old.db")
    now = again(folder)
    save(now.db, "Bản hai", "Bản ba", "Bản bốn", now=LATER)
    saw_person(now.db, SOMEBODY, "person", now=LATER)
    shut(now)
    shutil.copy(tmp_path / "old.db", folder / "register.db")
    return folder


def test_an_old_file_put_back_is_named_with_what_and_since_when(rolled_back):
    found = again(rolled_back).loss
    assert found is not None and found.kind is LossKind.BEHIND
    assert found.changes == 3
    assert found.entries == 5, "a login, three changes, a look"
    assert found.until >= found.since >= NOW


def test_it_is_said_at_each_opening_until_somebody_has_answered(rolled_back):
    first = again(rolled_back)
    assert len(notes(first.db, "loss_behind")) == 1
    save(first.db, *(f"Bản {n}" for n in range(9)))
    shut(first)
    second = again(rolled_back)
    assert second.loss == first.loss and len(notes(second.db, "loss_behind")) == 1
    accept_loss(second.db, by=None, now=LATER)
    assert standing_loss(second.db) is None
    assert [one.detail["kind"] for one in notes(second.db, "loss_accepted")] == ["behind"]
    shut(second)
    assert again(rolled_back).loss is None


def test_who_goes_on_begins_a_new_epoch_above_every_stamp(rolled_back):
    kept = read_heads(rolled_back, epoch_of(again(rolled_back).db))
    register = again(rolled_back)
    before = epoch_of(register.db)
    accept_loss(register.db, by=None, now=NOW)
    with register.db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        assert state.epoch != before and state.last_stamp >> 16 >= NOW.timestamp() * 1000
    assert unsure_since(register.db) is not None, "numbers of papers are compared before the next is given"
    assert kept is not None


def epoch_of(db):
    with db.read() as session:
        return session.get_one(JournalStateRow, 1).epoch


def test_only_the_head_of_station_decides(rolled_back):
    register = again(rolled_back)
    register.db.actor = Actor(SOMEBODY, "Vàng Thị Dế", Role.CLINICIAN)
    with pytest.raises(UserError, match=r"rights\.manage"):
        accept_loss(register.db, by=None, now=NOW)


def test_another_history_of_the_same_length_is_named(folder, register, tmp_path):
    shut(register)
    shutil.copytree(folder, tmp_path / "twin")
    here, there = again(folder), again(tmp_path / "twin")
    save(here.db, "Bản một")
    save(there.db, "Bản hai")
    shut(here)
    shut(there)
    shutil.copy(tmp_path / "twin" / "register.db", folder / "register.db")
    found = again(folder).loss
    assert found is not None and found.kind is LossKind.OTHER


def test_heads_that_are_older_than_the_register_are_fine(folder, register, tmp_path):
    shutil.copy(folder / FILE, tmp_path / FILE)
    save(register.db, "Bản một", "Bản hai")
    shut(register)
    shutil.copy(tmp_path / FILE, folder / FILE)
    assert again(folder).loss is None


def test_heads_of_another_epoch_count_for_nothing_and_a_missing_file_is_noted_once(folder, register):
    shut(register)
    (folder / FILE).unlink()
    first = again(folder)
    assert first.loss is None and len(notes(first.db, "head_missing")) == 1
    shut(first)
    second = again(folder)
    assert second.loss is None and len(notes(second.db, "head_missing")) == 1


@pytest.mark.parametrize("at", [-1, 1 << 43, 1 << 47, (1 << 63) - 1])
def test_forged_heads_of_a_day_that_no_clock_has_keep_nobody_out(folder, register, at):
    with register.db.read() as session:
        epoch, heads = session.get_one(JournalStateRow, 1).epoch, heads_in(session)
    register.db.close()
    (folder / FILE).unlink()
    keep_heads(folder, Kept(epoch, replace(heads, journal_seq=heads.journal_seq + 9), at))
    with closing(again(folder).db) as db:
        assert standing_loss(db) is None


@pytest.mark.parametrize("ahead", [1, (1 << 48) - 3])
def test_forged_heads_far_ahead_are_asked_about_once_and_answered(folder, register, ahead):
    with register.db.read() as session:
        epoch, heads = session.get_one(JournalStateRow, 1).epoch, heads_in(session)
    register.db.close()
    keep_heads(folder, Kept(epoch, replace(heads, journal_seq=heads.journal_seq + ahead), (1 << 42) - 1))
    found = again(folder)
    assert found.loss is not None and found.loss.changes == ahead
    accept_loss(found.db, by=found.user_id, now=NOW)
    save(found.db, "Bản một")
    shut(found)
    with closing(again(folder).db) as db:
        assert standing_loss(db) is None


def test_a_heads_file_of_rubbish_is_as_good_as_none(folder, register):
    shut(register)
    (folder / FILE).write_bytes(b"\xff" * 1024)
    assert again(folder).loss is None


@pytest.mark.parametrize(
    "act",
    [
        update(AuditRow).where(AuditRow.seq == 3).values(at=5),
        delete(AuditRow).where(AuditRow.seq == 3),
        text("DELETE FROM audit WHERE seq > 3"),
    ],
)
def test_a_changed_record_is_named_at_the_opening_and_once_only(folder, register, act):
    save(register.db, "Bản một", "Bản hai", "Bản ba")
    with register.db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(act)
    shut(register)
    found = again(folder)
    assert found.loss is not None and found.loss.kind is LossKind.RECORD
    assert found.loss.seq in (3, 4)
    accept_loss(found.db, by=None, now=NOW)
    save(found.db, "Bản bốn")
    shut(found)
    assert again(folder).loss is None, "a person has answered for it"


def test_far_back_it_is_found_while_nobody_waits(folder, register, monkeypatch):
    monkeypatch.setattr(tail, "NEWEST", 5)
    monkeypatch.setattr(tail, "PIECE", 4)
    db = register.db
    save(db, *(f"Bản {n}" for n in range(12)))
    with db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(AuditRow).where(AuditRow.seq == 2).values(at=5))
    shut(register)
    found = again(folder)
    assert found.loss is None
    assert verify_record(found.db, Walk(), now=NOW).fault == 2
    assert standing_loss(found.db).seq == 2


def test_a_whole_record_is_walked_to_its_end_in_pieces(register, monkeypatch):
    monkeypatch.setattr(tail, "PIECE", 4)
    save(register.db, *(f"Bản {n}" for n in range(9)))
    walked, steps = Walk(), 0
    while True:
        before, walked = walked, verify_record(register.db, walked, now=NOW)
        steps += 1
        assert walked.fault is None
        if walked.seq - before.seq < 4:
            break
    with register.db.read() as session:
        assert walked.seq == session.get_one(JournalStateRow, 1).audit_seq
    assert steps >= 3


def test_looking_counts_as_no_change_and_needs_no_copy(db):
    back_up(db, now=NOW)
    before = sync_state(db)
    saw_person(db, SOMEBODY, "person", now=LATER)
    db.note(AuditAction.PRINT, detail={"what": "f0_list"}, now=LATER)
    assert sync_state(db) == before and not needs_backup(db)
    save(db, "Bản một")
    assert needs_backup(db)


def test_the_same_look_within_ten_minutes_is_noted_once(db):
    with db.read() as session:
        before = len(list(entries(session)))
    for minutes in (0, 3, 9, 12, -30):
        saw_person(db, SOMEBODY, "person", now=LATER + timedelta(minutes=minutes))
    with db.read() as session:
        assert len(list(entries(session))) - before == 3, "at first, after ten minutes, and when the clock went back"
