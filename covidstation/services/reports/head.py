"""Whose report it is: the header, the signer and the recipients by the day's rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.rows import StationRow
from covidstation.domain.daily_form import filled
from covidstation.domain.rule_sets import rule_on
from covidstation.services.papers.letterhead import letterhead_in


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportHead:
    """What stands around the figures; `confirmed` is whether the rule of that form was read in its source."""

    parent: str
    issuer: str
    symbol: str
    subject: str
    place: str
    station: str
    commune: str
    signer_title: str
    signer: str
    recipients: tuple[str, ...]
    training: bool
    confirmed: bool

    def kept(self) -> dict[str, Any]:
        """As a frozen report keeps it."""
        return asdict(self)


def head_on(session: Session, catalog: Catalog, day: date) -> ReportHead:
    """The head of that day's report. Raises RuleError for a day before the first form."""
    station = session.scalars(select(StationRow)).one()
    form = rule_on(catalog.daily_forms, day)
    unit = _unit(catalog, station.commune_code, day)
    province = _unit(catalog, unit[1], day)[0] if unit[1] else ""
    names = {
        "upper_plain": station.upper_name,
        "upper": station.upper_name.upper(),
        "commune": unit[0] or station.place_name,
        "province": province,
        "station": station.name,
    }
    recipients = (filled(text, names) for text in form.recipients)
    return ReportHead(
        parent=filled(form.parent, names),
        issuer=station.name.upper(),
        symbol=form.symbol,
        subject=form.subject,
        place=station.place_name,
        station=station.name,
        commune=names["commune"],
        signer_title=letterhead_in(session, catalog, day).head_title.upper(),
        signer=station.head_name,
        recipients=tuple(text for text in recipients if text.strip(" ;.")),
        training=station.training,
        confirmed=form.confirmed,
    )


def _unit(catalog: Catalog, code: str, day: date) -> tuple[str, str]:
    """A unit's name with its kind, and its province's code; empty for one that does not stand on that day."""
    unit = catalog.units.find(code, day)
    return (f"{unit.kind.lower()} {unit.name}".strip(), unit.province) if unit is not None else ("", "")
