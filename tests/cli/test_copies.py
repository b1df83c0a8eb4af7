"""`backup` and `restore` by command: a copy, the proof that it opens, and the way back to a wiped folder."""

from __future__ import annotations

import shutil

import pytest

from tests.e2e.codes import known_code
from tests.e2e.programs import PASSPHRASE, station

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def one(tmp_path):
    made = station(tmp_path / "station")
    made.init("--commune", "03517", "--name", "Trạm Y tế xã Nậm Tăm", "--head", "Lò Thị Mai", "--training", "30")
    return made


def test_a_copy_is_made_proved_and_put_back(one, tmp_path):
    data = one.data
    made = one.ask("backup")["copy"]
    proof = one.ask("backup", "--drill")
    assert made.endswith(proof["copy"]) and proof["people"] == 30 and proof["behind"] == 0
    assert "mở được và trọn vẹn" in one.run("backup", "--drill").out
    copies = one.ask("restore", "--list")["copies"]
    assert [(copy["health"], copy["people"]) for copy in copies] == [("whole", 30)]
    (data / "register.db").write_bytes(b"gone")
    (data / "register.db-wal").unlink(missing_ok=True)
    back = one.ask("restore")
    assert back["people"] == 30 and back["aside"]
    assert one.ask("status")["people"] == 30
    assert one.ask("check")["good"]


def test_from_a_stick_with_the_code_on_a_new_pc(one, tmp_path):
    code = known_code(one.data, PASSPHRASE)
    stick = tmp_path / "stick"
    stick.mkdir()
    one.ask("backup", "--to", stick)
    shutil.rmtree(one.data)
    assert one.run("restore", stick, "--code", "ABCDE").status == 1
    refused = one.run("restore", stick, "--code", code)
    assert refused.status == 1 and "Traceback" not in refused.err
    assert not (one.data / "register.db").exists()
    assert one.ask("restore", stick, "--code", code, "--new-user", "Lò Thị Mai")["people"] == 30
    assert one.ask("status")["people"] == 30


def test_without_a_copy_it_says_so(one):
    shutil.rmtree(one.data / "backups", ignore_errors=True)
    done = one.run("restore")
    assert done.status == 1 and "bản sao lưu" in done.err
    assert one.run("backup", "--drill").status == 1
