"""The forms of vaccination: doses, what stands between somebody and the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.coverage import Level
from covidstation.domain.vaccination.doses import DoseDraft
from covidstation.domain.vaccination.goals import GoalDraft
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.stances import add_stance
from covidstation.services.vaccination.targets import add_target
from tests.hostile.stage import NOW, WHO, Form
from tests.services.samples import TODAY, catalog

SOMEBODY = UUID(int=1)
ACT = {**WHO, "now": NOW}


def vaccine_forms() -> dict[str, Form]:
    """All of them."""
    dose = DoseDraft(
        person_id=SOMEBODY, given=PartialDate(2021, 9, 5), product_name="Vắc xin của nước bạn", lot_number="FH1",
        expiry=date(2022, 6, 30), facility="Trạm Y tế Nậm Tăm", country="LA", vaccinator="Tao Thị Lả",
        certificate="URN:UVCI:01:LA:1", reason="tiêm thật", note="tay trái",
    )  # fmt: skip
    stance = StanceDraft(
        person_id=SOMEBODY, kind=StanceKind.CONTRAINDICATED, reason="Phản vệ", since=TODAY, product="BBIBP-CorV",
        next_step="đổi vắc xin", due_on=TODAY, note="đã khám",
    )  # fmt: skip
    target = GoalDraft(
        level=Level.BASIC, percent=90, first_age=18, end_age=60, group="chronic", given_on=TODAY, until=TODAY,
        in_charge="Lò Thị Nhung", document="CV 12/TTYT", note="cả bản",
    )  # fmt: skip
    return {
        "target": Form(target, lambda _stage, db, draft: add_target(db, draft, catalog=catalog(), **ACT)),
        "dose": Form(
            dose,
            lambda stage, db, draft: record_dose(
                db, replace(draft, person_id=stage.member), catalog=catalog(), sure=True, **ACT
            ),
        ),
        "stance": Form(stance, lambda stage, db, draft: add_stance(db, replace(draft, person_id=stage.member), **ACT)),
    }
