"""The giving dialog by keyboard: a package, what speaks against it, a reason, and the row that comes of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.medicines import given_to
from covidstation.domain.medicine_list import read_medicine_list
from covidstation.domain.rule_leaves import to_toml
from covidstation.domain.rule_sets import Family, rule_tables
from covidstation.domain.terms import Answer
from covidstation.paths import resources
from covidstation.services.rules.versions import RuleEdit, edit_rule
from covidstation.ui.medicines.dialog import GiveDialog
from covidstation.ui.medicines.given import GivenView
from tests.ui.hands import press, write
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(30)
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def dialog(desk, village, shown):
    window = shown(QWidget())
    made = GiveDialog(desk, window, village.mai_episode)
    made.show()
    yield made
    made.close()


def given(desk, village):
    return given_to(desk.register.db, village.mai_episode)


def choose(box, key):
    box.set_value(key)
    box.picked.emit(key)


def test_package_a_is_three_keys(desk, village, dialog):
    press(dialog, Qt.Key.Key_Return, CONTROL)
    (giving,) = given(desk, village)
    assert giving.package == "A"
    assert [(item.name, item.quantity) for item in giving.items] == [
        ("Paracetamol 500 mg", 12),
        ("Vitamin tổng hợp", 14),
    ]
    assert giving.by_name == "Lò Thị Nhung"


def test_package_c_asks_for_consent_and_what_nobody_knows(desk, village, dialog):
    choose(dialog.package, "C")
    assert dialog.warnings.sentences()[-1] == (
        "Chưa hỏi: Đang mang thai? Đang cho con bú? Dị ứng thuốc? Bệnh gan, suy gan? Bệnh thận, suy thận?"
    )
    dialog.save()
    assert given(desk, village) == ()
    assert dialog.isVisible()
    for fact in ("pregnant", "breastfeeding", "allergy", "liver", "kidney"):
        choose(dialog.findChild(QWidget, f"ask_{fact}"), Answer.NO)
    assert dialog.warnings.sentences() == []
    assert dialog.reason.isHidden() or not dialog.reason.isVisible()
    dialog.save()
    assert given(desk, village) == ()
    dialog.consent.setChecked(True)
    dialog.save()
    assert [(one.package, one.consent, one.warnings) for one in given(desk, village)] == [("C", True, ())]


def test_a_pregnant_woman_gets_package_c_only_with_a_reason(desk, village, dialog):
    choose(dialog.package, "C")
    choose(dialog.findChild(QWidget, "ask_pregnant"), Answer.YES)
    assert "Đang mang thai: không dùng molnupiravir." in dialog.warnings.sentences()
    dialog.consent.setChecked(True)
    dialog.save()
    assert given(desk, village) == ()
    dialog.reason.setFocus()
    write(dialog.reason, "Bác sĩ Đặng Thị Ổn chỉ định")
    dialog.save()
    (giving,) = given(desk, village)
    assert giving.reason == "Bác sĩ Đặng Thị Ổn chỉ định"
    assert "molnupiravir-pregnant" in giving.warnings


def test_the_same_package_is_asked_back_before_anything_is_pressed(desk, village, dialog):
    dialog.save()
    again = GiveDialog(desk, dialog.parentWidget(), village.mai_episode)
    assert "dùng đến hết 16/07/2026" in again.warnings.sentences()[0]
    again.save()
    assert len(given(desk, village)) == 1


def test_a_single_medicine_is_for_the_days_of_the_stations_list(desk, village, shown):
    (table,) = rule_tables((resources() / "rules/medicines.toml").read_text("utf-8"))
    body = to_toml({**table, "single_days": 5})
    edit = RuleEdit(rule_id=table["id"], body=body, confirmed=False, reason="theo bác sĩ", by_name="Lò Thị Nhung")
    shipped = catalog().medicine_lists
    edit_rule(
        desk.register.db, Family.MEDICINES, edit, shipped=shipped, make=read_medicine_list, by=None, now=NOW
    )  # fmt: skip
    window = shown(QWidget())
    made = GiveDialog(desk, window, village.mai_episode)
    made._add_single()
    assert made._lines[-1].item().days == 5
    made.close()


def test_what_was_typed_by_hand_is_kept_when_the_weight_comes(dialog):
    line = dialog.lines()[0]
    line.quantity.selectAll()
    write(line.quantity, "20")
    write(dialog.weight, "52,5")
    assert dialog.draft().items[0].quantity == 20
    assert dialog.draft().weight == 525


def test_an_impossible_weight_is_said_beside_its_field(desk, village, dialog):
    write(dialog.weight, "9999")
    dialog.save()
    assert given(desk, village) == ()
    assert dialog.isVisible()


def test_the_view_lists_a_giving_and_takes_it_back(desk, village, dialog, monkeypatch, holder):
    dialog.save()
    view = GivenView(desk)
    holder(view)
    desk.changed.connect(view.refresh)
    counts = []
    view.counted.connect(counts.append)
    view.show_episode(village.mai_episode)
    monkeypatch.setattr("covidstation.ui.medicines.given.ask_reason", lambda *_args, **_kept: "Ghi nhầm người")
    view.findChild(QWidget, "take_back").click()
    assert counts == [1, 0]
    assert given(desk, village)[0].taken_back_why == "Ghi nhầm người"


def test_the_slip_of_a_giving_is_printed_from_its_row(desk, village, dialog, monkeypatch, holder):
    dialog.save()
    view = GivenView(desk)
    holder(view)
    view.show_episode(village.mai_episode)
    sheets = []
    monkeypatch.setattr("covidstation.ui.medicines.given.print_sheet", lambda _desk, _page, make: sheets.append(make()))
    view.findChild(QWidget, "print_slip").click()
    assert [sheet.name for sheet in sheets] == ["phieu-cap-phat-thuoc.pdf"]
    assert sheets[0].pdf.startswith(b"%PDF")
