"""The fixtures of the register, and the command line run on it."""

import json

import pytest

from covidstation.cli import commands as commands_module
from covidstation.cli import main
from tests.services.fixtures import *  # noqa: F403
from tests.services.samples import NOW, PASSPHRASE


@pytest.fixture(autouse=True)
def one_day(monkeypatch):
    """The command line on the day of the samples."""
    monkeypatch.setattr(commands_module, "_now", lambda: NOW)


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "pass.txt"
    file.write_text(PASSPHRASE + "\nsecond line\n", encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def run(folder, secret, capsys):
    """Run a command on the founded register; (status, standard output, standard error)."""

    def command(*words, data=folder, user=None):
        who = ["--user", user] if user else []
        status = main(["--data", str(data), "--passphrase-file", str(secret), *who, *map(str, words)])
        out, err = capsys.readouterr()
        return status, out, err

    return command


@pytest.fixture
def ask(run):
    """Run a command with `--json`; (status, the object)."""

    def command(*words, **more):
        status, out, err = run(*words, "--json", **more)
        assert out.count("\n") == 1, err
        return status, json.loads(out)

    return command
