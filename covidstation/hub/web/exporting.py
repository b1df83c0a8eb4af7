"""FHIR files of one person or of a station's days: whole numbers leave the house, so it is said for whom and noted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from covidstation.domain.canonical import is_hex
from covidstation.domain.problems import Problem
from covidstation.errors import UserError
from covidstation.hub.figures.fhir import days_fhir, person_fhir
from covidstation.hub.figures.overview import station_by_id
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.web.frame import Answer, Ask, File
from covidstation.services.exchange.wish import SpanWish, check_receiver, check_span

MEDIA: Final = "application/fhir+json"
MOST_DAYS: Final = 31


def person(ask: Ask) -> Answer:
    """All of one person."""
    row, receiver = ask.parts["row"], ask.text("receiver", 300)
    _refuse(check_receiver(receiver))
    with ask.hub.db.read() as session:
        station = station_by_id(session, ask.id())
        if station is None or not is_hex(row, 32):
            raise UserError("hub_page.not_found")
        made = person_fhir(session, ask.hub, station, row, ask.catalog, ask.now)
    with ask.hub.db.write(None, ask.now) as session:
        detail: dict[str, str | int] = {"list": "fhir", "people": made.people, "for": receiver}
        note(session, HubAction.EXPORT, by=ask.by, now=ask.now, station=station.n, subject=row, detail=detail)
    return File(f"fhir-{ask.today:%Y-%m-%d}.json", MEDIA, made.data)


def _refuse(found: Sequence[Problem]) -> None:
    """The first thing that is wrong, as a sentence above the form."""
    for problem in found:
        raise UserError(problem.code, **problem.params)


def _day(ask: Ask, name: str) -> date | None:
    try:
        return date.fromisoformat(ask.text(name, 20))
    except ValueError:
        return None


def days(ask: Ask) -> Answer:
    """What happened at a station in some days."""
    wish = SpanWish(first=_day(ask, "first"), last=_day(ask, "until"), receiver=ask.text("receiver", 300))
    _refuse(check_span(wish, ask.today, most=MOST_DAYS, receiver=True))
    with ask.hub.db.read() as session:
        station = station_by_id(session, ask.id())
        if station is None:
            raise UserError("hub_page.not_found")
        made = days_fhir(session, ask.hub, station, wish.span, ask.catalog, ask.now)
    with ask.hub.db.write(None, ask.now) as session:
        span = f"{wish.span.first:%d/%m/%Y}-{wish.span.last:%d/%m/%Y}"
        detail: dict[str, str | int] = {"list": "fhir", "days": span, "people": made.people, "for": wish.receiver}
        note(session, HubAction.EXPORT, by=ask.by, now=ask.now, station=station.n, detail=detail)
    return File(f"fhir-{station.commune}-{wish.span.first}-{wish.span.last}.json", MEDIA, made.data)
