"""The register as FHIR R4 (docs/fhir.md): one person, or what happened in a span of days, as one bundle in a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true

from covidstation.catalog import Catalog
from covidstation.db import audit
from covidstation.db.ids import new_id
from covidstation.db.merged import not_merged
from covidstation.db.rows import PersonRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.chronic_lists import labels_of
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.interop.elements import Words
from covidstation.interop.fhir import TAIL, chosen, entries, head, items_of
from covidstation.interop.records import Span
from covidstation.services.changes import Done, done
from covidstation.services.exchange.fhir_records import happened_in, holder_in, records_of
from covidstation.services.exchange.growing import GrowingFile
from covidstation.services.exchange.wish import NOBODY, SpanWish, check_receiver, check_span
from covidstation.services.rights import needs

AT_ONCE: Final = 32  # people in one step: some hundredths of a second, whatever the size of the commune
LOOKED_AT: Final = 1_000  # people whose days are looked at in one step


class FhirWriting:
    """A bundle on its way into its file, as `growing.Growing` says. `people` and `resources` count what went in.

    Each step reads its people in one snapshot; what changes between two steps is seen or not, whole either way.
    """

    def __init__(self, db: Database, path: Path, words: Words, now: datetime) -> None:
        self.people = self.resources = self.done = self.total = 0
        self._db, self._words = db, words
        self._span: Span | None = None
        self._everybody = False
        self._wanted: ColumnElement[bool] = true()
        self._file = GrowingFile(path)
        self._file.write(head(words, new_id(), now))

    def of_one(self, person_id: UUID, n: int) -> FhirWriting:
        """Of that person alone, whose number is `n`."""
        self._wanted, self.done, self.total = PersonRow.id == person_id, n - 1, n
        return self

    def of_days(self, span: Span, last: int, *, everybody: bool = False) -> FhirWriting:
        """Of those days; `last` is the highest number of a person. `everybody`: as `SpanWish` says."""
        self._span, self._everybody, self.total = span, everybody, last
        self._wanted = true() if everybody else happened_in(span)
        return self

    def step(self) -> bool:
        """The next people; whether there are more."""
        upto = min(self.done + LOOKED_AT, self.total)
        query = select(PersonRow).where(PersonRow.n > self.done, PersonRow.n <= upto, not_merged(), self._wanted)
        with self._db.read() as session:
            rows = session.scalars(query.order_by(PersonRow.n).limit(AT_ONCE)).all()
            records = records_of(session, rows, self._words) if rows else []
        for record in records:
            resources = chosen(items_of(record, self._words), self._span, everybody=self._everybody)
            self._file.write(b"".join(entries(resources)))
            self.people += bool(resources)
            self.resources += len(resources)
        self.done = rows[-1].n if len(rows) == AT_ONCE else upto
        return self.done < self.total

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
        n = session.scalars(select(PersonRow.n).where(PersonRow.id == person_id)).first()
        if n is None:
            raise UserError("people.unknown_person")
        detail = {"what": "fhir", "for": clean(receiver) or NOBODY}
        audit.note(session, AuditAction.EXPORT, subject=person_id, detail=detail)
    return done(FhirWriting(db, path, _words(db, catalog, now), now).of_one(person_id, n))


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
    what = "fhir_all" if wish.everybody else "fhir_span"
    with db.write(by, now) as session:
        last = session.scalar(select(func.max(PersonRow.n))) or 0
        days = {"from": f"{span.first:%d/%m/%Y}", "to": f"{span.last:%d/%m/%Y}"}
        audit.note(session, AuditAction.EXPORT, detail={"what": what, **days, "for": clean(wish.receiver) or NOBODY})
    return done(FhirWriting(db, path, _words(db, catalog, now), now).of_days(span, last, everybody=wish.everybody))


def _words(db: Database, catalog: Catalog, now: datetime) -> Words:
    with db.read() as session:
        holder = holder_in(session)
    return Words(
        holder=holder,
        terms=catalog.terminology,
        symptoms=catalog.symptoms,
        conditions=catalog.conditions,
        diseases=labels_of(catalog.chronic_lists),
        courses=catalog.vaccine_courses(now.date()),
        zone=now.tzinfo or UTC,
    )
