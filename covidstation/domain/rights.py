"""What each role may do (docs/roles.md). A service names the right that it needs; the person who unlocked has a role.

In a station of four people a nurse does nearly everything: rights keep an observer from changing, a helper from
deciding, and everybody but the head from changing the station's own rules and users.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.station import Role


class Right(StrEnum):
    """One kind of act."""

    OWN = "own"  # one's own passphrase, colours, half-typed forms
    SEE = "see"  # look at people, lists, figures
    PRINT = "print"  # sheets and lists with people on them
    ENTER = "enter"  # people, cases, contacts, checks, tests, deliveries
    SEND = "send"  # bundles to the district, receipts, copies of the register
    TREAT = "treat"  # triage, medicines, transfers, endings, lengths of isolation
    ISSUE = "issue"  # papers with a number
    REPORT = "report"  # freeze the daily report
    EXPORT = "export"  # readable files that leave the register
    MANAGE = "manage"  # the station, its users, rules, forms; restoring, purging


_WATCHING: Final = frozenset({Right.OWN, Right.SEE})
_ENTERING: Final = _WATCHING | {Right.PRINT, Right.ENTER, Right.SEND}
_TREATING: Final = _ENTERING | {Right.TREAT, Right.ISSUE, Right.REPORT, Right.EXPORT}

RIGHTS_OF: Final[Mapping[Role, frozenset[Right]]] = {
    Role.HEAD: _TREATING | {Right.MANAGE},
    Role.CLINICIAN: _TREATING,
    Role.DATA_ENTRY: _ENTERING,
    Role.READ_ONLY: _WATCHING,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who unlocked the register. `id` is None for whoever holds the recovery code: the head of station for once."""

    id: UUID | None
    name: str
    role: Role

    def may(self, right: Right) -> bool:
        """Whether the role has the right."""
        return right in RIGHTS_OF[self.role]
