"""What somebody confirmed covers what they were shown, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from covidstation.domain.problems import Problem, unconfirmed
from covidstation.errors import Refused, ask_back

SOON = Problem("given", "vaccination.too_soon", {"day": "05/03/2022"}, "warning")
GRAVE = Problem("answers", "vaccine_session.severe_before", {"day": "01/01/2022"}, "warning")
WRONG = Problem("volume", "vaccination.volume", {"most": "3 ml"})


def test_only_what_was_shown_is_confirmed():
    assert unconfirmed([SOON, GRAVE], False) == [SOON, GRAVE]
    assert unconfirmed([SOON, GRAVE], True) == []
    assert unconfirmed([SOON, GRAVE], (SOON,)) == [GRAVE]
    assert unconfirmed([SOON], (GRAVE, SOON)) == []
    later = replace(SOON, params={"day": "06/03/2022"})
    assert unconfirmed([later], (SOON,)) == [later]  # the same code says something else by now


def test_what_is_new_is_asked_back_with_all_that_was_asked_before():
    ask_back([], False)
    ask_back([SOON, GRAVE], (SOON, GRAVE))
    with pytest.raises(Refused) as asked:
        ask_back([SOON, GRAVE], (SOON,))
    assert asked.value.problems == (SOON, GRAVE)


def test_an_error_is_never_confirmed():
    with pytest.raises(Refused) as refused:
        ask_back([SOON, WRONG], (SOON, WRONG))
    assert refused.value.problems == (WRONG,)
    with pytest.raises(Refused):
        ask_back([WRONG], True)
