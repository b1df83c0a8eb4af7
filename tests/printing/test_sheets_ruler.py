"""The sheets without a number under a ruler: 10 mm free all around, no letter below 8 points, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pypdfium2
import pytest

from covidstation.domain.care import Round
from covidstation.domain.sheets import HalfDay, PatientSheet, RoundSheet, RoundSheetGroup, RoundSheetLine
from covidstation.paths import resources
from covidstation.printing import handouts, lists, sheets_contact, sheets_medicines, sheets_patient, sheets_round
from covidstation.services.papers.sheets import _forms
from tests.printing.ruler import MM, page_count, rules, text_lines

LONG = "Nguyễn Thị Hoàng Phương Thảo Nguyên Khánh Linh Trang Nhung Quỳnh Hương Giang Diễm Thuý Ngọc Ánh Tuyết"
MARK = "Lý <b>A</b> & 'Sính' {name}"
PLACE = "Số 15 đường Hoàng Hoa Thám, tổ 4 bản Nậm Ngá, xã Nậm Tăm, huyện Sìn Hồ, tỉnh Lai Châu, gần trường tiểu học"
START = date(2022, 3, 8)
NAMES = ("Giàng A Páo", LONG, MARK, "")


def patient(name: str, days: int = 14, said: str = "Có") -> bytes:
    form = _forms(resources())[0]
    cells = {row.key: said for row in form.rows if row.codes}
    cells |= dict.fromkeys(("pulse", "breaths"), "118") | {"temperature": "38,5", "other": "mất vị giác, nghẹt mũi"}
    columns = tuple(
        HalfDay(day=START + timedelta(days=at), number=at + 1, round=half, cells=cells if at % 2 else {})
        for at in range(days)
        for half in (Round.MORNING, Round.AFTERNOON)
    )
    return sheets_patient.render(
        PatientSheet(
            form=form, station="Trạm Y tế xã Nậm Tăm", parent="Trung tâm Y tế huyện Sìn Hồ", station_phone="",
            name=name, birth="03/02/1955", sex="nam", address=PLACE if name == LONG else "", phone="",
            conditions="tăng huyết áp, đái tháo đường, suy tim, bệnh thận mạn tính, hen" if name == LONG else "",
            columns=columns,
        )
    )  # fmt: skip


def round_sheet(name: str, count: int = 40) -> bytes:
    line = RoundSheetLine(
        name=name, age="67", phone="0912 000 111", house=f"Nhà {name}", day_number=3, last="37,2 · 97 · 84 · 18",
        last_at="07:10 09/03", danger=True, cells=("07:30", "37,2", "97", "84", "18", "135/85", "ho, mệt, mất vị giác"),
    )  # fmt: skip
    groups = tuple(RoundSheetGroup(title=title, lines=(line,) * count) for title in ("Bản Nậm Ngá", ""))
    return sheets_round.render(RoundSheet(station="Trạm", parent="", day=START, round=Round.MORNING, groups=groups))


def slip(name: str, count: int = 3) -> bytes:
    one = sheets_medicines.MedicineLine(name="Paracetamol 500 mg", quantity="10 viên", dose="Uống 1 viên khi sốt. " * 3)
    return sheets_medicines.render(
        sheets_medicines.MedicineSlip(
            station="Trạm Y tế xã Nậm Tăm", parent="", name=name, who="67 tuổi", address=PLACE, package="Gói A",
            given_at=datetime(2022, 3, 10, 8, 30), lines=(one,) * count, call="Gọi ngay 0213 3870 115.", giver=name,
        )
    )  # fmt: skip


def contact(name: str, days: int = 14) -> bytes:
    held = tuple((at + 1, START + timedelta(days=at)) for at in range(days))
    sheet = sheets_contact.ContactSheet(name=name, address=PLACE, source=name, watcher=name, days=held, station="Trạm")
    return sheets_contact.render([sheet])


def listed(name: str, across: bool = False) -> bytes:
    heads = ("STT", "Họ và tên", "Bản", "Ký nhận")
    return lists.render_list(
        lists.PrintedList(
            upper="Trung tâm Y tế huyện Sìn Hồ", station="Trạm Y tế xã Nậm Tăm", title="DANH SÁCH", second=name,
            columns=tuple(lists.ListColumn(head, share) for head, share in zip(heads, (1, 5, 4, 3), strict=True)),
            rows=tuple((f"{at}", name, "bản Nậm Ngá", "") for at in range(60)), across=across, row_height=28,
            signs=("Người lập", "Trưởng trạm"),
        )
    )  # fmt: skip


def leaflet(name: str, large: bool = False, signs: int = 14) -> bytes:
    view = handouts.LeafletView(
        heading="DẤU HIỆU NGUY HIỂM", lead="Gọi ngay khi có một trong các dấu hiệu:", name=name, source="261/QĐ-BYT",
        signs=("Nhịp thở từ 40 lần/phút trở lên (từ 1 tuổi đến dưới 5 tuổi)",) * signs, call="Gọi",
        phone="0213 3870 115", station="Trạm Y tế xã Nậm Tăm", emergency="Cấp cứu: 115", advice_heading="Hằng ngày",
        advice=("Đo nhiệt độ và SpO2 sáng, chiều, ghi vào phiếu.",) * 6,
    )  # fmt: skip
    return handouts.render_leaflet(view, large=large)


def commitment(name: str) -> bytes:
    view = handouts.CommitmentView(
        heading="BẢN CAM KẾT", subject="Thực hiện cách ly y tế tại nhà", address="Kính gửi: UBND xã Nậm Tăm",
        person=(f"Tôi tên là: {name}", f"Nơi ở: {PLACE}"), promise="Tôi cam kết:",
        lines=("Không ra khỏi nơi cách ly, không tiếp xúc với người khác trong nhà và ngoài nhà.",) * 8,
        place_date="Nậm Tăm, ngày 10 tháng 3 năm 2022", confirming=("XÁC NHẬN CỦA", "TRẠM Y TẾ"), confirmer=name,
        promising=("NGƯỜI CAM KẾT",), name=name,
    )  # fmt: skip
    return handouts.render_commitment(view)


SHEETS: list[Callable[[str], bytes]] = [
    patient, round_sheet, slip, contact, listed, leaflet, commitment,
    lambda name: patient(name, 31, "Không"), lambda name: slip(name, 30), lambda name: contact(name, 31),
    lambda name: listed(name, across=True), lambda name: leaflet(name, large=True),
    lambda name: leaflet(name, signs=24),
]  # fmt: skip
COMMITMENT = SHEETS.index(commitment)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sheet", range(len(SHEETS)))
def test_ten_millimetres_are_free_and_letters_can_be_read(sheet, name):
    pdf = SHEETS[sheet](name)
    document = pypdfium2.PdfDocument(pdf)
    for page in range(page_count(pdf)):
        wide, high = (side / MM for side in document[page].get_size())
        for line in text_lines(pdf, page):
            assert min(line.sizes) >= 8 - 0.01, line
            if sheet == COMMITMENT and page and line.text == str(page + 1):
                continue  # Nghị định 30/2020/NĐ-CP puts it into the margin
            top = line.baseline - 0.7 * max(line.sizes) / MM
            assert line.left >= 10 and line.right <= wide - 10, line
            assert top >= 10 and line.baseline <= high - 10, line
        for rule in rules(pdf, page):
            assert rule.left >= 9.9 and rule.right <= wide - 9.9, rule
            assert rule.top >= 9.9 and rule.bottom <= high - 9.9, rule
    document.close()


@pytest.mark.parametrize("sheet", range(len(SHEETS)))
def test_a_name_is_text_and_none_of_it_is_lost(sheet):
    for name in (LONG, MARK):
        pdf = SHEETS[sheet](name)
        said = " ".join(line.text for page in range(page_count(pdf)) for line in text_lines(pdf, page))
        assert all(word in said for word in name.split())


def test_fourteen_days_are_one_page_whoever_it_is():
    """The sheet of QĐ 261/QĐ-BYT is one page of fourteen days."""
    assert [page_count(patient(name)) for name in NAMES] == [1, 1, 1, 1]
    assert page_count(patient("Giàng A Páo", 28)) == 2


def test_other_symptoms_stand_whole_under_the_table():
    text = " ".join(line.text for line in text_lines(patient("Giàng A Páo"), 0))
    assert "(1) sáng 09/03: mất vị giác, nghẹt mũi." in text


def test_further_pages_are_as_full_as_the_first():
    pdf = round_sheet("Giàng A Páo", 40)
    last = [max(line.baseline for line in text_lines(pdf, page)[:-1]) for page in range(page_count(pdf) - 1)]
    assert all(bottom > 175 for bottom in last)


def test_nobody_signs_a_page_without_a_medicine():
    for count in range(8, 30):
        pdf = slip("Giàng A Páo", count)
        text = " ".join(line.text for line in text_lines(pdf, page_count(pdf) - 1))
        assert "Người nhận thuốc" in text and "Paracetamol" in text


def test_the_same_sheet_gives_the_same_bytes():
    assert all(make("Giàng A Páo") == make("Giàng A Páo") for make in SHEETS)
