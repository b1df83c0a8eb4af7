"""Doses of vaccine for the training commune, and a few who were put off: due list and coverage look like life.

The same for the same seed. Doses are those that the people of the plan took in the rounds of 2021 and 2022. Of a few
who were ill the form tells of doses that nobody has written into the book: they are on the list of who is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from covidstation.db.rows import VaccineDoseRow, VaccineStanceRow
from covidstation.domain.dates import age_on
from covidstation.domain.training_shapes import TrainingCommune, TrainingPerson
from covidstation.domain.vaccination.doses import DoseClass, DoseSource
from covidstation.domain.vaccination.stances import StanceKind

PFIZER: Final = ("EU/1/20/1528", "Comirnaty (Pfizer)")
ASTRA: Final = ("EU/1/21/1529", "AstraZeneca")
VERO: Final = ("BBIBP-CorV", "Vero Cell (Sinopharm)")
GROWN: Final = 18  # years; younger people had Pfizer
BASIC: Final = 2
UNWRITTEN: Final = 0.04  # of those who told of their doses when they were ill
STANCES: Final = (
    (StanceKind.REFUSED, "sợ phản ứng sau tiêm", "Gặp lại cùng già bản"),
    (StanceKind.DEFERRED, "đang sốt, điều trị viêm phổi", "Khám lại rồi mời tiêm"),
    (StanceKind.CONTRAINDICATED, "sốc phản vệ sau mũi trước", "Hỏi ý kiến bệnh viện"),
    (StanceKind.CANNOT_TRAVEL, "liệt nửa người, ở một mình", "Đội lưu động đến nhà"),
)
MOST_STANCES: Final = 24
EVERY: Final = 60  # people for one stance


class Vaccines:
    """What is written of each person; ids are of their own seed, so that those of the commune stay as they were."""

    def __init__(self, commune: TrainingCommune, seed: int, today: date) -> None:
        self._random, self._today = Random(f"training vaccines {seed}"), today
        self._facility = f"Trạm Y tế {commune.place.name}"
        self._stances = min(MOST_STANCES, max(len(STANCES), len(commune.people) // EVERY))
        told = {one.person_key: one.draft.doses_known for one in commune.episodes}
        self._unwritten = {key for key, doses in told.items() if doses is None or self._random.random() < UNWRITTEN}

    def rows(
        self, people: Sequence[TrainingPerson], id_of: Callable[[TrainingPerson], UUID]
    ) -> Iterator[VaccineDoseRow | VaccineStanceRow]:
        """Of these people."""
        for person in people:
            if person.key not in self._unwritten:
                yield from self._doses(person, id_of(person))
            if self._stances and not person.doses and self._age(person) >= GROWN:
                self._stances -= 1
                yield self._stance(id_of(person))

    def _age(self, person: TrainingPerson) -> int:
        birth = person.draft.birth
        return age_on(birth, self._today) if birth else 0

    def _doses(self, person: TrainingPerson, person_id: UUID) -> Iterator[VaccineDoseRow]:
        birth = person.draft.birth
        young = not person.doses or birth is None or age_on(birth, person.doses[0]) < GROWN
        basic = PFIZER if young else self._random.choice((ASTRA, ASTRA, PFIZER, VERO))
        for number, day in enumerate(person.doses, start=1):
            kind, place = _place(number, basic)
            code, name = basic if number <= BASIC else self._random.choice((PFIZER, PFIZER, ASTRA))
            yield VaccineDoseRow(
                id=self._id(), person_id=person_id, given_year=day.year, given_month=day.month, given_day=day.day,
                product=code, product_name=name, dose_class=kind.value, number=place,
                lot_number=f"{code[-2:]}{day:%y%m}A", facility=self._facility, country="VN",
                source=DoseSource.CARD.value,
            )  # fmt: skip

    def _stance(self, person_id: UUID) -> VaccineStanceRow:
        kind, reason, step = STANCES[self._stances % len(STANCES)]
        since = self._today - timedelta(days=self._random.randint(3, 40))
        until = self._today + timedelta(days=self._random.randint(2, 30)) if kind is StanceKind.DEFERRED else None
        return VaccineStanceRow(
            id=self._id(), person_id=person_id, kind=kind.value, reason=reason, since=since, until=until, next_step=step
        )

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)


def _place(number: int, basic: tuple[str, str]) -> tuple[DoseClass, int]:
    """The third after Vero Cell is an additional one."""
    if number <= BASIC:
        return DoseClass.PRIMARY, number
    if basic == VERO:
        return (DoseClass.ADDITIONAL, 1) if number == BASIC + 1 else (DoseClass.BOOSTER, number - BASIC - 1)
    return DoseClass.BOOSTER, number - BASIC
