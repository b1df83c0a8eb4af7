"""Cells of a mass test's sheet: pasted, typed, hostile."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.episodes import TestResult
from covidstation.domain.line_list import (
    CELL_LIMIT,
    EMPTY,
    MOST_ROWS,
    Cell,
    Known,
    LineHeader,
    LineRow,
    match_hamlet,
    paste_rows,
    raw_rows,
    read_line,
    read_result,
    row_of_card,
    rows_from,
    tidy_cell,
    twice,
)
from covidstation.domain.people import PersonDraft
from covidstation.domain.terms import Answer, Sex

TODAY = date(2022, 3, 10)
NGA, KHOA, NGAN = UUID(int=1), UUID(int=2), UUID(int=3)
KNOWN = Known({NGA: "Bản Nậm Ngá", KHOA: "Bản Pa Khoá", NGAN: "Bản Nậm Ngần"}, {"cough": "Ho", "fever": "Sốt"})


def row(**cells):
    return LineRow({str(Cell[name.upper()]): text for name, text in cells.items()}, {})


def read(header=None, **cells):
    return read_line(row(**cells), header or LineHeader(), KNOWN, TODAY)


def test_columns_are_found_by_their_titles_in_any_order():
    rows = paste_rows("STT\tKết quả\tHọ và tên\tNăm sinh\tGhi chú\n1\tâm tính\tLò Văn Đôi\t1990\tđi nương\n")
    assert [dict(one.cells) for one in rows] == [{"result": "âm tính", "full_name": "Lò Văn Đôi", "birth": "1990"}]


def test_running_numbers_before_the_names_are_dropped():
    rows = paste_rows("1\tLò Văn Đôi\t1990\r\n2\tTẩn U Mẩy\t1991\r\n")
    assert [one.text(Cell.NAME) for one in rows] == ["Lò Văn Đôi", "Tẩn U Mẩy"]
    assert paste_rows("Lò Văn Đôi\t1990")[0].text(Cell.BIRTH) == "1990"


def test_a_paste_of_names_alone_is_names():
    assert [one.text(Cell.NAME) for one in paste_rows("Lò Văn Đôi\n\nTẩn U Mẩy\n")] == ["Lò Văn Đôi", "Tẩn U Mẩy"]


@given(st.text(max_size=3000))
def test_no_paste_breaks_the_reading(text):
    for one in paste_rows(text):
        found = read_line(one, LineHeader(), KNOWN, TODAY)
        assert all(len(cell) <= CELL_LIMIT for cell in one.cells.values())
        assert "\n" not in found.person.full_name
        assert found.result in (TestResult.POSITIVE, TestResult.NEGATIVE)


@given(st.lists(st.lists(st.text(max_size=40), max_size=14), max_size=20))
def test_pasted_tables_never_give_more_rows_than_they_have(table):
    assert len(paste_rows("\n".join("\t".join(line) for line in table))) <= sum(
        len("\t".join(line).splitlines()) + 1 for line in table
    )


def test_a_huge_paste_is_cut():
    assert len(paste_rows("Lò Văn Đôi\t1990\n" * 10_000)) == MOST_ROWS
    assert len(paste_rows("x" * 1_000_000)[0].text(Cell.NAME)) == CELL_LIMIT


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_damaged_draft_gives_only_rows(raw):
    assert all(isinstance(one, LineRow) for one in rows_from(raw))


def test_a_draft_comes_back_as_it_was():
    rows = [row(name="Lò Văn Đôi", birth="1990"), LineRow({"full_name": "Sùng"}, {"insurance_number": "1"}, NGA, True)]
    assert rows_from(raw_rows(rows)) == rows


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nam nga", NGA),
        ("Bản Nậm Ngá", NGA),
        ("NẬM NGẦN", NGAN),
        ("pa", KHOA),
        ("nam", None),  # two begin so
        ("Nậm Tăm", None),
        ("", None),
    ],
)
def test_hamlets_by_what_a_nurse_types(text, found):
    assert match_hamlet(text, KNOWN.hamlets) == found


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("+", TestResult.POSITIVE),
        ("Dương tính", TestResult.POSITIVE),
        ("d", TestResult.POSITIVE),
        ("-", TestResult.NEGATIVE),
        ("ÂM", TestResult.NEGATIVE),
        ("âm tính", TestResult.NEGATIVE),
        ("không rõ", None),
        ("", None),
    ],
)
def test_results_as_people_write_them(text, result):
    assert read_result(text) is result


@pytest.mark.parametrize(
    ("cell", "typed", "shown"),
    [
        (Cell.BIRTH, "3255", "3255"),
        (Cell.BIRTH, "030255", "03/02/1955"),
        (Cell.BIRTH, "1955", "1955"),
        (Cell.SEX, "nu", "Nữ"),
        (Cell.SEX, "M", "Nam"),
        (Cell.HAMLET, "pa khoa", "Bản Pa Khoá"),
        (Cell.RESULT, "d", "dương"),
        (Cell.RESULT, "-", "âm"),
        (Cell.NAME, "  Lò   Văn\u200b Đôi ", "Lò Văn Đôi"),
    ],
)
def test_a_cell_is_tidied_when_it_is_left(cell, typed, shown):
    assert tidy_cell(cell, typed, KNOWN, TODAY) == shown


@given(st.sampled_from(list(Cell)), st.text(max_size=60))
def test_tidying_twice_changes_nothing_more(cell, text):
    once = tidy_cell(cell, text, KNOWN, TODAY)
    assert tidy_cell(cell, once, KNOWN, TODAY) == once


def test_the_sex_of_a_citizen_number_is_taken_when_none_is_written():
    assert read(name="A", citizen="012155000001").person.sex is Sex.FEMALE
    assert read(name="A", citizen="012055000001").person.sex is Sex.MALE
    assert read(name="A", citizen="012055000001", sex="nữ").person.sex is Sex.FEMALE
    assert read(name="A").person.sex is Sex.UNKNOWN


def test_nine_digits_are_the_old_card():
    person = read(name="A", citizen="045 000 001").person
    assert (person.citizen_number, person.old_citizen_number) == ("", "045000001")


@pytest.mark.parametrize(
    ("text", "ill", "codes", "note"),
    [
        ("", Answer.UNKNOWN, set(), ""),
        ("không", Answer.NO, set(), ""),
        ("có", Answer.YES, set(), ""),
        ("ho, sốt", Answer.YES, {"cough", "fever"}, ""),
        ("sot; chóng mặt", Answer.YES, {"fever"}, "chóng mặt"),
    ],
)
def test_symptoms_in_words(text, ill, codes, note):
    found = read(name="A", symptoms=text)
    assert (found.ill, found.symptoms, found.note) == (ill, codes, note)


def test_the_header_speaks_where_the_row_is_silent():
    header = LineHeader(result=TestResult.NEGATIVE, hamlet_id=KHOA)
    assert (read(header, name="A").result, read(header, name="A").person.hamlet_id) == (TestResult.NEGATIVE, KHOA)
    mine = read(header, name="A", result="+", hamlet="nam nga")
    assert (mine.result, mine.person.hamlet_id) == (TestResult.POSITIVE, NGA)


def test_two_people_of_one_name_with_two_numbers_are_two_people():
    both = [
        read(name="Vàng Thị Sơ", birth="1990", citizen="012190000001"),
        read(name="Vàng Thị Sơ", birth="1990", citizen="012190000002"),
        read(name="Vàng Thị Sơ", birth="1990"),
        None,
    ]
    assert twice(both) == {2: (0, Cell.NAME)}


def test_a_card_fills_a_row_and_keeps_what_has_no_column():
    draft = PersonDraft(
        full_name="Giàng A Páo", sex=Sex.MALE, citizen_number="012055000001", address_printed="Bản Nậm Ngá"
    )
    found = row_of_card(draft)
    assert (found.text(Cell.NAME), found.text(Cell.SEX), found.empty) == ("Giàng A Páo", "Nam", False)
    assert read_line(found, LineHeader(), KNOWN, TODAY).person.address_printed == "Bản Nậm Ngá"
    assert EMPTY.empty
