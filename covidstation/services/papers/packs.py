"""The texts of the legal packs as the station has them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.rows import PackEditRow
from covidstation.db.session import Database
from covidstation.domain.packs import LegalPack, PackEdit, PackItem, check_edit, editable_items
from covidstation.domain.problems import errors
from covidstation.domain.rights import Right
from covidstation.errors import Refused
from covidstation.services.changes import Done, Kind, done
from covidstation.services.papers.facts import station_pack
from covidstation.services.rights import needs


@needs(Right.MANAGE)
def edit_pack(
    db: Database, pack_id: str, path: str, edit: PackEdit, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[None]:
    """Change one text of a pack for this station; issued papers keep theirs. Raises Refused."""
    pack = next(pack for pack in catalog.packs if pack.id == pack_id)
    found = errors(check_edit(pack, path, edit))
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        moment = now.replace(microsecond=0, tzinfo=None)
        session.add(
            PackEditRow(
                id=new_id(), pack_id=pack_id, path=path, text=edit.text, confirmed=edit.confirmed, edited_at=moment
            )
        )
    return done(None, Kind.PAPERS)


@needs(Right.SEE)
def pack_items(db: Database, catalog: Catalog, day: date) -> tuple[LegalPack, tuple[PackItem, ...]]:
    """The pack of a day and its texts as the station has them, for the settings page."""
    with db.read() as session:
        pack = station_pack(session, catalog, day)
        return pack, editable_items(pack)
