"""The book of households in the window: the ways to it, each act by its dialog, what is taken back."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.households import household_page
from covidstation.db.queries.people import find_people
from covidstation.db.queries.population import population_on
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.residence import Living, Relation
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.preferences import Preferences
from covidstation.ui.households.arriving import ArrivalDialog, BirthDialog
from covidstation.ui.households.moving import (
    DeathDialog,
    HomeDialog,
    LeaveDialog,
    MemberDialog,
    MoveDialog,
    SettleDialog,
)
from covidstation.ui.households.population import PopulationDialog
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.dialogs import Sentence
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
def home(window, desk, village):
    """The page of the household Giàng A Sử, with his son Tủa."""
    son = PersonDraft(full_name="Giàng A Tủa", sex=Sex.MALE)
    draft = ArrivalDraft(household_id=village.household, person=son, relation=Relation.CHILD)
    record_arrival(desk.register.db, draft, catalog=catalog(), **WHO)
    desk.want_household.emit(village.household)
    return window.page("household")


def with_dialog(kind, fill, press, qtbot):
    """Press, fill the dialog that opens and save it; returns it when it closed by saving."""
    done = []

    def look():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind):
            QTimer.singleShot(20, look)
            return
        try:
            fill(dialog)
            dialog.accept() if isinstance(dialog, Sentence) else dialog.save()
        finally:
            done.append(not dialog.isVisible())
            if dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(20, look)
    press()
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    return done[0]


def names(desk, household):
    return [one.full_name for one in household_page(desk.register.db, household, day=TODAY).members]


def choose(home, name):
    row = next(at for at in range(home.model.rowCount()) if home.model.record(at).full_name == name)
    home.table.selectRow(row)
    home.table.setCurrentIndex(home.model.index(row, 0))


def test_the_list_counts_and_leads_to_a_household(window, desk, village):
    window.go("households")
    page = window.page("households")
    assert page.subtitle == "2 hộ · 3 nhân khẩu quản lý"
    assert [page.model.record(row).head for row in range(page.model.rowCount())] == ["Giàng A Sử", "Lò Thị Mai"]
    page.typed.setText("my")
    page.reload()
    assert page.model.rowCount() == 1
    page.table.opened.emit(page.model.record(0))
    assert window.current().title == "Hộ Giàng A Sử"
    assert window.current().entry == "households"


def test_a_household_is_founded_by_its_head(window, desk, village, qtbot):
    window.go("households")

    def fill(dialog):
        dialog.who.put_text("Tao Văn Phớ")
        dialog.birth.setText("1960")
        dialog.hamlet.set_value(village.pa_khoa)

    assert with_dialog(ArrivalDialog, fill, window.page("households").add_one.click, qtbot)
    assert window.current().title == "Hộ Tao Văn Phớ"
    assert population_on(desk.register.db, date(2026, 1, 1)).total == 4


def test_a_founding_without_name_and_hamlet_says_both(window, qtbot):
    window.go("households")
    seen = []

    def fill(dialog):
        dialog.save()
        seen.extend(problem.code for problem in dialog.wrong())

    assert not with_dialog(ArrivalDialog, fill, window.page("households").add_one.click, qtbot)
    assert seen == ["households.who_missing", "households.hamlet_missing"]


def test_somebody_comes_on_a_day_and_a_child_is_born(home, desk, village, qtbot):
    def come(dialog):
        assert not dialog.day.isEnabled()
        dialog.who.put_text("Vàng Thị Dợ")
        dialog.sex.set_value(Sex.FEMALE)
        dialog.relation.set_value(Relation.CHILD_IN_LAW)
        dialog.since.set_value("came")
        dialog.since.picked.emit("came")
        dialog.living.set_value(Living.TEMPORARY)
        dialog.day.set_day(TODAY - timedelta(5))

    assert with_dialog(ArrivalDialog, come, home.arrive.click, qtbot)

    def bear(dialog):
        assert "Vàng Thị Dợ" in dialog.mother.all_keys() and "Giàng A Tủa" in dialog.father.all_keys()
        dialog.name.set_value("Giàng Thị Pà")
        dialog.day.set_day(TODAY - timedelta(1))
        dialog.mother.set_value("Vàng Thị Dợ")

    assert with_dialog(BirthDialog, bear, home.birth.click, qtbot)
    assert {"Vàng Thị Dợ", "Giàng Thị Pà"} <= set(names(desk, village.household))
    db = desk.register.db
    assert [population_on(db, TODAY - timedelta(n)).total for n in (6, 5, 2, 1)] == [4, 5, 5, 6]
    assert [home.moves.record(row).kind for row in range(2)] == ["BORN", "CAME"]
    assert home.model.rowCount() == 5  # the page heard of it


def test_the_household_is_parted_and_put_together_again(home, desk, village, qtbot):
    choose(home, "Giàng A Tủa")

    def part(dialog):
        assert len(dialog.ticks.chosen()) == 1
        dialog.hamlet.set_value(village.pa_khoa)
        dialog.hamlet.picked.emit(village.pa_khoa)
        assert [choice.text for choice in dialog.target.choices()] == ["Hộ mới", "Lò Thị Mai"]
        dialog.target.set_value("new")
        dialog.settle()
        dialog.address.set_value("Nhóm 4")

    assert with_dialog(MoveDialog, part, home.to_other.click, qtbot)
    assert names(desk, village.household) == ["Giàng A Sử", "Giàng Thị Mỷ"]
    assert find_people(desk.register.db, "tua")[0].hamlet == "Pa Khoá"
    assert home.moves.record(0).undoable and home.undo.isEnabled()
    assert with_dialog(Sentence, lambda _dialog: None, home.undo.click, qtbot)
    assert names(desk, village.household) == ["Giàng A Sử", "Giàng A Tủa", "Giàng Thị Mỷ"]
    assert home.moves.rowCount() == 0


def test_an_f0_who_leaves_is_refused_with_a_sentence_and_the_dialog_stays(home, desk, village, qtbot):
    choose(home, "Giàng A Sử")

    def leave(dialog):
        assert dialog.new_head.isVisible()
        dialog.day.set_day(TODAY)

    assert not with_dialog(LeaveDialog, leave, home.leave.click, qtbot)
    assert len(names(desk, village.household)) == 3
    choose(home, "Giàng Thị Mỷ")
    assert with_dialog(LeaveDialog, lambda dialog: dialog.day.set_day(TODAY), home.leave.click, qtbot)
    assert "Giàng Thị Mỷ" not in names(desk, village.household)


def test_small_acts_on_one_member(home, desk, village, qtbot):
    choose(home, "Giàng Thị Mỷ")
    assert with_dialog(
        MemberDialog, lambda dialog: dialog.relation.set_value(Relation.SPOUSE), home.relation.click, qtbot
    )
    choose(home, "Giàng Thị Mỷ")
    assert with_dialog(SettleDialog, lambda dialog: dialog.day.set_day(TODAY), home.settle.click, qtbot)
    choose(home, "Giàng Thị Mỷ")
    my = home.table.current_record()
    assert (my.relation, my.living) == (Relation.SPOUSE, "TEMPORARY")
    assert with_dialog(DeathDialog, lambda dialog: dialog.day.set_day(TODAY), home.death.click, qtbot)
    assert "Giàng Thị Mỷ" not in names(desk, village.household)
    choose(home, "Giàng A Sử")
    assert not home.relation.isEnabled()  # the head


def test_the_house_gets_another_head_and_goes_to_another_hamlet(home, desk, village, qtbot):
    son = next(one for one in home._page.members if one.full_name == "Giàng A Tủa")

    def lead(dialog):
        dialog.head.set_value(son.id)
        dialog.address.set_value("Nhóm 2")

    assert with_dialog(HomeDialog, lead, home.edit.click, qtbot)
    assert (home.title, home._page.address) == ("Hộ Giàng A Tủa", "Nhóm 2")

    def go(dialog):
        dialog.hamlet.set_value(village.pa_khoa)
        dialog.hamlet.picked.emit(village.pa_khoa)
        assert dialog.day.isVisible() and not dialog.head.isEnabled()
        dialog.day.set_day(TODAY)

    assert with_dialog(HomeDialog, go, home.edit.click, qtbot)
    assert home._page.hamlet == "Pa Khoá"
    assert population_on(desk.register.db, TODAY, village.pa_khoa).total == 4


def test_the_population_of_a_day_by_age_and_hamlet(window, desk, village):
    window.go("households")
    dialog = PopulationDialog(desk, window.current())
    dialog.show()
    last = dialog.model.record(dialog.model.rowCount() - 1)
    assert (last.men, last.women, last.total, last.whole) == (1, 2, 3, True)
    dialog.hamlet.set_value(village.pa_khoa)
    dialog.ask()
    assert dialog.model.record(dialog.model.rowCount() - 1).total == 1
    dialog.day.set_day(TODAY + timedelta(1))
    assert dialog.trouble.isVisible()
    dialog.day.set_day(date(1960, 1, 1))
    dialog.hamlet.set_value(None)
    dialog.ask()
    assert dialog.model.record(dialog.model.rowCount() - 1).total == 1  # Sử, born in 1950
    dialog.close()


def test_the_pages_fit_a_low_window(window, home):
    for name in ("households", "household"):
        window.go(name)
        assert window.page(name).minimumSizeHint().height() <= 560
        assert window.page(name).minimumSizeHint().width() <= 1166
