"""One invented person of each kind, with ids that never change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from uuid import UUID

from covidstation.catalog import load_catalog
from covidstation.domain.care import (
    CallResult,
    ContactStatus,
    EndOfQuarantineReason,
    FollowUpStatus,
    RiskClass,
    VisitMeans,
    VisitStatus,
    Vitals,
)
from covidstation.domain.chronic import Condition, ConditionStatus, RemovedReason
from covidstation.domain.chronic_visits import ChronicVisit, VisitPlace
from covidstation.domain.contacts import Contact
from covidstation.domain.dates import PartialDate
from covidstation.domain.dispensing import Origin
from covidstation.domain.episodes import CaseOutcome, Episode, PathogenTest, QuarantineType, TestKind, TestResult
from covidstation.domain.glucose import GlucoseKind, GlucoseUnit
from covidstation.domain.people import Answer, Person, Sex
from covidstation.interop.doses import Statement, doses_of
from covidstation.interop.elements import Words
from covidstation.interop.records import (
    Away,
    Call,
    Check,
    Given,
    Grouped,
    HandedOut,
    Holder,
    Illness,
    Later,
    PersonRecord,
    Taken,
    Tested,
)
from covidstation.paths import resources

HANOI = timezone(timedelta(hours=7))
STATION = Holder(
    id=UUID(int=1), name="Trạm Y tế xã Nậm Tăm", commune_code="03517", upper="Trung tâm Y tế huyện Sìn Hồ", phone="0213"
)


def uid(number: int) -> UUID:
    return UUID(int=(7 << 76) | (2 << 62) | number)


CATALOG = load_catalog(resources())


def words(**changes) -> Words:
    base = {
        "holder": STATION,
        "terms": CATALOG.terminology,
        "symptoms": CATALOG.symptoms,
        "conditions": CATALOG.conditions,
        "zone": HANOI,
    }
    return Words(**{**base, **changes})


def may() -> PersonRecord:
    """Vàng Thị Mảy, 67, diabetic: an F1 who became an F0, was treated, sent on, came back, recovered."""
    me, ill = uid(10), uid(11)
    said = [Statement(date(2022, 2, 27), 1, None), Statement(date(2022, 3, 3), 2, date(2021, 11, 20))]
    return PersonRecord(
        person=_person(me),
        place="Nậm Ngá",
        illnesses=(Illness(episode=_episode(me, ill), until=date(2022, 3, 9)),),
        contacts=(_contact(me, ill),),
        tests=_tests(ill),
        checks=_checks(ill),
        calls=_calls(ill),
        given=_given(ill),
        away=(_away(ill),),
        later=_later(ill),
        groups=(_group(ill),),
        doses=doses_of(said),
    )


def _person(me: UUID) -> Person:
    return Person(
        id=me,
        full_name="Vàng Thị Mảy",
        birth=PartialDate(1955, 2),
        sex=Sex.FEMALE,
        citizen_number="012155000001",
        old_citizen_number="045000001",
        insurance_number="DT4121234567890",
        phone="0912000111",
        address_detail="Nhà cạnh suối",
        address_printed="Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu",
        pregnancy=Answer.NO,
        conditions=frozenset({"diabetes", "hypertension"}),
        mother_name="Sùng Thị Dợ",
    )


def _episode(me: UUID, ill: UUID) -> Episode:
    return Episode(
        id=ill,
        person_id=me,
        report_date=date(2022, 3, 3),
        onset_date=date(2022, 3, 2),
        symptoms=frozenset({"fever", "runnyNose"}),
        doses_known=2,
        last_dose_on=date(2021, 11, 20),
        outcome=CaseOutcome.RECOVERED,
        outcome_on=date(2022, 3, 14),
        isolation_type=QuarantineType.HOME,
        isolation_start=datetime(2022, 3, 3, 9, 15),
        isolation_days=7,
        checks_a_day=2,
        note="Sống một mình",
    )


def _contact(me: UUID, ill: UUID) -> Contact:
    return Contact(
        id=uid(12),
        person_id=me,
        report_date=date(2022, 2, 27),
        status=ContactStatus.CONVERTED,
        quarantine_type=QuarantineType.HOME,
        quarantine_start=datetime(2022, 2, 27, 0, 0),
        quarantine_until=date(2022, 3, 6),
        ended_on=date(2022, 3, 3),
        end_reason=EndOfQuarantineReason.ISOLATED_AS_CASE,
        became_episode_id=ill,
    )


def _calls(ill: UUID) -> tuple[Call, ...]:
    evening = datetime(2022, 3, 5, 19, 0)
    return (
        Call(id=uid(40), at=evening, result=CallResult.REACHED, summary="Đã ăn được cháo", illness_id=ill),
        Call(id=uid(41), at=evening + timedelta(days=1), result=CallResult.NO_ANSWER, illness_id=ill),
    )


def _away(ill: UUID) -> Away:
    return Away(
        id=uid(60),
        left_at=datetime(2022, 3, 7, 8, 0),
        returned_at=datetime(2022, 3, 10, 15, 30),
        facility="Trung tâm Y tế huyện Sìn Hồ",
        reason="SpO2 93 %",
        state="tỉnh, khó thở",
        by_name="Lò Thị Mai",
        illness_id=ill,
    )


def _later(ill: UUID) -> tuple[Later, ...]:
    return (
        Later(
            due_on=date(2022, 4, 14),
            means=VisitMeans.PHONE,
            status=FollowUpStatus.DONE,
            done_at=datetime(2022, 4, 15, 10, 0),
            result="Còn mệt",
            illness_id=ill,
        ),
        Later(due_on=date(2022, 6, 14), means=VisitMeans.VISIT, status=FollowUpStatus.PENDING, illness_id=ill),
    )


def _group(ill: UUID) -> Grouped:
    return Grouped(
        id=uid(70),
        at=datetime(2022, 3, 3, 9, 30),
        chosen=RiskClass.HIGH,
        words="Từ 65 tuổi, có bệnh nền",
        by_name="Lò Thị Mai",
        illness_id=ill,
    )


def _tests(ill: UUID) -> tuple[Tested, ...]:
    def tested(number: int, kind: TestKind, result: TestResult, day: date | None) -> Tested:
        test = PathogenTest(id=uid(number), kind=kind, result=result, sampled_on=day, place="Trạm Y tế")
        return Tested(id=uid(number), test=test, written_on=date(2022, 3, 8), illness_id=ill)

    return (
        tested(20, TestKind.RAPID_ANTIGEN, TestResult.POSITIVE, date(2022, 3, 3)),
        tested(21, TestKind.PCR_RT_PCR, TestResult.PENDING, date(2022, 3, 4)),
        tested(22, TestKind.PCR_RT_PCR, TestResult.INDETERMINATE, None),
        tested(23, TestKind.RAPID_ANTIGEN, TestResult.NEGATIVE, date(2022, 3, 13)),
    )


def _checks(ill: UUID) -> tuple[Check, ...]:
    vitals = Vitals(temperature=385, spo2=96, pulse=104, breaths=22, systolic=150, diastolic=95)
    return (
        Check(
            id=uid(30),
            at=datetime(2022, 3, 4, 7, 5),
            status=VisitStatus.COOPERATIVE,
            means=VisitMeans.VISIT,
            vitals=vitals,
            symptoms=frozenset({"cough", "blueLips"}),
            asked=True,
            note="Uống ít nước",
            by_name="Giàng A Lử",
            illness_id=ill,
        ),
        Check(
            id=uid(31),
            at=datetime(2022, 3, 4, 16, 40),
            status=VisitStatus.COOPERATIVE,
            means=VisitMeans.PHONE,
            asked=True,
            illness_id=ill,
        ),
        Check(
            id=uid(32),
            at=datetime(2022, 3, 5, 7, 0),
            status=VisitStatus.UNAVAILABLE,
            means=VisitMeans.VISIT,
            reason="Đi nương",
            illness_id=ill,
        ),
    )


def _given(ill: UUID) -> tuple[Given, ...]:
    base = {"giving": uid(50), "at": datetime(2022, 3, 3, 10, 0), "weight": 455, "illness_id": ill}
    return (
        Given(
            id=uid(51),
            name="Paracetamol 500 mg",
            quantity=10,
            unit="viên",
            dose="mỗi lần 1 viên khi sốt",
            days=5,
            by_name="Lò Thị Mai",
            **base,
        ),
        Given(id=uid(52), name="Thuốc nam tự uống", quantity=0, **base),
    )


def child() -> PersonRecord:
    """Nothing but a name that is one word, and a year."""
    return PersonRecord(person=Person(id=uid(80), full_name="Sùng", birth=PartialDate(2019)))


WHO, HIGH, SUGAR, SEEN, TAKEN, HANDED = (uid(900 + number) for number in range(6))
DAY = date(2022, 3, 4)


def elder(**changes) -> PersonRecord:
    """Somebody of the chronic register with a visit, a medicine and two months of it."""
    record = PersonRecord(
        person=Person(id=WHO, full_name="Sùng Thị Chợ", birth=PartialDate(1948), sex=Sex.FEMALE),
        followed=(
            Condition(id=HIGH, person_id=WHO, code="I10", diagnosed=PartialDate(2015, 6),
                      registered_on=date(2020, 1, 6)),
            Condition(id=SUGAR, person_id=WHO, code="E11.9", label="Đái tháo đường", registered_on=date(2021, 1, 6),
                      status=ConditionStatus.REMOVED, removed_reason=RemovedReason.WRONG, removed_note="đo lại thường"),
        ),
        seen=(
            ChronicVisit(id=SEEN, person_id=WHO, day=DAY, place=VisitPlace.HOME, systolic=135, diastolic=85, pulse=72,
                         weight=525, height=1520, waist=815, glucose=720, glucose_kind=GlucoseKind.FASTING,
                         glucose_unit=GlucoseUnit.MG, hba1c=71, symptoms="mỏi", yearly=True, by_name="Lò Thị Nhung"),
        ),
        taken=(
            Taken(id=TAKEN, medicine="Amlodipin 5 mg", atc="c08ca01", unit="viên", amount=50, times=2, condition="I10",
                  started_on=date(2021, 12, 1), prescriber="BS Vàng A Lử, BV huyện"),
        ),
        handed=(
            HandedOut(id=HANDED, taken_id=TAKEN, day=DAY, days=60, units=60, origin=Origin.STATION, at_home=True,
                      receiver="Giàng A Sử, con", by_name="Lò Thị Nhung"),
        ),
    )  # fmt: skip
    return replace(record, **changes)
