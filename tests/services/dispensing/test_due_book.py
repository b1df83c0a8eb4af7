"""Who runs out of medicines: after whatever is written, by whomever, the book says what the rows say."""

from contextlib import closing, suppress
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.running_out import RunningOutList, RunningOutSort, count_running_out, running_out
from covidstation.db.rows import EpisodeRow, HamletRow, MedicineBookRow, PersonRow, PrescriptionRow
from covidstation.db.session import Database
from covidstation.domain.residence import GONE, Living
from covidstation.domain.text import sort_key
from covidstation.errors import UserError
from tests.services.samples import NOW, TODAY, found, opened

DAYS = (0, 7, 30)


@pytest.fixture
def db(tmp_path):
    found(tmp_path)
    station = opened(tmp_path)
    with closing(station.db):
        yield station.db


class Village:
    """Rows that come, change and go in any order."""

    def __init__(self, db: Database, luck: Random) -> None:
        self.db, self.luck, self.made = db, luck, 0
        self.hamlets = [new_id() for _ in range(3)]
        names = ("Nậm Ngá", "Đông Pao", "Ẳng Tở")
        with db.write(None, NOW) as session:
            session.add_all(HamletRow(id=one, name=name) for one, name in zip(self.hamlets, names, strict=True))

    def step(self) -> None:
        with suppress(UserError), self.db.write(None, NOW) as session:  # who went is not written of
            luck = self.luck
            people = session.scalars(select(PersonRow)).all()
            taken = session.scalars(select(PrescriptionRow)).all()
            act = luck.choice(("person", "person", "takes", "takes", "takes", "record", "medicine", "gone", "died"))
            if act == "person" or not people:
                session.add(self.person(new_id()))
            elif act == "takes" or not taken:
                session.add(self.takes(luck.choice(people).id))
                if luck.random() < 0.2:  # what somebody takes came before who they are
                    unknown = new_id()
                    session.add(self.takes(unknown))
                    session.flush()
                    session.add(self.person(unknown))
            elif act == "record":
                self.change(luck.choice(people))
            elif act == "medicine":
                self.other(luck.choice(taken), people)
            elif act == "gone":
                session.delete(luck.choice([*people, *taken]))
            else:
                ended = EpisodeRow(id=new_id(), person_id=luck.choice(people).id, report_date=TODAY)
                ended.classification, ended.outcome, ended.outcome_on = "CONFIRMED", "DECEASED", TODAY
                ended.isolation_type = "NONE"
                session.add(ended)

    def person(self, one: UUID) -> PersonRow:
        self.made += 1
        name = f"{self.luck.choice(('Giàng A Páo', 'Lò Thị Đôi', 'Ẳng Văn Sơ'))} {self.made % 5}"
        return PersonRow(
            id=one,
            full_name=name,
            sort_key=sort_key(name),
            sex="FEMALE",
            hamlet_id=self.luck.choice((None, *self.hamlets)),
        )

    def takes(self, person: UUID) -> PrescriptionRow:
        out = self.luck.choice((None, *(TODAY + timedelta(days=self.luck.randrange(-9, 40)) for _ in range(4))))
        return PrescriptionRow(
            id=new_id(), person_id=person, medicine="Amlodipin", amount=100, times=1, started_on=TODAY, runs_out_on=out
        )

    def change(self, row: PersonRow) -> None:
        name = f"Tên {self.luck.randrange(9)}"
        changes = {
            "living": self.luck.choice((*Living, "")),
            "hamlet_id": self.luck.choice((None, *self.hamlets)),
            "merged_into": self.luck.choice((None, new_id())),
            "moved_to": self.luck.choice((None, "03520")),
            "sort_key": sort_key(name),
        }
        setattr(row, *self.luck.choice(list(changes.items())))

    def other(self, row: PrescriptionRow, people: list[PersonRow]) -> None:
        changes = {
            "ended_on": self.luck.choice((None, TODAY)),
            "runs_out_on": TODAY + timedelta(days=self.luck.randrange(-9, 40)),
            "person_id": self.luck.choice(people).id,
        }
        setattr(row, *self.luck.choice(list(changes.items())))

    def by_hand(self, ahead: int) -> dict[UUID, tuple[object, ...]]:
        """Row by row, in no order."""
        with self.db.read() as session:
            people = session.scalars(select(PersonRow)).all()
            taken = session.scalars(select(PrescriptionRow)).all()
            dead = {row.person_id for row in session.scalars(select(EpisodeRow)) if row.outcome == "DECEASED"}
            names = {row.id: row.name for row in session.scalars(select(HamletRow))}
        lines = {}
        for row in people:
            if row.living in GONE or row.moved_to or row.merged_into or row.id in dead:
                continue
            days = [one.runs_out_on for one in taken if one.person_id == row.id and one.ended_on is None]
            days = [day for day in days if day is not None and day <= TODAY + timedelta(days=ahead)]
            if days:
                lines[row.id] = (min(days), len(days), names.get(row.hamlet_id, ""), row.sort_key, row.n, row.hamlet_id)
        return lines


ORDERS = {
    RunningOutSort.DAY: lambda one: (one[0], one[3], one[4]),
    RunningOutSort.NAME: lambda one: (one[3], one[0], one[4]),
    RunningOutSort.HAMLET: lambda one: (sort_key(one[2]), one[3], one[0], one[4]),
}


def check(village: Village) -> None:
    db, luck = village.db, village.luck
    wanted = {ahead: village.by_hand(ahead) for ahead in DAYS}
    days = [TODAY + timedelta(days=ahead) for ahead in DAYS]
    assert count_running_out(db, days) == tuple(len(wanted[ahead]) for ahead in DAYS)
    ahead, sort, down = luck.choice(DAYS), luck.choice(list(RunningOutSort)), luck.random() < 0.5
    until = TODAY + timedelta(days=ahead)
    people = sorted(wanted[ahead], key=lambda one: ORDERS[sort](wanted[ahead][one]), reverse=down)
    lines = running_out(db, until, sort=sort, descending=down)
    assert [one.person_id for one in lines] == people
    assert [(one.runs_out_on, one.medicines, one.hamlet) for one in lines] == [wanted[ahead][one][:3] for one in people]
    here = frozenset(luck.sample([None, *village.hamlets], 2))
    shown = RunningOutList(db, until, here, "", sort, descending=down)
    there = [one for one in people if wanted[ahead][one][5] in here]
    assert len(shown) == len(there)
    assert [one.person_id for one in (*shown.lines(0, 2), *shown.lines(2, 99))] == there
    typed = RunningOutList(db, until, None, "dong pao", sort, descending=down)
    assert [one.person_id for one in typed.lines(0, 99)] == [
        one for one in people if wanted[ahead][one][2] == "Đông Pao"
    ]
    assert len(typed) == len(typed.all())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_the_lists_are_what_the_rows_say(db: Database, seed: int) -> None:
    village = Village(db, Random(seed))
    for _step in range(70):
        village.step()
        check(village)


def test_who_takes_nothing_any_more_has_no_line(db: Database) -> None:
    village = Village(db, Random(1))
    with db.write(None, NOW) as session:
        session.add(one := village.person(new_id()))
        session.add(medicine := village.takes(one.id))
        medicine.runs_out_on = TODAY
    with db.read() as session:
        assert [row.person_id for row in session.scalars(select(MedicineBookRow))] == [one.id]
    with db.write(None, NOW) as session:
        session.scalars(select(PrescriptionRow)).one().ended_on = TODAY
    with db.read() as session:
        assert session.scalars(select(MedicineBookRow)).all() == []
