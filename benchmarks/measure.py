"""Timing with medians, and the machine's name beside the figures."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any


def median_ms(act: Callable[[], object], runs: int = 5) -> float:
    """The median of `runs` calls, in milliseconds."""
    taken = []
    for _run in range(runs):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(taken), 2)


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report(name: str, figures: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    machine = f"{platform.machine()} {platform.system()} Python {platform.python_version()}"
    print(json.dumps({"benchmark": name, "machine": machine, **figures}, ensure_ascii=False, indent=1))
