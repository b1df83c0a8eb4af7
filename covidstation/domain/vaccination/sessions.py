"""A vaccination session: how it is planned, where somebody stands in it, and its vials down to the last dose.

Of every lot that was taken out it holds: taken + drawn over the label = given + wasted + left + a difference that is
explained (docs/adr/0044).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from covidstation.domain.problems import Problem, too_long
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT, fold
from covidstation.domain.vaccination.screening import Outcome

MOST_AHEAD: Final = timedelta(days=366)
MOST_VIALS: Final = 2_000
MOST_PER_VIAL: Final = 100


class SessionPart(StrEnum):
    """The part of the day, as the national portal names them; an unknown word reads as the whole day."""

    MORNING = "MORNING"
    AFTERNOON = "AFTERNOON"
    WHOLE = "WHOLE"

    @classmethod
    def _missing_(cls, value: object) -> SessionPart:
        return cls.WHOLE


class SessionPlace(StrEnum):
    """Where it is held; an unknown word reads as at the station."""

    STATION = "STATION"
    HAMLET = "HAMLET"
    HOME = "HOME"

    @classmethod
    def _missing_(cls, value: object) -> SessionPlace:
        return cls.STATION


class SessionStatus(StrEnum):
    """How far it has come; an unknown word reads as running: nothing of it is hidden then."""

    PLANNED = "PLANNED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"

    @classmethod
    def _missing_(cls, value: object) -> SessionStatus:
        return cls.OPEN


class Step(StrEnum):
    """Where somebody stands in a session."""

    EXPECTED = "EXPECTED"  # invited, not yet come
    COME = "COME"  # waits for the screening
    SCREENED = "SCREENED"  # waits for the injection
    OBSERVED = "OBSERVED"  # had it, and sits under observation
    LEFT = "LEFT"  # had it and went home
    ENDED = "ENDED"  # went without


class NoDose(StrEnum):
    """Why somebody went without; in the order of the result report. An unknown word reads as put off."""

    HOSPITAL = "HOSPITAL"  # sent to a hospital to be vaccinated there
    REFUSED = "REFUSED"
    DEFERRED = "DEFERRED"
    CONTRAINDICATED = "CONTRAINDICATED"
    WENT = "WENT"  # went away before it came to that

    @classmethod
    def _missing_(cls, value: object) -> NoDose:
        return cls.DEFERRED


class Consent(StrEnum):
    """What was said when asked."""

    UNASKED = ""
    YES = "YES"
    NO = "NO"

    @classmethod
    def _missing_(cls, value: object) -> Consent:
        return cls.UNASKED


class WasteReason(StrEnum):
    """Why a dose went into nobody; an unknown word reads as another reason."""

    LEFTOVER = "LEFTOVER"  # what is left of an opened vial at the end
    OVERTIME = "OVERTIME"  # opened too long ago
    BROKEN = "BROKEN"
    SPILLED = "SPILLED"  # lost when drawn up
    COLD_CHAIN = "COLD_CHAIN"  # too warm or frozen
    DOUBT = "DOUBT"  # cloudy, particles, no label
    OTHER = "OTHER"
    DRAWN_OVER = "DRAWN_OVER"  # no loss: a dose more than the label says

    @classmethod
    def _missing_(cls, value: object) -> WasteReason:
        return cls.OTHER


SPOILS: Final = frozenset({WasteReason.BROKEN, WasteReason.COLD_CHAIN, WasteReason.DOUBT})
"""Why nothing more comes out of a vial that was lost to its last dose, whatever is taken back into it."""


_SEATS: Final = UUID("5b0f4d1e-0f63-4a52-9f0d-7d2c0f3a9c11")


def seat_of(session_id: UUID, person_id: UUID) -> UUID:
    """The row of somebody in a session. Two copies of a register that both add them write the same row."""
    return uuid5(_SEATS, f"{session_id}/{person_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDraft:
    """What is planned. `campaign`: the round of the province, as its report names it; `team`: who does what."""

    day: date | None = None
    part: SessionPart = SessionPart.WHOLE
    place: SessionPlace = SessionPlace.STATION
    hamlet_id: UUID | None = None
    address: str = ""
    campaign: str = ""
    team: str = ""
    note: str = ""

    @property
    def where(self) -> tuple[SessionPlace, UUID | None, str]:
        """What two sessions at one place have in common."""
        return self.place, self.hamlet_id if self.place is SessionPlace.HAMLET else None, fold(self.address)

    def meets(self, other: SessionDraft) -> bool:
        """Whether both are held at one place in the same part of one day."""
        parts = {self.part, other.part}
        return self.day == other.day and self.where == other.where and (len(parts) == 1 or SessionPart.WHOLE in parts)


def check_session(draft: SessionDraft, today: date, *, day_said: bool = True) -> list[Problem]:
    """What a form shows beside its fields; `day_said`: its day is said now, not kept as it was."""
    found: list[Problem] = []
    if draft.day is None:
        found.append(Problem("day", "vaccine_session.day_missing"))
    elif draft.day > today + MOST_AHEAD:
        found.append(Problem("day", "vaccine_session.day_far"))
    elif day_said and draft.day < today:
        found.append(Problem("day", "vaccine_session.day_over", {"day": f"{draft.day:%d/%m/%Y}"}, "warning"))
    if draft.place is SessionPlace.HAMLET and draft.hamlet_id is None and not draft.address:
        found.append(Problem("hamlet_id", "vaccine_session.hamlet_missing"))
    for field in ("address", "campaign"):
        found += too_long(field, getattr(draft, field), NAME_LIMIT)
    for field in ("team", "note"):
        found += too_long(field, getattr(draft, field), TEXT_LIMIT)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Vial:
    """One opened vial; `extra`: doses drawn over what its label says; `twin`: a letter, where two vials of its lot have
    its number."""

    id: UUID
    take_id: UUID
    number: int
    opened_at: datetime
    doses: int
    extra: int = 0
    given: int = 0
    wasted: int = 0
    closed: bool = False
    twin: str = ""

    @property
    def label(self) -> str:
        """Its number as the nurse tells it: `2`, or `2B` where two computers opened a second vial of the lot."""
        return f"{self.number}{self.twin}"

    @property
    def left(self) -> int:
        """Doses that may still be in it."""
        return max(0, self.doses + self.extra - self.given - self.wasted)

    @property
    def untouched(self) -> bool:
        """Whether nothing that stands came out of it: neither given, lost nor drawn over the label."""
        return not (self.given or self.wasted or self.extra)

    def good_until(self, minutes: int) -> datetime:
        """Until when it may be used by the rule."""
        return self.opened_at + timedelta(minutes=minutes)

    def usable(self, now: datetime, minutes: int) -> bool:
        """Whether the next dose may come out of it."""
        return not self.closed and self.left > 0 and now <= self.good_until(minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """What was taken out of one lot, with what became of it. `left` is what was counted at the end, in doses. `waits`:
    the lot was outside the bounds of its fridge and nobody has decided of it (docs/adr/0048)."""

    id: UUID
    lot_id: UUID
    product: str
    product_name: str
    lot_number: str
    expiry: date | None
    vials: int
    per_vial: int
    opened: tuple[Vial, ...] = ()
    given: int = 0
    wasted: int = 0
    left: int | None = None
    difference_reason: str = ""
    waits: bool = False
    last_number: int = 0  # of a vial of its lot in the session: two computers may have taken one lot along

    @property
    def next_number(self) -> int:
        """The number of the vial that is opened next."""
        return max([self.last_number, *(vial.number for vial in self.opened)]) + 1

    @property
    def extra(self) -> int:
        """Doses drawn over the labels."""
        return sum(vial.extra for vial in self.opened)

    @property
    def taken(self) -> int:
        """Doses that went out of the store with it."""
        return self.vials * self.per_vial + self.extra

    @property
    def unopened(self) -> int:
        """Vials that nobody has opened."""
        return max(0, self.vials - len(self.opened))

    @property
    def should_be(self) -> int:
        """Doses that should be left by the book."""
        return self.taken - self.given - self.wasted

    def leftovers(self) -> tuple[tuple[UUID, int], ...]:
        """What is written off of each opened vial when the session ends. Doses of the lot that name no vial (put right
        since) came out of one of them."""
        loose, found = self.given - sum(vial.given for vial in self.opened), []
        for vial in self.opened:
            gone = min(max(loose, 0), vial.left)
            loose -= gone
            if vial.left > gone:
                found.append((vial.id, vial.left - gone))
        return tuple(found)

    @property
    def to_count(self) -> int:
        """Doses in vials that nobody opened, by the book: what is counted when the session ends."""
        return self.should_be - sum(doses for _vial, doses in self.leftovers())

    def difference(self, left: int) -> int:
        """How many more than there are should be there; below nothing: more are there than should be."""
        return self.should_be - left

    @property
    def settled(self) -> bool:
        """Whether it was counted, and what did not fit was explained."""
        return self.left is not None and (not self.difference(self.left) or bool(self.difference_reason))


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where the next dose comes out: the opened vial, or a new one of that take, by its number."""

    take: Take
    vial: Vial | None
    number: int

    @property
    def source(self) -> tuple[object, ...]:
        """What must be the same for two to be one: the vaccine, its lot, the vial or the number of a new one."""
        take, vial = self.take, self.vial
        said = (take.id, take.lot_id, take.product, take.lot_number, take.expiry)
        return (*said, vial.id if vial is not None else None, self.number)

    @property
    def label(self) -> str:
        """The number of the vial as the nurse tells it."""
        return self.vial.label if self.vial is not None else f"{self.number}"


