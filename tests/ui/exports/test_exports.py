"""Files for other programs from the windows: asked, written, stopped, refused with a sentence beside its field."""

from __future__ import annotations

import errno
import json
import zipfile
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar

from covidstation.db.queries.audit import AuditWanted, audit_lines, audit_list
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.services.exchange import growing
from covidstation.ui.desk import Desk
from covidstation.ui.exports import dialog as dialog_module
from covidstation.ui.exports.dialog import PersonFhirDialog
from covidstation.ui.exports.span import PEOPLE, SpanDialog
from covidstation.ui.parts.buttons import Button
from covidstation.ui.person.page import OnePerson
from covidstation.ui.reports.page import ReportsPage
from covidstation.ui.settings.audit_words import phrase
from tests.interop import r4
from tests.ui.village import NOW

pytestmark = pytest.mark.timeout(60)
DAY = date(2026, 7, 10)


@pytest.fixture
def said(desk):
    found = []
    desk.said.connect(found.append)
    return found


@pytest.fixture
def choosing(monkeypatch, tmp_path):
    """Somebody chooses that name in that folder."""
    names = []

    def choose(_parent, name):
        names.append(name)
        return tmp_path / name

    monkeypatch.setattr(dialog_module, "choose_data", choose)
    return names


def person_dialog(desk, village, shown):
    page = shown(OnePerson(desk))
    made = PersonFhirDialog(desk, page, village.mai, "Lò Thị Mai")
    made.page = page  # else it goes, and its dialogs with it
    made.show()
    return made


def span_dialog(desk, shown):
    page = shown(ReportsPage(desk))
    made = SpanDialog(desk, page, DAY)
    made.page = page  # else it goes, and its dialogs with it
    made.show()
    return made


def parts_in(folder):
    return [path.name for path in folder.iterdir() if path.name.endswith(".part")]


def test_one_person_goes_out_as_a_valid_bundle_under_a_name_without_a_person(
    desk, village, shown, choosing, said, qtbot, tmp_path
):
    made = person_dialog(desk, village, shown)
    made.receiver.setText("Bệnh viện huyện Sìn Hồ")
    made.save()
    qtbot.waitUntil(lambda: bool(said), timeout=5000)
    (file,) = tmp_path.glob("*.json")
    bundle = json.loads(file.read_text(encoding="utf-8"))
    assert r4.wrong_with(bundle) == [] and "Lò Thị Mai" in file.read_text(encoding="utf-8")
    assert "mai" not in choosing[0].lower() and file.name in said[0] and not parts_in(tmp_path)
    assert not made.isVisible()


