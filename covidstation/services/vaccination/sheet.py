"""Many doses at once, from a list or a spreadsheet: whose each is, what is wrong with it, and keeping them.

Rows are kept some at a time, each part whole or not at all; what the register has already is passed over, so that the
same sheet after a power cut only adds what is missing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of
from covidstation.db.queries.station import get_setting
from covidstation.db.queries.vaccination import doses_of
from covidstation.db.rows import PersonRow, SettingRow
from covidstation.db.session import Database
from covidstation.domain.canonical import decode
from covidstation.domain.citizen import normal_number
from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Level, Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.text import fold, spelling
from covidstation.domain.vaccination.checks import needs_reason
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, course_of, in_order
from covidstation.domain.vaccination.offers import Likeness, likeness_of_name
from covidstation.domain.vaccination.products import USUAL_DOSES, Products
from covidstation.domain.vaccination.sheet import SheetColumn, SheetDose, Target, Targets, signature, unsure_place
from covidstation.i18n import _
from covidstation.services.changes import Done, done
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import products_in
from covidstation.services.vaccination.history import CHANGED, named, problems_in, write_dose
from covidstation.settings import MOST_VALUE

SETTING: Final = "dose_columns"
PART: Final = 100  # doses in one transaction
_TWICE: Final = frozenset({"vaccination.same_day", "vaccination.told_already", "vaccination.certificate_again"})


_CUT_OFF: Final = {8: 9, 10: 12, 11: 12}  # digits left of an old number, of a citizen number


class SheetState(StrEnum):
    """What may be done with a row."""

    READY = "ready"
    ASK = "ask"  # kept when somebody says so
    KNOWN = "known"  # the register has it
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class SheetLook:
    """One dose of the sheet as it would be kept; `person` and `birth` as the register has them."""

    told: SheetDose
    state: SheetState
    draft: DoseDraft | None = None
    person: str = ""
    birth: PartialDate | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetDone:
    """How many were kept, and how many were not."""

    kept: int
    known: int
    left: int


@needs(Right.ENTER)
def look_at_sheet(db: Database, rows: Sequence[SheetDose], *, catalog: Catalog, now: datetime) -> tuple[SheetLook, ...]:
    """Each row held against the register; nothing is written."""
    with db.read() as session:
        book = _People(session)
        judge = _Judge(session, catalog, now)
        return tuple(judge.look(row, *book.find(row)) for row in rows)


@needs(Right.ENTER)
def save_sheet(
    db: Database,
    rows: Sequence[SheetLook],
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    asked: bool = False,
) -> Done[SheetDone]:
    """Keep what is ready, and with `asked` what is only doubtful; what needs a word why is entered by itself."""
    kept = known = left = 0
    for start in range(0, len(rows), PART):
        with db.write(by, now) as session:
            for row in rows[start : start + PART]:
                state = _write(session, row, catalog=catalog, by_name=by_name, now=now, asked=asked)
                kept += state is SheetState.READY
                known += state is SheetState.KNOWN
                left += state in (SheetState.ASK, SheetState.WRONG)
    return done(SheetDone(kept, known, left), *CHANGED)


def _write(
    session: Session, row: SheetLook, *, catalog: Catalog, by_name: str, now: datetime, asked: bool
) -> SheetState:
    """READY for one that was written."""
    if row.draft is None or row.state in (SheetState.WRONG, SheetState.KNOWN):
        return row.state
    if row.state is SheetState.ASK and not asked:
        return row.state  # also what only the finding of the person asked
    who = select(PersonRow).where(PersonRow.id == row.draft.person_id, PersonRow.merged_into.is_(None))
    person = session.scalars(who).one_or_none()
    if person is None:
        return SheetState.WRONG  # went while somebody looked
    found = _Judge(session, catalog, now).look(row.told, person, ())
    if found.draft is None or found.state not in (SheetState.READY, *((SheetState.ASK,) if asked else ())):
        return found.state
    write_dose(session, found.draft, catalog=catalog, by_name=by_name, now=now, sure=True)
    return SheetState.READY


class _Judge:
    """Judges rows one after the other; a dose of the sheet counts for those after it."""

    def __init__(self, session: Session, catalog: Catalog, now: datetime) -> None:
        self._session, self._catalog, self._today = session, catalog, now.date()
        self._doses: dict[UUID, tuple[Dose, ...]] = {}

    def look(self, told: SheetDose, person: PersonRow | None, troubles: Sequence[Problem]) -> SheetLook:
        """One of them."""
        found = [*told.problems, *troubles]
        if person is None or told.draft is None or errors(found):
            return SheetLook(told, SheetState.WRONG, None, person.full_name if person else "", None, tuple(found))
        products = products_in(self._session, self._catalog, told.draft.given.earliest)
        draft = named(replace(told.draft, person_id=person.id), products)
        before = self._doses.get(person.id)
        before = doses_of(self._session, person.id) if before is None else before
        draft, doubts = _counted(draft, told, before, products)
        found += doubts
        found += problems_in(self._session, person, draft, products, before, catalog=self._catalog, today=self._today)
        state = _state(found)
        if state in (SheetState.READY, SheetState.ASK):
            before = (*before, _as_kept(draft))
        self._doses[person.id] = before
        return SheetLook(told, state, draft, person.full_name, birth_of(person), tuple(found))


def _state(found: Sequence[Problem]) -> SheetState:
    if {one.code for one in found} & _TWICE:
        return SheetState.KNOWN
    if errors(found) or needs_reason(list(found)):
        return SheetState.WRONG
    return SheetState.ASK if found else SheetState.READY


def _counted(
    draft: DoseDraft, told: SheetDose, before: Sequence[Dose], products: Products
) -> tuple[DoseDraft, list[Problem]]:
    """A booster that was numbered among all doses: after a basic course of three, or an additional dose, "mũi 4" is
    the first; with nothing known of the doses before, that is asked."""
    if told.overall is None or draft.dose_class is not DoseClass.BOOSTER:
        return draft, []
    earlier = [one for one in before if one.given.earliest <= draft.given.latest]
    more = sum(one.dose_class is DoseClass.ADDITIONAL for one in earlier)
    number = told.overall - course_of(in_order(earlier), products) - more
    if number < 1 or (told.overall > USUAL_DOSES + 1 and not earlier):
        words = _("nhắc lại, mũi {number}").format(number=told.overall)
        return replace(draft, number=None), [unsure_place(words)]
    return replace(draft, number=number), []


def _as_kept(draft: DoseDraft) -> Dose:
    return Dose(id=new_id(), **{name: getattr(draft, name) for name in DoseDraft.__dataclass_fields__})


class _One(NamedTuple):
    """What of somebody tells who they are."""

    id: UUID
    full_name: str
    birth: PartialDate | None
    numbers: frozenset[str]


_Found = tuple[PersonRow | None, tuple[Problem, ...]]


class _People:
    """Everybody whom the station looks after or has looked after, by number and by name."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._numbers: defaultdict[str, list[_One]] = defaultdict(list)
        self._names: defaultdict[str, list[_One]] = defaultdict(list)
        who = PersonRow
        query = select(
            who.id, who.full_name, who.citizen_number, who.old_citizen_number, who.birth_year, who.birth_month,
            who.birth_day,
        ).where(who.merged_into.is_(None), who.moved_to.is_(None))  # fmt: skip
        for person, name, citizen, old, year, month, day in session.execute(query):
            birth = PartialDate(year, month, day) if year else None
            one = _One(person, name, birth, frozenset(filter(None, (citizen, old))))
            for number in one.numbers:
                self._numbers[number].append(one)
            self._names[fold(name)].append(one)

    def find(self, told: SheetDose) -> _Found:
        """Whose the row is: by number, name and birth, which must agree; nobody when two can be meant. Without the
        number, a name without its accents or a birth without its day is asked."""
        number = _number(told.citizen)
        holders = self._numbers.get(number, []) if number else []
        if holders:
            return self._by_number(told, holders)
        found = [one for one in self._names.get(fold(told.name), ()) if _may_be(one.birth, told.birth)]
        found = [one for one in found if spelling(one.full_name) == spelling(told.name)] or found
        if len(found) == 1 and told.birth is not None:
            return self._row(found[0].id), _doubts_by_name(told, found[0], number)
        code = "vaccination.sheet_several" if found else "vaccination.sheet_nobody"
        return None, (Problem("name", code, {"name": told.name or told.citizen or "—"}),)

    def _by_number(self, told: SheetDose, holders: Sequence[_One]) -> _Found:
        """A number with a slip in it is another person's: it decides together with the name alone."""
        same = [one for one in holders if _agrees(told, one)]
        if len(same) == 1:
            return self._row(same[0].id), ()
        if len(holders) > 1:
            names = ", ".join(dict.fromkeys(one.full_name for one in holders))
            params = {"count": str(len(holders)), "names": names}
            return None, (Problem("citizen", "vaccination.sheet_number_several", params),)
        one = holders[0]
        if not told.name:
            return self._row(one.id), (_doubt("sheet_number_alone", one, told),)
        part = set(fold(told.name).split()) <= set(fold(one.full_name).split()) and _may_be(one.birth, told.birth)
        if not part and likeness_of_name(told.name, told.birth, one.full_name, one.birth) is Likeness.OTHER:
            return None, (_doubt("sheet_number_other", one, told, level="error"),)
        return self._row(one.id), (_doubt("sheet_number_other", one, told),)

    def _row(self, person: UUID) -> PersonRow:
        return self._session.scalars(select(PersonRow).where(PersonRow.id == person)).one()


