"""Who is due for which dose, by the schedule in force that day (docs/adr/0043): pure, without a clock of its own.

A state lasts until a day on which something begins or ends: a rule, an age, an interval, an infection, a stance. These
days are known beforehand, or by the answer of an earlier one of them, so that `next_change_on` is found by asking for
the state on each.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, NamedTuple

from covidstation.domain.dates import PartialDate
from covidstation.domain.follow_up import months_after
from covidstation.domain.vaccination.course import Course, course_in
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.following import Following, Offer
from covidstation.domain.vaccination.schedule_rules import AgeBand, Further, Schedule, ScheduleRule
from covidstation.domain.vaccination.stances import Stance, StanceKind
from covidstation.domain.vaccination.states import (
    LATER,
    DueKind,
    Mark,
    NextDose,
    Shot,
    Stage,
    VaccineFacts,
    VaccineState,
    Why,
)

DAY: Final = timedelta(days=1)
_WEIGHTS: Final = (StanceKind.CONTRAINDICATED, StanceKind.REFUSED, StanceKind.DEFERRED)
_KINDS: Final = {
    StanceKind.CONTRAINDICATED: DueKind.CONTRAINDICATED,
    StanceKind.REFUSED: DueKind.REFUSED,
    StanceKind.DEFERRED: DueKind.DEFERRED,
}
Params = tuple[tuple[str, str], ...]


def state_of(schedule: Schedule, facts: VaccineFacts, on: date) -> VaccineState:
    """Where somebody stands on that day, and the first day on which they stand elsewhere. Raises for no facts."""
    found, turns = _answer(schedule, facts, on)
    known = {one for one in (*turns, *schedule.days, *_days_of(schedule, facts)) if one > on}
    days = sorted(known)
    while days:
        day = days.pop(0)
        then, turns = _answer(schedule, facts, day)
        if then != found:
            return replace(found, next_change_on=day)
        for one in turns:  # what begins on that day has days of its own, behind an answer that is the same
            if one > day and one not in known:
                known.add(one)
                insort(days, one)
    return found


def state_on(schedule: Schedule, facts: VaccineFacts, on: date) -> VaccineState:
    """The same without the day on which it changes, which takes most of the time to find."""
    return _answer(schedule, facts, on).state


def age_reached(birth: date, months: int) -> date:
    """The first day on which somebody is that many full months old; who was born on 29/2 or 31/1 is so on the first
    day of the next month where a month has no such day, as `dates.months_on` counts."""
    year, month = divmod(birth.year * 12 + birth.month - 1 + months, 12)
    try:
        return date(year, month + 1, birth.day)
    except ValueError:
        return date(year + (month == 11), (month + 1) % 12 + 1, 1)


def signature(schedule: Schedule, birth: PartialDate | None) -> tuple[date, ...]:
    """All that a birth can change, as days: two people with the same ones get the same answers for the same facts.

    None of a person's own days is in it when their ages turned before anybody was vaccinated.
    """
    first = schedule.first_day
    if birth is None or age_reached(birth.latest, schedule.ages[-1]) <= first:
        return ()
    return tuple(
        max(first, age_reached(day, months)) for day in (birth.earliest, birth.latest) for months in schedule.ages
    )


def _days_of(schedule: Schedule, facts: VaccineFacts) -> Iterator[date]:
    """The days on which what is known of somebody begins or ends."""
    if facts.birth is not None:
        for day in {facts.birth.earliest, facts.birth.latest}:
            yield from (age_reached(day, months) for months in schedule.ages)
    for shot in facts.doses:
        yield shot.given.earliest
    for ill in facts.infections:
        yield from (one for one in ill if one is not None)
    for stance in facts.stances:
        yield from (one for one in (stance.since, stance.until, stance.closed_on) if one is not None)


class _Answer(NamedTuple):
    """A state, and the days on which its own intervals turn."""

    state: VaccineState
    turns: tuple[date, ...] = ()


def _answer(schedule: Schedule, facts: VaccineFacts, on: date) -> _Answer:
    """The state without its next change."""
    rule = schedule.on(on)
    doses = [shot for shot in facts.doses if shot.given.earliest <= on]
    course = course_in(schedule, doses, facts.conditions, on)
    case = _Case(rule, course, facts, on, Following(schedule, rule, course, facts, on))
    if not facts.managed:
        return _Answer(case.state(DueKind.NOT_ELIGIBLE, Why.ELSEWHERE))
    if facts.birth is None:
        return _Answer(case.state(DueKind.UNKNOWN, Why.BIRTH_MISSING))
    youngest, oldest = facts.birth.latest, facts.birth.earliest
    safe = case.answer(youngest)
    if youngest == oldest:
        return safe
    other = case.answer(oldest)
    turns = (*safe.turns, *other.turns)
    if (safe.state.kind, safe.state.next) == (other.state.kind, other.state.next):
        return _Answer(safe.state, turns)
    return _Answer(case.state(DueKind.UNKNOWN, Why.BIRTH_UNSURE, params=(("birth", facts.birth.text()),)), turns)


class _Window(NamedTuple):
    """When a dose is given: `maybe` if the last dose was as early as it can have been, `first` for sure, in time until
    `last`."""

    maybe: date
    first: date
    last: date
    why: Why
    params: Params
    step: _Step
    band: AgeBand

    @property
    def turns(self) -> tuple[date, date, date]:
        return self.maybe, self.first, self.last + DAY


class _Step(NamedTuple):
    """Which dose comes next, and the line of the rule for one after the basic course."""

    next: NextDose
    further: Further | None = None


class _Span(NamedTuple):
    """When somebody is in a band: from a day, before the other."""

    start: date
    end: date | None
    band: AgeBand


@dataclass(frozen=True, slots=True)
class _Case:
    """One person's facts on one day, under one rule."""

    rule: ScheduleRule
    course: Course
    facts: VaccineFacts
    on: date
    following: Following

    def state(
        self,
        kind: DueKind,
        why: Why,
        *,
        next_dose: NextDose | None = None,
        due_on: date | None = None,
        late_on: date | None = None,
        since: date | None = None,
        products: tuple[str, ...] = (),
        stance: Stance | None = None,
        params: Params = (),
    ) -> VaccineState:
        """With what is the same in every state."""
        return VaccineState(
            kind=kind, why=why, rule=self.rule.id, stage=self._stage(), doses=self.course.counted,
            reached=self.course.reached, next=next_dose, due_on=due_on, late_on=late_on, since=since,
            products=products, marks=self._marks(kind),
            stance=stance.id if stance else None, params=params,
        )  # fmt: skip

    def answer(self, born: date) -> _Answer:
        """For somebody born on that day."""
        spans = _spans(self.rule, born)
        held = (place for place, one in enumerate(spans) if one.start <= self.on and _ends_after(one, self.on))
        at = next(held, None)
        if at is None:
            return self._too_young(spans)
        step = self._next(spans[at].band)
        if step is None:
            last = self.course.last
            return _Answer(self.state(DueKind.COMPLETE, Why.DONE, since=last.given.full if last else None))
        window = self._window(spans, at)
        if window is None:
            return _Answer(self.state(DueKind.NOT_YET, Why.NOTHING_MORE, next_dose=step.next))
        offer = self.following.offer(window.band, window.step.further, window.first, born)
        found = self._blocked(window, offer) or self._waiting(window, offer)
        again = (found.due_on + DAY,) if found.due_on is not None else ()
        return _Answer(found, (*window.turns, *offer.turns, *again))

    def _stage(self) -> Stage:
        """Doses that were told of in an illness are not none."""
        return Stage.TOLD if self.facts.told > 0 and not self.facts.doses else self.course.stage

    def _marks(self, kind: DueKind) -> frozenset[Mark]:
        if kind in (DueKind.COMPLETE, DueKind.NOT_ELIGIBLE):
            return frozenset()
        away = any(one.kind is StanceKind.CANNOT_TRAVEL for one in self.following.holding())
        found = {Mark.CANNOT_TRAVEL} if away else set()
        return frozenset(found | ({Mark.PREGNANT} if self.facts.pregnant else set()))

    def _too_young(self, spans: Sequence[_Span]) -> _Answer:
        """With the days on which the first dose turns: they say when both ends of an unsure birth give one answer."""
        coming = next((one for one in spans if one.start > self.on), None)
        if coming is None:
            return _Answer(self.state(DueKind.NOT_ELIGIBLE, Why.NO_SCHEDULE))
        due = max(coming.start, coming.band.offered_from)
        young = self.state(DueKind.NOT_ELIGIBLE, Why.YOUNG, due_on=due, params=(("band", coming.band.label),))
        window = self._opening(spans[spans.index(coming) :])
        return _Answer(young, window.turns if window is not None else ())

    def _next(self, band: AgeBand) -> _Step | None:
        """The dose that comes next in that band; None when all were given."""
        course = self.course
        if not course.complete:
            return _Step(NextDose(DoseClass.PRIMARY, course.primary + 1))
        for one in band.further:
            if one.dose_class is DoseClass.ADDITIONAL:
                done = course.added or course.boosters > 0
            else:
                done = course.boosters >= one.number
            if not done and one.is_for(course.vaccines, self.facts.conditions, self.facts.group):
                return _Step(NextDose(one.dose_class, one.number), one)
        return None

    def _window(self, spans: Sequence[_Span], at: int) -> _Window | None:
        """In this band, or in a later one when somebody grows out of it before; what has been open since a younger
        band stays so on a birthday."""
        window = self._opening(spans[at:])
        if window is None or window.first > self.on:
            return window
        younger = self._opening(spans[:at])
        if younger is None or younger.step.next != window.step.next or younger.first >= window.first:
            return window
        return younger._replace(step=window.step, band=window.band)

    def _opening(self, spans: Sequence[_Span]) -> _Window | None:
        for span in spans:
            step = self._next(span.band)
            found = self._window_in(span, step) if step else None
            if found is not None and _ends_after(span, found.first):
                return found
        return None

    def _window_in(self, span: _Span, step: _Step) -> _Window:
        further, last = step.further, self.course.last
        nothing, band = last is None, (("band", span.band.label),)
        starts: list[tuple[date, Why, Params]] = [
            (span.band.offered_from, Why.FIRST if nothing else Why.OFFERED, band if nothing else ()),
            (span.start, Why.FIRST if nothing else Why.AGE, band),
        ]
        if further is not None:
            starts.append((further.offered_from, Why.OFFERED, ()))
        months = further.infection_months if further else span.band.infection_months
        ills = (one.first for one in self.facts.infections if one.first <= self.on)
        # an older band's asks of no younger one
        ill = max((day for day in ills if _ends_after(span, day)), default=None)
        if ill is not None and months:
            params = (("ill", _text(ill)), ("months", str(months)))
            starts.append((months_after(ill, months), Why.INFECTION, params))
        maybe = max(one[0] for one in starts)
        until = None
        if last is not None:
            early, late, until, why, gap = self._after(last, further, span.band)
            maybe = max(maybe, early)
            starts.append((late, why, gap))
        first, why, words = max(starts, key=lambda one: one[0])
        in_time = until if until is not None and until >= first else first + timedelta(days=self.rule.late_days)
        return _Window(maybe, first, in_time, why, words, step, span.band)

    def _after(self, last: Shot, further: Further | None, band: AgeBand) -> tuple[date, date, date | None, Why, Params]:
        """The interval after the last dose: perhaps from, surely from, in time until, and its words."""
        interval = self.rule.interval(last.product)
        days = further.after_days if further else self.following.least_days(interval, band)
        months = further.after_months if further else 0
        until = further.until_days if further else interval.until_days

        def after(day: date) -> date:
            return months_after(day, months) if months else day + timedelta(days=days)

        given = last.given
        params = (("last", given.text()), ("months", str(months)) if months else ("days", str(days)))
        why = Why.GAP
        if self.course.again is not None:
            why, params = Why.AGAIN, (("last", given.text()), ("least", str(self.course.again)))
        in_time = None if until is None else given.latest + timedelta(days=until)
        return after(given.earliest), after(given.latest), in_time, why, params

    def _blocked(self, window: _Window, offer: Offer) -> VaccineState | None:
        """What stands between somebody and the dose, whatever its day; the heaviest first."""
        holding, dose = self.following.holding(), window.step.next
        for kind in _WEIGHTS:
            held = [one for one in holding if one.kind is kind and self.following.of_all(one)]
            if kind is StanceKind.DEFERRED:  # what ends before another says nothing of that day
                held.sort(key=lambda one: one.until or date.max, reverse=True)
            stance = next(iter(held), None)
            if stance is not None:
                return self._by_stance(stance, window, Why.STANCE)
            if kind is StanceKind.CONTRAINDICATED and offer.against and not offer.products:
                return self._by_stance(offer.against[0], window, Why.NO_OTHER)
        ill = next((one for one in self.facts.infections if one.lasts(self.on)), None)
        if ill is not None and window.first <= self.on:
            due = ill.first + timedelta(days=self.rule.ill_again_days)
            params: Params = (("ill", _text(ill.first)), ("again", _text(due)))
            return self.state(DueKind.DEFERRED, Why.ILL, next_dose=dose, due_on=due, since=ill.first, params=params)
        if offer.not_pregnant and not offer.products:
            due = self.rule.asked_again(window.first, self.on)
            params = (("again", _text(due)),)
            return self.state(DueKind.DEFERRED, Why.PREGNANT_VACCINE, next_dose=dose, due_on=due, params=params)
        return None

    def _by_stance(self, stance: Stance, window: _Window, why: Why) -> VaccineState:
        return self.state(
            _KINDS[stance.kind], why, next_dose=window.step.next, due_on=stance.due_on or stance.until,
            since=stance.since, stance=stance, params=(("reason", stance.reason),),
        )  # fmt: skip

    def _waiting(self, window: _Window, offer: Offer) -> VaccineState:
        """Not yet, due, or overdue; asked first, when more doses were told of than somebody has written down."""
        if self.facts.told > (known := self.course.known):
            more = (("book", str(known)),) if known else ()
            asked = (("doses", str(self.facts.told)), *more)
            return self.state(DueKind.UNKNOWN, Why.TOLD_MORE if known else Why.TOLD, params=asked)
        why, params = window.why, window.params
        kind = DueKind.DUE
        since: date | None = window.first
        if self.on < window.first:
            kind, since = DueKind.NOT_YET, None
            if window.maybe <= self.on and self.course.last is not None:
                why, params = Why.DAY_UNSURE, (("last", self.course.last.given.text()),)
        elif self.on > window.last:
            kind, since = DueKind.OVERDUE, window.last + DAY
        if kind is not DueKind.NOT_YET and not offer.products:
            why, params = Why.NO_VACCINE, ()
        if offer.later_on is not None:
            names = ", ".join(map(self.following.schedule.name, offer.later))
            params = (*params, (LATER, " ".join(offer.later)), ("other", names), ("other_on", _text(offer.later_on)))
        return self.state(
            kind, why, next_dose=window.step.next, due_on=window.first, late_on=window.last + DAY, since=since,
            products=offer.products, params=params,
        )  # fmt: skip


def _spans(rule: ScheduleRule, born: date) -> list[_Span]:
    ends = [None if one.ages.end is None else age_reached(born, one.ages.end) for one in rule.bands]
    starts = [age_reached(born, one.ages.first or 0) for one in rule.bands]
    return list(map(_Span, starts, ends, rule.bands))


def _ends_after(span: _Span, day: date) -> bool:
    return span.end is None or day < span.end


def _text(day: date) -> str:
    return f"{day:%d/%m/%Y}"
