"""The five CSV files: every figure of the daily report once, as it was frozen or counts now, in a file Excel opens."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from covidstation.db.rows import AuditRow, EpisodeRow
from covidstation.domain.episodes import EpisodeDraft
from covidstation.errors import Refused
from covidstation.interop.five_parts import COLUMNS, Part
from covidstation.services.exchange.five_parts import MOST_DAYS, begin_five_parts
from covidstation.services.exchange.growing import run_whole
from covidstation.services.exchange.wish import SpanWish
from covidstation.services.places import add_hamlet
from covidstation.services.reports.daily import Typed, daily_report, freeze_report, frozen_report, kept_typed
from tests.services import outbreak, samples
from tests.services.samples import NOW, STATION, TODAY, f0, neighbour, register

TOMORROW = NOW + timedelta(days=1)
OWN = ("new.doses.", "checks.", "alerts.", "medicines.", "oxygen", "difficulties", "suggestions")


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """An outbreak with everything, and two more cases with doses; nobody writes to it."""
    folder = tmp_path_factory.mktemp("grown") / "register"
    samples.found(folder)
    db = samples.opened(folder).db
    outbreak.everything(db)
    for number, doses in ((501, 2), (502, 5)):
        draft = f0(neighbour(number), day=TODAY)
        register(db, replace(draft, episode=EpisodeDraft(report_date=TODAY, doses_known=doses)))
    db.close()
    return folder


@pytest.fixture
def village(grown, tmp_path):
    db = samples.opened(Path(shutil.copytree(grown, tmp_path / "village"))).db
    yield db
    db.engine.dispose()


def written(db, catalog, path, first, last, now=TOMORROW):
    wish = SpanWish(first=first, last=last, receiver="CDC")
    run_whole(begin_five_parts(db, wish, path, catalog=catalog, by=None, now=now).value)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines(files):
    """All lines of all files, each with its part."""
    found = []
    for name, data in files.items():
        assert data.startswith(b"\xef\xbb\xbf")
        for line in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            found.append({**line, "part": name.removesuffix(".csv")})
    return found


def test_five_files_with_one_head(village, catalog, tmp_path):
    files = written(village, catalog, tmp_path / "a.zip", TODAY, TODAY)
    assert list(files) == [f"{part.value}.csv" for part in Part] and len(files) == 5
    heads = {data.decode("utf-8-sig").split("\r\n")[0] for data in files.values()}
    assert heads == {",".join(f'"{name}"' for name in COLUMNS)}


def test_every_figure_of_every_day_is_there_once_and_as_the_report_has_it(village, catalog, tmp_path):
    typed = Typed(oxygen=1, difficulties="Thiếu kit;\nđường lầy", suggestions="không")
    freeze_report(village, TODAY, typed, catalog=catalog, by=None, now=NOW, by_name="Lò Thị Mai", reason="Thêm ca")
    register(village, f0(neighbour(900), day=TODAY), now=NOW + timedelta(hours=2))  # changes what would be counted now
    last = TOMORROW.date()
    found = lines(written(village, catalog, tmp_path / "a.zip", TODAY - timedelta(days=2), last))
    for ago in range(4):
        day = last - timedelta(days=ago)
        frozen = frozen_report(village, day)
        report = frozen or daily_report(village, catalog, day, TOMORROW, kept_typed(village, day))
        told = {line["chi_tieu"]: line for line in found if line["ngay"] == day.isoformat()}
        assert len(told) == sum(line["ngay"] == day.isoformat() for line in found), "no figure in two files"
        own = {name for name in told if name.startswith(OWN)}
        assert set(told) - own == set(report.figures)
        for name, figure in report.figures.items():
            shown = (figure.today, figure.total)
            assert tuple(int(told[name][key]) if told[name][key] else None for key in ("trong_ky", "luy_ke")) == shown
            assert told[name]["ten"]
        assert int(told["new"]["lan_chot"]) == (frozen.frozen.version if frozen else 0)
        doses = sum(int(told[name]["trong_ky"]) for name in told if name.startswith("new.doses."))
        assert doses == report.today("new")
    frozen = {line["chi_tieu"]: line for line in found if line["ngay"] == TODAY.isoformat()}
    assert frozen["oxygen"]["trong_ky"] == "1" and frozen["difficulties"]["ghi_chu"] == "Thiếu kit; đường lầy"


def test_the_identity_holds_in_the_first_file_alone(village, catalog, tmp_path):
    found = lines(written(village, catalog, tmp_path / "a.zip", TODAY, TOMORROW.date()))
    for day in (TODAY, TOMORROW.date()):
        figures = Counter()
        for line in found:
            if line["part"] == Part.SITUATION and line["ngay"] == day.isoformat():
                figures[line["chi_tieu"]] = int(line["trong_ky"] or 0)
        moved = figures["new"] + figures["in"] - figures["out"]
        ended = sum(figures[name] - figures[f"{name}.away"] for name in ("recovered", "died", "lost"))
        assert figures["under"] == figures["before"] + moved - ended
        assert figures["under"] > 0


def test_doses_and_care_are_counted(village, catalog, tmp_path):
    found = {
        line["chi_tieu"]: int(line["trong_ky"] or 0)
        for line in lines(written(village, catalog, tmp_path / "a.zip", TOMORROW.date(), TOMORROW.date()))
    }
    with village.read() as session:
        known = dict(session.execute(select(EpisodeRow.id, EpisodeRow.doses_known)).all())
    report = daily_report(village, catalog, TOMORROW.date(), TOMORROW)
    said = [known[case] for case in report.cases("new")]
    assert found["new.doses.2"] == said.count(2) and found["new.doses.3"] == sum((one or 0) >= 3 for one in said) == 1
    assert found["new.doses.UNKNOWN"] == said.count(None)
    assert found["checks.met"] > 0 and found["alerts.raised"] > 0 and found["medicines.people"] > 0


def test_what_a_spreadsheet_would_run_is_a_text(db, catalog, tmp_path):
    hamlet = add_hamlet(db, "=cmd|' /C calc'!A0", kind="bản", by=None, now=NOW).value
    person = replace(neighbour(1), hamlet_id=hamlet)
    register(db, f0(person, day=TODAY))
    typed = Typed(oxygen=0, difficulties='=1+1;\n"a",b', suggestions="@SUM(A1)")
    freeze_report(db, TOMORROW.date(), typed, catalog=catalog, by=None, now=TOMORROW)
    found = lines(written(db, catalog, tmp_path / "a.zip", TOMORROW.date(), TOMORROW.date()))
    texts = {line["chi_tieu"]: line["ghi_chu"] for line in found}
    assert texts["suggestions"] == "'@SUM(A1)" and texts["difficulties"] == '\'=1+1; "a",b'
    for line in found:
        assert not any(value[:1] in "=+-@\t\r" and value for value in line.values())
    assert {line["tram"] for line in found} == {STATION.name}


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (TODAY - timedelta(days=MOST_DAYS), TODAY, "exports.long"),
        (TODAY, TODAY - timedelta(days=1), "exports.order"),
        (TODAY, TODAY + timedelta(days=2), "exports.future"),
        (None, None, "exports.day_missing"),
    ],
)
def test_days_that_make_no_span_are_refused(db, catalog, tmp_path, first, last, code):
    with pytest.raises(Refused) as refused:
        written(db, catalog, tmp_path / "a.zip", first, last, now=NOW)
    assert code in {problem.code for problem in refused.value.problems} and not list(tmp_path.glob("*.zip"))


def test_it_is_noted_and_a_quiet_register_gives_zeros(db, catalog, tmp_path):
    found = lines(written(db, catalog, tmp_path / "a.zip", TODAY, TODAY, now=NOW))
    assert {line["trong_ky"] for line in found if line["chi_tieu"] in ("new", "under", "tests.rapid")} == {"0"}
    with db.read() as session:
        newest = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc()).limit(1)).one()
    assert newest.action == "export" and newest.detail["what"] == "five_parts" and newest.detail["for"] == "CDC"
