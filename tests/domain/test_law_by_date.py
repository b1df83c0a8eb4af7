"""Which law, body, title and form a paper has, at each day on which one of them changed.

30/6 | 1/7/2025: TT 25/2025/TT-BYT (sick leave), no district any more. 31/12/2025 | 1/1/2026: TT 43/2025/TT-BYT (the
station under the commune, its head is Giám đốc). 30/6 | 1/7/2026: Luật Phòng bệnh 2025, NĐ 165/2026/NĐ-CP.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind, Signatory, pack_on
from covidstation.domain.papers import ReferralFacts, SickLeave, build_view, missing
from tests.printing.samples import PACKS, PAO, facts

K = PaperKind
DAYS = (
    date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1),
)  # fmt: skip
OLD = {K.ISOLATION_ORDER, K.ISOLATION_END, K.COMPLETION_CERTIFICATE, K.CONTACT_ORDER, K.CONTACT_RELEASE}
NEW = {K.ISOLATION_ORDER, K.ISOLATION_COMPLETION, K.CONTACT_ORDER, K.CONTACT_RELEASE}
ANY = {K.SICK_LEAVE, K.REFERRAL, K.VACCINATION}
BY_HEAD = {K.SICK_LEAVE, K.REFERRAL, K.ISOLATION_COMPLETION}
WORKER = replace(PAO, workplace="Công ty Chè", insurance_number="DN4120119900001", citizen_issued_on=date(2021, 5, 10))


def view(kind, day, person=WORKER, **more):
    known = facts(day.replace(day=1), (person,), issued_on=day, upper="Trung tâm Y tế huyện Sìn Hồ", **more)
    if kind is K.SICK_LEAVE:
        known = replace(known, sick_leave=SickLeave(exam_on=day, days=7, practitioner="Vàng Thị Dợ"))
    if kind is K.REFERRAL:
        known = replace(known, transfer=ReferralFacts(left_at=datetime(2026, 1, 1), facility="Bệnh viện"))
    return build_view(pack_on(PACKS, day), kind, known)


def words(made):
    body = (text for block in made.body for text in (block.heading, block.text, block.second))
    return " ".join((*made.legal_bases, *body, *made.recipients, *made.parent, *made.issuer, made.authority))


@pytest.mark.parametrize("day", DAYS)
def test_each_law_knows_its_own_papers(day):
    assert set(pack_on(PACKS, day).papers) == (NEW if day >= date(2026, 7, 1) else OLD) | ANY


@pytest.mark.parametrize("day", DAYS)
def test_decisions_are_the_chairmans_and_cite_the_law_of_their_day(day):
    for kind in (K.ISOLATION_ORDER, K.CONTACT_ORDER):
        made = view(kind, day)
        assert (made.issuer, made.symbol, made.signer_titles) == (
            ("ỦY BAN NHÂN DÂN", "XÃ NẬM TĂM"), "QĐ-UBND", ("CHỦ TỊCH",),
        )  # fmt: skip
        said = words(made)
        new = day >= date(2026, 7, 1)
        assert ("Luật Phòng bệnh ngày 10 tháng 12 năm 2025" in said) is new
        assert ("Nghị định số 165/2026/NĐ-CP ngày 15 tháng 5 năm 2026" in said) is new
        assert ("Luật Phòng, chống bệnh truyền nhiễm ngày 21 tháng 11 năm 2007" in said) is not new
        assert ("Nghị định số 101/2010/NĐ-CP ngày 30 tháng 9 năm 2010" in said) is not new
        assert ("Ban Chỉ đạo phòng, chống dịch COVID-19 huyện" in said) is (day < date(2025, 7, 1))
        assert ("Trung tâm Y tế huyện" in said) is (day < date(2026, 1, 1))


@pytest.mark.parametrize("day", DAYS)
def test_the_head_of_the_station_has_the_title_of_the_day(day):
    """TT 43/2025/TT-BYT: Trưởng trạm until 31/12/2025, Giám đốc from 1/1/2026."""
    title = "Giám đốc" if day >= date(2026, 1, 1) else "Trưởng"
    other = {"Giám đốc": "Trưởng Trạm", "Trưởng": "Giám đốc"}[title]
    pack = pack_on(PACKS, day)
    for kind, paper in pack.papers.items():
        made = view(kind, day)
        assert other.casefold() not in words(made).casefold()
        if paper.signed_by is Signatory.HEAD_OF_STATION and kind is not K.SICK_LEAVE:
            assert made.signer_titles == (("GIÁM ĐỐC",) if title == "Giám đốc" else ("TRƯỞNG TRẠM",))
    assert f"Theo đề nghị của {title} Trạm Y tế xã Nậm Tăm." in view(K.ISOLATION_ORDER, day).legal_bases


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("kind", sorted(BY_HEAD))
def test_the_station_stands_under_the_body_of_the_day(day, kind):
    if kind not in pack_on(PACKS, day).papers:
        return
    made = view(kind, day)
    commune = ("ỦY BAN NHÂN DÂN XÃ NẬM TĂM",)
    assert made.parent == (commune if day >= date(2026, 1, 1) else ("TRUNG TÂM Y TẾ HUYỆN SÌN HỒ",))
    assert made.issuer == ("TRẠM Y TẾ XÃ NẬM TĂM",)


def test_since_the_new_law_the_head_of_the_station_certifies_the_end():
    """NĐ 165/2026/NĐ-CP, Điều 14 khoản 3 điểm e; before it the commune decides."""
    before, after = date(2026, 6, 30), date(2026, 7, 1)
    assert pack_on(PACKS, before).paper(K.ISOLATION_END).signed_by is Signatory.CHAIRMAN
    assert view(K.ISOLATION_END, before).symbol == "QĐ-UBND"
    assert pack_on(PACKS, after).paper(K.ISOLATION_COMPLETION).signed_by is Signatory.HEAD_OF_STATION
    assert view(K.ISOLATION_COMPLETION, after).symbol == "GXN-TYT"
    assert pack_on(PACKS, before).paper(K.CONTACT_RELEASE).signed_by is Signatory.CHAIRMAN
    assert pack_on(PACKS, after).paper(K.CONTACT_RELEASE).signed_by is Signatory.HEAD_OF_STATION


@pytest.mark.parametrize("day", DAYS)
def test_the_order_tells_its_four_hours_since_the_new_law(day):
    """NĐ 165/2026/NĐ-CP, Điều 15: found, proposed, decided, told."""
    said = words(view(K.ISOLATION_ORDER, day))
    assert ("Thời điểm phát hiện: 05 giờ 40 phút" in said) is (day >= date(2026, 7, 1))
    assert ("thông báo cho người được cách ly: 08 giờ 15 phút" in said) is (day >= date(2026, 7, 1))


@pytest.mark.parametrize("day", DAYS)
def test_the_sick_leave_has_the_form_of_the_day(day):
    """Phụ lục 7 TT 56/2017 until 30/6/2025, Mẫu số 07 TT 25/2025 after: the card with its day, ICD-10's code."""
    made, new = view(K.SICK_LEAVE, day), day >= date(2025, 7, 1)
    said = words(made)
    assert ("Mẫu số 07" in made.corner) is new
    assert ("012055000001" in said) is new
    assert ("ngày 10 tháng 5 năm 2021" in said) is new
    assert ("U07.1" in said) is new
    assert "GIÀNG A PÁO" in said
    assert len(made.copies) == 2
    assert (made.leave_from, (made.leave_until - made.leave_from).days) == (day, 6)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("years", "asked"), [(6, True), (7, False)])
def test_a_parent_stands_for_a_child_below_seven(day, years, asked):
    child = replace(WORKER, birth=PartialDate(day.year - years, day.month, day.day), mother_name="Chẻo Lở Mẩy")
    assert ("Chẻo Lở Mẩy" in words(view(K.SICK_LEAVE, day, child))) is asked
    alone = facts(day.replace(day=1), (replace(child, mother_name=""),), issued_on=day)
    alone = replace(alone, sick_leave=SickLeave(exam_on=day, days=7, practitioner="Vàng Thị Dợ"))
    codes = {one.code for one in missing(pack_on(PACKS, day), K.SICK_LEAVE, alone)}
    assert ("paper.missing.parents" in codes) is asked


@pytest.mark.parametrize("day", DAYS)
def test_every_paper_of_that_day_says_all_its_texts(day):
    for kind in pack_on(PACKS, day).papers:
        made = view(kind, day)
        said = words(made)
        assert made.title and made.symbol and made.issuer and made.signer_titles and made.body
        assert not set("{}[]") & set(said), (kind, said)
