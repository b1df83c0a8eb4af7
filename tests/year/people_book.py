"""The book of households on paper: who lived where at the end of each day. Knows nothing of the program.

From issue 6 and docs/adr/0035: one household a person, one head a household; a change holds from the end of its day; a
birth counts from its day, a death in an illness ends a stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

GONE = ("LEFT", "DIED", "NEVER")


@dataclass(frozen=True)
class Stand:
    """`living` is the book's word; `hamlet` is where they were last."""

    living: str
    hamlet: UUID | None
    house: UUID | None

    @property
    def here(self) -> bool:
        """Whether the station manages them."""
        return self.living not in GONE


@dataclass
class Somebody:
    """A person: birth as (year, month or None, day or None); `stands` from which day on, in the order of writing."""

    id: UUID
    name: str
    birth: tuple[int, int | None, int | None]
    sex: str
    number: int
    stands: list[tuple[date, Stand, UUID | None]] = field(default_factory=list)  # with the act that wrote it
    died_ill: date | None = None

    @property
    def born(self) -> date:
        """The first day it can be."""
        year, month, day = self.birth
        return date(year, month or 1, day or 1)

    @property
    def now(self) -> Stand:
        """As the book says it today, an illness aside."""
        return self.stands[-1][1]

    @property
    def here(self) -> bool:
        """Lives here and is alive."""
        return self.now.here and self.died_ill is None

    def on(self, day: date) -> Stand | None:
        """Where they lived at the end of that day, None for nowhere."""
        if self.born > day or (self.died_ill is not None and self.died_ill <= day):
            return None
        found = next((stand for since, stand, _act in reversed(self.stands) if since <= day), None)
        return found if found is not None and found.here else None

    def house_of(self) -> UUID | None:
        """The house they live in, None for the dead and the gone."""
        return self.now.house if self.here else None

    def last_hamlet(self, day: date) -> UUID | None:
        """Where they live, or lived before they went."""
        found = [stand for since, stand, _act in self.stands if since <= day and stand.living != "NEVER"]
        return found[-1].hamlet if found else self.stands[0][1].hamlet

    def age(self, day: date) -> int:
        """Full years; of a birth without a month the years' difference."""
        year, month, born = self.birth
        years = day.year - year
        return years if month is None else years - ((day.month, day.day) < (month, born or 1))


@dataclass
class House:
    """A household."""

    id: UUID
    hamlet: UUID
    head: UUID | None
    people: set[UUID] = field(default_factory=set)


@dataclass
class Act:
    """What one act changed: of whom the last line goes when it is taken back, who led which house before."""

    id: UUID
    kind: str
    people: list[UUID]
    heads: dict[UUID, UUID]  # who of them led which house
    places: dict[UUID, UUID]  # houses that went as a whole, with the hamlet they left


class PeopleBook:
    """Everybody."""

    def __init__(self) -> None:
        self.people: dict[UUID, Somebody] = {}
        self.houses: dict[UUID, House] = {}
        self.flows: list[tuple[date, str, UUID, UUID | None]] = []  # born, came, died, left; whom; by which act
        self.acts: list[Act] = []

    def add(self, one: Somebody) -> None:
        """Somebody who was there all along, or came, with their first stand."""
        self.people[one.id] = one
        if one.now.house:
            self.houses[one.now.house].people.add(one.id)

    def living(self, house: UUID) -> list[Somebody]:
        """Who lives there, in the order in which they came into the book."""
        found = [one for one in map(self.people.__getitem__, self.houses[house].people) if one.here]
        return sorted(found, key=lambda one: one.number)

    def needs_head(self, house: UUID, going: Iterable[UUID]) -> list[UUID]:
        """Those of whom one has to lead when these go; empty when the head stays or nobody does."""
        stay = [one.id for one in self.living(house) if one.id not in set(going)]
        return [] if self.houses[house].head in stay else stay

    def put(self, act: Act, person: UUID, day: date, stand: Stand, flow: str = "") -> None:
        """From the end of that day on."""
        one = self.people[person]
        before = one.now
        if before.house and self.houses[before.house].head == person:
            act.heads[person] = before.house
        if before.house:
            self.houses[before.house].people.discard(person)
        one.stands.append((day, stand, act.id))
        if stand.house:
            self.houses[stand.house].people.add(person)
        act.people.append(person)
        if flow:
            self.flows.append((day, flow, person, act.id))

    def take_back(self, act: Act) -> None:
        """As if it had not been; who led a house leads it again."""
        for person in act.people:
            one = self.people[person]
            assert one.stands[-1][2] == act.id
            if one.now.house:
                self.houses[one.now.house].people.discard(person)
            one.stands.pop()
            if not one.stands:
                one.stands.append((date.min, Stand("NEVER", None, None), None))
            if one.now.house:
                self.houses[one.now.house].people.add(person)
        for person, house in act.heads.items():
            self.houses[house].head = person
        for house, hamlet in act.places.items():
            self.houses[house].hamlet = hamlet
        for person in act.people:
            self._where_the_house_is(self.people[person])
        self.flows = [flow for flow in self.flows if flow[3] != act.id]
        self.acts.remove(act)

    def _where_the_house_is(self, one: Somebody) -> None:
        """The house may have gone to another hamlet since."""
        since, stand, act = one.stands[-1]
        if stand.house is not None:
            one.stands[-1] = (since, replace(stand, hamlet=self.houses[stand.house].hamlet), act)

    def may_go_back(self, act: Act) -> bool:
        """Nothing of these people came after it."""
        return all(self.people[person].stands[-1][2] == act.id for person in act.people)

    def population(self, day: date) -> Counter[tuple[UUID | None, str, int]]:
        """By hamlet, sex and age."""
        found: Counter[tuple[UUID | None, str, int]] = Counter()
        for one in self.people.values():
            stand = one.on(day)
            if stand is not None:
                found[stand.hamlet, one.sex, one.age(day)] += 1
        return found

    def flowed(self, first: date, last: date) -> dict[str, int]:
        """How many were born, came, died and left."""
        found = Counter(kind for day, kind, _person, _act in self.flows if first <= day <= last)
        return {kind: found[kind] for kind in ("born", "came", "died", "left")}
