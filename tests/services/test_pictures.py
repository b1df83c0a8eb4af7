"""A card's QR from a picture: found, and everything else refused with its own sentence."""

from pathlib import Path

import pytest
import segno
from PIL import Image, ImageChops, ImageFilter, ImageOps
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from covidstation.domain.scan import read_scan
from covidstation.errors import UserError
from covidstation.services.pictures import read_picture
from tests.dcc_signing import certificate, content, issuer, vaccination

CARD = "012085000001||Lò Văn Thử|05021985|Nam|Bản Mẫu, Xã Ví Dụ, Sìn Hồ, Lai Châu|10052021"
OTHER = "012190000002||Chẻo Lở Mẩy|01011990|Nữ|Bản Mẫu, Xã Ví Dụ, Lai Châu|01082024||||"


def picture_of(path: Path, *texts: str, scale: int = 6) -> Path:
    codes = []
    for number, text in enumerate(texts):
        part = path.with_name(f"part{number}.png")
        segno.make(text, error="m").save(str(part), scale=scale, border=4)
        codes.append(Image.open(part).convert("L"))
    sheet = Image.new("L", (sum(code.width for code in codes) + 80, max(code.height for code in codes) + 400), 200)
    left = 40
    for code in codes:
        sheet.paste(code, (left, 200))
        left += code.width
    sheet.save(path)
    return path


@pytest.mark.parametrize("name", ["the.png", "the.jpg", "the.bmp"])
@pytest.mark.parametrize("text", [CARD, OTHER])
def test_the_card_in_a_picture_is_read(tmp_path, name, text):
    found = read_picture(picture_of(tmp_path / name, text))
    assert found == text
    assert read_scan(found).person.full_name == text.split("|")[2]


def test_a_turned_picture_is_read(tmp_path):
    path = picture_of(tmp_path / "the.png", CARD)
    Image.open(path).rotate(90, expand=True).save(path)
    assert read_picture(path) == CARD


def pdf_of(path: Path, *texts: str, of_pixels: bool = False) -> Path:
    """A4 pages with a code of 5 cm each: drawn, or as a scanner makes them; nothing on the first page."""
    sheet = canvas.Canvas(str(path), pagesize=A4)
    sheet.drawString(60, 700, "Giấy chứng nhận tiêm chủng".encode("ascii", "replace").decode())
    sheet.showPage()
    for number, text in enumerate(texts):
        part = path.with_name(f"page{number}.png")
        segno.make(text, error="q", boost_error=False).save(str(part), scale=8 if not of_pixels else 3, border=4)
        sheet.drawImage(str(part), 330, 560, 142, 142)
        sheet.showPage()
    sheet.save()
    return path


CERTIFICATE = certificate(issuer("rsa"), content(*(vaccination(dn=n, ci=f"URN:UVCI:01:VN:{n}") for n in (1, 2))))


@pytest.mark.parametrize("of_pixels", [False, True])
def test_a_certificate_on_a_page_of_a_pdf_is_read(tmp_path, of_pixels):
    assert len(CERTIFICATE) > 600
    assert read_picture(pdf_of(tmp_path / "giay.pdf", CERTIFICATE, of_pixels=of_pixels)) == CERTIFICATE
    with pytest.raises(UserError) as refused:
        read_picture(pdf_of(tmp_path / "hai.pdf", CERTIFICATE, CARD))
    assert refused.value.code == "picture.several"


def _turned(code):
    return code.rotate(17, expand=True, fillcolor=255)


def _faint(code):
    return code.point(lambda grey: 110 + grey // 5)


def _far(code):
    sheet = Image.new("L", (2400, 3200), 205)
    sheet.paste(code.resize((520, 520), Image.Resampling.LANCZOS), (900, 1300))
    return sheet.filter(ImageFilter.GaussianBlur(0.8))


def _shaded(code):
    return ImageChops.multiply(
        code, Image.linear_gradient("L").resize(code.size).point(lambda grey: 70 + grey * 7 // 10)
    )


def _aslant(code):
    width, height = code.size
    corners = (0, 0, 0, height, width * 1.04, height * 0.97, width * 0.95, height * 0.03)
    return code.transform(code.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=200)


@pytest.mark.parametrize("spoil", [_turned, _faint, _far, _shaded, _aslant, ImageOps.invert])
def test_a_certificate_in_a_poor_photograph_is_read(tmp_path, spoil):
    segno.make(CERTIFICATE, error="q", boost_error=False).save(str(tmp_path / "code.png"), scale=6, border=6)
    spoil(Image.open(tmp_path / "code.png").convert("L")).save(tmp_path / "photo.jpg", quality=60)
    assert read_picture(tmp_path / "photo.jpg") == CERTIFICATE


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(b"not a picture"), "picture.unreadable"),
        (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "picture.unreadable"),
        (lambda path: path.write_bytes(b"%PDF-1.7\n%broken"), "picture.unreadable"),
        (lambda path: pdf_of(path), "picture.no_code"),
        (lambda path: Image.new("L", (300, 300), 255).save(path), "picture.no_code"),
        (lambda path: picture_of(path, CARD, OTHER), "picture.several"),
        (lambda path: Image.new("1", (12_000, 12_000)).save(path), "picture.too_large"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(tmp_path, make, code):
    path = tmp_path / "the.png"
    make(path)
    with pytest.raises(UserError) as refused:
        read_picture(path)
    assert refused.value.code == code
