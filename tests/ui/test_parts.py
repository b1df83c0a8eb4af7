"""The parts as a person uses them: by keys, by words, with names that look like markup."""

from __future__ import annotations

from itertools import pairwise

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleActionInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QRadioButton, QScrollArea, QWidget

from covidstation import messages
from covidstation.errors import UserError
from covidstation.ui.parts.banner import Banner
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.labels import ElidedLabel, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.ring import FocusRing
from covidstation.ui.parts.rows import KeyValues, WorkRow
from covidstation.ui.parts.segments import Segments, SideTabs, Tabs
from covidstation.ui.parts.steps import Step, StepsPanel
from covidstation.ui.parts.table import Table
from covidstation.ui.parts.toast import Toast
from covidstation.ui.tasks import InlineTasks
from tests.ui.hands import press


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


def test_each_segment_is_heard_with_its_count_and_pressed_by_name(holder):
    row = Segments("s", "Lọc", [("a", "Đang"), ("b", "Chờ")])
    holder(row)
    row.resize(row.sizeHint())
    chosen = []
    row.chosen.connect(chosen.append)
    row.set_count("b", 7)
    first, second = row.findChildren(QRadioButton)
    assert [first.accessibleName(), second.accessibleName(), first.isChecked()] == ["Đang", "Chờ 7", True]
    QAccessible.queryAccessibleInterface(second).actionInterface().doAction(QAccessibleActionInterface.toggleAction())
    assert chosen == ["b"] and row.value() == "b" and not first.isChecked()
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=first.geometry().center())
    assert chosen == ["b", "a"] and first.isChecked()


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
    Toast.tell(window, messages.sentence(UserError("x.full", name="<b>E:</b>")), bad=True)
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


def side_tabs(shown):
    items = [("station", "Trạm"), ("staff", "Nhân lực"), None, ("users", "Người dùng"), ("audit", "Nhật ký truy cập")]
    return shown(SideTabs("sections", "Mục", items))


def test_side_tabs_go_by_arrows_ends_and_first_letters(shown):
    tabs, heard = side_tabs(shown), []
    tabs.chosen.connect(heard.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_Up):
        QTest.keyClick(tabs, key)
    assert heard == ["staff", "audit", "station"]
    for _press in range(4):
        QTest.keyClicks(tabs, "n")
    assert heard[3:] == ["staff", "users", "audit", "staff"]
    QTest.keyClick(tabs, Qt.Key.Key_Left)
    assert tabs.value() == "staff"


def test_side_tabs_stand_under_one_another_with_a_gap_between_groups(shown):
    tabs = side_tabs(shown)
    tops = [box.top() for _key, _title, box in tabs.boxes()]
    steps = [after - before for before, after in pairwise(tops)]
    assert steps[0] == steps[2] < steps[1]
    assert tabs.boxes()[-1][2].bottom() <= tabs.height()
    place = tabs.boxes()[2][2].center().toPoint()
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=place)
    assert tabs.value() == "users"
