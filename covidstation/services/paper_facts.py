"""From the register to what a paper needs to know: one pure gathering, no decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of, episode_of
from covidstation.db.rows import (
    EpisodeRow,
    HamletRow,
    HouseholdRow,
    PackEditRow,
    PaperRow,
    PaperSubjectRow,
    PathogenTestRow,
    PersonRow,
    StationRow,
)
from covidstation.domain.episodes import Episode, TestResult
from covidstation.domain.packs import ENDING, LegalPack, PackEdit, PaperKind, Signatory, pack_on, with_edits
from covidstation.domain.papers import PaperFacts, PaperReference, PaperTest, SubjectFacts, honorific
from covidstation.domain.people import Sex
from covidstation.domain.units import Unit
from covidstation.errors import UserError


@dataclass(frozen=True, slots=True)
class Subject:
    """One person on a paper with the illness it speaks of."""

    person: PersonRow
    episode: EpisodeRow
    value: Episode


def station_pack(session: Session, catalog: Catalog, day: date) -> LegalPack:
    """The pack in force on that day, in the station's own words."""
    pack = pack_on(catalog.packs, day)
    edits: dict[str, PackEdit] = {}
    for row in session.scalars(select(PackEditRow).where(PackEditRow.pack_id == pack.id).order_by(PackEditRow.n)):
        edits[row.path] = PackEdit(row.text, row.confirmed)
    return with_edits(pack, edits)


def ending_kind(pack: LegalPack) -> PaperKind:
    """The paper by which an isolation ends under that pack."""
    return next(kind for kind in pack.papers if kind in ENDING)


def load_subjects(session: Session, episode_ids: Sequence[UUID]) -> list[Subject]:
    """The people of the paper in the order given. Raises UserError episodes.unknown."""
    found = []
    for episode_id in episode_ids:
        row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
        if row is None:
            raise UserError("episodes.unknown")
        person = session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()
        tests = session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id == episode_id))
        found.append(Subject(person, row, episode_of(row, tests)))
    return found


def gather_facts(
    session: Session,
    catalog: Catalog,
    pack: LegalPack,
    kind: PaperKind,
    subjects: Sequence[Subject],
    *,
    issued_on: date,
    now: datetime,
) -> PaperFacts:
    """Everything that the paper may say; what is not known stays empty and is named by `papers.missing`."""
    station = session.scalars(select(StationRow)).one()
    commune = _commune(catalog, station.commune_code, issued_on)
    province = catalog.units.find(commune.province, issued_on) if commune else None
    first = subjects[0].value
    until = subjects[0].episode.isolation_until
    starts = [one.value.isolation_start for one in subjects if one.value.isolation_start is not None]
    start = max(starts, default=None)  # the latest: for nobody before the finding
    by_head = pack.paper(kind).signed_by is Signatory.HEAD_OF_STATION
    ended = until + timedelta(days=1) if until else None
    ends = kind in ENDING
    people = tuple(
        _subject(session, catalog, subject, commune, issued_on, by_last_test=kind is PaperKind.ISOLATION_END)
        for subject in subjects
    )
    return PaperFacts(
        issued_on=issued_on,
        place=station.place_name,
        commune=_label(commune),
        district=_label(catalog.units.find(commune.district, issued_on) if commune and commune.district else None),
        province=_label(province),
        station=station.name,
        upper=station.upper_name,
        signer=station.head_name if by_head else station.chairman_name,
        # A deputy signs for the head: KT. and both titles, as the pack words them (NĐ 30/2020/NĐ-CP, 7a).
        by_deputy=(station.head_title if by_head else station.chairman_title).casefold().startswith("phó"),
        subjects=people,
        household=_household(session, subjects[0].person, issued_on),
        isolation_place=first.isolation_address or people[0].address,
        isolation_from=start.date() if start else None,
        isolation_from_time=start.time() if start else None,
        isolation_until=until,
        days=first.isolation_days,
        found_at=first.found_at,
        proposed_at=first.proposed_at,
        decided_at=first.decided_at or (_minute(now) if issued_on == now.date() else None),
        told_at=first.told_at,
        opening=_opening(session, subjects[0].episode.id) if ends else None,
        ended_on=ended,
        ended_at=time(0) if ended else None,
        training=station.training,
    )


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0, tzinfo=None)


def _commune(catalog: Catalog, code: str, day: date) -> Unit | None:
    """The station's commune as it was on that day; a code of another time speaks as it stands."""
    return catalog.units.find(code, day) or next(iter(catalog.units.successors(code)), None)


def _label(unit: Unit | None) -> str:
    return f"{unit.kind.lower()} {unit.name}" if unit else ""


def _subject(
    session: Session, catalog: Catalog, subject: Subject, commune: Unit | None, day: date, *, by_last_test: bool
) -> SubjectFacts:
    person = subject.person
    hamlet = session.scalars(select(HamletRow).where(HamletRow.id == person.hamlet_id)).first()
    tests = subject.value.tests
    positive = [test for test in tests if test.result is TestResult.POSITIVE]
    test = (tests[-1] if by_last_test else (positive or tests)[0]) if tests else None
    where = f"{hamlet.kind} {hamlet.name}".strip() if hamlet else ""
    unit = catalog.units.full_name(commune.code, day) if commune and commune.valid_on(day) else _label(commune)
    parts = [person.address_detail, where, unit] if where else [person.address_printed]
    return SubjectFacts(
        name=person.full_name,
        birth=birth_of(person),
        sex=Sex(person.sex),
        citizen_number=person.citizen_number or person.old_citizen_number,
        phone=person.phone,
        address=", ".join(part for part in parts if part),
        hamlet=where,
        test=PaperTest(kind=test.kind, result=test.result, on=test.sampled_on) if test else None,
    )


def _household(session: Session, person: PersonRow, day: date) -> str:
    household = session.scalars(select(HouseholdRow).where(HouseholdRow.id == person.household_id)).first()
    if household is None:
        return ""
    head = session.scalars(select(PersonRow).where(PersonRow.id == household.head_id)).first()
    if head is None:
        return household.head_name
    return f"{honorific(birth_of(head), Sex(head.sex), day)} {head.full_name}"


def _opening(session: Session, episode_id: UUID) -> PaperReference | None:
    row = opening_paper(session, episode_id)
    return PaperReference(number=row.number, symbol=row.symbol, issued_on=row.issued_on) if row else None


def opening_paper(session: Session, episode_id: UUID) -> PaperRow | None:
    """The valid isolation decision of an illness, the newest if there are several."""
    return session.scalars(
        select(PaperRow)
        .join(PaperSubjectRow, PaperSubjectRow.paper_id == PaperRow.id)
        .where(
            PaperSubjectRow.episode_id == episode_id,
            PaperRow.kind == PaperKind.ISOLATION_ORDER.value,
            PaperRow.voided_at.is_(None),
        )
        .order_by(PaperRow.n.desc())
    ).first()
