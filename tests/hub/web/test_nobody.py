"""Hundreds of callers who may not: none is taken in, none hears anything but one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import update

from covidstation.hub.database.store import Hub
from covidstation.hub.rows import EnrolmentRow
from covidstation.hub.web.limits import Rate
from covidstation.hub.web.sync import Rates
from covidstation.hub.web.uploads import FOLDER
from covidstation.sync.bundle import SIGNATURE, read_header
from covidstation.sync.frames import BUNDLE, BUNDLES, PIECE
from covidstation.sync.header import Kind
from covidstation.sync.identity import Identity
from tests.hub.fake_stations import NOW, FakeStation, everything
from tests.hub.web.serving import serving_hub

MANY = Rate(100_000, 100_000)
Case = Callable[[Random, FakeStation, FakeStation], tuple[bytes, str]]


@pytest.fixture
def line(hub: Hub) -> Iterator[httpx.Client]:
    rates = Rates(station=MANY, former=MANY, everybody=MANY)
    with serving_hub(hub, rates=rates) as url, httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        yield client


def head_of(data: bytes) -> int:
    """Bytes of the header and its signature."""
    return 8 + int.from_bytes(data[4:8], "big") + SIGNATURE


def named(data: bytes) -> tuple[bytes, str]:
    return data, read_header(data).bundle.hex


def turned(dice: Random, one: FakeStation, _other: FakeStation) -> tuple[bytes, str]:
    """A bit of the header or of its signature."""
    data, name = named(one.up(1, 1))
    at = dice.randrange(head_of(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :], name


def of_a_stranger(_dice: Random, one: FakeStation, _other: FakeStation) -> tuple[bytes, str]:
    return named(one.up(1, 1, signer=Identity.generate().sign))


def as_the_other(_dice: Random, one: FakeStation, other: FakeStation) -> tuple[bytes, str]:
    return named(one.up(1, 1, station=other.id))


def by_the_other(_dice: Random, one: FakeStation, other: FakeStation) -> tuple[bytes, str]:
    """Its lines under the name of the first."""
    return named(other.up(1, 1, station=one.id))


def of_another_kind(_dice: Random, one: FakeStation, _other: FakeStation) -> tuple[bytes, str]:
    return named(one.up(1, 1, kind=Kind.DOWN))


def under_another_address(_dice: Random, one: FakeStation, _other: FakeStation) -> tuple[bytes, str]:
    return one.up(1, 1), uuid4().hex


def with_anothers_signature(_dice: Random, one: FakeStation, other: FakeStation) -> tuple[bytes, str]:
    data, name = named(one.up(1, 1))
    stolen = other.up(1, 1)
    end, their_end = head_of(data), head_of(stolen)
    return data[: end - SIGNATURE] + stolen[their_end - SIGNATURE : their_end] + data[end:], name


def cut(dice: Random, one: FakeStation, _other: FakeStation) -> tuple[bytes, str]:
    data, name = named(one.up(1, 1))
    return data[: dice.randrange(head_of(data))], name


CASES: tuple[Case, ...] = (
    turned,
    turned,
    of_a_stranger,
    as_the_other,
    by_the_other,
    of_another_kind,
    under_another_address,
    with_anothers_signature,
    cut,
)


@pytest.mark.timeout(180)
def test_nobody_comes_in_who_may_not(hub: Hub, station: FakeStation, line: httpx.Client) -> None:
    other = FakeStation("Trạm Y tế xã Pa Tần", "03520").join(hub)
    revoked = FakeStation("Trạm Y tế xã Phìn Hồ", "03523").join(hub)
    for one in (station, other, revoked):
        one.people(1)
    with hub.db.write(None, NOW) as session:
        in_force = EnrolmentRow.key_id == revoked.keys.sign.id
        session.execute(update(EnrolmentRow).where(in_force).values(revoked_at=NOW.replace(tzinfo=None)))
    before, dice, told = everything(hub), Random(3), 0
    for number in range(340):
        data, name = CASES[number % len(CASES)](dice, station, other)
        kind, headers = ("POST", {"Content-Type": BUNDLE})
        if number % 2:
            kind, headers = ("PATCH", {"Content-Type": PIECE, "Upload-Offset": "0", "Upload-Length": str(len(data))})
        answer = line.request(kind, f"/sync/v1/bundles/{name}", content=data, headers=headers)
        assert answer.status_code in (400, 403, 413, 415, 422), (CASES[number % len(CASES)].__name__, answer.text)
        assert set(answer.json()) == {"code", "text"} and answer.headers["Content-Type"] != BUNDLES
        told += 1
    assert told == 340 and everything(hub) == before
    assert not list((hub.place.folder / FOLDER).glob("*"))
    answer = line.post(f"/sync/v1/bundles/{read_header(data := revoked.up(1, 1)).bundle.hex}", content=data,
                       headers={"Content-Type": BUNDLE})  # fmt: skip
    assert answer.status_code == 403 and answer.headers["Content-Type"] != BUNDLES
