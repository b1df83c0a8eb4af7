"""Spreadsheets that go out: ten thousand names, each of them text when Excel opens it, and nothing leads outside."""

from __future__ import annotations

import csv
import random
import re
import zipfile
from io import BytesIO, StringIO
from xml.etree import ElementTree

from covidstation.domain.text import clean, clean_block
from covidstation.printing.person_file import FileSection
from covidstation.services.privacy.person_file import _csv
from covidstation.services.tables import LONGEST, SheetTable, csv_bytes, xlsx_bytes
from tests.hostile.strings import NASTY

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STARTS = ["=", "+", "-", "@", "\t", "\r", "\0", "\n", "|", "%", '"', "'", "=-", "﹦", "＝", "＋", "－", "＠"]
WORDS = ["1+1", "cmd|'/C calc'!A0", 'HYPERLINK("http://example.invalid")', "SUM(A1)", "Lò Văn Đôi", "84912", "_x003D_1"]


def names(count: int) -> list[str]:
    chance = random.Random(1)
    found = list(NASTY.values())
    while len(found) < count:
        found.append(chance.choice(STARTS) * chance.choice((1, 1, 2)) + chance.choice(WORDS) + str(len(found)))
    return found


def read(data: bytes) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """Cells by reference as (type, text), with `f` for a formula, and the names of the parts."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        assert book.testzip() is None
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        words = [_decoded("".join(one.itertext())) for one in shared.findall(f"{NS}si")]
        found = {}
        for part in book.namelist():
            tree = ElementTree.fromstring(book.read(part)) if part.endswith((".xml", ".rels")) else ()
            if part.startswith("xl/worksheets/"):
                for cell in tree.iter(f"{NS}c"):
                    value = cell.find(f"{NS}v")
                    kind = "f" if cell.find(f"{NS}f") is not None else cell.get("t", "n")
                    if value is not None:
                        found[cell.get("r")] = (kind, words[int(value.text)] if kind == "s" else value.text)
            assert "TargetMode" not in book.read(part).decode("utf-8", "replace")
        return found, book.namelist()


def _decoded(text: str) -> str:
    """As Excel reads `_x0041_`."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def test_ten_thousand_names_are_text_and_read_back_as_they_were():
    wanted = names(10_000)
    found, parts = read(xlsx_bytes([SheetTable(title="=1+1", columns=["=2+2"], rows=[[one] for one in wanted])]))
    assert found["A1"] == ("s", "=1+1") and found["A3"] == ("s", "=2+2")
    assert {kind for kind, _text in found.values()} == {"s"}
    for at, name in enumerate(wanted):
        kept = found.get(f"A{at + 4}", ("s", ""))[1]
        assert kept == clean_block(name), ascii((name, kept))
    assert not [part for part in parts if re.search(r"externalLink|vba|activeX|embeddings|worksheets/_rels", part)]


def test_a_cell_holds_as_much_as_excel_does_and_no_more():
    long = "ă" * (LONGEST + 10)
    found, _parts = read(xlsx_bytes([SheetTable(title="T", columns=["a"], rows=[[long]], notes=[long])]))
    assert found["A5"] == ("s", "ă" * LONGEST)
    found, _parts = read(xlsx_bytes([SheetTable(title="T", columns=["a"], rows=[["😷" * LONGEST]])]))
    assert found["A4"] == ("s", "😷" * (LONGEST // 2))  # Excel counts halves of a sign


def test_sheet_names_of_any_words():
    tables = [SheetTable(title="T", name=name, columns=["a"], rows=[]) for name in NASTY.values()]
    with zipfile.ZipFile(BytesIO(xlsx_bytes(tables))) as book:
        tree = ElementTree.fromstring(book.read("xl/workbook.xml"))
    tabs = [one.get("name") for one in tree.iter(f"{NS}sheet")]
    assert len({one.casefold() for one in tabs}) == len(NASTY)
    assert all(0 < len(one) <= 31 and not set(one) & set("[]:*?/\\") and not one.startswith("'") for one in tabs)


def test_a_persons_own_file_as_csv_starts_no_formula():
    wanted = [clean(one) for one in names(10_000)]
    section = FileSection(heading="=1+1", rows=tuple((name, name) for name in wanted))
    cells = [cell for row in csv.reader(StringIO(_csv([section]).removeprefix("\ufeff"))) for cell in row]
    assert len(cells) == 3 * (len(wanted) + 1)
    assert [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@\t\r\n\0＝＋－＠"))] == []
    assert [cell.removeprefix("'") for cell in cells[4::3]] == [name.removeprefix("'") for name in wanted]


def test_a_table_as_csv_starts_no_formula():
    wanted = [clean(one) for one in names(2_000)]
    read_back = list(csv.reader(StringIO(csv_bytes(["=1+1"], [(name, 7) for name in wanted]).decode("utf-8-sig"))))
    assert [row[1] for row in read_back[1:]] == ["7"] * len(wanted)
    assert [row[0] for row in read_back[1:] if row[0].lstrip().startswith(tuple("=+-@\t\r\n\0＝＋－＠"))] == []
    assert [row[0].removeprefix("'") for row in read_back[1:]] == [name.removeprefix("'") for name in wanted]


def test_the_programs_writers_are_these_alone():
    """A writer of tables that is not `reports.tables` has to be attacked here as well."""
    from tools.sources import sources  # noqa: PLC0415 - only here

    found = {
        source.path
        for source in sources("covidstation")
        if re.search(r"xlsxwriter|openpyxl|csv\.writer|DictWriter", source.text)
    }
    assert found == {
        "covidstation/interop/five_parts.py",  # tests/interop attack it
        "covidstation/services/privacy/person_file.py",
        "covidstation/services/tables.py",
    }
