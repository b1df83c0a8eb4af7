"""Nothing new is written of who died or left; what was done before may be written later."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from covidstation.db.queries.chronic import ChronicView
from covidstation.db.session import Database
from covidstation.domain.chronic import RemovedReason
from covidstation.domain.chronic_visits import ElderCheck
from covidstation.errors import Refused, UserError
from covidstation.messages import sentence, sentences
from covidstation.services.care.calls import void_call
from covidstation.services.chronic.calls import ENDING, ChronicCall, Reply, log_chronic_call
from covidstation.services.chronic.conditions import add_condition, follow_again, remove_condition
from covidstation.services.chronic.visits import record_chronic_visit
from covidstation.services.dispensing.prescribing import change_prescription, prescribe, take_again
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from tests.services.chronic.test_chronic import ACT, I10, PLAIN, books, come, lines, problems, recomputed, visit
from tests.services.dispensing.test_dispensing import METFORMIN, hand, handing, own
from tests.services.outbreak import WHO
from tests.services.samples import NOW, TODAY

DAY = TODAY - timedelta(days=20)


def died(db: Database, who: UUID) -> None:
    record_death(db, DeathDraft(person_id=who, day=DAY), now=NOW, **WHO)


def left(db: Database, who: UUID) -> None:
    record_departure(db, DepartureDraft(people=(who,), day=DAY), now=NOW, **WHO)


@pytest.mark.parametrize(("go", "code"), [(died, "died"), (left, "left")])
def test_no_disease_no_medicine_no_visit_after_it(
    db: Database, go: Callable[[Database, UUID], None], code: str
) -> None:
    who = come(db, 1)
    known = add_condition(db, who, I10, **ACT).value
    taken = prescribe(db, who, METFORMIN, now=NOW, **WHO).value
    remove_condition(db, known.id, RemovedReason.PRIVATE, "", **PLAIN)
    go(db, who)
    for act, word in (
        (lambda: add_condition(db, who, I10, **ACT), f"chronic.{code}"),
        (lambda: follow_again(db, known.id, **ACT), f"chronic.{code}"),
        (lambda: prescribe(db, who, METFORMIN, sure=True, now=NOW, **WHO), f"dispensing.{code}"),
        (lambda: change_prescription(db, taken, METFORMIN, sure=True, now=NOW, **WHO), f"dispensing.{code}"),
    ):
        with pytest.raises(UserError) as told:
            act()
        assert told.value.code == word and "{" not in sentence(told.value)
    with pytest.raises(Refused) as refused:
        record_chronic_visit(db, visit(who), **ACT)
    after = {"died": "chronic.visit_after_death", "left": "chronic.visit_after_leaving"}
    assert problems(refused) == [after[code]] and "18/02/2022" in sentences(refused.value)[0]
    before = visit(who, DAY - timedelta(days=3), next_on=None)
    assert record_chronic_visit(db, before, sure=True, **ACT).value.day == before.day


def test_medicines_are_handed_out_until_the_day_somebody_left(db: Database) -> None:
    who = come(db, 1)
    taken = prescribe(db, who, METFORMIN, now=NOW, **WHO).value
    left(db, who)
    with pytest.raises(Refused) as refused:
        hand(db, who, handing(own(taken)))
    assert problems(refused) == ["dispensing.after_leaving"]
    assert hand(db, who, handing(own(taken), day=DAY))
    with pytest.raises(UserError) as told:
        take_again(db, taken, now=NOW, by=None)
    assert told.value.code == "dispensing.left"


@pytest.mark.parametrize("reply", sorted(ENDING))
def test_an_elder_with_nothing_but_a_plan_may_end_it(db: Database, reply: Reply) -> None:
    who = come(db, 1)
    plan = visit(who, TODAY - timedelta(9), yearly=True, next_on=None, elder=ElderCheck(home_on=TODAY - timedelta(3)))
    record_chronic_visit(db, plan, **ACT)
    assert [one.person_id for one in lines(db, ChronicView.OVERDUE)] == [who]
    call = log_chronic_call(db, ChronicCall(person_id=who, reply=reply, note="không muốn ai đến"), **ACT).value
    assert [lines(db, view) for view in (ChronicView.OVERDUE, ChronicView.DUE)] == [[], []]
    assert books(db) == recomputed(db) == {}
    void_call(db, call, now=NOW, **WHO)  # written by mistake: the plan stands again
    assert [one.person_id for one in lines(db, ChronicView.OVERDUE)] == [who]


def test_a_later_plan_counts_again(db: Database) -> None:
    who = come(db, 1)
    plan = visit(who, TODAY - timedelta(9), yearly=True, next_on=None, elder=ElderCheck(home_on=TODAY - timedelta(3)))
    record_chronic_visit(db, plan, **ACT)
    log_chronic_call(db, ChronicCall(person_id=who, reply=Reply.REFUSED), **ACT)
    again = visit(who, TODAY, yearly=True, next_on=None, elder=ElderCheck(home_on=TODAY + timedelta(3)))
    record_chronic_visit(db, again, sure=True, **{**ACT, "now": NOW + timedelta(hours=1)})
    assert [one.due_on for one in lines(db, ChronicView.DUE)] == [TODAY + timedelta(3)]
    assert books(db) == recomputed(db)
