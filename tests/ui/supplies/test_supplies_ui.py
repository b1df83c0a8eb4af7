"""The store in the window: list, item, a delivery and a count by keyboard, the ledger."""

from datetime import timedelta
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.supplies import MovementKind, list_supplies
from covidstation.services.preferences import Preferences
from covidstation.services.supplies.look import look_at_item
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.parts.popup import Choice
from covidstation.ui.supplies.count_dialog import CountDialog
from covidstation.ui.supplies.dialogs import IssueDialog, LabelDialog, LotDialog, QuantityDialog, ReceiptDialog
from covidstation.ui.supplies.item_dialog import ItemDialog
from covidstation.ui.supplies.ledger import LedgerDialog
from covidstation.ui.supplies.lines import SupplyLines
from tests.ui.supplies.conftest import common
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


@pytest.fixture
def page(store, window, qtbot):
    window.go("supplies")
    found = window.page("supplies")
    qtbot.waitUntil(lambda: found.model.rowCount() == len(store))
    return found


@pytest.fixture
def paracetamol(store, window, desk, qtbot):
    desk.want_supply.emit(store["Paracetamol 500 mg"])
    found = window.page("supply")
    qtbot.waitUntil(lambda: found.moves.rowCount() == 5)
    return found


def with_dialog(kind, fill, press, qtbot):
    """Press, fill the dialog that opens and save it; whether it closed by saving."""
    done = []

    def look():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind):
            QTimer.singleShot(20, look)
            return
        try:
            fill(dialog)
            dialog.accept() if isinstance(dialog, Sentence) else dialog.save()
            qtbot.waitUntil(lambda: not dialog.isVisible() or bool(dialog._trouble.text_in_full()), timeout=5000)
        finally:
            done.append(not dialog.isVisible())
            if dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(20, look)
    press()
    qtbot.waitUntil(lambda: bool(done), timeout=10000)
    return done[0]


def left(desk, title):
    rule = catalog().supply_rules[0]
    return next(one for one in list_supplies(desk.register.db, rule, TODAY) if one.title == title).balance


def texts(page):
    """The words of each line, by the item."""
    model = page.model
    rows = [[model.cell(row, at).spoken() for at in range(model.columnCount())] for row in range(model.rowCount())]
    return {row[0].removesuffix(" viên nén"): row for row in rows}


def test_the_list_says_what_each_item_asks_for(page):
    told = texts(page)
    # 250 tablets in 28 days are 8.93 a day, times the load of cases; 1150 of them are left
    assert told["Paracetamol 500 mg"][2] == "1.150\u00a0viên"
    assert told["Paracetamol 500 mg"][5].startswith("sắp hết hạn")
    assert told["Oresol gói bột"][5] == "hết"
    assert told["Khẩu trang N95"][5] == "sắp thiếu"
    assert told["Test nhanh kháng nguyên SARS-CoV-2"][5] == "có lô hết hạn, hết"
    # 1500 tablets in 28 days: 300 last 5 days
    assert told["Amlodipin 5 mg"][3] == "5 ngày"
    assert page.views.value() == "kept"


def test_filters_leave_what_they_name(page, qtbot):
    page.show_part("expired")
    assert list(texts(page)) == ["Test nhanh kháng nguyên SARS-CoV-2"]
    page.show_part("short")
    assert set(texts(page)) == {
        "Oresol gói bột",
        "Khẩu trang N95",
        "Test nhanh kháng nguyên SARS-CoV-2",
        "Amlodipin 5 mg",
    }
    page.show_part("kept")
    page.typed.setText("n02be01")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.typed.setText("không có")
    qtbot.waitUntil(lambda: page._stack.currentWidget() is page._none_found)


def test_a_delivery_is_typed_by_keyboard_alone(page, desk, qtbot):
    def fill(dialog):
        qtbot.waitUntil(lambda: bool(dialog.lines.rows[0].item.choices()))
        row = dialog.lines.rows[0]
        dialog.partner.setFocus()
        QTest.keyClicks(dialog.partner, "Nha thuoc Mai")
        row.item.setFocus()
        QTest.keyClicks(row.item, "gliclazid 30")
        QTest.keyClick(row.item, Qt.Key.Key_Return)
        assert row.item.value().title == "Gliclazid 30 mg"
        QTest.keyClicks(row.number, "G8")
        QTest.keyClicks(row.expiry, f"{TODAY + timedelta(days=300):%d%m%y}")
        QTest.keyClicks(row.quantity, "600")
        assert len(dialog.lines.rows) == 2  # one to go on with

    assert with_dialog(ReceiptDialog, fill, page.receive.click, qtbot)
    qtbot.waitUntil(lambda: "Gliclazid 30 mg viên giải phóng chậm" in texts(page))
    assert left(desk, "Gliclazid 30 mg") == 600


