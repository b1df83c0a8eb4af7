"""A program that sends a large bundle and says when its first piece is there: python -m tests.wire.child FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from covidstation.services.exchange import wire
from covidstation.sync import http
from tests.services.samples import opened
from tests.wire.ends import sync


def main(folder: Path) -> None:
    wire.AT_ONCE = http.AT_ONCE = http.PIECE_SIZE = 2_000  # type: ignore[misc]
    told = []

    def heard(_there: int, _all: int) -> None:
        if not told:
            told.append(1)
            sys.stdout.write("begun\n")
            sys.stdout.flush()

    sync(opened(folder).db, heard=heard)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