def _doubt(code: str, one: _One, told: SheetDose, level: Level = "warning") -> Problem:
    """Whose the number is, and what the table says."""
    births = [birth.text() if birth else "—" for birth in (one.birth, told.birth)]
    params = {"name": one.full_name, "birth": births[0], "told": told.name or "—", "told_birth": births[1]}
    return Problem("citizen", f"vaccination.{code}", params, level)


def _doubts_by_name(told: SheetDose, one: _One, number: str) -> tuple[Problem, ...]:
    """What has to be looked at before a row is somebody's by name and birth."""
    if any(len(held) == len(number) for held in one.numbers):
        return (_doubt("sheet_other_number", one, told),)
    if likeness_of_name(told.name, told.birth, one.full_name, one.birth) is Likeness.SAME:
        return ()
    part = spelling(told.name) == spelling(one.full_name) and told.birth == one.birth
    return (_doubt("sheet_birth_part" if part else "sheet_name_near", one, told),)


def _agrees(told: SheetDose, one: _One) -> bool:
    """The same name, whatever its spelling, and nothing against the birth."""
    return bool(told.name) and fold(told.name) == fold(one.full_name) and _may_be(one.birth, told.birth)


def _number(text: str) -> str:
    """A number of papers; a spreadsheet drops the noughts before it."""
    number = normal_number(text)
    if number.isascii() and number.isdigit() and len(number) in _CUT_OFF and number[0] != "0":
        return number.zfill(_CUT_OFF[len(number)])
    return number


