"""The F0 register's page: filters, sorting, papers, copying."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.episodes import EpisodeState
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.people import PersonDraft
from covidstation.services.changes import Kind
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.ui.f0.list import F0List
from tests.ui.village import NOW, catalog


@pytest.fixture
def page(desk, shown):
    made = F0List(desk)
    made.resize(1166, 680)
    shown(made)
    made.load()
    return made


def add(desk, name: str, **fields) -> None:
    """Another F0."""
    draft = F0Draft(
        person=PersonDraft(full_name=name, **fields),
        episode=EpisodeDraft(),
        tests=(PathogenTest(sampled_on=NOW.date()),),
    )
    register_f0(desk.register.db, draft, catalog=catalog(), by=None, now=NOW)


def names(page) -> list[str]:
    return [page.model.record(row).full_name for row in range(page.model.rowCount())]


def words(page, row: int) -> dict[str, str]:
    record = page.model.record(row)
    return {column.key: column.cell(record).spoken() for column in page.model.columns}


def choose(page, state: EpisodeState) -> None:
    page.states.set_value(state.value)
    page.states.chosen.emit(state.value)


def test_open_illnesses_show_first_with_their_day_and_what_is_missing(page):
    assert names(page) == ["Giàng A Sử", "Lò Thị Mai"] or names(page) == ["Lò Thị Mai", "Giàng A Sử"]
    row = names(page).index("Lò Thị Mai")
    assert words(page, row) == {
        "name": "Lò Thị Mai",
        "age": "36",
        "hamlet": "Pa Khoá",
        "phone": "",
        "reported": "08/07",
        "day": "3 / 7",
        "until": "14/07",
        "order": "Chưa có",
        "ending": "",
        "outcome": "",
    }


def test_given_names_stand_in_vietnamese_order_and_a_click_turns_them(page, desk):
    for name in ("Vàng A Dế", "Vàng A Đề", "Lý A Ánh", "Lý A Anh"):
        add(desk, name)
    page.refresh(frozenset((Kind.EPISODES,)))
    assert names(page)[:4] == ["Lý A Anh", "Lý A Ánh", "Vàng A Dế", "Vàng A Đề"]
    page.table._head.sectionClicked.emit(0)
    assert names(page)[-4:] == ["Vàng A Đề", "Vàng A Dế", "Lý A Ánh", "Lý A Anh"]


def test_filters_by_state_hamlet_and_words(page, village):
    choose(page, EpisodeState.ENDED)
    assert names(page) == []
    assert page._stack.currentWidget() is page._none_found
    choose(page, EpisodeState.ALL)
    page.hamlet.set_value(village.pa_khoa)
    page.hamlet.picked.emit(village.pa_khoa)
    assert names(page) == ["Lò Thị Mai"]
    page.hamlet.set_value(None)
    page.typed.setText("su giang")
    page._reload()
    assert names(page) == ["Giàng A Sử"]
    assert page._count.text() == "1 người"


def test_counts_stand_on_the_filters(page):
    assert page.states._counts == {"active": 2, "needs_order": 2, "ready_to_end": 0, "ended": 0, "all": 2}
    assert page.subtitle == "2 lần mắc trong sổ · 2 đang theo dõi"


def test_enter_opens_the_person(page, desk, village):
    opened = []
    desk.want_person.connect(opened.append)
    page.table.setCurrentIndex(page.model.index(names(page).index("Lò Thị Mai"), 0))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert opened == [village.mai]


def test_the_decision_of_who_is_chosen(page, desk, village):
    wishes = []
    desk.want_paper.connect(wishes.append)
    page.table.setCurrentIndex(page.model.index(names(page).index("Lò Thị Mai"), 0))
    page.print_order.click()
    assert wishes[0].episode_ids == (village.mai_episode,)
    page.table.selectAll()
    assert page.print_order.plain_text() == "In quyết định cho 2 người"
    page.print_order.click()
    assert len(wishes) == 1
    assert "cùng một hộ" in page.banner.text()


def test_several_of_one_household_share_a_decision(page, desk, village):
    add(desk, "Giàng A Tủa", household_id=village.household, hamlet_id=village.nam_nga)
    page.refresh(frozenset((Kind.EPISODES,)))
    page.hamlet.set_value(village.nam_nga)
    page.hamlet.picked.emit(village.nam_nga)
    wishes = []
    desk.want_paper.connect(wishes.append)
    page.table.selectAll()
    page.print_order.click()
    assert len(wishes[0].episode_ids) == 2


def test_ctrl_c_copies_a_table(page):
    page.table.setCurrentIndex(page.model.index(names(page).index("Lò Thị Mai"), 0))
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, line = QApplication.clipboard().text().splitlines()
    assert head.split("\t")[:3] == ["Họ và tên", "Tuổi", "Bản"]
    assert line.split("\t")[:3] == ["Lò Thị Mai", "36", "Pa Khoá"]


def test_an_empty_register_offers_the_first_step(qtbot, shown, desk, monkeypatch):
    monkeypatch.setattr("covidstation.ui.f0.list._Fetch.count", lambda _fetch: 0)
    monkeypatch.setattr("covidstation.ui.f0.list.count_episodes", lambda *_args, **_more: 0)
    page = F0List(desk)
    shown(page)
    page.load()
    assert page._stack.currentWidget() is page._none_yet
