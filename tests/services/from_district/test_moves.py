"""Handing a person over: two stations and the district over sticks, from the question to the late facts."""

from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import select

from covidstation.db.journal import plain
from covidstation.db.queries.episodes import EpisodeState, count_episodes
from covidstation.db.queries.people import get_person
from covidstation.db.rows import Base, EpisodeRow, HouseholdRow, PathogenTestRow, PersonRow, Synced
from covidstation.domain.belongings import BELONGINGS, BY_TABLE, NOT_BELONGING
from covidstation.domain.care import Vitals
from covidstation.domain.district import ItemKind, MessageKind
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft
from covidstation.domain.vaccination.reactions import EventDraft
from covidstation.errors import Refused, UserError
from covidstation.hub.down.moves import (
    Proposal,
    decide_move,
    open_requests,
    owner_of,
    propose_move,
    refuse_request,
    withdraw_move,
)
from covidstation.hub.rows import MoveRow, OperationRow
from covidstation.services.district.items import add_message
from covidstation.services.district.moves import WantedPerson, answer_move, ask_for_person, request_move, whereabouts
from covidstation.services.episodes import add_test
from covidstation.services.people import edit_person
from covidstation.services.reports.daily import Typed, daily_report, freeze_report
from covidstation.services.upkeep.check import check_records
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.reactions import record_event
from covidstation.services.vaccination.seating import ScreeningDraft
from tests.services import samples
from tests.services.from_district.world import HOA
from tests.services.outbreak import WHO, case, check, hand_out, issue
from tests.services.vaccination.rooms import jab, running, vaccine


def test_every_table_that_travels_is_listed_or_named_as_not_belonging():
    synced = {
        mapper.class_.__tablename__: mapper for mapper in Base.registry.mappers if issubclass(mapper.class_, Synced)
    }
    assert set(BY_TABLE) | set(NOT_BELONGING) == set(synced)
    assert not set(BY_TABLE) & set(NOT_BELONGING)
    with_person = {name for name, mapper in synced.items() if "person_id" in mapper.columns}
    assert with_person <= set(BY_TABLE)
    for one in BELONGINGS:
        assert one.here <= set(synced[one.table].columns.keys()), one.table
        assert one.counted == ("came_from" in synced[one.table].columns), one.table


@pytest.mark.parametrize("one", BELONGINGS, ids=lambda one: one.table)
def test_what_stays_behind_has_an_empty_value_at_the_next_place(one):
    """A column that must have a value and has no empty one can only go along."""
    columns = Base.metadata.tables[one.table].columns
    without = [name for name in one.here if not columns[name].nullable and columns[name].default is None]
    assert [name for name in without if columns[name].type.python_type is not str] == []


@pytest.fixture
def two(world):
    return world.station("Nậm Tăm"), world.station("Pa Tần")


def ask(place, person, to, reason="Về ở với con gái"):
    return request_move(place.db, person, to, reason, now=place.world.tick(), **WHO).value


def answer(place, accept=True, reason=""):
    item = next(one for one in place.items() if one.kind is ItemKind.MOVE and one.wants)
    return answer_move(place.db, item.id, accept=accept, reason=reason, now=place.world.tick(), **WHO)


def whole(place, person):
    """Every row that belongs to a person, as it travels, without what stays at a place."""
    found = {}
    with place.db.read() as session:
        for mapper in Base.registry.mappers:
            kind = mapper.class_
            if not issubclass(kind, Synced) or kind.__tablename__ not in BY_TABLE:
                continue
            for row in session.scalars(select(kind)):
                whose = row.id if kind is PersonRow else getattr(row, "person_id", None)
                if whose != person and kind.__tablename__ not in ("paper", "paper_delivery"):
                    continue
                left = kind.local_fields | BY_TABLE[kind.__tablename__].here | {"came_from", "household_id"}
                names = [column.key for column in mapper.column_attrs if column.key not in left]
                found[kind.__tablename__, row.id] = {name: plain(getattr(row, name)) for name in names}
    return found


