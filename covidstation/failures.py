"""What is left of a bug for whoever mends it: its kind and places in our code, versions, the last pages. No value of
any field, no message of an error: both may hold what a nurse typed."""

from __future__ import annotations

import platform
import sys
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from covidstation import __version__, log

KEPT: Final = 5
QUIET: Final = timedelta(minutes=10)
_PATTERN: Final = "loi-*.txt"

_trail: deque[str] = deque(maxlen=20)


def passed(page: str) -> None:
    """A page is shown now; its English name, never its title."""
    _trail.append(page)


def report_text(trouble: BaseException, now: datetime, versions: tuple[str, ...] = ()) -> str:
    """The whole report."""
    lines = [
        f"CovidStation {__version__}  {now:%Y-%m-%d %H:%M}",
        " · ".join((f"Python {platform.python_version()}", platform.platform(), *versions)),
        "",
        *log.describe(trouble),
        "",
        "pages: " + " > ".join(_trail),
    ]
    return "\n".join(lines) + "\n"


def keep_report(folder: Path, text: str, now: datetime) -> Path | None:
    """Write it beside the log, the newest five stay; None when it cannot be written."""
    path = folder / f"loi-{now:%Y%m%d-%H%M%S}.txt"
    try:
        path.write_text(text, encoding="utf-8")
        for old in sorted(folder.glob(_PATTERN))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return path


class Calm:
    """Decides whether a person must hear of it: one bug is told once in ten minutes, a storm once."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._told: dict[str, datetime] = {}
        self._last: datetime | None = None

    def worth_telling(self, trouble: BaseException) -> bool:
        """And remember that it is told now."""
        now, place = self._now(), _place_of(trouble)
        fresh = self._told.get(place)
        if fresh is not None and timedelta(0) <= now - fresh < QUIET:
            return False
        if self._last is not None and timedelta(0) <= now - self._last < timedelta(seconds=30):
            return False
        self._told[place] = self._last = now
        return True


def _place_of(trouble: BaseException) -> str:
    return " ".join(log.describe(trouble)[:1] + log.describe(trouble)[-1:])


def in_a_thread_too(told: Callable[[BaseException], object]) -> None:
    """Whatever nobody caught goes to the log, then `told(trouble)`, in the thread where it happened."""
    log.catch_the_rest(told)
    sys.unraisablehook = lambda caught: _unraisable(caught.exc_value, told)


def _unraisable(trouble: BaseException | None, told: Callable[[BaseException], object]) -> None:
    """An error in a finaliser."""
    if trouble is not None:
        log.log.error("unraisable", exc_info=trouble)
        told(trouble)
