"""How the schedule sees whoever stands at the desk of a session: what the card shows is asked again when the dose is
written (docs/adr/0044)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.kept import kept
from covidstation.db.queries.vaccine_events import severe_before
from covidstation.db.rows import PersonRow
from covidstation.db.session import Database
from covidstation.db.vaccine_book import facts_of
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.doses import Dose, DoseClass
from covidstation.domain.vaccination.places import next_place
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.reactions import AdverseEvent
from covidstation.domain.vaccination.schedule import state_on
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.screening import ScreeningRule, screening_rule_on
from covidstation.domain.vaccination.sessions import Take
from covidstation.domain.vaccination.stances import Stance, StanceKind
from covidstation.domain.vaccination.states import DueKind, VaccineState, shot_of
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages.vaccination_due import KINDS, due_sentence
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import schedule_in
from covidstation.services.vaccination.due import TO_GIVE
from covidstation.services.vaccination.sessions import screening_rules_in

GIVEN_UP: Final = frozenset((StanceKind.REFUSED, StanceKind.CANNOT_TRAVEL))
"""What coming to the desk gives up by itself."""
_WAITING: Final = frozenset((*TO_GIVE, DueKind.NOT_YET))
_SAID_OTHERWISE: Final = {
    DueKind.NOT_YET: frozenset(("vaccination.too_soon",)),
    DueKind.NOT_ELIGIBLE: frozenset(("vaccination.too_young", "vaccination.too_young_months")),
}
"""What the check of the dose says of the same thing, with its own days."""
_WRONG_PRODUCT: Final = frozenset(
    ("vaccination.product_other", "vaccination.too_young", "vaccination.too_young_months")
)


@dataclass(frozen=True, slots=True)
class DeskRules:
    """All that a dose is judged by, as the station has it."""

    screenings: tuple[ScreeningRule, ...]
    schedule: Schedule

    def screening(self, day: date) -> ScreeningRule:
        """The rule of that day."""
        return screening_rule_on(self.screenings, day)

    def products(self, day: date) -> Products:
        """The vaccines of that day."""
        return self.schedule.products_on(day)


@needs(Right.SEE)
def desk_rules(db: Database, *, catalog: Catalog) -> DeskRules:
    """Kept until somebody writes a rule: they are asked for with each person of a session."""

    def read() -> DeskRules:
        with db.read() as session:
            return DeskRules(screening_rules_in(session, catalog), schedule_in(session, catalog))

    return kept(db, ("vaccine_desk",), read, of=catalog)


@dataclass(frozen=True, slots=True)
class Standing:
    """`state`: as if they had not refused, since they came. `given_up`: what the dose will close. `plain`: what may
    follow before anybody's stance or body is looked at. `nameless`: such a dose is known, a vaccine for it is
    not. `barred`: what they must not have, under every name."""

    state: VaccineState
    plain: tuple[str, ...]
    next_dose: tuple[DoseClass, int]
    holding: tuple[Stance, ...]
    severe: tuple[AdverseEvent, ...] = ()  # after an earlier dose, the newest last
    nameless: bool = False
    barred: frozenset[str] = frozenset()

    @property
    def due(self) -> bool:
        """Whether the schedule has nothing against a dose on that day."""
        return self.state.kind in TO_GIVE

    @property
    def given_up(self) -> tuple[Stance, ...]:
        """Refused, or could not come: over with the dose."""
        return tuple(one for one in self.holding if one.kind in GIVEN_UP)

    @property
    def wanted(self) -> tuple[str, ...] | None:
        """The vaccines that may be given next, in order; None while that is not known."""
        named = self.state.products or self.plain
        if not named and not self.nameless:
            return None
        return tuple(code for code in named if code not in self.barred)

    def open_to(self, takes: Iterable[Take]) -> tuple[Take, ...]:
        """What may be proposed: nobody is handed by the program what they must not have."""
        return tuple(one for one in takes if one.product not in self.barred)

    def why(self) -> str:
        """What the schedule has against a dose, or that it names no vaccine for it, with the rule; empty when it has
        nothing."""
        if self.due and not self.nameless:
            return ""
        words = _("{kind}. {why} (lịch {rule})")
        return words.format(kind=_(KINDS[self.state.kind]), why=due_sentence(self.state), rule=self.state.rule)


def standing_in(session: Session, person: PersonRow, schedule: Schedule, before: Sequence[Dose], day: date) -> Standing:
    """Of somebody who had these doses `before` the session of that day. Whom another station looks after is judged like
    one's own: they are here."""
    known = facts_of(session, [person.id]).get(person.id)
    if known is None:
        raise UserError("people.unknown_person")
    facts = replace(
        known,
        managed=True,
        doses=tuple(map(shot_of, before)),
        stances=tuple(one for one in known.stances if one.kind not in GIVEN_UP),
    )
    state = state_on(schedule, facts, day)
    bare = state
    if not state.products and state.kind not in TO_GIVE:
        bare = state_on(schedule, replace(facts, stances=(), pregnant=False, infections=()), day)
    following = state.next
    place = (
        (following.dose_class, following.number) if following else next_place(schedule, before, facts.conditions, day)
    )
    holding = tuple(one for one in known.stances if one.holds(day))
    against = [one for one in holding if one.kind is StanceKind.CONTRAINDICATED and one.product]
    return Standing(
        state, bare.products, place, holding, severe_before(session, person.id, day),
        nameless=not bare.products and bare.due_on is not None and bare.kind in _WAITING,
        barred=frozenset[str]().union(*(schedule.akin(one.product) for one in against)),
    )  # fmt: skip


