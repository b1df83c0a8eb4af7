"""Thời hạn lưu: what may go, and the act."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from covidstation.db.rows import EpisodeRow, JournalStateRow, PersonRow
from covidstation.domain.retention import RecordKind
from covidstation.ui.desk import Desk
from covidstation.ui.settings.retention import PurgeDialog, RetentionSection
from tests.services.samples import HANOI
from tests.ui.village import NOW, InlineTasks, catalog

LATER = datetime(2038, 7, 10, 8, tzinfo=HANOI)


@pytest.fixture
def later(desk):
    """Twelve years on; everybody recovered, everything at the district."""
    db = desk.register.db
    with db.write(None, NOW) as session:
        for episode in session.scalars(select(EpisodeRow)):
            episode.outcome, episode.outcome_on = "RECOVERED", NOW.date()
    received(db)
    return Desk(desk.register, catalog(), InlineTasks(), now=lambda: LATER)


def received(db):
    with db.write(None, NOW) as session:
        state = session.get_one(JournalStateRow, 1)
        state.received_upto = state.last_seq


def people(desk):
    with desk.register.db.read() as session:
        return session.scalar(select(func.count()).select_from(PersonRow))


@pytest.fixture
def section(later, shown):
    made = RetentionSection(later)
    made.resize(1166, 640)
    shown(made)
    made.load()
    return made


def row_of(section, kind):
    return next(at for at, one in enumerate(section._look.classes) if one.rule.kind is kind)


def test_each_class_says_how_long_and_when(section):
    section.table.selectRow(row_of(section, RecordKind.CASE))
    assert section.purge.isEnabled()
    assert "Chưa xác nhận" in section._words.text_in_full()
    section.table.selectRow(row_of(section, RecordKind.DEATH))
    assert not section.purge.isEnabled()


def test_nothing_goes_while_something_is_unsent(section, later):
    with later.register.db.write(None, NOW) as session:
        session.get_one(JournalStateRow, 1).received_upto -= 1
    section.load()
    section.table.selectRow(row_of(section, RecordKind.CASE))
    assert not section.purge.isEnabled()
    assert "huyện chưa xác nhận" in section._words.text_in_full()


def test_the_act_shows_who_goes_and_wants_the_word(section, later):
    before = people(later)
    dialog = PurgeDialog(later, section, RecordKind.CASE)
    assert dialog._model.rowCount() == dialog._due == 2
    dialog.decision.set_value("12/QĐ-TYT")
    dialog.save()
    assert not dialog.result() and people(later) == before  # the word is missing
    dialog.typed.set_value("huỷ")
    dialog.save()
    assert dialog.result() and people(later) == before - 2
    section.load()
    assert section._look.done[0].decision == "12/QĐ-TYT"
