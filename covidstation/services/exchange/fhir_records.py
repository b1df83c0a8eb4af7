"""People of the register as the records that an export is made of, some at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, or_, select
from sqlalchemy.orm import Session

from covidstation.db.contact_mapping import contact_of
from covidstation.db.mapping import episode_of, person_of, test_of
from covidstation.db.queries.checks import vitals_of
from covidstation.db.queries.chronic_person import condition_of, visit_of
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.residence import lives_of
from covidstation.db.queries.vaccination import dose_of
from covidstation.db.rows import (
    ChronicConditionRow,
    ChronicVisitRow,
    ContactRow,
    DispensingRow,
    EpisodeRow,
    FollowUpRow,
    HamletRow,
    HospitalizationRow,
    PathogenTestRow,
    PersonRow,
    PhoneCallRow,
    PrescriptionRow,
    RiskAssessmentRow,
    StationRow,
    TreatmentRow,
    VaccineDoseRow,
    VisitRow,
)
from covidstation.domain.care import CallResult, FollowUpStatus, RiskClass, VisitMeans, VisitStatus
from covidstation.domain.chronic import told_once
from covidstation.domain.chronic_visits import VOIDED as VISIT_VOIDED
from covidstation.domain.dispensing import Origin, Place
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.monitoring import VOIDED
from covidstation.domain.prescriptions import EndReason
from covidstation.domain.residence import GONE, ChangeKind, Life, Living, stays_of
from covidstation.domain.stamps import moment_of
from covidstation.domain.supplies import ItemDraft
from covidstation.domain.vaccination.doses import VOIDED as DOSE_VOIDED
from covidstation.interop.doses import Statement, doses_of, with_book
from covidstation.interop.elements import Words
from covidstation.interop.records import (
    Away,
    Call,
    Check,
    Dose,
    Given,
    Grouped,
    HamletPlace,
    HandedOut,
    Holder,
    Illness,
    Later,
    PersonRecord,
    Span,
    Taken,
    Tested,
)

Rows = Mapping[UUID, Sequence[Any]]
KINDS: Final[tuple[Any, ...]] = (
    *(EpisodeRow, ContactRow, PathogenTestRow, VisitRow, PhoneCallRow, TreatmentRow, HospitalizationRow),
    *(FollowUpRow, RiskAssessmentRow, ChronicConditionRow, ChronicVisitRow, PrescriptionRow, DispensingRow),
    VaccineDoseRow,
)
"""What happened to a person: the tables of which an export is made."""


def holder_in(session: Session) -> Holder:
    """The station."""
    row = session.scalars(select(StationRow)).one()
    return Holder(
        id=row.id,
        name=row.name,
        commune_code=row.commune_code,
        upper=row.upper_name,
        phone=row.phone,
        training=row.training,
        hamlets=hamlet_places(session),
    )


def hamlet_places(session: Session) -> tuple[HamletPlace, ...]:
    """Every hamlet that there is or was, in the order in which they came."""
    query = select(HamletRow.id, hamlet_words(), HamletRow.kind, HamletRow.valid_until).order_by(HamletRow.id)
    return tuple(HamletPlace(*row) for row in session.execute(query))


def happened_in(span: Span) -> ColumnElement[bool]:
    """People to whom something may have happened in those days: rather too many than too few."""
    begin = datetime.combine(span.first, time.min)
    end = datetime.combine(span.last, time.max)

    def some(kind: Any, *columns: Any) -> ColumnElement[bool]:
        inside = [
            column.between(*((begin, end) if isinstance(column.type, DateTime) else (span.first, span.last)))
            for column in columns
        ]
        return select(kind.n).where(kind.person_id == PersonRow.id, or_(*inside)).exists()

    unknown = select(PathogenTestRow.n).where(
        PathogenTestRow.person_id == PersonRow.id, PathogenTestRow.sampled_on.is_(None)
    )
    return or_(
        some(EpisodeRow, EpisodeRow.report_date, EpisodeRow.outcome_on, EpisodeRow.last_dose_on),
        some(ContactRow, ContactRow.report_date, ContactRow.last_dose_on),
        some(PathogenTestRow, PathogenTestRow.sampled_on),
        unknown.exists(),
        some(VisitRow, VisitRow.at),
        some(PhoneCallRow, PhoneCallRow.at),
        some(TreatmentRow, TreatmentRow.given_at),
        some(HospitalizationRow, HospitalizationRow.left_at),
        some(FollowUpRow, FollowUpRow.due_on),
        some(RiskAssessmentRow, RiskAssessmentRow.assessed_at),
        some(ChronicConditionRow, ChronicConditionRow.registered_on),
        some(ChronicVisitRow, ChronicVisitRow.day),
        some(PrescriptionRow, PrescriptionRow.started_on),
        some(DispensingRow, DispensingRow.day),
        select(VaccineDoseRow.n)
        .where(
            VaccineDoseRow.person_id == PersonRow.id,
            VaccineDoseRow.given_year.between(span.first.year, span.last.year),
        )
        .exists(),
    )


def records_of(session: Session, people: Sequence[PersonRow], words: Words) -> list[PersonRecord]:
    """These people with all that stands of them, in the order given."""
    ids = [row.id for row in people]
    found = {kind: _of(session, kind, ids) for kind in KINDS}
    lives, taken_back = lives_of(session, ids), _taken_back(session, ids)
    made = []
    for row in people:
        own = {kind: rows[row.id] for kind, rows in found.items()}
        back = tuple(_dose(one, words) for one in taken_back[row.id])
        made.append(_lived(replace(_record(row, own, words), taken_back=back), row, lives[row.id]))
    return made


def _lived(record: PersonRecord, row: PersonRow, life: Life) -> PersonRecord:
    """With where and until when the person was the station's."""
    ends = [one.episode for one in record.illnesses if one.episode.outcome is CaseOutcome.DECEASED]
    ill = any(one.classification is not CaseClassification.NO_CASE for one in ends)
    dead = ill or row.living == Living.DIED
    told = [step.day for step in life.steps if step.kind == ChangeKind.DIED] if row.living == Living.DIED else []
    days = [life.died, *told[-1:]]
    return replace(
        record,
        active=not dead and row.living not in GONE and life.handed is None,
        stays=stays_of(life),
        dead=dead,
        died_on=min((day for day in days if day), default=None),
    )


