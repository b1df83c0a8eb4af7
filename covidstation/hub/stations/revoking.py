"""Taking a station's keys out of force: a lost or stolen computer speaks for nobody any more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from covidstation.errors import UserError
from covidstation.hub.database.certificates import tell_witnesses
from covidstation.hub.database.holding import hold_hub
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.rows import EnrolmentRow, StationRow
from covidstation.hub.staff.audit import HubAction, note


def revoke_station(hub: Hub, station: UUID, reason: str, *, by: UUID | str, now: datetime) -> None:
    """What its keys sign from now on is kept apart, never applied; what came before stays. Stations that spoke lately
    get a certificate that says so, for a hub that is founded anew (docs/adr/0034).

    The station comes back by being enrolled anew. Raises UserError hub_page.not_found, hub_page.reason_missing,
    hub_revoke.already.
    """
    if not reason:
        raise UserError("hub_page.reason_missing")
    with hub.db.write(None, now) as session:
        row = session.scalars(select(StationRow).where(StationRow.id == station)).first()
        if row is None:
            raise UserError("hub_page.not_found")
        query = select(EnrolmentRow).where(EnrolmentRow.station == row.n, EnrolmentRow.revoked_at.is_(None))
        held = list(session.scalars(query))
        if not held:
            raise UserError("hub_revoke.already", name=row.name)
        for one in held:
            one.revoked_at = utc(now)
        session.flush()
        state = hold_hub(session)
        ever = session.scalars(select(EnrolmentRow.key_id).where(EnrolmentRow.station == row.n)).all()
        tell_witnesses(session, hub.ring.follow(state.keys), state, now, ever)
        serials = ",".join(str(one.serial) for one in held)
        detail = {"reason": reason, "serials": serials}
        note(session, HubAction.REVOKE, by=by, now=now, station=row.n, detail=detail)
