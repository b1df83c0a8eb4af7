"""Each command as a script sees it: exit status, what goes to which stream, the keys of `--json`."""

import ast
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import text

from covidstation.cli import build_parser, entry, main
from covidstation.cli import commands as commands_module
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.i18n import use_language
from covidstation.services.exchange.bundles import export_changes
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.record import change_setting
from covidstation.services.station import founding
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_request
from tests.services.district import EPOCH, STATION
from tests.services.samples import CHEAP, NOW, TODAY, catalog, f0, neighbour
from tests.services.samples import register as register_someone

RUNNERS = {"ask", "run"}
CARD = "012055000001|045000001|Giàng A Páo|03021955|Nam|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10052021"


@pytest.fixture
def cheap(monkeypatch):
    """Founding without the half second that a passphrase is worth."""
    monkeypatch.setattr(founding.keys, "calibrated_cost", lambda: CHEAP)


class Test_Usage:
    @pytest.mark.parametrize(
        "words",
        [
            ["nothing"],
            ["status", "--nothing"],
            ["init"],
            ["init", "--commune", "03517"],
            ["init", "--commune", "03517", "--name", "x", "--training", "-3"],
            ["init", "--commune", "03517", "--name", "x", "--training", "0"],
            ["init", "--commune", "03517", "--name", "x", "--training", "9" * 30],
            ["init", "--commune", "03517", "--name", "x", "--as-of", "31/12/2022"],
            ["init", "--commune", "03517", "--name", "x", "--home-isolation", "maybe"],
            ["papers", "--kind", "isolation", "--out", "x"],
            ["papers", "--kind", "both", "--missing", "--out", "x"],
            ["export"],
            ["import"],
            ["scan"],
            ["scan", "a", "--picture", "b"],
        ],
    )
    def test_wrong_usage_is_two(self, words, capsys):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 2
        assert "usage: covidstation" in capsys.readouterr().err

    @pytest.mark.parametrize("words", [["--version"], ["--help"], ["init", "--help"], ["status", "--help"]])
    def test_help_is_zero(self, words, capsys):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 0
        assert "covidstation" in capsys.readouterr().out

    def test_no_register_is_a_sentence(self, run, tmp_path):
        for command in (["status"], ["check"], ["export", tmp_path], ["import", tmp_path], ["scan", "x"], ["settings"]):
            status, out, err = run(*command, data=tmp_path / "nothing")
            assert (status, out) == (1, "") and err.count("\n") == 1 and "init" in err

    def test_without_a_passphrase_nothing_is_asked_of_a_script(self, folder, capsys, monkeypatch):
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        assert main(["--data", str(folder), "status"]) == 1
        assert "--passphrase-file" in capsys.readouterr().err

    @pytest.mark.parametrize(("rights", "said"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1), (0o777, 1)])
    def test_a_passphrase_file_that_others_can_read_is_said_once(self, run, secret, rights, said):
        secret.chmod(rights)
        status, out, err = run("status")
        assert status == 0 and "chmod" not in out
        assert err.count("chmod 600") == said
        assert secret.read_text().split("\n")[0] not in err

    def test_a_passphrase_file_that_is_not_there_is_a_sentence(self, folder, capsys, tmp_path):
        for file in (tmp_path / "nothing", tmp_path):
            assert main(["--data", str(folder), "--passphrase-file", str(file), "status"]) == 1
            assert str(file) in capsys.readouterr().err

    @pytest.mark.parametrize("text", ["nước chảy đá mòn\r\n", "\ufeffnước chảy đá mòn", "nước chảy đá mòn\nrest"])
    def test_the_first_line_is_the_passphrase(self, run, secret, text):
        secret.write_text(text, encoding="utf-8", newline="")
        assert run("status")[0] == 0

    def test_a_wrong_passphrase_is_a_sentence(self, run, secret):
        secret.write_text("sai rồi", encoding="utf-8")
        status, out, err = run("status", "--json")
        assert (status, out) == (1, "") and "khôi phục" in err

    def test_the_user_may_be_named(self, folder, secret, capsys):
        words = ["--data", str(folder), "--passphrase-file", str(secret), "--user"]
        assert main([*words, "Lò Thị Mai", "status"]) == 0
        assert main([*words, "Ai Đó", "status"]) == 1
        assert "Mật khẩu" in capsys.readouterr().err

    def test_the_installed_script_says_its_status(self, folder, secret, monkeypatch, capfd):
        words = ["covidstation", "--data", str(folder), "--passphrase-file", str(secret), "status"]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as caught:
            entry()
        assert caught.value.code == 0
        assert "Trạm Y tế xã Nậm Tăm" in capfd.readouterr().out


