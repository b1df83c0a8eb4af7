"""What must not be half done, in short: killed twenty times, out of room at every size; in full: docs/safety.md."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from covidstation.db.rows import (
    AlertRow,
    ContactRow,
    DailyReportRow,
    EpisodeRow,
    FollowUpRow,
    HospitalizationRow,
    PaperDeliveryRow,
    PaperRow,
    PathogenTestRow,
    PersonRow,
    RiskAssessmentRow,
    RuleVersionRow,
    TreatmentRow,
)
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.services.exchange.bundles import export_changes, import_files
from covidstation.services.papers.issuing import issue_paper
from covidstation.sync.carriers import usb
from tests.faults import acts
from tests.faults.checks import CHECKS, STICK, count_rows
from tests.services.district import EPOCH, STATION, District
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, opened, register
from tools.sources import ROOT

KILLS = {
    "save": 4,
    "issue": 3,
    "export": 3,
    "receipt": 2,
    "backup": 2,
    "transfer": 2,
    "recover": 2,
    "turn": 2,
    "sheet": 2,
    "down": 2,
    "line": 2,
    "intake": 2,
    "inbox": 3,
    "answer": 2,
}


@pytest.mark.parametrize("act", KILLS)
@pytest.mark.timeout(90)
def test_an_act_that_is_killed_is_done_or_not_done(act, tmp_path):
    command = [sys.executable, "-m", "tests.faults.kills", act, str(tmp_path), "--kills", str(KILLS[act])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=80)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{KILLS[act]} kills" in done.stdout and "0 bad" in done.stdout


ONCE = ("init", "migrate", "migrate2")  # acts that are done once in a register's life


@pytest.mark.parametrize("act", [act for act in acts.ACTS if act not in ONCE])
def test_the_check_sees_what_is_lost_and_that_all_is_well(act, tmp_path, capfd):
    acts.run(act, tmp_path, 2)
    assert capfd.readouterr().out.splitlines() == ["ACK 1", "ACK 2", "ACK 3"]
    assert CHECKS[act](tmp_path, 5).startswith("lost")
    assert CHECKS[act](tmp_path, 3) == ""
    if act in BROKEN:
        take_out_one(tmp_path, *BROKEN[act])
        assert CHECKS[act](tmp_path, 1)


BROKEN = {
    "check": (AlertRow, -1),
    "transfer": (HospitalizationRow, -1),
    "recover": (FollowUpRow, -1),
    "household": (ContactRow, -1),
    "turn": (ContactRow, -1),
    "give": (TreatmentRow, -1),
    "report": (DailyReportRow, 0),
    "deliver": (PaperDeliveryRow, -1),
    "sheet": (PathogenTestRow, -1),
    "rule": (RuleVersionRow, 0),
    "triage": (RiskAssessmentRow, -1),
}


def take_out_one(folder, kind, at):
    """A row of that table is gone, as if half of an act had been kept; the journal knows of it, the check must too."""
    db = opened(folder).db
    with db.write(None, NOW) as session:
        session.delete(list(session.scalars(select(kind).order_by(kind.n)))[at])
    db.engine.dispose()


def test_a_founded_register_is_whole(tmp_path, capfd):
    acts.run("init", tmp_path, 0)
    assert CHECKS["init"](tmp_path, 1) == ""


@pytest.mark.parametrize("act", ["migrate", "migrate2"])
def test_an_old_register_comes_to_todays_schema_with_all_it_had(act, tmp_path, capfd):
    acts.run(act, tmp_path, 1)
    assert capfd.readouterr().out.splitlines() == ["ACK 1", "ACK 2"]
    assert CHECKS[act](tmp_path, 2) == ""
    again = opened(tmp_path)
    register(again.db, f0(neighbour(7)))
    again.db.close()
    assert CHECKS[act](tmp_path, 2) == "something is missing"  # it counts


def test_the_check_sees_a_register_that_is_gone(tmp_path, capfd):
    acts.run("init", tmp_path, 0)
    (tmp_path / "register.db").unlink()
    assert CHECKS["init"](tmp_path, 1)
    assert CHECKS["save"](tmp_path, 1)


def limit(db, more):
    """Let the register grow by so many pages at most."""
    with db.read() as session:
        now = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
    db.engine.dispose()
    event.listen(db.engine, "connect", lambda one, _record: one.execute(f"PRAGMA max_page_count = {now + more}"))


@pytest.mark.parametrize("room", [0, 1, 2, 3, 5, 8, 13, 21])
def test_a_disk_that_is_full_refuses_whole_acts(folder_of_acts, room, tmp_path):
    """Saves and papers until there is no room; what was acknowledged is there, and nothing of the one that failed."""
    folder, station = folder_of_acts
    limit(station.db, room)
    saved = issued = 0
    with pytest.raises(UserError) as caught:
        for number in range(300):
            now = NOW + timedelta(minutes=number)
            episode = register(station.db, f0(neighbour(number)), now=now)
            saved += 1
            order = (station.db, PaperKind.ISOLATION_ORDER, [episode.id])
            issue_paper(*order, catalog=catalog(), issued_on=TODAY, by=None, now=now)
            issued += 1
    assert caught.value.code == "station.disk_full"
    station.db.engine.dispose()
    assert saved - issued in (0, 1)
    again = opened(folder)
    assert count_rows(again.db, PersonRow, EpisodeRow, PaperRow) == [saved, saved, issued]
    again.db.engine.dispose()
    assert CHECKS["init"](folder, 1) == ""


def test_a_full_register_still_exports_and_reads(folder_of_acts):
    """Out of room on the PC, the stick can still be written: what cannot be remembered is not said to be."""
    folder, station = folder_of_acts
    stick = folder / STICK
    stick.mkdir()
    district = District()
    request = district.enrol(station.db, stick)
    episode = register(station.db)
    limit(station.db, 0)
    with pytest.raises(UserError):
        for number in range(1, 300):
            register(station.db, f0(neighbour(number)))
    try:
        (file,) = export_changes(station.db, stick, by=None, now=NOW).value.files
    except UserError as trouble:
        assert trouble.code == "station.disk_full"
        (file,) = stick.rglob("U-*.csb")
    ops = district.read(file, request)
    assert episode.id.hex in {op.row for op in ops}
    upto = ops[-1].seq
    usb.put(stick, usb.receipt_name(STATION, EPOCH, upto), district.receipt(station.db, request, upto))
    results = import_files(station.db, stick, by=None, now=NOW).value
    assert {one.trouble.code for one in results if one.trouble} <= {"station.disk_full"}
    station.db.engine.dispose()
    assert CHECKS["init"](folder, 1) == ""


@pytest.fixture
def folder_of_acts(tmp_path):
    folder = Path(tmp_path, "data")
    folder.mkdir()
    station = acts.founded(folder)
    yield folder, station
    station.db.engine.dispose()
