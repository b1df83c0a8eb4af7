"""What forbids a paper altogether, before anything that is merely missing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import PaperRow, SecretRow, SettingRow
from covidstation.domain.care import ContactStatus
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.packs import ENDING, OF_CONTACTS, OF_ONE, LegalPack, PaperKind
from covidstation.domain.paper_facts import PaperFacts
from covidstation.domain.paper_words import DOSE_TOLD_WORDS
from covidstation.domain.problems import Problem
from covidstation.domain.release import release_of
from covidstation.domain.rule_sets import RuleError
from covidstation.domain.rules import IsolationRule, isolation_rule_on
from covidstation.domain.vaccination.doses import DoseSource
from covidstation.services.certificate import RESTORED
from covidstation.services.papers.facts import transfer_row
from covidstation.services.papers.subjects import AnySubject, ContactSubject, PersonSubject, Subject, standing

_ORDERS = (PaperKind.ISOLATION_ORDER, PaperKind.CONTACT_ORDER)


def refusal_of(
    session: Session,
    pack: LegalPack,
    kind: PaperKind,
    subjects: Sequence[AnySubject],
    *,
    issued_on: date,
    about_id: UUID | None = None,
) -> str:
    """The code of what forbids the paper, empty for nothing."""
    if kind not in pack.papers:
        return "paper.no_kind"
    if kind in OF_ONE:
        if len(subjects) > 1:
            return "paper.one_person"
    elif len({(one.start.date() if one.start else None, one.until) for one in subjects}) > 1:
        return "paper.other_start"
    if kind in _ORDERS and (answer := _ground(session, pack, kind)):
        return answer
    return next((found for one in subjects if (found := _one(session, kind, one, issued_on, about_id))), "")


def early_endings(
    rules: Sequence[IsolationRule], kind: PaperKind, subjects: Sequence[AnySubject], issued_on: date
) -> list[Problem]:
    """Who would be let go before the rule of their case does; asked back, for the signer may have a reason."""
    found = []
    for subject in subjects if kind in ENDING else ():
        if not isinstance(subject, Subject) or subject.value.outcome is not CaseOutcome.NO_OUTCOME:
            continue
        try:
            rule = isolation_rule_on(rules, subject.episode.report_date)
        except RuleError:
            continue
        if not release_of(subject.value, rule, issued_on).free:
            params = {"name": subject.person.full_name, "rule": rule.title}
            found.append(Problem("issued_on", "paper.ends_early", params, "warning"))
    return found


def numbers_unsure(session: Session) -> list[Problem]:
    """After a register came back from a copy, numbers may stand on paper that it does not know (docs/adr/0022)."""
    row = session.get(SecretRow, RESTORED)
    held = json.loads(row.value) if row is not None else None
    if held is None or held["whole"]:
        return []
    made = datetime.fromisoformat(held["made"])
    return [Problem("number", "paper.after_restore", {"day": f"{made:%H:%M %d/%m/%Y}"}, "warning")]


def doses_told(facts: PaperFacts) -> list[Problem]:
    """Doses that nobody but the person speaks of; the paper says so of each."""
    told = sum(dose.told == DOSE_TOLD_WORDS[DoseSource.SAID] for one in facts.subjects for dose in one.doses)
    return [Problem("doses", "paper.doses_told", {"count": f"{told}"}, "warning")] if told else []


def doses_beyond(facts: PaperFacts) -> list[Problem]:
    """Doses for which the paper has no place: whoever reads it would not know of them."""
    days = [day for one in facts.subjects for day in one.doses_beyond]
    return [Problem("doses", "paper.doses_beyond", {"days": ", ".join(days)}, "warning")] if days else []


def _ground(session: Session, pack: LegalPack, kind: PaperKind) -> str:
    """Where the law leaves it open, the head of station's answer, when it is no yes."""
    if pack.ground(kind).answer != "ask":
        return ""
    key = "contact_isolation" if kind in OF_CONTACTS else "home_isolation"
    setting = session.get(SettingRow, key)
    answer = str(setting.value) if setting else "ask"
    return "" if answer == "yes" else f"paper.{key}_{answer}"


def _one(session: Session, kind: PaperKind, subject: AnySubject, issued_on: date, about_id: UUID | None) -> str:
    """What forbids it for that person."""
    if isinstance(subject, ContactSubject):
        return _contact(session, kind, subject)
    if isinstance(subject, PersonSubject):
        return ""  # the doses that somebody had are confirmed as often as they are asked for
    if kind is PaperKind.ISOLATION_ORDER or kind in ENDING:
        if subject.value.classification is CaseClassification.NO_CASE:
            return "paper.no_case"
        if subject.value.outcome is CaseOutcome.DECEASED:
            return "paper.died"
    if kind is PaperKind.ISOLATION_ORDER and standing(session, subject, kind):
        return "paper.has_order"
    if kind in ENDING and standing(session, subject, *ENDING):
        return "paper.has_ending"
    if kind is PaperKind.COMPLETION_CERTIFICATE:
        return _certificate(session, subject, issued_on)
    return _referral(session, subject, about_id) if kind is PaperKind.REFERRAL else ""


def _contact(session: Session, kind: PaperKind, subject: ContactSubject) -> str:
    if subject.contact.status == ContactStatus.CONVERTED.value:
        return "paper.contact_converted"
    if standing(session, subject, kind):
        return "paper.contact_has_order" if kind is PaperKind.CONTACT_ORDER else "paper.contact_has_release"
    return ""


def _certificate(session: Session, subject: Subject, issued_on: date) -> str:
    """Nobody has completed what is not over."""
    if standing(session, subject, PaperKind.COMPLETION_CERTIFICATE):
        return "paper.has_certificate"
    open_now = subject.episode.outcome == CaseOutcome.NO_OUTCOME.value
    if open_now and subject.until is not None and issued_on < subject.until:
        return "paper.not_over"
    return ""


def _referral(session: Session, subject: Subject, about_id: UUID | None) -> str:
    """There must be a transfer, and it has one referral."""
    transfer = transfer_row(session, subject.episode.id, about_id)
    if transfer is None:
        return "paper.no_transfer"
    query = select(PaperRow.id).where(
        PaperRow.about_id == transfer.id, PaperRow.kind == PaperKind.REFERRAL.value, PaperRow.voided_at.is_(None)
    )
    return "paper.has_referral" if session.scalars(query).first() else ""
