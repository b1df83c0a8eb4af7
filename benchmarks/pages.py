"""The hub's pages with 200 stations of 5,000 records each: how long a page takes, how many bytes it has.

    ./run bench pages [--stations 200] [--records 5000]

Records and lines are laid straight into the tables, as intake would have left them; then figures are followed from the
first line to the last, and each page is asked for as a browser does, over the application without a network.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import tempfile
import time
import warnings
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from covidstation.db import keys
from covidstation.domain.ops import Op, encode_op
from covidstation.hub.database.sets import insert_rows
from covidstation.hub.database.store import DATABASE, Hub, Place, create_hub, open_hub, utc
from covidstation.hub.figures.facts import refresh_facts
from covidstation.hub.rows import EnrolmentRow, OperationRow, RecordRow, StationRow, StreamRow, to_json
from covidstation.hub.staff.rights import HubRole
from covidstation.hub.staff.users import add_user
from covidstation.hub.web.app import make_app
from covidstation.hub.web.pages import routes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

NOW = datetime(2022, 3, 10, 7, 20).astimezone()
TODAY = date(2022, 3, 10)
PHRASE = "lúa chín đầu bản"
START = 1_646_800_000_000 << 16
PATHS = (
    "/", "/?from=40", "/figures", "/figures?first=2021-03-10&to=2022-03-10", "/reports", "/aside", "/conflicts",
    "/twins", "/twins?station=7", "/items", "/moves",
)  # fmt: skip
TIMES = 9


def main() -> int:
    """Lay the district, follow it, ask for the pages."""
    parser = argparse.ArgumentParser(prog="bench pages")
    parser.add_argument("--stations", type=int, default=200)
    parser.add_argument("--records", type=int, default=5000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / DATABASE, Path(folder))
        create_hub(place, name="Huyện", code="1", passphrase="con đường mòn qua đèo", now=NOW, cost=keys.FLOOR)
        hub = open_hub(place, "con đường mòn qua đèo")
        add_user(hub, login="hoa", name="Hoa", role=HubRole.EPIDEMIOLOGY, passphrase=PHRASE, now=NOW)
        started = time.perf_counter()
        for number in range(1, asked.stations + 1):
            lay_station(hub, number, asked.records)
        print(f"laid {asked.stations} x {asked.records} records in {time.perf_counter() - started:.0f} s")
        started, used = time.perf_counter(), time.process_time()
        assert refresh_facts(hub, NOW, seconds=3600) == 0
        taken, used = time.perf_counter() - started, time.process_time() - used
        print(f"figures followed {asked.stations * asked.records:,} lines in {taken:.1f} s, {used:.1f} s of CPU")
        ask_pages(hub)
        hub.db.close()
    return 0


def lay_station(hub: Hub, number: int, records: int) -> None:
    """One station with its stream, in one transaction."""
    with hub.db.write(None, NOW) as session:
        station = StationRow(id=UUID(int=number), name=f"Trạm Y tế xã số {number}", commune=f"{number:05d}", place="")
        station.contact_at, station.carrier = utc(NOW - timedelta(minutes=number)), "http"
        station.about = {"program": "0.2.0", "waiting": number % 9, "backup_at": "2022-03-09T20:00:00Z"}
        session.add(station)
        session.flush()
        stream = StreamRow(station=station.n, epoch=f"{number:016x}", upto=records, chain=bytes(32))
        stream.imported_at = utc(NOW)
        session.add(stream)
        keyed: dict[str, Any] = {
            "key_id": f"{number:016x}",
            "sign": bytes(32),
            "age": "age1",
            "certificate": b"",
            "epoch": "",
        }
        session.add(EnrolmentRow(serial=number, station=station.n, enrolled_at=utc(NOW), **keyed))
        session.flush()
        rows = list(made(Random(number), records))
        table: Any = RecordRow.__table__
        lines: Any = OperationRow.__table__
        insert_rows(session, _table(table), [record(station.n, *one) for one in rows])
        insert_rows(session, _table(lines), [line(stream.n, *one) for one in rows])


def _table(table: Any) -> Table:
    assert isinstance(table, Table)
    return table


def made(random: Random, records: int) -> Any:
    """Number, table, row id, fields: a third people, a quarter illnesses, a hundred reports, else checks."""
    people = records // 3
    for at in range(records):
        row = f"{random.getrandbits(128):032x}" if at >= people else f"{at + 1:032x}"
        if at < people:
            who = at - (at % 50 == 1)  # every fiftieth was entered twice
            yield at + 1, "person", row, {
                "full_name": f"Lò Văn {who}", "birth_year": 1930 + who % 90, "sex": "MALE", "phone": f"09{at:08d}",
            }  # fmt: skip
            continue
        person = f"{random.randrange(people) + 1:032x}"
        day = TODAY - timedelta(days=random.randrange(300))
        if at % 4 == 0:
            ended = day < TODAY - timedelta(days=10)
            yield at + 1, "episode", row, {
                "person_id": person, "report_date": day.isoformat(), "classification": "CONFIRMED",
                "outcome": "RECOVERED" if ended else "NO_OUTCOME", "risk_class": "LOW",
                "outcome_on": (day + timedelta(days=9)).isoformat() if ended else None,
            }  # fmt: skip
        elif at % 50 == 1:
            shown = TODAY - timedelta(days=at // 50)
            yield at + 1, "daily_report", row, {
                "day": shown.isoformat(), "version": 1, "frozen_at": f"{shown}T06:41:00", "by_name": "Mai",
                "figures": {"figures": {"new": [3, 90], "under": [12, None]}}, "typed": {},
            }  # fmt: skip
        else:
            yield at + 1, "visit", row, {"person_id": person, "at": f"{day}T07:00:00", "temperature": 368, "spo2": 97}


def record(station: int, seq: int, table: str, row: str, fields: dict[str, Any]) -> tuple[object, ...]:
    """A row of `record`."""
    stamp = START + (seq << 16)
    return station, table, row, stamp, stamp, to_json(fields), None, False


def line(stream: int, seq: int, table: str, row: str, fields: dict[str, Any]) -> tuple[object, ...]:
    """A row of `operation`."""
    stamp = START + (seq << 16)
    op = Op(
        seq=seq, stamp=stamp, action="i", table=table, row=row, fields=fields, actor="0" * 32, schema=1
    )  # fmt: skip
    return stream, seq, stamp, encode_op(op), bytes(32), None, None


def ask_pages(hub: Hub) -> None:
    """Each page some times; the first is told apart, since it may read from the disk. `cpu`: median."""
    client = TestClient(make_app(hub, pages=routes(hub, clock=lambda: NOW)), base_url="https://h.test")
    secret = client.get("/login").text.partition('name="csrf" value="')[2].partition('"')[0]
    assert client.post("/login", data={"csrf": secret, "login": "hoa", "passphrase": PHRASE}).status_code == 200
    print(f"{'page':46} {'first':>8} {'median':>8} {'cpu':>8} {'bytes':>8} {'gzip':>8}")
    for path in PATHS:
        taken, worked = [], []
        for _time in range(TIMES):
            started, used = time.perf_counter(), time.process_time()
            answer = client.get(path)
            taken.append((time.perf_counter() - started) * 1000)
            worked.append((time.process_time() - used) * 1000)
            assert answer.status_code == 200, answer.text
        size, packed = len(answer.content), len(gzip.compress(answer.content, 6))
        print(
            f"{path:46} {taken[0]:6.0f} ms {statistics.median(taken):6.0f} ms"
            f" {statistics.median(worked):6.0f} ms {size:8,} {packed:8,}"
        )


if __name__ == "__main__":
    raise SystemExit(main())
