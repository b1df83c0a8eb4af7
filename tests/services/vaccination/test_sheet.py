"""Many old doses at once, from a list or a spreadsheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.vaccination.doses import DoseClass, DoseSource
from covidstation.domain.vaccination.sheet import (
    SheetColumn,
    TableTooLong,
    Target,
    decode,
    guess_targets,
    read_rows,
    read_table,
)
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.people import register_person
from covidstation.services.vaccination.history import look_at_vaccination, person_in
from covidstation.services.vaccination.sheet import SheetState, keep_columns, kept_columns, look_at_sheet, save_sheet
from tests.services.samples import NOW, TODAY, USER, catalog

WIDE = (
    "STT\tHọ và tên\tNgày sinh\tSố CCCD\tNgày tiêm mũi 1\tVắc xin mũi 1\tNgày tiêm mũi 2\tVắc xin mũi 2\n"
    "1\tLò Thị Mai\t29/02/1980\t012180000127\t05/09/2021\tAstraZeneca\t2021-12-01 08:30\tPfizer\n"
    "2\tLo Van Inh\t1955\t\t9/2021\tVero Cell\t\t\n"
    "3\tKhông Có Ai\t1990\t\t05/09/2021\tPfizer\t\t\n"
    "4\tLò Văn Inh\t1955\t\t32/13/2021\tPfizer\t\t\n"
)


@pytest.fixture
def mai(db: Database) -> UUID:
    return one(db, "Lò Thị Mai", PartialDate(1980, 2, 29), citizen_number="012180000127")


def one(db: Database, name: str, birth: PartialDate | None, **more: Any) -> UUID:
    draft = PersonDraft(full_name=name, birth=birth, **more)
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id


def looked(db: Database, text: str) -> Any:
    table = read_table(text)
    rows = read_rows(table, guess_targets(table[0]), DoseSource.CARD, TODAY)
    return look_at_sheet(db, rows, catalog=catalog(), now=NOW)


def save(db: Database, text: str, *, asked: bool = False) -> Any:
    done = save_sheet(db, looked(db, text), catalog=catalog(), by=None, by_name=USER, now=NOW, asked=asked)
    return done.value


def doses(db: Database, person: UUID) -> list[str]:
    found = look_at_vaccination(db, person, catalog=catalog(), now=NOW)
    return [f"{dose.given.text()} {dose.product} {dose.number}" for dose in found.doses]


def test_titles_propose_what_columns_mean() -> None:
    titles = read_table(WIDE)[0]
    name, birth, citizen = (Target(one) for one in (SheetColumn.NAME, SheetColumn.BIRTH, SheetColumn.CITIZEN))
    given, product = SheetColumn.GIVEN, SheetColumn.PRODUCT
    assert guess_targets(titles) == (
        None, name, birth, citizen, Target(given, 1), Target(product, 1), Target(given, 2), Target(product, 2),
    )  # fmt: skip
    one_each = ("Họ tên", "Năm sinh", "Mũi số", "Ngày tiêm", "Tên vắc xin", "Số lô", "Hạn dùng", "Cơ sở tiêm")
    assert [target.column.value for target in guess_targets(one_each) if target] == [
        "name", "birth", "number", "given", "product", "lot", "expiry", "facility",
    ]  # fmt: skip


def test_titles_of_boosters_propose_their_place() -> None:
    titles = ("Họ tên", "Ngày tiêm mũi 1", "Mũi thứ 2", "Mũi 3 (nhắc lại lần 1)", "Ngày tiêm nhắc lại 2", "Mũi bổ sung",
              "Vắc xin mũi 1", "Vắc xin mũi nhắc lại 1", "Mũi 7")  # fmt: skip
    found = [(one.column.value, one.dose) if one else None for one in guess_targets(titles)]
    assert found == [
        ("name", 0), ("given", 1), ("given", 2), ("given", 3), ("given", 4), ("number", 0), ("product", 1),
        ("product", 3), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "title",
    [
        "Ngày hẹn mũi 2", "Hẹn mũi 2", "Ngày tiêm dự kiến mũi 2", "Ngày tiêm tiếp theo", "Mũi 2 (dự kiến)",
        "Phản ứng sau tiêm mũi 1", "Tiền sử dị ứng vắc xin", "Lý do chưa tiêm mũi 2", "Lịch mũi 2", "Lô mũi 2",
        "Kết quả mũi 1", "Tai biến sau tiêm vắc xin",
    ],
)  # fmt: skip
def test_a_title_beside_doses_means_no_dose(title: str) -> None:
    """An appointment, a plan, a reaction: nothing of it was given."""
    assert guess_targets((title,)) == (None,)
    titles = ("Họ tên", "Ngày tiêm mũi 1", title)
    table = [titles, ("Lò Văn A", "01/09/2021", "22/09/2021")]
    rows = read_rows(table, guess_targets(titles), DoseSource.CARD, TODAY)
    assert [(one.draft.given.text(), one.draft.number) for one in rows if one.draft] == [("01/09/2021", 1)]


@pytest.mark.parametrize("title", ["Mũi 2", "Ngày mũi 2", "Mũi 2 - ngày", "Mũi 2 (cơ bản)", "Ngày tiêm mũi 2"])
def test_a_title_that_is_a_dose_alone_stands_over_its_days(title: str) -> None:
    assert guess_targets((title,)) == (Target(SheetColumn.GIVEN, 2),)


def test_a_day_without_a_number_is_one_more_dose_and_nobody_elses(db: Database, mai: UUID) -> None:
    """The column of an additional dose beside numbered ones."""
    table = read_table(
        "Họ tên\tNăm sinh\tMũi 1\tMũi 2\tVắc xin mũi 2\tBổ sung\nLò Thị Mai\t1980\t05/09/2021\t\tPfizer\t05/02/2022\n"
    )
    column = SheetColumn
    targets = (Target(column.NAME), Target(column.BIRTH), Target(column.GIVEN, 1), Target(column.GIVEN, 2),
               Target(column.PRODUCT, 2), Target(column.GIVEN))  # fmt: skip
    rows = read_rows(table, targets, DoseSource.CARD, TODAY)
    assert [(row.draft.given.text(), row.draft.number) if row.draft else None for row in rows] == [
        ("05/02/2022", None), ("05/09/2021", 1), None,
    ]  # fmt: skip


def test_each_dose_finds_its_person(db: Database, mai: UUID) -> None:
    inh = one(db, "Lò Văn Inh", PartialDate(1955))
    states = [(row.person, row.state) for row in looked(db, WIDE)]
    assert states == [
        ("Lò Thị Mai", SheetState.READY), ("Lò Thị Mai", SheetState.READY), ("Lò Văn Inh", SheetState.ASK),
        ("", SheetState.WRONG), ("Lò Văn Inh", SheetState.WRONG),
    ]  # fmt: skip
    done = save(db, WIDE, asked=True)
    assert (done.kept, done.known, done.left) == (3, 0, 2)
    assert doses(db, mai) == ["05/09/2021 EU/1/21/1529 1", "01/12/2021 EU/1/20/1528 2"]
    assert doses(db, inh) == ["09/2021 BBIBP-CorV 1"]


def test_the_same_sheet_again_adds_nothing(db: Database, mai: UUID) -> None:
    one(db, "Lò Văn Inh", PartialDate(1955))
    save(db, WIDE, asked=True)
    done = save(db, WIDE, asked=True)
    assert (done.kept, done.known, done.left) == (0, 3, 2)


def test_what_is_doubtful_is_kept_when_somebody_says_so(db: Database, mai: UUID) -> None:
    text = "Họ tên;CCCD;Ngày tiêm;Vắc xin;Loại mũi\nLò Thị Mai;012180000127;05/01/2022;Pfizer;nhắc lại 1\n"
    (row,) = looked(db, text)
    assert (row.state, row.draft.dose_class) == (SheetState.ASK, DoseClass.BOOSTER)  # before the basic course
    assert save(db, text).left == 1
    assert save(db, text, asked=True).kept == 1


def test_what_needs_a_word_why_is_never_kept_from_a_sheet(db: Database, mai: UUID) -> None:
    text = "Họ tên\tCCCD\tNgày tiêm\tVắc xin\nLò Thị Mai\t012180000127\t{}\tPfizer\n"
    save(db, text.format("05/09/2021"))
    (row,) = looked(db, text.format("12/09/2021"))  # a week later
    assert row.state is SheetState.WRONG and save(db, text.format("12/09/2021"), asked=True).left == 1


def test_two_of_one_name_are_told_apart_by_their_birth_alone(db: Database) -> None:
    young, old = one(db, "Sùng A Páo", PartialDate(1990)), one(db, "Sùng A Páo", PartialDate(1950))
    text = "Họ tên\tNăm sinh\tNgày tiêm\tVắc xin\nSùng A Páo\t{}\t05/09/2021\tPfizer\n"
    assert [row.state for row in looked(db, text.format(""))] == [SheetState.WRONG]
    assert save(db, text.format("1990")).left == 1  # of a year alone it is asked
    save(db, text.format("1990"), asked=True)
    assert (len(doses(db, young)), len(doses(db, old))) == (1, 0)


def problems(row: Any) -> list[str]:
    return [one.code for one in row.problems]


ROW = "Họ tên\tNgày sinh\tCCCD\tNgày tiêm\tVắc xin\n{}\t{}\t{}\t05/09/2021\tPfizer\n"
MAI = "012180000127"


@pytest.mark.parametrize(
    ("name", "birth", "number", "state"),
    [
        ("Lò Thị Mai", "29/02/1980", MAI, SheetState.READY),
        ("LO THI MAI", "1980", MAI, SheetState.READY),
        ("Lò Thị Mai", "", MAI, SheetState.READY),
        ("Lò Thị Mai", "29/02/1980", MAI.lstrip("0"), SheetState.READY),  # as a spreadsheet keeps it
        ("Lò Thị Mai", "29/02/1980", "0912345678", SheetState.READY),  # a telephone is nobody's number
        ("Mai", "", MAI, SheetState.ASK),
        ("Lò Mai", "29/02/1980", MAI, SheetState.ASK),
        ("", "29/02/1980", MAI, SheetState.ASK),
        ("Lò Thị Mai", "29/02/1980", "012180000999", SheetState.ASK),
        ("Lò Thị Mai", "01/01/1985", MAI, SheetState.WRONG),
        ("Sùng A Páo", "29/02/1980", MAI, SheetState.WRONG),
        ("Sùng A Páo", "1990", MAI, SheetState.WRONG),
        ("", "", "0912345678", SheetState.WRONG),
    ],
)
def test_number_name_and_birth_must_agree(
    db: Database, mai: UUID, name: str, birth: str, number: str, state: SheetState
) -> None:
    pao = one(db, "Sùng A Páo", PartialDate(1990))
    text = ROW.format(name, birth, number)
    (row,) = looked(db, text)
    assert (row.state, bool(row.problems)) == (state, state is not SheetState.READY)
    assert save(db, text).kept == (state is SheetState.READY)  # what is asked stays out until somebody says so
    assert (len(doses(db, mai)), doses(db, pao)) == (int(state is SheetState.READY), [])
    assert save(db, text, asked=True).kept == (state is SheetState.ASK)


@pytest.mark.parametrize(
    ("held", "born", "name", "birth", "problem"),
    [
        ("Nguyễn Vân An", (1970, 5, 5), "Nguyễn Văn An", "1970", "sheet_name_near"),
        ("Nguyễn Vân An", (1970, 5, 5), "Nguyễn Văn An", "05/05/1970", "sheet_name_near"),
        ("Nguyễn Văn An", (1970, 5, 5), "Nguyen Van An", "05/05/1970", "sheet_name_near"),
        ("Lò Văn Thử", (), "Lò Vân Thu", "12/03/1999", "sheet_name_near"),
        ("Lò Văn Thử", (), "Lò Văn Thử", "12/03/1999", "sheet_name_near"),
        ("Lò Văn Thử", (1999, 3, 12), "Lò Văn Thử", "1999", "sheet_name_near"),
        ("Lò Văn Thử", (1999,), "Lò Văn Thử", "1999", "sheet_birth_part"),
        ("Lò Văn Hoà", (1999, 3, 12), "LÒ VĂN HÒA", "12/03/1999", ""),
    ],
)
def test_by_name_alone_only_accents_and_a_whole_birth_are_enough(
    db: Database, held: str, born: tuple[int, ...], name: str, birth: str, problem: str
) -> None:
    """Văn is a man's name, Vân a woman's: somebody looks before the dose is another one's."""
    person = one(db, held, PartialDate(*born) if born else None)
    (row,) = looked(db, ROW.format(name, birth, ""))
    assert (row.state, row.person) == (SheetState.ASK if problem else SheetState.READY, held)
    assert problems(row) == ([f"vaccination.{problem}"] if problem else [])
    assert all(held in sentence(each) for each in row.problems)
    save(db, ROW.format(name, birth, ""))
    assert len(doses(db, person)) == (0 if problem else 1)


