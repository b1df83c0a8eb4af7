"""The five parts of what is told of an epidemic – situation, testing, treatment, vaccination, response – as tables.

One line a day and figure; the figures are those of the daily report, each in one part (docs/csv-five-parts.md).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final


class Part(StrEnum):
    """The five, by the name of their file."""

    SITUATION = "1-tinh-hinh-dich"
    TESTING = "2-xet-nghiem"
    TREATMENT = "3-dieu-tri"
    VACCINATION = "4-tiem-chung"
    RESPONSE = "5-dap-ung"


COLUMNS: Final = (
    *("ma_xa", "tram", "ngay", "tu_luc", "den_luc", "lan_chot", "chi_tieu", "ten", "trong_ky", "luy_ke", "ghi_chu"),
)
_PARTS: Final = (  # the first that begins a figure's name decides
    ("new.test.", Part.TESTING),
    ("tests.", Part.TESTING),
    ("new.doses.", Part.VACCINATION),
    ("under.place.", Part.TREATMENT),
    ("under.risk.", Part.TREATMENT),
    ("out.to.", Part.TREATMENT),
    ("oxygen", Part.TREATMENT),
    ("medicines.", Part.TREATMENT),
    ("checks.", Part.TREATMENT),
    ("alerts.", Part.TREATMENT),
    ("contacts.", Part.RESPONSE),
    ("papers.", Part.RESPONSE),
    ("staff", Part.RESPONSE),
    ("difficulties", Part.RESPONSE),
    ("suggestions", Part.RESPONSE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A figure of one day. `today` in the period, `total` since the start; None where it has none; `note` in words."""

    name: str
    words: str
    today: int | None = None
    total: int | None = None
    note: str = ""

    @property
    def part(self) -> Part:
        """Where it stands; what nobody has put anywhere belongs to the situation."""
        return next((part for begin, part in _PARTS if self.name.startswith(begin)), Part.SITUATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLines:
    """One report: its day and period on the station's wall clock, its version (0: not frozen), its figures."""

    day: date
    from_at: datetime
    cutoff_at: datetime
    version: int
    lines: Sequence[Line]


class Tables:
    """The five files, growing by a day at a time. `safe` makes of a text what no spreadsheet runs."""

    def __init__(self, commune: str, station: str, safe: Callable[[str], str]) -> None:
        self._whose = commune, station
        self._safe = safe
        self._texts = {part: io.StringIO(newline="") for part in Part}
        for part in Part:
            self._write(part, [COLUMNS])

    def add(self, found: DayLines) -> None:
        """That day's figures."""
        when = (
            found.day.isoformat(),
            found.from_at.isoformat(" ", "minutes"),
            found.cutoff_at.isoformat(" ", "minutes"),
            found.version,
        )
        for part in Part:
            rows = [
                (*self._whose, *when, line.name, line.words, line.today, line.total, line.note)
                for line in found.lines
                if line.part is part
            ]
            self._write(part, rows)

    def files(self) -> dict[str, bytes]:
        """Names and bytes: UTF-8 with the mark by which Excel knows it, fields parted by commas, every text quoted."""
        return {f"{part.value}.csv": text.getvalue().encode("utf-8-sig") for part, text in self._texts.items()}

    def _write(self, part: Part, rows: Iterable[Sequence[str | int | None]]) -> None:
        writer = csv.writer(self._texts[part], quoting=csv.QUOTE_NONNUMERIC)
        for row in rows:
            writer.writerow([self._safe(value) if isinstance(value, str) else value for value in row])
