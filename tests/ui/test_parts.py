"""The parts as a person uses them: by keys, by words, with names that look like markup."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from covidstation import messages
from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem
from covidstation.errors import UserError
from covidstation.ui.parts.banner import Banner
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.parts.edits import BirthEdit, DateEdit, LineEdit, NumberEdit, PasswordEdit
from covidstation.ui.parts.fields import Field, StackedField, show_problems
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import ElidedLabel, label
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice
from covidstation.ui.parts.records import CELL, PAGE, Cell, Column, RecordModel
from covidstation.ui.parts.ring import FocusRing
from covidstation.ui.parts.rows import KeyValues, WorkRow
from covidstation.ui.parts.search import SearchField, SearchResult
from covidstation.ui.parts.segments import Segments, Tabs
from covidstation.ui.parts.steps import Step, StepsPanel
from covidstation.ui.parts.table import Table
from covidstation.ui.parts.toast import Toast
from covidstation.ui.present import present_lightly
from covidstation.ui.tasks import InlineTasks, Tasks

TODAY = date(2022, 3, 10)
HAMLETS = [Choice(1, "Bản Nậm Ngá"), Choice(2, "Bản Nậm Kinh"), Choice(3, "Bản Đông Phong")]
SIGNS = [Choice("cough", "Ho"), Choice("fever", "Sốt"), Choice("breath", "Khó thở"), Choice("head", "Đau đầu")]


@pytest.fixture
def holder(shown):
    """A window to put parts into: `place(widget)` shows it."""
    window = QWidget()
    window.resize(900, 600)
    column = QVBoxLayout(window)

    def place(*widgets: QWidget) -> QWidget:
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        return shown(window)

    return place


def press(widget: QWidget, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier, text: str = "") -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, modifiers, text))


def write(widget: QWidget, text: str) -> None:
    """As an input method commits: any letter."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def test_labels_print_markup_as_it_is_and_are_tall_enough(qapp):
    plain = label("<b>Giàng</b> ỄẶẬẪ", "title")
    assert plain.textFormat() == Qt.TextFormat.PlainText
    assert plain.minimumHeight() >= 1.5 * 22
    long = ElidedLabel("<img src=x> " * 30)
    long.resize(80, 22)
    long.show()
    guessing = QLabel(long.toolTip())  # as QToolTip does: rich text if it looks so
    printed = label(long.toolTip())
    printed.setMinimumHeight(0)
    assert guessing.sizeHint() == printed.sizeHint() and guessing.sizeHint().width() > 500
    assert long.text().endswith("…")
    long.close()


