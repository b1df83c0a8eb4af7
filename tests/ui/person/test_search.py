"""The top search."""

import pytest

from covidstation.db.queries.papers import find_papers
from covidstation.db.queries.people import find_people
from covidstation.domain.packs import PaperKind
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.record import change_setting
from covidstation.ui.parts.search import SearchField
from covidstation.ui.search import PaperKey, PersonKey, Search, matched_letters, person_result
from tests.ui.village import NOW, catalog


def letters(text: str, typed: str) -> str:
    return "".join(char if at in matched_letters(text, typed) else "." for at, char in enumerate(text))


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("gap", "G.....A.P.."),
        ("pao", "........Páo"),
        ("giang a", "Giàng.A...."),
        ("pa gi", "Gi......Pá."),
        ("thai", "..........."),
    ],
)
def test_matched_letters(typed, marked):
    assert letters("Giàng A Páo", typed) == marked


def test_letters_that_are_two_signs_are_marked_whole():
    assert letters("Đào Thị Ễnh", "en") == "........Ễn."


def test_a_person_is_two_lines_and_a_chip(desk, village):
    hit = find_people(desk.register.db, "mai")[0]
    result = person_result(hit, "mai", NOW.date())
    assert (result.text, result.second) == ("Lò Thị Mai", "1990 · Pa Khoá · hộ Lò Thị Mai")
    assert (result.chip, result.tone) == ("F0 ngày 3", "blue")


def test_the_household_head_is_marked_where_it_matched(desk):
    hit = find_people(desk.register.db, "thi my")[0]
    result = person_result(hit, "su", NOW.date())
    assert result.marks == frozenset()
    assert "".join(result.second[at] for at in sorted(result.second_marks)) == "Sử"


@pytest.fixture
def issued(desk, village):
    change_setting(desk.register.db, "home_isolation", "yes", by=None, now=NOW)
    return issue_paper(
        desk.register.db,
        PaperKind.ISOLATION_ORDER,
        [village.mai_episode],
        catalog=catalog(),
        issued_on=NOW.date(),
        by=desk.register.user_id,
        now=NOW,
    ).value


@pytest.mark.parametrize("typed", ["1", "01/QĐ-UBND", "1/qd", "01/2026", "số 1", "1/"])
def test_papers_are_found_by_number(desk, issued, typed):
    assert [line.id for line in find_papers(desk.register.db, typed)] == [issued.id]


@pytest.mark.parametrize("typed", ["2", "1/xx", "1/2025", "mai", "012168000119", ""])
def test_what_is_no_papers_number(desk, issued, typed):
    assert find_papers(desk.register.db, typed) == []


def test_the_field_is_answered_and_opens(desk, issued, village, shown):
    field = SearchField("search", "Tìm người", hint="")
    search = Search(desk, field)
    shown(field)
    field.setFocus()
    field.setText("mai")
    search._ask("mai")
    result = field._popup.current()
    assert result.key == PersonKey(village.mai)
    opened = []
    desk.want_person.connect(lambda one: opened.append(("person", one)))
    desk.want_issued.connect(lambda one: opened.append(("paper", one)))
    desk.want_f0.connect(lambda wish: opened.append(("f0", wish.person_id)))
    field.chosen.emit(result)
    field.acted.emit(result)
    field.setText("01/QĐ-UBND")
    search._ask("01/QĐ-UBND")
    paper = field._popup.current()
    assert paper.key == PaperKey(issued.id)
    field.chosen.emit(paper)
    assert opened == [("person", village.mai), ("f0", village.mai), ("paper", issued.id)]
