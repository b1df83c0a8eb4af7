"""A hidden number is shown to whoever says why, and the record says so first."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from covidstation.db.rows import AuditRow
from covidstation.domain.privacy import HiddenNumber, RevealReason
from covidstation.errors import Refused, UserError
from covidstation.services.privacy.reveal import note_whole_numbers, reveal_number
from tests.services.samples import NOW, PAO, register


def entries(db):
    with db.read() as session:
        return [(row.subject, dict(row.detail)) for row in session.scalars(select(AuditRow).filter_by(action="reveal"))]


def test_the_number_comes_with_its_entry(db):
    person = register(db).person_id
    done = reveal_number(db, person, HiddenNumber.CITIZEN, RevealReason.OTHER, " so với giấy ", by=None, now=NOW)
    assert done.value == PAO.citizen_number
    assert entries(db) == [(person, {"field": "citizen_number", "reason": "other", "words": "so với giấy"})]


def test_another_reason_is_said_in_words(db):
    person = register(db).person_id
    with pytest.raises(Refused):
        reveal_number(db, person, HiddenNumber.OLD, RevealReason.OTHER, "  ", by=None, now=NOW)
    with pytest.raises(UserError):
        reveal_number(db, uuid4(), HiddenNumber.OLD, RevealReason.ASKED, by=None, now=NOW)
    assert entries(db) == []


def test_a_list_with_whole_numbers_says_how_many(db):
    note_whole_numbers(db, 42, RevealReason.SYSTEM, by=None, now=NOW)
    assert entries(db) == [(None, {"field": "citizen_number", "people": 42, "reason": "system"})]
