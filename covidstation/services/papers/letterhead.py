"""Whose sheet it is on that day: the body above the station, the station, and who signs for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.rows import StationRow
from covidstation.db.session import Database
from covidstation.domain.packs import LegalPack
from covidstation.domain.rights import Right
from covidstation.domain.text import fold
from covidstation.services.papers.facts import pack_terms, station_pack
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands at the head and the foot of a sheet without a number; `parent` may be empty."""

    parent: str
    station: str
    head_title: str  # under which the head of the station signs
    training: bool

    @property
    def line(self) -> str:
        """Both bodies on one line."""
        return " – ".join(filter(None, (self.parent, self.station)))


@needs(Right.SEE)
def letterhead(db: Database, catalog: Catalog, day: date) -> Letterhead:
    """That of the day of a sheet."""
    with db.read() as session:
        return letterhead_in(session, catalog, day)


def letterhead_in(session: Session, catalog: Catalog, day: date) -> Letterhead:
    """The same inside a session."""
    station = session.scalars(select(StationRow)).one()
    terms = pack_terms(session, catalog, station_pack(session, catalog, day), day)
    title = _head_title(catalog.packs, station.head_title, terms["head_title"])
    return Letterhead(terms["parent_body"], station.name, title, station.training)


def _head_title(packs: tuple[LegalPack, ...], own: str, usual: str) -> str:
    """The title of that day's law; the station's own where no law names it ("Phụ trách trạm", a deputy)."""
    known = {fold(word.text) for pack in packs for word in pack.terms["head_title"]}
    return own if own and fold(own) not in known else usual
