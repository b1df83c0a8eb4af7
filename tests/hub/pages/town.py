"""A district of invented communes for the pages: people, illnesses, reports, a gap, a fork, things set aside."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from covidstation.domain.ops import decode_op
from covidstation.hub.database.store import Hub
from covidstation.hub.down.stream import Change, say
from covidstation.hub.intake.bundles import take_in
from covidstation.hub.rows import StationRow
from covidstation.hub.staff.rights import HubRole
from covidstation.hub.staff.users import add_user
from tests.hub.fake_stations import FakeStation

NOW = datetime(2022, 3, 10, 7, 20).astimezone()
TODAY = date(2022, 3, 10)
PHRASE = "lúa chín đầu bản {role}"
NAMES = (
    "Nậm Tăm", "Pa Khoá", "Noong Hẻo", "Căn Co", "Nậm Cuổi", "Nậm Hăn", "Làng Mô", "Tủa Sín Chải", "Phăng Sô Lin",
    "Tả Ngảo", "Sà Dề Phìn", "Hồng Thu",
)  # fmt: skip
PEOPLE = (
    ("Giàng A Páo", 1968, "MALE"), ("Lò Thị Mai", 1990, "FEMALE"), ("Vàng Thị Dở", 1947, "FEMALE"),
    ("Nguyễn Thị Thu Thuỷ", 2012, "FEMALE"), ("Bùi Thị Hồng Ánh", 1981, "FEMALE"), ("Tẩn A Sài", 2019, "MALE"),
)  # fmt: skip


def phrase(role: HubRole) -> str:
    """The passphrase of that role's user."""
    return PHRASE.format(role=role.value)


def add_staff(hub: Hub) -> dict[HubRole, UUID]:
    """One user of each role; their login is the role's name."""
    names = {HubRole.ADMIN: "Lò Văn Hặc", HubRole.EPIDEMIOLOGY: "BS. Lò Thị Hoa", HubRole.DATA: "Tẩn Thị Mẩy"}
    return {
        role: add_user(
            hub,
            login=role.value.replace("_", "."),
            name=names.get(role, "Nguyễn Văn An"),
            role=role,
            passphrase=phrase(role),
            now=NOW,
        ).id
        for role in HubRole
    }


class Commune(FakeStation):
    """A station with people who fall ill and reports that are frozen."""

    def row(self, table: str, row: int, fields: dict[str, Any]) -> str:
        """A new row of that table; returns its id."""
        self.op("i", row, fields, table=table)
        return f"{row:032x}"

    def person(self, name: str, year: int, sex: str, **more: Any) -> str:
        """A new person."""
        self.rows += 1
        return self.row("person", self.rows, {"full_name": name, "birth_year": year, "sex": sex, **more})

    def ill(self, person: str, day: date, **more: Any) -> str:
        """An F0 of that day."""
        self.rows += 1
        fields = {
            "person_id": person, "report_date": day.isoformat(), "classification": "CONFIRMED", "outcome": "NO_OUTCOME",
            "isolation_type": "HOME", "symptoms": ["COUGH", "FEVER"], "risk_class": "LOW", **more,
        }  # fmt: skip
        return self.row("episode", self.rows, fields)

    def report(self, day: date, new: int, under: int, at: str = "06:41", version: int = 1) -> str:
        """A frozen daily report."""
        self.rows += 1
        figures = {"new": [new, new], "recovered": [1, 9], "out": [0, 1], "died": [0, 0], "under": [under, None]}
        fields = {
            "day": day.isoformat(), "version": version, "from_at": f"{day - timedelta(days=1)}T06:30:00",
            "cutoff_at": f"{day}T06:30:00", "frozen_at": f"{day}T{at}:00", "by_name": "Lò Thị Mai",
            "figures": {"figures": figures, "hamlets": {}, "series": []}, "events": {}, "typed": {},
            "content_hash": "0",
        }  # fmt: skip
        return self.row("daily_report", self.rows, fields)


def outbreak(station: Commune, number: int) -> None:
    """Some weeks of a commune: the more, the higher its number."""
    for at in range(4 + number * 3):
        name, year, sex = PEOPLE[at % len(PEOPLE)]
        numbers = {"citizen_number": f"012{at:03d}{number:06d}", "phone": f"09120{at:02d}{number:03d}"}
        person = station.person(name, year, sex, **numbers)
        day = TODAY - timedelta(days=(at * 7 + number) % 26)
        ended = {}
        if at % 3 == 0 and day < TODAY - timedelta(days=8):
            ended = {"outcome": "RECOVERED", "outcome_on": (day + timedelta(days=7)).isoformat()}
        elif at % 17 == 16:
            ended = {"outcome": "DECEASED", "outcome_on": TODAY.isoformat()}
        station.ill(person, day, **ended)


def send(hub: Hub, station: Commune, first: int = 1, last: int | None = None, **about: Any) -> None:
    """One bundle arrives."""
    said = {
        "program": "0.2.0", "waiting": 0, "clock": int((NOW - timedelta(minutes=35)).timestamp() * 1000),
        "backup_at": (NOW - timedelta(hours=9)).isoformat(), **about,
    }  # fmt: skip
    take_in(hub, station.up(first, last, about=said), name="x.csb", now=NOW - timedelta(minutes=35))


def town(hub: Hub, names: tuple[str, ...] = NAMES) -> list[Commune]:
    """All communes enrolled; the last four are those that somebody must look at."""
    made = []
    for number, name in enumerate(names):
        station = Commune(f"Trạm Y tế xã {name}", f"0345{number}").join(hub)
        made.append(station)
        outbreak(station, number)
        late = number == len(names) - 2
        if not late:
            station.report(TODAY, new=number % 4, under=3 + number)
        if number == len(names) - 1:
            continue  # never sent
        if number == len(names) - 3:
            station.op("u", 999_999, {"full_name": "Ai Đó"}, base=1)  # a row that nobody added
        if number == len(names) - 4:
            send(hub, station, 1, 6)
            send(hub, station, 10)
            continue
        send(hub, station, waiting=number)
    return made


def split(hub: Hub, station: Commune, row: int = 1, seq: int = 1) -> None:
    """Station and district write the telephone of one person without knowing of each other."""
    with hub.db.write(None, NOW) as session:
        n = session.scalars(select(StationRow.n).where(StationRow.id == station.id)).one()
        say(session, hub, n, [Change("person", UUID(int=row), "u", {"phone": "0912000222"})], by=None, now=NOW)
    before = decode_op(station.lines[seq - 1]).stamp
    sent = len(station.lines)
    station.op("u", row, {"phone": "0912000333"}, base=before)
    send(hub, station, sent + 1)
