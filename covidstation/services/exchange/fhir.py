"""The register as FHIR R4 (docs/fhir.md): one person, or what happened in a span of days, as one bundle in a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from covidstation.catalog import Catalog
from covidstation.db import audit
from covidstation.db.ids import new_id
from covidstation.db.rows import PersonRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.interop.elements import Words
from covidstation.interop.fhir import TAIL, chosen, entries, head, items_of
from covidstation.interop.records import Span
from covidstation.services.changes import Done, done
from covidstation.services.exchange.fhir_records import holder_in, records_of
from covidstation.services.exchange.growing import GrowingFile
from covidstation.services.exchange.wish import NOBODY, SpanWish, check_receiver, check_span
from covidstation.services.rights import needs

AT_ONCE: Final = 50  # people read in one step: some hundredths of a second, whatever the size of the commune


class FhirWriting:
    """A bundle on its way into its file, as `growing.Growing` says. `people` and `resources` count what went in.

    Each step reads its people in one snapshot; what changes between two steps is seen or not, whole either way.
    """

    def __init__(self, db: Database, path: Path, words: Words, now: datetime, span: Span | None) -> None:
        self.people = self.resources = self.done = self.total = 0
        self._db, self._words, self._span = db, words, span
        self._person: UUID | None = None
        self._after = 0
        self._file = GrowingFile(path)
        self._file.write(head(words, new_id(), now))

    def of_one(self, person_id: UUID) -> FhirWriting:
        """Of that person alone."""
        self._person, self.total = person_id, 1
        return self

    def step(self) -> bool:
        """The next people; whether there are more."""
        query = select(PersonRow).where(PersonRow.n > self._after).order_by(PersonRow.n).limit(AT_ONCE)
        if self._person is not None:
            query = query.where(PersonRow.id == self._person)
        with self._db.read() as session:
            rows = session.scalars(query).all()
            records = records_of(session, rows, self._words) if rows else []
        for record in records:
            resources = chosen(items_of(record, self._words), self._span)
            self._file.write(b"".join(entries(resources)))
            self.people += bool(resources)
            self.resources += len(resources)
        self.done += len(rows)
        self._after = rows[-1].n if rows else self._after
        return len(rows) == AT_ONCE

    def finish(self) -> Path:
        """Close the bundle and give the file its name."""
        self._file.write(TAIL)
        return self._file.keep()

    def drop(self) -> None:
        """Nothing of it stays."""
        self._file.drop()


@needs(Right.EXPORT)
def begin_person_fhir(
    db: Database, person_id: UUID, path: Path, receiver: str = "", *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[FhirWriting]:
    """Note it and begin the bundle of one person. Raises Refused exports.…; UserError people.unknown_person,
    paper.not_kept, exports.disk_full."""
    problems = check_receiver(receiver, needed=False)
    if problems:
        raise Refused(problems)
    with db.write(by, now) as session:
        if session.scalars(select(PersonRow.n).where(PersonRow.id == person_id)).first() is None:
            raise UserError("people.unknown_person")
        detail = {"what": "fhir", "for": clean(receiver) or NOBODY}
        audit.note(session, AuditAction.EXPORT, subject=person_id, detail=detail)
    return done(FhirWriting(db, path, _words(db, catalog, now), now, None).of_one(person_id))


@needs(Right.EXPORT)
def begin_span_fhir(
    db: Database, wish: SpanWish, path: Path, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[FhirWriting]:
    """Note it and begin the bundle of all that happened in those days, with the people it happened to. Raises Refused
    exports.…; UserError paper.not_kept, exports.disk_full."""
    problems = check_span(wish, now.date())
    if problems:
        raise Refused(problems)
    span = wish.span
    with db.write(by, now) as session:
        total = session.scalar(select(func.count()).select_from(PersonRow)) or 0
        days = {"from": f"{span.first:%d/%m/%Y}", "to": f"{span.last:%d/%m/%Y}"}
        audit.note(
            session, AuditAction.EXPORT, detail={"what": "fhir_span", **days, "for": clean(wish.receiver) or NOBODY}
        )
    writing = FhirWriting(db, path, _words(db, catalog, now), now, span)
    writing.total = total
    return done(writing)


def _words(db: Database, catalog: Catalog, now: datetime) -> Words:
    with db.read() as session:
        holder = holder_in(session)
    return Words(
        holder=holder,
        terms=catalog.terminology,
        symptoms=catalog.symptoms,
        conditions=catalog.conditions,
        zone=now.tzinfo or UTC,
    )
