"""The legal deletion takes what its class says and nothing younger, and no word stays; the chain still stands."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select, text

from covidstation.db.blanks import walk
from covidstation.db.journal import start_epoch
from covidstation.db.packed import unpack
from covidstation.db.rows import AuditRow, EpisodeRow, JournalRow, JournalStateRow, PersonRow, PurgeRow
from covidstation.domain.merging import base_by_field
from covidstation.domain.ops import chain_next, decode_op, encode_op
from covidstation.domain.retention import RecordKind
from covidstation.errors import Refused, UserError
from covidstation.services.certificate import journal_start
from covidstation.services.privacy.purge import PurgeOrder, purge_records
from covidstation.services.privacy.retention import look_at_due, look_at_retention
from covidstation.services.rules.shelf import keep_rule, rule_shelf
from covidstation.services.upkeep.check import check_register
from tests.services import outbreak
from tests.services.district import STATION
from tests.services.samples import HANOI, NOW, catalog

AFTER_9 = datetime(2031, 3, 1, 8, tzinfo=HANOI)  # years
AFTER_12 = datetime(2034, 6, 1, 8, tzinfo=HANOI)
AFTER_31 = datetime(2053, 6, 1, 8, tzinfo=HANOI)
ORDER = PurgeOrder(kind=RecordKind.CASE, until=date(2033, 12, 31), decision="12/QĐ-TYT", count=0, typed="huỷ")


@pytest.fixture
def db(db):
    """A station after an outbreak, all of it at the district."""
    outbreak.everything(db)
    received(db)
    return db


def received(db):
    """The district has confirmed everything."""
    with db.write(None, NOW) as session:
        state = session.get_one(JournalStateRow, 1)
        state.received_upto = state.last_seq


def count(db, row):
    with db.read() as session:
        return len(session.scalars(select(row.id)).all())


def shown(db, kind, now=AFTER_12):
    return look_at_due(db, kind, ORDER.until, catalog=catalog(), today=now.date())


def purge(db, kind, now=AFTER_12, **changes):
    order = replace(ORDER, kind=kind, count=shown(db, kind, now).count, **changes)
    return purge_records(db, order, catalog=catalog(), by=None, by_name="Lò Thị Mai", now=now).value


def faults(db):
    """What a look over the register's own contents finds bad."""
    own = ("pages", "journal", "audit", "book", "papers", "links", "reports")
    found = check_register(db, db.path.parent)
    return [one.code for one in found if not one.good and one.code.startswith(own)]


def codes(trouble):
    return [problem.code for problem in trouble.value.problems]


def everything_in(db):
    """Every value of every table, packed ones opened, as one text."""
    with db.read() as session:
        tables = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        found = []
        for table in tables:
            for row in session.execute(text(f'SELECT * FROM "{table}"')):  # door: names of our own tables
                for value in row:
                    if isinstance(value, bytes):
                        for words in ("journal", "paper"):
                            try:
                                value = unpack(words, value)
                                break
                            except (ValueError, FileNotFoundError):
                                continue
                        value = value.decode("utf-8", "replace")
                    found.append(str(value))
        return "\n".join(found)


def test_nothing_is_due_before_its_years_are_over(db):
    look = look_at_retention(db, catalog=catalog(), today=AFTER_9.date())
    assert {one.rule.kind: one.due for one in look.classes} == dict.fromkeys(RecordKind, 0)
    assert sum(one.people for one in look.classes) == count(db, PersonRow)
    with pytest.raises(UserError) as refused:
        purge(db, RecordKind.CASE, AFTER_9, until=date(2031, 1, 1))
    assert refused.value.code == "privacy.nothing_due"
    assert count(db, PurgeRow) == 1  # the sample's


def test_a_station_that_must_keep_longer_has_nothing_due(db):
    assert shown(db, RecordKind.CASE).count > 0
    rules = [one for one in rule_shelf(db, catalog()) if one.id == "vn-retention-case-2025"]
    table = dict(rules[0].table) | {"years": 20}
    who = {"by": None, "by_name": "Lò Thị Mai", "now": NOW}
    keep_rule(db, rules[0], table, confirmed=False, reason="Công văn của Sở", catalog=catalog(), **who)
    look = look_at_retention(db, catalog=catalog(), today=AFTER_12.date())
    of_cases = next(one for one in look.classes if one.rule.kind is RecordKind.CASE)
    assert (of_cases.rule.years, of_cases.rule.id, of_cases.due) == (20, "vn-retention-case-2025@1", 0)
    assert shown(db, RecordKind.CASE).count == 0
    received(db)
    with pytest.raises(UserError) as nothing:
        purge(db, RecordKind.CASE)
    assert nothing.value.code == "privacy.nothing_due"


def test_what_is_due_goes_whole_and_the_rest_stays_as_it_was(db):
    with db.read() as session:
        open_cases = set(session.scalars(select(EpisodeRow.id).where(EpisodeRow.outcome == "NO_OUTCOME")))
        dead = set(session.scalars(select(EpisodeRow.id).where(EpisodeRow.outcome == "DECEASED")))
        before = set(session.scalars(select(PersonRow.id)))
    look = shown(db, RecordKind.CASE)
    assert look.count > 0 and look.rows["person"] == look.count
    done = purge(db, RecordKind.CASE)
    assert done.people == look.count and done.rows >= sum(look.rows.values())
    with db.read() as session:
        left = set(session.scalars(select(EpisodeRow.id)))
        assert open_cases | dead <= left
        assert len(before - set(session.scalars(select(PersonRow.id)))) == done.people
        row = session.scalars(select(PurgeRow).order_by(PurgeRow.n.desc())).first()
        assert (row.count, row.kind, row.decision) == (done.people, "case", "12/QĐ-TYT")
        note = session.scalars(select(AuditRow).where(AuditRow.action == "purge")).one()
        assert note.detail["people"] == done.people
    assert faults(db) == []


