"""Answers are kept while nothing was written into what they were read from; then they are asked for again."""

from contextlib import closing

from sqlalchemy import delete, func, select, text

from covidstation.db.ids import new_id
from covidstation.db.kept import counts_of, kept
from covidstation.db.rows import AuditRow, Base, EpisodeRow, HamletRow, PersonRow, TouchedRow
from covidstation.domain.text import sort_key
from tests.services.samples import NOW, opened


class Asked:
    """A question that knows how often it was asked."""

    def __init__(self, db, *tables):
        self.db, self.tables, self.times = db, tables, 0

    def __call__(self):
        self.times += 1
        with self.db.read() as session:
            return tuple(session.scalar(select(func.count()).select_from(one)) for one in self.tables)

    def answer(self, **more):
        return kept(self.db, ("test", self.tables), self, **more)


def come(db):
    with db.write(None, NOW) as session:
        session.add(PersonRow(id=new_id(), full_name="Páo", sort_key=sort_key("Páo"), sex="MALE"))


def settle(db):
    with db.write(None, NOW) as session:
        session.add(HamletRow(id=new_id(), name="Nậm Ngá"))


def test_it_is_asked_again_once_something_was_written_into_its_tables(db):
    people, places, both = Asked(db, PersonRow), Asked(db, HamletRow), Asked(db, PersonRow, HamletRow)
    for _again in range(3):
        assert (people.answer(), places.answer(), both.answer()) == ((0,), (0,), (0, 0))
    come(db)
    for _again in range(2):
        assert (people.answer(), places.answer(), both.answer()) == ((1,), (0,), (1, 0))
    assert (people.times, places.times, both.times) == (2, 1, 2)
    settle(db)
    assert (people.answer(), places.answer(), both.answer()) == ((1,), (1,), (1, 1))
    with db.write(None, NOW) as session:
        session.scalars(select(PersonRow)).one().phone = "0912000111"
    assert people.answer() == (1,) and people.times == 3
    with db.write(None, NOW) as session:
        session.delete(session.scalars(select(PersonRow)).one())
    assert people.answer() == (0,) and people.times == 4


def test_whoever_writes(db):
    people = Asked(db, PersonRow)
    assert people.answer() == (0,)
    with closing(opened(db.path.parent).db) as other:
        come(other)
    assert people.answer() == (1,)
    with db.engine.execution_options(writes=True).begin() as connection:  # past the ORM
        connection.execute(delete(PersonRow.__table__))
    assert people.answer() == (0,)


def test_what_was_rolled_back_was_not_written(db):
    people = Asked(db, PersonRow)
    people.answer()
    try:
        with db.write(None, NOW) as session:
            session.add(PersonRow(id=new_id(), full_name="Páo", sort_key="", sex="MALE"))
            session.flush()
            raise KeyError
    except KeyError:
        pass
    assert people.answer() == (0,) and people.times == 1


def test_one_that_reads_what_nobody_counts_is_never_kept(db):
    seen = Asked(db, PersonRow, AuditRow)
    assert AuditRow.__tablename__ not in counts_of(db)
    for _again in range(3):
        seen.answer()
    assert seen.times == 3


def test_an_answer_inside_another_one_counts_for_both(db):
    inner, times = Asked(db, HamletRow), []

    def outer():
        times.append(1)
        return inner.answer()

    def ask():
        return kept(db, "outer", outer)

    assert ask() == ask() == (0,)
    assert inner.answer() == (0,)
    settle(db)
    assert inner.answer() == (1,)  # it is true again before the outer one is asked
    assert ask() == ask() == (1,)
    assert (inner.times, len(times)) == (2, 2)


def test_what_it_is_of_must_be_the_same_thing(db):
    people, one, other = Asked(db, PersonRow), object(), object()
    for of in (one, one, other, other, one):
        people.answer(of=of)
    assert people.times == 3


def test_few_are_kept_and_none_of_a_closed_register(db):
    with closing(opened(db.path.parent).db) as other:
        for at in range(200):
            kept(other, ("many", at), Asked(other, EpisodeRow))
        assert 10 < len(other.answers) < 100
    assert not other.answers


def test_every_table_that_is_counted_is_counted_at_each_act(db):
    """Triggers for each of the three ways to write, on each of these tables."""
    with db.read() as session:
        counted = set(session.scalars(select(TouchedRow.tbl)))
        query = text("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'touched_%'")
        found = session.execute(query).all()
    assert counted <= Base.metadata.tables.keys() and len(counted) > 20
    ways = {(table, way) for table, sql in found for way in ("INSERT", "UPDATE", "DELETE") if f"AFTER {way} " in sql}
    assert ways == {(table, way) for table in counted for way in ("INSERT", "UPDATE", "DELETE")}
    assert all(f"WHERE tbl = '{table}'" in sql for table, sql in found)