def test_a_person_goes_with_everything_and_the_old_station_keeps_a_stub(world, two):
    old, new = two
    episode = case(old.db, 1)
    person = get_person(old.db, episode.person_id)
    check(old.db, episode)
    hand_out(old.db, episode)
    issue(old.db, PaperKind.ISOLATION_ORDER, episode.id)
    ask(old, person.id, "trạm y tế xã pa tần")
    old.send()
    new.receive()
    item = next(one for one in new.items() if one.kind is ItemKind.MOVE)
    assert person.full_name in item.title
    assert item.data["from_name"] == old.name and "Về ở với con gái" in item.data["reason"]
    with new.db.read() as session:
        assert session.scalars(select(PersonRow)).all() == []  # nothing before the yes
    answer(new)
    new.exchange()
    assert new.one(PersonRow, person.id).moved_to is None
    assert whole(new, person.id) == whole(old, person.id)
    assert len(whole(new, person.id)) > 6
    assert new.one(EpisodeRow, episode.id).came_from == old.name
    household = new.one(PersonRow, person.id).household_id
    assert household == person.household_id and new.one(HouseholdRow, household).head_name == person.full_name
    assert new.one(HouseholdRow, household).head_id is None
    old.exchange()
    assert old.one(PersonRow, person.id).moved_to == new.name
    assert whereabouts(old.db, person.id).moved_to == new.name
    today = samples.TODAY
    assert count_episodes(old.db, EpisodeState.ACTIVE, today=today) == 0
    assert count_episodes(new.db, EpisodeState.ACTIVE, today=today) == 1
    with pytest.raises(UserError) as refused:
        add_test(old.db, episode.id, samples.positive_on(today), by=None, now=world.tick())
    assert refused.value.code == "district.moved_away"
    assert refused.value.params["place"] == new.name
    for place in two:
        assert [one for one in check_records(place.db) if not one.good] == []


def moved(world, old, new, before=lambda _episode: None):
    """One F0 of the old station handed over to the new one, which is informed."""
    episode = case(old.db, 1)
    before(episode)
    ask(old, episode.person_id, new.name)
    old.send()
    new.receive()
    answer(new)
    new.exchange()
    return episode


def test_who_sat_in_a_session_goes_with_the_dose_the_seat_and_the_reaction(world, two):
    old, new = two

    def injected(episode):
        sheet = ScreeningDraft(vitals=Vitals(temperature=367, systolic=120, diastolic=78))
        session = running(old.db, vaccine(old.db))
        why = InjectionDraft(reason="Đã khỏi, chưa ghi vào phiếu F0")
        dose = jab(old.db, session, episode.person_id, draft=why, screening=sheet, sure=True).dose
        began = samples.NOW.replace(tzinfo=None)
        draft = EventDraft(person_id=episode.person_id, dose_id=dose.id, kinds=("PAIN",), began_at=began)
        record_event(old.db, draft, catalog=samples.catalog(), now=samples.NOW, **WHO)

    episode = moved(world, old, new, injected)
    gone, come = whole(old, episode.person_id), whole(new, episode.person_id)
    assert come == gone
    assert {"vaccine_dose", "session_person", "adverse_event"} <= {table for table, _row in come}


def rename(place, person_id, name):
    """Correct the name of somebody."""
    person = get_person(place.db, person_id)
    assert person is not None
    draft = PersonDraft(**{one.name: getattr(person, one.name) for one in fields(PersonDraft)} | {"full_name": name})
    edit_person(place.db, person_id, draft, catalog=samples.catalog(), by=None, now=place.world.tick())


def test_a_refusal_leaves_everything_as_it_was_and_says_why(world, two):
    old, new = two
    episode = case(old.db, 1)
    before = whole(old, episode.person_id)
    ask(old, episode.person_id, new.name)
    assert whereabouts(old.db, episode.person_id).asked_place == new.name
    with pytest.raises(UserError) as twice:
        ask(old, episode.person_id, new.name)
    assert twice.value.code == "district.move_waiting"
    old.send()
    new.receive()
    with pytest.raises(Refused) as silent:
        answer(new, accept=False)
    assert [one.code for one in silent.value.problems] == ["district.reason_missing"]
    answer(new, accept=False, reason="Ông ấy không ở xã này")
    new.exchange()
    old.exchange()
    assert whole(old, episode.person_id) == before
    assert old.one(PersonRow, episode.person_id).moved_to is None
    told = next(one for one in old.items() if one.person_id == episode.person_id)
    assert "Ông ấy không ở xã này" in told.body
    assert whereabouts(old.db, episode.person_id).asked_at is None
    with new.db.read() as session:
        assert session.scalars(select(PersonRow)).all() == []
    with pytest.raises(UserError) as again:
        answer_again(new)
    assert again.value.code == "district.already_answered"


