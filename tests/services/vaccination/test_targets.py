"""Who is missing for a target, one by one, is as many as the figure; what the store has of what the months need."""

from dataclasses import fields, replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.rows import PersonRow, VaccineDoseRow
from covidstation.domain.age_groups import age_groups_on
from covidstation.domain.vaccination.coverage import LEVELS, Level
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.goals import GoalDraft, Meant
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.errors import Refused
from covidstation.services.households.ending import end_hamlet
from covidstation.services.places import add_hamlet
from covidstation.services.vaccination.coverage import look_at_coverage
from covidstation.services.vaccination.due import due_list, lacking_by_hamlet, set_priority_group
from covidstation.services.vaccination.plan import dose_plan
from covidstation.services.vaccination.stances import add_stance
from covidstation.services.vaccination.target_papers import plan_pdf, plan_xlsx, targets_pdf, targets_xlsx
from covidstation.services.vaccination.targets import add_target, edit_target, vaccination_targets
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.test_tables import cells
from tests.services.vaccination.aims import GOAL
from tests.services.vaccination.rooms import person, vaccine
from tests.services.vaccination.test_coverage import ABDALA, BASIC, JANSSEN, PFIZER, commune
from tests.services.vaccination.test_session_results import text_of

PLAIN = {"catalog": catalog(), "now": NOW}
WHO = {"by": None, "by_name": USER, "now": NOW}
__all__ = ["ABDALA", "JANSSEN", "commune"]


def lacking_by_hand(db, meant, group_of=lambda _row: ""):
    """Out of plain rows, by the fixture's own rule of what a course is: doses two months apart, all of one vaccine."""
    found = set()
    with db.read() as session:
        doses = {}
        for row in session.scalars(select(VaccineDoseRow)):
            doses.setdefault(row.person_id, []).append(row.product)
        for row in session.scalars(select(PersonRow)):
            had = doses.get(row.id, [])
            steps = {Level.FIRST: 1, Level.BASIC: BASIC[had[0]] if had else 9}
            steps[Level.BOOSTER], steps[Level.BOOSTER2] = steps[Level.BASIC] + 1, steps[Level.BASIC] + 2
            born = (row.birth_year, row.birth_month, row.birth_day)
            age = TODAY.year - born[0] - ((TODAY.month, TODAY.day) < born[1:])
            fits = (meant.first_age or 0) <= age and (meant.end_age is None or age < meant.end_age)
            fits = fits and meant.hamlet_id in (None, row.hamlet_id)
            fits = fits and (not meant.group or group_of(row) == meant.group)
            if fits and len(had) < steps[meant.level]:
                found.add(row.id)
    return found


def listed(db, meant):
    return {one.person_id for one in due_list(db, DueFilter(lacks=meant), **PLAIN).all()}


def test_the_missing_are_named_to_the_person_and_sum_to_the_figure(db, commune):
    luck = Random(5)
    set_priority_group(db, luck.sample(commune, 40), "teachers", by=None, **PLAIN)
    for who in luck.sample(commune, 60):  # whatever keeps somebody from the dose, they are missing
        kind = luck.choice((StanceKind.REFUSED, StanceKind.DEFERRED, StanceKind.CONTRAINDICATED))
        add_stance(
            db, StanceDraft(person_id=who, kind=kind, reason="vì thế", since=TODAY, until=TODAY + timedelta(30)), **WHO
        )
    with db.read() as session:
        hamlet = session.scalars(select(PersonRow.hamlet_id)).first()
        said = {row.id: row.priority_group for row in session.scalars(select(PersonRow))}
    for level in (Level.FIRST, Level.BASIC, Level.BOOSTER, Level.BOOSTER2):
        for more in (
            {},
            {"first_age": 18, "end_age": 60},
            {"end_age": 12},
            {"hamlet_id": hamlet},
            {"group": "teachers"},
        ):
            goal = replace(GOAL, level=level, percent=100, **more)
            add_target(db, goal, catalog=catalog(), **WHO)
            by_hand = lacking_by_hand(db, goal, lambda row: said[row.id])
            assert listed(db, goal.meant) == by_hand
            left = lacking_by_hamlet(db, goal.meant, **PLAIN)
            assert sum(left.values()) == len(by_hand)
    for line in vaccination_targets(db, **PLAIN):
        assert line.progress.lacks == len(listed(db, line.goal.meant)) == sum(left for _i, _n, left in line.where)
        assert dict((one, left) for one, _name, left in line.where) == dict(
            lacking_by_hamlet(db, line.goal.meant, **PLAIN)
        )


def test_the_missing_agree_with_every_cell_of_the_coverage_page(db, commune):
    look = look_at_coverage(db, TODAY, **PLAIN)
    spans = age_groups_on(catalog().age_groups, TODAY).spans
    for level in LEVELS:
        for first, end in spans:
            share = look.coverage.share(
                lambda cell, first=first, end=end: cell.age is not None and first <= cell.age < (end or 999)
            )
            meant = Meant(level=level, first_age=first, end_age=end)
            assert len(listed(db, meant)) == share.people - share.count(level)
        for group in {cell.group for cell in look.coverage.cells} - {""}:
            share = look.coverage.share(lambda cell, group=group: cell.group == group)
            assert len(listed(db, Meant(level=level, group=group))) == share.people - share.count(level)


