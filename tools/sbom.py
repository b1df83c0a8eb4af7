"""What is shipped, as a CycloneDX 1.5 bill of materials, and whether any of it has a known hole: `./run bill`.

Written to dist/covidstation-VERSION.cdx.json, the same bytes for the same locks. Exit status 1 when a shipped version
stands in tools/advisories.toml, the dated snapshot that travels with the tree: the build asks no network.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from covidstation import __version__
from tools.licences import licence_of
from tools.sources import ROOT

LOCK = ROOT / "requirements.lock"
ADVISORIES = ROOT / "tools" / "advisories.toml"
FONTS = (("IBM Plex Sans", "OFL-1.1"), ("Liberation Serif", "OFL-1.1"))
_PIN = re.compile(r"([a-z0-9][\w.-]*)==([\w.]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Part:
    """One shipped part: its pinned version and the hashes of the wheels that may be installed."""

    name: str
    version: str
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hole:
    """One advisory: versions from `since` up to, not with, `fixed` are affected; an empty `fixed` means all."""

    name: str
    id: str
    since: str
    fixed: str
    why: str


def shipped(lock: Path = LOCK) -> list[Part]:
    """The parts of the lock by name; parts for other systems too, since their builds ship them."""
    found: list[Part] = []
    for block in re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8")):
        pin = _PIN.match(block)
        if pin:
            found.append(Part(pin[1], pin[2], tuple(sorted(_HASH.findall(block)))))
    return sorted(found, key=lambda part: part.name)


def bill(parts: list[Part]) -> dict[str, Any]:
    """The bill as CycloneDX wants it; its serial number comes from what is in it, so that it is the same each time."""
    components = [_component(part) for part in parts]
    components += [{"type": "file", "name": name, "licenses": [{"license": {"id": id_}}]} for name, id_ in FONTS]
    content = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "covidstation",
                "version": __version__,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
    }


def _component(part: Part) -> dict[str, Any]:
    purl = f"pkg:pypi/{part.name}@{part.version}"
    said = licence_of(part.name)
    licence = {"expression": said} if " OR " in said or " AND " in said else {"license": {"name": said}}
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": part.name,
        "version": part.version,
        "purl": purl,
        "properties": [{"name": "covidstation:wheel:sha256", "value": value} for value in part.hashes],
    }
    if said:
        component["licenses"] = [licence]
    return component


def holes(file: Path = ADVISORIES) -> tuple[date, list[Hole]]:
    """The snapshot's day, and the advisories in it."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return data["checked"], [Hole(**one) for one in data.get("advisory", [])]


def affected(parts: list[Part], known: list[Hole]) -> Iterator[tuple[Part, Hole]]:
    """Shipped versions that an advisory names."""
    for part in parts:
        for hole in known:
            if _plain(hole.name) == _plain(part.name) and _within(part.version, hole):
                yield part, hole


def _within(version: str, hole: Hole) -> bool:
    mine = _order(version)
    return mine >= _order(hole.since) and (not hole.fixed or mine < _order(hole.fixed))


def _order(version: str) -> tuple[int, ...]:
    """Numbers of a released version, without the noughts at its end."""
    numbers = [int(number) for number in _NUMBERS.findall(version)]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Write the bill, say what has a hole."""
    parts = shipped()
    out = ROOT / "dist" / f"covidstation-{__version__}.cdx.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(bill(parts), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    checked, known = holes()
    found = list(affected(parts, known))
    for part, hole in found:
        print(f"{part.name} {part.version}: {hole.id}, mended in {hole.fixed or 'no version'}: {hole.why}")
    print(f"{out.relative_to(ROOT)}: {len(parts)} parts; {len(known)} advisories of {checked}, {len(found)} apply")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