def test_button_shows_its_keys_and_both_enters_press_it(holder):
    hits = []
    save = Button("&Lưu", "primary", keys="Ctrl+Return", name="save")
    save.clicked.connect(lambda: hits.append(1))
    other = LineEdit("other", "Khác")
    window = holder(other, save)
    other.setFocus()
    assert save.accessibleName() == "Lưu" and save.sizeHint().width() > Button("&Lưu", "primary").sizeHint().width()
    save.setFocus()
    press(save, Qt.Key.Key_Return)
    press(save, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert len(hits) == 2
    save.setEnabled(False)
    press(save, Qt.Key.Key_Return)
    assert len(hits) == 2 and window.isVisible()


@pytest.mark.parametrize(
    ("typed", "shown_as"),
    [("0503", "05/03/2022"), ("5/3", "05/03/2022"), ("050321", "05/03/2021"), ("5-3-2022", "05/03/2022")],
)
def test_dates_are_read_in_five_ways_and_shown_in_one(holder, typed, shown_as):
    field, seen = DateEdit("found", "Ngày dương tính", today=TODAY), []
    field.value_changed.connect(seen.append)
    holder(field)
    field.setFocus()
    write(field, typed)
    day = field.day()
    field.editingFinished.emit()
    assert field.text() == shown_as and field.day() == day == seen[-1] and not field.bad()


def test_a_day_that_is_none_stays_as_typed_and_is_bad(holder):
    field = DateEdit("found", "Ngày", today=TODAY)
    holder(field)
    field.setText("31/02/2022")
    field.editingFinished.emit()
    assert (field.text(), field.day(), field.bad()) == ("31/02/2022", None, True)


def test_birth_takes_a_year_alone(holder):
    field = BirthEdit("birth", "Ngày sinh", today=TODAY)
    holder(field)
    for typed, birth in (("1955", PartialDate(1955)), ("3/1955", PartialDate(1955, 3)), ("", None)):
        field.setText(typed)
        assert field.birth() == birth
    field.set_birth(PartialDate(1955, 2, 3))
    assert field.text() == "03/02/1955"


@pytest.mark.parametrize(("typed", "value"), [("36,7", "36.7"), ("36.7", "36.7"), ("367", "36.7"), ("37", "37")])
def test_temperature_in_three_ways(qapp, typed, value):
    field = NumberEdit("t", "Nhiệt độ", places=1, low=30, high=45)
    field.setText(typed)
    assert field.number() == Decimal(value)
    field.editingFinished.emit()
    assert field.text() == f"{Decimal(value):.1f}".replace(".", ",")


@pytest.mark.parametrize("typed", ["abc", "NaN", "1e9", "99", "36,75", "-3", "∞"])
def test_no_number(qapp, typed):
    field = NumberEdit("t", "Nhiệt độ", places=1, low=30, high=45)
    field.setText(typed)
    assert field.number() is None and field.bad()


def test_text_is_kept_nfc_and_squeezed_but_a_passphrase_is_not(qapp):
    field = LineEdit("name", "Họ và tên")
    field.setText("  Gia\u0300ng   A  Pa\u0301o ")
    assert field.value() == "Giàng A Páo"
    secret = PasswordEdit("p", "Mật khẩu")
    secret.setText(" hai  dấu ")
    assert secret.value() == " hai  dấu "
    secret._turn()
    assert secret.echoMode() == QLineEdit.EchoMode.Normal


def test_find_combo_by_keyboard_without_accents(holder):
    field, picked = FindCombo("hamlet", "Bản", HAMLETS), []
    field.picked.connect(picked.append)
    holder(field)
    field.setFocus()
    write(field, "dong")
    press(field, Qt.Key.Key_Return)
    assert (field.value(), field.text(), picked) == (3, "Bản Đông Phong", [3])
    field.clear()
    write(field, "nam")
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Return)
    assert field.value() == 2
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Escape)
    assert field.value() == 2 and not field.bad()


def test_find_combo_takes_the_only_match_when_left_and_keeps_free_words(holder):
    field, free, after = FindCombo("a", "A", HAMLETS), FindCombo("b", "B", HAMLETS, free=True), LineEdit("c", "C")
    holder(field, free, after)
    field.setFocus()
    write(field, "kinh")
    free.setFocus()
    assert field.value() == 2
    write(free, "Bản Mới")
    after.setFocus()
    assert (free.value(), free.value_text(), free.bad()) == (None, "Bản Mới", False)
    field.setText("không có")
    field.textEdited.emit("không có")
    after.setFocus()
    assert field.value() is None and field.bad()


def test_combo_keeps_its_key_when_the_list_changes(qapp):
    combo = Combo("sex", "Giới", [("m", "Nam"), ("f", "Nữ")])
    combo.set_value("f")
    combo.set_choices([("", "Chưa rõ"), ("m", "Nam"), ("f", "Nữ")])
    assert combo.value() == "f"
    combo.set_choices([("m", "Nam")])
    assert combo.value() == "m"


def test_several_choices_by_keyboard_alone(holder):
    field, changes = MultiChoice("signs", "Triệu chứng", SIGNS), []
    field.chosen_changed.connect(lambda: changes.append(field.chosen()))
    holder(field)
    field.setFocus()
    write(field, "sot")
    press(field, Qt.Key.Key_Return)
    write(field, "dau")
    press(field, Qt.Key.Key_Return)
    assert field.chosen() == ("fever", "head") and field.text() == ""
    assert field.accessibleDescription() == "Sốt, Đau đầu"
    press(field, Qt.Key.Key_Backspace)
    assert field.chosen() == ("fever",)
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Return)
    assert field.chosen() == ("fever", "cough")
    assert len(changes) == 4


def test_too_many_chips_become_a_number(holder):
    field = MultiChoice("signs", "Triệu chứng", SIGNS, width=170)
    holder(field)
    field.set_chosen(["cough", "fever", "breath", "head", "unknown"])
    assert field.chosen() == ("cough", "fever", "breath", "head")
    assert field._boxes[-1][1].startswith("+")
    assert field._boxes[-1][0].right() <= field.width()


