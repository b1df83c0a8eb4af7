"""Spaces and heights in logical pixels: an 8-px grid, 4 inside a control."""

from __future__ import annotations

from typing import Final

GAP: Final = 8
MARGIN: Final = 24
SIDE_BAR: Final = 200
TOP_BAR: Final = 56
TITLE_ROW: Final = 56
STATUS_LINE: Final = 32
ACTION_BAR: Final = 56

CONTROL: Final = 32
FORM_ROW: Final = 40
FORM_LABEL: Final = 136
TABLE_ROW: Final = 32
LIST_ROW: Final = 48
WORK_ROW: Final = 56
GROUP_ROW: Final = 28
DANGER_ROW: Final = 60
CHIP: Final = 22

RADIUS: Final = 4
RADIUS_POPUP: Final = 6
BAR: Final = 3
WORK_COUNT: Final = 252  # right edge of a worklist count from the page's left
WORK_BODY: Final = 280

LABEL_HEIGHT: Final = 1.55  # × px: the ink of Ễ Ặ Ậ rises above the font's own ascent
INK_ROOM: Final = 3  # what a delegate adds above and below a line for the same reason
