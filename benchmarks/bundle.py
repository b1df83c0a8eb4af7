"""Bundles end to end in one process: build at the station, open and apply at the hub, SQLCipher, synchronous=FULL.

`python -m benchmarks.bundle [--rounds 5]` prints JSON: milliseconds (median, and fastest: what the work takes when the
machine has nothing else to do) and bytes a record. The workload is the one of the published comparisons: 10,000 new
patient-like records of 16 fields, 10,000 updates of 2 fields, 100 new, 100 updates, the first 10,000 delivered again.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.measure import report
from covidstation.db.keys import FLOOR
from covidstation.domain.ops import Op, chain_over, chain_start, encode_op
from covidstation.hub.database.store import Hub, Place, create_hub, open_hub
from covidstation.hub.intake.bundles import Outcome, take_in
from covidstation.hub.stations.enrolling import enrol_station
from covidstation.sync.bundle import Subject, write_bundle
from covidstation.sync.enrolment import EnrolRequest, open_certificate
from covidstation.sync.header import Kind, Stream
from covidstation.sync.identity import Identity

MANY, FEW = 10_000, 100
ACTOR = "0" * 32
NOW = datetime(2022, 3, 10, 5, 40, tzinfo=UTC)
FAMILY = ("Giàng", "Chẻo", "Lò", "Vàng", "Lù", "Tẩn", "Nguyễn", "Phàn", "Hoàng", "Sùng")
MIDDLE = ("A", "Thị", "Lở", "Văn", "Seo", "Mỹ", "Quẩy", "Xuân")
GIVEN = ("Páo", "Mẩy", "Dế", "Chứ", "Dinh", "Sử", "Hoa", "Lìn", "Pà", "Súa", "Hạnh", "Tuyết")
HAMLET = ("Bản Phố", "Nậm Tăm", "Sín Chải", "Lũng Pâu", "Tả Chu Phùng", "Na Lốc", "Pa Cheo Phìn")


class Station:
    """The sending side: numbers, stamps and chain of one stream, straight on `sync.bundle`."""

    def __init__(self, hub: Hub, commune: str = "03450") -> None:
        self.keys = Identity.generate()
        request = EnrolRequest(
            station_name="Trạm Y tế xã Nậm Tăm",
            commune=commune,
            place="Nậm Tăm",
            keys=self.keys.public,
            made_at=NOW,
            program="bench",
        )
        self.id, serial = enrol_station(hub, request, now=NOW)
        self.epoch = _epoch_of(hub, serial, self.keys)
        self.recipients = [hub.keys.identity.age.public, hub.keys.escrow]
        self.chain = chain_start(self.id, self.epoch)
        self.seq = 0
        self.stamp = int(NOW.timestamp() * 1000) << 16

    def next(self) -> tuple[int, int]:
        """Number and stamp of one more operation."""
        self.seq += 1
        self.stamp += 1 << 16
        return self.seq, self.stamp

    def pack(self, lines: list[bytes]) -> bytes:
        """The lines that `next` numbered last, as a bundle."""
        after = chain_over(self.chain, lines)
        first = self.seq - len(lines) + 1
        stream = Stream(first=first, last=self.seq, chain_before=self.chain, chain_after=after, schema=1)
        self.chain = after
        subject = Subject(kind=Kind.UP, station=self.id, epoch=self.epoch, stream=stream)
        return write_bundle(subject, lines, signer=self.keys.sign, recipients=self.recipients)


def _epoch_of(hub: Hub, serial: int, keys: Identity) -> str:
    from covidstation.hub.rows import EnrolmentRow  # noqa: PLC0415 -- the one look behind the hub's door

    with hub.db.read() as session:
        data = session.get_one(EnrolmentRow, serial).certificate
    return open_certificate(data, ours=keys.public).epoch


def patient(luck: random.Random) -> dict[str, Any]:
    """Sixteen fields of a person, invented."""
    name = f"{luck.choice(FAMILY)} {luck.choice(MIDDLE)} {luck.choice(GIVEN)}"
    hamlet = luck.choice(HAMLET)
    return {
        "full_name": name,
        "birth_year": luck.randint(1930, 2021),
        "birth_month": luck.randint(1, 12),
        "birth_day": luck.randint(1, 28),
        "sex": luck.choice(("MALE", "FEMALE")),
        "citizen_number": f"{luck.randint(0, 10**12 - 1):012d}",
        "insurance_number": f"GD4{luck.randint(0, 10**12 - 1):012d}",
        "phone": f"09{luck.randint(0, 10**8 - 1):08d}",
        "ethnic_group": f"{luck.randint(1, 54):02d}",
        "hamlet_id": f"{luck.choice(range(7)):032x}",
        "household_id": f"{luck.getrandbits(40):032x}",
        "address_printed": f"Thôn {hamlet}, xã Nậm Tăm, huyện Sìn Hồ, tỉnh Lai Châu",
        "address_unit": "03450",
        "pregnancy": "NO",
        "conditions": luck.sample(["HYPERTENSION", "DIABETES", "ASTHMA", "CKD"], luck.randint(0, 2)),
        "card_extras": "",
    }


def new_lines(station: Station, ids: Iterable[str], luck: random.Random, made: dict[str, int]) -> list[bytes]:
    """Journal lines of new people. `made` remembers each one's stamp, as the station's row does."""
    lines = []
    for row in ids:
        seq, stamp = station.next()
        made[row] = stamp
        fields = patient(luck)
        lines.append(
            encode_op(
                Op(seq=seq, stamp=stamp, action="i", table="person", row=row, fields=fields, actor=ACTOR, schema=1)
            )
        )
    return lines


def update_lines(station: Station, ids: Iterable[str], luck: random.Random, bases: dict[str, int]) -> list[bytes]:
    """Journal lines of two changed fields each."""
    lines = []
    for row in ids:
        seq, stamp = station.next()
        fields = {"phone": f"03{luck.randint(0, 10**8 - 1):08d}", "pregnancy": luck.choice(("NO", "YES", "UNKNOWN"))}
        lines.append(
            encode_op(
                Op(
                    seq=seq,
                    stamp=stamp,
                    action="u",
                    table="person",
                    row=row,
                    fields=fields,
                    actor=ACTOR,
                    schema=1,
                    base=bases[row],
                )
            )
        )
        bases[row] = stamp
    return lines


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what came out."""
    started = time.perf_counter()
    result = work()
    return (time.perf_counter() - started) * 1000, result


