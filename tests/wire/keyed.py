"""Hands of the tests of keys that change: asking, carrying by stick, looking at both ends."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from covidstation.db.session import Database
from covidstation.domain.district import ItemKind
from covidstation.hub.database.store import Hub
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.rows import EnrolmentRow
from covidstation.services.exchange.bundles import Taken, export_changes, import_files
from covidstation.services.exchange.enrolment import identity_of
from covidstation.services.exchange.rekeying import ask_new_keys
from covidstation.services.upkeep.check import check_register
from tests.wire.ends import (
    now,
)


def key_of(db: Database) -> str:
    with db.read() as session:
        return identity_of(session).sign.id


def in_force(hub: Hub) -> set[str]:
    with hub.db.read() as session:
        return set(session.scalars(select(EnrolmentRow.key_id).where(EnrolmentRow.revoked_at.is_(None))))


def ask(db: Database) -> bool:
    return ask_new_keys(db, by=None, now=now()).value


def carry(db: Database, hub: Hub, stick: Path) -> tuple[list[Outcome], list[Taken]]:
    """There and back by stick; nothing is refused on either side."""
    export_changes(db, stick, by=None, now=now())
    there = list(import_place(hub, stick, now=now()))
    assert [one.trouble for one in there if one.trouble] == []
    list(export_answers(hub, stick, now=now()))
    back = import_files(db, stick, by=None, now=now()).value
    assert [one.trouble for one in back if one.trouble] == []
    return [one.outcome for one in there], [one.outcome for one in back]


def tell(hub: Hub, title: str) -> None:
    draft = ItemDraft(kind=ItemKind.ANNOUNCEMENT, title=title, body="Hai giờ chiều, ở huyện.")
    with hub.db.write(None, now()) as session:
        make_item(session, hub, draft, Author("BS. Lò Thị Hoa"), now=now())


def whole(db: Database) -> None:
    """Nothing is wrong with the register itself."""
    of_the_pc = ("backup", "space", "clock", "drill", "place", "keys")
    found = check_register(db, db.path.parent)
    assert [one.code for one in found if not one.good and not one.code.startswith(of_the_pc)] == []