class Test_Init:
    WORDS = ("init", "--commune", "03517", "--name", "Trạm Y tế xã Nậm Tăm")

    def test_an_empty_station(self, ask, run, cheap, tmp_path):
        place = tmp_path / "new"
        status, made = ask(*self.WORDS, "--head", "Lò Thị Mai", "--upper", "Trung tâm Y tế", data=place)
        assert (status, made["user"], made["people"], made["episodes"]) == (0, "Lò Thị Mai", 0, 0)
        assert made["folder"] == str(place) and len(made["recovery_code"]) == 47
        _status, said = ask("status", data=place)
        assert (said["station"], said["commune"], said["training"]) == ("Trạm Y tế xã Nậm Tăm", "03517", False)
        status, out, err = run(*self.WORDS, data=place)
        assert (status, out) == (1, "") and str(place) in err

    def test_a_training_station(self, run, ask, cheap, tmp_path):
        dumps = []
        for name in ("one", "two"):
            status, out, _err = run(*self.WORDS, "--training", "60", "--seed", "4", data=tmp_path / name)
            assert status == 0 and "Mã khôi phục" in out
            _status, said = ask("status", data=tmp_path / name)
            assert (said["people"], said["training"]) == (60, True)
            assert ask("settings", "home_isolation", data=tmp_path / name)[1] == {"home_isolation": "yes"}
            dumps.append(said["episodes"])
        assert dumps[0] == dumps[1] > 0

    def test_a_day_in_the_past(self, ask, cheap, tmp_path):
        status, made = ask(*self.WORDS, "--training", "40", "--as-of", "2022-03-01", data=tmp_path / "past")
        assert status == 0 and made["people"] == 40

    def test_a_commune_that_is_not_there_is_a_sentence(self, run, cheap, tmp_path):
        status, out, err = run("init", "--commune", "99999", "--name", "x", data=tmp_path / "new")
        assert (status, out) == (1, "") and "99999" in err
        assert not (tmp_path / "new").exists()

    def test_each_problem_is_a_sentence(self, run, cheap, tmp_path, secret):
        status, _out, err = run("init", "--commune", "03517", "--name", " ", data=tmp_path / "new")
        assert status == 1 and err
        secret.write_text("ngắn")
        status, _out, err = run(*self.WORDS, data=tmp_path / "new")
        assert status == 1 and "8" in err
        assert not (tmp_path / "new" / "register.db").exists()


class Test_Status:
    def test_status_of_a_new_station(self, ask, run):
        status, said = ask("status")
        assert status == 0
        assert said == {
            "station": "Trạm Y tế xã Nậm Tăm", "commune": "03517", "training": False, "people": 0, "episodes": 0,
            "enrolled": False, "unsent": 2, "oldest_unsent_seconds": 0, "on_stick": 0, "last_receipt": None,
            "received_upto": 0, "exceptions": 0, "last_backup": None,
        }  # fmt: skip
        status, out, err = run("status")
        assert (status, err) == (0, "") and "Trạm Y tế xã Nậm Tăm" in out and "chưa có" in out

    def test_check_is_good(self, ask, run):
        status, said = ask("check")
        assert (status, said["good"]) == (0, True)
        assert {finding["code"].partition(".")[0] for finding in said["findings"]} == {
            "pages", "journal", "audit", "book", "papers", "links", "reports", "heads", "drafts", "letters", "rules",
            "backup", "keys", "sync", "space", "clock", "left", "program", "twice", "stock",
        }  # fmt: skip
        looks = {finding["code"] for finding in said["findings"] if finding["level"] != "good"}
        assert looks == {"rules.unconfirmed", "backup.none", "clock.early"} and all(
            finding["good"] and finding["sentence"] for finding in said["findings"]
        )
        assert "✓" in run("check")[1]

    def test_check_of_a_changed_register_is_one(self, ask, db):
        with db.write(None, NOW) as session:
            session.execute(text("DELETE FROM journal WHERE seq = 1"))
        status, said = ask("check")
        assert (status, said["good"]) == (1, False)
        (bad,) = [finding for finding in said["findings"] if not finding["good"]]
        assert (bad["code"], bad["seq"]) == ("journal.gap", "1") and bad["sentence"]


