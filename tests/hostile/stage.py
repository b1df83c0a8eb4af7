"""A register in the middle of its work, the texts of a form, and what the journal took of them."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from covidstation.db.queries.deliveries import deliveries_of
from covidstation.db.rows import FollowUpRow, JournalRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.ops import decode_op
from covidstation.domain.packs import PaperKind
from covidstation.services.access.entrance import REGISTER
from covidstation.services.households.moving import MoveDraft, move_people
from covidstation.services.places import add_hamlet, add_sub_point
from tests.services import outbreak, samples
from tests.services.samples import NOW, TODAY, USER, catalog

LOCAL = NOW.replace(tzinfo=None)
WHO: dict[str, Any] = {"by": None, "by_name": USER}
ALL: dict[str, Any] = {"catalog": catalog(), "by": None, "now": NOW}


@dataclass(frozen=True)
class Stage:
    """A register in which every act has somebody to be done to, and where its files lie."""

    folder: Path
    key: bytes
    one: UUID  # an illness
    person: UUID
    visit: UUID
    alert: UUID
    giving: UUID
    contact: UUID
    paper: UUID
    delivered: UUID
    away: UUID  # a transfer of somebody who is away
    follow_up: UUID
    hamlet: UUID
    sub_point: UUID
    home: UUID  # a household of two
    member: UUID  # of it, not its head

    @contextmanager
    def copied(self, to: Path) -> Iterator[Database]:
        """A copy of the register, open; gone afterwards."""
        shutil.copytree(self.folder, to)
        db = opened(to, self.key)
        try:
            yield db
        finally:
            db.engine.dispose()
            shutil.rmtree(to)


def opened(folder: Path, key: bytes) -> Database:
    """The register of that folder, past the passphrase."""
    path = folder / REGISTER
    return Database(make_engine(path, key), path, key)


def set_stage(folder: Path) -> Stage:
    """A station in the middle of its work."""
    samples.found(folder)
    db = samples.opened(folder).db
    key = db.key
    hamlet = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    point = add_sub_point(db, "Điểm trạm Nậm Ngá", "Bản Nậm Ngá", by=None, now=NOW).value
    one = outbreak.case(db, 1)
    seen = outbreak.check(db, one, outbreak.ILL)
    (contact,) = outbreak.enter_household(db, one, (20,))
    gone = outbreak.case(db, 2)
    away = outbreak.send_away(db, gone)
    well = outbreak.case(db, 3)
    end = outbreak.recover(db, well)
    outbreak.deliver(db, (end.id,))
    order = outbreak.issue(db, PaperKind.ISOLATION_ORDER, one.id)
    giving = outbreak.hand_out(db, one)
    head, member = (outbreak.came(db, hamlet, number) for number in (70, 71))
    move = MoveDraft(people=(member.person_id,), household_id=head.household_id, day=TODAY)
    move_people(db, move, now=NOW, **WHO)
    with db.read() as session:
        follow_up = session.scalars(select(FollowUpRow.id)).first()
    stage = Stage(
        folder, key, one.id, one.person_id, seen.visit.id, seen.alerts[0].id, giving, contact, order.id,
        deliveries_of(db, [end.id])[end.id].id, away.id, follow_up, hamlet, point,
        head.household_id, member.person_id,
    )  # fmt: skip
    db.close()
    return stage


@dataclass(frozen=True)
class Form:
    """A filled form and what keeps it. `unused` are texts that this act takes from elsewhere, or does not keep."""

    draft: Any
    act: Callable[[Stage, Database, Any], object]
    unused: frozenset[str] = frozenset()

    def fields(self) -> dict[str, Callable[[str], Any]]:
        """Each text that the act keeps: its name, and the draft with another text there."""
        return {name: put for name, put in text_fields(self.draft) if name not in self.unused}


def text_fields(value: Any, at: str = "") -> Iterator[tuple[str, Callable[[str], Any]]]:
    """Each text in a draft, however deep: its name, and the draft with another text there."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield at, lambda text: text
    elif isinstance(value, frozenset) and all(isinstance(one, str) for one in value):
        yield at, lambda text: frozenset({text})
    else:
        for name, inner, put in _parts(value):
            for field, deep in text_fields(inner, f"{at}{name}".lstrip(".")):
                yield field, lambda text, put=put, deep=deep: put(deep(text))


def _parts(value: Any) -> Iterator[tuple[str, Any, Callable[[Any], Any]]]:
    """What a value is made of: the name of a part, the part, and the value with another one there."""
    if isinstance(value, tuple) and value:
        yield "[0]", value[0], lambda one: (one, *value[1:])
    elif isinstance(value, Mapping):
        for key in value:
            yield f"[{key}]", value[key], lambda one, key=key: {**value, key: one}
    elif dataclasses.is_dataclass(value):
        for name in (field.name for field in dataclasses.fields(value)):
            yield f".{name}", getattr(value, name), lambda one, name=name: replace(value, **{name: one})


def last_seq(db: Database) -> int:
    """The number of the newest journal line."""
    with db.read() as session:
        return session.scalars(select(JournalRow.seq).order_by(JournalRow.seq.desc()).limit(1)).first() or 0


def texts_since(db: Database, seq: int) -> list[str]:
    """Every text that the journal took after that number."""
    with db.read() as session:
        lines = session.scalars(select(JournalRow.line).where(JournalRow.seq > seq))
        return [text for line in lines for text in _texts(dict(decode_op(line).fields))]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
