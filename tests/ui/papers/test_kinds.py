"""The page for sick leave, referral and the papers of contacts: what is typed there, refused and issued."""

from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from sqlalchemy import select

from covidstation.db.queries.papers import BookFilter, book_lines, series
from covidstation.db.queries.people import get_person
from covidstation.db.queries.station import get_setting
from covidstation.db.rows import HospitalizationRow
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.episodes import QuarantineType
from covidstation.domain.hospitalization import TransferDraft
from covidstation.domain.packs import PaperKind
from covidstation.domain.sick_leave import Signer
from covidstation.services.care.transfers import transfer_out
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.drafts import drafts
from covidstation.services.record import change_setting
from covidstation.ui.desk import PaperWish
from covidstation.ui.drafts import DialogDraft
from covidstation.ui.frame.sidebar import Entry
from covidstation.ui.frame.window import MainFrame
from covidstation.ui.papers import handing, keeping
from covidstation.ui.papers.keeping import void_words
from covidstation.ui.papers.leave import SignersDialog
from covidstation.ui.papers.more import MorePapers, kinds_asked_for
from covidstation.ui.papers.paper import PaperPage
from covidstation.ui.parts.dialogs import hold_back
from tests.ui.hands import write
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def page(desk, shown, monkeypatch, tmp_path) -> PaperPage:
    monkeypatch.setattr(keeping, "choose_file", lambda _parent, _name: tmp_path / "out.pdf")
    frame = MainFrame([Entry("book", "Văn bản", "document")], now=desk.now)
    frame.resize(1366, 697)
    made = PaperPage(desk)
    frame.add_page(made)
    desk.changed.connect(frame.broadcast)

    def wanted(wish: PaperWish) -> None:
        made.open_wish(wish)
        frame.go("paper", force=True)

    desk.want_paper.connect(wanted)
    shown(frame)
    return made


def lines(desk):
    db = desk.register.db
    return [line for one in series(db) for line in book_lines(db, BookFilter(one.symbol, one.year))]


def typed(page: PaperPage, name: str, text: str) -> None:
    field = page.panel.missing.findChild(QWidget, name)
    field.setFocus()
    field.setText(text)  # the test keyboard has no Vietnamese letters
    QTest.keyClick(field, Qt.Key.Key_Return)


def contact(desk, village, days: int = 7):
    draft = ContactDraft(
        source_episode_id=village.mai_episode,
        last_contact_on=NOW.date(),
        quarantine_type=QuarantineType.HOME,
        quarantine_days=days,
    )
    new = NewContact(contact=draft, person_id=village.my)
    return add_contacts(desk.register.db, [new], catalog=catalog(), by=None, now=NOW).value[0]


def test_a_sick_leave_is_typed_and_issued_without_leaving_the_page(desk, page, village):
    change_setting(desk.register.db, "insurance_signers", "Tao Thị Lả | 1\nVàng Thị Dợ | 2", by=None, now=NOW)
    desk.open_kind([village.mai_episode], PaperKind.SICK_LEAVE)
    assert page.title == "Giấy nghỉ việc hưởng BHXH"
    leave = page.panel.leave
    assert leave.isVisible() and leave.practitioner.value() == "Vàng Thị Dợ"
    assert leave.exam.day() == NOW.date()

    page.drafting.issue()
    assert lines(desk) == [] and "Còn thiếu" in page.banner.text()

    typed(page, "insurance_number", "DN4120119900001")
    typed(page, "workplace", "Công ty Chè Nậm Tăm")
    typed(page, "citizen_issued", "10/05/2021")
    person = get_person(desk.register.db, village.mai)
    assert (person.workplace, person.insurance_number) == ("Công ty Chè Nậm Tăm", "DN4120119900001")
    assert person.citizen_issued_on == date(2021, 5, 10)

    leave.days.setFocus()
    leave.days.setText("31")
    QTest.keyClick(leave.days, Qt.Key.Key_Return)
    page.drafting.issue()
    assert "nhiều nhất 30 ngày" in page.banner.text()
    leave.days.setText("10")
    leave.days.editingFinished.emit()
    assert page.drafting.look.prepared.view.leave_until == date(2026, 7, 19)
    assert {one.code for one in page.drafting.look.prepared.problems} == {
        "paper.missing.citizen_number", "paper.missing.citizen_issued",
    }  # fmt: skip


