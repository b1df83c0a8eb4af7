"""The district's commands as scripts use them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from covidstation import passphrases
from covidstation.hub import cli
from covidstation.hub.cli import main
from covidstation.hub.database.store import DATABASE, Place, open_hub
from covidstation.messages import SENTENCES
from covidstation.messages.hub import SENTENCES as HUB_SENTENCES
from covidstation.sync.bundle import Sender, open_bundle, read_header
from covidstation.sync.carriers import usb
from covidstation.sync.receipts import read_receipt
from tests.hub.conftest import PASSPHRASE
from tests.hub.fake_stations import FakeStation


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text(f"{PASSPHRASE}\nsecond line", encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def run(folder: Path, secret: Path, capsys: pytest.CaptureFixture[str]):
    """Run a command on the copied hub: exit status, parsed JSON or text, standard error."""

    def command(*words: object):
        status = main(["--data", str(folder), "--passphrase-file", str(secret), *map(str, words)])
        said = capsys.readouterr()
        return status, json.loads(said.out) if "--json" in words and said.out else said.out, said.err

    return command


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


def ask(station: FakeStation, stick: Path) -> Path:
    """The station's enrolment file on the stick."""
    return usb.put(stick, usb.enrol_name(station.commune, station.keys.sign.id), station.request())


def fetch_certificate(station: FakeStation, stick: Path) -> FakeStation:
    """The station takes its certificate off the stick."""
    for file in stick.rglob("C-*.csb"):
        station.take(file.read_bytes())
    return station


def test_a_whole_round(run, stick: Path):
    station = FakeStation()
    ask(station, stick)
    status, said, _err = run("enrol", stick, "--yes", "--json")
    assert status == 0
    (file,) = said["files"]
    assert (file["outcome"], file["commune"], file["station_name"], file["serial"]) == (
        "enrolled",
        "03450",
        station.name,
        1,
    )
    assert len(file["words"]) == len(said["hub_words"]) == 8

    status, said, _err = run("export", stick, "--json")
    assert status == 0
    assert [(one["station"], one["upto"]) for one in said["stations"]] == [(file["station"], 0)]
    fetch_certificate(station, stick)
    assert list(station.certificate.words()) == run("status", "--json")[1]["words"]

    station.people(3)
    station.put(stick)
    status, said, err = run("import", stick, "--json")
    assert (status, err, said["taken"], said["refused"]) == (0, "", 3, 0)
    assert said["files"] == [
        {
            "file": usb.up_name(station.id, station.epoch, 1, 3).rpartition("/")[2],
            "outcome": "taken",
            "station": station.id.hex,
            "station_name": station.name,
            "from": 1,
            "to": 3,
            "taken": 3,
            "set_aside": 0,
            "upto": 3,
            "gap": None,
            "code": None,
            "sentence": None,
        }
    ]
    assert run("import", stick, "--json")[1]["files"][0]["outcome"] == "already"

    status, said, _err = run("export", stick, "--json")
    receipt_file = Path(said["stations"][0]["receipt"])
    hub_sign = station.certificate.hub_keys.sign
    known = {read_header(receipt_file.read_bytes()).sender: Sender(hub_sign, station.id)}
    opened = open_bundle(receipt_file.read_bytes(), known_senders=known, identities=[station.keys.age])
    assert read_receipt(opened).upto == 3
    assert len(list(stick.rglob("R-*.csb"))) == 1

    status, said, _err = run("status", "--json")
    assert (status, said["name"], said["code"]) == (0, "Trung tâm Y tế Sìn Hồ", "108")
    (figures,) = said["stations"]
    assert figures["people"] == figures["upto"] == figures["receipt_upto"] == 3
    assert figures["gaps"] == figures["staged"] == []
    assert figures["last_import"].endswith("+00:00")


def enrolled(run, stick: Path) -> FakeStation:
    station = FakeStation()
    ask(station, stick)
    run("enrol", stick, "--yes")
    run("export", stick)
    return fetch_certificate(station, stick)


