"""The risk group of an F0 by the dated decision table (`resources/rules/risk.toml`); the first row that fits speaks.

What is not known is taken as the table says and named; an age known in part is taken on the safe side, that is the
possible age with the highest group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from covidstation.domain.bands import ANY_AGE, OLDEST, YEAR, Band
from covidstation.domain.care import RiskClass
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.people import PREGNANCY_AGES
from covidstation.domain.problems import Problem
from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table
from covidstation.domain.terms import Answer, Sex

_ORDER: Final = tuple(RiskClass)
_FACTS: Final = ("disease", "full", "pregnant", "postpartum", "symptoms")  # what a row may ask with yes or no


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRow:
    """One row: a condition left out (None) does not matter to it."""

    id: str
    cls: RiskClass
    reason: str
    source: str
    confirmed: bool
    band: Band = ANY_AGE
    disease: bool | None = None
    full: bool | None = None  # fully vaccinated
    pregnant: bool | None = None
    postpartum: bool | None = None
    symptoms: bool | None = None
    spo2_from: int | None = None  # %; a row with either needs a measured value
    spo2_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTable(Dated):
    """A decision table with its days of validity; its last row fits everybody.

    Fully vaccinated: `full_doses` doses, the last of them `full_days` days ago or more. `unknown_*` say how an answer
    that nobody has is taken. `postpartum_days` is how long after a birth "vừa sinh" is asked.
    """

    full_doses: int
    full_days: int
    postpartum_days: int
    unknown_full: bool
    unknown_pregnant: bool
    unknown_postpartum: bool
    rows: tuple[RiskRow, ...]

    @property
    def asks_spo2(self) -> bool:
        """Whether a measured SpO2 can change the class."""
        return any(row.spo2_from is not None or row.spo2_to is not None for row in self.rows)

    def row(self, rule_id: str) -> RiskRow | None:
        """The row of an assessment; None when another version of the table had it."""
        return next((row for row in self.rows if row.id == rule_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFacts:
    """What is known on the case's date; `diseases` are labels, SpO2 in %."""

    birth: PartialDate | None
    on: date
    sex: Sex = Sex.UNKNOWN
    diseases: tuple[str, ...] = ()
    doses: int | None = None
    last_dose_on: date | None = None
    pregnancy: Answer = Answer.UNKNOWN
    postpartum: Answer = Answer.UNKNOWN
    symptoms: bool = False
    spo2: int | None = None

    @property
    def months(self) -> tuple[int, int]:
        """The ages in months that are possible."""
        return months_possible(self.birth, self.on, OLDEST)

    @property
    def may_be_pregnant(self) -> bool:
        """Whether pregnancy and birth are asked of this person at all."""
        years = self.months[0] // YEAR, self.months[1] // YEAR
        return self.sex is not Sex.MALE and years[1] >= PREGNANCY_AGES.start and years[0] < PREGNANCY_AGES.stop