def _may_be(held: PartialDate | None, told: PartialDate | None) -> bool:
    if held is None or told is None:
        return True
    return held.earliest <= told.latest and told.earliest <= held.latest


@needs(Right.SEE)
def kept_columns(db: Database, titles: Sequence[str]) -> Targets | None:
    """What somebody said last time that these columns mean; None for a template that nobody has seen."""
    held = _templates(get_setting(db, SETTING)).get(signature(titles))
    if held is None or len(held) != len(titles):
        return None
    known = {one.value for one in SheetColumn}
    return tuple(Target(SheetColumn(one[0]), int(one[1])) if one and one[0] in known else None for one in held)


@needs(Right.ENTER)
def keep_columns(
    db: Database, titles: Sequence[str], targets: Targets, *, by: UUID | None, now: datetime
) -> Done[None]:
    """Remember it for the next sheet with the same titles; the oldest templates go when there are too many."""
    held = _templates(get_setting(db, SETTING))
    held.pop(signature(titles), None)
    held[signature(titles)] = [list(one) if one else None for one in targets]
    while len(text := json.dumps(held, ensure_ascii=False)) > MOST_VALUE and len(held) > 1:
        held.pop(next(iter(held)))
    if len(text) <= MOST_VALUE:
        with db.write(by, now) as session:
            session.merge(SettingRow(key=SETTING, value=text, changed_at=now.replace(tzinfo=None)))
    return done(None)


def _templates(text: str) -> dict[str, list[Any]]:
    try:
        held = decode(text.encode()) if text else {}
    except ValueError:
        held = {}
    return dict(held) if isinstance(held, Mapping) else {}
