"""What `tests.faults.sweep` lets the disk fail in: each act is begun, done for a number, done again, counted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from covidstation.db.backup import make_backup
from covidstation.db.rows import PaperSubjectRow, PersonRow, VisitRow
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.services.access.opening import Register
from covidstation.services.copies.backup import back_up
from covidstation.services.copies.restore import choose_copy, find_copies, restore
from covidstation.services.exchange.bundles import export_changes, import_files
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.people import edit_person
from covidstation.services.upkeep import update
from covidstation.sync.carriers import usb
from covidstation.update import stand
from tests.faults.checks import STICK
from tests.services import outbreak
from tests.services.district import EPOCH, STATION, District
from tests.services.samples import NOW, PASSPHRASE, TODAY, USER, catalog, f0, found, neighbour, opened, register
from tests.update import packages
from tests.update.test_launcher import launcher

OLD = Path(__file__).parents[1] / "data" / "registers" / "1"
HOME = "program"
TIMES = 2


@dataclass(frozen=True, slots=True)
class Act:
    """`prepare` makes the folder, `begin` what is open before it fails, `do` one act, `count` how often it is there.

    `look` judges the folder afterwards by the check of that name; `known` is what `do` needs of the prepared folder.
    """

    prepare: Callable[[Path], Any]
    begin: Callable[[Path], Any]
    do: Callable[[Any, Path, Any, int], None]
    count: Callable[[Register, Any, int], int] | None
    look: str = "init"
    times: int = TIMES  # so often it is done in one run: a second time meets the files that the first one made
    acks: int = 0  # acknowledgements of one time, for a check that counts by itself; 0: it is told of the opening alone
    at_hub: bool = False
    end: Callable[[], None] = lambda: None  # what `begin` began in this process


def _founded(folder: Path) -> None:
    found(folder)
    with closing(opened(folder).db) as db:
        register(db, f0(neighbour(90)))


def _cases(folder: Path) -> list[Any]:
    _founded(folder)
    with closing(opened(folder).db) as db:
        return [outbreak.case(db, number) for number in range(TIMES)]


def _person(folder: Path) -> Any:
    found(folder)
    with closing(opened(folder).db) as db:
        return register(db).person_id


def _enrolled(folder: Path) -> Any:
    found(folder)
    stick, district = folder / STICK, District()
    stick.mkdir()
    with closing(opened(folder).db) as db:
        request = district.enrol(db, stick)
        for number in range(3):
            register(db, f0(neighbour(number)))
    for upto in (2, 4):
        usb.put(stick, usb.receipt_name(STATION, EPOCH, upto), district.receipt(db, request, upto))


def _counted(query: Callable[[Any, int], Any]) -> Callable[[Register, Any, int], int]:
    def counting(station: Register, known: Any, number: int) -> int:
        with station.db.read() as session:
            return session.scalar(query(known, number)) or 0

    return counting


def _rows(row: Any, *where: Any) -> Any:
    return select(func.count()).select_from(row).where(*where)


def _save(station: Any, _folder: Path, _known: Any, number: int) -> None:
    register(station.db, f0(neighbour(number)), now=NOW + timedelta(minutes=number))


def _edit(station: Any, _folder: Path, person: Any, number: int) -> None:
    now = NOW + timedelta(minutes=number)
    edit_person(station.db, person, neighbour(number), catalog=catalog(), by=None, now=now)


def _check(station: Any, _folder: Path, cases: Any, number: int) -> None:
    outbreak.check(station.db, cases[number], outbreak.ILL)


def _issue(station: Any, _folder: Path, cases: Any, number: int) -> None:
    about = [cases[number].id]
    order = (station.db, PaperKind.ISOLATION_ORDER, about)
    issue_paper(*order, catalog=catalog(), issued_on=TODAY, by=None, now=NOW)


def _export(station: Any, folder: Path, known: Any, number: int) -> None:
    if not _counted(_number_is)(station, known, 10 + number):  # each bundle has something new
        register(station.db, f0(neighbour(10 + number)))
    export_changes(station.db, folder / STICK, by=None, now=NOW)


def _receive(station: Any, folder: Path, _known: Any, _number: int) -> None:
    for one in import_files(station.db, folder / STICK, by=None, now=NOW, yes=True).value:
        if one.trouble is not None:
            raise one.trouble


def _back_up(station: Any, _folder: Path, _known: Any, number: int) -> None:
    back_up(station.db, now=NOW + timedelta(minutes=number))


def _open(_station: Any, folder: Path, _known: Any, _number: int) -> None:
    opened(folder).db.close()


def _found(_station: Any, folder: Path, _known: Any, number: int) -> None:
    if number == 0:
        found(folder)


def _copied(folder: Path) -> None:
    """A register, its copy of the day before, and one person since."""
    _founded(folder)
    with closing(opened(folder).db) as db:
        make_backup(db, now=NOW - timedelta(days=1))
        register(db, f0(neighbour(91)))


def _put_back(_station: Any, folder: Path, _known: Any, number: int) -> None:
    later = NOW + timedelta(minutes=number)
    copies = find_copies(folder, [], later)
    if not copies:  # the page says that none is found
        raise UserError("station.copy_unread")
    restore(choose_copy(folder, copies[-1], PASSPHRASE, now=later, user=USER), now=later)


def _packaged(folder: Path) -> None:
    """A register, a program beside it with its launcher's files, and two newer versions on a stick."""
    _founded(folder)
    home, stick = folder / HOME, folder / STICK
    stick.mkdir()
    for number in range(TIMES):
        version = f"0.{2 + number}.0"
        packages.good(stick / f"{version}.csu", folder / "made" / version, version=version)
    shutil.rmtree(folder / "made")
    (home / "app-0.1.0").mkdir(parents=True)
    (home / "app-0.1.0" / "start.py").write_text("")
    (home / "app-0.1.0" / "start").write_text("start.py\nstart.py")
    stand.point_to(home, stand.Pointer("app-0.1.0"))


