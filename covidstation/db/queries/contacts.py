"""The contacts (F1) as a list, those of one case or one person, and where each stands."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text
from sqlalchemy.orm import Session, aliased

from covidstation.db.contact_mapping import contact_of
from covidstation.db.moved import still_here
from covidstation.db.queries.care import ChangeLine, change_of
from covidstation.db.queries.open_contacts import open_contacts, stand, tests_of_contacts
from covidstation.db.queries.people import match_words
from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import (
    ContactRow,
    EpisodeRow,
    HamletRow,
    IsolationChangeRow,
    PaperRow,
    PaperSubjectRow,
    PersonRow,
)
from covidstation.db.session import Database
from covidstation.domain.care import ContactStatus
from covidstation.domain.contacts import Contact, ContactState, Standing
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification, PathogenTest, QuarantineType
from covidstation.domain.people import Sex
from covidstation.domain.quarantine import Quarantine, QuarantineRule

CONTACT_ORDER, CONTACT_RELEASE = "contact_order", "contact_release"  # kinds of paper
_MOST_KEYS = 500  # in one question of SQLite


class ContactView(StrEnum):
    """The filter's choices."""

    ACTIVE = "active"
    TEST_DUE = "test_due"
    MAY_END = "may_end"
    NEEDS_ORDER = "needs_order"
    ENDED = "ended"
    ALL = "all"


class ContactSort(StrEnum):
    """The columns a list can be sorted by."""

    NAME = "name"
    HAMLET = "hamlet"
    SOURCE = "source"
    LAST_CONTACT = "last_contact"
    UNTIL = "until"


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """What a list shows; `source_episode_id` keeps to the contacts of one case."""

    view: ContactView = ContactView.ACTIVE
    hamlet_id: UUID | None = None
    typed: str = ""
    source_episode_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One line of the list. `order` and `release` are papers' numbers as printed, empty when there is none."""

    contact: Contact
    full_name: str
    birth: PartialDate | None
    sex: Sex
    hamlet: str
    phone: str
    household_id: UUID | None
    source: str  # the case's name, or the words for it
    source_person_id: UUID | None
    standing: Standing
    quarantine: Quarantine | None  # by the rule in force for it
    order: str = ""
    release: str = ""
    source_denied: bool = False  # runs on, though its case was entered by mistake

    @property
    def id(self) -> UUID:
        """The contact's."""
        return self.contact.id

    @property
    def person_id(self) -> UUID:
        """Whose contact it is."""
        return self.contact.person_id

    @property
    def isolated(self) -> bool:
        """In quarantine, not only watching oneself."""
        return self.contact.quarantine_type is not QuarantineType.NONE

    @property
    def lacks_order(self) -> bool:
        """A running quarantine at home without its decision."""
        at_home = self.contact.quarantine_type is QuarantineType.HOME
        return at_home and self.contact.status is ContactStatus.ACTIVE and not self.order

    @property
    def lacks_release(self) -> bool:
        """Its quarantine was decided and has ended, and nothing says so on paper."""
        return bool(self.order) and not self.release and self.standing.state is ContactState.ENDED


_Case, _CasePerson = aliased(EpisodeRow), aliased(PersonRow)


def _number(kind: str) -> Any:
    return (
        select(func.printf("%02d/%s", PaperRow.number, PaperRow.symbol))
        .join(PaperSubjectRow, PaperSubjectRow.paper_id == PaperRow.id)
        .where(PaperSubjectRow.contact_id == ContactRow.id, PaperRow.kind == kind, PaperRow.voided_at.is_(None))
        .order_by(PaperRow.n.desc())
        .limit(1)
        .correlate(ContactRow)
        .scalar_subquery()
    )


