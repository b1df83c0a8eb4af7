"""What a paper says, whatever was typed; that it is always the same bytes; its marks and its QR."""

import hashlib
import io
import json
import os
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.domain.packs import PaperKind
from covidstation.domain.papers import PaperView
from covidstation.domain.wording import BLANK
from covidstation.printing.fonts import COMMON, printable
from covidstation.printing.papers import qr_payload, render
from covidstation.printing.recovery import render_recovery
from covidstation.printing.typeset import DOTS
from tests.printing.ruler import page_count, rules, text_lines
from tests.printing.samples import HOUSEHOLD, NEW_DAY, PAO, view


def squeezed(text):
    return "".join(text.split())


def text_of(pdf):
    """What pypdf reads, without the spaces and breaks of the layout and without page numbers."""
    pages = [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return pages[0] + "".join(text.removeprefix(str(number)) for number, text in enumerate(pages[1:], start=2))


def words_of(view):
    texts = [
        *view.parent, *view.issuer, *view.subject, *view.legal_bases, *view.recipients, *view.signer_titles,
        view.title, view.authority, view.decides, view.signer,
    ]  # fmt: skip
    return texts + [part for block in view.body for part in (block.heading, block.text, block.second)]


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (PaperKind.ISOLATION_ORDER, date(2022, 3, 10)),
        (PaperKind.ISOLATION_END, date(2022, 3, 10)),
        (PaperKind.ISOLATION_ORDER, NEW_DAY),
        (PaperKind.ISOLATION_COMPLETION, NEW_DAY),
        (PaperKind.CONTACT_ORDER, date(2022, 3, 10)),
        (PaperKind.CONTACT_RELEASE, date(2022, 3, 10)),
        (PaperKind.COMPLETION_CERTIFICATE, date(2022, 3, 10)),
        (PaperKind.CONTACT_ORDER, NEW_DAY),
        (PaperKind.CONTACT_RELEASE, NEW_DAY),
    ],
)
@pytest.mark.parametrize("people", [HOUSEHOLD[:1], HOUSEHOLD])
def test_every_word_can_be_read_back_as_nfc_vietnamese(kind, day, people):
    made = view(kind, day, people)
    found = text_of(render(made))
    assert unicodedata.is_normalized("NFC", found)
    for words in words_of(made):
        assert squeezed(words.replace(BLANK, DOTS)) in found


@pytest.mark.parametrize(
    "name",
    [
        "Lý <b>A</b> & <img src='s.png'/> Thào", "a<b", "<para>", "&amp; &#65;", "{isolation_place} [x] {name}",
        "[[[1]]]", r"\(\) (a", "Ghềnh|Vách", "Aö Łódź Ελένη Ольга", "%s %(x)s {0}",
    ],
)  # fmt: skip
def test_names_print_as_they_are(name):
    assert squeezed(name) in text_of(render(view(people=(replace(PAO, name=name),))))


