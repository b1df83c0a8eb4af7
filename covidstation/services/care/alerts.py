"""Danger signs: raised with the check that shows them, open until somebody says what was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.rounds import get_alert
from covidstation.db.rows import AlertRow, PhoneCallRow
from covidstation.db.session import Database
from covidstation.domain.care import AlertAnswer, CallResult, DangerSign, Level
from covidstation.domain.guidelines import Guideline, read_guideline
from covidstation.domain.monitoring import Visit
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in

NEEDS_NOTE = (AlertAnswer.WRONG_ENTRY,)


def guidelines_in(session: Session, catalog: Catalog) -> tuple[Guideline, ...]:
    """The station's guidelines, inside another act's transaction."""
    return rules_in(session, Family.GUIDELINE, catalog.guidelines, read_guideline)


def raise_alerts_in(
    session: Session, visit: Visit, guideline: Guideline, signs: Iterable[DangerSign], *, now: datetime
) -> list[AlertRow]:
    """An open alert for each danger of a check. A correction keeps the alerts that still hold, with their first hour.

    Alerts of the corrected check whose sign is gone are answered as a wrong entry.
    """
    held = {row.rule: row for row in _open(session, visit.episode_id) if row.visit_id == visit.voids}
    made = []
    for sign in signs:
        if sign.level is not Level.DANGER:
            continue
        row = held.pop(sign.rule, None)
        if row is None:
            row = _new_alert(visit, guideline, sign, now)
            session.add(row)
        else:
            row.visit_id, row.value, row.sentence = visit.id, sign.value, sign.sentence
        made.append(row)
    for row in held.values():
        _answer(row, AlertAnswer.WRONG_ENTRY, visit.by_name, "", now)
    return made


def _new_alert(visit: Visit, guideline: Guideline, sign: DangerSign, now: datetime) -> AlertRow:
    return AlertRow(
        id=new_id(),
        person_id=visit.person_id,
        episode_id=visit.episode_id,
        visit_id=visit.id,
        raised_at=_clock(now),
        guideline=guideline.id,
        rule=sign.rule,
        measure=sign.measure,
        value=sign.value,
        sentence=sign.sentence,
    )


def drop_alerts_in(session: Session, visit_id: UUID, by_name: str, reason: str, *, now: datetime) -> None:
    """A check was taken back: what it raised was a wrong entry."""
    rows = session.scalars(select(AlertRow).where(AlertRow.visit_id == visit_id, AlertRow.answered_at.is_(None)))
    for row in rows:
        _answer(row, AlertAnswer.WRONG_ENTRY, by_name, reason, now)


def answer_open_in(
    session: Session, episode_id: UUID, answer: AlertAnswer, *, by_name: str, note: str = "", now: datetime
) -> int:
    """Answer all open alerts of an illness inside another act (a transfer, a death). Returns how many."""
    rows = _open(session, episode_id)
    for row in rows:
        _answer(row, answer, by_name, note, now)
    return len(rows)


def open_again(row: AlertRow) -> None:
    """What answered it never was."""
    row.answered_at, row.answered_by, row.answer, row.note = None, "", "", ""


def reopen_ended_in(session: Session, episode_id: UUID) -> int:
    """The end of an illness was taken back: what only that end had answered waits again. Returns how many."""
    query = select(AlertRow).where(AlertRow.episode_id == episode_id, AlertRow.answer == AlertAnswer.CASE_ENDED.value)
    rows = session.scalars(query).all()
    for row in rows:
        open_again(row)
    return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What somebody did about the danger signs of one person; `call` keeps a line in the log of calls too."""

    answer: AlertAnswer
    note: str = ""
    call: CallResult | None = None
    next_at: datetime | None = None