def test_vaccine_is_typed_in_doses_or_in_vials(desk, qtbot):
    lines = SupplyLines(desk, lots=True)
    qtbot.addWidget(lines)
    vaccine, other = uuid4(), uuid4()
    lines.set_choices(
        (Choice(vaccine, "Comirnaty"), Choice(other, "Oresol")), {vaccine: ("liều", 6), other: ("gói", 0)}
    )
    row = lines.rows[0]
    for item, in_vials, units, told in (
        (vaccine, 1, 10, "= 1 lọ 4 liều"),
        (vaccine, 6, 60, "= 60\u00a0liều"),
        (other, 1, 10, "gói"),
    ):
        row.item.set_value(item)
        row.item.picked.emit(item)
        row.quantity.setText("10")
        row.pack.set_value(in_vials)
        row.pack.picked.emit(in_vials)
        assert (row.units(), row.unit.text(), row.pack.isHidden()) == (units, told, item == other)
        assert lines.receipt_lines()[0].quantity == units


def test_what_cannot_be_stays_open_with_its_reason(page, desk, qtbot):
    def fill(dialog):
        qtbot.waitUntil(lambda: bool(dialog.lines.rows[0].item.choices()))
        dialog.partner.set_value("Điểm trạm Nậm Ngá")
        dialog.lines.rows[0].item.set_value(next(one.key for one in dialog.lines.rows[0].item.choices()))
        dialog.lines.rows[0].quantity.set_number(99999)

    assert not with_dialog(IssueDialog, fill, page.issue.click, qtbot)
    assert left(desk, "Amlodipin 5 mg") == 300


def test_a_count_writes_what_was_typed(page, desk, qtbot):
    def fill(dialog):
        qtbot.waitUntil(lambda: bool(dialog._counts))
        field = next(one for one in dialog._counts.values() if "Vitamin C" in one.accessibleName())
        QTest.keyClicks(field, "355")
        dialog.reason.set_value("vỡ lọ")

    assert with_dialog(CountDialog, fill, page.count.click, qtbot)
    assert left(desk, "Vitamin C 500 mg") == 355


def test_an_item_is_chosen_from_the_common_ones_in_one_step(page, desk, qtbot):
    def fill(dialog):
        qtbot.waitUntil(lambda: bool(dialog.name.choices()))
        QTest.keyClicks(dialog.name, "losartan")
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        assert (dialog.unit.value(), dialog.atc.value()) == ("viên", "C09CA01")

    assert with_dialog(ItemDialog, fill, page.add_one.click, qtbot)
    qtbot.waitUntil(lambda: "Losartan 50 mg" in texts(page))


def test_one_item_shows_its_lots_and_what_was_left_after_each_movement(paracetamol):
    assert [paracetamol.lots.record(row).balance for row in range(2)] == [150, 1000]
    moves = [paracetamol.moves.record(row) for row in range(paracetamol.moves.rowCount())]
    assert [(one.quantity, one.left) for one in moves[:3]] == [(-100, 1150), (-90, 1250), (-60, 1340)]
    assert sorted(one.quantity for one in moves[3:]) == [400, 1000]


def test_acts_with_a_lot_and_a_line(paracetamol, desk, store, qtbot):
    def lose(dialog):
        dialog.kind.set_value(MovementKind.LOSS)
        dialog.quantity.set_number(7)
        dialog.reason.set_value("ẩm")

    paracetamol.lot_table.selectRow(0)
    assert with_dialog(LotDialog, lose, paracetamol.lot_act.click, qtbot)
    assert left(desk, "Paracetamol 500 mg") == 1143
    qtbot.waitUntil(lambda: paracetamol.moves.record(0).kind is MovementKind.LOSS)
    paracetamol.move_table.selectRow(0)

    def more(dialog):
        dialog.quantity.set_number(8)
        dialog.reason.set_value("đếm sai")

    assert with_dialog(QuantityDialog, more, paracetamol.correct.click, qtbot)
    assert left(desk, "Paracetamol 500 mg") == 1142
    qtbot.waitUntil(lambda: paracetamol.moves.record(0).quantity == -8)
    assert with_dialog(Sentence, lambda one: one._reason.set_value("nhầm"), paracetamol.undo.click, qtbot)
    qtbot.waitUntil(lambda: left(desk, "Paracetamol 500 mg") == 1150)
    paracetamol.lot_table.selectRow(0)
    assert with_dialog(LabelDialog, lambda one: one.number.set_value("0422B"), paracetamol.label.click, qtbot)
    item = look_at_item(desk.register.db, store["Paracetamol 500 mg"], catalog=catalog(), today=TODAY)
    assert "0422B" in {one.number for one in item.lots}


def test_the_ledger_shows_a_span_by_item_and_by_lot(page, desk, qtbot):
    dialog = LedgerDialog(desk, page)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.first.set_day(TODAY - timedelta(days=60))
    dialog.last.set_day(TODAY)
    dialog.ask()
    qtbot.waitUntil(lambda: dialog.models[False].rowCount() == 8)
    dialog.by.set_value("lot")
    dialog._turn("lot")
    qtbot.waitUntil(lambda: dialog.models[True].rowCount() == 9)
    dialog.close()


def test_nothing_in_the_store_says_how_to_begin(window, qtbot, village):
    window.go("supplies")
    found = window.page("supplies")
    qtbot.waitUntil(lambda: found._stack.currentWidget() is found._none_yet)
    assert common("Oresol").medicine == "oresol"
