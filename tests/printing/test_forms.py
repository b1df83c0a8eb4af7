"""Every paper of both regimes: one sheet for one person, signed by whoever signs, with room for a pen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from covidstation.domain.packs import OF_ONE, PaperKind, pack_on
from covidstation.domain.papers import ReferralFacts, SickLeave, SubjectFacts
from covidstation.printing.papers import render
from tests.printing.ruler import page_count, text_lines
from tests.printing.samples import NEW_DAY, OLD_DAY, PACKS, PAO, view

LONG = "Nguyễn Thị Hoàng Phương Thảo Nguyên Khánh Linh Trang Nhung Quỳnh Hương Giang Diễm Thuý Ngọc Ánh Tuyết"
FORMS = [(kind, day) for day in (OLD_DAY, date(2025, 7, 10), date(2026, 1, 10), NEW_DAY)
         for kind in pack_on(PACKS, day).papers]  # fmt: skip
WORKER = replace(PAO, workplace="Công ty Chè Nậm Tăm", insurance_number="DN4120119900001", last_contact_on=OLD_DAY)


def paper(kind, day, person=WORKER, **more):
    if kind is PaperKind.SICK_LEAVE:
        more = {"sick_leave": SickLeave(exam_on=day, days=7, practitioner="Vàng Thị Dợ")} | more
    if kind is PaperKind.REFERRAL:
        left = datetime(day.year, day.month, day.day, 14, 30)
        more = {"transfer": ReferralFacts(left_at=left, facility="Trung tâm Y tế", by_name="Vàng Thị Dợ")} | more
    return view(kind, day, (person,), **more)


def lines(pdf):
    return [line for page in range(page_count(pdf)) for line in text_lines(pdf, page)]


@pytest.mark.parametrize(("kind", "day"), FORMS)
def test_a_paper_of_one_person_is_one_sheet(kind, day):
    """The station's own wish: the papers of an outbreak are short, and the signature stands with its text."""
    assert page_count(render(paper(kind, day))) == 1


@pytest.mark.parametrize(("kind", "day"), FORMS)
def test_a_deputys_paper_has_an_office_over_the_name(kind, day):
    made = paper(kind, day, by_deputy=True)
    assert made.signer_titles
    assert lines(render(made))


@pytest.mark.parametrize(("kind", "day"), FORMS)
@pytest.mark.parametrize("name", [LONG, "Lý <b>A</b> & 'Sính' [x] {name}"])
def test_any_name_stands_whole_inside_the_margins(kind, day, name):
    pdf = render(paper(kind, day, replace(WORKER, name=name), signer=LONG))
    said = " ".join(line.text for line in lines(pdf))
    wanted = name.upper() if kind in OF_ONE else name
    assert all(said.count(word) >= wanted.split().count(word) for word in wanted.split())
    wide = 297 if kind is PaperKind.SICK_LEAVE else 210
    assert all(line.left >= 12 and line.right <= wide - 11 for line in lines(pdf))


@pytest.mark.parametrize("kind", [PaperKind.ISOLATION_COMPLETION, PaperKind.REFERRAL])
def test_what_lacks_leaves_a_line_for_a_pen(kind):
    made = paper(kind, NEW_DAY, SubjectFacts(name="Sùng A Sử"))
    found = [line for line in lines(render(made)) if "……" in line.text and line.left < 40]
    whole = [line for line in found if line.text.startswith(("Nơi ở hiện tại", "Địa chỉ:", "Diễn biến"))]
    assert whole
    assert all(line.right > 185 for line in whole)
    assert not any(line.text.startswith("…") for line in lines(render(made)) if line.left < 150)  # behind its words


def test_an_order_without_an_address_leaves_room_for_one():
    made = paper(PaperKind.ISOLATION_ORDER, OLD_DAY, replace(WORKER, address=""))
    assert any("…" * 16 in line.text for line in lines(render(made)))
