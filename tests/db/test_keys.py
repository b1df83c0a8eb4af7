"""The wraps of the register's key: what opens it, what never does, what a torn file becomes."""

import json
import re
from dataclasses import replace

import pytest

from covidstation.db import keys
from covidstation.db.keys import CODE_LETTERS, FILE
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.access.opening import open_with_recovery
from covidstation.services.access.passphrases import change_passphrase, reset_passphrase
from tests.db.first_format import first_format
from tests.services.samples import CHEAP, NOW, PASSPHRASE, USER, found, opened

KEY = bytes(range(32))
FLAWED = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b'{"format": 1}',
    b'{"format": 1, "wraps": null}',
    b'{"format": 1, "wraps": [1]}',
    b'{"format": 1, "wraps": [{}]}',
    b'{"format": 1, "wraps": [{"kind": "user"}]}',
    b"\xff\xfe\x00",
    b"[" * 100_000,
]


def wrap(secret=PASSPHRASE, **changes):
    values = {"kind": "user", "id": "0" * 32, "name": USER, "role": "head", "cost": CHEAP} | changes
    return keys.new_wrap(KEY, secret, **values)


def code_of(act, *values):
    with pytest.raises(UserError) as caught:
        act(*values)
    assert sentence(caught.value)
    return caught.value.code


def test_each_wrap_opens_with_its_own_secret_alone(tmp_path):
    keys.write_keys(tmp_path, [wrap("mật khẩu của Mai"), wrap("mật khẩu của Páo", id="1" * 32, name="Giàng A Páo")])
    mai = keys.open_with(tmp_path, "mật khẩu của Mai")
    assert (mai.keys, mai.user) == ((KEY,), keys.UUID(int=0))
    assert keys.open_with(tmp_path, "mật khẩu của Páo", "Giàng A Páo").key == KEY
    assert code_of(keys.open_with, tmp_path, "mật khẩu của Páo", USER) == "keys.wrong_passphrase"
    assert code_of(keys.open_with, tmp_path, "") == "keys.wrong_passphrase"


def test_a_passphrase_is_the_same_however_its_accents_are_typed(tmp_path):
    keys.write_keys(tmp_path, [wrap("nước chảy")])
    assert keys.open_with(tmp_path, "nu\u031bo\u031b\u0301c cha\u0309y").key == KEY


@pytest.mark.parametrize(
    "change", [{"id": "2" * 32}, {"kind": "recovery"}, {"once": True}, {"public": "age1" + "q" * 58}], ids=str
)
def test_a_wrap_belongs_to_its_user_and_key(change):
    assert code_of(keys.unlock, replace(wrap(), **change), PASSPHRASE) == "keys.wrong_passphrase"


def test_a_one_time_wrap_cannot_be_made_to_last():
    once = wrap("bade-kimo-tupa-ligo", once=True)
    assert keys.unlock(once, "  BaDe kimo tupaligo ").key == KEY
    assert code_of(keys.unlock, replace(once, once=False), "bade-kimo-tupa-ligo") == "keys.wrong_passphrase"


@pytest.mark.parametrize("change", [{"role": "read_only"}, {"id": "2" * 32}, {"kind": "recovery"}])
def test_a_wrap_of_the_first_format_opens_and_belongs_to_its_user_and_role(change):
    first = first_format(KEY, PASSPHRASE, kind="user", id="0" * 32, name=USER, role="head")
    assert keys.unlock(first, PASSPHRASE).key == KEY
    assert code_of(keys.unlock, replace(first, **change), PASSPHRASE) == "keys.wrong_passphrase"


def test_a_key_sealed_to_another_opens_nothing():
    other = keys.new_wrap(bytes(32), "x", kind="user", id="1" * 32, name="", role="head", cost=CHEAP)
    assert code_of(keys.unlock, replace(wrap(), sealed=other.sealed), PASSPHRASE) == "keys.wrong_passphrase"


def test_no_two_wraps_are_alike():
    first, second = wrap(), wrap()
    assert first.salt != second.salt and first.box != second.box and KEY not in first.box


def test_the_secret_is_not_in_the_file(tmp_path):
    keys.write_keys(tmp_path, [wrap()])
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    assert PASSPHRASE not in text and KEY.hex() not in text


