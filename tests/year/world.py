"""The commune, its paper books, and the dice by which it lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.errors import Refused, UserError
from covidstation.paths import resources
from covidstation.services.places import add_hamlet
from tests.services import samples
from tests.year.chronic_book import ChronicBook
from tests.year.medicine_book import MedicineBook
from tests.year.people_book import Act, PeopleBook, Somebody, Stand
from tests.year.store_book import StoreBook

FAMILY = ("Giàng", "Lò", "Vàng", "Sùng", "Tẩn", "Chẻo", "Lý", "Phàn", "Hoàng", "Nguyễn")
MIDDLE = {"MALE": ("A", "Văn", "Láo"), "FEMALE": ("Thị", "U", "Lở")}
GIVEN = ("Páo", "Đôi", "Sùng", "Mẩy", "Sơ", "Dế", "Chu", "Mai", "Hạnh", "Tủa", "Vảng", "Pàng", "Ún", "Xuân")
KINDS = {"BORN": "born", "CAME": "came", "LEFT": "left", "DIED": "died"}


@dataclass(frozen=True)
class Plan:
    """The size of the story. `acts` a day; `share` of the people who are followed from the start."""

    people: int = 10_000
    days: int = 365
    acts: int = 80
    first: date = date(2025, 1, 1)
    hamlets: int = 12
    share: float = 0.06
    seed: int = 1


class World:
    """One station with the books that are kept beside it."""

    def __init__(self, register: Any, plan: Plan, catalog: Catalog) -> None:
        self.db, self.by, self.catalog, self.plan = register.db, register.user_id, catalog, plan
        self.dice = Random(plan.seed)
        self.now = datetime.combine(plan.first, time(6), tzinfo=samples.HANOI)
        self.people, self.store = PeopleBook(), StoreBook()
        rules = resources() / "rules"
        self.medicines, self.chronic = MedicineBook(rules), ChronicBook(rules, self.people)
        self.hamlets: list[UUID] = []
        self.done: Counter[str] = Counter()
        self.rest: dict[str, Any] = {}

    @property
    def today(self) -> date:
        """The day that is lived through."""
        return self.now.date()

    @property
    def who(self) -> dict[str, Any]:
        """What most acts are told; each of them is a little later than the one before."""
        self.now += timedelta(seconds=1)
        return {"by": self.by, "by_name": samples.USER, "now": self.now}

    @property
    def short(self) -> dict[str, Any]:
        """The same for acts that name nobody."""
        found = self.who
        del found["by_name"]
        return found

    def morning(self, day: date) -> None:
        """Another day begins."""
        self.now = datetime.combine(day, time(6), tzinfo=samples.HANOI)

    def lately(self, most: int = 4) -> date:
        """Today, or written some days late."""
        back = self.dice.choice((0, 0, 0, 0, *range(1, most)))
        return max(self.plan.first, self.today - timedelta(days=back))

    def somebody(self, fits: Callable[[Somebody], object] = lambda _one: True, tries: int = 60) -> Somebody | None:
        """One of those who live here, by chance."""
        known = self.rest["ids"]
        for _try in range(tries):
            one = self.people.people[self.dice.choice(known)]
            if one.here and fits(one):
                return one
        return None

    def new_person(self, ages: tuple[int, int] = (0, 95), born: date | None = None) -> PersonDraft:
        """Somebody whom nobody knows yet; of the old often the year alone is known."""
        sex = self.dice.choice(("MALE", "FEMALE"))
        if born is None:
            born = self.today - timedelta(days=self.dice.randint(ages[0] * 365 + 1, ages[1] * 366))
        vague = self.dice.random() if (self.today - born).days > 18 * 366 else 1
        parts = (born.year, None, None) if vague < 0.12 else (born.year, born.month, None) if vague < 0.18 else None
        birth = PartialDate(*parts) if parts else PartialDate.of(born)
        name = f"{self.dice.choice(FAMILY)} {self.dice.choice(MIDDLE[sex])} {self.dice.choice(GIVEN)}"
        return PersonDraft(full_name=name, birth=birth, sex=Sex(sex))

    def entered(self, person_id: UUID, draft: PersonDraft) -> Somebody:
        """The same in the book of people, without a place yet."""
        assert draft.birth is not None
        birth = (draft.birth.year, draft.birth.month, draft.birth.day)
        one = Somebody(person_id, draft.full_name, birth, draft.sex.value, len(self.people.people))
        self.people.people[person_id] = one
        self.rest["ids"].append(person_id)
        return one

    def changes(self, kind: str, act_id: UUID) -> Act:
        """A new act of the book of people."""
        act = Act(act_id, kind, [], {}, {})
        self.people.acts.append(act)
        return act

    def stand(self, one: Somebody, house: UUID | None = None, *, living: str = "", hamlet: UUID | None = None) -> Stand:
        """The same person's next stand."""
        before = one.now
        home = house if house is not None else before.house
        place = hamlet or (self.people.houses[home].hamlet if home else before.hamlet)
        return Stand(living or before.living, place, home)

    @contextmanager
    def refused(self, *codes: str) -> Any:
        """What is wrong must be refused, and named."""
        try:
            yield
        except Refused as trouble:
            found = {one.code for one in trouble.problems}
            assert found & set(codes), (found, codes)
        except UserError as trouble:
            assert trouble.code in codes, (trouble.code, codes)
        else:
            raise AssertionError(f"taken, though {codes} was to be said on {self.today}")
        self.done["refused"] += 1


def codes_of(trouble: UserError) -> set[str]:
    """What a refusal names."""
    return {one.code for one in trouble.problems} if isinstance(trouble, Refused) else {trouble.code}


@contextmanager
def found_world(folder: Path, plan: Plan) -> Any:
    """A founded station in training mode, with its hamlets."""
    start = datetime.combine(plan.first, time(5), tzinfo=samples.HANOI)
    samples.found(folder, samples.replace(samples.STATION, training=True), now=start)
    register = samples.opened(folder)
    with closing(register.db):
        world = World(register, plan, samples.catalog())
        world.rest |= {"ids": [], "names": {}}
        for number in range(plan.hamlets):
            name = f"Nậm {GIVEN[number % 14]} {number + 1}"
            world.hamlets.append(add_hamlet(world.db, name, **world.short).value)
            world.rest["names"][world.hamlets[-1]] = name
        yield world
