"""F0 episodes of the training commune: the wave of February-April 2022, its tail, and a small one now.

Isolation in 2022 follows QĐ 250/QĐ-BYT: seven days and a negative rapid test; still positive, ten days in all
when fully vaccinated, fourteen when not. Episodes from 1 July 2026 carry the four hours of NĐ 165/2026/NĐ-CP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from covidstation.domain.care import FoundIn
from covidstation.domain.dates import age_on
from covidstation.domain.episodes import (
    CaseClassification,
    CaseOutcome,
    EndOfIsolationReason,
    EpisodeDraft,
    PathogenTest,
    QuarantineType,
    TestKind,
    TestResult,
)
from covidstation.domain.rules import IsolationRule
from covidstation.domain.training_shapes import TrainingEpisode, TrainingPerson, TrainingPlace

WAVE_FIRST: Final = date(2022, 2, 1)
WAVE_PEAK: Final = date(2022, 3, 12)
WAVE_LAST: Final = date(2022, 4, 30)
TAIL_FIRST: Final = date(2022, 7, 20)
TAIL_LAST: Final = date(2022, 8, 31)
FOUR_HOURS_FROM: Final = date(2026, 7, 1)
WAVE_SHARE: Final = 0.09
TAIL_SHARE: Final = 0.004
NOW_SHARE: Final = 0.0125
NOW_DAYS: Final = 21
IMMUNE_DAYS: Final = 75  # nobody falls ill again sooner
AT_HOME: Final = 0.35  # chance that someone of the household is infected too
SYMPTOMS: Final = {
    "fever": 62, "cough": 70, "soreThroat": 55, "runnyNose": 45, "fatigue": 50, "headache": 40, "musclePain": 32,
    "chillsSweats": 18, "lossOfTaste": 9, "lossOfSmell": 12, "diarrhea": 9, "coughWithSputum": 14,
    "anorexiaAppetiteLoss": 12, "nausea": 6, "dizziness": 8,
}  # fmt: skip
_FOUND_IN: Final = {FoundIn.COMMUNITY: 62, FoundIn.QUARANTINE: 24, FoundIn.SCREENING: 11, FoundIn.ENTRY: 3}
SEVERE: Final = ("difficultyBreathing", "chestPain", "confusedDisoriented")


@dataclass(slots=True)
class Epidemic:
    """Who fell ill when, as it is being drawn."""

    rng: Random
    today: date
    place: TrainingPlace
    rules: Sequence[IsolationRule]
    people: Sequence[TrainingPerson]
    households: dict[int, list[int]]
    found_on: dict[int, list[date]] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)
    episodes: list[TrainingEpisode] = field(default_factory=list)

    def may_fall_ill(self, key: int, day: date) -> bool:
        """Born, alive, and not ill within the last months."""
        birth = self.people[key].draft.birth
        if key in self.dead or birth is None or birth.earliest > day - timedelta(days=5) or birth.year >= day.year:
            return False
        return all(abs((day - other).days) >= IMMUNE_DAYS for other in self.found_on.get(key, ()))

    def spread(self, count: int, a_day: Callable[[], date], first: Iterable[int] = ()) -> None:
        """That many cases: someone falls ill, then some of the household; those of `first` before others."""
        wanted = list(first)
        tries = 0
        while count > 0 and tries < 50 * (count + 20):
            tries += 1
            key = wanted.pop() if wanted else self.rng.randrange(len(self.people))
            day = a_day()
            if not self.may_fall_ill(key, day):
                continue
            count -= self._fall_ill(key, day)
            for other in self.households[self.people[key].household_key]:
                later = day + timedelta(days=self.rng.randint(1, 5))
                caught = self.rng.random() < AT_HOME
                if count > 0 and caught and later <= self.today and self.may_fall_ill(other, later):
                    count -= self._fall_ill(other, later)

    def _fall_ill(self, key: int, day: date) -> int:
        self.found_on.setdefault(key, []).append(day)
        person = self.people[key]
        draft, tests = Course(self.rng, self.today, self.place, self.rules, person, day).episode()
        if draft.outcome is CaseOutcome.DECEASED:
            self.dead.add(key)
        self.episodes.append(TrainingEpisode(key=len(self.episodes), person_key=key, draft=draft, tests=tests))
        return 1


@dataclass(slots=True)
class Course:
    """One illness from the day it was found."""

    rng: Random
    today: date
    place: TrainingPlace
    rules: Sequence[IsolationRule]
    person: TrainingPerson
    found: date

    def episode(self) -> tuple[EpisodeDraft, tuple[PathogenTest, ...]]:
        """The episode and its tests as the register would hold them today."""
        rng, found = self.rng, self.found
        symptoms = self._symptoms()
        doses = [day for day in self.person.doses if day < found]
        told = rng.random() < 0.95  # of the rest nobody wrote the doses down
        start = datetime.combine(found, time(6, 30) if found == self.today else time(rng.randint(7, 17), 0))
        start += timedelta(minutes=5 * rng.randint(0, 6))
        kind = self._place_kind()
        length, release = self._length(len(doses), kind)
        outcome, outcome_on, reason = self._end(length, kind)
        proposed, decided, told_at = self._hours(start)
        draft = EpisodeDraft(
            report_date=found,
            onset_date=self._onset() if symptoms else None,
            symptoms=symptoms,
            doses_known=len(doses) if told else None,
            last_dose_on=doses[-1] if doses and told else None,
            classification=CaseClassification.CONFIRMED if symptoms else CaseClassification.CONFIRMED_NO_SYMPTOMS,
            outcome=outcome,
            outcome_on=outcome_on,
            isolation_type=kind,
            isolation_start=decided or start,
            isolation_days=length if kind is QuarantineType.HOME else None,
            isolation_rule=self._rule(kind),
            isolation_end_reason=reason,
            found_at=start if found >= FOUR_HOURS_FROM else None,
            proposed_at=proposed,
            decided_at=decided,
            told_at=told_at,
            found_in=self._found_in(),
        )
        return draft, self._tests(release, outcome_on, reason)

    def _rule(self, kind: QuarantineType) -> str:
        """The id of the rule in force that day; empty where there is none, or the isolation is in hospital."""
        found = [rule.id for rule in self.rules if rule.on(self.found)]
        return found[0] if found and kind is QuarantineType.HOME else ""

    def _day(self, number: int) -> date:
        """The day of that number; the day on which isolation starts is the first."""
        return self.found + timedelta(days=number - 1)

    def _age(self) -> int:
        birth = self.person.draft.birth
        return age_on(birth, self.found) if birth else 0

    def _frail(self) -> bool:
        return self._age() >= 65 and bool(self.person.draft.conditions)

    def _onset(self) -> date:
        return self.found - timedelta(days=self.rng.choices((0, 1, 2, 3), (25, 40, 25, 10))[0])

    def _found_in(self) -> FoundIn:
        """From a chance of its own, so that the rest of the illness is what it was in earlier versions."""
        own = Random(f"found in {self.person.key} {self.found}")
        return own.choices(list(_FOUND_IN), weights=list(_FOUND_IN.values()))[0]

    def _symptoms(self) -> frozenset[str]:
        if self.rng.random() < 0.12:
            return frozenset()
        some = {code for code, percent in SYMPTOMS.items() if self.rng.random() * 100 < percent * 0.6} or {"cough"}
        if self.rng.random() < (0.15 if self._frail() else 0.01):
            some.add(self.rng.choice(SEVERE))
        return frozenset(some)

    def _place_kind(self) -> QuarantineType:
        moved = 0.2 if self._frail() else 0.08 if self._age() >= 60 else 0.01
        return QuarantineType.HOSPITAL if self.rng.random() < moved else QuarantineType.HOME

    def _length(self, doses: int, kind: QuarantineType) -> tuple[int, bool]:
        """Days of isolation, and whether the test of the seventh day was negative."""
        if kind is QuarantineType.HOSPITAL:
            return self.rng.randint(6, 16), True
        negative = self.rng.random() < 0.78
        # On the seventh day nobody knows yet: until then the order says seven.
        if negative or self._day(7) > self.today:
            return 7, True
        return (10 if doses >= 2 else 14), False

    def _end(self, length: int, kind: QuarantineType) -> tuple[CaseOutcome, date | None, EndOfIsolationReason | None]:
        rng = self.rng
        risk = 0.1 if self._frail() else 0.006 if self._age() >= 60 else 0.0
        if not self.person.is_head and rng.random() < risk:
            day = self.found + timedelta(days=rng.randint(4, 15))
            if day <= self.today:
                return CaseOutcome.DECEASED, day, EndOfIsolationReason.DIED
        day = self._day(length)
        # Now and then the last day has passed and nobody has closed the case yet.
        waiting = (self.today - day).days <= 4 and rng.random() < 0.4
        if day > self.today or waiting:
            return CaseOutcome.NO_OUTCOME, None, None
        if kind is QuarantineType.HOME and rng.random() < 0.004:
            return CaseOutcome.UNKNOWN, day, EndOfIsolationReason.LOST_TO_FOLLOW_UP
        return CaseOutcome.RECOVERED, day, EndOfIsolationReason.RECOVERED

    def _hours(self, start: datetime) -> tuple[datetime | None, datetime | None, datetime | None]:
        """Proposed, decided, told: mostly within 2, 1 and 3 hours, some of today still open."""
        if self.found < FOUR_HOURS_FROM:
            return None, None, None
        rng = self.rng
        proposed = start + timedelta(minutes=rng.randint(10, 110))
        decided = proposed + timedelta(minutes=rng.choice((15, 25, 35, 45, 55, 80)))
        if self.found == self.today:
            return (start + timedelta(minutes=10) if rng.random() < 0.6 else None), None, None
        return proposed, decided, decided + timedelta(minutes=rng.randint(15, 170))

    def _tests(
        self, release: bool, outcome_on: date | None, reason: EndOfIsolationReason | None
    ) -> tuple[PathogenTest, ...]:
        rng = self.rng
        station = f"Trạm Y tế {self.place.kind.lower()} {self.place.name}"
        where = rng.choices((station, "Tại nhà", "Điểm lấy mẫu lưu động"), (70, 18, 12))[0]
        tests = [PathogenTest(sampled_on=self.found, place=where)]
        if rng.random() < 0.06 and self.found < self.today:
            tests.append(
                PathogenTest(kind=TestKind.PCR_RT_PCR, sampled_on=self.found + timedelta(days=1), place="Bệnh viện")
            )
        seventh = self._day(7)
        if not release and seventh <= self.today:
            tests.append(PathogenTest(sampled_on=seventh, place=station))
        if reason is None and release and seventh < self.today and rng.random() < 0.7:  # may be released today
            tests.append(PathogenTest(result=TestResult.NEGATIVE, sampled_on=seventh, place=station))
        if reason is EndOfIsolationReason.RECOVERED and outcome_on:
            tests.append(PathogenTest(result=TestResult.NEGATIVE, sampled_on=outcome_on, place=station))
        return tuple(sorted(tests, key=lambda test: test.sampled_on or self.found))


def _bell(rng: Random, until: date = WAVE_LAST) -> date:
    """A day of the wave of 2022, not after `until`, which must lie in the wave or after it."""
    while True:
        day = WAVE_PEAK + timedelta(days=round(rng.gauss(0, 15)))
        if WAVE_FIRST <= day <= min(until, WAVE_LAST):
            return day


def _rising(rng: Random, today: date) -> date:
    """A day of the last three weeks, later ones likelier: the wave is on its way up."""
    days = range(NOW_DAYS)
    back = rng.choices(days, [0.93**day for day in days])[0]
    return today - timedelta(days=back)


def fall_ill(
    rng: Random,
    today: date,
    place: TrainingPlace,
    people: Sequence[TrainingPerson],
    rules: Sequence[IsolationRule],
) -> list[TrainingEpisode]:
    """All episodes up to today, in the order in which they were found; some people twice."""
    households: dict[int, list[int]] = {}
    for person in people:
        households.setdefault(person.household_key, []).append(person.key)
    epidemic = Epidemic(rng, today, place, rules, people, households)
    size = len(people)
    # The register cannot know of days to come.
    known = sum(_bell(rng) <= today for _ in range(round(size * WAVE_SHARE)))
    epidemic.spread(known, lambda: _bell(rng, today))
    if today > TAIL_LAST:
        length = (TAIL_LAST - TAIL_FIRST).days
        earlier = rng.sample(sorted(epidemic.found_on), min(len(epidemic.found_on), round(size * 0.002)))
        epidemic.spread(round(size * TAIL_SHARE), lambda: TAIL_FIRST + timedelta(days=rng.randrange(length)), earlier)
    if (today - TAIL_LAST).days > NOW_DAYS:
        epidemic.spread(max(1, round(size * NOW_SHARE)), lambda: _rising(rng, today))
    ordered = sorted(epidemic.episodes, key=lambda episode: (episode.draft.report_date or today, episode.key))
    return [
        TrainingEpisode(key=key, person_key=old.person_key, draft=old.draft, tests=old.tests)
        for key, old in enumerate(ordered)
    ]
