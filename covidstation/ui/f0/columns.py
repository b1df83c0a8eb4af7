"""The columns of the F0 register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from covidstation.db.queries.episodes import EpisodeLine, EpisodeSort
from covidstation.domain.care import Level
from covidstation.domain.dates import age_on
from covidstation.domain.episodes import CaseOutcome, QuarantineType
from covidstation.i18n import _, date_text
from covidstation.ui.case_words import OUTCOMES, PLACES, RISK_TONES, RISKS
from covidstation.ui.parts.records import Cell, Column


def f0_columns(today: Callable[[], date]) -> tuple[Column[EpisodeLine], ...]:
    """Name first; what is missing carries an icon and a word, what is well is grey."""
    return (
        Column("name", _("Họ và tên"), lambda line: Cell(line.full_name, "name"), sort=EpisodeSort.NAME.value),
        Column("age", _("Tuổi"), lambda line: Cell(_age(line, today())), 52, "right"),
        Column("hamlet", _("Bản"), lambda line: Cell(line.hamlet), 116, sort=EpisodeSort.HAMLET.value),
        Column("risk", _("Nguy cơ"), _risk, 100),
        Column("doses", _("Mũi"), lambda line: Cell("" if line.doses is None else f"{line.doses}"), 54, "right"),
        Column("checked", _("Lần đo cuối"), lambda line: _checked(line, today()), 136),
        Column(
            "reported",
            _("Dương tính"),
            lambda line: Cell(short_date(line.report_date, today())),
            92,
            sort=EpisodeSort.REPORTED.value,
        ),
        Column("day", _("Ngày cách ly"), lambda line: _day(line, today()), 124),
        Column(
            "until",
            _("Đến hết"),
            lambda line: Cell(short_date(line.isolation_until, today())),
            84,
            sort=EpisodeSort.UNTIL.value,
        ),
        Column("order", _("Quyết định"), _order, 118),
        Column("ending", _("Kết thúc"), lambda line: _ending(line, today()), 124),
    )


def short_date(day: date | None, today: date) -> str:
    """`10/03`, with its year when that is another one."""
    if day is None:
        return ""
    return f"{day:%d/%m}" if day.year == today.year else date_text(day)


def _age(line: EpisodeLine, today: date) -> str:
    return f"{age_on(line.birth, today)}" if line.birth else ""


def _day(line: EpisodeLine, today: date) -> Cell:
    """The day of an isolation that runs; the place instead where it is not at home."""
    if line.outcome is not CaseOutcome.NO_OUTCOME:
        return Cell()
    if line.isolation_type is not QuarantineType.HOME:
        return Cell(_(PLACES[line.isolation_type]), "hint", "muted")
    number = line.day_number(today)
    if number is None or line.isolation_days is None:
        return Cell()
    if number < 1:
        return Cell(_("chưa bắt đầu"), "hint", "muted")
    return Cell(days=(number, line.isolation_days))


def _order(line: EpisodeLine) -> Cell:
    if line.order:
        return Cell(line.order, chip="plain")
    return Cell(_("Chưa có"), "hint_strong", "warn", icon="alert") if line.lacks_order else Cell()


def _ending(line: EpisodeLine, today: date) -> Cell:
    """The paper that ended it, what it waits for, or how it ended without one."""
    if line.ending:
        return Cell(line.ending, chip="plain")
    if line.outcome is not CaseOutcome.NO_OUTCOME:
        return Cell(_(OUTCOMES[line.outcome]), "hint", "muted")
    return Cell(_("Chờ kết thúc"), "hint_strong", "warn", icon="clock") if line.waits_for_end(today) else Cell()


def _risk(line: EpisodeLine) -> Cell:
    if line.risk is None:
        return Cell(_("chưa phân"), "hint", "muted") if line.outcome is CaseOutcome.NO_OUTCOME else Cell()
    return Cell(_(RISKS[line.risk]), chip=RISK_TONES[line.risk])


def _checked(line: EpisodeLine, today: date) -> Cell:
    """When somebody last met them, with a mark when it was not well."""
    if line.checked_at is None:
        return Cell(_("chưa đo"), "hint", "muted") if line.outcome is CaseOutcome.NO_OUTCOME else Cell()
    day = line.checked_at.date()
    when = f"{line.checked_at:%H:%M}" if day == today else f"{line.checked_at:%H:%M %d/%m}"
    if line.level is Level.DANGER:
        return Cell(when, "strong", "danger", icon="alert")
    if line.level is Level.WATCH:
        return Cell(when, "strong", "warn", icon="eye")
    return Cell(when)
