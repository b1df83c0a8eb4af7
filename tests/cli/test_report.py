"""The report command: zero on a quiet day, frozen once, written as a sheet and as a table."""

import zipfile
from datetime import timedelta

import pypdf
import pytest

from tests.services.samples import NOW, TODAY, f0
from tests.services.samples import register as register_someone


class Test_Report:
    def test_a_day_without_cases_reports_zero(self, ask):
        status, found = ask("report")
        figures = {figure["name"]: figure["today"] for figure in found["figures"]}
        assert status == 0 and found["version"] == 0 and found["frozen_at"] is None
        assert (figures["new"], figures["under"]) == (0, 0)

    def test_a_case_before_the_cut_off_is_counted_and_kept_when_it_is_frozen(self, ask, db, run):
        register_someone(db, f0(day=TODAY - timedelta(days=1)), now=NOW - timedelta(days=1))
        status, found = ask("report", "--freeze")
        figures = {figure["name"]: figure["today"] for figure in found["figures"]}
        assert status == 0 and found["version"] == 1 and (figures["new"], figures["under"]) == (1, 1)
        assert ask("report", "--freeze")[1]["version"] == 1  # frozen already
        assert ask("report", "--freeze", "--reason", "thiếu một ca")[1]["version"] == 2
        assert "Đã chốt" in run("report")[1]

    def test_the_sheet_and_the_table_are_written(self, ask, tmp_path):
        sheet, table = tmp_path / "bao-cao.pdf", tmp_path / "bao-cao.xlsx"
        assert ask("report", "--pdf", sheet, "--xlsx", table)[0] == 0
        assert "BÁO CÁO" in " ".join(page.extract_text() for page in pypdf.PdfReader(sheet).pages)
        assert zipfile.is_zipfile(table)

    @pytest.mark.parametrize("words", [["--day", "2031-01-01"], ["--pdf", "/nowhere/at/all.pdf"]])
    def test_a_day_to_come_and_a_folder_that_is_not_there_are_said(self, run, words):
        status, out, err = run("report", *words)
        assert (status, out) == (1, "") and err.count("\n") == 1 and "Traceback" not in err
