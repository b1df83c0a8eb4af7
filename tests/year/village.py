"""Who is born, comes, moves, parts, goes and dies; each act by its service and in the paper book."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from covidstation.db.queries.residence import moves_in
from covidstation.domain.residence import Living, Relation
from covidstation.services.households.coming import ArrivalDraft, BirthDraft, record_arrival, record_birth
from covidstation.services.households.ending import end_hamlet
from covidstation.services.households.leaving import (
    DeathDraft,
    DepartureDraft,
    record_death,
    record_departure,
    undo_change,
)
from covidstation.services.households.moving import (
    MoveDraft,
    edit_household,
    move_household,
    move_people,
    settle_person,
)
from tests.year.people_book import House, Somebody, Stand
from tests.year.world import World

RELATIONS = (Relation.SPOUSE, Relation.CHILD, Relation.CHILD, Relation.PARENT, Relation.GRANDCHILD, Relation.UNKNOWN)


def settle(w: World) -> None:
    """Everybody who has lived there all along, house by house."""
    number = 0
    while number < w.plan.people:
        size = min(w.dice.choice((1, 2, 3, 4, 4, 5, 6)), w.plan.people - number)
        hamlet = w.dice.choice(w.hamlets)
        house: UUID | None = None
        for place in range(size):
            house = _all_along(w, hamlet, house, place)
            number += 1


def _all_along(w: World, hamlet: UUID, house: UUID | None, place: int) -> UUID:
    draft = w.new_person((22, 92) if place == 0 else (0, 90))
    living = Living.TEMPORARY if place and w.dice.random() < 0.05 else Living.PERMANENT
    arrival = ArrivalDraft(
        household_id=house, hamlet_id=hamlet, address=f"Nhà {len(w.people.houses) + 1}", person=draft, living=living,
        relation=w.dice.choice(RELATIONS),
    )  # fmt: skip
    found = record_arrival(w.db, arrival, catalog=w.catalog, **w.who).value
    one = w.entered(found.person_id, draft)
    if house is None:
        w.people.houses[found.household_id] = House(found.household_id, hamlet, found.person_id)
    one.stands.append((date.min, Stand(living.value, hamlet, found.household_id), None))
    w.people.houses[found.household_id].people.add(one.id)
    return found.household_id


def _came(w: World, house: UUID | None, hamlet: UUID, day: date, living: Living, known: Somebody | None = None) -> UUID:
    """Somebody comes from outside: new, or one who had gone."""
    draft = w.new_person((1, 70))
    arrival = ArrivalDraft(
        household_id=house, hamlet_id=hamlet, person=draft, person_id=known.id if known else None, living=living,
        relation=w.dice.choice(RELATIONS), day=day, place="Lai Châu",
    )  # fmt: skip
    empty = house is not None and not w.people.living(house)
    found = record_arrival(w.db, arrival, catalog=w.catalog, **w.who).value
    one = known or w.entered(found.person_id, draft)
    if house is None:
        w.people.houses[found.household_id] = House(found.household_id, hamlet, one.id)
    elif empty:
        w.people.houses[house].head = one.id
    if not one.stands:
        one.stands.append((date.min, Stand("NEVER", None, None), None))
    act = w.changes("came", _newest_act(w, one.id))
    w.people.put(act, one.id, day, Stand(living.value, w.people.houses[found.household_id].hamlet, found.household_id),
                 "came")  # fmt: skip
    return found.household_id


def _newest_act(w: World, person: UUID) -> UUID:
    """The act of the person's last change, as the person's page names it."""
    with w.db.read() as session:
        found = moves_in(session, person)[0].act
    assert found is not None
    return found


def arrive(w: World) -> bool:
    """A family, somebody into a house, somebody for some months."""
    day = w.lately()
    if w.dice.random() < 0.4:
        hamlet, house = w.dice.choice(w.hamlets), None
        for _one in range(w.dice.randint(1, 4)):
            house = _came(w, house, hamlet, day, Living.PERMANENT)
        return True
    host = w.somebody()
    if host is None or host.now.house is None:
        return False
    living = Living.TEMPORARY if w.dice.random() < 0.6 else Living.PERMANENT
    home = w.people.houses[host.now.house]
    _came(w, home.id, home.hamlet, day, living)
    return True


def come_back(w: World) -> bool:
    """Somebody who had left."""
    gone = [one for one in w.people.people.values() if one.now.living == "LEFT" and one.died_ill is None]
    host = w.somebody()
    if not gone or host is None or host.now.house is None:
        return False
    one, day = w.dice.choice(gone), w.lately()
    if day < one.stands[-1][0]:
        with w.refused("households.later_change", "households.before_birth"):
            _came(w, host.now.house, w.people.houses[host.now.house].hamlet, day, Living.PERMANENT, one)
        return True
    _came(w, host.now.house, w.people.houses[host.now.house].hamlet, day, Living.PERMANENT, one)
    return True


def birth(w: World) -> bool:
    """A child."""
    host = w.somebody(lambda one: one.now.house)
    if host is None or host.now.house is None:
        return False
    day = w.lately()
    draft = w.new_person(born=day)
    found = record_birth(w.db, BirthDraft(household_id=host.now.house, person=draft), catalog=w.catalog, **w.who).value
    one = w.entered(found, draft)
    one.stands.append((date.min, Stand("NEVER", None, None), None))
    act = w.changes("born", _newest_act(w, one.id))
    home = w.people.houses[host.now.house]
    w.people.put(act, one.id, day, Stand("PERMANENT", home.hamlet, home.id), "born")
    return True


def _gone(w: World, people: list[Somebody], day: date, kind: str) -> bool:
    """They leave, or one of them dies; a house that loses its head says who leads it then."""
    house = people[0].now.house
    ids = [one.id for one in people]
    heirs = w.people.needs_head(house, ids) if house else []
    new_head = w.dice.choice(heirs) if heirs else None
    early = any(day < one.stands[-1][0] for one in people)

    def tell(head: UUID | None) -> UUID:
        if kind == "DIED":
            draft = DeathDraft(person_id=ids[0], day=day, place="tại nhà", new_head=head)
            return record_death(w.db, draft, **w.who).value
        return record_departure(w.db, DepartureDraft(people=tuple(ids), day=day, new_head=head), **w.who).value

    if any(one.id in w.rest["open_cases"] for one in people):
        with w.refused("households.dies_as_f0", "households.leaves_as_f0"):
            tell(new_head)
        return True
    if early:
        with w.refused("households.later_change", "households.before_birth"):
            tell(new_head)
        return True
    if heirs and w.dice.random() < 0.2:
        with w.refused("households.head_missing"):
            tell(None)
    act = w.changes(kind, tell(new_head))
    for one in people:
        w.people.put(act, one.id, day, Stand(kind, one.now.hamlet, None), kind.lower() if kind == "LEFT" else "died")
    if house and new_head:
        w.people.houses[house].head = new_head
    return True


def leave(w: World) -> bool:
    """One of a house, or all of them."""
    one = w.somebody(lambda it: it.now.house)
    if one is None or one.now.house is None:
        return False
    people = w.people.living(one.now.house) if w.dice.random() < 0.2 else [one]
    return _gone(w, people, w.lately(), "LEFT")


def die(w: World) -> bool:
    """Mostly the old."""
    one = w.somebody(lambda it: it.age(w.today) > 55 or w.dice.random() < 0.1)
    return one is not None and _gone(w, [one], w.lately(), "DIED")


def move(w: World) -> bool:
    """To another house, or parting into a new one."""
    one, host = w.somebody(lambda it: it.now.house), w.somebody(lambda it: it.now.house)
    if one is None or host is None or one.now.house is None:
        return False
    some = [it for it in w.people.living(one.now.house) if w.dice.random() < 0.4 and it is not one]
    people, day = [one, *some], w.lately()
    ids = [it.id for it in people]
    heirs = w.people.needs_head(one.now.house, ids)
    new_head = w.dice.choice(heirs) if heirs else None
    target = host.now.house if w.dice.random() < 0.5 else None
    hamlet = w.people.houses[target].hamlet if target else w.dice.choice(w.hamlets)
    draft = MoveDraft(
        people=tuple(ids), household_id=target, hamlet_id=hamlet, address="Nhà mới", head_id=one.id, new_head=new_head,
        day=day,
    )  # fmt: skip
    if target == one.now.house:
        with w.refused("households.there_already"):
            move_people(w.db, draft, **w.who)
        return True
    if any(day < it.stands[-1][0] for it in people):
        with w.refused("households.later_change", "households.before_birth"):
            move_people(w.db, draft, **w.who)
        return True
    made, left = move_people(w.db, draft, **w.who).value, one.now.house
    if target is None:
        w.people.houses[made] = House(made, hamlet, one.id)
    act = w.changes("moved", _newest_act(w, one.id))
    for it in people:
        w.people.put(act, it.id, day, w.stand(it, made))
    if new_head:
        w.people.houses[left].head = new_head
    return True


def move_house(w: World) -> bool:
    """The whole house to another hamlet."""
    one = w.somebody(lambda it: it.now.house)
    if one is None or one.now.house is None:
        return False
    home, hamlet = w.people.houses[one.now.house], w.dice.choice(w.hamlets)
    people = w.people.living(home.id)
    if hamlet == home.hamlet or any(w.today < it.stands[-1][0] for it in people):
        return False
    move_household(w.db, home.id, hamlet, "Khu tái định cư", day=w.today, **w.who)
    act = w.changes("house", _newest_act(w, people[0].id))
    act.places[home.id] = home.hamlet
    home.hamlet = hamlet
    for it in people:
        w.people.put(act, it.id, w.today, Stand(it.now.living, hamlet, home.id))
    act.heads.clear()  # the head went along
    return True


def settle_down(w: World) -> bool:
    """From a time to for good, or the other way."""
    one = w.somebody()
    if one is None or one.stands[-1][0] > w.today:
        return False
    living = Living.PERMANENT if one.now.living == "TEMPORARY" else Living.TEMPORARY
    settle_person(w.db, one.id, living, day=w.today, **w.who)
    act = w.changes("settled", _newest_act(w, one.id))
    w.people.put(act, one.id, w.today, w.stand(one, living=living.value))
    act.heads.clear()
    return True


def undo(w: World) -> bool:
    """Take a late act back; what something came after stays."""
    some = [act for act in w.people.acts[-25:] if act.kind in ("LEFT", "DIED", "moved", "house", "settled", "born")]
    if not some:
        return False
    act = w.dice.choice(some)
    busy = any(one in w.medicines.of_person or one in w.chronic.diseases for one in act.people)
    if act.kind == "born" and busy:
        return False
    if not w.people.may_go_back(act):
        with w.refused("households.undo_later"):
            undo_change(w.db, act.id, **w.who)
        return True
    if act.kind == "house" and any(w.people.houses[one].people - set(act.people) for one in act.places):
        return False  # others live there by now
    undo_change(w.db, act.id, **w.who)
    w.people.take_back(act)
    return True


def merge_hamlets(w: World) -> bool:
    """Once or twice in a story one hamlet becomes a part of another, with all its houses."""
    if len(w.hamlets) < 4 or w.dice.random() < 0.8:
        return False
    old = w.dice.choice(w.hamlets)
    w.hamlets.remove(old)
    into = w.dice.choice(w.hamlets)
    people = [one for one in w.people.people.values() if one.here and one.now.hamlet == old]
    if any(one.stands[-1][0] > w.today for one in people):
        raise AssertionError("a change of tomorrow")
    done = end_hamlet(w.db, old, into, day=w.today, **w.who).value
    assert done.people == len(people), (done, len(people))
    act = w.changes("hamlet", done.act_id)
    for house in w.people.houses.values():
        house.hamlet = into if house.hamlet == old else house.hamlet
    for one in people:
        w.people.put(act, one.id, w.today, Stand(one.now.living, into, one.now.house))
    act.heads.clear()
    return True


def lead(w: World) -> bool:
    """Another head; somebody of another house cannot be it."""
    one, other = w.somebody(lambda it: it.now.house), w.somebody(lambda it: it.now.house)
    if one is None or one.now.house is None or other is None:
        return False
    home = w.people.houses[one.now.house]
    if other.now.house != home.id:
        with w.refused("households.head_not_member"):
            edit_household(w.db, home.id, address="", head_id=other.id, **w.short)
    edit_household(w.db, home.id, address="Nhà bên suối", head_id=one.id, **w.short)
    home.head = one.id
    return True


def wrong(w: World) -> bool:
    """What cannot be: in two houses at once, after a death, before the birth, tomorrow."""
    one, host = w.somebody(lambda it: it.now.house), w.somebody(lambda it: it.now.house)
    dead = [it for it in w.people.people.values() if it.now.living == "DIED"]
    if one is None or host is None or host.now.house is None:
        return False
    home = w.people.houses[host.now.house]
    with w.refused("households.lives_in"):
        _came(w, home.id, home.hamlet, w.today, Living.PERMANENT, one)
    if dead:
        with w.refused("households.died"):
            _came(w, home.id, home.hamlet, w.today, Living.PERMANENT, dead[0])
    for day, code in ((w.today + timedelta(days=1), "households.day_future"), (one.born - timedelta(days=1), "")):
        with w.refused(code or "households.before_birth", "households.dies_as_f0"):
            record_death(w.db, DeathDraft(person_id=one.id, day=day), **w.who)
    return True


ACTS = (
    (3, birth), (4, arrive), (1, come_back), (4, leave), (3, die), (3, move), (1, move_house), (1, settle_down),
    (2, undo), (1, merge_hamlets), (1, lead), (1, wrong),
)  # fmt: skip
