"""One injection of a session, in one transaction: the screening, the yes, the dose, what it takes out of the store, the
vial that it opens (docs/adr/0044)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of
from covidstation.db.queries.vaccination import dose_of
from covidstation.db.queries.vaccine_sessions import takes_in
from covidstation.db.rows import PersonRow, SessionPersonRow, StationRow, VaccinationSessionRow
from covidstation.db.session import Database
from covidstation.domain.bands import OLDEST
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.problems import Problem, Sure, errors
from covidstation.domain.rights import Right
from covidstation.domain.supplies import Link, LinkKind, MovementKind
from covidstation.domain.text import clean
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, DoseSource, Site
from covidstation.domain.vaccination.fitting import NO_DOSE, fitting_drawing, of_age, usual_takes
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import (
    Drawing,
    Take,
    Vial,
    next_drawing,
)
from covidstation.domain.vaccination.states import Why
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages.vaccine_session import OUTCOMES, drawing_words
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.supplies.writing import Move, Said, write_moves
from covidstation.services.vaccination.arrival import ALL_DAY, here_in
from covidstation.services.vaccination.case import Case, case_in
from covidstation.services.vaccination.day import free_seat, moment_of, seated
from covidstation.services.vaccination.history import (
    CHANGED,
    follow,
    keep_dose,
    problems_in,
    refuse,
)
from covidstation.services.vaccination.paper_hours import check_paper_hour
from covidstation.services.vaccination.seating import (
    ConsentDraft,
    Desk,
    ScreeningDraft,
    check_consent,
    check_screening,
    consent_of,
    desk_in,
    screening_of,
    write_consent,
    write_screening,
)
from covidstation.services.vaccination.sessions import running_in
from covidstation.services.vaccination.standing import (
    DeskRules,
    desk_rules,
    standing_problems,
)
from covidstation.services.vaccination.takes import refuse_waiting
from covidstation.services.vaccination.unanswered import check_unanswered
from covidstation.services.vaccination.vials import open_vial, vial_row


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionDraft:
    """One injection. `product` None: that of the dose before, else whichever is next; `vial_id` or `take_id` (a new
    vial of it) choose otherwise. What is left None follows from the register: class and number from the doses, the
    volume from the list. `at`: the hour, where the session is not of today. `vaccinator`: empty is who writes it
    at once; of a dose with an `at`, or on paper, nobody."""

    product: str | None = None
    take_id: UUID | None = None
    vial_id: UUID | None = None
    dose_class: DoseClass | None = None
    number: int | None = None
    volume: int | None = None
    site: Site = Site.LEFT_ARM
    vaccinator: str = ""
    reason: str = ""
    shown: Drawing | None = None  # where the dose was to come out when somebody looked: nothing else is given
    none_shown: bool = False  # somebody looked, and there was nothing
    at: datetime | None = None
    left_at: datetime | None = None  # when they went home: known where the session was written on paper
    on_paper: bool = False  # the row was written by hand: nobody wrote when a vial was opened


@dataclass(frozen=True, slots=True)
class Injected:
    """What one injection did: the dose, the vial after it, until when they sit."""

    dose: Dose
    out_of: Vial
    until: datetime

    @property
    def vial(self) -> int:
        """The number of the vial."""
        return self.out_of.number

    @property
    def left(self) -> int:
        """Doses that are left in it."""
        return self.out_of.left


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
    sure: Sure = False,
) -> Done[Injected]:
    """Give the dose. Without a `screening` or a `consent` those that were kept before count.

    Raises Refused with all that cannot be, asked back alone unless `sure` (of the sheet, the yes, the dose as
    `history.write_dose`, the schedule's word vaccine_session.not_due, vaccination.product_against,
    supplies.below_zero, vaccine_session.time_missing, time_future); UserError vaccine_session.vial_changed (another
    desk was quicker than `draft.shown`), sheet_changed, not_screened, may_not, had_dose, went, nothing_left, none_fits,
    lot_waits, vial_empty, vial_old, and as `come_to_session`.
    """
    rules = desk_rules(db, catalog=catalog)
    with db.write(by, now) as session:
        row = running_in(session, session_id)
        person = here_in(session, person_id, row.day)
        seat = free_seat(session, row, person, by_name)
        case = case_in(session, row, person, rules, moment_of(row, draft.at, now, on_paper=draft.on_paper))
        desk = desk_in(session, row, person, rules.screening(row.day))
        found = _hear(case, desk, seat, screening, consent_of(seat, consent), by_name)
        with session.no_autoflush:  # sheet, yes and dose are one change of the seat, and one journal line
            drawing = _drawing(session, case, draft)
        dose = _dose_draft(session, case, draft, drawing.take, by_name)
        if draft.on_paper:
            found += check_paper_hour(row, case.at, drawing.vial, rules.screening(row.day).vial_minutes, now)
        found += check_unanswered(session, row, person, desk, seat, dose.product)
        found += _problems(session, case, dose, catalog, now) + _check_leaving(case, draft.left_at, now)
        refuse(found, draft.reason, sure)
        seated(session, seat, case.at)
        write_consent(seat, consent)
        seat.left_at, seat.left_by = draft.left_at, clean(by_name) if draft.left_at else ""
        given, vial = _give(session, case, dose, drawing, catalog=catalog, by_name=by_name, now=now)
        return done(Injected(given, vial, case.until), *CHANGED, Kind.SUPPLIES)


def drawing_for(
    session: Session,
    row: VaccinationSessionRow,
    person: PersonRow,
    draft: InjectionDraft,
    rules: DeskRules,
    now: datetime,
) -> Drawing:
    """Where `inject` would take their dose from. Raises as it does about the hour and the vial."""
    at = moment_of(row, draft.at, now, on_paper=draft.on_paper)
    return _drawing(session, case_in(session, row, person, rules, at), draft)


def _problems(session: Session, case: Case, dose: DoseDraft, catalog: Catalog, now: datetime) -> list[Problem]:
    """What is doubtful about the dose: by itself, and by the schedule."""
    found = problems_in(
        session, case.person, dose, case.products, case.before, catalog=catalog, today=now.date(),
        schedule=case.rules.schedule, living=True,
    )  # fmt: skip
    if case.standing.state.why is Why.AGAIN:  # a dose that came too early is given again under its number
        found = [one for one in found if one.code != "vaccination.number_again"]
    if not case.standing.due:  # with all that is known, and in its own words
        found = [one for one in found if one.code not in NO_DOSE]
    return found + standing_problems(case.standing, dose.product, case.rules.schedule, found)


def _check_leaving(case: Case, left: datetime | None, now: datetime) -> list[Problem]:
    """Nobody goes before the dose, nor tomorrow; before the time is over it is asked back."""
    if left is None:
        return []
    if left > now.replace(tzinfo=None):
        return [Problem("left_at", "vaccine_session.time_future")]
    if left < case.at:
        return [Problem("left_at", "vaccine_session.left_before", {"at": f"{case.at:%H:%M}"})]
    params = {"name": case.person.full_name, "until": f"{case.until:%H:%M}"}
    return [Problem("left_at", "vaccine_session.too_early", params, "warning")] if left < case.until else []


def _hear(
    case: Case,
    desk: Desk,
    seat: SessionPersonRow,
    screening: ScreeningDraft | None,
    agreed: ConsentDraft,
    by_name: str,
) -> list[Problem]:
    """The sheet of now, or of before, and the yes let them be injected; the value is what is doubtful about them."""
    found = check_screening(screening, desk.sheet, desk.age, desk.usual_systolic) if screening else []
    found += check_consent(agreed, desk.guardian_below)
    if errors(found):
        raise Refused(errors(found))
    if screening is not None:
        write_screening(seat, screening, desk, case.at, by_name)
    if not seat.outcome:
        raise UserError("vaccine_session.not_screened")
    if screening is None and (missing := errors(_lacks(seat, desk))):  # who went without was asked for nothing more
        raise Refused(missing)
    outcome = Outcome(seat.outcome)
    if not outcome.may_inject:
        raise UserError("vaccine_session.may_not", outcome=_(OUTCOMES[outcome]))
    return found


def _lacks(seat: SessionPersonRow, desk: Desk) -> list[Problem]:
    """What is missing on the sheet that was kept."""
    return check_screening(screening_of(seat), desk.sheet, desk.age, desk.usual_systolic)


def _give(
    session: Session,
    case: Case,
    draft: DoseDraft,
    drawing: Drawing,
    *,
    catalog: Catalog,
    by_name: str,
    now: datetime,
) -> tuple[Dose, Vial]:
    """The dose, its vial, and what leaves the store."""
    vial, row = drawing.vial, case.row
    if vial is None:
        opened = open_vial(session, drawing.take, row.id, case.at, by_name=by_name, number=drawing.number)
        vial = Vial(
            id=opened.id,
            take_id=drawing.take.id,
            number=opened.number,
            opened_at=case.at,
            doses=drawing.take.per_vial,
        )
    elif case.at < vial.opened_at:  # written on paper, and entered after a later one
        vial_row(session, vial.id).opened_at = case.at
    kept = keep_dose(session, replace(draft, vial_id=vial.id), case.products.id, by_name=by_name)
    follow(session, case.person, case.before, catalog=catalog, now=now)
    move = Move(
        lot_id=drawing.take.lot_id, kind=MovementKind.ISSUE, quantity=-1, link=Link(LinkKind.INJECTION, kept.id)
    )
    write_moves(session, Said(day=row.day, by_name=by_name), [move], field="take")
    return dose_of(kept), replace(vial, given=vial.given + 1)


def _drawing(session: Session, case: Case, draft: InjectionDraft) -> Drawing:
    """The vial that was chosen, or the next one of a vaccine that fits; the one that was shown, where one was."""
    found = _found_drawing(session, case, draft)
    if draft.none_shown or (draft.shown is not None and draft.shown.source != found.source):
        params = {"was": drawing_words(draft.shown), "now": drawing_words(found)}
        raise UserError("vaccine_session.vial_changed", **params)
    return found


def _found_drawing(session: Session, case: Case, draft: InjectionDraft) -> Drawing:
    row, at = case.row, case.at
    on_paper = row.on_paper or draft.on_paper
    minutes = ALL_DAY if on_paper else case.rules.screening(row.day).vial_minutes
    takes = takes_in(session, row.id)
    if on_paper or draft.at is not None:  # it was given: a lot that waits today held nobody up then
        takes = tuple(replace(one, waits=False) for one in takes)
    if draft.vial_id is not None:
        return _chosen(takes, draft.vial_id, at, minutes)
    when = max([at, *(vial.opened_at for take in takes for vial in take.opened)]) if on_paper else at
    if draft.take_id is not None:
        takes = tuple(replace(one, opened=_used_up(one)) for one in takes if one.id == draft.take_id)
        found = next_drawing(takes, row.day, when, minutes)
    elif draft.product is not None:
        takes = tuple(one for one in takes if one.product == draft.product)
        found = next_drawing(takes, row.day, when, minutes)
    else:
        had = [one.product for one in case.before]
        takes = of_age(case.standing.open_to(takes), case.products, birth_of(case.person), row.day)
        found = fitting_drawing(takes, case.standing.wanted, had, row.day, when, minutes)
        if found is None:
            takes = usual_takes(takes, case.standing.wanted, had)
    if found is None:
        refuse_waiting(one for one in takes if one.should_be)
        raise _nothing_left(takes, case)
    return found


def _nothing_left(takes: Sequence[Take], case: Case) -> UserError:
    """The session has no such vaccine, or no dose of it left."""
    if not takes and case.standing.wanted:
        names = ", ".join(case.products.name(code) for code in case.standing.wanted)
        return UserError("vaccine_session.none_fits", names=names)
    if not takes and (why := case.standing.why()):
        return UserError("vaccine_session.none_for", why=why)
    names = ", ".join(sorted({one.product_name for one in takes}))
    return UserError("vaccine_session.nothing_left", name=names or _("vắc xin"))


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
        raise UserError("vaccine_session.vial_empty", number=vial.label)
    if at > vial.good_until(minutes):
        params = {"number": vial.label, "at": f"{vial.opened_at:%H:%M}", "hours": f"{minutes // 60}"}
        raise UserError("vaccine_session.vial_old", **params)
    return Drawing(take, vial, vial.number)


def _dose_draft(session: Session, case: Case, draft: InjectionDraft, take: Take, by_name: str) -> DoseDraft:
    """What is said follows from the register and the schedule where nobody said otherwise."""
    row, person = case.row, case.person
    kind, number = case.standing.next_dose
    if draft.dose_class is not None:
        kind, number = draft.dose_class, draft.number or 1
    product = case.products.product(take.product)
    months = months_possible(birth_of(person), row.day, OLDEST)[0]
    vial = product.presentation(take.product_name) if product is not None else None
    if vial is not None:  # as much as this vial is made for, while the birth date leaves two open
        months = max(months, vial.months_from)
    volume = draft.volume
    if volume is None and product is not None:
        volume = product.volume(months, kind.value)
    return DoseDraft(
        person_id=person.id,
        given=PartialDate.of(row.day),
        given_at=case.at,
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
        vaccinator=clean(draft.vaccinator) or ("" if draft.on_paper or draft.at is not None else by_name),
        source=DoseSource.OWN_RECORD,
        session_id=row.id,
        drawn=True,
        reason=draft.reason,
    )
