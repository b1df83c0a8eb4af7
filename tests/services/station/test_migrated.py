"""A register of the first released program goes on with all that came later."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from covidstation.db import packed
from covidstation.db.queries.people import find_people
from covidstation.db.queries.station import get_setting
from covidstation.db.rows import ContactRow, DailyReportRow, EpisodeRow, JournalRow, JournalStateRow, VisitRow
from covidstation.services.drafts import drafts, keep_draft
from covidstation.services.papers.missing import missing_list
from covidstation.services.station.founding import FoundingDraft, found_station
from covidstation.services.upkeep.check import check_register
from tests.services import outbreak
from tests.services.samples import CHEAP, NOW, PASSPHRASE, STATION, TODAY, catalog, opened

OLD = Path(__file__).parents[2] / "data" / "registers" / "1"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(OLD, tmp_path / "old"))


@pytest.fixture
def db(folder):
    with closing(opened(folder).db) as held:
        yield held


def count(db, row):
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(row))


def test_every_act_of_care_works_in_it(db, folder):
    before = count(db, EpisodeRow)
    outbreak.everything(db)
    assert count(db, EpisodeRow) == before + 14
    assert count(db, VisitRow) == 8 and count(db, ContactRow) == 5 and count(db, DailyReportRow) == 2
    assert [finding.code for finding in check_register(db, folder) if not finding.good] == []
    assert missing_list(db, catalog(), TODAY)


def test_what_it_had_goes_on(db):
    """An illness, written before anybody knew of checks and classes, is seen, treated and ended like a new one."""
    with db.read() as session:
        old = list(session.scalars(select(EpisodeRow)))
        lines = list(session.scalars(select(JournalRow.line)))
        assert len(lines) == session.get_one(JournalStateRow, 1).last_seq
    assert old and all(row.risk_class == "" for row in old)
    assert find_people(db, "gap") or find_people(db, "012")
    outbreak.choose_class(db, old[0])
    with db.read() as session:
        assert session.scalars(select(EpisodeRow.risk_class).where(EpisodeRow.id == old[0].id)).one() == "MEDIUM"


def test_its_settings_have_the_new_ones_beside_them(db):
    assert get_setting(db, "isolation_hour") is not None
    assert get_setting(db, "report_cutoff")
    keep_draft(db, "f0", "", {"name": "Giàng A Páo"}, now=NOW)
    assert [draft.value for draft in drafts(db, "f0")] == [{"name": "Giàng A Páo"}]


def test_its_lines_are_read_with_the_dictionary_they_were_packed_with(db):
    assert packed.NEWEST["journal"] > 1
    outbreak.case(db, 1)
    with db.engine.connect() as connection:
        first = {row[0][0] for row in connection.exec_driver_sql("SELECT line FROM journal")}
    assert {1, 2} <= first


def test_a_new_training_register_is_sound_and_has_work(tmp_path):
    draft = FoundingDraft(station=STATION, user_name="Mai", training_people=300, seed=5)
    folder = tmp_path / "training"
    found_station(folder, draft, passphrase=PASSPHRASE, catalog=catalog(), now=NOW, cost=CHEAP)
    with closing(opened(folder).db) as db:
        assert all(finding.good for finding in check_register(db, folder))
        assert count(db, VisitRow) and count(db, ContactRow) and missing_list(db, catalog(), TODAY)
