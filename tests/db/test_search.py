"""Finding people by whatever a nurse types, and the order in which they stand; no text is ever an exception."""

import shutil
import string
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from covidstation.db.queries.episodes import (
    EpisodeFilter,
    EpisodeSort,
    EpisodeState,
    count_episodes,
    get_episode,
    list_episodes,
)
from covidstation.db.queries.papers import BookFilter, book_lines
from covidstation.db.queries.people import (
    find_people,
    get_hit,
    match_words,
    people_with_phone,
    person_by_number,
    person_page,
    similar_people,
)
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome, EpisodeDraft, QuarantineType
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import Sex
from covidstation.services.papers.issuing import issue_paper, void_paper
from covidstation.services.people import edit_person, make_head
from covidstation.services.places import add_hamlet
from tests.services.samples import NOW, PAO, TODAY, catalog, edit_episode, f0, opened, register

NAMES = (
    "Giàng A Páo",
    "Chẻo Lở Mẩy",
    "H'Dung Niê",
    "Lò Văn Đôi",
    "Sùng",
    "Nguyễn Thị Đào",
    "Nguyễn Thị Đạo",
    "Trần Văn An",
    "Lý A Ân",
    "Hoàng Thị Ánh",
    "Vàng A Dua",
)
HOSTILE = [
    '"', '""', "*", "AND", "OR NOT", "NEAR(a b)", "col:", "given : x", "x'y", "'; DROP TABLE person; --", "{a b}", "^a",
    "-a", "a-b", "(", ")", "%", "_", "\\", "\x00", "a\x00b", "😀", "👩‍⚕️", "", " ", "\u200b", "\u202e", "a" * 10_000,
    "a " * 10_000, "ă" * 10_000, "\ud800", "²", "①", "ª", "🄰", "\U0001e2c0", "\U00011f02", "꟱", "ⅷ", "ߊ", "𞤀",
    "a\U0001e2c0b", "a\U00011f02b", "a꟱b", "a②b", "aªb", "aⅷb", "a\u0378b", "a𞤀b", "a\ue000b", "aٶb", "aꭜb",
    "a\U0001df00b", "aᦰb", "ᦀᦰ",
]  # fmt: skip


def settle(db):
    """Everyone of NAMES in the register; the first three share a hamlet and a household of Giàng A Páo."""
    hamlet = add_hamlet(db, "Nậm Ngá", by=None, now=NOW).value
    household = None
    episodes = {}
    for number, name in enumerate(NAMES):
        person = replace(
            PAO,
            full_name=name,
            citizen_number=f"01205500000{number}" if number < 10 else "",
            old_citizen_number=f"04500000{number}" if number < 10 else "",
            phone=f"09120001{number:02d}",
            insurance_number=f"GD401234567890{number}" if number < 10 else "",
            hamlet_id=hamlet if number < 3 else None,
            household_id=household if number < 3 else None,
            birth=PartialDate(1955 + number),
            sex=Sex.FEMALE if "Thị" in name else Sex.MALE,
        )
        head = name if number == 0 else ""
        draft = f0(person, TODAY - timedelta(days=number), new_household_head=head)
        episodes[name] = register(db, draft)
        if number == 0:
            household = person_page(db, episodes[name].person_id).person.household_id
    return episodes


@pytest.fixture(scope="module")
def settled(template, tmp_path_factory):
    """The commune in a folder that is only copied."""
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("commune") / "data"))
    opened_db = opened(folder).db
    episodes = settle(opened_db)
    opened_db.close()
    return folder, episodes


@pytest.fixture
def folder(settled, tmp_path):
    return Path(shutil.copytree(settled[0], tmp_path / "data"))


@pytest.fixture
def commune(settled):
    return settled[1]


