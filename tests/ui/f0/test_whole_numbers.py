"""The F0 list leaves with whole numbers only for a reason, asked anew each time."""

import zipfile

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from sqlalchemy import select

from covidstation.db.queries.episodes import EpisodeFilter
from covidstation.db.rows import AuditRow, PersonRow
from covidstation.services.papers.f0_table import F0Selection
from covidstation.ui.f0.acts import ListActs
from covidstation.ui.person.privacy_dialogs import WholeListDialog
from tests.ui.village import NOW

NUMBER = "012190000345"


@pytest.fixture
def acts(desk, shown, village, tmp_path, monkeypatch):
    with desk.register.db.write(None, NOW) as session:
        session.scalars(select(PersonRow).where(PersonRow.id == village.mai)).one().citizen_number = NUMBER
    page = shown(QWidget())
    made = ListActs(desk, page, lambda: F0Selection(EpisodeFilter()))
    made.say(0, 2)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "f0.xlsx"), ""))
    return made


def table(folder):
    with zipfile.ZipFile(folder / "f0.xlsx") as archive:
        return archive.read("xl/sharedStrings.xml").decode()


def revealed(desk):
    with desk.register.db.read() as session:
        return [row.detail["people"] for row in session.scalars(select(AuditRow).where(AuditRow.action == "reveal"))]


def test_without_the_tick_nobody_is_asked(acts, tmp_path, desk):
    acts.excel.click()
    assert "•••• 0345" in table(tmp_path) and NUMBER not in table(tmp_path)
    assert revealed(desk) == []


def test_with_the_tick_and_a_reason_numbers_are_whole_once(acts, tmp_path, desk, monkeypatch):
    monkeypatch.setattr(WholeListDialog, "exec", lambda dialog: (dialog.save(), dialog.result())[1])
    acts.whole.setChecked(True)
    acts.excel.click()
    assert NUMBER in table(tmp_path)
    assert revealed(desk) == [2]
    assert not acts.whole.isChecked()


def test_going_back_at_the_reason_makes_no_list(acts, tmp_path, desk, monkeypatch):
    monkeypatch.setattr(WholeListDialog, "exec", lambda _dialog: 0)
    acts.whole.setChecked(True)
    acts.excel.click()
    assert not (tmp_path / "f0.xlsx").exists() and revealed(desk) == []
