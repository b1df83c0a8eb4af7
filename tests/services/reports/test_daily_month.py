"""Two weeks of a busy station played through the services; a plain tally kept beside it says what must be reported."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.hospitalization import ReturnDraft, TransferDraft
from covidstation.services.care.transfers import return_home, transfer_out
from covidstation.services.reports.daily import Typed, daily_report, freeze_report
from tests.services.samples import HANOI, edit_episode, f0, neighbour, positive_on, register

FIRST = datetime(2022, 3, 1, 7, tzinfo=HANOI)
DAYS = 14
DELTAS = {"new": 1, "in": 1, "out": -1, "recovered": -1, "died": -1, "lost": -1}


class Station:
    """Acts through the services, and counts on its fingers: who is at home, who is away."""

    def __init__(self, db, catalog, seed):
        self.db, self.catalog, self.luck = db, catalog, random.Random(seed)
        self.home, self.away, self.well = {}, {}, []
        self.made = self.wrong = 0

    def act(self, now):
        """One random act at that moment."""
        deeds = [self.fall_ill] * 3
        deeds += [self.end, self.leave, self.mistake] if self.home else []
        deeds += [self.come_back, self.die_away] if self.away else []
        self.luck.choice(deeds)(now)

    def fall_ill(self, now):
        """New, written a day late, or a reinfection of who was well."""
        day = now.date() - timedelta(days=self.luck.choice((0, 0, 0, 1, 2)))
        self.made += 1
        person, known = neighbour(self.made), None
        if self.well and self.luck.random() < 0.2:
            person, known = self.well.pop()
        draft = f0(person, day, tests=(positive_on(day),), person_id=known)
        self.home[register(self.db, draft, now=now)] = person

    def end(self, now):
        episode, person = self.home.popitem()
        outcome = self.luck.choice((CaseOutcome.RECOVERED, CaseOutcome.RECOVERED, CaseOutcome.DECEASED))
        self.edit(episode, now, outcome=outcome, outcome_on=now.date())
        if outcome is CaseOutcome.RECOVERED:
            self.well.append((person, episode.person_id))

    def leave(self, now):
        episode, person = self.home.popitem()
        left = now.replace(tzinfo=None)
        draft = TransferDraft(left_at=left, facility="BV tỉnh", reason="SpO2 giảm", state="Khó thở")
        stay = transfer_out(self.db, episode.id, draft, by=None, by_name="", now=now).value
        self.away[episode] = (person, stay.id)

    def come_back(self, now):
        episode, (person, stay) = self.away.popitem()
        draft = ReturnDraft(returned_at=now.replace(tzinfo=None))
        return_home(self.db, stay, draft, catalog=self.catalog, by=None, by_name="", now=now)
        self.home[episode] = person

    def die_away(self, now):
        episode, _stay = self.away.popitem()
        self.edit(episode, now, outcome=CaseOutcome.DECEASED, outcome_on=now.date())

    def mistake(self, now):
        episode, _person = self.home.popitem()
        self.wrong += 1
        self.edit(episode, now, classification=CaseClassification.NO_CASE)

    def edit(self, episode, now, **changes):
        draft = replace(episode, **changes)
        edit_episode(self.db, episode.id, draft, catalog=self.catalog, by=None, now=now)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_mornings_report_is_what_the_tally_says(db, catalog, seed):
    station, before = Station(db, catalog, seed), None
    for number in range(DAYS):
        start = FIRST + timedelta(days=number)
        for deed in range(station.luck.randint(0, 8)):
            station.act(start + timedelta(minutes=20 + 100 * deed))
        morning = start + timedelta(days=1, minutes=-15)
        report = daily_report(db, catalog, morning.date(), morning)
        assert report.today("under") == len(station.home), f"day {number}"
        assert report.figures["new"].total == station.made - station.wrong
        assert before is None or report.today("before") == before
        assert report.today("under") == _sum(report)
        if station.luck.random() < 0.8:  # now and then nobody freezes it
            freeze_report(db, morning.date(), Typed(), catalog=catalog, by=None, now=morning)
            before = report.today("under")
    assert station.wrong
    assert station.made > DAYS
    assert date(2022, 3, 15) == morning.date()


def _sum(report):
    """The identity as the sheet says it; those who ended at a higher level are taken off."""
    found = report.today("before") + report.today("adjusted")
    for name, delta in DELTAS.items():
        here = report.today(name) - report.today(f"{name}.away")
        late = [entry for entry in report.groups["late"] if entry.tags[0] == name and entry.delta]
        back = [entry for entry in report.groups["withdrawn"] if entry.tags[0] == name and entry.delta]
        found += delta * (here + len(late) - len(back))
    return found
