"""Small files whose senders wait (`hub.database.lane`), taken in with one transaction for all of them.

Each has its outcome as if it were alone. Whatever goes wrong, a bad file, a bug, the disk, undoes the transaction, and
all of them go the long way through the inbox, where each is looked at alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from covidstation.errors import UserError
from covidstation.hub.database.holding import hold_stations
from covidstation.hub.database.lane import Handed
from covidstation.hub.database.outcomes import Intake, Outcome
from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import Taking
from covidstation.hub.rows import StationRow
from covidstation.sync.refusals import BundleRefused

log = logging.getLogger(__name__)

LONGEST: Final = 0.5  # seconds for what had waited for files; the rest has its turns in the inbox


def take_together(hub: Hub, files: Sequence[Handed], *, now: datetime) -> None:
    """Take them in and tell their senders; who is not told goes the long way.

    Raises UserError when the database cannot be used.
    """
    try:
        opened = _opened(hub, files, now)
        if not opened:
            return
        with hub.db.write(None, now) as session:
            hold_stations(session, *{file.station for file, _taking in opened})
            for _file, taking in opened:
                while not taking.outcomes:
                    taking.step(session)
        for file, taking in opened:
            if taking.is_done:
                file.tell(taking.outcomes)
        _go_on(hub, [one for one in opened if one[0].answer is None], now)
    except UserError:
        raise
    except Exception as trouble:
        log.warning("%d files go the long way: %s", len(files), type(trouble).__name__)


def _opened(hub: Hub, files: Sequence[Handed], now: datetime) -> list[tuple[Handed, Taking]]:
    """Those that can be read; a refused one is told so at once."""
    found = []
    with hub.db.read() as look:
        hub.keys_now(look)
    for file in files:
        try:
            taking = Taking(hub, file.data, name=file.name, carrier=file.carrier, now=now, known=file.known)
        except BundleRefused as trouble:
            file.tell([_refused(hub, file, trouble)])
        else:
            found.append((file, taking))
    return found


def _refused(hub: Hub, file: Handed, trouble: UserError) -> Intake:
    with hub.db.read() as look:
        station = look.get_one(StationRow, file.station)
        return Intake(file.name, Outcome.REFUSED, station.id, station.name, trouble=trouble)


def _go_on(hub: Hub, opened: Sequence[tuple[Handed, Taking]], now: datetime) -> None:
    """What had waited for these files, each slice in a transaction of its own, as long as others can wait for it."""
    until = time.monotonic() + LONGEST
    for file, taking in opened:
        while not taking.is_done and time.monotonic() < until:
            with hub.db.write(None, now) as session:
                taking.step(session)
        if taking.is_done:
            file.tell(taking.outcomes)
