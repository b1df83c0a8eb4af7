"""Hubs and stations that come back from old copies."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.district import District
from tests.scenarios.scenario import Suite

RESTORES = Suite(
    "Back from old copies", "Threads of other projects, and what a station and its district live through", []
)
asks = RESTORES.asks


@asks(
    "hub restored",
    "medic/cht-core#8093: clients never resend after the server came back from a backup",
    story="The hub comes back from a copy that knows nothing of today's work, which it had receipted.",
    holds="The station hears of it with the next answer and sends again everything after that copy.",
)
def hub_restored(d: District) -> None:
    person = d.add()
    d.talk()
    copy = d.copy_hub()
    d.write(person, phone="0912000111")
    d.add()
    d.talk()
    d.tell(person, address_detail="Nhà 5")
    d.talk()
    d.restore_hub(copy)
    assert d.records() == 1
    d.all_talk()
    assert d.records() == 2
    assert (d.both(person, "phone"), d.both(person, "address_detail")) == ("0912000111", "Nhà 5")


@asks(
    "hub restored twice",
    "medic/cht-core#4146",
    story="The hub comes back from the same old copy twice in a week, and each time people have worked on.",
    holds="Nothing that was ever told or sent is missing, and the receipts of the lives between count for nothing.",
)
def hub_restored_twice(d: District) -> None:
    copy = d.copy_hub()
    person = d.add()
    for life in range(2):
        d.add()
        d.all_talk()
        d.tell(person, phone=f"091200000{life}")
        d.all_talk()
        d.restore_hub(copy)
    d.all_talk(3)
    assert (d.both(person, "phone"), d.records()) == ("0912000001", 3)


@asks(
    "cloned station",
    "tursodatabase/turso#8129: a client that was set back writes on, and its lines are dropped without a word",
    story="Somebody copies an old image of the disk back, past the program; the station gives numbers a second time.",
    holds="The district takes none of the second lines for the first: it keeps the bundle aside and raises the alarm; "
    "in a new epoch everything arrives, and what the image lacked is given back.",
)
def cloned_station(d: District) -> None:
    d.add()
    d.talk()
    copy = d.copy_station()
    before = d.add()
    d.write(before, phone="0912000111")
    d.talk()
    d.restore_station(0, copy, as_new_epoch=False)
    after = d.add()
    assert d.bring(d.send()) == ["bundle.fork"]
    assert (d.bundles("aside"), d.records()) == (1, 2)
    d.begin_epoch(0)
    d.talk()
    d.give_back()
    d.talk()
    assert d.both(before, "phone") == "0912000111"
    assert d.both(after, "full_name")


@asks(
    "set back, clock set back",
    "submersion-app/submersion#309: clock and cursors lie inside the file that is restored",
    story="A station comes back from a copy, on a PC whose clock stands two years back, and works on.",
    holds="No stamp is given twice: the work before and after the copy is told apart, and all of it is there.",
)
def set_back_and_slow(d: District) -> None:
    person = d.add()
    d.talk()
    copy = d.copy_station()
    d.write(person, phone="0912000111")
    d.talk()
    d.restore_station(0, copy)
    d.nodes[0].wrong_by = timedelta(days=-730)
    d.write(person, occupation="làm nương")
    d.visit(person)
    d.talk()
    d.give_back()
    d.talk()
    assert (d.both(person, "phone"), d.both(person, "occupation")) == ("0912000111", "làm nương")


@asks(
    "both restored in a week",
    "a hub and a station restored from old copies in the same week",
    story="Station and hub both come back from copies of Monday, after both had worked and exchanged on Tuesday.",
    holds="Whatever one of the two, or a stick in a drawer, still had is at both; what is changed afterwards stands.",
)
def both_restored(d: District) -> None:
    person = d.add()
    d.tell_after_talk(person, address_detail="Nhà 1")
    station, hub = d.copy_station(), d.copy_hub()
    d.write(person, phone="0912000222")
    d.talk()
    d.tell_after_talk(person, address_detail="Nhà 2")
    d.restore_hub(hub)
    d.restore_station(0, station)
    d.write(person, occupation="làm nương")
    d.all_talk()
    d.give_back()
    d.tell_after_talk(person, conditions=["tăng huyết áp"])
    d.settle()
    assert d.both(person, "occupation") == "làm nương"
    assert d.both(person, "conditions") == ["tăng huyết áp"]
    on_the_stick = d.both(person, "phone") == "0912000222"
    assert on_the_stick or [op.fields for op in d.lost_lines()] == [{"phone": "0912000222"}]


@asks(
    "late sticks of a former life",
    "a receipt and a bundle from before the restore turn up",
    story="Station and hub were both set back; then a bundle and an answer from before turn up.",
    holds="The bundle brings back what both had lost; the old answer counts for nothing.",
)
def late_sticks(d: District) -> None:
    person = d.add()
    d.talk()
    station, hub = d.copy_station(), d.copy_hub()
    d.write(person, phone="0912000222")
    parcel = d.send()
    d.bring(parcel)
    answer = d.fetch()
    d.read(answer)
    d.restore_hub(hub)
    d.restore_station(0, station)
    d.all_talk()
    d.write(person, occupation="làm nương")
    d.read(answer)
    assert d.unsent() > 0
    assert d.bring(parcel) == []
    d.talk()
    d.give_back()
    d.talk()
    assert (d.both(person, "phone"), d.both(person, "occupation")) == ("0912000222", "làm nương")
    assert d.lost_lines() == []


@asks(
    "lost with its disk",
    "what no copy and no stick ever held",
    story="A disk breaks before the last hour's work was ever sent; the newest copy is from before.",
    holds="Exactly that hour is lost and nothing else; the district knows no half of it.",
)
def lost_with_its_disk(d: District) -> None:
    person = d.add()
    d.talk()
    copy = d.copy_station()
    d.write(person, phone="0912000111")
    d.talk()
    d.write(person, occupation="chưa kịp gửi")
    d.visit(person, "chưa kịp gửi")
    d.restore_station(0, copy)
    d.talk()
    d.give_back()
    d.talk()
    assert d.both(person, "phone") == "0912000111"
    lost = d.lost_lines()
    assert sorted(op.table for op in lost) == ["person", "visit"]
    assert d.records("visit") == 0


@asks(
    "restored twice from one copy",
    "the same copy comes back again",
    story="The same copy comes back on Tuesday and again on Thursday, with work between and after.",
    holds="Three lives of the station, one history: all that was ever sent is at both ends.",
)
def restored_twice(d: District) -> None:
    person = d.add()
    d.talk()
    copy = d.copy_station()
    for field in ("phone", "occupation", "address_detail"):
        d.write(person, **{field: f"ngày {field}"})
        d.talk()
        d.give_back()
        d.talk()
        d.restore_station(0, copy)
    d.talk()
    d.give_back()
    d.talk()
    assert [d.both(person, field) for field in ("phone", "occupation", "address_detail")] == [
        "ngày phone",
        "ngày occupation",
        "ngày address_detail",
    ]
