"""The line list of a mass test: looking at all rows at once, and writing the good ones.

All good rows are written in one transaction: after a power cut either the sheet's people are in the register or the
draft still holds them all. Rows with errors are not part of the act; they stay in the grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.line_list import Standing, ids_by_number, namesakes, standings
from covidstation.db.queries.places import hamlets
from covidstation.db.queries.station import get_setting
from covidstation.db.rows import HouseholdRow, PathogenTestRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, TestResult, check_episode
from covidstation.domain.line_list import Cell, Known, LineHeader, LineRead, LineRow, read_line, twice
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.terms import Answer
from covidstation.domain.text import clean, fold, search_text
from covidstation.errors import Refused
from covidstation.services.changes import Done, Kind, done
from covidstation.services.episodes import F0Draft, add_test_row, register_in
from covidstation.services.people import cleaned_person, index_person, problems_of, put_person
from covidstation.services.places import new_household
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog
from covidstation.services.supplies.kits import draw_kits

NEAR_YEARS: Final = 1  # as in the F0 form: people of one name born a year apart may be the same
_CELLS: Final = frozenset(Cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLook:
    """What is known of one row before it is written. `read` is None for an empty row; `similar` asks who it is."""

    row: LineRow
    read: LineRead | None = None
    known: Standing | None = None
    similar: Standing | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether it can be written as it stands."""
        return self.read is not None and not errors(self.problems)

    @property
    def positive(self) -> bool:
        """Whether it would be a case."""
        return self.read is not None and self.read.result is TestResult.POSITIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class LineListResult:
    """What was written: `saved` are the rows' places in the sheet, `cases` the new illnesses."""

    saved: tuple[int, ...]
    cases: tuple[UUID, ...]
    tests: int
    negative: int
    new_people: int


@needs(Right.SEE)
def known_words(db: Database, catalog: Catalog) -> Known:
    """What cells may name: the commune's hamlets and the symptoms."""
    places = {hamlet.id: hamlet.title for hamlet in hamlets(db)}
    return Known(places, {code: symptom.label for code, symptom in catalog.symptoms.items()})


@needs(Right.SEE)
def check_rows(
    db: Database, header: LineHeader, rows: Sequence[LineRow], *, catalog: Catalog, now: datetime
) -> list[RowLook]:
    """Each row with what is wrong with it, who it is, and who it may be. Writes nothing."""
    known = known_words(db, catalog)
    with db.read() as session:
        return _look(session, header, rows, known, catalog, now)


