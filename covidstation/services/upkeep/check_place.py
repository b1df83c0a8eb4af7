"""What stands around the register: its heads file, keys, copies, the disk, the clock, letters, rules, what was left."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation import __version__
from covidstation.catalog import RULE_BOOKS, load_catalog
from covidstation.db.copies import FOLDER, Health, list_copies
from covidstation.db.heads import read_heads
from covidstation.db.keys import read_keys
from covidstation.db.queries.sync import sync_state
from covidstation.db.rows import DraftRow, JournalStateRow, UserRow
from covidstation.db.schema import CURRENT
from covidstation.db.session import Database
from covidstation.domain.clock import MADE_ON
from covidstation.domain.stamps import moment_of
from covidstation.errors import UserError
from covidstation.paths import resources
from covidstation.printing.letters import lost_letters
from covidstation.services.rules.versions import station_catalog
from covidstation.services.upkeep.findings import Finding, bad, fine, see_to
from covidstation.services.upkeep.notices import LITTLE
from covidstation.update.stand import given_up

HANOI: Final = timedelta(hours=7)
OLD_BACKUP: Final = timedelta(days=7)
OLD_DRAFT: Final = timedelta(days=7)
LONG_UNSENT: Final = timedelta(days=7)
STALE: Final = timedelta(hours=1)
AHEAD: Final = timedelta(minutes=5)
_SHOWN: Final = "%H:%M %d/%m/%Y"
_MB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """What is looked at: the open register, its folder, and the PC's aware time."""

    db: Database
    folder: Path
    now: datetime


Step = Callable[[Place, Session], Iterator[Finding]]


def heads(place: Place, session: Session) -> Iterator[Finding]:
    """Whether the register is as far as it once was."""
    state = session.get_one(JournalStateRow, 1)
    kept = read_heads(place.folder, state.epoch)
    if kept is None:
        yield see_to("heads.none")
        return
    when = datetime.fromtimestamp(kept.at / 1000, place.now.tzinfo).strftime(_SHOWN)
    lost = max(kept.heads.journal_seq - state.last_seq, kept.heads.audit_seq - state.audit_seq)
    if lost > 0:
        yield bad("heads.behind", n=lost, when=when)
    elif kept.heads.journal_seq == state.last_seq and kept.heads.journal_chain != state.chain:
        yield bad("heads.other", when=when)
    else:
        yield fine("heads.good")


def drafts(place: Place, session: Session) -> Iterator[Finding]:
    """Half-typed forms that nobody came back to."""
    long_ago = place.now.replace(tzinfo=None) - OLD_DRAFT
    count = session.scalar(select(func.count()).select_from(DraftRow).where(DraftRow.saved_at < long_ago)) or 0
    yield see_to("drafts.old", n=count) if count else fine("drafts.good")


def letters(_place: Place, _session: Session) -> Iterator[Finding]:
    """A page with every letter is drawn and read again."""
    lost = lost_letters()
    yield bad("letters.bad", letters=lost) if lost else fine("letters.good")


def rules(_place: Place, session: Session) -> Iterator[Finding]:
    """The shipped and the station's own rules can be read; how much of them nobody has compared yet."""
    try:
        catalog = station_catalog(session, load_catalog(resources()))
        count = sum(unconfirmed(one) for family in RULE_BOOKS for one in catalog.rules_of(family))
        count += sum(unconfirmed(pack) for pack in catalog.packs)
    except (ValueError, KeyError, OSError, tomllib.TOMLDecodeError):
        yield bad("rules.bad")
        return
    yield see_to("rules.unconfirmed", n=count) if count else fine("rules.good")


def unconfirmed(value: object) -> int:
    """How many places of a rule or a pack say of themselves that their source was not seen."""
    if isinstance(value, list | tuple):
        return sum(unconfirmed(one) for one in value)
    if isinstance(value, dict):
        return sum(unconfirmed(one) for one in value.values())
    if not is_dataclass(value):
        return 0
    inner = sum(unconfirmed(getattr(value, one.name)) for one in fields(value) if one.name != "confirmed")
    return inner or int(getattr(value, "confirmed", True) is False)


