"""What a register holds, as one hash: every row that travels with its values and stamps, in an order of its own."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import inspect, select

from covidstation.db.journal import plain
from covidstation.db.rows import Base, NumberBookRow, Synced
from covidstation.db.session import Database

OF_THIS_PC = {"app_user"}  # a passphrase given on the new PC is a change of its own


def record_set(db: Database) -> dict[str, dict[str, str]]:
    """By table and row: its fields, made, rev and stamps as JSON; and the book of numbers."""
    found: dict[str, dict[str, str]] = {}
    with db.read() as session:
        for mapper in Base.registry.mappers:
            row_class = mapper.class_
            if not issubclass(row_class, Synced) or row_class.__tablename__ in OF_THIS_PC:
                continue
            rows = found.setdefault(row_class.__tablename__, {})
            for row in session.scalars(select(row_class)):
                names = [one for one in inspect(row_class).columns.keys() if one not in ("n", "id")]  # noqa: SIM118
                values = {name: plain(getattr(row, name)) for name in names}
                rows[row.id.hex] = json.dumps(values, sort_keys=True, default=str)
        book = found.setdefault("number_book", {})
        for row in session.scalars(select(NumberBookRow)):
            book[f"{row.symbol} {row.year} {row.number}"] = str(row.paper_id)
    return found


def record_hash(db: Database) -> str:
    """Equal when the registers hold the same."""
    return hashlib.sha256(json.dumps(record_set(db), sort_keys=True).encode()).hexdigest()
