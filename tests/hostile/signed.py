"""Bundles of somebody who holds the right keys and means harm: signed and sealed as they must be (bar 16).

`python -m tests.hostile.signed 20000` gives that many to hubs and, every fifth, to stations, in two processes. Prints
one line of JSON: what was said, the most memory of a process, seconds, and those of the processor.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pyrage
import zstandard
from sqlalchemy import func, select

from covidstation.db import keys
from covidstation.domain.canonical import encode
from covidstation.domain.ops import chain_over
from covidstation.errors import UserError
from covidstation.hub.database import keys as hub_keys
from covidstation.hub.database.store import DATABASE, Hub, Place, create_hub, open_hub
from covidstation.hub.intake.bundles import Outcome, take_in
from covidstation.hub.rows import OperationRow, RecordRow, StreamRow
from covidstation.messages import sentence
from covidstation.services.exchange.bundles import Taken, import_files
from covidstation.sync.header import MAGIC
from tests.hostile.bundles import peak
from tests.hostile.sticks import state
from tests.hostile.strings import NASTY
from tests.hub.fake_stations import ACTOR, START, FakeStation
from tests.services import samples as register_samples
from tests.services.district import EPOCH, STATION, District

WHEN = datetime(2022, 3, 10, 5, 40, tzinfo=UTC)
SEGMENT = 1 << 20
SHARED_MEMORY = Path("/dev/shm")  # what is tried here is not the disk
PHRASE = "con đường mòn qua đèo"
JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1 << 62, (1 << 63) - 1, -(1 << 63), 0.5, -0.0, 1e308, "", "x", "0" * 32, "9" * 400,
    [], {}, [[]], [[[[]]]], {"a": {"b": {"c": {"d": 1}}}}, ["a", None, 1], {"": ""}, "2022-02-30", "2022-03-10T25:00",
    "9999-12-31T23:59:59.999999+23:59", *NASTY.values(),
)  # fmt: skip
RAW = (  # values that no JSON writer gives: each stands where a value may
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5000, b"-" + b"9" * 30, b"01", b"+1", b"0x1", b"1_0", b"'a'",
    b'"\\ud800"', b'"\\u0000"', b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"a', b"[" * 5000, b'{"a":' * 5000,
    b'{"a":1,"a":2}', b"\xef\xbb\xbf1", b"", b"nul", b"[1,]", b"/**/1", b'"\x01"', b"true false",
)  # fmt: skip


def sealed(value: dict[str, Any], payload: bytes, signer: Any, reader: str, packed: bytes | None = None) -> bytes:
    """A bundle with that header around any payload, the signature and the seal right."""
    body = pyrage.encrypt(packed or zstandard.compress(payload), [pyrage.x25519.Recipient.from_str(reader)])
    pieces = [hashlib.sha256(body[at : at + SEGMENT]).hexdigest() for at in range(0, len(body), SEGMENT)]
    header = encode(value | {"format": 1, "size": len(body), "segments": pieces})
    return MAGIC + len(header).to_bytes(4, "big") + header + signer.sign(MAGIC + header) + body


def manifest(value: dict[str, Any]) -> bytes:
    """The first line of a payload."""
    names = ("bundle", "epoch", "from", "kind", "recipients", "sender", "station", "to")
    return encode({name: value[name] for name in names if name in value} | {"about": {}})


class Evil:
    """An enrolled station that sends whatever it likes."""

    def __init__(self, station: FakeStation, victim: FakeStation, chance: random.Random) -> None:
        self.station, self.victim, self.chance = station, victim, chance

    def bundle(self, upto: int, chain: bytes) -> bytes:
        """The next bundle after what the hub holds: its frame right, its lines of any kind."""
        make = self.chance.choice(MAKERS)
        lines = make(self, upto + 1)
        value = {
            "bundle": uuid4().hex,
            "epoch": self.station.epoch,
            "from": upto + 1,
            "to": upto + len(lines),
            "kind": "up",
            "recipients": [self._reader_id()],
            "sender": self.station.keys.sign.id,
            "station": self.station.id.hex,
            "chain": [chain.hex(), chain_over(chain, lines).hex()],
            "part": [1, 1],
            "schema": self.chance.choice((1, 1, 1, 2, 99, (1 << 62))),
        }
        if self.chance.random() < 0.1:
            value[self.chance.choice(sorted(value))] = self.chance.choice(JUNK)
        try:
            return self._around(value, lines)
        except (TypeError, ValueError):  # a header that cannot be written at all
            return b"CSB1"

    def _around(self, value: dict[str, Any], lines: list[bytes]) -> bytes:
        chance, signer, reader = self.chance, self.station.keys.sign, self.station.certificate.hub_keys.age
        payload = b"\n".join([manifest(value), *lines, b""])
        kind = chance.random()
        if kind < 0.02:
            turned = b"\r\n".join(payload.split(b"\n"))
            payload = chance.choice((b"", b"\n", b"\n" * 1000, payload[:-1], turned, b"{}\n"))
        elif kind < 0.03:
            payload = manifest(value | {"station": self.victim.id.hex}) + payload[payload.index(b"\n") :]
        elif kind < 0.032:
            return sealed(value, b"", signer, reader, packed=BOMB)
        elif kind < 0.034:
            payload = manifest(value) + b"\n" + b"1\n" * 1_000_000
        elif kind < 0.036:
            payload = manifest(value) + b"\n" + b"x" * ((256 << 10) + 1) + b"\n"
        return sealed(value, payload, signer, reader)

    def _reader_id(self) -> str:
        return self.station.certificate and _key_id(self.station.certificate.hub_keys.age)

    def op(self, seq: int, **changes: Any) -> dict[str, Any]:
        """A line that would be taken."""
        fields = {"full_name": "Giàng A Páo", "birth_year": 1968, "sex": "MALE"}
        return {
            "a": ACTOR, "f": fields, "h": START + (seq << 16), "o": "i", "r": uuid4().hex, "s": seq, "t": "person",
            "v": 1,
        } | changes  # fmt: skip


def _bomb(size: int) -> bytes:
    """So many zeros, packed a little at a time: the attacker's memory is measured too."""
    packer = zstandard.ZstdCompressor(level=3).compressobj(size=size)
    piece = bytes(1 << 20)
    return b"".join([*(packer.compress(piece) for _time in range(size >> 20)), packer.flush()])


