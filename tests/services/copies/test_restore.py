"""Coming back from a copy: who may, what is refused, what is set aside, and what a restored register is."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from covidstation.db import restoring
from covidstation.db.backup import copies_of, make_backup
from covidstation.db.rows import JournalRow, JournalStateRow, UserRow
from covidstation.domain.ops import decode_op
from covidstation.domain.packs import PaperKind
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services.copies.rescue import carry_everything
from covidstation.services.copies.restore import choose_copy, find_copies, numbers_compared, restore, unsure_since
from covidstation.services.exchange.bundles import Exported, export_changes, import_files
from covidstation.services.papers.issuing import issue_paper, prepare_paper
from covidstation.services.upkeep.check import check_register
from covidstation.sync.bundle import read_header
from covidstation.sync.carriers import usb
from tests.services.district import EPOCH, STATION, lay
from tests.services.samples import NOW, PASSPHRASE, TODAY, USER, catalog, f0, neighbour, opened, register

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def behind(folder, db, district, stick):
    """An enrolled station with a copy, one F0 more, and a receipt for all; closed."""
    request = district.enrol(db, stick)
    register(db, f0(neighbour(0)))
    make_backup(db, now=NOW)
    register(db, f0(neighbour(1)), now=LATER)
    with db.read() as session:
        upto = session.get_one(JournalStateRow, 1).last_seq
    lay(stick, usb.receipt_name(STATION, EPOCH, upto), district.receipt(db, request, upto))
    import_files(db, stick, by=None, now=NOW, yes=True)
    db.close()
    db.let_go()
    return folder


def chosen(folder, **how):
    (found,) = find_copies(folder, [], LATER)
    return choose_copy(folder, found, how.pop("secret", PASSPHRASE), now=LATER, user=how.pop("user", USER), **how)


def test_a_restored_register_is_a_new_epoch_above_every_stamp(behind, stick):
    (found,) = find_copies(behind, [], LATER)
    assert found.behind == 4, "person, illness, test and class of one F0 of a known household"
    back = restore(chosen(behind), now=LATER)
    assert (back.facts.people, back.enrolled) == (1, True)
    with closing(opened(behind).db) as db:
        with db.read() as session:
            state = session.get_one(JournalStateRow, 1)
            assert state.epoch != EPOCH and state.received_upto == 0
            newest = max(decode_op(line).stamp for line in session.scalars(select(JournalRow.line)))
            assert state.last_stamp >= int(LATER.timestamp() * 1000) << 16 > newest
        assert not [one.code for one in check_register(db, behind) if one.code.startswith("journal") and not one.good]
        results = import_files(db, stick, by=None, now=LATER).value
        assert [one.trouble.code for one in results if one.trouble] == ["receipt.other_epoch"]
        export = export_changes(db, stick, by=None, now=LATER).value
        assert export.what is Exported.CHANGES
        header = read_header(export.files[0].read_bytes())
        assert header.epoch == state.epoch and header.stream.first == 1


def test_what_stood_is_kept_twice_and_nothing_else_is_left(behind):
    standing = (behind / "register.db").read_bytes()
    back = restore(chosen(behind), now=LATER)
    assert (back.aside / "register.db").read_bytes() == standing
    assert back.kept in {copy.path for copy in copies_of(behind)}
    assert not (behind / restoring.PART).exists() and not (behind / restoring.READY).exists()
    with closing(opened(behind).db) as db:
        assert unsure_since(db).made == NOW.replace(tzinfo=None)


@pytest.mark.parametrize("secret", ["không phải", ""])
def test_a_wrong_passphrase_changes_nothing(behind, secret):
    before = (behind / "register.db").read_bytes()
    with pytest.raises(UserError) as refused:
        chosen(behind, secret=secret)
    assert refused.value.code == "keys.wrong_passphrase"
    assert (behind / "register.db").read_bytes() == before and not (behind / restoring.PART).exists()


def test_a_damaged_copy_is_refused_before_anything_is_touched(behind):
    path = copies_of(behind)[0].path
    data = bytearray(path.read_bytes())
    data[9000] ^= 1
    path.write_bytes(data)
    with pytest.raises(UserError) as refused:
        chosen(behind)
    assert refused.value.code == "station.copy_damaged"
    assert not (behind / "set-aside").exists()


def test_a_register_somebody_has_open_is_not_replaced(behind):
    ready = chosen(behind)
    with closing(opened(behind).db), pytest.raises(UserError) as refused:
        restore(ready, now=LATER)
    assert refused.value.code == "station.in_use"


def test_a_register_that_opens_is_put_back_by_its_head_alone(folder, db):
    with db.write(None, NOW) as session:
        session.scalars(select(UserRow)).one().role = Role.DATA_ENTRY.value
    make_backup(db, now=NOW)
    db.close()
    db.let_go()
    with pytest.raises(UserError) as refused:
        restore(chosen(folder), now=LATER)
    assert refused.value.code == "rights.manage"
    (folder / "register.db").write_bytes(b"broken")
    assert restore(chosen(folder), now=LATER).aside is not None, "a broken one by whoever opens the copy"


def test_a_cut_after_the_decision_is_carried_on_by_the_next_opening(behind, monkeypatch):
    ready = chosen(behind)
    monkeypatch.setattr(restoring, "carry_over", lambda _folder: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        restore(ready, now=LATER)
    monkeypatch.undo()
    assert restoring.is_decided(behind)
    (behind / "register.db-wal").write_bytes(b"an old log" * 100)
    with closing(opened(behind).db) as db, db.read() as session:
        assert session.get_one(JournalStateRow, 1).epoch != EPOCH
    assert not restoring.is_decided(behind)


def test_numbers_are_doubted_until_somebody_compared_them(behind):
    restore(chosen(behind), now=LATER)
    with closing(opened(behind).db) as db:
        episode = register(db, f0(neighbour(5)), now=LATER)

        def warnings():
            prepared = prepare_paper(
                db, PaperKind.ISOLATION_ORDER, [episode.id], catalog=catalog(), issued_on=TODAY, now=LATER
            )
            return [problem.code for problem in prepared.problems if problem.level == "warning"]

        assert "paper.after_restore" in warnings()
        order = PaperKind.ISOLATION_ORDER
        assert issue_paper(db, order, [episode.id], catalog=catalog(), issued_on=TODAY, by=None, now=LATER).value
        numbers_compared(db, by=None, now=LATER)
        assert "paper.after_restore" not in warnings()


def test_too_small_a_stick_for_the_rescue_says_so(behind, stick, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _place: type("Usage", (), {"free": 1000}))
    with pytest.raises(UserError) as refused:
        carry_everything(behind, stick, LATER)
    assert refused.value.code == "stick.full"
    assert not (stick / "CSB-cuu-ho").exists()
