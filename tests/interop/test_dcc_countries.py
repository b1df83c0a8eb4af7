"""One public record of each of many countries, and the EU's common set: read, checked and found as it must be."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from covidstation.domain.vaccination.dcc.certificate import Certificate
from covidstation.domain.vaccination.dcc.reading import Unreadable, read
from covidstation.domain.vaccination.dcc.verdict import Judgement, Verdict, judge
from covidstation.interop.dcc_keys import read_keys
from covidstation.interop.dcc_signature import signed_by

DATA = Path(__file__).parents[1] / "data" / "dcc" / "countries.json"
RECORDS = {record["path"]: record for record in json.loads(DATA.read_text("utf-8"))}
CLOCK = timedelta(minutes=5)
BROKEN = {
    "common/2DCode/raw/Z2.json": "dcc.packed",
    "common/2DCode/raw/CBO1.json": "dcc.content",
    "common/2DCode/raw/CBO2.json": "dcc.structure",
}
DOUBTED = {
    "EXPECTEDVERIFY": (Verdict.UNKNOWN_KEY, "dcc.unknown_key"),
    "EXPECTEDKEYUSAGE": (Verdict.EXPIRED, "dcc.wrong_use"),
}
OVER = {
    "PL/2DCode/raw/10.json": "dcc.expired",
    "common/2DCode/raw/CO16.json": "dcc.key_early",
    "common/2DCode/raw/CO17.json": "dcc.key_expired",
}


def found(path: str) -> tuple[Certificate, Judgement]:
    record = RECORDS[path]
    reading, keys = read(record["text"]), read_keys(record["certificate"].encode()).keys
    now = datetime.fromisoformat(record["clock"])
    return reading.certificate, judge(reading, keys, signed_by, now)


def facts(certificate: Certificate) -> dict[str, object]:
    """In the words of the record."""
    assert certificate.birth and certificate.birth.full
    lists = {
        "doses": [
            [one.product, one.dose, one.series, one.given.full.isoformat() if one.given and one.given.full else None,
             one.country]
            for one in certificate.vaccinations
        ],
        "tests": [[one.sampled, one.positive, one.country] for one in certificate.tests],
        "recoveries": [
            [one.positive_on.full.isoformat() if one.positive_on and one.positive_on.full else None, one.country]
            for one in certificate.recoveries
        ],
    }  # fmt: skip
    named = {"name": certificate.full_name, "birth": certificate.birth.full.isoformat()}
    return {**named, **{name: entries for name, entries in lists.items() if entries}}


@pytest.mark.parametrize("path", RECORDS)
def test_each_country_is_read_as_it_says(path: str) -> None:
    expected = RECORDS[path]["expected"]
    if path in BROKEN:
        with pytest.raises(Unreadable) as caught:
            found(path)
        assert caught.value.code == BROKEN[path]
        return
    certificate, judgement = found(path)
    assert facts(certificate) == RECORDS[path]["facts"]
    if path in OVER:
        assert (judgement.verdict, judgement.code) == (Verdict.EXPIRED, OVER[path])
    else:
        doubted = next((DOUBTED[name] for name in expected if name in DOUBTED), (Verdict.VALID, "dcc.valid"))
        assert (judgement.verdict, judgement.code) == doubted
    assert ("dcc.several_kinds" in certificate.doubts) is ("EXPECTEDSCHEMAVALIDATION" in expected)


def test_no_record_is_believed_by_the_key_of_another() -> None:
    keys = [key for record in RECORDS.values() if record["certificate"] for key in
            read_keys(record["certificate"].encode()).keys]  # fmt: skip
    for path, record in RECORDS.items():
        if path in BROKEN or path in OVER:
            continue
        own = read_keys(record["certificate"].encode()).keys[0].public
        others = [key for key in keys if key.public != own]
        now = datetime.fromisoformat(record["clock"]) + CLOCK
        assert judge(read(record["text"]), others, signed_by, now).verdict is Verdict.UNKNOWN_KEY, path
