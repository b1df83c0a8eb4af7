"""How an illness ends: recovery, death, lost to follow-up, wrongly entered; and the way back from a wrong outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.episodes import ENDING
from covidstation.db.rows import (
    EpisodeRow,
    FollowUpRow,
    HospitalizationRow,
    PathogenTestRow,
    PhoneCallRow,
    TreatmentRow,
    VisitRow,
)
from covidstation.db.session import Database
from covidstation.domain.care import AlertAnswer, CallResult, FollowUpStatus, VisitStatus
from covidstation.domain.episodes import (
    NOTE_LIMIT,
    CaseClassification,
    CaseOutcome,
    EndOfIsolationReason,
    Episode,
    first_positive,
)
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.i18n import N_, _
from covidstation.services.care.alerts import answer_open_in, reopen_ended_in
from covidstation.services.care.contact_ends import convert_contacts_in, end_contacts_in, reopen_converted_in
from covidstation.services.care.follow_up import (
    plan_follow_up_in,
    remove_follow_up_in,
    restore_follow_up_in,
)
from covidstation.services.care.rows import (
    begun_on,
    check_seen,
    episode_in,
    refuse_ended,
    refuse_papers,
    value_of,
)
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs


class Ending(StrEnum):
    """How an illness ends, as a nurse says it."""

    RECOVERED = "recovered"
    DIED = "died"
    LOST = "lost"
    NO_CASE = "no_case"  # wrongly entered


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeDraft:
    """What the form says. `place` and `cause` are a death's, `reason` why it was no case."""

    ending: Ending
    on: date | None = None
    place: str = ""
    cause: str = ""
    reason: str = ""


_KEPT = {
    Ending.RECOVERED: (CaseOutcome.RECOVERED, EndOfIsolationReason.RECOVERED),
    Ending.DIED: (CaseOutcome.DECEASED, EndOfIsolationReason.DIED),
    Ending.LOST: (CaseOutcome.UNKNOWN, EndOfIsolationReason.LOST_TO_FOLLOW_UP),
    Ending.NO_CASE: (CaseOutcome.UNKNOWN, EndOfIsolationReason.OTHER),
}
_EVENTS = {
    "test": N_("xét nghiệm"),
    "visit": N_("lần đo, khám"),
    "treatment": N_("lần cho thuốc"),
    "left": N_("lần chuyển tuyến"),
    "back": N_("lần về từ nơi điều trị"),
    "call": N_("lần gọi được người bệnh"),
    "follow_up": N_("lần hỏi thăm sau khi khỏi"),
}


@needs(Right.TREAT)
def record_outcome(
    db: Database,
    episode_id: UUID,
    draft: OutcomeDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    seen: Episode | None = None,
) -> Done[Episode]:
    """Write how the illness ended. Its open alerts close with it; recovery plans the twelve months after.

    `seen` is the illness that the form showed. Raises Refused; UserError episodes.unknown, care.changed_meanwhile,
    care.already_ended, care.paper_first (a case wrongly entered that still has a valid paper).
    """
    with db.write(by, now) as session:
        row, episode = episode_in(session, episode_id)
        check_seen(episode, seen)
        refuse_ended(episode)
        if draft.ending is Ending.NO_CASE:
            refuse_papers(session, episode_id=episode_id)
        found = check_outcome(draft, episode, now.date()) or _after_death(session, row, draft)
        if found:
            raise Refused(found)
        _put(row, draft, now)
        answer_open_in(session, episode_id, AlertAnswer.CASE_ENDED, by_name=by_name, now=now)
        if draft.ending is Ending.RECOVERED:
            plan_follow_up_in(session, row, catalog=catalog)
        elif draft.ending is Ending.DIED:
            remove_follow_up_in(session, person_id=row.person_id)
            end_contacts_in(session, row.person_id, draft.on or now.date())
        elif draft.ending is Ending.NO_CASE:
            reopen_converted_in(session, episode_id)  # whoever was an F1 before is one again
            restore_follow_up_in(session, row, catalog=catalog)  # and whoever had just recovered is asked after again
        session.flush()
        return done(value_of(session, row), Kind.EPISODES, Kind.CARE, Kind.CONTACTS)


def check_outcome(draft: OutcomeDraft, episode: Episode, today: date) -> list[Problem]:
    """All that is wrong with an outcome, but what was written after a death, which the register knows."""
    texts = (
        ("place", draft.place, TEXT_LIMIT),
        ("cause", draft.cause, NOTE_LIMIT),
        ("reason", draft.reason, NOTE_LIMIT),
    )
    found = [
        Problem(field, "episodes.text_long", {"count": str(len(text)), "most": str(most)})
        for field, text, most in texts
        if len(text) > most
    ]
    if draft.ending is Ending.NO_CASE:
        return found if clean(draft.reason) else [*found, Problem("reason", "care.reason_missing")]
    if draft.ending is Ending.DIED and not clean(draft.place):
        found.append(Problem("place", "care.death_place_missing"))
    begun = begun_on(episode)
    if draft.on is None:
        found.append(Problem("on", "care.day_missing"))
    elif draft.on > today:
        found.append(Problem("on", "care.day_future", {"day": _day(draft.on)}))
    elif begun and draft.on < begun:
        found.append(Problem("on", "care.day_early", {"day": _day(draft.on), "begun": _day(begun)}))
    return found


