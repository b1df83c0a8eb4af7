"""A person goes to a higher level of care, comes back, or the transfer was entered wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.care import transfer_of
from covidstation.db.rows import AlertRow, EpisodeRow, HospitalizationRow
from covidstation.db.session import Database
from covidstation.domain.care import AlertAnswer
from covidstation.domain.episodes import CaseOutcome, EndOfIsolationReason, Episode, QuarantineType
from covidstation.domain.hospitalization import (
    ReturnDraft,
    Transfer,
    TransferDraft,
    check_return,
    check_transfer,
)
from covidstation.domain.problems import errors
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.alerts import answer_open_in, open_again
from covidstation.services.care.follow_up import plan_follow_up_in
from covidstation.services.care.rows import (
    begun_at,
    check_seen,
    died_on,
    episode_in,
    refuse_ended,
    refuse_papers,
    wall,
)
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

_TEXTS = ("facility", "reason", "state", "course", "treatment", "transport", "escort")


@dataclass(frozen=True, slots=True)
class Left:
    """What a transfer did: the row's id (a referral's `about_id`), and how many danger signs it answered."""

    id: UUID
    alerts: int


@needs(Right.TREAT)
def transfer_out(
    db: Database,
    episode_id: UUID,
    draft: TransferDraft,
    *,
    by: UUID | None,
    by_name: str,
    now: datetime,
    seen: Episode | None = None,
) -> Done[Left]:
    """The person leaves for another place of care; the illness stays open, its open alerts are answered.

    While away `isolation_type` is HOSPITAL at that facility; what it was is kept with the transfer. Raises Refused;
    UserError episodes.unknown, care.already_ended, care.already_away, care.changed_meanwhile.
    """
    with db.write(by, now) as session:
        episode_row, episode = episode_in(session, episode_id)
        refuse_ended(episode)
        others = [transfer_of(row) for row in _rows(session, episode_id)]
        away = next((one for one in others if one.away), None)
        if away is not None and away.left_at is not None:
            raise UserError("care.already_away", since=f"{away.left_at:%H:%M %d/%m/%Y}")
        check_seen(episode, seen)
        found = errors(check_transfer(draft, now=wall(now), begun=begun_at(episode), others=others))
        if found or draft.left_at is None:
            raise Refused(found)
        row = HospitalizationRow(
            id=new_id(),
            person_id=episode_row.person_id,
            episode_id=episode_id,
            left_at=draft.left_at,
            facility_level=draft.level.value if draft.level else "",
            by_name=by_name,
            place_before=episode_row.isolation_type,
            address_before=episode_row.isolation_address,
            **{name: clean(getattr(draft, name)) for name in _TEXTS},
        )
        session.add(row)
        episode_row.isolation_type, episode_row.isolation_address = QuarantineType.HOSPITAL.value, row.facility
        count = answer_open_in(
            session, episode_id, AlertAnswer.TRANSFERRED, by_name=by_name, now=now, note=row.facility
        )
    return done(Left(row.id, count), Kind.CARE, Kind.EPISODES)


@needs(Right.TREAT)
def edit_transfer(
    db: Database, transfer_id: UUID, draft: TransferDraft, *, by: UUID | None, by_name: str, now: datetime
) -> Done[None]:
    """Correct what is written of a transfer; a referral printed from it keeps its words. Raises Refused, UserError."""
    with db.write(by, now) as session:
        row = _valid(session, transfer_id)
        episode_row, episode = episode_in(session, row.episode_id)
        others = [transfer_of(one) for one in _rows(session, row.episode_id) if one.n < row.n]
        dead = died_on(episode)
        found = errors(check_transfer(draft, now=wall(now), begun=begun_at(episode), others=others, died_on=dead))
        if row.returned_at and draft.left_at and draft.left_at > row.returned_at:
            back = ReturnDraft(returned_at=row.returned_at)
            found += check_return(back, replaced(transfer_of(row), draft.left_at), now=wall(now))
        if found or draft.left_at is None:
            raise Refused(found)
        row.left_at, row.facility_level = draft.left_at, draft.level.value if draft.level else ""
        for name in _TEXTS:
            setattr(row, name, clean(getattr(draft, name)))
        if row.returned_at is None and episode_row.isolation_type == QuarantineType.HOSPITAL.value:
            episode_row.isolation_address = row.facility
    return done(None, Kind.CARE, Kind.EPISODES)


@needs(Right.TREAT)
def change_transfer(
    db: Database,
    transfer_id: UUID,
    change: Callable[[Transfer], TransferDraft],
    *,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[None]:
    """The same for one thing of it: `change` gets what is written now. Raises as `edit_transfer`."""
    with db.read() as session:
        held = transfer_of(_valid(session, transfer_id))
    return edit_transfer(db, transfer_id, change(held), by=by, by_name=by_name, now=now)


def replaced(transfer: Transfer, left_at: datetime) -> Transfer:
    """The same transfer with another hour of leaving."""
    return Transfer(id=transfer.id, episode_id=transfer.episode_id, left_at=left_at, facility=transfer.facility)


@needs(Right.TREAT)
def return_home(
    db: Database,
    transfer_id: UUID,
    draft: ReturnDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[None]:
    """Back from there: the isolation goes on as it was before, or the illness ended with the return (`recovered`).

    Raises Refused; UserError care.not_away.
    """
    with db.write(by, now) as session:
        row = _valid(session, transfer_id)
        if row.returned_at is not None:
            raise UserError("care.not_away")
        episode_row, episode = episode_in(session, row.episode_id)
        found = errors(check_return(draft, transfer_of(row), now=wall(now), died_on=died_on(episode)))
        if found or draft.returned_at is None:
            raise Refused(found)
        row.returned_at, row.return_note = draft.returned_at, clean(draft.note)
        _restore(episode_row, row)
        if draft.recovered and episode.outcome is CaseOutcome.NO_OUTCOME:
            episode_row.outcome, episode_row.outcome_on = CaseOutcome.RECOVERED.value, draft.returned_at.date()
            episode_row.isolation_end_reason = EndOfIsolationReason.RECOVERED.value
            plan_follow_up_in(session, episode_row, catalog=catalog)
    return done(None, Kind.CARE, Kind.EPISODES)


@needs(Right.TREAT)
def void_transfer(db: Database, transfer_id: UUID, *, by: UUID | None, by_name: str, now: datetime) -> Done[None]:
    """The transfer never was: the isolation is again what it was, and while the illness is open the alerts that it
    answered are too.

    Raises UserError care.paper_first while its referral is valid, care.later_transfer, care.already_void.
    """
    with db.write(by, now) as session:
        row = _valid(session, transfer_id)
        refuse_papers(session, about_id=transfer_id)
        later = [one for one in _rows(session, row.episode_id) if one.n > row.n]
        if later:
            raise UserError("care.later_transfer")
        row.voided_at, row.by_name = wall(now), by_name
        episode_row, episode = episode_in(session, row.episode_id)
        if row.returned_at is None:
            _restore(episode_row, row)
        _alerts_again(session, row, ended=episode.outcome is not CaseOutcome.NO_OUTCOME)
    return done(None, Kind.CARE, Kind.EPISODES)


def _alerts_again(session: Session, transfer: HospitalizationRow, *, ended: bool) -> None:
    """What a transfer had answered waits again; of an illness that has ended since, its end is the answer."""
    answered = select(AlertRow).where(
        AlertRow.episode_id == transfer.episode_id,
        AlertRow.answer == AlertAnswer.TRANSFERRED.value,
        AlertRow.answered_at >= transfer.left_at,
    )
    for alert in session.scalars(answered).all():
        if ended:
            alert.answer, alert.note = AlertAnswer.CASE_ENDED.value, ""
        else:
            open_again(alert)


def _restore(episode: EpisodeRow, transfer: HospitalizationRow) -> None:
    """Where the person isolates when back; nothing when somebody has changed it since."""
    if episode.isolation_type == QuarantineType.HOSPITAL.value:
        episode.isolation_type = transfer.place_before or QuarantineType.HOME.value
        episode.isolation_address = transfer.address_before


def _rows(session: Session, episode_id: UUID) -> list[HospitalizationRow]:
    """The valid transfers of an illness, as they were entered."""
    query = select(HospitalizationRow).where(
        HospitalizationRow.episode_id == episode_id, HospitalizationRow.voided_at.is_(None)
    )
    return list(session.scalars(query.order_by(HospitalizationRow.n)))


def _valid(session: Session, transfer_id: UUID) -> HospitalizationRow:
    row = session.scalars(select(HospitalizationRow).where(HospitalizationRow.id == transfer_id)).first()
    if row is None:
        raise UserError("care.unknown")
    if row.voided_at is not None:
        raise UserError("care.already_void")
    return row
