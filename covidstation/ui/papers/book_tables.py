"""The table of Văn bản: the book's lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from covidstation.db.queries.people import PaperLine
from covidstation.domain.papers import number_symbol, number_text
from covidstation.i18n import _, date_text
from covidstation.messages.papers import KINDS
from covidstation.ui.papers.delivering import delivery_words
from covidstation.ui.parts.records import Cell, Column

R = TypeVar("R")


def book_columns() -> Sequence[Column[PaperLine]]:
    """Number, day, kind, people, state."""
    return (
        Column("number", _("Số, ký hiệu"), _number, 150),
        Column("day", _("Ngày"), lambda line: Cell(date_text(line.issued_on), ink="muted"), 110),
        Column("kind", _("Tên văn bản"), lambda line: Cell(_(KINDS[line.kind])), 240),
        Column("people", _("Người"), lambda line: Cell(line.subjects, "name")),
        Column("state", _("Trạng thái"), _state, 410),
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
        if line.delivery is None:
            return Cell(_("Đã cấp"), icon="check", ink="muted")
        return Cell(delivery_words(line.delivery), icon="truck", ink="muted")
    words = _("Huỷ {day}: {reason}").format(day=line.voided_at.strftime("%d/%m"), reason=line.void_reason)
    return Cell(words, "strong", "warn", icon="void")
