"""What is half typed in the settings outlives a lock: offered on the same record, gone with the act that saves it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from covidstation.db.queries.station import get_station
from covidstation.db.rows import DraftRow
from covidstation.domain.rights import Actor
from covidstation.domain.rule_sets import Family
from covidstation.domain.station import Role
from covidstation.ui.drafts import Offer
from covidstation.ui.settings import page as page_module
from covidstation.ui.settings.page import SettingsPage

pytestmark = pytest.mark.timeout(60)
RULE = "vn-isolation-2026-07-01"


@pytest.fixture
def settings(desk, shown):
    def opened(key):
        made = SettingsPage(desk)
        made.resize(1166, 560)
        shown(made)
        made.show_section(key)
        made.load()
        return made

    return opened


def offer(page):
    return next((one for one in page.section().findChildren(Offer) if one.isVisible()), None)


def kept(desk):
    with desk.register.db.read() as session:
        return [(row.form, row.subject) for row in session.query(DraftRow)]


def take_up(page):
    QTest.keyClick(page, Qt.Key.Key_F8)
    assert offer(page) is None


def rule_editor(page):
    page.section().show_rule(Family.ISOLATION, RULE)
    return page.section().editor


def choose(editor, key):
    row = next(n for n in range(editor._model.rowCount()) if editor._model.record(n).key == key)
    editor.values.setCurrentIndex(editor._model.index(row, 0))


def test_the_station_as_it_was_half_typed(settings, desk):
    first = settings("station")
    assert offer(first) is None
    first.section().edits["phone"].setText("0365 118 200")
    first.put_aside()
    again = settings("station")
    assert again.section().edits["phone"].value() == get_station(desk.register.db).phone, "nothing is put back unasked"
    take_up(again)
    assert again.section().edits["phone"].value() == "0365 118 200"
    again.section().save()
    assert get_station(desk.register.db).phone == "0365 118 200"
    assert kept(desk) == [] and offer(settings("station")) is None


def test_what_was_refused_stays_kept(settings, desk):
    page = settings("station")
    page.section().edits["name"].setText("")
    page.section().edits["chairman_name"].setText("Chẻo Lở Mẩy")
    page.put_aside()
    page.section().save()
    assert kept(desk) == [("settings.station", "station")]
    page.section().edits["place_name"].setText("Nậm Ngá")
    page.put_aside()
    again = settings("station")
    take_up(again)
    found = {name: again.section().edits[name].value() for name in ("name", "chairman_name", "place_name")}
    assert found == {"name": "", "chairman_name": "Chẻo Lở Mẩy", "place_name": "Nậm Ngá"}


def test_what_was_given_up_is_not_offered(settings, desk, monkeypatch):
    page = settings("station")
    page.section().edits["phone"].setText("0365")
    page.put_aside()
    monkeypatch.setattr(page_module, "confirm", lambda *_a, **_k: True)
    page.show_section("looks")
    assert kept(desk) == []
    page = settings("station")
    page.section().edits["phone"].setText("0365")
    page.put_aside()
    page = settings("station")
    QTest.keyClick(page, Qt.Key.Key_F9)
    assert kept(desk) == [] and offer(page) is None


def test_typed_and_taken_back_leaves_nothing(settings, desk):
    page = settings("station")
    edit = page.section().edits["phone"]
    before = edit.value()
    edit.setText("0365")
    page.put_aside()
    edit.setText(before)
    page.put_aside()
    assert kept(desk) == []


def test_a_text_of_a_pack_under_its_own_line_alone(settings, desk):
    page = settings("law")
    editor = page.section().editor
    path = editor.item.path
    editor.text.setPlainText("Câu đang sửa dở")
    editor.confirmed.setChecked(not editor.item.confirmed)
    page.put_aside()
    again = settings("law")
    other = again.section().editor
    assert other.item.path == path
    take_up(again)
    assert other.text.toPlainText() == "Câu đang sửa dở"
    other.save()
    assert kept(desk) == []


def test_a_rule_with_its_values_its_reason_and_what_is_in_the_field(settings, desk):
    page = settings("rules")
    editor = rule_editor(page)
    choose(editor, "first_day_number")
    editor.number.setText("0")
    editor._next()
    choose(editor, "days")
    editor.number.setText("bảy")
    editor.reason.setText("Công văn của")
    page.put_aside()
    again = settings("rules")
    other = rule_editor(again)
    assert not again.section().unsaved()
    take_up(again)
    assert other.reason.value() == "Công văn của"
    assert other.number.value() == "bảy", "what means nothing stands where it stood"
    other.number.setText("9")
    other.save()
    rule = next(one for one in desk.catalog.isolation_rules if one.id.startswith(RULE))
    assert (rule.id, rule.days, rule.first_day_number) == (f"{RULE}@1", 9, 0)
    assert kept(desk) == []


def test_whoever_may_only_look_keeps_nothing(settings, desk):
    desk.register.db.actor = Actor(desk.register.user_id, "Lò Thị Nhung", Role.READ_ONLY)
    try:
        page = settings("station")
        page.section().edits["phone"].setText("0365")
        page.put_aside()
        assert kept(desk) == []
    finally:
        desk.register.db.actor = None
