"""Acts that must not be half done, for whoever kills them: `python -m tests.faults.acts ACT FOLDER`.

Each act puts a new register into the empty FOLDER, then does one thing again and again and prints `ACK n` after each: 1
for the register, 2 for the first thing done. `tests.faults.checks` has a check of the same name for each.
`--no-sync` takes the durability away, for the control run that must fail.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import event

from covidstation.db import keys, schema
from covidstation.db import session as sessions
from covidstation.db.backup import make_backup
from covidstation.db.key_file import FILE, replace_file
from covidstation.db.queries.sync import sync_state
from covidstation.db.session import Database, make_engine
from covidstation.domain.packs import PaperKind
from covidstation.services.access.entrance import REGISTER
from covidstation.services.access.opening import Register
from covidstation.services.copies.backup import back_up
from covidstation.services.copies.restore import choose_copy, find_copies
from covidstation.services.copies.restore import restore as put_back
from covidstation.services.exchange.bundles import Taken, export_changes, import_files
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.services.papers.issuing import issue_paper, void_paper
from covidstation.services.people import edit_person
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_request
from tests.faults.care_acts import CARE, CARE_TIMES
from tests.faults.hub_acts import HUB_ACTS, HUB_TIMES
from tests.faults.key_acts import ROTATE_TIMES, rotate
from tests.faults.sync_acts import SYNC_ACTS, SYNC_TIMES
from tests.services.district import EPOCH, STATION, District
from tests.services.samples import NOW, PASSPHRASE, TODAY, USER, catalog, f0, found, neighbour, opened, register

STICK = "stick"
OLD = Path(__file__).parents[1] / "data" / "registers" / "1"


def founded(folder: Path) -> Register:
    """The register to act on, founded elsewhere and put here; acknowledged as the first act."""
    with tempfile.TemporaryDirectory() as elsewhere:
        made = Path(elsewhere, "register")
        found(made)
        for name in (FILE, REGISTER):
            replace_file(folder / name, (made / name).read_bytes())
    return opened(folder)


def save(folder: Path) -> Iterator[None]:
    """Register new F0s: person, household, illness and test in one transaction."""
    station = founded(folder)
    yield
    for number in itertools.count():
        draft = f0(neighbour(number), new_household_head=neighbour(number).full_name)
        register(station.db, draft, now=NOW + timedelta(minutes=number))
        yield


def edit(folder: Path) -> Iterator[None]:
    """Correct the same person's phone and detail together."""
    station = founded(folder)
    person = register(station.db).person_id
    yield
    for number in itertools.count(1):
        draft = neighbour(number)
        edit_person(station.db, person, draft, catalog=catalog(), by=None, now=NOW + timedelta(minutes=number))
        yield


def issue(folder: Path) -> Iterator[None]:
    """Register someone and issue the decision; every third one is voided."""
    station = founded(folder)
    yield
    for number in itertools.count():
        episode = register(station.db, f0(neighbour(number)))
        issued = issue_paper(
            station.db,
            PaperKind.ISOLATION_ORDER,
            [episode.id],
            catalog=catalog(),
            issued_on=TODAY,
            by=None,
            now=NOW,
        ).value
        if number % 3 == 2:
            void_paper(station.db, issued.id, "In nhầm", by=None, now=NOW)
        yield


def export(folder: Path) -> Iterator[None]:
    """Save, then write everything to a stick that is watched too."""
    station, stick = founded(folder), folder / STICK
    stick.mkdir()
    District().enrol(station.db, stick)
    yield
    for number in itertools.count():
        register(station.db, f0(neighbour(number)))
        export_changes(station.db, stick, by=None, now=NOW)
        yield


def receipt(folder: Path) -> Iterator[None]:
    """Save, then read a receipt for everything."""
    station, stick, district = founded(folder), folder / STICK, District()
    stick.mkdir()
    request = open_request(write_enrolment(station.db, stick, by=None, now=NOW).path)
    usb.put(stick, usb.certificate_name(STATION, 1), district.certified(request))
    _taken(station, stick, Taken.CERTIFICATE)
    yield
    for number in itertools.count():
        register(station.db, f0(neighbour(number)))
        upto = _last_seq(station)
        usb.put(stick, usb.receipt_name(STATION, EPOCH, upto), district.receipt(station.db, request, upto))
        _taken(station, stick, Taken.RECEIPT)
        yield


def backup(folder: Path) -> Iterator[None]:
    """Save, then make a verified copy."""
    station = founded(folder)
    yield
    for number in itertools.count():
        register(station.db, f0(neighbour(number)))
        back_up(station.db, now=NOW + timedelta(minutes=number))
        yield


