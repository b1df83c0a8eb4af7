"""A busy morning in the window: `python -m benchmarks.screens [PEOPLE]` (100,000 unless told).

From the click to the page painted with what it asked for, the work of the database thread included. The pages are there
already, as after the first minute; each is opened five times, without a screen.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from benchmarks._busy import NOW, busy_station
from benchmarks.measure import report, wall_and_cpu
from covidstation.catalog import Catalog
from covidstation.db.queries.episodes import EpisodeFilter, list_episodes
from covidstation.services.access.opening import Register
from covidstation.services.status import preferences_of
from covidstation.ui.desk import Desk
from covidstation.ui.look.theme import Theme
from covidstation.ui.main import MainWindow
from covidstation.ui.tasks import Tasks

PAGES = ("today", "f0_list", "rounds", "contacts", "missing", "reports", "book", "sync")
TABS = ("overview", "illness", "family", "papers", "history")
PATIENCE = timedelta(seconds=30).total_seconds()


class Counted(Tasks):
    """Knows how many questions are still unanswered."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    def _submit(self, pool: Any, parent: Any, op: Callable[[], Any], ok: Any, fail: Any) -> None:
        self.waiting += 1

        def answered(act: Any) -> Callable[[Any], object]:
            def call(result: Any) -> None:
                self.waiting -= 1
                act(result)

            return call

        super()._submit(pool, parent, op, answered(ok), answered(fail or (lambda _trouble: None)))


def settle(tasks: Counted) -> None:
    """Until every question is answered and everything is painted."""
    app, until = QApplication.instance(), time.monotonic() + PATIENCE
    assert app is not None
    quiet = 0
    while quiet < 3 and time.monotonic() < until:
        app.processEvents()
        quiet = quiet + 1 if not tasks.waiting else 0
        if tasks.waiting:
            time.sleep(0.0005)


def measured(register: Register, catalog: Catalog) -> dict[str, dict[str, float]]:
    """Each page and each tab of a person, in milliseconds."""
    app = QApplication.instance() or QApplication([])
    theme, tasks = Theme(app), Counted()  # type: ignore[arg-type]  # it is the application
    desk = Desk(register, catalog, tasks, now=lambda: NOW)
    window = MainWindow(desk, theme, preferences_of(register, catalog, NOW.date()), lambda _kept: None)
    window.resize(1366, 768)
    window.show()
    window.begin()
    window.page("missing")._look_further = lambda _turn: None  # type: ignore[attr-defined]  # fills in afterwards
    for name in PAGES:
        window.go(name, force=True)
        settle(tasks)
    line = list_episodes(register.db, EpisodeFilter(), today=NOW.date()).lines(150, 1)[0]
    found = {}

    def go(name: str) -> Callable[[], None]:
        def act() -> None:
            window.go(name, force=True)
            settle(tasks)

        return act

    def person(tab: str) -> Callable[[], None]:
        def act() -> None:
            window.page("person").show_person(line.person_id, tab)  # type: ignore[attr-defined]
            window.go("person", force=True)
            settle(tasks)

        return act

    for name in PAGES:
        found[name] = wall_and_cpu(go(name))
    for tab in TABS:
        found[f"person, {tab}"] = wall_and_cpu(person(tab))
    tasks.close()
    return found


def main() -> None:
    """Measure and print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with busy_station(people) as (register, catalog):
        figures = measured(register, catalog)
    report("screens", {"people": people} | figures)


if __name__ == "__main__":
    main()
