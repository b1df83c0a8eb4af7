"""Nghị định 30/2020/NĐ-CP, Phụ lục I, with a ruler: element by element of its table."""

from dataclasses import replace
from datetime import date

import pytest

from covidstation.domain.packs import PackEdit, PaperKind, pack_on, with_edits
from covidstation.domain.papers import build_view, with_number
from covidstation.printing.papers import render
from tests.printing.ruler import page_count, rules, text_lines
from tests.printing.samples import HOUSEHOLD, NEW_DAY, OLD_DAY, PACKS, facts, view

KINDS = [
    (PaperKind.ISOLATION_ORDER, OLD_DAY),
    (PaperKind.ISOLATION_END, OLD_DAY),
    (PaperKind.ISOLATION_ORDER, NEW_DAY),
    (PaperKind.ISOLATION_COMPLETION, NEW_DAY),
]
LEFT, RIGHT = 30.0, 194.0


def all_lines(pdf):
    return [line for page in range(page_count(pdf)) for line in text_lines(pdf, page)]


def line_with(pdf, text):
    return next(line for line in all_lines(pdf) if text in line.text)


@pytest.fixture(scope="module")
def order():
    return render(view())


@pytest.mark.parametrize("people", [HOUSEHOLD[:1], HOUSEHOLD])
@pytest.mark.parametrize(("kind", "day"), KINDS)
def test_a4_and_margins(kind, day, people):
    pdf = render(view(kind, day, people))
    for page in range(page_count(pdf)):
        for line in text_lines(pdf, page):
            if page and line.text == str(page + 1):
                continue  # the page number stands in the margin
            assert line.left >= LEFT - 0.1, line
            assert line.right <= 195, line  # 15 mm are free, though an italic letter leans out of its width
            assert 20 <= line.baseline <= 297 - 20, line


def test_nation_and_motto(order):
    nation, motto = line_with(order, "CỘNG HÒA"), line_with(order, "Độc lập")
    assert nation.text == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert (nation.fonts, nation.sizes) == (("Bold",), {12.0})
    assert motto.text == "Độc lập - Tự do - Hạnh phúc"
    assert (motto.fonts, motto.sizes) == (("Bold",), {13.0})
    assert nation.width == pytest.approx(88.3, abs=0.3)
    assert motto.centre == pytest.approx(nation.centre, abs=0.2)


def rule_below(pdf, line, within=3.0):
    """The first rule under a line."""
    found = [
        rule for rule in rules(pdf) if 0 < rule.top - line.baseline < within and rule.left < line.centre < rule.right
    ]
    assert len(found) == 1, found
    return found[0]


def test_the_rule_under_the_motto_is_as_long_as_the_motto(order):
    motto = line_with(order, "Độc lập")
    rule = rule_below(order, motto)
    assert rule.width == pytest.approx(motto.width, abs=0.6)
    assert (rule.left + rule.right) / 2 == pytest.approx(motto.centre, abs=0.3)


@pytest.mark.parametrize("text", ["XÃ NẬM TĂM", "đối với ông Giàng A Páo"])
def test_the_rule_under_issuer_and_subject_is_a_third_to_a_half(order, text):
    line = next(line for line in text_lines(order) if line.text == text)
    rule = rule_below(order, line)
    assert line.width / 3 <= rule.width <= line.width / 2
    assert (rule.left + rule.right) / 2 == pytest.approx(line.centre, abs=0.3)


def test_number_and_date_stand_on_one_line_under_their_cells(order):
    number, day = line_with(order, "Số:"), line_with(order, "Nậm Tăm, ngày")
    assert number.text == "Số: 05/QĐ-UBND"
    assert (number.fonts, number.sizes) == (("Regular",), {13.0})
    assert day.text == "Nậm Tăm, ngày 10 tháng 3 năm 2022"
    assert (day.fonts, day.sizes) == (("Italic",), {13.0})
    assert number.baseline == pytest.approx(day.baseline, abs=0.1)
    assert number.centre == pytest.approx(line_with(order, "ỦY BAN NHÂN DÂN").centre, abs=0.2)
    assert day.centre == pytest.approx(line_with(order, "Độc lập").centre, abs=0.2)