def test_whose_the_number_is_is_said(db: Database, mai: UUID) -> None:
    (row,) = looked(db, ROW.format("Sùng A Páo", "1990", MAI))
    said = sentence(UserError(row.problems[0].code, **row.problems[0].params))
    assert said.startswith("Số này là của Lò Thị Mai, sinh 29/02/1980; tên trong bảng là Sùng A Páo, sinh 1990.")


def test_two_with_one_number_are_told_apart_by_their_names_or_asked(db: Database, mai: UUID) -> None:
    """The same number twice comes with a bundle; a form refuses it."""
    twin = one(db, "Lò Thị Mài", PartialDate(1982))
    with db.write(None, NOW) as session:
        person_in(session, twin).citizen_number = MAI
    for name, birth, person in (("Lò Thị Mai", "29/02/1980", mai), ("Lò Thị Mài", "1982", twin)):
        assert save(db, ROW.format(name, birth, MAI)).kept == 1
        assert len(doses(db, person)) == 1
    for name in ("Lò Thị Mai", "Sùng A Páo", ""):
        (row,) = looked(db, ROW.format(name, "", MAI))
        assert (row.state, problems(row)) == (SheetState.WRONG, ["vaccination.sheet_number_several"])


LONG = "Họ tên\tNgày sinh\tNgày tiêm\tVắc xin\tMũi\n" + "".join(
    f"Lò Thị Mai\t29/02/1980\t{day}\t{product}\t{place}\n"
    for day, product, place in (
        ("01/07/2021", "Vero Cell", "Mũi 1 (0,5 ml)"), ("01/08/2021", "Vero Cell", "Mũi 2 (0,5 ml)"),
        ("01/10/2021", "Pfizer", "Bổ sung, mũi 3"), ("05/02/2022", "Pfizer", "Nhắc lại, mũi 4"),
    )
)  # fmt: skip


