"""What a transfer is refused for, and the words that go onto a referral."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest

from covidstation.domain.care import Vitals
from covidstation.domain.hospitalization import (
    ReturnDraft,
    Transfer,
    TransferDraft,
    check_return,
    check_transfer,
    course_words,
    reason_words,
    state_words,
)

NOW = datetime(2022, 3, 10, 8, 30)
BEGUN = datetime(2022, 3, 8)
GOOD = TransferDraft(left_at=datetime(2022, 3, 10, 8), facility="TTYT Sìn Hồ", reason="SpO2 93 %")
GONE = Transfer(id=UUID(int=1), episode_id=UUID(int=2), left_at=datetime(2022, 3, 9, 7), facility="TTYT Sìn Hồ")


def codes(problems):
    return [(problem.field, problem.code) for problem in problems]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, []),
        ({"left_at": None}, [("left_at", "care.left_missing")]),
        ({"left_at": NOW}, []),
        ({"left_at": datetime(2022, 3, 10, 8, 31)}, [("left_at", "care.future")]),
        ({"left_at": BEGUN}, []),
        ({"left_at": datetime(2022, 3, 7, 23, 59)}, [("left_at", "care.before_illness")]),
        ({"facility": "  "}, [("facility", "care.facility_missing")]),
        ({"reason": ""}, [("reason", "care.transfer_reason_missing")]),
        ({"state": "x" * 4001}, [("state", "episodes.text_long")]),
        ({"escort": "x" * 501}, [("escort", "episodes.text_long")]),
    ],
)
def test_what_a_transfer_is_refused_for(changes, code):
    assert codes(check_transfer(replace(GOOD, **changes), now=NOW, begun=BEGUN)) == code


def test_not_before_the_last_return():
    back = replace(GONE, returned_at=datetime(2022, 3, 10, 8, 1))
    assert codes(check_transfer(GOOD, now=NOW, begun=BEGUN, others=(back,))) == [("left_at", "care.left_before_return")]
    assert check_transfer(GOOD, now=NOW, begun=BEGUN, others=(replace(back, voided_at=NOW),)) == []


def test_a_return_is_after_the_leaving_and_not_ahead():
    def wrong(moment):
        return codes(check_return(ReturnDraft(returned_at=moment), GONE, now=NOW))

    assert wrong(None) == [("returned_at", "care.return_missing")]
    assert wrong(datetime(2022, 3, 9, 6, 59)) == [("returned_at", "care.return_early")]
    assert wrong(datetime(2022, 3, 10, 8, 31)) == [("returned_at", "care.future")]
    assert wrong(datetime(2022, 3, 9, 7)) == wrong(NOW) == []


def test_who_is_away():
    assert GONE.away
    assert not replace(GONE, returned_at=NOW).away
    assert not replace(GONE, voided_at=NOW).away


def test_words_of_a_referral():
    vitals = Vitals(temperature=384, spo2=93, pulse=104, breaths=24, systolic=130, diastolic=80)
    assert state_words(vitals, ["Khó thở"], datetime(2022, 3, 10, 6, 50)) == (
        "06:50 10/03: nhiệt độ 38,4 °C, SpO2 93 %, mạch 104 lần/phút, nhịp thở 24 lần/phút, "
        "huyết áp 130/80 mmHg; khó thở."
    )
    assert state_words(Vitals(), [], NOW) == ""
    said = course_words(
        onset=date(2022, 3, 6), found=date(2022, 3, 8), symptoms=["Sốt", "Ho"], doses=0, conditions=["Tăng huyết áp"]
    )
    assert said == (
        "Khởi phát 06/03/2022. Xét nghiệm SARS-CoV-2 dương tính 08/03/2022. Triệu chứng: sốt, ho. "
        "Đã tiêm 0 mũi vắc xin COVID-19. Bệnh nền: tăng huyết áp."
    )
    assert course_words(onset=None, found=None, symptoms=(), doses=None, conditions=()) == ""
    assert reason_words([("spo2", "93 %"), ("symptom", "tím tái")]) == "Có dấu hiệu nặng: SpO2 93 %, tím tái."
    assert reason_words([]) == ""


def test_a_symptom_has_no_capital_in_the_middle_of_the_reason():
    said = reason_words([("spo2", "91 %"), ("symptom", "Khó thở")])
    assert said == "Có dấu hiệu nặng: SpO2 91 %, khó thở."
