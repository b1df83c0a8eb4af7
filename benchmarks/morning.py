"""A province's morning: every station sends in its own minute between 06:30 and 06:55, to real servers on PostgreSQL.

    ./run bench morning [--stations 600] [--lines 40] [--seconds 50] [--serve 2] [--server postgresql://…] [--no-tls]

The servers are `covidstation-hub serve`, each a process of its own with TLS. Bundles are signed and sealed beforehand;
each station has its own keys and stream. The 25 minutes are pressed into `--seconds`: `times_faster` says how much. Of
a hundred stations five lose the answer and send the same again. Who is told to come later does so. In the end every
receipt is opened and every line counted. `wait_ms` is from the station's minute to its receipt, retries included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, func, make_url, select

from benchmarks._province import Sender, senders
from benchmarks.bundle import NOW
from benchmarks.hub import PASSPHRASE, database, own_server
from benchmarks.measure import percentile, report
from covidstation.db.keys import FLOOR
from covidstation.domain.pace import SLOT, SLOT_SECONDS, next_slot
from covidstation.hub.database.store import Hub, Place, create_hub, open_hub
from covidstation.hub.rows import InboxRow, OperationRow, StreamRow
from covidstation.sync.bundle import Sender as Known
from covidstation.sync.bundle import open_bundle
from covidstation.sync.frames import BUNDLE, unframe
from covidstation.sync.receipts import read_receipt

LOSES_THE_ANSWER = 0.05
AGAIN = (1.0, 4.0)  # seconds after which a lost line comes back
MOST_TRIES = 40
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Morning:
    """What the callers saw."""

    tls: ssl.SSLContext | None
    ports: Sequence[int]
    answers: Counter[int] = field(default_factory=Counter)
    lost: int = 0  # answers that a caller did not wait for, and lines that broke
    waits: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)  # the one that brought the receipt
    receipts: dict[int, bytes] = field(default_factory=dict)
    late: float = 0.0  # the most that this program itself was behind its timetable

    async def station(self, number: int, one: Sender, at: float, luck: random.Random) -> None:
        """One station's morning."""
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        self.late = max(self.late, time.monotonic() - at)
        hangs_up = luck.random() < LOSES_THE_ANSWER
        for _try in range(MOST_TRIES):
            asked = time.monotonic()
            try:
                status, later, body = await self._post(number, one, hangs_up)
            except (OSError, asyncio.IncompleteReadError, ConnectionError):
                self.lost, hangs_up = self.lost + 1, False
                await asyncio.sleep(luck.uniform(*AGAIN))
                continue
            self.answers[status] += 1
            if status == 200:
                self.waits.append((time.monotonic() - at) * 1000)
                self.posts.append((time.monotonic() - asked) * 1000)
                self.receipts[number] = body
                return
            if status not in (202, 429, 503):
                raise SystemExit(f"station {number}: {status} {body[:200]!r}")
            await asyncio.sleep(later)

    async def _post(self, number: int, one: Sender, hangs_up: bool) -> tuple[int, float, bytes]:
        port = self.ports[number % len(self.ports)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=self.tls)
        try:
            writer.write(
                f"POST /sync/v1/bundles/{one.bundle.hex} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                f"Content-Type: {BUNDLE}\r\nContent-Length: {len(one.data)}\r\n\r\n".encode()
                + one.data
            )
            await writer.drain()
            if hangs_up:
                raise ConnectionError
            return _answer(await reader.read())
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def _answer(data: bytes) -> tuple[int, float, bytes]:
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        raise ConnectionError
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines[1:])}
    if len(body) < int(headers.get("content-length", "0")):
        raise ConnectionError
    return int(lines[0].split()[1]), float(headers.get("retry-after", "5")), body


async def run(morning: Morning, many: Sequence[Sender], seconds: float, seed: int) -> float:
    """Everybody in their minute; returns how long it took until the last receipt."""
    began = time.monotonic() + 1
    eve = datetime(2022, 3, 10, 0, 0, tzinfo=NOW.tzinfo)
    start = eve.replace(hour=SLOT.hour, minute=SLOT.minute)
    luck = random.Random(seed)
    async with asyncio.TaskGroup() as group:
        for number, one in enumerate(many):
            offset = (next_slot(one.id, eve) - start).total_seconds() * seconds / SLOT_SECONDS
            group.create_task(morning.station(number, one, began + offset, random.Random(luck.random())))
    return time.monotonic() - began


@contextmanager
def serving(place: Place, count: int, tls: bool, ports: Sequence[int]) -> Iterator[list[subprocess.Popen[str]]]:
    """So many servers; all are named in every certificate."""
    assert isinstance(place.database, URL)
    secret = place.folder / "passphrase.txt"
    secret.touch(0o600)
    secret.write_text(PASSPHRASE, encoding="utf-8")
    url = place.database.set(drivername="postgresql").render_as_string(hide_password=False)
    scheme = "https" if tls else "http"
    words = [sys.executable, "-m", "covidstation.hub", "--data", str(place.folder), "--database", url]
    words += ["--passphrase-file", str(secret), "serve", "--host", "127.0.0.1", "--json"]
    words += [] if tls else ["--no-tls"]
    words += [word for port in ports for word in ("--url", f"{scheme}://127.0.0.1:{port}")]
    with ExitStack() as stack:
        programs = []
        for port in ports[:count]:
            command = [*words, "--port", str(port)]
            program = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(program.terminate)
            programs.append(program)
            assert program.stdout is not None
            json.loads(program.stdout.readline() or "null") or sys.exit("a server did not start")
        yield programs


