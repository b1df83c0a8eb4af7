"""IBM Plex Sans in three static weights, and the type table: a use, not a size, is asked for."""

from __future__ import annotations

from functools import cache
from typing import Final, Literal

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

from covidstation.paths import resources

Role = Literal[
    "person", "title", "danger_name", "section", "large", "body", "strong", "name", "hint", "hint_strong", "chip", "key"
]

_TABLE: Final[dict[Role, tuple[float, int]]] = {
    "person": (18, 600),  # a person's name on the own page, "Rút được", the one big count
    "title": (16.5, 600),  # a page's title, a danger value
    "danger_name": (13.5, 600),
    "section": (12, 600),  # a section's head, a worklist count
    "large": (12, 400),  # fields of the wizard and the unlock card
    "body": (10.5, 400),
    "strong": (10.5, 500),  # the primary button, what to do in a row
    "name": (10.5, 600),
    "hint": (9.75, 400),  # second lines, table heads, the status line
    "hint_strong": (9.75, 500),
    "chip": (9, 500),
    "key": (9, 400),  # shortcuts, chart axes
}
_FILES: Final = {400: "Regular", 500: "Medium", 600: "SemiBold"}


@cache
def _families() -> dict[int, str]:
    """Weight → family name as this platform calls it (some give each static file a family of its own)."""
    names = {}
    for weight, file in _FILES.items():
        path = resources() / "fonts" / f"IBMPlexSans-{file}.ttf"
        number = QFontDatabase.addApplicationFont(str(path))
        found = QFontDatabase.applicationFontFamilies(number)
        names[weight] = found[0] if found else "IBM Plex Sans"
    return names


@cache
def _made(role: Role) -> QFont:
    points, weight = _TABLE[role]
    result = QFont(_families()[weight])
    result.setPointSizeF(points)
    result.setWeight(QFont.Weight(weight))
    return result


def font(role: Role) -> QFont:
    """The font for that use; the files are loaded at the first call (a QGuiApplication must be there)."""
    return QFont(_made(role))


def pixels(role: Role) -> int:
    """The size in logical pixels (14 for body at 96 dpi)."""
    return QFontInfo(_made(role)).pixelSize()
