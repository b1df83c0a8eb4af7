"""What keeps the project honest: its parts, locks, texts, resources and documents."""

from __future__ import annotations

import csv
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from sqlcipher3 import dbapi2

from tests.looks import looks
from tools.licences import licence_of, run_time_parts, shippable
from tools.sources import CHECKED, ROOT
from tools.texts import LANGUAGES, extract, missing, strayed

RESOURCES = ROOT / "resources"
DOCUMENTS = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "installer").rglob("*.md")})
OF_WINDOWS = {"colorama", "tzdata"}
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"([a-z0-9][a-z0-9._-]*)==([\w.]+)( ; [^\\]+)? \\")


def pins(lock: str) -> dict[str, str]:
    """Part to version of a lock file."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {found[1]: found[2] for line in text.splitlines() if (found := PIN.fullmatch(line))}


def text_files() -> list[Path]:
    """The project's own files that are text."""
    kinds = {".py", ".toml", ".md", ".csv", ".lock", ".sh", ".yaml", ".po", ".pot", ".spec", ".iss", ".txt"}
    made = {"build", "dist"}
    tops = [top for top in ROOT.iterdir() if not top.name.startswith(".") and top.name not in made]
    inside = [path for top in tops if top.is_dir() for path in top.rglob("*") if path.suffix in kinds]
    return [*inside, *(top for top in tops if top.is_file()), ROOT / ".ci" / "run", ROOT / ".pre-commit-config.yaml"]


def test_qt_does_not_lose_references_to_none():
    """PySide6 6.12.0 on Python 3.11 takes one at each void call and aborts in the end (docs/adr/0012)."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _round in range(1000):
        thing.setObjectName("a")
    assert abs(sys.getrefcount(None) - before) < 100


def test_sqlite_is_past_the_wal_reset_bug():
    assert dbapi2.sqlite_version_info >= (3, 51, 3)


def test_every_part_may_be_shipped():
    refused = {part: licence_of(part) for part in run_time_parts() if not shippable(licence_of(part))}
    assert refused == {}


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_licences_are_told_apart(licence: str, may: bool):
    assert shippable(licence) is may


def test_the_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    asked = {
        "requirements.lock": [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["hub"]]
    }
    asked["requirements-dev.lock"] = [*groups["test"], *groups["lint"]]
    for lock, parts in asked.items():
        names = {re.match(r"[\w.-]+", part)[0].lower().replace("_", "-") for part in parts}
        assert names - set(pins(lock)) == set(), lock


def test_the_environment_is_the_locked_one():
    locked = {**pins(LOCKS[1]), **pins(LOCKS[0])}
    here = {part: version for part, version in locked.items() if part not in OF_WINDOWS}
    assert {part: importlib.metadata.version(part) for part in here} == here


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_names_and_hashes_alone(lock: str):
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    plain = re.compile(r" +--hash=sha256:[0-9a-f]{64}( \\)?| +#.*")
    assert [line for line in lines if not plain.fullmatch(line) and not PIN.fullmatch(line)] == []


@pytest.mark.timeout(180)  # whoever comes first looks for all
def test_code_imports_only_what_the_locks_install():
    """A part that was once put in by hand makes tests pass here and fail everywhere else."""
    locked = {**pins(LOCKS[0]), **pins(LOCKS[1])}
    modules = importlib.metadata.packages_distributions()
    known = {name for name, parts in modules.items() if {_plain(part) for part in parts} & set(locked)}
    known |= set(sys.stdlib_module_names) | set(CHECKED) | {"conftest"}
    assert {name for look in looks() for name in look.imports} - known == set()


@pytest.mark.timeout(180)  # whoever comes first looks for all
def test_the_program_imports_no_tool_of_development():
    tools = set(pins(LOCKS[1])) - set(pins(LOCKS[0]))
    modules = importlib.metadata.packages_distributions()
    theirs = {name for name, parts in modules.items() if {_plain(part) for part in parts} <= tools}
    theirs |= {"tools", "tests", "benchmarks"}
    assert {name for look in looks() if look.shipped for name in look.imports} & theirs == set()


def _plain(part: str) -> str:
    return re.sub(r"[-_.]+", "-", part).lower()


@pytest.mark.parametrize("file", sorted(RESOURCES.rglob("*.toml")), ids=lambda file: file.name)
def test_a_resource_is_toml(file: Path):
    assert tomllib.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", sorted(RESOURCES.rglob("*.csv")), ids=lambda file: file.name)
def test_a_code_list_is_a_table_in_nfc(file: Path):
    text = file.read_text(encoding="utf-8")
    rows = list(csv.reader(line for line in text.splitlines() if not line.startswith("#")))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str):
    """`./run i18n` gathers the texts; then fill what is empty in the .po file."""
    assert missing(language, extract()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_placeholders(language: str):
    assert strayed(language) == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_of_the_documents_lead_somewhere(file: Path):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
    inside = [link for link in links if not re.match(r"https?:|mailto:", link)]
    assert [link for link in inside if not (file.parent / link).exists()] == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_files_that_the_documents_name_are_there(file: Path):
    named = re.findall(r"`((?:covidstation|tools|tests|resources|docs|installer)/[\w./-]+)`", file.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_words_of_run_in_the_documents_exist():
    script = (ROOT / "run").read_text(encoding="utf-8")
    words = set(re.findall(r"^    ([a-z0-9]+)\)", script, re.MULTILINE))
    texts = [file.read_text(encoding="utf-8") for file in (*DOCUMENTS, ROOT / "Makefile")]
    used = {word for text in texts for word in re.findall(r"\./run ([a-z0-9]+)", text)}
    assert used - words - program_commands() == set()
    assert words & program_commands() == set(), "a developer's word hides a command of the program"


def test_the_commands_in_the_readme_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^    covidstation ([a-z]+)", text, re.MULTILINE))
    assert named
    assert named - program_commands() == set()


def test_the_hub_has_the_commands_of_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.search(r"the district's side: ([a-z, ]+)", text)
    assert listed
    assert set(listed[1].split(", ")) - program_commands("covidstation.hub") == set()


def help_of(module: str) -> str:
    """What that program says of itself."""
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=50
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def program_commands(module: str = "covidstation") -> set[str]:
    """A program's own commands, as its help lists them."""
    return set(re.findall(r"^    ([a-z]+)(?:  |$)", help_of(module), re.MULTILINE))


def test_no_file_knows_the_machine_it_was_written_on():
    """Absolute paths outside the system's own folders, and registry options, belong to one machine."""
    system = "bin|boot|dev|etc|lib|lib64|media|mnt|opt|proc|run|sbin|sys|tmp|usr|var"
    place = re.compile(rf"(?<![\w.}})\]/*<>%:…–-])/(?!(?:{system})\b)(?:home|root|work|Users)/\w")
    option = re.compile(r"--(?:extra-)?index-url[ =]|--find-links[ =]")
    here = Path(__file__)
    texts = [(file, file.read_text(encoding="utf-8")) for file in text_files() if file != here]
    assert [file.name for file, text in texts if place.search(text) or option.search(text)] == []
