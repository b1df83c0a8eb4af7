"""The station's own choice of the line: kept, and tried before it is kept, against a hub that serves."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from covidstation.db.queries.station import get_setting
from covidstation.db.rows import AuditRow, BatchRow
from covidstation.db.session import Database
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.errors import Refused, UserError
from covidstation.hub.database.keys import KeyRing
from covidstation.hub.database.store import Hub
from covidstation.hub.rows import StationRow
from covidstation.hub.stations.revoking import revoke_station
from covidstation.hub.stations.tls import server_files
from covidstation.services.exchange import line_choice as room
from covidstation.services.exchange.line_choice import (
    LineChoice,
    ProxyWay,
    check_line_choice,
    keep_line_choice,
    line_choice,
    proxy_setting,
    try_line,
)
from covidstation.services.exchange.line_look import look_at_line
from covidstation.sync.frames import BUNDLES, frame
from covidstation.sync.identity import SignKey
from tests.hub.web.serving import serving
from tests.wire.ends import Served, last_seq, now, people, point_to, sync, unsent
from tests.wire.test_proxies import _relay_all

OWN = LineChoice(way=ProxyWay.OWN, proxy="10.0.0.1:3128", user="mai", password="b@n:1 é")


def tried(db: Database, choice: LineChoice | None = None) -> str:
    """What a trial that fails says; it writes nothing."""
    before = last_seq(db)
    with pytest.raises(UserError) as trouble:
        try_line(db, choice or LineChoice(), now=now())
    assert last_seq(db) == before
    return trouble.value.code


class Test_Keeping:
    @pytest.mark.parametrize(
        "choice",
        [
            LineChoice(),
            LineChoice(auto=False, url="https://10.1.1.9:8443"),
            LineChoice(way=ProxyWay.DIRECT),
            OWN,
            replace(OWN, user="", password=""),
            replace(OWN, proxy="https://p.vn:443", password=""),
        ],
    )
    def test_what_was_kept_stands_in_the_form_again(self, db: Database, choice: LineChoice) -> None:
        keep_line_choice(db, choice, by=None, now=now())
        assert line_choice(db).choice == choice
        look = look_at_line(db)
        assert look.auto is choice.auto and (not choice.url or look.urls == (choice.url,))

    def test_a_name_and_a_password_are_quoted_in_the_address(self, db: Database) -> None:
        keep_line_choice(db, OWN, by=None, now=now())
        assert get_setting(db, "proxy") == "http://mai:b%40n%3A1%20%C3%A9@10.0.0.1:3128"

    @pytest.mark.parametrize(
        ("choice", "field"),
        [
            (LineChoice(url="huyen.vn"), "url"),
            (LineChoice(url="ftp://huyen.vn"), "url"),
            (LineChoice(url="https://mai:1@huyen.vn"), "url"),
            (replace(OWN, proxy=""), "proxy"),
            (replace(OWN, proxy="10.0.0.1"), "proxy"),
            (replace(OWN, proxy="10.0.0.1:99999"), "proxy"),
            (replace(OWN, proxy="socks5://10.0.0.1:1080"), "proxy"),
            (replace(OWN, proxy="mai:1@10.0.0.1:3128"), "proxy"),
            (replace(OWN, proxy="ở đâu đó"), "proxy"),
            (replace(OWN, user=""), "user"),
        ],
    )
    def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_kept(
        self, db: Database, choice: LineChoice, field: str
    ) -> None:
        assert [one.field for one in check_line_choice(choice)] == [field]
        for act in (
            lambda: keep_line_choice(db, choice, by=None, now=now()),
            lambda: try_line(db, choice, now=now()),
        ):
            with pytest.raises(Refused):
                act()
        assert line_choice(db).choice == LineChoice()

    def test_an_unreadable_setting_of_a_command_stands_there_to_be_put_right(self, db: Database) -> None:
        kept = room._proxy_parts("ở đâu đó")
        assert check_line_choice(LineChoice(**kept))
        assert proxy_setting(LineChoice(**room._proxy_parts("direct"))) == "direct"

    def test_only_the_head_decides(self, db: Database) -> None:
        db.actor = Actor(None, "Lò Thị Mai", Role.CLINICIAN)
        with pytest.raises(UserError, match=r"rights\.manage"):
            keep_line_choice(db, LineChoice(auto=False), by=None, now=now())


class Test_Trying:
    def test_a_good_line_says_so_and_sends_nothing(self, db: Database, hub: Hub) -> None:
        people(db, 2)
        waiting = unsent(db)
        found = try_line(db, LineChoice(), now=now())
        assert found.waiting == waiting == unsent(db) > 0
        assert found.drift is None and found.seconds < 5
        with db.read() as session:
            assert not session.scalar(select(func.count()).select_from(BatchRow))
            assert not session.scalars(select(AuditRow).where(AuditRow.action == "send")).all()
        with hub.db.read() as session:
            assert session.scalars(select(StationRow)).one().carrier == "http", "the district knows that it was there"
        assert sync(db).sent == waiting, "and the next sending goes as ever"

    def test_a_clock_that_is_wrong(self, db: Database) -> None:
        found = try_line(db, LineChoice(), now=now() + timedelta(days=3650))
        assert found.drift is not None and found.drift > timedelta(days=3649)

    def test_a_station_that_was_revoked(self, db: Database, hub: Hub) -> None:
        with hub.db.read() as session:
            station = session.scalars(select(StationRow)).one().id
        revoke_station(hub, station, "mất máy", by="program", now=now())
        with pytest.raises(UserError) as trouble:
            try_line(db, LineChoice(), now=now())
        assert trouble.value.code == "wire.refused"
        assert "khoá" in str(trouble.value.params["text"])

    def test_another_machine_at_that_address(self, db: Database, hub: Hub, tmp_path: Path) -> None:
        keys = replace(hub.keys, root=SignKey.generate())
        stranger = replace(hub, place=replace(hub.place, folder=tmp_path), ring=KeyRing(keys))
        files = server_files(stranger, ["https://127.0.0.1"], now=now())
        with serving(_frames, tls=files) as url:
            assert tried(db, LineChoice(url=url)) == "wire.other_machine"

    def test_one_who_gives_himself_out_as_the_district_without_tls(self, db: Database) -> None:
        with serving(_frames) as url:
            assert tried(db, LineChoice(url=url)) == "wire.other_machine"

    def test_nobody_at_that_address(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        there = LineChoice(url=f"https://127.0.0.1:{port}")
        assert tried(db, there) == "wire.unreachable"
        monkeypatch.setattr(room, "is_line_up", lambda _host: False)
        assert tried(db, there) == "wire.no_line"

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (b"HTTP/1.1 302 Found\r\nLocation: http://login.vn/\r\nContent-Length: 0\r\n\r\n", "wire.strange"),
            (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<ht>", "wire.strange"),
            (b"HTTP/1.1 503 No\r\nRetry-After: 40\r\nContent-Length: 0\r\n\r\n", "wire.unwell"),
            (b"", "wire.cut"),
        ],
    )
    def test_something_else_answers(self, db: Database, answer: bytes, code: str) -> None:
        with answering(answer) as url:
            assert tried(db, LineChoice(url=url)) == code

    @pytest.mark.parametrize(("status", "code"), [("407 Who are you", "wire.proxy_name"), ("403 No", "wire.proxy")])
    def test_a_proxy_that_says_no(self, db: Database, status: str, code: str) -> None:
        with answering(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()) as url:
            choice = LineChoice(way=ProxyWay.OWN, proxy=url)
            assert tried(db, choice) == code

    def test_a_proxy_that_knows_the_name(self, db: Database) -> None:
        asked: list[str] = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=_relay_all, args=(listener, asked), daemon=True).start()
            there = f"127.0.0.1:{listener.getsockname()[1]}"
            try_line(db, LineChoice(way=ProxyWay.OWN, proxy=there, user="mai", password="1"), now=now())
        assert len(asked) == 1

    def test_one_who_holds_his_tongue_is_left_soon(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(room, "BRIEF", (1.0, 0.5))
        with answering(None) as url:
            began = time.monotonic()
            assert tried(db, LineChoice(url=url)) == "wire.silent"
            assert time.monotonic() - began < 3

    def test_no_address_at_all(self, db: Database, hub: Hub) -> None:
        point_to(db, hub, ())
        assert tried(db) == "wire.no_address"

    def test_a_station_that_is_not_enrolled(self, station, server: Served) -> None:
        assert tried(station("alone"), LineChoice(url=server.url)) == "enrol.not_yet"


async def _frames(scope: dict[str, Any], _receive: object, send: Any) -> None:
    """Answers each request in the form of a hub, with a receipt that nobody signed."""
    if scope["type"] != "http":
        return
    body = b"{}" if scope["path"].endswith("/time") else frame([b"CSB1" + bytes(200)])
    headers = [(b"content-type", BUNDLES.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """A server that says this to everybody; None: it listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            held = []
            while True:
                try:
                    near, _address = listener.accept()
                except OSError:
                    return
                held.append(near)
                if answer is not None:
                    with contextlib.suppress(OSError):
                        near.recv(65_536)
                        near.sendall(answer)
                        near.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
