"""The whole way with two real databases and two real programs: from the first start to the district's receipt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pypdf
import pytest

from covidstation.db.session import Database
from covidstation.services.access.opening import open_register
from tests.e2e.programs import PASSPHRASE, Program, hub, station
from tests.services.samples import PAO, f0, neighbour, register

pytestmark = pytest.mark.timeout(240)
NAME = "Trạm Y tế xã Nậm Tăm"
OTHER = "Trạm Y tế xã Pa Tần"


def now() -> datetime:
    return datetime.now().astimezone()


def damaged(bundle: bytes, stranger: bytes) -> dict[str, bytes]:
    """Files as they come back from the road, by the code that refuses each."""
    middle, signature = len(bundle) // 2, 8 + int.from_bytes(bundle[4:8], "big")
    return {
        "bundle.damaged": bundle[:-9] + bytes([bundle[-9] ^ 1]) + bundle[-8:],
        "bundle.cut": bundle[: len(bundle) - 100],
        "bundle.forged": bundle[:signature] + bytes([bundle[signature] ^ 1]) + bundle[signature + 1 :],
        "bundle.newer": b"CSB2" + bundle[4:],
        "bundle.not_a_bundle": b"PK\x03\x04" + bundle[4:middle],
        "bundle.unknown_sender": stranger,
    }


ROAD = {
    "bundle.damaged", "bundle.cut", "bundle.forged", "bundle.newer", "bundle.not_a_bundle", "bundle.unknown_sender",
}  # fmt: skip


class Journey:
    """One district and its stations, with one stick between them."""

    def __init__(self, folder: Path, *, child: bool = False) -> None:
        self.folder, self.child = folder, child
        self.stick = folder / "usb"
        self.stick.mkdir()
        self.hub = hub(folder / "district", child=child)
        self.hub.init("--name", "Trung tâm Y tế huyện Sìn Hồ")

    def station(self, name: str, commune: str, *words: object) -> Program:
        """A new station, not enrolled yet."""
        made = station(self.folder / f"station-{commune}", child=self.child)
        made.init(
            "--commune", commune, "--name", name, "--chairman", "Lò Văn Thương", "--home-isolation", "yes", *words
        )
        return made

    def enrol(self, one: Program, stick: Path | None = None) -> None:
        """Both ways on the stick, the words compared as two people would."""
        stick = stick or self.stick
        asked = one.ask("export", stick)
        assert asked["what"] == "enrolment" and len(asked["words"]) == 8
        shown = self.hub.ask("enrol", stick / asked["files"][0], status=1)["files"][0]
        assert (shown["outcome"], shown["words"]) == ("asks", asked["words"])
        taken = self.hub.ask("enrol", stick / asked["files"][0], "--yes")
        assert taken["files"][0]["outcome"] == "enrolled"
        self.hub.ask("export", stick)
        waiting = one.ask("import", stick, status=1)["files"]
        (certificate,) = [file for file in waiting if file["outcome"] == "asks"]
        assert certificate["words"] == taken["hub_words"] == self.hub.ask("status")["words"]
        assert not one.ask("status")["enrolled"]
        one.ask("import", stick, "--yes")
        assert one.ask("status")["enrolled"]

    def known(self) -> dict[str, dict[str, object]]:
        """What the hub says of each station, by its id."""
        return {one["station"]: one for one in self.hub.ask("status")["stations"]}


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


@pytest.fixture
def opened() -> Iterator[object]:
    """Open a station's register as its window does."""
    databases: list[Database] = []

    def open_db(program: Program) -> Database:
        databases.append(open_register(program.data, PASSPHRASE).db)
        return databases[-1]

    yield open_db
    for db in databases:
        db.engine.dispose()


def bundles(stick: Path) -> list[Path]:
    return sorted(stick.rglob("U-*.csb"))


