"""Who stands behind a figure of the daily report."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.daily import in_chunks
from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import ContactRow, EpisodeRow, HamletRow, PathogenTestRow, PersonRow
from covidstation.domain.dates import PartialDate


@dataclass(frozen=True, slots=True)
class ReportPerson:
    """Somebody behind a figure."""

    episode_id: UUID
    person_id: UUID
    full_name: str
    birth: PartialDate | None
    hamlet: str
    report_date: date | None  # of a test that has no day: None


def people_of(session: Session, episode_ids: Collection[UUID]) -> list[ReportPerson]:
    """Those people by hamlet and name; illnesses that are gone are left out."""
    return _people(session, EpisodeRow, episode_ids)


def contacts_of(session: Session, contact_ids: Collection[UUID]) -> list[ReportPerson]:
    """The same of contacts; `episode_id` is then the contact's."""
    return _people(session, ContactRow, contact_ids)


def tested_people(session: Session, test_ids: Collection[UUID]) -> list[ReportPerson]:
    """Who was tested, once for each test; `episode_id` is then the test's, `report_date` its day."""
    return _people(session, PathogenTestRow, test_ids)


def _people(
    session: Session, table: type[EpisodeRow] | type[ContactRow] | type[PathogenTestRow], ids: Collection[UUID]
) -> list[ReportPerson]:
    day = PathogenTestRow.sampled_on if issubclass(table, PathogenTestRow) else table.report_date
    query = (
        select(
            table.id,
            table.person_id,
            day.label("report_date"),
            PersonRow.full_name,
            PersonRow.sort_key,
            PersonRow.birth_year,
            PersonRow.birth_month,
            PersonRow.birth_day,
            hamlet_words().label("hamlet"),
        )
        .join(PersonRow, PersonRow.id == table.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
    )
    rows = sorted(in_chunks(session, query, table.id, list(ids)), key=lambda row: (row.hamlet, row.sort_key))
    return [
        ReportPerson(
            row.id,
            row.person_id,
            row.full_name,
            PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None,
            row.hamlet,
            row.report_date,
        )
        for row in rows
    ]
