"""Every key that an ordinary morning's work takes, counted: no mouse, no act that is called from outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from covidstation.db.queries.dispensing import prescriptions_of
from covidstation.db.queries.people import find_people
from covidstation.domain.chronic import ConditionDraft
from covidstation.domain.chronic_visits import ChronicVisitDraft
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.prescriptions import HandingDraft, HandingItem, PrescriptionDraft
from covidstation.domain.supplies import ItemDraft
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.chronic.visits import look_at_chronic, record_chronic_visit
from covidstation.services.dispensing.handing import hand_out
from covidstation.services.dispensing.prescribing import prescribe
from covidstation.services.people import register_person
from covidstation.services.preferences import Preferences
from covidstation.services.supplies.acts import ReceiptDraft, ReceiptLine, receive
from covidstation.services.supplies.items import add_items
from covidstation.ui.chronic.visit import ChronicVisitDialog
from covidstation.ui.dispensing.hand import HandDialog
from covidstation.ui.main import MainWindow
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
WHO = {"by": None, "by_name": "Lò Thị Nhung", "now": NOW}
NONE, ALT, CONTROL = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier,
                      Qt.KeyboardModifier.ControlModifier)  # fmt: skip
BAR = 20  # keys, issue 6: an elder's visit with two months of medicines, once the person is found
MOST_TICKS = 400


def where(window: QWidget) -> QWidget:
    """Who has the keyboard in the dialog on top, else in the window: without a screen none is surely the active one."""
    top = QApplication.activeModalWidget() or window
    return top.focusWidget() or top


class Hands:
    """Presses keys one after another, each once what it is meant for has the keyboard; counts every key that goes down,
    Ctrl and Alt too. `type_text` is a key a letter."""

    def __init__(self, qtbot, window: QWidget) -> None:
        self._qtbot, self._window, self._steps, self.keys = qtbot, window, [], 0
        self._trouble: list[str] = []

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, *, at: Callable[[], bool] = lambda: True) -> Hands:
        self._steps.append((key, held, at))
        return self

    def type_text(self, text: str, *, at: Callable[[], bool] = lambda: True) -> Hands:
        for letter in text:
            self.key(Qt.Key(ord(letter.upper())), at=at)
        return self

    def go(self, until: Callable[[], bool]) -> int:
        """Work through it; the number of keys."""
        timer, ticks = QTimer(), [0]
        timer.setInterval(10)

        def tick() -> None:
            ticks[0] += 1
            top = QApplication.activeModalWidget() or self._window
            if not top.isActiveWindow():  # as the system's window manager would
                top.activateWindow()
            focused = where(self._window)
            if not self._steps or not top.isActiveWindow() or not self._steps[0][2]():
                if ticks[0] > MOST_TICKS and self._steps:
                    self._give_up(focused)
                return
            key, held, _at = self._steps.pop(0)
            self.keys += 1 + (held is not NONE)
            QTest.keyClick(focused, key, held)

        timer.timeout.connect(tick)
        timer.start()
        self._qtbot.waitUntil(lambda: bool(self._trouble) or (not self._steps and until()), timeout=20000)
        timer.stop()
        assert not self._trouble, self._trouble
        return self.keys

    def _give_up(self, focused: QWidget) -> None:
        self._trouble.append(f"{len(self._steps)} keys left, the keyboard is at {focused.objectName()}")
        self._steps.clear()
        while (dialog := QApplication.activeModalWidget()) is not None:
            dialog.close()


def dialog_is(kind: type[QWidget]) -> Callable[[], bool]:
    return lambda: isinstance(QApplication.activeModalWidget(), kind)


def no_dialog() -> bool:
    return QApplication.activeModalWidget() is None


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


@pytest.fixture
def elder(desk, village):
    """Sùng Thị Mỷ, 1948, with hypertension and diabetes, three medicines of the store, due for both."""
    db, first = desk.register.db, TODAY - timedelta(days=200)
    draft = PersonDraft(full_name="Sùng Thị Chợ", birth=PartialDate(1948), sex=Sex.FEMALE, hamlet_id=village.nam_nga)
    who = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
    for code in ("I10", "E11"):
        add_condition(db, who, ConditionDraft(code=code, registered_on=first), catalog=catalog(), **WHO)
    visit = ChronicVisitDraft(person_id=who, day=TODAY - timedelta(days=62), systolic=150, diastolic=90,
                              next_on=TODAY - timedelta(days=2))  # fmt: skip
    record_chronic_visit(db, visit, catalog=catalog(), sure=True, **WHO)
    for name, times in (("Amlodipin", 1), ("Metformin", 2), ("Losartan", 1)):
        (item,) = add_items(db, [ItemDraft(name=name, strength="5 mg", unit="viên", substances=(name,),
                                           kept_from=first)], by=None, now=NOW).value  # fmt: skip
        line = ReceiptLine(item_id=item, number="A1", expiry=TODAY + timedelta(days=300), quantity=600)
        receive(db, ReceiptDraft(day=first, lines=(line,)), by=None, now=NOW)
        taken = PrescriptionDraft(medicine=name, strength="5 mg", unit="viên", substances=(name,), item_id=item,
                                  times=times, started_on=first)  # fmt: skip
        one = prescribe(db, who, taken, **WHO).value
        items = (HandingItem(prescription_id=one, days=60),)
        hand_out(db, who, HandingDraft(items=items, day=TODAY - timedelta(days=60)), catalog=catalog(), **WHO)
    return who


def test_an_elders_visit_with_two_months_of_medicines(window, desk, elder, qtbot):
    db = desk.register.db
    (hit,) = find_people(db, "sung thi cho")
    desk.want_person.emit(hit.id)
    page = window.page("person")
    hands = Hands(qtbot, window)

    def on_tabs(tab: str) -> Callable[[], bool]:
        tabs = page.header.tabs
        return lambda: no_dialog() and window.focusWidget() is tabs and tabs.value() == tab

    hands.key(Qt.Key.Key_Right, at=on_tabs("overview")).key(Qt.Key.Key_Right, at=on_tabs("illness"))
    hands.key(Qt.Key.Key_K, ALT, at=on_tabs("chronic"))
    visit = dialog_is(ChronicVisitDialog)
    hands.type_text("13585", at=visit).key(Qt.Key.Key_Return, CONTROL, at=visit)
    hands.key(Qt.Key.Key_Right, at=on_tabs("chronic")).key(Qt.Key.Key_C, ALT, at=on_tabs("taken"))
    hands.key(Qt.Key.Key_Return, CONTROL, at=dialog_is(HandDialog))
    keys = hands.go(no_dialog)
    look = look_at_chronic(db, elder, catalog=catalog(), now=NOW)
    assert (look.last.day, look.last.systolic, look.last.diastolic) == (TODAY, 135, 85)
    assert look.last.next_on is not None and look.last.next_on > TODAY
    assert {one.runs_out_on for one in prescriptions_of(db, elder)} == {TODAY + timedelta(days=60)}
    assert keys <= BAR and keys == 16  # the figure of docs/performance.md
