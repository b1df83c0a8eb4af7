"""What stations and hubs of every schema wrote is read by today's hub: the same records, and nothing of it once a bit
is turned or a byte is missing (docs/bundle-format-1.md §13). `tests.sync.old_programs` made the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from covidstation.db.schema import CURRENT
from covidstation.errors import UserError
from covidstation.hub.intake.bundles import Outcome, take_in
from covidstation.hub.rows import OperationRow, RecordRow
from covidstation.sync.bundle import read_header
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_certificate, open_request
from covidstation.sync.header import Kind
from tests.hub.fake_stations import everything
from tests.sync.golden_hubs import NOW, SCHEMAS, answered, hub_of
from tests.sync.test_golden import RELEASES, Golden

EACH = 97  # byte of a large bundle that is turned; of its header and of small ones every fifth


@pytest.fixture(params=SCHEMAS, ids=[path.name for path in SCHEMAS])
def golden(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_there_is_one_of_each_schema() -> None:
    """Whoever opens a new schema keeps what the last program of the one before wrote (`tests/sync/old_programs.py`)."""
    assert [path.name for path in SCHEMAS] == [str(number) for number in range(1, CURRENT)]


def spots(data: bytes) -> list[int]:
    """Where to turn a bit: all over, and closely where the header is."""
    head = min(len(data), 1_500)
    return sorted({*range(0, head, 5), *range(head, len(data), EACH), len(data) - 1})


def mutants(data: bytes) -> list[bytes]:
    turned = [data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :] for at in spots(data)]
    return [*turned, *(data[:at] for at in spots(data)), data + b"\0"]


def test_todays_hub_makes_of_it_what_that_days_hub_made(golden, tmp_path):
    with hub_of(golden, tmp_path) as hub:
        (taken,) = take_in(hub, (golden / "up.csb").read_bytes(), now=NOW)
        assert (taken.outcome, taken.set_aside) == (Outcome.TAKEN, 0)
        with hub.db.read() as session:
            made = sorted([row.tbl, row.row, row.fields] for row in session.scalars(select(RecordRow)))
            assert session.scalars(select(OperationRow.code).where(OperationRow.code.is_not(None))).all() == []
        again = take_in(hub, (golden / "up.csb").read_bytes(), now=NOW)
        assert [one.outcome for one in again] == [Outcome.ALREADY]
    assert made == json.loads((golden / "records.json").read_text(encoding="utf-8"))


def test_its_answer_names_all_that_came(golden, tmp_path):
    last = read_header((golden / "up.csb").read_bytes()).stream.last
    found = {one.path.name[0]: one.path.read_bytes() for one in usb.scan(answered(golden, tmp_path))}
    assert set(found) == {"R", "C", "D"}
    assert {read_header(data).kind for data in found.values()} == {Kind.RECEIPT, Kind.CERT, Kind.DOWN}
    names = [one.path.name for one in usb.scan(tmp_path / "usb") if one.path.name.startswith("R")]
    assert names[0].endswith(f"-{last:010d}.csb")


def test_certificates_and_enrolments_open(golden):
    request = open_request(golden / "enrol.csb")
    assert open_certificate((golden / "cert.csb").read_bytes(), ours=request.keys).station_keys == request.keys


def test_no_bit_may_turn_and_no_byte_be_missing(golden, tmp_path):
    request = open_request(golden / "enrol.csb")
    for data in mutants((golden / "cert.csb").read_bytes()):
        with pytest.raises(UserError):
            open_certificate(data, ours=request.keys)
    for data in mutants((golden / "enrol.csb").read_bytes()):
        with pytest.raises(UserError):
            open_request(data)
    with hub_of(golden, tmp_path) as hub:
        before = everything(hub)
        for data in mutants((golden / "up.csb").read_bytes()):
            with pytest.raises(UserError):
                take_in(hub, data, now=NOW)
        assert everything(hub) == before


FILES = [path for folder in RELEASES for path in sorted(folder.glob("*.csb"))]


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_the_same_of_the_releases(path, tmp_path):
    golden, kind = Golden(path.parent), Kind(path.stem)
    golden.folder = tmp_path
    for data in mutants(path.read_bytes()):
        (tmp_path / path.name).write_bytes(data)
        with pytest.raises(UserError):
            golden.open(kind)
