"""Triage: may this F0 stay at home, and in which risk group, by the rules in force at the case's date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of, episode_of, person_of
from covidstation.db.queries.checks import last_check_in, newest_spo2
from covidstation.db.queries.triage import Assessment, assessments_in
from covidstation.db.rows import EpisodeRow, PathogenTestRow, PersonRow, RiskAssessmentRow
from covidstation.db.session import Database
from covidstation.domain.care import RiskClass, Vitals
from covidstation.domain.eligibility import Eligibility, HomeFacts, Item, eligible, items_for, prefilled
from covidstation.domain.episodes import CaseClassification, CaseOutcome, Episode, EpisodeDraft, first_positive
from covidstation.domain.guidelines import Guideline, Judgement, guideline_on, judge, read_guideline
from covidstation.domain.people import PersonDraft
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.risk import Risk, RiskFacts, RiskTable, read_risk_table, risk_of, risk_table_on
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.domain.terms import Answer
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.access.audit import shows
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in

POSTPARTUM: Final = "postpartum"  # asked beside the checklist, kept among its answers


def guideline_in(session: Session, catalog: Catalog, day: date) -> Guideline:
    """The station's guideline in force on a case's report date. Raises RuleError when no guideline is known for it."""
    return guideline_on(rules_in(session, Family.GUIDELINE, catalog.guidelines, read_guideline), day)


def risk_table_in(session: Session, catalog: Catalog, day: date) -> RiskTable:
    """The station's risk table in force on a case's report date. Raises RuleError when none is known for it."""
    return risk_table_on(rules_in(session, Family.RISK, catalog.risk_tables, read_risk_table), day)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageAnswers:
    """What stands in the checklist, by item, and whether a woman gave birth lately."""

    items: Mapping[str, Answer]
    postpartum: Answer = Answer.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageLook:
    """All that the window shows. `prefilled` is what the register knows, laid over what was answered before."""

    episode: Episode
    full_name: str
    guideline: Guideline
    table: RiskTable
    items: tuple[Item, ...]
    prefilled: TriageAnswers
    risk_facts: RiskFacts
    vitals: Vitals
    judgement: Judgement  # of the newest check
    newest: Assessment | None

    def risk(self, answers: TriageAnswers) -> Risk:
        """The class by the table."""
        return risk_of(self.table, replace(self.risk_facts, postpartum=answers.postpartum))

    def home(self, answers: TriageAnswers) -> Eligibility:
        """Whether home care is open to this person, by the guideline."""
        return eligible(self.items, answers.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageDraft:
    """What a person decided; `chosen` None takes the computed class."""

    episode_id: UUID
    answers: TriageAnswers
    chosen: RiskClass | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskWhy:
    """Why a class is what it is: the row of the table, the facts, what is missing, the document and its days."""

    cls: RiskClass
    risk: Risk
    table: RiskTable
    own_reason: str = ""  # of whoever chose another class
    computed_then: RiskClass | None = None  # what the table gave when this class was decided

    @property
    def graver(self) -> bool:
        """Whether the table puts the illness above its class now, by something unknown when that was decided."""
        now, then = self.risk.cls, self.computed_then
        return then is not None and now.graver_than(then) and now.graver_than(self.cls)


@needs(Right.SEE)
@shows("triage")
def look_at_triage(db: Database, catalog: Catalog, episode_id: UUID) -> TriageLook:
    """Ask the register for the whole window. Raises UserError triage.unknown_episode, triage.no_table."""
    with db.read() as session:
        return _look(session, catalog, episode_id)


@needs(Right.TREAT)
def save_triage(
    db: Database,
    draft: TriageDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    seen: TriageLook | None = None,
) -> Done[Assessment]:
    """Keep a triage as a new row and its class on the illness. `seen` is what the window showed.

    Raises Refused (a reason is missing); UserError triage.changed_meanwhile when somebody chose a class since.
    """
    with db.write(by, now) as session:
        look = _look(session, catalog, draft.episode_id)
        _refuse_unseen(look.newest, seen)
        risk = look.risk(draft.answers)
        chosen, reason = draft.chosen or risk.cls, clean(draft.reason)
        _refuse(risk, chosen, reason)
        row = _row(look.episode.id, look.episode.person_id, look.table, risk, now)
        row.chosen, row.reason = chosen.value, reason if chosen is not risk.cls else ""
        row.guideline, row.by_name = look.guideline.id, clean(by_name)
        row.answers = _kept(draft.answers)
        row.eligible = look.home(draft.answers).answer.value
        session.add(row)
        _put_class(_episode_row(session, draft.episode_id), chosen)
        session.flush()
        return done(assessments_in(session, draft.episode_id)[0], Kind.CARE, Kind.EPISODES)


def _refuse_unseen(newest: Assessment | None, seen: TriageLook | None) -> None:
    """A class that a person chose since is seen first; one that the program computed anew is no one's decision."""
    if seen is None or newest is None or not newest.by_name:
        return
    if seen.newest is None or seen.newest.id != newest.id:
        params = {"who": newest.by_name, "when": f"{newest.at:%H:%M %d/%m/%Y}"}
        raise UserError("triage.changed_meanwhile", **params)


