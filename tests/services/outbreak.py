"""What a commune goes through in an outbreak, act by act, so that every table that travels has its rows.

Each function is one act as the windows do it; `everything` does all of them once. Invented people, 10 March 2022.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.deliveries import deliveries_of
from covidstation.db.queries.people import get_person, household_members
from covidstation.db.queries.supplies import lots_left
from covidstation.db.rows import (
    ConflictDecisionRow,
    ConsentRow,
    DistrictMessageRow,
    EchoRow,
    FollowUpRow,
    PurgeRow,
    SupplyMovementRow,
)
from covidstation.db.session import Database
from covidstation.domain.care import (
    AlertAnswer,
    CallResult,
    OrderMeans,
    RiskClass,
    Round,
    VisitMeans,
    VisitStatus,
    Vitals,
)
from covidstation.domain.chronic import ConditionDraft, RemovedReason
from covidstation.domain.chronic_visits import Ability, ChronicVisitDraft, ElderCheck
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.dates import PartialDate
from covidstation.domain.dispensing import Origin
from covidstation.domain.episodes import Episode, PathogenTest, TestResult
from covidstation.domain.hospitalization import FacilityLevel, ReturnDraft, TransferDraft
from covidstation.domain.line_list import Cell, LineHeader, LineRow
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.notifiable import NoticeEvent
from covidstation.domain.packs import PackEdit, PaperKind, editable_items, pack_on
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.prescriptions import HandingDraft, HandingItem, PrescriptionDraft
from covidstation.domain.reviews import DoorResult
from covidstation.domain.rule_sets import Family
from covidstation.domain.supplies import ItemDraft, MovementKind
from covidstation.domain.terms import Answer
from covidstation.services.care.alerts import Answering, answer_alerts
from covidstation.services.care.calls import CallDraft, log_call, void_call
from covidstation.services.care.follow_up import finish_follow_up
from covidstation.services.care.isolation import ChangeDraft, change_isolation
from covidstation.services.care.medicines import GivingDraft, GivingItem, give, take_back
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.care.rounds import Recorded, record_visit, void_visit
from covidstation.services.care.transfers import Left, return_home, transfer_out
from covidstation.services.care.triage import TriageAnswers, TriageDraft, look_at_triage, save_triage
from covidstation.services.chronic.calls import ChronicCall, Reply, log_chronic_call
from covidstation.services.chronic.conditions import add_condition, remove_condition
from covidstation.services.chronic.visits import record_chronic_visit, void_chronic_visit
from covidstation.services.contacts.care import (
    QuarantineLength,
    add_contact_test,
    change_quarantine,
    contact_becomes_case,
    drop_contacts,
    end_quarantines,
)
from covidstation.services.contacts.checks import ContactCheck, record_contact_checks
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.contacts.work import propose_household
from covidstation.services.dispensing.handing import hand_out as hand_medicines
from covidstation.services.dispensing.handing import take_back_handing
from covidstation.services.dispensing.prescribing import change_prescription, prescribe
from covidstation.services.episodes import add_test
from covidstation.services.households.coming import ArrivalDraft, Arrived, BirthDraft, record_arrival, record_birth
from covidstation.services.households.leaving import DepartureDraft, record_departure, undo_change
from covidstation.services.line_list import LineListResult, save_rows
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered, unmark_delivered
from covidstation.services.papers.issuing import Issued, issue_paper, void_paper
from covidstation.services.papers.packs import edit_pack
from covidstation.services.people import register_person
from covidstation.services.places import add_hamlet, add_sub_point
from covidstation.services.reports.daily import DailyReport, Typed, freeze_report
from covidstation.services.reports.notices import mark_entered
from covidstation.services.reviews.doors import DoorDraft, record_door, void_door
from covidstation.services.reviews.rounds import ReviewDraft, start_review
from covidstation.services.rules.shelf import keep_rule, rule_shelf
from covidstation.services.sharing import Worker, save_shares
from covidstation.services.staff import DutyDraft, add_duty
from covidstation.services.supplies.acts import (
    CountDraft,
    CountLine,
    IssueDraft,
    IssueLine,
    LotDraft,
    ReceiptDraft,
    ReceiptLine,
    count,
    move_lot,
    receive,
    take_back_movements,
)
from covidstation.services.supplies.acts import issue as issue_supplies
from covidstation.services.supplies.items import add_items
from tests.services.samples import NOW, TODAY, USER, catalog, f0, neighbour, positive_on, register
from tests.services.vaccination.aims import aimed
from tests.services.vaccination.fridges import watched
from tests.services.vaccination.rooms import whole_session
from tests.services.vaccination.told import told_doses

WHO: dict[str, Any] = {"by": None, "by_name": USER}
LOCAL = NOW.replace(tzinfo=None)
FOUND_ON = date(2022, 3, 3)  # seven days before: guideline 261 speaks, and the isolation may end
WELL = Vitals(temperature=368, spo2=98, pulse=84, breaths=18)
ILL = Vitals(temperature=385, spo2=93, pulse=112, breaths=26)  # QĐ 261: SpO2 ≤ 96 %, breaths > 21
AWAY = TransferDraft(
    left_at=datetime(2022, 3, 10, 8),
    facility="Trung tâm Y tế huyện Sìn Hồ",
    level=FacilityLevel.DISTRICT,
    reason="SpO2 93 %",
    state="tỉnh, khó thở",
)
PACKAGE_A = GivingDraft(
    package="A",
    items=(
        GivingItem(medicine="paracetamol500", quantity=12, dose="mỗi lần 1 viên khi sốt", days=3),
        GivingItem(medicine="vitamin", quantity=14, dose="mỗi lần 1 viên, 2 lần/ngày", days=7),
    ),
    weight=600,
    by_name=USER,
)


def case(db: Database, number: int, day: date = FOUND_ON) -> Episode:
    """That neighbour as an F0, with their own household."""
    return register(db, f0(neighbour(number), day, new_household_head=neighbour(number).full_name))


def check(db: Database, episode: Episode, vitals: Vitals = WELL, **changes: Any) -> Recorded:
    """One check of this morning."""
    draft = VisitDraft(
        episode_id=episode.id, at=datetime(2022, 3, 10, 7), round=Round.MORNING, vitals=vitals, signs_asked=True
    )
    return record_visit(db, replace(draft, **changes), catalog=catalog(), now=NOW, sure=True, **WHO).value


def send_away(db: Database, episode: Episode) -> Left:
    """To the district's hospital; what was in danger is answered by that."""
    return transfer_out(db, episode.id, AWAY, now=NOW, **WHO).value


