"""The acts that are closed to whoever works now, by the object name of their button. One window, one user at a time."""

from __future__ import annotations

from collections.abc import Mapping

_closed: dict[str, str] = {}


def close_acts(reasons: Mapping[str, str]) -> None:
    """From now on a `Button` of such a name is grey, with its reason: a whole sentence that says whom to ask."""
    _closed.clear()
    _closed.update(reasons)


def why_closed(name: str) -> str:
    """The reason, empty when the act is open."""
    return _closed.get(name, "")
