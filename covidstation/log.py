"""The program's own log: what failed and where in the code, never a word about a person.

A trace line holds the kind of the error and the places in the code; the error's message is left out, since a
message may carry what stood in a field. Times are UTC: a supporter lays logs of several stations side by side.
Five files of half a megabyte, the oldest goes.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

from covidstation import __version__

FOLDER: Final = "logs"
FILE: Final = "covidstation.log"
LARGEST: Final = 512_000
KEPT: Final = 4  # beside the one that is written

log = logging.getLogger("covidstation")


class PlainFormatter(logging.Formatter):
    """Time in UTC, level, module, words; errors without their messages."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """The kinds of the error and its causes with their places in the code."""
        return "\n".join(describe(ei[1])) if ei[1] is not None else ""


def describe(trouble: BaseException) -> list[str]:
    """One line a place, the newest error first, then what caused it."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = trouble
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        for place in traceback.extract_tb(current.__traceback__)[-20:]:
            lines.append(f"  {Path(place.filename).name}:{place.lineno} {place.name}")
        current = current.__cause__ or current.__context__
    return lines


def start_log(folder: Path) -> Path | None:
    """Write the log below that folder from now on; None when it cannot be written."""
    from logging.handlers import RotatingFileHandler  # noqa: PLC0415  (brings sockets along: 17 ms before the paint)

    path = folder / FOLDER / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(PlainFormatter())
    handler.addFilter(logging.Filter("covidstation"))  # a library's lines may carry values
    for old in log.handlers[:]:
        log.removeHandler(old)
        old.close()
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    log.info("started: %s on Python %s, %s", __version__, sys.version.split()[0], sys.platform)
    return path


def stop_log() -> None:
    """Say that the program ended by itself, and let go of the file."""
    log.info("ended")
    for handler in log.handlers[:]:
        log.removeHandler(handler)
        handler.close()


def watch_crashes(log_file: Path) -> None:
    """A crash below Python leaves the places in the code beside the log; for the life of the process."""
    try:
        crash = log_file.with_name("crash.txt").open("w", encoding="ascii")
    except OSError:
        return
    faulthandler.enable(crash)


def catch_the_rest(told: Callable[[BaseException], object]) -> None:
    """Whatever nobody caught goes to the log, then `told(trouble)` is called (in the thread where it happened)."""

    def hook(kind: type[BaseException], trouble: BaseException, _trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, trouble, _trace)
            return
        log.error("uncaught", exc_info=trouble)
        told(trouble)

    def thread_hook(caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None and not issubclass(caught.exc_type, SystemExit):
            hook(caught.exc_type, caught.exc_value, caught.exc_traceback)

    sys.excepthook = hook
    threading.excepthook = thread_hook
