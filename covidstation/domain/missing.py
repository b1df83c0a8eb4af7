"""What a person's papers can lack, and what would put it right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind

RECENT_DAYS: Final = 30
"""Who ended longer ago is no longer asked for papers; the register still shows what they have."""


class MissingKind(StrEnum):
    """What is missing, in the order in which it is put right: an order before its end, a paper before its delivery."""

    ORDER = "order"
    CONTACT_ORDER = "contact_order"
    REFERRAL = "referral"
    ENDING = "ending"
    CONTACT_RELEASE = "contact_release"
    ORDER_DELIVERY = "order_delivery"
    CONTACT_ORDER_DELIVERY = "contact_order_delivery"
    ENDING_DELIVERY = "ending_delivery"
    CONTACT_RELEASE_DELIVERY = "contact_release_delivery"


RANK: Final[Mapping[MissingKind, int]] = {kind: at for at, kind in enumerate(MissingKind)}
DELIVERIES: Final = frozenset(kind for kind in MissingKind if kind.value.endswith("_delivery"))
OF_CONTACTS: Final = frozenset(kind for kind in MissingKind if kind.value.startswith("contact_"))


class Lack(NamedTuple):
    """A `MissingLine` before anybody asks whose it is: enough to count, and cheap to have by thousands."""

    kind: MissingKind
    since: date
    paper: PaperKind
    person_id: UUID
    subject_id: UUID
    starts_on: date | None = None
    until: date | None = None
    opening_id: UUID | None = None
    paper_id: UUID | None = None
    number: str = ""
    about_id: UUID | None = None

    @property
    def delivers(self) -> bool:
        """Whether the paper is there and must be brought; else it must be issued."""
        return self.kind in DELIVERIES


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingLine:
    """One thing that one person's papers lack.

    `subject_id` is the illness, for an F1 the contact; `about_id` the transfer of a referral. `paper` is the kind to be
    issued, `paper_id` with its printed `number` the one to be delivered. `since` is the day from which it was missing.
    """

    kind: MissingKind
    person_id: UUID
    full_name: str
    birth: PartialDate | None
    hamlet_id: UUID | None
    hamlet: str
    household_id: UUID | None
    subject_id: UUID
    since: date
    paper: PaperKind
    about_id: UUID | None = None
    paper_id: UUID | None = None
    number: str = ""
    starts_on: date | None = None  # the first and last day that the paper would name
    until: date | None = None
    opening_id: UUID | None = None  # the order that the paper would end
    sort_key: str = ""  # of the name

    @property
    def delivers(self) -> bool:
        """Whether the paper is there and must be brought; else it must be issued."""
        return self.kind in DELIVERIES

    @property
    def of_contact(self) -> bool:
        """Whether the person is an F1."""
        return self.kind in OF_CONTACTS

    @property
    def key(self) -> tuple[str, UUID, UUID | None]:
        """What stays the same when the list is read again."""
        return self.kind.value, self.subject_id, self.paper_id or self.about_id


@dataclass(frozen=True, slots=True)
class Errand:
    """One paper to be issued: its kind, the illnesses (or contacts) on it, and their names."""

    kind: PaperKind
    subject_ids: tuple[UUID, ...]
    names: tuple[str, ...]
    about_id: UUID | None = None


def errands(lines: Iterable[MissingLine], *, together: bool = False) -> list[Errand]:
    """The papers to issue for these lines, orders before endings.

    `together`: people of one household whose paper would name the same days (and end the same order) share one; a
    referral is always of one person.
    """
    groups: dict[tuple[object, ...], list[MissingLine]] = {}
    wanted = [line for line in lines if not line.delivers]
    for line in sorted(wanted, key=lambda line: RANK[line.kind]):  # stable: the order given holds within a kind
        alone = not together or line.household_id is None or line.about_id is not None
        days = (line.starts_on, line.until, line.opening_id)
        key = (line.kind, line.subject_id, line.about_id) if alone else (line.kind, line.household_id, *days)
        groups.setdefault(key, []).append(line)
    return [
        Errand(
            group[0].paper,
            tuple(line.subject_id for line in group),
            tuple(line.full_name for line in group),
            group[0].about_id,
        )
        for group in groups.values()
    ]
