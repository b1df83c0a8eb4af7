"""One injection of a session, in one transaction: the screening, the yes, the dose, what it takes out of the store, the
vial that it opens (docs/adr/0044)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of
from covidstation.db.queries.vaccination import doses_of
from covidstation.db.queries.vaccine_sessions import takes_in
from covidstation.db.rows import PersonRow, SessionPersonRow, StationRow, VaccinationSessionRow
from covidstation.db.session import Database
from covidstation.domain.bands import OLDEST
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.supplies import Link, LinkKind, MovementKind
from covidstation.domain.text import clean
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, DoseSource, Site, next_place
from covidstation.domain.vaccination.screening import Outcome, ScreeningRule
from covidstation.domain.vaccination.sessions import (
    Consent,
    Drawing,
    Take,
    Vial,
    next_drawing,
    observed_until,
    usual_product,
)
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages.vaccine_session import OUTCOMES
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.supplies.writing import Move, Said, write_moves
from covidstation.services.vaccination.arrival import here_in
from covidstation.services.vaccination.day import free_seat, moment_of, seated
from covidstation.services.vaccination.history import (
    CHANGED,
    problems_in,
    products_in,
    refuse,
    write_dose,
)
from covidstation.services.vaccination.seating import (
    ConsentDraft,
    Desk,
    ScreeningDraft,
    check_consent,
    check_screening,
    desk_in,
    write_consent,
    write_screening,
)
from covidstation.services.vaccination.sessions import (
    running_in,
    screening_rule_in,
)
from covidstation.services.vaccination.takes import refuse_waiting
from covidstation.services.vaccination.vials import open_vial

_ALL_DAY: Final = 24 * 60  # minutes: of a session on paper nobody wrote when a vial was opened


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionDraft:
    """One injection. `product` None: that of the dose before, else whichever is next; `vial_id` or `take_id` (a new
    vial of it) choose otherwise. What is left None follows from the register: class and number from the doses, the
    volume from the list. `at`: the hour, where the session is not of today."""

    product: str | None = None
    take_id: UUID | None = None
    vial_id: UUID | None = None
    dose_class: DoseClass | None = None
    number: int | None = None
    volume: int | None = None
    site: Site = Site.LEFT_ARM
    vaccinator: str = ""
    reason: str = ""
    at: datetime | None = None
    left_at: datetime | None = None  # when they went home: known where the session was written on paper


@dataclass(frozen=True, slots=True)
class Injected:
    """What one injection did: the dose, out of which vial, what is left in it, until when they sit."""

    dose: Dose
    vial: int
    left: int
    until: datetime


@needs(Right.ENTER)
def inject(
    db: Database,
    session_id: UUID,
    person_id: UUID,
    draft: InjectionDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    screening: ScreeningDraft | None = None,
    consent: ConsentDraft | None = None,
    sure: bool = False,
) -> Done[Injected]:
    """Give the dose. Without a `screening` or a `consent` those that were kept before count.

    Raises Refused with all that cannot be, asked back alone unless `sure` (of the sheet, the yes, the dose as
    `history.write_dose`, supplies.below_zero, vaccine_session.time_missing, time_future); UserError
    vaccine_session.not_screened, may_not, had_dose, went, nothing_left, lot_waits, vial_empty, vial_old, and as
    `come_to_session`.
    """
    with db.write(by, now) as session:
        row = running_in(session, session_id)
        person = here_in(session, person_id)
        rule = screening_rule_in(session, catalog, row.day)
        desk = desk_in(session, row, person, rule)
        seat = free_seat(session, row, person, by_name)
        at = moment_of(row, draft.at, now)
        agreed = consent or _said(seat)
        found = check_screening(screening, desk.sheet, desk.age, desk.usual_systolic) if screening else []
        found += check_consent(agreed, desk.guardian_below)
        if errors(found):
            raise Refused(errors(found))
        _decide(seat, screening, desk, at, by_name)
        before = doses_of(session, person_id)
        drawing = _drawing(session, row, draft, rule, before, at)
        dose = _dose_draft(session, row, person, draft, drawing.take, before, at, catalog, by_name)
        products = products_in(session, catalog, row.day)
        found += problems_in(session, person, dose, products, before, catalog=catalog, today=now.date())
        until = observed_until(at, rule.observe_minutes)
        found += _check_leaving(person, draft.left_at, at, until, now)
        refuse(found, draft.reason, sure)
        seated(session, seat, at)
        write_consent(seat, agreed)
        seat.left_at, seat.left_by = draft.left_at, clean(by_name) if draft.left_at else ""
        given, vial = _give(session, row, dose, drawing, at, catalog=catalog, by_name=by_name, now=now)
        return done(Injected(given, vial.number, vial.left, until), *CHANGED, Kind.SUPPLIES)


def _check_leaving(
    person: PersonRow, left: datetime | None, at: datetime, until: datetime, now: datetime
) -> list[Problem]:
    """Nobody goes before the dose, nor tomorrow; before the time is over it is asked back."""
    if left is None:
        return []
    if left > now.replace(tzinfo=None):
        return [Problem("left_at", "vaccine_session.time_future")]
    if left < at:
        return [Problem("left_at", "vaccine_session.left_before", {"at": f"{at:%H:%M}"})]
    params = {"name": person.full_name, "until": f"{until:%H:%M}"}
    return [Problem("left_at", "vaccine_session.too_early", params, "warning")] if left < until else []


def _said(seat: SessionPersonRow) -> ConsentDraft:
    """The yes that was kept before."""
    return ConsentDraft(
        said=Consent(seat.consent),
        guardian_name=seat.guardian_name,
        guardian_relation=seat.guardian_relation,
        guardian_phone=seat.guardian_phone,
    )


def _decide(seat: SessionPersonRow, screening: ScreeningDraft | None, desk: Desk, at: datetime, by_name: str) -> None:
    """The sheet of now, or of before, lets them be injected."""
    if screening is not None:
        write_screening(seat, screening, desk, at, by_name)
    if not seat.outcome:
        raise UserError("vaccine_session.not_screened")
    outcome = Outcome(seat.outcome)
    if not outcome.may_inject:
        raise UserError("vaccine_session.may_not", outcome=_(OUTCOMES[outcome]))


def _give(
    session: Session,
    row: VaccinationSessionRow,
    draft: DoseDraft,
    drawing: Drawing,
    at: datetime,
    *,
    catalog: Catalog,
    by_name: str,
    now: datetime,
) -> tuple[Dose, Vial]:
    """The dose, its vial, and what leaves the store."""
    vial = drawing.vial
    if vial is None:
        opened = open_vial(session, drawing.take, row.id, at, by_name=by_name, number=drawing.number)
        vial = Vial(
            id=opened.id,
            take_id=drawing.take.id,
            number=opened.number,
            opened_at=at,
            doses=drawing.take.per_vial,
        )
    dose = write_dose(session, replace(draft, vial_id=vial.id), catalog=catalog, by_name=by_name, now=now, sure=True)
    link = Link(LinkKind.INJECTION, dose.id)
    move = Move(lot_id=drawing.take.lot_id, kind=MovementKind.ISSUE, quantity=-1, link=link)
    write_moves(session, Said(day=row.day, by_name=by_name), [move], field="take")
    return dose, replace(vial, given=vial.given + 1)


def _drawing(
    session: Session,
    row: VaccinationSessionRow,
    draft: InjectionDraft,
    rule: ScreeningRule,
    before: Sequence[Dose],
    at: datetime,
) -> Drawing:
    """The vial that was chosen, or the next one: of the vaccine that they had before, where the session has it."""
    minutes = _ALL_DAY if row.on_paper else rule.vial_minutes
    takes = takes_in(session, row.id)
    if row.on_paper or draft.at is not None:  # it was given: a lot that waits today held nobody up then
        takes = tuple(replace(one, waits=False) for one in takes)
    if draft.vial_id is not None:
        return _chosen(takes, draft.vial_id, at, minutes)
    if draft.take_id is not None:
        takes = tuple(replace(one, opened=_used_up(one)) for one in takes if one.id == draft.take_id)
    when = max([at, *(vial.opened_at for take in takes for vial in take.opened)]) if row.on_paper else at
    product = None
    if draft.take_id is None:
        product = draft.product or usual_product(takes, [one.product for one in before])
    found = next_drawing(takes, row.day, when, minutes, product=product)
    if found is None:
        refuse_waiting(one for one in takes if product in (None, one.product) and one.should_be)
        names = {one.product_name for one in takes if product in (None, one.product)}
        raise UserError("vaccine_session.nothing_left", name=", ".join(sorted(names)) or _("vắc xin"))
    return found


def _used_up(take: Take) -> tuple[Vial, ...]:
    """Its vials as if all were closed: a new one is wanted."""
    return tuple(replace(vial, closed=True) for vial in take.opened)


def _chosen(takes: Sequence[Take], vial_id: UUID, at: datetime, minutes: int) -> Drawing:
    found = next(((take, vial) for take in takes for vial in take.opened if vial.id == vial_id), None)
    if found is None:
        raise UserError("vaccine_session.vial_unknown")
    take, vial = found
    refuse_waiting([take])
    if vial.closed or not vial.left:
        raise UserError("vaccine_session.vial_empty", number=f"{vial.number}")
    if at > vial.good_until(minutes):
        params = {"number": f"{vial.number}", "at": f"{vial.opened_at:%H:%M}", "hours": f"{minutes // 60}"}
        raise UserError("vaccine_session.vial_old", **params)
    return Drawing(take, vial, vial.number)


def _dose_draft(
    session: Session,
    row: VaccinationSessionRow,
    person: PersonRow,
    draft: InjectionDraft,
    take: Take,
    before: Sequence[Dose],
    at: datetime,
    catalog: Catalog,
    by_name: str,
) -> DoseDraft:
    """What is said follows from the register where nobody said otherwise."""
    products = products_in(session, catalog, row.day)
    kind, number = next_place(before, products)
    if draft.dose_class is not None:
        kind, number = draft.dose_class, draft.number or 1
    product = products.product(take.product)
    months = months_possible(birth_of(person), row.day, OLDEST)[0]
    volume = draft.volume
    if volume is None and product is not None:
        volume = product.volume(months, kind.value)
    return DoseDraft(
        person_id=person.id,
        given=PartialDate.of(row.day),
        given_at=at,
        product=take.product,
        product_name=take.product_name,
        dose_class=kind,
        number=draft.number or number,
        lot_number=take.lot_number,
        lot_id=take.lot_id,
        expiry=take.expiry,
        volume=volume,
        site=draft.site,
        facility=session.scalars(select(StationRow.name)).one(),
        vaccinator=clean(draft.vaccinator) or by_name,
        source=DoseSource.OWN_RECORD,
        session_id=row.id,
        drawn=True,
        reason=draft.reason,
    )
