"""What must be true of a folder in which an act was cut off: one check for each act of `tests.faults.acts`.

`check(folder, acknowledged)` returns '' for a good state, else what is wrong. The folder may be changed by it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from covidstation.db import keys
from covidstation.db.backup import FOLDER, copies_of, look_over, make_backup
from covidstation.db.copies import is_whole
from covidstation.db.restoring import ASIDE
from covidstation.db.rows import (
    BatchRow,
    EpisodeRow,
    HouseholdRow,
    JournalRow,
    JournalStateRow,
    PaperRow,
    PaperSubjectRow,
    PathogenTestRow,
    PersonRow,
    ReceiptRow,
    RiskAssessmentRow,
    SearchRow,
)
from covidstation.db.schema import CURRENT, version_of
from covidstation.db.session import Database, make_engine
from covidstation.errors import UserError
from covidstation.services.access.entrance import REGISTER, FolderState, look_at_folder
from covidstation.services.access.opening import Register, is_set_up
from covidstation.services.exchange.bundles import import_files
from covidstation.services.exchange.enrolment import identity_of
from covidstation.services.upkeep.check import check_register
from covidstation.sync.bundle import Sender, open_bundle, read_header, read_ops
from covidstation.sync.carriers import usb
from covidstation.sync.header import Kind
from covidstation.sync.identity import key_id
from tests.faults.care_checks import LOOKS, judge
from tests.faults.hub_checks import HUB_CHECKS
from tests.faults.key_acts import rotated
from tests.faults.sync_acts import SYNC_LOOKS
from tests.services.district import STATION, District
from tests.services.samples import NOW, PASSPHRASE, found, neighbour, opened

STICK = "stick"
Look = Callable[[Register, int], str]


def _looked(folder: Path, acknowledged: int, look: Look) -> str:
    """Open the register as the program would, and look it over as `covidstation check` does."""
    if not acknowledged and not is_set_up(folder):
        return ""
    try:
        register = opened(folder)
    except UserError as trouble:
        return f"not opened: {trouble.code}"
    try:
        bad = [finding.code for finding in check_register(register.db, folder) if not finding.good]
        return ", ".join(bad) or look(register, acknowledged - 1)
    except UserError as trouble:
        return f"not read: {trouble.code}"
    finally:
        register.db.engine.dispose()


def count_rows(db: Database, *rows: type) -> list[int]:
    """How many rows each of these tables has."""
    with db.read() as session:
        return [session.scalar(select(func.count()).select_from(row)) or 0 for row in rows]


def init(folder: Path, acknowledged: int) -> str:
    """A whole register, or none, and then it can still be founded."""
    try:
        if look_at_folder(folder) is FolderState.EMPTY:
            if acknowledged:
                return "the register is gone"
            found(folder)
    except UserError as trouble:
        return f"not founded: {trouble.code}"
    return _looked(folder, acknowledged, lambda _register, _done: "")


def save(folder: Path, acknowledged: int) -> str:
    """Every saved illness stands with its person, household, test, class, search words and six journal lines."""

    def look(register: Register, done: int) -> str:
        tables = (EpisodeRow, PersonRow, HouseholdRow, PathogenTestRow, RiskAssessmentRow, SearchRow)
        counts = count_rows(register.db, *tables)
        lines = count_rows(register.db, JournalRow)[0] - 2  # station and user
        if len(set(counts)) != 1 or lines != LINES_OF_SAVE * counts[0]:
            return "half saved"
        return f"lost {done - counts[0]}" if counts[0] < done else ""

    return _looked(folder, acknowledged, look)


LINES_OF_SAVE = 6  # household, person, head of the household, illness, test, class
LINES_OF_A_NEIGHBOUR = 4  # the same of somebody without a household


def edit(folder: Path, acknowledged: int) -> str:
    """Name, number and phone come from the same edit, not older than the last acknowledged one."""

    def look(register: Register, done: int) -> str:
        with register.db.read() as session:
            row = session.scalars(select(PersonRow)).first()
        if row is None or done <= 0:
            return "lost 1" if row is None and done >= 0 else ""
        number = int(row.phone[4:])
        if (row.full_name, row.citizen_number) != (neighbour(number).full_name, neighbour(number).citizen_number):
            return "half edited"
        return f"lost {done - number}" if number < done else ""

    return _looked(folder, acknowledged, look)


def issue(folder: Path, acknowledged: int) -> str:
    """Each paper has its subject, its line in the book and its bytes; the numbers have no gap.

    A voided one took its hour of decision back in the same act.
    """

    def look(register: Register, done: int) -> str:
        papers, subjects = count_rows(register.db, PaperRow, PaperSubjectRow)
        with register.db.read() as session:
            numbers = sorted(session.scalars(select(PaperRow.number)))
            standing = session.scalar(select(func.count()).select_from(PaperRow).where(PaperRow.voided_at.is_(None)))
            decided = session.scalar(
                select(func.count()).select_from(EpisodeRow).where(EpisodeRow.decided_at.is_not(None))
            )
        if papers != subjects or standing != decided or numbers != list(range(1, papers + 1)):
            return "half issued"
        return f"lost {done - papers}" if papers < done else ""

    return _looked(folder, acknowledged, look)


def export(folder: Path, acknowledged: int) -> str:
    """Every bundle on the stick opens in full, and the one that the register remembers is there."""

    def look(register: Register, done: int) -> str:
        stick = folder / STICK
        with register.db.read() as session:
            batches = list(session.scalars(select(BatchRow).order_by(BatchRow.n)))
            state = session.get_one(JournalStateRow, 1)
            ours = identity_of(session).sign.public if acknowledged else b""
        if len(batches) < done:
            return f"lost {done - len(batches)}"
        if state.received_upto:
            return "counted as received without a receipt"
        seen = set()
        for file in usb.scan(stick) if stick.is_dir() else []:
            header = read_header(file.path.read_bytes())
            if header.kind is Kind.UP and ours:
                senders = {key_id(ours): Sender(ours, STATION)}
                bundle = open_bundle(file.path, known_senders=senders, identities=[District().identity.age])
                seen.update((bundle.header.bundle, op.seq) for op in read_ops(bundle))
        missing = [batch.n for batch in batches if (batch.bundle_id, batch.seq_to) not in seen]
        return f"bundle of batch {missing[0]} is not on the stick" if missing else ""

    return _looked(folder, acknowledged, look)


def receipt(folder: Path, acknowledged: int) -> str:
    """What is counted as received is what the last receipt says; reading the stick again makes up for the rest."""

    def look(register: Register, done: int) -> str:
        stick = folder / STICK
        with register.db.read() as session:
            state = session.get_one(JournalStateRow, 1)
            uptos = list(session.scalars(select(ReceiptRow.upto).order_by(ReceiptRow.n)))
        if state.received_upto != max(uptos, default=0) or uptos != sorted(uptos):
            return "half received"
        if len(uptos) < done:
            return f"lost {done - len(uptos)}"
        if stick.is_dir():
            results = import_files(register.db, stick, by=None, now=NOW, yes=True).value
            refused = [one.trouble.code for one in results if one.trouble is not None]
            return f"refused again: {refused[0]}" if refused else ""
        return ""

    return _looked(folder, acknowledged, look)


def faults_of_copy(copy: Database, folder: Path) -> list[str]:
    """What the check finds in a copy; that the register has gone on since is no fault of it."""
    found = [finding.code for finding in check_register(copy, folder) if not finding.good]
    return [code for code in found if not code.startswith("heads.")]


def backup(folder: Path, acknowledged: int) -> str:
    """Every copy that has its name opens with the register's key and is whole; a new one can be made."""

    def look(register: Register, done: int) -> str:
        copies = sorted((folder / FOLDER).glob("register-*.db"))
        if len(copies) < done:
            return f"lost {done - len(copies)}"
        for path in copies:
            copy = Database(make_engine(path, register.db.key, read_only=True), path, register.db.key)
            bad = faults_of_copy(copy, folder)
            copy.engine.dispose()
            if bad or not path.with_suffix(".keys.json").exists():
                return f"bad copy: {', '.join(bad) or 'no keys'}"
        make_backup(register.db, now=NOW.replace(year=NOW.year + 1))
        return ""

    return _looked(folder, acknowledged, look)