def test_issuer_is_bold_and_its_parent_is_not():
    pdf = render(view(PaperKind.ISOLATION_COMPLETION, NEW_DAY))
    parent, issuer = line_with(pdf, "ỦY BAN NHÂN DÂN"), line_with(pdf, "TRẠM Y TẾ XÃ NẬM TĂM")
    assert (parent.fonts, parent.sizes) == (("Regular",), {12.0})
    assert (issuer.fonts, issuer.sizes) == (("Bold",), {12.0})


@pytest.mark.parametrize("text", ["QUYẾT ĐỊNH", "Về việc áp dụng", "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ", "QUYẾT ĐỊNH:"])
def test_title_lines_are_bold_and_centred(order, text):
    line = next(line for line in text_lines(order) if line.text.startswith(text))
    assert line.fonts == ("Bold",)
    assert line.sizes <= {13.0, 14.0}
    assert line.centre == pytest.approx((LEFT + RIGHT) / 2, abs=0.2)


def test_legal_bases_are_italic_and_end_as_they_must(order):
    lines = text_lines(order)
    start = next(at for at, line in enumerate(lines) if line.text.startswith("Căn cứ"))
    end = next(at for at, line in enumerate(lines) if line.text == "QUYẾT ĐỊNH:")
    assert all(line.fonts == ("Italic",) for line in lines[start:end])
    first_lines = [line for line in lines[start:end] if line.text.startswith(("Căn cứ", "Theo đề nghị"))]
    assert all(line.left == pytest.approx(LEFT + 12.7, abs=0.2) for line in first_lines)
    bases = view().legal_bases
    assert all(base.endswith(";") for base in bases[:-1])
    assert bases[-1] == "Theo đề nghị của Trưởng Trạm Y tế xã Nậm Tăm."


def test_articles_justified_with_a_bold_heading(order):
    lines = all_lines(order)
    at = next(at for at, line in enumerate(lines) if line.text.startswith("Điều 1."))
    assert lines[at].fonts == ("Bold", "Regular")
    assert lines[at].left == pytest.approx(LEFT + 12.7, abs=0.2)
    assert lines[at].right == pytest.approx(RIGHT, abs=0.3)
    assert lines[at + 1].left == pytest.approx(LEFT, abs=0.2)
    assert lines[at].sizes <= {13.0, 14.0}
    single = 1.15 * max(lines[at].sizes) * 25.4 / 72
    assert lines[at + 1].baseline - lines[at].baseline == pytest.approx(single, abs=0.1)


def test_six_points_between_paragraphs(order):
    lines = text_lines(order)
    first, second = (
        next(line for line in lines if line.text.startswith(f"Căn cứ Luật {name}")) for name in ("Tổ", "Phòng")
    )
    free = (second.baseline - first.baseline) * 72 / 25.4 - 1.15 * max(first.sizes)
    assert free == pytest.approx(6, abs=0.3)


def test_end_mark_recipients_and_signature(order):
    lines = all_lines(order)
    assert any(line.text.endswith("./.") for line in lines)
    heading, title = line_with(order, "Nơi nhận:"), next(line for line in lines if line.text == "CHỦ TỊCH")
    assert (heading.fonts, heading.sizes) == (("BoldItalic",), {12.0})
    assert heading.left == pytest.approx(LEFT, abs=0.1)
    # "Trên cùng một hàng chữ": 12 and 14 pt from one top differ by less than a millimetre at the baseline.
    assert heading.baseline == pytest.approx(title.baseline, abs=0.8)
    entries = [line for line in lines if line.text.startswith("- ")]
    assert all((line.fonts, line.sizes) == (("Regular",), {11.0}) for line in entries)
    assert entries[-1].text == "- Lưu: VT, TYT."
    name = line_with(order, "Lò Văn Thương")
    assert (title.fonts, name.fonts) == (("Bold",), ("Bold",))
    assert title.centre == pytest.approx((30 + 82 + 194) / 2, abs=0.3)
    assert name.centre == pytest.approx(title.centre, abs=0.2)
    assert name.baseline - title.baseline > 25


