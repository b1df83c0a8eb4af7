"""The month's figures recomputed from what the district received, in plain Python, against `covidstation report`.

Nothing here knows how the station counts. A record at the hub has its fields and when each was last written; with them
each morning is seen as it was known at the freezing: who was found, went away, came back, ended, and where they live.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from covidstation.hub.database.store import DATABASE, Place, open_hub
from covidstation.hub.rows import RecordRow
from tests.e2e.epidemic import CUTOFF, DAYS, FIRST, acts
from tests.e2e.programs import PASSPHRASE
from tests.e2e.programs import station as station_program
from tests.e2e.test_epidemic_month import Station, freeze
from tests.e2e.test_journey import Journey
from tests.services.samples import HANOI, found, opened

pytestmark = pytest.mark.timeout(300)
FREEZING = time(6, 45)
KINDS = ("new", "out", "in", "recovered", "died")
ENDS = {"RECOVERED": "recovered", "DECEASED": "died"}


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """A month played at a station, each morning's report frozen, everything sent to the district."""
    folder = tmp_path_factory.mktemp("month")
    journey = Journey(folder)
    data = folder / "station"
    found(data, now=datetime.combine(FIRST - timedelta(days=2), time(8), HANOI))
    register = opened(data)
    player, waiting = Station(register), list(acts(5))
    freeze(player, FIRST)
    for number in range(1, DAYS + 1):
        day = FIRST + timedelta(days=number)
        while waiting and waiting[0].at <= datetime.combine(day, CUTOFF):
            player.do(waiting.pop(0))
        freeze(player, day)
    register.db.close()
    station = station_program(data)
    journey.enrol(station)
    station.ask("export", journey.stick)
    journey.hub.ask("import", journey.stick)
    return station, records(journey)


def records(journey: Journey) -> dict[str, dict[str, RecordRow]]:
    """What the hub holds, by table and id."""
    hub = open_hub(Place(journey.hub.data / DATABASE, journey.hub.data), PASSPHRASE)
    tables: dict[str, dict[str, RecordRow]] = {}
    with closing(hub.db), hub.db.read() as session:
        for row in session.scalars(select(RecordRow).where(RecordRow.deleted.is_(False))):
            tables.setdefault(row.tbl, {})[row.row] = row
    return tables


def written(row: RecordRow, name: str = "") -> datetime:
    """When that field got its value, on the station's wall clock; without a name, when the row was made."""
    stamp = (row.stamps or {}).get(name, row.made) if name else row.made
    return datetime.fromtimestamp((stamp >> 16) / 1000, UTC).astimezone(HANOI).replace(tzinfo=None)


def moment(day: str, known: datetime) -> datetime:
    """The hour of something of which the day is known: when it was written, if that day; else the day's end."""
    of = date.fromisoformat(day)
    return known if known.date() == of else datetime.combine(of, time(23, 59))


@dataclass
class Case:
    """One illness as it was known on a morning: its events in order, and where the person lives."""

    hamlet: str
    events: list[tuple[datetime, str]] = field(default_factory=list)

    def at_home(self, at: datetime) -> bool:
        """Found, not away, not ended."""
        last = [kind for when, kind in self.events if when <= at]
        return bool(last) and last[-1] in ("new", "in")


def known_on(tables: dict[str, dict[str, RecordRow]], when: datetime) -> list[Case]:
    """All cases that were known then, wrong entries left out."""
    cases = []
    for key, row in tables["episode"].items():
        if written(row) > when:
            continue
        wrong = row.fields["classification"] == "NO_CASE"
        if wrong and written(row, "classification") <= when:
            continue
        home = tables["person"][row.fields["person_id"]].fields["hamlet_id"]
        case = Case(tables["hamlet"][home].fields["name"])
        case.events.append((moment(row.fields["report_date"], written(row)), "new"))
        for stay in tables.get("hospitalization", {}).values():
            if stay.fields["episode_id"] == key and written(stay) <= when:
                case.events += _stay(stay, when)
        ended = ENDS.get(row.fields["outcome"])
        if ended and written(row, "outcome_on") <= when:
            case.events.append((moment(row.fields["outcome_on"], written(row, "outcome_on")), ended))
        case.events.sort()
        cases.append(case)
    return cases


def _stay(stay: RecordRow, when: datetime) -> list[tuple[datetime, str]]:
    events = [(datetime.fromisoformat(stay.fields["left_at"]), "out")]
    back = stay.fields.get("returned_at")
    if back and written(stay, "returned_at") <= when:
        events.append((datetime.fromisoformat(back), "in"))
    return events


def figures(answer: dict[str, Any]) -> Counter[str]:
    """The figures of a report, those of hamlets by the hamlet's name; sums as `total:…`."""
    names = {one["key"]: one["hamlet"].removeprefix("Bản ") for one in answer["hamlets"]}
    told: Counter[str] = Counter()
    for one in answer["figures"]:
        head, dot, key = one["name"].rpartition(".hamlet.")
        name = f"{head} {names[key]}" if dot else one["name"]
        told[name] = one["today"] or 0
        told[f"total:{name}"] = one["total"] or 0
    return told


def test_each_morning_says_what_the_district_can_count_itself(month):
    station, tables = month
    seen: Counter[str] = Counter()
    for number in range(1, DAYS + 1):
        day = FIRST + timedelta(days=number)
        cutoff = datetime.combine(day, CUTOFF)
        told = figures(station.ask("report", "--day", day.isoformat()))
        wanted = counted(known_on(tables, datetime.combine(day, FREEZING)), cutoff)
        assert {name: told[name] for name in wanted} == dict(wanted), day
        assert told["before"] + told["adjusted"] + balance(told) == told["under"], day
        seen.update(wanted)
    assert all(seen[kind] for kind in KINDS), seen


def counted(cases: list[Case], cutoff: datetime) -> Counter[str]:
    """The same figures, from the cases themselves."""
    start = cutoff - timedelta(days=1)
    wanted: Counter[str] = Counter(dict.fromkeys((*KINDS, "under"), 0))
    for case in cases:
        for at, kind in case.events:
            if start < at <= cutoff:
                wanted[kind] += 1
                wanted.update([f"new {case.hamlet}"] if kind == "new" else [])
            if at <= cutoff:
                wanted[f"total:{kind}"] += 1
                wanted.update([f"total:new {case.hamlet}"] if kind == "new" else [])
        if case.at_home(cutoff):
            wanted.update(("under", f"under {case.hamlet}"))
    return wanted


def balance(told: Counter[str]) -> int:
    """What came in less what went out, late additions and withdrawals among them; deaths elsewhere take nobody."""
    signs = {"new": 1, "in": 1, "out": -1, "recovered": -1, "died": -1, "lost": -1}
    return sum(
        sign * (told[name] - told[f"{name}.away"] + told[f"late.{name}"] - told[f"withdrawn.{name}"])
        for name, sign in signs.items()
    )
