"""How far tests with drawn examples look: a little at each change, far on `./run test --thorough`."""

from __future__ import annotations

import os
from typing import Final

THOROUGH: Final = bool(os.environ.get("COVIDSTATION_THOROUGH"))


def examples(short: int, full: int) -> int:
    """How many to draw. The short form draws the same each time when its test says `derandomize=not THOROUGH`."""
    return full if THOROUGH else short
