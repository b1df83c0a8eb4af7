"""The sheets without a number: what they say, for whom, by which guideline."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pypdfium2
import pytest

from covidstation.domain.dates import PartialDate
from covidstation.errors import UserError
from covidstation.messages import sentences
from covidstation.services.papers.handouts import commitment_pdf, leaflet_pdf, staff_list_pdf
from covidstation.services.record import edit_station
from covidstation.services.staff import DutyDraft, add_duty
from tests.services.samples import NOW, PAO, STATION, TODAY, catalog, f0, register


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def leaflet(db, episode_id=None, day=TODAY, **more) -> str:
    return text_of(leaflet_pdf(db, episode_id, catalog=catalog(), day=day, **more))


def test_a_commitment_names_the_person_the_days_and_whom_to_call(db):
    edit_station(db, replace(STATION, phone="0213 3870 115"), by=None, now=NOW)
    episode = register(db, f0(replace(PAO, full_name="Lý <b>A</b> Sính")))
    text = text_of(commitment_pdf(db, episode.id, catalog=catalog(), day=TODAY))
    for words in (
        "BẢN CAM KẾT", "Lý <b>A</b> Sính", "từ ngày 10 tháng 3 năm 2022 đến hết ngày 16 tháng 3 năm 2022",
        "điện thoại 0213 3870 115", "ít nhất 2 lần", "Nậm Tăm, ngày 10 tháng 3 năm 2022",
    ):  # fmt: skip
        assert words in text
    assert "{" not in text


@pytest.mark.parametrize(
    ("day", "spo2"),
    [  # QĐ 4038: from 96 % one may stay at home; QĐ 261: 96 % and less is reported at once
        (date(2022, 1, 30), "SpO2 dưới 96 %"),
        (date(2022, 1, 31), "SpO2 từ 96 % trở xuống"),
    ],
)
def test_the_leaflet_follows_the_guideline_of_its_day(db, day, spo2):
    assert spo2 in leaflet(db, day=day)


def test_a_childs_leaflet_has_the_childs_breaths_alone(db):
    """QĐ 261/QĐ-BYT: nhịp thở từ 40 ở trẻ 1 đến dưới 5 tuổi, từ 30 ở trẻ 5 đến dưới 12 tuổi."""
    child = register(db, f0(replace(PAO, birth=PartialDate(2018, 5, 1), citizen_number="", old_citizen_number="")))
    text = leaflet(db, child.id)
    assert "Nhịp thở từ 40 lần/phút trở lên" in text
    assert "Nhịp thở từ 30" not in text
    assert "Nhịp thở từ 30 lần/phút trở lên (từ 5 tuổi đến dưới 12 tuổi)" in leaflet(db)


def test_a_leaflet_is_one_page_of_its_size(db):
    episode = register(db)
    for pdf, size in (
        (leaflet_pdf(db, episode.id, catalog=catalog(), day=TODAY), (148, 210)),
        (leaflet_pdf(db, None, catalog=catalog(), day=TODAY, large=True), (209.3, 297)),
    ):
        doc = pypdfium2.PdfDocument(pdf)
        assert len(doc) == 1
        assert [length * 25.4 / 72 for length in doc[0].get_size()] == pytest.approx(size, abs=0.3)


def test_the_same_register_gives_the_same_bytes(db):
    episode = register(db)
    makers = (commitment_pdf, leaflet_pdf)
    assert all(
        make(db, episode.id, catalog=catalog(), day=TODAY) == make(db, episode.id, catalog=catalog(), day=TODAY)
        for make in makers
    )


def test_the_staff_list_is_that_of_the_day(db):
    for name, last in (("Lò Văn Thanh", None), ("Vàng Thị Dợ", TODAY - timedelta(days=1))):
        duty = DutyDraft(name=name, title="Y sĩ", phone="0912000300", valid_from=date(2022, 3, 1), valid_until=last)
        add_duty(db, duty, catalog=catalog(), by=None, now=NOW)
    text = text_of(staff_list_pdf(db, catalog=catalog(), day=TODAY))
    assert "Lò Văn Thanh" in text and "0912000300" in text and "Toàn xã" in text
    assert "Vàng Thị Dợ" not in text
    assert "Trưởng trạm" in text


def test_a_day_before_every_form_says_so(db):
    episode = register(db)
    with pytest.raises(UserError) as caught:
        commitment_pdf(db, episode.id, catalog=catalog(), day=date(2019, 1, 1))
    assert sentences(caught.value) == ["Chưa có mẫu tờ này cho ngày 01/01/2019. Ghi ngày khác."]
