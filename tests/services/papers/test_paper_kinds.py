"""The papers of contacts, the commune's certificate, sick leave and referral, on a real register."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pypdf
import pytest
from sqlalchemy import select

from covidstation.db.queries.episodes import get_episode
from covidstation.db.rows import ContactRow, FollowUpRow, PaperRow, PaperSubjectRow
from covidstation.db.session import Database
from covidstation.domain.care import ContactRelation
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.hospitalization import TransferDraft
from covidstation.domain.packs import PackEdit, PaperKind
from covidstation.domain.paper_view import PaperView
from covidstation.domain.sick_leave import SickLeave
from covidstation.errors import Refused, UserError
from covidstation.messages import sentences
from covidstation.services.care.transfers import transfer_out
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.papers.issuing import issue_paper, kinds_on, paper_pdf, prepare_paper, void_paper
from covidstation.services.papers.look import PaperWanted, look_at_paper
from covidstation.services.papers.packs import edit_pack
from covidstation.services.record import change_setting
from tests.services.samples import NOW, PAO, TODAY, catalog, f0, register

ORDER, RELEASE = PaperKind.CONTACT_ORDER, PaperKind.CONTACT_RELEASE
CERTIFICATE, LEAVE, REFERRAL = PaperKind.COMPLETION_CERTIFICATE, PaperKind.SICK_LEAVE, PaperKind.REFERRAL
DO = replace(PAO, full_name="Vàng Thị Dợ", citizen_number="", old_citizen_number="", phone="", birth=PartialDate(1988))
WORKER = replace(PAO, workplace="Công ty Chè Nậm Tăm", insurance_number="DN4120119900001")
TYPED = SickLeave(practitioner="Vàng Thị Dợ")
NOW_2026 = NOW.replace(year=2026, month=7, day=10)


def issue(db, kind, *ids, day=TODAY, now=NOW, **more):
    return issue_paper(db, kind, ids, catalog=catalog(), issued_on=day, by=None, now=now, **more).value


def prepare(db, kind, *ids, day=TODAY, now=NOW, **more):
    return prepare_paper(db, kind, ids, catalog=catalog(), issued_on=day, now=now, **more)


def refusal(act) -> list[str]:
    with pytest.raises(UserError) as caught:
        act()
    found = caught.value
    assert all(sentences(found))
    return [problem.code for problem in found.problems] if isinstance(found, Refused) else [found.code]


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def contact(db: Database, episode_id: UUID, now: datetime = NOW, **changes: object) -> UUID:
    draft = ContactDraft(
        source_episode_id=episode_id,
        last_contact_on=now.date(),
        relation=ContactRelation.SAME_HOUSEHOLD,
        quarantine_address="bản Nậm Ngá, xã Nậm Tăm",
        **changes,
    )
    return add_contacts(db, [NewContact(contact=draft, person=DO)], catalog=catalog(), by=None, now=now).value[0]


def contact_row(db: Database, contact_id: UUID) -> tuple[str, str | None, date | None]:
    with db.read() as session:
        row = session.scalars(select(ContactRow).where(ContactRow.id == contact_id)).one()
        return row.status, row.end_reason, row.ended_on


def test_the_papers_of_a_day_are_those_of_its_law(db):
    assert CERTIFICATE in kinds_on(db, catalog(), date(2026, 6, 30))
    assert CERTIFICATE not in kinds_on(db, catalog(), date(2026, 7, 1))
    episode = register(db)
    day = date(2026, 7, 1)
    assert refusal(lambda: issue(db, CERTIFICATE, episode.id, day=day)) == ["paper.no_kind"]


def test_a_contact_has_an_order_and_a_release_that_ends_the_quarantine(db):
    one = contact(db, register(db).id)
    order = issue(db, ORDER, one)
    text = text_of(order.pdf)
    assert "đối với người tiếp xúc Vàng Thị Dợ" in text
    assert "Lý do cách ly: tiếp xúc gần với người mắc COVID-19, lần tiếp xúc cuối ngày 10 tháng 3 năm 2022." in text
    assert "Thời gian cách ly: 07 ngày" in text  # CV 762/BYT-DP: fewer than two doses
    assert "Giàng A Páo" not in text  # nobody learns from it who the case is
    later = NOW + timedelta(days=8)
    release = issue(db, RELEASE, one, day=later.date(), now=later)
    assert f"thay thế Quyết định số {order.number:02d}/QĐ-UBND" in text_of(release.pdf)
    assert contact_row(db, one) == ("DROPPED", "ASYMPTOMATIC", later.date())
    with db.read() as session:
        rows = {row.kind: row for row in session.scalars(select(PaperRow))}
        subject = session.scalars(select(PaperSubjectRow)).first()
        assert (subject.contact_id, subject.episode_id) == (one, None)
        assert rows["contact_release"].opens_id == rows["contact_order"].id
        assert {row.about_id for row in rows.values()} == {one}
    void_paper(db, release.id, "sai ngày", by=None, now=later)
    assert contact_row(db, one) == ("ACTIVE", None, None)
    assert issue(db, RELEASE, one, day=later.date(), now=later).number == release.number + 1


def test_contacts_papers_are_refused_twice_without_an_order_and_for_who_is_a_case_now(db):
    source = register(db)
    one = contact(db, source.id)
    assert refusal(lambda: issue(db, RELEASE, one)) == ["paper.missing.opening_number"]
    issue(db, ORDER, one)
    assert refusal(lambda: issue(db, ORDER, one)) == ["paper.contact_has_order"]
    issue(db, RELEASE, one)
    assert refusal(lambda: issue(db, RELEASE, one)) == ["paper.contact_has_release"]
    with db.read() as session:
        person = session.scalars(select(ContactRow.person_id)).one()
    assert refusal(lambda: issue(db, ORDER, person)) == ["paper.unknown_contact"]
    assert refusal(lambda: issue(db, ORDER)) == ["paper.no_subject"]


@pytest.mark.parametrize(
    ("answer", "code"), [("ask", "paper.contact_isolation_ask"), ("no", "paper.contact_isolation_no")]
)
def test_contacts_since_july_2026_are_the_heads_word_and_not_that_about_cases(db, answer, code):
    one = contact(db, register(db, f0(day=NOW_2026.date()), now=NOW_2026).id, NOW_2026)
    change_setting(db, "home_isolation", "yes", by=None, now=NOW)
    change_setting(db, "contact_isolation", answer, by=None, now=NOW)
    assert prepare(db, ORDER, one, day=NOW_2026.date(), now=NOW_2026).refusal == code
    change_setting(db, "contact_isolation", "yes", by=None, now=NOW)
    assert prepare(db, ORDER, one, day=NOW_2026.date(), now=NOW_2026).refusal == ""


def test_the_communes_certificate_needs_the_order_and_the_last_day_and_ends_nothing(db):
    episode = register(db)
    last = date(2022, 3, 16)  # seven days from 10/3, both counted
    before = last - timedelta(days=1)
    assert refusal(lambda: issue(db, CERTIFICATE, episode.id, day=before)) == ["paper.not_over"]
    assert refusal(lambda: issue(db, CERTIFICATE, episode.id, day=last)) == [
        "paper.missing.opening_number", "paper.missing.opening_date",
    ]  # fmt: skip
    order = issue(db, PaperKind.ISOLATION_ORDER, episode.id)
    paper = issue(db, CERTIFICATE, episode.id, day=last)
    assert f"Căn cứ Quyết định cách ly số {order.number:02d}/QĐ-UBND" in text_of(paper.pdf)
    assert paper.symbol == "GXN-BCĐ"
    assert get_episode(db, episode.id).outcome is CaseOutcome.NO_OUTCOME
    assert refusal(lambda: issue(db, CERTIFICATE, episode.id, day=last)) == ["paper.has_certificate"]
    void_paper(db, order.id, "thử", by=None, now=NOW)
    void_paper(db, paper.id, "thử", by=None, now=NOW)
    assert get_episode(db, episode.id).outcome is CaseOutcome.NO_OUTCOME


def test_an_ending_plans_the_months_after_and_its_void_takes_them_back(db):
    episode = register(db)
    issue(db, PaperKind.ISOLATION_ORDER, episode.id)
    later = NOW + timedelta(days=7)
    ending = issue(db, PaperKind.ISOLATION_END, episode.id, day=later.date(), now=later)
    with db.read() as session:
        assert {row.status for row in session.scalars(select(FollowUpRow))} == {"PENDING"}
    void_paper(db, ending.id, "sai", by=None, now=later)
    with db.read() as session:
        assert {row.status for row in session.scalars(select(FollowUpRow))} == {"REMOVED"}


def test_a_sick_leave_says_what_the_form_asks_twice_on_one_sheet(db):
    episode = register(db, f0(WORKER))
    change_setting(db, "insurance_signers", "Lò Thị Mai | 0123\nVàng Thị Dợ | 4567", by=None, now=NOW)
    look = prepare(db, LEAVE, episode.id)
    # The rest of the isolation, examined today, and the one registered practitioner who is not the head.
    assert (look.leave.exam_on, look.leave.days, look.leave.practitioner) == (TODAY, 7, "Vàng Thị Dợ")
    assert not look.problems
    paper = issue(db, LEAVE, episode.id)
    text = text_of(paper.pdf)
    assert (paper.number, paper.symbol) == (1, "KCB")
    assert text.count("GIÀNG A PÁO") == text.count("Số: 01/KCB") == 2
    assert "Liên số 1" in text and "Liên số 2" in text
    assert "U07.1" not in text  # the form until 30/6/2025 asked for no code
    assert "(Từ ngày 10 tháng 3 năm 2022 đến hết ngày 16 tháng 3 năm 2022)" in text
    assert issue(db, LEAVE, episode.id).number == 2  # an illness may need another one
    assert issue(db, PaperKind.ISOLATION_ORDER, episode.id).number == 1  # a series of its own


def test_what_a_sick_leave_cannot_do_without(db):
    episode = register(db, f0(replace(PAO, insurance_number="")))
    codes = {problem.code for problem in prepare(db, LEAVE, episode.id).problems if problem.level == "error"}
    assert codes == {
        "paper.missing.insurance_number", "paper.missing.workplace", "paper.missing.practitioner",
    }  # fmt: skip
    warned = {problem.code for problem in prepare(db, LEAVE, episode.id).problems if problem.level == "warning"}
    assert "paper.head_not_registered" in warned


@pytest.mark.parametrize(("days", "found"), [(30, []), (31, ["paper.leave_long"]), (0, ["paper.leave_none"])])
def test_thirty_days_at_most(db, days, found):
    """Tối đa 30 ngày cho một giấy (TT 56/2017/TT-BYT; TT 25/2025/TT-BYT Điều 10)."""
    episode = register(db, f0(WORKER))
    look = prepare(db, LEAVE, episode.id, leave=replace(TYPED, days=days))
    assert [one.code for one in look.problems if one.field == "leave_days" and "missing" not in one.code] == found


def test_the_limit_of_days_is_the_packs(db):
    episode = register(db, f0(WORKER))
    path = "sick_leave.most_days.thirty"
    pack = "vn-until-2026-06-30"
    edit_pack(db, pack, path, PackEdit("10"), catalog=catalog(), by=None, now=NOW)
    assert refusal(lambda: issue(db, LEAVE, episode.id, leave=replace(TYPED, days=11))) == ["paper.leave_long"]
    bad = refusal(lambda: edit_pack(db, pack, path, PackEdit("mười"), catalog=catalog(), by=None, now=NOW))
    assert bad == ["paper.bad_count"]


def test_the_first_day_off_is_the_day_of_the_examination(db):
    episode = register(db, f0(WORKER))
    ahead = replace(TYPED, exam_on=TODAY + timedelta(days=1), days=3)
    assert refusal(lambda: issue(db, LEAVE, episode.id, leave=ahead)) == ["paper.leave_ahead"]
    past = prepare(db, LEAVE, episode.id, leave=replace(TYPED, exam_on=TODAY - timedelta(days=1), days=3))
    assert [one.code for one in past.problems if one.field == "exam_date"] == ["paper.leave_past"]
    assert past.view.leave_until == TODAY + timedelta(days=1)


@pytest.mark.parametrize(("day", "asked"), [(date(2025, 6, 30), False), (date(2025, 7, 1), True)])
def test_the_new_form_asks_for_the_card_and_the_code(db, day, asked):
    """Mẫu số 07 Phụ lục II TT 25/2025/TT-BYT is in force from 1/7/2025."""
    now = NOW.replace(year=day.year, month=day.month, day=day.day)
    episode = register(db, f0(WORKER, day=day), now=now)
    look = prepare(db, LEAVE, episode.id, day=day, now=now, leave=TYPED)
    assert ("paper.missing.citizen_issued" in {one.code for one in look.problems}) is asked
    body = " ".join(block.text for block in look.view.body)
    assert ("U07.1" in body) is asked
    assert ("012055000001" in body) is asked
    assert look.view.corner[0] == ("Mẫu số 07" if asked else "Mẫu số: CT07")


@pytest.mark.parametrize(("born", "parents"), [(PartialDate(2015, 3, 11), True), (PartialDate(2015, 3, 10), False)])
def test_a_child_below_seven_names_a_parent(db, born, parents):
    child = replace(WORKER, birth=born, citizen_number="", old_citizen_number="")
    episode = register(db, f0(child))
    codes = {one.code for one in prepare(db, LEAVE, episode.id, leave=TYPED).problems if one.level == "error"}
    assert ("paper.missing.parents" in codes) is parents


def test_one_person_a_certificate(db):
    first, second = register(db, f0(WORKER)), register(db, f0(DO))
    assert refusal(lambda: issue(db, LEAVE, first.id, second.id, leave=TYPED)) == ["paper.one_person"]


LEFT = TransferDraft(
    left_at=datetime(2022, 3, 12, 14, 30),
    facility="Trung tâm Y tế huyện Sìn Hồ",
    reason="SpO2 92 %",
    state="tỉnh, thở oxy",
    course="khó thở từ chiều 11/3",
    treatment="Paracetamol",
    transport="Xe cứu thương",
    escort="Lò Văn Thanh, y sĩ",
)


def test_a_referral_tells_the_transfer_and_a_transfer_has_one(db):
    episode = register(db, f0(WORKER))
    assert refusal(lambda: issue(db, REFERRAL, episode.id)) == ["paper.no_transfer"]
    then = NOW.replace(day=12, hour=15)
    left = transfer_out(db, episode.id, LEFT, by=None, by_name="Vàng Thị Dợ", now=then).value
    paper = issue(db, REFERRAL, episode.id, day=then.date(), now=then, about_id=left.id)
    text = text_of(paper.pdf)
    for words in (
        "Kính gửi: Trung tâm Y tế huyện Sìn Hồ", "Chuyển hồi: 14 giờ 30 phút ngày 12 tháng 3 năm 2022",
        "Lý do chuyển: SpO2 92 %", "Lò Văn Thanh, y sĩ", "Vàng Thị Dợ", "kháng nguyên SARS-CoV-2 dương tính",
    ):  # fmt: skip
        assert words in text
    with db.read() as session:
        row = session.scalars(select(PaperRow)).one()
        assert row.about_id == left.id
        assert PaperView.from_json(json.dumps(row.view)).content_hash == row.content_hash
    assert refusal(lambda: issue(db, REFERRAL, episode.id, day=then.date(), now=then)) == ["paper.has_referral"]
    void_paper(db, paper.id, "sai", by=None, now=then)
    assert issue(db, REFERRAL, episode.id, day=then.date(), now=then).number == 2


@pytest.mark.parametrize(
    ("day", "title"), [(date(2024, 12, 31), "GIẤY CHUYỂN TUYẾN"), (date(2025, 1, 1), "PHIẾU CHUYỂN")]
)
def test_the_referrals_title_is_that_of_the_day(db, day, title):
    now = NOW.replace(year=day.year, month=day.month, day=day.day)
    episode = register(db, f0(WORKER, day=day), now=now)
    draft = replace(LEFT, left_at=now.replace(tzinfo=None, hour=8))
    transfer_out(db, episode.id, draft, by=None, by_name="", now=now)
    assert prepare(db, REFERRAL, episode.id, day=day, now=now).view.title.startswith(title)


def test_the_page_sees_the_kind_asked_for(db):
    episode = register(db, f0(WORKER))
    one = contact(db, episode.id)
    look = look_at_paper(db, PaperWanted((one,), ORDER), catalog=catalog(), issued_on=TODAY, now=NOW)
    assert (look.prepared.kind, len(look.people), look.episodes, look.family) == (ORDER, 1, (), ())
    paper = issue(db, ORDER, one)
    look = look_at_paper(db, PaperWanted((one,), ORDER), catalog=catalog(), issued_on=TODAY, now=NOW)
    assert look.standing == paper.id
    leave = look_at_paper(
        db, PaperWanted((episode.id,), LEAVE, leave=TYPED), catalog=catalog(), issued_on=TODAY, now=NOW
    )
    assert leave.prepared.leave.practitioner == "Vàng Thị Dợ"
    assert leave.standing is None


def test_every_kind_is_kept_and_read_again_byte_for_byte(db):
    episode = register(db, f0(WORKER))
    one = contact(db, episode.id)
    papers = [issue(db, PaperKind.ISOLATION_ORDER, episode.id), issue(db, ORDER, one), issue(db, RELEASE, one)]
    papers += [issue(db, LEAVE, episode.id, leave=TYPED), issue(db, CERTIFICATE, episode.id, day=date(2022, 3, 16))]
    assert [paper_pdf(db, paper.id) for paper in papers] == [paper.pdf for paper in papers]
    with db.read() as session:
        views = {row.kind: PaperView.from_json(json.dumps(row.view)) for row in session.scalars(select(PaperRow))}
        assert all(views[row.kind].content_hash == row.content_hash for row in session.scalars(select(PaperRow)))
    assert views["sick_leave"].copies == ("Liên số 1", "Liên số 2")
