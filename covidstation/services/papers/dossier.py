"""One F0 as one PDF: a cover with what is in it and what is missing, the papers as they were issued, the sheets.

Vietnamese in every language, as papers are. Issued papers are the bytes of the book; sheets (commitment, leaflet,
monitoring) are made from the register of now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of
from covidstation.db.queries.deliveries import deliveries_of
from covidstation.db.queries.missing import name_of
from covidstation.db.queries.station import get_station
from covidstation.db.rows import EpisodeRow, HamletRow, PaperRow, PaperSubjectRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain import packs
from covidstation.domain.episodes import CaseOutcome, QuarantineType
from covidstation.domain.missing import Lack, MissingKind
from covidstation.domain.packs import PaperKind
from covidstation.domain.papers import number_symbol, number_text
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.messages import sentence
from covidstation.messages.delivery import MISSING
from covidstation.messages.papers import KINDS
from covidstation.printing.binder import bind
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import as_one, note_sheets
from covidstation.services.papers.files import read_file
from covidstation.services.papers.handouts import commitment_pdf, leaflet_pdf
from covidstation.services.papers.letterhead import Letterhead, letterhead
from covidstation.services.papers.missing import missing_now
from covidstation.services.papers.sheets import print_patient_sheet
from covidstation.services.rights import needs

_ORDER: Final = (
    PaperKind.ISOLATION_ORDER,
    PaperKind.REFERRAL,
    *sorted(packs.ENDING),
    PaperKind.COMPLETION_CERTIFICATE,
    PaperKind.SICK_LEAVE,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is made anew for each dossier: its title, and how it is made."""

    title: str
    make: Callable[[Database, UUID], bytes]


