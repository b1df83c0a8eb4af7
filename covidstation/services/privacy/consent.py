"""A person's yes or no to what was read out: written down, withdrawn, printed to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.rows import ConsentRow, PersonRow, RuleVersionRow, StationRow, TreatmentRow
from covidstation.db.session import Database
from covidstation.domain.consent import (
    LONGEST_NOTE,
    ConsentDraft,
    ConsentKind,
    ConsentText,
    consent_problems,
    read_consent_text,
    text_named,
    text_on,
)
from covidstation.domain.dates import PartialDate
from covidstation.domain.paper_words import place_date
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family, RuleError, RuleVersion, shipped_id, version_of, with_versions
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.printing.consent import ConsentView, render_consent
from covidstation.services.access.audit import prints
from covidstation.services.changes import Done, Kind, done
from covidstation.services.papers.letterhead import letterhead_in
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """One answer. `title` is that of the text that was read; `withdrawn_on` None while it stands."""

    id: UUID
    kind: ConsentKind
    text_id: str
    title: str
    agreed: bool
    given_on: date
    given_by: str
    by_name: str
    withdrawn_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A group C medicine given with the mark that the person agreed (table `treatment`)."""

    given_on: date
    medicine: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class Consents:
    """All answers, the newest first, and what giving out medicines has marked."""

    lines: tuple[ConsentLine, ...]
    marks: tuple[GivenMark, ...]

    def standing(self, kind: ConsentKind) -> ConsentLine | None:
        """The newest answer of that kind, also a no and also one that was withdrawn."""
        return next((line for line in self.lines if line.kind is kind), None)


@needs(Right.SEE)
def consents_of(db: Database, person_id: UUID, catalog: Catalog) -> Consents:
    """What that person has said."""
    with db.read() as session:
        rows = session.scalars(
            select(ConsentRow)
            .where(ConsentRow.person_id == person_id)
            .order_by(ConsentRow.given_on.desc(), ConsentRow.n.desc())
        )
        lines = tuple(_line(session, row, catalog) for row in rows)
        return Consents(lines, _marks(session, person_id))


def text_read(session: Session, catalog: Catalog, text_id: str) -> ConsentText | None:
    """The very words that were read out: as shipped, or in the station's version of then, in force or not."""
    found = text_named(catalog.consent_texts, text_id)
    if found is not None:
        return found
    shipped = tuple(map(read_consent_text, catalog.rule_tables(Family.CONSENT)))
    if not version_of(text_id):
        return text_named(shipped, text_id)
    query = select(RuleVersionRow).where(
        RuleVersionRow.family == Family.CONSENT.value,
        RuleVersionRow.rule_id == shipped_id(text_id),
        RuleVersionRow.version == version_of(text_id),
    )
    versions = [
        RuleVersion(rule_id=row.rule_id, version=row.version, body=row.body, confirmed=row.confirmed)
        for row in session.scalars(query)
    ]
    try:
        return text_named(with_versions(shipped, versions, read_consent_text), text_id)
    except RuleError:
        return None


def _line(session: Session, row: ConsentRow, catalog: Catalog) -> ConsentLine:
    text = text_read(session, catalog, row.text_id)
    return ConsentLine(
        id=row.id,
        kind=ConsentKind(row.kind),
        text_id=row.text_id,
        title=text.title if text else row.text_id,
        agreed=row.agreed,
        given_on=row.given_on,
        given_by=row.given_by,
        by_name=row.by_name,
        withdrawn_on=row.withdrawn_on,
        note=row.note,
    )


def _marks(session: Session, person_id: UUID) -> tuple[GivenMark, ...]:
    voided = select(TreatmentRow.voids).where(TreatmentRow.voids.is_not(None))
    rows = session.execute(
        select(TreatmentRow.given_at, TreatmentRow.name, TreatmentRow.consent)
        .where(TreatmentRow.person_id == person_id, TreatmentRow.consent.is_(True), TreatmentRow.voids.is_(None))
        .where(TreatmentRow.id.not_in(voided))
        .order_by(TreatmentRow.given_at.desc())
    )
    return tuple(GivenMark(row.given_at.date(), row.name, row.consent) for row in rows)


