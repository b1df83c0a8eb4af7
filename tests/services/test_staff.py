"""Who is on duty where, day by day."""

from dataclasses import replace
from datetime import date, timedelta

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from covidstation.db.ids import new_id
from covidstation.db.queries.staff import all_duties, duties_on, staff_on
from covidstation.domain.duties import DutyRole, Team
from covidstation.errors import Refused, UserError
from covidstation.services.papers.handouts import staff_list_pdf
from covidstation.services.places import add_hamlet
from covidstation.services.staff import DutyDraft, add_duty, edit_duty, end_duty
from tests.services.samples import NOW, TODAY

WHO = DutyDraft(name="Lò Văn Đôi", title="Y tế thôn bản", phone="0912 345 678")


@pytest.fixture
def add(db, catalog):
    return lambda draft: add_duty(db, draft, catalog=catalog, by=None, now=NOW).value


def test_a_duty_counts_from_its_first_to_its_last_day(db, add):
    add(replace(WHO, valid_from=date(2022, 3, 1), valid_until=date(2022, 3, 31)))
    days = [date(2022, 2, 28), date(2022, 3, 1), date(2022, 3, 31), date(2022, 4, 1)]
    assert [staff_on(db, day) for day in days] == [0, 1, 1, 0]
    assert [line.runs_on(day) for line in all_duties(db) for day in days] == [False, True, True, False]


def test_who_has_two_hamlets_is_one_person(db, add):
    first = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    second = add_hamlet(db, "Bản Pa Khoá", by=None, now=NOW).value
    add(replace(WHO, hamlet_id=second))
    add(replace(WHO, hamlet_id=first))
    add(replace(WHO, name="Vàng Thị Sơ", phone=""))
    assert [(line.hamlet, line.name) for line in duties_on(db, TODAY)] == [
        ("", "Vàng Thị Sơ"),
        ("Nậm Ngá", "Lò Văn Đôi"),
        ("Pa Khoá", "Lò Văn Đôi"),
    ]
    assert staff_on(db, TODAY) == 2
    assert duties_on(db, TODAY)[1].phone == "0912345678"


def test_ending_keeps_the_days_before(db, add):
    one = add(replace(WHO, valid_from=date(2022, 3, 1)))
    end_duty(db, one, TODAY - timedelta(days=1), by=None, now=NOW)
    assert (staff_on(db, TODAY - timedelta(days=1)), staff_on(db, TODAY)) == (1, 0)
    with pytest.raises(Refused):
        end_duty(db, one, date(2022, 2, 1), by=None, now=NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "staff.name_missing"),
        ({"name": "A" * 201}, "staff.too_long"),
        ({"phone": "không có"}, "people.phone_signs"),
        ({"valid_from": TODAY, "valid_until": TODAY - timedelta(days=1)}, "staff.ends_first"),
    ],
)
def test_what_is_refused(add, db, changes, code):
    with pytest.raises(Refused) as refused:
        add(replace(WHO, **changes))
    assert [problem.code for problem in refused.value.problems] == [code]
    assert all_duties(db) == ()


def test_the_same_duty_twice_and_unknown_places(db, add, catalog):
    one = add(replace(WHO, valid_until=TODAY))
    with pytest.raises(UserError, match=r"staff\.twice"):
        add(replace(WHO, name="lò văn đôi", valid_from=TODAY))
    add(replace(WHO, valid_from=TODAY + timedelta(days=1)))
    with pytest.raises(UserError, match=r"staff\.unknown_hamlet"):
        add(replace(WHO, hamlet_id=new_id()))
    with pytest.raises(UserError, match=r"staff\.unknown"):
        edit_duty(db, new_id(), WHO, catalog=catalog, by=None, now=NOW)
    edit_duty(db, one, replace(WHO, title="Cộng tác viên", valid_until=TODAY), catalog=catalog, by=None, now=NOW)
    assert all_duties(db)[0].title == "Cộng tác viên"


SPAN = st.one_of(st.none(), st.integers(-5, 5).map(lambda n: TODAY + timedelta(days=n)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=st.lists(st.tuples(SPAN, SPAN), max_size=4))
def test_the_query_says_what_the_lines_say(db, add, spans):
    for number, (first, last) in enumerate(spans):
        if first is None or last is None or first <= last:
            add(DutyDraft(name=f"{new_id()} {number}", valid_from=first, valid_until=last))
    for offset in range(-6, 7):
        day = TODAY + timedelta(days=offset)
        assert set(duties_on(db, day)) == {line for line in all_duties(db) if line.runs_on(day)}


def test_a_team_is_another_duty_at_the_same_place_and_stands_on_paper(db, catalog):
    plain = DutyDraft(name="Lò Thị Mai", phone="0912345678", role=DutyRole.STATION)
    add_duty(db, plain, catalog=catalog, by=None, now=NOW)
    team = replace(plain, team=Team.MOBILE_STATION, role=DutyRole.REINFORCEMENT)
    add_duty(db, team, catalog=catalog, by=None, now=NOW)
    with pytest.raises(UserError, match=r"staff\.twice"):
        add_duty(db, team, catalog=catalog, by=None, now=NOW)
    assert {(line.role, line.team) for line in duties_on(db, TODAY)} == {
        (DutyRole.STATION, Team.NONE),
        (DutyRole.REINFORCEMENT, Team.MOBILE_STATION),
    }
    assert staff_on(db, TODAY) == 1
    pdf = staff_list_pdf(db, catalog=catalog, day=TODAY)
    words = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert "Trạm y tế lưu" in words and "Người tăng" in words
