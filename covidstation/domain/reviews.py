"""From door to door: the questions of a round by dated rule, what is known beforehand, how far the round has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.dates import PartialDate, age_on
from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table

MOST_QUESTIONS: Final = 14  # columns that fit a sheet of A4 across
OLDEST: Final = 120  # years
LONGEST_CODE: Final = 40
MAJORITY: Final = "01"  # Kinh, in resources/codes/ethnic_groups.csv


class DoorResult(StrEnum):
    """How a knock ended; a code that this version does not know reads as not done."""

    NONE = ""
    DONE = "DONE"
    AWAY = "AWAY"  # nobody at home
    REFUSED = "REFUSED"

    @classmethod
    def _missing_(cls, value: object) -> DoorResult:
        return cls.NONE


class CloseReason(StrEnum):
    """Why somebody is no longer looked after for one reason; an unknown code reads as another one."""

    SOLVED = "SOLVED"  # no longer true, or all was done
    MISTAKE = "MISTAKE"
    DIED = "DIED"
    LEFT = "LEFT"
    DECLINED = "DECLINED"
    OTHER = "OTHER"

    @classmethod
    def _missing_(cls, value: object) -> CloseReason:
        return cls.OTHER


class Known(StrEnum):
    """What the register itself can answer before anybody knocks."""

    NOTHING = ""
    AGE = "age"  # from `from_age` full years on
    CHRONIC = "chronic"
    PREGNANT = "pregnant"
    ALONE = "alone"  # nobody else lives in the household
    MINORITY = "minority"
    UNVACCINATED = "unvaccinated"  # fewer than `least_doses`, of whom the register knows how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One column of the sheet. `listed`: a yes is by itself a reason to look after somebody; `step`, `step_days`: what
    is proposed to do next, and within how many days."""

    code: str
    label: str
    short: str
    known: Known = Known.NOTHING
    from_age: int = 0
    least_doses: int = 0
    listed: bool = True
    step: str = ""
    step_days: int = 0

    def due_from(self, day: date) -> date | None:
        """By when the step is proposed for somebody who was found on that day."""
        return day + timedelta(days=self.step_days) if self.listed and self.step_days else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPack(Dated):
    """What is asked at each door, by date."""

    questions: tuple[Question, ...]

    def question(self, code: str) -> Question | None:
        """The question of that code."""
        return next((one for one in self.questions if one.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the register knows of one person; `household` is how many live there, `doses` None when nobody asked."""

    birth: PartialDate | None = None
    chronic: bool = False
    pregnant: bool = False
    ethnic_group: str = ""
    household: int = 0
    doses: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many households of a hamlet stand where in a round."""

    done: int = 0
    away: int = 0
    refused: int = 0
    left: int = 0

    @property
    def households(self) -> int:
        """All of them."""
        return self.done + self.away + self.refused + self.left

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.done + other.done, self.away + other.away, self.refused + other.refused, self.left + other.left
        )


def progress_of(results: Iterable[DoorResult]) -> Progress:
    """The sum over households, each by the result of its last knock."""
    found = dict.fromkeys(DoorResult, 0)
    for one in results:
        found[one] += 1
    return Progress(found[DoorResult.DONE], found[DoorResult.AWAY], found[DoorResult.REFUSED], found[DoorResult.NONE])


def known_answers(questions: Sequence[Question], facts: Facts, day: date) -> frozenset[str]:
    """The codes that the register answers with yes on that day."""
    return frozenset(one.code for one in questions if _is_known(one, facts, day))


def _is_known(question: Question, facts: Facts, day: date) -> bool:
    answers: Mapping[Known, bool] = {
        Known.NOTHING: False,
        Known.AGE: _aged(facts.birth, question.from_age, day),
        Known.CHRONIC: facts.chronic,
        Known.PREGNANT: facts.pregnant,
        Known.ALONE: facts.household == 1,
        Known.MINORITY: facts.ethnic_group not in ("", MAJORITY),
        Known.UNVACCINATED: facts.doses is not None and facts.doses < question.least_doses,
    }
    return answers[question.known]


def _aged(birth: PartialDate | None, years: int, day: date) -> bool:
    age = age_on(birth, day) if birth is not None else None
    return age is not None and age >= years


def changed_answers(
    ticked: Collection[str], open_codes: Collection[str], asked: Sequence[Question]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which findings begin and which end when a sheet says `ticked` of somebody whose `open_codes` stand: in the order
    of the questions. A finding that this round does not ask for stays as it is."""
    codes = [one.code for one in asked]
    opened = tuple(code for code in codes if code in ticked and code not in open_codes)
    closed = tuple(code for code in codes if code not in ticked and code in open_codes)
    return opened, closed


def read_review_pack(table: dict[str, Any]) -> ReviewPack:
    """One pack from its table. Raises RuleError, which names the field."""
    row = Table(table, "review")
    dated = row.dated()
    questions = tuple(map(_question, row.plain_tables("questions")))
    row.close()
    codes = [one.code for one in questions]
    if not questions or len(questions) > MOST_QUESTIONS or len(set(codes)) < len(codes):
        raise row.trouble("questions")
    return ReviewPack(**dated, questions=questions)


def _question(row: Table) -> Question:
    found = Question(
        code=row.text("code"),
        label=row.text("label"),
        short=row.text("short"),
        known=row.member("known", Known, ""),
        from_age=row.count("from_age", 0),
        least_doses=row.count("least_doses", 0),
        listed=row.flag("listed", True),
        step=row.text("step", ""),
        step_days=row.count("step_days", 0),
    )
    row.close()
    if len(found.code) > LONGEST_CODE:
        raise row.trouble("code")
    if found.from_age > OLDEST or (found.known is Known.AGE) != (found.from_age > 0):
        raise row.trouble("from_age")
    if (found.known is Known.UNVACCINATED) != (found.least_doses > 0):
        raise row.trouble("least_doses")
    return found


def parse_review_packs(text: str) -> tuple[ReviewPack, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_review_pack, rule_tables(text)))


def review_pack_on(packs: Iterable[ReviewPack], day: date) -> ReviewPack:
    """The one in force on that day; the oldest for a day before all. Raises RuleError when there is none."""
    known = sorted(packs, key=lambda one: one.valid_from)
    if known and day < known[0].valid_from:
        return known[0]
    return rule_on(known, day)


def pack_named(packs: Iterable[ReviewPack], pack_id: str, day: date) -> ReviewPack:
    """The pack of a round, or the one of its first day where the round came with a pack that is not here."""
    known = list(packs)
    return next((one for one in known if one.id == pack_id), None) or review_pack_on(known, day)


def reason_words(packs: Iterable[ReviewPack]) -> Mapping[str, Question]:
    """Every code that any pack ever had, as its newest one words it."""
    ordered = sorted(packs, key=lambda one: one.valid_from)
    return {question.code: question for pack in ordered for question in pack.questions}
