"""The two programs as district staff run them, each with its data folder and passphrase."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from covidstation.db import keys
from tests.services.samples import CHEAP
from tools.sources import ROOT

PASSPHRASE = "nước chảy đá mòn"
TIMEOUT = 60
LOOKS = ("status", "check", "scan")


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    status: int
    out: str
    err: str


class Program:
    """One program with its data folder, within this process or, many times slower, as a child for all that it does."""

    def __init__(self, module: str, data: Path, *, child: bool) -> None:
        self.module, self.data, self.child = module, data, child
        self.secret = data.with_name(data.name + "-pass.txt")
        self.secret.write_text(PASSPHRASE + "\n", encoding="utf-8")
        self.secret.chmod(0o600)

    def run(self, *words: object) -> Ended:
        """One command."""
        given = ["--data", str(self.data), "--passphrase-file", str(self.secret), *map(str, words)]
        return self._as_child(given) if self.child and words[0] not in LOOKS else self._within(given)

    def _as_child(self, words: list[str]) -> Ended:
        command = [sys.executable, "-W", "error", "-m", self.module, *words]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=TIMEOUT
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def _within(self, words: list[str]) -> Ended:
        main = import_module(f"{self.module}.cli").main
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main(words)
        return Ended(status, out.getvalue(), err.getvalue())

    def ask(self, *words: object, status: int | None = 0) -> dict[str, Any]:
        """What a command says with `--json`, after it ended with that status; None: with any."""
        done = self.run(*words, "--json")
        assert status is None or done.status == status, (words, done.out, done.err)
        assert "Traceback" not in done.err
        found: dict[str, Any] = json.loads(done.out)
        return found

    def init(self, *words: object) -> dict[str, Any]:
        """Found it; then its passphrase is made cheap, for the sake of the many commands that follow."""
        made = self.ask("init", *words)
        unlocked = keys.open_with(self.data, PASSPHRASE)
        keys.put_wrap(self.data, keys._boxed(unlocked.wrap, unlocked.identity, PASSPHRASE, CHEAP))
        return made


def station(data: Path, *, child: bool = False) -> Program:
    """The station's program."""
    return Program("covidstation", data, child=child)


def hub(data: Path, *, child: bool = False) -> Program:
    """The district's program."""
    return Program("covidstation.hub", data, child=child)
