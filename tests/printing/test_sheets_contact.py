"""The sheet for watching a contact's health: the columns of QĐ 879's annex, one person a page, text as text."""

from __future__ import annotations

import io
from datetime import date, timedelta

from pypdf import PdfReader

from covidstation.printing import nd30
from covidstation.printing.sheets_contact import CELLS, ContactSheet, render

START = date(2022, 3, 11)
SHEET = ContactSheet(
    name="Hoàng Thị <b>Thảo</b>",
    birth="02/05/1985",
    phone="0365118200",
    address="Bản Nậm Ngá",
    source="Vàng A Páo",
    last_contact_on=date(2022, 3, 10),
    days=tuple((at + 1, START + timedelta(days=at)) for at in range(10)),
    until=date(2022, 3, 15),
    station="Trạm Y tế xã Nậm Tăm",
    station_phone="02133870115",
)


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_columns_of_the_annex_and_the_days_are_there() -> None:
    (text,) = pages(render([SHEET]))
    for words in (
        "BẢNG THEO DÕI SỨC KHỎE NGƯỜI ĐƯỢC CÁCH LY TẠI NHÀ",
        "Thân",
        "Sốt",
        "Ho",
        "họng",
        "sổ mũi",
        "ớn",
        "Khó thở",
        "thường",
        "nghi",
        "Vắng",
        "11/03",
        "20/03",
        "02133870115",
    ):
        assert words in text, words
    assert "Hoàng Thị <b>Thảo</b>" in text


def test_the_table_fills_the_width_between_the_margins() -> None:
    assert abs(sum(CELLS) - nd30.WIDTH) < 0.01


def test_each_person_has_a_page_and_the_same_bytes_each_time() -> None:
    pdf = render([SHEET, SHEET])
    assert len(pages(pdf)) == 2
    assert pdf == render([SHEET, SHEET])


def test_a_hundred_letters_and_forty_days_go_on_under_the_same_heads() -> None:
    days = tuple((at + 1, START + timedelta(days=at)) for at in range(40))
    long = ContactSheet(name="Hờ Thị Mỷ " * 20, source="Lò Văn Đôi " * 20, days=days)
    found = pages(render([long]))
    assert all("Khó thở" in page and page.count("Mỷ") == 20 for page in found)
    assert [f"Tờ số: {number}" in found[number - 1] for number in (2, 3)] == [True, True]
    assert len(found) == 3 and "19/04" in found[-1]


def test_training_and_watching_oneself_are_said() -> None:
    free = ContactSheet(name="Lò Thị Mai", free=True)
    (text,) = pages(render([free], training=True))
    assert "TẬP HUẤN" in text and "BẢNG TỰ THEO DÕI" in text and "CÁCH LY TẠI NHÀ" not in text
