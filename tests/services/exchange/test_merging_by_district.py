"""The district merges two records of one person, and parts them again: both ends say the same, whoever undoes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.queries.people import find_people, person_page
from covidstation.db.rows import PersonRow
from covidstation.domain.merged import CONDITIONS, EMPTY, TOGETHER
from covidstation.errors import UserError
from covidstation.hub.down.items import Author
from covidstation.hub.down.joining import look_at_two, merge_records, part_records
from covidstation.hub.rows import StationRow
from covidstation.services.merging import merged_behind
from covidstation.services.people import register_person
from tests.services.exchange.test_merging import fields_at, merge, part, second, whose
from tests.services.exchange.test_two_sides import TwoSides
from tests.services.exchange.test_two_sides import sides as sides
from tests.services.samples import PAO, catalog, f0, register

pytestmark = pytest.mark.timeout(180)
WHO = Author("BS. Lò Thị Hoa", UUID(int=5))


def place(session: Any) -> StationRow:
    return session.scalars(select(StationRow)).one()


def join(sides: TwoSides, stays: UUID, goes: UUID, *take: str) -> None:
    with sides.hub.db.write(None, sides.tick()) as session:
        at = place(session)
        merge_records(session, sides.hub, at, stays.hex, goes.hex, take, "Cùng số thẻ BHYT", WHO, now=sides.now)


def split(sides: TwoSides, goes: UUID) -> None:
    with sides.hub.db.write(None, sides.tick()) as session:
        part_records(session, sides.hub, place(session), goes.hex, "Hai anh em", WHO, now=sides.now)


def both(sides: TwoSides, *people: UUID) -> list[dict[str, Any]]:
    """What both ends say alike of these records."""
    found = [fields_at(sides, one) for one in people]
    assert all(ours == theirs for ours, theirs in found)
    return [ours for ours, _theirs in found]


def test_what_a_register_holds_where_nothing_is_said():
    """`domain.merged.EMPTY` against the columns."""
    for name in {CONDITIONS}.union(*TOGETHER.values()) - {"full_name", "sex"}:
        column = PersonRow.__table__.c[name]
        default = None if column.default is None else column.default.arg
        expected = default(None) if callable(default) else default
        assert EMPTY.get(name, "") == expected, name


def test_merged_and_parted_at_the_district(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    before = both(sides, sides.person, bare)
    join(sides, bare, sides.person, "citizen_number", "full_name")
    sides.settle()
    assert whose(sides) == ({bare.hex}, {bare.hex})
    stays, goes = both(sides, bare, sides.person)
    assert stays["citizen_number"] == PAO.citizen_number and stays["full_name"] == PAO.full_name
    assert goes["merged_into"] == bare.hex
    assert [one.id for one in find_people(sides.db, "giang a pao")] == [bare]
    assert len(person_page(sides.db, bare).episodes) == 1
    (told,) = merged_behind(sides.db, bare)
    assert (told.id, told.by_name, told.reason) == (sides.person, WHO.name, "Cùng số thẻ BHYT")
    split(sides, sides.person)
    sides.settle()
    assert both(sides, sides.person, bare) == before, "as if it had never been"
    assert whose(sides) == ({sides.person.hex}, {sides.person.hex})
    assert sides.open() == (set(), set())


def test_parted_at_the_station_what_the_district_had_merged(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    before = both(sides, sides.person, bare)
    join(sides, bare, sides.person, "citizen_number", "full_name")
    sides.settle()
    part(sides, sides.person)
    sides.settle()
    assert both(sides, sides.person, bare) == before
    assert sides.open() == (set(), set())


def test_parted_at_the_district_what_the_station_had_merged(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    before = both(sides, sides.person, bare)
    merge(sides, bare, sides.person, "citizen_number", "full_name")
    sides.settle()
    split(sides, sides.person)
    sides.settle()
    assert both(sides, sides.person, bare) == before
    assert whose(sides) == ({sides.person.hex}, {sides.person.hex})
    assert sides.open() == (set(), set())


def test_merged_and_parted_before_the_station_heard_of_either(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    before = both(sides, sides.person, bare)
    join(sides, bare, sides.person, "citizen_number", "full_name")
    split(sides, sides.person)
    sides.settle()
    assert both(sides, sides.person, bare) == before
    assert sides.open() == (set(), set())


def test_merged_again_after_it_was_parted(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    join(sides, bare, sides.person, "full_name")
    sides.settle()
    split(sides, sides.person)
    join(sides, bare, sides.person)
    sides.settle()
    split(sides, sides.person)
    sides.settle()
    stays, goes = both(sides, bare, sides.person)
    assert stays["full_name"] == "Giàng A Pao" and "merged_into" not in goes


def test_merged_at_both_ends_alike(sides: TwoSides):
    """Nobody has to choose: both said the same."""
    bare = second(sides)
    sides.settle()
    merge(sides, bare, sides.person, "citizen_number")
    join(sides, bare, sides.person, "citizen_number")
    sides.settle()
    assert whose(sides) == ({bare.hex}, {bare.hex})
    both(sides, bare, sides.person)
    assert sides.open() == (set(), set())


def test_merged_at_both_ends_the_other_way_round(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    merge(sides, bare, sides.person)
    join(sides, sides.person, bare)
    sides.settle()
    ours, theirs = whose(sides)
    assert ours == theirs and len(ours) == 1
    both(sides, bare, sides.person)


def test_what_cannot_be_one_person(sides: TwoSides):
    ill = register(sides.db, f0(replace(PAO, full_name="Giàng A Pao", citizen_number="", phone="")), now=sides.tick())
    number = replace(PAO, full_name="Giàng A Pao", citizen_number="001168000123", insurance_number="")
    other = register_person(sides.db, number, catalog=catalog(), by=None, now=sides.tick()).value.id
    baby = replace(PAO, full_name="Giàng A Pao", citizen_number="", insurance_number="", birth=None)
    child = register_person(sides.db, baby, catalog=catalog(), by=None, now=sides.tick()).value.id
    sides.settle()
    wrong = {
        (ill.person_id, sides.person): "people.merge_two_open",
        (other, sides.person): "people.merge_numbers",
        (other, other): "people.merge_self",
        (other, UUID(int=99)): "district.which_record",
    }
    for (stays, goes), code in wrong.items():
        with pytest.raises(UserError) as caught:
            join(sides, stays, goes)
        assert caught.value.code == code
        assert PAO.citizen_number not in str(caught.value.params), "numbers stay masked at the district"
    with pytest.raises(UserError, match="reason_missing"), sides.hub.db.write(None, sides.now) as session:
        merge_records(session, sides.hub, place(session), child.hex, other.hex, (), " ", WHO, now=sides.now)
    with pytest.raises(UserError, match="merge_gone"):
        split(sides, other)
    join(sides, child, other)
    with pytest.raises(UserError, match="merged_away"):
        join(sides, sides.person, other)


def test_both_are_shown_with_every_field_that_differs(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    with sides.hub.db.read() as session:
        look = look_at_two(session, place(session), bare.hex, sides.person.hex)
        back = look_at_two(session, place(session), sides.person.hex, bare.hex)
    assert look.trouble is None and (look.illnesses, look.contacts) == ((0, 1), (0, 0))
    keys = {one.key for one in look.differing}
    assert keys == {one.key for one in back.differing} >= {"full_name", "citizen_number", "phone"}
    shown = {one.key: one for one in back.differing}
    assert shown["citizen_number"].ours["citizen_number"] == PAO.citizen_number
    assert shown["citizen_number"].theirs["citizen_number"] == ""
