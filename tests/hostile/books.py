"""The forms of the elders' books: chronic disease, medicines, the store, rounds from door to door."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from covidstation.db.ids import new_id
from covidstation.db.queries.supplies import lots_left
from covidstation.db.rows import DistrictItemRow
from covidstation.db.session import Database
from covidstation.domain.allotments import Allotment, AllotmentLine, allotment_data
from covidstation.domain.chronic import ConditionDraft
from covidstation.domain.chronic_visits import ChronicVisitDraft
from covidstation.domain.dispensing import Origin, Receiver
from covidstation.domain.prescriptions import HandingDraft, HandingItem, PrescriptionDraft
from covidstation.domain.reviews import DoorResult
from covidstation.domain.supplies import ItemDraft, MovementKind
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.chronic.visits import record_chronic_visit
from covidstation.services.dispensing.handing import hand_out_in
from covidstation.services.dispensing.prescribing import prescribe, prescribe_in
from covidstation.services.reviews.doors import DoorDraft, record_door
from covidstation.services.reviews.findings import StepDraft, add_finding
from covidstation.services.reviews.rounds import ReviewDraft, start_review
from covidstation.services.supplies.acts import (
    CountDraft,
    CountLine,
    IssueDraft,
    IssueLine,
    LotDraft,
    ReceiptDraft,
    ReceiptLine,
    count,
    issue,
    move_lot,
    receive,
)
from covidstation.services.supplies.allotments import AllotmentDraft, CountedLine, receive_allotment
from covidstation.services.supplies.items import add_items
from tests.hostile.stage import NOW, WHO, Form
from tests.services import outbreak
from tests.services.samples import TODAY, USER, catalog

SOMEBODY = UUID(int=1)
ACT = {**WHO, "now": NOW}
KNOWN = {**ACT, "catalog": catalog()}


def book_forms() -> dict[str, Form]:
    """All of them."""
    return {**_chronic(), **_medicines(), **_store(), **_rounds()}


def _chronic() -> dict[str, Form]:
    ill = ConditionDraft(
        code="G20", label="Bệnh Parkinson", diagnosed_at="BV đa khoa tỉnh", treatment="Levodopa", note="run tay",
    )  # fmt: skip
    seen = ChronicVisitDraft(
        person_id=SOMEBODY, day=TODAY, systolic=132, diastolic=80, symptoms="đau đầu", complications="mờ mắt",
        note="ăn nhạt", referred_to="Trung tâm Y tế Sìn Hồ", referred_reason="khó thở", back="đã khám, về",
    )  # fmt: skip
    return {
        "chronic condition": Form(ill, lambda stage, db, draft: add_condition(db, stage.member, draft, **KNOWN)),
        "chronic visit": Form(
            seen,
            lambda stage, db, draft: record_chronic_visit(
                db, replace(draft, person_id=stage.member), sure=True, **KNOWN
            ),
        ),
    }


def _medicines() -> dict[str, Form]:
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
    """One act with the prescription: what is refused leaves neither."""
    act = {"by_name": WHO["by_name"], "now": NOW, "sure": True}
    with db.write(WHO["by"], NOW) as session:
        one = prescribe_in(session, person, medicine, **act).id
        items = (HandingItem(prescription_id=one, days=30, origin=Origin.UPPER),)
        return hand_out_in(session, person, replace(draft, items=items), catalog=catalog(), **act)


def _store() -> dict[str, Form]:
    item = ItemDraft(
        name="Cloramin B", substances=("Cloramin B",), atc="D08AX04", strength="25 %", form="bột", unit="kg",
        note="để nơi khô",
    )  # fmt: skip
    line = ReceiptLine(item_id=SOMEBODY, number="L01", expiry=date(2023, 12, 31), quantity=5)
    got = ReceiptDraft(
        day=TODAY, partner="Trung tâm Y tế", document="PX 12", note="đủ", lines=(line,), by_name=USER,
    )  # fmt: skip
    out = IssueDraft(
        day=TODAY, partner="Đội lưu động", document="PX 3", reason="phun khử khuẩn",
        lines=(IssueLine(item_id=SOMEBODY, quantity=2),), by_name=USER,
    )  # fmt: skip
    lost = LotDraft(
        lot_id=SOMEBODY, kind=MovementKind.LOSS, day=TODAY, quantity=2, partner="Kho", document="BB 1", reason="ẩm",
        by_name=USER,
    )  # fmt: skip
    counted = CountDraft(day=TODAY, lines=(), reason="kiểm kê tháng", document="BB 2", by_name=USER)
    box = CountedLine(number="A12", expiry=date(2023, 12, 31), counted=480)
    paper = AllotmentDraft(allotment=SOMEBODY, day=TODAY, lines=(box,), reason="vỡ một hộp", by_name=USER)
    return {
        "supply item": Form(item, lambda stage, db, draft: add_items(db, [draft], by=None, now=NOW)),
        "supply receipt": Form(got, lambda stage, db, draft: _receive(db, draft)),
        "supply issue": Form(out, lambda stage, db, draft: _issue(db, draft)),
        "supply lot": Form(lost, lambda stage, db, draft: _lose(db, draft)),
        "supply count": Form(counted, lambda stage, db, draft: _count(db, draft)),
        "supply allotment": Form(paper, lambda stage, db, draft: _count_paper(db, draft)),
    }


def _receive(db: Database, draft: ReceiptDraft) -> object:
    item = outbreak.stocked(db)
    lines = tuple(replace(line, item_id=item) for line in draft.lines)
    return receive(db, replace(draft, lines=lines), by=None, now=NOW)


def _issue(db: Database, draft: IssueDraft) -> object:
    item = outbreak.stocked(db)
    lines = tuple(replace(line, item_id=item) for line in draft.lines)
    return issue(db, replace(draft, lines=lines), by=None, now=NOW)


def _lose(db: Database, draft: LotDraft) -> object:
    outbreak.stocked(db)
    lot = lots_left(db, TODAY)[0][1]
    return move_lot(db, replace(draft, lot_id=lot.id), by=None, now=NOW)


def _count(db: Database, draft: CountDraft) -> object:
    outbreak.stocked(db)
    lines = tuple(CountLine(lot_id=lot.id, counted=lot.balance - 1) for _item, lot in lots_left(db, TODAY))
    return count(db, replace(draft, lines=lines), by=None, now=NOW)


def _count_paper(db: Database, draft: AllotmentDraft) -> object:
    line = AllotmentLine(number=1, item=ItemDraft(name="Găng tay", unit="đôi"), lot="A12", quantity=500)
    made_at = NOW.replace(tzinfo=None)
    row = DistrictItemRow(
        id=new_id(), kind="allotment", title="Phiếu PX 1", body="", author="BS. Hoa", made_at=made_at,
        received_at=made_at, data=allotment_data(Allotment(document="PX 1", day=TODAY, lines=(line,))),
    )  # fmt: skip
    with db.write(None, NOW) as session:
        session.add(row)
        id = row.id
    return receive_allotment(db, replace(draft, allotment=id), by=None, now=NOW)


def _rounds() -> dict[str, Form]:
    round_ = ReviewDraft(title="Đợt rà tháng 3", first_day=TODAY, last_day=TODAY + timedelta(days=7))
    door = DoorDraft(
        review_id=SOMEBODY, household_id=SOMEBODY, day=TODAY, result=DoorResult.REFUSED, note="bận đi nương"
    )
    step = StepDraft(next_step="Đến thăm, đo huyết áp", due_on=TODAY + timedelta(days=7), note="sống một mình")
    return {
        "review": Form(round_, lambda stage, db, draft: start_review(db, draft, **KNOWN)),
        "review door": Form(door, lambda stage, db, draft: _knock(stage.home, db, round_, draft)),
        "review step": Form(step, lambda stage, db, draft: add_finding(db, stage.member, "ALONE", draft, **KNOWN)),
    }


def _knock(home: UUID, db: Database, round_: ReviewDraft, draft: DoorDraft) -> object:
    review = start_review(db, round_, **KNOWN).value
    return record_door(db, replace(draft, review_id=review, household_id=home), **KNOWN)
