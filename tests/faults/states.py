"""Every state in which a kill or a power cut could leave an act's files: `python -m tests.faults.states ACT`.

The act of `tests.faults.acts` runs once under strace. Its writes are replayed one call at a time into two pictures of
the folder: what the program sees, which is what a kill leaves, and what was synced, which is what a power cut surely
leaves. After each call the check of the same name judges the first picture, and some drawn between the two: writes not
synced are dropped, kept in part, reordered, or torn at 512 bytes, and names not yet durable may be old ones. Linux,
with strace; -shm files are left out, since SQLite builds them anew. Exit status 1 when a state is bad.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.acts import ACTS
from tests.faults.checks import CHECKS
from tests.faults.haste import hurry
from tests.haste import scratch

CALLS = "openat,close,lseek,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat"
LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
FILE = re.compile(r"^(\d+)<((?:\\x[0-9a-f]{2})*)>")
SECTOR = 512


@dataclass
class File:
    """One file's bytes: synced, seen, and the writes between as (offset, bytes), or (length, None) for a cut."""

    synced: bytes = b""
    seen: bytes = b""
    waiting: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, data: bytes | None) -> None:
        """Change what is seen."""
        self.seen = changed(self.seen, offset, data)
        self.waiting.append((offset, data))

    def sync(self) -> None:
        """All that is seen is safe."""
        self.synced, self.waiting = self.seen, []

    def after_power_cut(self, dice: random.Random) -> bytes:
        """What was synced, and whatever of the rest the disk had taken."""
        found = bytearray(self.synced)
        how = dice.choice(("nothing", "the first", "some", "torn"))
        writes = {"nothing": [], "the first": self.waiting[: dice.randint(0, len(self.waiting))]}.get(how, self.waiting)
        for offset, data in writes:
            if how == "some" and dice.random() < 0.5:
                continue
            if how != "torn" or data is None:
                change(found, offset, data)
                continue
            for at in range(0, len(data), SECTOR):
                if dice.random() < 0.5:
                    change(found, offset + at, data[at : at + SECTOR])
        return bytes(found)


def change(content: bytearray, offset: int, data: bytes | None) -> None:
    """Put data at that offset, or cut or fill up to that length."""
    content.extend(bytes(max(0, offset - len(content))))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


def changed(content: bytes, offset: int, data: bytes | None) -> bytes:
    """The same of bytes that stay."""
    found = bytearray(content)
    change(found, offset, data)
    return bytes(found)


