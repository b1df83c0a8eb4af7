"""Two records of one person, from the page of one of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from sqlalchemy import select

from covidstation.db.queries.people import find_people
from covidstation.db.rows import PersonRow
from covidstation.services.merging import merged_behind
from covidstation.services.people import register_person
from covidstation.ui.person.merging import THEIRS, MergeDialog, ask_part
from covidstation.ui.person.page import OnePerson
from tests.services.samples import PAO
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def page(desk, shown, village):
    made = OnePerson(desk)
    made.resize(1166, 680)
    shown(made)
    made.show_person(village.mai)
    return made


@pytest.fixture
def other(desk, village):
    twin = replace(PAO, full_name="Lò Thị Mây", citizen_number="", old_citizen_number="", phone="0987111222")
    return register_person(desk.register.db, twin, catalog=catalog(), by=None, now=NOW).value.id


def dialog_for(page, desk) -> MergeDialog:
    dialog = MergeDialog(desk, page, page._look.page.person)
    dialog.show()
    return dialog


def choose(dialog, other, name="Lò Thị Mây") -> None:
    dialog.other.choose(other, name)
    dialog.other.picked.emit(other)


def test_nothing_is_merged_without_a_person_and_a_reason(page, desk, other):
    dialog = dialog_for(page, desk)
    dialog.save()
    assert {one.code for one in dialog.wrong()} == {"people.merge_choose", "people.merge_reason"}
    choose(dialog, other)
    dialog.save()
    assert [one.code for one in dialog.wrong()] == ["people.merge_reason"]
    assert dialog.isVisible()


def test_both_are_shown_and_the_chosen_value_is_taken(page, desk, village, other):
    dialog = dialog_for(page, desk)
    choose(dialog, other)
    assert {"full_name", "birth", "sex", "phone"} <= set(dialog.choices)
    assert dialog.choices["full_name"].currentText() == "Lò Thị Mai · hồ sơ này"
    dialog.choices["phone"].set_value(THEIRS)
    dialog.reason.setText("cùng một người, hỏi mẹ chồng")
    dialog.save()
    assert not dialog.isVisible()
    with desk.register.db.read() as session:
        row = session.scalars(select(PersonRow).where(PersonRow.id == village.mai)).one()
        assert (row.full_name, row.phone) == ("Lò Thị Mai", "0987111222")
    page.header.tabs.set_value("family")
    page._show_tab("family")
    page.load()
    (back,) = [one for one in page.findChildren(QPushButton) if one.objectName() == "part_merged"]
    assert back.accessibleName() == "Tách Lò Thị Mây ra"


def test_whoever_opens_the_other_record_sees_the_one_that_stands_and_may_part_them(
    page, desk, village, other, monkeypatch
):
    dialog = dialog_for(page, desk)
    choose(dialog, other)
    dialog.reason.setText("cùng một người")
    dialog.save()
    page.show_person(other)
    assert page._look.page.person.id == village.mai
    (merged,) = merged_behind(desk.register.db, village.mai)
    monkeypatch.setattr("covidstation.ui.person.merging.confirm", lambda *_a, **_k: False)
    ask_part(desk, page, merged)
    assert merged_behind(desk.register.db, village.mai)
    monkeypatch.setattr("covidstation.ui.person.merging.confirm", lambda *_a, **_k: True)
    ask_part(desk, page, merged)
    assert not merged_behind(desk.register.db, village.mai)
    assert other in {one.id for one in find_people(desk.register.db, "lo thi may")}
    page.show_person(other)
    assert page._look.page.person.id == other
