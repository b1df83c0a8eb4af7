"""The disk fails at the N-th call: `python -m tests.faults.sweep ACT [--quick]`.

The act of `tests.faults.sweep_acts` runs in a forked child with strace at its side, which lets the N-th write, sync,
cut, rename, removal or opening of a new file fail with ENOSPC or EIO, once or from then on; every N is tried. The child
behaves as a careful person: refused, it tries again; told that it is not known, it looks first. Afterwards the folder
is opened on a whole disk: what was acknowledged is there once, what was refused is not there, nothing is half there,
and every failure was a sentence of ours. Linux, with strace. Exit status 1 when anything is bad.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from covidstation.db.rows import PersonRow
from covidstation.errors import UserError
from covidstation.messages import sentences
from covidstation.services.access.opening import is_set_up
from tests.faults.checks import CHECKS
from tests.faults.haste import hurry
from tests.faults.sweep_acts import ACTS as OF_THE_PC
from tests.faults.sweep_sync import ACTS as WITH_THE_DISTRICT
from tests.haste import scratch
from tests.services.samples import opened

ACTS = {**OF_THE_PC, **WITH_THE_DISTRICT}
CALLS = ("pwrite64", "write", "fsync", "fdatasync", "ftruncate", "rename", "unlink", "openat")
TRIES = 3
PATIENCE = 20.0
QUICK = {"once": 4, "+": 1}  # so many places of each call in the short form


@dataclass(frozen=True, slots=True)
class Fault:
    """The `when`-th such call fails with that error; `lasting`: so does every one after it."""

    call: str
    error: str
    when: int
    lasting: bool

    def words(self) -> list[str]:
        """For strace."""
        until = "+" if self.lasting else ""
        quiet = ["-o", os.devnull]  # a full pipe would stop strace, and with it the child
        return [
            *quiet,
            "-e",
            f"trace={self.call}",
            "-e",
            f"inject={self.call}:error={self.error}:when={self.when}{until}",
        ]


@dataclass
class Said:
    """What the child told: the acts acknowledged, those given up with their code, and a bug's trace."""

    done: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)
    bug: str = ""
    whole: bool = False


def act_out(name: str, folder: Path, known: Any, voice: socket.socket) -> None:
    """In the child: do the act as a careful person would, saying each time what became of it."""
    act = ACTS[name]
    station = act.begin(folder)
    voice.send(b"ready\n")
    voice.recv(8)
    for number in range(act.times):
        code = ""
        for _try in range(TRIES):
            if code == "station.save_unknown" and act.count and _stands(act.count, station, known, number):
                code = ""
                break
            code = _tried(act, station, folder, known, number, voice)
            if not code:
                break
        voice.send(f"{'done' if not code else 'refused'} {number} {code}\n".encode())
    if station is not None:
        if not act.at_hub:
            _reads(station)
        station.db.close()
    voice.send(b"end\n")


def _tried(act: Any, station: Any, folder: Path, known: Any, number: int, voice: socket.socket) -> str:
    try:
        act.do(station, folder, known, number)
    except UserError as trouble:
        assert all(sentences(trouble))
        voice.send(f"code - {trouble.code}\n".encode())
        return trouble.code
    return ""


def _stands(count: Any, station: Any, known: Any, number: int) -> bool:
    try:
        return bool(count(station, known, number))
    except UserError:
        return False


def _reads(station: Any) -> None:
    """Reading goes on, or says why not."""
    try:
        with station.db.read() as session:
            session.scalar(select(func.count()).select_from(PersonRow))
    except UserError as trouble:
        assert all(sentences(trouble))


