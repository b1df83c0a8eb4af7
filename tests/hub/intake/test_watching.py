"""A station's record of who did what, seen from the hub: what was sent once must be there again."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.hub.database.store import Hub
from covidstation.hub.figures.stations import station_figures
from covidstation.hub.intake.bundles import Outcome, take_in
from covidstation.hub.intake.watching import Doubt, Head, judge, read_head
from covidstation.hub.results import status_result
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import NOW, FakeStation

DATABASES = BOTH


class Record:
    """A station's record as a list of words; the heads are computed as the station would."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self.sent: list[int] = []

    def head(self, seq: int) -> str:
        chain = bytes(32)
        for word in self.words[:seq]:
            chain = hashlib.sha256(chain + word.encode()).digest()
        return chain.hex()

    def about(self) -> dict:
        """What goes into a bundle; the number counts as sent from then on."""
        seq = len(self.words)
        points = [[at, self.head(at)] for at in self.sent if at <= seq]
        self.sent.append(seq)
        return {"audit": {"head": self.head(seq), "sent": points, "seq": seq}}


def told(hub: Hub, station: FakeStation, about: dict | None) -> Outcome:
    station.people(1)
    return take_in(hub, station.up(about=about), now=NOW)[0].outcome


def doubt(hub: Hub) -> Doubt | None:
    with hub.db.read() as session:
        found = station_figures(session)[0].audit
    return found.doubt if found else None


def entries(hub: Hub) -> int:
    with hub.db.read() as session:
        return station_figures(session)[0].audit.seq


def test_a_record_that_grows_is_believed(hub: Hub, station: FakeStation):
    record = Record("a", "b")
    for word in "cdef":
        assert told(hub, station, record.about()) is Outcome.TAKEN
        record.words.append(word)
    assert told(hub, station, record.about()) is Outcome.TAKEN
    assert (doubt(hub), entries(hub)) == (None, 6)


def test_a_bundle_without_new_lines_may_bring_a_longer_record(hub: Hub, station: FakeStation):
    record = Record("a")
    told(hub, station, record.about())
    record.words.append("b")
    assert take_in(hub, station.up(about=record.about()), now=NOW)[0].outcome is Outcome.ALREADY
    assert (doubt(hub), entries(hub)) == (None, 2)


def cut(record):
    del record.words[-1]


def edit(record):
    record.words[1] = "x"


def write_anew(record):
    record.words[1:2] = []
    record.words += ["y", "z"]
    record.sent = [3]  # as if the earlier bundle had named another number


@pytest.mark.parametrize(("act", "found"), [(cut, Doubt.SHRUNK), (edit, Doubt.CHANGED), (write_anew, Doubt.UNPROVEN)])
def test_what_was_done_to_the_record_is_said_and_the_data_taken(hub: Hub, station: FakeStation, act, found):
    record = Record("a", "b", "c", "d")
    told(hub, station, record.about())
    act(record)
    assert told(hub, station, record.about()) is Outcome.TAKEN
    assert doubt(hub) is found
    with hub.db.read() as session:
        result, text = status_result(hub, station_figures(session))
    assert result["stations"][0]["audit"]["doubt"] == found.value
    assert "Nhật ký truy cập" in text or "nhật ký truy cập" in text
    record.words.append("e")
    told(hub, station, record.about())
    assert doubt(hub) is found, "it stays"


def test_a_station_that_falls_silent_is_noticed_and_one_that_never_spoke_is_not(hub: Hub, station: FakeStation):
    told(hub, station, None)
    with hub.db.read() as session:
        assert station_figures(session)[0].audit is None
    told(hub, station, Record("a").about())
    assert doubt(hub) is None
    told(hub, station, {"program": "0.1.0"})
    assert doubt(hub) is Doubt.MISSING


def test_a_cut_to_the_very_length_of_an_earlier_bundle_is_found(hub: Hub, station: FakeStation):
    record = Record("a", "b")
    told(hub, station, record.about())
    record.words += ["c", "d"]
    told(hub, station, record.about())
    del record.words[2:]
    record.sent = [2]
    assert take_in(hub, station.up(about=record.about()), now=NOW)[0].outcome is Outcome.ALREADY
    assert (doubt(hub), entries(hub)) == (None, 4), "it might be the stick of that day"
    told(hub, station, record.about())
    assert doubt(hub) is Doubt.SHRUNK


def test_a_stick_that_was_read_late_is_no_cut(hub: Hub, station: FakeStation):
    record = Record("a", "b")
    station.people(1)
    late = station.up(about=record.about())
    record.words += ["c", "d"]
    told(hub, station, record.about())
    assert entries(hub) == 4
    take_in(hub, late, now=NOW)
    assert (doubt(hub), entries(hub)) == (None, 4)


@pytest.mark.parametrize(
    "about",
    [
        {"audit": 7},
        {"audit": {"seq": -1, "head": "0" * 64, "sent": []}},
        {"audit": {"seq": 1, "head": "zz", "sent": []}},
        {"audit": {"seq": 1, "head": "0" * 64, "sent": [[1]]}},
        {"audit": {"seq": 1, "head": "0" * 64, "sent": [[1, "0" * 63]]}},
        {"audit": {"seq": 1, "head": "0" * 64, "sent": [[n, "0" * 64] for n in range(500)]}},
        {"audit": {"seq": True, "head": "0" * 64, "sent": []}},
    ],
)
def test_a_head_that_cannot_be_read_counts_as_none(about):
    assert read_head(about) is None


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(st.text("ab", min_size=1, max_size=3), min_size=2, max_size=12),
    sends=st.lists(st.integers(1, 12), max_size=4),
    more=st.integers(0, 3),
    data=st.data(),
)
def test_whatever_was_done_to_one_entry_that_was_sent_is_found(words, sends, more, data):
    """Deleted, edited, exchanged or cut, with everything behind it chained anew: the known head gives it away."""
    record = Record(*words)
    record.sent = sorted({min(one, len(words)) for one in sends})
    known = read_head(record.about())
    at = data.draw(st.integers(0, len(words) - 1))
    act = data.draw(st.sampled_from(("delete", "edit", "cut", "none")))
    if act == "delete":
        del record.words[at]
    elif act == "edit":
        record.words[at] += "c"
    elif act == "cut":
        del record.words[at:]
    record.words += [f"new {n}" for n in range(more)]
    found = judge(known, read_head(record.about()))
    same = record.words[: len(words)] == words
    assert (found is None) == same


def test_nothing_is_known_at_first():
    assert judge(None, None) is None and judge(None, Head(3, "0" * 64)) is None