def test_no_file_but_the_fonts_is_opened_and_no_socket():
    # In a process of its own: an audit hook cannot be taken off again.
    code = """
import sys
from dataclasses import replace
from tests.printing.samples import PAO, view
from covidstation.printing.papers import render
render(view())
seen = []
doors = ("open", "socket", "os.", "subprocess", "urllib")
sys.addaudithook(lambda event, args: event.startswith(doors) and seen.append((event, args)))
for name in ("<img src='s.png'/>", "<img src='http://example.org/a.png'/>", "file:///etc/passwd"):
    render(replace(view(people=(replace(PAO, name=name),)), training=True))
print(seen)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=50,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_name_of_ten_thousand_letters_is_cut_into_lines():
    made = view(people=(replace(PAO, name="ẵ" * 10_000),))
    pdf = render(made)
    assert text_of(pdf).count("ẵ") >= 10_000
    assert all(line.right < 196 for page in range(page_count(pdf)) for line in text_lines(pdf, page))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_text_prints(name, address, signer):
    made = view(people=(replace(PAO, name=name, address=address),), signer=signer)
    assert PaperView.from_json(made.to_json()) == made
    assert page_count(render(made)) >= 1


def test_letters_that_the_font_lacks_are_boxed():
    assert printable(COMMON) == COMMON
    assert printable("A😀B漢") == "A□B□"


def test_the_same_view_gives_the_same_bytes_in_another_process():
    made = view(people=HOUSEHOLD)
    code = (
        "import hashlib\nfrom tests.printing.samples import HOUSEHOLD, view\n"
        "from covidstation.printing.papers import render\n"
        "print(hashlib.sha256(render(view(people=HOUSEHOLD))).hexdigest())"
    )
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=50, env=environment
    )
    assert done.stdout.strip() == hashlib.sha256(render(made)).hexdigest(), done.stderr


def test_the_file_is_small_in_a_standing_version_with_its_language_and_no_path():
    pdf = render(view(people=HOUSEHOLD))
    assert len(pdf) <= 200_000
    assert pdf.startswith(b"%PDF-1.7")
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.trailer["/Root"]["/Lang"] == "vi-VN"
    assert reader.metadata.title == "QUYẾT ĐỊNH 05/QĐ-UBND"
    assert b"/resources" not in pdf
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def picture(pdf, page=0, scale=300 / 72):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=scale).to_pil()
    finally:
        document.close()


def test_the_qr_at_the_foot_names_the_paper_and_its_content():
    made = view()
    pdf = render(made)
    (found,) = zxingcpp.read_barcodes(picture(pdf))
    assert found.text == qr_payload(made)
    parts = found.text.split("|")
    assert parts[:4] == ["CSP1", "isolation_order", "05/QĐ-UBND", "2022-03-10"]
    assert parts[4] == made.content_hash[:32]
    assert "Páo" not in found.text
    square = max(rules(pdf), key=lambda rule: rule.bottom)
    assert square.width == pytest.approx(13, abs=0.2)
    assert square.top >= 297 - 20 + 1.5  # in the bottom margin, below the text
    assert 297 - square.bottom >= 4.9  # within reach of a laser printer, whose edge is 4.3 mm


def test_without_a_number_there_is_no_qr():
    assert not zxingcpp.read_barcodes(picture(render(view(number=None))))
    assert not zxingcpp.read_barcodes(picture(render(view(), preview=True)))


def grounds(pdf):
    return [rule for page in range(page_count(pdf)) for rule in rules(pdf, page) if rule.bottom - rule.top > 3]


def test_a_preview_marks_what_is_missing_and_print_does_not():
    made = view(number=None, isolation_from_time=None, signer="")
    assert len(grounds(render(made, preview=True))) == 3  # the number, the hour, the signer
    assert not grounds(render(made))
    assert not grounds(render(replace(view(), training=True), preview=True))


def test_training_papers_say_so_on_every_page():
    pdf = render(view(people=HOUSEHOLD, training=True))
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) > 1
    for page in pages:
        assert "TẬPHUẤN" in squeezed(page.extract_text())
    assert "TẬPHUẤN" not in text_of(render(view(people=HOUSEHOLD)))


def test_a_view_is_kept_as_canonical_json():
    made = view(PaperKind.ISOLATION_COMPLETION, NEW_DAY, HOUSEHOLD)
    text = made.to_json()
    assert json.loads(text) == json.loads(PaperView.from_json(text).to_json())
    assert PaperView.from_json(text) == made
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert made.content_hash != replace(made, number=6).content_hash


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"format":2}',
        '{"format":1,"kind":"isolation_order"}',
        '{"format":1,"body":[1]}',
        "[" * 3000,
    ],
)
def test_other_json_is_no_view(text):
    with pytest.raises(ValueError):
        PaperView.from_json(text)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_field_is_refused_or_still_a_view(data):
    fields = json.loads(view().to_json())
    name = data.draw(st.sampled_from(sorted(fields)))
    fields[name] = data.draw(st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()))
    try:
        found = PaperView.from_json(json.dumps(fields))
    except ValueError:
        return
    assert PaperView.from_json(found.to_json()) == found


def test_the_recovery_sheet_shows_each_group_on_one_page():
    groups = ["7KQ2M", "X4D9P", "B8WCT", "JH3RN", "5YFVG", "ZE6LA", "Q9T2K", "M4PXD"]
    pdf = render_recovery(station="Trạm Y tế xã Nậm Tăm", groups=groups, made_on=date(2026, 7, 1))
    found = text_of(pdf)
    assert page_count(pdf) == 1
    assert all(group in found for group in groups)
    assert squeezed("Trạm Y tế xã Nậm Tăm") in found
    assert "01/07/2026" in found
