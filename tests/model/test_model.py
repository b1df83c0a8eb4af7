"""Nothing is lost, doubled or silently overwritten, whatever happens on the way (docs/adr/0026).

The short form. Long: `./run model --seconds 3600`, and `./run faults tests/model` for all planted faults.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from covidstation.db import keys
from covidstation.hub.rows import ConflictRow, RecordRow
from tests.depth import THOROUGH, examples
from tests.haste import scratch
from tests.model.found import FOUND
from tests.model.hunt import POSTGRESQL, databases
from tests.model.mutants import MUTANTS
from tests.model.rest import check, play, world
from tests.model.stories import CHOICES, FIELDS, NAMES, VALUES, random_story
from tests.model.template import Template, make_template
from tests.services import samples

ROOT = Path(__file__).parents[2]
QUICK = ("a restored station goes on in its old epoch", "the losing value is not kept")

station = st.integers(0, 1)
index = st.integers(0, 20)
edit = st.tuples(st.just("edit"), st.integers(0, 3), st.sampled_from(FIELDS), st.sampled_from(VALUES[:3]))
correct = st.tuples(st.just("correct"), st.integers(0, 3), st.sampled_from(FIELDS), st.sampled_from(VALUES[:3]))
talk = st.tuples(st.just("talk"), station)
single = st.one_of(
    st.tuples(st.just("add_person"), station, st.sampled_from(NAMES)),
    edit,
    correct,
    talk,
    st.tuples(st.just("visit"), st.integers(0, 3), st.just("ho")),
    st.tuples(st.just("delete"), st.integers(0, 3)),
    st.tuples(st.sampled_from(("export", "answer", "copy_station")), station),
    st.tuples(st.sampled_from(("deliver", "deliver_again", "lose")), index),
    st.tuples(st.just("misdeliver"), index, station),
    st.tuples(st.just("skew"), station, st.sampled_from((-3650, -1, 0, 1, 3650))),
    st.tuples(st.just("skew_hub"), st.sampled_from((-3650, 0, 3650))),
    st.tuples(st.just("restore_station"), station, st.integers(0, 2)),
    st.tuples(st.just("copy_hub")),
    st.tuples(st.just("restore_hub"), st.integers(0, 2)),
    st.tuples(st.just("strike"), st.integers(0, 3)),
    st.tuples(st.just("decide"), station, st.integers(0, 4), st.sampled_from(CHOICES)),
    st.tuples(st.just("decide_at_hub"), st.integers(0, 4), st.sampled_from(CHOICES)),
    st.tuples(st.just("carry"), station, station),
    st.tuples(st.sampled_from(("carry_to_hub", "copy_stick", "lose_stick")), station),
    st.tuples(st.just("propose"), st.integers(0, 3), station),
    st.tuples(st.just("settle_move"), st.integers(0, 2), st.booleans()),
    st.tuples(st.sampled_from(("cut_off", "open_pass", "old_program", "update_program", "lose_computer")), station),
)
# What a day looks like: single steps alone rarely come in this order.
compound = st.one_of(
    st.tuples(edit, talk),
    st.tuples(talk, edit, correct, talk),
    st.tuples(st.just(("copy_station", 0)), edit, st.just(("export", 0)), st.just(("restore_station", 0, 0)), edit),
    st.tuples(st.just(("copy_hub",)), edit, correct, talk, st.just(("restore_hub", 0))),
)
story = st.lists(st.one_of(single.map(lambda one: (one,)), compound), max_size=15).map(
    lambda parts: [("add_person", 0, NAMES[0]), ("add_person", 1, NAMES[1]), *(step for part in parts for step in part)]
)


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    with TemporaryDirectory(dir=scratch()) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "calibrated_cost", lambda: samples.CHEAP)
        yield make_template(Path(folder))


@pytest.mark.timeout(400)
@settings(
    max_examples=examples(6, 100), deadline=None, derandomize=not THOROUGH, suppress_health_check=list(HealthCheck)
)
@given(story)
def test_any_story_ends_well(template, steps):
    play(template, steps)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", FOUND)
def test_stories_that_found_something(template, name):
    play(template, FOUND[name])


TOLD = [
    ("add_person", 0, NAMES[0]),
    ("talk", 0),
    ("edit", 0, "phone", "ở trạm"),
    ("export", 0),
    ("strike", 0),
    ("answer", 0),
    *[("deliver", 1)] * 2,  # the district's; the station says once more what it had changed
    ("deliver", 0),
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("after", [("correct", 0, "phone", "ở huyện"), ("edit", 0, "phone", "sau đó")])
def test_the_word_that_a_row_lives_is_no_change_of_it(template, after):
    """Somebody goes on from the value itself, not knowing that it was said again: nothing has parted."""
    with world(template) as made:
        for name, *arguments in (*TOLD, after):
            getattr(made, name)(*arguments)
        made.settle()
        check(made)
        with made.hub.db.read() as session:
            assert {row.grp for row in session.scalars(select(ConflictRow))} == {"*"}
            fields = session.scalars(select(RecordRow.fields).where(RecordRow.tbl == "person")).one()
    assert fields["phone"] == after[3]


@pytest.mark.timeout(240)
def test_stories_with_the_hub_on_a_server(tmp_path, monkeypatch):
    monkeypatch.setattr(keys, "calibrated_cost", lambda: samples.CHEAP)
    with databases(POSTGRESQL) as places:
        template = make_template(tmp_path, places)
        for story in (*list(FOUND.values())[:3], random_story(3)):
            play(template, story)


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_the_places_of_the_planted_faults_are_there(name):
    for fault in MUTANTS[name]:
        source = Path(importlib.util.find_spec(fault.module).origin).read_text(encoding="utf-8")
        assert source.count(fault.old) == 1, f"{fault.module}: {fault.old!r}"


def hunted(name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.model.hunt", name, "--seconds", "60"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)


@pytest.mark.timeout(420)
@pytest.mark.parametrize("name", QUICK)
def test_a_planted_fault_is_found(name):
    found = hunted(name)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "found AssertionError" in found.stdout


@pytest.mark.slow
@pytest.mark.timeout(420)
@pytest.mark.parametrize("name", sorted(set(MUTANTS) - set(QUICK)))
def test_every_planted_fault_is_found(name):
    found = hunted(name)
    assert found.returncode == 1, found.stdout + found.stderr
