"""Whom somebody wanted to ask again about a dose, once the day has come."""

from __future__ import annotations

from datetime import timedelta

from covidstation.db.queries.vaccine_revisits import revisits_due
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseDraft, DoseSource
from covidstation.domain.vaccination.stances import ClosedReason, StanceDraft, StanceKind
from covidstation.services.households.leaving import DeathDraft, record_death
from covidstation.services.places import add_hamlet
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.stances import add_stance, close_stance, edit_stance
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WHO, person

WEEK = timedelta(days=7)


def said(db, number, kind, **more):
    who = person(db, number, hamlet_id=add_hamlet(db, f"Bản {number}", by=None, now=NOW).value)
    draft = StanceDraft(person_id=who, kind=kind, reason="Đợi con về", since=TODAY, **more)
    return draft, add_stance(db, draft, now=NOW, **WHO).value.id


def due(db, day):
    return [(one.stance.kind, one.day) for one in revisits_due(db, day)]


def test_the_next_step_of_a_refusal_is_due_on_its_day_and_until_it_is_set_anew(db):
    draft, stance = said(db, 1, StanceKind.REFUSED, next_step="Già bản đến nhà", due_on=TODAY + WEEK)
    assert due(db, TODAY + WEEK - timedelta(days=1)) == []
    assert due(db, TODAY + WEEK) == due(db, TODAY + 2 * WEEK) == [(StanceKind.REFUSED, TODAY + WEEK)]
    edit_stance(db, stance, StanceDraft(**{**fields(draft), "due_on": TODAY + 3 * WEEK}), by=None, now=NOW)
    assert due(db, TODAY + 2 * WEEK) == []
    close_stance(db, stance, ClosedReason.OVER, by=None, now=NOW)
    assert due(db, TODAY + 9 * WEEK) == []


def fields(draft):
    return {name: getattr(draft, name) for name in StanceDraft.__dataclass_fields__}


def test_a_contraindication_is_looked_at_again_on_its_day_and_a_deferral_ends_by_itself(db):
    said(db, 1, StanceKind.CONTRAINDICATED, until=TODAY + 2 * WEEK)
    said(db, 2, StanceKind.DEFERRED, until=TODAY + WEEK)
    said(db, 3, StanceKind.CANNOT_TRAVEL, due_on=TODAY + WEEK)
    assert due(db, TODAY + 2 * WEEK) == [
        (StanceKind.CANNOT_TRAVEL, TODAY + WEEK), (StanceKind.CONTRAINDICATED, TODAY + 2 * WEEK)
    ]  # fmt: skip


def test_somebody_of_whom_two_things_were_said_is_one_person(db):
    draft, _one = said(db, 1, StanceKind.REFUSED, due_on=TODAY + WEEK)
    later = StanceDraft(**{**fields(draft), "kind": StanceKind.CANNOT_TRAVEL, "due_on": TODAY + timedelta(days=1)})
    add_stance(db, later, now=NOW, **WHO)
    assert due(db, TODAY + WEEK) == [(StanceKind.CANNOT_TRAVEL, TODAY + timedelta(days=1))]


def test_nobody_is_named_who_was_vaccinated_since_or_died(db):
    draft, _one = said(db, 1, StanceKind.REFUSED, due_on=TODAY + timedelta(days=1))
    other, _one = said(db, 2, StanceKind.REFUSED, due_on=TODAY + timedelta(days=1))
    assert len(due(db, TODAY + WEEK)) == 2
    late = {"catalog": catalog(), "now": NOW + WEEK, **WHO}
    day = PartialDate.of(TODAY + timedelta(days=2))
    given = DoseDraft(person_id=draft.person_id, given=day, product_name="AstraZeneca", source=DoseSource.CARD)
    record_dose(db, given, sure=True, **late)
    gone = DeathDraft(person_id=other.person_id, day=TODAY + timedelta(days=2))
    record_death(db, gone, now=NOW + WEEK, **WHO)
    assert due(db, TODAY + WEEK) == []
