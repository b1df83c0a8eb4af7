"""WatermelonDB: conflicts by column, failures between pull and push, changes while it goes on, rejections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.rows import DownLineRow
from covidstation.errors import UserError
from covidstation.hub.down.stream import Change
from tests.scenarios.district import District
from tests.scenarios.morango import announcements, titles
from tests.scenarios.scenario import Suite

WATERMELON = Suite("WatermelonDB", "https://github.com/Nozbe/WatermelonDB, src/sync/impl/__tests__", [])
asks = WATERMELON.asks


@asks(
    "all kinds of conflicts",
    "synchronize.test.js: can synchronize changes with conflicts",
    story="Of four people one is changed at both ends, one deleted here and changed there, one the other way round, "
    "one deleted at both.",
    holds="Whatever somebody changed lives on at both ends; three conflicts wait; the one that both deleted is gone.",
)
def all_kinds(d: District) -> None:
    changed, deleted_here, deleted_there, deleted = range(d.add(4), 4)
    d.talk()
    d.tell(changed, phone="0912000001")
    d.tell(deleted_here, phone="0912000002")
    d.remove(deleted_there)
    d.remove(deleted)
    d.write(changed, phone="0912000011")
    d.delete(deleted_here)
    d.write(deleted_there, phone="0912000013")
    d.delete(deleted)
    d.all_talk(3)
    assert d.both(changed, "phone") == "0912000011"
    assert d.both(deleted_here, "phone") == "0912000002"
    assert d.both(deleted_there, "phone") == "0912000013"
    assert d.gone(deleted)
    assert len(d.conflicts()) == 3


@asks(
    "different fields",
    "applyRemote.test.js: can resolve update conflicts",
    story="The station changes a person's occupation while the district changes the phone number.",
    holds="Both changes stand at both ends; there is nothing to decide.",
)
def different_fields(d: District) -> None:
    person = d.add()
    d.talk()
    d.tell(person, phone="0912000222")
    d.write(person, occupation="làm nương")
    d.all_talk()
    assert (d.both(person, "phone"), d.both(person, "occupation")) == ("0912000222", "làm nương")
    assert d.conflicts() == []


@asks(
    "deletions of the district",
    "applyRemote.test.js: can delete records in all edge cases",
    story="The district deletes one person whom nobody touched, and tries one who was never there; then again.",
    holds="The one is gone at both ends, the other attempt is refused on the spot, and repeating changes nothing.",
)
def deletions_of_the_district(d: District) -> None:
    person = d.add(2)
    d.talk()
    d.remove(person)
    with pytest.raises(UserError, match=r"op\.row_missing"):
        d.speak(0, Change("person", new_id(), "d", {}))
    d.talk()
    d.talk()
    assert d.gone(person)
    assert (d.records(), d.conflicts()) == (1, [])


@asks(
    "push fails, pull is good",
    "synchronize.test.js: can recover from push failure",
    story="What the station sent is lost on the way; an answer that was fetched before reaches it.",
    holds="The district's change is there, the station's own still waits and goes with the next sending.",
)
def push_fails(d: District) -> None:
    person = d.add()
    d.talk()
    d.tell(person, phone="0912000111")
    answer = d.fetch()
    d.write(person, occupation="làm nương")
    d.lose(d.send())
    assert d.read(answer) == []
    ours = d.ours(person)
    assert ours is not None and ours["phone"] == "0912000111"
    assert d.unsent() > 0
    d.talk()
    assert (d.both(person, "occupation"), d.unsent()) == ("làm nương", 0)


@asks(
    "pull fails",
    "synchronize.test.js: can recover from pull failure",
    story="Three answers with the district's change are lost, one after the other.",
    holds="The district says it again each time, and it is told once.",
)
def pull_fails(d: District) -> None:
    d.speak(0, *announcements(1))
    for _time in range(3):
        d.lose(d.fetch())
        assert titles(d) == []
    d.talk()
    d.talk()
    assert len(titles(d)) == 1


@asks(
    "work goes on meanwhile",
    "synchronize.test.js: can safely handle local changes during sync",
    story="While a bundle is on its way and its receipt on the way back, people are registered.",
    holds="The receipt covers what was in the bundle and not a line more.",
)
def work_goes_on(d: District) -> None:
    d.add()
    parcel = d.send()
    d.add()
    d.bring(parcel)
    answer = d.fetch()
    d.add()
    d.read(answer)
    assert (d.records(), d.unsent()) == (1, 2)
    d.talk()
    assert (d.records(), d.unsent()) == (3, 0)


@asks(
    "changed while it was sent",
    "synchronize.test.js: can safely update created records during push (regression test); WatermelonDB#1374",
    story="A person is registered and sent; before the receipt comes, the nurse adds the phone number.",
    holds="The receipt does not cover the number; it goes with the next sending.",
)
def changed_while_sent(d: District) -> None:
    person = d.add()
    d.bring(d.send())
    d.write(person, phone="0912000111")
    d.read(d.fetch())
    assert d.unsent() == 1
    d.talk()
    assert d.both(person, "phone") == "0912000111"


@asks(
    "two sendings at once",
    "synchronize-abort.test.js: aborts on concurrent synchronization; android-fhir#2361",
    story="Two programs of one station send at the same moment.",
    holds="The line says to the second that one is under way already; whatever happens, each line arrives once.",
)
def two_at_once(d: District) -> None:
    d.add(5)
    with ThreadPoolExecutor(2) as threads:
        codes = [code for found in threads.map(d.carrier.talk, (0, 0)) for code in found]
    assert set(codes) <= {"wire.already"}
    d.talk()
    assert (d.records(), d.unsent()) == (5, 0)


@asks(
    "set back while it was sent",
    "synchronize-abort.test.js: aborts if database is cleared during sync",
    story="A bundle has arrived; before the receipt comes, the station is set back to a copy from before.",
    holds="The receipt of the former life counts for nothing; the district gives back what the copy lacks.",
)
def set_back_while_sent(d: District) -> None:
    d.add()
    d.talk()
    copy = d.copy_station()
    lost = d.add()
    d.bring(d.send())
    answer = d.fetch()
    d.restore_station(0, copy)
    d.read(answer)
    assert d.unsent() > 0
    assert d.ours(lost) is None
    d.talk()
    d.give_back()
    d.talk()
    assert d.both(lost, "full_name")
    assert d.unsent() == 0


@asks(
    "one bad line",
    "synchronize-partialRejections.test.js: can partially reject a push",
    story="A faulty program wrote a number where words belong, in one line among others.",
    holds="That line is kept and named in the receipt; the others are taken; a correction sets it right.",
)
def one_bad_line(d: District) -> None:
    first = d.add(2)
    d.talk()
    d.bad_line(first, "phone", 5)
    d.write(first + 1, phone="0912000111")
    d.talk()
    assert d.exceptions() == ["op.field_type"]
    assert d.both(first + 1, "phone") == "0912000111"
    d.write(first, phone="0912000222")
    d.talk()
    assert d.both(first, "phone") == "0912000222"


@asks(
    "read twice",
    "applyRemote.test.js: can handle sync failure cases",
    story="The station reads an answer, and the district, which has not heard of it, says all of it again.",
    holds="Nothing happens a second time, though the nurse had gone on from the district's value.",
)
def read_twice(d: District) -> None:
    person = d.add()
    d.talk()
    d.tell(person, phone="0912000111")
    answer = d.fetch()
    d.read(answer)
    d.write(person, phone="0912000222")
    d.read(d.fetch())
    d.read(answer)
    with d.nodes[0].db.read() as session:
        assert len(session.scalars(select(DownLineRow)).all()) == 1
    d.talk()
    assert (d.both(person, "phone"), d.conflicts()) == ("0912000222", [])


@asks(
    "a line that cannot be applied",
    "applyRemote.test.js: rejects invalid records",
    story="The district says something that no record can hold, in the midst of other things.",
    holds="The station sets that aside and takes the rest; the district's correction of it is applied.",
)
def cannot_be_applied(d: District) -> None:
    person = d.add()
    d.talk()
    d.speak(0, *announcements(1))
    d.tell(person, phone=5)
    d.speak(0, *announcements(1))
    d.talk()
    ours = d.ours(person)
    assert len(titles(d)) == 2 and ours is not None and ours["phone"] is None
    d.tell(person, phone="0912000111")
    d.all_talk()
    assert d.both(person, "phone") == "0912000111"


@asks(
    "unknown table",
    "applyRemote.test.js: safely skips collections that don't exist",
    story="A newer district writes rows of a kind that the station's program does not know.",
    holds="They are kept for the next version, and hinder nothing.",
)
def unknown_table(d: District) -> None:
    person = d.add()
    d.talk()
    d.speak(0, Change("blood_donation", new_id(), "i", {"volume": 350}))
    d.tell(person, phone="0912000111")
    d.talk()
    assert (d.both(person, "phone"), d.unsent()) == ("0912000111", 0)


@asks(
    "newer station",
    "synchronize-migration.test.js: performs migration sync on schema version bump",
    story="The station's program is updated before the district's and writes lines of a later schema.",
    holds="They are taken; nobody has to update first, nobody sends everything anew.",
)
def newer_station(d: District) -> None:
    person = d.add()
    d.talk()
    before = d.history()
    with (
        patch("covidstation.db.journal.SCHEMA", 2),
        patch("covidstation.services.exchange.packing.SCHEMA", 2),
    ):
        d.write(person, phone="0912000111")
        d.add()
        d.talk()
    assert (d.both(person, "phone"), d.records(), d.exceptions()) == ("0912000111", 2, [])
    assert d.history() == before + 2
