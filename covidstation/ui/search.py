"""The top search: people by anything that is known of them, papers by their number, a pasted card as a scan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject

from covidstation.db.queries.papers import find_papers
from covidstation.db.queries.people import PaperLine, PersonHit, find_people
from covidstation.db.queries.station import counts
from covidstation.domain.citizen import masked
from covidstation.domain.text import fold, initials
from covidstation.i18n import _, date_text
from covidstation.messages.papers import KINDS
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.look.tokens import Tone
from covidstation.ui.parts.search import SearchField, SearchResult

MOST: Final = 20
_MOST_PAPERS: Final = 5


@dataclass(frozen=True, slots=True)
class PersonKey:
    """What a result stands for: a person."""

    id: UUID


@dataclass(frozen=True, slots=True)
class PaperKey:
    """What a result stands for: an issued paper."""

    id: UUID


class Search(QObject):
    """Answers a frame's search field: `Search(desk, frame.search)`. Enter opens, F2 begins a new F0 of that person."""

    def __init__(self, desk: Desk, field: SearchField) -> None:
        super().__init__(field)
        self._desk, self._field = desk, field
        self._turn = 0
        field.asked.connect(self._ask)
        field.chosen.connect(self._open)
        field.acted.connect(self._new_f0)

    def _ask(self, text: str) -> None:
        self._turn += 1
        turn, db, today = self._turn, self._desk.register.db, self._desk.now().date()
        begun = monotonic()

        def look() -> tuple[list[SearchResult], int] | None:
            if turn != self._turn:
                return None  # a newer question waits behind this one
            people = [person_result(hit, text, today) for hit in find_people(db, text, MOST)]
            papers = [paper_result(line) for line in find_papers(db, text, _MOST_PAPERS)]
            return [*papers, *people], counts(db).people

        def show(answer: tuple[list[SearchResult], int] | None) -> None:
            if answer is None or turn != self._turn:
                return
            results, every = answer
            note = _("trong {people} người, {ms} ms").format(people=every, ms=round((monotonic() - begun) * 1000))
            self._field.show_results(text, results, found=_found_words(results, text), note=note)

        self._desk.ask(self, look, show)

    def _open(self, result: SearchResult) -> None:
        if isinstance(result.key, PaperKey):
            self._desk.want_issued.emit(result.key.id)
        elif isinstance(result.key, PersonKey):
            self._desk.want_person.emit(result.key.id)

    def _new_f0(self, result: SearchResult) -> None:
        if isinstance(result.key, PersonKey):
            self._desk.want_f0.emit(NewF0(person_id=result.key.id))
        else:
            self._open(result)


def _found_words(results: Sequence[SearchResult], text: str) -> str:
    if not results:
        return ""
    many = _("{count} kết quả cho “{text}”") if len(results) < MOST else _("{count} kết quả đầu cho “{text}”")
    return many.format(count=len(results), text=text)


def person_result(hit: PersonHit, typed: str, today: date) -> SearchResult:
    """Name with the matched letters; year, hamlet and household under it; the day of an F0 as a chip."""
    second = _second_line(hit, typed)
    marks = matched_letters(hit.full_name, typed)
    chip, tone = _chip(hit, today)
    return SearchResult(
        key=PersonKey(hit.id),
        text=hit.full_name,
        second=second,
        marks=marks,
        second_marks=frozenset() if marks else matched_letters(second, typed),
        chip=chip,
        tone=tone,
    )


def paper_result(line: PaperLine) -> SearchResult:
    """Number and symbol; the kind of paper and whom it names."""
    first = f"{line.number:02d}/{line.symbol}"
    second = _("{kind} · {day} · {people}").format(
        kind=_(KINDS[line.kind]), day=date_text(line.issued_on), people=line.subjects
    )
    chip = _("đã huỷ") if line.voided_at else _("văn bản")
    return SearchResult(key=PaperKey(line.id), text=first, second=second, chip=chip, tone="plain")


def _second_line(hit: PersonHit, typed: str) -> str:
    """Year, hamlet, household; the number instead of the household when a number was typed."""
    digits = re.sub(r"\D", "", typed)
    number = ""
    if len(digits) >= 3:
        number = next((one for one in (hit.citizen_number, hit.phone) if one.startswith(digits)), "")
    house = _("hộ {head}").format(head=hit.household_head) if hit.household_head else ""
    parts = (f"{hit.birth.year}" if hit.birth else "", hit.hamlet, masked(number) or house)
    return " · ".join(filter(None, parts))


def _chip(hit: PersonHit, today: date) -> tuple[str, Tone]:
    if hit.open_episode is None:
        return "", "plain"
    if hit.isolation_start is None:
        return _("F0"), "blue"
    day = (today - hit.isolation_start.date()).days + 1
    return _("F0 ngày {day}").format(day=max(day, 1)), "blue"


def matched_letters(text: str, typed: str) -> frozenset[int]:
    """Positions in `text` of the letters that the words of `typed` matched, without accents.

    Each typed word marks the beginning of a word; initials (`gap`) mark one letter of each word.
    """
    parts = list(re.finditer(r"[^\W_]+", text))
    wanted = fold(typed).split()
    marks: set[int] = set()
    for word in wanted:
        hit = next((part for part in parts if fold(part[0]).startswith(word)), None)
        if hit is not None:
            marks.update(range(hit.start(), hit.start() + _length(hit[0], word)))
    if not marks and len(wanted) == 1 and initials(text).startswith(wanted[0]):
        marks.update(part.start() for part in parts[: len(wanted[0])])
    return frozenset(marks)


def _length(word: str, folded: str) -> int:
    """How many letters of the word as written stand for that beginning of its key."""
    return next((count for count in range(1, len(word) + 1) if len(fold(word[:count])) >= len(folded)), len(word))