def found(db, typed, **more):
    return [hit.full_name for hit in find_people(db, typed, **more)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("giang a pao", "Giàng A Páo"),
        ("páo", "Giàng A Páo"),
        ("PAO GIANG", "Giàng A Páo"),
        ("gap", "Giàng A Páo"),
        ("gia pa", "Giàng A Páo"),
        ("gia\u0300ng", "Giàng A Páo"),
        ("đôi", "Lò Văn Đôi"),
        ("doi", "Lò Văn Đôi"),
        ("lo van d", "Lò Văn Đôi"),
        ("lvd", "Lò Văn Đôi"),
        ("hdung", "H'Dung Niê"),
        ("h'dung", "H'Dung Niê"),
        ("h’dung nie", "H'Dung Niê"),
        ("dung", "H'Dung Niê"),
        ("sung", "Sùng"),
        ("may cheo lo", "Chẻo Lở Mẩy"),
        ("012055000003", "Lò Văn Đôi"),
        ("012055000003 lo", "Lò Văn Đôi"),
        ("045000004", "Sùng"),
        ("0912000107", "Trần Văn An"),
        ("gd4012345678907", "Trần Văn An"),
        ("GD4012345678907", "Trần Văn An"),
        ("91200", None),
    ],
)
def test_people_are_found_by_what_is_typed(db, commune, typed, first):
    assert (found(db, typed) or [None])[0] == first


def test_the_given_name_comes_first(db, commune):
    assert found(db, "an")[0] == "Trần Văn An"
    assert found(db, "a")[0] in {"Trần Văn An", "Lý A Ân", "Hoàng Thị Ánh"}
    assert set(found(db, "dao")) == {"Nguyễn Thị Đào", "Nguyễn Thị Đạo"}


def test_people_are_found_by_hamlet_and_head_of_household(db, commune):
    assert set(found(db, "nam nga")) == set(NAMES[:3])
    assert found(db, "giang pao")[0] == "Giàng A Páo"  # the head, then those who live there
    assert set(found(db, "giang pao")) == set(NAMES[:3])
    assert found(db, "mẩy ngá") == ["Chẻo Lở Mẩy"]
    hit = get_hit(db, commune["Chẻo Lở Mẩy"].person_id)
    assert (hit.hamlet, hit.household_head) == ("Nậm Ngá", "Giàng A Páo")


def test_a_new_head_is_found_at_once(db, commune):
    make_head(db, commune["H'Dung Niê"].person_id, by=None, now=NOW)
    assert set(found(db, "hdung nie")) == set(NAMES[:3])


def test_a_changed_name_is_found_and_the_old_one_is_not(db, commune):
    person = person_page(db, commune["Sùng"].person_id).person
    draft = replace(PAO, full_name="Tẩn U Mẩy", citizen_number=person.citizen_number)
    edit_person(db, person.id, draft, catalog=catalog(), by=None, now=NOW)
    assert found(db, "tan u may") == ["Tẩn U Mẩy"]
    assert found(db, "sung") == []


def test_no_more_than_wanted(db, commune):
    assert len(found(db, "a", limit=2)) == 2
    assert len(set(found(db, "a", limit=50))) == len(found(db, "a", limit=50))


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_only_words(db, commune, typed):
    find_people(db, typed)
    similar_people(db, typed, 1955)
    list_episodes(db, EpisodeFilter(EpisodeState.ALL, typed=typed), today=TODAY).lines(0, 10)
    book_lines(db, BookFilter("QĐ-UBND", 2022, typed))
    if typed.isprintable():  # what is no text at all never comes past the checks of a card or a form
        person_by_number(db, citizen=typed)
        people_with_phone(db, typed)


TYPED = st.text(st.characters(), max_size=40) | st.text(string.punctuation + "aA đ", max_size=20)


@given(typed=TYPED)
@example(typed="NOT")
@example(typed='a"b')
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_no_exception(db, typed):
    find_people(db, typed)
    similar_people(db, typed, None)
    list_episodes(db, EpisodeFilter(EpisodeState.ALL, typed=typed), today=TODAY)


