"""What each role of the district may do on the pages of the hub (docs/hub-pages.md).

Whoever looks after the program sees no person, and whoever cares for people changes no users: a role has what its work
needs. `hub.web.doors` names the right of every page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class HubRole(StrEnum):
    """Who somebody is at the district."""

    ADMIN = "admin"
    EPIDEMIOLOGY = "epidemiology"
    DATA = "data"
    READ_ONLY = "read_only"


class HubRight(StrEnum):
    """One kind of act."""

    OWN = "own"  # one's own passphrase and sessions
    FIGURES = "figures"  # communes, figures, reports: nobody's name among them
    CARRY = "carry"  # bundles in and answers out; what was set aside
    EXPORT = "export"  # lists as files
    PEOPLE = "people"  # look at people, numbers masked
    REVEAL = "reveal"  # a whole number, with a reason
    DECIDE = "decide"  # conflicts, moves
    TELL = "tell"  # announcements, questions, targets for stations
    ENROL = "enrol"  # stations and their keys
    USERS = "users"
    AUDIT = "audit"  # who did what


_WATCHING: Final = frozenset({HubRight.OWN, HubRight.FIGURES})
_CARRYING: Final = _WATCHING | {HubRight.CARRY, HubRight.EXPORT}

RIGHTS_OF: Final[Mapping[HubRole, frozenset[HubRight]]] = {
    HubRole.ADMIN: _CARRYING | {HubRight.ENROL, HubRight.USERS, HubRight.AUDIT},
    HubRole.EPIDEMIOLOGY: _CARRYING | {HubRight.PEOPLE, HubRight.REVEAL, HubRight.DECIDE, HubRight.TELL},
    HubRole.DATA: _CARRYING,
    HubRole.READ_ONLY: _WATCHING,
}


@dataclass(frozen=True, slots=True)
class HubActor:
    """Who is signed in."""

    id: UUID
    login: str
    name: str
    role: HubRole
    must_change: bool = False

    def may(self, right: HubRight) -> bool:
        """Whether the role has the right."""
        return right in RIGHTS_OF[self.role]
