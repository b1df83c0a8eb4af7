"""What the district tells and asks, over sticks: read, answered, withdrawn, corrected, and hostile words."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from covidstation.db.queries.district import items_about
from covidstation.db.queries.history import person_history
from covidstation.db.queries.people import get_person
from covidstation.db.rows import DistrictMessageRow, PathogenTestRow
from covidstation.domain.district import MOST_ANSWER, MOST_BODY, ItemKind, Measure, MessageKind, Target
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.errors import Refused, UserError
from covidstation.hub.down.correcting import correct_record, find_record
from covidstation.hub.down.items import ItemDraft, item_states, items, make_item, set_target, withdraw_item
from covidstation.hub.rows import StationRow
from covidstation.services.district.items import answer_item, district_work, look_at_item, mark_read
from covidstation.services.district.targets import targets_on
from tests.services import samples
from tests.services.from_district.world import HOA
from tests.services.outbreak import WHO, case

WHEN = {"by": None, "by_name": "Lò Thị Mai"}


def tell(world, kind=ItemKind.ANNOUNCEMENT, title="Họp giao ban", body="14 giờ thứ Sáu", **more):
    draft = ItemDraft(kind=kind, title=title, body=body, **more)
    with world.hub.db.write(None, world.tick()) as session:
        return make_item(session, world.hub, draft, HOA, now=world.now)


def states(world, row):
    with world.hub.db.read() as session:
        return {one.station_name: one for one in item_states(session, row)}


@pytest.fixture
def two(world):
    return world.station("Nậm Tăm"), world.station("Pa Tần")


def test_an_announcement_to_all_is_read_and_the_district_hears_by_whom(world, two):
    row = tell(world, due_on=samples.TODAY)
    for place in two:
        place.receive()
    near, far = two
    item = near.items()[0]
    assert (item.title, item.body, item.author) == ("Họp giao ban", "14 giờ thứ Sáu", HOA.name)
    assert item.unread and not item.late(samples.TODAY) and item.late(samples.TODAY + timedelta(days=1))
    assert district_work(near.db, samples.TODAY).unread == 1
    assert mark_read(near.db, item.id, now=world.tick(), **WHEN).value is True
    assert mark_read(near.db, item.id, now=world.tick(), **WHEN).value is False, "the first opening counts"
    near.send()
    found = states(world, row)
    assert found[near.name].read_at and not found[far.name].read_at
    assert (found[near.name].waits, found[far.name].waits) == (False, True)
    assert len(near.items()[0].said) == 1


def test_whoever_may_only_look_is_not_the_stations_reader(world, two):
    near, _far = two
    tell(world)
    near.receive()
    near.db.actor = Actor(None, "Khách", Role.READ_ONLY)
    assert mark_read(near.db, near.items()[0].id, now=world.tick(), **WHEN).value is False
    near.db.actor = None
    assert near.items()[0].unread


def test_a_question_about_a_person_is_answered_offline_and_the_answer_travels(world, two):
    near, _far = two
    episode = case(near.db, 1)
    near.send()
    person = get_person(near.db, episode.person_id)
    with world.hub.db.read() as session:
        station = session.get_one(StationRow, near.n)
        record = find_record(session, station, person.full_name.upper())
        assert record == ("person", person.id.hex)
        with pytest.raises(UserError) as nobody:
            find_record(session, station, "Không Có Ai")
        assert nobody.value.code == "district.which_record"
    about_case = ("episode", episode.id.hex)
    row = tell(world, ItemKind.QUESTION, "Ngày sinh", "1968 hay 1986?", station=near.n, about=about_case)
    near.receive()
    (item,) = items_about(near.db, person.id)
    assert item.wants is MessageKind.ANSWER and item.person_name == person.full_name
    with pytest.raises(Refused):
        answer_item(near.db, item.id, " \u200b ", now=world.tick(), **WHEN)
    with pytest.raises(Refused):
        answer_item(near.db, item.id, "a" * (MOST_ANSWER + 1), now=world.tick(), **WHEN)
    answer_item(near.db, item.id, "Căn cước ghi 1968", now=world.tick(), **WHEN)
    (item,) = items_about(near.db, person.id)
    assert item.wants is None and not item.said[-1].received
    near.send()
    reply = states(world, row)[near.name].replies
    assert [(one.kind, one.text, one.by_name) for one in reply] == [("answer", "Căn cước ghi 1968", "Lò Thị Mai")]


def test_a_finding_is_put_right_with_words(world, two):
    near, _far = two
    row = tell(world, ItemKind.FINDING, "Que thử quá hạn", "3 hộp", station=near.n)
    near.receive()
    kind = answer_item(near.db, near.items()[0].id, "Đã bỏ 3 hộp", now=world.tick(), **WHEN).value
    assert kind is MessageKind.DONE
    near.send()
    found = states(world, row)[near.name]
    assert (found.waits, found.replies[0].kind, found.replies[0].text) == (False, "done", "Đã bỏ 3 hộp")


def test_what_was_withdrawn_wants_nothing_and_takes_no_answer(world, two):
    near, _far = two
    row = tell(world, ItemKind.QUESTION, "Số test", "Còn bao nhiêu?")
    near.receive()
    with world.hub.db.write(None, world.tick()) as session:
        withdraw_item(session, world.hub, row.id, HOA, now=world.now)
    near.receive()
    item = near.items()[0]
    assert item.withdrawn_at is not None and item.wants is None and not item.unread
    with pytest.raises(UserError) as late:
        answer_item(near.db, item.id, "20", now=world.tick(), **WHEN)
    assert late.value.code == "district.withdrawn"
    with world.hub.db.read() as session:
        assert items(session)[0].withdrawn_at is not None


def test_an_announcement_takes_no_answer(world, two):
    near, _far = two
    tell(world)
    near.receive()
    with pytest.raises(UserError) as wrong:
        answer_item(near.db, near.items()[0].id, "vâng", now=world.tick(), **WHEN)
    assert wrong.value.code == "district.not_to_answer"


def test_a_station_that_was_not_there_hears_later_what_was_said_to_all(world):
    near = world.station("Nậm Tăm")
    row = tell(world)
    with world.hub.db.write(None, world.now) as session:  # as if it had not been enrolled when that was said
        session.connection().exec_driver_sql("DELETE FROM down_line")
        session.connection().exec_driver_sql("DELETE FROM down_stream")
        session.connection().exec_driver_sql("DELETE FROM record WHERE tbl = 'district_item'")
    case(near.db, 1)
    near.exchange()
    assert [item.id for item in near.items()] == [row.id]


def test_a_correction_changes_the_record_and_says_who_and_why_in_the_history(world, two):
    near, _far = two
    episode = case(near.db, 1)
    near.send()
    with world.hub.db.write(None, world.tick()) as session:
        station = session.get_one(StationRow, near.n)
        record = ("person", episode.person_id.hex)
        fields = {"full_name": "Vàng A Pháng", "birth_year": "1968", "phone": ""}
        correct_record(session, world.hub, station, record, fields, "Theo căn cước mới", HOA, now=world.now)
    near.receive()
    person = get_person(near.db, episode.person_id)
    assert (person.full_name, person.birth.year, person.phone) == ("Vàng A Pháng", 1968, "")
    line = next(one for one in person_history(near.db, person.id) if one.district and one.field == "full_name")
    assert (line.who, line.reason, line.new) == (HOA.name, "Theo căn cước mới", "Vàng A Pháng")
    assert line.old and line.old != line.new
    (item,) = items_about(near.db, person.id)
    assert item.body == "Theo căn cước mới"


@pytest.mark.parametrize(
    ("table", "field", "value", "code"),
    [
        ("person", "sex", "ROBOT", "district.field_value"),
        ("person", "birth_month", "13", "district.field_value"),
        ("person", "full_name", "", "district.field_value"),
        ("person", "full_name", "a" * 501, "district.field_value"),
        ("person", "moved_to", "Sao Hoả", "district.field_unknown"),
        ("person", "household_id", "0" * 32, "district.field_unknown"),
        ("episode", "outcome", "HAPPY", "district.field_value"),
        ("episode", "report_date", "31/02/2022", "district.field_value"),
        ("episode", "doses_known", "-1", "district.field_value"),
        ("pathogen_test", "result", "NEGATIVE", "district.field_unknown"),
    ],
)
def test_no_correction_can_bring_a_value_that_a_station_cannot_read(world, two, table, field, value, code):
    near, _far = two
    episode = case(near.db, 1)
    near.send()
    with near.db.read() as session:
        test_id = session.scalars(select(PathogenTestRow.id)).one()
    row = {"person": episode.person_id, "episode": episode.id, "pathogen_test": test_id}[table]
    with pytest.raises(UserError) as refused, world.hub.db.write(None, world.tick()) as session:
        station = session.get_one(StationRow, near.n)
        correct_record(session, world.hub, station, (table, row.hex), {field: value}, "Vì thế", HOA, now=world.now)
    assert refused.value.code == code
    assert near.receive() == []


def test_hostile_words_come_as_plain_text_and_no_longer_than_they_may(world, two):
    near, _far = two
    evil = "<b>Chú ý</b> \u202egnohk\u202c\u0007" + "x" * (MOST_BODY - 40)
    tell(world, title="<script>\u2066alert(1)", body=evil)
    with pytest.raises(UserError) as long:
        tell(world, body="x" * (MOST_BODY + 1))
    assert long.value.code == "district.text_long"
    with pytest.raises(UserError) as empty:
        tell(world, title="\u200b", body="\u200b")
    assert empty.value.code == "district.text_missing"
    near.receive()
    (item,) = near.items()
    assert "<b>Chú ý</b>" in item.body and "<script>" in item.title
    for letter in "\u202e\u202c\u2066\u0007":
        assert letter not in item.body + item.title
    assert len(item.body) <= MOST_BODY


def test_a_target_counts_what_this_station_did_in_its_days(world, two):
    near, far = two
    target = Target(Measure.TESTS, date(2022, 3, 1), date(2022, 3, 31), 3)
    with world.hub.db.write(None, world.tick()) as session:
        set_target(session, world.hub, target, HOA, station=None, now=world.now)
    case(near.db, 1, day=date(2022, 3, 3))
    case(near.db, 2, day=date(2022, 2, 27))
    for place in two:
        place.receive()
    ((item_id, reached),) = targets_on(near.db, date(2022, 3, 10))
    assert (reached.count, reached.left) == (1, 2)
    assert look_at_item(near.db, item_id, samples.catalog()).reached == reached
    assert targets_on(near.db, date(2022, 4, 1)) == ()
    assert targets_on(far.db, date(2022, 3, 10))[0][1].count == 0
    for wrong in (
        Target(Measure.TESTS, date(2022, 3, 2), date(2022, 3, 1), 3),
        Target(Measure.TESTS, date.min, date.max, 0),
    ):
        with pytest.raises(UserError), world.hub.db.write(None, world.now) as session:
            set_target(session, world.hub, wrong, HOA, station=None, now=world.now)


def test_every_message_is_a_record_that_travels(world, two):
    near, _far = two
    row = tell(world, ItemKind.QUESTION, "Số test", "Còn bao nhiêu?", station=near.n)
    near.receive()
    answer_item(near.db, near.items()[0].id, "20", now=world.tick(), **WHO)
    with near.db.read() as session:
        (message,) = session.scalars(select(DistrictMessageRow)).all()
    near.send()
    held = world.record(near, "district_message", message.id)
    assert (held["item"], held["kind"], held["text"]) == (row.id.hex, "answer", "20")
