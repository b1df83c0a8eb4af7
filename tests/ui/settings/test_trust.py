"""Khoá chứng nhận: a list is looked at first, put in the place of others or beside them, dropped after a question."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.services.vaccination.trust import trust_lists
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.parts.rows import ListRow
from covidstation.ui.settings.trust import TrustSection
from tests.dcc_signing import issuer
from tests.ui.village import NOW

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def files(tmp_path):
    for name, land in (("vn", "VN"), ("la", "LA")):
        (tmp_path / f"{name}.der").write_bytes(issuer(country=land).certificate)
    (tmp_path / "none.json").write_text(json.dumps({"keys": []}))
    return tmp_path


@pytest.fixture
def told():
    return []


@pytest.fixture
def section(desk, shown, told):
    made = TrustSection(desk)
    made.told.connect(lambda level, text: told.append((level, text)))
    shown(made)
    made.load()
    return made


def rows(section):
    QApplication.processEvents()  # what was just made is shown
    lines = [row.lines for row in section.findChildren(ListRow) if row.isVisible()]
    return [(one.first.text_in_full(), one.second.text_in_full()) for one in lines]


def names(desk):
    return [one.name for one in trust_lists(desk.register.db, now=NOW)]


def test_nothing_is_taken_in_before_it_was_looked_at(section, desk, files, told):
    assert rows(section) == [("Danh sách kèm chương trình", "chưa có khoá nào: mã QR đọc được, chưa kiểm được")]
    assert not section.instead.isEnabled()
    section.show_file(files / "vn.der")
    assert section._facts.isVisible()
    assert names(desk) == [""]
    section.instead.click()
    assert names(desk) == ["vn.der"]
    assert told[-1] == ("ok", "Đã nhận 1 khoá từ vn.der.")
    assert rows(section)[0] == ("vn.der", "1 khoá · 1 nước: VN · nhận 10/07/2026, Lò Thị Nhung")
    assert not section._facts.isVisible()


@pytest.mark.parametrize("swap", ["other", "gone"])
def test_what_was_looked_at_is_what_is_taken_in(section, desk, files, told, swap):
    """The stick may be another one by the time that somebody presses the button."""
    section.show_file(files / "vn.der")
    if swap == "other":
        (files / "vn.der").write_bytes((files / "la.der").read_bytes())
    else:
        (files / "vn.der").unlink()
    section.instead.click()
    assert rows(section)[0] == ("vn.der", "1 khoá · 1 nước: VN · nhận 10/07/2026, Lò Thị Nhung")
    assert told[-1] == ("ok", "Đã nhận 1 khoá từ vn.der.")


def test_another_stands_beside_or_in_its_place(section, desk, files):
    for name, button in (("vn.der", section.instead), ("la.der", section.beside)):
        section.show_file(files / name)
        button.click()
    assert names(desk) == ["la.der", "vn.der"]
    section.show_file(files / "la.der")
    section.instead.click()
    assert names(desk) == ["la.der"]


def test_what_is_no_list_is_said(section, desk, files, told):
    section.show_file(files / "none.json")
    assert told[-1][0] == "danger"
    assert "none.json" in told[-1][1]
    assert not section.instead.isEnabled()


def test_dropping_asks_first(section, desk, files):
    section.show_file(files / "vn.der")
    section.instead.click()

    def answer(name):
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, Sentence)
        dialog.findChild(Button, name).click()

    for name, left in (("back_button", ["vn.der"]), ("act_button", [""])):
        QTimer.singleShot(0, lambda name=name: answer(name))
        section.findChild(Button, "drop_trust").click()
        assert names(desk) == left


def test_only_the_head_of_station_chooses(desk, shown):
    desk.register.db.actor = Actor(None, "Lò Thị Mai", Role.CLINICIAN)
    made = TrustSection(desk)
    shown(made)
    assert not any(button.isEnabled() for button in made.buttons())
