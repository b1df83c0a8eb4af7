"""What of a session was written on paper, all of it or the hours of a power cut, entered afterwards row by row: each
row is one act of the session, in its own transaction, so that what was entered stands (docs/adr/0044)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_sessions import takes_in
from covidstation.db.rows import SessionPersonRow
from covidstation.db.session import Database
from covidstation.domain.care import Vitals
from covidstation.domain.problems import Problem, Sure
from covidstation.domain.rights import Right
from covidstation.domain.text import clean, fold
from covidstation.domain.vaccination.screening import Outcome, known_answers
from covidstation.domain.vaccination.sessions import NoDose, Step, Take, observed_until
from covidstation.errors import Refused
from covidstation.services.changes import Done
from covidstation.services.rights import needs
from covidstation.services.vaccination.arrival import facts_in, here_in
from covidstation.services.vaccination.day import let_go
from covidstation.services.vaccination.injecting import InjectionDraft, drawing_for, inject
from covidstation.services.vaccination.seating import (
    NOTHING,
    ConsentDraft,
    ScreeningDraft,
    desk_in,
    judged,
    screening_of,
    still_decided,
)
from covidstation.services.vaccination.sessions import found_seat, running_in
from covidstation.services.vaccination.standing import DeskRules, desk_rules
from covidstation.services.vaccination.without import WithoutDraft, send_without


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRow:
    """One line of the printed list as it was filled in. `weeks` of a pregnancy: she is pregnant. `ending` None: they
    had the dose; `lot`, `vial` as written on the list, empty: the next vial. `left_at` None: when the time under
    observation was over. `reason`: why without, why a measure is missing, why given against the sheet or although
    asked back. `vaccinator`: who injected, where the paper says it."""

    vitals: Vitals = NOTHING
    weeks: int | None = None
    ending: NoDose | None = None
    lot: str = ""
    vial: int | None = None
    at: datetime | None = None
    left_at: datetime | None = None
    guardian_name: str = ""
    guardian_relation: str = ""
    again_on: date | None = None
    reason: str = ""
    vaccinator: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the register adds to a row."""

    screening: ScreeningDraft
    draft: InjectionDraft


