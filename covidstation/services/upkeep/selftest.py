"""A new version shows on a copy of the register that it can work here, before it is given the real one."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from covidstation import __version__
from covidstation.catalog import load_catalog
from covidstation.db import keys
from covidstation.db.queries.station import counts
from covidstation.db.schema import CURRENT
from covidstation.domain.canonical import decode
from covidstation.errors import UserError
from covidstation.paths import resources
from covidstation.printing.letters import lost_letters
from covidstation.services.access.opening import open_with_key
from covidstation.services.upkeep.check import check_records

REPORT: Final = "selftest.json"


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How it went. `failed` names the step that did not hold: `open`, `records`, `count`, `letters`; empty: none."""

    version: str
    schema: int
    people: int = 0
    episodes: int = 0
    failed: str = ""


def self_test(folder: Path, key: bytes, windows: Callable[[], object]) -> SelfTest:
    """Open the copy in that folder as at the first start, lift it, look it over, print; the report is kept there too.

    `windows()` loads what a window needs; it raises when a part is missing.
    """
    found = SelfTest(__version__, CURRENT)
    try:
        with closing(open_with_key(folder, key, None).db) as db:
            size = counts(db)
            found = SelfTest(__version__, CURRENT, size.people, size.episodes)
            if not all(finding.good for finding in check_records(db)):
                found = SelfTest(__version__, CURRENT, failed="records")
    except UserError:
        found = SelfTest(__version__, CURRENT, failed="open")
    if not found.failed:
        load_catalog(resources())
        windows()
        if lost_letters():
            found = SelfTest(__version__, CURRENT, failed="letters")
    keys.replace_file(folder / REPORT, json.dumps(asdict(found)).encode())
    return found


def read_report(folder: Path) -> SelfTest | None:
    """What the tested version wrote; None when it wrote nothing that can be read."""
    try:
        value = decode((folder / REPORT).read_bytes())
        return SelfTest(
            str(value["version"]), int(value["schema"]), int(value["people"]), int(value["episodes"]), value["failed"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