def test_a_wrong_passphrase_changes_nothing(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for wrong in ("", "x", PASSPHRASE + " ", PASSPHRASE.upper()):
        assert code_of(keys.open_with, folder, wrong) == "keys.wrong_passphrase"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    register = opened(folder)
    before = (folder / FILE).read_bytes()
    wrong = (register.db, "sai rồi nhé", "câu khác hẳn câu cũ")
    assert code_of(lambda: change_passphrase(*wrong, now=NOW)) == "keys.wrong_passphrase"
    assert (folder / FILE).read_bytes() == before
    register.db.close()


def test_passphrases_that_protect_nothing_are_refused(folder):
    for short in ("", "1234567"):
        assert code_of(keys.check_length, short) == "keys.passphrase_short"
    register = opened(folder)
    before = (folder / FILE).read_bytes()
    for weak, why in (("ngắn", "short"), ("Matkhau@123", "common"), ("0912 345 678", "number"), (USER, "name")):
        code = code_of(lambda weak=weak: change_passphrase(register.db, PASSPHRASE, weak, now=NOW))
        assert code == f"keys.passphrase_{why}"
    assert (folder / FILE).read_bytes() == before
    register.db.close()


def test_a_new_passphrase_takes_the_place_of_the_old(folder):
    register = opened(folder)
    change_passphrase(register.db, PASSPHRASE, "lá lành đùm lá rách", now=NOW, cost=CHEAP)
    register.db.close()
    assert code_of(keys.open_with, folder, PASSPHRASE) == "keys.wrong_passphrase"
    assert keys.open_with(folder, "lá lành đùm lá rách").user is not None


def test_the_recovery_code_opens_and_gives_a_new_passphrase(tmp_path):
    founded = found(tmp_path)
    register = open_with_recovery(tmp_path, founded.recovery_code.lower().replace("-", " "))
    assert register.user_id is None and register.role == "head"
    register.db.close()
    reset_passphrase(tmp_path, founded.recovery_code, USER, "lá lành đùm lá rách", cost=CHEAP)
    assert keys.open_with(tmp_path, "lá lành đùm lá rách").user == founded.user_id
    open_with_recovery(tmp_path, founded.recovery_code).db.close()
    unknown = ("Ai Đó", "lá lành đùm lá rách")
    assert code_of(reset_passphrase, tmp_path, founded.recovery_code, *unknown) == "keys.unknown_user"


def test_another_recovery_code_opens_nothing(folder):
    assert code_of(open_with_recovery, folder, keys.new_recovery_code()) == "keys.wrong_passphrase"


def test_a_recovery_code_is_eight_groups_that_nobody_mistakes():
    codes = {keys.new_recovery_code() for _one in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}", code)
        assert keys.read_recovery_code(code) == code


def test_every_wrong_letter_of_a_code_is_found_in_its_group():
    code = keys.new_recovery_code()
    tried = 0
    for at, right in enumerate(code):
        if right == "-":
            continue
        for letter in CODE_LETTERS:
            if letter != right:
                with pytest.raises(UserError) as caught:
                    keys.read_recovery_code(code[:at] + letter + code[at + 1 :])
                assert caught.value.params["group"] == at // 6 + 1
                tried += 1
    assert tried == 40 * 31


def test_letters_that_look_alike_are_taken_for_each_other():
    code = next(code for code in iter(keys.new_recovery_code, None) if "0" in code and "1" in code)
    assert keys.read_recovery_code(code.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize("text", ["", "-", "ABCDE", "x" * 40, "Đ" * 40, "0" * 39, "00000-" * 9, "\n", "0000U" * 8])
def test_what_is_no_code_is_a_sentence(text):
    assert code_of(keys.read_recovery_code, text) == "keys.code_garbled"


@pytest.mark.parametrize("data", FLAWED)
def test_a_torn_file_of_keys_is_a_sentence(folder, data):
    (folder / FILE).write_bytes(data)
    assert code_of(keys.open_with, folder, PASSPHRASE) == "keys.damaged"


def test_keys_cut_anywhere_are_a_sentence(folder):
    data = (folder / FILE).read_bytes()
    for length in range(0, len(data) - 2, 7):
        (folder / FILE).write_bytes(data[:length])
        assert code_of(keys.open_with, folder, PASSPHRASE) == "keys.damaged"
    (folder / FILE).unlink()
    assert code_of(keys.open_with, folder, PASSPHRASE) == "keys.damaged"


@pytest.mark.parametrize(
    "change",
    [
        {"box": ""},
        {"box": "AAAA"},
        {"salt": ""},
        {"salt": "AA=="},
        {"public": ""},
        {"public": "age1khác"},
        {"sealed": ""},
        {"sealed": "AAAA"},
        {"sealed": "A" * 8000},
        {"next": "AAAA"},
        {"kind": "escrow"},
        {"cost": {"memory_kib": 1 << 40, "rounds": 1, "lanes": 1}},
        {"cost": {"memory_kib": 8, "rounds": 1 << 40, "lanes": 1}},
        {"cost": {"memory_kib": -1, "rounds": 0, "lanes": 0}},
    ],
    ids=str,
)
def test_keys_that_were_changed_are_a_sentence(folder, change):
    found = json.loads((folder / FILE).read_bytes())
    found["wraps"] = [one | change for one in found["wraps"]]
    (folder / FILE).write_text(json.dumps(found), encoding="utf-8")
    assert code_of(keys.open_with, folder, PASSPHRASE) in ("keys.damaged", "keys.wrap_damaged")


def test_keys_of_a_newer_program_are_a_sentence(folder):
    found = json.loads((folder / FILE).read_bytes())
    (folder / FILE).write_text(json.dumps(found | {"format": 3}), encoding="utf-8")
    assert code_of(keys.open_with, folder, PASSPHRASE) == "station.newer_data"


def test_the_cost_fits_the_machine_and_never_falls_under_the_floor():
    cost = keys.calibrated_cost(target=0.001)
    assert cost.memory_kib >= keys.FLOOR.memory_kib and cost.rounds >= 1
    slow = keys.calibrated_cost(target=0.2)
    assert slow.memory_kib * slow.rounds >= keys.FLOOR.memory_kib * keys.FLOOR.rounds


def test_the_register_opens_with_the_key_of_its_file(folder):
    register = opened(folder)
    assert (register.user_name, register.role, register.training) == (USER, "head", False)
    register.db.engine.dispose()


def turned(path, at, bit):
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)


def test_every_turned_bit_of_the_keys_is_told_from_a_wrong_passphrase(folder):
    """The right passphrase opens, or is told that the file is damaged; a wrong one is never told anything but wrong
    where its own entry is whole."""
    path = folder / FILE
    whole, said = path.read_bytes(), set()
    for at in range(len(whole)):
        turned(path, at, at % 8)
        try:
            assert keys.open_with(folder, PASSPHRASE).key
        except UserError as trouble:
            said.add(trouble.code)
        path.write_bytes(whole)
    assert {"keys.damaged", "keys.wrap_damaged"} <= said <= {"keys.damaged", "keys.wrap_damaged", "station.newer_data"}
    assert code_of(keys.open_with, folder, "câu khác hẳn") == "keys.wrong_passphrase"


def test_a_damaged_entry_locks_nobody_else_out(tmp_path):
    keys.write_keys(tmp_path, [wrap("mật khẩu của Mai"), wrap("mật khẩu của Páo", id="1" * 32, name="Giàng A Páo")])
    found = json.loads((tmp_path / FILE).read_bytes())
    box = found["wraps"][0]["box"]
    found["wraps"][0]["box"] = box[:40] + ("A" if box[40] != "A" else "B") + box[41:]
    (tmp_path / FILE).write_text(json.dumps(found), encoding="utf-8")
    assert keys.open_with(tmp_path, "mật khẩu của Páo").key == KEY
    assert code_of(keys.open_with, tmp_path, "mật khẩu của Mai", USER) == "keys.wrap_damaged"
    assert code_of(keys.open_with, tmp_path, "sai", "Giàng A Páo") == "keys.wrong_passphrase"
    keys.write_keys(tmp_path, keys.read_keys(tmp_path))  # written again with the rest, it is as damaged as before
    assert code_of(keys.open_with, tmp_path, "mật khẩu của Mai", USER) == "keys.wrap_damaged"


def test_keys_of_the_days_before_the_sums_open_and_get_them(folder):
    found = json.loads((folder / FILE).read_bytes())
    for one in found["wraps"]:
        assert re.fullmatch("[0-9a-f]{16}", one.pop("sum"))
    (folder / FILE).write_text(json.dumps(found), encoding="utf-8")
    assert code_of(keys.open_with, folder, "câu khác hẳn") == "keys.wrong_passphrase"
    opened(folder).db.close()
    assert [one.whole for one in keys.read_keys(folder)] == [True, True]


def test_an_entry_that_opens_in_spite_of_its_sum_gets_a_right_one(folder):
    path = folder / FILE
    found = json.loads(path.read_bytes())
    found["wraps"][0]["sum"] = "0" * 16
    path.write_text(json.dumps(found), encoding="utf-8")
    assert keys.read_keys(folder)[0].whole is False
    opened(folder).db.close()
    assert keys.read_keys(folder)[0].whole is True