@dataclass(frozen=True, slots=True)
class Risk:
    """A class with its row and why: `facts` are those that the row looks at, `missing` what nobody knows.

    Both are codes with sentences in `messages/triage.py`; a missing fact is named only where it would change the class.
    """

    cls: RiskClass
    row: RiskRow
    facts: tuple[Problem, ...]
    missing: tuple[Problem, ...]

    @property
    def rule_id(self) -> str:
        """The row that spoke."""
        return self.row.id

    @property
    def reasons(self) -> tuple[Problem, ...]:
        """All that a person should read, the certain first."""
        return self.facts + self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The facts as the table sees them; None is not known."""

    months: tuple[int, int]
    disease: bool | None
    full: bool | None
    pregnant: bool | None
    postpartum: bool | None
    symptoms: bool | None
    spo2: int | None

    def fits(self, row: RiskRow) -> bool:
        """Whether a row speaks of it; the age is one number here."""
        if not row.band.holds(self.months):
            return False
        low, high = row.spo2_from, row.spo2_to
        if not (low is None and high is None):
            measured = self.spo2 is not None and (low or 0) <= self.spo2 <= (100 if high is None else high)
            if not measured:
                return False
        return all(getattr(row, name) in (None, getattr(self, name)) for name in _FACTS)


def risk_of(table: RiskTable, facts: RiskFacts) -> Risk:
    """The class of a case, its row and the reasons. Ages are those on the case's date."""
    case = _case(table, facts)
    taken = _taken(table, case)
    spoken = _gravest(table, taken)
    row = _row(table, spoken)
    missing = [
        Problem(name, _missing(name, taken=getattr(taken, name)), _params(table, facts), "warning")
        for name in ("full", "pregnant", "postpartum")
        if getattr(case, name) is None and _matters(table, taken, name)
    ]
    if _age_matters(table, taken):
        params = _params(table, facts) | {"age": _age(spoken.months[0])}
        known = "year" if facts.birth else "birth"
        missing.insert(0, Problem("birth", f"triage.missing_{known}", params, "warning"))
    return Risk(row.cls, row, tuple(_facts(row, table, facts, case, spoken)), tuple(missing))


def fully_vaccinated(table: RiskTable, doses: int | None, last_dose_on: date | None, on: date) -> bool | None:
    """Whether somebody counts as fully vaccinated on that day; None when the register cannot tell.

    With more doses than the full number the one that counts was an earlier one.
    """
    if doses is None:
        return None
    if doses != table.full_doses:
        return doses > table.full_doses
    return None if last_dose_on is None else (on - last_dose_on).days >= table.full_days


def _case(table: RiskTable, facts: RiskFacts) -> _Case:
    return _Case(
        months=facts.months,
        disease=bool(facts.diseases),
        full=fully_vaccinated(table, facts.doses, facts.last_dose_on, facts.on),
        pregnant=_answer(facts.pregnancy) if facts.may_be_pregnant else facts.pregnancy is Answer.YES,
        postpartum=_answer(facts.postpartum) if facts.may_be_pregnant else facts.postpartum is Answer.YES,
        symptoms=facts.symptoms,
        spo2=facts.spo2,
    )


def _answer(answer: Answer) -> bool | None:
    return None if answer is Answer.UNKNOWN else answer is Answer.YES


def _taken(table: RiskTable, case: _Case) -> _Case:
    return replace(
        case,
        full=table.unknown_full if case.full is None else case.full,
        pregnant=table.unknown_pregnant if case.pregnant is None else case.pregnant,
        postpartum=table.unknown_postpartum if case.postpartum is None else case.postpartum,
    )


def _ages(table: RiskTable, case: _Case) -> Iterator[_Case]:
    """The case at each age that can make a difference: the youngest, the oldest, and the edges between."""
    low, high = case.months
    edges = {edge for row in table.rows for edge in (row.band.first, row.band.end) if edge is not None}
    for months in sorted({low, high} | {edge for edge in edges if low < edge <= high}):
        yield replace(case, months=(months, months))


def _row(table: RiskTable, case: _Case) -> RiskRow:
    return next(row for row in table.rows if case.fits(row))


def _rank(table: RiskTable, case: _Case) -> int:
    return _ORDER.index(_row(table, case).cls)


def _gravest(table: RiskTable, case: _Case) -> _Case:
    return max(_ages(table, case), key=lambda one: _rank(table, one))


def _age_matters(table: RiskTable, case: _Case) -> bool:
    return len({_rank(table, one) for one in _ages(table, case)}) > 1


def _matters(table: RiskTable, case: _Case, name: str) -> bool:
    flipped: dict[str, Any] = {name: not getattr(case, name)}
    other = replace(case, **flipped)
    return _rank(table, _gravest(table, other)) != _rank(table, _gravest(table, case))


def _missing(name: str, *, taken: bool) -> str:
    return f"triage.missing_{name}_yes" if taken else f"triage.missing_{name}"