@needs(Right.ENTER)
def record_consent(
    db: Database,
    person_id: UUID,
    draft: ConsentDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[UUID]:
    """Write an answer down, to the text that was in force on its day.

    Raises Refused: care.day_missing, care.day_future, privacy.no_text, privacy.by_law; UserError people.unknown_person.
    """
    with db.write(by, now) as session:
        texts = station_catalog(session, catalog).consent_texts
        found = consent_problems(draft, texts, now.date())
        if found or draft.given_on is None:
            raise Refused(found)
        text = text_on(texts, draft.kind, draft.given_on)
        assert text is not None  # else it was refused
        if session.scalars(select(PersonRow.id).where(PersonRow.id == person_id)).first() is None:
            raise UserError("people.unknown_person")
        row = ConsentRow(
            id=new_id(),
            person_id=person_id,
            kind=draft.kind.value,
            text_id=text.id,
            agreed=draft.agreed,
            given_on=draft.given_on,
            given_by=clean(draft.given_by),
            by_name=clean(by_name),
            note=clean(draft.note),
        )
        session.add(row)
        return done(row.id, Kind.PEOPLE)


@needs(Right.ENTER)
def withdraw_consent(
    db: Database, consent_id: UUID, day: date | None, note: str = "", *, by: UUID | None, now: datetime
) -> Done[None]:
    """Take a yes back from that day on; the row stays. Raises Refused: care.day_missing, care.day_future,
    privacy.before_given; UserError care.unknown, privacy.not_standing."""
    with db.write(by, now) as session:
        row = session.scalars(select(ConsentRow).where(ConsentRow.id == consent_id)).first()
        if row is None:
            raise UserError("care.unknown")
        if row.withdrawn_on is not None or not row.agreed:
            raise UserError("privacy.not_standing")
        found = [*_day_problems(day, row.given_on, now.date()), *too_long("note", note, LONGEST_NOTE)]
        if found:
            raise Refused(found)
        row.withdrawn_on = day
        row.note = clean(" ".join(filter(None, (row.note, note))))
    return done(None, Kind.PEOPLE)


def _day_problems(day: date | None, given: date, today: date) -> list[Problem]:
    if day is None:
        return [Problem("day", "care.day_missing")]
    if day > today:
        return [Problem("day", "care.day_future", {"day": f"{day:%d/%m/%Y}"})]
    if day < given:
        return [Problem("day", "privacy.before_given", {"day": f"{given:%d/%m/%Y}"})]
    return []


@needs(Right.PRINT)
@prints("consent")
def consent_pdf(
    db: Database, person_id: UUID, kind: ConsentKind, *, catalog: Catalog, day: date, text_id: str = ""
) -> bytes:
    """The text to be read out and signed: that of the day, or with `text_id` one that was in force before.

    Raises UserError people.unknown_person, privacy.no_text.
    """
    with db.read() as session:
        catalog = station_catalog(session, catalog)
        text = text_read(session, catalog, text_id) if text_id else text_on(catalog.consent_texts, kind, day)
        if text is None:
            raise UserError("privacy.no_text", day=f"{day:%d/%m/%Y}")
        person = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
        if person is None:
            raise UserError("people.unknown_person")
        return render_consent(_view(session, catalog, text, person, day))


def _view(session: Session, catalog: Catalog, text: ConsentText, person: PersonRow, day: date) -> ConsentView:
    head = letterhead_in(session, catalog, day)
    year, month, on = person.birth_year, person.birth_month, person.birth_day
    return ConsentView(
        parent=head.parent,
        station=head.station,
        heading=text.heading,
        name=person.full_name,
        birth=PartialDate(year, month, on).text() if year else "",
        lines=tuple(line.replace("{station}", head.station).replace("{name}", person.full_name) for line in text.lines),
        question=text.question,
        asked=not text.by_law,
        version=f"{text.id}; có hiệu lực từ {text.valid_from:%d/%m/%Y}",
        place_date=place_date(_place(session), day),
        training=head.training,
    )


def _place(session: Session) -> str:
    from_station = session.scalars(select(StationRow.place_name)).first()
    return from_station or ""
