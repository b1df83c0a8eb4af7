"""Bundles that somebody changed on the way: 100,000 mutants against both readers (bar 15).

`python -m tests.hostile.bundles 100000` opens mutants of every kind of bundle; with `--station` it lays mutants of
receipts and certificates on a stick and lets a station read them. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from covidstation.messages import sentence
from covidstation.sync.bundle import Sender, Subject, open_bundle, open_self_signed, read_ops, write_bundle
from covidstation.sync.header import Kind, parse_header
from covidstation.sync.identity import Identity
from covidstation.sync.refusals import BundleRefused
from tests.sync import samples

OTHER = Identity.generate()


def parts(data: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Magic and length, header, signature, body."""
    at = 8 + int.from_bytes(data[4:8], "big")
    return data[:8], data[8:at], data[at : at + 64], data[at + 64 :]


def mutants(bundles: Sequence[bytes], count: int, seed: int = 1) -> Iterator[bytes]:
    """That many changed bundles; never one of those given."""
    chance, known = random.Random(seed), set(bundles)
    made = 0
    while made < count:
        data = chance.choice(MUTATIONS)(chance, bytearray(chance.choice(bundles)), chance.choice(bundles))
        if data not in known:
            made += 1
            yield data


def _flip(chance: random.Random, data: bytearray, _other: bytes) -> bytes:
    for _time in range(chance.choice((1, 1, 1, 2, 8))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _flip_head(chance: random.Random, data: bytearray, _other: bytes) -> bytes:
    data[chance.randrange(min(len(data), 1000))] = chance.randrange(256)
    return bytes(data)


def _cut(chance: random.Random, data: bytearray, _other: bytes) -> bytes:
    return bytes(data[: chance.randrange(len(data))])


def _insert(chance: random.Random, data: bytearray, _other: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.randbytes(chance.choice((1, 4, 100)))
    return bytes(data)


def _delete(chance: random.Random, data: bytearray, _other: bytes) -> bytes:
    at = chance.randrange(len(data))
    del data[at : at + chance.choice((1, 4, 100))]
    return bytes(data)


def _splice(chance: random.Random, data: bytearray, other: bytes) -> bytes:
    return bytes(data[: chance.randrange(len(data))]) + other[chance.randrange(len(other)) :]


def _swap(chance: random.Random, data: bytearray, other: bytes) -> bytes:
    """One of header, signature and body from another bundle."""
    mine, theirs = list(parts(bytes(data))), parts(other)
    for at in chance.choice(((0, 1), (2,), (3,), (0, 1, 2))):
        mine[at] = theirs[at]
    return b"".join(mine)


def _header(chance: random.Random, data: bytearray, _other: bytes) -> bytes:
    """A header that still reads, under the old signature."""
    head, header, signature, body = parts(bytes(data))
    text = bytearray(header)
    digits = [at for at, byte in enumerate(text) if byte in b"0123456789abcdef"]
    text[chance.choice(digits)] = chance.choice(b"0123456789abcdef")
    return head + bytes(text) + signature + body


def _again(chance: random.Random, data: bytearray, other: bytes) -> bytes:
    return bytes(data) + (other if chance.random() < 0.5 else bytes(data))


MUTATIONS = (_flip, _flip, _flip_head, _cut, _insert, _delete, _splice, _swap, _header, _again)


def honest() -> list[bytes]:
    """Bundles of two enrolled stations, of strangers, and of each kind."""
    long, short = samples.lines(40), samples.lines(2)
    down = Subject(
        kind=Kind.DOWN, station=samples.STATION, epoch=samples.EPOCH, stream=samples.up_subject(short).stream
    )
    recipients = [samples.HUB.age.public]
    return [
        samples.up(),
        samples.up(long),
        samples.up(samples.lines(2, 5), first=5),
        samples.up(signer=OTHER.sign),
        write_bundle(down, short, signer=samples.OURS.sign, recipients=recipients),
        write_bundle(
            Subject(kind=Kind.RECEIPT, station=samples.STATION, epoch=samples.EPOCH), [b"{}"],
            signer=samples.OURS.sign, recipients=recipients,
        ),
        write_bundle(Subject(kind=Kind.ENROL), [b"{}"], signer=OTHER.sign, recipients=[]),
    ]  # fmt: skip


def open_all(count: int) -> Counter[str]:
    """Every mutant against the readers of both kinds: what they said of it."""
    said: Counter[str] = Counter()
    known = {**samples.KNOWN, OTHER.sign.id: Sender(OTHER.sign.public, samples.STATION)}
    for data in mutants(honest(), count):
        try:
            if _kind(data) is Kind.ENROL:
                open_self_signed(data, Kind.ENROL)
            else:
                read_ops(open_bundle(data, known_senders=known, identities=[samples.HUB.age]))
            said["accepted"] += 1
        except BundleRefused as trouble:
            assert sentence(trouble)
            said[trouble.code] += 1
    return said


def _kind(data: bytes) -> Kind | None:
    try:
        return parse_header(parts(data)[1]).kind
    except BundleRefused:
        return None


def peak() -> int:
    """The most memory that this process ever had, in MB; what its parent had before does not count."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) >> 10


def main() -> int:
    """Run, print the figures; 1 when one mutant was accepted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int, nargs="?", default=100_000)
    parser.add_argument("--station", action="store_true")
    options = parser.parse_args()
    begun = time.perf_counter()
    if options.station:
        from tests.hostile.sticks import read_all  # noqa: PLC0415 - the register's libraries are not measured with it

        with tempfile.TemporaryDirectory() as folder:
            said = read_all(options.count, Path(folder))
    else:
        said = open_all(options.count)
    figures = {"said": dict(said), "seconds": round(time.perf_counter() - begun, 1), "megabytes": peak()}
    sys.stdout.write(json.dumps(figures) + "\n")
    return 1 if said["accepted"] else 0


if __name__ == "__main__":
    sys.exit(main())