def issue(db: Database, kind: PaperKind, one: UUID) -> Issued:
    """A paper of today of one illness, or one contact."""
    return issue_paper(db, kind, [one], catalog=catalog(), issued_on=TODAY, by=None, now=NOW).value


def recover(db: Database, episode: Episode) -> Issued:
    """The decision, and the paper that ends the isolation with a plan of the twelve months after."""
    issue(db, PaperKind.ISOLATION_ORDER, episode.id)
    return issue(db, PaperKind.ISOLATION_END, episode.id)


def enter_household(db: Database, episode: Episode, numbers: tuple[int, ...]) -> tuple[UUID, ...]:
    """Those neighbours under the same roof, all as contacts in one step; the ids of the contacts."""
    person = get_person(db, episode.person_id)
    assert person is not None
    for number in numbers:
        member = replace(neighbour(number), household_id=person.household_id)
        register_person(db, member, catalog=catalog(), by=None, now=NOW)
    proposed = propose_household(db, episode.id, catalog(), TODAY)
    drafts = [NewContact(person_id=one.person_id, contact=one.contact) for one in proposed]
    return add_contacts(db, drafts, catalog=catalog(), by=None, now=NOW).value


def fall_ill(db: Database, contact_id: UUID) -> Episode:
    """A contact becomes a case."""
    return contact_becomes_case(db, contact_id, positive_on(TODAY), catalog=catalog(), by=None, now=NOW).value


def hand_out(db: Database, episode: Episode, draft: GivingDraft = PACKAGE_A) -> UUID:
    """Package A; the id of the giving."""
    return give(db, episode.id, draft, catalog=catalog(), by=None, now=NOW).value


