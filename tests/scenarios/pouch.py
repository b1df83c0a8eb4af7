"""PouchDB and CouchDB: pull, push, checkpoints, conflicts, retries."""

from __future__ import annotations

from covidstation.domain.deciding import Choice
from tests.scenarios.district import District
from tests.scenarios.scenario import Suite

POUCH = Suite("PouchDB", "https://github.com/apache/pouchdb, tests/integration", [])
asks = POUCH.asks


@asks(
    "push",
    "test.replication.js: Test basic push replication",
    story="Three people are registered at a station, which then sends.",
    holds="The district has three people and every line of them, and the station knows it.",
)
def push(d: District) -> None:
    d.add(3)
    d.talk()
    assert (d.records(), d.unsent()) == (3, 0)


@asks(
    "pull",
    "test.replication.js: Test basic pull replication",
    story="The district changes the records of three people; the station fetches.",
    holds="All three changes are at the station, and none of them goes back up as its own.",
)
def pull(d: District) -> None:
    first = d.add(3)
    d.talk()
    for person in range(first, first + 3):
        d.tell(person, phone=f"091200000{person}")
    lines = d.history()
    d.talk()
    assert [d.both(person, "phone") for person in range(3)] == ["0912000000", "0912000001", "0912000002"]
    assert (d.history(), d.unsent(), d.conflicts()) == (lines, 0, [])


@asks(
    "sequence",
    "test.replication.js: Test basic push replication sequence tracking",
    story="A station that has sent all it has sends again, and again.",
    holds="Nothing is read a second time: neither side has a line or a bundle more.",
)
def sequence(d: District) -> None:
    d.add()
    d.talk()
    before = (d.history(), d.bundles("taken"))
    for _time in range(3):
        d.talk()
    assert (d.history(), d.bundles("taken")) == before


@asks(
    "checkpoint",
    "test.replication.js: Test checkpoint 3 :)",
    story="A person is sent, then changed twice before the next sending.",
    holds="The newer value stands, both changes are in the history, and what was sent before is not sent again.",
)
def checkpoint(d: District) -> None:
    person = d.add()
    d.talk()
    before = d.history()
    d.write(person, phone="0912000111")
    d.write(person, phone="0912000222")
    d.talk()
    assert d.both(person, "phone") == "0912000222"
    assert d.history() == before + 2


@asks(
    "many",
    "test.replication.js: Test pull replication with many changes",
    story="201 people wait when the line appears for the first time.",
    holds="All 201 are at the district, in their order, none twice.",
)
def many(d: District) -> None:
    for _act in range(3):
        d.add(67, at_once=True)
    d.talk()
    assert (d.records(), d.unsent()) == (201, 0)


@asks(
    "receipt lost",
    "test.replication.js: #3999-1 should not start over if last_seq mismatches",
    story="Three bundles arrive, but no receipt ever comes back; each holds all before it and something new.",
    holds="The district takes from each only what is new; the fourth answer covers everything.",
)
def receipt_lost(d: District) -> None:
    for number in range(3):
        d.add()
        assert d.bring(d.send()) == []
        assert (d.records(), d.unsent() > 0) == (number + 1, True)
    d.talk()
    assert (d.records(), d.unsent()) == (3, 0)


@asks(
    "deleted",
    "test.replication.js: Replicates deleted docs w/ delay (issue #2636)",
    story="A person is registered and sent, then deleted at the station.",
    holds="The person is deleted at both ends, and an old bundle that arrives once more does not bring them back.",
)
def deleted(d: District) -> None:
    person = d.add()
    old = d.send()
    d.bring(old)
    d.talk()
    d.delete(person)
    d.talk()
    assert d.gone(person)
    assert d.bring(old) == []
    d.talk()
    assert d.gone(person)


@asks(
    "deleted twice",
    "test.replication.js: Replication with doc deleted twice",
    story="Both ends delete the same person without knowing of each other, and the station's bundle comes twice.",
    holds="The person is gone at both ends and nobody is asked anything.",
)
def deleted_twice(d: District) -> None:
    person = d.add()
    d.talk()
    d.remove(person)
    d.delete(person)
    parcel = d.send()
    d.bring(parcel)
    d.bring(parcel)
    d.all_talk()
    assert d.gone(person)
    assert d.conflicts() == []


