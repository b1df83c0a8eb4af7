"""Make an update package: `python -m tools.build_update OUT.csu --key PEM --passphrase-file F [--tree FOLDER …]`.

Without `--tree` the program's own Python files are packed, for stations whose parts (requirements.lock) stay the same;
with it a whole built folder, as PyInstaller leaves it. The same tree gives the same bytes: names sorted, one date
(SOURCE_DATE_EPOCH, else that of the last commit), one mode, Ed25519.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from covidstation import __version__
from covidstation.db.schema import CURRENT
from covidstation.update.manifest import File, Manifest, Version, check_paths
from covidstation.update.package import CHUNK, sign
from tools.release_keys import read_line, read_secret
from tools.sources import ROOT

GOOD_FOR = timedelta(days=730)
START = '''"""Starts this version; the launcher's Python has its parts."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from covidstation.cli import entry

entry()
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What the manifest says beside the files."""

    version: str = __version__
    platform: str = "any"
    made: date
    schema: int = CURRENT
    oldest: int = 1
    start: tuple[str, str] = ("start.py", "start.py")


def lay_tree(into: Path, root: Path = ROOT) -> None:
    """The program's own files as they are started from one folder."""
    skipped = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
    shutil.copytree(root / "covidstation", into / "covidstation", ignore=skipped)
    shutil.copytree(root / "resources", into / "covidstation" / "_resources", ignore=skipped)
    (into / "start.py").write_text(START, encoding="utf-8")


def files_of(tree: Path) -> Iterator[File]:
    """Every regular file, by path. Raises ValueError for a link or a name that no station takes."""
    paths = sorted(path for path in tree.rglob("*") if not path.is_dir() or path.is_symlink())
    check_paths(path.relative_to(tree).as_posix() for path in paths)
    for path in paths:
        if path.is_symlink() or not path.is_file():
            raise ValueError(f"not a regular file: {path}")
        yield File(path.relative_to(tree).as_posix(), path.stat().st_size, _hash(path))


def _hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def build_package(tree: Path, out: Path, secret: Ed25519PrivateKey, build: Build) -> Manifest:
    """Write the package of that tree."""
    files = tuple(files_of(tree))
    stamp = (build.made.year, build.made.month, build.made.day, 0, 0, 0)
    with tempfile.TemporaryFile() as archive:
        with zipfile.ZipFile(archive, "w") as box:
            for file in files:
                one = zipfile.ZipInfo(file.path, stamp)
                one.compress_type, one.create_system, one.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
                box.writestr(one, (tree / file.path).read_bytes(), compresslevel=9)
        size = archive.tell()
        archive.seek(0)
        manifest = Manifest(
            version=Version.of(build.version),
            platform=build.platform,
            made=build.made,
            expires=build.made + GOOD_FOR,
            schema=build.schema,
            oldest=build.oldest,
            start=build.start,
            archive_size=size,
            archive_sha256=hashlib.file_digest(archive, "sha256").digest(),
            files=files,
        )
        data = manifest.to_bytes()
        archive.seek(0)
        with out.open("wb") as target:
            target.write(sign(data, secret) + data)
            shutil.copyfileobj(archive, target, CHUNK)
    return manifest


def made_on() -> date:
    """The day of this tree."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    if not said:
        command = ["git", "log", "-1", "--format=%ct"]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30).stdout
    return datetime.fromtimestamp(int(said), UTC).date()


def main() -> int:
    """Build it and print its hash."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--passphrase-file", type=Path, required=True)
    parser.add_argument("--tree", type=Path)
    parser.add_argument("--platform", default="any")
    parser.add_argument("--start", nargs=2, default=("start.py", "start.py"), metavar=("WINDOW", "CONSOLE"))
    given = parser.parse_args()
    secret = read_secret(given.key, read_line(given.passphrase_file))
    build = Build(platform=given.platform, made=made_on(), start=tuple(given.start))
    with tempfile.TemporaryDirectory() as place:
        tree = given.tree or Path(place) / "tree"
        if given.tree is None:
            lay_tree(tree)
        manifest = build_package(tree, given.out, secret, build)
    print(f"{_hash(given.out).hex()}  {given.out.name}  {manifest.version}  {len(manifest.files)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
