"""Elders and people with a chronic disease for the training commune: visits, medicines, a review that runs.

The same for the same seed. Some are overdue, some are not within their targets, some run out of medicines this week,
one was sent to the hospital, one has not been seen for long: every page has something to practise with at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of
from covidstation.db.queries.residence import lives_here
from covidstation.db.queries.reviews import DoorLine, doors
from covidstation.db.queries.supply_books import item_of
from covidstation.db.rows import PersonRow, SupplyItemRow
from covidstation.db.session import Database
from covidstation.domain.chronic import ConditionDraft
from covidstation.domain.chronic_visits import (
    Ability,
    Adherence,
    ChronicVisitDraft,
    ElderCheck,
    Habit,
    VisitPlace,
)
from covidstation.domain.dates import PartialDate, age_on
from covidstation.domain.dispensing import Origin, Place, Receiver
from covidstation.domain.prescriptions import HandingDraft, HandingItem, PrescriptionDraft
from covidstation.domain.reviews import DoorResult
from covidstation.domain.rights import Right
from covidstation.domain.supplies import ItemDraft
from covidstation.domain.terms import Answer
from covidstation.services.chronic.calls import ChronicCall, Reply, log_chronic_call
from covidstation.services.chronic.conditions import add_condition_in
from covidstation.services.chronic.visits import elder_age, record_chronic_visit_in
from covidstation.services.dispensing.handing import hand_out_in, rule_in
from covidstation.services.dispensing.prescribing import prescribe_in
from covidstation.services.reviews.doors import DoorDraft, record_door
from covidstation.services.reviews.rounds import ReviewDraft, start_review
from covidstation.services.rights import needs
from covidstation.services.training.care import NURSE

CODES: Final[Mapping[str, str]] = {
    "hypertension": "I10",
    "diabetes": "E11",
    "chronicPulmonaryDisease": "J44",
    "asthma": "J45",
    "cardiovascularDisease": "I25",
    "cerebrovascularDisease": "I69",
    "chronicKidneyDisease": "N18",
}
"""The underlying diseases of the commune's people, as the register names them."""
MEDICINES: Final[Mapping[str, tuple[tuple[str, int, int], ...]]] = {
    "I10": (("Amlodipin", 100, 1), ("Enalapril", 100, 1)),
    "E11": (("Metformin", 100, 2), ("Gliclazid", 100, 1)),
    "I25": (("Enalapril", 50, 2),),
}
"""By disease: the item of the store, hundredths at a time, times a day."""
GROWN: Final = 30  # years
OLD: Final = 60
MOST_FOLLOWED: Final = 36  # enough to practise with, however large the commune
MOST_RARE: Final = 18  # of them with more than high blood pressure
UNCONTROLLED: Final = 0.4
MOST_MEDICINES: Final = 24
ELDERS_CHECKED: Final = 5
CALLED: Final = 2
DOORS: Final = 10
NEXT_IN: Final = (-40, -12, -5, -1, 0, 2, 5, 9, 16, 20, 24, 28)
"""In how many days the next visit is: a third has passed it, a quarter is due this week."""
ENDS_IN: Final = (-6, -1, 1, 3, 5, 6, 12, 20, 31, 38, 45, 52)
"""In how many days the medicines end: some have none any more, a third runs out this week."""
LONG_AWAY: Final = 210  # days
DRAWN: Final = 6  # with visits enough for a picture


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody who is to be followed, for these codes."""

    id: UUID
    birth: PartialDate
    codes: tuple[str, ...]


@needs(Right.MANAGE)
def seed_chronic(db: Database, *, seed: int, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """Write the chronic register, its medicines and a review into a training register that has its store."""
    random = Random(f"chronic {seed}")
    with db.write(by, now) as session:
        patients = _patients(session, random, now.date())
        for place, one in enumerate(patients):
            _follow(session, random, one, place, catalog, now)
        items = {row.name: row for row in session.scalars(select(SupplyItemRow).order_by(SupplyItemRow.n.desc()))}
        taking = [one for one in patients if any(code in MEDICINES for code in one.codes)]
        for place, one in enumerate(taking[:MOST_MEDICINES]):
            _medicines(session, one, place, items, catalog, now)
        for elder in _elders(session, {one.id for one in patients}, catalog, now.date()):
            _check_elder(session, random, elder, catalog, now)
    _calls(db, patients, catalog=catalog, by=by, now=now)
    _review(db, random, catalog=catalog, by=by, now=now)


def _patients(session: Session, random: Random, today: date) -> list[Patient]:
    """Grown people of the commune who have such a disease, by chance."""
    columns = (PersonRow.id, PersonRow.conditions, PersonRow.birth_year, PersonRow.birth_month, PersonRow.birth_day)
    found = []
    for row in session.execute(select(*columns).where(lives_here()).order_by(PersonRow.n)):
        codes = tuple(CODES[one] for one in CODES if one in row.conditions)
        birth = PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None
        if codes and birth is not None and age_on(birth, today) >= GROWN:
            found.append(Patient(row.id, birth, codes))
    random.shuffle(found)
    rare = [one for one in found if one.codes != ("I10",)][:MOST_RARE]
    chosen = [*rare, *(one for one in found if one not in rare)][:MOST_FOLLOWED]
    random.shuffle(chosen)
    return chosen


def _follow(session: Session, random: Random, one: Patient, place: int, catalog: Catalog, now: datetime) -> None:
    """The diseases, and some visits a month apart up to the one whose next day tells how late they are."""
    today = now.date()
    since = today - timedelta(days=random.randint(240, 900))
    for code in one.codes:
        draft = ConditionDraft(code=code, registered_on=since)
        add_condition_in(session, one.id, draft, catalog=catalog, by_name=NURSE, now=now)
    for visit in _visits(random, one, place, today):
        record_chronic_visit_in(session, visit, catalog=catalog, by_name=NURSE, now=now, sure=True)


def _visits(random: Random, one: Patient, place: int, today: date) -> Iterator[ChronicVisitDraft]:
    """Oldest first; some are not within the targets; one was sent on, one was not seen for long."""
    next_on = today + timedelta(days=NEXT_IN[place % len(NEXT_IN)])
    last = next_on - timedelta(days=30)
    if place == 0:
        last, next_on = today - timedelta(days=LONG_AWAY), today - timedelta(days=LONG_AWAY - 30)
    weight = random.randint(420, 680)
    for back in (3, 2, 1, 0) if place < DRAWN else (1, 0):
        high = place == 1 or random.random() < UNCONTROLLED
        sent = place == 1 and not back
        yield ChronicVisitDraft(
            person_id=one.id,
            day=last - timedelta(days=30 * back),
            place=VisitPlace.HOME if place % 5 == 4 else VisitPlace.STATION,
            **_measured(random, one.codes, high),
            weight=weight + random.randint(-8, 8),
            adherence=Adherence.PARTLY if high else Adherence.GOOD,
            smoking=Habit.NO,
            next_on=next_on - timedelta(days=30 * back),
            referred_to="Bệnh viện đa khoa" if sent else "",
            referred_reason="Huyết áp cao dai dẳng" if sent else "",
        )


def _measured(random: Random, codes: Sequence[str], high: bool) -> dict[str, Any]:
    found = {
        "systolic": random.randint(146, 172) if high else random.randint(112, 137),
        "diastolic": random.randint(90, 98) if high else random.randint(66, 86),
        "pulse": random.randint(64, 88),
    }
    if "E11" in codes:
        found["glucose"] = random.randint(780, 1150) if high else random.randint(520, 700)
    return found


def _medicines(
    session: Session,
    one: Patient,
    place: int,
    items: Mapping[str, SupplyItemRow],
    catalog: Catalog,
    now: datetime,
) -> None:
    """What they take, handed out so long ago that it ends on its day; every fifth has it from the hospital."""
    today = now.date()
    code = next(code for code in one.codes if code in MEDICINES)
    name, amount, times = MEDICINES[code][place % len(MEDICINES[code])]
    row = items.get(name)
    if row is None:
        return
    days = rule_in(session, catalog, today).usual(one.codes)
    left = min(ENDS_IN[place % len(ENDS_IN)], days - 1)  # where a rule allows fewer days, handed out yesterday
    day = today + timedelta(days=left - days)
    made = prescribe_in(
        session, one.id, _script(item_of(row), row.id, amount, times, code, day), by_name=NURSE, now=now
    )
    session.flush()
    hospital = place % 5 == 3
    item = HandingItem(prescription_id=made.id, days=days, origin=Origin.UPPER if hospital else Origin.STATION)
    proxy = place % 4 == 2
    draft = HandingDraft(
        items=(item,),
        day=day,
        place=Place.HOME if place % 2 else Place.STATION,
        receiver=Receiver.PROXY if proxy else Receiver.SELF,
        receiver_name="con gái" if proxy else "",
        facility="Bệnh viện đa khoa" if hospital else "",
        reason="cấp hai tháng",
    )
    hand_out_in(session, one.id, draft, catalog=catalog, by_name=NURSE, now=now, sure=True)


def _script(item: ItemDraft, item_id: UUID, amount: int, times: int, code: str, day: date) -> PrescriptionDraft:
    return PrescriptionDraft(
        medicine=item.name,
        strength=item.strength,
        form=item.form,
        unit=item.unit,
        substances=item.substances,
        atc=item.atc,
        item_id=item_id,
        amount=amount,
        times=times,
        condition=code,
        started_on=day,
        instruction="uống buổi sáng" if times == 1 else "uống sáng, tối sau ăn",
    )


def _elders(session: Session, others: set[UUID], catalog: Catalog, today: date) -> list[UUID]:
    """The oldest who are followed for nothing."""
    age = elder_age(session, catalog, today)
    query = select(PersonRow).where(lives_here(), PersonRow.birth_year.is_not(None)).order_by(PersonRow.birth_year)
    found = []
    for row in session.scalars(query.limit(MOST_FOLLOWED + 3 * ELDERS_CHECKED)):
        birth = birth_of(row)
        if birth is not None and row.id not in others and age_on(birth, today) > age:
            found.append(row.id)
    return found[:ELDERS_CHECKED]


def _check_elder(session: Session, random: Random, elder: UUID, catalog: Catalog, now: datetime) -> None:
    """This year's check; the frail are to be visited at home."""
    day = max(date(now.year, 1, 1), now.date() - timedelta(days=random.randint(3, 40)))
    frail = random.random() < 0.6
    check = ElderCheck(
        vision=random.choice((Ability.GOOD, Ability.WEAK)),
        hearing=random.choice((Ability.GOOD, Ability.WEAK)),
        walking=Ability.WEAK if frail else Ability.GOOD,
        memory=Ability.GOOD,
        alone=Answer.NO,
        frail=Answer.YES if frail else Answer.NO,
        home_on=day + timedelta(days=30) if frail else None,
    )
    draft = ChronicVisitDraft(
        person_id=elder, day=day, yearly=True, elder=check, systolic=random.randint(118, 136), diastolic=78, pulse=74
    )
    record_chronic_visit_in(session, draft, catalog=catalog, by_name=NURSE, now=now, sure=True)