@pytest.fixture
def stocked(db, commune):
    """Comirnaty for this month that expires in twelve days, and more of it for long."""
    vaccine(db, 12, number="SOM1", expiry=TODAY + timedelta(12))
    vaccine(db, 600, number="LAU1", expiry=TODAY + timedelta(300))
    return db


def test_the_plan_draws_what_the_store_has_and_says_what_must_come(stocked):
    plan = dose_plan(stocked, **PLAIN)
    first = TODAY.replace(day=1)
    drawn = {}
    for line in plan.lines:
        assert line.lacks == line.doses - line.stock and line.stock == sum(one.doses for one in line.draws)
        for one in line.draws:
            drawn[one.lot.number] = drawn.get(one.lot.number, 0) + one.doses
            assert one.lot.number != "SOM1" or line.month == first
    assert drawn["SOM1"] == 12 and drawn["LAU1"] <= 600
    due = due_list(stocked, DueFilter(), **PLAIN).all()
    fits = sum(
        one.state.next is not None and one.state.due_on is not None and one.state.due_on < first + timedelta(31)
        and PFIZER in one.state.products for one in due
    )  # fmt: skip
    march = sum(line.stock for line in plan.lines if line.month == first)
    assert march == min(612, fits)
    assert any(line.lacks for line in plan.lines if line.dose.dose_class is DoseClass.PRIMARY)  # Abdala: none is there


def test_the_plan_orders_vials_of_what_lacks_and_counts_none_that_thawed_too_long_ago(db):
    where = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    for number in range(1, 21):
        person(db, number, hamlet_id=where)
    (line,) = dose_plan(db, **PLAIN).lines
    first = line.product
    assert (line.doses, line.lacks, line.vials) == (20, 20, 2) and first == "AstraZeneca"  # of ten doses
    came = TODAY - timedelta(days=31)
    vaccine(db, 12, number="RA", day=came, expiry=TODAY + timedelta(300))
    (line,) = dose_plan(db, **PLAIN).lines
    assert (line.product, line.lacks, line.vials) == (first, 8, 1)
    assert [(one.lot.number, one.lot.expiry) for one in line.draws] == [("RA", TODAY)]  # its last day thawed
    vaccine(db, 60, number="MOI", day=TODAY, expiry=TODAY + timedelta(300))
    (line,) = dose_plan(db, **PLAIN).lines
    assert (line.product, line.lacks, line.vials) == ("Comirnaty (Pfizer)", 0, 0)
    words = text_of(plan_pdf(db, **PLAIN))
    assert first not in words and "Số lọ thiếu" in words
    (line,) = dose_plan(db, catalog=catalog(), now=NOW + timedelta(days=1)).lines
    assert [(one.lot.number, one.doses) for one in line.draws] == [("MOI", 20)]


def test_paper_and_spreadsheet_say_dates_who_and_lots(stocked):
    db = stocked
    goal = replace(GOAL, in_charge="Chị Lò", document="CV 12/TTYT", until=TODAY + timedelta(20))
    add_target(db, goal, catalog=catalog(), **WHO)
    (line,) = vaccination_targets(db, **PLAIN)
    words = text_of(targets_pdf(db, **PLAIN))
    for wanted in (f"{TODAY:%d/%m/%Y}", f"{goal.until:%d/%m/%Y}", "Chị Lò", "CV 12/TTYT", "còn 20 ngày"):
        assert wanted in words, wanted
    for _id, name, left in line.where:
        assert f"{name.removeprefix('Bản ')} {left}" in words
    sheet = cells(targets_xlsx(db, **PLAIN))
    assert float(line.progress.lacks) in [float(value) for kind, value in sheet.values() if kind == "n"]
    words = text_of(plan_pdf(db, **PLAIN))
    assert "lô SOM1: " in words and f"{TODAY + timedelta(12):%d/%m/%Y} (còn 12 ngày)" in words
    assert isinstance(plan_xlsx(db, **PLAIN), bytes)
    assert GoalDraft(**vars(goal)).meant == Meant(level=goal.level)


def test_a_target_of_a_merged_hamlet_names_it_and_waits_for_another_one(db):
    one, other = (add_hamlet(db, name, by=None, now=NOW).value for name in ("Nậm Ngá", "Huổi Khe"))
    for number in (1, 2, 3):
        person(db, number, hamlet_id=one)
    made = add_target(db, replace(GOAL, hamlet_id=one), catalog=catalog(), **WHO).value
    (line,) = vaccination_targets(db, **PLAIN)
    assert not line.ended and line.progress.share.people == 3
    assert end_hamlet(db, one, other, day=TODAY, **WHO).value.people == 3
    (line,) = vaccination_targets(db, **PLAIN)
    assert line.ended and line.progress.share.people == 0
    words = " ".join(text_of(targets_pdf(db, **PLAIN)).split())
    assert "Nậm Ngá (bản đã nhập hoặc giải thể)" in words and "cần sửa" in words and "Cả xã" not in words
    draft = GoalDraft(**{name.name: getattr(made, name.name) for name in fields(GoalDraft)})
    with pytest.raises(Refused) as refused:
        edit_target(db, made.id, draft, catalog=catalog(), by=None, now=NOW)
    assert [problem.code for problem in refused.value.problems] == ["vaccine_target.hamlet"]
    edit_target(db, made.id, replace(draft, hamlet_id=other), catalog=catalog(), by=None, now=NOW)
    (line,) = vaccination_targets(db, **PLAIN)
    assert not line.ended and line.progress.share.people == 3
