"""The EU's public records: each must be found as its issuer expects it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from covidstation.domain.vaccination.dcc.reading import Unreadable, read
from covidstation.domain.vaccination.dcc.verdict import Verdict, judge
from covidstation.interop.dcc_keys import read_keys
from covidstation.interop.dcc_signature import signed_by

DATA = Path(__file__).parents[1] / "data"
RECORDS = {record["path"]: record for record in json.loads((DATA / "dcc" / "examples.json").read_text("utf-8"))}
BROKEN = ("EXPECTEDUNPREFIX", "EXPECTEDB45DECODE", "EXPECTEDCOMPRESSION", "EXPECTEDDECODE", "EXPECTEDSCHEMAVALIDATION")


def found(record):
    keys = read_keys(record["TESTCTX"]["CERTIFICATE"].encode()).keys
    now = datetime.fromisoformat(record["TESTCTX"]["VALIDATIONCLOCK"])
    reading = read(record["PREFIX"])
    return reading, judge(reading, keys, signed_by, now)


@pytest.mark.parametrize("path", RECORDS)
def test_each_record_is_found_as_expected(path):
    record, expected = RECORDS[path], RECORDS[path]["EXPECTEDRESULTS"]
    if any(expected.get(name) is False for name in BROKEN):
        with pytest.raises(Unreadable):
            found(record)
        return
    reading, judgement = found(record)
    if expected.get("EXPECTEDVERIFY"):
        assert judgement.verdict in (Verdict.VALID, Verdict.EXPIRED)
    elif "EXPECTEDVERIFY" in expected:
        assert judgement.verdict is Verdict.FORGED
    if expected.get("EXPECTEDEXPIRATIONCHECK"):
        assert judgement.verdict is Verdict.VALID
    if expected.get("EXPECTEDVALIDJSON"):
        content, certificate = record["JSON"], reading.certificate
        assert certificate.surname == content["nam"]["fn"]
        assert certificate.given_names_latin == content["nam"]["gnt"]
        assert certificate.birth.full.isoformat() == content["dob"]
        doses = [
            (one.product, one.dose, one.series, one.given.full.isoformat(), one.ci) for one in certificate.vaccinations
        ]
        assert doses == [(v["mp"], v["dn"], v["sd"], v["dt"], v["ci"]) for v in content.get("v", [])]
        assert [one.ci for one in certificate.tests] == [one["ci"] for one in content.get("t", [])]
        assert [one.ci for one in certificate.recoveries] == [one["ci"] for one in content.get("r", [])]


@pytest.mark.parametrize(
    ("name", "code"), [("B1", "dcc.signs"), ("Z1", "dcc.packed"), ("H1", "dcc.other_code"), ("DGC1", "dcc.content")]
)
def test_what_is_the_matter_is_told_apart(name, code):
    with pytest.raises(Unreadable) as caught:
        read(RECORDS[f"common/2DCode/raw/{name}.json"]["PREFIX"])
    assert caught.value.code == code


def test_a_record_under_keys_of_another_country_is_of_an_unknown_key():
    keys = read_keys(RECORDS["SG/2DCode/raw/1.json"]["TESTCTX"]["CERTIFICATE"].encode()).keys
    reading = read(RECORDS["SE/2DCode/raw/1.json"]["PREFIX"])
    now = datetime.fromisoformat("2021-06-16T09:50:03Z")
    assert judge(reading, keys, signed_by, now).verdict is Verdict.UNKNOWN_KEY