@asks(
    "undeletion",
    "test.replication.js: issue 2779, undeletion when replicating",
    story="The station deletes a person to whom the district, not knowing it, has just added a phone number.",
    holds="The person lives on with the number at both ends, and the deletion waits for somebody to decide.",
)
def undeletion(d: District) -> None:
    person = d.add()
    d.talk()
    d.tell(person, phone="0912000333")
    d.delete(person)
    d.all_talk()
    assert d.both(person, "phone") == "0912000333"
    assert len(d.conflicts()) == 1


@asks(
    "remote conflict",
    "test.replication.js: Replication with remote conflict",
    story="The station changes a phone number once, the district, not knowing it, twice.",
    holds="Both ends show the same number, and keep the same other one to choose.",
)
def remote_conflict(d: District) -> None:
    person = d.add()
    d.talk()
    d.write(person, phone="0912000111")
    d.tell(person, phone="0912000222")
    d.tell(person, phone="0912000333")
    d.all_talk()
    assert d.both(person, "phone") == "0912000333"
    assert len(d.conflicts()) == 1
    assert {"0912000111", "0912000333"} <= d.kept_values()


@asks(
    "three times",
    "test.replication.js: Replicate and modify three times",
    story="Station, district and station again change the same field, each after having read the other.",
    holds="The last value stands at both ends and there was never anything to decide.",
)
def three_times(d: District) -> None:
    person = d.add()
    d.write(person, address_detail="đời 1")
    d.talk()
    d.tell(person, address_detail="đời 2")
    d.talk()
    d.write(person, address_detail="đời 3")
    d.talk()
    assert d.both(person, "address_detail") == "đời 3"
    assert d.conflicts() == []


@asks(
    "all conflicts",
    "test.replication.js: #3136 style=all_docs with conflicts",
    story="Four people; two are changed at both ends, one of these three times at the station.",
    holds="Both ends list the same two conflicts, by the same names.",
)
def all_conflicts(d: District) -> None:
    first = d.add(4)
    d.talk()
    d.write(first + 2, phone="0912000011")
    for value in ("0912000012", "0912000020", "0912000030"):
        d.write(first + 3, phone=value)
    d.tell(first + 2, phone="0912000099")
    d.tell(first + 3, phone="0912000100")
    d.all_talk()
    assert len(d.conflicts()) == 2
    assert {"0912000011", "0912000099", "0912000030", "0912000100"} <= d.kept_values()


@asks(
    "conflict settled",
    "test.issue3179.js: #3179 conflicts synced, dup docs, non-live repl",
    story="A conflict is decided by the nurse; the bundle with the conflict then arrives a second time.",
    holds="The choice stands at both ends, and the conflict does not open again.",
)
def conflict_settled(d: District) -> None:
    person = d.add()
    d.talk()
    d.tell(person, phone="0912000333")
    d.write(person, phone="0912000222")
    old = d.send()
    d.bring(old)
    d.all_talk()
    (conflict,) = d.conflicts()
    shown = d.both(person, "phone")
    d.decide(conflict, Choice.LOSING)
    d.all_talk()
    chosen = d.both(person, "phone")
    assert {shown, chosen} == {"0912000222", "0912000333"}
    d.bring(old)
    d.all_talk()
    assert (d.both(person, "phone"), d.conflicts()) == (chosen, [])


@asks(
    "retry",
    "test.retry.js: retry stuff",
    story="The carrier fails three times, each time with more to send, before it works.",
    holds="Each failure is told in words and loses nothing; then all of it arrives once.",
)
def retry(d: District) -> None:
    for _time in range(3):
        d.add()
        assert d.carrier.fail(0).partition(".")[0] in ("wire", "stick")
    assert (d.records(), d.unsent() > 0) == (0, True)
    d.talk()
    assert (d.records(), d.unsent()) == (3, 0)


@asks(
    "offline at first",
    "test.retry.js: 4049 retry while starting offline",
    story="The hub's program is not running when the station first speaks; it starts later.",
    holds="The station goes on working, and everything arrives when the hub is there.",
)
def offline_at_first(d: District) -> None:
    with d.hub_away():
        d.add()
        assert d.carrier.fail(0)
        d.add()
    d.talk()
    assert (d.records(), d.unsent()) == (2, 0)
