"""What was ever written, kept outside both programs: they may lose a disk, the ledger does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from covidstation.domain.ops import Op, decode_op

Side = tuple[bool, int]  # whether the district wrote it, and the station that it is about


class Ledger:
    """One file for each side: a stamp and its line. `destroyed` are lines of which no copy was left when a disk broke.

    A destroyed line may turn up again (a request that was on its way for days): then it counts as all others.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self.counts: Counter[bool] = Counter()
        self.destroyed: dict[Side, set[int]] = {}

    def add(self, side: Side, lines: Iterable[tuple[int, bytes]]) -> None:
        """Remember new lines by their stamps; told twice does no harm."""
        with self._path(side).open("ab") as file:
            for stamp, line in lines:
                file.write(b"%d %s\n" % (stamp, line))
                self.counts[side[0]] += 1

    def ops(self, side: Side) -> dict[int, Op]:
        """Every line of that side by its stamp."""
        path = self._path(side)
        if not path.exists():
            return {}
        pairs = (entry.split(b" ", 1) for entry in path.read_bytes().splitlines())
        return {int(stamp): decode_op(line) for stamp, line in pairs}

    def mourn(self, side: Side, held: set[int]) -> None:
        """A disk broke; only these lines of that side are left."""
        gone = self.ops(side).keys() - held
        self.destroyed.setdefault(side, set()).update(gone)

    def _path(self, side: Side) -> Path:
        return self._folder / f"{'district' if side[0] else 'station'}-{side[1]}"