@needs(Right.ENTER)
def save_rows(
    db: Database, header: LineHeader, rows: Sequence[LineRow], *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[LineListResult]:
    """Write all rows that are ready, in one transaction: new cases, tests of known ones, of contacts, and the others'.

    Raises Refused: line_list.day_missing and what else is wrong with the header, line_list.nothing when no row is
    ready, line_list.changed with the row when somebody else's act came between, supplies.not_enough for its kits.
    """
    known, hour = known_words(db, catalog), int(get_setting(db, "isolation_hour"))
    found = check_header(header, now)
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        catalog = station_catalog(session, catalog)
        looks = _look(session, header, rows, known, catalog, now)
        ready = [at for at, look in enumerate(looks) if look.ready]
        if not ready:
            raise Refused([Problem("rows", "line_list.nothing")])
        writer = _Writer(session, header, catalog, hour, now)
        for at in ready:
            try:
                writer.write(looks[at])
            except Refused as refused:
                raise Refused([Problem("rows", "line_list.changed", {"row": str(at + 1)})]) from refused
        writer.draw(by)
        result = writer.result(ready)
    return done(result, Kind.PEOPLE, Kind.EPISODES, Kind.PLACES, Kind.CONTACTS, Kind.CARE, Kind.SUPPLIES)


def check_header(header: LineHeader, now: datetime) -> list[Problem]:
    """What is wrong with what all rows share."""
    if header.sampled_on is None:
        return [Problem("sampled_on", "line_list.day_missing")]
    if header.sampled_on > now.date():
        return [Problem("sampled_on", "episodes.future", {"day": f"{header.sampled_on:%d/%m/%Y}"})]
    if header.found_at is not None and header.found_at > now.replace(tzinfo=None):
        return [Problem("found_at", "line_list.found_later", {"when": f"{header.found_at:%H:%M %d/%m/%Y}"})]
    return []


def _look(
    session: Session, header: LineHeader, rows: Sequence[LineRow], known: Known, catalog: Catalog, now: datetime
) -> list[RowLook]:
    reads = [None if row.empty else read_line(row, header, known, now.date()) for row in rows]
    reads = [read and replace(read, person=cleaned_person(read.person, catalog)) for read in reads]
    meant = _who(session, rows, reads)
    alike = _alike(session, rows, reads, meant)
    people = standings(session, [*meant.values(), *alike.values()])
    doubles = twice(reads) | _same_person(meant)
    looks = []
    for at, (row, read) in enumerate(zip(rows, reads, strict=True)):
        if read is None:
            looks.append(RowLook(row=row))
            continue
        standing, similar = people.get(meant.get(at, row.person_id)), people.get(alike.get(at))  # type: ignore[arg-type]
        look = RowLook(row=row, read=read, known=standing, similar=similar)
        problems = [*_row_problems(look, header, catalog, now), *_double(at, row, doubles)]
        looks.append(replace(look, problems=tuple(_for_cells(problems))))
    return looks


def _who(session: Session, rows: Sequence[LineRow], reads: Sequence[LineRead | None]) -> dict[int, UUID]:
    """Row -> the person that its number, or the nurse, names."""
    numbers = {at: _numbers(read.person) for at, read in enumerate(reads) if read is not None}
    by_number = ids_by_number(session, [number for many in numbers.values() for number in many])
    found = {at: row.person_id for at, row in enumerate(rows) if row.person_id is not None and at in numbers}
    for at, many in numbers.items():
        person = next((by_number[number] for number in many if number in by_number), None)
        if person is not None:
            found[at] = person
    return found


def _same_person(meant: Mapping[int, UUID]) -> dict[int, tuple[int, str]]:
    """Rows that name one person of the register a second time -> the first such row."""
    first: dict[UUID, int] = {}
    found = {}
    for at, person_id in sorted(meant.items()):
        if person_id in first:
            found[at] = (first[person_id], Cell.CITIZEN.value)
        first.setdefault(person_id, at)
    return found


def _numbers(person: PersonDraft) -> list[str]:
    return list(filter(None, (person.citizen_number, person.old_citizen_number, person.insurance_number)))


def _alike(
    session: Session, rows: Sequence[LineRow], reads: Sequence[LineRead | None], meant: Mapping[int, UUID]
) -> dict[int, UUID]:
    """Row -> somebody of that name born within a year, where nobody has said who it is."""
    open_ones = {
        at: read.person
        for at, read in enumerate(reads)
        if read is not None and at not in meant and not rows[at].is_new and read.person.birth is not None
    }
    by_name = namesakes(session, [person.full_name for person in open_ones.values()])
    found: dict[int, UUID] = {}
    for at, person in open_ones.items():
        for person_id, year in by_name.get(search_text(person.full_name), ()):
            if person.birth is not None and (year is None or abs(year - person.birth.year) <= NEAR_YEARS):
                found.setdefault(at, person_id)
    return found


def _row_problems(look: RowLook, header: LineHeader, catalog: Catalog, now: datetime) -> list[Problem]:
    read = look.read
    assert read is not None
    person = _merged(look)
    found = [*read.problems, *problems_of(person, catalog, now)]
    if any(problem.code == "line_list.lost_zero" for problem in found):
        found = [problem for problem in found if problem.code != "people.citizen_length"]
    if person.hamlet_id is None and not any(problem.field == Cell.HAMLET for problem in found):
        found.append(Problem(Cell.HAMLET, "line_list.hamlet_missing", level="warning"))
    if header.sampled_on is not None:
        test = _test(header, read)
        found += errors(check_episode(_episode(header, read), [test], birth=person.birth, today=now.date()))
    return [*found, *_standing_problems(look, header)]


def _standing_problems(look: RowLook, header: LineHeader) -> list[Problem]:
    """What the register says of this person, or asks."""
    known, read = look.known, look.read
    assert read is not None
    if known is None:
        words = _person_words(look.similar)
        return [Problem(Cell.NAME, "line_list.similar", {"person": words})] if look.similar else []
    words = _person_words(known)
    if known.died:
        day = f"{known.died_on:%d/%m/%Y}" if known.died_on else "…"
        return [Problem(Cell.NAME, "line_list.died", {"person": words, "day": day})]
    same = (header.kind, header.sampled_on, read.result)
    if any((test.kind, test.sampled_on, test.result) == same for test in known.tests):
        return [Problem(Cell.RESULT, "line_list.same_test")]
    if known.episode_id is not None and known.since is not None:
        return [Problem(Cell.NAME, "line_list.is_f0", {"day": f"{known.since:%d/%m/%Y}"}, "warning")]
    if known.contact_id is not None:
        return [Problem(Cell.NAME, "line_list.is_f1", level="warning")]
    return [Problem(Cell.NAME, "line_list.known", {"person": words}, "warning")]


def _person_words(standing: Standing | None) -> str:
    if standing is None:
        return ""
    person = standing.person
    return ", ".join(filter(None, (person.full_name, f"{person.birth.year}" if person.birth else "")))


def _double(at: int, row: LineRow, doubles: Mapping[int, tuple[int, str]]) -> list[Problem]:
    if at not in doubles:
        return []
    earlier, column = doubles[at]
    params = {"row": str(earlier + 1)}
    if column == Cell.CITIZEN:
        return [Problem(Cell.CITIZEN, "line_list.twice_number", params)]
    return [] if row.is_new else [Problem(Cell.NAME, "line_list.twice_name", params)]


def _for_cells(problems: Sequence[Problem]) -> list[Problem]:
    """Each beside a cell of the grid, errors first, none twice."""
    placed = [problem if problem.field in _CELLS else replace(problem, field=_cell_of(problem)) for problem in problems]
    wrong = {problem.field for problem in errors(placed)}
    told = [problem for problem in placed if problem.level == "error" or problem.field not in wrong]
    unique = {(problem.field, problem.code): problem for problem in told}
    return sorted(unique.values(), key=lambda problem: problem.level != "error")


def _cell_of(problem: Problem) -> Cell:
    if problem.code == "episodes.before_birth":
        return Cell.BIRTH
    return Cell.CITIZEN if problem.field.endswith("_number") else Cell.NAME


def _merged(look: RowLook) -> PersonDraft:
    """A known person as the register has them, with what the row adds where the register has nothing."""
    assert look.read is not None
    typed = look.read.person
    if look.known is None:
        return typed
    held = look.known.person
    empty: tuple[Any, ...] = ("", None, Sex.UNKNOWN, Answer.UNKNOWN, frozenset())
    names = [name for name in PersonDraft.__dataclass_fields__ if getattr(held, name) in empty]
    draft = PersonDraft(**{name: getattr(held, name) for name in PersonDraft.__dataclass_fields__})
    return replace(draft, **{name: getattr(typed, name) for name in names})


def _test(header: LineHeader, read: LineRead) -> PathogenTest:
    return PathogenTest(
        kind=header.kind,
        result=read.result,
        sampled_on=header.sampled_on,
        place=header.place,
        kit=read.kit,
        kit_from=header.kit_from,
    )


def _episode(header: LineHeader, read: LineRead) -> EpisodeDraft:
    return EpisodeDraft(
        report_date=header.sampled_on,
        symptoms=read.symptoms,
        doses_known=read.doses,
        classification=read.classification,
        found_in=header.found_in,
        found_at=header.found_at,
        note=read.note,
    )


class _Writer:
    """Writes the rows of one sheet into one transaction and counts them."""

    def __init__(self, session: Session, header: LineHeader, catalog: Catalog, hour: int, now: datetime) -> None:
        self._session, self._header, self._catalog = session, header, catalog
        self._hour, self._now = hour, now
        self._households: dict[tuple[UUID | None, str], UUID] = {}
        self._read_hamlets: set[UUID] = set()
        self._cases: list[UUID] = []
        self._written: list[PathogenTestRow] = []
        self._tests = self._negative = self._new_people = 0

    def write(self, look: RowLook) -> None:
        """One ready row. Raises Refused."""
        read, known = look.read, look.known
        assert read is not None
        self._tests += 1
        self._negative += read.result is TestResult.NEGATIVE
        self._new_people += known is None
        if read.result is TestResult.POSITIVE and (known is None or known.episode_id is None):
            self._write_case(look, read)
            return
        person_id = known.person.id if known else None
        wanted, head = self._placed(look, read)
        row = put_person(self._session, person_id, wanted, catalog=self._catalog, now=self._now)
        self._found_household(row, head)
        self._written.append(self._add_test(row.id, read, known))
        self._session.flush()

    def draw(self, by: UUID | None) -> None:
        """The kits of all that was written, in one act of the store. Raises Refused beside `kit`."""
        draw_kits(self._session, self._written, by=by, today=self._now.date())

    def result(self, saved: Sequence[int]) -> LineListResult:
        """What was written so far."""
        return LineListResult(
            saved=tuple(saved),
            cases=tuple(self._cases),
            tests=self._tests,
            negative=self._negative,
            new_people=self._new_people,
        )

    def _write_case(self, look: RowLook, read: LineRead) -> None:
        wanted, head = self._placed(look, read)
        draft = F0Draft(
            person=wanted,
            episode=_episode(self._header, read),
            tests=(_test(self._header, read),),
            person_id=look.known.person.id if look.known else None,
            new_household_head=head,
        )
        episode, tests = register_in(self._session, draft, catalog=self._catalog, hour=self._hour, now=self._now)
        person = self._session.scalars(select(PersonRow).where(PersonRow.id == episode.person_id)).one()
        if head and person.household_id is not None:
            self._households[person.hamlet_id, fold(head)] = person.household_id
        self._cases.append(episode.id)
        self._written += tests

    def _placed(self, look: RowLook, read: LineRead) -> tuple[PersonDraft, str]:
        """The person with their household when it is there already, else the head of the one to be founded."""
        person, head = _merged(look), clean(read.head)
        if not head or person.household_id is not None:
            return person, ""
        household = self._household(person.hamlet_id, head)
        return (person, head) if household is None else (replace(person, household_id=household), "")

    def _household(self, hamlet_id: UUID | None, head: str) -> UUID | None:
        """The household of that hamlet whose head has that name, of this sheet or of the register."""
        if hamlet_id is not None and hamlet_id not in self._read_hamlets:
            self._read_hamlets.add(hamlet_id)
            query = (
                select(HouseholdRow.id, HouseholdRow.head_name, PersonRow.full_name)
                .outerjoin(PersonRow, PersonRow.id == HouseholdRow.head_id)
                .where(HouseholdRow.hamlet_id == hamlet_id)
                .order_by(HouseholdRow.n)
            )
            for row in self._session.execute(query):
                self._households.setdefault((hamlet_id, fold(row.full_name or row.head_name)), row.id)
        return self._households.get((hamlet_id, fold(head)))

    def _found_household(self, person: PersonRow, head: str) -> None:
        if not head:
            return
        household = new_household(self._session, person.hamlet_id, head)
        person.household_id = household.id
        if clean(head) == person.full_name:
            household.head_id = person.id
        self._session.flush()
        index_person(self._session, person)
        self._households[person.hamlet_id, fold(head)] = household.id

    def _add_test(self, person_id: UUID, read: LineRead, known: Standing | None) -> PathogenTestRow:
        """The test of the open illness, of the running contact, or of a person who is neither."""
        episode_id = known.episode_id if known else None
        contact_id = known.contact_id if known and episode_id is None else None
        return add_test_row(self._session, person_id, episode_id, _test(self._header, read), contact_id=contact_id)