def standing_problems(standing: Standing, product: str, schedule: Schedule, said: Sequence[Problem]) -> list[Problem]:
    """What stands against this vaccine for them now: warnings that want a word why. `said`: what the check of the dose
    has said already."""
    found: list[Problem] = []
    told = {one.code for one in said}
    state = standing.state
    if not standing.due and not told & _SAID_OTHERWISE.get(state.kind, frozenset()):
        found.append(Problem("dose_class", "vaccine_session.not_due", {"why": standing.why()}, "warning"))
    against = _against(standing, product, schedule)
    for code, stances in against.items():
        params = {"name": schedule.name(product), "why": "; ".join(one.reason.rstrip(". ") for one in stances)}
        found.append(Problem("product", code, params, "warning"))
    if not against and state.products and product not in state.products and not told & _WRONG_PRODUCT:
        names = ", ".join(map(schedule.name, state.products))
        params = {"name": schedule.name(product), "names": names, "rule": state.rule}
        found.append(Problem("product", "vaccination.product_other", params, "warning"))
    found += _alike(standing, product, schedule)
    barred = bool(against) or state.kind is DueKind.CONTRAINDICATED
    if standing.severe and not barred:
        day = f"{standing.severe[-1].began_at:%d/%m/%Y}"
        found.append(Problem("dose_class", "vaccine_session.severe_before", {"day": day}, "warning"))
    return found


def _against(standing: Standing, product: str, schedule: Schedule) -> dict[str, list[Stance]]:
    """Whatever the state is, it may be about something else: the contraindications to that vaccine under any name, and
    to every one, by the code that names them. The one that the state itself is of was said with it."""
    found: dict[str, list[Stance]] = {}
    these = schedule.akin(product)
    for one in standing.holding:
        every = schedule.bars_all(one.product)
        meant = one.kind is StanceKind.CONTRAINDICATED and (every or one.product in these)
        if meant and one.id != standing.state.stance:
            code = "vaccine_session.against_all" if every else "vaccination.product_against"
            found.setdefault(code, []).append(one)
    return found


def _alike(standing: Standing, product: str, schedule: Schedule) -> Iterator[Problem]:
    """Contraindications to another vaccine that has a component with this one."""
    for one in standing.holding:
        shared = schedule.shared(one.product, product) if one.kind is StanceKind.CONTRAINDICATED else ()
        if shared and one.product not in schedule.akin(product):
            params = {"other": schedule.name(one.product), "name": schedule.name(product)}
            params |= {"what": ", ".join(sorted(shared)), "why": one.reason.rstrip(". ")}
            yield Problem("product", "vaccination.component_against", params, "warning")