def test_expressions_hold_only_quoted_words():
    for expression in match_words('Giàng "A" AND col:x* NEAR'):
        assert expression.count('"') % 2 == 0
        bare = "".join(expression.split('"')[0::2])
        assert set(bare.replace(" AND ", " ").replace("given", "").replace("name", "").replace("initials", "")) <= set(
            "* :{}()"
        )


def test_the_list_stands_in_vietnamese_order_of_the_given_name(db, commune):
    found = list_episodes(db, EpisodeFilter(EpisodeState.ALL), today=TODAY)
    lines = found.lines(0, len(found))
    assert [line.full_name for line in lines] == [
        "Trần Văn An",
        "Hoàng Thị Ánh",
        "Lý A Ân",
        "Vàng A Dua",
        "Nguyễn Thị Đào",
        "Nguyễn Thị Đạo",
        "Lò Văn Đôi",
        "Chẻo Lở Mẩy",
        "H'Dung Niê",
        "Giàng A Páo",
        "Sùng",
    ]
    back = list_episodes(db, EpisodeFilter(EpisodeState.ALL), today=TODAY, descending=True)
    assert [line.id for line in back.lines(0, 20)] == [line.id for line in reversed(lines)]
    assert [line.id for line in found.lines(3, 2)] == [line.id for line in lines[3:5]]
    assert found.lines(100, 5) == []


def test_other_orders(db, commune):
    days = [line.report_date for line in sorted_by(db, EpisodeSort.REPORTED, descending=True)]
    assert days == sorted(days, reverse=True) and len(days) == len(NAMES)
    until = [line.isolation_until for line in sorted_by(db, EpisodeSort.UNTIL)]
    assert until == sorted(until)
    assert [line.hamlet for line in sorted_by(db, EpisodeSort.HAMLET)].count("Nậm Ngá") == 3


def sorted_by(db, sort, **more):
    return list_episodes(db, EpisodeFilter(), today=TODAY, sort=sort, **more).lines(0, 50)


def shown(db, state=EpisodeState.ALL, today=TODAY, **more):
    found = list_episodes(db, EpisodeFilter(state, **more), today=today)
    return {line.full_name for line in found.lines(0, 50)}


def test_filters_say_what_needs_something(db, commune):
    pao, may, dung, doi = (commune[name] for name in NAMES[:4])
    for episode in (pao, may, dung):
        issue(db, episode, PaperKind.ISOLATION_ORDER)
    issue(db, may, PaperKind.ISOLATION_END)
    home = replace(_draft(doi), isolation_type=QuarantineType.HOSPITAL)
    edit_episode(db, doi.id, home, catalog=catalog(), by=None, now=NOW)
    assert shown(db, EpisodeState.ACTIVE) == set(NAMES) - {"Chẻo Lở Mẩy"}
    assert shown(db, EpisodeState.ENDED) == {"Chẻo Lở Mẩy"}
    assert shown(db, EpisodeState.NEEDS_ORDER) == set(NAMES[4:])
    assert shown(db, EpisodeState.READY_TO_END, TODAY + timedelta(days=4)) == set()
    assert shown(db, EpisodeState.READY_TO_END, TODAY + timedelta(days=5)) == {"H'Dung Niê"}
    assert shown(db, EpisodeState.READY_TO_END, TODAY + timedelta(days=30)) == {"H'Dung Niê", "Giàng A Páo"}
    for state in EpisodeState:
        assert count_episodes(db, state, today=TODAY) == len(shown(db, state))


def test_a_voided_paper_is_none(db, commune):
    paper = issue(db, commune["Sùng"], PaperKind.ISOLATION_ORDER)
    assert "Sùng" not in shown(db, EpisodeState.NEEDS_ORDER)
    void_paper(db, paper.id, "In nhầm", by=None, now=NOW)
    assert "Sùng" in shown(db, EpisodeState.NEEDS_ORDER)
    line = next(one for one in list_episodes(db, EpisodeFilter(), today=TODAY).lines(0, 50) if one.full_name == "Sùng")
    assert line.order == ""


