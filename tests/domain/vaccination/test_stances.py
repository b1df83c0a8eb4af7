"""Which word stands between somebody and the next dose, when more than one was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from covidstation.domain.vaccination.stances import (
    ClosedReason,
    Stance,
    StanceKind,
    Told,
    check_look,
    settled,
)

TODAY = date(2022, 3, 10)


def stance(number: int, kind: StanceKind, until: int | None = None, **more: object) -> Stance:
    day = None if until is None else TODAY + timedelta(days=until)
    said = {"person_id": UUID(int=9), "kind": kind, "reason": f"{number}", "since": TODAY, "until": day}
    return Stance(id=UUID(int=number), **said, **more)  # type: ignore[arg-type]


def standing(*told: Told, on: date = TODAY) -> list[str]:
    return [one.reason for one in settled(told, ()) if one.holds(on)]


@pytest.mark.parametrize(
    ("later", "wanted", "after"),
    [
        (3, ["1", "2"], ["1"]),  # a fever at the desk ends nothing of what the hospital said
        (170, ["2"], ["2"]),
        (200, ["2"], ["2"]),
    ],
)
def test_nobody_is_put_off_for_less_time_by_being_put_off_again(later, wanted, after):
    first, second = stance(1, StanceKind.DEFERRED, 170), stance(2, StanceKind.DEFERRED, later)
    told = Told(first, 10, 10, 10), Told(second, 20, 20, 20)
    assert standing(*told) == wanted
    assert standing(*told, on=TODAY + timedelta(days=100)) == after


def test_a_newer_refusal_stands_for_the_older_one_whatever_its_day():
    told = Told(stance(1, StanceKind.REFUSED), 10, 10, 10), Told(stance(2, StanceKind.REFUSED, 5), 20, 20, 20)
    assert standing(*told) == ["2"]


def test_what_was_said_again_after_the_newer_word_was_over_stands():
    over = stance(2, StanceKind.CONTRAINDICATED, closed_on=TODAY, closed_reason=ClosedReason.OVER)
    newer, first = Told(over, 20, 30, 30), stance(1, StanceKind.CONTRAINDICATED)
    assert standing(Told(first, 10, 10, 10), newer) == []  # both were over
    assert standing(Told(first, 10, 40, 40), newer) == ["1"]
    mistake = newer._replace(stance=replace(over, closed_reason=ClosedReason.MISTAKE))
    assert standing(Told(first, 10, 10, 10), mistake) == ["1"]


@pytest.mark.parametrize(
    ("kind", "until", "found"),
    [
        (StanceKind.DEFERRED, 0, True),
        (StanceKind.DEFERRED, 1, False),
        (StanceKind.REFUSED, 0, True),
        (StanceKind.REFUSED, None, False),
        (StanceKind.CONTRAINDICATED, 0, False),  # no day alone ends it
        (StanceKind.DEFERRED, -1, False),  # turned round: said by the check of the days
    ],
)
def test_what_is_over_as_soon_as_it_is_written(kind, until, found):
    assert [one.code for one in check_look(stance(1, kind, until), TODAY)] == ["vaccination.stance_over"] * found
