"""A report leaves the register: first it is noted, then printed or written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from covidstation.errors import UserError
from covidstation.services.access.audit import ReportHow, note_report
from covidstation.services.reports.daily import DailyReport
from covidstation.ui.desk import Desk


def noted(
    desk: Desk,
    parent: QObject,
    report: DailyReport,
    how: ReportHow,
    work: Callable[[], object],
    words: str,
    failed: Callable[[UserError], object],
) -> None:
    """Note it, do the slow `work`, say `words`; `failed` hears what was refused."""
    note = partial(note_report, desk.register.db, report.period.day.isoformat(), how, now=desk.now())
    then = partial(desk.tasks.background, parent, work, lambda _done: desk.said.emit(words), failed)
    desk.ask(parent, note, lambda _none: then(), failed)
