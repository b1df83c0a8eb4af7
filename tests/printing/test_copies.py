"""The certificate of sick leave under a ruler: two identical copies on one sheet laid across."""

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind
from covidstation.domain.papers import ReferralFacts, SickLeave
from covidstation.printing.compact import join, split
from covidstation.printing.papers import render
from tests.printing.ruler import page_count, text_lines
from tests.printing.samples import NEW_DAY, OLD_DAY, PAO, view

WORKER = replace(
    PAO,
    workplace="Công ty TNHH Chè Nậm Tăm",
    insurance_number="DN4120119900001",
    citizen_issued_on=date(2021, 5, 10),
)
LEAVE = SickLeave(exam_on=OLD_DAY, days=7, practitioner="Vàng Thị Dợ")


def certificate(day=OLD_DAY, person=WORKER, **more):
    return view(PaperKind.SICK_LEAVE, day, (person,), number=12, sick_leave=replace(LEAVE, exam_on=day), **more)


def halves(pdf):
    """The lines of each copy; the fold is in the middle of 297 mm."""
    lines = text_lines(pdf)
    return [line for line in lines if line.right < 148.5], [line for line in lines if line.left > 148.5]


@pytest.mark.parametrize("day", [OLD_DAY, NEW_DAY])
def test_both_copies_say_the_same_at_the_same_height(day):
    pdf = render(certificate(day))
    assert [length * 25.4 / 72 for length in pypdfium2.PdfDocument(pdf)[0].get_size()] == pytest.approx((297, 210))
    assert page_count(pdf) == 1
    first, second = halves(pdf)
    assert len(first) + len(second) == len(text_lines(pdf))  # nothing lies across the fold

    def content(lines):
        return [(line.text, round(line.baseline, 2)) for line in lines if not line.text.startswith("Liên số")]

    assert content(first) == content(second)
    shift = {round(two.left - one.left, 1) for one, two in zip(first, second, strict=True)}
    assert len(shift) == 1
    assert all(line.right < 297 - 11 and line.left > 11 for line in text_lines(pdf))
    assert {"Liên số 1"} & {line.text for line in first} and {"Liên số 2"} & {line.text for line in second}


def test_the_name_is_in_capitals_and_the_form_ends_with_no_mark():
    text = " ".join(line.text for line in halves(render(certificate()))[0])
    assert "GIÀNG A PÁO" in text
    assert "Giàng A Páo" not in text
    assert "./." not in text


@pytest.mark.parametrize(
    "name", ["Lý <b>A</b> & <img src='s.png'/>", "{leave_days} [x]", "Nguyễn Thị " + "Thanh " * 15]
)
def test_any_name_is_text_and_keeps_to_its_half(name):
    pdf = render(certificate(person=replace(WORKER, name=name)))
    first, second = halves(pdf)
    assert len(first) + len(second) == len(text_lines(pdf))
    said = " ".join(line.text for line in first)
    assert all(said.count(word) >= name.upper().split().count(word) for word in name.upper().split())
    assert page_count(pdf) == 1


def test_a_name_of_ten_thousand_letters_loses_none():
    pdf = render(certificate(person=replace(WORKER, name="ẵ" * 10_000)))
    letters = sum(line.text.count("Ẵ") for page in range(page_count(pdf)) for line in text_lines(pdf, page))
    assert letters == 20_000


def test_both_signatures_are_level():
    first, _second = halves(render(certificate()))
    names = [line for line in first if line.text in ("Lò Văn Thương", "Vàng Thị Dợ")]
    assert len(names) == 2
    assert names[0].baseline == pytest.approx(names[1].baseline, abs=0.1)


def test_a_parent_stands_on_a_small_childs_certificate_alone():
    child = replace(WORKER, birth=PartialDate(2016, 1, 1), father_name="Giàng A Chư")
    grown = replace(child, birth=PartialDate(2010, 1, 1))
    assert "Giàng A Chư" in " ".join(line.text for line in text_lines(render(certificate(person=child))))
    assert "Giàng A Chư" not in " ".join(line.text for line in text_lines(render(certificate(person=grown))))


def test_the_same_view_gives_the_same_bytes_and_shares_its_fonts():
    one, again, other = render(certificate()), render(certificate()), render(view())
    assert one == again
    skeleton, chunks = split(one)
    assert join(skeleton, chunks) == one
    assert set(chunks) <= set(split(other)[1])  # nothing of its own but the skeleton
    assert len(skeleton) < 40_000


def test_a_referral_is_signed_by_both_at_one_height():
    from_station = ReferralFacts(left_at=None, facility="", by_name="Vàng Thị Dợ")
    pdf = render(view(PaperKind.REFERRAL, people=(PAO,), number=3, transfer=from_station))
    names = [line for line in text_lines(pdf) if line.text in ("Lò Văn Thương", "Vàng Thị Dợ")]
    assert len(names) == 2
    assert names[0].baseline == pytest.approx(names[1].baseline, abs=0.1)
    assert not any("Nơi nhận" in line.text for line in text_lines(pdf))
