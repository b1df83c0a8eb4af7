"""The last tab of a person: who changed what, when, and from which value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.catalog import Catalog
from covidstation.db.queries.history import HistoryLine
from covidstation.db.queries.record_sync import least
from covidstation.domain.care import ContactStatus
from covidstation.domain.citizen import masked
from covidstation.domain.privacy import HiddenNumber
from covidstation.i18n import N_, _, date_text
from covidstation.messages.fields import FIELDS, ROWS
from covidstation.ui.care.words import FOLLOW_UPS, LEVELS
from covidstation.ui.case_words import (
    ANSWERS,
    CLASSES,
    END_REASONS,
    MEANS,
    OUTCOMES,
    PLACES,
    RISKS,
    SEXES,
    TEST_KINDS,
    TEST_RESULTS,
    said,
)
from covidstation.ui.households.words import LIVINGS, RELATIONS
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.rows import SectionHead
from covidstation.ui.parts.table import Table
from covidstation.ui.rounds.words import ANSWERS as ALERT_ANSWERS
from covidstation.ui.sync.record import INKS, short_words, whole_words
from covidstation.ui.tasks import TaskRunner

_CHANGES: Final = {"made": N_("thêm mới"), "removed": N_("xoá"), "changed": N_("sửa")}
_HIDDEN: Final = frozenset(number.value for number in HiddenNumber)
_CONTACT_STATES: Final[Mapping[ContactStatus, str]] = {
    ContactStatus.ACTIVE: N_("đang theo dõi"),
    ContactStatus.CONVERTED: N_("thành F0"),
    ContactStatus.DROPPED: N_("đã kết thúc"),
}
_CODED: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {key.value: words for key, words in SEXES.items()},
    "pregnancy": {key.value: words for key, words in ANSWERS.items()},
    "classification": {key.value: words for key, words in CLASSES.items()},
    "outcome": {key.value: words for key, words in OUTCOMES.items()},
    "isolation_type": {key.value: words for key, words in PLACES.items()},
    "isolation_end_reason": {key.value: words for key, words in END_REASONS.items()},
    "kind": {key.value: words for key, words in TEST_KINDS.items()},
    "risk_class": {key.value: words for key, words in RISKS.items()},
    "breastfeeding": {key.value: words for key, words in ANSWERS.items()},
    "quarantine_type": {key.value: words for key, words in PLACES.items()},
    "facility_level": {key.value: words for key, words in LEVELS.items()},
    "means": {key.value: words for key, words in MEANS.items()},
    "status": {
        **{key.value: words for key, words in FOLLOW_UPS.items()},
        **{key.value: words for key, words in _CONTACT_STATES.items()},
    },
    "answer": {key.value: words for key, words in ALERT_ANSWERS.items()},
    "result": {key.value: words for key, words in TEST_RESULTS.items()},
    "living": {key.value: words for key, words in LIVINGS.items()},
    "relation": {key.value: words for key, words in RELATIONS.items() if key.value},
}


class HistoryTab(QWidget):
    """A table over the journal's lines of one person; `asked` for who has looked at this person."""

    asked = Signal()

    def __init__(self, tasks: TaskRunner, catalog: Catalog) -> None:
        super().__init__()
        self.model: RecordModel[HistoryLine] = RecordModel(tasks, (*_whose(), *change_columns(catalog)), self)
        table = Table("history_table", _("Lịch sử thay đổi"), self.model)
        who = Button(_("A&i đã xem, in, sửa"), "quiet", icon="eye", name="who_saw")
        who.clicked.connect(self.asked)
        self.head = head = SectionHead(_("Lịch sử thay đổi"), _("từ giá trị nào sang giá trị nào"), who)
        head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(table, 1)

    def show_lines(self, lines: Sequence[HistoryLine]) -> None:
        """Those, the newest first; the head says how far they have come on the way to the district."""
        self.model.set_records(lines)
        state = least(line.sync for line in lines if line.sync is not None)
        if state is not None:
            self.head.second.set_text(whole_words(state, date.today()))


def _whose() -> tuple[Column[HistoryLine], ...]:
    return (
        Column("when", _("Lúc"), lambda line: Cell(f"{line.when.astimezone():%H:%M %d/%m/%Y}"), 160),
        Column("who", _("Ai"), lambda line: Cell(who_words(line), ink="muted"), 150),
        Column("sync", _("Ở huyện"), _sync_cell, 136),
    )


def _sync_cell(line: HistoryLine) -> Cell:
    if line.sync is None:
        return Cell(_("huyện ghi") if line.district else "", ink="muted")
    return Cell(short_words(line.sync), ink=INKS[line.sync.stage], small=line.sync.text)


def who_words(line: HistoryLine) -> str:
    """Who changed it: a user, whoever spoke for the district, or the holder of the recovery code."""
    if line.district:
        return _("Huyện: {name}").format(name=line.who) if line.who else _("Huyện")
    return line.who or _("mã khôi phục")


def change_columns(catalog: Catalog) -> tuple[Column[HistoryLine], ...]:
    """What changed, from which value to which."""
    words = value_words(catalog)
    return (
        Column("table", _("Phần"), lambda line: Cell(said(ROWS.get(line.table, ""))), 124),
        Column("field", _("Mục"), _what, 168),
        Column("old", _("Trước"), lambda line: Cell(words(line.field, line.old), ink="muted"), 240),
        Column("new", _("Sau"), lambda line: Cell(words(line.field, line.new), "strong", small=line.reason)),
    )


def _what(line: HistoryLine) -> Cell:
    if line.change != "changed":
        return Cell(_(_CHANGES[line.change]), ink="muted")
    return Cell(said(FIELDS.get(line.field, "")) or line.field)


def value_words(catalog: Catalog) -> Callable[[str, Any], str]:
    """How a value of the journal reads on the screen, by its field."""
    labels: dict[str, Mapping[str, Any]] = {
        "conditions": catalog.conditions,
        "symptoms": catalog.symptoms,
        "ethnic_group": catalog.ethnic_groups,
    }

    def label_of(field: str, code: str) -> str:
        known = labels.get(field, {}).get(code)
        return str(known.label) if known else code

    def words(field: str, value: Any) -> str:
        if value in (None, "", []):
            return "" if not field else "–"
        if isinstance(value, list):
            return ", ".join(label_of(field, str(one)) for one in value)
        if field in _HIDDEN:
            return masked(str(value))
        if field in _CODED:
            return said(_CODED[field].get(str(value), str(value)))
        if field in labels:
            return label_of(field, str(value))
        return _moment(str(value)) if field.endswith(("_on", "_at", "_date", "_start", "_until")) else str(value)

    return words


def _moment(text: str) -> str:
    """An ISO day or moment as people write it."""
    try:
        if "T" in text:
            return f"{datetime.fromisoformat(text):%H:%M %d/%m/%Y}"
        return date_text(date.fromisoformat(text))
    except ValueError:
        return text
