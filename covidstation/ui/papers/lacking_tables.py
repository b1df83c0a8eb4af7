"""The table of Thiếu giấy tờ: who, what, since when, and what stands in the way of printing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from covidstation.domain.missing import MissingLine
from covidstation.domain.problems import Problem
from covidstation.i18n import _, ngettext
from covidstation.messages import sentence
from covidstation.messages.delivery import MISSING
from covidstation.ui.parts.records import Cell, Column

Lacks = Callable[[MissingLine], tuple[Problem, ...] | None]


def missing_columns(today: Callable[[], date], lacks: Lacks) -> Sequence[Column[MissingLine]]:
    """`lacks` gives what a paper lacks, None while nobody has looked yet."""
    return (
        Column("name", _("Họ và tên"), lambda line: Cell(line.full_name, "name"), 220),
        Column("birth", _("Sinh"), lambda line: Cell(line.birth.text() if line.birth else "", ink="muted"), 96),
        Column("hamlet", _("Bản"), lambda line: Cell(line.hamlet), 130),
        Column("kind", _("Thiếu gì"), _kind, 256),
        Column("since", _("Từ ngày"), lambda line: _since(line, today()), 148),
        Column("lacks", _("Để in còn thiếu"), lambda line: _lacking(line, lacks(line))),
    )


def _kind(line: MissingLine) -> Cell:
    icon = "truck" if line.delivers else "document"
    return Cell(_(MISSING[line.kind]), "strong", "warn", icon=icon)


def _since(line: MissingLine, today: date) -> Cell:
    days = (today - line.since).days
    day = f"{line.since:%d/%m}" if line.since.year == today.year else f"{line.since:%d/%m/%Y}"
    return Cell(day, small=ngettext("{n} ngày", "{n} ngày", days).format(n=days) if days > 0 else "")


def _lacking(line: MissingLine, problems: tuple[Problem, ...] | None) -> Cell:
    if line.delivers:
        return Cell(line.number, ink="muted", icon="check")
    if problems is None:
        return Cell(_("đang xem…"), "hint", "muted")
    if not problems:
        return Cell(_("Đủ để in"), ink="muted", icon="check")
    return Cell("; ".join(sentence(problem) for problem in problems), "body", "warn", icon="alert")
