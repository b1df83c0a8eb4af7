"""The page of contacts and its dialogs, over the village of July 2026 (contacts watch themselves by law)."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from sqlalchemy import select

from covidstation.db.queries.contacts import (
    ContactFilter,
    ContactSort,
    ContactView,
    contacts_of_case,
    contacts_of_person,
    count_contacts,
    list_contacts,
)
from covidstation.db.rows import PersonRow
from covidstation.domain.care import ContactStatus, EndOfQuarantineReason, VisitStatus
from covidstation.domain.contacts import ContactDraft, ContactState
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import PathogenTest, QuarantineType, TestResult
from covidstation.domain.people import PersonDraft
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.changes import Kind
from covidstation.services.contacts.care import QuarantineLength, add_contact_test, change_quarantine
from covidstation.services.contacts.register import NewContact, add_contacts, quarantine_rules
from covidstation.services.contacts.work import due_contacts
from covidstation.services.people import register_person
from covidstation.services.scans import look_at_scan
from covidstation.ui.contacts.acts import BecomesCaseDialog, ContactTestDialog, DaysDialog, EndDialog
from covidstation.ui.contacts.check_dialog import ContactCheckDialog
from covidstation.ui.contacts.dialog import ContactDialog
from covidstation.ui.contacts.household_dialog import HouseholdContactsDialog
from covidstation.ui.contacts.page import ContactsPage
from covidstation.ui.contacts.section import ContactsSection
from covidstation.ui.parts.buttons import Button
from tests.ui.hands import write
from tests.ui.village import NOW, SCAN, catalog

TODAY = NOW.date()
pytestmark = pytest.mark.timeout(60)


def enter(desk, case, name="Vàng Thị Sơ", **changes):
    """A new person as that case's contact, isolated at home as the head decided."""
    values = {"source_episode_id": case, "last_contact_on": TODAY, "quarantine_type": QuarantineType.HOME}
    contact = ContactDraft(**(values | changes))
    new = NewContact(person=PersonDraft(full_name=name, birth=PartialDate(1990)), contact=contact)
    return add_contacts(desk.register.db, [new], catalog=catalog(), by=None, now=NOW).value[0]


def running(desk):
    db = desk.register.db
    rules = quarantine_rules(db, catalog())
    found = list_contacts(db, ContactFilter(), rules=rules, today=TODAY, sort=ContactSort.UNTIL)
    return tuple(found.lines(0, len(found)))


@pytest.fixture
def page(desk, shown):
    made = ContactsPage(desk)
    made.resize(1166, 680)
    shown(made)
    made.load()
    return made


@pytest.fixture
def opened(desk, shown):
    """`opened(Dialog, …)` shows a dialog over a window that stays."""
    base = shown(QWidget())

    def show(kind, *args, **values):
        dialog = kind(desk, base, *args, **values)
        dialog.show()
        dialog.activateWindow()
        QTest.qWaitForWindowActive(dialog, 3000)
        return dialog

    yield show
    base.close()


def names(page):
    return [page.model.record(row).full_name for row in range(page.model.rowCount())]


def test_an_empty_list_says_what_will_be_there(page):
    assert page._stack.currentWidget() is page._none_yet
    assert not page.test.isEnabled() and not page.sheet.isEnabled()


def test_the_list_shows_days_papers_and_state_and_follows_the_filter(desk, page, village):
    enter(desk, village.mai_episode, last_contact_on=date(2026, 7, 6))
    enter(desk, village.mai_episode, "Quàng Văn Hặc", last_contact_on=date(2026, 7, 1))
    page.refresh(frozenset((Kind.CONTACTS,)))
    assert names(page) == ["Quàng Văn Hặc", "Vàng Thị Sơ"]  # who is through first stands first
    cells = {column.key: column.cell(page.model.record(1)).spoken() for column in page.model.columns}
    assert (cells["source"], cells["day"], cells["until"]) == ("Lò Thị Mai", "4 / 7", "13/07")
    assert (cells["papers"], cells["state"], cells["tests"]) == ("Chưa có", "Đang cách ly", "hạn 13/07")
    page.show_view(ContactView.TEST_DUE)
    assert names(page) == ["Quàng Văn Hặc"]
    page.show_view(ContactView.MAY_END)
    assert names(page) == [] and page._stack.currentWidget() is page._none_found


