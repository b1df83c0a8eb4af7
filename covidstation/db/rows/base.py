"""What all tables share, and what all synced rows share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID, SafeUUID

from sqlalchemy import JSON, BigInteger, Dialect, Index, MetaData, Uuid, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


@lru_cache(maxsize=16_384)
def _uuid(text: str | None) -> UUID | None:
    """Of 32 hexadecimal letters, past the checks of `UUID()`: a list of 900 people reads thousands of ids, and the next
    look at it the same ones again."""
    if text is None:
        return None
    made = _new(UUID)
    _put(made, "int", int(text, 16))
    _put(made, "is_safe", _UNKNOWN)
    return made


_new, _put = object.__new__, object.__setattr__
_UNKNOWN = SafeUUID.unknown  # asked for once: an enum's member takes longer than the number


class Id(Uuid[UUID]):
    """An id as SQLite keeps it, read three times as fast."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """How a stored value becomes a UUID."""
        usual: Callable[[Any], Any] | None = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]
        return _uuid if dialect.name == "sqlite" else usual


class Base(DeclarativeBase):
    """Named constraints, so that a migration can speak of each."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Id,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[int]: JSON,
        list[dict[str, Any]]: JSON,
    }


def voids_index(table: str) -> Index:
    """For a table of which each row may void an earlier one: the few rows that do."""
    return Index(f"ix_{table}_voids", "voids", sqlite_where=text("voids IS NOT NULL"))


class Synced:
    """A row that travels. Written only through the ORM: `db.journal` sets the stamps and adds the journal line.

    `made` is the stamp of the insert and stands for every field that `stamps` does not name; `rev` is the newest.
    No foreign keys and no UNIQUE but the primary key between things that travel apart (docs/adr/0003).
    """

    blocks: ClassVar[frozenset[str]] = frozenset()  # texts of several lines; all others are one (`db.texts`)
    as_came: ClassVar[frozenset[str]] = frozenset()  # texts that nobody typed: kept to the letter
    local_fields: ClassVar[frozenset[str]] = frozenset({"n", "id", "rev", "made", "stamps", "extra"})

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(Id, unique=True)
    rev: Mapped[int] = mapped_column(BigInteger, default=0)
    made: Mapped[int] = mapped_column(BigInteger, default=0)
    stamps: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # fields of a newer version
