"""A TCP relay that is slow, long, counted, or cut: the line between a station and its hub, in a thread of its own.

    with Pipe(port, rtt=0.6, rate=8000) as pipe:      # 600 ms, 64 kbit/s each way
        ... pipe.port, pipe.up, pipe.down, pipe.connections

A new connection waits one round trip (SYN), every byte half of one; `rate` bytes a second each way are shared by all
connections. `cut_up`, `cut_down`: bytes in that direction after which the line breaks, once.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import Any, Self


class Pipe:
    """Listens on `port` while the block runs."""

    def __init__(self, target: int, *, rtt: float = 0.0, rate: float = 0.0) -> None:
        self._target, self._rtt, self._rate = target, rtt, rate
        self.port = self.up = self.down = self.connections = 0
        self.cut_up: int | None = None
        self.cut_down: int | None = None
        self._free = [0.0, 0.0]
        self._ends: list[asyncio.StreamWriter] = []
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for end in self._ends:
            end.transport.abort()
        if tasks := asyncio.all_tasks(self._loop):  # they end by themselves: both their ends are gone
            self._loop.run_until_complete(asyncio.wait(tasks, timeout=5))
        self._loop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._ends.append(writer)
        await asyncio.sleep(self._rtt)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        ends = (writer, back)
        self._ends.append(back)
        await asyncio.gather(self._flow(reader, back, 0, ends), self._flow(there, writer, 1, ends))

    async def _flow(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: int, ends: Any) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        sending = asyncio.ensure_future(self._send(queue, sink))
        with contextlib.suppress(ConnectionError, OSError):
            while data := await source.read(4096):
                if self._is_cut(way, len(data)):
                    for end in ends:
                        end.transport.abort()
                    break
                await queue.put((self._due(way, len(data)), data))
        await queue.put((time.monotonic() + self._rtt / 2, b""))
        await sending

    def _is_cut(self, way: int, size: int) -> bool:
        if way == 0:
            self.up += size
            if self.cut_up is not None and self.up >= self.cut_up:
                self.cut_up = None
                return True
        else:
            self.down += size
            if self.cut_down is not None and self.down >= self.cut_down:
                self.cut_down = None
                return True
        return False

    def _due(self, way: int, size: int) -> float:
        if not self._rate and not self._rtt:
            return 0.0
        begin = max(self._free[way], time.monotonic())
        self._free[way] = begin + (size / self._rate if self._rate else 0.0)
        return self._free[way] + self._rtt / 2

    async def _send(self, queue: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter) -> None:
        while True:
            due, data = await queue.get()
            if due:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
            with contextlib.suppress(ConnectionError, OSError, RuntimeError):
                if not data:
                    sink.close()
                    return
                sink.write(data)
                await sink.drain()