def _taken_back(session: Session, ids: Sequence[UUID]) -> defaultdict[UUID, list[VaccineDoseRow]]:
    """Doses of the book that a later row voids: entered by mistake, or written anew."""
    found: defaultdict[UUID, list[VaccineDoseRow]] = defaultdict(list)
    voids = select(VaccineDoseRow.voids).where(VaccineDoseRow.person_id.in_(ids), VaccineDoseRow.voids.is_not(None))
    query = select(VaccineDoseRow).where(VaccineDoseRow.person_id.in_(ids), VaccineDoseRow.id.in_(voids))
    for row in session.scalars(query.order_by(VaccineDoseRow.n)):
        if not _only_voids(row):
            found[row.person_id].append(row)
    return found


def _of(session: Session, kind: Any, ids: Sequence[UUID]) -> defaultdict[UUID, list[Any]]:
    """The rows of one kind by person, without the voided ones and those that do nothing but void."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    rows = session.scalars(select(kind).where(kind.person_id.in_(ids)).order_by(kind.n)).all()
    voided = {row.voids for row in rows if row.voids is not None} if hasattr(kind, "voids") else set()
    for row in rows:
        if row.id not in voided and not _only_voids(row):
            found[row.person_id].append(row)
    return found


def _only_voids(row: Any) -> bool:
    if isinstance(row, VisitRow):
        return row.status == VOIDED
    if isinstance(row, ChronicVisitRow):
        return row.place == VISIT_VOIDED
    if isinstance(row, DispensingRow):
        return row.voids is not None or row.units <= 0  # what came back, or was only counted
    if isinstance(row, VaccineDoseRow):
        return row.source == DOSE_VOIDED
    if isinstance(row, HospitalizationRow):
        return row.voided_at is not None
    return isinstance(row, PhoneCallRow | TreatmentRow) and row.voids is not None


def _record(person: PersonRow, rows: Mapping[Any, Sequence[Any]], words: Words) -> PersonRecord:
    episodes, contacts = rows[EpisodeRow], rows[ContactRow]
    said = [Statement(row.report_date, row.doses_known, row.last_dose_on) for row in (*episodes, *contacts)]
    return PersonRecord(
        person=person_of(person),
        place=next((one.name for one in words.holder.hamlets if one.id == person.hamlet_id), ""),
        illnesses=tuple(Illness(episode=episode_of(row, ()), until=row.isolation_until) for row in episodes),
        contacts=tuple(contact_of(row) for row in contacts),
        tests=tuple(_test(row, words) for row in rows[PathogenTestRow]),
        checks=tuple(map(_check, rows[VisitRow])),
        calls=tuple(map(_call, rows[PhoneCallRow])),
        given=tuple(map(_given, rows[TreatmentRow])),
        away=tuple(map(_away, rows[HospitalizationRow])),
        later=tuple(map(_later, rows[FollowUpRow])),
        groups=tuple(map(_group, rows[RiskAssessmentRow])),
        doses=with_book([_dose(row, words) for row in rows[VaccineDoseRow]], doses_of(said)),
        followed=tuple(told_once(map(condition_of, rows[ChronicConditionRow]))),
        seen=tuple(map(visit_of, rows[ChronicVisitRow])),
        taken=tuple(map(_taken, rows[PrescriptionRow])),
        handed=tuple(map(_handed, rows[DispensingRow])),
    )


def _dose(row: VaccineDoseRow, words: Words) -> Dose:
    one = dose_of(row)
    return Dose(
        id=one.id,
        said_on=moment_of(row.made).astimezone(words.zone).date(),
        number=one.number,
        given=one.given,
        product=one.product,
        vaccine=one.product_name,
        dose_class=one.dose_class,
        lot=one.lot_number,
        expiry=one.expiry,
        volume=one.volume,
        site=one.site,
        facility=one.facility,
        country=one.country,
        giver=one.vaccinator,
        source=one.source,
        note=one.note,
    )


def _test(row: PathogenTestRow, words: Words) -> Tested:
    written = moment_of(row.made).astimezone(words.zone).date()
    return Tested(id=row.id, test=test_of(row), written_on=written, illness_id=row.episode_id)


def _check(row: VisitRow) -> Check:
    return Check(
        id=row.id,
        at=row.at,
        status=VisitStatus(row.status),
        means=VisitMeans(row.means),
        vitals=vitals_of(row),
        symptoms=frozenset(row.symptoms),
        asked=row.signs_asked,
        reason=row.reason,
        note=row.note,
        by_name=row.by_name,
        illness_id=row.episode_id,
    )


def _call(row: PhoneCallRow) -> Call:
    return Call(
        id=row.id,
        at=row.at,
        result=CallResult(row.result),
        summary=row.summary,
        by_name=row.by_name,
        illness_id=row.episode_id,
    )


def _given(row: TreatmentRow) -> Given:
    return Given(
        id=row.id,
        giving=row.giving,
        at=row.given_at,
        name=row.name or row.medicine,
        quantity=row.quantity,
        unit=row.unit,
        dose=row.dose,
        days=row.days,
        weight=row.weight,
        reason=row.reason,
        by_name=row.by_name,
        illness_id=row.episode_id,
    )


def _away(row: HospitalizationRow) -> Away:
    return Away(
        id=row.id,
        left_at=row.left_at,
        facility=row.facility,
        returned_at=row.returned_at,
        reason=row.reason,
        state=row.state,
        treatment=row.treatment,
        by_name=row.by_name,
        illness_id=row.episode_id,
    )


def _later(row: FollowUpRow) -> Later:
    return Later(
        due_on=row.due_on,
        means=VisitMeans(row.means),
        status=FollowUpStatus(row.status),
        done_at=row.done_at,
        result=" ".join(filter(None, (row.result, row.note))),
        illness_id=row.episode_id,
    )


def _group(row: RiskAssessmentRow) -> Grouped:
    return Grouped(
        id=row.id,
        at=row.assessed_at,
        chosen=RiskClass(row.chosen),
        words=" ".join(filter(None, (row.sentence, row.reason))),
        by_name=row.by_name,
        illness_id=row.episode_id,
    )


def _taken(row: PrescriptionRow) -> Taken:
    return Taken(
        id=row.id,
        medicine=ItemDraft(name=row.medicine, strength=row.strength).title,
        atc=row.atc,
        unit=row.unit,
        amount=row.amount,
        times=row.times,
        instruction=row.instruction,
        condition=row.condition,
        started_on=row.started_on,
        ended_on=row.ended_on,
        end_reason=next((one for one in EndReason if one.value == row.end_reason), None),
        prescriber=", ".join(filter(None, (row.prescriber, row.facility))),
    )


def _handed(row: DispensingRow) -> HandedOut:
    return HandedOut(
        id=row.id,
        taken_id=row.prescription_id,
        day=row.day,
        days=row.days,
        units=row.units,
        origin=next((one for one in Origin if one.value == row.origin), Origin.STATION),
        at_home=row.place == Place.HOME.value,
        receiver=row.receiver_name,
        facility=row.facility,
        reason=row.reason,
        by_name=row.by_name,
    )
