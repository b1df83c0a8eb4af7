"""The cohort of a quarter against a slow count of the same rows."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.chronic_figures import cohort_figures, quarter_of
from covidstation.db.rows import ChronicConditionRow, ChronicVisitRow, HamletRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.chronic import RemovedReason
from covidstation.services.chronic.conditions import add_condition, follow_again, remove_condition
from covidstation.services.chronic.visits import record_chronic_visit
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.households.moving import MoveDraft, move_people
from covidstation.services.privacy.dossiers import dossiers_in
from tests.services.chronic.test_chronic import ACT, I10, OLD, come, visit
from tests.services.outbreak import WHO
from tests.services.samples import NOW, TODAY, catalog, neighbour

LOST = 183


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2022, 3, 10), date(2022, 1, 1), date(2022, 3, 31)),
        (date(2022, 6, 30), date(2022, 4, 1), date(2022, 6, 30)),
        (date(2021, 12, 31), date(2021, 10, 1), date(2021, 12, 31)),
    ],
)
def test_quarters(day: date, first: date, last: date) -> None:
    assert quarter_of(day) == (first, last)


def commune(db: Database) -> None:
    """Sixty people in three hamlets and none, with all that can happen to them."""
    luck = Random(5)
    with db.write(None, NOW) as session:
        hamlets = [HamletRow(id=new_id(), name=f"Bản {name}", kind="bản") for name in "ABC"]
        session.add_all(hamlets)
        for number in range(60):
            person = PersonRow(id=new_id(), full_name=f"Người {number}", sex="FEMALE")
            person.hamlet_id = luck.choice([*(one.id for one in hamlets), None])
            session.add(person)
            for code in luck.sample(["I10", "E11.9", "J44"], luck.randrange(3)):
                row = ChronicConditionRow(id=new_id(), person_id=person.id, code=code, status="ACTIVE")
                row.registered_on = TODAY - timedelta(days=luck.randrange(700))
                if luck.random() < 0.3:
                    row.status = "REMOVED"
                    row.removed_on = row.registered_on + timedelta(days=luck.randrange(300))
                session.add(row)
            before = None
            for _number in range(luck.randrange(5)):
                day = TODAY - timedelta(days=luck.randrange(600))
                result = luck.choice(["CONTROLLED", "NOT", "UNKNOWN"])
                seen = ChronicVisitRow(id=new_id(), person_id=person.id, day=day, place="STATION", result=result)
                seen.voids, before = (before, None) if luck.random() < 0.2 else (None, seen.id)
                session.add(seen)


def counted(db: Database, end: date, first: date, code: str) -> dict[str, Counter[str]]:
    """The same, person by person."""
    with db.read() as session:
        people = {one.id: one for one in session.scalars(select(PersonRow))}
        names = {one.id: one.name for one in session.scalars(select(HamletRow))}
        conditions = [one for one in session.scalars(select(ChronicConditionRow)) if one.code.startswith(code)]
        visits = list(session.scalars(select(ChronicVisitRow)))
    undone = {one.voids for one in visits}
    found: dict[str, Counter[str]] = {}
    for person in people.values():
        mine = [one for one in conditions if one.person_id == person.id and one.registered_on <= end]
        on = [one for one in mine if one.removed_on is None or one.removed_on > end]
        off = [one for one in mine if one.removed_on is not None and first <= one.removed_on <= end]
        counts = found.setdefault(names.get(person.hamlet_id, ""), Counter())
        if not on:
            counts["removed"] += bool(off)
            continue
        counts["under_care"] += 1
        seen = [one for one in visits if one.person_id == person.id and one.id not in undone and one.day <= end]
        last = max(seen, key=lambda one: (one.day, one.made), default=None)
        words = {"CONTROLLED": "controlled", "NOT": "uncontrolled", "UNKNOWN": "unknown"}
        since = min(one.registered_on for one in on)
        long_ago = (end - (last.day if last else since)).days > LOST
        told = "unknown" if long_ago or last is None else words[last.result]
        counts["lost" if long_ago and (end - since).days > LOST else told] += 1
    return {name: counts for name, counts in found.items() if any(counts.values())}


@pytest.mark.parametrize("quarter", [TODAY, date(2021, 11, 5), date(2021, 2, 1)])
@pytest.mark.parametrize("code", ["", "I10", "E11"])
def test_figures_are_those_of_a_slow_count(db: Database, quarter: date, code: str) -> None:
    commune(db)
    figures = cohort_figures(db, quarter, today=TODAY, lost_days=LOST, code=code)
    names = ("under_care", "controlled", "uncontrolled", "unknown", "lost", "removed")
    slow = counted(db, figures.last, figures.first, code)
    fast = {one.hamlet: Counter({name: getattr(one, name) for name in names}) for one in figures.hamlets}
    assert {name: +one for name, one in fast.items()} == {name: +one for name, one in slow.items()}
    total = sum(slow.values(), Counter())
    assert {name: getattr(figures.whole, name) for name in names} == {name: total[name] for name in names}
    assert figures.whole.whole
    assert total["under_care"] == sum(total[name] for name in names[1:5])


def test_who_died_or_left_is_under_care_until_that_day(db: Database) -> None:
    stays, dead, gone = (come(db, number) for number in (1, 2, 3))
    for who in (stays, dead, gone):
        add_condition(db, who, I10, **ACT)
    record_death(db, DeathDraft(person_id=dead, day=date(2022, 1, 20)), now=NOW, **WHO)
    record_departure(db, DepartureDraft(people=(gone,), day=date(2021, 12, 20)), now=NOW, **WHO)
    quarters = [date(2021, 9, 1), date(2021, 12, 1), TODAY]
    wholes = [cohort_figures(db, one, today=TODAY, lost_days=9999).whole for one in quarters]
    assert [(one.under_care, one.removed) for one in wholes] == [(3, 0), (2, 1), (1, 1)]
    with db.read() as session:  # a record is kept open for those alone whom a list still shows
        assert {one.person_id for one in dossiers_in(session) if one.open} == {stays}


def test_a_move_or_a_late_word_leaves_the_quarters_before_it_as_they_were(db: Database) -> None:
    """Who moved is counted where they lived then; who died goes once; who had not come yet is nobody's."""
    moves, dead, comes = (come(db, number) for number in (1, 2, 3))
    conditions = [add_condition(db, who, I10, **ACT).value for who in (moves, dead)]
    record_death(db, DeathDraft(person_id=dead, day=date(2021, 11, 20)), now=NOW, **WHO)
    with db.read() as session:
        new = session.scalars(select(PersonRow.hamlet_id).where(PersonRow.id == comes)).one()
    move = MoveDraft(people=(moves,), hamlet_id=new, address="Nhà mới", day=date(2022, 2, 1))
    move_people(db, move, now=NOW, **WHO)
    remove_condition(db, conditions[1].id, RemovedReason.DIED, "", catalog=catalog(), by=None, now=NOW)
    draft = replace(neighbour(4), household_id=None, citizen_number="", birth=OLD)
    came = ArrivalDraft(hamlet_id=new, person=draft, day=date(2022, 3, 1))
    late = record_arrival(db, came, catalog=catalog(), now=NOW, **WHO).value.person_id
    add_condition(db, late, I10, **ACT)

    def told(quarter: date) -> dict[str, tuple[int, int]]:
        figures = cohort_figures(db, quarter, today=TODAY, lost_days=9999)
        return {one.hamlet: (one.under_care, one.removed) for one in figures.hamlets}

    first, second, third = "bản số 1", "bản số 2", "bản số 3"
    autumn, winter = told(date(2021, 12, 1)), told(TODAY)
    assert {_named(name): pair for name, pair in autumn.items()} == {first: (1, 0), second: (0, 1)}
    assert {_named(name): pair for name, pair in winter.items()} == {third: (2, 0)}


