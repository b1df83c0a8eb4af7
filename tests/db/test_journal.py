"""Every change of a synced row leaves its line, in order, without a gap, whatever the clock says."""

import hashlib
import json
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError

from covidstation.db.ids import new_id
from covidstation.db.journal import start_epoch
from covidstation.db.rows import (
    Base,
    HamletRow,
    JournalRow,
    JournalStateRow,
    PaperRow,
    PersonRow,
    SettingRow,
    Synced,
)
from covidstation.domain.ops import decode_op
from tests.services.samples import NOW, TODAY

SYNCED = sorted(
    (mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Synced)),
    key=lambda row: row.__name__,
)
JSON_KINDS = {
    **dict.fromkeys(("view", "figures", "events", "answers", "typed", "data", "merged_rows"), dict),
    **dict.fromkeys(("conditions", "symptoms", "warnings", "heads", "substances", "kinds", "lots"), list),
}
VALUES = {
    str: "Giàng A Páo", int: 3, bool: True, date: TODAY, datetime: datetime(2022, 3, 10, 8, 30), UUID: UUID(int=5),
    dict: {"title": "QUYẾT ĐỊNH"}, list: ["fever"], bytes: b"x",
}  # fmt: skip


def lines(db, after=2):
    """The lines after those of the founding, as JSON."""
    with db.read() as session:
        return [
            json.loads(row.line)
            for row in session.scalars(select(JournalRow).order_by(JournalRow.seq))
            if row.seq > after
        ]


def state(db):
    with db.read() as session:
        row = session.get_one(JournalStateRow, 1)
        return row.last_seq, row.last_stamp, row.chain, row.epoch, row.received_upto


def someone(**values):
    return PersonRow(**({"id": new_id(), "full_name": "Giàng A Páo", "sex": "MALE"} | values))


def full(row_class):
    """A row of that table with a value in every field."""
    row = row_class(id=new_id())
    for name, column in row_class.__table__.columns.items():
        if name not in Synced.local_fields:
            kind = column.type.python_type
            kind = JSON_KINDS[name] if kind in (dict, object) else kind
            setattr(row, name, VALUES[kind])
    return row


def independent_chain(db, start):
    """The chain computed with hashlib alone."""
    with db.read() as session:
        for row in session.scalars(select(JournalRow).order_by(JournalRow.seq)):
            start = hashlib.sha256(start + row.line).digest()
            assert row.chain == start
    return start


@pytest.mark.parametrize("row_class", SYNCED, ids=lambda row: row.__tablename__)
def test_every_synced_table_is_captured(db, row_class):
    row = full(row_class)
    with db.write(UUID(int=7), NOW) as session:
        session.add(row)
    with db.write(UUID(int=8), NOW) as session:
        session.delete(session.get_one(row_class, row.n))
    made, gone = lines(db)
    fields = {column.key for column in inspect(row_class).column_attrs} - row_class.local_fields
    assert (made["o"], made["t"], made["r"], made["a"]) == ("i", row_class.__tablename__, row.id.hex, UUID(int=7).hex)
    assert made["f"].keys() == fields
    assert (gone["o"], gone["r"], gone["b"], gone["a"]) == ("d", row.id.hex, made["h"], UUID(int=8).hex)
    assert "f" not in gone


def test_every_line_can_be_read_by_the_other_side(db):
    with db.write(None, NOW) as session:
        session.add_all(full(row) for row in SYNCED)
    with db.read() as session:
        ops = [decode_op(line) for line in session.scalars(select(JournalRow.line).order_by(JournalRow.seq))]
    assert [op.seq for op in ops] == list(range(1, len(SYNCED) + 3))
    assert {op.table for op in ops} == {row.__tablename__ for row in SYNCED}


def test_an_update_says_only_what_changed_and_what_it_replaced(db):
    row = someone(phone="0912000111")
    with db.write(None, NOW) as session:
        session.add(row)
    later = NOW + timedelta(hours=1)
    with db.write(None, later) as session:
        session.get_one(PersonRow, row.n).phone = "0913000222"
    with db.write(None, later + timedelta(hours=1)) as session:
        person = session.get_one(PersonRow, row.n)
        person.phone, person.full_name, person.pregnancy = "", "Giàng A Pao", "UNKNOWN"
    made, first, second = lines(db)
    assert first["f"] == {"phone": "0913000222"} and first["b"] == made["h"]
    assert second["f"] == {"phone": "", "full_name": "Giàng A Pao"}
    assert second["b"] == {str(made["h"]): ["full_name"], str(first["h"]): ["phone"]}
    assert made["a"] == db.actor.id.hex


def test_local_fields_do_not_travel(db):
    row = someone(sort_key="a")
    with db.write(None, NOW) as session:
        session.add(row)
    with db.write(None, NOW) as session:
        session.get_one(PersonRow, row.n).sort_key = "b"
    (made,) = lines(db)
    assert not {"sort_key", "n", "rev", "made", "stamps", "extra", "id"} & made["f"].keys()


def test_setting_the_same_value_again_is_no_change(db):
    row = someone()
    with db.write(None, NOW) as session:
        session.add(row)
    with db.write(None, NOW) as session:
        person = session.get_one(PersonRow, row.n)
        person.full_name, person.conditions = str(person.full_name), list(person.conditions)
    assert len(lines(db)) == 1


