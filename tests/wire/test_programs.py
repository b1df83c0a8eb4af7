"""Both programs as they are started by people: `covidstation-hub serve`, `covidstation sync`, a stop, a kill."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from covidstation.db.session import Database
from covidstation.hub.database.store import DATABASE, Hub, Place, open_hub
from tests.services import samples
from tests.wire.ends import PASSPHRASE, folder_of, history, join, last_seq, people, records, unsent

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def secrets(tmp_path: Path) -> tuple[Path, Path]:
    """Passphrases of the hub and of the station, in files."""
    made = tmp_path / "hub.txt", tmp_path / "station.txt"
    for path, text in zip(made, (PASSPHRASE, samples.PASSPHRASE), strict=True):
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, secret: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The district's program, once its port is open."""
    command = [
        sys.executable,
        "-m",
        "covidstation.hub",
        "--data",
        str(folder),
        "--passphrase-file",
        str(secret),
        "serve",
    ]
    command += ["--host", "127.0.0.1", "--port", str(port), "--url", f"https://127.0.0.1:{port}", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert json.loads(program.stdout.readline())["urls"] == [f"https://127.0.0.1:{port}"]
            yield program
        finally:
            if program.poll() is None:
                program.kill()


def sent(db: Database, secret: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "covidstation", "--data", str(folder_of(db)), "--passphrase-file", str(secret)]
    return subprocess.run([*command, "sync", "--json"], capture_output=True, text=True, timeout=60, check=False)


def test_a_day_of_both_programs(station, hub: Hub, secrets: tuple[Path, Path]) -> None:
    folder, port = hub.place.folder, free_port()
    db = station("station")
    hub.db.close()
    with serving(folder, secrets[0], port) as program:  # the address goes into the certificates to come
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) == 0
    again = open_hub(Place(folder / DATABASE, folder), PASSPHRASE)
    join(db, again)
    again.db.close()
    people(db, 3)

    down = sent(db, secrets[1])
    assert (down.returncode, down.stdout) == (1, "")
    assert "Không tới được máy của huyện (127.0.0.1)" in down.stderr

    with serving(folder, secrets[0], port) as program:
        result = json.loads(sent(db, secrets[1]).stdout)
        assert (result["rounds"], result["waiting"], result["upto"]) == (1, 0, last_seq(db))
        people(db, 1, start=50)
        program.send_signal(signal.SIGKILL)
        program.wait(10)
    with serving(folder, secrets[0], port):
        result = json.loads(sent(db, secrets[1]).stdout)
        assert result["waiting"] == 0
    again = open_hub(Place(folder / DATABASE, folder), PASSPHRASE)
    assert (records(again), history(again), unsent(db)) == (4, last_seq(db), 0)
    again.db.close()
