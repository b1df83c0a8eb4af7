"""Tables for a spreadsheet: read back as Excel reads them, from the file's own XML."""

import zipfile
from datetime import date, datetime
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.errors import UserError
from covidstation.services.tables import SheetTable, write_sheets, xlsx_bytes

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells(data, sheet=1):
    """Reference to (type, text) of one sheet; type `s` is a text, `n` a number, `f` a formula."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        tree = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    words = ["".join(part.itertext()) for part in shared.findall("m:si", NS)]
    found = {}
    for cell in tree.iter(f"{{{NS['m']}}}c"):
        value = cell.find("m:v", NS)
        if cell.find("m:f", NS) is not None:
            found[cell.get("r")] = ("f", cell.find("m:f", NS).text)
        elif value is not None:
            kind = cell.get("t", "n")
            found[cell.get("r")] = (kind, words[int(value.text)] if kind == "s" else value.text)
    return found


def test_what_looks_like_a_formula_stays_a_name(tmp_path):
    names = [
        "=1+1",
        "+84912000111",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("http://x")',
        "http://a.vn",
        "012055000001",
        "<b>Páo",
    ]
    table = SheetTable(title="Danh sách", columns=["Họ tên"], rows=[[name] for name in names])
    path = write_sheets(tmp_path / "ds.xlsx", [table])
    found = cells(path.read_bytes())
    assert found["A1"] == ("s", "Danh sách") and found["A3"] == ("s", "Họ tên")
    assert [found[f"A{at}"] for at in range(4, 4 + len(names))] == [("s", name) for name in names]
    with zipfile.ZipFile(path) as book:
        assert not [name for name in book.namelist() if "rels" in name and "worksheets" in name]


def test_numbers_and_days_are_values():
    rows = [[3, 36.7, date(2022, 3, 10), datetime(2022, 3, 10, 18, 0), None, ""]]
    found = cells(xlsx_bytes([SheetTable(title="T", columns=list("abcdef"), rows=rows, notes=["ghi chú"])]))
    assert found["A5"] == ("n", "3") and found["B5"] == ("n", "36.7")
    assert found["C5"] == ("n", "44630")  # days since 30/12/1899
    assert found["D5"] == ("n", "44630.75")
    assert "E5" not in found and "F5" not in found


def test_sheet_names_follow_excels_rules():
    tables = [SheetTable(title="F0: [thôn]/bản *?" + "x" * 40, columns=["a"], rows=[]) for _number in range(3)]
    with zipfile.ZipFile(BytesIO(xlsx_bytes(tables))) as book:
        tree = ElementTree.fromstring(book.read("xl/workbook.xml"))
    names = [sheet.get("name") for sheet in tree.find("m:sheets", NS)]
    assert len({name.casefold() for name in names}) == 3
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_any_words_are_kept_as_text(words):
    found = cells(xlsx_bytes([SheetTable(title="T", columns=["a"], rows=[[word] for word in words])]))
    assert all(kind in ("s", "n") for kind, _text in found.values())
    assert [found[f"A{at + 4}"][0] for at in range(len(words))] == ["s"] * len(words)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UserError) as trouble:
        write_sheets(tmp_path / "none" / "ds.xlsx", [SheetTable(title="T", columns=["a"], rows=[])])
    assert trouble.value.code == "paper.not_kept"
