"""The forms of households, filled as a nurse would, with the act that keeps each."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from covidstation.domain.dates import PartialDate
from covidstation.services.households.coming import ArrivalDraft, BirthDraft, record_arrival, record_birth
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.households.moving import MoveDraft, move_people
from tests.hostile.stage import ALL, NOW, WHO, Form
from tests.services.samples import TODAY, USER, neighbour

SOMEBODY = UUID(int=1)
ACT = {**WHO, "now": NOW}


def household_forms() -> dict[str, Form]:
    """Of each act that changes who lives where."""
    baby = replace(neighbour(41), birth=PartialDate.of(TODAY), household_id=None)
    return {
        "household arrival": Form(
            ArrivalDraft(person=neighbour(40), address="Nhóm 3", day=TODAY, place="Xã Noong Hẻo"),
            lambda stage, db, draft: record_arrival(db, replace(draft, hamlet_id=stage.hamlet), by_name=USER, **ALL),
        ),
        "household birth": Form(
            BirthDraft(household_id=SOMEBODY, person=baby, place="Trạm Y tế"),
            lambda stage, db, draft: record_birth(db, replace(draft, household_id=stage.home), by_name=USER, **ALL),
        ),
        "household departure": Form(
            DepartureDraft(people=(), day=TODAY, place="Bình Dương", note="đi làm"),
            lambda stage, db, draft: record_departure(db, replace(draft, people=(stage.member,)), **ACT),
        ),
        "household death": Form(
            DeathDraft(person_id=SOMEBODY, day=TODAY, place="Tại nhà", note="già yếu"),
            lambda stage, db, draft: record_death(db, replace(draft, person_id=stage.member), **ACT),
        ),
        "household move": Form(
            MoveDraft(people=(), address="Nhóm 5", day=TODAY, note="ra ở riêng"),
            lambda stage, db, draft: move_people(
                db,
                replace(draft, people=(stage.member,), hamlet_id=stage.hamlet, head_id=stage.member),
                **ACT,
            ),
        ),
    }
