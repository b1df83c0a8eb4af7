"""The papers of a session: for whom, how many on a page, no name read as markup, sums that fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex
from covidstation.domain.vaccination.sessions import NoDose
from covidstation.services.vaccination.closing import Counted, close_session
from covidstation.services.vaccination.consents import consents_pdf
from covidstation.services.vaccination.day import come_to_session
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.paper_rows import WrittenRow, enter_paper_row
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.seating import ConsentDraft
from covidstation.services.vaccination.session_papers import (
    invitations_pdf,
    result_pdf,
    screening_pdf,
    session_list_pdf,
)
from covidstation.services.vaccination.sessions import edit_session, invite_people
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import (
    COMIRNATY,
    WELL,
    WHO,
    code,
    jab,
    person,
    planned,
    running,
    sheet,
    take,
    vaccine,
)

KNOWN = {"catalog": catalog(), "today": TODAY}
CHILD = PartialDate(2012, 5, 1)


def pages(pdf):
    """The words of each page."""
    found = pypdfium2.PdfDocument(pdf)
    words = [" ".join(page.get_textpage().get_text_bounded().split()) for page in found]
    found.close()
    return words


def test_two_invitations_stand_on_a_page_and_a_childs_goes_to_its_guardian(db):
    one = planned(db, vaccine(db), 1)
    who = [person(db, number) for number in (1, 2)]
    who += [person(db, 3, birth=CHILD), person(db, 4, birth=PartialDate(2004)), person(db, 5, birth=None)]
    invite_people(db, one, who, now=NOW, **WHO)
    found = pages(invitations_pdf(db, one, **KNOWN))
    assert [words.count("GIẤY MỜI") for words in found] == [2, 2, 1]
    assert "Kính mời ông (bà)" in found[0] and "cha, mẹ, người giám hộ đưa cháu" not in found[0]
    assert found[1].count("người giám hộ đưa cháu") == 2  # born in 2004: perhaps not yet eighteen
    assert "ngồi lại 30 phút" in found[0] and "Comirnaty" in found[0]


def test_a_guardian_says_yes_or_no_beforehand_for_those_who_need_one(db):
    one = planned(db)
    adult, child = person(db, 1), person(db, 2, birth=CHILD, phone="0912345678")
    assert code(lambda: consents_pdf(db, one, **KNOWN)) == "vaccine_session.no_children"
    invite_people(db, one, [adult, child], now=NOW, **WHO)
    (words,) = pages(consents_pdf(db, one, **KNOWN))
    order = [
        "Cha, mẹ, người giám hộ",
        "Điện thoại",
        "0912345678",
        "Họ và tên trẻ",
        "Đồng ý cho trẻ tiêm",
        "Không đồng ý",
    ]
    places = [words.find(said) for said in order]
    assert -1 not in places and places == sorted(places) and words.count("PHIẾU ĐỒNG Ý") == 1
    assert "1535" not in words  # of a day before that paper
    later = replace(sheet(db, one).line.draft, day=TODAY + timedelta(days=30))
    edit_session(db, one, later, catalog=catalog(), by=None, now=NOW)
    assert "Công văn 1535/BYT-DP" in pages(consents_pdf(db, one, **KNOWN))[0]
    assert [words.count("PHIẾU ĐỒNG Ý") for words in pages(consents_pdf(db, one, blank=3, **KNOWN))] == [2, 1]


def test_no_name_is_markup_and_the_weeks_of_a_pregnancy_are_printed(db):
    one = running(db, vaccine(db), 1)
    woman = person(db, 1, full_name="Lò <b>Thị</b> & Mai", sex=Sex.FEMALE)
    child = person(db, 2, full_name="Lò <i>Út</i>", birth=CHILD)
    invite_people(db, one, [woman, child], now=NOW, **WHO)
    papers = [invitations_pdf, session_list_pdf, screening_pdf]
    assert all("Lò <b>Thị</b> & Mai" in " ".join(pages(make(db, one, **KNOWN))) for make in papers)
    assert "Lò <i>Út</i>" in pages(consents_pdf(db, one, **KNOWN))[0]
    row = WrittenRow(vitals=WELL.vitals, weeks=20, at=NOW.replace(tzinfo=None))
    enter_paper_row(db, one, woman, row, catalog=catalog(), now=NOW + timedelta(hours=1), **WHO)
    filled, blank = pages(screening_pdf(db, one, **KNOWN))
    assert "Tuần thai: 20" in filled and "Tuần thai" not in blank  # a child's sheet does not ask


@pytest.mark.parametrize("rows", [0, 14, 15, 16, 17, 37])  # where a page was full, they stood alone
def test_the_signatures_are_not_alone_on_a_page(db, rows):
    words = pages(session_list_pdf(db, planned(db), blank_rows=rows, **KNOWN))
    assert "Người lập" in words[-1]
    assert all("Họ và tên" in page for page in words)  # each page has its heads, and rows or the title


def test_everybody_of_the_day_stands_in_one_count_and_the_sum_is_below(db):
    one = running(db, vaccine(db, 6), 1)
    take(db, one, vaccine(db, 20, item="AstraZeneca", number="AZ7"), 1, per_vial=10)
    for number in range(4):
        jab(db, one, person(db, number), sure=True, draft=InjectionDraft(product=COMIRNATY if number < 3 else None))
    act = {"catalog": catalog(), "now": NOW, **WHO}
    for number, kind in ((11, NoDose.WENT), (12, NoDose.REFUSED)):
        send_without(db, one, person(db, number), WithoutDraft(kind=kind, reason="lý do"), **act)
    come_to_session(db, one, [person(db, 13)], now=NOW, **WHO)
    counted = {found.id: Counted(found.to_count) for found in sheet(db, one).takes}
    close_session(db, one, counted, catalog=catalog(), now=NOW, sure=True, **WHO)
    found = day_result(db, TODAY, catalog=catalog())
    for line in found:
        doses = line.first + line.second + line.third + line.additional + line.booster
        without = line.hospital + line.refused + line.deferred + line.contraindicated + line.went
        assert (line.people, line.used) == (doses + without, doses)
    assert sum(line.people for line in found) == 7 and sum(line.went for line in found) == 2
    words = pages(result_pdf(db, TODAY, **KNOWN))[0]
    assert "2 người về trước khi tiêm" in words
    sums = [7, 0, 1, 0, 0, 4, 0, 0, 0, 0, 4, sum(line.wasted for line in found)]
    assert f"Cộng {' '.join(map(str, sums))}" in words


def test_who_may_be_under_age_signs_by_the_guardian_that_the_desk_wrote_down(db):
    one = running(db, vaccine(db), 2)
    who = [person(db, 1, birth=PartialDate(2004)), person(db, 2, birth=PartialDate(1990))]
    invite_people(db, one, who, now=NOW, **WHO)
    young, grown = pages(screening_pdf(db, one, only=who, **KNOWN))
    assert "Cha, mẹ, người giám hộ" in young and "Người được tiêm" not in young
    assert "Người được tiêm" in grown and "Cha, mẹ, người giám hộ" not in grown
    told = ConsentDraft(guardian_name="Lò Văn Cha", guardian_relation="cha", guardian_phone="0912000999")
    jab(db, one, who[0], sure=True, consent=told)
    (young,) = pages(screening_pdf(db, one, only=who[:1], **KNOWN))
    assert "Tôi là Lò Văn Cha (cha) của trẻ, điện thoại 0912000999" in young