def assess_in(
    session: Session,
    episode: EpisodeRow,
    person: PersonRow,
    tests: Sequence[PathogenTestRow],
    *,
    catalog: Catalog,
    now: datetime,
    by_name: str = "",
) -> RiskClass | None:
    """Bring the computed class of an illness up to date inside another act's transaction; the class that stands.

    A class that a person chose stays. A new row is made only when something of the answer changed; the answers to the
    checklist go on. None when no table is known for the day.
    """
    before = next(iter(assessments_in(session, episode.id)), None)
    if before is not None and before.overridden:
        return before.chosen
    try:
        table = risk_table_in(session, catalog, episode.report_date)
    except RuleError:
        return None
    known = before.answers if before else {}
    facts = _risk_facts(session, episode_of(episode, tests), person_of(person), catalog)
    risk = risk_of(table, replace(facts, postpartum=known.get(POSTPARTUM, Answer.UNKNOWN)))
    if before is None or (before.table_id, before.rule_id, before.computed) != (table.id, risk.rule_id, risk.cls):
        row = _row(episode.id, person.id, table, risk, now)
        row.by_name, row.answers = clean(by_name), {item: answer.value for item, answer in known.items()}
        row.guideline, row.eligible = (before.guideline, before.eligible.value) if before else ("", "UNKNOWN")
        session.add(row)
    _put_class(episode, risk.cls)
    return risk.cls


def assess_first(
    row: EpisodeRow, episode: EpisodeDraft, person: PersonDraft, *, catalog: Catalog, now: datetime
) -> RiskAssessmentRow | None:
    """The first class of an illness that is being written with many others: asks the register nothing.

    `catalog` bears the station's rules. None when no table is known for the day.
    """
    why = preview_risk(catalog, person, episode)
    if why is None:
        return None
    _put_class(row, why.cls)
    return _row(row.id, row.person_id, why.table, why.risk, now)


def assess_open_in(session: Session, person: PersonRow, *, catalog: Catalog, now: datetime) -> None:
    """The same for the open illnesses of a person who was corrected."""
    query = select(EpisodeRow).where(
        EpisodeRow.person_id == person.id, EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value
    )
    for episode in session.scalars(query).all():
        assess_in(session, episode, person, _tests(session, episode.id), catalog=catalog, now=now)


def assess_spo2_in(
    session: Session, episode: EpisodeRow, person: PersonRow, *, catalog: Catalog, now: datetime
) -> bool:
    """A check changed what is known of the SpO2: follow it where the table of the case's date asks for it.

    Says whether the class has changed. An illness that has ended, or was none, keeps its class.
    """
    open_case = episode.outcome == CaseOutcome.NO_OUTCOME.value
    if not open_case or episode.classification == CaseClassification.NO_CASE.value:
        return False
    try:
        table = risk_table_in(session, catalog, episode.report_date)
    except RuleError:
        return False
    if not table.asks_spo2:
        return False
    session.flush()  # the check is read with the others
    before = episode.risk_class
    assess_in(session, episode, person, _tests(session, episode.id), catalog=catalog, now=now)
    return episode.risk_class != before


@needs(Right.SEE)
def why_risk(db: Database, catalog: Catalog, episode_id: UUID) -> RiskWhy | None:
    """Why an illness is in its class, by the table in force at its date; None when no table is known for it."""
    with db.read() as session:
        try:
            look = _look(session, catalog, episode_id)
        except UserError:
            return None
        newest = look.newest
        risk = look.risk(look.prefilled)
        if newest is None:
            return RiskWhy(cls=risk.cls, risk=risk, table=look.table)
        return RiskWhy(
            cls=newest.chosen,
            risk=risk,
            table=look.table,
            own_reason=newest.reason,
            computed_then=newest.computed,
        )


def preview_risk(catalog: Catalog, person: PersonDraft, episode: EpisodeDraft) -> RiskWhy | None:
    """The class that a form would give when it is saved; None while the day or its table is not known.

    `catalog` bears the station's rules (`services.rules.versions.station_catalog_of`).
    """
    if episode.report_date is None:
        return None
    try:
        table = risk_table_on(catalog.risk_tables, episode.report_date)
    except RuleError:
        return None
    risk = risk_of(table, _facts_of(episode, person, catalog, None))
    return RiskWhy(cls=risk.cls, risk=risk, table=table)