def test_page_number_from_the_second_page_in_the_top_margin():
    pdf = render(view(people=HOUSEHOLD))
    assert page_count(pdf) >= 2
    assert text_lines(pdf, 0)[0].baseline > 20
    number = text_lines(pdf, 1)[0]
    assert (number.text, number.fonts, number.sizes) == ("2", ("Regular",), {13.0})
    assert 5 < number.baseline < 20
    assert number.centre == pytest.approx((LEFT + RIGHT) / 2, abs=0.2)


def test_a_deputy_signs_for_the_chairman():
    lines = all_lines(render(view(by_deputy=True)))
    first = next(line for line in lines if line.text == "KT. CHỦ TỊCH")
    second = next(line for line in lines if line.text == "PHÓ CHỦ TỊCH")
    assert second.baseline > first.baseline
    assert second.centre == pytest.approx(first.centre, abs=0.2)


def test_a_long_steering_committee_wraps_within_its_cell():
    edits = {
        "isolation_order.issuer.committee": PackEdit("UBND {COMMUNE}\nBAN CHỈ ĐẠO PHÒNG, CHỐNG DỊCH COVID-19"),
        "isolation_order.symbol.symbol": PackEdit("QĐ-BCĐ"),
        "isolation_order.signer.chairman": PackEdit("TM. BAN CHỈ ĐẠO\nTRƯỞNG BAN"),
    }
    pack = with_edits(pack_on(PACKS, OLD_DAY), edits)
    pdf = render(with_number(build_view(pack, PaperKind.ISOLATION_ORDER, facts()), 78))
    lines = text_lines(pdf)
    head = [line for line in lines if line.baseline < line_with(pdf, "Số: 78/QĐ-BCĐ").baseline and line.left < 100]
    assert [line.text for line in head] == ["UBND XÃ NẬM TĂM", "BAN CHỈ ĐẠO PHÒNG,", "CHỐNG DỊCH COVID-19"]
    assert all(line.right <= LEFT + 69.2 for line in head)
    assert line_with(pdf, "TM. BAN CHỈ ĐẠO")


@pytest.mark.parametrize("commune", ["phường Tân Phong", "xã Nậm Tăm", "đặc khu " + "Rất Dài " * 6])
def test_headers_never_overlap(commune):
    pdf = render(view(PaperKind.ISOLATION_COMPLETION, NEW_DAY, commune=commune, station=f"Trạm Y tế {commune}"))
    top = [line for line in text_lines(pdf) if line.baseline < line_with(pdf, "Số:").baseline]
    assert all(line.right <= LEFT + 69.2 or line.left >= LEFT + 73 for line in top)


@pytest.mark.parametrize("people", [1, 2, 3, 4, 5, 9, 14, 20])
@pytest.mark.parametrize("day", [OLD_DAY, NEW_DAY])
def test_the_signature_never_stands_alone_on_a_page(day, people):
    pdf = render(view(day=day, people=(HOUSEHOLD * 4)[:people]))
    last = text_lines(pdf, page_count(pdf) - 1)
    heading = next(at for at, line in enumerate(last) if line.text == "Nơi nhận:")
    body = [line for line in last[:heading] if line.text != str(page_count(pdf))]
    assert len(body) >= 2 or body[0].text.endswith("./.")


def test_leading_zero_only_for_days_below_ten_and_months_one_and_two():
    texts = {
        day: line_with(render(view(day=day)), "Nậm Tăm, ngày").text for day in (date(2022, 1, 5), date(2022, 9, 15))
    }
    assert texts[date(2022, 1, 5)] == "Nậm Tăm, ngày 05 tháng 01 năm 2022"
    assert texts[date(2022, 9, 15)] == "Nậm Tăm, ngày 15 tháng 9 năm 2022"


def test_a_number_that_is_not_taken_leaves_its_place():
    pdf = render(replace(view(), number=None))
    assert line_with(pdf, "/QĐ-UBND").text == "Số: ......../QĐ-UBND"
