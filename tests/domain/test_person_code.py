"""The code on an invitation: back to the person for every id, no slip passes, nothing else is taken for it."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.db.ids import new_id
from covidstation.domain import garble
from covidstation.domain.person_code import PersonCodeSlip, looks_like_person_code, person_code, tail_in, tail_of
from covidstation.domain.scan import looks_like_scan

IDS = st.uuids(allow_nil=True) | st.builds(new_id) | st.integers(0, 2**128 - 1).map(lambda value: UUID(int=value))
KNOWN = UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")  # the UUIDv7 of RFC 9562, appendix A.6


def test_the_code_of_a_known_id():
    code = person_code(KNOWN)
    assert code[:-2] == f"71{0xCC38C4DC0C0C07398F:022}" and int(code) % 97 == 1 and len(code) == 26 and code.isdecimal()


@given(IDS, st.sampled_from(["{}", "\ufeff{}\r\n", "{}\t", " {} "]))
def test_every_id_comes_back_whatever_the_scanner_puts_around_it(person_id, around):
    text = around.format(person_code(person_id))
    assert tail_in(text) == tail_of(person_id)
    assert looks_like_scan(text) and not garble.is_turned_keyboard(text)


@given(st.uuids(), st.uuids())
def test_two_people_have_two_codes_and_the_time_of_an_entry_does_not_show(one, other):
    assert (person_code(one) == person_code(other)) == (tail_of(one) == tail_of(other))
    later = UUID(int=one.int ^ (1 << 100))  # another millisecond
    assert person_code(later) == person_code(one)


@given(IDS, st.data())
def test_a_slip_of_a_digit_is_told(person_id, data):
    code = person_code(person_id)
    at = data.draw(st.integers(2, len(code) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != code[at]]))
    wrong = {code[:at] + other + code[at + 1 :], code[:at] + code[at + 1 :], code[:at] + code[at] + code[at:]}
    if at < len(code) - 1:
        wrong.add(code[:at] + code[at + 1] + code[at] + code[at + 2 :])
    wrong |= {code + code, code[: max(at, 16)]}
    for text in wrong - {code}:
        with pytest.raises(PersonCodeSlip):
            tail_in(text)


@pytest.mark.parametrize(
    "text",
    ["", "71", "7101234567", "012055000001", "0717004560011917251231", "HC1:71", "71" * 40, "71" + "٣" * 24, "x" * 26],
)
def test_other_texts_are_none_of_these(text):
    assert tail_in(text) is None and not looks_like_person_code(text)