@dataclass(frozen=True, slots=True)
class Content:
    """One part of a dossier; `number` and `day` are empty for a sheet."""

    title: str
    number: str = ""
    day: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """`contents` are in the PDF in this order behind the cover; `missing` stands on the cover in words."""

    episode_id: UUID
    name: str
    pdf: bytes
    contents: tuple[Content, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoDossier:
    """One that could not be made, and why."""

    episode_id: UUID
    name: str
    trouble: UserError


@needs(Right.PRINT)
def dossiers(
    db: Database, episode_ids: Sequence[UUID], *, catalog: Catalog, now: datetime
) -> Iterator[Dossier | NoDossier]:
    """One after the other, so that a caller can show how far it is and stop; one that fails stops no other."""
    lacking, parts = _lacking(db, catalog, now), sheets(db, catalog, now.date())
    head = letterhead(db, catalog, now.date())
    for episode_id in episode_ids:
        try:
            yield _one(db, episode_id, lacking, parts, head)
        except UserError as trouble:
            yield NoDossier(episode_id, name_of(db, episode_id), trouble)


def bound(found: Sequence[Dossier]) -> bytes:
    """Several dossiers as one file, for one print. Raises ValueError for none."""
    return bind([one.pdf for one in found])


@needs(Right.PRINT)
def sheets(db: Database, catalog: Catalog, today: date) -> tuple[Sheet, ...]:
    """The sheets of a dossier in their order."""
    training = get_station(db).training

    def commitment(db: Database, episode_id: UUID) -> bytes:
        return commitment_pdf(db, episode_id, catalog=catalog, day=today)

    def leaflet(db: Database, episode_id: UUID) -> bytes:
        return leaflet_pdf(db, episode_id, catalog=catalog, day=today, large=True)

    def monitoring(db: Database, episode_id: UUID) -> bytes:
        return print_patient_sheet(db, episode_id, catalog=catalog, today=today, training=training).pdf

    return (
        Sheet("Bản cam kết cách ly", commitment),
        Sheet("Tờ dặn dấu hiệu nguy hiểm", leaflet),
        Sheet("Phiếu theo dõi sức khỏe", monitoring),
    )


def _lacking(db: Database, catalog: Catalog, now: datetime) -> dict[UUID, list[Lack]]:
    found: dict[UUID, list[Lack]] = {}
    for line in missing_now(db, catalog, now.date()):
        found.setdefault(line.subject_id, []).append(line)
    return found


def _one(
    db: Database, episode_id: UUID, lacking: dict[UUID, list[Lack]], parts: Sequence[Sheet], head: Letterhead
) -> Dossier:
    with db.read() as session:
        episode = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
        if episode is None:
            raise UserError("episodes.unknown")
        person = session.scalars(select(PersonRow).where(PersonRow.id == episode.person_id)).one()
        papers = _papers(session, episode_id)
        pdfs = [read_file(session, row.file_hash) for row in papers]
        second, absent = _whose(session, person, episode), _absent(episode, papers)
    contents = _paper_contents(db, papers)
    kinds = {line.kind for line in lacking.get(episode_id, ())} | absent
    missing = [MISSING[kind] for kind in MissingKind if kind in kinds]
    for sheet in parts:
        try:
            with as_one():
                pdfs.append(sheet.make(db, episode_id))
            contents.append(Content(sheet.title))
        except UserError as trouble:
            missing.append(f"{sheet.title}: {sentence(trouble)}")
    note_sheets(db, "dossier", (episode.person_id,))
    cover = _cover(head, person.full_name, second, contents, missing)
    return Dossier(episode_id, person.full_name, bind([cover, *pdfs]), tuple(contents), tuple(missing))


def _papers(session: Session, episode_id: UUID) -> list[PaperRow]:
    """The valid papers of an illness, in the order in which they are asked for."""
    query = (
        select(PaperRow)
        .join(PaperSubjectRow, PaperSubjectRow.paper_id == PaperRow.id)
        .where(PaperSubjectRow.episode_id == episode_id, PaperRow.voided_at.is_(None))
        .order_by(PaperRow.n)
    )
    rank = {kind.value: at for at, kind in enumerate(_ORDER)}
    return sorted(session.scalars(query), key=lambda row: rank.get(row.kind, len(rank)))


def _absent(episode: EpisodeRow, papers: Sequence[PaperRow]) -> set[MissingKind]:
    """What was never issued, however long ago the illness ended."""
    kinds = {row.kind for row in papers}
    ordered = PaperKind.ISOLATION_ORDER.value in kinds
    at_home = episode.isolation_type == QuarantineType.HOME.value
    found = {MissingKind.ORDER} if at_home and not ordered else set()
    recovered = episode.outcome == CaseOutcome.RECOVERED.value
    if recovered and (at_home or ordered) and not kinds & {kind.value for kind in packs.ENDING}:
        found.add(MissingKind.ENDING)
    return found


def _whose(session: Session, person: PersonRow, episode: EpisodeRow) -> str:
    hamlet = session.scalars(select(HamletRow).where(HamletRow.id == person.hamlet_id)).first()
    birth = birth_of(person)
    parts = [f"Sinh {birth.text()}" if birth else "", hamlet.name if hamlet else ""]
    parts.append(f"dương tính {date_text(episode.report_date)}")
    return ", ".join(part for part in parts if part)


def _paper_contents(db: Database, papers: Sequence[PaperRow]) -> list[Content]:
    delivered = deliveries_of(db, [row.id for row in papers])
    found = []
    for row in papers:
        mark = delivered.get(row.id)
        note = f"đã giao {date_text(mark.delivered_on)}" if mark else ""
        number = number_symbol(number_text(row.number), row.symbol)
        found.append(Content(KINDS[row.kind], number, row.issued_on, note))
    return found


def _cover(head: Letterhead, name: str, second: str, contents: Sequence[Content], missing: Sequence[str]) -> bytes:
    rows = [
        (f"{at}", part.title, part.number, date_text(part.day) if part.day else "", part.note)
        for at, part in enumerate(contents, start=1)
    ]
    rows += [("", words, "", "", "CÒN THIẾU") for words in missing]
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title=f"HỒ SƠ F0: {name}",
            second=second,
            columns=tuple(
                ListColumn(title, share)
                for title, share in (
                    ("STT", 7),
                    ("Giấy tờ", 42),
                    ("Số, ký hiệu", 18),
                    ("Ngày", 13),
                    ("Ghi chú", 20),
                )
            ),
            rows=tuple(rows),
            size=12.0,
            training=head.training,
        )
    )
