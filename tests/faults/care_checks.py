"""What must be true of a register in which an act of `tests.faults.care_acts` was cut off.

Each check gets the open database and how many times the act was acknowledged; it counts rows by itself, without asking
the services, and returns '' for a good state. The journal, the book and the papers were looked over before.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import (
    AlertRow,
    ContactRow,
    DailyReportRow,
    EpisodeRow,
    FollowUpRow,
    HospitalizationRow,
    HouseholdRow,
    PaperDeliveryRow,
    PaperRow,
    PathogenTestRow,
    PersonRow,
    RiskAssessmentRow,
    RuleVersionRow,
    SearchRow,
    TreatmentRow,
    VisitRow,
)
from covidstation.db.session import Database
from covidstation.domain.packs import PaperKind
from tests.faults.care_acts import HOUSEHOLD, PAPERS, SHEET

Look = Callable[[Session], tuple[str, int]]


def _rows(session: Session, row: type[Any]) -> list[Any]:
    return list(session.scalars(select(row).order_by(row.n)))


def _whole(session: Session) -> str:
    """Each case stands with its person, household, test, triage and search words, whatever was done with it."""
    for case in _rows(session, EpisodeRow):
        tests = session.scalars(select(PathogenTestRow.n).where(PathogenTestRow.episode_id == case.id)).all()
        triage = session.scalars(select(RiskAssessmentRow.n).where(RiskAssessmentRow.episode_id == case.id)).all()
        if not tests or not triage:
            return "a case without its test or its class"
    people = {row.n for row in _rows(session, PersonRow)}
    found = {row.n for row in session.scalars(select(SearchRow))}
    return "" if people == found else "a person who cannot be found"


def check(session: Session) -> tuple[str, int]:
    """A check and its alerts: both or neither."""
    visits = _rows(session, VisitRow)
    alerts = Counter(row.visit_id for row in _rows(session, AlertRow))
    dangers = set(alerts.values())
    if set(alerts) != {row.id for row in visits} or len(dangers) > 1:
        return "a check without its alerts", 0
    return "", len(visits)


def transfer(session: Session) -> tuple[str, int]:
    """The alerts of those who left are answered by the transfer, of the others open; who left isolates there."""
    left = {row.episode_id: row for row in _rows(session, HospitalizationRow)}
    for alert in _rows(session, AlertRow):
        if (alert.answer == "TRANSFERRED") != (alert.episode_id in left):
            return "half sent away", 0
    for case in _rows(session, EpisodeRow):
        if (case.isolation_type == "HOSPITAL") != (case.id in left):
            return "half sent away", 0
    return "", len(left)


def recover(session: Session) -> tuple[str, int]:
    """A recovery, its paper and its plan: all or none."""
    papers = [row for row in _rows(session, PaperRow) if row.kind == PaperKind.ISOLATION_END.value]
    planned = Counter(row.episode_id for row in _rows(session, FollowUpRow))
    well = {row.id for row in _rows(session, EpisodeRow) if row.outcome == "RECOVERED"}
    if set(planned) != well or len(papers) != len(well) or len(set(planned.values())) > 1:
        return "half recovered", 0
    if any(row.opens_id is None for row in papers):
        return "an ending without its decision", 0
    return "", len(well)


def household(session: Session) -> tuple[str, int]:
    """All of a household are contacts of their case, or none is."""
    contacts = Counter(row.source_episode_id for row in _rows(session, ContactRow))
    if any(count != HOUSEHOLD for count in contacts.values()):
        return "half a household", 0
    return "", len(contacts)


def turn(session: Session) -> tuple[str, int]:
    """Contact and case name each other, and the contact is converted; or there is no such case."""
    cases = {row.id: row for row in _rows(session, EpisodeRow)}
    contacts, done = _rows(session, ContactRow), 0
    if {row.from_contact_id for row in cases.values()} - {None} - {row.id for row in contacts}:
        return "a case of a contact that is not there", 0
    for contact in contacts:
        own = [row for row in cases.values() if row.person_id == contact.person_id]
        converted = contact.status == "CONVERTED"
        if converted != bool(own) or (converted and own[0].id != contact.became_episode_id):
            return "half a case", 0
        if converted and own[0].from_contact_id != contact.id:
            return "a case that has forgotten where it came from", 0
        done += converted
    return "", done


def give(session: Session) -> tuple[str, int]:
    """Both medicines of a giving, or neither."""
    givings = Counter(row.giving for row in _rows(session, TreatmentRow))
    return ("half a package", 0) if any(count != 2 for count in givings.values()) else ("", len(givings))


def report(session: Session) -> tuple[str, int]:
    """The versions of the day follow on, and each is what was sent: hashed anew from its own fields."""
    reports = _rows(session, DailyReportRow)
    if [row.version for row in reports] != list(range(1, len(reports) + 1)):
        return "a report is missing", 0
    for row in reports:
        sent = [row.day.isoformat(), row.version, row.figures, row.events, row.typed]
        text = json.dumps(sent, ensure_ascii=False, sort_keys=True)
        if hashlib.sha256(text.encode()).hexdigest() != row.content_hash:
            return "a report was changed", 0
    return "", len(reports)


def deliver(session: Session) -> tuple[str, int]:
    """The papers of one way to the homes are all marked, or none; each once."""
    papers = [row.id for row in _rows(session, PaperRow)]
    marked = [row.paper_id for row in _rows(session, PaperDeliveryRow)]
    if len(marked) % PAPERS or set(marked) - set(papers) or len(set(marked)) != len(marked):
        return "half delivered", 0
    return "", len(marked) // PAPERS


def sheet(session: Session) -> tuple[str, int]:
    """A sheet's people, tests, cases and households are there together."""
    people, tests = len(_rows(session, PersonRow)), len(_rows(session, PathogenTestRow))
    cases, households = len(_rows(session, EpisodeRow)), len(_rows(session, HouseholdRow))
    sheets = people // SHEET
    wanted = (sheets * SHEET, sheets * SHEET, sheets * SHEET * 3 // 4, sheets * SHEET // 2)
    return ("", sheets) if (people, tests, cases, households) == wanted else ("half a sheet", 0)


def rule(session: Session) -> tuple[str, int]:
    """Versions follow on."""
    versions = [row.version for row in _rows(session, RuleVersionRow)]
    return ("", len(versions)) if versions == list(range(1, len(versions) + 1)) else ("a version is missing", 0)


def triage(session: Session) -> tuple[str, int]:
    """The class of a case is that of its newest triage."""
    newest: dict[Any, str] = {row.episode_id: row.chosen for row in _rows(session, RiskAssessmentRow)}
    cases = {row.id: row.risk_class for row in _rows(session, EpisodeRow)}
    own = [row for row in _rows(session, RiskAssessmentRow) if row.reason]
    return ("", len(own)) if newest == cases else ("a class without its triage", 0)


LOOKS: dict[str, Look] = {
    "check": check,
    "transfer": transfer,
    "recover": recover,
    "household": household,
    "turn": turn,
    "give": give,
    "report": report,
    "deliver": deliver,
    "sheet": sheet,
    "rule": rule,
    "triage": triage,
}


def judge(name: str, db: Database, done: int) -> str:
    """What is wrong after that act was done so many times and cut off in the next; '' for nothing."""
    with db.read() as session:
        wrong, count = LOOKS[name](session)
        wrong = wrong or _whole(session)
    return wrong or (f"lost {done - count}" if count < done else "")
