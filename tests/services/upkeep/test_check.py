"""The look over the whole register finds what was changed behind its back, and says where."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text, update

from covidstation.db.heads import FILE as HEADS
from covidstation.db.heads import Kept, keep_heads
from covidstation.db.ids import new_id
from covidstation.db.key_file import FILE
from covidstation.db.rows import (
    ContactRow,
    DailyReportRow,
    JournalRow,
    JournalStateRow,
    NumberBookRow,
    PaperChunkRow,
    PaperFileRow,
    PaperRow,
    UserRow,
    VisitRow,
)
from covidstation.domain.audit import Heads
from covidstation.domain.packs import PaperKind
from covidstation.printing.letters import lost_letters
from covidstation.services.copies.backup import back_up, needs_backup
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.upkeep import check_place
from covidstation.services.upkeep.check import SENTENCES, check_register
from covidstation.services.upkeep.findings import GROUPS
from tests.services import outbreak
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, register


@pytest.fixture
def busy(db, tmp_path, district):
    """A register with a little of everything."""
    stick = tmp_path / "stick"
    stick.mkdir()
    district.enrol(db, stick)
    for number in range(3):
        episode = register(db, f0(neighbour(number)))
        issue_paper(db, PaperKind.ISOLATION_ORDER, [episode.id], catalog=catalog(), issued_on=TODAY, by=None, now=NOW)
    return db


def bad(db, folder):
    return [(finding.code, dict(finding.params)) for finding in check_register(db, folder) if not finding.good]


def change(db, statement, **values):
    with db.write(None, NOW) as session:
        session.execute(statement, values)


def flip(db, row_class, column, **where):
    """Change one bit of a stored value, as nobody may."""
    with db.write(None, NOW) as session:
        row = session.scalars(select(row_class).filter_by(**where)).first()
        value = bytearray(getattr(row, column))
        value[len(value) // 2] ^= 1
        setattr(row, column, bytes(value))


LATER = datetime(2026, 12, 1, 8, 30, tzinfo=NOW.tzinfo)


def test_a_whole_register_is_whole(busy, folder):
    findings = check_register(busy, folder, now=LATER)
    assert [finding.code for finding in findings] == [
        "pages.good", "journal.good", "audit.good", "book.good", "papers.good", "links.good", "twice.good",
        "reports.good", "stock.good", "heads.good", "drafts.good", "letters.good", "rules.unconfirmed", "backup.none",
        "keys.good", "sync.waiting", "space.good", "clock.good", "left.good", "program.good",
    ]  # fmt: skip
    assert {finding.code for finding in findings if finding.level == "look"} == {
        "rules.unconfirmed", "backup.none", "sync.waiting",
    }  # fmt: skip
    back_up(busy, now=LATER)
    findings = {finding.group: finding for finding in check_register(busy, folder, now=LATER)}
    assert findings.keys() == GROUPS.keys()
    texts = [finding.text() for finding in check_register(busy, folder, now=LATER)]
    assert "Bản sao lưu gần nhất: 01/12/2026 08:30." in texts
    assert not any("{" in text for text in texts)


def codes(db, folder, now=LATER):
    return {finding.code: finding for finding in check_register(db, folder, now=now)}


def test_steps_are_told(db, folder):
    told = []
    found = check_register(db, folder, now=LATER, told=lambda done, of: told.append((done, of)))
    assert [done for done, _of in told] == list(range(told[0][1])) and len(told) <= len(found)


def test_a_copy_that_is_old_or_rotten_is_said(busy, folder):
    path = back_up(busy, now=LATER)
    assert codes(busy, folder, LATER + timedelta(days=6))["backup.good"].level == "good"
    old = codes(busy, folder, LATER + timedelta(days=9))["backup.old"]
    assert old.level == "look" and old.params["n"] == "9"
    path.write_bytes(path.read_bytes()[:-4096])
    found = codes(busy, folder)
    assert found["backup.damaged"].level == "bad" and "backup.good" not in found


def test_a_clock_that_is_wrong_is_said(busy, folder):
    assert "clock.early" in codes(busy, folder, NOW)
    assert "clock.behind" in codes(busy, folder, NOW - timedelta(days=1))
    assert "clock.zone" in codes(busy, folder, LATER.astimezone(UTC))
    assert codes(busy, folder)["clock.good"].level == "good"


def test_a_register_that_lost_its_end_is_said(busy, folder):
    with busy.read() as session:
        state = session.get_one(JournalStateRow, 1)
        ahead = Heads(state.last_seq + 3, bytes(32), state.audit_seq, state.audit_chain)
        other = Heads(state.last_seq, bytes(32), state.audit_seq, state.audit_chain)
        epoch = state.epoch
    (folder / HEADS).unlink()
    assert codes(busy, folder)["heads.none"].level == "look"
    keep_heads(folder, Kept(epoch, ahead, int(LATER.timestamp() * 1000)))
    lost = codes(busy, folder)["heads.behind"]
    assert lost.level == "bad" and lost.params == {"n": "3", "when": "08:30 01/12/2026"}
    (folder / HEADS).unlink()
    keep_heads(folder, Kept(epoch, other, int(LATER.timestamp() * 1000)))
    assert codes(busy, folder)["heads.other"].level == "bad"


def test_keys_and_users_that_do_not_match_are_said(db, folder):
    held = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(b"{}")
    assert codes(db, folder)["keys.damaged"].level == "bad"
    (folder / FILE).write_bytes(held)
    assert codes(db, folder)["keys.good"].level == "good"
    with db.write(None, NOW) as session:
        session.add(UserRow(id=new_id(), name="Vàng Thị Dí", role="DATA_ENTRY"))
    lacking = codes(db, folder)["keys.lacking"]
    assert lacking.level == "look" and lacking.params["names"] == "Vàng Thị Dí"
    with db.write(None, NOW) as session:
        for row in session.scalars(select(UserRow)):
            row.disabled_on = TODAY
    assert codes(db, folder)["keys.stranger"].level == "bad"


def test_what_lies_about_is_said(db, folder):
    (folder / "register.db.new").write_bytes(b"x")
    (folder / "update-test-abc").mkdir()
    assert "left.good" in codes(db, folder, datetime.now().astimezone())  # somebody may be at it now
    for name in ("register.db.new", "update-test-abc"):
        os.utime(folder / name, (0, 0))
    assert codes(db, folder)["left.some"].params["n"] == "2"


def test_a_full_disk_is_said(db, folder, monkeypatch):
    usage = shutil.disk_usage(folder)._replace(free=120 << 20)
    monkeypatch.setattr(check_place.shutil, "disk_usage", lambda _place: usage)
    low = codes(db, folder)["space.low"]
    assert low.level == "look" and low.params["free"] == "120"


def test_a_changed_line_of_the_audit_is_found(busy, folder):
    change(busy, text("UPDATE audit SET action = 'see' WHERE seq = 3"))
    assert [code for code, _params in bad(busy, folder)] == ["audit.bad"]


def test_letters_that_a_font_lacks_are_named(db, folder, monkeypatch):
    monkeypatch.setattr(check_place, "lost_letters", lambda: "ẵỹ")
    assert codes(db, folder)["letters.bad"].text().startswith("Bộ chữ thiếu ẵỹ.")


def test_every_letter_is_drawn_and_read_again():
    assert lost_letters() == ""


def test_rules_that_nobody_compared_are_counted():
    plain = SimpleRule(True, (SimpleRule(False, ()), SimpleRule(True, (SimpleRule(False, ()),))))
    assert check_place.unconfirmed(plain) == 2
    assert check_place.unconfirmed(SimpleRule(False, ())) == 1
    assert check_place.unconfirmed({"a": [SimpleRule(True, ())], "b": "text"}) == 0


@dataclass(frozen=True)
class SimpleRule:
    confirmed: bool
    items: tuple


def test_an_outbreak_holds_together(db, folder):
    outbreak.everything(db)
    assert bad(db, folder) == []


LOST = [
    (VisitRow, "alert", "visit_id"),
    (PaperRow, "paper_delivery", "paper_id"),
    (ContactRow, "episode", "from_contact_id"),
]


@pytest.mark.parametrize(("kind", "table", "field"), LOST)
def test_what_points_at_nothing_is_named(db, folder, kind, table, field):
    outbreak.everything(db)
    with db.write(None, NOW) as session:
        for row in session.scalars(select(kind)):
            session.delete(row)
    found = {(params["table"], params["field"]) for code, params in bad(db, folder) if code == "links.bad"}
    assert (table, field) in found


def test_a_case_that_a_contact_became_must_be_there(db, folder):
    outbreak.everything(db)
    with db.write(None, NOW) as session:
        row = session.scalars(select(ContactRow).where(ContactRow.became_episode_id.is_not(None))).one()
        row.became_episode_id = row.id
    wanted = ("links.bad", {"n": "1", "table": "contact", "field": "became_episode_id"})
    assert bad(db, folder) == [wanted]


def test_a_frozen_report_that_was_changed_is_named(db, folder):
    outbreak.freeze(db)
    with db.write(None, NOW) as session:
        row = session.scalars(select(DailyReportRow)).one()
        row.typed = {**row.typed, "oxygen": 7}
    assert bad(db, folder) == [("reports.bad", {"day": "10/03/2022", "version": "1"})]


def test_looking_changes_nothing(busy, folder):
    busy.close()
    before = (folder / "register.db").read_bytes()
    check_register(busy, folder)
    busy.close()
    assert (folder / "register.db").read_bytes() == before


def test_every_sentence_has_its_group_and_says_what_to_do():
    kinds = [kind for _title, kinds in GROUPS.values() for kind in kinds]
    assert {code.partition(".")[0] for code in SENTENCES} == set(kinds) and len(kinds) == len(set(kinds))
    assert all(text.endswith(".") for text in SENTENCES.values())


@pytest.mark.parametrize("seq", [1, 7, 15])
def test_a_changed_line_of_the_journal_is_found(busy, folder, seq):
    flip(busy, JournalRow, "line", seq=seq)
    assert bad(busy, folder) == [("journal.changed", {"seq": str(seq)})]


def test_a_line_that_is_no_longer_packed_is_found(busy, folder):
    change(busy, text("UPDATE journal SET line = x'01ff00' WHERE seq = 6"))
    assert bad(busy, folder) == [("journal.changed", {"seq": "6"})]


@pytest.mark.parametrize("seq", [1, 9])
def test_a_missing_line_of_the_journal_is_found(busy, folder, seq):
    change(busy, delete(JournalRow).where(JournalRow.seq == seq))
    assert bad(busy, folder) == [("journal.gap", {"seq": str(seq)})]


def test_a_journal_that_lost_its_end_is_found(busy, folder):
    with busy.read() as session:
        last = session.get_one(JournalStateRow, 1).last_seq
    change(busy, delete(JournalRow).where(JournalRow.seq > last - 2))
    assert bad(busy, folder) == [("journal.gap", {"seq": str(last - 1)})]


def test_two_lines_that_changed_places_are_found(busy, folder):
    change(busy, update(JournalRow).where(JournalRow.seq == 4).values(seq=1004))
    change(busy, update(JournalRow).where(JournalRow.seq == 5).values(seq=4))
    change(busy, update(JournalRow).where(JournalRow.seq == 1004).values(seq=5))
    assert bad(busy, folder) == [("journal.changed", {"seq": "4"})]


def test_a_paper_whose_bytes_changed_is_found(busy, folder):
    flip(busy, PaperFileRow, "skeleton")
    (found,) = bad(busy, folder)
    assert found == ("papers.bad", {"number": "01/QĐ-UBND", "year": "2022"})


def test_papers_without_their_common_part_are_found(busy, folder):
    change(busy, delete(PaperChunkRow))
    assert [code for code, _params in bad(busy, folder)] == ["papers.bad"] * 3


def test_a_paper_without_its_line_in_the_book_is_found(busy, folder):
    change(busy, delete(NumberBookRow).where(NumberBookRow.number == 2))
    assert bad(busy, folder) == [("book.bad", {"number": "02/QĐ-UBND", "year": "2022"})]


def test_a_backup_is_needed_when_something_was_saved_since(db):
    assert needs_backup(db)
    back_up(db, now=NOW.astimezone())
    register(db, now=NOW.replace(year=2030))
    assert needs_backup(db)