def test_what_can_be_done_follows_the_choice(desk, page, village):
    enter(desk, village.mai_episode)
    enter(desk, village.mai_episode, "Quàng Văn Hặc")
    page.refresh(frozenset((Kind.CONTACTS,)))
    page.table.selectRow(0)
    assert all(button.isEnabled() for button in (page.test, page.becomes, page.order, page.end, page.days, page.edit))
    page.table.selectAll()
    assert page.test.isEnabled() and page.end.isEnabled()
    assert not page.becomes.isEnabled() and not page.days.isEnabled()
    assert not page.release.isEnabled()  # nobody may end yet


def test_the_household_step_is_one_click(desk, opened, village):
    dialog = opened(HouseholdContactsDialog, None)
    assert not dialog.members  # no case chosen yet
    dialog.reject()
    from_house = enter_members(desk, village)
    dialog = opened(HouseholdContactsDialog, village.mai_episode)
    assert [row.proposed.full_name for row in dialog.members] == from_house
    assert dialog.findChild(Button, "act_button").plain_text() == "Thêm 2 F1"
    dialog.members[0].tick.setChecked(False)
    assert dialog.findChild(Button, "act_button").plain_text() == "Thêm 1 F1"
    dialog.members[1].doses.setText("3")
    QTest.keyClick(dialog.last, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (found,) = running(desk)
    assert (found.full_name, found.contact.doses_known) == (from_house[1], 3)
    assert found.contact.quarantine_type is QuarantineType.NONE  # group B: watching oneself


def enter_members(desk, village):
    """Two more under Lò Thị Mai's roof."""
    from_db = desk.register.db
    with from_db.read() as session:
        household = session.scalars(select(PersonRow.household_id).where(PersonRow.id == village.mai)).one()
    for name, year in (("Lò Văn Xôm", 1961), ("Lò Thị Ánh", 2015)):
        draft = PersonDraft(full_name=name, birth=PartialDate(year), household_id=household)
        register_person(from_db, draft, catalog=catalog(), by=None, now=NOW)
    return ["Lò Văn Xôm", "Lò Thị Ánh"]


def test_a_known_person_is_found_by_typing_and_the_days_are_told(desk, opened, village, qtbot):
    dialog = opened(ContactDialog, episode_id=village.mai_episode)
    dialog.person.setFocus()
    write(dialog.person, "giang my")
    qtbot.waitUntil(lambda: len(dialog.person.choices()) == 2, timeout=3000)
    QTest.keyClick(dialog.person, Qt.Key.Key_Return)
    assert dialog.person.person_id() == village.my
    assert not dialog._new_row.isVisibleTo(dialog)
    assert "nhóm B" in dialog._why.text() and "Chưa xác nhận" in dialog._why.text()
    assert dialog.days.text() == "10"
    dialog.place.set_value(QuarantineType.HOME)
    dialog.place.picked.emit(QuarantineType.HOME)
    assert dialog.days.text() == "7"
    QTest.keyClick(dialog.days, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (found,) = running(desk)
    assert (found.person_id, found.source) == (village.my, "Lò Thị Mai")
    assert found.contact.quarantine_until == TODAY + timedelta(days=7)


def test_words_alone_are_a_new_person_even_when_the_name_is_known(desk, opened, village, qtbot):
    dialog = opened(ContactDialog)
    dialog.person.setFocus()
    write(dialog.person, "Giàng Thị Mỷ")
    qtbot.waitUntil(lambda: len(dialog.person.choices()) == 2, timeout=3000)
    dialog.source.setFocus()
    assert dialog.person.person_id() is None and dialog._new_row.isVisibleTo(dialog)
    write(dialog.source, "Nguyễn Văn Ba, xã Noong Hẻo")
    dialog.save()
    (found,) = running(desk)
    assert found.person_id != village.my and found.source == "Nguyễn Văn Ba, xã Noong Hẻo"


def test_a_card_says_who_it_is(desk, opened, village):
    dialog = opened(ContactDialog, episode_id=village.mai_episode)
    assert dialog.take_scan(look_at_scan(desk.register.db, SCAN, TODAY))
    assert dialog.person.new_name() == "Giàng A Páo" and dialog.birth.text() == "03/02/1955"
    dialog.save()
    (found,) = running(desk)
    assert found.full_name == "Giàng A Páo" and found.birth == PartialDate(1955, 2, 3)


def test_a_refusal_stands_beside_its_field_and_keeps_the_form(desk, opened, village):
    dialog = opened(ContactDialog, episode_id=village.mai_episode)
    dialog.person.choose(village.mai, "Lò Thị Mai")
    dialog.save()
    assert dialog.isVisible() and running(desk) == ()
    dialog.person.choose(village.my, "Giàng Thị Mỷ")
    dialog.last.setText("32/13")
    dialog.save()
    assert dialog.isVisible() and running(desk) == ()


def test_typed_days_stay_while_the_facts_change(desk, opened, village):
    enter(desk, village.mai_episode)
    (line,) = running(desk)
    dialog = opened(ContactDialog, line=line)
    assert dialog.days.text() == "7"
    dialog.days.setText("9")
    dialog.days.textEdited.emit("9")
    dialog.doses.setText("3")
    dialog.doses.textEdited.emit("3")
    dialog.save()
    (line,) = running(desk)
    assert (line.contact.doses_known, line.contact.quarantine_days) == (3, 9)


def test_a_positive_test_makes_a_case_of_a_contact(desk, opened, village):
    enter(desk, village.mai_episode)
    (line,) = running(desk)
    tests = opened(ContactTestDialog, [line])
    tests.found.set_value(TestResult.POSITIVE)
    tests.save()
    (line,) = running(desk)
    assert line.standing.state is ContactState.POSITIVE
    dialog = opened(BecomesCaseDialog, line)
    assert dialog.found.value() is TestResult.POSITIVE and not dialog.found.isEnabled()
    dialog.save()
    assert running(desk) == ()
    db = desk.register.db
    (kept,) = contacts_of_person(db, line.person_id, quarantine_rules(db, catalog()), today=TODAY)
    assert kept.contact.status is ContactStatus.CONVERTED


def test_an_end_without_its_reason_is_held(desk, opened, village):
    enter(desk, village.mai_episode)
    (line,) = running(desk)
    dialog = opened(EndDialog, [line])
    dialog.why.set_value(EndOfQuarantineReason.OTHER)
    dialog.save()
    assert dialog.isVisible()
    dialog.note.setText("Chuyển đi xã khác")
    dialog.save()
    assert not dialog.isVisible() and running(desk) == ()


def test_other_days_need_a_reason(desk, opened, village):
    enter(desk, village.mai_episode)
    (line,) = running(desk)
    dialog = opened(DaysDialog, line)
    dialog.days.setText("10")
    dialog.save()
    assert dialog.isVisible()
    dialog.reason.setText("Trong nhà có thêm F0")
    dialog.save()
    (line,) = running(desk)
    assert line.contact.quarantine_days == 10


def test_the_section_tells_both_sides(desk, holder, village):
    contact = enter(desk, village.mai_episode)
    add_contact_test(
        desk.register.db,
        [contact],
        PathogenTest(result=TestResult.NEGATIVE, sampled_on=TODAY),
        by=None,
        now=NOW,
    )
    section = ContactsSection(desk)
    holder(section)
    section.show_case(village.mai, village.mai_episode)
    db = desk.register.db
    (line,) = contacts_of_case(db, village.mai_episode, quarantine_rules(db, catalog()), today=TODAY)
    wanted = []
    desk.want_person.connect(wanted.append)
    opener = section.findChild(Button, "section_open")
    assert opener.accessibleName() == "Mở Vàng Thị Sơ"
    opener.click()
    assert wanted == [line.person_id]
    section.show_case(line.person_id, None)
    QApplication.processEvents()
    assert (
        section.findChild(Button, "section_household") is None
        or not section.findChild(Button, "section_household").isVisible()
    )


def change(desk, contact):
    length = QuarantineLength(days=10, reason="Nhà có thêm F0", by_name="Lò Thị Nhung")
    change_quarantine(desk.register.db, contact, length, catalog=catalog(), by=None, now=NOW)


def spoken(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel)).replace("\n", " ")


def test_changed_days_are_told_on_both_pages_and_in_the_form(desk, holder, opened, village):
    contact = enter(desk, village.mai_episode)
    section = ContactsSection(desk)
    holder(section)
    section.show_case(village.mai, village.mai_episode)
    assert "→" not in spoken(section)
    change(desk, contact)
    (line,) = running(desk)
    for person, case in ((village.mai, village.mai_episode), (line.person_id, None)):
        section.show_case(person, case)
        assert "7 → 10 ngày, đến hết 20/07/2026 (trước đó 17/07/2026)" in spoken(section)
        assert "07:15 hôm nay · Nhà có thêm F0 · Lò Thị Nhung" in spoken(section)
    form = opened(ContactDialog, line=line)
    assert form._why.text().splitlines()[0] == "Đã đổi 7 → 10 ngày lúc 07:15 hôm nay (Lò Thị Nhung): Nhà có thêm F0"


def test_a_case_that_was_none_is_said_and_its_contact_is_dropped(desk, page, holder, opened, village, qtbot):
    contact = enter(desk, village.mai_episode)
    mistake = OutcomeDraft(ending=Ending.NO_CASE, on=TODAY, reason="ghi nhầm người")
    record_outcome(
        desk.register.db, village.mai_episode, mistake, catalog=catalog(), by=None, by_name="Lò Thị Nhung", now=NOW
    )
    page.refresh(frozenset((Kind.CONTACTS,)))
    (line,) = running(desk)
    assert line.id == contact
    state = next(column for column in page.model.columns if column.key == "state").cell(page.model.record(0))
    assert (state.text, state.ink, state.icon) == ("Ca nguồn ghi nhầm", "warn", "alert")
    page.table.selectRow(0)
    assert page.end.isEnabled()
    form = opened(ContactDialog, line=line)
    assert form._why.text().startswith("Lò Thị Mai đã ghi là không mắc bệnh.")
    form.reject()
    section = ContactsSection(desk)
    holder(section)
    section.show_case(line.person_id, None)
    assert "Ca nguồn ghi nhầm" in spoken(section)
    assert section.findChild(Button, "section_end").accessibleName() == "Kết thúc theo dõi Vàng Thị Sơ"
    dialog = opened(EndDialog, [line])
    assert dialog.note.value() == "Ca nguồn ghi nhầm"
    dialog.save()
    assert not running(desk)
    (after,) = contacts_of_person(
        desk.register.db, line.person_id, quarantine_rules(desk.register.db, catalog()), today=TODAY
    )
    assert (after.contact.status, after.contact.end_reason) == (ContactStatus.DROPPED, None)
    assert after.contact.note == "Ca nguồn ghi nhầm"


def test_counts_stand_on_the_filters(desk, page, village):
    enter(desk, village.mai_episode)
    page.refresh(frozenset((Kind.CONTACTS,)))
    db = desk.register.db
    counts = count_contacts(db, quarantine_rules(db, catalog()), today=TODAY)
    assert page.views._counts == {view.value: count for view, count in counts.items()}
    assert counts[ContactView.NEEDS_ORDER] == 1


def test_well_is_two_keys_and_not_met_needs_a_reason(desk, opened, village):
    enter(desk, village.mai_episode)
    enter(desk, village.mai_episode, "Quàng Văn Hặc")
    first, second = running(desk)
    dialog = opened(ContactCheckDialog, [first])
    write(dialog.temperature, "368")
    dialog.save()
    db = desk.register.db
    assert [line.id for line in due_contacts(db, catalog(), TODAY).visits] == [second.id]
    dialog = opened(ContactCheckDialog, [second])
    dialog.status.set_value(VisitStatus.UNAVAILABLE)
    assert not dialog._hot_row.isVisibleTo(dialog)
    dialog.save()
    assert dialog.isVisible()
    dialog.note.setText("Đi nương")
    dialog.save()
    assert due_contacts(db, catalog(), TODAY).visits == ()
