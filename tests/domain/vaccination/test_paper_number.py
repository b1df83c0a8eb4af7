"""One certificate, however its doses are marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from covidstation.db.ids import new_id
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseDraft
from covidstation.domain.vaccination.paper_number import around, bare_number, same_dose

FIRST = DoseDraft(person_id=new_id(), given=PartialDate(2021, 9, 1), number=1, certificate="URN:X")


@pytest.mark.parametrize(
    ("certificate", "bare"),
    [
        ("URN:UVCI:01:VN:1A2B3C4D#K", "URN:UVCI:01:VN:1A2B3C4D#K"),
        ("URN:X (1)", "URN:X"),
        ("URN:X (1, 01/09/2021)", "URN:X"),
        ("URN:X (09/2021)", "URN:X"),
        ("URN:X (B)", "URN:X (B)"),
        ("U" * 120, "U" * 100),
        ("", ""),
    ],
)
def test_the_number_of_the_paper_is_without_the_mark(certificate, bare):
    assert bare_number(certificate) == bare
    first, last = (one.encode() for one in around(bare))  # as the register compares them
    assert first <= certificate.encode() <= last


def test_a_longer_number_that_begins_like_it_lies_elsewhere():
    first, last = around("URN:X")
    assert not any(first <= one <= last for one in ("URN:X1", "URN:X#K", "URN:XA (1)", "URN:W", "urn:x"))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"given": PartialDate(2021, 9, 2)}, True),  # put right since
        ({"certificate": "URN:X (1)"}, True),
        ({"certificate": "URN:X (1)", "number": None}, True),
        ({"certificate": "URN:X (2)", "given": PartialDate(2021, 10, 1), "number": 2}, False),
        ({"certificate": "URN:X (2)", "number": 2}, False),  # of one day: asked back as such
        ({"certificate": "URN:Y"}, False),
        ({"certificate": ""}, False),
    ],
)
def test_a_dose_is_known_again_however_it_is_marked(changes, same):
    assert same_dose(replace(FIRST, **changes), FIRST) is same is same_dose(FIRST, replace(FIRST, **changes))
    assert not same_dose(replace(FIRST, certificate=""), replace(FIRST, certificate=""))