def one_round(folder: Path, seed: int) -> dict[str, dict[str, float]]:
    """All steps once, on a hub of its own."""
    place = Place(folder / "hub.db", folder)
    create_hub(place, name="TTYT", code="", passphrase="chỉ để đo thôi", now=NOW, cost=FLOOR)
    hub = open_hub(place, "chỉ để đo thôi")
    station, luck = Station(hub), random.Random(seed)
    stamps: dict[str, int] = {}
    many = [UUID(int=luck.getrandbits(128)).hex for _one in range(MANY)]
    few = [UUID(int=luck.getrandbits(128)).hex for _one in range(FEW)]
    steps: dict[str, dict[str, float]] = {}
    for name, ids, make in (
        ("new_10000", many, new_lines),
        ("updates_10000", many, update_lines),
        ("new_100", few, new_lines),
        ("updates_100", few, update_lines),
    ):
        lines = make(station, ids, luck, stamps)
        build, data = timed(lambda lines=lines: station.pack(lines))
        took, intakes = timed(lambda data=data: take_in(hub, data, now=NOW))
        if intakes[0].outcome is not Outcome.TAKEN or intakes[0].set_aside:
            raise SystemExit(f"{name}: {intakes[0]}")
        steps[name] = {
            "build_ms": build,
            "open_apply_ms": took,
            "total_ms": build + took,
            "bytes_per_record": len(data) / len(lines),
            "json_bytes_per_record": sum(map(len, lines)) / len(lines),
        }
        if name == "new_10000":
            again, intakes = timed(lambda data=data: take_in(hub, data, now=NOW))
            steps["same_file_again"] = {"total_ms": again}
            if intakes[0].outcome is not Outcome.ALREADY:
                raise SystemExit("delivered again: not recognised")
            station.chain, station.seq = chain_start(station.id, station.epoch), len(lines)
            repacked = station.pack(lines)
            again, intakes = timed(lambda data=repacked: take_in(hub, data, now=NOW))
            steps["same_changes_in_another_file"] = {"total_ms": again}
            if intakes[0].outcome is not Outcome.ALREADY:
                raise SystemExit("packed again: not recognised")
    hub.db.close()
    steps["database"] = {"mib": place.database.stat().st_size / (1 << 20)}
    return steps


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = []
    for seed in range(parser.parse_args().rounds):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(one_round(Path(folder), seed))
    median, fastest = (
        {
            step: {name: round(pick([one[step][name] for one in rounds]), 1) for name in values}
            for step, values in rounds[0].items()
        }
        for pick in (statistics.median, min)
    )
    report("bundle", {"rounds": len(rounds), "median": median, "fastest": fastest})


if __name__ == "__main__":
    main()
