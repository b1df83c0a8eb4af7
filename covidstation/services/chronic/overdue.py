"""Who has waited too long for a visit of their chronic disease: what Hôm nay says of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.chronic import ChronicFilter, ChronicLine, ChronicView, list_chronic
from covidstation.db.session import Database
from covidstation.domain.age_groups import age_groups_on
from covidstation.domain.rights import Right
from covidstation.services.rights import needs

NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class ChronicWaiting:
    """How many are overdue, and the gravest of them: who was not under control first, then who waits longest."""

    count: int = 0
    first: tuple[ChronicLine, ...] = ()


@needs(Right.SEE)
def chronic_waiting(
    db: Database, catalog: Catalog, today: date, *, hamlets: Collection[UUID | None] | None = None
) -> ChronicWaiting:
    """The list of the overdue on its page, of these hamlets alone if any are named."""
    here = None if hamlets is None else frozenset(hamlets)
    elder_from = age_groups_on(catalog.age_groups, today).elder_from
    found = list_chronic(db, ChronicFilter(ChronicView.OVERDUE, hamlets=here), today=today, elder_from=elder_from)
    return ChronicWaiting(len(found), tuple(found.lines(0, NAMED)) if len(found) else ())
