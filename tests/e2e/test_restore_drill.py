"""The drill (bar 11): a station works, sends, copies itself to a stick, works on, sends, and its PC is gone.

A new PC, the stick, the code on paper and the district bring back the same set of records.
"""

from __future__ import annotations

import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from covidstation.domain.packs import PaperKind
from covidstation.services.access.opening import Register, open_register
from covidstation.services.copies.restore import choose_copy, find_copies, restore, unsure_since
from covidstation.services.copies.stick_copy import copy_to_stick
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.upkeep.check import check_register
from tests.e2e.codes import known_code
from tests.e2e.programs import Program
from tests.e2e.records import record_hash, record_set
from tests.e2e.test_journey import NAME, PASSPHRASE, Journey
from tests.services import outbreak
from tests.services.samples import CHEAP, USER, catalog, f0, neighbour, register

pytestmark = pytest.mark.timeout(240)
NEW_WORDS = "suối reo bên bản mới"


def now() -> datetime:
    return datetime.now().astimezone()


def opened(folder: Path, words: str = PASSPHRASE) -> closing:
    return closing(open_register(folder, words).db)


def bad(folder: Path, words: str) -> list[str]:
    """What the check finds wrong with the register itself."""
    with opened(folder, words) as db:
        found = check_register(db, folder)
    of_the_pc = ("backup", "space", "clock", "drill", "place", "keys")
    return [one.code for one in found if not one.good and not one.code.startswith(of_the_pc)]


class Drill:
    """The day until the PC is gone."""

    def __init__(self, folder: Path) -> None:
        self.journey = Journey(folder)
        self.station = self.journey.station(NAME, "03517", "--head", USER)
        self.code = known_code(self.station.data)
        self.journey.enrol(self.station)
        self.stick = self.journey.stick

    def send(self, station: Program) -> None:
        """To the district and its receipt back."""
        station.ask("export", self.stick)
        self.journey.hub.ask("import", self.stick)
        self.journey.hub.ask("export", self.stick)
        station.ask("import", self.stick)


@pytest.fixture(scope="module")
def lost(tmp_path_factory) -> tuple[Drill, str, dict]:
    """Everything was sent; the copy on the stick is older than most of it."""
    drill = Drill(tmp_path_factory.mktemp("drill"))
    with opened(drill.station.data) as db:
        episode = register(db, f0(neighbour(90)))
        issue_paper(
            db, PaperKind.ISOLATION_ORDER, [episode.id], catalog=catalog(), issued_on=now().date(), by=None, now=now()
        )
    drill.send(drill.station)
    with opened(drill.station.data) as db:
        copy_to_stick(db, drill.stick, now=now())
        outbreak.everything(db)
    drill.send(drill.station)
    with opened(drill.station.data) as db:
        return drill, record_hash(db), record_set(db)


def new_pc(drill: Drill, folder: Path) -> tuple[Program, Register]:
    """The stick and the code make the register again, behind by what came after the copy."""
    began = time.monotonic()
    program = Program("covidstation", folder, child=False)
    (found,) = find_copies(folder, [("USB", drill.stick)], now())
    chosen = choose_copy(folder, found, drill.code, now=now())
    assert chosen.need_passphrase and USER in [one.name for one in chosen.people]
    person = next(one.id for one in chosen.people if one.name == USER)
    back = restore(chosen, now=now(), person=person, passphrase=NEW_WORDS, cost=CHEAP)
    assert back.enrolled and back.facts.papers == 1
    program.secret.write_text(NEW_WORDS + "\n", encoding="utf-8")
    assert time.monotonic() - began < 600
    return program, open_register(folder, NEW_WORDS)


def test_a_new_pc_holds_the_same_records_again(lost, tmp_path):
    drill, wanted, records = lost
    program, opened_register = new_pc(drill, tmp_path / "new pc")
    with closing(opened_register.db) as db:
        assert unsure_since(db) is not None, "numbers may have been given since the copy"
        assert record_hash(db) != wanted
    assert bad(program.data, NEW_WORDS) == []
    program.ask("export", drill.stick)
    taken = drill.journey.hub.ask("import", drill.stick)
    assert taken["refused"] == 0, taken
    gave = drill.journey.hub.ask("give-back", NAME, "--to", drill.stick)
    files = program.ask("import", drill.stick, status=None)["files"]
    assert [one["outcome"] for one in files].count("given_back") == len(gave["files"])
    with opened(program.data, NEW_WORDS) as db:
        again = record_set(db)
        assert again == records
        assert record_hash(db) == wanted
        assert unsure_since(db) is None
    assert bad(program.data, NEW_WORDS) == []
    assert program.ask("import", drill.stick, status=None)["files"], "twice changes nothing"
    drill.send(program)
    (known,) = drill.journey.known().values()
    assert (known["set_aside"], known["bundles_aside"]) == (0, 0)
    assert program.ask("status")["unsent"] == 0
    with opened(program.data, NEW_WORDS) as db:
        assert record_hash(db) == wanted
        register(db, f0(neighbour(91)), now=now())
    drill.send(program)
    assert drill.journey.known()[known["station"]]["set_aside"] == 0
