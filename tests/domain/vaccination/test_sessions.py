"""What of a take is written off at the end, and what is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from covidstation.domain.vaccination.sessions import Take, Vial

AT = datetime(2022, 3, 10, 8)
FIRST = Vial(id=UUID(int=1), take_id=UUID(int=9), number=1, opened_at=AT, doses=6, given=4)
SECOND = Vial(id=UUID(int=2), take_id=UUID(int=9), number=2, opened_at=AT, doses=6, extra=1, given=2, wasted=1)
TAKE = Take(
    id=UUID(int=9), lot_id=UUID(int=8), product="EU/1/20/1528", product_name="Comirnaty", lot_number="FK0112",
    expiry=None, vials=4, per_vial=6, opened=(FIRST, SECOND), given=6, wasted=1,
)  # fmt: skip


def test_the_rest_of_each_opened_vial_is_written_off_and_closed_vials_are_counted():
    assert TAKE.leftovers() == ((FIRST.id, 2), (SECOND.id, 4))
    assert TAKE.to_count == 2 * 6 == TAKE.taken - 6 - 1 - 2 - 4


def test_a_dose_that_names_no_vial_came_out_of_an_opened_one():
    """The lot of a dose was put right: it is a dose of this lot, and nobody knows of which vial."""
    loose = replace(TAKE, given=9)
    assert loose.leftovers() == ((SECOND.id, 3),)
    assert loose.to_count == 2 * 6
    assert replace(TAKE, given=5).leftovers() == TAKE.leftovers()  # and none is written off twice
