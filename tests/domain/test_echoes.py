"""A line within a line."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.echoes import MOST_WHOLE, is_piece, joined, pieces_of
from covidstation.domain.ops import MOST_LINE


def test_a_short_line_goes_as_it_is():
    line = b'{"f":{"phone":"0912000222"}}'
    assert pieces_of(line) == [line.decode()]
    assert not is_piece(line.decode())


@given(st.sampled_from(['"', "a", "ệ", "\U0001f3e5", "\\"]), st.randoms())
def test_a_long_one_comes_together_in_any_order_and_each_piece_fits_a_line(letter, random):
    line = ("{" + letter * (MOST_LINE // len(letter.encode()) - 2) + "}").encode()
    assert len(line) > MOST_WHOLE
    pieces = pieces_of(line)
    assert all(is_piece(one) for one in pieces)
    assert all(len(json.dumps(one, ensure_ascii=False).encode()) < MOST_LINE - 1000 for one in pieces)
    mixed = [*pieces, pieces[0]]
    random.shuffle(mixed)
    assert joined(mixed) == line.decode()
    assert joined(one for one in mixed if one != pieces[-1]) is None
    assert joined(["1/x\n", "nothing"]) is None