def answer_again(place):
    item = next(one for one in place.items() if one.kind is ItemKind.MOVE)
    return answer_move(place.db, item.id, accept=True, reason="", now=place.world.tick(), **WHO)


def test_facts_that_the_old_station_wrote_before_it_knew_follow_to_the_new_one(world, two):
    old, new = two
    episode = moved(world, old, new)  # the old station has not read its mark yet
    add_test(old.db, episode.id, samples.positive_on(samples.TODAY), by=None, now=world.tick())
    rename(old, episode.person_id, "Vàng A Lử")
    old.send()
    new.receive()
    assert new.one(PersonRow, episode.person_id).full_name == "Vàng A Lử"
    with new.db.read() as session:
        rows = session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id == episode.id)).all()
        assert {row.sampled_on for row in rows} == {samples.TODAY, episode.tests[0].sampled_on}
        assert {row.came_from for row in rows} == {old.name}
    with world.hub.db.read() as session:
        marked = session.scalars(select(OperationRow).where(OperationRow.status == "former_owner")).all()
        assert {row.code for row in marked} == {"op.former_owner"} and len(marked) >= 2
    assert world.record(old, "person", episode.person_id)["full_name"] == "Vàng A Lử"
    old.receive()
    assert old.one(PersonRow, episode.person_id).moved_to == new.name


def test_what_the_new_station_has_written_itself_stays_and_the_late_value_is_told(world, two):
    old, new = two
    episode = moved(world, old, new)
    rename(new, episode.person_id, "Vàng Thị Mới")
    new.exchange()
    rename(old, episode.person_id, "Vàng Thị Cũ")
    old.exchange()
    new.exchange()
    assert new.one(PersonRow, episode.person_id).full_name == "Vàng Thị Mới"
    asked = next(one for one in new.items() if one.kind is ItemKind.QUESTION)
    assert "Vàng Thị Cũ" in asked.body and asked.person_id == episode.person_id
    assert world.record(old, "person", episode.person_id)["full_name"] == "Vàng Thị Cũ"


def test_back_again_and_on_to_a_third_station(world, two):
    old, new = two
    episode = moved(world, old, new)
    person = episode.person_id
    old.exchange()
    rename(new, person, "Vàng A Về")
    ask(new, person, old.name, reason="Hết việc, về nhà")
    new.send()
    old.receive()
    answer(old)
    old.exchange()
    assert old.one(PersonRow, person).moved_to is None
    assert old.one(PersonRow, person).full_name == "Vàng A Về"
    assert old.one(EpisodeRow, episode.id).came_from == ""
    new.exchange()
    assert new.one(PersonRow, person).moved_to == old.name
    third = world.station("Phìn Hồ")
    ask(old, person, third.name)
    old.send()
    third.receive()
    answer(third)
    third.exchange()
    old.exchange()
    assert third.one(EpisodeRow, episode.id).came_from == old.name
    assert third.one(PersonRow, person).full_name == "Vàng A Về"
    with world.hub.db.read() as session:
        assert owner_of(session, person.hex) == third.n
        assert {row.state for row in session.scalars(select(MoveRow))} == {"accepted"}


def test_a_late_fact_goes_to_whoever_has_the_person_now(world, two):
    old, new = two
    episode = moved(world, old, new)
    third = world.station("Phìn Hồ")
    ask(new, episode.person_id, third.name)
    new.send()
    third.receive()
    answer(third)
    third.exchange()
    rename(old, episode.person_id, "Vàng A Muộn")  # two moves later, the first station still knows of none
    old.send()
    third.receive()
    assert third.one(PersonRow, episode.person_id).full_name == "Vàng A Muộn"
    new.receive()
    assert new.one(PersonRow, episode.person_id).full_name != "Vàng A Muộn"


