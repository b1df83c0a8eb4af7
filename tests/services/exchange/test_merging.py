"""Two records of one person become one: at both ends, whoever said it, and whatever crosses it on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.journal import plain
from covidstation.db.merged import standing_record
from covidstation.db.queries.district import items_about
from covidstation.db.queries.people import find_people, person_by_number, person_page
from covidstation.db.rows import EpisodeRow, PersonRow
from covidstation.domain.deciding import Choice
from covidstation.domain.district import ItemKind
from covidstation.errors import Refused, UserError
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.merging.conflicts import decide_conflict as decide_at_district
from covidstation.hub.replies.give_back import give_back
from covidstation.hub.rows import ConflictRow, RecordRow
from covidstation.services.exchange.conflicts import decide_conflict, list_conflicts
from covidstation.services.merging import look_at_merge, merge_people, merged_behind, undo_merge
from covidstation.services.people import edit_person, register_person
from tests.services.exchange.test_two_sides import DOCTOR, TwoSides
from tests.services.exchange.test_two_sides import sides as sides
from tests.services.samples import PAO, catalog, f0, register

pytestmark = pytest.mark.timeout(180)
WHO = Author("BS. Lò Thị Hoa")
AGAIN = replace(PAO, full_name="Giàng A Pao", citizen_number="", phone="0987000111", insurance_number="")


def second(sides: TwoSides) -> UUID:
    """The same person, entered once more without a card; the first record has the illness."""
    return register_person(sides.db, AGAIN, catalog=catalog(), by=None, now=sides.tick()).value.id


def merge(sides: TwoSides, stays: UUID, goes: UUID, *take: str) -> None:
    merge_people(
        sides.db,
        stays,
        goes,
        take=take,
        reason="Cùng số thẻ",
        catalog=catalog(),
        by=None,
        now=sides.tick() + sides.ahead,
    )


def part(sides: TwoSides, goes: UUID) -> None:
    undo_merge(sides.db, goes, catalog=catalog(), by=None, now=sides.tick() + sides.ahead)


def fields_at(sides: TwoSides, person: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """What both ends say of a record, without what is empty."""
    with sides.db.read() as session:
        row = session.scalars(select(PersonRow).where(PersonRow.id == person)).one()
        names = set(PersonRow.__table__.c.keys()) - PersonRow.local_fields
        ours = {name: plain(getattr(row, name)) for name in names}
    with sides.hub.db.read() as session:
        theirs = session.scalars(select(RecordRow.fields).where(RecordRow.row == person.hex)).one()
    empty = (None, "", [])
    return (
        {name: value for name, value in ours.items() if value not in empty and value != "UNKNOWN"},
        {name: value for name, value in theirs.items() if value not in empty and value != "UNKNOWN"},
    )


def whose(sides: TwoSides) -> tuple[set[str], set[str]]:
    """Whom the illnesses name, at both ends."""
    with sides.db.read() as session:
        ours = {one.hex for one in session.scalars(select(EpisodeRow.person_id))}
    with sides.hub.db.read() as session:
        rows = session.scalars(select(RecordRow.fields).where(RecordRow.tbl == "episode"))
        return ours, {row["person_id"] for row in rows}


def test_merged_and_parted_at_the_station_and_so_at_the_district(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    before = [fields_at(sides, one) for one in (sides.person, bare)]
    look = look_at_merge(sides.db, bare, sides.person)
    assert [one.key for one in look.differing if one.take] == ["citizen_number"]
    assert (look.problems, look.rows) == ((), 1)
    merge(sides, bare, sides.person, "citizen_number", "full_name")
    sides.settle()
    assert whose(sides) == ({bare.hex}, {bare.hex})
    ours, theirs = fields_at(sides, bare)
    assert ours == theirs and ours["citizen_number"] == PAO.citizen_number and ours["full_name"] == PAO.full_name
    ours, theirs = fields_at(sides, sides.person)
    assert ours == theirs and ours["merged_into"] == bare.hex
    assert [one.id for one in find_people(sides.db, "giang a pao")] == [bare]
    assert [one.id for one in find_people(sides.db, PAO.phone)] == [bare], "found by the number of the other record"
    assert person_by_number(sides.db, citizen=PAO.citizen_number) == bare
    assert len(person_page(sides.db, bare).episodes) == 1
    assert [(one.id, one.reason) for one in merged_behind(sides.db, bare)] == [(sides.person, "Cùng số thẻ")]
    part(sides, sides.person)
    sides.settle()
    assert [fields_at(sides, one) for one in (sides.person, bare)] == before, "as if it had never been"
    assert whose(sides) == ({sides.person.hex}, {sides.person.hex})
    assert {one.id for one in find_people(sides.db, "giang a pao")} == {bare, sides.person}
    with pytest.raises(UserError, match="merge_gone"):
        part(sides, sides.person)
    assert sides.open() == (set(), set())


def test_what_cannot_be_one_person_is_refused_with_a_sentence(sides: TwoSides):
    ill = register(sides.db, f0(AGAIN), now=sides.tick()).person_id
    with pytest.raises(Refused) as caught:
        merge(sides, sides.person, ill)
    assert [one.code for one in caught.value.problems] == ["people.merge_two_open"]
    other = replace(AGAIN, citizen_number="001168000123", full_name="Giàng A Pao")
    bare = register_person(sides.db, other, catalog=catalog(), by=None, now=sides.tick()).value.id
    with pytest.raises(Refused) as caught:
        merge(sides, sides.person, bare)
    assert [one.code for one in caught.value.problems] == ["people.merge_numbers"]
    with pytest.raises(Refused) as caught:
        merge(sides, ill, ill)
    assert [one.code for one in caught.value.problems] == ["people.merge_self"]
    merge(sides, ill, bare)
    with pytest.raises(UserError, match="merged_away"):
        edit_person(sides.db, bare, AGAIN, catalog=catalog(), by=None, now=sides.tick())


def test_what_the_district_said_of_the_other_record_reaches_the_one_that_stands(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    sides.correct(occupation="Làm nương", address_detail="Nhà 5")  # of the record that goes, before it knows
    with sides.hub.db.write(None, sides.tick()) as session:
        draft = ItemDraft(
            kind=ItemKind.QUESTION,
            title="Ngày sinh",
            body="Xem lại",
            station=sides.n(session),
            about=("person", sides.person.hex),
        )
        make_item(session, sides.hub, draft, WHO, now=sides.now)
    merge(sides, bare, sides.person)
    sides.settle()
    ours, theirs = fields_at(sides, bare)
    assert ours == theirs and (ours["occupation"], ours["address_detail"]) == ("Làm nương", "Nhà 5")
    assert [one.title for one in items_about(sides.db, bare)] == ["Ngày sinh"]
    with sides.db.read() as session:
        assert standing_record(session, sides.person) == bare


@pytest.mark.parametrize("at_district", [False, True])
def test_a_conflict_of_the_record_that_went_is_decided_for_the_one_that_stands(sides: TwoSides, at_district: bool):
    sides.edit(phone="0912000222")
    sides.correct(phone="0912000333")
    sides.settle()
    bare = second(sides)
    merge(sides, bare, sides.person, "phone")
    (conflict,) = list_conflicts(sides.db, person_id=bare)
    if at_district:
        with sides.hub.db.write(None, sides.tick()) as session:
            kept = session.scalars(select(ConflictRow.id)).one()
            decide_at_district(
                session, sides.hub, kept, Choice.LOSING, reason="Gọi hỏi", by=DOCTOR, by_name="Hoa", now=sides.now
            )
    else:
        decide_conflict(sides.db, conflict.id, Choice.LOSING, reason="Gọi hỏi", by=None, now=sides.tick())
    sides.settle()
    ours, theirs = fields_at(sides, bare)
    assert ours["phone"] == theirs["phone"] == "0912000222"
    assert sides.open() == (set(), set())


def test_the_district_merges_and_parts_by_one_line(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    sides.correct(sides.person, merged_into=bare.hex)
    sides.settle()
    assert whose(sides) == ({bare.hex}, {bare.hex})
    assert [one.id for one in find_people(sides.db, "giang a pao")] == [bare]
    sides.correct(sides.person, merged_into=None)
    sides.settle()
    assert whose(sides) == ({sides.person.hex}, {sides.person.hex})
    assert [one.id for one in find_people(sides.db, PAO.phone)] == [sides.person]


def test_merged_the_other_way_round_after_a_restore_leaves_one_person(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    kept = sides.copy_station()
    merge(sides, bare, sides.person)
    sides.settle()
    sides.restore_station(kept)
    merge(sides, sides.person, bare)
    sides.send()
    give_back(sides.hub, str(sides.station), sides.stick, now=sides.tick())
    sides.settle()
    with sides.db.read() as session:
        stands = standing_record(session, bare)
        assert standing_record(session, sides.person) == stands
        marked = set(session.scalars(select(PersonRow.id).where(PersonRow.merged_into.is_not(None))))
    assert marked == {bare, sides.person} - {stands}
    assert whose(sides) == ({stands.hex}, {stands.hex})
    assert [one.id for one in find_people(sides.db, "giang a pao")] == [stands]
    for one in (bare, sides.person):
        ours, theirs = fields_at(sides, one)
        assert ours == theirs


def test_merged_at_both_ends_the_other_way_round(sides: TwoSides):
    bare = second(sides)
    sides.settle()
    merge(sides, bare, sides.person)
    sides.correct(bare, merged_into=sides.person.hex)
    sides.settle()
    ours, theirs = whose(sides)
    assert ours == theirs and len(ours) == 1
    with sides.db.read() as session:
        marked = list(session.scalars(select(PersonRow.id).where(PersonRow.merged_into.is_not(None))))
    assert len(marked) == 1 and {marked[0].hex} != ours
