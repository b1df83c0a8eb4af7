"""Plant a hundred people, use the program, kill it, and look for them on the disk: `python -m tests.privacy.leaks DIR`.

The program runs in children with a home, a temporary folder and a stick of their own below DIR. What a person asked
to have as a file goes to DIR/asked, which is not searched; everything else is, in every writing and inside archives.
Exit status 1 when a name, a phone or a number of anybody stands readable anywhere. Memory and swap are not looked at.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.privacy.people import planted

PLACES = ("home", "tmp", "data", "stick")
CHILD = "tests.privacy.use"
PATIENCE = 120
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_DEEPEST = 3


def environment(folder: Path) -> dict[str, str]:
    """A home and a temporary folder of its own, nothing of the caller's but the way to Python."""
    home = folder / "home"
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "TMPDIR": str(folder / "tmp"),
        "QT_QPA_PLATFORM": "offscreen",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def use(folder: Path) -> list[int]:
    """The program is used, killed in the middle, and used again; how each child ended."""
    for name in (*PLACES, "asked", "home/run"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    ended = []
    for step in ("work", "again"):
        made = subprocess.run(
            [sys.executable, "-m", CHILD, step, str(folder)],
            env=environment(folder),
            cwd=folder / "home",
            timeout=PATIENCE,
            capture_output=True,
            check=False,
        )
        for name, said in (("out", made.stdout), ("err", made.stderr)):
            (folder / "home" / f"{step}.{name}").write_bytes(said)  # what it says aloud is searched too
        ended.append(made.returncode)
    return ended


def folded(text: str) -> str:
    """Lower case, no marks, no spaces or points: one writing for all of a name's and a number's."""
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(sign for sign in plain if sign.isalnum())


def readings(data: bytes) -> Iterator[str]:
    """The bytes as any program might have written letters."""
    yield data.decode("utf-8", "ignore")
    yield data.decode("latin-1")
    for start in (0, 1):
        yield data[start:].decode("utf-16-le", "ignore")
        yield data[start:].decode("utf-16-be", "ignore")


def unpacked(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and what is packed in them."""
    yield data
    if depth == _DEEPEST:
        return
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from unpacked(archive.read(name), depth + 1)
    elif data[:2] == b"\x1f\x8b":
        yield from unpacked(gzip.decompress(data), depth + 1)
    for stream in _STREAM.findall(data) if data[:5] == b"%PDF-" else ():
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            continue


def hits(folder: Path) -> list[str]:
    """`file: what`, for each planted word that stands readable below that folder, in a name or in the bytes."""
    wanted = {folded(word): word for word in planted()}
    found = []
    for path in sorted(folder.rglob("*")):
        pieces = [str(path.relative_to(folder)).encode()]
        if path.is_file() and not path.is_symlink():
            pieces += unpacked(path.read_bytes())
        texts = [folded(text) for piece in pieces for text in readings(piece)]
        found += [f"{path}: {word}" for key, word in wanted.items() if any(key in text for text in texts)]
    return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder.absolute()
    ended = use(folder)
    found = [line for place in PLACES for line in hits(folder / place)]
    asked = len({line.split(": ")[1] for line in hits(folder / "asked")})
    size = sum(path.stat().st_size for place in PLACES for path in (folder / place).rglob("*") if path.is_file())
    words = f"{len(planted())} words planted, {len(found)} found in {size} bytes; {asked} in files that were asked for"
    sys.stdout.write("\n".join([*found, words]) + "\n")
    return 0 if ended == [-9, 0] and not found and asked else 1


if __name__ == "__main__":
    sys.exit(main())
