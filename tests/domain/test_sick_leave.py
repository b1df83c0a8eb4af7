"""The certificate of sick leave: its days, its signers, and papers issued before its parts were known."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.bands import Band
from covidstation.domain.handouts import band_words
from covidstation.domain.packs import PaperKind, pack_on
from covidstation.domain.paper_view import PaperView
from covidstation.domain.papers import SickLeave, build_view, missing
from covidstation.domain.sick_leave import Signer, is_registered, leave_problems, read_signers, signers_text
from tests.printing.samples import NEW_DAY, OLD_DAY, PACKS, PAO, facts, view

DAY = date(2026, 7, 10)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


def codes(leave: SickLeave, most: int | None = 30, issued_on: date = DAY) -> list[str]:
    return [problem.code for problem in leave_problems(leave, issued_on=issued_on, most=most)]


@pytest.mark.parametrize(("days", "last"), [(1, DAY), (30, date(2026, 8, 8)), (None, None)])
def test_the_last_day_counts_the_day_of_the_examination(days, last):
    assert SickLeave(exam_on=DAY, days=days).until == last


@pytest.mark.parametrize(
    ("leave", "found"),
    [
        (SickLeave(exam_on=DAY, days=30), []),
        (SickLeave(exam_on=DAY, days=31), ["paper.leave_long"]),
        (SickLeave(exam_on=DAY, days=0), ["paper.leave_none"]),
        (SickLeave(exam_on=DAY + timedelta(days=1), days=1), ["paper.leave_ahead"]),
        (SickLeave(exam_on=DAY - timedelta(days=1), days=1), ["paper.leave_past"]),
        (SickLeave(), []),
    ],
)
def test_what_the_days_may_be(leave, found):
    assert codes(leave) == found


def test_without_a_limit_in_the_pack_no_count_is_too_long():
    assert codes(SickLeave(exam_on=DAY, days=400), most=None) == []


@given(st.lists(st.tuples(NAMES, NAMES), max_size=6))
def test_signers_are_read_back_as_they_were_kept(rows):
    kept = read_signers(signers_text(Signer(*row) for row in rows))
    assert read_signers(signers_text(kept)) == kept
    assert all(one.name and "|" not in one.name + one.code for one in kept)


def test_a_signer_is_known_whatever_the_capitals():
    signers = read_signers("Tao Thị Lả | 0123\n\nVàng Thị Dợ")
    assert signers == (Signer("Tao Thị Lả", "0123"), Signer("Vàng Thị Dợ"))
    assert is_registered("TAO THỊ LẢ", signers)
    assert not is_registered("", signers)


@pytest.mark.parametrize("kind", [PaperKind.ISOLATION_ORDER, PaperKind.ISOLATION_END])
def test_a_paper_from_before_has_no_new_parts_and_keeps_its_hash(kind):
    """What `check` compares: the JSON of a paper issued before these parts were known has none of their names."""
    made = view(kind)
    names = {"second_titles", "second_signer", "corner", "copies", "leave_from", "leave_until"}
    assert not names & set(json.loads(made.to_json()))
    assert PaperView.from_json(made.to_json()) == made


def test_a_sick_leave_is_read_back_whole():
    leave = SickLeave(exam_on=DAY, days=7, practitioner="Vàng Thị Dợ")
    made = build_view(pack_on(PACKS, DAY), PaperKind.SICK_LEAVE, facts(DAY, (PAO,), sick_leave=leave))
    again = PaperView.from_json(made.to_json())
    assert again == made and again.content_hash == made.content_hash
    assert (again.leave_from, again.leave_until, len(again.copies)) == (DAY, date(2026, 7, 16), 2)


@pytest.mark.parametrize("day", [OLD_DAY, NEW_DAY])
def test_a_child_of_seven_has_no_parents_on_it_and_one_of_six_must(day):
    leave = SickLeave(exam_on=day, days=3, practitioner="x")
    found = {}
    for years in (6, 7):
        child = replace(PAO, birth=replace(PAO.birth, year=day.year - years, month=day.month, day=day.day))
        problems = missing(pack_on(PACKS, day), PaperKind.SICK_LEAVE, facts(day, (child,), sick_leave=leave))
        found[years] = "paper.missing.parents" in {problem.code for problem in problems}
    assert found == {6: True, 7: False}


@pytest.mark.parametrize(
    ("band", "words"),
    [
        (Band(144, None), "từ 12 tuổi"),
        (Band(None, 2), "dưới 2 tháng"),
        (Band(12, 60), "từ 1 tuổi đến dưới 5 tuổi"),
        (Band(2, 12), "từ 2 tháng đến dưới 1 tuổi"),
    ],
)
def test_ages_as_people_say_them(band, words):
    assert band_words(band) == words
