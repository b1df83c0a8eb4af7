"""A person who was entered twice counts once at the district; what it says of either record reaches the right one."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.domain.district import ItemKind
from covidstation.domain.ops import decode_op
from covidstation.hub.database.merged import behind_at, standing_at
from covidstation.hub.database.store import Hub
from covidstation.hub.down.correcting import correct_record, find_record
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.down.moves import Proposal, decide_move, propose_move
from covidstation.hub.figures.counts import figures_of
from covidstation.hub.figures.facts import refresh_facts
from covidstation.hub.figures.people import find_people, see_person
from covidstation.hub.figures.stations import station_figures
from covidstation.hub.rows import ItemRow, MoveRow, RecordRow, StationRow
from tests.hub.conftest import BOTH
from tests.hub.pages.town import NOW, TODAY, Commune, send
from tests.services.samples import catalog

DATABASES = BOTH
WHO = Author("BS. Lò Thị Hoa")
NURSE = UUID(int=1)


class Twice(Commune):
    """A station that entered one person twice: `one` has the illness, `two` stays."""

    def enter(self) -> None:
        self.one = self.person("Giàng A Páo", 1968, "MALE", phone="0912000111")
        self.made_one = self.stamp
        self.two = self.person("Giàng A Pao", 1968, "MALE", phone="0912000222")
        self.made_two = self.stamp
        self.case = self.ill(self.one, TODAY)
        self.made_case = self.stamp

    @property
    def stamp(self) -> int:
        """Of the newest line."""
        return decode_op(self.lines[-1]).stamp

    def merge(self) -> None:
        first = len(self.lines) + 1
        self.op("u", int(self.one, 16), {"merged_into": self.two}, base=self.made_one, first_of_transaction=first)
        self.mark = self.stamp
        moved = {"person_id": self.two}
        self.op("u", int(self.case, 16), moved, base=self.made_case, table="episode", first_of_transaction=first)
        self.case_at = self.stamp

    def part(self) -> None:
        first = len(self.lines) + 1
        self.op("u", int(self.one, 16), {"merged_into": None}, base=self.mark, first_of_transaction=first)
        back = {"person_id": self.one}
        self.op("u", int(self.case, 16), back, base=self.case_at, table="episode", first_of_transaction=first)

    def number(self, session) -> int:
        return session.scalars(select(StationRow.n).where(StationRow.id == self.id)).one()


@pytest.fixture
def station(hub: Hub) -> Twice:
    made = Twice("Trạm Y tế xã Nậm Tăm", "03450").join(hub)
    made.enter()
    send(hub, made)
    return made


@pytest.fixture
def other(hub: Hub) -> Commune:
    made = Commune("Trạm Y tế xã Pa Tần", "03451").join(hub)
    made.rows = 1000
    made.person("Vàng Thị Dở", 1950, "FEMALE")
    send(hub, made)
    return made


def told(hub: Hub, station: Twice) -> tuple[list[str], int, int]:
    """Whom a search for the name finds, how many people and illnesses are counted."""
    found = [one.row for one in find_people(hub, station.id, "giang a pao", by=NURSE, now=NOW)]
    assert refresh_facts(hub, NOW, seconds=60) == 0
    with hub.db.read() as session:
        (figures,) = [one for one in station_figures(session) if one.id == station.id]
        return found, figures.people, figures_of(session, TODAY, TODAY).new


def test_merged_and_parted(hub: Hub, station: Twice):
    assert told(hub, station)[1:] == (2, 1)
    sent = len(station.lines)
    station.merge()
    send(hub, station, sent + 1)
    assert told(hub, station) == ([station.two], 1, 1)
    for asked in (station.one, station.two):
        shown = see_person(hub, station.id, asked, catalog(), by=NURSE, now=NOW)
        assert (shown.row, shown.name, shown.others) == (station.two, "Giàng A Pao", ("Giàng A Páo",))
        assert [row.table for row in shown.rows] == ["episode"]
    sent = len(station.lines)
    station.part()
    send(hub, station, sent + 1)
    assert told(hub, station)[1:] == (2, 1)
    with hub.db.read() as session:
        assert standing_at(session, station.number(session), station.one) == station.one
        assert behind_at(session, station.number(session), station.two) == set()


def test_what_the_district_says_of_the_record_that_went(hub: Hub, station: Twice):
    sent = len(station.lines)
    station.merge()
    send(hub, station, sent + 1)
    with hub.db.write(None, NOW) as session:
        place = session.scalars(select(StationRow)).one()
        assert find_record(session, place, "Giàng A Páo") == ("person", station.two)
        correct_record(session, hub, place, ("person", station.one), {"phone": "0912000999"}, "Gọi hỏi", WHO, now=NOW)
        about = ("person", station.one)
        draft = ItemDraft(kind=ItemKind.QUESTION, title="Hỏi", body="Xem lại", station=place.n, about=about)
        assert make_item(session, hub, draft, WHO, now=NOW).about_row == station.two
    with hub.db.read() as session:
        n = station.number(session)
        assert session.get_one(RecordRow, (n, "person", station.two)).fields["phone"] == "0912000999"
        assert session.get_one(RecordRow, (n, "person", station.one)).fields["phone"] == "0912000111"


def test_who_was_asked_for_before_the_merge_goes_as_the_record_that_stands(hub: Hub, station: Twice, other: Commune):
    with hub.db.write(None, NOW) as session:
        numbers = {row.id: row.n for row in session.scalars(select(StationRow))}
        wish = Proposal(person=station.one, origin=numbers[station.id], target=numbers[other.id], reason="Về với con")
        move = propose_move(session, hub, wish, WHO, now=NOW).id
    sent = len(station.lines)
    station.merge()
    send(hub, station, sent + 1)
    with hub.db.write(None, NOW) as session:
        decide_move(session, hub, move, WHO, accept=True, now=NOW)
    with hub.db.read() as session:
        there = numbers[other.id]
        assert session.get_one(MoveRow, move).person == station.two
        assert session.get(RecordRow, (there, "person", station.one)) is None
        case = session.get_one(RecordRow, (there, "episode", station.case)).fields
        assert case["person_id"] == station.two
        assert session.get_one(RecordRow, (numbers[station.id], "person", station.two)).fields["moved_to"] == other.name


def test_merged_at_the_station_after_the_district_had_handed_them_over(hub: Hub, station: Twice, other: Commune):
    """The record that stays had gone already: what joins it follows as late facts. The one that went had gone: ask."""
    with hub.db.write(None, NOW) as session:
        numbers = {row.id: row.n for row in session.scalars(select(StationRow))}
        wish = Proposal(person=station.two, origin=numbers[station.id], target=numbers[other.id], reason="Về với con")
        decide_move(session, hub, propose_move(session, hub, wish, WHO, now=NOW).id, WHO, accept=True, now=NOW)
    sent = len(station.lines)
    station.merge()
    send(hub, station, sent + 1)
    with hub.db.read() as session:
        case = session.get_one(RecordRow, (numbers[other.id], "episode", station.case)).fields
        assert (case["person_id"], case["came_from"]) == (station.two, station.name)


def test_the_record_that_went_had_been_handed_over(hub: Hub, station: Twice, other: Commune):
    with hub.db.write(None, NOW) as session:
        numbers = {row.id: row.n for row in session.scalars(select(StationRow))}
        wish = Proposal(person=station.one, origin=numbers[station.id], target=numbers[other.id], reason="Về với con")
        decide_move(session, hub, propose_move(session, hub, wish, WHO, now=NOW).id, WHO, accept=True, now=NOW)
    sent = len(station.lines)
    station.merge()
    send(hub, station, sent + 1)
    with hub.db.read() as session:
        there = session.get_one(RecordRow, (numbers[other.id], "person", station.one)).fields
        assert "merged_into" not in there, "which names nobody at the other station"
        asked = [row for row in session.scalars(select(ItemRow)) if row.kind == ItemKind.QUESTION.value]
        assert [(row.station, row.about_row) for row in asked] == [(numbers[station.id], station.two)]
