"""The population identity, held against a model that knows nothing of the register, over random lives of a village."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from covidstation.db.queries.population import flows_between, population_on
from covidstation.db.queries.residence import lives_here
from covidstation.db.rows import HouseholdRow, PersonRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.residence import Living
from covidstation.errors import UserError
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.households.coming import ArrivalDraft, BirthDraft, record_arrival, record_birth
from covidstation.services.households.leaving import (
    DeathDraft,
    DepartureDraft,
    record_death,
    record_departure,
    undo_change,
)
from covidstation.services.households.moving import MoveDraft, move_people, settle_person
from covidstation.services.places import add_hamlet
from tests.services.outbreak import WHO
from tests.services.samples import HANOI, catalog, opened, positive_on

START = date(2022, 1, 1)
STEPS = 30


class World:
    """A register, and beside it what a clerk with a paper book would know: who came in and went out on which day."""

    def __init__(self, db, random: Random) -> None:
        self.db, self.random, self.today = db, random, START
        self.hamlets = [add_hamlet(db, name, by=None, now=self.now()).value for name in ("Nậm Ngá", "Pa Khoá")]
        self.homes: list = []
        self.inside: dict = {}  # person -> household
        self.outside: list = []
        self.died_as_f0: set = set()
        self.book: list = []  # (day, in, out) of each act that stands
        self.last: tuple | None = None
        self.number = 0

    def now(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 9, tzinfo=HANOI)

    def who(self) -> dict:
        return {**WHO, "now": self.now()}

    def someone(self) -> PersonDraft:
        self.number += 1
        birth = PartialDate(1930 + self.random.randrange(80), *self.random.choice([(), (5,), (5, 17)]))
        return PersonDraft(full_name=f"Lò Văn {chr(65 + self.number % 26)}", birth=birth, sex=Sex.MALE)

    def others(self, person) -> list:
        return [one for one, home in self.inside.items() if home == self.inside[person] and one != person]

    def write(self, kind: str, came: list, went: list) -> None:
        self.book.append((self.today, kind, tuple(came), tuple(went)))

    def arrive(self) -> None:
        home = self.random.choice([None, *self.homes])
        living = self.random.choice([Living.PERMANENT, Living.TEMPORARY])
        back = self.random.choice(self.outside) if self.outside and self.random.random() < 0.5 else None
        draft = ArrivalDraft(
            household_id=home,
            hamlet_id=self.random.choice(self.hamlets),
            person_id=back,
            person=self.someone(),
            living=living,
            day=self.today,
        )
        found = record_arrival(self.db, draft, catalog=catalog(), **self.who()).value
        self.homes += [] if found.household_id in self.homes else [found.household_id]
        self.inside[found.person_id] = found.household_id
        if back is not None:
            self.outside.remove(back)
        self.write("came", [found.person_id], [])

    def be_born(self) -> None:
        if not self.inside:
            return
        home = self.random.choice(list(self.inside.values()))
        child = PersonDraft(full_name="Lò Thị Bé", birth=PartialDate.of(self.today), sex=Sex.FEMALE)
        found = record_birth(self.db, BirthDraft(household_id=home, person=child), catalog=catalog(), **self.who())
        self.inside[found.value] = home
        self.write("born", [found.value], [])

    def leave(self) -> None:
        if not self.inside:
            return
        first = self.random.choice(list(self.inside))
        people = [first, *(one for one in self.others(first) if self.random.random() < 0.4)]
        stay = [one for one in self.others(first) if one not in people]
        draft = DepartureDraft(people=tuple(people), day=self.today, new_head=stay[0] if stay else None)
        act = record_departure(self.db, draft, **self.who()).value
        was = {one: self.inside.pop(one) for one in people}
        self.outside += people
        self.write("left", [], people)
        self.last = (act, was)

    def die(self) -> None:
        if not self.inside:
            return
        person = self.random.choice(list(self.inside))
        stay = self.others(person)
        draft = DeathDraft(person_id=person, day=self.today, new_head=stay[0] if stay else None)
        act = record_death(self.db, draft, **self.who()).value
        self.last = (act, {person: self.inside.pop(person)})
        self.write("died", [], [person])

    def die_as_f0(self) -> None:
        if not self.inside:
            return
        person = self.random.choice(list(self.inside))
        with self.db.read() as session:
            row = session.scalars(select(PersonRow).where(PersonRow.id == person)).one()
            known = PersonDraft(
                full_name=row.full_name, sex=Sex(row.sex), hamlet_id=row.hamlet_id, household_id=row.household_id
            )
        draft = F0Draft(
            person_id=person,
            person=known,
            episode=EpisodeDraft(report_date=self.today),
            tests=(positive_on(self.today),),
        )
        episode = register_f0(self.db, draft, catalog=catalog(), by=None, now=self.now()).value
        died = OutcomeDraft(ending=Ending.DIED, on=self.today, place="Tại nhà", cause="Suy hô hấp")
        record_outcome(self.db, episode.id, died, catalog=catalog(), **self.who())
        del self.inside[person]
        self.died_as_f0.add(person)
        self.write("died", [], [person])

    def move(self) -> None:
        if not self.inside:
            return
        first = self.random.choice(list(self.inside))
        people = [first, *(one for one in self.others(first) if self.random.random() < 0.3)]
        stay = [one for one in self.others(first) if one not in people]
        home = self.random.choice([None, *(one for one in self.homes if one != self.inside[first])])
        draft = MoveDraft(
            people=tuple(people),
            household_id=home,
            hamlet_id=self.random.choice(self.hamlets),
            head_id=first,
            new_head=stay[0] if stay else None,
            day=self.today,
        )
        found = move_people(self.db, draft, **self.who()).value
        self.homes += [] if found in self.homes else [found]
        self.inside |= dict.fromkeys(people, found)

    def settle(self) -> None:
        if self.inside:
            living = self.random.choice([Living.PERMANENT, Living.TEMPORARY])
            settle_person(self.db, self.random.choice(list(self.inside)), living, day=self.today, **self.who())

    def take_back(self) -> None:
        """The last going, if nothing came after it; else the register says so."""
        if self.last is None:
            return
        (act, was), self.last = self.last, None
        try:
            undo_change(self.db, act, **self.who())
        except UserError as trouble:
            assert trouble.code == "households.undo_later"
            assert any(one not in self.outside for one in was)
            return
        entry = next(entry for entry in reversed(self.book) if set(entry[3]) == set(was))
        self.book.remove(entry)
        self.inside |= was
        self.outside = [one for one in self.outside if one not in was]

    def step(self) -> None:
        acts = (self.arrive, self.arrive, self.be_born, self.leave, self.die, self.die_as_f0, self.move, self.settle)
        self.random.choice((*acts, self.take_back))()
        self.today += timedelta(days=self.random.choice((0, 0, 1, 3)))


def check(world: World) -> None:
    """Every day: the identity, and the model's number; at the end nobody is in two households, each has one head."""
    last = world.today
    for offset in range(-1, (last - START).days + 1):
        day = START + timedelta(days=offset)
        came = sum(len(entry[2]) for entry in world.book if entry[0] <= day)
        went = sum(len(entry[3]) for entry in world.book if entry[0] <= day)
        found = population_on(world.db, day)
        assert found.total == came - went, day
        flows = flows_between(world.db, day, day)
        assert found.total == population_on(world.db, day - timedelta(days=1)).total + flows.net
        for kind in ("born", "came", "died", "left"):
            told = sum(len(entry[2]) + len(entry[3]) for entry in world.book if entry[:2] == (day, kind))
            assert getattr(flows, kind) == told, (day, kind)
        by_hamlet = [population_on(world.db, day, one).total for one in world.hamlets]
        assert sum(by_hamlet) == found.total == sum(found.by_hamlet().values())
    span = flows_between(world.db, START, last)
    assert population_on(world.db, last).total == span.net
    check_households(world)


def check_households(world: World) -> None:
    with world.db.read() as session:
        query = select(PersonRow.id, PersonRow.household_id).where(lives_here())
        where = {person: home for person, home in session.execute(query)}
        for person, home in world.inside.items():
            assert where[person] == home
        led = session.execute(
            select(HouseholdRow.id, HouseholdRow.head_id, func.count(PersonRow.id))
            .join(PersonRow, PersonRow.household_id == HouseholdRow.id)
            .where(lives_here())
            .group_by(HouseholdRow.id)
        ).all()
        for home, head, count in led:
            assert count and (head in world.died_as_f0 or where[head] == home)


@pytest.mark.timeout(300)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_yesterday_and_who_was_born_and_came_less_who_died_and_left_is_today(template, seed):
    folder = Path(tempfile.mkdtemp())
    try:
        register = opened(Path(shutil.copytree(template, folder / "data")))
        world = World(register.db, Random(seed))
        for _step in range(STEPS):
            world.step()
        check(world)
        register.db.close()
    finally:
        shutil.rmtree(folder)
