"""Care in the timeline and in the history, in words."""

from datetime import date, datetime, timedelta

import pytest

from covidstation.db.queries.care import care_record
from covidstation.db.queries.history import person_history
from covidstation.db.queries.people import person_page
from covidstation.domain.care import CallResult, Round, Vitals
from covidstation.domain.hospitalization import ReturnDraft, TransferDraft
from covidstation.domain.monitoring import VisitDraft
from covidstation.services.care.calls import CallDraft, log_call
from covidstation.services.care.isolation import ChangeDraft, change_isolation
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.care.rounds import record_visit
from covidstation.services.care.transfers import return_home, transfer_out
from covidstation.ui.person.history import value_words
from covidstation.ui.person.timeline import timeline
from tests.ui.village import NOW, catalog

WHO = {"by": None, "by_name": "Lò Thị Nhung"}
LATER = NOW + timedelta(days=3)


@pytest.fixture
def db(desk, village):
    """Lò Thị Mai: danger at 06:50 of 10/07, called, sent on, back on the 12th, ten days, well on the 13th."""
    db, case = desk.register.db, village.mai_episode
    measured = Vitals(temperature=384, spo2=93, pulse=104, breaths=18)
    at = datetime(2026, 7, 10, 6, 50)
    draft = VisitDraft(episode_id=case, at=at, round=Round.MORNING, vitals=measured, signs_asked=True)
    record_visit(db, draft, catalog=catalog(), now=NOW, sure=True, **WHO)
    call = CallDraft(
        person_id=village.mai, episode_id=case, at=datetime(2026, 7, 10, 7), result=CallResult.REACHED, summary="mệt"
    )
    log_call(db, call, now=NOW, **WHO)
    longer = ChangeDraft(days=10, reason="còn dương tính")
    change_isolation(db, case, longer, catalog=catalog(), now=NOW, **WHO)
    away = TransferDraft(left_at=datetime(2026, 7, 10, 7, 10), facility="TTYT <b>Sìn Hồ</b>", reason="SpO2 93 %")
    gone = transfer_out(db, case, away, now=NOW, **WHO).value
    back = ReturnDraft(returned_at=datetime(2026, 7, 12, 9))
    return_home(db, gone.id, back, catalog=catalog(), now=LATER, **WHO)
    well = OutcomeDraft(ending=Ending.RECOVERED, on=date(2026, 7, 13))
    record_outcome(db, case, well, catalog=catalog(), now=LATER, **WHO)
    return db


def test_each_event_in_its_words(db, village):
    page, record = person_page(db, village.mai), care_record(db, village.mai)
    groups = timeline(page, catalog(), LATER.date(), record)
    told = {(event.clock, event.what) for group in groups for event in group.events}
    assert told >= {
        ("06:50", "SpO2 93 %, nhịp thở 18, nhiệt độ 38,4, mạch 104"),
        ("07:00", "Gọi điện: gọi được"),
        ("07:15", "Cách ly 7 → 10 ngày"),
        ("07:10", "Chuyển tuyến: TTYT <b>Sìn Hồ</b>"),
        ("09:00", "Về từ TTYT <b>Sìn Hồ</b>"),
        ("", "Khỏi bệnh"),
    }
    danger = next(event for group in groups for event in group.events if event.ink == "danger")
    assert danger.more.startswith("Dấu hiệu nặng: SpO2 93 %")
    assert "đã trả lời" in danger.more
    assert danger.why


def test_the_history_names_every_kind_of_row(db, village):
    lines = person_history(db, village.mai)
    assert {line.table for line in lines} >= {
        "visit", "alert", "phone_call", "hospitalization", "isolation_change", "follow_up", "risk_assessment",
    }  # fmt: skip
    assert "answered_by" not in {line.field for line in lines}
    words = value_words(catalog())
    assert words("answer", "TRANSFERRED") == "Đã chuyển tuyến"
    assert words("status", "PENDING") == "chưa đến hạn"
    assert words("returned_at", "2026-07-12T09:00:00") == "09:00 12/07/2026"
