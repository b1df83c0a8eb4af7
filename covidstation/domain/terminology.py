"""Which code of a published system says the same as a word of the register (resources/codes/standard_codes.csv).

A term is a kind and a code of ours, `symptom.fever`. What is not sure is kept in the list and never goes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from covidstation.domain.codes import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardCode:
    """One code of one system (a URI), with the day on which its source was looked at."""

    term: str
    system: str
    code: str
    display: str
    looked_at: date
    source: str
    confirmed: bool


class Terminology:
    """The codes by term."""

    def __init__(self, codes: Mapping[str, tuple[StandardCode, ...]]) -> None:
        self.codes: Final = codes

    def of(self, term: str) -> tuple[StandardCode, ...]:
        """Those that are confirmed; none for a term that nobody has coded, which then goes as text alone."""
        return tuple(code for code in self.codes.get(term, ()) if code.confirmed)


def parse_terminology(text: str) -> Terminology:
    """Read standard_codes.csv. Raises ValueError for a doubled code or a bad flag, KeyError for a missing column."""
    found: defaultdict[str, list[StandardCode]] = defaultdict(list)
    for row in read_rows(text):
        if row["confirmed"] not in ("true", "false"):
            raise ValueError(f"neither true nor false: {row['confirmed']}")
        code = StandardCode(
            term=row["term"],
            system=row["system"],
            code=row["code"],
            display=row["display"],
            looked_at=date.fromisoformat(row["looked_at"]),
            source=row["source"],
            confirmed=row["confirmed"] == "true",
        )
        if any((one.system, one.code) == (code.system, code.code) for one in found[code.term]):
            raise ValueError(f"code twice: {code.term} {code.code}")
        found[code.term].append(code)
    return Terminology({term: tuple(codes) for term, codes in found.items()})