def test_nobody_named_is_asked_beside_the_field(desk, village, shown, choosing, said):
    made = person_dialog(desk, village, shown)
    QTest.keyClick(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert made.isVisible() and not choosing and not said
    shown_words = " ".join(one.text() for one in made.findChildren(QLabel) if one.isVisible()).split()
    assert "Ghi tệp này đưa cho ai." in " ".join(shown_words)


@pytest.mark.parametrize("kind", ["figures", PEOPLE])
def test_a_week_goes_out_as_figures_or_as_people(desk, village, shown, choosing, said, qtbot, tmp_path, kind):
    made = span_dialog(desk, shown)
    made.kind.set_value(kind)
    assert ("Không có tên người bệnh" in made.about_file.text()) == (kind == "figures")
    made.receiver.setText("CDC Lai Châu")
    made.save()
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    if kind == PEOPLE:
        bundle = json.loads((tmp_path / "fhir-2026-07-04-2026-07-10.json").read_text(encoding="utf-8"))
        assert r4.wrong_with(bundle) == [] and "2 người" in said[0]
    else:
        with zipfile.ZipFile(tmp_path / "nam-phan-2026-07-04-2026-07-10.zip") as archive:
            assert len(archive.namelist()) == 5
        assert "7 ngày" in said[0]


def test_days_the_wrong_way_round_are_said_beside_the_day(desk, village, shown, choosing):
    made = span_dialog(desk, shown)
    made.receiver.setText("CDC")
    made.first.set_day(DAY)
    made.last.set_day(date(2026, 7, 1))
    made.save()
    assert not choosing and made.isVisible()
    made.first.setText("32/13/2026")
    assert [problem.field for problem in made.wrong()] == ["first"]


def test_esc_in_the_middle_leaves_nothing(desk, village, shown, choosing, said, qtbot, tmp_path):
    made = span_dialog(desk, shown)
    made.receiver.setText("CDC")
    made.save()
    assert made.findChild(QProgressBar, "export_progress").isVisible() and parts_in(tmp_path)
    assert not made.first.isEnabled()
    QTest.keyClick(made, Qt.Key.Key_Escape)
    assert not made.isVisible() and list(tmp_path.glob("*.zip")) == [] and parts_in(tmp_path) == []
    qtbot.wait(50)
    assert said == []


def test_a_full_disk_is_a_sentence_and_the_fields_are_back(
    desk, village, shown, choosing, said, qtbot, tmp_path, monkeypatch
):
    def full(_number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(growing.os, "fsync", full)
    made = person_dialog(desk, village, shown)
    made.receiver.setText("CDC")
    made.save()
    qtbot.waitUntil(lambda: "đầy" in made._trouble.text(), timeout=5000)
    assert made.isVisible() and made.receiver.isEnabled() and made._main.isEnabled() and parts_in(tmp_path) == []
    monkeypatch.undo()
    monkeypatch.setattr(dialog_module, "choose_data", lambda _parent, name: tmp_path / name)
    made.save()
    qtbot.waitUntil(lambda: bool(said), timeout=5000)


def test_going_back_from_the_choice_of_a_folder_changes_nothing(desk, village, shown, monkeypatch, said):
    monkeypatch.setattr(dialog_module, "choose_data", lambda _parent, _name: None)
    made = person_dialog(desk, village, shown)
    made.receiver.setText("CDC")
    made.save()
    assert made.isVisible() and made._main.isEnabled() and said == []
    made.reject()


def test_the_record_says_who_gave_it_to_whom(desk, village, shown, choosing, said, qtbot):
    made = person_dialog(desk, village, shown)
    made.receiver.setText("Bệnh viện huyện")
    made.save()
    qtbot.waitUntil(lambda: bool(said), timeout=5000)
    found = audit_list(desk.register.db, AuditWanted(actions=(AuditAction.EXPORT,)))
    lines = audit_lines(desk.register.db, found, 0, 1)
    assert phrase(lines[0]) == "xuất hồ sơ của Lò Thị Mai theo FHIR cho Bệnh viện huyện"


def test_the_buttons_open_the_dialogs_and_are_closed_to_who_may_not(desk, village, shown, monkeypatch):
    opened = []
    for kind in (PersonFhirDialog, SpanDialog):
        monkeypatch.setattr(kind, "exec", lambda one: opened.append(type(one).__name__) or 0)
    person = OnePerson(desk)
    shown(person)
    person.show_person(village.mai, "privacy")
    person.privacy.findChild(Button, "export_fhir").click()
    reports = shown(ReportsPage(desk))
    reports.load()
    assert reports.day.data in reports.bar_actions()
    reports.day.data.click()
    assert opened == ["PersonFhirDialog", "SpanDialog"]
    desk.register.db.actor = Actor(village.mai, "Giàng A Lử", Role.DATA_ENTRY)
    closed = Desk(desk.register, desk.shipped, desk.tasks, now=lambda: NOW)
    reports = shown(ReportsPage(closed))
    reports.load()
    assert not reports.day.data.isEnabled()
    desk.register.db.actor = None
    Desk(desk.register, desk.shipped, desk.tasks, now=lambda: NOW)
