"""A disk that is really full: `python -m tests.faults.full`. Linux, where a file system may be mounted in a namespace.

On a small disk of its own a station works until there is no room: what was acknowledged is there and nothing else; the
reserve lets the day be finished; then reading, printing to a file, the bundle for the district, closing and opening
still work, each refusal is a sentence; on the next mornings, on a disk that is still full, the register opens, and
does so through the window; with room again everything goes on.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from covidstation.bootstrap import Program
from covidstation.db import reserve
from covidstation.db.backup import FOLDER
from covidstation.db.rows import EpisodeRow, PersonRow
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.messages import sentences
from covidstation.services.access.entrance import REGISTER
from covidstation.services.access.opening import Register
from covidstation.services.copies.backup import back_up
from covidstation.services.drafts import keep_draft
from covidstation.services.exchange.bundles import export_changes
from covidstation.services.files import keep_file
from covidstation.services.papers.files import paper_pdf
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.upkeep.check import check_register
from covidstation.ui.main import MainWindow
from covidstation.ui.start.trouble import TroubleView
from covidstation.ui.start.unlock import UnlockView
from tests.faults.checks import count_rows
from tests.services.district import District
from tests.services.samples import NOW, PASSPHRASE, TODAY, USER, catalog, f0, found, neighbour, opened, register

SIZE = "48m"
LEFT = 400 << 10  # bytes left free by the others on this disk
MOST = 600
PATIENCE = 90.0


def fill(disk: Path, name: str, left: int) -> None:
    """Somebody else's files take the room, but for so many bytes."""
    with (disk / name).open("wb") as file:
        while (free := reserve.disk_usage(disk).free) > left:
            file.write(bytes(min(1 << 16, free - left)))
            file.flush()


def save_until_full(station: Register, first: int) -> tuple[int, str]:
    """How many were acknowledged, and what was said then."""
    for number in range(first, first + MOST):
        try:
            register(station.db, f0(neighbour(number)), now=NOW + timedelta(minutes=number))
        except UserError as trouble:
            assert all(sentences(trouble))
            return number - first, trouble.code
    raise AssertionError("the disk never filled up")


def inside(disk: Path, elsewhere: Path) -> None:
    """In the namespace: the whole story; raises AssertionError where it is not so."""
    folder, out = disk / "data", elsewhere / "stick"
    folder.mkdir()
    out.mkdir()
    found(folder)
    station, district = opened(folder), District()
    request = district.enrol(station.db, out)
    first = register(station.db, f0(neighbour(9000)))
    order = (station.db, PaperKind.ISOLATION_ORDER, [first.id])
    paper = issue_paper(*order, catalog=catalog(), issued_on=TODAY, by=None, now=NOW).value
    reserve.PLENTY = 0  # this disk is small on purpose
    assert reserve.lay_in(folder)
    fill(disk, "films", LEFT)
    saved, code = save_until_full(station, 0)
    assert code == "station.disk_full_reserve", code
    fill(disk, "music", LEFT)
    more, code = save_until_full(station, saved)
    assert code == "station.disk_full", code
    assert more > 0, "the reserve made no room"
    fill(disk, "rest", 0)
    total = saved + more + 1
    assert count_rows(station.db, PersonRow, EpisodeRow) == [total, total]
    refused(lambda: keep_draft(station.db, "f0", "", {"name": "Giàng" * 2000}, now=NOW))
    refused(lambda: back_up(station.db, now=NOW))
    assert not list((folder / FOLDER).glob("*.part"))
    pdf = paper_pdf(station.db, paper.id)
    assert keep_file(elsewhere / "giay.pdf", pdf).read_bytes().startswith(b"%PDF")
    bundle = exported(station, out)
    people = {op.row for op in district.read(bundle, request) if op.table == "person"}
    assert len(people) == total, (len(people), total)
    station.db.close()
    again(folder, disk, total)
    for path in disk.glob("*"):
        if path.is_file():
            path.unlink()
    station = opened(folder)
    register(station.db, f0(neighbour(9500)))
    assert [finding.code for finding in check_register(station.db, folder) if not finding.good] == []
    assert count_rows(station.db, PersonRow) == [total + 1]
    station.db.close()
    sys.stdout.write(f"full disk: {total} acknowledged, {total} there; {more} of them thanks to the reserve, 0 bad\n")


def refused(act: object) -> None:
    """It may be done or refused with a sentence, nothing else."""
    try:
        act()  # type: ignore[operator]
    except UserError as trouble:
        assert all(sentences(trouble))


def exported(station: Register, out: Path) -> Path:
    """The bundle on another disk, whether or not the register could remember it."""
    try:
        return export_changes(station.db, out, by=None, now=NOW).value.files[0]
    except UserError as trouble:
        assert trouble.code in ("station.disk_full", "station.not_saved"), trouble.code
        return next(iter(out.rglob("U-*.csb")))


def again(folder: Path, disk: Path, total: int, *, mornings: int = 3) -> None:
    """The next mornings, still full: what a power cut left opens, and so does what was closed well; all can be read."""
    for morning in range(mornings):
        fill(disk, f"overnight {morning}", 0)
        station = opened(folder)
        assert count_rows(station.db, PersonRow) == [total]
        station.db.close()
    fill(disk, "overnight", 0)
    window_on(folder, total)
    (folder / reserve.LAST).unlink(missing_ok=True)
    fill(disk, "somebody else's", 0)
    size = (folder / REGISTER).stat().st_size
    try:
        opened(folder).db.close()
    except UserError as trouble:
        assert trouble.code == "station.disk_full", trouble.code
        assert all(sentences(trouble))
    assert (folder / REGISTER).stat().st_size >= size
    sys.stdout.write(f"opening on a full disk: open on {mornings} mornings and through the window\n")


def window_on(folder: Path, total: int) -> None:
    """The whole program opens it there, and shows how many are in it."""
    words = [sys.executable, "-m", "tests.faults.full", "--window", str(folder), str(total)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(words, check=True, env=environment, timeout=120)


def window(folder: Path, total: int) -> int:
    """In a process of its own: start, unlock, look; 0 when the pages stand there and so many people are in it."""
    app = QApplication([])
    program = Program(app, folder, None)
    program.start()
    end = time.monotonic() + PATIENCE
    asked = False
    while time.monotonic() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        view = program.shell.view()
        if isinstance(view, UnlockView) and not asked:
            asked = True
            view.unlock_asked.emit(USER, PASSPHRASE, "")
        if isinstance(view, MainWindow):
            shown = count_rows(view._desk.register.db, PersonRow)
            program.end()
            return int(shown != [total])
        if isinstance(view, TroubleView):
            return 2
    return 3


def main() -> int:
    """The command line: mounts the small disk in a namespace of its own and goes on inside."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inside", nargs=2, type=Path, metavar=("DISK", "ELSEWHERE"), help=argparse.SUPPRESS)
    parser.add_argument("--window", nargs=2, metavar=("FOLDER", "TOTAL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.window:
        folder, total = options.window
        return window(Path(folder), int(total))
    if options.inside:
        inside(*options.inside)
        return 0
    with tempfile.TemporaryDirectory() as place:
        disk, elsewhere = Path(place, "disk"), Path(place, "elsewhere")
        disk.mkdir()
        elsewhere.mkdir()
        words = 'mount -t tmpfs -o size="$1" none "$2" && exec "$3" -m tests.faults.full --inside "$2" "$4"'
        shell = ["sh", "-c", words, "sh", SIZE, str(disk), sys.executable, str(elsewhere)]
        return subprocess.run(["unshare", "--map-root-user", "--mount", *shell], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
