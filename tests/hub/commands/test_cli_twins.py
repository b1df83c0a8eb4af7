"""Two records of one person on the district's command line."""

from __future__ import annotations

import json

import pytest

from covidstation.hub import cli
from covidstation.hub.database.store import DATABASE, Place, open_hub
from tests.hub.conftest import PASSPHRASE
from tests.hub.pages.town import Commune, send
from tests.interop import r4


@pytest.fixture
def station(folder) -> Commune:
    hub = open_hub(Place(folder / DATABASE, folder), PASSPHRASE)
    made = Commune("Trạm Y tế xã Nậm Tăm", "03450").join(hub)
    made.one = made.person("Giàng A Páo", 1968, "MALE", insurance_number="HN4121212345678")
    made.two = made.person("Giàng A Pao", 1968, "MALE")
    send(hub, made)
    hub.db.close()
    return made


@pytest.fixture
def run(folder, tmp_path, capsys):
    secret = tmp_path / "secret.txt"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    secret.chmod(0o600)

    def command(*words: str):
        status = cli.main(["--data", str(folder), "--passphrase-file", str(secret), *words])
        said = capsys.readouterr()
        return status, json.loads(said.out) if "--json" in words and said.out else said.out, said.err

    return command


def test_found_merged_and_parted(run, station):
    status, found, _err = run("twins", "--json")
    assert status == 0 and found["total"] == 1
    (pair,) = found["twins"]
    assert pair["sign"] == "name"
    assert {one["person"] for one in pair["records"]} == {station.one, station.two}
    assert "cùng họ tên, năm sinh: Giàng A Páo" in run("twins", "--to", "Trạm Y tế xã Nậm Tăm")[1]
    to = ("--to", "03450", "--reason", "Cùng thẻ BHYT", "--author", "BS. Hoa")
    status, said, _err = run("merge", station.two, station.one, "--take", "insurance_number", *to, "--json")
    assert (status, said["person"]) == (0, station.two)
    assert run("twins")[1].strip() == "Chưa thấy hai hồ sơ nào có thể là của một người."
    status, said, err = run("merge", station.two, station.one, *to)
    assert status == 1 and "đã gộp vào một hồ sơ khác" in err
    status, said, _err = run("part", station.one, *to)
    assert status == 0 and "Huyện tách hai hồ sơ của Giàng A Pao" in said
    assert run("twins", "--json")[1]["total"] == 1


def test_a_person_and_some_days_go_into_a_file(run, station, tmp_path):
    file = tmp_path / "one.json"
    status, said, err = run("export-fhir", str(file), "--to", "03450", "--person", station.one, "--json")
    assert (status, said["people"]) == (0, 1), err
    assert r4.wrong_with(json.loads(file.read_bytes())) == []
    assert run("export-fhir", str(tmp_path / "days.json"), "--to", "03450")[0] == 1, "whose, or of which days"
    days = ("--from", "2022-03-01", "--until", "2022-03-10", "--receiver", "CDC")
    status, said, err = run("export-fhir", str(tmp_path / "days.json"), "--to", "03450", *days, "--json")
    assert status == 0 and json.loads((tmp_path / "days.json").read_bytes())["type"] == "collection", err


def test_what_is_nobody_is_a_sentence(run, station):
    to = ("--to", "03450", "--reason", "Thử")
    assert run("part", station.one, *to)[0] == 1
    assert run("merge", "Nguyễn Văn Không", station.one, *to)[0] == 1
    status, _said, err = run("twins", "--to", "Sao Hoả")
    assert status == 1 and err
