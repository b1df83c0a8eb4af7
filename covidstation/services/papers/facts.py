"""From the register to what a paper needs to know: one pure gathering, no decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of
from covidstation.db.queries.vaccination import doses_of
from covidstation.db.rows import (
    HamletRow,
    HospitalizationRow,
    HouseholdRow,
    PackEditRow,
    PersonRow,
    SettingRow,
    StationRow,
    TreatmentRow,
    VaccineDoseRow,
    VisitRow,
)
from covidstation.domain.episodes import PathogenTest, TestResult
from covidstation.domain.packs import (
    ENDING,
    OF_PEOPLE,
    OPENING_OF,
    LegalPack,
    PackEdit,
    PaperKind,
    Signatory,
    pack_on,
    with_edits,
)
from covidstation.domain.paper_facts import (
    PaperDose,
    PaperFacts,
    PaperReference,
    PaperTest,
    ReferralFacts,
    SubjectFacts,
)
from covidstation.domain.paper_values import DOSE_PLACES, number_in, paper_values
from covidstation.domain.paper_words import DOSE_TOLD_WORDS, honorific
from covidstation.domain.people import Sex
from covidstation.domain.sick_leave import SickLeave, Signer, is_registered, read_signers
from covidstation.domain.units import Unit
from covidstation.domain.vaccination.places import slots
from covidstation.services.district.packs import wording_of_district
from covidstation.services.papers.subjects import AnySubject, ContactSubject, Subject, standing
from covidstation.services.rules.vaccines import schedule_in

SIGNERS = "insurance_signers"
_BY_LAST_TEST = frozenset({PaperKind.ISOLATION_END, PaperKind.CONTACT_RELEASE})


def station_pack(session: Session, catalog: Catalog, day: date) -> LegalPack:
    """The pack in force on that day, in the district's words and over them the station's own."""
    pack = pack_on(catalog.packs, day)
    edits = wording_of_district(session, pack, day)
    for row in session.scalars(select(PackEditRow).where(PackEditRow.pack_id == pack.id).order_by(PackEditRow.n)):
        edits[row.path] = PackEdit(row.text, row.confirmed)
    return with_edits(pack, edits)


def pack_terms(session: Session, catalog: Catalog, pack: LegalPack, day: date) -> Mapping[str, str]:
    """What all papers of a day call the station, its head and the bodies above it."""
    kind = PaperKind.REFERRAL  # one that the head of station signs
    return paper_values(pack, pack.paper(kind), _station_facts(session, catalog, pack, kind, day))


def ending_kind(pack: LegalPack) -> PaperKind:
    """The paper by which an isolation ends under that pack."""
    return next(kind for kind in pack.papers if kind in ENDING)


def gather_facts(
    session: Session,
    catalog: Catalog,
    pack: LegalPack,
    kind: PaperKind,
    subjects: Sequence[AnySubject],
    *,
    issued_on: date,
    now: datetime,
    about_id: UUID | None = None,
    leave: SickLeave | None = None,
) -> PaperFacts:
    """Everything that the paper may say; what is not known stays empty and is named by `papers.missing`.

    `about_id` is the transfer of a referral (the newest without one), `leave` what was typed for a sick leave.
    """
    facts = _station_facts(session, catalog, pack, kind, issued_on)
    commune = _commune(catalog, session.scalars(select(StationRow.commune_code)).one(), issued_on)
    people = tuple(_subject(session, catalog, one, commune, issued_on, kind) for one in subjects)
    first = subjects[0]
    starts = [one.start for one in subjects if one.start is not None]
    start = max(starts, default=None)  # the latest: for nobody before the finding
    ended = first.until + timedelta(days=1) if first.until else None
    facts = replace(
        facts,
        subjects=people,
        household=_household(session, first.person, issued_on),
        isolation_place=first.address or people[0].address,
        isolation_from=start.date() if start else None,
        isolation_from_time=start.time() if start else None,
        isolation_until=first.until,
        days=first.days,
        opening=_opening(session, kind, first),
        ended_on=ended,
        ended_at=time(0) if ended else None,
    )
    if not isinstance(first, Subject):
        return replace(facts, decided_at=_decided_now(issued_on, now))
    return _illness_facts(session, catalog, pack, kind, first, facts, now=now, about_id=about_id, leave=leave)


def _station_facts(session: Session, catalog: Catalog, pack: LegalPack, kind: PaperKind, issued_on: date) -> PaperFacts:
    station = session.scalars(select(StationRow)).one()
    commune = _commune(catalog, station.commune_code, issued_on)
    by_head = pack.paper(kind).signed_by is Signatory.HEAD_OF_STATION
    return PaperFacts(
        issued_on=issued_on,
        place=station.place_name,
        commune=_label(commune),
        district=_label(catalog.units.find(commune.district, issued_on) if commune and commune.district else None),
        province=_label(catalog.units.find(commune.province, issued_on) if commune else None),
        station=station.name,
        upper=station.upper_name,
        station_phone=station.phone,
        signer=station.head_name if by_head else station.chairman_name,
        # A deputy signs for the head: KT. and both titles, as the pack words them (NĐ 30/2020/NĐ-CP, 7a).
        by_deputy=(station.head_title if by_head else station.chairman_title).casefold().startswith("phó"),
        training=station.training,
    )


def _illness_facts(
    session: Session,
    catalog: Catalog,
    pack: LegalPack,
    kind: PaperKind,
    subject: Subject,
    facts: PaperFacts,
    *,
    now: datetime,
    about_id: UUID | None,
    leave: SickLeave | None,
) -> PaperFacts:
    """What only an illness has: the hours, the days off, the transfer."""
    held = subject.value
    facts = replace(
        facts,
        found_at=held.found_at,
        proposed_at=held.proposed_at,
        decided_at=held.decided_at or _decided_now(facts.issued_on, now),
        told_at=held.told_at,
    )
    if kind is PaperKind.SICK_LEAVE:
        signers = station_signers(session)
        most = number_in(pack.paper(kind), "most_days", facts.issued_on)
        filled = _leave(leave or SickLeave(), subject, facts, signers, most)
        return replace(facts, sick_leave=filled, head_registered=is_registered(facts.signer, signers))
    row = transfer_row(session, held.id, about_id) if kind is PaperKind.REFERRAL else None
    return replace(facts, transfer=_transfer(session, catalog, subject, row)) if row else facts


def station_signers(session: Session) -> tuple[Signer, ...]:
    """Whose signatures the station has registered with the social insurance."""
    row = session.get(SettingRow, SIGNERS)
    return read_signers(str(row.value)) if row else ()


def _leave(
    typed: SickLeave, subject: Subject, facts: PaperFacts, signers: Sequence[Signer], most: int | None
) -> SickLeave:
    """What was typed, the rest as it mostly is: examined today, until the isolation is over, the only practitioner."""
    exam = typed.exam_on or facts.issued_on
    left = (subject.until - exam).days + 1 if subject.until and subject.until >= exam else None
    others = [one.name for one in signers if one.name != facts.signer] or [one.name for one in signers]
    return replace(
        typed,
        exam_on=exam,
        days=typed.days if typed.days is not None or left is None else min(left, most or left),
        practitioner=typed.practitioner or (others[0] if len(others) == 1 else ""),
    )


def transfer_row(session: Session, episode_id: UUID, about_id: UUID | None = None) -> HospitalizationRow | None:
    """That transfer of the illness, or its newest one; none that was entered wrongly."""
    query = select(HospitalizationRow).where(
        HospitalizationRow.episode_id == episode_id, HospitalizationRow.voided_at.is_(None)
    )
    if about_id is not None:
        query = query.where(HospitalizationRow.id == about_id)
    return session.scalars(query.order_by(HospitalizationRow.left_at.desc(), HospitalizationRow.n.desc())).first()


def _transfer(session: Session, catalog: Catalog, subject: Subject, row: HospitalizationRow) -> ReferralFacts:
    visit = _last_visit(session, row)
    codes = dict.fromkeys((*(visit.symptoms if visit else ()), *sorted(subject.value.symptoms)))
    return ReferralFacts(
        left_at=row.left_at,
        facility=row.facility,
        reason=row.reason,
        state=row.state,
        signs=", ".join(_symptom(catalog, code) for code in codes),
        vitals=_vitals(visit) if visit else "",
        course=row.course,
        treatment=row.treatment or _given(session, row),
        transport=row.transport,
        escort=row.escort,
        by_name=row.by_name,
    )


def _symptom(catalog: Catalog, code: str) -> str:
    known = catalog.symptoms.get(code)
    return known.label.lower() if known else code


def _last_visit(session: Session, row: HospitalizationRow) -> VisitRow | None:
    """The newest check before leaving at which something was measured."""
    found = session.scalars(
        select(VisitRow).where(VisitRow.episode_id == row.episode_id, VisitRow.at <= row.left_at)
    ).all()
    voided = {one.voids for one in found}
    measured = [one for one in found if one.id not in voided and (one.spo2 or one.temperature or one.symptoms)]
    return max(measured, key=lambda one: (one.at, one.n), default=None)


def _vitals(visit: VisitRow) -> str:
    temperature = f"{visit.temperature // 10},{visit.temperature % 10}" if visit.temperature else ""
    pressure = f"{visit.systolic}/{visit.diastolic}" if visit.systolic and visit.diastolic else ""
    parts = [
        f"SpO2 {visit.spo2} %" if visit.spo2 else "",
        f"thân nhiệt {temperature} °C" if temperature else "",
        f"mạch {visit.pulse} lần/phút" if visit.pulse else "",
        f"nhịp thở {visit.breaths} lần/phút" if visit.breaths else "",
        f"huyết áp {pressure} mmHg" if pressure else "",
    ]
    return ", ".join(filter(None, parts))


def _given(session: Session, row: HospitalizationRow) -> str:
    """The medicines given in this illness until the person left, each once."""
    found = session.scalars(
        select(TreatmentRow)
        .where(TreatmentRow.episode_id == row.episode_id, TreatmentRow.given_at <= row.left_at)
        .order_by(TreatmentRow.n)
    ).all()
    voided = {one.voids for one in found}
    return ", ".join(dict.fromkeys(one.name for one in found if one.id not in voided))


def _decided_now(issued_on: date, now: datetime) -> datetime | None:
    return now.replace(second=0, microsecond=0, tzinfo=None) if issued_on == now.date() else None


def _commune(catalog: Catalog, code: str, day: date) -> Unit | None:
    """The station's commune as it was on that day; a code of another time speaks as it stands."""
    return catalog.units.find(code, day) or next(iter(catalog.units.successors(code)), None)