def test_people_are_told_the_same(run, stick: Path):
    station = enrolled(run, stick)
    station.people(5)
    station.op("u", 999, {"phone": "1"}, base=1)
    station.put(stick, 4, 6)
    status, said, err = run("import", stick)
    assert (status, err) == (0, "")
    assert "còn thiếu thay đổi số 1–3" in said
    assert "còn thiếu thay đổi số 1–3" in run("status")[1]
    station.put(stick, 1, 3)
    status, said, _err = run("import", stick)
    assert "nhận 3 thay đổi; có đến số 3" in said
    assert "nhận 3 thay đổi, trong đó 1 giữ riêng chờ xem; có đến số 6" in said
    assert "5 người, 0 lần mắc; có đến số 6" in run("status")[1]
    assert "biên nhận đến số 6" in run("export", stick)[1]


def test_a_refused_file_is_named_and_the_others_are_taken(run, stick: Path):
    station = enrolled(run, stick)
    station.people(2)
    station.put(stick, 1, 1)
    bad = station.put(stick, 2, 2)
    data = bad.read_bytes()
    bad.write_bytes(data[: len(data) // 2])
    status, said, err = run("import", stick, "--json")
    assert (status, said["taken"], said["refused"]) == (1, 1, 1)
    assert [one["code"] for one in said["files"]] == [None, "bundle.cut"]
    assert err == f"{bad.name}: {SENTENCES['bundle.cut']}\n"
    assert run("status", "--json")[1]["stations"][0]["upto"] == 1


def test_without_a_yes_nobody_is_enrolled(run, stick: Path):
    station = FakeStation()
    file = ask(station, stick)
    status, said, err = run("enrol", file, "--json")
    assert (status, said["files"][0]["outcome"], said["files"][0]["code"]) == (1, "asks", "hub.compare")
    assert "--yes" in err
    assert run("status", "--json")[1]["stations"] == []
    assert run("enrol", file, "--yes", "--json")[1]["files"][0]["outcome"] == "enrolled"
    status, said, _err = run("enrol", file, "--json")
    assert (status, said["files"][0]["outcome"]) == (0, "already"), "what a person agreed to is not asked again"


def test_a_person_compares_the_words(run, stick: Path, monkeypatch):
    station = FakeStation()
    file = ask(station, stick)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    answers = iter(["k", "c"])
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    assert run("enrol", file)[0] == 1
    status, said, _err = run("enrol", file)
    assert status == 0
    assert ", ".join(run("enrol", file, "--json")[1]["files"][0]["words"]) in said
    other = ask(FakeStation("Trạm máy mới"), stick)
    answers = iter(["c", "", "c", "1"])
    status, said, err = run("enrol", other)
    assert status == 1
    assert station.name in said
    assert "--same-commune" in err
    assert run("enrol", other)[0] == 0
    (one,) = run("status", "--json")[1]["stations"]
    assert (one["name"], one["serial"]) == ("Trạm máy mới", 2)


def test_other_keys_of_a_commune_are_not_enrolled_by_yes_alone(run, stick: Path):
    enrolled(run, stick)
    other = ask(FakeStation("Điểm trạm Pa Phang"), stick)
    status, _said, err = run("enrol", other, "--yes")
    assert status == 1
    assert "replace" in err and "second" in err
    assert run("enrol", other, "--yes", "--same-commune", "second")[0] == 0
    assert len(run("status", "--json")[1]["stations"]) == 2


def test_a_damaged_enrolment_is_named_and_other_files_passed_over(run, stick: Path):
    good, bad = ask(FakeStation(), stick), ask(FakeStation("B", "03460"), stick)
    bad.write_bytes(bad.read_bytes()[:-3])
    (stick / "CSB" / "U-x.csb").write_bytes(b"rubbish")
    status, said, err = run("enrol", stick, "--yes", "--json")
    assert status == 1
    assert {one["file"]: one["outcome"] for one in said["files"]} == {good.name: "enrolled", bad.name: "refused"}
    assert err.startswith(f"{bad.name}: ")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("import", "nowhere"), "stick.no_folder"),
        (("enrol", "nowhere"), "stick.no_folder"),
        (("import", "."), "hub.nothing_to_import"),
        (("enrol", "."), "hub.nothing_to_enrol"),
        (("export", "."), "hub.nobody_enrolled"),
    ],
)
def test_nothing_to_do_is_said(run, stick: Path, monkeypatch, words, code: str):
    monkeypatch.chdir(stick)
    status, _said, err = run(*words)
    assert status == 1
    assert err.strip() == SENTENCES[code].replace("{folder}", words[1]).replace("{place}", words[1])


