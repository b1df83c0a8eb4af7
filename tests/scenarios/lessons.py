"""What was lost elsewhere, by the threads that tell of it, and what only sticks can do."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

from sqlalchemy import select

from covidstation.db.rows import DistrictItemRow, PersonRow, VisitRow
from covidstation.domain.district import ItemKind
from covidstation.hub.down import stream
from covidstation.services.district.moves import answer_move, request_move
from tests.scenarios.district import District
from tests.scenarios.morango import announcements, titles
from tests.scenarios.scenario import Suite

LESSONS = Suite("What was lost elsewhere", "Threads of these projects, and what happens to sticks", [])
asks = LESSONS.asks
TEN_YEARS = timedelta(days=3650)
WHO = {"by": None, "by_name": "Lò Thị Mai"}


@asks(
    "handed over with work unsent",
    "SORMAS-Foundation/SORMAS-Project#403, medic/cht-core#5701: unsent work is dropped when somebody else takes over",
    story="A person moves to another station; a visit that the old station wrote before it knew arrives afterwards.",
    holds="The person is at the new station with the history, and so is the late visit; the old one keeps its record.",
)
def handed_over(d: District) -> None:
    person = d.add()
    _station, row = d.people[person]
    d.talk(0)
    d.talk(1)
    request_move(d.nodes[0].db, row, "Trạm Y tế xã Noong Hẻo", "Về ở với con gái", now=d.tick(), **WHO)
    d.all_talk()
    d.visit(person, "viết lúc chưa có sóng")
    late = d.send()
    with d.nodes[1].db.read() as session:
        kinds = select(DistrictItemRow).where(DistrictItemRow.kind == ItemKind.MOVE.value)
        item = session.scalars(kinds).one().id
    answer_move(d.nodes[1].db, item, accept=True, reason="", now=d.tick(), **WHO)
    d.talk(1)
    d.talk(1)
    assert d.bring(late) == []
    d.all_talk()
    with d.nodes[1].db.read() as session:
        assert session.scalars(select(PersonRow.id)).all() == [row]
        assert session.scalars(select(VisitRow.note)).all() == ["viết lúc chưa có sóng"]
    with d.nodes[0].db.read() as session:
        assert session.scalars(select(PersonRow.moved_to)).one() == "Trạm Y tế xã Noong Hẻo"


@asks(
    "ten years ahead",
    "cachapa/crdt#6: an exception for a drifting clock",
    story="The station's clock stands ten years ahead while both ends change the same field.",
    holds="Everything is taken; the clock from the future wins nothing and drags nobody; after it is set right, "
    "work goes on.",
)
def ten_years_ahead(d: District) -> None:
    person = d.add()
    d.talk()
    d.nodes[0].wrong_by = TEN_YEARS
    d.tell(person, phone="0912000333")
    d.write(person, phone="0912000222")
    d.all_talk()
    assert d.both(person, "phone") == "0912000333"
    assert {"0912000222", "0912000333"} <= d.kept_values()
    d.nodes[0].wrong_by = timedelta()
    d.write(person, phone="0912000555")
    d.all_talk()
    assert d.both(person, "phone") == "0912000555"


@asks(
    "ten years behind",
    "elixir-toniq/hlclock#22",
    story="The station's clock stands ten years back while both ends change the same field.",
    holds="Both ends show the same, the other value is kept, and the station's next change counts like any other.",
)
def ten_years_behind(d: District) -> None:
    person = d.add()
    d.talk()
    d.nodes[0].wrong_by = -TEN_YEARS
    d.write(person, phone="0912000222")
    d.tell(person, phone="0912000333")
    d.all_talk()
    assert d.both(person, "phone") == "0912000333"
    assert len(d.conflicts()) == 1
    d.write(person, occupation="làm nương")
    d.all_talk()
    assert d.both(person, "occupation") == "làm nương"


@asks(
    "the district's clock ten years ahead",
    "cachapa/crdt#6, the other way round",
    story="The hub's clock stands ten years ahead, says things to two stations, and is set right.",
    holds="What it said is there; stations do not follow its clock for ever, and their later changes stand.",
)
def districts_clock(d: District) -> None:
    person = d.add()
    d.talk()
    d.hub_wrong_by = TEN_YEARS
    d.tell(person, phone="0912000333")
    d.all_talk()
    assert d.both(person, "phone") == "0912000333"
    d.hub_wrong_by = timedelta()
    d.write(person, phone="0912000444")
    d.all_talk()
    assert (d.both(person, "phone"), d.conflicts()) == ("0912000444", [])


@asks(
    "the same moment",
    "simpledotorg/simple-server#2609, calimero-network/core#2635: equal timestamps",
    story="The clock of a PC stands still: twenty changes bear the same moment.",
    holds="Each has a stamp of its own, all arrive in their order, and the last value stands.",
)
def the_same_moment(d: District) -> None:
    person = d.add()
    with patch.object(District, "tick", lambda self: self.now):
        for number in range(20):
            d.write(person, phone=f"09120000{number:02d}")
    d.talk()
    assert d.both(person, "phone") == "0912000019"


@asks(
    "a change beats a deletion",
    "simple-server ADR 006: updates of a discarded record are effectively lost",
    story="The district deletes a person whom the station, not knowing it, has just changed.",
    holds="The person lives on with the change at both ends; the deletion waits for somebody to decide.",
)
def change_beats_deletion(d: District) -> None:
    person = d.add()
    d.talk()
    d.remove(person)
    d.write(person, phone="0912000222")
    d.all_talk(3)
    assert d.both(person, "phone") == "0912000222"
    assert len(d.conflicts()) == 1


@asks(
    "207 of 207",
    "getodk/getodk#615: a pull reports success with 100 of 207",
    story="The district has told 207 things, which do not fit into one bundle.",
    holds="One exchange brings all 207.",
)
def all_of_them(d: District) -> None:
    d.speak(0, *announcements(207))
    small = 4_000  # bytes of lines in a bundle
    with patch.object(stream, "PART", small), patch.dict(stream.build_down.__kwdefaults__, limit=small):
        d.talk()
    assert len(titles(d)) == 207


@asks(
    "lost stick",
    "design: any later stick makes up for a lost one",
    story="Three bundles in a row are lost for good; the fourth arrives.",
    holds="It holds everything, for the station had never heard that anything arrived.",
)
def lost_stick(d: District) -> None:
    for _time in range(3):
        d.add()
        d.lose(d.send())
    d.add()
    assert d.bring(d.send()) == []
    assert d.records() == 4
    assert d.lost_lines() == []


@asks(
    "wrong station",
    "sticks are carried to the wrong station",
    story="The answer for one station is read at the other, and so is what the first one had sent.",
    holds="Nothing of it is taken there, nothing is changed there, and the right station takes it afterwards.",
)
def wrong_station(d: District) -> None:
    person = d.add()
    d.bring(sent := d.send())
    d.tell(person, phone="0912000111")
    answer = d.fetch()
    d.read(answer, 1)
    d.read(sent, 1)
    with d.nodes[1].db.read() as session:
        assert session.scalars(select(PersonRow)).all() == []
    assert d.read(answer) == []
    assert d.both(person, "phone") == "0912000111"


@asks(
    "mixed up",
    "sticks are mixed up",
    story="Old and new bundles of both stations come to the district in any order, and old and new answers for both to "
    "each of them.",
    holds="Everybody takes what is theirs, in their order; the rest hinders nobody.",
)
def mixed_up(d: District) -> None:
    first, second = d.add(station=0), d.add(station=1)
    up = d.send(0) + d.send(1)
    d.bring(up)
    down = d.fetch(0) + d.fetch(1)
    d.write(first, phone="0912000001")
    d.write(second, phone="0912000002")
    up = d.send(1) + up + d.send(0)
    d.tell(first, address_detail="Nhà 1")
    d.tell(second, address_detail="Nhà 2")
    assert d.bring(up) == []
    down = d.fetch(1) + down + d.fetch(0)
    for station in (0, 1):
        d.read(down, station)
    d.all_talk()
    assert (d.both(first, "phone"), d.both(first, "address_detail")) == ("0912000001", "Nhà 1")
    assert (d.both(second, "phone"), d.both(second, "address_detail")) == ("0912000002", "Nhà 2")


@asks(
    "storm",
    "storms of retries",
    story="A station that hears no answer sends the same bundle thirty times.",
    holds="It is taken once; thirty good answers, and the other station is served in between.",
)
def storm(d: District) -> None:
    d.add(3)
    parcel = d.send()
    d.add(station=1)
    for time in range(30):
        assert d.carrier.bring(parcel) == []
        if time == 15:
            d.talk(1)
    d.talk()
    assert (d.records(), d.records(station=1), d.unsent()) == (3, 1, 0)
