"""Who looked at this person: the answer is about whom was asked, and about nobody of their house."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from covidstation.db.rows import PersonRow
from covidstation.domain.audit import AuditAction
from covidstation.services.access.audit import saw_person
from covidstation.services.access.audit_look import AuditAsked, audit_page, look_at_audit
from tests.services.samples import NOW, PAO, f0, register

SON = replace(PAO, full_name="Giàng A Lềnh", citizen_number="012099000002", old_citizen_number="", phone="0912000222")
OTHER = replace(PAO, full_name="H'Dung Niê", citizen_number="012099000003", old_citizen_number="", phone="0912000333")


@pytest.fixture
def house(db):
    """Giàng A Páo, his son in the same household, and somebody else: each was looked at once."""
    register(db, f0(new_household_head=PAO.full_name))
    with db.read() as session:
        household = session.scalars(select(PersonRow.household_id)).one()
    register(db, f0(replace(SON, household_id=household)))
    register(db, f0(OTHER))
    with db.read() as session:
        people = {row.full_name: row.id for row in session.scalars(select(PersonRow))}
    for person_id in people.values():
        saw_person(db, person_id, "person", now=NOW)
    return people


def seen(db, typed):
    found = look_at_audit(db, AuditAsked(typed=typed, actions=(AuditAction.SEE,)), now=NOW)
    return sorted(line.subject for line in audit_page(db, found, 0, 50))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Giang A Pao", ["Giàng A Páo"]),
        ("páo", ["Giàng A Páo"]),
        ("giang", ["Giàng A Lềnh", "Giàng A Páo"]),
        ("hdung", ["H'Dung Niê"]),
        ("dung nie", ["H'Dung Niê"]),
        ("012099000002", ["Giàng A Lềnh"]),
        ("không có ai", []),
    ],
)
def test_a_name_is_answered_for_those_who_bear_it(db, house, typed, names):
    assert seen(db, typed) == names


def test_a_person_by_their_page_alone(db, house):
    for name, person_id in house.items():
        found = look_at_audit(db, AuditAsked(person_id=person_id, actions=(AuditAction.SEE,)), now=NOW)
        assert [line.subject for line in audit_page(db, found, 0, 50)] == [name]
