"""Quy định: the list of rules, one value changed with a reason, and the way back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from covidstation.domain.rule_sets import Family
from covidstation.ui.settings.page import SettingsPage

pytestmark = pytest.mark.timeout(60)
RULE = "vn-isolation-2026-07-01"


@pytest.fixture
def section(desk, shown):
    page = SettingsPage(desk)
    page.resize(1166, 560)
    desk.changed.connect(page.refresh)
    shown(page)
    page.show_section("rules")
    made = page.section()
    made.show_rule(Family.ISOLATION, RULE)
    made.page = page
    return made


def choose(section, key):
    """Go to the value of that key."""
    editor = section.editor
    row = next(n for n in range(editor._model.rowCount()) if editor._model.record(n).key == key)
    editor.values.setCurrentIndex(editor._model.index(row, 0))
    return editor


def test_a_number_is_changed_by_keyboard_and_every_page_counts_with_it(section, desk):
    editor = choose(section, "first_day_number")
    editor.number.setFocus()
    editor.number.setText("0")
    QTest.keyClick(editor.number, Qt.Key.Key_Return)
    assert section.unsaved()
    editor.reason.setText("Công văn của tỉnh")
    editor.save()
    rule = next(rule for rule in desk.catalog.isolation_rules if rule.id == f"{RULE}@1")
    assert rule.first_day_number == 0
    assert not section.unsaved()
    assert section.editor.rule.version == 1
    assert next(rule for rule in desk.shipped.isolation_rules if rule.id == RULE).first_day_number == 1


def test_without_a_reason_nothing_is_kept(section, desk):
    editor = choose(section, "days")
    editor.number.setText("5")
    editor.save()
    assert "vì sao" in section.page.banner.text()
    assert section.unsaved()
    assert not any("@" in rule.id for rule in desk.catalog.isolation_rules)


def test_a_value_that_is_no_number_is_said_and_kept(section):
    editor = choose(section, "days")
    editor.number.setText("bảy")
    editor.save()
    assert "số" in editor._wrong.text()
    assert editor.number.value() == "bảy"


def test_back_to_the_programs_rule(section, desk):
    editor = choose(section, "days")
    editor.number.setText("5")
    editor.reason.setText("thử")
    editor.save()
    editor.reason.setText("về như cũ")
    editor.restore()
    rule = next(rule for rule in desk.catalog.isolation_rules if rule.id.startswith(RULE))
    assert (rule.id, rule.days) == (f"{RULE}@2", 7)
    assert [one.version for one in section.editor.rule.history] == [2, 1]


def test_an_unsaved_rule_is_not_left_for_another(section):
    editor = choose(section, "days")
    editor.number.setText("5")
    editor._next()
    section.table.setCurrentIndex(section._model.index(section._model.rowCount() - 1, 0))
    assert section.editor.rule.id == RULE
    assert section.page.banner.text()


def test_every_rule_can_be_shown(section):
    for row in range(section._model.rowCount()):
        section.editor.show_rule(section._model.record(row))
        assert not section.unsaved(), "showing is not typing"
        for view in ("numbers", "words", "changed"):
            section.editor._views._take(view)
        assert not section.unsaved()
        section.editor._views._take("numbers")