class Folder:
    """The watched folder while the calls are replayed. A file's fsync makes names durable, as on ext4."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.names: dict[str, File] = {}
        self.durable: dict[str, File] = {}
        self.between: list[dict[str, File]] = []
        self.places: dict[str, int] = {}
        self.acknowledged = 0

    def replay(self, line: str) -> bool:
        """Do one recorded call; whether it changed anything here."""
        match = LINE.match(line)
        if not match or int(match[3]) < 0:
            return False
        call, arguments, result = match[1], match[2], int(match[3])
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in TEXT.findall(arguments)]
        opened = FILE.match(arguments)
        if call == "write" and opened and opened[1] == "1":
            said = re.findall(rb"ACK (\d+)", texts[0])
            self.acknowledged = int(said[-1]) if said else self.acknowledged
            return False
        if call == "openat":
            return self._open(texts[0].decode(), arguments, result)
        if call.startswith(("rename", "unlink")):
            return self._rename([text.decode() for text in texts])
        path = bytes.fromhex(opened[2].replace("\\x", "")).decode() if opened else ""
        return self._on_file(call, path, opened[1] if opened else "", arguments, texts, result)

    def _open(self, path: str, arguments: str, number: int) -> bool:
        if not path.startswith(self.root + "/") or path.endswith("-shm"):
            return False
        if path not in self.names and "O_CREAT" in arguments:
            self._named({**self.names, path: File()})
        file = self.names.get(path)
        if file is not None and "O_TRUNC" in arguments and file.seen:
            file.write(0, None)
        self.places[str(number)] = len(file.seen) if file is not None and "O_APPEND" in arguments else 0
        return True

    def _rename(self, paths: list[str]) -> bool:
        names = dict(self.names)
        moved = names.pop(paths[0], None)
        if moved is None:
            return len(paths) > 1 and self._rename_folder(*paths[:2])
        if len(paths) > 1:
            names[paths[1]] = moved
        self._named(names)
        return True

    def _rename_folder(self, old: str, new: str) -> bool:
        """All the names below it go with it."""
        below = [name for name in self.names if name.startswith(old + "/")]
        if below:
            self._named({new + name[len(old) :] if name in below else name: one for name, one in self.names.items()})
        return bool(below)

    def _named(self, names: dict[str, File]) -> None:
        self.names = names
        self.between.append(names)

    def _on_file(self, call: str, path: str, number: str, arguments: str, texts: list[bytes], result: int) -> bool:
        file = self.names.get(path)
        synced = call in ("fsync", "fdatasync") and (file is not None or path.startswith(self.root))
        if synced:
            self.durable, self.between = self.names, []
        if file is None:
            return synced
        if synced:
            file.sync()
        elif call == "lseek":
            self.places[number] = result
            return False
        elif call == "write":
            file.write(self.places.get(number, 0), texts[0][:result])
            self.places[number] = self.places.get(number, 0) + result
        elif call == "pwrite64":
            file.write(int(arguments.rsplit(", ", 1)[1]), texts[0][:result])
        elif call == "ftruncate":
            file.write(int(arguments.rsplit(", ", 1)[1]), None)
        return call != "close"

    def states(self, dice: random.Random, cuts: int) -> Iterator[tuple[str, dict[str, bytes]]]:
        """What a kill leaves now, and some of what a power cut may leave."""
        yield "killed", {name: file.seen for name, file in self.names.items()}
        for _cut in range(cuts):
            names = dice.choice([self.durable, *self.between])
            yield "power cut", {name: file.after_power_cut(dice) for name, file in names.items()}


def record(act: str, root: Path, more: list[str]) -> list[str]:
    """The calls of the act, each on one line."""
    with tempfile.TemporaryDirectory() as beside:
        trace = Path(beside, "trace")
        strace = ["strace", "-f", "-y", "-xx", "-s", "100000000", "-e", f"trace={CALLS}", "-o", str(trace)]
        command = [sys.executable, "-m", "tests.faults.acts", act, str(root), *more]
        subprocess.run([*strace, *command], check=True, stdout=subprocess.DEVNULL)
        return list(joined(trace.read_text(encoding="ascii", errors="replace").splitlines()))


def joined(lines: list[str]) -> Iterator[str]:
    """Put a call that another thread interrupted back on one line."""
    waiting: dict[str, str] = {}
    for line in lines:
        thread = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            waiting[thread] = line.removesuffix("<unfinished ...>")
        elif "resumed>" in line and thread in waiting:
            yield waiting.pop(thread) + line.split("resumed>", 1)[1]
        else:
            yield line


def judge(act: str, state: dict[str, bytes], root: str, scratch: Path, acknowledged: int) -> str:
    """Lay the state out and let the check look at it."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    for name, content in state.items():
        path = scratch / Path(name).relative_to(root)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return CHECKS[act](scratch, acknowledged) or "good"


def fingerprint(state: dict[str, bytes], acknowledged: int) -> bytes:
    """Equal for equal states."""
    digest = hashlib.sha256(str(acknowledged).encode())
    for name in sorted(state):
        digest.update(f"{name}\0{len(state[name])}\0".encode() + state[name])
    return digest.digest()


def main() -> int:
    """The command line; what is not known here goes to the act (`--times N`, `--no-sync`)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("act", choices=list(ACTS))
    parser.add_argument("--cuts", type=int, default=6, help="power cuts drawn after each call (6)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the states, drawn at random, that are judged (1)")
    options, more = parser.parse_known_args()
    hurry()
    dice, seen = random.Random(options.seed), set[bytes]()
    verdicts: dict[str, Counter[str]] = {"killed": Counter(), "power cut": Counter()}
    with tempfile.TemporaryDirectory(dir=scratch()) as place:
        root, stage = Path(place, "data"), Path(place, "state")
        root.mkdir()
        folder = Folder(str(root))
        for line in record(options.act, root, more):
            if not folder.replay(line):
                continue
            for kind, state in folder.states(dice, options.cuts):
                mark = fingerprint(state, folder.acknowledged)
                if mark not in seen and (options.share >= 1 or dice.random() < options.share):
                    seen.add(mark)
                    verdicts[kind][judge(options.act, state, str(root), stage, folder.acknowledged)] += 1
    for kind, counts in verdicts.items():
        found = ", ".join(f"{verdict} {count}" for verdict, count in counts.most_common(8))
        sys.stdout.write(f"{options.act}, {kind}: {sum(counts.values())} states: {found}\n")
    return int(any(set(counts) - {"good"} for counts in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main())