def test_init_tells_the_codes_once(tmp_path: Path, secret: Path, capsys, quick_escrow):
    data = tmp_path / "new"
    words = ["--data", str(data), "--passphrase-file", str(secret)]
    assert main([*words, "init", "--name", "TTYT  Sìn Hồ", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["name"] == "TTYT Sìn Hồ"
    assert len(said["words"]) == 8
    assert Path(said["escrow_file"]).is_file()
    opened = open_hub(Place(data / DATABASE, data), said["recovery_code"])
    assert opened.epoch == said["hub_epoch"]
    opened.db.close()
    assert main([*words, "init", "--name", "B"]) == 1
    assert "đã có kho dữ liệu" in capsys.readouterr().err
    elsewhere = f"sqlite:///{tmp_path}/other/district.db"
    assert main(["--database", elsewhere, "--passphrase-file", str(secret), "init", "--name", "B"]) == 0
    text = capsys.readouterr().out
    assert "Mã khôi phục" in text and "Mã mở khoá dự phòng" in text
    assert (tmp_path / "other" / "district.db").is_file()
    assert main(["--database", elsewhere, "--passphrase-file", str(secret), "status"]) == 0


def test_what_cannot_be_opened_is_said(tmp_path: Path, folder: Path, secret: Path, capsys, monkeypatch):
    def err(*words: object) -> str:
        assert main([*map(str, words)]) == 1
        return capsys.readouterr().err

    missing = tmp_path / "missing"
    assert "init" in err("--data", missing, "--passphrase-file", secret, "status")
    assert not missing.exists()
    assert "PostgreSQL" in err("--database", "postgresql://h/d", "--passphrase-file", secret, "status")
    assert "nowhere.txt" in err("--data", folder, "--passphrase-file", tmp_path / "nowhere.txt", "status")
    assert "Mật khẩu không đúng" in err("--data", folder, "--passphrase-file", wrong(tmp_path), "status")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    assert "--passphrase-file" in err("--data", folder, "status")
    database = folder / DATABASE
    database.write_bytes(b"\0" * database.stat().st_size)
    assert "kho dữ liệu" in err("--data", folder, "--passphrase-file", secret, "status")


def wrong(tmp_path: Path) -> Path:
    file = tmp_path / "wrong.txt"
    file.write_text("mật khẩu khác", encoding="utf-8")
    return file


def test_the_passphrase_is_asked_at_a_terminal(folder: Path, capsys, monkeypatch, tmp_path: Path, quick_escrow):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(passphrases, "getpass", lambda _question: PASSPHRASE)
    assert main(["--data", str(folder), "status"]) == 0
    typed = iter([PASSPHRASE, "khác hẳn"])
    monkeypatch.setattr(passphrases, "getpass", lambda _question: next(typed))
    assert main(["--data", str(tmp_path / "new"), "init", "--name", "A"]) == 1
    assert "không giống nhau" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["init"], ["import"], ["enrol", "x", "--same-commune", "both"], ["weigh"]])
def test_wrong_usage_is_status_2(words: list[str], capsys):
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2


def test_every_sentence_of_the_hub_is_used():
    code = "".join(file.read_text("utf-8") for file in Path(cli.__file__).parent.rglob("*.py"))
    unused = {name for name in HUB_SENTENCES if f'"{name}"' not in code}
    assert {name.replace("hub.", "station.") for name in unused} <= set(SENTENCES), "these stand in for the station's"
