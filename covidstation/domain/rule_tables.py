"""Reading one dated rule's TOML with care: a station edits it, so each word is hostile until it was looked at."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeVar

from covidstation.domain.bands import Band
from covidstation.domain.rule_sets import RuleError

M = TypeVar("M", bound=StrEnum)


class Table:
    """One table of a rule's TOML. Every reading raises RuleError with the field's name; `close` refuses the unread."""

    def __init__(self, table: object, place: str) -> None:
        if not isinstance(table, dict):
            raise RuleError(place)
        self._table: dict[str, Any] = table
        self._place = str(table.get("id", place))
        self._read: set[str] = set()

    def text(self, name: str, default: str | None = None) -> str:
        """A sentence, never empty unless the default is."""
        value = self._value(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.trouble(name)
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Yes or no."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise self.trouble(name)
        return value

    def answer(self, name: str) -> bool | None:
        """Yes, no, or left out."""
        return self.flag(name) if name in self._table else None

    def count(self, name: str, default: int | None = None) -> int:
        """A whole number from 0."""
        value = self._value(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.trouble(name)
        return value

    def optional_count(self, name: str) -> int | None:
        """A whole number from 0, or left out."""
        return self.count(name) if name in self._table else None

    def number(self, name: str) -> float:
        """A number, whole or not."""
        value = self._value(name, None)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.trouble(name)
        return float(value)

    def member(self, name: str, kind: type[M], default: str | None = None) -> M:
        """One of the known words."""
        try:
            return kind(self.text(name, default))
        except ValueError as trouble:
            raise self.trouble(name) from trouble

    def day(self, name: str) -> Any:
        """A date as TOML has it."""
        value = self._value(name, None)
        if type(value).__name__ != "date":
            raise self.trouble(name)
        return value

    def optional_day(self, name: str) -> Any:
        """A date, or None when left out."""
        return self.day(name) if name in self._table else None

    def dated(self) -> dict[str, Any]:
        """The fields of every dated rule (`rule_sets.Dated`)."""
        return {
            "id": self.text("id"),
            "title": self.text("title"),
            "valid_from": self.day("valid_from"),
            "valid_until": self.optional_day("valid_until"),
            "source": self.text("source"),
            "confirmed": self.flag("confirmed"),
        }

    def counts(self, name: str, least: int = 0) -> tuple[int, ...]:
        """A list of whole numbers from `least`, in their order, none twice."""
        value = self._value(name, None)
        good = isinstance(value, list) and all(type(one) is int and one >= least for one in value)
        if not isinstance(value, list) or not good or len(set(value)) < len(value):
            raise self.trouble(name)
        return tuple(sorted(value))

    def band(self) -> Band:
        """The ages that `from_months` and `below_months` name."""
        first, end = self.optional_count("from_months"), self.optional_count("below_months")
        if end is not None and end <= (first or 0):
            raise self.trouble("below_months")
        return Band(first, end)

    def texts(self, name: str, default: list[str] | None = None) -> list[str]:
        """A list of words, at least one unless the default has none."""
        value = self._value(name, default)
        if (
            not isinstance(value, list)
            or (default is None and not value)
            or not all(isinstance(one, str) for one in value)
        ):
            raise self.trouble(name)
        return value

    def plain_tables(self, name: str) -> list[Table]:
        """The tables of a list."""
        value = self._value(name, [])
        if not isinstance(value, list):
            raise self.trouble(name)
        return [Table(one, f"{name} {place}") for place, one in enumerate(value, 1)]

    def tables(self, name: str) -> list[Table]:
        """The tables of a list, each with an `id` of its own."""
        found = self.plain_tables(name)
        _refuse_doubles(one.text("id") for one in found)
        return found

    def close(self) -> None:
        """Refuse what nobody has read: a misspelt word would silently change a rule."""
        for name in self._table.keys() - self._read:
            raise self.trouble(name)

    def trouble(self, name: str) -> RuleError:
        """The error that names the place."""
        return RuleError(f"{self._place}: {name}")

    def _value(self, name: str, default: object) -> object:
        self._read.add(name)
        if name not in self._table and default is None:
            raise self.trouble(name)
        return self._table.get(name, default)


def _refuse_doubles(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise RuleError(f"{one}: id")
        seen.add(one)