class Test_Exchange:
    def enrol(self, ask, db, stick, district):
        request = open_request(stick / ask("export", stick)[1]["files"][0])
        usb.put(stick, usb.certificate_name(STATION, 1), district.certified(request))
        return request

    def test_the_whole_way(self, ask, run, db, stick, district):
        status, said = ask("export", stick)
        assert (status, said["what"], len(said["words"]), said["changes"]) == (0, "enrolment", 8, 0)
        request = self.enrol(ask, db, stick, district)
        status, said = ask("import", stick)
        assert (status, [one["outcome"] for one in said["files"]]) == (1, ["asks"])
        assert said["files"][0]["words"] == list(district.certificate(request).words())
        assert not ask("status")[1]["enrolled"]
        status, said = ask("import", stick, "--yes")
        assert (status, [one["outcome"] for one in said["files"]]) == (0, ["certificate"])
        register_someone(db)
        status, said = ask("export", stick)
        assert (status, said["what"], said["changes"], said["words"]) == (0, "changes", 6, [])
        (file,) = said["files"]
        assert [op.seq for op in district.read(stick / file, request)] == [1, 2, 3, 4, 5, 6]
        assert said["bytes"] == (stick / file).stat().st_size
        _status, said = ask("status")
        assert (said["unsent"], said["on_stick"], said["enrolled"]) == (6, 6, True)
        assert said["last_backup"] == "2022-03-10T08:30:02"  # the second copy of that second took the next one's name
        usb.put(stick, usb.receipt_name(STATION, EPOCH, 6), district.receipt(db, request, 6))
        status, said = ask("import", stick)
        assert (status, {one["outcome"] for one in said["files"]}) == (0, {"receipt", "already"})
        _status, said = ask("status")
        assert (said["unsent"], said["oldest_unsent_seconds"], said["received_upto"]) == (0, None, 6)
        assert said["last_receipt"] == "2022-03-10T05:40:00+00:00"
        assert ask("export", stick)[1]["what"] == "nothing"

    def test_the_same_said_to_people(self, run, db, stick, district, ask):
        assert "tám từ" in run("export", stick)[1]
        self.enrol(ask, db, stick, district)
        status, out, err = run("import", stick)
        assert status == 1 and "Tám từ" not in out and "--yes" in err
        assert "đã ghép nối" in run("import", stick, "--yes")[1]
        register_someone(db)
        assert "Rút được" in run("export", stick)[1]

    def test_at_a_terminal_the_words_are_asked(self, run, db, stick, district, ask, monkeypatch):
        self.enrol(ask, db, stick, district)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        answers = iter(["k", "c"])
        monkeypatch.setattr("builtins.input", lambda _prompt: next(answers))
        assert run("import", stick)[0] == 1
        assert run("import", stick)[0] == 0
        assert ask("status")[1]["enrolled"]

    def test_refused_files_stop_no_other(self, ask, run, db, stick, district):
        request = self.enrol(ask, db, stick, district)
        run("import", stick, "--yes")
        path = usb.put(stick, usb.receipt_name(STATION, EPOCH, 2), district.receipt(db, request, 2))
        path.with_name("R-0-cut.csb").write_bytes(path.read_bytes()[:-20])
        path.with_name("R-0-\x1b[2J.csb").write_bytes(b"rubbish")
        status, out, err = run("import", stick)
        assert status == 1 and err.count("\n") == 2 and "\x1b" not in err + out
        assert "đã nhận đến thay đổi số 2" in out
        _status, said = ask("import", stick)
        codes = {one["name"]: one["code"] for one in said["files"]}
        assert codes[path.name] is None and codes["R-0-cut.csb"] == "bundle.cut"
        assert ask("status")[1]["unsent"] == 0

    def test_an_empty_folder_is_a_sentence(self, run, stick):
        status, _out, err = run("import", stick)
        assert status == 1 and str(stick) in err

    def test_no_stick_is_a_sentence(self, run, tmp_path):
        for command in ("export", "import"):
            status, out, err = run(command, tmp_path / "gone")
            assert (status, out) == (1, "") and "gone" in err

    def test_a_copy_that_fails_does_not_unsay_the_stick(self, ask, run, stick, monkeypatch):
        def full(*_values, **_more):
            raise UserError("station.disk_full")

        monkeypatch.setattr(commands_module, "back_up", full)
        status, out, err = run("export", stick, "--json")
        assert status == 0 and json.loads(out)["what"] == "enrolment" and "đầy" in err


