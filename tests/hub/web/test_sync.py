"""The sync addresses over a real port: answers, refusals, pieces, bounds."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from covidstation.hub import serve
from covidstation.hub.database.store import Hub
from covidstation.hub.stations.enrolling import SameCommune, renew_certificates
from covidstation.hub.web import reading
from covidstation.hub.web.limits import Buckets, Rate
from covidstation.hub.web.sync import Rates
from covidstation.hub.web.uploads import FOLDER, WHOLE_AGE, Bounds, Uploads
from covidstation.sync.bundle import Sender, open_bundle, read_header
from covidstation.sync.enrolment import open_certificate
from covidstation.sync.frames import BUNDLE, BUNDLES, PIECE, unframe
from covidstation.sync.identity import Identity, key_id
from covidstation.sync.receipts import Receipt, read_receipt
from tests.hub.fake_stations import NOW, FakeStation, everything, upto
from tests.hub.web.serving import serving_hub


@pytest.fixture
def line(hub: Hub) -> Iterator[httpx.Client]:
    with serving_hub(hub) as url, httpx.Client(base_url=url, trust_env=False, timeout=10) as client:
        yield client


def post(line: httpx.Client, data: bytes, bundle: str = "", **headers: str) -> httpx.Response:
    bundle = bundle or read_header(data).bundle.hex
    return line.post(f"/sync/v1/bundles/{bundle}", content=data, headers={"Content-Type": BUNDLE} | headers)


def patch(line: httpx.Client, data: bytes, at: int, to: int | None = None, length: int = 0) -> httpx.Response:
    headers = {"Content-Type": PIECE, "Upload-Offset": str(at), "Upload-Length": str(length or len(data))}
    return line.patch(f"/sync/v1/bundles/{read_header(data).bundle.hex}", content=data[at:to], headers=headers)


def receipt_of(station: FakeStation, answer: httpx.Response) -> Receipt:
    assert answer.headers["Content-Type"] == BUNDLES
    hub = station.certificate.hub_keys.sign
    known = {key_id(hub): Sender(hub, station.id)}
    return read_receipt(open_bundle(unframe(answer.content)[0], known_senders=known, identities=[station.keys.age]))


def refused(answer: httpx.Response, status: int, code: str) -> None:
    """One sentence for a person, and nothing of the program's inside."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert set(answer.json()) == {"code", "text"}
    assert len(answer.json()["text"]) > 20
    assert "Traceback" not in answer.text
    assert "covidstation." not in answer.text


def test_one_round_trip_brings_the_receipt(hub: Hub, station: FakeStation, line: httpx.Client) -> None:
    station.people(3)
    answer = post(line, station.up())
    assert answer.status_code == 200
    assert (receipt_of(station, answer).upto, upto(hub, station)) == (3, 3)


def test_new_keys_are_answered_by_their_certificate_alone(station: FakeStation, line: httpx.Client) -> None:
    new = Identity.generate()
    data = station.rekey(new)
    for _turn in range(2):
        answer = post(line, data)
        assert answer.status_code == 200
        (certificate,) = unframe(answer.content)
        found = open_certificate(certificate, ours=new.public)
        assert (found.station, found.follows) == (station.id, station.keys.sign.id)


def test_the_same_bundle_again_gets_the_answer_of_now(hub: Hub, station: FakeStation, line: httpx.Client) -> None:
    station.people(2)
    first = station.up()
    post(line, first)
    station.people(1)
    post(line, station.up(3))
    answer = post(line, first)
    assert (answer.status_code, receipt_of(station, answer).upto, upto(hub, station)) == (200, 3, 3)


def test_a_station_without_news_asks(station: FakeStation, line: httpx.Client) -> None:
    answer = post(line, station.up(1, 0))
    assert (answer.status_code, receipt_of(station, answer).upto) == (200, 0)


def test_a_newer_certificate_comes_with_the_answer(hub: Hub, station: FakeStation, line: httpx.Client) -> None:
    held = str(station.certificate.serial)
    assert len(unframe(post(line, station.up(1, 0), **{"CovidStation-Certificate": held}).content)) == 1
    assert renew_certificates(hub, urls=["https://huyen.example:8443"], authority="", now=NOW) == 1
    _receipt, renewed = unframe(post(line, station.up(1, 0), **{"CovidStation-Certificate": held}).content)
    found = open_certificate(renewed, ours=station.keys.public, root=station.certificate.root)
    assert found.urls == ("https://huyen.example:8443",)
    assert found.serial > station.certificate.serial
    assert found.words() == station.certificate.words()


