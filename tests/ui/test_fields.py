"""The fields of a form by keys: dates, numbers, choices, and what is wrong beside them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from covidstation import messages
from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import BirthEdit, DateEdit, LineEdit, NumberEdit, PasswordEdit
from covidstation.ui.parts.fields import Field, StackedField, show_problems
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import ElidedLabel
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice
from tests.ui.hands import press, write

TODAY = date(2022, 3, 10)
HAMLETS = [Choice(1, "Bản Nậm Ngá"), Choice(2, "Bản Nậm Kinh"), Choice(3, "Bản Đông Phong")]
SIGNS = [Choice("cough", "Ho"), Choice("fever", "Sốt"), Choice("breath", "Khó thở"), Choice("head", "Đau đầu")]


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