class Test_Papers:
    def test_missing_papers_are_written(self, ask, run, db, tmp_path):
        for number in range(2):
            register_someone(db, f0(neighbour(number)))
        out = tmp_path / "giấy" / "hôm nay"
        status, said = ask("papers", "--kind", "isolation", "--missing", "--out", out)
        assert status == 0 and said["skipped"] == []
        assert [(one["number"], one["symbol"], one["kind"]) for one in said["issued"]] == [
            (1, "QĐ-UBND", "isolation_order"),
            (2, "QĐ-UBND", "isolation_order"),
        ]
        assert sorted(path.name for path in out.iterdir()) == ["0001-QĐ-UBND-2022.pdf", "0002-QĐ-UBND-2022.pdf"]
        for one in said["issued"]:
            text = " ".join(pypdf.PdfReader(one["file"]).pages[0].extract_text().split())
            assert one["people"][0] in text
        status, text, _err = run("papers", "--kind", "isolation", "--missing", "--out", out)
        assert status == 0 and "0 văn bản" in text

    def test_who_lacks_something_is_named(self, ask, run, db, tmp_path):
        register_someone(db, f0(replace(neighbour(1), birth=None)))
        status, said = ask("papers", "--kind", "isolation", "--missing", "--out", tmp_path / "out")
        assert (status, said["issued"]) == (1, [])
        assert [one["code"] for one in said["skipped"]] == ["station.has_problems"]
        status, _out, err = run("papers", "--kind", "isolation", "--missing", "--out", tmp_path / "out")
        assert status == 1 and neighbour(1).full_name in err

    def test_releases(self, ask, db, tmp_path):
        episode = register_someone(db, f0(day=date(2022, 2, 20)))
        issue_paper(db, PaperKind.ISOLATION_ORDER, [episode.id], catalog=catalog(), issued_on=TODAY, by=None, now=NOW)
        status, said = ask("papers", "--kind", "release", "--missing", "--out", tmp_path / "out")
        assert (status, [one["kind"] for one in said["issued"]]) == (0, ["isolation_end"])

    def test_a_folder_that_cannot_be_made_gives_no_number(self, ask, run, db, tmp_path):
        register_someone(db)
        (tmp_path / "file").write_text("x")
        status, out, err = run("papers", "--kind", "isolation", "--missing", "--out", tmp_path / "file" / "out")
        assert (status, out) == (1, "") and err.count("\n") == 1
        assert (
            ask("papers", "--kind", "isolation", "--missing", "--out", tmp_path / "out")[1]["issued"][0]["number"] == 1
        )

    def test_a_file_that_cannot_be_written_is_said(self, ask, run, db, tmp_path, monkeypatch):
        def full(path, _data):
            raise UserError("paper.not_kept", name=path.name, reason="No space left on device")

        register_someone(db)
        monkeypatch.setattr(commands_module, "keep_file", full)
        status, out, err = run("papers", "--kind", "isolation", "--missing", "--out", tmp_path, "--json")
        assert status == 1 and json.loads(out)["issued"][0]["file"] is None and "0001-QĐ-UBND-2022.pdf" in err

    def test_what_the_head_has_not_answered_refuses(self, ask, db, tmp_path, monkeypatch):
        later = NOW.replace(year=2026, month=7, day=10)
        monkeypatch.setattr(commands_module, "_now", lambda: later)
        register_someone(db, f0(day=later.date()), now=later)
        words = ("papers", "--kind", "isolation", "--missing", "--out", tmp_path)
        status, said = ask(*words)
        assert (status, [one["code"] for one in said["skipped"]]) == (1, ["paper.home_isolation_ask"])
        change_setting(db, "home_isolation", "yes", by=None, now=later)
        assert ask(*words)[0] == 0


