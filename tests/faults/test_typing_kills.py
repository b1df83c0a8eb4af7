"""Bar 6: a kill -9 while somebody types costs at most five seconds of it (long run: typing_kills.py)."""

from __future__ import annotations

import random

import pytest

from tests.faults.typing_kills import ALLOWED_S, FORMS, PLACES, kill_once
from tests.ui.village import build


@pytest.mark.timeout(120)
@pytest.mark.parametrize("place", PLACES)
def test_a_kill_costs_no_more_than_five_seconds_of_typing(place, tmp_path):
    village = build(tmp_path / "data")
    found = kill_once(place, tmp_path / "data", random.Random(place))
    assert found.typed > 10
    assert found.lost_s <= ALLOWED_S
    assert [form for form, _subject in found.forms] == [FORMS[place]]
    if place != "f0":
        assert found.forms[0][1].startswith(village.mai_episode.hex), "kept under that illness alone"