def backups(place: Place, _session: Session) -> Iterator[Finding]:
    """When the newest good copy was made, and whether one has rotted."""
    copies = list_copies(place.folder / FOLDER, place.now)
    broken = [one for one in copies if one.health is Health.DAMAGED]
    if broken:
        yield bad("backup.damaged", n=len(broken))
    good = [one.made for one in copies if one.health is not Health.DAMAGED and not one.ahead]
    if not good:
        yield see_to("backup.none")
        return
    when, age = max(good), place.now.replace(tzinfo=None) - max(good)
    if age > OLD_BACKUP:
        yield see_to("backup.old", n=age.days, when=when.strftime("%d/%m/%Y"))
    else:
        yield fine("backup.good", when=when.strftime("%d/%m/%Y %H:%M"))


def keys(place: Place, session: Session) -> Iterator[Finding]:
    """The entries of keys.json are those of the register's users, no more and no fewer."""
    try:
        entries = read_keys(place.folder)
    except UserError:
        yield bad("keys.damaged")
        return
    names = {row.id.hex: row.name for row in session.scalars(select(UserRow).where(UserRow.disabled_on.is_(None)))}
    holders = {one.id for one in entries if one.kind == "user"}
    lacking = [name for id_, name in names.items() if id_ not in holders]
    found = []
    if holders - names.keys():
        found.append(bad("keys.stranger", n=len(holders - names.keys())))
    if lacking:
        found.append(see_to("keys.lacking", names=", ".join(lacking)))
    if not any(one.kind == "recovery" for one in entries):
        found.append(see_to("keys.no_recovery"))
    yield from found or [fine("keys.good")]


def unsent(place: Place, _session: Session) -> Iterator[Finding]:
    """Whether the district has waited long."""
    state = sync_state(place.db)
    age = state.oldest_age(place.now)
    waits = age is not None and age > LONG_UNSENT
    yield see_to("sync.waiting", n=state.unsent, days=age.days) if age and waits else fine("sync.good")


def space(place: Place, _session: Session) -> Iterator[Finding]:
    """Room for the register, its copies and what is printed."""
    found: dict[int, tuple[int, Path]] = {}
    for where in (place.folder, place.folder / FOLDER, Path(tempfile.gettempdir())):
        if where.exists():
            found.setdefault(where.stat().st_dev, (shutil.disk_usage(where).free, where))
    little = [one for one in found.values() if one[0] < LITTLE]
    for free, where in little:
        yield see_to("space.low", free=free // _MB, place=where)
    if not little:
        yield fine("space.good", free=min(free for free, _where in found.values()) // _MB)


def clock(place: Place, session: Session) -> Iterator[Finding]:
    """The PC's time against the program's own day and the newest record."""
    now = place.now
    shown = now.strftime(_SHOWN)
    newest = moment_of(session.get_one(JournalStateRow, 1).last_stamp)
    found = []
    if now.date() < MADE_ON:
        found.append(see_to("clock.early", now=shown))
    if newest > now + AHEAD:
        found.append(see_to("clock.behind", now=shown, when=newest.astimezone(now.tzinfo).strftime(_SHOWN)))
    if now.utcoffset() != HANOI:
        found.append(see_to("clock.zone"))
    yield from found or [fine("clock.good")]


def left(place: Place, _session: Session) -> Iterator[Finding]:
    """Parts of files that a sudden end left behind."""
    before = (place.now - STALE).timestamp()
    count, size = 0, 0
    for pattern in ("*.part", ".*.part", "*.new", "update-test-*", f"{FOLDER}/*.part"):
        for path in place.folder.glob(pattern):
            try:
                found = path.stat()
            except OSError:
                continue
            if found.st_mtime < before:
                count, size = count + 1, size + found.st_size
    yield see_to("left.some", n=count, size=-(-size // _MB)) if count else fine("left.good")


def program(_place: Place, _session: Session) -> Iterator[Finding]:
    """Which version works with which schema, and whether a newer one was given up."""
    other = given_up()
    yield (
        see_to("program.gave_up", other=other, version=__version__)
        if other
        else fine("program.good", version=__version__, schema=CURRENT)
    )


STEPS: Final[tuple[Step, ...]] = (
    *(heads, drafts, letters, rules, backups, keys, unsent),
    *(space, clock, left, program),
)
"""The looks around the register."""
