"""A station's keys that are vouched for, as one of the files that come in: from a stick, by browser, over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from covidstation.errors import UserError
from covidstation.hub.database.outcomes import Intake, Outcome
from covidstation.hub.database.store import Hub
from covidstation.hub.staff.audit import PROGRAM
from covidstation.hub.stations.vouching import is_vouched, take_vouched
from covidstation.sync.bundle import read_header
from covidstation.sync.header import Kind


def take_keys(hub: Hub, data: bytes, *, name: str, by: UUID | str = PROGRAM, now: datetime) -> Intake:
    """One file of that kind. Raises BundleRefused, UserError (`hub.stations.vouching`)."""
    found = take_vouched(hub, data, by=by, now=now)
    outcome = Outcome.KEYS if found.is_new else Outcome.ALREADY
    return Intake(name, outcome, found.station, found.name)


def take_keys_of_stick(hub: Hub, data: bytes, *, name: str, now: datetime) -> Intake | None:
    """The same among the other files of a stick: None for what is not news, or waits for a person who compares words.

    A station shows its certificate on every stick; only new keys, and new ones that are refused, are worth a line.
    """
    kind = read_header(data).kind
    try:
        if kind not in (Kind.REKEY, Kind.ENROL) or not is_vouched(data):
            return None
        found = take_keys(hub, data, name=name, now=now)
    except UserError as trouble:
        return Intake(name, Outcome.REFUSED, trouble=trouble) if kind is Kind.REKEY else None
    return found if found.outcome is Outcome.KEYS else None