def _tryable(folder: Path) -> Register:
    """The register; the new version's own test is another program, and not on this disk."""
    update.release_keys, update._tried = packages.keys, lambda *_given: None
    return opened(folder)


def _install(station: Any, folder: Path, _known: Any, number: int) -> None:
    file, home = folder / STICK / f"0.{2 + number}.0.csu", folder / HOME
    running = "0.2.0" if number and (home / "app-0.2.0").is_dir() else "0.1.0"
    update.install_update(station.db, file, by=None, now=NOW + timedelta(minutes=number), home=home, running=running)


def _installed(station: Register, _known: Any, number: int) -> int:
    """Whether that version is the one that the launcher would start, or the one before; both must be whole."""
    home = station.folder / HOME
    pointer = launcher.choose(home)
    for name in filter(None, (pointer["app"], pointer["before"])):
        assert launcher.start_file(home, name), f"{name} does not start"
        if name != "app-0.1.0":
            assert {one: (home / name / one).read_bytes() for one in packages.FILES} == packages.FILES
    return int(f"app-0.{2 + number}.0" in (pointer["app"], pointer["before"]))


def _hot(folder: Path) -> None:
    """A register whose log was not folded: as after a power cut."""
    found(folder)
    station = opened(folder)
    for number in range(3):
        register(station.db, f0(neighbour(number)))
    beside = folder.with_name(folder.name + "-hot")
    shutil.copytree(folder, beside)
    station.db.close()
    shutil.rmtree(folder)
    beside.rename(folder)


def _old(folder: Path) -> None:
    shutil.copytree(OLD, folder, dirs_exist_ok=True)


def _number_is(person: Any, number: int) -> Any:
    return _rows(PersonRow, PersonRow.citizen_number == neighbour(number).citizen_number)


def _visits(cases: Any, number: int) -> Any:
    return _rows(VisitRow, VisitRow.episode_id == cases[number].id)


def _papers(cases: Any, number: int) -> Any:
    return _rows(PaperSubjectRow, PaperSubjectRow.episode_id == cases[number].id)


ACTS: dict[str, Act] = {
    "save": Act(_founded, opened, _save, _counted(_number_is)),
    "edit": Act(_person, opened, _edit, None),
    "check": Act(_cases, opened, _check, _counted(_visits)),
    "issue": Act(_cases, opened, _issue, _counted(_papers)),
    "export": Act(_enrolled, opened, _export, None, "export"),
    "receipt": Act(_enrolled, opened, _receive, None, "receipt"),
    "backup": Act(_founded, opened, _back_up, None, "backup", 1),
    "restore": Act(_copied, lambda _folder: None, _put_back, None, "restore", 1),
    "update": Act(_packaged, _tryable, _install, _installed, times=1),
    "migrate": Act(_old, lambda _folder: None, _open, None, times=1),
    "start": Act(_hot, lambda _folder: None, _open, None),
    "found": Act(lambda _folder: None, lambda _folder: None, _found, None, times=1),
}
