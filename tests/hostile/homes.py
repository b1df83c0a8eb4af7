"""The forms of households, filled as a nurse would, with the act that keeps each."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.dispensing import Origin, Receiver
from covidstation.domain.prescriptions import HandingDraft, HandingItem, PrescriptionDraft
from covidstation.services.dispensing.handing import hand_out
from covidstation.services.dispensing.prescribing import prescribe
from covidstation.services.households.coming import ArrivalDraft, BirthDraft, record_arrival, record_birth
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.households.moving import MoveDraft, move_people
from tests.hostile.stage import ALL, NOW, WHO, Form
from tests.services.samples import TODAY, USER, catalog, neighbour

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


def medicine_forms() -> dict[str, Form]:
    """Of what somebody takes day after day."""
    medicine = PrescriptionDraft(
        medicine="Amlodipin", strength="5 mg", form="viên nén", unit="viên", atc="C08CA01", instruction="buổi sáng",
        started_on=TODAY, prescriber="BS. Đặng Thị Ổn", facility="Trung tâm Y tế Sìn Hồ",
    )  # fmt: skip
    handed = HandingDraft(
        items=(), day=TODAY, receiver=Receiver.PROXY, receiver_name="Con gái", facility="Trung tâm Y tế", reason="Đi xa"
    )
    return {
        "prescription": Form(medicine, lambda stage, db, draft: prescribe(db, stage.member, draft, sure=True, **ACT)),
        "handing out": Form(handed, lambda stage, db, draft: _hand(stage.member, db, medicine, draft)),
    }


def _hand(person: UUID, db: Database, medicine: PrescriptionDraft, draft: HandingDraft) -> object:
    one = prescribe(db, person, medicine, sure=True, **ACT).value
    items = (HandingItem(prescription_id=one, days=30, origin=Origin.UPPER),)
    return hand_out(db, person, replace(draft, items=items), sure=True, **ACT, catalog=catalog())
