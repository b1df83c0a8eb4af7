"""`covidstation report`: the figures as a script sees them."""

from __future__ import annotations

import json
from datetime import timedelta

import pypdf
import pytest

from covidstation.cli import commands as commands_module
from covidstation.cli import main
from tests.services.samples import NOW, PASSPHRASE, TODAY, f0, neighbour
from tests.services.samples import register as register_someone


@pytest.fixture
def run(folder, tmp_path, monkeypatch, capsys):
    secret = tmp_path / "pass.txt"
    secret.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    monkeypatch.setattr(commands_module, "_now", lambda: NOW + timedelta(days=1))

    def command(*words):
        status = main(["--data", str(folder), "--passphrase-file", str(secret), "report", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def figures(out):
    return {one["name"]: one for one in json.loads(out)["figures"]}


def test_the_figures_are_those_of_the_register(run, register):
    register_someone(register.db)
    status, out, _err = run("--json")
    assert status == 0
    found = json.loads(out)
    assert (found["day"], found["frozen_at"], found["version"]) == ((TODAY + timedelta(days=1)).isoformat(), None, 0)
    assert (found["from"], found["cutoff"]) == ("2022-03-10T06:30", "2022-03-11T06:30")
    told = figures(out)
    assert (told["new"]["today"], told["new"]["total"], told["under"]["today"]) == (1, 1, 1)
    assert told["new"]["words"] == "F0 mới"


def test_it_freezes_prints_and_counts_again(run, register, tmp_path):
    register_someone(register.db)
    status, out, _err = run("--freeze", "--pdf", tmp_path / "r.pdf", "--xlsx", tmp_path / "r.xlsx")
    assert status == 0
    assert "Đã chốt lúc 08:30 11/03/2022, bản 1" in out
    words = pypdf.PdfReader(tmp_path / "r.pdf").pages[0].extract_text()
    assert "BÁO CÁO" in words
    assert (tmp_path / "r.xlsx").stat().st_size > 3000
    register_someone(register.db, f0(neighbour(1)))
    assert figures(run("--json")[1])["new"]["today"] == 1
    assert figures(run("--json", "--recount")[1])["new"]["today"] == 2
    assert json.loads(run("--json", "--freeze", "--reason", "Bổ sung")[1])["version"] == 2


def test_a_day_to_come_is_refused_with_a_sentence(run):
    status, out, err = run("--day", "2022-03-20")
    assert (status, out) == (1, "")
    assert "20/03/2022" in err
