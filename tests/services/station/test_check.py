"""The look over the whole register finds what was changed behind its back, and says where."""

import pytest
from sqlalchemy import delete, select, text, update

from covidstation.db.rows import (
    ContactRow,
    DailyReportRow,
    JournalRow,
    JournalStateRow,
    NumberBookRow,
    PaperChunkRow,
    PaperFileRow,
    PaperRow,
    VisitRow,
)
from covidstation.domain.packs import PaperKind
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.station.backup import back_up, needs_backup
from covidstation.services.station.check import SENTENCES, check_register
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


def test_a_whole_register_is_whole(busy, folder):
    findings = check_register(busy, folder)
    assert [finding.code for finding in findings] == [
        "pages.good", "journal.good", "book.good", "papers.good", "links.good", "reports.good", "backup.none",
    ]  # fmt: skip
    back_up(busy, now=NOW)
    findings = check_register(busy, folder)
    assert findings[-1].text() == "Bản sao lưu gần nhất: 10/03/2022 08:30."
    assert all(finding.good for finding in findings)
    assert all("{" not in finding.text() for finding in findings)


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


def test_every_sentence_has_its_code():
    assert {code.split(".")[0] for code in SENTENCES} == {
        "pages", "journal", "book", "papers", "links", "reports", "backup",
    }  # fmt: skip


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