def next_drawing(
    takes: Iterable[Take], day: date, now: datetime, minutes: int, *, product: str | None = None
) -> Drawing | None:
    """The vial for the next dose: an opened one goes on, the oldest first; else one of what expires first is opened.

    None when nothing of the `product` (None: of whatever there is) is left that may be given on that day. A lot that
    waits for a decision is not given.
    """
    wanted = [one for one in takes if not one.waits and (product is None or one.product == product)]
    good = [one for one in wanted if one.expiry is None or one.expiry >= day]
    opened = [
        (vial.opened_at, vial.number, one, vial) for one in good for vial in one.opened if vial.usable(now, minutes)
    ]
    if opened:
        _at, number, take, vial = min(opened, key=lambda found: (found[0], found[1]))
        return Drawing(take, vial, number)
    closed = [one for one in good if one.unopened]
    if not closed:
        return None
    take = min(closed, key=lambda one: (one.expiry or date.max, one.lot_number, one.id))
    return Drawing(take, None, take.next_number)


def usual_product(takes: Sequence[Take], had: Sequence[str]) -> str | None:
    """The vaccine for somebody who `had` these, the last one last: the last of them that the session took along, even
    when it is used up, for another one is a person's choice; None for whoever had none of them."""
    return next((code for code in reversed(had) if code and any(one.product == code for one in takes)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What a session knows of one person, apart from the dose itself: that stands in the register of doses."""

    invited: bool = False
    come_at: datetime | None = None
    outcome: Outcome | None = None
    consent: Consent = Consent.UNASKED
    no_dose: NoDose | None = None
    injected_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def step(self) -> Step:
        """Where they stand now."""
        if self.injected_at is not None:
            return Step.OBSERVED if self.left_at is None else Step.LEFT
        if self.no_dose is not None:
            return Step.ENDED
        if self.come_at is None:
            return Step.EXPECTED
        return Step.COME if self.outcome is None else Step.SCREENED

    @property
    def to_send(self) -> bool:
        """Whether their sheet lets nobody inject them, and nobody has written yet that they go without."""
        return self.step is Step.SCREENED and self.outcome is not None and not self.outcome.may_inject


def observed_until(injected_at: datetime, minutes: int) -> datetime:
    """When the clock of somebody under observation ends."""
    return injected_at + timedelta(minutes=minutes)


STANCE_OF: Final[Mapping[NoDose, str]] = {
    NoDose.REFUSED: "REFUSED",
    NoDose.DEFERRED: "DEFERRED",
    NoDose.CONTRAINDICATED: "CONTRAINDICATED",
}
"""What it leaves in the register of who stands how (`stances.StanceKind`); who only went, or goes to a hospital, stands
as before."""


@dataclass(frozen=True, slots=True)
class Tally:
    """All takes of a session together, in doses."""

    taken: int = 0
    given: int = 0
    wasted: int = 0
    left: int = 0
    difference: int = 0


def tally(takes: Sequence[Take]) -> Tally:
    """The sums; what was not counted yet counts as the book says."""
    left = [one.should_be if one.left is None else one.left for one in takes]
    return Tally(
        taken=sum(one.taken for one in takes),
        given=sum(one.given for one in takes),
        wasted=sum(one.wasted for one in takes),
        left=sum(left),
        difference=sum(one.difference(counted) for one, counted in zip(takes, left, strict=True)),
    )
