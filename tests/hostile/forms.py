"""Every form of the station, filled as a nurse would, with the act that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from covidstation.db.queries.station import get_setting
from covidstation.db.session import Database
from covidstation.domain.care import AlertAnswer, CallResult, EndOfQuarantineReason, RiskClass, Round, VisitStatus
from covidstation.domain.consent import ConsentDraft, ConsentKind
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, TestResult
from covidstation.domain.hospitalization import ReturnDraft
from covidstation.domain.line_list import Cell, LineHeader, LineRow
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.notifiable import NoticeEvent
from covidstation.domain.packs import PackEdit, editable_items, pack_on
from covidstation.domain.rule_sets import Family
from covidstation.domain.text import clean
from covidstation.services.access.users import UserDraft, add_user
from covidstation.services.care.alerts import Answering, answer_alerts
from covidstation.services.care.calls import CallDraft, log_call
from covidstation.services.care.follow_up import finish_follow_up, remove_follow_up
from covidstation.services.care.isolation import ChangeDraft, change_isolation
from covidstation.services.care.medicines import give, take_back
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.care.rounds import record_visit, void_visit
from covidstation.services.care.transfers import edit_transfer, return_home, transfer_out
from covidstation.services.care.triage import TriageAnswers, TriageDraft, save_triage
from covidstation.services.contacts.care import QuarantineLength, change_quarantine, drop_contacts, end_quarantines
from covidstation.services.contacts.checks import ContactCheck, record_contact_checks
from covidstation.services.contacts.register import NewContact, add_contacts, edit_contact
from covidstation.services.episodes import add_test, edit_f0, register_f0
from covidstation.services.line_list import save_rows
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered, unmark_delivered
from covidstation.services.papers.issuing import void_paper
from covidstation.services.papers.packs import edit_pack
from covidstation.services.people import edit_person, register_person
from covidstation.services.places import add_hamlet, add_sub_point, rename_hamlet, rename_sub_point
from covidstation.services.privacy.consent import record_consent
from covidstation.services.record import change_setting, edit_station
from covidstation.services.reports.daily import Typed, freeze_report
from covidstation.services.reports.notices import mark_entered
from covidstation.services.rules.shelf import keep_rule, rule_shelf
from covidstation.services.rules.versions import RuleEdit
from covidstation.services.staff import DutyDraft, add_duty
from covidstation.services.station.founding import FoundingDraft, found_station
from tests.hostile.books import book_forms
from tests.hostile.homes import household_forms
from tests.hostile.sessions import session_forms
from tests.hostile.stage import Form, Stage, texts_since
from tests.hostile.vaccines import vaccine_forms
from tests.services import outbreak, samples
from tests.services.samples import NOW, STATION, TODAY, USER, catalog, edit_episode, f0, neighbour

LOCAL = NOW.replace(tzinfo=None)
WHO: dict[str, Any] = {"by": None, "by_name": USER}
ALL: dict[str, Any] = {"catalog": catalog(), "by": None, "now": NOW}


@dataclass(frozen=True)
class Words:
    """Loose texts of an act that has no draft of its own."""

    text: str = "Nhập nhầm"
    by_name: str = USER


@dataclass(frozen=True)
class Named:
    """A place."""

    name: str = "Pa Khôm"
    address: str = "Bản Pa Khôm"
    kind: str = "bản"


NO_ADDRESS, NO_KIND = frozenset({"address"}), frozenset({"kind"})
BY = frozenset({"by_name"})
RULE = frozenset(
    {"episode.isolation_rule", "isolation_rule", "contact.quarantine_rule", "quarantine_rule"}
)  # the rule in force names itself


def _rule_text(stage: Stage, db: Database, draft: RuleEdit) -> object:
    rule = next(one for one in rule_shelf(db, catalog()) if one.family is Family.FOLLOW_UP)
    table = {**rule.table, "title": draft.body}
    return keep_rule(
        db, rule, table, confirmed=True, reason=draft.reason, by_name=draft.by_name, by=None, now=NOW, catalog=catalog()
    )


def _pack_text(stage: Stage, db: Database, draft: PackEdit) -> object:
    pack = pack_on(catalog().packs, TODAY)
    item = next(item for item in editable_items(pack) if item.kind is None)
    return edit_pack(db, pack.id, item.path, draft, **ALL)


def _set(_stage: Stage, db: Database, said: Words) -> list[str]:
    change_setting(db, "insurance_signers", said.text, by=None, now=NOW)
    return [clean(get_setting(db, "insurance_signers"))]  # kept as typed, cleaned where it is read


def _found(stage: Stage, db: Database, draft: FoundingDraft) -> object:
    folder = db.path.parent / "founded"
    found_station(folder, draft, passphrase=samples.PASSPHRASE, catalog=catalog(), now=NOW, cost=samples.CHEAP)
    made = samples.opened(folder).db
    try:
        return [*texts_since(made, 0), get_setting(made, "home_isolation")]
    finally:
        made.engine.dispose()


def _away_again(stage: Stage, db: Database, draft: ReturnDraft) -> object:
    return return_home(db, stage.away, draft, now=NOW, catalog=catalog(), **WHO)


@cache
def forms() -> Mapping[str, Form]:
    """All of them, by name."""
    return {
        **_people(),
        **_watching(),
        **_treating(),
        **_leaving(),
        **_contacts(),
        **_papers(),
        **_station(),
        **household_forms(),
        **book_forms(),
        **vaccine_forms(),
        **session_forms(),
    }


def _people() -> dict[str, Form]:
    full = replace(
        neighbour(30), ethnic_group="01", address_unit="03517", address_detail="Nhà 5", occupation="Làm nương",
        workplace="Trường Nậm Tăm", father_name="Giàng A Sử", mother_name="Vàng Thị Sơ", card_extras="a|b",
        insurance_number="GD4010120123456", old_citizen_number="045000030", conditions=frozenset({"diabetes"}),
    )  # fmt: skip
    episode = EpisodeDraft(
        report_date=TODAY, symptoms=frozenset({"fever"}), isolation_address="Nhà văn hoá", note="Sống một mình"
    )
    draft = replace(f0(full), episode=episode, new_household_head="Giàng A Sử")
    test = PathogenTest(sampled_on=TODAY, result=TestResult.NEGATIVE, place="Trạm Y tế")
    return {
        "register person": Form(full, lambda _, db, draft: register_person(db, draft, **ALL)),
        "edit person": Form(full, lambda stage, db, draft: edit_person(db, stage.person, draft, **ALL)),
        "register F0": Form(draft, lambda _, db, draft: register_f0(db, draft, **ALL), RULE),
        "edit F0": Form(
            replace(draft, person=replace(neighbour(1), household_id=None)),
            lambda stage, db, draft: edit_f0(db, stage.one, replace(draft, tests=()), **ALL),
        ),
        "edit illness": Form(
            replace(episode, report_date=outbreak.FOUND_ON),
            lambda stage, db, draft: edit_episode(db, stage.one, draft, **ALL),
        ),
        "test": Form(test, lambda stage, db, draft: add_test(db, stage.one, draft, by=None, now=NOW)),
    }


def _watching() -> dict[str, Form]:
    visit = VisitDraft(episode_id=UUID(int=1), at=datetime(2022, 3, 10, 8), round=Round.EXTRA, signs_asked=True)
    met = replace(visit, vitals=outbreak.WELL, note="Ăn được", symptoms=frozenset({"cough"}))
    missed = replace(visit, status=VisitStatus.UNAVAILABLE, reason="Đi nương", signs_asked=False)

    def keep_visit(stage: Stage, db: Database, draft: VisitDraft) -> object:
        return record_visit(db, replace(draft, episode_id=stage.one), catalog=catalog(), now=NOW, **WHO)

    return {
        "check": Form(met, keep_visit),
        "check not met": Form(missed, keep_visit),
        "check taken back": Form(
            Words(),
            lambda stage, db, said: void_visit(
                db, stage.visit, said.text, by=None, by_name=said.by_name, now=NOW, catalog=catalog()
            ),
        ),
        "alert": Form(
            Answering(answer=AlertAnswer.PHONED, note="Đã gọi bác sĩ", call=CallResult.REACHED),
            lambda stage, db, said: answer_alerts(db, [stage.alert], said, now=NOW, **WHO),
        ),
        "call": Form(
            CallDraft(person_id=UUID(int=1), at=LOCAL, summary="Khoẻ"),
            lambda stage, db, draft: log_call(db, replace(draft, person_id=stage.person), now=NOW, **WHO),
        ),
        "call by": Form(
            Words(),
            lambda stage, db, said: log_call(
                db, CallDraft(person_id=stage.person, at=LOCAL, summary=said.text), now=NOW, by=None,
                by_name=said.by_name,
            ),
        ),
    }  # fmt: skip


def _treating() -> dict[str, Form]:
    return {
        "triage": Form(
            TriageDraft(
                episode_id=UUID(int=1), answers=TriageAnswers(items={}), chosen=RiskClass.LOW, reason="Đã khám"
            ),
            lambda stage, db, draft: save_triage(
                db, replace(draft, episode_id=stage.one), catalog=catalog(), now=NOW, **WHO
            ),
        ),
        "longer": Form(
            ChangeDraft(days=10, reason="Còn dương tính"),
            lambda stage, db, draft: change_isolation(db, stage.one, draft, catalog=catalog(), now=NOW, **WHO),
        ),
        "medicines": Form(
            replace(outbreak.PACKAGE_A, reason="Đã hết"),
            lambda stage, db, draft: give(db, stage.one, draft, **ALL),
        ),
        "medicines back": Form(
            Words(),
            lambda stage, db, said: take_back(db, stage.giving, said.text, by=None, now=NOW, by_name=said.by_name),
        ),
    }


def _leaving() -> dict[str, Form]:
    return {
        "transfer": Form(
            replace(outbreak.AWAY, course="Sốt 3 ngày", treatment="Paracetamol", transport="Xe cấp cứu", escort="Con"),
            lambda stage, db, draft: transfer_out(db, stage.one, draft, now=NOW, **WHO),
        ),
        "transfer corrected": Form(
            outbreak.AWAY, lambda stage, db, draft: edit_transfer(db, stage.away, draft, now=NOW, **WHO)
        ),
        "return": Form(ReturnDraft(returned_at=LOCAL, note="Đỡ"), _away_again),
        "death": Form(
            OutcomeDraft(ending=Ending.DIED, on=TODAY, place="Tại nhà", cause="Suy hô hấp"),
            lambda stage, db, draft: record_outcome(db, stage.one, draft, catalog=catalog(), now=NOW, **WHO),
            frozenset({"reason"}),
        ),
        "asked after": Form(
            Words("Còn mệt"),
            lambda stage, db, said: finish_follow_up(
                db, stage.follow_up, result=said.text, means=outbreak.VisitMeans.PHONE, now=NOW, by=None,
                by_name=said.by_name,
            ),
        ),
        "not asked after": Form(
            Words(),
            lambda stage, db, said: remove_follow_up(
                db, stage.follow_up, said.text, by=None, by_name=said.by_name, now=NOW
            ),
        ),
    }  # fmt: skip


def _contacts() -> dict[str, Form]:
    contact = ContactDraft(
        source_words="F0 ở xã bên", last_contact_on=TODAY, quarantine_address="Nhà văn hoá", note="Học cùng lớp",
        report_date=TODAY,
    )  # fmt: skip
    again = {"by": None, "now": NOW}
    return {
        "new contact": Form(
            NewContact(contact=contact, person=neighbour(40)),
            lambda _, db, draft: add_contacts(db, [draft], **ALL),
            RULE,
        ),
        "edit contact": Form(
            replace(contact, source_words=""),
            lambda stage, db, draft: edit_contact(
                db, stage.contact, replace(draft, source_episode_id=None if draft.source_words else stage.one), **ALL
            ),
            RULE,
        ),
        "contact check": Form(
            ContactCheck(status=VisitStatus.UNAVAILABLE, note="Đi nương", by_name=USER),
            lambda stage, db, draft: record_contact_checks(db, [stage.contact], draft, **again),
        ),
        "contact longer": Form(
            QuarantineLength(days=10, reason="Tiếp xúc thêm", by_name=USER),
            lambda stage, db, draft: change_quarantine(db, stage.contact, draft, **ALL),
        ),
        "contact end": Form(
            Words(),
            lambda stage, db, said: end_quarantines(
                db, [stage.contact], day=TODAY, reason=EndOfQuarantineReason.OTHER, note=said.text, **again
            ),
            BY,
        ),
        "contact dropped": Form(
            Words(), lambda stage, db, said: drop_contacts(db, [stage.contact], said.text, **again), BY
        ),
    }


def _papers() -> dict[str, Form]:
    delivery = DeliveryDraft(delivered_on=TODAY, by_name=USER, to_name="Người nhà", note="Ký nhận")
    return {
        "delivery": Form(
            delivery, lambda stage, db, draft: mark_delivered(db, [stage.paper], draft, by=None, now=NOW)
        ),
        "delivery taken back": Form(
            Words(), lambda stage, db, said: unmark_delivered(db, stage.delivered, said.text, by=None, now=NOW), BY
        ),
        "paper void": Form(
            Words(), lambda stage, db, said: void_paper(db, stage.paper, said.text, by=None, now=NOW), BY
        ),
        "wording": Form(PackEdit("Căn cứ Luật phòng, chống bệnh truyền nhiễm;"), _pack_text),
        "report": Form(
            Typed(oxygen=0, difficulties="Thiếu test nhanh", suggestions="Cấp thêm test"),
            lambda _, db, typed: freeze_report(db, TODAY, typed, catalog=catalog(), now=NOW, **WHO),
        ),
        "report reason": Form(
            Words(),
            lambda _, db, said: freeze_report(
                db, TODAY, Typed(), catalog=catalog(), now=NOW, by=None, by_name=said.by_name, reason=said.text
            ),
        ),
        "notice": Form(
            Words("VN-2022-1"),
            lambda stage, db, said: mark_entered(
                db, [(stage.one, NoticeEvent.CASE)], catalog=catalog(), by=None, by_name=said.by_name, now=NOW,
                system_number=said.text,
            ),
        ),
    }  # fmt: skip


def _station() -> dict[str, Form]:
    duty = DutyDraft(name=USER, title="Điều dưỡng", phone="0912345678", valid_from=date(2022, 1, 1))
    row = LineRow({str(cell): "" for cell in Cell} | {Cell.NAME: "Lò Văn Pản", Cell.BIRTH: "1960"}, {}, is_new=True)
    here = {"by": None, "now": NOW}
    consent = ConsentDraft(kind=ConsentKind.CARE, agreed=True, given_on=TODAY, given_by="Giàng A Sử", note="Nói miệng")
    return {
        "consent": Form(
            consent,
            lambda stage, db, draft: record_consent(db, stage.person, draft, catalog=catalog(), now=NOW, **WHO),
        ),
        "user": Form(
            UserDraft(name="Vàng Thị Sơ", role="clinician"),
            lambda _, db, draft: add_user(db, draft, by=None, now=NOW, cost=samples.CHEAP),
        ),
        "duty": Form(duty, lambda _, db, draft: add_duty(db, draft, **ALL)),
        "station": Form(
            replace(STATION, upper_code="108", phone="0213876543"),
            lambda _, db, draft: edit_station(db, draft, **here),
        ),
        "founding": Form(
            FoundingDraft(station=STATION, user_name=USER, hamlets=("Bản Pa Khôm",)),
            _found,
        ),
        "hamlet": Form(Named(), lambda _, db, said: add_hamlet(db, said.name, kind=said.kind, **here), NO_ADDRESS),
        "hamlet corrected": Form(
            Named(),
            lambda stage, db, said: rename_hamlet(
                db, stage.hamlet, said.name, kind=said.kind, sub_point_id=None, **here
            ),
            NO_ADDRESS,
        ),
        "sub-point": Form(Named(), lambda _, db, said: add_sub_point(db, said.name, said.address, **here), NO_KIND),
        "sub-point corrected": Form(
            Named(),
            lambda stage, db, said: rename_sub_point(db, stage.sub_point, said.name, said.address, **here),
            NO_KIND,
        ),
        "rule": Form(
            RuleEdit(rule_id="", body="Theo dõi", confirmed=True, reason="Công văn mới", by_name=USER),
            _rule_text,
            frozenset({"rule_id"}),
        ),
        "setting": Form(Words("BS. Lò Thị Mai|0123"), _set, BY),
        "mass test": Form(
            row,
            lambda _, db, row: save_rows(db, LineHeader(sampled_on=TODAY, place="Nhà văn hoá"), [row], **ALL),
        ),
        "mass test head": Form(
            LineHeader(sampled_on=TODAY, place="Nhà văn hoá"), lambda _, db, head: save_rows(db, head, [row], **ALL)
        ),
    }  # fmt: skip