def _put(row: EpisodeRow, draft: OutcomeDraft, now: datetime) -> None:
    outcome, reason = _KEPT[draft.ending]
    row.outcome, row.isolation_end_reason = outcome.value, reason.value
    row.outcome_on = now.date() if draft.ending is Ending.NO_CASE else draft.on
    row.outcome_place = clean(draft.place) if draft.ending is Ending.DIED else ""
    row.outcome_note = clean(draft.reason if draft.ending is Ending.NO_CASE else draft.cause)
    if draft.ending is Ending.NO_CASE:
        row.classification = CaseClassification.NO_CASE.value


def _after_death(session: Session, row: EpisodeRow, draft: OutcomeDraft) -> list[Problem]:
    """A death cannot be followed by a visit, nor by anything else that was done with a living person."""
    if draft.ending is not Ending.DIED or draft.on is None:
        return []
    later = min(_events(session, row, draft.on), key=lambda event: event[1], default=None)
    if later is None:
        return []
    params = {"day": _day(draft.on), "what": _(_EVENTS[later[0]]), "when": _day(later[1])}
    return [Problem("on", "care.death_before", params)]


def _events(session: Session, row: EpisodeRow, day: date) -> Iterator[tuple[str, date]]:
    """What was done with that person after that day, by kind."""
    after = datetime.combine(day + timedelta(days=1), time())
    reached = PhoneCallRow.result == CallResult.REACHED.value
    kinds: tuple[tuple[str, Any, ColumnElement[bool]], ...] = (
        ("test", PathogenTestRow.sampled_on, _stands(PathogenTestRow)),
        ("visit", VisitRow.at, _stands(VisitRow) & (VisitRow.status == VisitStatus.COOPERATIVE.value)),
        ("treatment", TreatmentRow.given_at, _stands(TreatmentRow) & TreatmentRow.voids.is_(None)),
        ("call", PhoneCallRow.at, _stands(PhoneCallRow) & PhoneCallRow.voids.is_(None) & reached),
        ("left", HospitalizationRow.left_at, HospitalizationRow.voided_at.is_(None)),
        ("back", HospitalizationRow.returned_at, HospitalizationRow.voided_at.is_(None)),
        ("follow_up", FollowUpRow.done_at, FollowUpRow.status == FollowUpStatus.DONE.value),
    )
    for kind, column, stands in kinds:
        limit = column > day if kind == "test" else column >= after
        query = select(column).where(column.class_.person_id == row.person_id, limit, stands)
        for found in session.scalars(query):
            yield kind, found.date() if isinstance(found, datetime) else found


def _stands(row: type[PathogenTestRow | VisitRow | TreatmentRow | PhoneCallRow]) -> ColumnElement[bool]:
    """Corrected or taken back by none."""
    return row.id.not_in(select(row.voids).where(row.voids.is_not(None)))


@needs(Right.TREAT)
def reopen_case(
    db: Database, episode_id: UUID, *, by: UUID | None, by_name: str, now: datetime, seen: Episode | None = None
) -> Done[Episode]:
    """Take a wrong outcome back: the illness is open again with its unanswered danger signs, its plan of the months
    after is taken away.

    Raises UserError care.nothing_to_reopen, care.paper_first (the ending paper must be voided, which reopens by
    itself), care.other_open, care.other_died, care.changed_meanwhile.
    """
    with db.write(by, now) as session:
        row, episode = episode_in(session, episode_id)
        check_seen(episode, seen)
        if episode.outcome is CaseOutcome.NO_OUTCOME:
            raise UserError("care.nothing_to_reopen")
        refuse_papers(session, episode_id=episode_id, kinds=ENDING)
        _refuse_others(session, row)
        row.outcome, row.outcome_on, row.isolation_end_reason = CaseOutcome.NO_OUTCOME.value, None, None
        row.outcome_place, row.outcome_note = "", ""
        if episode.classification is CaseClassification.NO_CASE:
            row.classification = _classified(episode).value
        if first_positive(episode.tests):
            convert_contacts_in(session, row.person_id, row.id, row.report_date)
        remove_follow_up_in(session, episode_id=episode_id)
        reopen_ended_in(session, episode_id)
        session.flush()
        return done(value_of(session, row), Kind.EPISODES, Kind.CARE, Kind.CONTACTS)


def _refuse_others(session: Session, row: EpisodeRow) -> None:
    """Only one illness is open at a time, and none of the dead."""
    others = select(EpisodeRow.outcome).where(EpisodeRow.person_id == row.person_id, EpisodeRow.id != row.id)
    found = set(session.scalars(others))
    if CaseOutcome.NO_OUTCOME.value in found:
        raise UserError("care.other_open")
    if CaseOutcome.DECEASED.value in found:
        raise UserError("care.other_died")


def _classified(episode: Episode) -> CaseClassification:
    """What a case is by its tests, when nobody knows any more what it was called."""
    return CaseClassification.CONFIRMED if first_positive(episode.tests) else CaseClassification.SUSPECT


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
