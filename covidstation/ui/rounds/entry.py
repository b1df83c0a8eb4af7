"""What is typed into one row of the grid, and what it makes of a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

from covidstation.domain.care import Round, VisitMeans, VisitStatus, Vitals
from covidstation.domain.measures import PRESSURE, measure_text, read_measure, read_pressure
from covidstation.domain.monitoring import Span, VisitDraft, check_visit, check_vitals
from covidstation.domain.problems import Problem
from covidstation.services.care.rounds import RoundLine
from covidstation.ui.parts.moments import read_clock


class Col(IntEnum):
    """The columns of the grid."""

    PERSON = 0
    STRIP = 1
    AT = 2
    TEMPERATURE = 3
    SPO2 = 4
    PULSE = 5
    BREATHS = 6
    PRESSURE = 7
    SIGNS = 8
    NOTE = 9


FIELDS: Final[Mapping[Col, str]] = {
    Col.AT: "at",
    Col.TEMPERATURE: "temperature",
    Col.SPO2: "spo2",
    Col.PULSE: "pulse",
    Col.BREATHS: "breaths",
    Col.PRESSURE: PRESSURE,
    Col.SIGNS: "signs",
    Col.NOTE: "note",
}
COLUMN_OF: Final = {name: column for column, name in FIELDS.items()} | {"reason": Col.NOTE}
MEASURED: Final = (Col.TEMPERATURE, Col.SPO2, Col.PULSE, Col.BREATHS, Col.PRESSURE)
RIGHT_COLUMNS: Final = MEASURED
FIRST: Final = Col.TEMPERATURE
LAST: Final = Col.NOTE


@dataclass(frozen=True, slots=True)
class Slot:
    """Which round is being written: its day, its half, and how people are reached."""

    day: date
    round: Round
    means: VisitMeans


@dataclass(slots=True)
class Entry:
    """One row: the person, what stands in the cells, what was asked back. Filled from the check that is there."""

    line: RoundLine
    texts: dict[Col, str] = field(default_factory=dict)
    symptoms: tuple[str, ...] = ()
    asked: bool = False  # about signs
    missed: VisitStatus | None = None
    dirty: bool = False
    saving: bool = False
    problems: list[Problem] = field(default_factory=list)
    warned: set[str] = field(default_factory=set)  # codes that a nurse has seen and passed

    def __post_init__(self) -> None:
        self.show_line(self.line)

    @property
    def episode_id(self) -> UUID:
        """The illness."""
        return self.line.person.episode_id

    def show_line(self, line: RoundLine) -> None:
        """Take what the register has; whatever was typed goes."""
        self.line, check = line, line.check
        self.texts = {}
        self.symptoms, self.asked, self.missed = (), False, None
        self.dirty = self.saving = False
        self.problems, self.warned = [], set()
        if check is None:
            return
        self.texts = {column: measure_text(FIELDS[column], check.vitals) for column in MEASURED}
        self.texts |= {Col.AT: f"{check.at:%H:%M}", Col.NOTE: check.note or check.reason}
        self.symptoms, self.asked = tuple(sorted(check.symptoms)), check.signs_asked
        self.missed = None if check.met else check.status

    def put(self, column: Col, text: str) -> None:
        """Something was typed into a cell."""
        if text != self.texts.get(column, ""):
            self.texts[column] = text
            self.dirty = True

    def put_signs(self, symptoms: tuple[str, ...], *, asked: bool) -> None:
        """The signs were asked for: these, or none."""
        if (set(symptoms), asked) != (set(self.symptoms), self.asked):
            self.symptoms, self.asked, self.dirty = symptoms, asked, True

    def put_missed(self, status: VisitStatus, reason: str) -> None:
        """The person was not met."""
        self.missed, self.dirty = status, True
        for column in MEASURED:
            self.texts.pop(column, None)
        self.symptoms, self.asked = (), False
        self.texts[Col.NOTE] = reason

    def raw(self) -> dict[str, Any]:
        """As a draft keeps it."""
        return {
            "texts": {FIELDS[column]: text for column, text in self.texts.items()},
            "symptoms": list(self.symptoms),
            "asked": self.asked,
            "missed": self.missed.value if self.missed else "",
        }

    def restore(self, raw: Mapping[str, Any]) -> None:
        """Take up what a draft kept; what it does not know stays."""
        for name, text in raw.get("texts", {}).items():
            if name in COLUMN_OF:
                self.texts[COLUMN_OF[name]] = str(text)
        self.symptoms = tuple(map(str, raw.get("symptoms", ())))
        self.asked = bool(raw.get("asked"))
        missed = raw.get("missed")
        self.missed = VisitStatus(missed) if missed in {one.value for one in VisitStatus} else None
        self.dirty = True

    def tidy(self, column: Col) -> list[Problem]:
        """Read one cell, write it as it is read ("36,8"), and say what is wrong with it alone."""
        text = self.texts.get(column, "")
        try:
            if column is Col.AT and text:
                self.texts[column] = f"{read_clock(text):%H:%M}"
            elif column in MEASURED:
                vitals = _vitals({column: text})
                self.texts[column] = measure_text(FIELDS[column], vitals)
                return [one for one in check_vitals(vitals) if one.field == FIELDS[column]]
        except ValueError:
            return [_unreadable(column)]
        return []

    def draft(self, slot: Slot, now: datetime) -> tuple[VisitDraft | None, list[Problem]]:
        """The check that the row makes, with all its problems; None when a cell cannot be read."""
        unreadable = [problem for column in (Col.AT, *MEASURED) for problem in self._unread(column)]
        if not self.texts.get(Col.AT):
            unreadable.append(Problem("at", "rounds.clock_missing"))
        if unreadable:
            return None, unreadable
        note = self.texts.get(Col.NOTE, "")
        draft = VisitDraft(
            episode_id=self.episode_id,
            at=datetime.combine(slot.day, read_clock(self.texts[Col.AT])),
            round=slot.round,
            status=self.missed or VisitStatus.COOPERATIVE,
            means=slot.means,
            reason=note if self.missed else "",
            vitals=Vitals() if self.missed else _vitals(self.texts),
            symptoms=frozenset(self.symptoms),
            signs_asked=self.asked,
            note="" if self.missed else note,
            voids=self.line.check.id if self.line.check else None,
        )
        return draft, check_visit(draft, span=Span(), now=now.replace(tzinfo=None))

    def _unread(self, column: Col) -> list[Problem]:
        text = self.texts.get(column, "")
        try:
            if column is Col.AT and text:
                read_clock(text)
            elif column in MEASURED:
                _vitals({column: text})
        except ValueError:
            return [_unreadable(column)]
        return []


def _unreadable(column: Col) -> Problem:
    if column is Col.AT:
        return Problem("at", "rounds.clock_unreadable")
    return Problem(FIELDS[column], "rounds.unreadable")


def _vitals(texts: Mapping[Col, str]) -> Vitals:
    """The measures as typed. Raises ValueError."""
    high, low = read_pressure(texts.get(Col.PRESSURE, "")) or (None, None)
    plain = {FIELDS[column]: read_measure(FIELDS[column], texts.get(column, "")) for column in MEASURED[:-1]}
    return Vitals(**plain, systolic=high, diastolic=low)