def test_a_booster_numbered_among_all_doses_is_counted_in_its_class(db: Database, mai: UUID) -> None:
    save(db, LONG, asked=True)  # the schedule asks back its additional dose
    held = look_at_vaccination(db, mai, catalog=catalog(), now=NOW).doses
    assert [(dose.dose_class, dose.number) for dose in held] == [
        (DoseClass.UNKNOWN, 1), (DoseClass.UNKNOWN, 2), (DoseClass.ADDITIONAL, 1), (DoseClass.BOOSTER, 1),
    ]  # fmt: skip


def test_a_place_that_can_be_read_in_two_ways_is_asked(db: Database, mai: UUID) -> None:
    text = LONG.split("\n")[0] + "\nLò Thị Mai\t29/02/1980\t05/02/2022\tPfizer\t{}\n"
    for place in ("Nhắc lại, mũi 4", "nhắc lại mũi 2", "2 mũi"):  # with nothing known of the doses before
        (row,) = looked(db, text.format(place))
        assert (row.state, row.draft.number) == (SheetState.ASK, None)
        assert "vaccination.sheet_place" in problems(row)
    (row,) = looked(db, text.format("Nhắc lại, mũi 3"))
    assert (row.draft.dose_class, row.draft.number) == (DoseClass.BOOSTER, 1)