def _joined(query: Any) -> Select[Any]:
    joined: Select[Any] = (
        query.join(PersonRow, PersonRow.id == ContactRow.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .outerjoin(_Case, _Case.id == ContactRow.source_episode_id)
        .outerjoin(_CasePerson, _CasePerson.id == _Case.person_id)
    )
    return joined


@cache  # building the statement takes longer than running it
def _lines() -> Select[Any]:
    return _joined(
        select(
            *ContactRow.__table__.columns,
            PersonRow.full_name,
            PersonRow.birth_year,
            PersonRow.birth_month,
            PersonRow.birth_day,
            PersonRow.sex,
            PersonRow.phone,
            PersonRow.household_id,
            hamlet_words().label("hamlet"),
            func.coalesce(_CasePerson.full_name, ContactRow.source_words).label("source"),
            _CasePerson.id.label("source_person_id"),
            _Case.classification.label("source_class"),
            _number(CONTACT_ORDER).label("order_number"),
            _number(CONTACT_RELEASE).label("release_number"),
        )
    )


def _conditions(wanted: ContactFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.view is ContactView.ENDED:
        found.append(ContactRow.status != ContactStatus.ACTIVE.value)
    elif wanted.view is not ContactView.ALL:
        found += [ContactRow.status == ContactStatus.ACTIVE.value, still_here(ContactRow.person_id)]
    if wanted.hamlet_id:
        found.append(PersonRow.hamlet_id == wanted.hamlet_id)
    if wanted.source_episode_id:
        found.append(ContactRow.source_episode_id == wanted.source_episode_id)
    expressions = match_words(wanted.typed)
    if expressions:
        matching = text("person.n IN (SELECT rowid FROM person_search WHERE person_search MATCH :typed)")
        found.append(matching.bindparams(typed=expressions[-1]))  # type: ignore[arg-type]
    return found


_SORTS: dict[ContactSort, tuple[Any, ...]] = {
    ContactSort.NAME: (PersonRow.sort_key, ContactRow.n),
    ContactSort.HAMLET: (HamletRow.name, PersonRow.sort_key, ContactRow.n),
    ContactSort.SOURCE: (_CasePerson.sort_key, PersonRow.sort_key, ContactRow.n),
    ContactSort.LAST_CONTACT: (ContactRow.last_contact_on, ContactRow.n),
    ContactSort.UNTIL: (ContactRow.quarantine_until, PersonRow.sort_key, ContactRow.n),
}
_BY_STANDING = {
    ContactView.TEST_DUE: frozenset((ContactState.TEST_DUE, ContactState.POSITIVE)),
    ContactView.MAY_END: frozenset((ContactState.MAY_END,)),
}


class ContactList:
    """A list of the contacts: the keys at once, the lines as they come into sight, or `known` already."""

    def __init__(
        self,
        db: Database,
        keys: array[int],
        rules: Sequence[QuarantineRule],
        today: date,
        known: Mapping[int, ContactLine] = MappingProxyType({}),
    ) -> None:
        self._db, self._keys, self._rules, self._today, self._known = db, keys, rules, today, known

    def __len__(self) -> int:
        return len(self._keys)

    def lines(self, offset: int, limit: int) -> list[ContactLine]:
        """The lines from `offset` on, at most `limit`."""
        keys = self._keys[offset : offset + limit]
        if self._known:
            return [self._known[key] for key in keys]
        found: dict[int, ContactLine] = {}
        with self._db.read() as session:
            for at in range(0, len(keys), _MOST_KEYS):
                query = _lines().where(ContactRow.n.in_(keys[at : at + _MOST_KEYS]))
                found |= _numbered(session, query, self._rules, self._today)
        return [found[key] for key in keys if key in found]


def list_contacts(
    db: Database,
    wanted: ContactFilter,
    *,
    rules: Sequence[QuarantineRule],
    today: date,
    sort: ContactSort = ContactSort.NAME,
    descending: bool = False,
) -> ContactList:
    """The contacts filtered and sorted. Where each stands is counted from its own rule, of the running ones only."""
    order = [column.desc() if descending else column.asc() for column in _SORTS[sort]]
    with db.read() as session:
        if wanted.view in (ContactView.ACTIVE, ContactView.ENDED, ContactView.ALL):
            query = _joined(select(ContactRow.n)).where(*_conditions(wanted)).order_by(*order)
            return ContactList(db, array("q", session.scalars(query)), rules, today)
        lines = _numbered(session, _lines().where(*_conditions(wanted)).order_by(*order), rules, today)
    known = {key: line for key, line in lines.items() if _belongs(line, wanted.view)}
    return ContactList(db, array("q", known), rules, today, known)


def _belongs(line: ContactLine, view: ContactView) -> bool:
    if view is ContactView.NEEDS_ORDER:
        return line.lacks_order
    return line.standing.state in _BY_STANDING[view]


def count_contacts(db: Database, rules: Sequence[QuarantineRule], *, today: date) -> dict[ContactView, int]:
    """How many stand under each choice of the filter."""
    with db.read() as session:
        found = open_contacts(session, rules, today=today)
        every = session.scalar(select(func.count()).select_from(ContactRow)) or 0
        undecided = session.scalar(_undecided()) or 0
    states = Counter(contact.state for contact in found)
    counts = {view: sum(states[state] for state in wanted) for view, wanted in _BY_STANDING.items()}
    counts |= {
        ContactView.ACTIVE: len(found),
        ContactView.NEEDS_ORDER: undecided,
        ContactView.ENDED: every - len(found),
        ContactView.ALL: every,
    }
    return {view: counts[view] for view in ContactView}


@cache
def _undecided() -> Select[Any]:
    """How many running quarantines at home are without their decision."""
    return (
        select(func.count())
        .select_from(ContactRow)
        .where(
            ContactRow.status == ContactStatus.ACTIVE.value,
            ContactRow.quarantine_type == QuarantineType.HOME.value,
            _number(CONTACT_ORDER).is_(None),
            still_here(ContactRow.person_id),
        )
    )


def contacts_of_case(
    db: Database, episode_id: UUID, rules: Sequence[QuarantineRule], *, today: date
) -> tuple[ContactLine, ...]:
    """The contacts of one case, by name."""
    query = _lines().where(ContactRow.source_episode_id == episode_id).order_by(PersonRow.sort_key)
    with db.read() as session:
        return tuple(_numbered(session, query, rules, today).values())


def contacts_of_person(
    db: Database, person_id: UUID, rules: Sequence[QuarantineRule], *, today: date
) -> tuple[ContactLine, ...]:
    """Whose contact a person is or was, the newest first."""
    query = _lines().where(ContactRow.person_id == person_id).order_by(ContactRow.report_date.desc(), ContactRow.n)
    with db.read() as session:
        return tuple(_numbered(session, query, rules, today).values())


def get_contact(db: Database, contact_id: UUID, rules: Sequence[QuarantineRule], *, today: date) -> ContactLine | None:
    """One contact as a line, or None when there is no such."""
    with db.read() as session:
        found = _numbered(session, _lines().where(ContactRow.id == contact_id), rules, today)
    return next(iter(found.values()), None)


def contact_changes(db: Database, contact_id: UUID) -> tuple[ChangeLine, ...]:
    """How a quarantine was made longer or shorter, the oldest first."""
    return changes_by_contact(db, [contact_id]).get(contact_id, ())


def changes_by_contact(db: Database, contact_ids: Sequence[UUID]) -> dict[UUID, tuple[ChangeLine, ...]]:
    """The same of several contacts, by their ids; those without a change are not among them."""
    query = select(IsolationChangeRow).order_by(IsolationChangeRow.changed_at, IsolationChangeRow.n)
    found: dict[UUID, tuple[ChangeLine, ...]] = {}
    with db.read() as session:
        for at in range(0, len(contact_ids), _MOST_KEYS):
            few = IsolationChangeRow.contact_id.in_(contact_ids[at : at + _MOST_KEYS])
            for row in session.scalars(query.where(few)):
                if row.contact_id is not None:
                    found[row.contact_id] = (*found.get(row.contact_id, ()), change_of(row))
    return found


def _numbered(
    session: Session, query: Select[Any], rules: Sequence[QuarantineRule], today: date
) -> dict[int, ContactLine]:
    """The lines of a question by their keys, in its order."""
    rows = session.execute(query).all()
    tests = tests_of_contacts(session, {row.person_id for row in rows})
    return {row.n: _line(row, tests.get(row.id, ()), rules, today) for row in rows}


def _line(row: Any, tests: Iterable[PathogenTest], rules: Sequence[QuarantineRule], today: date) -> ContactLine:
    contact = contact_of(row, tests)
    quarantine, standing = stand(contact, rules, today)
    denied = row.source_class == CaseClassification.NO_CASE.value
    return ContactLine(
        contact=contact,
        full_name=row.full_name,
        birth=PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None,
        sex=Sex(row.sex),
        hamlet=row.hamlet,
        phone=row.phone,
        household_id=row.household_id,
        source=row.source or "",
        source_person_id=row.source_person_id,
        standing=standing,
        quarantine=quarantine,
        order=row.order_number or "",
        release=row.release_number or "",
        source_denied=denied and contact.status is ContactStatus.ACTIVE,
    )