def _key_id(public: str) -> str:
    return hashlib.sha256(public.encode()).hexdigest()[:16]


def _line(value: dict[str, Any]) -> bytes:
    try:
        return encode(value)
    except (ValueError, TypeError):
        return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def honest(evil: Evil, seq: int) -> list[bytes]:
    return [_line(evil.op(seq + at)) for at in range(evil.chance.randrange(1, 4))]


def wrong_value(evil: Evil, seq: int) -> list[bytes]:
    """A key of the line with a value of any type."""
    op = evil.op(seq)
    op[evil.chance.choice([*"abfhorstvxz"])] = evil.chance.choice(JUNK)
    return [_line(op)]


def wrong_field(evil: Evil, seq: int) -> list[bytes]:
    """A field of a known or an unknown table with a value of any type; names that mean something elsewhere."""
    names = ("full_name", "birth_year", "hamlet_id", "symptoms", "at", "n", "id", "rev", "stamps", "extra", "made",
             "__class__", "a" * 63, "a" * 64, "x y", "", "select")  # fmt: skip
    tables = ("person", "episode", "visit", "daily_report", "app_user", "audit", "sqlite_master", "secret", "zzz")
    fields = {evil.chance.choice(names): evil.chance.choice(JUNK) for _at in range(evil.chance.randrange(1, 4))}
    return [_line(evil.op(seq, f=fields, t=evil.chance.choice(tables)))]


def raw_value(evil: Evil, seq: int) -> list[bytes]:
    """Bytes that are no value, where one belongs."""
    line = _line(evil.op(seq, v="HERE") if evil.chance.random() < 0.3 else evil.op(seq, f={"full_name": "HERE"}))
    return [line.replace(b'"HERE"', evil.chance.choice(RAW))]


def broken_bytes(evil: Evil, seq: int) -> list[bytes]:
    line = bytearray(_line(evil.op(seq)))
    for _time in range(evil.chance.choice((1, 3, 20))):
        line[evil.chance.randrange(len(line))] = evil.chance.randrange(256)
    return [bytes(line).replace(b"\n", b" ")]


def another_form(evil: Evil, seq: int) -> list[bytes]:
    """The same value, written in another way: spaces, order, a key twice."""
    line, twin = _line(evil.op(seq)), b'{"s":%d,"a"' % seq
    ways = (
        line.replace(b",", b", ", 1), line.replace(b'{"a"', twin, 1), line + b" ", b"\xef\xbb\xbf" + line,
        line.replace(b"M", b"\\u004d"), b"[" + line + b"]", line[:-1],
    )  # fmt: skip
    return [evil.chance.choice(ways)]


def others_rows(evil: Evil, seq: int) -> list[bytes]:
    """A row of the other station: changed, deleted, made anew."""
    row = evil.chance.choice([f"{number:032x}" for number in range(1, 4)])
    action = evil.chance.choice("iud")
    op = evil.op(seq, r=row, o=action, b=evil.chance.choice((0, START, START + (1 << 16), {"1": ["full_name"]})))
    if action == "d":
        del op["f"]
    if action == "i":
        del op["b"]
    return [_line(op)]


