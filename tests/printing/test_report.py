"""The daily report on paper: the same bytes each time, hostile names as text, the table within its margins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pypdf

from covidstation.printing import nd30
from covidstation.printing.report import CELLS, ReportLine, ReportView, render_report

VIEW = ReportView(
    parent="ỦY BAN NHÂN DÂN XÃ NẬM TĂM",
    issuer="TRẠM Y TẾ XÃ NẬM TĂM",
    symbol="BC-TYT",
    place="Nậm Tăm",
    made_on=date(2026, 7, 16),
    title="BÁO CÁO",
    subject=("Công tác phòng, chống dịch COVID-19 ngày 16 tháng 7 năm 2026", "Không có ca mới"),
    lines=(
        ReportLine("1", "F0 mới", "0", "64", bold=True),
        ReportLine("", "ở bản <b>Nậm Ngá</b>", "0", "17", indent=1),
    ),
    paragraphs=(("Khó khăn, vướng mắc:", "Thiếu test nhanh; <i>xin thêm</i> 200 test."),),
    recipients=("Trung tâm Kiểm soát bệnh tật tỉnh Lai Châu;", "Lưu: VT."),
    signer_title="GIÁM ĐỐC",
    signer="Lò Thị Mai",
)


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


def test_the_same_view_gives_the_same_bytes():
    assert render_report(VIEW) == render_report(VIEW)


def test_everything_stands_on_it_as_it_is():
    text = " ".join(words(render_report(VIEW)).split())
    for said in ("BÁO CÁO", "Không có ca mới", "<b>Nậm Ngá</b>", "<i>xin thêm</i>", "/BC-TYT", "GIÁM ĐỐC", "Lũy kế"):
        assert said in text, said
    assert "ngày 16 tháng 7 năm 2026" in text
    assert "TẬP HUẤN" not in text
    assert "TẬP HUẤN" in words(render_report(replace(VIEW, training=True)))


def test_the_table_is_as_wide_as_the_text():
    assert abs(sum(CELLS) - nd30.WIDTH) < 0.01


def test_a_long_report_goes_on_to_the_next_page_with_its_signature():
    lines = tuple(ReportLine(f"{number}", f"Thôn {number} " + "rất dài " * 12, "1", "2") for number in range(80))
    pages = pypdf.PdfReader(BytesIO(render_report(replace(VIEW, lines=lines)))).pages
    assert len(pages) > 2
    assert "Lò Thị Mai" in pages[-1].extract_text()
    assert "Thôn 79" in "".join(page.extract_text() for page in pages)
