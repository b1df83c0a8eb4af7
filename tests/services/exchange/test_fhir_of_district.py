"""FHIR at the district: of the same person and the same days it says what the station's own export says."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.errors import UserError
from covidstation.hub.figures.fhir import days_fhir, person_fhir
from covidstation.hub.rows import RecordRow, StationRow
from covidstation.interop.records import Span
from covidstation.services.exchange.fhir import begin_person_fhir, begin_span_fhir
from covidstation.services.exchange.growing import run_whole
from covidstation.services.exchange.wish import SpanWish
from tests.interop import r4
from tests.services import outbreak
from tests.services.exchange.test_merging import merge, second
from tests.services.exchange.test_two_sides import TwoSides
from tests.services.exchange.test_two_sides import sides as sides
from tests.services.samples import TODAY, catalog

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def told(sides: TwoSides) -> TwoSides:
    """Some people with checks, medicines, a transfer, a contact; the district has heard of it all."""
    first, other = outbreak.case(sides.db, 300), outbreak.case(sides.db, 301)
    outbreak.check(sides.db, first)
    outbreak.hand_out(sides.db, first)
    outbreak.send_away(sides.db, other)
    outbreak.enter_household(sides.db, first, (302, 303))
    sides.now = max(sides.now, outbreak.NOW)
    sides.settle()
    return sides


def resources(data: bytes) -> dict[str, Any]:
    """By id."""
    bundle = json.loads(data)
    assert r4.wrong_with(bundle) == []
    return {one["resource"]["id"]: one["resource"] for one in bundle["entry"]}


def at_station(sides: TwoSides, job: Any) -> dict[str, Any]:
    return resources(run_whole(job.value).read_bytes())


def at_district(
    sides: TwoSides, person: str = "", span: Span | None = None, *, everybody: bool = False
) -> dict[str, Any]:
    with sides.hub.db.read() as session:
        station = session.scalars(select(StationRow)).one()
        if span is not None:
            made = days_fhir(session, sides.hub, station, span, catalog(), sides.now, everybody=everybody)
            return resources(made.data)
        return resources(person_fhir(session, sides.hub, station, person, catalog(), sides.now).data)


def people(sides: TwoSides) -> list[str]:
    with sides.hub.db.read() as session:
        return list(session.scalars(select(RecordRow.row).where(RecordRow.tbl == "person")))


def test_each_person_is_the_same_at_both_ends(told: TwoSides, tmp_path):
    found = people(told)
    assert len(found) >= 5
    kinds = set()
    for person in found:
        path = tmp_path / f"{person}.json"
        job = begin_person_fhir(told.db, UUID(hex=person), path, "CDC", catalog=catalog(), by=None, now=told.now)
        ours = at_station(told, job)
        assert at_district(told, person) == ours
        kinds |= {one["resourceType"] for one in ours.values()}
    assert kinds >= {"Patient", "Condition", "Observation", "Encounter", "CarePlan", "MedicationDispense"}


@pytest.mark.parametrize("first", [date(2020, 1, 1), TODAY])
def test_the_days_are_the_same_at_both_ends(told: TwoSides, tmp_path, first):
    for everybody in (False, True):
        wish = SpanWish(first=first, last=TODAY, receiver="CDC", everybody=everybody)
        job = begin_span_fhir(told.db, wish, tmp_path / "days.json", catalog=catalog(), by=None, now=told.now)
        ours = at_station(told, job)
        assert ours and at_district(told, span=Span(first, TODAY), everybody=everybody) == ours
    patients = {one["id"] for one in ours.values() if one["resourceType"] == "Patient"}
    assert {UUID(hex=one) for one in people(told)} == {UUID(one) for one in patients}


def test_a_merged_record_is_the_person_who_stands(told: TwoSides):
    bare = second(told)
    merge(told, bare, told.person)
    told.settle()
    found = at_district(told, told.person.hex)
    assert found == at_district(told, bare.hex)
    patients = [one["id"] for one in found.values() if one["resourceType"] == "Patient"]
    assert patients == [str(bare)]
    assert any(one["resourceType"] == "Condition" for one in found.values()), "the illness came along"


def test_nobody_is_nobody(told: TwoSides):
    with pytest.raises(UserError, match="not_found"):
        at_district(told, "f" * 32)


def test_what_no_register_can_hold_is_left_out(told: TwoSides):
    with told.hub.db.write(None, told.now) as session:
        row = session.scalars(select(RecordRow).where(RecordRow.tbl == "visit")).first()
        assert row is not None
        row.fields = {**row.fields, "at": {"not": "a day"}}
        person, id = row.fields["person_id"], row.row
    found = at_district(told, person)
    assert str(UUID(hex=id)) not in found and any(one["resourceType"] == "Patient" for one in found.values())
