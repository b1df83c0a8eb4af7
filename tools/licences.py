"""Which licences the shipped parts have, and whether they may travel with an Apache-2.0 program."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

from tools.sources import ROOT

# LGPL parts may be shipped since Qt's libraries lie as files of their own and can be exchanged.
SHIPPABLE = re.compile(
    r"\b(MIT|MIT-0|MIT-CMU|BSD|BSD License|BSD-[23]-Clause|Apache-2\.0|Apache Software License|ISC|Zlib|PSF-2\.0"
    r"|MPL-2\.0|LGPL-[23](\.[01])?(-only|-or-later)?)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"(?<![L\w])A?GPL|GNU (Affero )?General Public", re.IGNORECASE)
# Wheels without a licence field, and one that only Windows gets; read from the licence file that lies in the wheel.
READ_BY_HAND = {"pyrage": "MIT", "sqlcipher3": "Zlib", "tzdata": "Apache-2.0"}


def run_time_parts() -> Iterator[str]:
    """Names of what `requirements.lock` installs on this system."""
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        found = re.match(r"[a-z0-9][\w.-]*==[^\\]+", line)
        if found and (part := Requirement(found[0].strip())) and (part.marker is None or part.marker.evaluate()):
            yield part.name


def licence_of(part: str) -> str:
    """What an installed part says of itself: expression, field, or classifiers. Empty when it says nothing."""
    if part in READ_BY_HAND:
        return READ_BY_HAND[part]
    about = metadata.metadata(part)
    classifiers = [text.split("::")[-1].strip() for text in about.get_all("Classifier") or [] if "License ::" in text]
    fields = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or []), ", ".join(classifiers)]
    said = [text.split("\n")[0] for text in fields if text]
    return said[0] if said else ""


def shippable(licence: str) -> bool:
    """True when one of the alternatives may be shipped; a licence nobody knows may not."""
    alternatives = re.split(r"\s+OR\s+", licence)
    return any(SHIPPABLE.search(text) and not COPYLEFT.search(text) for text in alternatives)


def main() -> int:
    """Print the list; 1 when a part may not be shipped."""
    refused = 0
    for part in run_time_parts():
        licence = licence_of(part)
        refused += not shippable(licence)
        print(f"{'ok ' if shippable(licence) else 'NO '} {part:24} {licence or 'unknown'}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
