"""Binding PDFs: every page is there in order and reads the same, a shared font is kept once, the bytes never change."""

import io

import pypdf
import pypdfium2
import pytest

from covidstation.printing.binder import bind
from covidstation.printing.lists import ListColumn, PrintedList, render_list


def made(title, rows=3, across=False):
    return render_list(
        PrintedList(
            upper="Trung tâm Y tế Sìn Hồ",
            station="Trạm Y tế xã Nậm Tăm",
            title=title,
            second="endobj 1 0 R (stream)",
            columns=(ListColumn("Họ và tên", 3), ListColumn("Số", 1)),
            rows=tuple((f"Giàng A <b>Páo {at} endstream 7 0 R", f"{at}") for at in range(rows)),
            across=across,
        )
    )


def texts(pdf):
    document = pypdfium2.PdfDocument(pdf)
    found = [(page.get_size(), page.get_textpage().get_text_bounded()) for page in document]
    document.close()
    return found


def test_all_pages_in_order_read_the_same():
    parts = [made("DANH SÁCH MỘT", 80), made("DANH SÁCH HAI", across=True), made("DANH SÁCH BA")]
    bound = bind(parts)
    assert texts(bound) == [page for part in parts for page in texts(part)]
    assert len(texts(bound)) > 4


def test_another_reader_finds_no_fault():
    reader = pypdf.PdfReader(io.BytesIO(bind([made("MỘT"), made("HAI", 60)])), strict=True)
    assert "MỘT" in reader.pages[0].extract_text()
    assert len(reader.pages) == len(texts(made("MỘT"))) + len(texts(made("HAI", 60)))


def test_what_is_shared_is_kept_once_and_nothing_is_left_to_chance():
    parts = [made("MỘT"), made("HAI"), made("BA")]
    bound = bind(parts)
    assert len(bound) < 0.6 * sum(map(len, parts))
    assert bound == bind(parts)
    again = bind([bound, made("BỐN")])
    assert texts(again) == [*texts(bound), *texts(made("BỐN"))], "what was bound can be bound again"


def test_pages_stay_as_they_are_drawn():
    part = made("MỘT", across=True)
    document, again = pypdfium2.PdfDocument(part), pypdfium2.PdfDocument(bind([made("HAI"), part]))
    one, two = document[0].render(scale=1), again[1].render(scale=1)
    assert bytes(one.buffer) == bytes(two.buffer)
    document.close()
    again.close()


@pytest.mark.parametrize("pdfs", [[], [b""], [b"%PDF-1.4 nonsense"]])
def test_what_is_not_ours_is_refused(pdfs):
    with pytest.raises(ValueError):
        bind(pdfs)
