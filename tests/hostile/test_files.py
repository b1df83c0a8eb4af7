"""Small files beside the register that anybody can write, pictures of cards, and what is pasted into grids."""

from __future__ import annotations

import subprocess
import sys
import time
import zlib

import pytest
from PIL import Image

from covidstation.db import keys
from covidstation.domain.line_list import CELL_LIMIT, MOST_PASTED, MOST_ROWS, paste_rows
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.pictures import read_picture
from covidstation.services.preferences import FILE, Preferences, keep_preferences, read_preferences
from covidstation.services.station.founding import read_hamlets
from covidstation.services.station.setup import SETUP_DRAFT, keep_setup_draft, read_setup_draft
from tests.hostile.strings import NASTY

JSON = [
    b"", b"[" * 19_000, b'{"a":' * 3_000, b"NaN", b"null", b"[]", b"1e999", b"9" * 5000, b"\xff\xfe", b'"\\ud800"',
    b'{"language":[],"theme":{},"station":1,"format":1,"wraps":[1,null,{}]}', b'{"format":"x","wraps":{}}',
    b'{"format":2,"wraps":[{"kind":"user"}]}', b'{"station":"' + b"x" * 19_000 + b'"}', b'{"theme":"}*{color:red"}',
]  # fmt: skip


@pytest.mark.parametrize("data", JSON, ids=range(len(JSON)))
def test_a_file_that_somebody_wrote_is_the_default_or_a_sentence(tmp_path, data):
    for name in (FILE, SETUP_DRAFT, keys.FILE):
        (tmp_path / name).write_bytes(data)
    found = read_preferences(tmp_path)
    assert found.theme in ("system", "light", "dark") and len(found.station) <= 200
    assert all(isinstance(value, str) for value in read_setup_draft(tmp_path).values())
    with pytest.raises(UserError) as trouble:
        keys.read_keys(tmp_path)
    assert sentence(trouble.value)


def test_names_of_any_letters_survive_the_small_file(tmp_path):
    for text in NASTY.values():
        keep_preferences(tmp_path, Preferences(station=text[:200]))
        assert isinstance(read_preferences(tmp_path).station, str)
        keep_setup_draft(tmp_path, {"name": text})
        assert list(read_setup_draft(tmp_path)) == ["name"]


def png(width: int, height: int, rows: int) -> bytes:
    """A PNG that claims so many pixels, and holds so many rows of them."""

    def part(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    body = zlib.compress(bytes((width + 1) * rows), 9)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", body) + part(b"IEND", b"")


def pictures(folder):
    """Files by what is wrong with them."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    jpeg = folder / "good.jpg"
    Image.new("RGB", (400, 400), "white").save(jpeg, exif=_exif())
    whole = jpeg.read_bytes()
    return {
        "huge": png(30_000, 30_000, 10),
        "claims": png(60_000, 60_000, 0),
        "wide": png(2**31 - 1, 1, 0),
        "empty": png(0, 0, 0),
        "cut": whole[: len(whole) // 2],
        "turned": whole,
        "broken": bytes(byte ^ (0xFF if at % 97 == 0 and at > 300 else 0) for at, byte in enumerate(whole)),
        "svg": svg,
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(/etc/passwd) (r) file\n",
        "pdf": b"%PDF-1.4\n",
        "nothing": b"",
        "giant": b"\x89PNG\r\n\x1a\n" + bytes(31 << 20),
    }


def _exif():
    exif = Image.Exif()
    exif[0x0112] = 99  # an orientation that there is not
    exif[0x010E] = "<img src=x>" * 500
    return exif


def test_no_picture_breaks_the_reader(tmp_path):
    for name, data in pictures(tmp_path).items():
        path = tmp_path / f"{name}.png"
        path.write_bytes(data)
        with pytest.raises(UserError) as trouble:
            read_picture(path)
        assert trouble.value.code in ("picture.unreadable", "picture.too_large", "picture.no_code"), name
        assert sentence(trouble.value)


def test_a_picture_of_as_many_pixels_as_are_allowed_takes_little_memory(tmp_path):
    """7,700 × 7,700 of nothing, in a process of its own."""
    path = tmp_path / "most.png"
    path.write_bytes(png(7_700, 7_700, 7_700))
    script = (
        "import sys; from pathlib import Path; from covidstation.services.pictures import read_picture\n"
        "from covidstation.errors import UserError\n"
        "try: read_picture(Path(sys.argv[1]))\n"
        "except UserError as trouble: print(trouble.code)\n"
        "print(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')).split()[1])\n"
    )
    begun = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=120, check=True
    )
    code, peak = run.stdout.split()
    assert code == "picture.no_code"
    assert int(peak) >> 10 < 300
    assert time.perf_counter() - begun < 20


def test_what_is_pasted_into_the_grid_is_capped():
    cases = [
        "=1+1\t" * 50, "\t".join(NASTY.values()), "\n".join(NASTY.values()), "a\tb\n" * 50_000, "\0" * 100_000,
        "\t" * 100_000, "x" * (MOST_PASTED * 3), "\u0301" * 50_000,
        "Họ và tên\tNăm sinh\n" + "=a\t\ud800\n" * 10,
    ]  # fmt: skip
    for text in cases:
        begun = time.perf_counter()
        rows = paste_rows(text)
        assert time.perf_counter() - begun < 2
        assert len(rows) <= MOST_ROWS
        assert all(len(cell) <= CELL_LIMIT and "\0" not in cell for row in rows for cell in row.cells.values())


def test_hamlets_pasted_in_any_form():
    found = read_hamlets("\n".join([*NASTY.values(), "Bản Nậm Ngá", "  bản nậm ngá "]))
    assert "Bản Nậm Ngá" in found and len([one for one in found if one.casefold() == "bản nậm ngá"]) == 1
    assert all(one.isprintable() for one in found)
    begun = time.perf_counter()
    read_hamlets("Bản\n" * 100_000 + "x" * 1_000_000)
    assert time.perf_counter() - begun < 3