def test_a_template_is_remembered(db: Database) -> None:
    titles = ["A", "B", "C"]
    targets = (Target(SheetColumn.NAME), None, Target(SheetColumn.GIVEN, 2))
    assert kept_columns(db, titles) is None
    keep_columns(db, titles, targets, by=None, now=NOW)
    assert kept_columns(db, titles) == targets
    assert kept_columns(db, ["A", "B", "D"]) is None


@pytest.mark.parametrize("text", ["", "một dòng", "a\tb", "chỉ một cột\nhai"])
def test_what_is_no_table_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="no table"):
        read_table(text)


def test_a_table_that_is_too_long_is_not_cut_short() -> None:
    whole = ["Họ tên\tNgày tiêm", *["Lò Thị Mai\t05/09/2021"] * 1000]
    assert len(read_table("\n".join(whole))) == 1001
    for text in ("\n".join([*whole, whole[1]]), "\n".join(whole[:3]) + " " * 2_000_000):
        with pytest.raises(TableTooLong):
            read_table(text)


def test_files_as_spreadsheets_write_them() -> None:
    text = "Họ tên,Ngày tiêm\nMai,05/09/2021\n"
    assert decode(text.encode("utf-8-sig")) == decode(text.encode("utf-16")) == decode(text.encode()) == text


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=5), min_size=2, max_size=5))
def test_any_words_are_read_or_named(cells: list[list[str]]) -> None:
    try:
        table = read_table("\n".join("\t".join(row) for row in cells))
    except ValueError:
        return
    targets = (Target(SheetColumn.NAME), Target(SheetColumn.GIVEN), Target(SheetColumn.BIRTH), *[None] * 50)
    for row in read_rows(table, targets, DoseSource.CARD, TODAY):
        assert (row.draft is not None) or row.problems
    assert guess_targets(table[0])
