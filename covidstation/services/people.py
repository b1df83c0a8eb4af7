"""Registering and editing people, and keeping them findable."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of, fill_person, person_of
from covidstation.db.merged import merged_with, not_merged
from covidstation.db.queries.chronic import groups_in
from covidstation.db.queries.vaccination import doses_of
from covidstation.db.rows import EpisodeRow, HamletRow, HouseholdRow, PersonRow, SearchRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification
from covidstation.domain.people import Person, PersonDraft, check_person
from covidstation.domain.phones import normal_phone
from covidstation.domain.problems import Problem, errors
from covidstation.domain.residence import GONE, Relation, old_head_to_new, under_new_head
from covidstation.domain.rights import Right
from covidstation.domain.text import clean, given_name, initials, search_text
from covidstation.errors import Refused, UserError
from covidstation.services.care.triage import assess_open_in
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

_TEXTS = (
    "full_name",
    "citizen_number",
    "old_citizen_number",
    "insurance_number",
    "ethnic_group",
    "address_printed",
    "address_unit",
    "address_detail",
    "occupation",
    "workplace",
    "father_name",
    "mother_name",
)


def cleaned_person(draft: PersonDraft, catalog: Catalog) -> PersonDraft:
    """The draft as it is kept: NFC, no control signs, spaces squeezed, the phone in its one form."""
    texts = {name: clean(getattr(draft, name)) for name in _TEXTS}
    for name in ("citizen_number", "old_citizen_number", "insurance_number"):
        texts[name] = texts[name].replace(" ", "").upper()
    changes: dict[str, Any] = {**texts, "phone": normal_phone(draft.phone, catalog.phone_prefixes)}
    return replace(draft, **changes)


def problems_of(draft: PersonDraft, catalog: Catalog, now: datetime) -> list[Problem]:
    """What a form shows beside its fields."""
    return check_person(
        replace(cleaned_person(draft, catalog), phone=draft.phone),  # as typed: a prefix that gets its new one is said
        today=now.date(),
        provinces=catalog.citizen_provinces,
        ethnic_groups=catalog.ethnic_groups,
        conditions=catalog.conditions,
        phone_prefixes=catalog.phone_prefixes,
    )


@needs(Right.ENTER)
def register_person(
    db: Database, draft: PersonDraft, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[Person]:
    """A new person. Raises Refused with the problems beside their fields."""
    with db.write(by, now) as session:
        row = put_person(session, None, draft, catalog=catalog, now=now)
        return done(person_of(row), Kind.PEOPLE)


@needs(Right.ENTER)
def edit_person(
    db: Database, person_id: UUID, draft: PersonDraft, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[Person]:
    """Correct what is known of a person; only the changed fields travel."""
    with db.write(by, now) as session:
        row = put_person(session, person_id, draft, catalog=catalog, now=now)
        assess_open_in(session, row, catalog=catalog, now=now)
        return done(person_of(row), Kind.PEOPLE, Kind.EPISODES, Kind.CARE)


def put_person(
    session: Session, person_id: UUID | None, draft: PersonDraft, *, catalog: Catalog, now: datetime
) -> PersonRow:
    """Insert or change a person inside another act's transaction, with the words to find them by.

    Raises Refused: what is wrong beside its field, people.number_known, people.born_after_illness, born_after_dose;
    UserError people.unknown_person.
    """
    found = errors(problems_of(draft, catalog, now))
    if found:
        raise Refused(found)
    draft = cleaned_person(draft, catalog)
    _refuse_known_number(session, person_id, draft.citizen_number)
    before: UUID | None = None
    if person_id is None:
        row = PersonRow(id=new_id())
        fill_person(row, draft)
        session.add(row)
    else:
        known = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
        if known is None:
            raise UserError("people.unknown_person")
        row = known
        stood = happened_before(session, known.id, birth_of(known))
        refuse_late_birth(session, known.id, draft.birth, stood)
        before = row.household_id
        followed = groups_in(session, known.id)  # what the chronic register says is not taken off by a form
        fill_person(row, replace(draft, conditions=draft.conditions | followed))
    session.flush()
    _change_household(session, row, before)
    index_person(session, row)
    return row


def _change_household(session: Session, row: PersonRow, before: UUID | None) -> None:
    """One head a household, who lives in it: whoever is written to be in another one no longer leads the one before
    while others live there (it asks for a head then), and leads the one that they found empty. What they were to the
    old head is told anew."""
    if before == row.household_id:
        return
    session.flush()
    if before is not None:
        row.relation = Relation.UNKNOWN.value
    for household in session.scalars(select(HouseholdRow).where(HouseholdRow.id.in_([before, row.household_id]))):
        members = _living_in(session, household.id)
        if household.head_id is None or household.head_id in members or not members:
            continue
        household.head_id = row.id if members == {row.id} else None
        household.head_name = ""


def _living_in(session: Session, household_id: UUID) -> set[UUID]:
    gone = tuple(one.value for one in GONE)
    here = select(PersonRow.id).where(PersonRow.household_id == household_id, PersonRow.living.not_in(gone))
    return set(session.scalars(here))


def _refuse_known_number(session: Session, person_id: UUID | None, number: str) -> None:
    """A citizen number is one person's: two desks that enter the same patient see it. Raises Refused.

    A person who has had that number all along keeps it, whoever else has it.
    """
    if not number:
        return
    query = select(PersonRow.id, PersonRow.full_name).where(PersonRow.citizen_number == number, not_merged())
    holders = session.execute(query).all()
    if holders and person_id not in {holder.id for holder in holders}:
        raise Refused([Problem("citizen_number", "people.number_known", {"name": holders[0].full_name})])


def refuse_late_birth(
    session: Session, person_id: UUID, birth: PartialDate | None, stood: Collection[UUID] = ()
) -> None:
    """Nobody is born after an illness or dose of theirs; one that `stood` before the birth already keeps nobody from
    correcting something else. Raises Refused people.born_after_illness, born_after_dose."""
    found = happened_before(session, person_id, birth)
    for one, problem in found.items():
        if one not in stood:
            raise Refused([problem])


def happened_before(session: Session, person_id: UUID, birth: PartialDate | None) -> dict[UUID, Problem]:
    """Illnesses and doses of theirs from before that birth, and what is to be said of each; the oldest illness first,
    then doses."""
    if birth is None:
        return {}
    query = select(EpisodeRow.id, EpisodeRow.report_date).where(
        EpisodeRow.person_id == person_id,
        EpisodeRow.classification != CaseClassification.NO_CASE.value,
        EpisodeRow.report_date < birth.earliest,
    )
    ill = [
        (id_, "people.born_after_illness", f"{day:%d/%m/%Y}")
        for id_, day in session.execute(query.order_by(EpisodeRow.report_date, EpisodeRow.n))
    ]
    given = [
        (one.id, "people.born_after_dose", one.given.text())
        for one in doses_of(session, person_id)
        if one.given.latest < birth.earliest
    ]
    return {id_: Problem("birth", code, {"birth": birth.text(), "day": day}) for id_, code, day in (*ill, *given)}


def index_person(session: Session, row: PersonRow) -> None:
    """Write the words by which a person is found; a record that was merged is found as the one that stands for it."""
    if row.merged_into is not None:
        words = session.get(SearchRow, row.n)
        if words is not None:
            session.delete(words)
        return
    hamlet = session.scalars(select(HamletRow.name).where(HamletRow.id == row.hamlet_id)).first() or ""
    words = SearchRow(
        n=row.n,
        given=search_text(given_name(row.full_name)),
        name=search_text(row.full_name),
        initials=initials(row.full_name),
        numbers=" ".join(filter(None, (*_numbers(row), *_words_behind(session, row)))),
        place=search_text(f"{hamlet} {_head_name(session, row.household_id)}"),
    )
    session.merge(words)


def _numbers(row: PersonRow) -> tuple[str, ...]:
    return (row.citizen_number, row.old_citizen_number, row.insurance_number.lower(), row.phone)


def _words_behind(session: Session, row: PersonRow) -> list[str]:
    """Names and numbers of the records that were merged into this one: who asks for them finds it."""
    behind = merged_with(session, [row.id])
    people = session.scalars(select(PersonRow).where(PersonRow.id.in_(behind))) if behind else ()
    return [word for one in people for word in (search_text(one.full_name), *_numbers(one))]


def _head_name(session: Session, household_id: UUID | None) -> str:
    household = session.scalars(select(HouseholdRow).where(HouseholdRow.id == household_id)).first()
    if household is None:
        return ""
    head = session.scalars(select(PersonRow.full_name).where(PersonRow.id == household.head_id)).first()
    return head or household.head_name


@needs(Right.ENTER)
def make_head(db: Database, person_id: UUID, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """Make a person the head of their household. Raises UserError people.no_household."""
    with db.write(by, now) as session:
        person = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).one()
        household = session.scalars(select(HouseholdRow).where(HouseholdRow.id == person.household_id)).first()
        if household is None:
            raise UserError("people.no_household")
        choose_head(session, household, person)
        return done(household.id, Kind.PEOPLE, Kind.PLACES)


def choose_head(session: Session, household: HouseholdRow, person: PersonRow) -> None:
    """Another head inside another act's transaction: what the members are to the head is told anew where it follows
    from what they were to the old one, and everyone is found by the new head's name."""
    chosen, old_id = Relation(person.relation), household.head_id
    members = session.scalars(select(PersonRow).where(PersonRow.household_id == household.id)).all()
    if old_id is not None and old_id != person.id:
        for member in members:
            told = old_head_to_new(chosen) if member.id == old_id else under_new_head(chosen, Relation(member.relation))
            member.relation = Relation.UNKNOWN.value if member.id == person.id else told.value
    household.head_id, person.relation = person.id, Relation.UNKNOWN.value
    session.flush()
    for member in members:
        index_person(session, member)
