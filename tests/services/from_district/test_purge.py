"""A legal deletion also takes what the district's lines, items and conflicts say of somebody; nothing comes back."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from covidstation.db.queries.people import get_person
from covidstation.db.rows import DownLineRow, JournalStateRow, PersonRow
from covidstation.domain.district import ItemKind
from covidstation.domain.retention import RecordKind
from covidstation.hub.down.stream import open_stream
from covidstation.hub.rows import HubStateRow
from covidstation.services.district.items import answer_item
from covidstation.services.privacy.purge import PurgeOrder, purge_records
from covidstation.services.privacy.retention import look_at_due
from covidstation.services.upkeep.check import check_records
from tests.services.from_district.test_items import WHEN, tell
from tests.services.from_district.test_moves import moved
from tests.services.outbreak import recover
from tests.services.privacy.test_purge import everything_in
from tests.services.samples import HANOI, catalog

LATER = datetime(2034, 6, 1, 8, tzinfo=HANOI)  # more than twelve years after
UNTIL = date(2033, 12, 31)


def test_nobody_who_was_handed_over_is_left_in_the_districts_lines(world):
    old, new = world.station("Nậm Tăm"), world.station("Pa Tần")
    episode = moved(world, old, new, before=lambda one: recover(old.db, one))
    person = get_person(new.db, episode.person_id)
    about = ("person", person.id.hex)
    tell(world, ItemKind.QUESTION, "Về " + person.full_name, "Số " + person.phone, station=new.n, about=about)
    new.receive()
    question = next(one for one in new.items() if one.kind is ItemKind.QUESTION)
    answer_item(new.db, question.id, f"{person.full_name}: {person.phone}", now=world.tick(), **WHEN)
    new.send()
    with new.db.write(None, world.now) as session:
        state = session.get_one(JournalStateRow, 1)
        state.received_upto = state.last_seq
        lines = {row.stamp for row in session.scalars(select(DownLineRow))}
    assert person.phone in everything_in(new.db)
    due = look_at_due(new.db, RecordKind.CASE, UNTIL, catalog=catalog(), today=LATER.date())
    order = PurgeOrder(kind=RecordKind.CASE, until=UNTIL, decision="12/QĐ-TYT", count=due.count, typed="HUỶ")
    purge_records(new.db, order, catalog=catalog(), by=None, by_name="Lò Thị Mai", now=LATER)
    rest = everything_in(new.db)
    assert person.phone not in rest and person.citizen_number not in rest and person.full_name not in rest
    assert [one for one in check_records(new.db) if not one.good] == []
    world.hub = replace(world.hub, epoch="f" * 16)  # a restored hub says everything once more
    with world.hub.db.write(None, world.now) as session:
        session.scalars(select(HubStateRow)).one().epoch = world.hub.epoch
        session.flush()
        open_stream(session, new.n)
    new.receive()
    with new.db.read() as session:
        assert session.scalars(select(PersonRow)).all() == []
        assert {row.stamp for row in session.scalars(select(DownLineRow))} == lines
    assert person.phone not in everything_in(new.db)
