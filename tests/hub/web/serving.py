"""A real server on a free port of this machine, in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

from covidstation.hub.database.store import Hub
from covidstation.hub.serve import application, server_config
from covidstation.hub.stations.tls import ServerFiles


@contextlib.contextmanager
def serving(app: Any, **how: Any) -> Iterator[str]:
    """Its address while the block runs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(server_config(app, "127.0.0.1", 0, **how))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until = time.monotonic() + 10
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        assert server.started
        scheme = "https" if how.get("tls") else "http"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@contextlib.contextmanager
def serving_hub(hub: Hub, *, tls: ServerFiles | None = None, **how: Any) -> Iterator[str]:
    """The hub with its workers; `how` as in `make_app`."""
    with application(hub, **how) as app, serving(app, tls=tls) as url:
        yield url
