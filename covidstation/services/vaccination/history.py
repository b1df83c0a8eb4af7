"""Doses that people had: told of or given here, corrected, taken back (docs/adr/0042).

Rows are never changed. What left the store for an injection follows its row: taken back with it, or moved to the row
that corrects it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of
from covidstation.db.queries.chronic_person import died_in
from covidstation.db.queries.vaccination import SAME_IN_DOSE, dose_of, dose_stands, doses_of, other_holder, stances_of
from covidstation.db.rows import PersonRow, VaccineDoseRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem, Sure, too_long
from covidstation.domain.rights import Right
from covidstation.domain.supplies import LinkKind
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.domain.vaccination.checks import DoseFacts, check_dose, needs_reason
from covidstation.domain.vaccination.doses import VOIDED, Dose, DoseClass, DoseDraft, Slots
from covidstation.domain.vaccination.fitting import product_problems
from covidstation.domain.vaccination.places import next_place, slots
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.spacing import spacing_problems
from covidstation.domain.vaccination.stances import Stance
from covidstation.errors import Refused, UserError, ask_back
from covidstation.services.access.audit import shows
from covidstation.services.care.doses import follow_doses
from covidstation.services.care.triage import assess_open_in
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import schedule_in
from covidstation.services.supplies.drawing import never_went
from covidstation.services.vaccination.corrections import move_draw, refuse_counted, with_draw
from covidstation.services.vaccination.reaction_rows import carry_reactions, drop_reactions, pick_up_reactions
from covidstation.services.vaccination.unopening import after_dose

CHANGED: Final = (Kind.VACCINES, Kind.PEOPLE, Kind.EPISODES, Kind.CARE, Kind.CONTACTS)
TAKEN_BACK: Final = "huỷ mũi tiêm"
"""What the store's book says; the nurse's own words stand with the dose, and go with it."""
_TEXTS: Final = (
    "product", "product_name", "lot_number", "facility", "country", "vaccinator", "certificate", "reason", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineLook:
    """What the register knows of one person's doses, for the form and the person's page."""

    person_id: UUID
    full_name: str
    birth: PartialDate | None
    died_on: date | None
    doses: tuple[Dose, ...]
    stances: tuple[Stance, ...]
    schedule: Schedule
    day: date
    conditions: frozenset[str] = frozenset()

    @property
    def products(self) -> Products:
        """The vaccines in force."""
        return self.schedule.products_on(self.day)

    @property
    def slots(self) -> Slots:
        """The places of the certificate."""
        return slots(self.schedule, self.doses, self.conditions, self.day)

    def next_place(self, day: date) -> tuple[DoseClass, int]:
        """What a dose on that day would be, after those before it."""
        before = [one for one in self.doses if one.given.earliest <= day]
        return next_place(self.schedule, before, self.conditions, day)


@needs(Right.SEE)
@shows("vaccination")
def look_at_vaccination(db: Database, person_id: UUID, *, catalog: Catalog, now: datetime) -> VaccineLook:
    """All of it. Raises UserError people.unknown_person."""
    with db.read() as session:
        person = person_in(session, person_id)
        return VaccineLook(
            person_id=person_id,
            full_name=person.full_name,
            birth=birth_of(person),
            died_on=died_in(session, person_id),
            doses=doses_of(session, person_id),
            stances=stances_of(session, person_id),
            schedule=schedule_in(session, catalog),
            day=now.date(),
            conditions=frozenset(person.conditions),
        )


def person_in(session: Session, person_id: UUID) -> PersonRow:
    """The person. Raises UserError people.unknown_person."""
    row = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
    if row is None:
        raise UserError("people.unknown_person")
    return row


@needs(Right.ENTER)
def record_dose(
    db: Database,
    draft: DoseDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[Dose]:
    """Keep one dose; with `draft.voids` it corrects an earlier one of the same person.

    Raises Refused with what cannot be; with what is asked back alone unless `sure`, some of which then needs a reason
    (vaccination.why); UserError people.unknown_person, vaccination.dose_unknown, vaccination.dose_voided.
    """
    with db.write(by, now) as session:
        return done(write_dose(session, draft, catalog=catalog, by_name=by_name, now=now, sure=sure), *CHANGED)


def write_dose(
    session: Session, draft: DoseDraft, *, catalog: Catalog, by_name: str, now: datetime, sure: Sure = False
) -> Dose:
    """The same inside another act's transaction. Raises as `record_dose`.

    What an injection takes out of the store is the caller's to write, linked to this row (`LinkKind.INJECTION`).
    """
    person = person_in(session, draft.person_id)
    old = standing_dose(session, draft.voids, draft.person_id) if draft.voids is not None else None
    schedule = schedule_in(session, catalog)
    products = schedule.products_on(draft.given.earliest)
    draft = named(_cleaned(draft), products)
    if old is not None and old.drawn:
        draft = with_draw(session, draft, old)
    before = doses_of(session, person.id)
    found = problems_in(session, person, draft, products, before, catalog=catalog, today=now.date(), schedule=schedule)
    refuse(found, draft.reason, sure)
    row = keep_dose(session, draft, products.id, by_name=by_name)
    if old is not None:
        move_draw(session, old, row)
        carry_reactions(session, dose_of(old), dose_of(row))
    follow(session, person, before, catalog=catalog, now=now)
    return dose_of(row)


def keep_dose(session: Session, draft: DoseDraft, rule: str, *, by_name: str) -> VaccineDoseRow:
    """The row alone, of a dose that was judged by that list of vaccines."""
    row = _row(_cleaned(draft), rule, by_name)
    session.add(row)
    session.flush()
    if draft.session_id is not None and draft.voids is None:
        pick_up_reactions(session, dose_of(row))
    return row


def follow(session: Session, person: PersonRow, before: tuple[Dose, ...], *, catalog: Catalog, now: datetime) -> None:
    """Open illnesses know the doses, and are judged by them."""
    follow_doses(session, person.id, before)
    assess_open_in(session, person, catalog=catalog, now=now)


def refuse(found: list[Problem], reason: str, sure: Sure) -> None:
    """Raise Refused with errors, with all that is asked back unless `sure`, or because a word why is missing."""
    ask_back(found, sure)
    if needs_reason(found) and not clean(reason):
        raise Refused([Problem("reason", "vaccination.why")])


def problems_in(
    session: Session,
    person: PersonRow,
    draft: DoseDraft,
    products: Products,
    before: tuple[Dose, ...],
    *,
    catalog: Catalog,
    today: date,
    schedule: Schedule | None = None,
    living: bool = False,
) -> list[Problem]:
    """What is wrong with a dose that is to be written; `before` are those that stand; `schedule` if it was read;
    `living` when it was asked already."""
    others = tuple(one for one in before if one.id != draft.voids)
    schedule = schedule_in(session, catalog) if schedule is None else schedule
    birth = birth_of(person)
    facts = DoseFacts(
        products=products,
        birth=birth,
        died_on=None if living else died_in(session, person.id),
        doses=others,
        spacing=spacing_problems(schedule, draft, others, birth, frozenset(person.conditions)),
        course=product_problems(schedule, draft, others, birth, frozenset(person.conditions), person.priority_group),
    )
    return [*check_dose(draft, facts, today), *_held_by_other(session, draft, before)]


def _held_by_other(session: Session, draft: DoseDraft, before: tuple[Dose, ...]) -> list[Problem]:
    """A certificate is one person's; a dose that is only corrected keeps what it was taken from."""
    corrected = any(one.id == draft.voids and one.certificate == draft.certificate for one in before)
    if not draft.certificate or corrected:
        return []
    other = other_holder(session, draft.certificate, draft.person_id)
    if other is None:
        return []
    birth = other.birth.text() if other.birth else "—"
    params = {"name": other.full_name, "birth": birth, "day": other.given.text()}
    return [Problem("certificate", "vaccination.certificate_other", params)]


