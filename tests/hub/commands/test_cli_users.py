"""`covidstation-hub user`: the first administrator, and help for one who is locked out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from covidstation.hub.cli import main
from covidstation.hub.staff import users
from tests.hub.conftest import PASSPHRASE
from tests.hub.fake_stations import NOW


@pytest.fixture
def run(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    secret.chmod(0o600)

    def command(*words: str, status: int = 0) -> dict:
        given = ["--data", str(folder), "--passphrase-file", str(secret), "user", *words, "--json"]
        assert main(given) == status
        said = capsys.readouterr()
        return json.loads(said.out) if status == 0 else {"said": said.err}

    return command


def test_the_first_administrator_signs_in_with_what_was_shown(run, hub):
    made = run("add", "lo.thi.hoa", "--name", "Lò Thị Hoa")
    assert users.sign_in(hub, "lo.thi.hoa", made["one_time"], "::1", now=NOW)
    listed = run("list")["users"]
    assert [(one["login"], one["role"], one["must_change"]) for one in listed] == [("lo.thi.hoa", "admin", True)]


def test_a_passphrase_of_ones_own_from_a_file(run, hub, tmp_path):
    own = tmp_path / "own"
    own.write_text("cầu treo bản Pa Khoá\n", encoding="utf-8")
    assert run("add", "mai", "--name", "Mai", "--role", "data", "--own", str(own))["one_time"] == ""
    assert users.sign_in(hub, "mai", "cầu treo bản Pa Khoá", "::1", now=NOW)


def test_disable_enable_reset_and_role(run):
    run("add", "hoa", "--name", "Hoa")
    run("add", "mai", "--name", "Mai")
    assert run("role", "mai", "epidemiology")["role"] == "epidemiology"
    assert run("disable", "mai")["disabled"]
    assert run("enable", "mai")["one_time"] != run("reset", "mai")["one_time"]
    assert "quản trị duy nhất" in run("disable", "hoa", status=1)["said"]
    assert "Không còn thấy" in run("reset", "ai-do", status=1)["said"]
    assert run("audit") == {"entries": 6, "fault": None}


@pytest.mark.parametrize("login", ["Lò Thị", "a", "x" * 41, "../etc"])
def test_a_name_that_cannot_be_typed_is_refused(run, login):
    assert run("add", login, "--name", "Hoa", status=1)["said"]
