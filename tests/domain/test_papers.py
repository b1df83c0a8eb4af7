"""The words of papers: numbers, dates, ages, articles, and what is missing."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind, pack_on
from covidstation.domain.papers import (
    birth_words,
    date_words,
    honorific,
    missing,
    moment_words,
    number_symbol,
    number_text,
    place_date,
    time_words,
)
from covidstation.domain.people import Sex
from covidstation.domain.wording import BLANK
from covidstation.messages import SENTENCES, sentence
from tests.printing.samples import HOUSEHOLD, NEW_DAY, OLD_DAY, PACKS, PAO, facts, view


def test_numbers():
    assert [number_text(number) for number in (1, 9, 10, 118)] == ["01", "09", "10", "118"]
    assert number_symbol("05", "QĐ-UBND") == "05/QĐ-UBND"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2022, 1, 5), "ngày 05 tháng 01 năm 2022"),
        (date(2022, 2, 28), "ngày 28 tháng 02 năm 2022"),
        (date(2022, 3, 9), "ngày 09 tháng 3 năm 2022"),
        (date(2022, 10, 10), "ngày 10 tháng 10 năm 2022"),
    ],
)
def test_leading_zeros_of_dates(day, text):
    assert date_words(day) == text
    assert place_date("Nậm Tăm", day) == f"Nậm Tăm, {text}"


def test_hours_and_births():
    assert (time_words(time(7)), time_words(time(0)), time_words(time(7, 5))) == ("07 giờ", "00 giờ", "07 giờ 05 phút")
    assert moment_words(datetime(2026, 7, 1, 5, 40)) == "05 giờ 40 phút ngày 01 tháng 7 năm 2026"
    births = [PartialDate(1955, 2, 3), PartialDate(1955, 2), PartialDate(1955), None]
    assert [birth_words(birth) for birth in births] == ["ngày 03/02/1955", "tháng 02/1955", "năm 1955", ""]


@pytest.mark.parametrize(
    ("birth", "sex", "word"),
    [
        (PartialDate(2006, 3, 11), Sex.MALE, "cháu"),  # fifteen until tomorrow
        (PartialDate(2006, 3, 10), Sex.MALE, "ông"),
        (PartialDate(1990), Sex.FEMALE, "bà"),
        (None, Sex.UNKNOWN, "ông (bà)"),
        (PartialDate(1990), Sex.OTHER, "ông (bà)"),
    ],
)
def test_how_a_paper_speaks_of_a_person(birth, sex, word):
    assert honorific(birth, sex, OLD_DAY) == word


def test_one_person_stands_in_the_sentence():
    made = view()
    assert made.issuer == ("ỦY BAN NHÂN DÂN", "XÃ NẬM TĂM")
    assert made.authority == "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ NẬM TĂM"
    assert made.subject[-1] == "đối với ông Giàng A Páo"
    first = made.body[0]
    assert first.heading == "Điều 1."
    assert "đối với ông Giàng A Páo, sinh ngày 03/02/1955, giới tính: Nam, số căn cước: 012055000001" in first.text
    times = "07 ngày, từ 07 giờ ngày 10 tháng 3 năm 2022 đến hết ngày 16 tháng 3 năm 2022"
    assert any(times in block.text for block in made.body)
    assert [block.heading for block in made.body if block.heading] == ["Điều 1.", "Điều 2.", "Điều 3."]
    assert made.body[-1].text.endswith("thi hành Quyết định này./.")
    assert BLANK not in made.to_json()


def test_a_household_stands_in_a_numbered_list():
    made = view(people=HOUSEHOLD)
    assert made.subject[-1] == "đối với 05 người cùng hộ gia đình ông Giàng A Páo"
    items = [block.text for block in made.body if block.text[:2] in ("1.", "2.", "3.", "4.", "5.")]
    assert items[0].startswith("1. Ông Giàng A Páo, sinh ngày 03/02/1955")
    assert items[1].startswith("2. Bà Chẻo Lở Mẩy, sinh năm 1958, giới tính: Nữ; mắc COVID-19")
    assert items[2].startswith("3. Bà H'Dung Niê, sinh tháng 06/1988")
    assert items[3].startswith("4. Cháu Giàng A Chư")
    assert items[4].startswith(f"5. Ông (bà) Sùng, sinh năm {BLANK};")
    assert [item[-1] for item in items] == [";", ";", ";", ";", "."]
    assert len(made.subjects) == 5
    assert "Căn cứ kết quả xét nghiệm SARS-CoV-2 của những người có tên tại Điều 1;" in made.legal_bases


def test_the_ending_names_and_replaces_the_opening():
    text = " ".join(block.text for block in view(PaperKind.ISOLATION_END).body)
    assert "kể từ 00 giờ ngày 17 tháng 3 năm 2022" in text
    assert "thay thế Quyết định số 118/QĐ-UBND ngày 10 tháng 3 năm 2022 của Chủ tịch Ủy ban nhân dân xã Nậm Tăm" in text


def test_the_order_of_the_new_law_holds_the_four_hours():
    made = view(day=NEW_DAY)
    text = " ".join(block.text for block in made.body)
    for hour in ("05 giờ 40 phút", "06 giờ 20 phút", "07 giờ", "08 giờ 15 phút"):
        assert f"{hour} ngày 10 tháng 7 năm 2026" in text
    assert any("Luật Phòng bệnh ngày 10 tháng 12 năm 2025" in base for base in made.legal_bases)
    assert not any("101/2010" in base for base in made.legal_bases)
    assert "Giám đốc Trạm Y tế xã Nậm Tăm xác nhận việc hoàn thành cách ly y tế" in text


def test_completion_is_certified_by_the_head_of_the_station():
    made = view(PaperKind.ISOLATION_COMPLETION, NEW_DAY)
    assert made.parent == ("ỦY BAN NHÂN DÂN XÃ NẬM TĂM",)
    assert made.issuer == ("TRẠM Y TẾ XÃ NẬM TĂM",)
    assert (made.title, made.subject) == ("GIẤY XÁC NHẬN", ("Hoàn thành cách ly y tế",))
    assert made.signer_titles == ("GIÁM ĐỐC",)
    assert "ĐÃ HOÀN THÀNH CÁCH LY Y TẾ" in [block.text for block in made.body if block.style == "centre"]
    rows = {block.text: block.second for block in made.body if block.style == "row"}
    assert rows["Ông/Bà: Giàng A Páo"] == "Giới tính: Nam"
    assert rows["Số định danh cá nhân: 012055000001"] == "Quốc tịch: Việt Nam"


def test_a_bar_in_a_name_does_not_cut_a_row():
    made = view(PaperKind.ISOLATION_COMPLETION, NEW_DAY, (replace(PAO, name="A | B"),))
    assert "Ông/Bà: A | B" in [block.text for block in made.body]


@pytest.mark.parametrize(
    ("day", "who", "upper", "district"),
    [
        (date(2022, 3, 10), "Trưởng Trạm Y tế", True, True),
        (date(2025, 8, 10), "Trưởng Trạm Y tế", True, False),
        (date(2026, 2, 10), "Giám đốc Trạm Y tế", False, False),
    ],
)
def test_titles_and_recipients_follow_the_years(day, who, upper, district):
    made = view(day=day)
    assert made.legal_bases[-1] == f"Theo đề nghị của {who} xã Nậm Tăm."
    recipients = " ".join(made.recipients)
    assert ("Trung tâm Y tế huyện" in recipients, "Ban Chỉ đạo" in recipients) == (upper, district)


def test_text_is_nfc_and_in_one_line():
    made = view(people=(replace(PAO, name="Gia\u0300ng  A\nPa\u0301o\u200b", address=f"bản\t{BLANK}A"),))
    assert made.subjects[0].name == "Giàng A Páo"
    assert made.subjects[0].address == "bản A"


def fields(kind, day, level, **more):
    found = missing(pack_on(PACKS, day), kind, facts(day, **more))
    assert all(sentence(problem) for problem in found)
    return [problem.field for problem in found if problem.level == level]


def test_nothing_is_missing_from_a_whole_paper():
    for kind, day in [
        (PaperKind.ISOLATION_ORDER, OLD_DAY),
        (PaperKind.ISOLATION_END, OLD_DAY),
        (PaperKind.ISOLATION_ORDER, NEW_DAY),
        (PaperKind.ISOLATION_COMPLETION, NEW_DAY),
    ]:
        assert missing(pack_on(PACKS, day), kind, facts(day)) == []


def test_the_start_hour_can_be_written_in_by_hand():
    (problem,) = missing(pack_on(PACKS, OLD_DAY), PaperKind.ISOLATION_ORDER, facts(isolation_from_time=None))
    assert (problem.level, sentence(problem)) == ("warning", "Giờ bắt đầu cách ly")


def test_what_must_be_known_before_printing():
    assert fields(PaperKind.ISOLATION_ORDER, OLD_DAY, "error", signer="", isolation_from=None) == [
        "from_date",
        "signer",
    ]
    assert fields(PaperKind.ISOLATION_END, OLD_DAY, "error", opening=None) == ["opening_number"]
    hours = {"found_at": None, "proposed_at": None, "decided_at": None, "told_at": None}
    assert fields(PaperKind.ISOLATION_ORDER, NEW_DAY, "warning", **hours) == list(hours)
    assert fields(PaperKind.ISOLATION_ORDER, OLD_DAY, "error", people=()) == ["subjects"]


def test_a_missing_birth_says_whose():
    (problem,) = (
        found
        for found in missing(pack_on(PACKS, OLD_DAY), PaperKind.ISOLATION_ORDER, facts(people=HOUSEHOLD))
        if found.level == "error"
    )
    assert (problem.field, sentence(problem)) == ("subjects.4.birth", "Ngày hoặc năm sinh của Sùng")


def test_every_need_has_its_sentence():
    for pack in PACKS:
        for paper in pack.papers.values():
            assert all(f"paper.missing.{name}" in SENTENCES for name in paper.needs + paper.wants)