@needs(Right.TREAT)
def answer_alerts(
    db: Database, alert_ids: Sequence[UUID], said: Answering, *, by: UUID | None, by_name: str, now: datetime
) -> Done[int]:
    """Answer these alerts of one person. The value is how many: none after a call that reached nobody, which is kept.

    Raises UserError alerts.unknown; alerts.already_answered (with `who`, `when`) when nothing is left to answer;
    Refused when a wrong entry has no reason, a note is too long, the next call is not ahead.
    """
    found = too_long("note", said.note, TEXT_LIMIT)
    if said.answer in NEEDS_NOTE and not clean(said.note):
        found.append(Problem("note", "alerts.note_missing"))
    if said.next_at is not None and said.next_at <= _clock(now):
        found.append(Problem("next_at", "care.next_call_early"))
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        rows = list(session.scalars(select(AlertRow).where(AlertRow.id.in_(alert_ids))))
        waiting = [row for row in rows if row.answered_at is None]
        if not rows:
            raise UserError("alerts.unknown")
        if not waiting:
            answered = rows[0].answered_at or _clock(now)
            raise UserError("alerts.already_answered", who=rows[0].answered_by, when=f"{answered:%H:%M %d/%m}")
        reached = said.call in (None, CallResult.REACHED)
        for row in waiting if reached else ():
            _answer(row, said.answer, by_name, said.note, now)
        if said.call is not None:
            session.add(_call(waiting[0], said, by_name, now))
    return done(len(waiting) if reached else 0, Kind.CARE)


@needs(Right.TREAT)
def answer_alert(
    db: Database,
    alert_id: UUID,
    answer: AlertAnswer,
    *,
    note: str = "",
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[int]:
    """One alert. Raises as `answer_alerts`."""
    return answer_alerts(db, [alert_id], Answering(answer=answer, note=note), by=by, by_name=by_name, now=now)


def _call(alert: AlertRow, said: Answering, by_name: str, now: datetime) -> PhoneCallRow:
    return PhoneCallRow(
        id=new_id(),
        person_id=alert.person_id,
        episode_id=alert.episode_id,
        at=_clock(now),
        by_name=by_name,
        result=(said.call or CallResult.REACHED).value,
        summary=clean(said.note),
        next_at=said.next_at,
    )


@dataclass(frozen=True, slots=True)
class WhyAlert:
    """Which rule raised an alert. `limit` is empty for a symptom; unconfirmed rules say so."""

    sentence: str
    document: str
    valid_from: date | None
    source: str
    confirmed: bool
    limit: str
    rule: str


@needs(Right.SEE)
def why_alert(db: Database, alert_id: UUID, *, catalog: Catalog) -> WhyAlert:
    """The rule, its document and threshold, as they were when the alert was raised where they are still known.

    Raises UserError alerts.unknown.
    """
    alert = get_alert(db, alert_id)
    if alert is None:
        raise UserError("alerts.unknown")
    with db.read() as session:
        known = {one.id: one for one in guidelines_in(session, catalog)}
    known = {one.id: one for one in catalog.guidelines} | known
    guideline = known.get(alert.guideline)
    rule = guideline.sign_rule(alert.rule) if guideline else None
    if guideline is None or rule is None:
        return WhyAlert(alert.sentence, alert.guideline, None, "", False, "", alert.rule)
    return WhyAlert(
        sentence=alert.sentence,
        document=guideline.title,
        valid_from=guideline.valid_from,
        source=rule.source,
        confirmed=rule.confirmed,
        limit=rule.limit_text,
        rule=rule.id,
    )


def _open(session: Session, episode_id: UUID) -> list[AlertRow]:
    query = select(AlertRow).where(AlertRow.episode_id == episode_id, AlertRow.answered_at.is_(None))
    return list(session.scalars(query))


def _answer(row: AlertRow, answer: AlertAnswer, by_name: str, note: str, now: datetime) -> None:
    row.answered_at = _clock(now)
    row.answered_by = clean(by_name)
    row.answer = answer.value
    row.note = clean(note)


def _clock(now: datetime) -> datetime:
    """The station's wall clock, to the second."""
    return now.replace(microsecond=0, tzinfo=None)
