"""Morango, the synchronizing of Kolibri: buffers, counters of each record, merges, foreign keys, resuming."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.rows import DistrictItemRow, PersonRow
from covidstation.hub.down.stream import Change
from tests.scenarios.district import District
from tests.scenarios.scenario import Suite

MORANGO = Suite("Morango", "https://github.com/learningequality/morango, tests/testapp/tests", [])
asks = MORANGO.asks


def announcements(count: int) -> list[Change]:
    """So many things that the district tells."""
    fields = {"kind": "announcement", "body": "", "made_at": "2022-03-10T05:40:00"}
    return [
        Change("district_item", new_id(), "i", fields | {"title": f"Thông báo số {number}"}) for number in range(count)
    ]


def titles(d: District, station: int = 0) -> list[str]:
    """What the station has heard of them."""
    with d.nodes[station].db.read() as session:
        return list(session.scalars(select(DistrictItemRow.title).order_by(DistrictItemRow.n)))


@asks(
    "push with children",
    "integration/test_syncsession.py: test_push",
    story="Five people and a visit to each of them are sent.",
    holds="Five people and five visits are at the district, each visit at its person.",
)
def push_with_children(d: District) -> None:
    for person in range(d.add(5), 5):
        d.visit(person, f"lần {person}")
    d.talk()
    assert (d.records("person"), d.records("visit"), d.unsent()) == (5, 5, 0)


@asks(
    "pull of five",
    "integration/test_syncsession.py: test_pull",
    story="The district tells five things; the station has nothing to send.",
    holds="All five are at the station in their order, once, however often it asks.",
)
def pull_of_five(d: District) -> None:
    d.speak(0, *announcements(5))
    d.talk()
    d.talk()
    assert titles(d) == [f"Thông báo số {number}" for number in range(5)]


@asks(
    "fast forward",
    "sync/test_operations.py: test_dequeue_into_store (fast forward records are modified)",
    story="A station whose clock is 40 days slow reads the district's value and then writes its own.",
    holds="Its value stands, whatever the clocks say: it had seen the other. Nobody is asked.",
)
def fast_forward(d: District) -> None:
    person = d.add()
    d.talk()
    d.tell(person, phone="0912000111")
    d.talk()
    d.nodes[0].wrong_by = timedelta(days=-40)
    d.write(person, phone="0912000222")
    d.talk()
    assert (d.both(person, "phone"), d.conflicts()) == ("0912000222", [])


@asks(
    "reverse fast forward",
    "sync/test_operations.py: test_dequeue_into_store (reverse fast forward records are not modified)",
    story="Two bundles of one station arrive in the wrong order; the later one holds what the earlier one has.",
    holds="The later value stands; the late bundle brings nothing new and no doubt.",
)
def reverse_fast_forward(d: District) -> None:
    person = d.add()
    d.write(person, phone="0912000111")
    earlier = d.send()
    d.write(person, phone="0912000222")
    later = d.send()
    assert d.bring(later) == []
    before = d.history()
    assert d.bring(earlier) == []
    assert d.history() == before
    d.talk()
    assert (d.both(person, "phone"), d.conflicts()) == ("0912000222", [])


@asks(
    "merge conflict",
    "sync/test_operations.py: test_dequeuing_merge_conflict_buffer_rmcb_greater_than_rmc",
    story="Both ends write another number of the identity card, the district later.",
    holds="The station's stands, because it has the card before it; the other one is kept until a person decides.",
)
def merge_conflict(d: District) -> None:
    person = d.add()
    d.talk()
    d.write(person, citizen_number="012055000008")
    d.tell(person, citizen_number="012055000009")
    d.all_talk()
    with d.nodes[0].db.read() as session:
        assert session.scalars(select(PersonRow.citizen_number)).all() == ["012055000008"]
    assert len(d.conflicts()) == 1
    assert {"012055000008", "012055000009"} <= d.kept_values()


@asks(
    "conflict on conflict",
    "sync/test_controller.py: test_conflicting_data_appended",
    story="A conflict is open; the station, which has not heard of it, writes the same field once more.",
    holds="Both ends agree on what stands; the newest word of each side can be chosen.",
)
def conflict_on_conflict(d: District) -> None:
    person = d.add()
    d.talk()
    d.tell(person, phone="0912000333")
    d.write(person, phone="0912000222")
    d.bring(d.send())
    d.write(person, phone="0912000444")
    d.all_talk()
    assert d.both(person, "phone") in ("0912000333", "0912000444")
    assert {"0912000333", "0912000444"} <= d.kept_values()


@asks(
    "child before parent",
    "sync/test_controller.py: test_deserialization_of_model_with_missing_foreignkey_referent",
    story="The district was set back and has lost a person; then a visit to that person arrives.",
    holds="The visit waits whole, and is there as soon as the person has come again.",
)
def child_before_parent(d: District) -> None:
    copy = d.copy_hub()
    person = d.add()
    d.talk()
    d.visit(person)
    d.restore_hub(copy)
    assert d.bring(d.send()) == []
    assert (d.bundles("waiting"), d.records("person"), d.records("visit")) == (1, 0, 0)
    d.all_talk()
    assert (d.bundles("waiting"), d.records("person"), d.records("visit")) == (0, 1, 1)


@asks(
    "same number twice",
    "sync/test_controller.py: UniqueConstraintDeserializationTestCase (morango#306)",
    story="Two people are registered with the same number of an identity card, and a third between them.",
    holds="All three arrive: what looks double is for a person to see, not for a database to refuse.",
)
def same_number_twice(d: District) -> None:
    first = d.add(3)
    d.write(first, citizen_number="012055000001")
    d.write(first + 2, citizen_number="012055000001")
    d.talk()
    assert (d.records(), d.exceptions(), d.unsent()) == (3, [], 0)


@asks(
    "unknown field",
    "sync/test_controller.py: test_handle_extra_field_deserialization",
    story="A newer program at the district sends a field that the station's program does not know.",
    holds="The station keeps it, works on with the record, and both ends still have it.",
)
def unknown_field(d: District) -> None:
    person = d.add()
    d.talk()
    d.tell(person, blood_group="O")
    d.talk()
    d.write(person, phone="0912000111")
    d.talk()
    with d.nodes[0].db.read() as session:
        assert session.scalars(select(PersonRow.extra)).all() == [{"blood_group": "O"}]
    assert (d.both(person, "phone"), d.conflicts()) == ("0912000111", [])


@asks(
    "resume",
    "sync/test_operations.py: test_local_initialize_operation__resume",
    story="The carrier breaks in the middle of a large bundle: the line in its pieces, the stick while it is copied.",
    holds="The half is never taken for the whole; then all of it arrives, once.",
)
def resume(d: District) -> None:
    d.add(40, at_once=True)
    d.carrier.break_off(0)
    assert (d.records(), d.unsent() > 0) == (0, True)
    d.talk()
    assert (d.records(), d.unsent()) == (40, 0)


@asks(
    "deleted before the copy came back",
    "sync/test_controller.py: test_previously_deleted_store_flag_resets",
    story="A person is deleted; then the station comes back from a copy in which the person still lives.",
    holds="What the station had deleted stays deleted at both ends.",
)
def deleted_before_the_copy(d: District) -> None:
    person = d.add()
    d.talk()
    copy = d.copy_station()
    d.delete(person)
    d.talk()
    d.restore_station(0, copy)
    assert d.ours(person) is not None
    d.talk()
    d.give_back()
    d.talk()
    assert d.gone(person)


@asks(
    "new instance",
    "sync/test_controller.py: test_last_saved_instance_updates",
    story="The station comes back from yesterday's copy and writes on; today's morning had been sent already.",
    holds="Yesterday's, this morning's and this afternoon's work are all there, at both ends.",
)
def new_instance(d: District) -> None:
    person = d.add()
    d.talk()
    before, copy = d.epoch(), d.copy_station()
    d.write(person, phone="0912000111")
    d.talk()
    d.restore_station(0, copy)
    d.write(person, occupation="làm nương")
    d.talk()
    d.give_back()
    d.talk()
    assert d.epoch() != before
    assert d.exceptions() == [], "what was sent again had come before"
    assert (d.both(person, "phone"), d.both(person, "occupation")) == ("0912000111", "làm nương")