def again(page, desk, shown):
    """The same paper in a window that was locked and opened again."""
    hold_back(page)
    page.put_aside()
    page.setFocus()  # a window that hides takes the focus from its fields
    made = PaperPage(desk)
    made.go_back(page.place())
    shown(made)
    made.load()
    return made


def test_what_is_half_typed_beside_a_paper_is_there_again_after_the_lock(desk, page, village, shown):
    said = []
    desk.said.connect(said.append)
    desk.open_kind([village.mai_episode], PaperKind.SICK_LEAVE)
    leave = page.panel.leave
    leave.days.setFocus()
    leave.days.setText("10")
    QTest.keyClick(leave.days, Qt.Key.Key_Return)
    leave.diagnosis.setFocus()
    leave.diagnosis.setText("COVID-19 thể nhẹ")
    QTest.keyClick(leave.diagnosis, Qt.Key.Key_Return)
    field = page.panel.missing.findChild(QWidget, "workplace")
    field.setFocus()
    write(field, "Công ty Chè Nậm T")
    made = again(page, desk, shown)
    there = made.panel.leave
    assert (there.days.number(), there.diagnosis.value()) == (10, "COVID-19 thể nhẹ")
    assert made.drafting.look.prepared.view.leave_until == date(2026, 7, 19), "it counts, it does not only stand there"
    assert made.panel.missing.findChild(QWidget, "workplace").value() == "Công ty Chè Nậm T"
    assert get_person(desk.register.db, village.mai).workplace == "", "nobody has left that field"
    assert [one for one in said if "Chữ gõ dở lúc 07:15" in one]


def test_nothing_is_kept_of_a_paper_in_which_nobody_typed(desk, page, village):
    desk.open_kind([village.mai_episode], PaperKind.SICK_LEAVE)
    page.panel.leave.days.setFocus()
    page.panel.leave.exam.setFocus()
    page.put_aside()
    assert drafts(desk.register.db, "paper") == []
    treatment = page.panel.leave.treatment
    before = treatment.value()
    treatment.setFocus()
    write(treatment, "nghỉ ngơi, uống nhiều nước")
    page.put_aside()
    assert len(drafts(desk.register.db, "paper")) == 1
    treatment.set_value(before)
    page.put_aside()
    assert drafts(desk.register.db, "paper") == []


def test_a_paper_that_gets_its_number_takes_its_draft_along(desk, page, village):
    change_setting(desk.register.db, "home_isolation", "yes", by=None, now=NOW)
    desk.open_paper([village.mai_episode])
    row = next(one for one in page.panel.missing.findChildren(QLineEdit) if one.isVisible())
    row.setFocus()
    write(row, "8:00")
    page.put_aside()
    assert len(drafts(desk.register.db, "paper")) == 1
    page.drafting.issue()
    assert len(lines(desk)) == 1
    assert drafts(desk.register.db, "paper") == []


def test_half_typed_signers_are_there_again(desk, page, village, shown):
    desk.open_kind([village.mai_episode], PaperKind.SICK_LEAVE)
    dialog = SignersDialog(page, ())
    page.panel.leave.keep(dialog)
    shown(dialog)
    dialog._more.click()
    dialog._more.click()
    write(dialog._rows[2][0], "Vàng Thị Dợ")
    dialog.findChild(DialogDraft).put_aside()
    dialog.reject()
    other = SignersDialog(page, ())
    page.panel.leave.keep(other)
    shown(other)
    other.findChild(QWidget, "reopen_draft").click()
    assert other.signers() == (Signer("Vàng Thị Dợ"),)


