"""A mass test's sheet: who is known, what is asked, and what is written in one act."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from time import perf_counter

import pytest
from sqlalchemy import func, select

from covidstation.db.queries.people import find_people, person_page
from covidstation.db.rows import ContactRow, EpisodeRow, HouseholdRow, PathogenTestRow, PersonRow
from covidstation.domain.care import FoundIn
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification, TestKind, TestResult
from covidstation.domain.line_list import Cell, LineHeader, LineRow, paste_rows
from covidstation.domain.people import PersonDraft, Sex
from covidstation.errors import Refused
from covidstation.services.changes import Kind
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.line_list import check_rows, save_rows
from covidstation.services.people import register_person
from covidstation.services.places import add_hamlet
from tests.services.samples import NOW, PAO, TODAY, f0
from tests.services.samples import register as register_case

HEADER = LineHeader(sampled_on=TODAY, place="Nhà văn hoá bản", kind=TestKind.RAPID_ANTIGEN)


@pytest.fixture
def nam_nga(db):
    return add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value


def row(name="", birth="", result="", **cells):
    texts = {Cell.NAME: name, Cell.BIRTH: birth, Cell.RESULT: result}
    texts |= {Cell[key.upper()]: text for key, text in cells.items()}
    return LineRow({str(cell): text for cell, text in texts.items() if text}, {})


def look(db, catalog, *rows, header=HEADER):
    return check_rows(db, header, rows, catalog=catalog, now=NOW)


def save(db, catalog, *rows, header=HEADER):
    return save_rows(db, header, rows, catalog=catalog, by=None, now=NOW)


def codes(seen):
    return {problem.code for problem in seen.problems if problem.level == "error"}


def count(db, table):
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_sheet_makes_cases_and_counts_negatives(db, catalog, nam_nga):
    header = replace(HEADER, hamlet_id=nam_nga, found_in=FoundIn.COMMUNITY)
    rows = paste_rows(
        "Giàng A Páo\t03/02/1955\tnam\t012055000001\t0912000111\t\tGiàng A Páo\t2\tkhông\t\n"
        "Giàng Thị Mỷ\t1968\tnữ\t\t\tnam nga\tGiàng A Páo\t3\tho, sốt, mệt lả\tdương tính\n"
        "Lò Văn Đôi\t1990\tnam\t\t\t\t\t\t\tâm tính\n"
    )
    done = save(db, catalog, *rows, header=header)
    assert (done.value.saved, done.value.tests, done.value.negative, done.value.new_people) == ((0, 1, 2), 3, 1, 3)
    assert len(done.value.cases) == 2
    assert {Kind.PEOPLE, Kind.EPISODES, Kind.CONTACTS} <= done.changes
    with db.read() as session:
        tests = session.scalars(select(PathogenTestRow).order_by(PathogenTestRow.n)).all()
        assert [(test.result, test.episode_id is None, test.sampled_on, test.place) for test in tests] == [
            ("POSITIVE", False, TODAY, "Nhà văn hoá bản"),
            ("POSITIVE", False, TODAY, "Nhà văn hoá bản"),
            ("NEGATIVE", True, TODAY, "Nhà văn hoá bản"),
        ]
        cases = session.scalars(select(EpisodeRow).order_by(EpisodeRow.n)).all()
        assert [case.classification for case in cases] == ["CONFIRMED_NO_SYMPTOMS", "CONFIRMED"]
        assert [case.found_in for case in cases] == ["COMMUNITY", "COMMUNITY"]
        assert (cases[1].symptoms, cases[1].note, cases[1].doses_known) == (["cough", "fever"], "mệt lả", 3)
        assert all(case.isolation_days == 7 and case.risk_class for case in cases)
        pao, my, doi = session.scalars(select(PersonRow).order_by(PersonRow.n)).all()
        assert pao.household_id == my.household_id is not None
        assert session.scalars(select(HouseholdRow)).one().head_id == pao.id
        assert doi.hamlet_id == nam_nga
        assert my.hamlet_id == nam_nga


def test_good_rows_are_written_while_bad_ones_stay(db, catalog):
    good, bad = row("Sùng A Lử", "1999"), row("Vàng Thị Dế", "31/02/1980", sex="?")
    assert [one.ready for one in look(db, catalog, good, bad)] == [True, False]
    done = save(db, catalog, good, bad, row())
    assert done.value.saved == (0,)
    assert count(db, PersonRow) == 1
    with pytest.raises(Refused) as refused:
        save(db, catalog, bad, row())
    assert [problem.code for problem in refused.value.problems] == ["line_list.nothing"]


def test_a_known_number_is_recognised_and_nothing_known_is_overwritten(db, catalog):
    register_person(db, PAO, catalog=catalog, by=None, now=NOW)
    typed = row("Giàng A Pao", "1956", citizen="012055000001", phone="0911222333")
    (seen,) = look(db, catalog, typed)
    assert seen.ready
    assert {problem.code for problem in seen.problems} >= {"line_list.known"}
    save(db, catalog, typed)
    with db.read() as session:
        person = session.scalars(select(PersonRow)).one()
    assert (person.full_name, person.birth_year, person.phone) == ("Giàng A Páo", 1955, "0912000111")


def test_what_the_register_lacks_of_a_known_person_is_taken_from_the_row(db, catalog):
    register_person(db, replace(PAO, phone=""), catalog=catalog, by=None, now=NOW)
    save(db, catalog, row("Giàng A Páo", citizen="012055000001", phone="0911222333"))
    with db.read() as session:
        assert session.scalars(select(PersonRow.phone)).one() == "0911222333"


def test_somebody_alike_is_asked_before_a_second_record_is_made(db, catalog):
    person = register_person(db, replace(PAO, citizen_number="", phone=""), catalog=catalog, by=None, now=NOW).value
    typed = row("giang a pao", "1956")
    (seen,) = look(db, catalog, typed)
    assert codes(seen) == {"line_list.similar"}
    assert seen.similar.person.id == person.id
    assert look(db, catalog, row("Giàng A Páo", "1957"))[0].similar is None
    other = look(db, catalog, replace(typed, is_new=True))[0]
    same = look(db, catalog, replace(typed, person_id=person.id))[0]
    assert (other.ready, other.known) == (True, None)
    assert (same.ready, same.known.person.id) == (True, person.id)
    assert replace(typed, is_new=True).with_text(Cell.NAME, "Giàng A Dơ").is_new is False


def test_an_open_case_gets_the_test_and_no_second_illness(db, catalog):
    case = register_case(db, f0(day=TODAY - timedelta(days=6)))
    negative = row("Giàng A Páo", citizen="012055000001", result="-")
    (seen,) = look(db, catalog, negative)
    assert [problem.code for problem in seen.problems if problem.field == Cell.NAME] == ["line_list.is_f0"]
    done = save(db, catalog, negative)
    assert (done.value.cases, done.value.negative, done.value.new_people) == ((), 1, 0)
    page = person_page(db, case.person_id)
    assert [test.result for test in page.episodes[0].tests] == [TestResult.POSITIVE, TestResult.NEGATIVE]


def test_the_same_sheet_twice_counts_no_test_twice(db, catalog):
    rows = (row("Giàng A Páo", "1955", citizen="012055000001"), row("Lò Văn Đôi", "1990", "âm", citizen="012090000007"))
    save(db, catalog, *rows)
    assert [codes(seen) for seen in look(db, catalog, *rows)] == [{"line_list.same_test"}] * 2
    assert [seen.ready for seen in look(db, catalog, rows[0], header=replace(HEADER, kind=TestKind.PCR_RT_PCR))] == [
        True
    ]


def test_a_contact_that_is_negative_keeps_the_test_and_a_positive_one_becomes_the_case(db, catalog):
    case = register_case(db)
    found = []
    for number, name in ((1, "Chẻo Lở Mẩy"), (2, "Sùng Thị Chía")):
        draft = PersonDraft(
            full_name=name, birth=PartialDate(1990), sex=Sex.FEMALE, citizen_number=f"01219000000{number}"
        )
        found.append(register_person(db, draft, catalog=catalog, by=None, now=NOW).value)
    contact = replace(new_contact(case), last_contact_on=TODAY)
    add_contacts(
        db, [NewContact(contact=contact, person_id=one.id) for one in found], catalog=catalog, by=None, now=NOW
    )
    done = save(
        db,
        catalog,
        row("Chẻo Lở Mẩy", citizen="012190000001", result="âm"),
        row("Sùng Thị Chía", citizen="012190000002", result="dương"),
    )
    with db.read() as session:
        contacts = {one.person_id: one for one in session.scalars(select(ContactRow))}
        well, ill = (contacts[one.id] for one in found)
        negative = session.scalars(select(PathogenTestRow).where(PathogenTestRow.person_id == found[0].id)).one()
    assert (negative.contact_id, negative.episode_id) == (well.id, None)
    assert (well.status, ill.status, ill.became_episode_id) == ("ACTIVE", "CONVERTED", done.value.cases[0])


def new_contact(case):
    return ContactDraft(source_episode_id=case.id)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"name": ""}, "people.name_missing"),
        ({"birth": "30/02/1990"}, "forms.bad_birth"),
        ({"birth": "11/03/2022"}, "people.birth_future"),
        ({"citizen": "12055000001"}, "line_list.lost_zero"),
        ({"citizen": "0120550000019"}, "people.citizen_length"),
        ({"sex": "nửa"}, "line_list.sex"),
        ({"result": "hai vạch?"}, "line_list.result"),
        ({"hamlet": "Bản Không Có"}, "line_list.hamlet"),
        ({"doses": "ba"}, "forms.bad_number"),
        ({"phone": "gọi chồng"}, "people.phone_signs"),
    ],
)
def test_each_bad_cell_has_its_sentence(db, catalog, nam_nga, cells, code):
    (seen,) = look(db, catalog, row(**{"name": "Lý A Thào", "birth": "2006", "phone": "x"} | {"phone": ""} | cells))
    assert code in codes(seen)
    assert not seen.ready


def test_two_rows_for_one_person_are_seen(db, catalog):
    number = look(db, catalog, row("A", citizen="012055000001"), row("B", citizen="012 055 000 001"))
    assert [codes(seen) for seen in number] == [set(), {"line_list.twice_number"}]
    names = look(db, catalog, row("Vàng Thị Sơ", "1990"), row("vang thi so", "1990"))
    assert codes(names[1]) == {"line_list.twice_name"}
    assert look(db, catalog, row("Vàng Thị Sơ", "1990"), replace(row("Vàng Thị Sơ", "1990"), is_new=True))[1].ready


@pytest.mark.parametrize(
    ("day", "code"), [(None, "line_list.day_missing"), (TODAY + timedelta(days=1), "episodes.future")]
)
def test_a_sheet_without_a_possible_day_is_refused(db, catalog, day, code):
    with pytest.raises(Refused) as refused:
        save(db, catalog, row("Lý A Thào", "2006"), header=replace(HEADER, sampled_on=day))
    assert [problem.code for problem in refused.value.problems] == [code]


def test_the_hour_of_finding_begins_the_isolation_and_is_never_ahead(db, catalog):
    at = datetime(2022, 3, 10, 7, 40)
    save(db, catalog, row("Lý A Thào", "2006"), header=replace(HEADER, found_at=at))
    with db.read() as session:
        case = session.scalars(select(EpisodeRow)).one()
    assert (case.found_at, case.isolation_start) == (at, at)
    with pytest.raises(Refused) as refused:
        save(db, catalog, row("Lý A Bé", "2007"), header=replace(HEADER, found_at=datetime(2022, 3, 10, 8, 31)))
    assert [problem.code for problem in refused.value.problems] == ["line_list.found_later"]


def test_a_birth_after_the_test_is_beside_the_birth(db, catalog):
    header = replace(HEADER, sampled_on=date(2022, 3, 1))
    (seen,) = look(db, catalog, row("Lý A Bé", "05/03/2022"), header=header)
    assert ("birth", "episodes.before_birth") in {(one.field, one.code) for one in seen.problems}


def test_a_name_in_marks_stays_a_name(db, catalog):
    hostile = row("<b>Lý</b> A'); DROP TABLE person;--", "2006")
    save(db, catalog, hostile)
    with db.read() as session:
        assert session.scalars(select(PersonRow.full_name)).one() == "<b>Lý</b> A'); DROP TABLE person;--"


def test_three_hundred_rows_are_looked_at_and_written_in_one_go(db, catalog, nam_nga):
    header = replace(HEADER, hamlet_id=nam_nga)
    rows = [
        row(f"Giàng A {chr(65 + at % 26)}{chr(97 + at // 26)}", f"{1940 + at % 70}", household=f"Hộ {at // 4}")
        for at in range(300)
    ]
    begin = perf_counter()
    assert all(seen.ready for seen in look(db, catalog, *rows, header=header))
    looked = perf_counter() - begin
    assert len(save(db, catalog, *rows, header=header).value.cases) == 300
    assert looked < 5
    assert count(db, HouseholdRow) == 75
    assert find_people(db, "Giàng A Aa")


def test_symptoms_not_written_are_not_taken_as_none(db, catalog):
    save(db, catalog, row("Lý A Thào", "2006"))
    with db.read() as session:
        assert session.scalars(select(EpisodeRow.classification)).one() == CaseClassification.CONFIRMED