def freeze(db: Database, day: date = TODAY, reason: str = "") -> DailyReport:
    """The report of that day as it is sent."""
    typed = Typed(oxygen=1, difficulties="Thiếu test nhanh", suggestions="Cấp thêm 200 test")
    done = freeze_report(db, day, typed, catalog=catalog(), by=None, now=NOW, by_name=USER, reason=reason)
    return done.value


def deliver(db: Database, papers: tuple[UUID, ...]) -> int:
    """Bring these papers to the home."""
    draft = DeliveryDraft(delivered_on=TODAY, by_name=USER, to_name="người nhà", means=OrderMeans.OFFICIAL_DOCUMENT)
    return mark_delivered(db, papers, draft, by=None, now=NOW).value


def mass_test(db: Database, first: int, count: int = 20) -> LineListResult:
    """So many new people on one sheet, every fourth of them negative, two to a household."""
    header = LineHeader(sampled_on=TODAY, place="Nhà văn hoá bản")
    rows = []
    for number in range(first, first + count):
        cells = {
            Cell.NAME: neighbour(number).full_name,
            Cell.BIRTH: "1955",
            Cell.CITIZEN: neighbour(number).citizen_number,
            Cell.HOUSEHOLD: f"Chủ hộ {number // 2}",
            Cell.RESULT: "âm tính" if number % 4 == 3 else "dương tính",
        }
        rows.append(LineRow({str(cell): text for cell, text in cells.items()}, {}, is_new=True))
    return save_rows(db, header, rows, catalog=catalog(), by=None, now=NOW).value


def rewrite_rule(db: Database, reason: str = "Công văn mới của Sở Y tế") -> int:
    """The station's own version of a shipped rule; its number."""
    rule = next(one for one in rule_shelf(db, catalog()) if one.family is Family.FOLLOW_UP)
    title = f"Theo dõi sau khỏi bệnh, sửa lần {rule.version + 1}"
    return keep_rule(
        db, rule, {**rule.table, "title": title}, confirmed=True, reason=reason, catalog=catalog(), now=NOW, **WHO
    ).value


def choose_class(db: Database, episode: Episode, reason: str = "Đã khám, khoẻ, có người chăm sóc") -> UUID:
    """A nurse puts somebody in another class than the table; the triage's id."""
    look = look_at_triage(db, catalog(), episode.id)
    answers = TriageAnswers(items=look.prefilled.items)
    draft = TriageDraft(episode_id=episode.id, answers=answers, chosen=RiskClass.MEDIUM, reason=reason)
    return save_triage(db, draft, catalog=catalog(), now=NOW, **WHO).value.id


def stocked(db: Database) -> UUID:
    """Paracetamol in the store, of two lots; one receipt was corrected, one count differed; the item."""
    draft = ItemDraft(name="Paracetamol", strength="500 mg", unit="viên", medicine="paracetamol500", kept_from=FOUND_ON)
    item = add_items(db, [draft], by=None, now=NOW).value[0]
    lines = [ReceiptLine(item_id=item, number=lot, expiry=date(2023, 1, 31), quantity=200) for lot in ("A1", "B1")]
    receive(db, ReceiptDraft(day=FOUND_ON, lines=tuple(lines), by_name=USER), by=None, now=NOW)
    lots = [one for _item, one in lots_left(db, TODAY)]
    counts = tuple(CountLine(lot_id=one.id, counted=one.balance - 3) for one in lots)
    count(db, CountDraft(day=TODAY, lines=counts, reason="vỡ", by_name=USER), by=None, now=NOW)
    handed = IssueDraft(day=TODAY, partner="Đội chăm sóc", lines=(IssueLine(item_id=item, quantity=20),), by_name=USER)
    issue_supplies(db, handed, by=None, now=NOW)
    lost = LotDraft(lot_id=lots[0].id, kind=MovementKind.LOSS, day=TODAY, quantity=5, reason="ẩm", by_name=USER)
    act = move_lot(db, lost, by=None, now=NOW).value
    with db.read() as session:
        ids = list(session.scalars(select(SupplyMovementRow.id).where(SupplyMovementRow.act == act)))
    take_back_movements(db, ids, "ghi nhầm", by=None, now=NOW, by_name=USER)
    return item


