"""From door to door in the window: a round, a sheet by the keyboard alone, the list, my area, shares."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.door_sheets import door_sheet
from covidstation.db.queries.people import get_person
from covidstation.db.queries.places import hamlets
from covidstation.db.queries.reviews import DoorFilter, doors, reviews
from covidstation.db.queries.vulnerable import VulnerableFilter, list_vulnerable, vulnerable_people
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.residence import Relation
from covidstation.domain.reviews import CloseReason, DoorResult
from covidstation.services.area import my_area
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.people import register_person
from covidstation.services.preferences import Preferences
from covidstation.services.reviews.papers import listed_codes
from covidstation.services.reviews.rounds import ReviewDraft, start_review
from covidstation.services.sharing import look_at_shares
from covidstation.services.staff import DutyDraft, add_duty
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.reviews.dialogs import CloseDialog, FindingDialog, StartDialog, StepDialog
from covidstation.ui.reviews.door import DoorDialog
from covidstation.ui.settings.places import EndHamletDialog, PlacesSection
from covidstation.ui.today.sharing import ShareDialog
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
WHO = {"by": None, "by_name": "Lò Thị Nhung", "now": NOW}


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


@pytest.fixture
def page(window, desk, village):
    """A round runs; the household Giàng A Sử has a son, Tủa."""
    son = PersonDraft(full_name="Giàng A Tủa", sex=Sex.MALE)
    draft = ArrivalDraft(household_id=village.household, person=son, relation=Relation.CHILD)
    record_arrival(desk.register.db, draft, catalog=catalog(), **WHO)
    for name in ("Vàng Thị Dợ", "Sùng A Lử"):
        alone = ArrivalDraft(hamlet_id=village.nam_nga, person=PersonDraft(full_name=name, sex=Sex.MALE))
        record_arrival(desk.register.db, alone, catalog=catalog(), **WHO)
    wanted = ReviewDraft(title="Đợt rà tháng 7", first_day=TODAY - timedelta(1), last_day=TODAY + timedelta(5))
    start_review(desk.register.db, wanted, catalog=catalog(), **WHO)
    window.go("reviews")
    return window.page("reviews")


def over(kind, do, press, qtbot):
    """Press, do something in the dialog that opens, leave it."""
    done = []

    def look():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind):
            QTimer.singleShot(20, look)
            return
        try:
            do(dialog)
        finally:
            done.append(not dialog.isVisible())
            if dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(20, look)
    press()
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    return done[0]


def a_round(desk):
    return reviews(desk.register.db)[0]


def test_a_round_begins_in_the_window(window, desk, qtbot):
    window.go("households")
    window.page("households").review.click()
    page = window.page("reviews")
    assert page.isVisible()

    def fill(dialog):
        dialog.name.set_value("Đợt rà tháng 7")
        dialog.save()
        assert dialog.isVisible()  # without a last day
        dialog.last.set_day(TODAY + timedelta(5))
        dialog.save()

    assert over(StartDialog, fill, page.first.click, qtbot)
    assert a_round(desk).title == "Đợt rà tháng 7"
    assert page.progress.isVisible()
    assert page.model.rowCount() == len(doors(desk.register.db, a_round(desk).id)) > 0


def test_a_sheet_by_the_keyboard(page, desk, village, qtbot):
    db = desk.register.db
    at = next(row for row, one in enumerate(page.shown) if one.household_id == village.household)
    page.table.setCurrentIndex(page.model.index(at, 0))
    told = []

    def type_it(dialog):
        grid = dialog.grid
        names = [one.full_name for one in grid.members]
        assert names[0] == "Giàng A Sử"
        qtbot.keyClick(grid, Qt.Key.Key_Right)
        qtbot.keyClick(grid, Qt.Key.Key_Right)
        qtbot.keyClick(grid, Qt.Key.Key_Space)  # the third question: disabled
        for _person in names:
            qtbot.keyClick(grid, Qt.Key.Key_Return)
        told.append(names)

    over(DoorDialog, type_it, lambda: qtbot.keyClick(page.table, Qt.Key.Key_Return), qtbot)
    (line,) = vulnerable_people(db, [village.head])
    assert "DISABLED" in {one.reason for one in line.findings}
    door = next(one for one in doors(db, a_round(desk).id) if one.household_id == village.household)
    assert door.result is DoorResult.DONE
    assert page.hamlets.record(0).progress.done == 1


def test_who_has_no_household_gets_one_by_the_sheet(page, desk, village, qtbot):
    db = desk.register.db
    draft = PersonDraft(full_name="Lý A Pho", birth=PartialDate(1948), sex=Sex.MALE, hamlet_id=village.pa_khoa)
    pho = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
    page.load()
    at = next(row for row, one in enumerate(page.shown) if one.person_id == pho)
    page.table.setCurrentIndex(page.model.index(at, 0))
    assert page.model.cell(at, 1).small == "chưa có hộ trong sổ"
    heads = []

    def type_it(dialog):
        heads.append(dialog.title.text())
        qtbot.keyClick(dialog.grid, Qt.Key.Key_Return)

    over(DoorDialog, type_it, lambda: qtbot.keyClick(page.table, Qt.Key.Key_Return), qtbot)
    assert heads == ["Lý A Pho: lưu là lập hộ mới"]
    (door,) = [one for one in doors(db, a_round(desk).id) if one.head == "Lý A Pho"]
    assert door.household_id is not None and door.result is DoorResult.DONE


def test_a_click_ticks_and_unticks(page, desk, village, qtbot):
    def look(dialog):
        grid = dialog.grid
        before = grid.answers()
        spot = grid.visualRect(grid.model().index(0, 4)).center()
        for _time in range(2):
            qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=spot)
            changed = grid.answers()
            assert (changed != before) == (_time == 0)
        dialog.outcome._take("AWAY")
        assert not grid.isEnabled()
        dialog.note.set_value("đi nương")
        dialog.save()

    page.table.setCurrentIndex(page.model.index(0, 0))
    first = page.shown[0].household_id
    over(DoorDialog, look, page.enter.click, qtbot)
    door = next(one for one in doors(desk.register.db, a_round(desk).id) if one.household_id == first)
    assert (door.result, door.note) == (DoorResult.AWAY, "đi nương")


def test_one_key_for_who_is_away(page, desk, qtbot):
    page.table.setCurrentIndex(page.model.index(0, 0))
    first = page.shown[0].household_id
    page.away.click()
    assert page.hamlets.record(0).progress.away == 1
    page.table.setCurrentIndex(page.model.index(0, 0))
    assert page.shown[0].household_id == first
    over(Sentence, lambda dialog: dialog.accept(), page.undo.click, qtbot)
    assert page.hamlets.record(0).progress.away == 0


def test_doors_change_places(page, desk, qtbot):
    row = next(at for at in range(1, page.hamlets.rowCount()) if page.hamlets.record(at).progress.households > 1)
    page.progress.setCurrentIndex(page.hamlets.index(row, 0))
    before = [one.household_id for one in page.shown]
    page.table.setCurrentIndex(page.model.index(0, 0))
    page.down.click()
    assert [one.household_id for one in page.shown] == [before[1], before[0], *before[2:]]
    assert [one.walk_order for one in page.shown] == list(range(1, len(before) + 1))
    assert page.table.current_record().household_id == before[0]


def test_an_ended_round_takes_no_sheet(page, desk, qtbot):
    over(Sentence, lambda dialog: dialog.accept(), page.end.click, qtbot)
    assert not a_round(desk).runs
    assert not page.enter.isEnabled()
    page.end.click()
    assert a_round(desk).runs


def test_the_list_its_steps_and_closings(window, page, desk, village, qtbot):
    db = desk.register.db
    name = get_person(db, village.my).full_name
    found = FindingDialog(desk, page, village.my, name)
    assert found.step.value()  # what the rule proposes
    found.reason.set_value("NO_TRAVEL")
    found.save()
    page.people.click()
    listed = window.page("vulnerable")
    assert listed.isVisible()
    assert [listed.model.record(0).full_name] == [name]

    def put_off(dialog):
        dialog.step.set_value("Đưa thuốc đến nhà")
        dialog.due.set_day(TODAY + timedelta(3))
        dialog.save()

    assert over(StepDialog, put_off, listed.step.click, qtbot)
    assert listed.model.record(0).due_on == TODAY + timedelta(3)

    def close(dialog):
        dialog.reason.set_value(CloseReason.SOLVED)
        dialog.save()

    assert over(CloseDialog, close, listed.close_one.click, qtbot)
    wanted = {"day": TODAY, "listed": listed_codes(catalog())}
    assert len(list_vulnerable(db, VulnerableFilter(), **wanted)) == 0


def test_my_area_is_kept_and_says_how_to_get_one(window, page, desk, village, qtbot):
    db = desk.register.db
    assert not page.mine.isChecked()
    page.mine.click()
    assert not page.mine.isChecked()
    assert "Nhân lực" in page.banner.text()
    name = desk.register.user_name
    add_duty(db, DutyDraft(name=name, hamlet_id=village.pa_khoa), catalog=catalog(), by=None, now=NOW)
    page.load()
    page.mine.click()
    assert page.mine.isChecked()
    assert my_area(db, TODAY).filter == {village.pa_khoa}
    assert {one.hamlet_id for one in page.shown} <= {village.pa_khoa}
    window.go("today")
    assert window.page("today").mine.isChecked()
    window.page("today").mine.click()
    assert my_area(db, TODAY).filter is None


def test_work_is_shared_out_in_one_step(window, page, desk, village, qtbot):
    db = desk.register.db
    for name in ("Giàng A Chứ", "Vàng Thị Sơ"):
        add_duty(db, DutyDraft(name=name, hamlet_id=village.nam_nga), catalog=catalog(), by=None, now=NOW)
    window.go("today")

    def share(dialog):
        shares = dialog.shares()
        with_work = {one.hamlet_id for one in dialog._plan.loads if one.total}
        assert shares.keys() == with_work
        first = next(iter(dialog.combos.values()))
        first.setCurrentIndex(first.count() - 1)
        dialog.save()

    assert over(ShareDialog, share, window.page("today").sharing.click, qtbot)
    plan = look_at_shares(db, TODAY, catalog=catalog())
    assert plan.shared.keys() == {one.hamlet_id for one in plan.loads if one.total}
    assert plan.shared[next(iter(plan.shared))] in {one.key for one in plan.people}


def test_a_household_sheet_knows_its_way(page, desk, village):
    sheet = door_sheet(desk.register.db, a_round(desk).id, village.household, questions=(), day=TODAY)
    assert sheet is not None
    assert len(doors(desk.register.db, a_round(desk).id, DoorFilter(trip="không có"))) == 0


def test_the_persons_page_says_why_and_what_next(window, page, desk, village, qtbot):
    db = desk.register.db
    desk.want_person.emit(village.my)
    window.page("person").header.tabs._take("family")
    family = window.page("person").family

    def press(name):
        return family.findChild(Button, name).click()

    over(FindingDialog, lambda dialog: dialog.save(), lambda: press("add_finding"), qtbot)
    (line,) = vulnerable_people(db, [village.my])
    assert [one.reason for one in line.findings] == ["ELDER"]
    over(CloseDialog, lambda dialog: dialog.save(), lambda: press("finding_close"), qtbot)
    assert vulnerable_people(db, [village.my]) == ()


def test_a_hamlet_ends_in_the_settings(window, desk, village, qtbot):
    window.go("settings")
    settings = window.page("settings")
    settings.show_part("places")
    section = settings.findChild(PlacesSection)
    qtbot.waitUntil(lambda: section._hamlet_model.rowCount() == 2)
    at = next(row for row in range(2) if section._hamlet_model.record(row).id == village.pa_khoa)
    section.hamlet_table.setCurrentIndex(section._hamlet_model.index(at, 0))

    def end(dialog):
        dialog.into.set_value(village.nam_nga)
        dialog.save()

    over(EndHamletDialog, end, section.end.click, qtbot)
    assert [one.id for one in hamlets(desk.register.db)] == [village.nam_nga]
