"""One disease in two lines becomes one, whoever made the second; nothing that was said of it is lost."""

from dataclasses import replace
from datetime import date
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.joining import join_conditions, twice_in
from covidstation.db.queries.chronic import ChronicView
from covidstation.db.queries.chronic_figures import cohort_figures
from covidstation.db.rows import ChronicConditionRow
from covidstation.db.session import Database
from covidstation.domain.chronic import Condition, ConditionDraft, OwnTargets, RemovedReason
from covidstation.domain.dates import PartialDate
from covidstation.services.chronic.conditions import add_condition, edit_condition, remove_condition
from covidstation.services.chronic.visits import look_at_chronic
from covidstation.services.merging import merge_people, put_in_order, undo_merge
from covidstation.services.upkeep.check import check_records
from tests.services.chronic.test_chronic import ACT, I10, PLAIN, books, come, lines, recomputed
from tests.services.samples import NOW, TODAY, catalog

OTHER = ConditionDraft(
    code="I10", diagnosed=PartialDate(2011, 5), diagnosed_at="BV huyện", registered_on=date(2021, 3, 1),
    treatment="Amlodipin", note="hay quên thuốc", targets=OwnTargets(systolic=130, diastolic=80),
)  # fmt: skip


def record(db: Database, who: UUID) -> tuple[Condition, ...]:
    return look_at_chronic(db, who, catalog=catalog(), now=NOW).record.conditions


def rows(db: Database) -> list[ChronicConditionRow]:
    with db.read() as session:
        return list(session.scalars(select(ChronicConditionRow).order_by(ChronicConditionRow.n)))


def findings(db: Database) -> list[str]:
    return [one.code for one in check_records(db) if one.code.startswith("twice.")]


def test_a_merge_leaves_one_line_with_the_earliest_diagnosis(db: Database) -> None:
    stays, goes = come(db, 1), come(db, 2)
    add_condition(db, stays, replace(I10, treatment="Losartan"), **ACT)
    add_condition(db, goes, OTHER, **ACT)
    before = [(one.code, one.treatment, one.status, one.diagnosed_year) for one in rows(db)]
    merge_people(db, stays, goes, take=(), reason="một người", **PLAIN)
    (one,) = record(db, stays)
    assert (one.active, one.registered_on, one.diagnosed) == (True, date(2020, 1, 6), PartialDate(2011, 5))
    assert (one.diagnosed_at, one.treatment, one.note) == ("BV huyện", "Losartan; Amlodipin", "hay quên thuốc")
    assert (one.targets.systolic, one.targets.diastolic) == (130, 80)
    assert [line.codes for line in lines(db, ChronicView.ALL)] == [("I10",)]
    assert books(db) == recomputed(db) and books(db)[stays][0] == 1
    undo_merge(db, goes, **PLAIN)
    assert [(one.code, one.treatment, one.status, one.diagnosed_year) for one in rows(db)] == before
    assert [one.treatment for one in record(db, goes)] == ["Amlodipin"]
    assert books(db) == recomputed(db) and len(books(db)) == 2


def test_what_was_corrected_since_says_it_all(db: Database) -> None:
    stays, goes = come(db, 1), come(db, 2)
    kept = add_condition(db, stays, I10, **ACT).value
    add_condition(db, goes, OTHER, **ACT)
    merge_people(db, stays, goes, take=(), reason="một người", **PLAIN)
    edit_condition(db, kept.id, replace(OTHER, treatment="", registered_on=None), **PLAIN)
    (one,) = record(db, stays)
    assert (one.treatment, one.diagnosed) == ("", PartialDate(2011, 5))  # what was taken out does not come back


def second(db: Database, who: UUID, **changes: object) -> UUID:
    """A second line as a line of the district or another life of the register brings it."""
    with db.write(None, NOW) as session:
        one = {"code": "I10", "registered_on": date(2021, 3, 1), "status": "ACTIVE", "diagnosed_year": 2011} | changes
        row = ChronicConditionRow(id=new_id(), person_id=who, **one)
        session.add(row)
        return row.id


def test_lines_from_elsewhere_are_joined_and_old_ones_are_found(db: Database) -> None:
    who = come(db, 1)
    kept = add_condition(db, who, I10, **ACT).value
    second(db, who)
    assert findings(db) == ["twice.look"]
    with db.write(None, NOW) as session:
        assert put_in_order(session, None, NOW) == {who}
        assert put_in_order(session, None, NOW) == set()
    assert findings(db) == ["twice.good"]
    (one,) = record(db, who)
    assert (one.id, one.diagnosed) == (kept.id, PartialDate(2011))
    remove_condition(db, kept.id, RemovedReason.PRIVATE, "", **PLAIN)
    assert [(one.active, one.removed_reason) for one in record(db, who)] == [(False, RemovedReason.PRIVATE)]
    with db.write(None, NOW) as session:
        assert join_conditions(session) == set()  # it does not come back by its other line


def test_correcting_an_old_one_joins_it(db: Database) -> None:
    who = come(db, 1)
    kept = add_condition(db, who, I10, **ACT).value
    second(db, who)
    edit_condition(db, kept.id, I10, **PLAIN)
    with db.read() as session:
        assert twice_in(session) == []


def test_figures_count_the_person_once_in_every_quarter(db: Database) -> None:
    who = come(db, 1)
    add_condition(db, who, I10, **ACT)

    def told() -> list[tuple[int, int]]:
        quarters = (date(2020, 2, 1), date(2021, 2, 1), date(2021, 8, 1), TODAY)
        found = [cohort_figures(db, day, today=TODAY, lost_days=365) for day in quarters]
        return [(one.whole.under_care, one.whole.removed) for one in found]

    alone = told()
    second(db, who)
    with db.write(None, NOW) as session:
        join_conditions(session)
    assert told() == alone


@pytest.mark.parametrize("seed", range(6))
def test_merging_to_and_fro_loses_no_line(db: Database, seed: int) -> None:
    luck = Random(seed)
    one, other = come(db, 1), come(db, 2)
    for who in (one, other):
        for code in luck.sample(["I10", "E11", "J44"], 2):
            day = date(2020, luck.randrange(1, 12), 1)
            add_condition(db, who, ConditionDraft(code=code, label="x", registered_on=day), **ACT)
    said = {row.id: (row.person_id, row.code, row.status) for row in rows(db)}
    for _turn in range(2):
        merge_people(db, one, other, take=(), reason="một người", **PLAIN)
        codes = [row.code for row in rows(db) if row.status == "ACTIVE"]
        assert sorted(codes) == sorted({code for _who, code, _status in said.values()})
        assert books(db) == recomputed(db)
        undo_merge(db, other, **PLAIN)
        assert {row.id: (row.person_id, row.code, row.status) for row in rows(db)} == said
