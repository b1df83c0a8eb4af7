"""The columns of the list of contacts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from covidstation.db.queries.contacts import ContactLine, ContactSort
from covidstation.domain.care import ContactStatus
from covidstation.domain.contacts import ContactState
from covidstation.domain.dates import age_on
from covidstation.domain.episodes import TestResult
from covidstation.i18n import _
from covidstation.ui.contacts.words import says_denied, state_words, tests_words
from covidstation.ui.f0.columns import short_date
from covidstation.ui.parts.records import Cell, Column


def contact_columns(today: Callable[[], date]) -> tuple[Column[ContactLine], ...]:
    """Name first; what waits carries an icon and a word, what is well is grey."""
    return (
        Column("name", _("Họ và tên"), lambda line: Cell(line.full_name, "name"), sort=ContactSort.NAME.value),
        Column("age", _("Tuổi"), lambda line: Cell(_age(line, today())), 48, "right"),
        Column("hamlet", _("Bản"), lambda line: Cell(line.hamlet), 104, sort=ContactSort.HAMLET.value),
        Column("source", _("F1 của"), lambda line: Cell(line.source, ink="muted"), 140, sort=ContactSort.SOURCE.value),
        Column(
            "last_contact",
            _("Tiếp xúc"),
            lambda line: Cell(short_date(line.contact.last_contact_on, today())),
            76,
            sort=ContactSort.LAST_CONTACT.value,
        ),
        Column("day", _("Ngày thứ"), _day, 140),
        Column(
            "until",
            _("Đến hết"),
            lambda line: Cell(short_date(line.contact.quarantine_until, today())),
            76,
            sort=ContactSort.UNTIL.value,
        ),
        Column("tests", _("Xét nghiệm"), _tests, 140),
        Column("papers", _("Giấy tờ"), _papers, 96),
        Column("state", _("Tình trạng"), lambda line: _state(line, today()), 166),
    )


def _age(line: ContactLine, today: date) -> str:
    return f"{age_on(line.birth, today)}" if line.birth else ""


def _day(line: ContactLine) -> Cell:
    """The day after the last contact, of all days; only while it runs."""
    day, total = line.standing.day, line.contact.quarantine_days
    if line.contact.status is not ContactStatus.ACTIVE or day is None or total is None:
        return Cell()
    if day > total:
        return Cell(_("đủ {total} ngày").format(total=total), "hint", "muted")
    return Cell(days=(max(day, 0), total))


def _tests(line: ContactLine) -> Cell:
    words = tests_words(line.contact, line.standing)
    if line.contact.tests and line.contact.tests[-1].result is TestResult.POSITIVE:
        return Cell(words, "hint_strong", "danger", icon="alert")
    return Cell(words, "hint", "text" if line.contact.tests else "muted")


def _papers(line: ContactLine) -> Cell:
    """The release when there is one, else the order; what lacks is said."""
    if line.release:
        return Cell(line.release, chip="plain")
    if line.lacks_order:
        return Cell(_("Chưa có"), "hint_strong", "warn", icon="alert")
    if line.lacks_release:
        return Cell(_("Chờ giấy"), "hint_strong", "warn", icon="clock")
    return Cell(line.order, chip="plain") if line.order else Cell()


def _state(line: ContactLine, today: date) -> Cell:
    words = state_words(line, today)
    if says_denied(line):
        return Cell(words, "hint_strong", "warn", icon="alert")
    state = line.standing.state
    if state is ContactState.POSITIVE:
        return Cell(words, "hint_strong", "danger", icon="alert")
    if state is ContactState.TEST_DUE:
        return Cell(words, "hint_strong", "warn", icon="flask")
    if state is ContactState.MAY_END:
        return Cell(words, "hint_strong", "ok", icon="check")
    return Cell(words, "hint", "muted")
