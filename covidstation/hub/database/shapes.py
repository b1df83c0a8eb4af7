"""What the fields of known tables look like on the way: the station's own columns say so (`db.rows`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, String, Uuid
from sqlalchemy.sql.type_api import TypeEngine

from covidstation.db.rows import Base, Synced
from covidstation.domain.canonical import is_hex

Shape = tuple[frozenset[type], Callable[[Any], bool] | None]  # the JSON types, and a closer look at the value


def _is_date(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_moment(value: str) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_id(value: str) -> bool:
    return is_hex(value, 32)


_SHAPES: Final[Mapping[type[TypeEngine[Any]], Shape]] = {
    Uuid: (frozenset({str}), _is_id),
    DateTime: (frozenset({str}), _is_moment),
    Date: (frozenset({str}), _is_date),
    Boolean: (frozenset({bool}), None),
    Integer: (frozenset({int}), None),
    Float: (frozenset({float, int}), None),
    JSON: (frozenset({list, dict}), None),
    String: (frozenset({str}), None),
}


@cache
def _tables() -> Mapping[str, Mapping[str, Shape]]:
    """The shape of each field that travels, by table."""
    return {
        mapper.local_table.name: {  # type: ignore[attr-defined]
            name: shape
            for name, column in mapper.columns.items()
            for kind, shape in _SHAPES.items()
            if name not in mapper.class_.local_fields and isinstance(column.type, kind)
        }
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Synced)
    }


@lru_cache(maxsize=2048)
def _looks(table: str, names: tuple[str, ...], types: tuple[type, ...]) -> Mapping[str, Callable[[Any], bool]] | None:
    """For fields of these types: which of them need a closer look; None when a type alone is wrong.

    A bundle has thousands of rows and a handful of such combinations, so nearly every answer is remembered.
    """
    shapes = _tables().get(table, {})
    looks = {}
    for name, kind in zip(names, types, strict=True):
        types_of_field, look = shapes.get(name, (frozenset({kind}), None))
        if kind is type(None):
            continue
        if kind not in types_of_field:
            return None
        if look is not None:
            looks[name] = look
    return looks


def fits(table: str, fields: Mapping[str, Any]) -> bool:
    """Whether each value can be what the station's register has there.

    Tables and fields that this version does not know pass: a newer station sent them, and they are kept.
    """
    looks = _looks(table, tuple(fields), tuple(map(type, fields.values())))
    return looks is not None and all(look(fields[name]) for name, look in looks.items())
