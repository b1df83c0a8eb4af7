"""The same lines give the same hub, whatever carried them, in whatever pieces and order, on whichever database."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from covidstation.hub.database.store import Hub, Place, open_hub
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.intake.queue import enqueue, wait
from covidstation.hub.intake.workers import Workers
from covidstation.hub.web.app import make_app
from covidstation.sync.bundle import read_header
from covidstation.sync.frames import BUNDLE
from tests.hub import postgres
from tests.hub.conftest import PASSPHRASE
from tests.hub.fake_stations import take
from tests.hub.merging.stories import DISTRICT_ACTS, STATION_ACTS, Act, Round, Telling, dump, stick
from tests.hub.pages.browser import TestClient

pytestmark = pytest.mark.timeout(600)
CARRIERS = ("http", "inbox", "stick")
SLICES = (1, 3, 2000)
LONG = int(os.environ.get("COVIDSTATION_STORIES", "200"))  # stories of the long suite
_tags = count(1)


def acts(kinds: tuple[str, ...], least: int, most: int) -> st.SearchStrategy[tuple[Act, ...]]:
    small = st.integers(0, 3)
    one = st.builds(Act, st.sampled_from(kinds), st.integers(0, 1), small, small)
    return st.lists(one, min_size=least, max_size=most).map(tuple)


def stories(least: int) -> st.SearchStrategy[list[Round]]:
    """People and cases first, on which the district acts; then what each writes without the other, and with."""
    reading = st.tuples(st.booleans(), st.booleans())
    first = st.builds(Round, acts(("new", "both", "ill"), 3, 8), st.just((False, False)), acts(DISTRICT_ACTS, 1, 4))
    later = st.builds(Round, acts(STATION_ACTS, least, 14), reading, acts(DISTRICT_ACTS, 0, 4))
    return st.tuples(first, st.lists(later, min_size=1, max_size=3)).map(lambda told: [told[0], *told[1]])


@pytest.fixture
def hubs(folder: Path, founded_on_server, server, tmp_path: Path) -> Iterator[dict[str, Hub]]:
    """One hub on each database."""
    template: Place = founded_on_server[0]
    opened = {"sqlite": open_hub(Place(folder / "hub.db", folder), PASSPHRASE)}
    with postgres.database(server, template.database.database) as url:
        opened["postgresql"] = open_hub(Place(url, template.folder), PASSPHRASE)
        yield opened
        for one in opened.values():
            one.db.close()


def plainly(hub: Hub, story: list[Round]) -> dict[str, Any]:
    """Each station's lines of a round as one bundle, one station after the other."""
    telling = Telling(hub, next(_tags))
    for one in story:
        telling.write(one)
        for who, writer in enumerate(telling.writers):
            if len(writer.lines) > telling.sent[who]:
                assert take(hub, writer.up(telling.sent[who] + 1))[0].outcome is Outcome.TAKEN
        telling.act(one)
    return untagged(telling)


def anyhow(hub: Hub, story: list[Round], data: st.DataObject) -> dict[str, Any]:
    """Pieces, repeats, order, carriers and slices as they are drawn."""
    telling = Telling(hub, next(_tags))
    with at_work(telling, data.draw(st.sampled_from(SLICES), label="slice")) as client:
        for one in story:
            telling.write(one)
            pieces = [piece for who in (0, 1) for piece in cut(telling, who, data)]
            order = data.draw(st.permutations(pieces), label="order")
            ways = data.draw(st.lists(st.sampled_from(CARRIERS), min_size=len(order), max_size=len(order)))
            carry(telling, list(zip(ways, order, strict=True)), client)
            telling.act(one)
    return untagged(telling)


def cut(telling: Telling, who: int, data: st.DataObject) -> list[tuple[int, int, int]]:
    """Ranges that together hold what is new, cut where a transaction ends; some again, some from further back."""
    writer, sent = telling.writers[who], telling.sent[who]
    last = len(writer.lines)
    if last == sent:
        return []
    ends = [end for end in writer.units if sent < end < last]
    cuts = sorted(data.draw(st.sets(st.sampled_from(ends)), label="cuts")) if ends else []
    found = [(who, first + 1, end) for first, end in pairwise([sent, *cuts, last])]
    borders = [0, *writer.units]
    again = data.draw(st.lists(st.tuples(st.sampled_from(borders), st.sampled_from(borders)), max_size=2))
    return found + [(who, min(pair) + 1, max(pair)) for pair in again if pair[0] != pair[1]]


def carry(telling: Telling, files: list[tuple[str, tuple[int, int, int]]], client: TestClient) -> None:
    """Neighbours that go by the same way go together: on one stick, or into the inbox at once."""
    hub = telling.hub
    while files:
        way = files[0][0]
        some = []
        while files and files[0][0] == way:
            some.append(files.pop(0)[1])
        if way == "stick":
            with tempfile.TemporaryDirectory() as name:
                found = list(import_place(hub, stick(Path(name), telling, some), now=telling.now))
            assert not [one.trouble for one in found if one.trouble]
            continue
        bundles = [telling.writers[who].up(first, last) for who, first, last in some]
        if way == "inbox":
            tickets = [enqueue(hub, one, telling.now, carrier="browser") for one in bundles]
            assert all(wait(ticket, 60) for ticket in tickets)
            continue
        for one in bundles:
            answer = client.post(
                f"/sync/v1/bundles/{read_header(one).bundle.hex}", content=one, headers={"Content-Type": BUNDLE}
            )
            assert answer.status_code == 200, answer.text


@contextmanager
def at_work(telling: Telling, most: int) -> Iterator[TestClient]:
    """Its workers and its address, in slices of so many changes, by the story's clock."""
    hub = telling.hub
    workers = Workers(hub, hub.db.at_once, most=most, clock=lambda: telling.now)
    workers.start()
    try:
        app = make_app(hub, clock=lambda: telling.now)
        with TestClient(app, base_url="https://huyen.test") as client:
            yield client
    finally:
        workers.stop()


def untagged(telling: Telling) -> dict[str, Any]:
    """Rows of two tellings in one hub are told apart by their tag: the same once it is taken out."""
    tag, other = f"{telling.writers[0].tag:024x}", "-" * 24
    names = [(one.name, f"Trạm {one.number}") for one in telling.writers]
    text = json.dumps(dump(telling), ensure_ascii=False).replace(tag, other)
    for name, plain in names:
        text = text.replace(name, plain)
    found: dict[str, Any] = json.loads(text)
    return found


def play(hubs: dict[str, Hub], story: list[Round], data: st.DataObject) -> None:
    wanted = plainly(hubs["sqlite"], story)
    assert not wanted["files 0"] and not wanted["files 1"]
    for name, hub in hubs.items():
        found = anyhow(hub, story, data)
        for kind, one in wanted.items():
            assert found[kind] == one, f"{kind} on {name}"


# A story that fails is printed whole: to make it smaller would take minutes, each try is three hubs.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
HOW = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": PHASES}


@settings(max_examples=3, **HOW)
@given(story=stories(4), data=st.data())
def test_a_story_in_any_way_gives_the_same_hub(hubs, story, data):
    play(hubs, story, data)


@pytest.mark.slow
@pytest.mark.timeout(5400)
@settings(max_examples=LONG, **HOW)
@given(story=stories(0), data=st.data())
def test_many_stories_in_any_way_give_the_same_hub(hubs, story, data):
    play(hubs, story, data)
