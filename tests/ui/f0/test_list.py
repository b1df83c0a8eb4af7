"""The F0 register's page: filters, sorting, papers, copying."""

import zipfile

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.episodes import EpisodeState
from covidstation.domain.care import RiskClass
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, TestResult
from covidstation.domain.people import PersonDraft
from covidstation.services.changes import Kind
from covidstation.services.episodes import F0Draft, add_test, register_f0
from covidstation.ui.f0 import acts
from covidstation.ui.f0.list import F0List
from covidstation.ui.papers import dossiers, handing
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
        "risk": "Trung bình",
        "doses": "2",
        "checked": "chưa đo",
        "reported": "08/07",
        "day": "3 / 7",
        "until": "14/07",
        "order": "Chưa có",
        "ending": "",
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
    page.reload()
    assert names(page) == ["Giàng A Sử"]
    assert page._count.text() == "1 người"


def test_counts_stand_on_the_filters(page):
    # Giàng A Sử was found on 2 March: more than his 7 days ago, with no negative test since.
    open_ones = {"active": 2, "needs_order": 2, "needs_test": 1, "overdue": 1, "ready_to_end": 0}
    assert page.states._counts == {**open_ones, "ended": 0, "all": 2}
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
    monkeypatch.setattr("covidstation.ui.register_page._Fetch.count", lambda _fetch: 0)
    monkeypatch.setattr("covidstation.ui.f0.list.count_states", lambda *_args, **_more: dict.fromkeys(EpisodeState, 0))
    page = F0List(desk)
    shown(page)
    page.load()
    assert page._stack.currentWidget() is page._none_yet


def test_who_needs_a_test_or_is_overdue(page, desk):
    choose(page, EpisodeState.NEEDS_TEST)
    assert names(page) == ["Giàng A Sử"]
    episode = page.model.record(0).id
    test = PathogenTest(result=TestResult.NEGATIVE, sampled_on=NOW.date())
    add_test(desk.register.db, episode, test, by=None, now=NOW)
    page.load()
    assert names(page) == []
    choose(page, EpisodeState.OVERDUE)
    assert names(page) == ["Giàng A Sử"]


def test_the_risk_filter(page):
    page.risk.set_value(RiskClass.MEDIUM)
    page.risk.picked.emit(RiskClass.MEDIUM)
    assert names(page) == ["Lò Thị Mai"]


def test_the_whole_list_as_a_spreadsheet(page, desk, monkeypatch, tmp_path):
    add(desk, "=HYPERLINK(1)", phone="0912000111")
    page.load()
    path = tmp_path / "ds.xlsx"
    monkeypatch.setattr(acts, "choose_table", lambda _page, _name: path)
    page.acts.excel.click()
    with zipfile.ZipFile(path) as book:
        sheet, words = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()
    assert "=HYPERLINK(1)" in words and "0912000111" in words and "Số định danh" in words
    assert "<f>" not in sheet
    assert "Đang theo dõi" in words


def test_the_list_on_paper_lies_across(page, desk, monkeypatch, tmp_path):
    add(desk, "Giàng A <b>Páo")
    page.load()
    path = tmp_path / "ds.pdf"
    monkeypatch.setattr(handing, "choose_file", lambda _parent, _name: path)
    page.acts.paper.click()
    document = pypdfium2.PdfDocument(path.read_bytes())
    width, height = document[0].get_size()
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    assert width > height
    assert "DANH SÁCH F0" in text and "Giàng A <b>Páo" in " ".join(text.split()) and "3 người" in text


def test_dossiers_of_all_in_one_file_say_what_is_missing(page, desk, monkeypatch, tmp_path, qtbot):
    path = tmp_path / "ho-so.pdf"
    monkeypatch.setattr(dossiers, "choose_file", lambda _parent, _name: path)
    seen = []

    def run(dialog):
        dialog.start()
        seen.append((dialog.panel._title.text(), dialog.panel._note.text()))
        return dialog.close()

    monkeypatch.setattr(dossiers.DossierDialog, "exec", run)
    assert page.acts.dossiers.plain_text() == "In hồ sơ cả 2 người"
    page.acts.dossiers.click()
    assert seen[0][0] == "Đã làm 2 hồ sơ" and "2 hồ sơ còn thiếu giấy" in seen[0][1]
    document = pypdfium2.PdfDocument(path.read_bytes())
    first = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "HỒ SƠ F0:" in first and "CÒN THIẾU" in first


def test_those_chosen_lead_to_what_they_lack(page, desk, village):
    wanted = []
    desk.want_missing.connect(wanted.append)
    page.table.selectAll()
    page.acts.missing.click()
    assert village.mai_episode in wanted[0] and len(wanted[0]) == 2


def test_nothing_to_deliver_is_said(page, desk):
    said = []
    desk.said.connect(said.append)
    page.acts.delivered.click()
    assert said == ["Những người này không có văn bản nào chưa giao."]
