"""The line is cut at random bytes; in full: `python -m tests.wire.cuts 1000`."""

from __future__ import annotations

from random import Random

import pytest

from tests.wire.cuts import play
from tests.wire.ends import join


@pytest.mark.timeout(180)
def test_whatever_byte_the_line_breaks_at(station, hub):
    found = play(hub, join(station("station"), hub), 25, Random(7))
    assert found.failed > 5 and found.lines > 50
