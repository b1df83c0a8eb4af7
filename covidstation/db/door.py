"""The key in force and the turn to use it: while the register's file is replaced, new connections wait here."""

from __future__ import annotations

from threading import Lock


class Door:
    """`key` is the 32-byte raw key of the file that stands now; read it while holding `turn`."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.turn = Lock()

    def forget(self) -> None:
        """The window has locked: whatever still holds the register opens nothing with it any more."""
        self.key = b""

    def __repr__(self) -> str:
        return "Door()"  # a key is never in a log
