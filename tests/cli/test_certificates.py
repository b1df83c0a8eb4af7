"""Vaccine certificates and the keys of their issuers at the command line."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.dcc_signing import certificate, content, issuer, vaccination

RECORDS = json.loads((Path(__file__).parents[1] / "data" / "dcc" / "examples.json").read_text("utf-8"))
BROKEN = ("EXPECTEDUNPREFIX", "EXPECTEDB45DECODE", "EXPECTEDCOMPRESSION", "EXPECTEDDECODE", "EXPECTEDSCHEMAVALIDATION")
HOME = issuer()


def test_the_eus_records_under_their_own_keys(ask, tmp_path):
    """A station that takes in the signer's certificate finds each record as its issuer expects it."""
    for record in RECORDS:
        if not record["PREFIX"].startswith("HC1:"):
            continue
        (tmp_path / "dsc.txt").write_text(record["TESTCTX"]["CERTIFICATE"])
        assert ask("trust", tmp_path / "dsc.txt")[1]["keys"] == 1
        status, said = ask("scan", record["PREFIX"], "--at", record["TESTCTX"]["VALIDATIONCLOCK"])
        expected = record["EXPECTEDRESULTS"]
        if any(expected.get(name) is False for name in BROKEN):
            assert (status, said["verdict"], said["outcome"]) == (1, "damaged", "refused"), record["path"]
        elif expected.get("EXPECTEDVERIFY") is False:
            assert (status, said["verdict"]) == (1, "forged"), record["path"]
        elif expected.get("EXPECTEDEXPIRATIONCHECK"):
            assert (status, said["verdict"]) == (0, "valid"), record["path"]
            doses = record["JSON"].get("v", [])
            assert [one["ci"] for one in said["doses"]] == [one["ci"] for one in doses]


def test_lists_are_looked_at_taken_in_and_added(ask, run, tmp_path):
    assert ask("trust") == (
        0,
        {"lists": [{"name": "", "taken": None, "by": "", "keys": 0, "countries": [], "ended": 0}]},
    )
    (tmp_path / "vn.der").write_bytes(HOME.certificate)
    status, said = ask("trust", tmp_path / "vn.der", "--look")
    assert (status, said) == (
        0,
        {"keys": 1, "countries": ["VN"], "ended": 0, "passed_over": 0, "taken": False},
    )
    assert ask("trust")[1]["lists"][0]["keys"] == 0
    assert ask("trust", tmp_path / "vn.der")[1]["taken"]
    (tmp_path / "la.der").write_bytes(issuer(country="LA").certificate)
    assert ask("trust", tmp_path / "la.der", "--add")[0] == 0
    assert [one["countries"] for one in ask("trust")[1]["lists"]] == [["LA"], ["VN"]]
    status, out, err = run("trust", tmp_path / "none.json")
    assert (status, out) == (1, "") and "none.json" in err
    assert "vn.der: 1 khoá, nước VN" in run("trust")[1]


@pytest.mark.parametrize(("at", "verdict"), [("2022-06-01", "valid"), ("2023-03-02T00:00:00+07:00", "expired")])
def test_what_it_was_worth_at_another_moment(ask, run, tmp_path, at, verdict):
    (tmp_path / "vn.der").write_bytes(HOME.certificate)
    ask("trust", tmp_path / "vn.der")
    text = certificate(HOME, content(vaccination(dn=1)))
    status, said = ask("scan", text, "--at", at)
    assert (status, said["verdict"], said["name"], said["birth"]) == (0, verdict, "Nguyễn Văn An", "12/08/1964")
    assert datetime.fromisoformat(said["expires"]).year == 2023
    status, out, err = run("scan", text, "--at", at)
    assert (status, err) == (0, "") and "EU/1/20/1528" in out


def test_what_cannot_be_read_is_refused_with_its_sentence(ask, run):
    for text in ("HC1:", "HC1:XX", "HC2:6BF"):
        status, said = ask("scan", text)
        assert (status, said["outcome"], said["offers"]) == (1, "refused", [])
        status, out, err = run("scan", text)
        assert status == 1 and out.strip() == "" and said["sentence"] in err