def test_the_signers_are_kept_and_chosen_from(desk, page, village, qtbot):
    desk.open_kind([village.mai_episode], PaperKind.SICK_LEAVE)
    leave = page.panel.leave
    assert leave.practitioner.all_keys() == ("",)
    dialog = SignersDialog(page, (Signer("Tao Thị Lả", "1"),))
    qtbot.addWidget(dialog)
    name, code = dialog._rows[-1]
    name.set_value("Vàng Thị Dợ")
    code.set_value("22")
    leave.signers_changed.emit("Tao Thị Lả | 1\nVàng Thị Dợ | 22")
    assert dialog.signers() == (Signer("Tao Thị Lả", "1"), Signer("Vàng Thị Dợ", "22"))
    assert get_setting(desk.register.db, "insurance_signers").endswith("Vàng Thị Dợ | 22")
    assert leave.practitioner.all_keys() == ("", "Tao Thị Lả", "Vàng Thị Dợ")
    assert leave.practitioner.value() == "Vàng Thị Dợ"


def test_the_head_answers_about_contacts_apart_from_cases(desk, page, village):
    desk.open_contact_paper([contact(desk, village)], PaperKind.CONTACT_ORDER)
    question = page.panel.question
    assert page.title == "Quyết định cách ly F1"
    assert question.isVisible() and "nhóm A" in question._law.text() and "F1" in question._asked.text()
    question.yes.click()
    db = desk.register.db
    assert (get_setting(db, "contact_isolation"), get_setting(db, "home_isolation")) == ("yes", "ask")
    QTest.keyClick(page.window(), Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    (line,) = lines(desk)
    assert (line.symbol, line.subjects) == ("QĐ-UBND", "Giàng Thị Mỷ")
    gone = []
    desk.want_person.connect(gone.append)
    page.went_back()
    assert gone == [village.my]


def test_a_contacts_release_leads_to_the_order_that_it_lacks(desk, page, village):
    change_setting(desk.register.db, "contact_isolation", "yes", by=None, now=NOW)
    one = contact(desk, village)
    desk.open_contact_paper([one], PaperKind.CONTACT_RELEASE)
    page.panel.missing.findChild(QWidget, "mend_opening_number").click()
    assert page.title == "Quyết định cách ly F1"


def test_a_referral_needs_a_transfer_and_says_where_it_goes(desk, page, village):
    desk.open_kind([village.mai_episode], PaperKind.REFERRAL)
    assert "chưa có lần chuyển tuyến" in page.banner.text()
    draft = TransferDraft(
        left_at=datetime(2026, 7, 10, 7), facility="Trung tâm Y tế Sìn Hồ", reason="SpO2 92 %", state="tỉnh"
    )
    left = transfer_out(desk.register.db, village.mai_episode, draft, by=None, by_name="", now=NOW).value
    desk.open_kind([village.mai_episode], PaperKind.REFERRAL, left.id)
    assert page.banner.text() == ""
    assert "Trung tâm Y tế Sìn Hồ" in page.drafting.look.prepared.view.authority
    QTest.keyClick(page.window(), Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    (line,) = lines(desk)
    assert (line.number, line.symbol) == (1, "GCT")


def test_what_a_referral_lacks_is_typed_beside_it_and_kept_with_the_transfer(desk, page, village):
    """From the person's page: one click to the paper, the fields with Enter, one key for the number."""
    draft = TransferDraft(left_at=datetime(2026, 7, 10, 7), facility="Trung tâm Y tế Sìn Hồ", reason="khó thở")
    left = transfer_out(desk.register.db, village.mai_episode, draft, by=None, by_name="Tao Thị Lả", now=NOW).value
    desk.open_kind([village.mai_episode], PaperKind.REFERRAL, left.id)
    page.drafting.issue()
    assert lines(desk) == [] and "Còn thiếu" in page.banner.text()
    for name, words in (("state", "tỉnh <b>"), ("transport", "Xe cứu thương")):
        typed(page, name, words)
    # Typed and not yet left: counts when the number is asked for, and takes nothing else back.
    for name, words in (("escort", "Lò Văn Thanh, y sĩ"), ("course", "khó thở từ sáng")):
        page.panel.missing.findChild(QWidget, name).setText(words)
    QTest.keyClick(page.window(), Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    (line,) = lines(desk)
    assert (line.number, line.symbol) == (1, "GCT")
    with desk.register.db.read() as session:
        row = session.scalars(select(HospitalizationRow)).one()
        assert (row.reason, row.state, row.transport) == ("khó thở", "tỉnh <b>", "Xe cứu thương")
        assert (row.escort, row.course, row.facility) == (
            "Lò Văn Thanh, y sĩ", "khó thở từ sáng", "Trung tâm Y tế Sìn Hồ",
        )  # fmt: skip
    said = str(page.keeping.kept.paper.view)
    assert "tỉnh <b>" in said and "Lò Văn Thanh, y sĩ" in said


def test_a_sick_leave_from_the_persons_page_to_the_printed_sheet(desk, page, village):
    """One click, what lacks typed beside the paper, one key; each thing is kept in its own place."""
    db = desk.register.db
    change_setting(db, "insurance_signers", "Tao Thị Lả | 1\nVàng Thị Dợ | 2", by=None, now=NOW)
    more = MorePapers(desk, village.mai_episode)
    more.findChild(QWidget, "issue_sick_leave").click()
    for name, words in (
        ("citizen_number", "0121 9000 0123"), ("citizen_issued", "10/05/2021"),
        ("insurance_number", "DN4120119900001"), ("workplace", "Công ty Chè"),
    ):  # fmt: skip
        typed(page, name, words)
    person = get_person(db, village.mai)
    assert (person.citizen_number, person.citizen_issued_on) == ("012190000123", date(2021, 5, 10))
    page.panel.leave.days.setFocus()
    page.panel.leave.days.setText("5")
    QTest.keyClick(page.panel.leave.days, Qt.Key.Key_Return)
    assert [one.code for one in page.drafting.look.prepared.problems if one.level == "error"] == []
    QTest.keyClick(page.window(), Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    (line,) = lines(desk)
    assert (line.number, line.symbol) == (1, "KCB")
    said = str(page.keeping.kept.paper.view)
    assert "05 ngày" in said and "Vàng Thị Dợ" in said
    assert page.keeping.kept.pdf.startswith(b"%PDF")
    asked = void_words(PaperKind.SICK_LEAVE, ())
    assert "thu lại cả hai liên" in asked and "thiếu giấy" not in asked


def test_voiding_says_what_it_leads_to():
    words = {kind: void_words(kind, ("02/QĐ-UBND",)) for kind in PaperKind}
    assert all("số không dùng lại" in said and "02/QĐ-UBND" in said for said in words.values())
    assert "mở lại" in words[PaperKind.ISOLATION_END] and "mở lại" in words[PaperKind.ISOLATION_COMPLETION]
    assert "đang cách ly" in words[PaperKind.CONTACT_RELEASE]


def test_a_paper_that_the_law_has_no_more_leaves_nothing_of_another_in_sight(desk, page, village):
    desk.open_kind([village.mai_episode], PaperKind.SICK_LEAVE)
    desk.open_kind([village.mai_episode], PaperKind.COMPLETION_CERTIFICATE)
    assert "không có loại giấy này" in page.banner.text()
    assert page.title == "Giấy xác nhận đã cách ly của xã"
    assert not page.panel.isVisible() and not page._main.isEnabled()


def test_papers_that_are_asked_for_open_and_sheets_are_kept(desk, shown, village, monkeypatch, tmp_path):
    kept = tmp_path / "sheet.pdf"
    monkeypatch.setattr(handing, "choose_file", lambda _parent, _name: kept)
    monkeypatch.setattr(handing, "chosen_printer", lambda _remembered: "")
    wishes = []
    desk.want_paper.connect(wishes.append)
    more = MorePapers(desk, village.mai_episode)
    shown(more)
    assert more.findChild(QWidget, "issue_completion_certificate") is None  # the law since 1/7/2026 has none
    more.findChild(QWidget, "issue_sick_leave").click()
    assert (wishes[0].kind, wishes[0].ids) == (PaperKind.SICK_LEAVE, (village.mai_episode,))
    for name in ("print_commitment", "print_leaflet"):
        more.findChild(QWidget, name).click()
        assert kept.read_bytes().startswith(b"%PDF")
        kept.unlink()
    assert kinds_asked_for(catalog(), date(2022, 3, 10)) == (PaperKind.SICK_LEAVE, PaperKind.COMPLETION_CERTIFICATE)