def test_a_request_that_names_no_station_waits_for_the_district(world, two):
    old, new = two
    episode = case(old.db, 1)
    ask(old, episode.person_id, "Trạm bên Điện Biên")
    wanted = WantedPerson(name="Giàng A Páo", birth="1955", place=old.name, reason="Về ở với cháu")
    ask_for_person(new.db, wanted, now=world.tick(), **WHO)
    old.send()
    new.send()
    with world.hub.db.read() as session:
        found = open_requests(session)
    assert [(one.incoming, one.station) for one in found] == [(False, old.n), (True, new.n)]
    assert (found[1].name, found[1].birth, found[1].reason) == ("Giàng A Páo", "1955", "Về ở với cháu")
    with world.hub.db.write(None, world.now) as session:
        proposal = Proposal(
            person=episode.person_id.hex, origin=old.n, target=new.n, reason="Trạm mới xin", id=found[1].id
        )
        propose_move(session, world.hub, proposal, HOA, now=world.now)
        decide_move(session, world.hub, found[1].id, HOA, accept=True, now=world.tick())
        refuse_request(session, world.hub, found[0].id, HOA, answer="Ngoài tỉnh, gọi bệnh viện", now=world.tick())
        assert open_requests(session) == []
    new.receive()
    old.receive()
    assert new.one(PersonRow, episode.person_id).moved_to is None
    assert old.one(PersonRow, episode.person_id).moved_to == new.name


def report(place, day):
    """The report of that day as it would be counted at eight."""
    now = samples.NOW.replace(year=day.year, month=day.month, day=day.day, hour=8)
    return daily_report(place.db, samples.catalog(), day, now)


def freeze(place, day):
    """The same, frozen."""
    now = samples.NOW.replace(year=day.year, month=day.month, day=day.day, hour=8)
    return freeze_report(place.db, day, Typed(), catalog=samples.catalog(), by=None, now=now, by_name="").value


def test_reports_of_both_stations_keep_their_sums(world, two):
    old, new = two
    today, next_day, third_day = (samples.TODAY + timedelta(days=n) for n in range(3))
    for place in two:
        freeze(place, today)  # at eight, before the case
    episode = case(old.db, 1, day=today)
    for place, count in ((old, 1), (new, 0)):
        found = freeze(place, next_day)
        assert (found.figures["new"].today, found.figures["under"].today) == (count, count)
    world.now = samples.NOW + timedelta(days=1)
    ask(old, episode.person_id, new.name)
    old.send()
    new.receive()
    answer(new)
    new.exchange()
    old.exchange()
    here, there = report(old, third_day), report(new, third_day)
    assert (here.figures["before"].today, here.figures["under"].today, here.figures["adjusted"].today) == (1, 0, -1)
    assert (there.figures["before"].today, there.figures["under"].today, there.figures["adjusted"].today) == (0, 1, 1)
    assert (there.figures["new"].today, there.figures["new"].total) == (0, 0)
    assert (here.figures["new"].today, here.figures["new"].total) == (0, 1)
    assert (here.figures["tests.positive"].total, there.figures["tests.positive"].total) == (1, 0)


def test_nobody_is_asked_who_has_moved_and_no_stranger_answers(world, two):
    old, new = two
    episode = case(old.db, 1)
    third = world.station("Phìn Hồ")
    ask(old, episode.person_id, new.name)
    old.send()
    new.receive()
    with world.hub.db.read() as session:
        move = session.scalars(select(MoveRow)).one()
    with third.db.write(None, world.now) as session:  # a station that lies about who was asked
        add_message(
            session,
            MessageKind.MOVE_ANSWER,
            item=move.id,
            text="",
            data={"accept": True, "move": move.id.hex},
            by_name="Ai đó",
            now=world.now,
        )
    third.send()
    with world.hub.db.read() as session:
        assert session.get_one(MoveRow, move.id).state == "asked"
        assert owner_of(session, episode.person_id.hex) == old.n
    with world.hub.db.write(None, world.now) as session:
        withdraw_move(session, world.hub, move.id, HOA, now=world.tick())
    new.receive()
    item = next(one for one in new.items() if one.kind is ItemKind.MOVE)
    assert item.withdrawn_at is not None and item.wants is None
    with pytest.raises(UserError) as late:
        answer_move(new.db, item.id, accept=True, reason="", now=world.tick(), **WHO)
    assert late.value.code == "district.withdrawn"