def _age(months: int) -> str:
    return str(months // YEAR)


def _params(table: RiskTable, facts: RiskFacts) -> dict[str, str]:
    return {
        "birth": facts.birth.text() if facts.birth else "",
        "diseases": ", ".join(facts.diseases),
        "doses": "" if facts.doses is None else str(facts.doses),
        "full_doses": str(table.full_doses),
        "days": str(table.full_days),
        "postpartum_days": str(table.postpartum_days),
        "spo2": "" if facts.spo2 is None else str(facts.spo2),
    }


def _facts(row: RiskRow, table: RiskTable, facts: RiskFacts, case: _Case, spoken: _Case) -> Iterator[Problem]:
    """The facts that the row looks at, in the order a nurse reads them: disease, age, doses, the rest."""
    params = _params(table, facts)
    if row.disease is not None:
        yield Problem("conditions", "triage.fact_disease" if row.disease else "triage.fact_no_disease", params)
    if row.band != ANY_AGE:
        months = spoken.months[0]
        young = months < 2 * YEAR
        params |= {"age": str(months) if young else _age(months)}
        yield Problem("birth", "triage.fact_months" if young else "triage.fact_age", params)
    if row.full is not None and case.full is not None:
        yield Problem("doses_known", "triage.fact_full" if case.full else _why_not_full(table, facts), params)
    for name in ("pregnant", "postpartum", "symptoms"):
        if getattr(row, name):
            yield Problem(name, f"triage.fact_{name}", params)
    if row.spo2_from is not None or row.spo2_to is not None:
        yield Problem("spo2", "triage.fact_spo2", params)


def _why_not_full(table: RiskTable, facts: RiskFacts) -> str:
    if not facts.doses:
        return "triage.fact_no_dose"
    return "triage.fact_few_doses" if facts.doses < table.full_doses else "triage.fact_late_dose"


def risk_table_on(tables: Iterable[RiskTable], day: date) -> RiskTable:
    """The table in force on that day. Raises RuleError."""
    return rule_on(tables, day)


def parse_risk_tables(text: str) -> tuple[RiskTable, ...]:
    """Read the TOML of the tables. Raises RuleError."""
    return tuple(map(read_risk_table, rule_tables(text)))


def read_risk_table(table: dict[str, Any]) -> RiskTable:
    """One table. Raises RuleError, which names the row and the field; also when no last row fits everybody."""
    row = Table(table, "risk")
    source, confirmed = row.text("source"), row.flag("confirmed")
    found = RiskTable(
        **row.dated(),
        full_doses=row.count("full_doses"),
        full_days=row.count("full_days"),
        postpartum_days=row.count("postpartum_days"),
        unknown_full=row.flag("unknown_full"),
        unknown_pregnant=row.flag("unknown_pregnant"),
        unknown_postpartum=row.flag("unknown_postpartum"),
        rows=tuple(_read_row(one, source, confirmed) for one in row.tables("rows")),
    )
    row.close()
    if not found.rows or not _fits_all(found.rows[-1]):
        raise row.trouble("rows")
    return found


def _fits_all(row: RiskRow) -> bool:
    asked = [getattr(row, name) for name in (*_FACTS, "spo2_from", "spo2_to")]
    return row.band == ANY_AGE and all(value is None for value in asked)


def _read_row(row: Table, source: str, confirmed: bool) -> RiskRow:
    found = RiskRow(
        id=row.text("id"),
        cls=row.member("class", RiskClass),
        reason=row.text("reason"),
        source=row.text("source", source),
        confirmed=row.flag("confirmed", confirmed),
        band=row.band(),
        disease=row.answer("disease"),
        full=row.answer("full"),
        pregnant=row.answer("pregnant"),
        postpartum=row.answer("postpartum"),
        symptoms=row.answer("symptoms"),
        spo2_from=row.optional_count("spo2_from"),
        spo2_to=row.optional_count("spo2_to"),
    )
    row.close()
    return found
