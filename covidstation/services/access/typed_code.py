"""The recovery code while somebody types it from paper: its groups as they stand there, and the one that is wrong.

Nothing secret is asked: each group bears its own check letter. Light, since the unlock card needs it.
"""

from __future__ import annotations

from typing import Final

from covidstation.db.codes import groups_of, read_recovery_code
from covidstation.errors import UserError

ON_A_LINE: Final = 4


def code_lines(text: str) -> str:
    """The groups four to a line, as the sheet has them; empty for nothing."""
    groups = groups_of(text)
    return "\n".join("-".join(groups[at : at + ON_A_LINE]) for at in range(0, len(groups), ON_A_LINE))


def code_trouble(text: str) -> UserError | None:
    """Why this cannot be a recovery code (keys.code_garbled with the number of the group); None when it can."""
    try:
        read_recovery_code(text)
    except UserError as trouble:
        return trouble
    return None
