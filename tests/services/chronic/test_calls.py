"""Calls about a visit: what counts of them when somebody comes after all, and when one was written by mistake."""

from datetime import timedelta

from covidstation.db.queries.chronic import ChronicView
from covidstation.db.session import Database
from covidstation.domain.chronic_visits import ElderCheck
from covidstation.services.care.calls import void_call
from covidstation.services.chronic.calls import ChronicCall, Reply, log_chronic_call
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.chronic.visits import record_chronic_visit
from tests.services.chronic.test_chronic import ACT, I10, books, come, lines, recomputed, visit
from tests.services.outbreak import WHO
from tests.services.samples import NOW, TODAY

LATER = {**ACT, "now": NOW + timedelta(hours=1)}


def test_who_comes_on_the_day_of_the_call_is_due_as_the_visit_says(db: Database) -> None:
    who = come(db, 1)
    add_condition(db, who, I10, **ACT)
    record_chronic_visit(db, visit(who, TODAY - timedelta(40)), **ACT)
    log_chronic_call(db, ChronicCall(person_id=who, reply=Reply.AGREED, on=TODAY + timedelta(2)), **ACT)
    record_chronic_visit(db, visit(who), **LATER)
    (line,) = lines(db, ChronicView.ALL)
    assert (line.due_on, line.called_on) == (TODAY + timedelta(30), None)
    log_chronic_call(db, ChronicCall(person_id=who, reply=Reply.AGREED, on=TODAY + timedelta(9)), **LATER)
    assert [one.due_on for one in lines(db, ChronicView.ALL)] == [TODAY + timedelta(9)]  # said after the visit
    assert books(db) == recomputed(db)


def test_a_call_that_was_not_made_moves_no_day(db: Database) -> None:
    who = come(db, 1)
    add_condition(db, who, I10, **ACT)
    record_chronic_visit(db, visit(who, TODAY - timedelta(40)), **ACT)
    call = log_chronic_call(db, ChronicCall(person_id=who, reply=Reply.AGREED, on=TODAY + timedelta(2)), **ACT).value
    assert lines(db, ChronicView.OVERDUE) == []
    void_call(db, call, now=NOW, **WHO)
    assert [one.due_on for one in lines(db, ChronicView.OVERDUE)] == [TODAY - timedelta(10)]
    assert books(db) == recomputed(db)


def test_an_elder_without_a_disease_can_agree_on_another_day(db: Database) -> None:
    who = come(db, 1)
    day = TODAY - timedelta(20)
    check = visit(who, day, yearly=True, next_on=None, elder=ElderCheck(home_on=TODAY - timedelta(3)))
    record_chronic_visit(db, check, **ACT)
    assert [one.person_id for one in lines(db, ChronicView.OVERDUE)] == [who]
    log_chronic_call(db, ChronicCall(person_id=who, reply=Reply.AGREED, on=TODAY + timedelta(1)), **ACT)
    assert lines(db, ChronicView.OVERDUE) == []
    assert [one.due_on for one in lines(db, ChronicView.DUE)] == [TODAY + timedelta(1)]
    assert books(db) == recomputed(db)
