"""The two tables of Văn bản: the book's lines, and those whose paper is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from covidstation.db.queries.episodes import EpisodeLine
from covidstation.db.queries.people import PaperLine
from covidstation.domain.papers import number_symbol, number_text
from covidstation.i18n import _, date_text
from covidstation.messages.papers import KINDS
from covidstation.ui.parts.records import Cell, Column

R = TypeVar("R")


def book_columns() -> Sequence[Column[PaperLine]]:
    """Number, day, kind, people, state."""
    return (
        Column("number", _("Số, ký hiệu"), _number, 150),
        Column("day", _("Ngày"), lambda line: Cell(date_text(line.issued_on), ink="muted"), 110),
        Column("kind", _("Tên văn bản"), lambda line: Cell(_(KINDS[line.kind])), 260),
        Column("people", _("Người"), lambda line: Cell(line.subjects, "name")),
        Column("state", _("Trạng thái"), _state, 320),
    )


def as_table(columns: Sequence[Column[R]], records: Sequence[R]) -> str:
    """Tab-separated lines with their heads, as a spreadsheet takes them."""
    rows = [[column.title for column in columns]]
    rows += [[" ".join(column.cell(record).spoken().split()) for column in columns] for record in records]
    return "\n".join("\t".join(row) for row in rows)


def _number(line: PaperLine) -> Cell:
    void = line.voided_at is not None
    words = number_symbol(number_text(line.number), line.symbol)
    return Cell(words, ink="muted") if void else Cell(words, "name")


def _state(line: PaperLine) -> Cell:
    if line.voided_at is None:
        return Cell(_("Đã cấp"), icon="check", ink="muted")
    words = _("Huỷ {day}: {reason}").format(day=line.voided_at.strftime("%d/%m"), reason=line.void_reason)
    return Cell(words, "strong", "warn", icon="void")


def waiting_columns(reason: Callable[[EpisodeLine], Cell]) -> Sequence[Column[EpisodeLine]]:
    """Who waits for a paper, and why."""
    return (
        Column("name", _("Họ và tên"), lambda line: Cell(line.full_name, "name"), 260),
        Column("birth", _("Sinh"), lambda line: Cell(line.birth.text() if line.birth else "", ink="muted"), 110),
        Column("hamlet", _("Bản"), lambda line: Cell(line.hamlet), 160),
        Column("found", _("Phát hiện"), lambda line: Cell(date_text(line.report_date), ink="muted"), 110),
        Column("until", _("Cách ly đến"), lambda line: Cell(date_text(line.isolation_until), ink="muted"), 120),
        Column("why", _("Vì sao ở đây"), reason),
    )


def order_reason(_line: EpisodeLine) -> Cell:
    """Why someone without an order is listed."""
    return Cell(_("Chưa có quyết định cách ly"), "strong", "warn", icon="alert")


def ending_reason(line: EpisodeLine, *, ready: bool, today: date) -> Cell:
    """Why someone whose days are over is listed."""
    if ready:
        days = (today - line.isolation_until).days if line.isolation_until else 0
        return Cell(_("Đủ điều kiện kết thúc, hết hạn {n} ngày").format(n=days), "strong", icon="check")
    return Cell(_("Hết ngày nhưng chưa đủ điều kiện, cần xét nghiệm"), "strong", "warn", icon="clock")
