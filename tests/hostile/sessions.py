"""The forms of a vaccination session: its plan, losses, screening, who goes without, reactions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from covidstation.db.session import Database
from covidstation.domain.care import Vitals
from covidstation.domain.vaccination.fridge import ReadingDraft
from covidstation.domain.vaccination.reactions import EventDraft, EventEnd
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import NoDose, SessionDraft, SessionPlace
from covidstation.services.vaccination.fridge import add_fridge, record_reading
from covidstation.services.vaccination.injecting import InjectionDraft, inject
from covidstation.services.vaccination.reactions import EndDraft, end_event, record_event
from covidstation.services.vaccination.seating import ConsentDraft, ScreeningDraft
from covidstation.services.vaccination.sessions import plan_session
from covidstation.services.vaccination.takes import TakeDraft, take_out
from covidstation.services.vaccination.vials import WasteDraft, waste_doses
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.hostile.stage import NOW, WHO, Form, Stage
from tests.services.samples import TODAY, catalog
from tests.services.vaccination.fridges import TCW, fridge
from tests.services.vaccination.rooms import COMIRNATY, running, vaccine

SOMEBODY = UUID(int=1)
ACT: dict[str, Any] = {**WHO, "now": NOW}
KNOWN: dict[str, Any] = {**ACT, "catalog": catalog()}
LOCAL = NOW.replace(tzinfo=None)
_CODES = frozenset({"product", "kinds.0", "kinds", "answers"})  # of dated lists: what they do not know is refused


def session_forms() -> dict[str, Form]:
    """All of them."""
    plan = SessionDraft(
        day=TODAY, place=SessionPlace.HOME, address="Nhà văn hoá", campaign="Đợt 3", team="Mai tiêm", note="mang đá"
    )
    waste = WasteDraft(take_id=SOMEBODY, note="rơi")
    without = WithoutDraft(
        kind=NoDose.CONTRAINDICATED, reason="Phản vệ", again_on=TODAY + timedelta(days=9), next_step="hỏi tuyến trên",
    )  # fmt: skip
    sheet = ScreeningDraft(vitals=Vitals(temperature=367), outcome=Outcome.CAUTION, reason="bác sĩ khám lại")
    yes = ConsentDraft(guardian_name="Lò Thị Sơ", guardian_relation="mẹ", guardian_phone="0912345678")
    dose = InjectionDraft(vaccinator="Tao Thị Lả", reason="vẫn tiêm", product=COMIRNATY)
    event = EventDraft(
        person_id=SOMEBODY, kinds=("PAIN",), began_at=LOCAL, signs="đau", treatment="nghỉ", sent_to="BV huyện",
        sent_at=LOCAL, note="gọi lại",
    )  # fmt: skip
    end = EndDraft(end=EventEnd.RECOVERED, on=TODAY, note="khoẻ")
    return {
        "session": Form(plan, lambda stage, db, draft: plan_session(db, draft, sure=True, **ACT)),
        "session waste": Form((waste, TakeDraft(vials=2, per_vial=6)), _waste),
        "session without": Form(without, _without, _CODES),
        "session screening": Form(sheet, lambda stage, db, draft: _inject(stage, db, screening=draft), _CODES),
        "session consent": Form(yes, lambda stage, db, draft: _inject(stage, db, consent=draft)),
        "session injection": Form(dose, lambda stage, db, draft: _inject(stage, db, dose=draft), _CODES),
        "reaction": Form(event, _event, _CODES),
        "reaction end": Form(end, _end),
        **_fridges(),
    }


def _fridges() -> dict[str, Form]:
    """A fridge, and a reading outside the bounds."""
    tcw = replace(TCW, note="có ổn áp", ended_on=TODAY)
    warm = ReadingDraft(fridge_id=SOMEBODY, at=LOCAL, temperature=94, action="Chỉnh núm", note="mất điện")

    def read(_stage: Stage, db: Database, draft: ReadingDraft) -> object:
        return record_reading(db, replace(draft, fridge_id=fridge(db), lots=()), sure=True, **KNOWN)

    return {
        "fridge": Form(tcw, lambda _stage, db, draft: add_fridge(db, draft, **ACT)),
        "fridge reading": Form(warm, read),
    }


def _waste(_stage: Stage, db: Database, said: tuple[WasteDraft, TakeDraft]) -> object:
    one, lot = running(db, vaccine(db), now=NOW), vaccine(db, number="FK0113", item="Comirnaty (Pfizer)")
    take = take_out(db, one, replace(said[1], lot_id=lot), **KNOWN).value
    return waste_doses(db, replace(said[0], take_id=take), **ACT)


def _without(stage: Stage, db: Database, draft: WithoutDraft) -> object:
    return send_without(db, running(db, vaccine(db), now=NOW), stage.member, draft, **KNOWN)


def _inject(
    stage: Stage,
    db: Database,
    dose: InjectionDraft | None = None,
    screening: ScreeningDraft | None = None,
    consent: ConsentDraft | None = None,
) -> object:
    sheet = screening or ScreeningDraft(vitals=Vitals(temperature=367, systolic=120, diastolic=80))
    sheet = replace(sheet, vitals=Vitals(temperature=367, systolic=120, diastolic=80))
    yes = consent or ConsentDraft(guardian_name="Lò Thị Sơ", guardian_relation="mẹ")
    one = running(db, vaccine(db), now=NOW)
    draft = dose or InjectionDraft(reason="vẫn tiêm")
    return inject(db, one, stage.member, draft, screening=sheet, consent=yes, sure=True, **KNOWN)


def _event(stage: Stage, db: Database, draft: EventDraft) -> object:
    return record_event(db, replace(draft, person_id=stage.member), sure=True, **KNOWN)


def _end(stage: Stage, db: Database, draft: EndDraft) -> object:
    event = EventDraft(person_id=stage.member, kinds=("PAIN",), began_at=LOCAL)
    made = record_event(db, event, sure=True, **KNOWN).value
    return end_event(db, made.id, draft, by=None, now=NOW)
