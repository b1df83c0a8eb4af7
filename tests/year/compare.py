"""The evening of a month: everything that the program says, against the paper books."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from covidstation.db.queries.chronic import ChronicFilter, ChronicView, count_chronic, list_chronic
from covidstation.db.queries.chronic_figures import cohort_figures, quarter_of
from covidstation.db.queries.dispensing import prescriptions_of
from covidstation.db.queries.households import (
    HouseholdFilter,
    HouseholdView,
    count_households,
    household_page,
    list_households,
)
from covidstation.db.queries.population import flows_between, population_on
from covidstation.db.queries.reviews import review_progress
from covidstation.db.queries.running_out import count_running_out, running_out, to_carry
from covidstation.domain.age_groups import age_groups_on
from covidstation.services.dispensing.round import load_of
from covidstation.services.reports.supply_ledger import look_at_ledger
from covidstation.services.supplies.look import look_at_item
from tests.year import sheets
from tests.year.chronic_book import Cohort, whole
from tests.year.medicine_book import rule_on
from tests.year.store_book import COLUMNS
from tests.year.world import World

Wrong = list[str]


def same(wrong: Wrong, what: str, program: Any, paper: Any) -> None:
    """Keep a difference in words; of two tables only the lines that differ."""
    if program == paper:
        return
    if isinstance(program, dict) and isinstance(paper, dict):
        keys = [key for key in {**program, **paper} if program.get(key) != paper.get(key)]
        told = [f"{key}: program {program.get(key)}, paper {paper.get(key)}" for key in keys[:4]]
        wrong.append(f"{what}: {len(keys)} differ, {'; '.join(told)}")
    elif isinstance(program, set) and isinstance(paper, set):
        wrong.append(f"{what}: only program {list(program - paper)[:4]}, only paper {list(paper - program)[:4]}")
    else:
        wrong.append(f"{what}: program {program}, paper {paper}")


def evening(w: World, folder: Path) -> Wrong:
    """All differences of that evening."""
    wrong: Wrong = []
    store(w, wrong)
    sheets.store(w, wrong, folder)
    population(w, wrong)
    sheets.population(w, wrong)
    households(w, wrong)
    medicines(w, wrong)
    chronic(w, wrong)
    cohorts(w, wrong)
    review(w, wrong)
    return [f"{w.today}: {one}" for one in wrong]


def months(w: World) -> list[tuple[date, date]]:
    """This month so far, and one of those before."""
    first = max(w.today.replace(day=1), w.plan.first)
    found = [(first, w.today)]
    back = [one for one in range(1, 12) if _month_back(w.today, one) >= w.plan.first.replace(day=1)]
    if back:
        start = _month_back(w.today, w.dice.choice(back))
        found.append((start, (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)))
    return found


def _month_back(day: date, back: int) -> date:
    month = day.year * 12 + day.month - 1 - back
    return date(month // 12, month % 12 + 1, 1)


def store(w: World, wrong: Wrong) -> None:
    """What is left of each lot; the ledger by item and by lot, of this month and of one before."""
    for item, title in w.store.titles.items():
        page = look_at_item(w.db, item, catalog=w.catalog, today=w.today)
        left = {lot.id: lot.balance for lot in page.lots} if page else {}
        same(wrong, f"left of {title}", left, {lot.id: w.store.left(lot.id) for lot in w.store.of_item[item]})
    for first, last in months(w):
        lines = look_at_ledger(w.db, first, last, today=w.today, by_lot=True).lines
        told = {line.lot_id: {name: getattr(line, name) for name in COLUMNS} for line in lines}
        same(wrong, f"ledger by lot {first}", told, w.store.ledger(first, last))
        lines = look_at_ledger(w.db, first, last, today=w.today).lines
        told = {line.item_id: {name: getattr(line, name) for name in COLUMNS} for line in lines}
        same(wrong, f"ledger by item {first}", told, w.store.by_item(first, last))


def population(w: World, wrong: Wrong) -> None:
    """By hamlet, sex and age today and on days that have passed; how it came to be."""
    span = (w.today - w.plan.first).days
    days = {
        w.today,
        w.plan.first - timedelta(days=1),
        *(w.today - timedelta(days=w.dice.randint(0, span)) for _ in range(3)),
    }
    for day in sorted(days):
        cells = population_on(w.db, day).cells
        told = Counter({(cell.hamlet_id, cell.sex.value, cell.age): 0 for cell in cells})
        for cell in cells:
            told[cell.hamlet_id, cell.sex.value, cell.age] += cell.count
        same(wrong, f"population of {day}", dict(told), dict(w.people.population(day)))
        hamlet = w.dice.choice(w.hamlets)
        total = sum(count for (place, _sex, _age), count in w.people.population(day).items() if place == hamlet)
        same(wrong, f"population of one hamlet {day}", population_on(w.db, day, hamlet).total, total)
    for first, last in months(w):
        same(wrong, f"flows of {first}", asdict(flows_between(w.db, first, last)), w.people.flowed(first, last))


def households(w: World, wrong: Wrong) -> None:
    """Who lives in which house, one house a person, and who leads it."""
    ages = age_groups_on(w.catalog.age_groups, w.today)
    rule = rule_on(w.chronic.elder, w.today)
    listed = list_households(w.db, HouseholdFilter(), day=w.today, ages=ages)
    told = {line.id: (line.head_id, line.people, line.elders, line.children, line.temporary)
            for line in listed.lines(0, len(listed))}  # fmt: skip
    paper, seen = {}, Counter[UUID]()
    for house in w.people.houses.values():
        people = w.people.living(house.id)
        seen.update(one.id for one in people)
        if not people:
            continue
        elders = sum(_birthdays(one.born, w.today) >= rule["elder_from"] for one in people)
        children = sum(_birthdays(one.born, w.today) < rule["child_below"] for one in people)
        temporary = sum(one.now.living == "TEMPORARY" for one in people)
        paper[house.id] = (house.head, len(people), elders, children, temporary)
    same(wrong, "households", told, paper)
    assert all(count == 1 for count in seen.values())
    here = [one for one in w.people.people.values() if one.here and one.now.house]
    same(wrong, "hamlets of people and their houses", sum(one.now.hamlet != w.people.houses[one.now.house].hamlet
         for one in here if one.now.house), 0)  # fmt: skip
    counts = count_households(w.db, day=w.today, ages=ages)
    same(wrong, "houses lived in", counts[HouseholdView.LIVED_IN], len(paper))
    leaderless = sum(w.people.people[head].house_of() != house if head else False
                     for house, (head, *_rest) in paper.items())  # fmt: skip
    same(wrong, "houses whose head is dead", counts[HouseholdView.NO_HEAD], leaderless)
    for house_id in w.dice.sample(list(paper), min(15, len(paper))):
        page = household_page(w.db, house_id, day=w.today)
        assert page is not None
        alive = {one.id for one in page.members if not one.dead}
        same(wrong, "members", alive, {one.id for one in w.people.living(house_id)})
        same(wrong, "heads of one house", sum(one.is_head for one in page.members) <= 1, True)


def _birthdays(born: date, day: date) -> int:
    """Birthdays since the first day the birth can be."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def medicines(w: World, wrong: Wrong) -> None:
    """Who runs out when; what to carry for two months."""
    in_care = {one.id for one in w.people.people.values() if one.here}
    ahead = w.today + timedelta(days=int(rule_on(w.medicines.tables, w.today)["warn_days"]))
    for until in (w.today, ahead, w.today + timedelta(days=400)):
        lines = running_out(w.db, until)
        paper = w.medicines.running_out(until, in_care)
        same(
            wrong, f"running out by {until}", {one.person_id: (one.runs_out_on, one.medicines) for one in lines}, paper
        )
        same(wrong, "how many run out", count_running_out(w.db, [until]), (len(paper),))
    for person in w.dice.sample(list(w.medicines.of_person), min(40, len(w.medicines.of_person))):
        told = {one.id: (one.runs_out_on, one.ended_on, one.at_home) for one in prescriptions_of(w.db, person)}
        taken = w.medicines.of_person[person]
        same(wrong, "medicines of one", told, {one.id: (one.runs_out(), one.ended, one.given()) for one in taken})
    people = w.medicines.running_out(ahead, in_care)
    carried: Counter[str] = Counter()
    for one in w.medicines.taken.values():
        if one.person in people and one.ended is None and one.runs_out() <= ahead:
            carried[w.store.titles[one.item]] += -(-one.dose * 30 // 100)
    loads = load_of(to_carry(w.db, list(people), ahead), 30)
    same(wrong, "to carry", {load.name: load.units for load in loads}, dict(carried))


def chronic(w: World, wrong: Wrong) -> None:
    """The lists with their days, and how many are in each."""
    elder = int(rule_on(w.chronic.elder, w.today)["elder_from"])
    book, today = w.chronic, w.today
    listed = {one for one in book.listed() if book.active(one)}
    paper = {
        ChronicView.OVERDUE: book.overdue(today),
        ChronicView.DUE: book.due(today),
        ChronicView.ALL: listed,
        ChronicView.ELDERS: book.unchecked(today),
    }
    for view, people in paper.items():
        found = list_chronic(w.db, ChronicFilter(view=view), today=today, elder_from=elder)
        lines = found.lines(0, len(found))
        same(wrong, f"list {view.value}", {line.person_id for line in lines}, people)
        same(wrong, f"{view.value} once each", len(lines), len({line.person_id for line in lines}))
        if view is ChronicView.ELDERS:
            continue
        told = {one.person_id: (one.due_on, tuple(sorted(one.codes)), one.last_on, one.result.value) for one in lines}
        same(wrong, f"days of {view.value}", told, {one: _told(w, one) for one in people})
        late = {one.person_id: one.late for one in lines}
        same(wrong, f"late in {view.value}", late, {one: _late(w, one) for one in people})
        if view is ChronicView.OVERDUE:
            places = [(line.result.value != "NOT", line.due_on is None, line.due_on or date.max) for line in lines]
            same(wrong, "the gravest first", places, sorted(places))
    counts = count_chronic(w.db, today=today, elder_from=elder)
    same(wrong, "counts of the lists", counts, {view: len(people) for view, people in paper.items()})


def _told(w: World, person: UUID) -> tuple[Any, ...]:
    last = w.chronic.newest(person)
    codes = tuple(sorted(one.code for one in w.chronic.active(person)))
    return w.chronic.next_day(person), codes, last.day if last else None, last.result if last else "UNKNOWN"


def _late(w: World, person: UUID) -> int | None:
    """Days since the day that the last visit named, whatever was said on the phone since."""
    last = w.chronic.newest(person)
    days = [one for one in (last.next_on, last.home_on) if one] if last else []
    day = min(days, default=w.chronic.next_day(person))
    return (w.today - day).days if day else None


def cohorts(w: World, wrong: Wrong) -> None:
    """Each quarter of the story, that of today and those before, by hamlet, of all diseases and of one."""
    names = w.rest["names"]
    lost = int(rule_on(w.chronic.targets, w.today)["lost_days"])
    quarter, quarters = w.today, []
    while quarter >= w.plan.first - timedelta(days=92):
        quarters.append(quarter)
        quarter = quarter_of(quarter)[0] - timedelta(days=1)
    for one in quarters:
        for code in ("", "I10", "E1"):
            figures = cohort_figures(w.db, one, today=w.today, lost_days=lost, code=code)
            first, last = quarter_of(one)
            lines = w.chronic.cohort(first, min(last, w.today), lost, code)
            told = {row.hamlet: _row(row) for row in figures.hamlets}
            same(wrong, f"cohort {first} {code}", told, {names[place]: _paper(row) for place, row in lines.items()})
            sums = whole(lines)
            paper = tuple(sums[name] for name in ("under_care", "CONTROLLED", "NOT", "UNKNOWN", "lost", "removed"))
            same(wrong, f"cohort of the commune {first} {code}", _row(figures.whole), paper)


def _row(row: Any) -> tuple[int, ...]:
    return (row.under_care, row.controlled, row.uncontrolled, row.unknown, row.lost, row.removed)


def _paper(row: Cohort) -> tuple[int, ...]:
    return (row.under_care, row.CONTROLLED, row.NOT, row.UNKNOWN, row.lost, row.removed)


def review(w: World, wrong: Wrong) -> None:
    """How many doors of each hamlet were opened, found closed, refused, or not yet knocked at."""
    paper: dict[UUID, Counter[str]] = {}
    for house in w.people.houses.values():
        knocks = w.rest["knocks"].get(house.id, [])
        if knocks or w.people.living(house.id):
            last = max(knocks, key=lambda one: (one.day, one.written), default=None)
            paper.setdefault(house.hamlet, Counter())[last.result if last else "left"] += 1
    told = {one.hamlet_id: (one.progress.done, one.progress.away, one.progress.refused, one.progress.left)
            for one in review_progress(w.db, w.rest["review"])}  # fmt: skip
    names = ("DONE", "AWAY", "REFUSED", "left")
    same(wrong, "review", told, {place: tuple(found[name] for name in names) for place, found in paper.items()})