def test_one_patients_whole_way_through_two_programs(opened, tmp_path):
    journey = Journey(tmp_path, child=True)
    trained = journey.station(NAME, "03517", "--training", "80", "--seed", "5")
    journey.enrol(trained)
    first = trained.ask("status")
    assert first["people"] == 80 and first["training"]

    db = opened(trained)
    episode = register(db, f0(PAO, now().date()), now=now())
    db.close()
    card = trained.ask("scan", "012055000001|045000001|Giàng A Páo|03021955|Nam|Nậm Tăm, Sìn Hồ, Lai Châu|10052021")
    assert (card["outcome"], card["person"]) == ("known", episode.person_id.hex)

    papers = trained.ask("papers", "--kind", "isolation", "--missing", "--out", tmp_path / "papers")
    mine = [one for one in papers["issued"] if one["people"] == ["Giàng A Páo"]]
    text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(mine[0]["file"]).pages).split())
    assert "Giàng A Páo" in text and f"{mine[0]['number']:02d}/{mine[0]['symbol']}" in text
    assert trained.ask("papers", "--kind", "isolation", "--missing", "--out", tmp_path / "papers")["issued"] == []

    written = trained.ask("export", journey.stick)
    status = trained.ask("status")
    assert status["unsent"] == status["on_stick"] == written["changes"]
    assert status["last_backup"] is not None
    taken = journey.hub.ask("import", journey.stick)
    assert (taken["taken"], taken["refused"]) == (written["changes"], 0)
    again = journey.hub.ask("import", journey.stick)
    assert again["taken"] == 0 and {one["outcome"] for one in again["files"]} == {"already"}

    assert trained.ask("status")["unsent"] == written["changes"], "only a receipt counts"
    journey.hub.ask("export", journey.stick)
    trained.ask("import", journey.stick)
    status = trained.ask("status")
    assert (status["unsent"], status["oldest_unsent_seconds"]) == (0, None)
    assert status["received_upto"] == written["changes"] and status["last_receipt"] and status["exceptions"] == 0
    (known,) = journey.known().values()
    assert (known["people"], known["episodes"]) == (81, status["episodes"])
    assert trained.ask("check")["good"]


def stranger(folder: Path) -> tuple[Path, Path]:
    """A bundle and a receipt of a station and a district that nobody here knows."""
    stick = folder / "lost stick"
    stick.mkdir()
    district, unknown = hub(folder / "another district"), station(folder / "stranger")
    district.init("--name", "Nơi khác")
    unknown.init("--commune", "03517", "--name", "Trạm lạ")
    unknown.ask("export", stick)
    district.ask("enrol", stick, "--yes")
    district.ask("export", stick)
    unknown.ask("import", stick, "--yes")
    (bundle,) = unknown.ask("export", stick)["files"]
    (receipt,) = stick.rglob("R-*.csb")
    return stick / bundle, receipt


def test_bundles_in_the_wrong_order_among_damaged_ones(journey, opened, tmp_path):
    ours = journey.station(NAME, "03517")
    journey.enrol(ours)
    sticks = evenings(journey, ours, opened(ours), tmp_path)
    last = ours.ask("status")["unsent"] + ours.ask("status")["received_upto"]
    (third,) = bundles(sticks[2])
    road = tmp_path / "road"
    road.mkdir()
    for code, data in damaged(third.read_bytes(), stranger(tmp_path)[0].read_bytes()).items():
        (road / f"U-{code}.csb").write_bytes(data)
    before = journey.known()
    refused = journey.hub.ask("import", road, status=1)
    assert {one["file"]: one["code"] for one in refused["files"]} == {f"U-{code}.csb": code for code in ROAD}
    assert all(one["sentence"] for one in refused["files"])
    assert refused["refused"] == len(ROAD) and journey.known() == before

    shutil.copytree(sticks[2], road, dirs_exist_ok=True)
    mixed = journey.hub.ask("import", road, status=1)
    assert mixed["refused"] == len(ROAD) and {one["outcome"] for one in mixed["files"]} == {"refused", "taken"}
    assert journey.hub.ask("import", sticks[1])["taken"] == 0, "it came late and holds nothing new"
    (known,) = journey.known().values()
    assert (known["upto"], known["gaps"], known["people"]) == (last, [], 3)


def evenings(journey: Journey, ours: Program, db: Database, folder: Path) -> list[Path]:
    """Three evenings on three sticks; after the second one the district's first receipt came."""
    sticks = [folder / f"evening {number}" for number in range(3)]
    for number, stick in enumerate(sticks):
        stick.mkdir()
        register(db, f0(neighbour(number), now().date()), now=now())
        ours.ask("export", stick)
        if number == 1:
            journey.hub.ask("import", sticks[0])
            journey.hub.ask("export", sticks[0])
            ours.ask("import", sticks[0])
    return sticks


