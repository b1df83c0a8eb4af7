"""What all tables of the hub share."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Dialect, MetaData, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from covidstation.db.rows import Base

to_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class JsonText(TypeDecorator[dict[str, Any]]):
    """An object as compact JSON text, Vietnamese letters as they are."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """The text."""
        return None if value is None else to_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        """The object again."""
        return None if value is None else json.loads(value)


class HubBase(DeclarativeBase):
    """The hub's tables are its own: no row of a station's register lies among them."""

    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