@needs(Right.ENTER)
def void_dose(
    db: Database,
    dose_id: UUID,
    reason: str,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[None]:
    """Take back a dose that was not given, or is somebody else's; it stays in the register, and what it took out of the
    store never left it.

    Raises Refused vaccination.void_why; UserError vaccination.dose_unknown, vaccination.dose_voided,
    vaccine_session.closed (whose doses are counted: it is opened again first).
    """
    reason = clean(reason)
    if found := ([] if reason else [Problem("reason", "vaccination.void_why")]) + too_long(
        "reason", reason, TEXT_LIMIT
    ):
        raise Refused(found)
    with db.write(by, now) as session:
        row = standing_dose(session, dose_id)
        refuse_counted(session, row)
        void_dose_in(session, row, reason, by_name=by_name, catalog=catalog, now=now)
    return done(None, *CHANGED, Kind.SUPPLIES)


def void_dose_in(
    session: Session,
    row: VaccineDoseRow,
    reason: str,
    *,
    by_name: str,
    catalog: Catalog,
    now: datetime,
    unopened: bool = False,
) -> None:
    """The same inside another act's transaction; the row stands (`standing_dose`). `unopened`: neither was its vial."""
    before = doses_of(session, row.person_id)
    session.add(
        VaccineDoseRow(
            id=new_id(),
            person_id=row.person_id,
            given_year=row.given_year,
            given_month=row.given_month,
            given_day=row.given_day,
            source=VOIDED,
            reason=reason,
            by_name=clean(by_name),
            voids=row.id,
        )
    )
    session.flush()
    after_dose(session, row, unopened=unopened)
    never_went(session, LinkKind.INJECTION, [row.id], reason=TAKEN_BACK, by_name=by_name)
    drop_reactions(session, dose_of(row), [one for one in before if one.id != row.id])
    follow(session, person_in(session, row.person_id), before, catalog=catalog, now=now)


def standing_dose(session: Session, dose_id: UUID, person_id: UUID | None = None) -> VaccineDoseRow:
    """A dose that nobody took back. Raises UserError vaccination.dose_unknown, vaccination.dose_voided."""
    row = session.scalars(select(VaccineDoseRow).where(VaccineDoseRow.id == dose_id)).first()
    if row is None or (person_id is not None and row.person_id != person_id):
        raise UserError("vaccination.dose_unknown")
    if session.scalars(select(VaccineDoseRow.n).where(VaccineDoseRow.id == dose_id, dose_stands())).first() is None:
        raise UserError("vaccination.dose_voided")
    return row


def _cleaned(draft: DoseDraft) -> DoseDraft:
    texts: dict[str, Any] = {name: clean(getattr(draft, name)) for name in _TEXTS}
    return replace(draft, **{**texts, "country": texts["country"].upper()})


def named(draft: DoseDraft, products: Products) -> DoseDraft:
    """A dose with the vaccine's code when its name says it, and with the name that the list has for a code."""
    code = draft.product
    if not code and (meant := products.find(draft.product_name)):
        code = meant.code
    return replace(draft, product=code, product_name=draft.product_name or products.name(code))


def _row(draft: DoseDraft, rule: str, by_name: str) -> VaccineDoseRow:
    return VaccineDoseRow(
        id=new_id(),
        **{name: getattr(draft, name) for name in SAME_IN_DOSE},
        given_year=draft.given.year,
        given_month=draft.given.month,
        given_day=draft.given.day,
        dose_class=draft.dose_class.value,
        site=draft.site.value,
        source=draft.source.value,
        rule=rule,
        by_name=clean(by_name),
    )
