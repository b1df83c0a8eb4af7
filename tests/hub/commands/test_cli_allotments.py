"""What is sent to the stores of stations, on the district's command line."""

from __future__ import annotations

import json
from datetime import date

import pytest

from covidstation.hub import cli
from covidstation.hub.database.store import DATABASE, Place, open_hub
from tests.hub.conftest import PASSPHRASE
from tests.hub.pages.town import Commune


@pytest.fixture
def stations(folder):
    hub = open_hub(Place(folder / DATABASE, folder), PASSPHRASE)
    made = [Commune("Trạm Y tế xã Nậm Tăm", "03450").join(hub), Commune("Trạm Y tế xã Pa Tần", "03451").join(hub)]
    hub.db.close()
    return made


@pytest.fixture
def run(folder, tmp_path, capsys):
    secret = tmp_path / "secret.txt"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    secret.chmod(0o600)

    def command(*words):
        status = cli.main(["--data", str(folder), "--passphrase-file", str(secret), *map(str, words)])
        said = capsys.readouterr()
        return status, json.loads(said.out) if "--json" in words and said.out else said.out, said.err

    return command


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "phieu.csv"
    until = f"12/{date.today().year + 2}"
    made.write_text(f"Tên;Số lô;Hạn;Số lượng\nParacetamol 500 mg;A12;{until};1500\n", encoding="utf-8-sig")
    return made


def test_one_paper_for_two_stations_is_listed_and_taken_back(run, stations, file):
    allot = ("allot", file, "--to", "03450", "--to", "Trạm Y tế xã Pa Tần", "--document", "PX-1", "--author", "Hoa")
    status, said, err = run(*allot, "--json")
    assert (status, err, len(said["allotments"])) == (0, "", 2)
    status, listed, _err = run("allotments", "--json")
    assert {(one["station"], one["document"], one["state"]) for one in listed["allotments"]} == {
        ("Trạm Y tế xã Nậm Tăm", "PX-1", "sent"), ("Trạm Y tế xã Pa Tần", "PX-1", "sent"),
    }  # fmt: skip
    assert listed["allotments"][0]["lines"] == [
        {"name": "Paracetamol 500 mg", "unit": "viên", "lot": "A12", "sent": 1500, "counted": None, "left_out": False}
    ]
    assert "PX-1, đã gửi" in run("allotments", "--to", "03450")[1]
    status, _said, err = run(*allot)
    assert status == 1 and "đã có phiếu số PX-1" in err
    assert run("withdraw", said["allotments"][0]["item"])[0] == 0
    assert [one["state"] for one in run("allotments", "--json", "--to", "03450")[1]["allotments"]] == ["withdrawn"]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (b"Oresol;A;12/2099;nhieu", "chưa đúng"),
        (b"\xff\xfe\x00", "Không đọc được tệp phieu.csv"),
        (b"", "Chưa có dòng"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_sent(run, stations, file, lines, sentence):
    file.write_bytes(lines)
    status, _said, err = run("allot", file, "--to", "03450", "--document", "PX-1")
    assert status == 1 and sentence in err
    assert run("allotments")[1].strip() == "Chưa cấp gì cho trạm."


def test_a_station_that_nobody_knows(run, stations, file):
    status, _said, err = run("allot", file, "--to", "Sa Pả", "--document", "PX-1")
    assert status == 1 and "Sa Pả" in err