def test_a_rolled_back_act_leaves_no_gap(db):
    before = state(db)
    for _attempt in range(3):
        with pytest.raises(ZeroDivisionError), db.write(None, NOW) as session:
            session.add_all([someone(), someone()])
            session.flush()
            raise ZeroDivisionError
    assert state(db) == before
    with db.write(None, NOW) as session:
        session.add(someone())
    assert [line["s"] for line in lines(db)] == [3]


def test_the_chain_can_be_computed_by_anyone(db):
    with db.write(None, NOW) as session:
        session.add_all([someone(), HamletRow(id=new_id(), name="Nậm Ngá")])
    with db.write(None, NOW) as session:
        session.scalars(select(PersonRow)).one().phone = "0912000111"
    assert independent_chain(db, bytes(32)) == state(db)[2]


def test_a_transaction_is_marked_when_it_has_several_lines(db):
    with db.write(None, NOW) as session:
        session.add(someone())
    with db.write(None, NOW) as session:
        session.add_all([someone(), someone()])
        session.flush()
        session.add(someone())
    alone, *together = lines(db)
    assert "x" not in alone
    assert [line["x"] for line in together] == [4, 4, 4]


def test_a_second_flush_belongs_to_the_same_transaction(db):
    with db.write(None, NOW) as session:
        session.add(someone())
        session.flush()
        session.add(someone())
    first, second = lines(db)
    assert second["x"] == first["s"] == 3


YEARS = st.integers(-10 * 365 * 86_400, 10 * 365 * 86_400)


@given(jumps=st.lists(YEARS, min_size=2, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_stamps_rise_whatever_the_clock_does(db, jumps):
    for seconds in jumps:
        with db.write(None, NOW + timedelta(seconds=seconds)) as session:
            session.add(someone())
    stamps = [line["h"] for line in lines(db, after=0)]
    assert all(later > earlier for earlier, later in pairwise(stamps))
    assert all(stamp < 2**63 for stamp in stamps)


def test_a_stamp_says_the_moment_in_utc(db):
    moment = datetime(2022, 3, 10, 8, 30, tzinfo=timezone(timedelta(hours=7)))
    with db.write(None, moment + timedelta(days=1)) as session:
        session.add(someone())
    assert lines(db)[0]["h"] >> 16 == 1_646_962_200_000  # 2022-03-11T01:30:00Z


def test_a_write_past_the_journal_is_stopped_by_the_file_itself(db):
    with db.write(None, NOW) as session:
        session.add(someone())
    with pytest.raises(DatabaseError, match="outside the journal"), db.write(None, NOW) as session:
        session.execute(text("UPDATE person SET full_name = 'x'"))
    with db.read() as session:
        assert session.scalars(select(PersonRow.full_name)).one() == "Giàng A Páo"


def test_every_synced_table_is_guarded(db):
    with db.read() as session:
        triggers = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    assert {f"guard_{row.__tablename__}" for row in SYNCED} <= triggers


@pytest.mark.parametrize(
    "statement",
    [
        insert(PersonRow).values(id=UUID(int=1), full_name="x", sex="MALE"),
        update(PersonRow).values(full_name="x"),
        delete(PersonRow),
        update(PaperRow).where(PaperRow.number == 1).values(number=2),
    ],
    ids=["insert", "update", "delete", "where"],
)
def test_bulk_statements_on_synced_tables_are_refused(db, statement):
    with pytest.raises(AssertionError, match="pass the journal by"), db.write(None, NOW) as session:
        session.execute(statement)


def test_bulk_statements_on_local_tables_are_free(db):
    with db.write(None, NOW) as session:
        session.execute(insert(SettingRow).values(key="a", value="b", changed_at=NOW.replace(tzinfo=None)))
        session.execute(delete(SettingRow))
    assert lines(db) == []


def test_a_new_epoch_numbers_the_same_lines_on_a_chain_of_its_own(db):
    with db.write(None, NOW) as session:
        session.add_all([someone(), someone()])
    station, epoch = UUID("5a0c2d4e-6f80-41b2-a3c4-d5e6f7081920"), "9f86d081884c7d65"
    before = lines(db, after=0)
    with db.write(None, NOW) as session:
        session.get_one(JournalStateRow, 1).received_upto = 3
    with db.write(None, NOW) as session:
        start_epoch(session, station, epoch)
    assert lines(db, after=0) == before
    start = hashlib.sha256(b"CSB1 chain" + station.hex.encode() + epoch.encode()).digest()
    last_seq, _stamp, chain, named, received = state(db)
    assert independent_chain(db, start) == chain
    assert (last_seq, named, received) == (4, epoch, 0)
    with db.write(None, NOW) as session:
        session.add(someone())
    assert independent_chain(db, start) == state(db)[2]


def test_the_count_is_kept_and_never_derived(db):
    """A line that was lost at the end is noticed: the count stands in its own row."""
    with db.write(None, NOW) as session:
        session.add(someone())
    with db.write(None, NOW) as session:
        session.execute(delete(JournalRow).where(JournalRow.seq == 3))
    with db.write(None, NOW) as session:
        session.add(someone())
    assert [line["s"] for line in lines(db)] == [4]
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(JournalRow)) == 3
