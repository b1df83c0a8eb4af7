"""Some fall ill with COVID-19 and get medicines out of the same store; a review goes from door to door."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from covidstation.db.queries.people import get_person
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.people import PersonDraft
from covidstation.domain.reviews import DoorResult
from covidstation.services.care.medicines import GivingDraft, GivingItem, give, take_back
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.reviews.doors import DoorDraft, record_door, void_door
from covidstation.services.reviews.rounds import ReviewDraft, start_review
from tests.year.world import World


@dataclass
class Knock:
    """One knock at a door."""

    id: UUID
    day: date
    written: int
    result: str


def fall_ill(w: World) -> bool:
    """A positive test; whoever is ill already cannot be so twice."""
    one = w.somebody()
    if one is None or one.born >= w.today - timedelta(days=2):
        return False
    known = get_person(w.db, one.id)
    person = PersonDraft(**{field.name: getattr(known, field.name) for field in fields(PersonDraft)})
    test = PathogenTest(sampled_on=w.today, place="Trạm Y tế")
    draft = F0Draft(person=person, person_id=one.id, episode=EpisodeDraft(report_date=w.today), tests=(test,))
    if one.id in w.rest["open_cases"]:
        with w.refused("episodes.already_open"):
            register_f0(w.db, draft, catalog=w.catalog, **w.short)
        return True
    made = register_f0(w.db, draft, catalog=w.catalog, **w.short).value
    w.rest["open_cases"][one.id] = (made.id, w.today)
    followed = {
        "I10": "hypertension",
        "E1": "diabetes",
        "J44": "chronicPulmonaryDisease",
        "N18": "chronicKidneyDisease",
    }
    codes = [it.code for it in w.chronic.active(one.id)]
    held = get_person(w.db, one.id)
    wanted = {group for start, group in followed.items() if any(code.startswith(start) for code in codes)}
    assert held is not None and wanted <= held.conditions
    return True


def treat(w: World) -> bool:
    """Tablets against fever, out of the store where it keeps them; some givings are taken back."""
    if not w.rest["open_cases"]:
        return False
    person = w.dice.choice(list(w.rest["open_cases"]))
    episode, _since = w.rest["open_cases"][person]
    code = w.dice.choice(("paracetamol500", "oresol"))
    item, units = w.rest["f0"].get(code), w.dice.randint(4, 20)
    draft = GivingDraft(items=(GivingItem(medicine=code, quantity=units, days=3),), reason="theo dõi tại nhà")
    if item is not None and w.store.first_expired(item, units, w.today) is None:
        with w.refused("supplies.not_enough", "supplies.not_enough_expired"):
            give(w.db, episode, draft, catalog=w.catalog, **w.short)
        return True
    act = give(w.db, episode, draft, catalog=w.catalog, **w.short).value
    if item is not None:
        w.store.take(item, units, w.today, act)
    if w.dice.random() < 0.2:
        returned = w.dice.random() < 0.5
        take_back(w.db, act, "dị ứng", returned=returned, **w.short)
        if returned:
            w.store.came_back(act, w.today)
        else:
            w.store.never_went(act)
    return True


def recover(w: World) -> bool:
    """Or die of it, the old rather."""
    old = [one for one, (_id, since) in w.rest["open_cases"].items() if (w.today - since).days >= 8]
    if not old:
        return False
    person = w.dice.choice(old)
    who = w.people.people[person]
    died = w.dice.random() < (0.25 if who.age(w.today) > 60 else 0.02)
    draft = OutcomeDraft(ending=Ending.DIED if died else Ending.RECOVERED, on=w.today, place="nhà", cause="COVID-19")
    later = any(one.day > w.today for one in w.chronic.visits.get(person, ()))
    assert not later
    episode, _since = w.rest["open_cases"].pop(person)
    record_outcome(w.db, episode, draft, catalog=w.catalog, **w.who)
    if died:
        who.died_ill = w.today
        w.people.flows.append((w.today, "died", person, None))
    return True


def begin_review(w: World) -> None:
    """A round over the households, for the whole story."""
    draft = ReviewDraft(title="Rà soát người nguy cơ", first_day=w.today, last_day=w.today + timedelta(days=360))
    w.rest["review"] = start_review(w.db, draft, catalog=w.catalog, **w.who).value
    w.rest["knocks"] = {}


def knock(w: World) -> bool:
    """A door: done, nobody there, refused; once in a while at the wrong one."""
    one = w.somebody(lambda it: it.now.house)
    if one is None or one.now.house is None:
        return False
    house: UUID = one.now.house
    result = w.dice.choice((DoorResult.DONE, DoorResult.DONE, DoorResult.AWAY, DoorResult.REFUSED))
    ticked: dict[UUID, Any] = {one.id: frozenset({"DISABLED"})} if w.dice.random() < 0.2 else {}
    day = w.lately()
    draft = DoorDraft(review_id=w.rest["review"], household_id=house, day=day, result=result, answers=ticked)
    made = record_door(w.db, draft, catalog=w.catalog, **w.who).value
    knocks: list[Knock] = w.rest["knocks"].setdefault(house, [])
    w.chronic.written += 1
    if w.dice.random() < 0.08:
        void_door(w.db, made.visit_id, **w.who)
    else:
        knocks.append(Knock(made.visit_id, day, w.chronic.written, result.value))
    return True


ACTS = ((2, fall_ill), (4, treat), (2, recover), (6, knock))
