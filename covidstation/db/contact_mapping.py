"""Rows of contacts (F1) to frozen domain values and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from covidstation.db.rows import ContactRow
from covidstation.domain.care import ContactProximity, ContactRelation, ContactStatus, EndOfQuarantineReason
from covidstation.domain.contacts import Contact, ContactDraft
from covidstation.domain.episodes import PathogenTest, QuarantineType

_SAME = (
    "source_episode_id",
    "source_words",
    "report_date",
    "last_contact_on",
    "doses_known",
    "last_dose_on",
    "recovered_on",
    "quarantine_address",
    "quarantine_start",
    "quarantine_days",
    "quarantine_rule",
    "note",
)


def contact_of(row: Any, tests: Iterable[PathogenTest] = ()) -> Contact:
    """The contact of a row, or of a result with the row's columns, with its tests that stand."""
    return Contact(
        id=row.id,
        person_id=row.person_id,
        proximity=ContactProximity(row.proximity) if row.proximity else None,
        relation=ContactRelation(row.relation) if row.relation else None,
        quarantine_type=QuarantineType(row.quarantine_type),
        status=ContactStatus(row.status),
        quarantine_until=row.quarantine_until,
        end_reason=EndOfQuarantineReason(row.end_reason) if row.end_reason else None,
        ended_on=row.ended_on,
        became_episode_id=row.became_episode_id,
        tests=tuple(sorted(tests, key=lambda test: test.sampled_on or date.min)),
        **{name: getattr(row, name) for name in _SAME},
    )


def fill_contact(row: ContactRow, draft: ContactDraft, until: date | None) -> None:
    """Put a checked draft into the row, with the last day of its quarantine; what is the same is left alone."""
    values: dict[str, Any] = {name: getattr(draft, name) for name in _SAME}
    values["quarantine_until"] = until
    values["quarantine_type"] = (draft.quarantine_type or QuarantineType.HOME).value
    values["proximity"] = draft.proximity.value if draft.proximity else ""
    values["relation"] = draft.relation.value if draft.relation else ""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