def test_no_table_and_no_journal_line_still_knows_them(db):
    with db.read() as session:
        people = {
            row.id: (row.full_name, row.citizen_number, row.phone, row.address_printed)
            for row in session.scalars(select(PersonRow))
        }
    purge(db, RecordKind.CASE)
    with db.read() as session:
        stay = set(session.scalars(select(PersonRow.id)))
    rest = everything_in(db)
    gone = [one for person, one in people.items() if person not in stay]
    assert gone
    for _name, number, phone, _address in gone:  # names and addresses are shared by people who stay
        assert number not in rest and phone not in rest
    with db.read() as session:
        assert session.scalar(text("PRAGMA freelist_count")) == 0


def test_the_dead_go_after_thirty_years_and_not_with_the_cases(db):
    assert shown(db, RecordKind.DEATH).count == 0
    look = look_at_due(db, RecordKind.DEATH, date(2053, 1, 1), catalog=catalog(), today=AFTER_31.date())
    assert look.count == 1
    assert purge(db, RecordKind.DEATH, AFTER_31, until=date(2053, 1, 1)) is not None


def test_a_second_deletion_and_a_new_epoch_keep_the_journal_whole(db):
    purge(db, RecordKind.CASE)
    received(db)
    purge(db, RecordKind.PERSON)
    with db.read() as session:
        found = walk(session, journal_start(session))
    assert not found.fault and found.seal
    with db.write(None, AFTER_12) as session:
        start_epoch(session, STATION, "0123456789abcdef")
    with db.read() as session:
        lines = session.scalars(select(JournalRow.line).order_by(JournalRow.seq)).all()
        assert all(decode_op(line).seq == at for at, line in enumerate(lines, 1))


def test_a_reader_of_the_whole_history_refuses_none_of_what_is_left(db):
    """As the district does when a restored station sends everything anew."""
    purge(db, RecordKind.CASE)
    stamps = {}
    with db.read() as session:
        ops = [decode_op(line) for line in session.scalars(select(JournalRow.line).order_by(JournalRow.seq))]
    for op in ops:
        held = stamps.get((op.table, op.row))
        assert (held is None) == (op.action == "i"), op
        if op.action == "i":
            held = stamps[op.table, op.row] = {None: op.stamp}
        elif op.action == "u":
            assert all(held.get(name, held[None]) == stamp for name, stamp in base_by_field(op.base, op.fields).items())
            held.update(dict.fromkeys(op.fields, op.stamp))
        else:
            assert op.base == max(held.values()), op


@pytest.mark.parametrize("what", ["before", "blanked", "more", "unsealed"])
def test_a_journal_changed_behind_a_deletion_is_found(db, what):
    purge(db, RecordKind.CASE)
    with db.write(None, AFTER_12) as session:
        chain = journal_start(session)
        rows = session.scalars(select(JournalRow).order_by(JournalRow.seq)).all()
        at = next(i for i, row in enumerate(rows) if chain_after(rows, i, chain) != row.chain)
        if what == "before":  # an earlier line is rewritten and chained anew up to the blanked one
            tamper(rows, at, chain)
        elif what == "blanked":  # the blanked line's place in the chain is another
            rows[at].line = encode_op(replace(decode_op(rows[at].line), actor="0" * 31 + "7"))
            rows[at].chain = chain_after(rows, at, chain)
        elif what == "more":  # somebody blanks one line more
            spare = next(row for row in rows[at + 1 :] if row.op == "i" and decode_op(row.line).fields)
            spare.line = encode_op(replace(decode_op(spare.line), fields={}))
        else:
            purged = next(row for row in reversed(rows) if row.tbl == "purge")
            op = decode_op(purged.line)
            purged.line = encode_op(replace(op, fields={**op.fields, "seal": "0" * 64}))
    assert faults(db) == ["journal.changed"]


def chain_after(rows, at, start):
    return chain_next(rows[at - 1].chain if at else start, rows[at].line)


def tamper(rows, at, start):
    first = rows[0]
    first.line = encode_op(replace(decode_op(first.line), actor="0" * 31 + "7"))
    for i in range(at):
        rows[i].chain = chain_after(rows, i, start)


def test_it_is_refused_without_word_decision_day_or_while_something_is_unsent(db):
    with pytest.raises(Refused) as refused:
        purge(db, RecordKind.CASE, typed="xoá", decision=" ", until=date(2034, 12, 1))
    assert codes(refused) == ["care.day_future", "privacy.decision_missing", "privacy.not_typed"]
    outbreak.case(db, 77)
    with pytest.raises(UserError) as unsent:
        purge(db, RecordKind.CASE)
    assert unsent.value.code == "privacy.unsent"
    received(db)
    with pytest.raises(UserError) as other:
        purge_records(db, replace(ORDER, count=999), catalog=catalog(), by=None, by_name="", now=AFTER_12)
    assert other.value.code == "privacy.other_count"


def test_a_copy_is_kept_first(db, folder):
    before = set((folder / "backups").glob("*")) if (folder / "backups").is_dir() else set()
    purge(db, RecordKind.CASE)
    assert set((folder / "backups").glob("*")) - before


def test_an_f0_stays_as_long_as_their_contact_does(db):
    """Somebody whose contact was seen again later is still named there."""
    with db.read() as session:
        from_here = shown(db, RecordKind.CASE)
        assert from_here.count
        linked = session.execute(
            text("SELECT e.person_id FROM contact c JOIN episode e ON e.id = c.source_episode_id")
        ).all()
    assert linked
    purge(db, RecordKind.CASE)
    assert faults(db) == []