def everything(db: Database) -> None:
    """Every act once, corrections and takings-back among them."""
    stocked(db)
    _asked_and_purged(db)
    _said_to_the_district(db)
    _places_and_rules(db)
    _born_and_left(db)
    _door_to_door(db)
    _daily_medicines(db)
    _long_ill(db)
    told_doses(db)
    aimed(db)
    whole_session(db)
    watched(db)
    _sick_at_home(db)
    _gone_and_back(db)
    _contacts(db)
    mass_test(db, 40, 6)
    _recovered_and_dead(db)
    freeze(db)
    freeze(db, reason="Thêm ca muộn")


def _asked_and_purged(db: Database) -> None:
    """A consent and the mark of a legal deletion, as rows: their services have tests of their own."""
    with db.write(None, NOW) as session:
        session.add(ConsentRow(id=new_id(), person_id=new_id(), kind="care", text_id="t", agreed=True, given_on=TODAY))
        session.add(
            PurgeRow(id=new_id(), rule="r", kind="visit", until=TODAY, decision="01/QĐ", count=1, purged_at=LOCAL)
        )


def _said_to_the_district(db: Database) -> None:
    """An answer, a decision and a line sent back, as rows: their services have tests of their own."""
    with db.write(None, NOW) as session:
        session.add(DistrictMessageRow(id=new_id(), item=new_id(), kind="read", made_at=LOCAL))
        decision = ConflictDecisionRow(id=new_id(), conflict=new_id(), choice="standing", decided_at=LOCAL)
        decision.about_tbl, decision.about_row, decision.grp, decision.heads = "person", new_id(), "phone", [8, 13]
        session.add(decision)
        session.add(EchoRow(id=new_id(), epoch="0123456789abcdef", seq=1, line="{}"))


def _places_and_rules(db: Database) -> None:
    hamlet = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    add_sub_point(db, "Điểm trạm Nậm Ngá", "Bản Nậm Ngá", by=None, now=NOW)
    duty = DutyDraft(name=USER, title="Điều dưỡng", phone="0912345678", hamlet_id=hamlet, valid_from=TODAY)
    add_duty(db, duty, catalog=catalog(), by=None, now=NOW)
    rewrite_rule(db)
    rewrite_rule(db, "Sửa lại cho đúng")
    pack = pack_on(catalog().packs, TODAY)
    item = next(item for item in editable_items(pack) if item.kind is None)
    edit_pack(db, pack.id, item.path, PackEdit(item.text, confirmed=True), catalog=catalog(), by=None, now=NOW)


def _born_and_left(db: Database) -> None:
    """A household is founded by somebody who came; a child is born in it; one left by mistake, and is back."""
    hamlet = add_hamlet(db, "Bản Pa Khoá", by=None, now=NOW).value
    come = ArrivalDraft(hamlet_id=hamlet, person=neighbour(60), day=FOUND_ON, place="Xã Noong Hẻo")
    home = record_arrival(db, come, catalog=catalog(), now=NOW, **WHO).value
    child = PersonDraft(full_name="Giàng Thị Bé", birth=PartialDate.of(FOUND_ON), sex=Sex.FEMALE)
    record_birth(db, BirthDraft(household_id=home.household_id, person=child), catalog=catalog(), now=NOW, **WHO)
    left = DepartureDraft(people=(home.person_id,), day=TODAY, new_head=_child_of(db, home.household_id))
    undo_change(db, record_departure(db, left, now=NOW, **WHO).value, now=NOW, **WHO)


