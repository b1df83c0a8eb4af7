"""export-fhir and export-csv: the files, what is said of them, and what is refused."""

import json
import zipfile
from datetime import timedelta

import pytest

from tests.interop import r4
from tests.services.samples import NOW, TODAY, f0, neighbour
from tests.services.samples import register as register_someone


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def kinds(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


class Test_Fhir:
    def test_one_person(self, ask, db, tmp_path):
        mine = register_someone(db)
        register_someone(db, f0(neighbour(3)))
        out = tmp_path / "one.json"
        status, found = ask("export-fhir", "--person", mine.person_id, "--out", out, "--for", "BV huyện Sìn Hồ")
        bundle = read(out)
        assert status == 0 and found == {"file": str(out), "people": 1, "resources": len(bundle["entry"]) - 1}
        assert r4.wrong_with(bundle) == []
        assert [one["id"] for one in kinds(bundle, "Patient")] == [str(mine.person_id)]

    def test_a_span_of_days(self, ask, run, db, tmp_path):
        register_someone(db, f0(neighbour(1), day=TODAY - timedelta(days=3)), now=NOW - timedelta(days=3))
        register_someone(db, f0(neighbour(2), day=TODAY))
        out = tmp_path / "days.json"
        assert ask("export-fhir", "--out", out)[1]["people"] == 1  # today
        words = ("--from", TODAY - timedelta(days=3), "--to", TODAY)
        assert ask("export-fhir", *words, "--out", out)[1]["people"] == 2
        assert r4.wrong_with(read(out)) == [] and len(kinds(read(out), "Condition")) == 2
        assert "2 người" in run("export-fhir", *words, "--out", out)[1]

    @pytest.mark.parametrize("person", ["nobody", "0" * 32])
    def test_somebody_who_is_not_there(self, run, tmp_path, person):
        status, out, err = run("export-fhir", "--person", person, "--out", tmp_path / "a.json")
        assert (status, out) == (1, "") and err.count("\n") == 1 and not list(tmp_path.glob("*.json"))

    def test_a_person_of_some_days_is_wrong_usage(self, run, tmp_path):
        with pytest.raises(SystemExit) as wrong:
            run("export-fhir", "--person", "a", "--from", "2022-01-01", "--out", tmp_path / "a.json")
        assert wrong.value.code == 2


class Test_Csv:
    def test_five_files_of_some_days(self, ask, tmp_path):
        out = tmp_path / "parts.zip"
        status, found = ask("export-csv", "--from", TODAY - timedelta(days=1), "--to", TODAY, "--out", out)
        assert (status, found) == (0, {"file": str(out), "days": 2})
        with zipfile.ZipFile(out) as archive:
            assert len(archive.namelist()) == 5 and archive.testzip() is None

    @pytest.mark.parametrize(
        "words", [("--to", "2031-01-01"), ("--from", "2022-03-10", "--to", "2022-03-09"), ("--from", "2019-01-01")]
    )
    def test_days_that_make_no_span(self, run, tmp_path, words):
        status, out, err = run("export-csv", *words, "--out", tmp_path / "a.zip")
        assert (status, out) == (1, "") and err.count("\n") == 1 and "Traceback" not in err

    def test_a_folder_that_is_not_there(self, run, tmp_path):
        status, _out, err = run("export-csv", "--out", tmp_path / "none" / "a.zip")
        assert status == 1 and "a.zip" in err
