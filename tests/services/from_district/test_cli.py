"""The district's words on its command line, and what a station then has."""

import json

import pytest

from covidstation.db.queries.people import get_person
from covidstation.domain.district import ItemKind
from covidstation.hub import cli
from covidstation.services.district.items import answer_item
from covidstation.services.district.moves import whereabouts
from tests.services.from_district.conftest import PASSPHRASE
from tests.services.outbreak import WHO, case


@pytest.fixture
def run(world, monkeypatch, capsys):
    """Run one command over the world's hub at the world's moment; status and JSON."""
    monkeypatch.setattr(cli, "ask_passphrase", lambda _file: PASSPHRASE)
    monkeypatch.setattr(cli, "_now", lambda: world.tick())

    def call(*words):
        status = cli.main(["--data", str(world.hub.place.folder), *words, "--json"])
        out = capsys.readouterr()
        return (status, json.loads(out.out)) if status == 0 else (status, out.err)

    return call


def test_say_ask_answer_told_withdraw(world, run):
    near = world.station("Nậm Tăm")
    episode = case(near.db, 1)
    near.send()
    name = get_person(near.db, episode.person_id).full_name
    status, said = run("say", "--title", "Họp", "--body", "Thứ Sáu", "--due", "2022-03-12", "--author", "BS. Hoa")
    assert status == 0
    status, asked = run(
        "ask", "--to", near.name, "--about", name, "--title", "Ngày sinh", "--body", "Năm nào?", "--author", "BS. Hoa"
    )
    assert status == 0
    near.receive()
    question, announcement = near.items()
    assert (question.kind, question.person_id) == (ItemKind.QUESTION, episode.person_id)
    assert (announcement.author, announcement.due_on.isoformat()) == ("BS. Hoa", "2022-03-12")
    answer_item(near.db, question.id, "1968", now=world.tick(), **WHO)
    near.send()
    _status, told = run("told", "--kind", "question")
    replies = [reply for item in told["items"] for one in item["stations"] for reply in one["replies"]]
    assert [reply["text"] for reply in replies] == ["1968"]
    assert run("withdraw", said["item"])[0] == 0
    near.receive()
    assert next(one for one in near.items() if one.id == announcement.id).withdrawn_at is not None
    assert asked["kind"] == "question"
    status, trouble = run("ask", "--to", "Sao Hoả", "--title", "x", "--body", "y")
    assert status == 1 and "Sao Hoả" in trouble


def test_correct_pack_target_and_move(world, run, tmp_path):
    near, far = world.station("Nậm Tăm"), world.station("Pa Tần")
    episode = case(near.db, 1)
    near.send()
    name = get_person(near.db, episode.person_id).full_name
    status, _one = run("correct", "--to", near.name, name, "workplace=Trường tiểu học", "--reason", "Theo đơn")
    assert status == 0
    near.receive()
    assert get_person(near.db, episode.person_id).workplace == "Trường tiểu học"
    assert run("target", "tests", "40", "--from", "2022-03-01", "--until", "2022-03-31")[0] == 0
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe")
    status, trouble = run("pack", str(bad), "--family", "isolation", "--id", "huyen-1", "--from", "2022-03-20")
    assert status == 1 and "bad.toml" in trouble
    proposed = run("move", "propose", name, "--from", near.name, "--target", far.name, "--reason", "Về quê")[1]
    assert proposed["state"] == "asked"
    assert run("move", "accept", proposed["move"])[1]["state"] == "accepted"
    assert run("move", "list")[1]["moves"][0]["to"] == far.name
    near.receive()
    far.receive()
    assert whereabouts(near.db, episode.person_id).moved_to == far.name
    assert get_person(far.db, episode.person_id).full_name == name
    assert run("move", "refuse", proposed["move"], "--reason", "x")[0] == 1
    assert run("move", "accept", "không phải mã")[0] == 1