def odd_stamps(evil: Evil, seq: int) -> list[bytes]:
    stamp = evil.chance.choice((0, 1, START, (1 << 63) - 1, 1 << 63, -1, START + (seq << 16)))
    return [_line(evil.op(seq, h=stamp)), _line(evil.op(seq + 1, h=stamp, x=evil.chance.choice((0, seq, seq + 9))))]


def odd_numbers(evil: Evil, seq: int) -> list[bytes]:
    return [_line(evil.op(evil.chance.choice((0, seq + 1, seq - 1, -seq, 1 << 62))))]


MAKERS: tuple[Callable[[Evil, int], list[bytes]], ...] = (
    honest, wrong_value, wrong_value, wrong_field, wrong_field, raw_value, raw_value, broken_bytes, another_form,
    others_rows, odd_stamps, odd_numbers,
)  # fmt: skip
BOMB = _bomb(1 << 30)


def attack_hub(folder: Path, count: int, seed: int = 1) -> Counter[str]:
    """That many bundles into one hub; AssertionError when one is half in, or reaches another station."""
    hub = _hub(folder)
    chance = random.Random(seed)
    victim, station = FakeStation("Trạm Y tế xã Nậm Cha", "03451").join(hub), FakeStation().join(hub)
    victim.people(3)
    take_in(hub, victim.up(), now=WHEN)
    theirs = _rows_of(hub, victim.epoch)
    evil = Evil(station, victim, chance)
    said: Counter[str] = Counter()
    mark = _mark(hub, station.epoch)
    forget_peak()
    for _time in range(count):
        before, data = mark, evil.bundle(*mark)
        try:
            outcome = take_in(hub, data, now=WHEN)[0]
        except UserError as trouble:
            assert sentence(trouble)
            mark = _mark(hub, station.epoch)
            assert mark == before
            said[trouble.code] += 1
            continue
        said[outcome.outcome.value] += 1
        mark = _mark(hub, station.epoch)
        assert mark[0] == (outcome.last if outcome.outcome is Outcome.TAKEN else before[0])
    assert _rows_of(hub, victim.epoch) == theirs
    _all_counted(hub)
    hub.db.close()
    return said


def _hub(folder: Path) -> Hub:
    place = Place(folder / DATABASE, folder)
    with patch.object(hub_keys, "lock", lambda data, _code: data):  # scrypt takes its time
        create_hub(place, name="Trung tâm Y tế Sìn Hồ", code="108", passphrase=PHRASE, now=WHEN, cost=keys.FLOOR)
    return open_hub(place, PHRASE)


def _mark(hub: Hub, epoch: str) -> tuple[int, bytes]:
    with hub.db.read() as session:
        found = session.execute(select(StreamRow.upto, StreamRow.chain).where(StreamRow.epoch == epoch)).one()
        return found.upto, found.chain


def _rows_of(hub: Hub, epoch: str) -> list[Any]:
    with hub.db.read() as session:
        stream = session.scalars(select(StreamRow).where(StreamRow.epoch == epoch)).one()
        query = select(RecordRow.row, RecordRow.rev, RecordRow.fields, RecordRow.deleted)
        return [tuple(row) for row in session.execute(query.where(RecordRow.station == stream.station))]


def _all_counted(hub: Hub) -> None:
    """As many operations as the marks say, each stream without a gap."""
    with hub.db.read() as session:
        for stream in session.scalars(select(StreamRow)):
            query = select(func.count()).select_from(OperationRow).where(OperationRow.stream == stream.n)
            assert session.scalar(query) == stream.upto


def attack_station(folder: Path, count: int, seed: int = 2) -> Counter[str]:
    """That many files signed by the district's own keys, or by a root of somebody else's, into one station."""
    from tests.hostile.sticks import enrolled  # noqa: PLC0415 - only here

    db, _honest = enrolled(folder)
    district, stranger, chance = District(), District(new=True), random.Random(seed)
    said: Counter[str] = Counter()
    before = state(db)
    forget_peak()
    for number in range(count):
        stick = folder / "stick"
        stick.mkdir()
        (stick / "x.csb").write_bytes(_word(chance, db, district, stranger))
        for one in import_files(db, stick, by=None, now=register_samples.NOW).value:
            assert one.trouble is None or sentence(one.trouble)
            said[one.trouble.code if one.trouble else one.outcome.value] += 1
            assert one.outcome in (Taken.REFUSED, Taken.RECEIPT, Taken.ALREADY)
        _same_trust(before, state(db))
        for path in stick.iterdir():
            path.unlink()
        stick.rmdir()
        del number
    db.close()
    return said


