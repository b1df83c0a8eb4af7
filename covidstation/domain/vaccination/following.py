"""Which vaccines may be given next, and how many days after the last dose: by the rule of the day, by what somebody
had, and without what they must not have (docs/adr/0043)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from covidstation.domain.dates import PartialDate, months_on
from covidstation.domain.vaccination.course import Course
from covidstation.domain.vaccination.schedule_rules import NO_AGE, AgeBand, Further, Interval, Schedule, ScheduleRule
from covidstation.domain.vaccination.stances import Stance, StanceKind
from covidstation.domain.vaccination.states import VaccineFacts


class Offer(NamedTuple):
    """The vaccines that may be given next; the contraindications that are against one that would fit; those that would
    fit but for a pregnancy; the days on which another one may follow, too; what else may on the first of them that is
    to come, and from when."""

    products: tuple[str, ...]
    against: tuple[Stance, ...]
    not_pregnant: frozenset[str]
    turns: tuple[date, ...] = ()
    later: tuple[str, ...] = ()
    later_on: date | None = None


@dataclass(frozen=True, slots=True)
class Following:
    """What one person may be given on one day, under one rule."""

    schedule: Schedule
    rule: ScheduleRule
    course: Course
    facts: VaccineFacts
    on: date

    def holding(self) -> list[Stance]:
        """What somebody said and stands on that day."""
        return [one for one in self.facts.stances if one.holds(self.on)]

    def offer(self, band: AgeBand, further: Further | None, first: date, born: date) -> Offer:
        """For a dose that is given from `first` on, to somebody born on that day."""
        day = max(self.on, first)
        here = self.schedule.here(self.on, day)
        months = months_on(PartialDate.of(born), day)
        # what is not given in Việt Nam is given to nobody, also after a dose of it
        fitting = [code for code in self._wanted(band, further, tuple(here)) if here.get(code, NO_AGE) <= months]
        bars = [(stance, codes) for stance, codes in self._bars() if not codes.isdisjoint(fitting)]
        barred = frozenset(code for _stance, codes in bars for code in codes)
        carrying = self._unfit.intersection(fitting)
        starts = self._starts(further)
        open_to = [code for code in fitting if code not in barred and code not in carrying]
        products = tuple(code for code in open_to if starts.get(code, day) <= day)
        from_day = min((starts[code] for code in open_to if starts.get(code, day) > day), default=None)
        later = tuple(code for code in open_to if from_day is not None and starts.get(code) == from_day)
        against = tuple(stance for stance, _codes in bars)
        return Offer(products, against, carrying, tuple(starts.values()), later, from_day)

    def least_days(self, interval: Interval, band: AgeBand) -> int:
        """After how many days the next basic dose is given, of a vaccine that they may have."""
        if not interval.switches:
            return interval.after_days
        barred = self._unfit.union(*(codes for _stance, codes in self._bars()))
        open_to = [code for code in self._wanted(band, None, ()) if code not in barred]
        return min(map(interval.days_to, open_to), default=interval.after_days)

    def _starts(self, further: Further | None) -> dict[str, date]:
        """From which day on a basic dose may be of another vaccine than the last, where that takes longer."""
        last = self.course.last
        if further is not None or last is None:
            return {}
        switches = self.rule.interval(last.product).switches
        return {code: last.given.latest + timedelta(days=one.after_days) for one in switches for code in one.vaccines}

    def of_all(self, stance: Stance) -> bool:
        """Whether it is about every vaccine."""
        return not stance.product or self.schedule.bars_all(stance.product)

    @property
    def _unfit(self) -> frozenset[str]:
        return self.rule.not_pregnant if self.facts.pregnant else frozenset()

    def _bars(self) -> list[tuple[Stance, frozenset[str]]]:
        """What somebody must not have, under whatever name it is sold."""
        return [
            (one, self.schedule.akin(one.product))
            for one in self.holding()
            if one.kind is StanceKind.CONTRAINDICATED and not self.of_all(one)
        ]

    def _wanted(self, band: AgeBand, further: Further | None, here: tuple[str, ...]) -> tuple[str, ...]:
        """What the rule lets follow, before anybody's age or body is looked at."""
        course = self.course
        if further is not None:
            same = () if not further.same_too or self._mixed() else dict.fromkeys(course.vaccines)
            return (*further.vaccines, *(code for code in same if code not in further.vaccines)) or here
        known = course.vaccines[-1] if course.vaccines else ""
        if not known:
            return band.vaccines or here
        following = (known,) if band.same else self.rule.interval(known).then or (known,)
        return tuple(code for code in following if not band.vaccines or code in band.vaccines)

    def _mixed(self) -> bool:
        """Whether the basic course was of more than one vaccine; one line of intervals names what is the same."""
        given = set(self.course.vaccines)
        return len(given) > 1 and not given <= set(self.rule.interval(self.course.vaccines[0]).vaccines)
