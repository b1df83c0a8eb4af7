"""Sending through a proxy, of the system and of the settings."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from covidstation.db.session import Database
from covidstation.services.record import change_setting
from tests.wire.ends import code, now, sync


class Test_Proxies:
    @pytest.fixture
    def proxy(self) -> Iterator[tuple[str, list[str]]]:
        """An HTTP proxy that lets everything through and remembers whom it was asked for."""
        asked: list[str] = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=_relay_all, args=(listener, asked), daemon=True).start()
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked

    def test_of_the_system(self, db: Database, proxy: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
        url, asked = proxy
        monkeypatch.setenv("HTTPS_PROXY", url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        sync(db)
        assert len(asked) == 1

    def test_of_the_settings(self, db: Database, proxy: tuple[str, list[str]]) -> None:
        change_setting(db, "proxy", proxy[0], by=None, now=now())
        sync(db)
        assert len(proxy[1]) == 1

    def test_none_although_the_system_has_one(
        self, db: Database, proxy: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", proxy[0])
        change_setting(db, "proxy", "direct", by=None, now=now())
        sync(db)
        assert proxy[1] == []

    def test_one_that_is_no_address(self, db: Database) -> None:
        change_setting(db, "proxy", "ở đâu đó", by=None, now=now())
        assert code(db) == "wire.proxy_unknown"


def _relay_all(listener: socket.socket, asked: list[str]) -> None:
    while True:
        try:
            near, _address = listener.accept()
        except OSError:
            return
        head = b""
        while b"\r\n\r\n" not in head:
            head += near.recv(4096)
        asked.append(head.split(b" ")[1].decode())
        target = urlsplit(f"//{asked[-1]}")
        far = socket.create_connection((target.hostname, target.port))
        near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=_pour, args=(source, sink), daemon=True).start()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