def _calls(db: Database, patients: Sequence[Patient], *, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """Two of the overdue were called: one agreed on a day, one is to be called again."""
    replies = (Reply.AGREED, Reply.LATER)
    for one, reply in zip(patients[2 : 2 + CALLED], replies, strict=False):
        draft = ChronicCall(person_id=one.id, reply=reply, on=now.date() + timedelta(days=2))
        log_chronic_call(db, draft, catalog=catalog, by=by, by_name=NURSE, now=now)


def _review(db: Database, random: Random, *, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """A round that began last week: some doors of the first hamlet are written down."""
    today = now.date()
    first = today - timedelta(days=6)
    draft = ReviewDraft(title="Rà soát người nguy cơ cao", first_day=first, last_day=today + timedelta(days=14))
    review = start_review(db, draft, catalog=catalog, by=by, by_name=NURSE, now=now).value
    for place, door in enumerate(doors(db, review)[:DOORS]):
        result = (DoorResult.DONE, DoorResult.DONE, DoorResult.DONE, DoorResult.AWAY)[place % 4]
        answers = _answers(db, door, place, today) if result is DoorResult.DONE else {}
        said = DoorDraft(
            review_id=review,
            household_id=door.household_id,
            day=first + timedelta(days=random.randint(0, 6)),
            result=result,
            answers=answers,
        )
        record_door(db, said, catalog=catalog, by=by, by_name=NURSE, now=now)


def _answers(db: Database, door: DoorLine, place: int, today: date) -> dict[UUID, frozenset[str]]:
    """Behind every fourth door somebody needs looking after: an elder who cannot travel, else somebody disabled."""
    if place % 4:
        return {}
    query = select(PersonRow).where(PersonRow.household_id == door.household_id, lives_here())
    with db.read() as session:
        oldest = session.scalars(query.order_by(PersonRow.birth_year, PersonRow.n).limit(1)).first()
        if oldest is None:
            return {}
        birth = birth_of(oldest)
        old = birth is not None and age_on(birth, today) >= OLD
        return {oldest.id: frozenset({"NO_TRAVEL" if old else "DISABLED"})}