def run(name: str, folder: Path, known: Any, words: list[str]) -> Said:
    """The act in a child under strace with these words."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            act_out(name, folder, known, theirs)
        except BaseException:
            theirs.send(("bug - " + traceback.format_exc()[-3000:]).encode())
        finally:
            os._exit(0)
    theirs.close()
    ours.settimeout(PATIENCE)
    try:
        return _attended(child, ours, words)
    finally:
        ours.close()


def _attended(child: int, ours: socket.socket, words: list[str]) -> Said:
    heard = b""
    while b"ready" not in heard and (data := ours.recv(1 << 16)):
        heard += data
    strace = subprocess.Popen(["strace", "-p", str(child), *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert strace.stderr is not None
    attached = strace.stderr.readline()
    try:
        if b"attached" in attached:
            ours.send(b"go")
            while data := ours.recv(1 << 16):
                heard += data
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        strace.communicate()
    if b"attached" not in attached:
        raise SystemExit(f"strace: {attached.decode()}")
    return _understood(heard.decode())


def _understood(heard: str) -> Said:
    said = Said()
    before, is_bug, bug = heard.partition("bug - ")
    said.bug = bug if is_bug else ""
    for line in before.splitlines():
        word, _space, rest = line.partition(" ")
        number, _space, code = rest.partition(" ")
        if word == "done":
            said.done.add(int(number))
        elif word == "refused":
            said.refused[int(number)] = code
        elif word == "code":
            said.codes[code] += 1
        said.whole |= word == "end"
    return said


def looked(name: str, folder: Path, done: int) -> str:
    """What the check of that act finds wrong in the folder."""
    act = ACTS[name]
    return CHECKS[act.look](folder, done * act.acks + 1 if act.acks else int(name != "found"))


def judged(name: str, folder: Path, known: Any, said: Said) -> str:
    """What is wrong after that run; '' for nothing."""
    if said.bug:
        return "no sentence: " + said.bug.strip().splitlines()[-1]
    if not said.whole:
        return "died"
    wrong = looked(name, folder, len(said.done))
    if wrong or ACTS[name].at_hub:
        return wrong
    if not is_set_up(folder):
        return "lost the register" if 0 in said.done else ""
    act, station = ACTS[name], opened(folder)
    try:
        for number in range(act.times) if act.count else ():
            count = act.count(station, known, number)
            if number in said.done and count != 1:
                return "lost" if count == 0 else "doubled"
            if count > (said.refused.get(number) == "station.save_unknown" or number in said.done):
                return "said not saved, but it was"
    finally:
        station.db.engine.dispose()
    return ""


def places(name: str, template: Path, known: Any, scratch: Path) -> dict[str, list[int]]:
    """How often each call is made by the whole act: of openings, those that make a new file."""
    folder, trace = _laid(template, scratch), scratch.with_name("trace")
    said = run(name, folder, known, ["-e", f"trace={','.join(CALLS)}", "-o", str(trace)])
    assert len(said.done) == ACTS[name].times and said.whole, said
    found: dict[str, list[int]] = {call: [] for call in CALLS}
    seen = Counter[str]()
    for line in trace.read_text().splitlines():
        match = re.match(r"(\w+)\(", line)
        if match and match[1] in found:
            seen[match[1]] += 1
            if match[1] != "openat" or "O_CREAT" in line:
                found[match[1]].append(seen[match[1]])
    return found


def faults(found: dict[str, list[int]], calls: tuple[str, ...], quick: bool, dice: random.Random) -> Iterator[Fault]:
    """Every one of them, or a few."""
    for call in calls:
        for lasting in (False, True):
            most = QUICK["+" if lasting else "once"] if quick else len(found[call])
            for when in sorted(dice.sample(found[call], min(most, len(found[call])))):
                for error in [dice.choice(("ENOSPC", "EIO"))] if quick else ("ENOSPC", "EIO"):
                    yield Fault(call, error, when, lasting)


def _laid(template: Path, scratch: Path) -> Path:
    shutil.rmtree(scratch, ignore_errors=True)
    return Path(shutil.copytree(template, scratch))


def sweep(name: str, options: argparse.Namespace, place: Path) -> tuple[Counter[str], Counter[str]]:
    """Each fault once: how the runs were judged, and which sentences were said."""
    template, scratch = place / "template", place / "data"
    template.mkdir(parents=True)
    known = ACTS[name].prepare(template)
    warm = _laid(template, scratch)
    station = ACTS[name].begin(warm)
    for number in range(ACTS[name].times):
        ACTS[name].do(station, warm, known, number)  # what is imported late is imported now
    if station is not None:
        station.db.close()
    ACTS[name].end()
    verdicts, codes = Counter[str](), Counter[str]()
    dice, (part, of) = random.Random(options.seed), options.part
    every = faults(places(name, template, known, scratch), tuple(options.calls), options.quick, dice)
    for fault in islice(every, part - 1, None, of):
        folder = _laid(template, scratch)
        said = run(name, folder, known, fault.words())
        verdict = judged(name, folder, known, said) or "good"
        verdicts[verdict] += 1
        codes.update(said.codes)
        if verdict != "good":
            sys.stderr.write(f"{name} {fault}: {verdict}\n{said.bug}\n")
    return verdicts, codes


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("acts", nargs="+", choices=[*ACTS, "all"])
    parser.add_argument("--calls", nargs="+", choices=CALLS, default=CALLS)
    parser.add_argument("--quick", action="store_true", help="a few places of each call")
    parser.add_argument("--part", type=int, nargs=2, metavar=("N", "OF"), default=(1, 1), help="each OF-th place only")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    hurry()
    bad = 0
    for name in ACTS if "all" in options.acts else options.acts:
        with tempfile.TemporaryDirectory(dir=scratch()) as place:
            verdicts, codes = sweep(name, options, Path(place))
        wrong = sum(count for verdict, count in verdicts.items() if verdict != "good")
        bad += wrong
        told = ", ".join(f"{code} {count}" for code, count in codes.most_common())
        sys.stdout.write(f"{name}: {sum(verdicts.values())} faults, {wrong} bad; said: {told}\n")
        sys.stdout.flush()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