def _door_to_door(db: Database) -> None:
    """A round: one family told of an elder, then took it back; the day's work was shared out."""
    round_ = ReviewDraft(title="Đợt rà tháng 3", first_day=FOUND_ON, last_day=TODAY)
    review = start_review(db, round_, catalog=catalog(), now=NOW, **WHO).value
    hamlet = add_hamlet(db, "Bản Hua Lai", by=None, now=NOW).value
    home = came(db, hamlet, 61)
    door = DoorDraft(review_id=review, household_id=home.household_id, day=TODAY)
    told = replace(door, answers={home.person_id: frozenset({"ELDER", "ALONE"})})
    record_door(db, told, catalog=catalog(), now=NOW, **WHO)
    record_door(db, replace(told, answers={home.person_id: frozenset({"ELDER"})}), catalog=catalog(), now=NOW, **WHO)
    away = record_door(db, replace(door, result=DoorResult.AWAY), catalog=catalog(), now=NOW, **WHO).value
    void_door(db, away.visit_id, now=NOW, **WHO)
    save_shares(db, TODAY, {hamlet: Worker(USER, "0912345678", None)}, by=None, now=NOW)


def _long_ill(db: Database) -> None:
    """Two diseases, one of them entered wrongly; a visit, corrected, one taken back; a yearly check; calls."""
    act: dict[str, Any] = {"catalog": catalog(), "now": NOW, **WHO}
    who = register_person(db, replace(neighbour(62), household_id=None), catalog=catalog(), by=None, now=NOW).value.id
    add_condition(db, who, ConditionDraft(code="I10", diagnosed=PartialDate(2015), treatment="Amlodipin 5 mg"), **act)
    wrong = add_condition(db, who, ConditionDraft(code="J44"), **act).value
    remove_condition(db, wrong.id, RemovedReason.WRONG, "Nhập nhầm người", catalog=catalog(), by=None, now=NOW)
    seen = ChronicVisitDraft(person_id=who, day=FOUND_ON, systolic=152, diastolic=94, next_on=date(2022, 4, 2))
    first = record_chronic_visit(db, seen, sure=True, **act).value
    second = record_chronic_visit(db, replace(seen, diastolic=92, voids=first.id), sure=True, **act).value
    again = record_chronic_visit(db, replace(seen, day=TODAY, yearly=True), sure=True, **act).value
    void_chronic_visit(db, again.id, "Ghi nhầm", now=NOW, **WHO)
    check = ElderCheck(vision=Ability.WEAK, frail=Answer.YES, home_on=date(2022, 3, 20))
    record_chronic_visit(db, replace(second, day=TODAY, yearly=True, elder=check, voids=None), sure=True, **act)
    log_chronic_call(db, ChronicCall(person_id=who, reply=Reply.AGREED, on=date(2022, 3, 12)), **act)


def _daily_medicines(db: Database) -> None:
    """A medicine for hypertension, handed out by a hospital for two months, another dose of it, a part brought back."""
    draft = replace(neighbour(74), household_id=None)
    person = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
    medicine = PrescriptionDraft(medicine="Amlodipin", strength="5 mg", unit="viên", started_on=FOUND_ON)
    one = prescribe(db, person, medicine, now=NOW, **WHO).value
    item = HandingItem(prescription_id=one, days=60, origin=Origin.UPPER)
    handed = HandingDraft(items=(item,), day=TODAY, facility="Trung tâm Y tế Sìn Hồ")
    take_back_handing(
        db, hand_medicines(db, person, handed, catalog=catalog(), now=NOW, **WHO).value, "Nhầm", now=NOW, **WHO
    )
    hand_medicines(db, person, handed, catalog=catalog(), now=NOW, **WHO)
    change_prescription(db, one, replace(medicine, times=2, started_on=TODAY), now=NOW, **WHO)


def came(db: Database, hamlet_id: UUID, number: int) -> Arrived:
    """That neighbour founds a household of their own."""
    come = ArrivalDraft(hamlet_id=hamlet_id, person=replace(neighbour(number), household_id=None))
    return record_arrival(db, come, catalog=catalog(), now=NOW, **WHO).value


def _child_of(db: Database, household_id: UUID) -> UUID:
    return next(one.id for one in household_members(db, household_id) if not one.is_head)


