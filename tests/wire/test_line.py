"""A station and its hub over a real port with TLS: what arrives, what a broken line costs, what is said of it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from benchmarks._pipe import Pipe
from covidstation.db.rows import AuditRow, BatchRow, DistrictItemRow, ReceiptRow
from covidstation.db.session import Database
from covidstation.domain import pace
from covidstation.domain.audit import AuditAction
from covidstation.domain.district import ItemKind
from covidstation.hub.database.keys import KeyRing
from covidstation.hub.database.store import Hub
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.figures.stations import station_figures
from covidstation.hub.intake.bundles import take_in
from covidstation.hub.rows import EnrolmentRow
from covidstation.hub.serve import application
from covidstation.hub.stations.enrolling import renew_certificates
from covidstation.hub.stations.tls import server_files
from covidstation.hub.web.limits import Rate
from covidstation.hub.web.sync import Rates
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange import line_state
from covidstation.services.exchange.about import about_station
from covidstation.services.exchange.bundles import Taken, export_changes
from covidstation.services.exchange.enrolment import identity_of
from covidstation.services.exchange.line_look import look_at_line
from covidstation.services.exchange.line_state import LineState, keep_line, read_line
from covidstation.services.exchange.outbox import FILE, FOLDER
from covidstation.services.exchange.packing import pack_next
from covidstation.sync import http
from covidstation.sync.identity import SignKey
from tests.hub.web.serving import serving
from tests.services.samples import opened
from tests.wire.ends import (
    Served,
    code,
    folder_of,
    history,
    join,
    last_seq,
    now,
    people,
    point_to,
    records,
    served,
    sync,
    unsent,
)


def through(db: Database, hub: Hub, pipe: Pipe) -> None:
    point_to(db, hub, [f"https://127.0.0.1:{pipe.port}"])


def heavy(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle of several pieces, from few people."""
    people(db, 40)
    monkeypatch.setattr("covidstation.services.exchange.wire.AT_ONCE", 2_000)
    monkeypatch.setattr(http, "AT_ONCE", 2_000)
    monkeypatch.setattr(http, "PIECE_SIZE", 2_000)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty USB stick."""
    made = tmp_path / "stick"
    made.mkdir()
    return made


class Test_Good:
    def test_one_round_trip(self, db: Database, hub: Hub) -> None:
        people(db, 3)
        found = sync(db)
        assert (found.rounds, found.waiting, found.sent) == (1, 0, last_seq(db))
        assert (unsent(db), records(hub), history(hub)) == (0, 3, last_seq(db))
        with db.read() as session:
            batch = session.scalars(select(BatchRow)).one()
        assert (batch.carrier, batch.target, batch.seq_to) == ("http", "127.0.0.1", last_seq(db))

    def test_without_news_it_only_asks(self, db: Database) -> None:
        people(db, 1)
        sync(db)

        def kept() -> tuple[int, int, int]:
            with db.read() as session:
                return tuple(len(session.scalars(select(kind)).all()) for kind in (BatchRow, AuditRow, ReceiptRow))

        before = kept()
        for _hour in range(3):
            found = sync(db)
            assert (found.rounds, found.sent, found.trouble) == (1, 0, None)
        assert kept() == before  # a station that asks every hour does not grow

    def test_many_go_in_slices_of_the_line(self, db: Database, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
        people(db, 20)
        monkeypatch.setattr(pace, "LEAST", 1_000)
        monkeypatch.setattr(pace, "MOST", 1_000)
        found = sync(db)
        assert found.rounds > 3
        assert (found.waiting, records(hub)) == (0, 20)

    def test_stick_and_line_in_any_order(self, db: Database, hub: Hub, stick: Path) -> None:
        people(db, 2)
        export_changes(db, stick, by=None, now=now())
        people(db, 2, start=10)
        sync(db)
        assert export_changes(db, stick, by=None, now=now()).value.changes == 0
        from_stick = next(stick.rglob("U-*.csb")).read_bytes()
        assert from_stick  # read late: it brings nothing new and no doubt

        take_in(hub, from_stick, now=now())
        people(db, 1, start=20)
        sync(db)
        with hub.db.read() as session:
            (figures,) = station_figures(session)
        assert (figures.people, figures.gaps, figures.bundles_aside) == (5, (), 0)
        assert figures.audit is not None
        assert figures.audit.doubt is None

    def test_the_record_of_accesses_is_proven_by_every_carrier(self, db: Database, hub: Hub, stick: Path) -> None:
        """The list of earlier heads stays short, and still shows the one that the hub knows."""
        for number in range(1, 6):
            people(db, 1, start=number * 10)
            if number % 2:
                sync(db)
            else:
                export_changes(db, stick, by=None, now=now())
            db.note(AuditAction.LOCK, now=now())
        with hub.db.read() as session:
            (figures,) = station_figures(session)
        assert figures.audit is not None
        assert figures.audit.doubt is None

    def test_two_stations_at_once(self, station: Callable[[str], Database], hub: Hub, server: Served) -> None:
        ends = [join(station(name), hub, second=name == "b") for name in "ab"]
        for number, db in enumerate(ends):
            people(db, 5, start=1 + 100 * number)
        threads = [threading.Thread(target=sync, args=(db,)) for db in ends]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert [unsent(db) for db in ends] == [0, 0]
        assert records(hub) == 10

    def test_what_the_district_says_comes_with_the_answer(self, db: Database, hub: Hub) -> None:
        people(db, 1)
        with hub.db.write(None, now()) as session:
            draft = ItemDraft(kind=ItemKind.ANNOUNCEMENT, title="Họp giao ban", body="Sáng thứ Hai, 7 giờ 30.")
            make_item(session, hub, draft, Author("BS. Lò Thị Hoa"), now=now())
        found = sync(db)
        assert (found.rounds, found.trouble) == (1, None)
        with db.read() as session:
            (item,) = session.scalars(select(DistrictItemRow)).all()
        assert (item.title, item.author) == ("Họp giao ban", "BS. Lò Thị Hoa")
        assert Taken.DOWN in {one.outcome for one in found.taken}
        assert Taken.DOWN not in {one.outcome for one in sync(db).taken}  # said once

    def test_new_addresses_come_with_the_answer(self, db: Database, hub: Hub, server: Served) -> None:
        files = server_files(hub, ["https://127.0.0.1"], now=now())

        urls = [server.url, "https://huyen.example:8443"]
        renew_certificates(hub, urls=urls, authority=files.authority, now=now())
        sync(db)
        assert list(get_certificate(db).urls) == urls

    def test_the_next_address_when_the_first_is_dead(self, db: Database, hub: Hub, server: Served) -> None:
        with socket.socket() as taken:  # bound, but nobody listens
            taken.bind(("127.0.0.1", 0))
            point_to(db, hub, [f"https://127.0.0.1:{taken.getsockname()[1]}", server.url])
            assert sync(db).url == server.url


class Test_CutLines:
    def test_in_the_middle_of_the_upload(self, db: Database, hub: Hub, server: Served) -> None:
        people(db, 30)
        with Pipe(server.port) as pipe:
            through(db, hub, pipe)
            pipe.cut_up = pipe.up + 4_000
            assert code(db) == "wire.cut"
            assert history(hub) == 0
            assert sync(db).waiting == 0
        assert records(hub) == 30

    def test_in_the_middle_of_the_reply(self, db: Database, hub: Hub, server: Served) -> None:
        """The hub has it, the station does not know: the next time says so, and nothing is there twice."""
        people(db, 5)
        with Pipe(server.port) as pipe:
            through(db, hub, pipe)
            sync(db)  # the first reply says more than the later ones
            people(db, 5, start=20)
            before = pipe.down
            sync(db)  # how many bytes a reply takes, its handshake included, is known from now on
            people(db, 5, start=40)
            pipe.cut_down = pipe.down + (pipe.down - before) - 200
            assert code(db) in ("wire.cut", "wire.silent")
            before = history(hub)
            assert sync(db).waiting == 0
            assert history(hub) == last_seq(db) >= before

    def test_large_ones_go_on_where_they_were_cut(
        self, db: Database, hub: Hub, server: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heavy(db, monkeypatch)
        with Pipe(server.port) as pipe:
            through(db, hub, pipe)
            pipe.cut_up = 6_000
            assert code(db) == "wire.cut"
            held = (folder_of(db) / FOLDER / FILE).read_bytes()
            arrived = sum(path.stat().st_size for path in (hub.place.folder / "uploads").iterdir())
            assert 0 < arrived < len(held)
            before = pipe.up
            assert sync(db).waiting == 0
            assert pipe.up - before < len(held) - arrived + 4_000  # not all of it again
        assert not (folder_of(db) / FOLDER / FILE).exists()
        assert (unsent(db), records(hub)) == (0, 40)

    def test_a_rest_that_the_hub_forgot(self, db: Database, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
        heavy(db, monkeypatch)
        (folder_of(db) / FOLDER).mkdir()
        with db.read() as session:
            certificate = get_certificate(db)
            part = pack_next(
                session, certificate, identity_of(session), about_station(session, certificate.epoch), 1 << 20
            )
        (folder_of(db) / FOLDER / FILE).write_bytes(part.data)
        assert sync(db).waiting == 0
        assert records(hub) == 40

    def test_rubbish_in_the_outbox_stops_nothing(self, db: Database, hub: Hub) -> None:
        people(db, 1)
        (folder_of(db) / FOLDER).mkdir()
        (folder_of(db) / FOLDER / FILE).write_bytes(os.urandom(500))
        assert sync(db).waiting == 0


class Test_Sentences:
    """Each trouble has its own, and the next try is not before half a minute."""

    def state(self, db: Database) -> LineState:
        return look_at_line(db).state

    def test_nobody_there(self, db: Database, hub: Hub) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            point_to(db, hub, [f"https://127.0.0.1:{taken.getsockname()[1]}"])
            began = now()
            for failures in (1, 2):
                assert code(db, now=began) == "wire.unreachable"
                state = self.state(db)
                assert (state.failures, state.trouble) == (failures, "wire.unreachable")
                assert timedelta(seconds=30) <= state.next_at - began <= timedelta(hours=1)

    def test_no_such_name(self, db: Database, hub: Hub) -> None:
        point_to(db, hub, ["https://khong-co.invalid:8443"])
        assert code(db) == "wire.unreachable"

    def test_another_machine_gets_nothing(self, db: Database, hub: Hub, tmp_path: Path) -> None:
        """A certificate of another authority: nothing is sent, whatever the address."""
        people(db, 1)
        ring = KeyRing(replace(hub.keys, root=_new_root()))
        stranger = replace(hub, place=replace(hub.place, folder=tmp_path), ring=ring)
        heard: list[bytes] = []

        async def listening(scope: dict, receive: object, send: object) -> None:
            heard.append(scope["path"])

        files = server_files(stranger, ["https://127.0.0.1"], now=now())
        with serving(listening, tls=files) as url:
            point_to(db, hub, [url])
            assert code(db) == "wire.other_machine"
        assert heard == []

    def test_a_page_that_wants_a_login(self, db: Database, hub: Hub) -> None:
        """The network of a hotel answers anything with a page of its own."""

        async def portal(scope: dict, receive: object, send: Callable) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
            await send({"type": "http.response.body", "body": b"<html>Dang nhap</html>"})

        people(db, 1)
        with serving(portal) as url:
            point_to(db, hub, [url], authority="")
            assert code(db) == "wire.strange"

    def test_an_answer_without_end(self, db: Database, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http, "MOST_ANSWER", 100_000)

        async def endless(scope: dict, receive: object, send: Callable) -> None:
            kind = (b"content-type", http.BUNDLES.encode())
            await send({"type": "http.response.start", "status": 200, "headers": [kind]})
            for _more in range(1000):
                await send({"type": "http.response.body", "body": bytes(10_000), "more_body": True})

        with serving(endless) as url:
            point_to(db, hub, [url], authority="")
            assert code(db) == "wire.strange"

    def test_a_storm_of_503(self, db: Database, hub: Hub) -> None:
        with served(hub, rates=Rates(everybody=Rate(1, 1e-9))) as server:
            point_to(db, hub, [server.url])
            sync(db)
            began = now()
            assert code(db, now=began) == "wire.later"
            assert self.state(db).next_at - began >= timedelta(seconds=20)

    def test_too_often(self, db: Database, hub: Hub) -> None:
        with served(hub, rates=Rates(station=Rate(1, 1 / 600))) as server:
            point_to(db, hub, [server.url])
            sync(db)
            began = now()
            assert code(db, now=began) == "wire.later"
            assert self.state(db).next_at - began >= timedelta(seconds=600)  # as the hub asked

    def test_revoked(self, db: Database, hub: Hub) -> None:
        people(db, 1)
        with hub.db.write(None, now()) as session:
            session.scalars(select(EnrolmentRow)).one().revoked_at = now().replace(tzinfo=None)
        assert code(db) == "wire.refused"
        assert "máy" in self.state(db).params["text"]
        assert unsent(db) > 0

    def test_not_enrolled(self, station: Callable[[str], Database]) -> None:
        assert code(station("alone")) == "enrol.not_yet"

    def test_no_address(self, db: Database, hub: Hub) -> None:
        point_to(db, hub, [])
        assert code(db) == "wire.no_address"

    def test_one_at_a_time(self, db: Database, hub: Hub, server: Served) -> None:
        people(db, 1)
        with Pipe(server.port, rtt=1.0) as pipe:
            through(db, hub, pipe)
            slow = threading.Thread(target=sync, args=(db,))
            slow.start()
            time.sleep(0.5)
            assert code(db) == "wire.already"
            slow.join(30)
        assert unsent(db) == 0

    def test_stopped_before_the_answer_is_taken(self, db: Database, hub: Hub, server: Served) -> None:
        """The window was locked meanwhile: the register is not touched any more."""
        people(db, 1)
        stop = threading.Event()
        with Pipe(server.port, rtt=0.6) as pipe:
            through(db, hub, pipe)
            timer = threading.Timer(0.4, stop.set)
            timer.start()
            assert code(db, stop=stop) == "wire.stopped"
        assert unsent(db) > 0


class Test_Clocks:
    @pytest.mark.parametrize("years", [-10, 10])
    def test_a_wrong_one_parts_nobody_and_is_told(self, db: Database, hub: Hub, years: int) -> None:
        moment = now() + timedelta(days=365 * years)
        found = sync(db, now=moment)
        assert found.drift is not None
        assert abs(found.drift - timedelta(days=365 * years)) < timedelta(minutes=1)

    def test_a_right_one_is_not_mentioned(self, db: Database) -> None:
        assert sync(db).drift is None

    def test_a_certificate_out_of_date_is_still_the_hubs(
        self, db: Database, hub: Hub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The server's certificate ended, the hub's PC was off: stations believe the authority, not the clock."""
        long_ago = now() - timedelta(days=365 * 3)
        files = server_files(hub, ["https://localhost"], now=long_ago)

        with application(hub) as app, serving(app, tls=files) as url:
            point_to(db, hub, [url.replace("127.0.0.1", "localhost")])
            assert sync(db).rounds == 1


