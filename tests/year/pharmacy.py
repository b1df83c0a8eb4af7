"""Prescribing, handing out, bringing back: each act by its service, in the book of medicines and in the book of the
store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from covidstation.db.queries.dispensing import prescriptions_of
from covidstation.domain.dispensing import Origin, Place, Receiver
from covidstation.domain.prescriptions import EndReason, HandingDraft, HandingItem, PrescriptionDraft
from covidstation.services.dispensing.handing import hand_out, take_back_handing
from covidstation.services.dispensing.prescribing import change_prescription, end_prescription, prescribe
from covidstation.services.dispensing.returning import bring_back
from tests.year.medicine_book import Supply, Taken
from tests.year.people_book import Somebody
from tests.year.world import World

DOSES = ((100, 1), (100, 2), (50, 1), (50, 2), (150, 1), (200, 1), (50, 3))
"""Hundredths of a tablet at a time, times a day."""


@dataclass(frozen=True)
class Given:
    """One act of handing out; `written` in the order of writing."""

    id: UUID
    person: UUID
    items: tuple[UUID, ...]
    written: int


def _script(w: World, item: UUID, dose: tuple[int, int], start: date, condition: str) -> PrescriptionDraft:
    medicine = w.rest["medicines"][item]
    return PrescriptionDraft(
        medicine=medicine.name, strength=medicine.strength, form=medicine.form, unit=medicine.unit,
        substances=medicine.substances, item_id=item, amount=dose[0], times=dose[1], condition=condition,
        started_on=start,
    )  # fmt: skip


def order(w: World, one: Somebody | None = None) -> bool:
    """Another medicine; a second one of the same substance is asked back."""
    one = one or w.rest["patient"](w)
    if one is None:
        return False
    item = w.dice.choice(list(w.rest["medicines"]))
    dose, start = w.dice.choice(DOSES), max(one.born, w.lately())
    active = w.chronic.active(one.id)
    condition = active[0].code if active and w.dice.random() < 0.7 else ""
    draft, substance = _script(w, item, dose, start, condition), w.rest["medicines"][item].substances[0]
    if substance in [it.substance for it in w.medicines.open(one.id)]:
        with w.refused("dispensing.same_substance"):
            prescribe(w.db, one.id, draft, **w.who)
        return True
    made = prescribe(w.db, one.id, draft, **w.who).value
    w.medicines.add(Taken(made, one.id, item, substance, dose[0] * dose[1], condition, start))
    return True


def _taker(w: World) -> Somebody | None:
    known = w.rest.setdefault("takers", [])
    if len(known) != len(w.medicines.of_person):
        known[:] = w.medicines.of_person
    for _try in range(40):
        one = w.people.people[w.dice.choice(known)] if known else None
        if one is not None and one.here and w.medicines.open(one.id):
            return one
    return None


def _next_taker(w: World) -> Somebody | None:
    """Mostly one who runs out soon, as a due list says; now and then anybody, who comes early."""
    for _try in range(25 if w.dice.random() < 0.85 else 0):
        one = _taker(w)
        if one and min(it.runs_out() for it in w.medicines.open(one.id)) <= w.today + timedelta(days=8):
            return one
    return _taker(w)


def hand(w: World) -> bool:
    """For some days, at the station or at home, to them or a proxy, the station's or brought from elsewhere."""
    one = _next_taker(w)
    if one is None:
        return False
    day = w.lately()
    taken = [it for it in w.medicines.open(one.id) if it.start <= day]
    if not taken:
        return False
    days = w.dice.choice((30, 30, 60, 60, 14, 90))
    counted = w.dice.randint(0, 20) if w.dice.random() < 0.1 else None
    origin = w.dice.choice((*[Origin.STATION] * 9, Origin.UPPER))
    items = [HandingItem(prescription_id=it.id, days=days, counted=counted, origin=origin) for it in taken]
    proxy = w.dice.random() < 0.3
    draft = HandingDraft(
        items=tuple(items), day=day, place=w.dice.choice((Place.STATION, Place.HOME)),
        receiver=Receiver.PROXY if proxy else Receiver.SELF, receiver_name="con gái" if proxy else "",
        facility="Bệnh viện huyện" if origin is Origin.UPPER else "", reason="đường xa, mưa lũ",
    )  # fmt: skip
    codes = [it.code for it in w.chronic.active(one.id)]
    asks = any(w.medicines.asked_back(it, days, counted, codes, day) for it in taken)
    units = {it.id: -(-it.dose * days // 100) for it in taken}
    short = origin is Origin.STATION and _short(w, taken, units, day)
    return _hand(w, one, draft, units, asks, short)


def _short(w: World, taken: list[Taken], units: dict[UUID, int], day: date) -> bool:
    """Each medicine is of another item: what one takes leaves the others as they were."""
    return any(w.store.first_expired(it.item, units[it.id], day) is None for it in taken)


def _hand(w: World, one: Somebody, draft: HandingDraft, units: dict[UUID, int], asks: bool, short: bool) -> bool:
    if asks:
        with w.refused("dispensing.longer", "dispensing.early"):
            hand_out(w.db, one.id, draft, catalog=w.catalog, **w.who)
    if short:
        with w.refused("supplies.not_enough", "supplies.not_enough_expired", "supplies.not_enough_then"):
            hand_out(w.db, one.id, draft, catalog=w.catalog, sure=True, **w.who)
        w.done["short"] += 1
        return True
    act = hand_out(w.db, one.id, draft, catalog=w.catalog, sure=asks, **w.who).value
    for item in draft.items:
        it = w.medicines.taken[item.prescription_id]
        assert draft.day is not None
        it.supplies.append(Supply(act, draft.day, units[it.id], item.counted))
        if item.origin is Origin.STATION:
            w.store.take(it.item, units[it.id], draft.day, (act, it.id))
    w.store.turn += 1
    w.rest["given"].append(Given(act, one.id, tuple(item.prescription_id for item in draft.items), w.store.turn))
    return True


def take_back(w: World) -> bool:
    """A handing-out by mistake, or brought back whole; not when some of it came back since."""
    if not w.rest["given"]:
        return False
    act: Given = w.dice.choice(w.rest["given"][-30:])
    taken = [w.medicines.taken[one] for one in act.items]
    if any(one.ended for one in taken):
        return False
    returned = w.dice.random() < 0.5
    if any(later > act.written for one in taken for later in w.rest["backs"].get((one.person, one.item), ())):
        with w.refused("dispensing.came_back"):
            take_back_handing(w.db, act.id, "nhầm", returned=returned, **w.who)
        return True
    take_back_handing(w.db, act.id, "nhầm", returned=returned, **w.who)
    w.rest["given"].remove(act)
    for one in taken:
        one.supplies = [it for it in one.supplies if it.act != act.id]
        if returned:
            w.store.came_back((act.id, one.id), w.today)
        else:
            w.store.never_went((act.id, one.id))
    with w.refused("dispensing.taken_back"):
        take_back_handing(w.db, act.id, "nhầm", **w.who)
    return True


def bring(w: World) -> bool:
    """Unused tablets come back, into the lots that they were taken from."""
    one = _taker(w)
    if one is None:
        return False
    it = w.dice.choice(w.medicines.open(one.id))
    if it.given() < 2:
        return False
    with w.refused("dispensing.more_than_given"):
        bring_back(w.db, it.id, it.given() + 1, "đổi thuốc", **w.who)
    units, store = w.dice.randint(1, min(it.given(), 20)), w.dice.random() < 0.8
    back = bring_back(w.db, it.id, units, "đổi thuốc", into_store=store, **w.who).value
    it.supplies.append(Supply(back, w.today, -units))
    w.store.turn += 1
    w.rest["backs"].setdefault((it.person, it.item), []).append(w.store.turn)
    if store:
        _into_lots(w, it, back, units)
    return True


def _into_lots(w: World, it: Taken, back: UUID, units: int) -> None:
    """The last lot first, and into none more than came out of it for that person."""
    same = {one.id for one in w.medicines.of_person[it.person] if one.item == it.item}
    out: dict[UUID, int] = {}
    moves = [(move.turn, lot.id, move) for lot in w.store.of_item[it.item] for move in lot.moves]
    for _turn, lot, move in sorted(moves, reverse=True, key=lambda one: one[0]):
        if isinstance(move.whom, tuple) and move.whom[1] in same:
            out[lot] = out.get(lot, 0) + (move.units if move.kind == "ISSUE" else -move.units)
    for lot, went in out.items():
        part = min(went, units)
        if part > 0:
            w.store.write(lot, w.today, "RETURN", part, (back, it.id))
            units -= part


def change(w: World) -> bool:
    """Another dose from today on: what is left at home goes on counting."""
    one = _taker(w)
    if one is None:
        return False
    it, dose = w.dice.choice(w.medicines.open(one.id)), w.dice.choice(DOSES)
    if any(supply.day >= w.today for supply in it.supplies):
        return False
    draft = _script(w, it.item, dose, w.today, it.condition)
    made = change_prescription(w.db, it.id, draft, **w.who).value
    it.ended = w.today
    new = Taken(made, it.person, it.item, it.substance, dose[0] * dose[1], it.condition, w.today)
    left = it.box(w.today) // 100
    if left:
        new.supplies.append(Supply(None, w.today, 0, left))
    w.medicines.add(new)
    found = next(they for they in prescriptions_of(w.db, one.id) if they.id == made)
    assert found.runs_out_on == new.runs_out(), (it, new, found)
    return True


def end(w: World) -> bool:
    """No longer taken."""
    one = _taker(w)
    if one is None:
        return False
    it = w.dice.choice(w.medicines.open(one.id))
    day = max(it.start, w.lately())
    end_prescription(w.db, it.id, day, EndReason.STOPPED, **w.short)
    it.ended = day
    with w.refused("dispensing.ended"):
        end_prescription(w.db, it.id, day, EndReason.STOPPED, **w.short)
    return True


def wrong(w: World) -> bool:
    """To the dead; before the medicine began; tomorrow; nothing at all."""
    one, dead = _taker(w), [it for it in w.medicines.of_person if _died(w, it)]
    if one is None:
        return False
    it = w.medicines.open(one.id)[0]
    item = HandingItem(prescription_id=it.id, days=30)
    for day, code in ((w.today + timedelta(days=1), "care.day_future"), (it.start - timedelta(days=1), "")):
        with w.refused(code or "dispensing.before_start", "dispensing.before_birth"):
            draft = HandingDraft(items=(item,), day=day, reason="vì")
            hand_out(w.db, one.id, draft, catalog=w.catalog, sure=True, **w.who)
    with w.refused("dispensing.nothing"):
        hand_out(w.db, one.id, HandingDraft(items=(), day=w.today), catalog=w.catalog, sure=True, **w.who)
    if dead:
        item = HandingItem(prescription_id=w.medicines.of_person[dead[0]][0].id, days=30)
        with w.refused("dispensing.died"):
            hand_out(w.db, dead[0], HandingDraft(items=(item,), day=w.today), catalog=w.catalog, sure=True, **w.who)
    return True


def _died(w: World, person: UUID) -> bool:
    one = w.people.people[person]
    return one.now.living == "DIED" or one.died_ill is not None


ACTS = ((6, order), (30, hand), (2, take_back), (3, bring), (3, change), (1, end), (1, wrong))