def restore(folder: Path) -> Iterator[None]:
    """Save, then come back from the copy made before it; what was saved since is lost on purpose."""
    station = founded(folder)
    register(station.db, f0(neighbour(0)))
    make_backup(station.db, now=NOW)
    station.db.close()
    yield
    for number in itertools.count(1):
        station = opened(folder)
        register(station.db, f0(neighbour(number)))
        station.db.close()
        later = NOW + timedelta(minutes=number)
        first = find_copies(folder, [], later)[-1]
        put_back(choose_copy(folder, first, PASSPHRASE, now=later, user=USER), now=later)
        yield


def _taken(station: Register, stick: Path, wanted: Taken) -> None:
    found = import_files(station.db, stick, by=None, now=NOW, yes=True).value
    if wanted not in {one.outcome for one in found}:
        raise AssertionError([(one.name, one.outcome, one.trouble) for one in found])


def _last_seq(station: Register) -> int:
    state = sync_state(station.db)
    return state.unsent + (state.last_receipt.upto if state.last_receipt else 0)


def init(folder: Path) -> Iterator[None]:
    """Found the register, nothing else."""
    found(folder)
    yield


def migrate(folder: Path) -> Iterator[None]:
    """Open a register of the first release: every step up to today's schema."""
    yield from _migrated(folder, OLD)


def migrate2(folder: Path) -> Iterator[None]:
    """Open a register of the second schema."""
    with tempfile.TemporaryDirectory() as elsewhere:
        made = Path(shutil.copytree(OLD, Path(elsewhere, "register")))
        to_second(made)
        yield from _migrated(folder, made)


def _migrated(folder: Path, old: Path) -> Iterator[None]:
    for name in (FILE, REGISTER):
        replace_file(folder / name, (old / name).read_bytes())
    yield
    opened(folder).db.close()
    yield


def to_second(folder: Path) -> None:
    """Bring a register of the first schema to the second, as the program of that day did."""
    path, key = folder / REGISTER, keys.open_with(folder, PASSPHRASE, None).key
    engine = make_engine(path, key)
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql("PRAGMA user_version = 2")
    Database(engine, path, key).close()


def on_founded(act: Callable[[Database], Iterator[None]]) -> Callable[[Path], Iterator[None]]:
    """An act of care as one of these acts."""

    def acting(folder: Path) -> Iterator[None]:
        return act(founded(folder).db)

    return acting


def on_register(act: Callable[[Register], Iterator[None]]) -> Callable[[Path], Iterator[None]]:
    """An act of a station with its district as one of these acts."""

    def acting(folder: Path) -> Iterator[None]:
        return act(founded(folder))

    return acting


ACTS: dict[str, Callable[[Path], Iterator[None]]] = {
    "save": save,
    "edit": edit,
    "issue": issue,
    "export": export,
    "receipt": receipt,
    "backup": backup,
    "restore": restore,
    "init": init,
    "migrate": migrate,
    "migrate2": migrate2,
    "rotate": on_founded(rotate),
    **{name: on_founded(act) for name, act in CARE.items()},
    **{name: on_register(act) for name, act in SYNC_ACTS.items()},
    **HUB_ACTS,
}
TIMES = {
    "save": 20,
    "edit": 20,
    "issue": 10,
    "export": 5,
    "receipt": 5,
    "backup": 3,
    "restore": 2,
    "init": 0,
    "migrate": 1,
    "migrate2": 1,
    "rotate": ROTATE_TIMES,
    **CARE_TIMES,
    **SYNC_TIMES,
    **HUB_TIMES,
}


def without_sync() -> None:
    """Let every connection of this process trust the cache, as no register may."""

    def forget(connection: object, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    make = sessions.create_engine

    def make_careless(*args: object, **kwargs: object) -> object:
        engine = make(*args, **kwargs)
        event.listen(engine, "connect", forget)
        return engine

    sessions.create_engine = make_careless


def run(act: str, folder: Path, times: int) -> None:
    """Do the act that many times and say so each time."""
    for number in itertools.islice(_count(ACTS[act](folder)), times + 1):
        os.write(1, f"ACK {number}\n".encode())  # one call, at once


def _count(done: Iterator[None]) -> Iterator[int]:
    return (number for number, _done in enumerate(done, 1))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=list(ACTS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int)
    parser.add_argument("--no-sync", action="store_true")
    options = parser.parse_args()
    shutil._USE_CP_SENDFILE = False  # `states` sees writes, not what the kernel copies by itself
    if options.no_sync:
        without_sync()
    run(options.act, options.folder, TIMES[options.act] if options.times is None else options.times)


if __name__ == "__main__":
    sys.exit(main())