def test_bounds_are_the_same_for_everybody(hub: Hub, station: FakeStation, line: httpx.Client) -> None:
    answer = line.get("/sync/v1/time")
    assert answer.json()["hub_epoch"] == hub.epoch
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "server" not in answer.headers
    refused(line.get("/sync/v1/bundles/" + "0" * 32), 405, "http.not_here")
    refused(line.get("/nothing/here?<script>"), 404, "http.not_here")
    refused(line.post("/sync/v1/bundles/..%2f..%2fetc", headers={"Content-Type": BUNDLE}), 404, "http.not_here")


class Test_Refusals:
    """Nothing of it is kept."""

    @pytest.fixture(autouse=True)
    def unchanged(self, hub: Hub, station: FakeStation) -> Iterator[None]:
        before = everything(hub)
        yield
        assert everything(hub) == before  # but for the inbox, which remembers that it was refused
        assert not list((hub.place.folder / FOLDER).glob("*"))

    def test_a_stranger(self, station: FakeStation, line: httpx.Client) -> None:
        data = station.up(1, 0, signer=Identity.generate().sign)
        refused(post(line, data), 403, "bundle.unknown_sender")
        refused(patch(line, data, 0), 403, "bundle.unknown_sender")

    def test_a_forged_header(self, station: FakeStation, line: httpx.Client) -> None:
        station.people(1)
        data = bytearray(station.up())
        data[8 + int.from_bytes(data[4:8], "big")] ^= 1  # the signature's first bit
        refused(post(line, bytes(data)), 403, "bundle.forged")
        refused(patch(line, bytes(data), 0), 403, "bundle.forged")

    def test_under_another_address(self, station: FakeStation, line: httpx.Client) -> None:
        refused(post(line, station.up(1, 0), bundle=uuid4().hex), 400, "http.bad_request")

    def test_as_another_station(self, hub: Hub, station: FakeStation, line: httpx.Client) -> None:
        refused(post(line, station.up(1, 0, station=uuid4())), 403, "bundle.wrong_station")

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "bundle.cut"),
            (b"CSB", "bundle.cut"),
            (b"GIF89a" + bytes(2000), "bundle.not_a_bundle"),
            (b"CSB1" + b"\xff" * 4000, "bundle.damaged"),
            (b"CSB1" + (2000).to_bytes(4, "big") + bytes(9000), "bundle.damaged"),
        ],
    )
    def test_rubbish(self, line: httpx.Client, data: bytes, code: str) -> None:
        refused(post(line, data, bundle=uuid4().hex), 400, code)

    def test_another_kind_or_type(self, station: FakeStation, line: httpx.Client) -> None:
        refused(post(line, station.request(), bundle=uuid4().hex), 400, "http.bad_request")
        refused(post(line, station.request()), 403, "http.words_first")
        refused(post(line, b"{}", bundle=uuid4().hex, **{"Content-Type": "text/html"}), 415, "http.wrong_type")

    def test_new_keys_that_nobody_in_force_vouches_for(self, station: FakeStation, line: httpx.Client) -> None:
        stranger, new = Identity.generate(), Identity.generate()
        refused(post(line, station.rekey(new, stranger.sign)), 403, "bundle.unknown_sender")
        data = station.rekey(new)
        refused(post(line, data[:-1]), 400, "bundle.cut")
        refused(post(line, data[:-1] + bytes([data[-1] ^ 1])), 400, "bundle.damaged")
        refused(post(line, data + bytes(300_000)), 413, "bundle.too_large")
        refused(post(line, data, bundle=uuid4().hex), 400, "http.bad_request")

    def test_damaged_on_the_way(self, station: FakeStation, line: httpx.Client) -> None:
        station.people(5)
        data = bytearray(station.up())
        data[-1] ^= 1
        refused(post(line, bytes(data)), 400, "bundle.damaged")

    def test_too_much_at_once(self, station: FakeStation, line: httpx.Client) -> None:
        station.people(1)
        data = station.up()
        refused(post(line, data + bytes(2 << 20)), 413, "http.in_pieces")

    def test_too_much_that_nobody_announced(
        self, station: FakeStation, line: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Sent in chunks without a length: the reader stops by itself."""
        monkeypatch.setattr(serve, "LINGER", 0.2)
        station.people(1)
        data, sent = station.up(), 0

        def endless() -> Iterator[bytes]:
            nonlocal sent
            yield data
            while sent < 1000:
                sent += 1
                yield bytes(64 << 10)
                time.sleep(0.02 if sent > 20 else 0)

        place = f"/sync/v1/bundles/{read_header(data).bundle.hex}"
        answer = line.post(place, content=endless(), headers={"Content-Type": BUNDLE})
        refused(answer, 413, "http.in_pieces")
        assert sent < 900  # of 1,000: it was cut off

    def test_a_length_that_the_header_denies(self, station: FakeStation, line: httpx.Client) -> None:
        station.people(1)
        refused(patch(line, station.up(), 0, length=50 << 20), 400, "http.bad_request")
        refused(patch(line, station.up(), 0, length=65 << 20), 400, "http.bad_request")


def test_keys_that_were_replaced(hub: Hub, station: FakeStation, line: httpx.Client) -> None:
    """What they sign is kept aside and answered with a sentence alone; a storm of it is kept out."""
    station.people(1)
    FakeStation(station.name, station.commune).join(hub, same_commune=SameCommune.REPLACE)
    for _again in range(3):
        refused(post(line, station.up()), 403, "bundle.former_keys")
    answer = post(line, station.up())
    refused(answer, 429, "http.too_often")
    assert int(answer.headers["Retry-After"]) >= 600
    assert upto(hub, station) == 0


def test_a_fork_is_told(hub: Hub, station: FakeStation, line: httpx.Client) -> None:
    station.people(2)
    post(line, station.up())
    other = FakeStation(station.name, station.commune)
    other.keys, other.certificate = station.keys, station.certificate
    other.people(1)
    other.op("u", 1, {"full_name": "Một bản khác"}, base=1)
    refused(post(line, other.up()), 422, "bundle.fork")


class Test_Pieces:
    """A large bundle."""

    @pytest.fixture
    def large(self, station: FakeStation) -> bytes:
        for row in range(1, 25):  # random letters: they do not get smaller
            station.op("i", row, {"full_name": os.urandom(50_000).hex()})
        data = station.up()
        assert len(data) > 1 << 20
        return data

    def test_arrives_and_is_answered(self, station: FakeStation, large: bytes, line: httpx.Client) -> None:
        place = f"/sync/v1/bundles/{read_header(large).bundle.hex}"
        assert line.head(place).status_code == 404
        assert patch(line, large, 0, 300_000).headers["Upload-Offset"] == "300000"
        assert line.head(place).headers["Upload-Offset"] == "300000"
        answer = patch(line, large, 300_000)
        assert (answer.status_code, receipt_of(station, answer).upto) == (200, 24)

    def test_a_lost_answer_is_asked_for_again(self, station: FakeStation, large: bytes, line: httpx.Client) -> None:
        patch(line, large, 0)
        answer = patch(line, large, len(large))
        assert (answer.status_code, receipt_of(station, answer).upto) == (200, 24)

    def test_goes_on_after_the_hub_was_started_anew(self, hub: Hub, station: FakeStation, large: bytes) -> None:
        for begin, end in ((0, 500_000), (500_000, None)):
            with serving_hub(hub) as url, httpx.Client(base_url=url, trust_env=False) as line:
                answer = patch(line, large, begin, end)
        assert receipt_of(station, answer).upto == 24

    def test_cut_in_the_middle_of_a_piece(self, hub: Hub, large: bytes, station: FakeStation) -> None:
        """What came before the cut counts."""
        with serving_hub(hub) as url, httpx.Client(base_url=url, trust_env=False) as line:
            place = f"/sync/v1/bundles/{read_header(large).bundle.hex}"
            with socket.create_connection(("127.0.0.1", urlsplit(url).port)) as raw:
                head = (
                    f"PATCH {place} HTTP/1.1\r\nHost: x\r\nContent-Type: {PIECE}\r\nUpload-Offset: 0\r\n"
                    f"Upload-Length: {len(large)}\r\nContent-Length: {len(large)}\r\n\r\n"
                )
                raw.sendall(head.encode() + large[:400_000])
                until = time.monotonic() + 5
                while line.head(place).headers.get("Upload-Offset") != "400000" and time.monotonic() < until:
                    time.sleep(0.02)
            until = time.monotonic() + 5
            while (answer := patch(line, large, 400_000)).status_code == 409 and time.monotonic() < until:
                time.sleep(0.05)  # the hub has not yet heard that the line is gone
        assert receipt_of(station, answer).upto == 24

    def test_at_another_place(self, station: FakeStation, large: bytes, line: httpx.Client) -> None:
        assert patch(line, large, 10).headers["Upload-Offset"] == "0"
        patch(line, large, 0, 20_000)
        answer = patch(line, large, 40_000)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "20000")

    def test_rubbish_within_is_refused_and_forgotten(self, hub: Hub, large: bytes, line: httpx.Client) -> None:
        patch(line, large, 0, 20_000)
        answer = patch(line, large[:20_000] + bytes(len(large) - 20_000), 20_000)
        refused(answer, 400, "bundle.damaged")
        assert line.head(f"/sync/v1/bundles/{read_header(large).bundle.hex}").status_code == 404


def test_uploads_are_bounded(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, Bounds(each=2, files=3, total=1000))
    made = [uploads.begin(1, UUID(int=n), 100, now=float(n)) for n in range(1, 4)]
    assert uploads.get(made[0].bundle) is None  # the station's oldest made way
    with pytest.raises(Exception, match="no_room"):
        uploads.begin(2, UUID(int=9), 900, now=9.0)  # more than may lie there in all
    uploads.begin(2, UUID(int=9), 100, now=9.0)
    with pytest.raises(Exception, match="no_room"):
        uploads.begin(3, UUID(int=10), 1, now=9.0)
    assert len(list(tmp_path.iterdir())) == 3


def test_what_nobody_came_back_for_is_dropped(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    done, part = uploads.begin(1, UUID(int=1), 3, now=0.0), uploads.begin(1, UUID(int=2), 9, now=0.0)
    uploads.add(done, b"abc", now=0.0)
    uploads.add(part, b"abc", now=0.0)
    assert uploads.sweep(WHOLE_AGE + 1) == 1
    assert uploads.get(part.bundle) is part
    (tmp_path / "not ours.part").write_bytes(b"x")
    again = Uploads(tmp_path)
    assert again.get(part.bundle).size == 3
    assert [path.name for path in tmp_path.iterdir()] == [part.path.name]


def test_a_storm_of_one_station_is_put_off(hub: Hub, station: FakeStation) -> None:
    other = FakeStation("Trạm Y tế xã Tả Phìn", "02755").join(hub)
    with (
        serving_hub(hub, rates=Rates(station=Rate(2, 0.1))) as url,
        httpx.Client(base_url=url, trust_env=False) as line,
    ):
        data = station.up(1, 0)
        assert [post(line, data).status_code for _ in range(3)] == [200, 200, 429]
        assert post(line, other.up(1, 0)).status_code == 200


def test_a_storm_of_all_is_put_off(hub: Hub) -> None:
    with (
        serving_hub(hub, rates=Rates(everybody=Rate(3, 0.1))) as url,
        httpx.Client(base_url=url, trust_env=False) as line,
    ):
        answers = [line.get("/sync/v1/time") for _ in range(20)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [503] * 17
    assert len({answer.headers["Retry-After"] for answer in answers[3:]}) > 3  # not all at the same moment


def test_buckets_refill() -> None:
    moment = 0.0
    buckets = Buckets(Rate(2, 0.5), clock=lambda: moment)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2.0]
    moment = 2.0
    assert [buckets.take("a"), buckets.take("a")] == [0, 2.0]


def test_who_never_ends_its_headers_is_cut_off(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "HEADERS", 0.3)
    with serving_hub(hub) as url, socket.create_connection(("127.0.0.1", urlsplit(url).port)) as raw:
        raw.settimeout(5)
        raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert raw.recv(100) == b""


def test_who_never_ends_its_body_is_told(hub: Hub, station: FakeStation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SILENCE", 0.3)
    with serving_hub(hub) as url, socket.create_connection(("127.0.0.1", urlsplit(url).port)) as raw:
        raw.settimeout(5)
        head = f"POST /sync/v1/bundles/{uuid4().hex} HTTP/1.1\r\nHost: x\r\nContent-Type: {BUNDLE}\r\n"
        raw.sendall(head.encode() + b"Content-Length: 5000\r\n\r\nCSB1")
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 408")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "http.too_slow"


def test_a_fault_inside_shows_nothing(hub: Hub, station: FakeStation, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        async def take(self, *_args: object) -> None:
            raise RuntimeError("Giàng A Páo")

    with serving_hub(hub, taker=Broken()) as url, httpx.Client(base_url=url, trust_env=False) as line:
        answer = post(line, station.up(1, 0))
    refused(answer, 500, "http.failed")
    assert "Giàng" not in answer.text


def test_who_never_ends_its_second_headers_is_cut_off(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "HEADERS", 0.3)
    monkeypatch.setattr(serve, "KEEP", 0)
    with serving_hub(hub) as url, socket.create_connection(("127.0.0.1", urlsplit(url).port)) as raw:
        raw.settimeout(5)
        raw.sendall(b"GET /sync/v1/time HTTP/1.1\r\nHost: x\r\n\r\nGET /")
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1") == 1