def test_filters_by_day_hamlet_and_words(db, commune):
    assert shown(db, found_from=TODAY - timedelta(days=1)) == set(NAMES[:2])
    assert shown(db, found_to=TODAY - timedelta(days=9)) == set(NAMES[9:])
    assert shown(db, found_from=TODAY - timedelta(days=4), found_to=TODAY - timedelta(days=4)) == {"Sùng"}
    hamlet = person_page(db, commune["Giàng A Páo"].person_id).person.hamlet_id
    assert shown(db, hamlet_id=hamlet) == set(NAMES[:3])
    assert shown(db, hamlet_id=hamlet, typed="dung") == {"H'Dung Niê"}
    assert shown(db, typed="nguyen dao") == {"Nguyễn Thị Đào", "Nguyễn Thị Đạo"}


def test_lines_carry_what_the_list_shows(db, commune):
    paper = issue(db, commune["Giàng A Páo"], PaperKind.ISOLATION_ORDER)
    (line,) = list_episodes(db, EpisodeFilter(typed="0912000100"), today=TODAY).lines(0, 9)
    assert (line.hamlet, line.phone, line.birth, line.sex) == ("Nậm Ngá", "0912000100", PartialDate(1955), Sex.MALE)
    assert (line.order, line.ending, line.outcome) == (f"{paper.number:02d}/QĐ-UBND", "", CaseOutcome.NO_OUTCOME)
    assert line.day_number(TODAY) == 1 and line.day_number(TODAY + timedelta(days=6)) == 7
    assert (line.isolation_days, line.isolation_until) == (7, TODAY + timedelta(days=6))


def test_one_number_leads_to_one_person(db, commune):
    pao = commune["Giàng A Páo"].person_id
    assert person_by_number(db, citizen="012055000000") == pao
    assert person_by_number(db, old="045000000") == pao
    assert person_by_number(db, insurance="GD4012345678900") == pao
    assert person_by_number(db, citizen="099999999999", old="045000000") == pao
    assert person_by_number(db, citizen="") is None
    assert person_by_number(db, citizen="012055") is None


def test_people_who_may_be_the_same(db, commune):
    assert [hit.full_name for hit in similar_people(db, "nguyen thi dao", 1960)] == ["Nguyễn Thị Đào", "Nguyễn Thị Đạo"]
    assert [hit.full_name for hit in similar_people(db, "NGUYỄN THỊ ĐÀO", 1962)] == ["Nguyễn Thị Đạo"]
    assert similar_people(db, "Nguyễn Thị", 1960) == []
    assert similar_people(db, "", None) == []


def test_one_page_shows_all_of_a_person(db, commune):
    issue(db, commune["Giàng A Páo"], PaperKind.ISOLATION_ORDER)
    page = person_page(db, commune["Giàng A Páo"].person_id)
    assert page.person.full_name == "Giàng A Páo" and (page.hamlet, page.household_head) == ("Nậm Ngá", "Giàng A Páo")
    assert [member.full_name for member in page.members] == ["Chẻo Lở Mẩy", "H'Dung Niê"]
    assert [paper.kind for paper in page.papers] == ["isolation_order"]
    assert len(page.episodes) == 1 and len(page.episodes[0].tests) == 1
    assert person_page(db, commune["Giàng A Páo"].id) is None
    assert get_episode(db, commune["Giàng A Páo"].person_id) is None


def issue(db, episode, kind):
    return issue_paper(db, kind, [episode.id], catalog=catalog(), issued_on=TODAY, by=None, now=NOW).value


def _draft(episode):
    return EpisodeDraft(**{name: getattr(episode, name) for name in EpisodeDraft.__dataclass_fields__})


def test_a_numbered_hamlet_bears_its_kind_with_a_capital(db):
    ward = add_hamlet(db, "khu 1", by=None, now=NOW).value
    register(db, f0(replace(PAO, full_name="Quàng Văn Xôm", citizen_number="", hamlet_id=ward)))
    assert [hit.hamlet for hit in find_people(db, "Quàng Văn Xôm", limit=5)] == ["Khu 1"]
