"""Each scenario over HTTP and over USB, with real registers and a real hub; then the ledger must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from covidstation.db import keys
from tests.scenarios.carriers import CARRIERS, Both, Carrier
from tests.scenarios.district import District
from tests.scenarios.document import PATH, rendered
from tests.scenarios.founding import Founded, found_district
from tests.scenarios.ledger import check
from tests.scenarios.scenario import Scenario
from tests.scenarios.table import SCENARIOS, SUITES
from tests.services import samples

pytestmark = pytest.mark.timeout(120)
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None  # where disks are quick


@pytest.fixture(scope="module")
def founded() -> Iterator[Founded]:
    with TemporaryDirectory(dir=MEMORY) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "calibrated_cost", lambda: samples.CHEAP)
        yield found_district(Path(folder))


def play(founded: Founded, scenario: Scenario, carrier: Callable[[District], Carrier]) -> None:
    with TemporaryDirectory(dir=MEMORY) as folder, District(founded, Path(folder), carrier) as district:
        scenario.play(district)
        district.settle()
        check(district)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name.replace(" ", "-"))
def test_scenario(founded: Founded, scenario: Scenario, carrier: str) -> None:
    play(founded, scenario, CARRIERS[carrier])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name.replace(" ", "-"))
def test_line_and_stick_in_turn(founded: Founded, scenario: Scenario, seed: int) -> None:
    play(founded, scenario, partial(Both, seed=seed))


def test_four_systems_ask_at_least_44_things() -> None:
    systems = SUITES[:4]
    assert [suite.system for suite in systems] == ["PouchDB", "Morango", "Anki", "WatermelonDB"]
    assert sum(len(suite.scenarios) for suite in systems) >= 44
    assert len({one.name for one in SCENARIOS}) == len(SCENARIOS)
    assert all(one.source and one.story and one.holds for one in SCENARIOS)


def test_the_document_is_the_table() -> None:
    assert PATH.read_text(encoding="utf-8") == rendered().rstrip() + "\n"