def test_who_is_followed_again_is_not_lost_and_was_not_followed_in_between(db: Database) -> None:
    who = come(db, 1)
    line = add_condition(db, who, I10, **ACT).value
    record_chronic_visit(db, visit(who, date(2021, 1, 5), next_on=None), sure=True, **ACT)
    away, back = datetime(2021, 8, 3, 8, tzinfo=NOW.tzinfo), NOW
    remove_condition(db, line.id, RemovedReason.PRIVATE, "", catalog=catalog(), by=None, now=away)
    days = [date(2021, 5, 1), date(2021, 8, 1), date(2021, 11, 1)]

    def told(day: date) -> tuple[int, int, int]:
        whole = cohort_figures(db, day, today=TODAY, lost_days=LOST).whole
        return whole.under_care, whole.lost, whole.removed

    before = [told(day) for day in days]
    assert before == [(1, 0, 0), (0, 0, 1), (0, 0, 0)] and told(TODAY) == (0, 0, 0)
    new = follow_again(db, line.id, **{**ACT, "now": back}).value
    assert (new.id == line.id, new.registered_on, new.diagnosed) == (False, TODAY, line.diagnosed)
    assert [told(day) for day in days] == before and told(TODAY) == (1, 0, 0)
    remove_condition(db, new.id, RemovedReason.OTHER, "bấm nhầm", catalog=catalog(), by=None, now=NOW)
    assert follow_again(db, new.id, **ACT).value.id == new.id  # of the same morning: the line itself


def _named(hamlet: str) -> str:
    return f"bản {hamlet}" if not hamlet.casefold().startswith("bản") else hamlet.casefold()
