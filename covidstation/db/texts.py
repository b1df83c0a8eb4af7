"""The last net under every text field: whatever a service forgot, a row holds only text that can be seen, and sent.

Each service checks and cleans its own fields, and its problems stand beside them; this is for the one that does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import JSON, String, inspect

from covidstation.db.rows import Synced
from covidstation.domain.text import NAME_LIMIT, clean, clean_block
from covidstation.errors import UserError

# Letters. All the texts of a row at their longest still fit into one line of a bundle (`ops.MOST_LINE`).
MOST_BLOCK: Final = 20_000  # a rule's body
MOST_LINE: Final = 4_000  # a note
MOST_CODE: Final = 80  # of a list


def fit(row: Synced) -> None:
    """Make the row's texts and lists of codes such as are kept (`domain.text`). Raises UserError forms.text_long."""
    for name in _texts(type(row)):
        value = row.__dict__.get(name)
        if isinstance(value, str):
            block = name in row.blocks
            most = NAME_LIMIT if name.endswith("name") else MOST_BLOCK if block else MOST_LINE
            kept: str | list[object] = _fitted(value, most, clean_block if block else clean)
        elif isinstance(value, list):
            kept = [_fitted(one, MOST_CODE, clean) if isinstance(one, str) else one for one in value]
        else:
            continue
        if kept != value:
            setattr(row, name, kept)


def _fitted(text: str, most: int, tidy: Callable[[str], str]) -> str:
    if len(text) > most:
        raise UserError("forms.text_long", count=len(text), most=most)
    return tidy(text)


def _texts(kind: type[Synced]) -> tuple[str, ...]:
    if kind not in _known:
        _known[kind] = tuple(
            name
            for name, column in inspect(kind).columns.items()
            if name not in kind.local_fields | kind.as_came and isinstance(column.type, String | JSON)
        )
    return _known[kind]


_known: Final[dict[type[Synced], tuple[str, ...]]] = {}