def free_ports(count: int) -> list[int]:
    """Ports that nobody has now."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _one in range(count)]
        return [int(probe.getsockname()[1]) for probe in probes]


def worked(pid: int) -> tuple[float, float]:
    """Seconds of processor time of a process and of its children, those that ended too; and its memory at most, MiB."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    seconds = sum(int(one) for one in stat[11:15]) / TICKS
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(OSError):
            seconds += worked(int(child))[0]
    status = Path(f"/proc/{pid}/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return seconds, peak


def server_pid(hub: Hub) -> int | None:
    """The server's own process when it runs here."""
    with hub.db.read() as session:
        mine = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with suppress(OSError):
        parent = int(Path(f"/proc/{mine}/stat").read_text().rpartition(")")[2].split()[1])
        return parent if "postgres" in Path(f"/proc/{parent}/comm").read_text() else None
    return None


def counted(hub: Hub, many: Sequence[Sender], receipts: dict[int, bytes]) -> dict[str, int]:
    """What the hub has in the end, and what its receipts say; ends the program when one line is missing."""
    key = hub.keys.identity.sign.public
    said = 0
    for number, body in receipts.items():
        one = many[number]
        opened = open_bundle(
            unframe(body)[0], known_senders={hub.keys.identity.sign.id: Known(key, one.id)}, identities=[one.keys.age]
        )
        said += read_receipt(opened).upto
    with hub.db.read() as session:
        lines = session.scalar(select(func.count()).select_from(OperationRow)) or 0
        upto = int(session.scalar(select(func.sum(StreamRow.upto))) or 0)
        waiting = session.scalar(select(func.count()).where(InboxRow.state == "waiting")) or 0
    sent = sum(one.lines for one in many)
    if {sent, lines, upto, said} != {sent} or waiting:
        raise SystemExit(f"lost: {sent} sent, {lines} held, {upto} in streams, {said} in receipts, {waiting} waiting")
    return {"bundles": len(receipts), "lines_sent": sent, "lines_held": lines, "lines_in_receipts": said}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="bench morning")
    parser.add_argument("--stations", type=int, default=600)
    parser.add_argument("--lines", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=50)
    parser.add_argument("--serve", type=int, default=2)
    parser.add_argument("--server")
    parser.add_argument("--no-tls", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        server = make_url(asked.server) if asked.server else stack.enter_context(own_server())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = Place(stack.enter_context(database(server)), folder)
        create_hub(place, name="Tỉnh", code="", passphrase=PASSPHRASE, now=NOW, cost=FLOOR)
        ports, tls = free_ports(asked.serve), not asked.no_tls
        with serving(place, 1, tls, ports):  # certificates name these addresses before anybody is enrolled
            pass
        hub = open_hub(place, PASSPHRASE)
        stack.callback(hub.db.close)
        began = time.perf_counter()
        many = list(senders(hub, asked.stations, asked.lines, 1))
        made = time.perf_counter() - began
        with serving(place, asked.serve, tls, ports) as programs:
            figures = measured(hub, many, programs, Morning(_trusting() if tls else None, ports), asked.seconds)
    report("morning", {"stations": asked.stations, "lines": asked.lines, "made_in_s": round(made, 1), **figures})


def measured(
    hub: Hub, many: Sequence[Sender], programs: Sequence[subprocess.Popen[str]], morning: Morning, seconds: float
) -> dict[str, Any]:
    """Run it and say how it went."""
    postgres = server_pid(hub)
    before = {pid: worked(pid)[0] for pid in (*(one.pid for one in programs), *([postgres] if postgres else []))}
    own = time.process_time()
    took = asyncio.run(run(morning, many, seconds, 2))
    own = time.process_time() - own
    after = {pid: worked(pid) for pid in before}
    told = sum(morning.answers.values())
    return {
        "times_faster": round(SLOT_SECONDS / seconds, 1),
        "took_s": round(took, 1),
        "bundles_a_second": round(len(many) / took, 1),
        "bytes_a_bundle": round(sum(len(one.data) for one in many) / len(many)),
        "wait_ms": {f"p{share * 100:g}": round(percentile(morning.waits, share)) for share in (0.5, 0.95, 0.99, 1)},
        "post_ms": {f"p{share * 100:g}": round(percentile(morning.posts, share)) for share in (0.5, 0.95, 0.99, 1)},
        "answers": {str(status): count for status, count in sorted(morning.answers.items())},
        "told_to_come_later": f"{100 * (told - morning.answers[200]) / told:.1f} %",
        "lost_and_sent_again": morning.lost,
        "serve": [
            {"cpu_s": round(after[one.pid][0] - before[one.pid], 1), "peak_mib": round(after[one.pid][1])}
            for one in programs
        ],
        "postgresql_cpu_s": round(after[postgres][0] - before[postgres], 1) if postgres else None,
        "callers_cpu_s": round(own, 1),
        "callers_late_ms": round(morning.late * 1000),
        **counted(hub, many, morning.receipts),
    }


def _trusting() -> ssl.SSLContext:
    """TLS 1.3 as stations speak it; whose certificate it is, is not what is measured."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


if __name__ == "__main__":
    main()
