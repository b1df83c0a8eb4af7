"""Enrolling a station by browser: its file, the eight words compared over the telephone, then its certificate."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from sqlalchemy import select

from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.store import aware
from covidstation.hub.figures.overview import station_by_id
from covidstation.hub.figures.stations import newest_serials
from covidstation.hub.rows import EnrolmentRow, StationRow
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.stations.enrolling import Look, SameCommune, Standing, enrol_station, look_at_request
from covidstation.hub.stations.revoking import revoke_station
from covidstation.hub.web.frame import Answer, Ask, Go, Show
from covidstation.sync.enrolment import LIMITS
from covidstation.sync.refusals import BundleRefused

LONGEST: Final = 2 * LIMITS.file


def show_stations(ask: Ask) -> Answer:
    """Every certificate that was given, in force first; and a place for the file of a new station."""
    query = (
        select(
            StationRow.id, StationRow.name, StationRow.commune, EnrolmentRow.serial, EnrolmentRow.enrolled_at,
            EnrolmentRow.revoked_at,
        )
        .join(EnrolmentRow, EnrolmentRow.station == StationRow.n)
        .order_by(EnrolmentRow.revoked_at.is_not(None), StationRow.commune, StationRow.name, EnrolmentRow.serial)
    )  # fmt: skip
    with ask.hub.db.read() as session:
        rows, newest = list(session.execute(query)), set(session.scalars(newest_serials()))
        words = ask.hub.keys_now(session).words()
    values = {"rows": rows, "newest": newest, "aware": aware, "words": words, "chosen": ask.parts}
    return Show("stations.html", values)


def look(ask: Ask) -> Answer:
    """Read the file and show its eight words; nothing is changed."""
    files = ask.files("file")
    if not files:
        raise UserError("hub_page.no_files")
    return _look(ask, files[0].file.read(LONGEST))


def look_again(ask: Ask) -> Answer:
    """The same page, with what was missing said on it."""
    try:
        return _look(ask, _kept(ask))
    except UserError:
        return show_stations(ask)


def _look(ask: Ask, data: bytes) -> Answer:
    found = look_at_request(ask.hub, data)
    return Show("enrol.html", {**_look_values(ask, found), "kept": base64.b64encode(data).decode(), "done": None})


def _look_values(ask: Ask, found: Look) -> dict[str, object]:
    return {
        "look": found,
        "place": clean(found.request.place),
        "station_words": found.request.words(),
        "hub_words": ask.hub.keys.words(),
        "clash": found.standing is Standing.CLASH,
        "same": found.standing is Standing.SAME,
        "former": found.standing is Standing.FORMER,
        "chosen": ask.text("same_commune"),
    }


def _kept(ask: Ask) -> bytes:
    try:
        return base64.b64decode(ask.text("kept", LONGEST), validate=True)
    except binascii.Error:
        raise BundleRefused("bundle.damaged") from None


def enrol(ask: Ask) -> Answer:
    """A person says that the words are the same: certify these keys."""
    data = _kept(ask)
    found = look_at_request(ask.hub, data)
    if ask.text("compared") != "yes":
        raise UserError("hub_page.not_compared")
    same = ask.text("same_commune")
    if found.standing is Standing.CLASH and same not in list(SameCommune):
        raise UserError("hub_page.choose_same")
    same_commune = SameCommune(same) if found.standing is Standing.CLASH else None
    station, serial = enrol_station(ask.hub, found.request, same_commune=same_commune, now=ask.now)
    with ask.hub.db.write(None, ask.now) as session:
        row = station_by_id(session, station)
        n = row.n if row is not None else None
        note(session, HubAction.ENROL, by=ask.by, now=ask.now, station=n, detail={"serial": serial})
    return Show("enrol.html", {**_look_values(ask, found), "kept": "", "done": (station, serial)})


def revoke(ask: Ask) -> Answer:
    """Its keys are in force no more."""
    revoke_station(ask.hub, ask.id(), clean(ask.text("reason", 200)), by=ask.by, now=ask.now)
    return Go("/stations", done="revoked")
