"""The last net under every text field: whatever a service forgot, a row holds only text that can be seen, and sent.

Each service checks and cleans its own fields, and its problems stand beside them; this is for the one that does not.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from sqlalchemy import String, inspect

from covidstation.db.rows import Synced
from covidstation.domain.text import clean_block
from covidstation.errors import UserError

MOST_TEXT: Final = 20_000  # letters of one field: a rule's body; a few of them still fit into one line of a bundle


def fit(row: Synced) -> None:
    """Drop what cannot be seen from the row's texts (`domain.text`). Raises UserError forms.text_long."""
    for name in _texts(type(row)):
        text = row.__dict__.get(name)
        if not isinstance(text, str) or (text.isascii() and text.isprintable() and len(text) <= MOST_TEXT):
            continue
        if len(text) > MOST_TEXT:
            raise UserError("forms.text_long", count=len(text), most=MOST_TEXT)
        if (seen := clean_block(text)) != text:
            setattr(row, name, seen)


@cache
def _texts(kind: type[Synced]) -> tuple[str, ...]:
    columns = inspect(kind).columns
    return tuple(
        name for name, column in columns.items() if name not in kind.local_fields and isinstance(column.type, String)
    )