def test_killed_while_a_large_one_goes(db: Database, hub: Hub, server: Served) -> None:
    """kill -9 in the middle: the next program goes on with the same bundle."""
    people(db, 12)
    with Pipe(server.port, rate=6_000) as pipe:
        through(db, hub, pipe)
        folder = folder_of(db)
        db.close()
        command = [sys.executable, "-m", "tests.wire.child", str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            said = child.stdout.readline().strip()
            child.send_signal(signal.SIGKILL)
        assert said == b"begun"  # the first piece is there
        assert (folder / FOLDER / FILE).exists()

    again = opened(folder).db
    with contextlib.closing(again):
        point_to(again, hub, [server.url])
        assert sync(again).waiting == 0
        assert (unsent(again), records(hub)) == (0, 12)
        assert not (folder / FOLDER / FILE).exists()


def test_what_is_known_of_the_line_survives_rubbish(tmp_path: Path) -> None:
    state = LineState(contact_at=now(), failures=3, trouble="wire.cut", params={"host": "h"}, speed=8000.0)
    keep_line(tmp_path, state)
    assert read_line(tmp_path) == state
    for rubbish in (b"", b"[]", b'{"params": 3}', os.urandom(100), b'{"contact_at": "x"}'):
        (tmp_path / line_state.FILE).write_bytes(rubbish)
        assert read_line(tmp_path) == LineState()


def _new_root() -> object:

    return SignKey.generate()
