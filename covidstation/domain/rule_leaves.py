"""A rule's table as a list of single values that a person can read and change, and as TOML again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

FIXED: Final = frozenset(
    {"id", "valid_from", "valid_until", "confirmed"}
)  # of the rule itself: not a station's to edit
_NAMES: Final = ("title", "name", "question", "reason", "label", "sentence", "text", "code", "id")
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value: where it stands in the table, which part of the rule it belongs to, its key, and the value.

    `part` is empty for values of the rule itself; it is data's own words (a question, a sentence), never a key.
    """

    path: Steps
    part: str
    key: str
    value: Any

    @property
    def text(self) -> str:
        """As a field shows it: a list with commas, a number with the Vietnamese comma."""
        return shown(self.value)

    @property
    def is_number(self) -> bool:
        """Whether it is a threshold, a count, or a list of them."""
        values = self.value if isinstance(self.value, list) else [self.value]
        return bool(values) and all(isinstance(one, int | float) and not isinstance(one, bool) for one in values)


def shown(value: object) -> str:
    """A value in words: numbers with a comma, lists with `; ` between."""
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, list):
        return "; ".join(map(shown, value))
    return str(value)


def leaves(table: Mapping[str, Any]) -> tuple[Leaf, ...]:
    """All values of a rule but those that are not a station's to edit, in the file's order."""
    return tuple(leaf for leaf in _walk(table, (), "") if not (len(leaf.path) == 1 and leaf.key in FIXED))


def read_leaf(leaf: Leaf, text: str) -> Any:
    """The typed text as a value of the leaf's kind. Raises ValueError."""
    if isinstance(leaf.value, list):
        like = leaf.value[0] if leaf.value else ""
        return [_read(like, part) for part in text.split(";") if part.strip()]
    return _read(leaf.value, text)


def with_leaf(table: Mapping[str, Any], leaf: Leaf, value: object) -> dict[str, Any]:
    """The table with another value at that place; the given one stays as it is."""
    made: dict[str, Any] = deepcopy(dict(table))
    at: Any = made
    for step in leaf.path[:-1]:
        at = at[step]
    at[leaf.path[-1]] = value
    return made


def to_toml(table: Mapping[str, Any]) -> str:
    """The rule's body as TOML, without what the shipped rule says for good (`FIXED`)."""
    return "".join(f"{_key(key)} = {_toml(value)}\n" for key, value in table.items() if key not in FIXED)


def _walk(value: object, path: Steps, part: str) -> Iterator[Leaf]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key != "id" and key != "code":
                yield from _walk(inner, (*path, key), part)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, inner in enumerate(value):
            yield from _walk(inner, (*path, number), _part(inner))
    else:
        key = next(str(step) for step in reversed(path) if isinstance(step, str))
        yield Leaf(path, part, key, value)


def _part(table: Mapping[str, Any]) -> str:
    return next((str(table[name]) for name in _NAMES if table.get(name)), "")


def _read(like: object, text: str) -> Any:
    text = text.strip()
    if isinstance(like, bool):
        if text not in ("True", "False"):
            raise ValueError(text)
        return text == "True"
    if isinstance(like, int | float):
        number = float(text.replace(",", "."))
        return int(number) if number.is_integer() else number
    if isinstance(like, date):
        return date.fromisoformat(text)
    return text


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _toml(key)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else repr(value)
