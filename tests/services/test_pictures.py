"""A card's QR from a picture: found, and everything else refused with its own sentence."""

from pathlib import Path

import pytest
import segno
from PIL import Image

from covidstation.domain.scan import read_scan
from covidstation.errors import UserError
from covidstation.services.pictures import read_picture

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


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(b"not a picture"), "picture.unreadable"),
        (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "picture.unreadable"),
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