def test_receipts_among_damaged_ones(journey, opened, tmp_path):
    ours = journey.station(NAME, "03517")
    journey.enrol(ours)
    register(opened(ours), f0(neighbour(0), now().date()), now=now())
    ours.ask("export", journey.stick)
    journey.hub.ask("import", journey.stick)
    journey.hub.ask("export", journey.stick)
    (receipt,) = journey.stick.rglob("R-*.csb")
    files = damaged(receipt.read_bytes(), stranger(tmp_path)[1].read_bytes())
    for code, data in files.items():
        (journey.stick / f"R-{code}.csb").write_bytes(data)
    assert ours.ask("status")["unsent"] > 0
    answers = ours.ask("import", journey.stick, status=1)["files"]
    codes = {one["name"]: one["code"] for one in answers if one["code"]}
    assert codes == {f"R-{code}.csb": code for code in ROAD - {"bundle.unknown_sender"}}, (
        "another's receipt is not ours"
    )
    assert [one["outcome"] for one in answers if not one["code"]] == ["already", "receipt"]
    alone = ours.ask("import", journey.stick / "R-bundle.unknown_sender.csb", status=1)["files"]
    assert [one["code"] for one in alone] == ["bundle.unknown_sender"]
    assert ours.ask("status")["unsent"] == 0
    assert ours.ask("check")["good"]


def test_a_gap_waits_and_closes(journey, opened, tmp_path):
    ours = journey.station(NAME, "03517")
    journey.enrol(ours)
    db = opened(ours)
    register(db, f0(neighbour(0), now().date()), now=now())
    ours.ask("export", journey.stick)
    journey.hub.ask("import", journey.stick)
    journey.hub.ask("export", journey.stick)
    ours.ask("import", journey.stick)
    upto = ours.ask("status")["received_upto"]

    # The district goes back to the database that it had in the morning; the station knows of a receipt since.
    kept = tmp_path / "kept"
    shutil.copytree(journey.hub.data, kept)
    register(db, f0(neighbour(1), now().date()), now=now())
    ours.ask("export", journey.stick)
    journey.hub.ask("import", journey.stick)
    journey.hub.ask("export", journey.stick)
    ours.ask("import", journey.stick)
    shutil.rmtree(journey.hub.data)
    shutil.copytree(kept, journey.hub.data)
    register(db, f0(neighbour(2), now().date()), now=now())
    (newest,) = [Path(one) for one in ours.ask("export", journey.stick)["files"]]
    waiting = journey.hub.ask("import", newest)["files"][0]
    assert waiting["outcome"] == "waiting" and waiting["gap"][0] == upto + 1
    (known,) = journey.known().values()
    assert known["people"] == 1 and known["gaps"] == [waiting["gap"]]


def test_a_second_station_on_the_same_stick(journey, opened):
    first, second = journey.station(NAME, "03517"), journey.station(OTHER, "03503")
    journey.enrol(first)
    journey.enrol(second)
    db = opened(second)
    for number in range(3):
        draft = f0(replace(neighbour(number), full_name="Vàng A Dua"), now().date())
        register(db, draft, now=now())
    sent = [one.ask("export", journey.stick)["changes"] for one in (first, second)]
    assert len(bundles(journey.stick)) == 2
    assert journey.hub.ask("import", journey.stick)["taken"] == sum(sent)
    journey.hub.ask("export", journey.stick)
    for one, count in ((first, sent[0]), (second, sent[1])):
        answers = one.ask("import", journey.stick)["files"]
        assert [file["upto"] for file in answers if file["outcome"] == "receipt"] == [count]
        assert one.ask("status")["unsent"] == 0
    people = {known["commune"]: known["people"] for known in journey.known().values()}
    assert people == {"03517": 0, "03503": 3}
    assert len({known["station"] for known in journey.known().values()}) == 2
    for one in (first, second):
        assert one.run("export", journey.stick).status == 0
        assert one.ask("check")["good"]