@needs(Right.ENTER)
def enter_paper_row(
    db: Database,
    session_id: UUID,
    person_id: UUID,
    row: WrittenRow,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[Step]:
    """Write what the paper says of one person; where they stand now. It goes on from the sheet that the desk kept, and
    what the register knows is ticked on it. A measure that is missing on both is kept as missing, with the reason.

    Raises Refused vaccine_session.paper_hour_missing, vial_lot, vial_next, weeks_nobody; paper_temperature_missing,
    paper_pressure_missing, paper_weeks_missing, paper_against (asked back, and wanting a reason); all that `inject`
    and `send_without` raise.
    """
    if row.at is None:
        raise Refused([Problem("at", "vaccine_session.paper_hour_missing")])
    rules = desk_rules(db, catalog=catalog)
    with db.read() as session:
        known = _known(session, session_id, person_id, row, rules, now)
    if row.ending is not None:
        draft = WithoutDraft(kind=row.ending, reason=row.reason, again_on=row.again_on, at=row.at, on_paper=True)
        measured = known.screening if row.vitals != NOTHING or row.weeks is not None else None
        gone = send_without(
            db, session_id, person_id, draft, catalog=catalog, by=by, by_name=by_name, now=now, screening=measured,
            sure=sure,
        )  # fmt: skip
        return Done(Step.ENDED, gone.changes)
    consent = ConsentDraft(guardian_name=row.guardian_name or None, guardian_relation=row.guardian_relation or None)
    given = inject(
        db, session_id, person_id, known.draft, catalog=catalog, by=by, by_name=by_name, now=now,
        screening=known.screening, consent=consent, sure=sure,
    )  # fmt: skip
    return Done(Step.LEFT if known.draft.left_at else Step.OBSERVED, given.changes)


def _known(
    session: Session, session_id: UUID, person_id: UUID, row: WrittenRow, rules: DeskRules, now: datetime
) -> _Known:
    held = running_in(session, session_id)
    person = here_in(session, person_id, held.day)
    rule = rules.screening(held.day)
    desk = desk_in(session, held, person, rule)
    takes = takes_in(session, session_id)
    draft = InjectionDraft(
        at=row.at, left_at=row.left_at, reason=clean(row.reason), vaccinator=row.vaccinator, on_paper=True
    )
    if row.ending is None:
        draft = replace(_from_vial(takes, row, draft), left_at=_left_at(row, rule.observe_minutes, now))
        draft = replace(draft, shown=drawing_for(session, held, person, draft, rules, now))
    product = draft.shown.take.product if draft.shown is not None else _usual(takes, row)
    answers = known_answers(desk.sheet, facts_in(session, person, held.day), product, held.day)
    if row.weeks is not None:
        pregnant = desk.sheet.of_pregnancy(person.sex, product)
        if not pregnant:
            raise Refused([Problem("weeks", "vaccine_session.weeks_nobody")])
        answers |= pregnant
    seat = found_seat(session, session_id, person_id)
    screening = _gone_on(seat, ScreeningDraft(vitals=row.vitals, answers=answers, weeks=row.weeks, on_paper=True))
    said = judged(screening, desk.sheet, desk.usual_systolic)
    stands = still_decided(screening, said, desk.sheet, desk.usual_systolic)
    if row.ending is None and not stands.may_inject:  # it was given: whoever is asked back says why
        screening = replace(screening, outcome=Outcome.CAUTION, reason=clean(row.reason))
    elif stands is not said.outcome:
        screening = replace(screening, outcome=stands)
    return _Known(screening, draft)


def _usual(takes: Sequence[Take], row: WrittenRow) -> str:
    """The vaccine of whoever had none: of the lot that is written, else whichever is next."""
    return next((one.product for one in takes if not row.lot or fold(one.lot_number) == fold(row.lot)), "")


def _gone_on(seat: SessionPersonRow | None, written: ScreeningDraft) -> ScreeningDraft:
    """The sheet that the desk kept, with what the paper says: it does not say again what was asked and measured."""
    if seat is None or not seat.outcome:
        return written
    kept = screening_of(seat)
    measured = {one.name: value for one in fields(Vitals) if (value := getattr(written.vitals, one.name)) is not None}
    return replace(
        written,
        vitals=replace(kept.vitals, **measured),
        answers=written.answers | kept.answers,
        weeks=kept.weeks if written.weeks is None else written.weeks,
        over=kept,
        reason=kept.reason,
    )


@needs(Right.ENTER)
def enter_leaving(
    db: Database,
    session_id: UUID,
    person_id: UUID,
    left_at: datetime,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[Step]:
    """Write when somebody went home whose dose stands already: they had it at the desk, and sat through the power cut.

    Raises Refused, always about `left_at`, vaccine_session.too_early (asked back), left_before, time_future; UserError
    as `let_go`.
    """
    if left_at > now.replace(tzinfo=None):
        raise Refused([Problem("left_at", "vaccine_session.time_future")])
    if not isinstance(sure, bool):
        sure = [replace(one, field="people") for one in sure]
    try:
        gone = let_go(
            db, session_id, [person_id], catalog=catalog, by=by, by_name=by_name, now=now, at=left_at, sure=sure
        )
    except Refused as trouble:
        raise Refused([replace(one, field="left_at") for one in trouble.problems]) from trouble
    return Done(Step.LEFT, gone.changes)


def _left_at(row: WrittenRow, minutes: int, now: datetime) -> datetime | None:
    """The hour on the paper, else the end of the time under observation; None while that is still running."""
    if row.left_at is not None or row.at is None:
        return row.left_at
    until = observed_until(row.at, minutes)
    return until if until.date() == row.at.date() and until <= now.replace(tzinfo=None) else None


def _from_vial(takes: tuple[Take, ...], row: WrittenRow, draft: InjectionDraft) -> InjectionDraft:
    """The vial that is written on the list: an opened one, or the next one of that lot."""
    found = [one for one in takes if not row.lot or fold(one.lot_number) == fold(row.lot)]
    if row.lot and not found:
        lots = ", ".join(sorted(one.lot_number for one in takes)) or "—"
        raise Refused([Problem("take", "vaccine_session.vial_lot", {"lot": row.lot, "lots": lots})])
    if row.vial is None:
        return _of_lot(found, draft) if row.lot else draft
    if len({one.lot_id for one in found}) != 1:
        raise Refused([Problem("take", "vaccine_session.vial_which", {"number": f"{row.vial}"})])
    take = _with_unopened(found)
    same = [vial for one in found for vial in one.opened if vial.number == row.vial]
    if same:  # two computers may have given one number to two vials of the lot
        return replace(draft, vial_id=min(same, key=lambda vial: vial.closed or not vial.left).id)
    if row.vial != take.next_number or not take.unopened:
        params = {"number": f"{row.vial}", "lot": take.lot_number or "—", "next": f"{take.next_number}"}
        code = "vaccine_session.vial_next" if take.unopened else "vaccine_session.vial_none"
        raise Refused([Problem("take", code, params)])
    return replace(draft, take_id=take.id)


def _of_lot(takes: Sequence[Take], draft: InjectionDraft) -> InjectionDraft:
    """Any vial of it: the first opened one with a dose left, else a new one."""
    opened = next((vial for one in takes for vial in one.opened if vial.left and not vial.closed), None)
    if opened is not None:
        return replace(draft, vial_id=opened.id)
    return replace(draft, take_id=_with_unopened(takes).id)


def _with_unopened(takes: Sequence[Take]) -> Take:
    return next((one for one in takes if one.unopened), takes[0])