def _sick_at_home(db: Database) -> None:
    """Seen, corrected, taken back, called; triaged, given medicines, and kept longer."""
    one, two = case(db, 1), case(db, 2)
    first = check(db, one, ILL)
    corrected = check(db, one, replace(ILL, spo2=94), voids=first.visit.id)
    said = Answering(answer=AlertAnswer.PHONED, note="đã gọi bác sĩ", call=CallResult.REACHED)
    answer_alerts(db, [alert.id for alert in corrected.alerts], said, now=NOW, **WHO)
    wrong = check(db, two, ILL, round=Round.EXTRA)
    void_visit(db, wrong.visit.id, "Nhập nhầm người", catalog=catalog(), now=NOW, **WHO)
    check(db, two, Vitals(), status=VisitStatus.UNAVAILABLE, reason="đi nương", signs_asked=False)
    call = CallDraft(person_id=two.person_id, episode_id=two.id, at=LOCAL, result=CallResult.NO_ANSWER)
    void_call(db, log_call(db, call, now=NOW, **WHO).value, now=NOW, **WHO)
    choose_class(db, one)
    take_back(db, hand_out(db, one), "Trả lại thuốc", by=None, now=NOW, by_name=USER)
    hand_out(db, one)
    add_test(db, one.id, positive_on(TODAY), by=None, now=NOW)
    longer = ChangeDraft(days=10, reason="Còn dương tính")
    change_isolation(db, one.id, longer, catalog=catalog(), now=NOW, **WHO)


def _gone_and_back(db: Database) -> None:
    one = case(db, 3)
    check(db, one, ILL)
    left = send_away(db, one)
    issue(db, PaperKind.REFERRAL, one.id)
    back = ReturnDraft(returned_at=LOCAL, note="đỡ khó thở")
    return_home(db, left.id, back, catalog=catalog(), now=NOW, **WHO)
    gone = case(db, 4)
    check(db, gone, ILL)
    send_away(db, gone)


def _contacts(db: Database) -> None:
    source = case(db, 5, TODAY)
    ill, kept, ended, denied = enter_household(db, source, (20, 21, 22, 23))
    negative = PathogenTest(sampled_on=TODAY, result=TestResult.NEGATIVE, place="Trạm Y tế")
    add_contact_test(db, [kept, ended], negative, by=None, now=NOW)
    record_contact_checks(db, [kept], ContactCheck(temperature=367, by_name=USER), by=None, now=NOW)
    length = QuarantineLength(days=10, reason="Tiếp xúc thêm", by_name=USER)
    change_quarantine(db, kept, length, catalog=catalog(), by=None, now=NOW)
    fall_ill(db, ill)
    end_quarantines(db, [ended], day=TODAY, by=None, now=NOW)
    drop_contacts(db, [denied], "Không gặp", by=None, now=NOW)
    words = ContactDraft(source_words="Một người ở xã Noong Hẻo", last_contact_on=TODAY)
    add_contacts(db, [NewContact(person=neighbour(24), contact=words)], catalog=catalog(), by=None, now=NOW)


def _recovered_and_dead(db: Database) -> None:
    well, dead, wrong = case(db, 6), case(db, 7), case(db, 8)
    paper = recover(db, well)
    deliver(db, (paper.id,))
    void_paper(db, issue(db, PaperKind.ISOLATION_ORDER, wrong.id).id, "In nhầm", by=None, now=NOW)
    delivered = issue(db, PaperKind.ISOLATION_ORDER, dead.id)
    deliver(db, (delivered.id,))
    mark = deliveries_of(db, [delivered.id])[delivered.id]
    unmark_delivered(db, mark.id, "Giao nhầm nhà", by=None, now=NOW)
    died = OutcomeDraft(ending=Ending.DIED, on=TODAY, place="Tại nhà", cause="Suy hô hấp")
    record_outcome(db, dead.id, died, catalog=catalog(), now=NOW, **WHO)
    entered = [(well.id, NoticeEvent.CASE), (dead.id, NoticeEvent.DEATH)]
    mark_entered(db, entered, catalog=catalog(), now=NOW, **WHO)
    no_case = OutcomeDraft(ending=Ending.NO_CASE, reason="Nhập nhầm người")
    record_outcome(db, wrong.id, no_case, catalog=catalog(), now=NOW, **WHO)
    with db.read() as session:
        due = session.scalars(select(FollowUpRow.id).order_by(FollowUpRow.due_on)).first()
    assert due is not None
    finish_follow_up(db, due, result="Còn mệt khi gắng sức", means=VisitMeans.PHONE, now=NOW, **WHO)
