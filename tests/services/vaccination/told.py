"""Doses that somebody told of, corrected and taken back; an objection that was closed: one of everything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseDraft, DoseSource
from covidstation.domain.vaccination.stances import ClosedReason, StanceDraft, StanceKind
from covidstation.services.people import register_person
from covidstation.services.vaccination.history import record_dose, void_dose
from covidstation.services.vaccination.stances import add_stance, close_stance
from tests.services.samples import NOW, TODAY, USER, catalog, neighbour

WHO: dict[str, Any] = {"by": None, "by_name": USER}


def told_doses(db: Database) -> None:
    """Two doses told of, one of them corrected; a third of another person; an objection that was closed."""
    who = register_person(db, replace(neighbour(75), household_id=None), catalog=catalog(), by=None, now=NOW).value.id
    act: dict[str, Any] = {"catalog": catalog(), "now": NOW, "sure": True, **WHO}
    first = DoseDraft(person_id=who, given=PartialDate(2021, 9), product_name="AstraZeneca", source=DoseSource.SAID)
    told = record_dose(db, first, **act).value
    record_dose(db, replace(first, given=PartialDate(2021, 9, 5), source=DoseSource.CARD, voids=told.id), **act)
    wrong = record_dose(db, replace(first, given=PartialDate(2021, 12, 5), product_name="Pfizer"), **act).value
    void_dose(db, wrong.id, "Của người khác", catalog=catalog(), now=NOW, **WHO)
    draft = StanceDraft(person_id=who, kind=StanceKind.REFUSED, reason="Sợ đau tay", since=TODAY, due_on=TODAY)
    stance = add_stance(db, draft, now=NOW, **WHO).value
    close_stance(db, stance.id, ClosedReason.OVER, by=None, now=NOW)