def _label(unit: Unit | None) -> str:
    return f"{unit.kind.lower()} {unit.name}" if unit else ""


def _subject(
    session: Session, catalog: Catalog, subject: AnySubject, commune: Unit | None, day: date, kind: PaperKind
) -> SubjectFacts:
    person = subject.person
    hamlet = session.scalars(select(HamletRow).where(HamletRow.id == person.hamlet_id)).first()
    where = f"{hamlet.kind} {hamlet.name}".strip() if hamlet else ""
    unit = catalog.units.full_name(commune.code, day) if commune and commune.valid_on(day) else _label(commune)
    parts = [person.address_detail, where, unit] if where else [person.address_printed]
    people = catalog.ethnic_groups.get(person.ethnic_group)
    doses, beyond = _doses(session, catalog, person, day) if kind in OF_PEOPLE else ((), ())
    return SubjectFacts(
        name=person.full_name,
        birth=birth_of(person),
        sex=Sex(person.sex),
        citizen_number=person.citizen_number or person.old_citizen_number,
        citizen_issued_on=person.citizen_issued_on if person.citizen_number else None,
        phone=person.phone,
        address=", ".join(part for part in parts if part),
        hamlet=where,
        ethnic_group=people.label if people else "",
        occupation=person.occupation,
        workplace=person.workplace,
        insurance_number=person.insurance_number,
        father_name=person.father_name,
        mother_name=person.mother_name,
        test=_test(subject.tests, last=kind in _BY_LAST_TEST),
        tests=tuple(map(_paper_test, subject.tests)),
        last_contact_on=subject.contact.last_contact_on if isinstance(subject, ContactSubject) else None,
        doses=doses,
        doses_beyond=beyond,
    )


