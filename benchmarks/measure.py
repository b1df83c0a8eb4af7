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
    return wall_and_cpu(act, runs)["wall_ms"]


def wall_and_cpu(act: Callable[[], object], runs: int = 5) -> dict[str, float]:
    """Medians of `runs` calls in milliseconds: the clock on the wall, and what all threads of the process worked.

    On a machine that others use too the second one is what the program answers for.
    """
    walls, works = [], []
    for _run in range(runs):
        started, worked = time.perf_counter(), time.process_time()
        act()
        walls.append((time.perf_counter() - started) * 1000)
        works.append((time.process_time() - worked) * 1000)
    return {"wall_ms": round(statistics.median(walls), 2), "cpu_ms": round(statistics.median(works), 2)}


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report(name: str, figures: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    machine = f"{platform.machine()} {platform.system()} Python {platform.python_version()}"
    print(json.dumps({"benchmark": name, "machine": machine, **figures}, ensure_ascii=False, indent=1))