class Test_Scan:
    def test_a_new_card(self, ask, run):
        status, said = ask("scan", CARD)
        assert (status, said["outcome"], said["person"], said["code"]) == (0, "new", None, None)
        assert said["fields"] == {
            "full_name": "Giàng A Páo", "birth": "03/02/1955", "sex": "MALE", "citizen_number": "012055000001",
            "old_citizen_number": "045000001", "address_printed": "Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu",
        }  # fmt: skip
        status, out, err = run("scan", CARD)
        assert (status, err) == (0, "") and "Giàng A Páo" in out

    def test_a_known_card(self, ask, db):
        person = register_someone(db).person_id
        status, said = ask("scan", CARD)
        assert (status, said["outcome"], said["person"]) == (0, "known", person.hex)

    @pytest.mark.parametrize("text", ["", "rubbish", CARD[:20], CARD + CARD, "\udcff\udcfe", "|||||||"])
    def test_a_refused_card(self, ask, run, text):
        status, said = ask("scan", text)
        assert (status, said["outcome"], said["fields"]) == (1, "refused", {})
        assert said["code"] and said["sentence"]
        status, out, err = run("scan", text)
        assert status == 1 and out.strip() == "" and err.strip() == said["sentence"]


class Test_Settings:
    def test_one_is_changed_and_read(self, ask, run):
        assert ask("settings", "home_isolation")[1] == {"home_isolation": "ask"}
        assert ask("settings", "home_isolation", "yes") == (0, {"home_isolation": "yes"})
        assert ask("settings")[1]["home_isolation"] == "yes"
        assert "home_isolation = yes" in run("settings")[1]

    @pytest.mark.parametrize("words", [("nothing",), ("nothing", "x"), ("theme", "pink")])
    def test_others_are_refused(self, run, words):
        status, out, err = run("settings", *words)
        assert (status, out) == (1, "") and err.count("\n") == 1

    def test_nothing_is_sent_before_the_station_is_enrolled(self, run):
        status, out, err = run("sync")
        assert (status, out) == (1, "") and err.count("\n") == 1 and "ghép nối" in err

    def test_the_language_of_the_station_speaks(self, run, ask):
        ask("settings", "language", "en")
        try:
            assert run("status")[0] == 0
        finally:
            use_language("vi")


def test_no_command_loads_the_window(folder, secret):
    program = (
        "import sys; from covidstation.cli import main; "
        f"main(['--data', {str(folder)!r}, '--passphrase-file', {str(secret)!r}, 'status']); "
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=30, capture_output=True).returncode == 0


def commands_run_here() -> set[str]:
    """First words of the calls that run a command, in all files of this folder."""
    calls = [
        node
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
    ]
    return {call.args[0].value for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) in RUNNERS}


def test_every_command_is_run_here():
    (action,) = [action for action in build_parser()._actions if action.dest == "command"]
    assert set(action.choices) - commands_run_here() == set()


def test_exports_through_the_service_and_the_command_are_one(db, stick):
    assert export_changes(db, stick, by=None, now=NOW).value.what == "enrolment"
