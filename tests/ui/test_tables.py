"""Tables of any length and the search field, by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from covidstation.ui.parts.records import CELL, PAGE, Cell, Column, RecordModel
from covidstation.ui.parts.search import SearchField, SearchResult
from covidstation.ui.parts.table import Table
from covidstation.ui.tasks import InlineTasks, Tasks
from tests.ui.hands import press, write


def columns():
    return [
        Column("name", "Họ và tên", lambda record: Cell(f"Người {record}", "name"), 200, sort="name"),
        Column("age", "Tuổi", lambda record: Cell(f"{record % 90}"), 60, "right"),
        Column("days", "Ngày", lambda record: Cell(days=(record % 7, 7)), 120),
    ]


@pytest.fixture
def owner(qapp):
    return QWidget()


class Store:
    """A hundred thousand numbers that notes what it was asked."""

    def __init__(self, total: int = 100_000) -> None:
        self.total, self.asked = total, []

    def count(self) -> int:
        return self.total

    def fetch(self, offset: int, limit: int) -> list[int]:
        self.asked.append((offset, limit))
        return list(range(offset, min(offset + limit, self.total)))


def test_model_of_a_hundred_thousand_rows_is_clean(qtmodeltester, qapp, owner):
    model, store = RecordModel(InlineTasks(), columns(), owner), Store(3_000)  # the checker walks every row anew
    model.load(store.count, store.fetch)
    qtmodeltester.check(model)
    model, store = RecordModel(InlineTasks(), columns(), owner), Store()
    model.load(store.count, store.fetch)
    assert model.rowCount() == 100_000
    assert model.index(99_999, 0).data() == "Người 99999"
    assert store.asked[-1] == (99_999 // PAGE * PAGE, PAGE)


def test_only_pages_in_sight_are_fetched_off_the_main_thread(qtbot, holder):
    store, tasks = Store(), Tasks()
    try:
        owner = QWidget()
        qtbot.addWidget(owner)
        model = RecordModel(tasks, columns(), owner)
        table = Table("people", "Danh sách", model)
        holder(table)
        with qtbot.waitSignal(model.loaded, timeout=5000):
            model.load(store.count, store.fetch)
        table.scrollToBottom()
        qtbot.waitUntil(lambda: model.index(99_999, 0).data() is not None, timeout=5000)
        assert len(store.asked) <= 4
        assert model.index(50_000, 0).data() is None
        qtbot.waitUntil(lambda: model.index(50_000, 0).data() == "Người 50000", timeout=5000)
    finally:
        tasks.close()


def test_an_older_answer_never_covers_a_newer_one(qapp):
    class Held(InlineTasks):
        def __init__(self):
            super().__init__()
            self.waiting = []

        def run(self, *given):
            self.waiting.append(given)

    held, owner = Held(), QWidget()
    model = RecordModel(held, columns(), owner)
    model.load(lambda: 1, lambda _o, _n: [1])
    model.load(lambda: 1, lambda _o, _n: [2])
    newer, older = held.waiting[1], held.waiting[0]
    for given in (newer, older):
        InlineTasks().run(*given)
    assert model.record(0) == 2


def test_table_opens_copies_and_sorts(holder, qapp):
    owner = QWidget()
    model = RecordModel(InlineTasks(), columns(), owner)
    table, opened, sorts = Table("people", "Danh sách", model), [], []
    table.opened.connect(opened.append)
    table.sort_asked.connect(lambda key, down: sorts.append((key, down)))
    model.set_records(list(range(300)))
    holder(table)
    table.setFocus()
    assert table.current_record() == 0
    press(table, Qt.Key.Key_Down)
    press(table, Qt.Key.Key_Return)
    assert opened == [1]
    table.selectRow(2)
    assert table.copy_text() == "Họ và tên\tTuổi\tNgày\nNgười 2\t2\t2 / 7"
    for section in (0, 0, 1):
        table.horizontalHeader().sectionClicked.emit(section)
    assert sorts == [("name", False), ("name", True)]
    assert model.index(1, 2).data(CELL).days == (1, 7)


def test_search_answers_by_keyboard_and_drops_old_answers(holder, qtbot):
    field, chosen, acted = SearchField("search", "Tìm người", hint="Tìm"), [], []
    field.chosen.connect(lambda result: chosen.append(result.key))
    field.acted.connect(lambda result: acted.append(result.key))
    window = holder(field)
    field.setFocus()
    with qtbot.waitSignal(field.asked, timeout=2000) as asked:
        write(field, "gap")
    assert asked.args == ["gap"]
    found = [SearchResult(n, f"Giàng A Páo {n}", "1955", frozenset({0, 6, 8}), chip="F0", tone="blue") for n in (1, 2)]
    field.show_results("ga", found)
    assert not field.results_open()
    field.show_results("gap", found)
    assert field.results_open()
    popup = window.findChild(QWidget, "search_popup")
    assert popup.parent() is window and window.rect().contains(popup.geometry().topLeft() + QPoint(1, 1))
    popup.grab()
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Return)
    assert chosen == [2] and field.text() == "" and not field.results_open()
    write(field, "gap")
    field.show_results("gap", found)
    press(field, Qt.Key.Key_F2)
    assert acted == [1]


def test_search_hears_a_pasted_card(holder, qapp, qtbot):
    field, pasted = SearchField("search", "Tìm người", hint="Tìm"), []
    field.pasted.connect(pasted.append)
    holder(field)
    field.setFocus()
    write(field, "012345678901||Giàng A Páo|03021955|Nam|Bản|10032021")
    assert pasted == ["012345678901||Giàng A Páo|03021955|Nam|Bản|10032021"]


def test_a_renewed_list_draws_only_the_rows_that_differ(qtmodeltester, qapp, owner):
    model = RecordModel(InlineTasks(), columns(), owner)
    drawn, resets = [], []
    model.dataChanged.connect(lambda top, bottom: drawn.append((top.row(), bottom.row(), bottom.column())))
    model.modelReset.connect(lambda: resets.append(True))
    rows = tuple(range(1000, 1000 + 2 * PAGE + 5))
    model.renew_records(rows, lambda one: one // 2)
    assert resets == [True] and model.index(2 * PAGE, 0).data() == f"Người {1000 + 2 * PAGE}"
    drawn.clear()  # the page that was just fetched
    other = (*rows[:4], 1005, *rows[5:])  # the same key, another record
    model.renew_records(other, lambda one: one // 2)
    assert resets == [True] and drawn == [(4, 4, 2)]
    assert [model.record(row) for row in range(len(other))] == list(other)
    qtmodeltester.check(model)
    model.renew_records((*other[1:], 9), lambda one: one // 2)  # everybody moved up
    assert len(resets) == 2 and model.record(0) == other[1]
    model.renew_records(other[1:], lambda one: one // 2)
    assert len(resets) == 3 and model.rowCount() == len(other) - 1