def test_enter_goes_on_and_ctrl_enter_saves(holder):
    saved, form = [], QWidget()
    column = QVBoxLayout(form)
    name, signs, last = LineEdit("name", "Tên"), MultiChoice("signs", "Dấu hiệu", SIGNS), Button("Lưu", name="go")
    for widget in (name, signs, last):
        column.addWidget(widget)
    FormKeys(form, save=lambda: saved.append(1))
    holder(form)
    name.setFocus()
    press(name, Qt.Key.Key_Return)
    assert signs.hasFocus()
    write(signs, "ho")
    press(signs, Qt.Key.Key_Return)
    assert signs.hasFocus() and signs.chosen() == ("cough",)
    press(signs, Qt.Key.Key_Return)
    assert last.hasFocus()
    press(name, Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    assert saved == [1]


@pytest.fixture
def sentences(monkeypatch):
    known = {"t.short": "Thiếu {n} số. Ghi đủ 10 số hoặc để trống.", "t.bad": "<b>{n}</b> không phải là ngày."}
    monkeypatch.setattr(messages, "SENTENCES", {**messages.SENTENCES, **known})


def test_problems_stand_beside_their_fields_and_nothing_jumps(holder, sentences):
    phone = Field("&Điện thoại", LineEdit("phone", "Điện thoại", width=160))
    birth = Field("&Ngày sinh", BirthEdit("birth", "Ngày sinh", today=TODAY), required=True)
    birth.beside(Combo("sex", "Giới", [("m", "Nam")], width=88), "Giới")
    birth.set_hint("67 tuổi")
    window = holder(phone, birth)
    before = [(row.pos(), row.size()) for row in (phone, birth)]
    problems = [
        Problem("phone", "t.short", {"n": "2"}, "warning"),
        Problem("birth", "t.short", {"n": "1"}, "warning"),
        Problem("birth", "t.bad", {"n": "x"}, "error"),
        Problem("address", "t.bad", {"n": "y"}),
    ]
    rest = show_problems([phone, birth], problems)
    QApplication.processEvents()
    assert [problem.field for problem in rest] == ["address"]
    assert [(row.pos(), row.size()) for row in (phone, birth)] == before
    words = {item.accessibleName() for item in window.findChildren(ElidedLabel)}
    assert "Thiếu 2 số. Ghi đủ 10 số hoặc để trống." in words and "<b>x</b> không phải là ngày." in words
    assert window.findChild(LineEdit, "phone").property("state") == "warn"
    assert window.findChild(LineEdit, "birth").property("state") == "error"
    assert not window.findChild(Combo, "sex").property("state")
    show_problems([phone, birth], [])
    words = {item.accessibleName() for item in window.findChildren(ElidedLabel)}
    assert words == {"", "67 tuổi"}


def test_a_row_has_its_mnemonic_on_its_widget(holder):
    field = LineEdit("phone", "Điện thoại")
    row = StackedField("Điện &thoại", field)
    holder(row)
    assert [item.buddy() for item in row.findChildren(QLabel) if item.buddy()] == [field]


@pytest.fixture
def ring(qapp):
    made = FocusRing(qapp)
    yield made
    shiboken6.delete(made)


def test_ring_follows_the_focus_and_leaves_tables_alone(ring, holder):
    first, second = LineEdit("a", "A", width=120), Button("B")
    model = RecordModel(InlineTasks(), [Column("a", "A", lambda r: Cell(r))], first)
    table = Table("t", "T", model)
    window = holder(first, second, table)
    for widget in (first, second):
        widget.setFocus()
        QApplication.processEvents()
        overlay = window.findChild(QWidget, "focus_ring")
        assert overlay.isVisible()
        assert overlay.geometry().center() == widget.mapTo(window, widget.rect().center())
        assert overlay.width() == widget.width() + 8
    first.setFixedWidth(200)
    first.setFocus()
    QApplication.processEvents()
    assert window.findChild(QWidget, "focus_ring").width() == 208
    table.setFocus()
    assert not window.findChild(QWidget, "focus_ring").isVisible()


def test_ring_hides_when_its_field_is_scrolled_away(ring, shown):
    area, inner = QScrollArea(), QWidget()
    inner.setFixedSize(200, 2000)
    field = QLineEdit(inner)
    field.move(10, 10)
    area.setWidget(inner)
    area.resize(260, 200)
    shown(area)
    field.setFocus()
    QApplication.processEvents()
    overlay = area.findChild(QWidget, "focus_ring")
    assert overlay.isVisible()
    area.verticalScrollBar().setValue(500)
    QApplication.processEvents()
    assert not overlay.isVisible()


def test_banner_says_one_thing(holder):
    banner, hits = Banner(), []
    window = holder(banner)
    assert banner.height() == 0
    banner.show_message("warn", "Đồng hồ <b>máy</b> lệch", button="Sửa giờ", act=lambda: hits.append(1))
    QApplication.processEvents()
    window.findChild(Button, "banner_button").click()
    assert (banner.height(), hits, banner.accessibleName()) == (44, [1], "Đồng hồ <b>máy</b> lệch")
    banner.clear()
    assert banner.height() == 0 and banner.text() == ""


def test_rows_and_steps_show_what_they_are_given(holder):
    row = WorkRow("pulse", "Theo dõi sáng", Button("Nhập cả lượt"))
    row.set_count(17)
    row.set_body("14 trên 31 người đã đo", "Còn Nậm Ngá 5", lead="Quá giờ")
    row.set_progress(14, 31)
    panel, stopped = StepsPanel(), []
    values = KeyValues([("Cách ly đến", "12/03/2022")])
    values.set_rows([("Ghi chú", "<i>nghe kém</i>")])
    window = holder(row, panel, values)
    panel.working(
        "Đang ghi",
        "E:",
        [Step("now", "Ghi")],
        "Dừng được",
        done=1,
        total=2,
        stop=lambda: stopped.append(1),
        stop_text="Dừng",
    )
    QApplication.processEvents()
    panel.findChild(Button, "steps_button").click()
    panel.finished("Rút được", "E: · ghi xong", [Step("done", "Ghi")], "Mang USB về huyện.")
    QApplication.processEvents()
    assert stopped == [1]
    texts = {item.text() for item in window.findChildren(QLabel)}
    assert {"Rút được", "17", "<i>nghe kém</i>"} <= texts
    assert all(item.textFormat() == Qt.TextFormat.PlainText for item in window.findChildren(QLabel))


def test_segments_and_tabs_by_keyboard(holder):
    for made in (Segments("s", "Lọc", [("a", "Đang"), ("b", "Chờ")]), Tabs("t", "Mục", [("a", "F0"), ("b", "Sổ")])):
        chosen = []
        made.chosen.connect(chosen.append)
        press(made, Qt.Key.Key_Right)
        press(made, Qt.Key.Key_Right)
        press(made, Qt.Key.Key_Left)
        assert chosen == ["b", "a"] and made.accessibleDescription() in ("Đang", "F0")


def test_toast_undoes_once_and_goes(holder, qtbot):
    undone, window = [], holder(LineEdit("a", "A"))
    Toast.tell(window, "Đã lưu <b>Páo</b>", undo=lambda: undone.append(1), stay_ms=5000)
    second = Toast.tell(window, "Đã lưu Dế", undo=lambda: undone.append(2), stay_ms=5000)
    assert second.geometry().bottom() < window.height()
    second.findChild(Button, "undo_button").click()
    qtbot.waitUntil(lambda: not window.findChildren(Toast), timeout=3000)
    assert undone == [2]


def test_presenter_says_the_sentence(holder, monkeypatch):
    monkeypatch.setattr(messages, "SENTENCES", {"x.full": "Ổ {name} đã đầy. Xoá bớt rồi ghi lại."})
    window = holder(LineEdit("a", "A"))
    present_lightly(window, UserError("x.full", name="<b>E:</b>"))
    assert window.findChild(Toast).accessibleName() == "Ổ <b>E:</b> đã đầy. Xoá bớt rồi ghi lại."


def test_a_heavy_act_asks_in_plain_text_and_wants_its_reason(holder):
    window = holder(LineEdit("a", "A"))
    dialog = Sentence(window, "Huỷ số 116?", "<b>x</b>", act="Huỷ", back="Quay lại", kind="danger", reason="Lý do")
    act = dialog.findChild(Button, "act_button")
    assert not act.isEnabled()
    dialog.findChild(LineEdit, "reason").setText("in hỏng")
    assert act.isEnabled() and dialog.reason() == "in hỏng"
    assert all(item.textFormat() == Qt.TextFormat.PlainText for item in dialog.findChildren(QLabel))
    act.click()
    assert dialog.result() == Sentence.DialogCode.Accepted


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