def _look(session: Session, catalog: Catalog, episode_id: UUID) -> TriageLook:
    row = _episode_row(session, episode_id)
    person_row = session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()
    episode, person = episode_of(row, _tests(session, episode_id)), person_of(person_row)
    try:
        guideline = guideline_in(session, catalog, row.report_date)
        table = risk_table_in(session, catalog, row.report_date)
    except RuleError as trouble:
        raise UserError("triage.no_table", day=f"{row.report_date:%d/%m/%Y}") from trouble
    check = last_check_in(session, episode_id)
    vitals, seen = (check.vitals, check.symptoms) if check else (Vitals(), frozenset())
    facts = HomeFacts(
        birth=person.birth,
        on=row.report_date,
        positive=first_positive(episode.tests) is not None,
        symptoms=episode.symptoms | seen,
        symptoms_asked=check is not None,
        conditions=person.conditions,
        pregnancy=person.pregnancy,
        doses=episode.doses_known,
        last_dose_on=episode.last_dose_on,
        vitals=vitals,
    )
    newest = next(iter(assessments_in(session, episode_id)), None)
    items = items_for(guideline.eligibility, facts)
    return TriageLook(
        episode=episode,
        full_name=person.full_name,
        guideline=guideline,
        table=table,
        items=items,
        prefilled=_prefilled(items, facts, newest),
        risk_facts=_risk_facts(session, episode, person, catalog),
        vitals=vitals,
        judgement=judge(guideline, birth_of(person_row), row.report_date, vitals, seen),
        newest=newest,
    )


def _prefilled(items: Sequence[Item], facts: HomeFacts, newest: Assessment | None) -> TriageAnswers:
    """What the register knows stands first; what it does not is as somebody answered it before."""
    before = newest.answers if newest else {}
    known = prefilled(tuple(items), facts)
    answers = {
        item: answer if answer is not Answer.UNKNOWN else before.get(item, Answer.UNKNOWN)
        for item, answer in known.items()
    }
    return TriageAnswers(items=answers, postpartum=before.get(POSTPARTUM, Answer.UNKNOWN))


def _risk_facts(session: Session, episode: Episode, person: PersonDraft, catalog: Catalog) -> RiskFacts:
    return _facts_of(episode, person, catalog, newest_spo2(session, episode.id))


def _facts_of(episode: EpisodeDraft, person: PersonDraft, catalog: Catalog, spo2: int | None) -> RiskFacts:
    labels = (catalog.conditions[code].label if code in catalog.conditions else code for code in person.conditions)
    return RiskFacts(
        birth=person.birth,
        on=episode.report_date or date.min,
        sex=person.sex,
        diseases=tuple(sorted(labels)),
        doses=episode.doses_known,
        last_dose_on=episode.last_dose_on,
        pregnancy=person.pregnancy,
        symptoms=bool(episode.symptoms),
        spo2=spo2,
    )


def _refuse(risk: Risk, chosen: RiskClass, reason: str) -> None:
    if chosen is not risk.cls and not reason:
        raise Refused([Problem("reason", "triage.reason_missing")])
    if len(reason) > TEXT_LIMIT:
        raise Refused([Problem("reason", "triage.reason_long", {"count": str(len(reason)), "most": str(TEXT_LIMIT)})])


def _row(episode_id: UUID, person_id: UUID, table: RiskTable, risk: Risk, now: datetime) -> RiskAssessmentRow:
    return RiskAssessmentRow(
        id=new_id(),
        person_id=person_id,
        episode_id=episode_id,
        assessed_at=now.replace(microsecond=0, tzinfo=None),
        table_id=table.id,
        rule_id=risk.rule_id,
        computed=risk.cls.value,
        chosen=risk.cls.value,
        sentence=risk.row.reason,
    )


def _kept(answers: TriageAnswers) -> dict[str, str]:
    return {item: answer.value for item, answer in {**answers.items, POSTPARTUM: answers.postpartum}.items()}


def _put_class(row: EpisodeRow, cls: RiskClass) -> None:
    if row.risk_class != cls.value:
        row.risk_class = cls.value


def _episode_row(session: Session, episode_id: UUID) -> EpisodeRow:
    row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
    if row is None:
        raise UserError("triage.unknown_episode")
    return row


def _tests(session: Session, episode_id: UUID) -> list[PathogenTestRow]:
    return list(session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id == episode_id)))