def _same_trust(before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
    """Keys, certificate, epoch and chain stay; what is received never falls."""
    assert after[1:3] == before[1:3] and after[4] == before[4]
    assert after[0] >= before[0]


def _word(chance: random.Random, db: Any, district: District, stranger: District) -> bytes:
    """A receipt or another file for the station, right but for something."""
    from covidstation.services.exchange.enrolment import identity_of  # noqa: PLC0415 - only here

    with db.read() as session:
        ours = identity_of(session).public
    kind = chance.choice(("receipt", "receipt", "receipt", "receipt", "down", "cert", "snapshot", "up"))
    value: dict[str, Any] = {
        "bundle": uuid4().hex, "epoch": EPOCH, "kind": kind, "recipients": [_key_id(ours.age)],
        "sender": district.identity.sign.id, "station": STATION.hex,
    }  # fmt: skip
    if kind in ("down", "up"):
        value |= {"from": 1, "to": 1, "chain": ["0" * 64, "0" * 64], "part": [1, 1], "schema": 1}
    head: dict[str, Any] = {
        "station": STATION.hex, "epoch": EPOCH, "upto": chance.choice((0, 1, 5, 6, 10**9)), "chain": "0" * 64,
        "staged": [], "hub_time": "2022-03-10T05:40:00Z", "hub_epoch": "c2dbd3c2a5b1e0f4", "hub_name": "Trung tâm",
    }  # fmt: skip
    for _time in range(chance.choice((0, 1, 1, 2))):
        head[chance.choice(sorted(head))] = chance.choice(JUNK)
    more = [{"s": 1, "status": "conflict", "code": "op.x", "text": "x"} | {chance.choice("sxtc"): chance.choice(JUNK)}]
    lines = [_line(head), *map(_line, more if chance.random() < 0.3 else [])]
    if chance.random() < 0.15:
        lines[0] = lines[0].replace(b'"Trung t\xc3\xa2m"', chance.choice(RAW))
    if chance.random() < 0.1:
        value[chance.choice(sorted(value))] = chance.choice(JUNK)
    signer = stranger.identity.sign if chance.random() < 0.1 else district.identity.sign
    if signer is stranger.identity.sign and chance.random() < 0.5:
        value["sender"] = signer.id
    packed = BOMB if chance.random() < 0.002 else None
    try:
        payload = b"\n".join([manifest(value), *lines, b""])
        return sealed(value, payload, signer, ours.age, packed)
    except (TypeError, ValueError):
        return b"CSB1"


def forget_peak() -> None:
    """Founding takes more memory than any hostile file may; Linux then counts the most anew."""
    Path("/proc/self/clear_refs").write_text("5")


def share(count: int, seed: int) -> dict[str, Any]:
    """One process's part: four fifths to a hub of its own, one to a station; the figures."""
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None) as folder:
        (Path(folder) / "hub").mkdir()
        hub, most = attack_hub(Path(folder) / "hub", count - count // 5, seed), peak()
        station = attack_station(Path(folder), count // 5, seed + 1)
    worked = round(time.process_time(), 1)
    return {"hub": dict(hub), "station": dict(station), "megabytes": max(most, peak()), "processor": worked}


def shared_out(count: int, parts: int) -> dict[str, Any]:
    """So many processes side by side, each with other dice; their figures together, of memory the most."""
    command = [sys.executable, "-m", "tests.hostile.signed", str(count // parts), "--seed"]
    running = [subprocess.Popen([*command, str(10 * part + 1)], stdout=subprocess.PIPE) for part in range(parts)]
    said = [one.communicate()[0] for one in running]
    if any(one.returncode for one in running):
        raise SystemExit("a part failed; its trace stands above")
    found = [json.loads(one) for one in said]
    together: dict[str, Any] = {
        name: dict(sum((Counter(one[name]) for one in found), Counter())) for name in ("hub", "station")
    }
    return together | {
        "megabytes": max(one["megabytes"] for one in found),
        "processor": round(sum(one["processor"] for one in found), 1),
    }


def main() -> int:
    """Run, print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("--parts", type=int, default=2, help="processes side by side (2)")
    parser.add_argument("--seed", type=int, help="do one part with these dice, in this process")
    options = parser.parse_args()
    begun = time.perf_counter()
    one = options.seed is not None
    figures = share(options.count, options.seed) if one else shared_out(options.count, options.parts)
    sys.stdout.write(json.dumps(figures | {"seconds": round(time.perf_counter() - begun, 1)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
