"""Who writes what at once: rows that a transaction holds against others until it ends.

SQLite has one writer and knows no words for this. On PostgreSQL whoever changes the records of a station reads them
first, so the station is held before they are read: otherwise two values that parted would pass each other by, and the
later commit would win unseen. Always in this order, or two would wait for each other: stations by rising number, the
hub itself, the record of who did what (`hub.staff.audit`). Where it cannot be kept the server ends one of the two
(hub.busy), which changed nothing and is done again.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from covidstation.hub.rows import HubStateRow, StationRow

_HELD = "stations held"
_STATIONS = (
    select(StationRow)
    .where(StationRow.n.in_(bindparam("wanted", expanding=True)))
    .order_by(StationRow.n)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_HUB = select(HubStateRow).with_for_update().execution_options(populate_existing=True)


def hold_stations(session: Session, *numbers: int) -> None:
    """Until the end of the transaction nobody else changes records of these stations, or says anything about them."""
    held: dict[int, StationRow] = session.info.setdefault(_HELD, {})  # kept at hand: others ask for the rows
    wanted = sorted(set(numbers) - held.keys())
    if wanted:
        found = session.scalars(_STATIONS, {"wanted": wanted}).all()
        if not session.in_nested_transaction():  # the server lets go of them when a savepoint is rolled back
            held.update((row.n, row) for row in found)


def hold_hub(session: Session) -> HubStateRow:
    """The hub's own row as it is now: its serials, its clock and the numbers of its lines are given one at a time."""
    return session.scalars(_HUB).one()