def _doses(
    session: Session, catalog: Catalog, person: PersonRow, day: date
) -> tuple[tuple[PaperDose, ...], tuple[str, ...]]:
    """The doses in their places of the certificate, and the days of those for which it has none; one given here names
    the station of that time."""
    schedule = schedule_in(session, catalog)
    products, had = schedule.products_on(day), doses_of(session, person.id)
    held = slots(schedule, (one for one in had if one.given.earliest <= day), frozenset(person.conditions), day)
    placed = tuple(
        PaperDose(
            place=place,
            day=one.given.text(),
            vaccine=products.name(one.product, one.product_name),
            lot=one.lot_number,
            facility=", ".join(filter(None, (one.facility, one.country if one.abroad else ""))),
            told=DOSE_TOLD_WORDS.get(one.source, ""),
        )
        for place, (_kind, _number, one) in zip(DOSE_PLACES, held.all, strict=True)
        if one is not None
    )
    return placed, tuple(one.given.text() for one in held.beyond)


def _test(tests: Sequence[PathogenTest], *, last: bool) -> PaperTest | None:
    """The test that the paper rests on: the first positive one, for an end the last one."""
    if not tests:
        return None
    positive = [test for test in tests if test.result is TestResult.POSITIVE]
    return _paper_test(tests[-1] if last else (positive or tests)[0])


def _paper_test(test: PathogenTest) -> PaperTest:
    return PaperTest(kind=test.kind, result=test.result, on=test.sampled_on)


def _household(session: Session, person: PersonRow, day: date) -> str:
    household = session.scalars(select(HouseholdRow).where(HouseholdRow.id == person.household_id)).first()
    if household is None:
        return ""
    head = session.scalars(select(PersonRow).where(PersonRow.id == household.head_id)).first()
    if head is None:
        return household.head_name
    return f"{honorific(birth_of(head), Sex(head.sex), day)} {head.full_name}"


def _opening(session: Session, kind: PaperKind, subject: AnySubject) -> PaperReference | None:
    """The paper that this one rests on; of a confirmation of doses the one that it stands for."""
    row = standing(session, subject, OPENING_OF[kind]) if kind in OPENING_OF else None
    if kind in OF_PEOPLE:
        row = standing(session, subject, kind)
        row = row if row is not None and _put_right(session, subject.person.id, row.made) else None
    return PaperReference(number=row.number, symbol=row.symbol, issued_on=row.issued_on) if row else None


def _put_right(session: Session, person_id: UUID, since: int) -> bool:
    """Whether a dose that stood at that stamp was corrected or taken back since."""
    later, former = aliased(VaccineDoseRow), VaccineDoseRow
    query = select(later.n).join(former, former.id == later.voids)
    query = query.where(later.person_id == person_id, later.made > since, former.made < since)
    return session.scalars(query.limit(1)).first() is not None
