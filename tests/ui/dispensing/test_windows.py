"""Daily medicines in the window: added and handed out by keyboard, asked back, the list of who runs out, its paper."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from covidstation.db.queries.dispensing import kept_medicines, prescriptions_of
from covidstation.domain.dispensing import Origin, Receiver
from covidstation.domain.prescriptions import HandingDraft, HandingItem, PrescriptionDraft
from covidstation.domain.supplies import ItemDraft, SupplyKind
from covidstation.services.dispensing.handing import hand_out
from covidstation.services.dispensing.prescribing import prescribe
from covidstation.services.preferences import Preferences
from covidstation.services.supplies.acts import ReceiptDraft, ReceiptLine, receive
from covidstation.services.supplies.items import add_items
from covidstation.ui.dispensing.hand import HandDialog
from covidstation.ui.dispensing.prescribe import EndDialog, PrescribeDialog
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.parts.rows import TwoLines
from tests.ui.hands import press, write
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
WHO = {"by": None, "by_name": "Lò Thị Nhung", "now": NOW}
CONTROL = Qt.KeyboardModifier.ControlModifier
DRAFT = PrescriptionDraft(
    medicine="Amlodipin", strength="5 mg", unit="viên", substances=("Amlodipin",), condition="I10",
    started_on=TODAY - timedelta(days=90),
)  # fmt: skip


@pytest.fixture
def store(desk):
    """200 tablets of amlodipine."""
    db, first = desk.register.db, TODAY - timedelta(days=100)
    item = ItemDraft(
        kind=SupplyKind.MEDICINE, name="Amlodipin", strength="5 mg", unit="viên", substances=("Amlodipin",),
        kept_from=first,
    )  # fmt: skip
    (made,) = add_items(db, [item], by=None, now=NOW).value
    line = ReceiptLine(item_id=made, number="A1", expiry=TODAY + timedelta(days=300), quantity=200)
    receive(db, ReceiptDraft(day=first, lines=(line,)), by=None, now=NOW)
    return made


@pytest.fixture
def taking(desk, village, store):
    """Giàng Thị Mỷ takes amlodipine, of which the last ran out ten days ago."""
    db = desk.register.db
    one = prescribe(db, village.my, PrescriptionDraft(**{**_values(), "item_id": store}), **WHO).value
    item = HandingItem(prescription_id=one, days=60, origin=Origin.OWN)
    hand_out(db, village.my, HandingDraft(items=(item,), day=TODAY - timedelta(days=70)), catalog=catalog(), **WHO)
    return one


def _values():
    return {name: getattr(DRAFT, name) for name in DRAFT.__dataclass_fields__}


@pytest.fixture
def parent(shown):
    """A window that outlives its dialogs."""
    return shown(QWidget())


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


def taken(desk, village):
    return prescriptions_of(desk.register.db, village.my)


def opened(dialog):
    dialog.show()
    QApplication.processEvents()
    return dialog


def test_days_without_medicine_are_said(desk, village, taking, window):
    """60 days from 70 days ago leave ten days without, before what is handed out today."""
    db, item = desk.register.db, HandingItem(prescription_id=taking, days=60, origin=Origin.OWN)
    hand_out(db, village.my, HandingDraft(items=(item,), day=TODAY), catalog=catalog(), **WHO)
    desk.want_taken.emit(village.my)
    QApplication.processEvents()
    rows = window.current().taken.findChildren(TwoLines)
    assert any("đã thiếu thuốc 10 ngày" in row.second.text_in_full() for row in rows)


def test_two_months_are_one_key_once_the_dialog_is_open(desk, village, taking, parent):
    dialog = opened(HandDialog(desk, parent, village.my))
    assert (dialog.all_days.text(), dialog.lines()[0].units.text()) == ("60", "60")
    assert dialog.lines()[0].origin.currentText() == "kho, có 200"
    press(dialog, Qt.Key.Key_Return, CONTROL)
    assert not dialog.isVisible()
    (one,) = taken(desk, village)
    assert one.runs_out_on == TODAY + timedelta(days=60)
    assert kept_medicines(desk.register.db)[0].left == 140


def test_other_days_change_the_units_until_somebody_types_them(desk, village, taking, parent):
    dialog = opened(HandDialog(desk, parent, village.my))
    dialog.all_days.selectAll()
    write(dialog.all_days, "30")
    line = dialog.lines()[0]
    assert line.units.text() == "30"
    line.units.selectAll()
    write(line.units, "28")
    dialog.all_days.selectAll()
    write(dialog.all_days, "60")
    assert (line.days.text(), line.units.text()) == ("60", "28")
    dialog.save()
    assert taken(desk, village)[0].standing[-1].units == 28


def test_longer_than_the_rule_says_asks_for_a_reason_and_keeps_what_was_typed(desk, village, taking, parent):
    dialog = opened(HandDialog(desk, parent, village.my))
    dialog.all_days.selectAll()
    write(dialog.all_days, "100")
    dialog.save()
    assert dialog.isVisible() and dialog.reason.isVisible()
    assert "nhiều nhất" in dialog._trouble.text_in_full()
    assert len(taken(desk, village)[0].standing) == 1
    write(dialog.reason, "Đi làm xa ba tháng")
    dialog.all_days.selectAll()
    write(dialog.all_days, "120")  # something else is asked back anew; the reason stays
    dialog.save()
    assert dialog.isVisible() and "120" in dialog._trouble.text_in_full()
    dialog.save()
    assert not dialog.isVisible()
    assert taken(desk, village)[0].standing[-1].reason == "Đi làm xa ba tháng"


def test_more_than_the_store_has_is_refused_in_words(desk, village, taking, parent):
    dialog = opened(HandDialog(desk, parent, village.my))
    line = dialog.lines()[0]
    line.units.selectAll()
    write(line.units, "201")
    dialog.save()
    assert dialog.isVisible() and "200" in dialog._trouble.text_in_full()
    assert kept_medicines(desk.register.db)[0].left == 200


def test_a_proxy_is_asked_for_by_name(desk, village, taking, parent):
    dialog = opened(HandDialog(desk, parent, village.my))
    assert not dialog.receiver_name.isVisible()
    dialog.receiver.set_value(Receiver.PROXY)
    dialog.receiver.picked.emit(Receiver.PROXY)
    dialog.save()
    assert dialog.isVisible()
    write(dialog.receiver_name, "Giàng A Sử, bố")
    dialog.save()
    assert taken(desk, village)[0].standing[-1].receiver_name == "Giàng A Sử, bố"


def test_a_medicine_of_the_store_is_found_by_a_few_letters(desk, village, store, parent):
    dialog = opened(PrescribeDialog(desk, parent, village.my, "Giàng Thị Mỷ", conditions=(("I10", "THA"),)))
    write(dialog.medicine, "amlo")
    press(dialog.medicine, Qt.Key.Key_Return)
    assert (dialog.strength.value(), dialog.unit.value(), dialog.substances.value()) == ("5 mg", "viên", "Amlodipin")
    dialog.save()
    (one,) = taken(desk, village)
    assert (one.item_id, one.condition, one.regimen.per_day) == (store, "I10", 100)


def test_a_dose_that_cannot_be_is_refused_and_never_read_as_another(desk, village, parent):
    dialog = opened(PrescribeDialog(desk, parent, village.my, "Giàng Thị Mỷ"))
    write(dialog.medicine, "Prednisolon")
    dialog.amount.selectAll()
    write(dialog.amount, "150")
    dialog.save()
    assert dialog.isVisible() and taken(desk, village) == ()
    dialog.amount.selectAll()
    write(dialog.amount, "0,5")
    dialog.save()
    assert taken(desk, village)[0].regimen.amount == 50


def test_the_same_substance_is_asked_back_once(desk, village, taking, parent):
    dialog = opened(PrescribeDialog(desk, parent, village.my, "Giàng Thị Mỷ"))
    write(dialog.medicine, "Coveram")
    write(dialog.substances, "perindopril, amlodipin")
    said = []

    def answer():
        asked = QApplication.activeModalWidget()
        assert isinstance(asked, Sentence)
        said.append(asked.windowTitle())
        asked.accept()

    QTimer.singleShot(0, answer)
    dialog.save()
    assert said and len(taken(desk, village)) == 2


def test_another_dose_and_the_end_of_a_medicine(desk, village, taking, parent):
    (one,) = taken(desk, village)
    dialog = opened(PrescribeDialog(desk, parent, village.my, "Giàng Thị Mỷ", old=one))
    dialog.times.selectAll()
    write(dialog.times, "2")
    dialog.save()
    new = next(each for each in taken(desk, village) if each.ended_on is None)
    assert (new.regimen.times, new.medicine) == (2, "Amlodipin")
    end = opened(EndDialog(desk, parent, new))
    end.save()
    assert all(each.ended_on == TODAY for each in taken(desk, village))


def test_who_ran_out_stands_in_todays_work_and_is_handed_medicines_from_the_list(desk, village, taking, window):
    row = window.findChild(QWidget, "today").findChild(Button, "open_due")
    assert row is not None
    assert window.go("medicines_due")
    page = window.current()
    assert [line.full_name for line in page.chosen()] == ["Giàng Thị Mỷ"]
    assert page.paper.isEnabled() and page.hand.isEnabled()

    def save():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, HandDialog)
        dialog.save()

    QTimer.singleShot(0, save)
    page.hand.click()
    QApplication.processEvents()
    assert page.model.rowCount() == 0


def test_the_tab_shows_what_is_taken_and_each_handing_out(desk, village, taking, window):
    desk.want_taken.emit(village.my)
    QApplication.processEvents()
    tab = window.current().taken
    assert tab.isVisible()
    names = {button.objectName() for button in tab.findChildren(Button)}
    assert {
        "hand_out",
        "add_prescription",
        "change_prescription",
        "end_prescription",
        "bring_back",
        "take_back",
    } <= names
