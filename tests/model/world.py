"""A district with its stations, of the program's own code, in which everything may go wrong (docs/adr/0026).

A ledger outside the programs remembers every line that was ever written, and which were destroyed with a disk before
any copy of them left it. At rest nothing else may be missing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from covidstation.db.rows import DownLineRow, JournalStateRow
from covidstation.hub import rows as hub_rows
from tests.model.acts import Acts
from tests.model.carrying import Carrying
from tests.model.disasters import Disasters
from tests.model.district import STICKS

MOST_ROUNDS = 12


class World(Acts, Carrying, Disasters):
    """All of it."""

    def settle(self) -> None:
        """All clocks right, all ways open, all sticks arrive, and everybody talks until nobody has anything new."""
        for station, node in enumerate(self.nodes):
            node.wrong_by, node.cut_off = timedelta(), False
            self.update_program(station)
        self.hub_wrong_by = timedelta()
        for _round in range(MOST_ROUNDS):
            self.steps += 1
            before = self.shape()
            self._round()
            if self.shape() == before:
                return
        raise AssertionError("they never come to rest")

    def _round(self) -> None:
        for stick in (one for one in range(STICKS) if any(self.sticks[one].iterdir())):
            self.carry_to_hub(stick)
            for station in range(len(self.nodes)):
                self.carry(stick, station)
        for station in range(len(self.nodes)):
            self.heal(station)
            if not self.knows(station):  # it shows its certificate first
                self.export(station)
                self.arrive()
                self.answer(station)
                self.arrive()
            if not self.knows(station):
                self.enrol_again(station)
            self.export(station)
        self.arrive()
        for station in range(len(self.nodes)):
            self.answer(station)
            self.give_back(station)
        self.arrive()

    def shape(self) -> Any:
        """How far everybody is."""
        marks = []
        for node in self.nodes:
            with node.db.read() as session:
                state = session.get_one(JournalStateRow, 1)
                count = session.scalar(select(func.count()).select_from(DownLineRow))
                marks.append((state.last_seq, state.received_upto, state.epoch, count, node.needs_epoch))
        with self.hub.db.read() as session:
            told = sorted(session.execute(select(hub_rows.DownStreamRow.station, hub_rows.DownStreamRow.told_upto)))
        return marks, [tuple(one) for one in told], len(self.at_hub())
