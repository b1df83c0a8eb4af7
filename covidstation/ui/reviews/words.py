"""The words of rounds: results of a knock, reasons for closing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.db.queries.vulnerable import Gone
from covidstation.domain.reviews import CloseReason, DoorResult
from covidstation.i18n import N_, _
from covidstation.ui.parts.records import Cell

RESULTS: Final[Mapping[DoorResult, str]] = {
    DoorResult.NONE: N_("chưa đến"),
    DoorResult.DONE: N_("đã rà"),
    DoorResult.AWAY: N_("vắng nhà"),
    DoorResult.REFUSED: N_("từ chối"),
}
REASONS: Final[Mapping[CloseReason, str]] = {
    CloseReason.SOLVED: N_("Không còn như vậy nữa, đã lo xong"),
    CloseReason.DECLINED: N_("Gia đình không muốn"),
    CloseReason.DIED: N_("Đã mất"),
    CloseReason.LEFT: N_("Đã chuyển đi"),
    CloseReason.MISTAKE: N_("Ghi nhầm"),
    CloseReason.OTHER: N_("Lý do khác"),
}
GONE: Final[Mapping[Gone, str]] = {Gone.NO: "", Gone.DIED: N_("đã mất"), Gone.LEFT: N_("đã chuyển đi")}


def result_cell(result: DoorResult) -> Cell:
    """How a knock ended, what is still to do in muted words."""
    words = _(RESULTS[result])
    if result is DoorResult.DONE:
        return Cell(words, ink="ok", icon="check")
    if result is DoorResult.AWAY:
        return Cell(words, ink="warn", icon="clock")
    return Cell(words, ink="muted", icon="void" if result is DoorResult.REFUSED else "")