def migrate(folder: Path, acknowledged: int) -> str:
    """The register opens with today's schema, and has what the old one had."""

    def look(register: Register, _done: int) -> str:
        if version_of(register.db.engine) != CURRENT:
            return "between two schemas"
        same = count_rows(register.db, PersonRow, EpisodeRow, PaperRow) == OLD_ROWS
        return "" if same else "something is missing"

    return _looked(folder, acknowledged, look)


OLD_ROWS = [2, 2, 2]  # people, illnesses and papers of tests/data/registers/1


def restore(folder: Path, acknowledged: int) -> str:
    """The old register or the one that came back, whole; the copy stands; what was set aside is whole files."""

    def look(register: Register, done: int) -> str:
        people, lines = count_rows(register.db, PersonRow, JournalRow)
        if done < 0:  # still founding, saving, copying what the act begins with
            return ""
        if people not in (1, 2) or lines < 2 + LINES_OF_A_NEIGHBOUR * people:
            return f"{people} people, {lines} lines"
        if not any(is_whole(copy) for copy in copies_of(folder)):
            return "no good copy"
        aside = [place for place in (folder / ASIDE).glob("*") if not place.name.endswith(".part")]
        if any(look_over(place / REGISTER, keys.open_with(place, PASSPHRASE).key) is None for place in aside):
            return "half set aside"
        return f"lost {done - len(aside)} set aside" if len(aside) < done else ""

    return _looked(folder, acknowledged, look)


def of_care(name: str) -> Callable[[Path, int], str]:
    """The check of an act of care."""

    def checking(folder: Path, acknowledged: int) -> str:
        return _looked(folder, acknowledged, lambda register, done: judge(name, register.db, done))

    return checking


def of_sync(look: Look) -> Callable[[Path, int], str]:
    """The check of an act of a station with its district."""
    return lambda folder, acknowledged: _looked(folder, acknowledged, look)


def rotate(folder: Path, acknowledged: int) -> str:
    """The register opens with the old key or the new one, and what was cut off is finished."""
    return _looked(folder, acknowledged, rotated)


CHECKS: dict[str, Callable[[Path, int], str]] = {
    "save": save,
    "edit": edit,
    "issue": issue,
    "export": export,
    "receipt": receipt,
    "backup": backup,
    "restore": restore,
    "init": init,
    "migrate": migrate,
    "migrate2": migrate,
    "rotate": rotate,
    **{name: of_care(name) for name in LOOKS},
    **{name: of_sync(look) for name, look in SYNC_LOOKS.items()},
    **HUB_CHECKS,
}
