"""Diseases, visits, calls, medicines: each act by its service and in the paper book."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from covidstation.domain.chronic import ConditionDraft, OwnTargets, RemovedReason
from covidstation.domain.chronic_visits import ChronicVisitDraft, ElderCheck
from covidstation.domain.glucose import GlucoseKind
from covidstation.errors import Refused
from covidstation.services.chronic.calls import ChronicCall, Reply, log_chronic_call
from covidstation.services.chronic.conditions import add_condition, follow_again, remove_condition
from covidstation.services.chronic.visits import record_chronic_visit, void_chronic_visit
from tests.year.chronic_book import Call, Disease, Seen
from tests.year.people_book import Somebody
from tests.year.world import World

CODES = ("I10", "I10", "I10", "E11.9", "E11.9", "J44", "I25", "N18.3", "E10")


def follow(w: World, one: Somebody | None = None) -> bool:
    """Another disease; the same one twice is refused."""
    one = one or w.somebody(lambda it: it.age(w.today) > 35, 200)
    if one is None:
        return False
    code, since = w.dice.choice(CODES), max(one.born, w.today - timedelta(days=w.dice.randint(0, 500)))
    own = w.dice.choice((OwnTargets(), OwnTargets(), OwnTargets(), OwnTargets(systolic=150, diastolic=90),
                         OwnTargets(fasting=800, hba1c=80)))  # fmt: skip
    draft = ConditionDraft(code=code, registered_on=since, targets=own)
    if code in [it.code for it in w.chronic.active(one.id)]:
        with w.refused("chronic.code_again"):
            add_condition(w.db, one.id, draft, catalog=w.catalog, **w.who)
        return True
    made = add_condition(w.db, one.id, draft, catalog=w.catalog, **w.who).value
    told = {name: getattr(own, name) for name in ("systolic", "diastolic", "fasting", "hba1c")}
    line = Disease(made.id, one.id, code, since, own={name: value for name, value in told.items() if value})
    w.chronic.diseases.setdefault(one.id, []).append(line)
    return True


def patient(w: World) -> Somebody | None:
    known = w.rest.setdefault("patients", [])
    if len(known) != len(w.chronic.diseases):
        known[:] = w.chronic.diseases
    for _try in range(40):
        one = w.people.people[w.dice.choice(known)] if known else None
        if one is not None and one.here and w.chronic.active(one.id):
            return one
    return None


def _measured(w: World) -> dict[str, Any]:
    """What the nurse reads off: now and then nothing, a glucose after a meal or at any time."""
    found: dict[str, Any] = {}
    if w.dice.random() < 0.85:
        found |= {"systolic": w.dice.randint(11, 17) * 10 - 2, "diastolic": w.dice.randint(65, 98)}
    if w.dice.random() < 0.5:
        kind = w.dice.choice(("FASTING", "FASTING", "TWO_HOURS", "RANDOM"))
        found |= {"glucose": w.dice.randint(420, 1300), "glucose_kind": kind}
    if w.dice.random() < 0.2 or not found:
        found["hba1c"] = w.dice.randint(55, 95)
    return found


def _draft(w: World, person: UUID, day: date, measured: dict[str, Any], voids: UUID | None) -> ChronicVisitDraft:
    one = w.people.people[person]
    yearly = one.age(w.today) >= 61 and w.dice.random() < 0.2
    elder = ElderCheck(
        home_on=day + timedelta(days=w.dice.randint(5, 60)) if yearly and w.dice.random() < 0.5 else None
    )
    next_on = day + timedelta(days=w.dice.choice((14, 28, 30, 30, 60))) if w.dice.random() < 0.93 else None
    kind = GlucoseKind(measured["glucose_kind"]) if "glucose" in measured else GlucoseKind.FASTING
    values = {name: value for name, value in measured.items() if name != "glucose_kind"}
    return ChronicVisitDraft(
        person_id=person, day=day, next_on=next_on, yearly=yearly, elder=elder, voids=voids, glucose_kind=kind, **values
    )


def _keep(w: World, draft: ChronicVisitDraft, measured: dict[str, Any]) -> None:
    result = w.chronic.judge(draft.person_id, draft.day, measured, draft.voids)
    made = record_chronic_visit(w.db, draft, catalog=w.catalog, sure=True, **w.who).value
    assert made.result.value == result, (draft, result, made.sentence)
    if draft.voids is not None:
        _strike(w, draft.person_id, draft.voids)
    w.chronic.written += 1
    seen = Seen(
        made.id, draft.person_id, draft.day, w.chronic.written, measured, result, draft.next_on, draft.elder.home_on,
        draft.yearly,
    )  # fmt: skip
    w.chronic.visits.setdefault(draft.person_id, []).append(seen)


def _strike(w: World, person: UUID, visit: UUID) -> None:
    w.chronic.visits[person] = [one for one in w.chronic.visits[person] if one.id != visit]


def visit(w: World) -> bool:
    """One of the followed, or an elder for the yearly check."""
    one = patient(w) if w.dice.random() < 0.9 else w.somebody(lambda it: it.age(w.today) >= 61, 200)
    if one is None:
        return False
    day, measured = w.lately(), _measured(w)
    if day < one.born:
        return False
    _keep(w, _draft(w, one.id, day, measured, None), measured)
    return True


def correct_visit(w: World) -> bool:
    """Another reading in the place of one that was wrong, or none."""
    one = patient(w)
    seen = w.chronic.newest(one.id) if one else None
    if one is None or seen is None:
        return False
    if w.dice.random() < 0.4:
        void_chronic_visit(w.db, seen.id, "nhầm người", **w.who)
        _strike(w, one.id, seen.id)
        return True
    measured = _measured(w)
    _keep(w, _draft(w, one.id, seen.day, measured, seen.id), measured)
    return True


def call(w: World) -> bool:
    """On the phone: a day, later, nobody there, or no longer."""
    one = patient(w)
    if one is None:
        return False
    reply = w.dice.choice((Reply.AGREED, Reply.AGREED, Reply.LATER, Reply.NO_ANSWER, Reply.WRONG_NUMBER, Reply.PRIVATE,
                           Reply.REFUSED, Reply.LEFT))  # fmt: skip
    on = w.today + timedelta(days=w.dice.randint(0, 12)) if reply in (Reply.AGREED, Reply.LATER) else None
    if on is not None and w.dice.random() < 0.1:
        with w.refused("chronic.call_past"):
            past = ChronicCall(person_id=one.id, reply=reply, on=w.today - timedelta(days=1))
            log_chronic_call(w.db, past, catalog=w.catalog, **w.who)
    log_chronic_call(w.db, ChronicCall(person_id=one.id, reply=reply, on=on), catalog=w.catalog, **w.who)
    w.chronic.written += 1
    ends = reply in (Reply.PRIVATE, Reply.REFUSED, Reply.LEFT)
    w.chronic.calls.setdefault(one.id, []).append(Call(w.today, w.chronic.written, on, ends))
    if ends:
        for line in w.chronic.active(one.id):
            line.removed = w.today
    return True


def remove(w: World) -> bool:
    """No longer followed; also of those who have died or left, weeks later."""
    gone = [one for one in w.chronic.diseases if not w.people.people[one].here and w.chronic.active(one)]
    if gone and w.dice.random() < 0.5:
        person = w.dice.choice(gone)
    elif (one := patient(w)) is not None:
        person = one.id
    else:
        return False
    line = w.dice.choice(w.chronic.active(person))
    if line.since >= w.today:
        return False
    reason = w.dice.choice((RemovedReason.DIED, RemovedReason.LEFT, RemovedReason.PRIVATE))
    remove_condition(w.db, line.id, reason, "", catalog=w.catalog, **w.short)
    line.removed = w.today
    return True


def again(w: World) -> bool:
    """Taken off by mistake this morning, and followed again."""
    some = [one for lines in w.chronic.diseases.values() for one in lines if one.removed == w.today]
    some = [one for one in some if w.people.people[one.person].here]
    if not some:
        return False
    line = w.dice.choice(some)
    if line.code in [it.code for it in w.chronic.active(line.person)]:
        with w.refused("chronic.followed_already"):
            follow_again(w.db, line.id, catalog=w.catalog, **w.who)
        return True
    follow_again(w.db, line.id, catalog=w.catalog, **w.who)
    line.removed = None
    return True


def wrong(w: World) -> bool:
    """1200/80, a pressure upside down, mg in the place of mmol, tomorrow, before the birth, after the death."""
    one = patient(w)
    if one is None:
        return False
    bad: list[tuple[dict[str, Any], str]] = [
        ({"systolic": 1200, "diastolic": 80}, "rounds.systolic_impossible"),
        ({"systolic": 80, "diastolic": 120}, "rounds.pressure_turned"),
        ({"glucose": 12600}, "chronic.glucose_unit"),
        ({"systolic": 130, "diastolic": 80, "day": w.today + timedelta(days=1)}, "chronic.visit_future"),
        ({"systolic": 130, "diastolic": 80, "day": one.born - timedelta(days=1)}, "chronic.visit_before_birth"),
    ]
    for values, code in bad:
        draft = ChronicVisitDraft(**{"person_id": one.id, "day": w.today, "next_on": w.today + timedelta(30), **values})
        with w.refused(code):
            record_chronic_visit(w.db, draft, catalog=w.catalog, sure=True, **w.who)
    dead = [it for it in w.chronic.diseases if w.people.people[it].now.living == "DIED"]
    if dead and w.people.people[dead[0]].stands[-1][0] < w.today:
        with w.refused("chronic.visit_after_death"):
            draft = ChronicVisitDraft(person_id=dead[0], day=w.today, systolic=130, diastolic=80)
            record_chronic_visit(w.db, draft, catalog=w.catalog, sure=True, **w.who)
    asked = ChronicVisitDraft(person_id=one.id, day=w.today, glucose=45, next_on=w.today + timedelta(30))
    try:
        record_chronic_visit(w.db, asked, catalog=w.catalog, **w.who)
    except Refused:
        return True
    raise AssertionError("0.45 mmol/L was taken without a question")


ACTS = ((4, follow), (22, visit), (2, correct_visit), (6, call), (2, remove), (1, again), (1, wrong))
