"""What bad input gets in the elders' books, tried in the window: stopped or asked back in words, and not kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from covidstation.db.queries.dispensing import kept_medicines, prescriptions_of
from covidstation.db.queries.people import get_person
from covidstation.domain.chronic import ConditionDraft
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.prescriptions import PrescriptionDraft
from covidstation.domain.supplies import ItemDraft
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.chronic.visits import look_at_chronic
from covidstation.services.dispensing.prescribing import prescribe
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.households.leaving import DeathDraft, record_death
from covidstation.services.people import register_person
from covidstation.services.supplies.acts import ReceiptDraft, ReceiptLine, receive
from covidstation.services.supplies.items import add_items
from covidstation.ui.chronic.acts import ConditionDialog
from covidstation.ui.chronic.visit import ChronicVisitDialog
from covidstation.ui.dispensing.hand import HandDialog
from covidstation.ui.dispensing.prescribe import PrescribeDialog
from covidstation.ui.households.arriving import ArrivalDialog
from covidstation.ui.supplies.dialogs import ReceiptDialog
from tests.ui.hands import write
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
WHO = {"by": None, "by_name": "Lò Thị Nhung", "now": NOW}


@pytest.fixture
def parent(shown):
    return shown(QWidget())


@pytest.fixture
def elder(desk, village):
    """Sùng Thị Chợ, born on 4 May 1948, followed for hypertension."""
    db = desk.register.db
    draft = PersonDraft(
        full_name="Sùng Thị Chợ", birth=PartialDate(1948, 5, 4), sex=Sex.FEMALE, hamlet_id=village.nam_nga
    )
    who = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
    add_condition(db, who, ConditionDraft(code="I10", registered_on=TODAY), catalog=catalog(), **WHO)
    return who


def opened(dialog):
    dialog.show()
    QApplication.processEvents()
    return dialog


def words(dialog):
    """Every sentence that stands in the dialog: beside its fields, and at its foot."""
    hints = [row.hint_text() for row in getattr(dialog, "_rows", ()) if hasattr(row, "hint_text")]
    labels = [one.text_in_full() for one in dialog.findChildren(QWidget) if hasattr(one, "text_in_full")]
    return " ".join([*hints, *labels])


def look(desk, who):
    return look_at_chronic(desk.register.db, who, catalog=catalog(), now=NOW)


def visit(desk, parent, who):
    return opened(ChronicVisitDialog(desk, parent, look(desk, who)))


@pytest.mark.parametrize("typed", ["1200/80", "80/120", "0/0", "12/8", "một trăm hai"])
def test_a_pressure_that_cannot_be(desk, parent, elder, typed):
    dialog = visit(desk, parent, elder)
    write(dialog.pressure, typed)
    dialog.save()
    assert dialog.isVisible() and look(desk, elder).last is None
    assert any(mark in words(dialog) for mark in ("không", "lớn hơn", "Gõ"))


def test_glucose_in_the_other_unit_names_that_unit(desk, parent, elder):
    dialog = visit(desk, parent, elder)
    write(dialog.glucose, "126")  # of a meter in mg/dL, while mmol/L is chosen
    dialog.save()
    assert dialog.isVisible() and "mg/dL" in words(dialog) and look(desk, elder).last is None


@pytest.mark.parametrize(("day", "said"), [(date(1948, 5, 3), "04/05/1948"), (TODAY + timedelta(1), "sau hôm nay")])
def test_a_visit_before_the_birth_or_after_today(desk, parent, elder, day, said):
    dialog = visit(desk, parent, elder)
    write(dialog.pressure, "13585")
    dialog.day.set_day(day)
    dialog.save()
    assert dialog.isVisible() and said in words(dialog) and look(desk, elder).last is None


@pytest.fixture
def taking(desk, elder):
    """Amlodipine of the store, of which one lot is there: its day is over."""
    db, first = desk.register.db, TODAY - timedelta(days=200)
    item = ItemDraft(name="Amlodipin", strength="5 mg", unit="viên", substances=("Amlodipin",), kept_from=first)
    (made,) = add_items(db, [item], by=None, now=NOW).value
    line = ReceiptLine(item_id=made, number="A1", expiry=TODAY - timedelta(days=1), quantity=200)
    receive(db, ReceiptDraft(day=first, lines=(line,)), by=None, now=NOW)
    draft = PrescriptionDraft(
        medicine="Amlodipin", strength="5 mg", unit="viên", substances=("Amlodipin",), item_id=made, started_on=first
    )
    return prescribe(db, elder, draft, **WHO).value


def test_a_lot_that_is_expired_is_not_handed_out(desk, parent, elder, taking):
    dialog = opened(HandDialog(desk, parent, elder))
    dialog.save()
    assert dialog.isVisible() and "hết hạn" in words(dialog)
    assert prescriptions_of(desk.register.db, elder)[0].standing == ()
    assert kept_medicines(desk.register.db)[0].left == 200  # still there, to be destroyed


def test_a_lot_that_is_expired_is_not_taken_in(desk, parent, taking):
    dialog = opened(ReceiptDialog(desk, parent))
    row = dialog.lines.rows[0]
    row.item.set_value(next(one.key for one in row.item.choices() if "Amlodipin" in one.text))
    write(row.number, "A2")
    row.expiry.set_day(TODAY - timedelta(days=1))
    row.quantity.set_number(100)
    dialog.save()
    assert dialog.isVisible() and "đã qua" in words(dialog)


@pytest.fixture
def dead(desk, elder, taking):
    record_death(desk.register.db, DeathDraft(person_id=elder, day=TODAY - timedelta(days=2)), **WHO)
    return elder


def test_nothing_is_handed_out_to_the_dead(desk, parent, dead):
    dialog = opened(HandDialog(desk, parent, dead))
    assert "đã mất" in words(dialog)
    dialog.save()
    assert dialog.isVisible() and prescriptions_of(desk.register.db, dead)[0].standing == ()


def test_no_medicine_and_no_disease_are_written_of_the_dead(desk, parent, dead):
    dialog = opened(PrescribeDialog(desk, parent, dead, "Sùng Thị Chợ"))
    write(dialog.medicine, "Metformin")
    dialog.save()
    assert dialog.isVisible() and "đã mất" in words(dialog)
    found = look(desk, dead)
    other = opened(ConditionDialog(desk, parent, found.shelf, person_id=dead, full_name="Sùng Thị Chợ"))
    other.code.put_text("E11")
    other.save()
    assert other.isVisible() and len(look(desk, dead).record.conditions) == 1


def test_nobody_is_put_into_a_second_household(desk, parent, village):
    db = desk.register.db
    alone = ArrivalDraft(hamlet_id=village.nam_nga, person=PersonDraft(full_name="Sùng A Lử", sex=Sex.MALE))
    record_arrival(db, alone, catalog=catalog(), **WHO)
    dialog = opened(ArrivalDialog(desk, parent, None, hamlet_id=village.nam_nga))
    dialog.hamlet.set_value(village.nam_nga)
    dialog.who.choose(village.my, "Giàng Thị Mỷ")
    dialog.save()
    assert dialog.isVisible() and "Giàng A Sử" in words(dialog)
    assert get_person(db, village.my).household_id == village.household
