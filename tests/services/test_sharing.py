"""The day's work shared out: every piece once, on paper too; whose area it is; what Hôm nay shows of it."""

from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest

from covidstation.db.ids import new_id
from covidstation.errors import UserError
from covidstation.services.area import choose_area, my_area
from covidstation.services.places import add_hamlet
from covidstation.services.reports.today import todays_work
from covidstation.services.reviews.rounds import ReviewDraft, start_review
from covidstation.services.sharing import Worker, look_at_shares, propose_shares, save_shares, share_sheets_pdf
from covidstation.services.staff import DutyDraft, add_duty
from tests.services.outbreak import WHO, came
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour
from tests.services.samples import register as register_case

CHU, SO = Worker("Giàng A Chứ", "0912000001"), Worker("Vàng Thị Sơ")


@pytest.fixture
def places(db):
    """Three hamlets: 4 doors, 2 doors and an F0, 1 door; a round of two days begins today."""
    found = [add_hamlet(db, f"Bản {name}", by=None, now=NOW).value for name in ("Nậm Ngá", "Pa Khoá", "Hua Lai")]
    for number, hamlet in enumerate([found[0]] * 4 + [found[1]] * 2 + [found[2]], start=10):
        came(db, hamlet, number)
    sick = replace(neighbour(30), hamlet_id=found[1])
    register_case(db, f0(sick))
    draft = ReviewDraft(title="Rà", first_day=TODAY, last_day=TODAY + timedelta(1))
    start_review(db, draft, catalog=catalog(), now=NOW, **WHO)
    return found


def words(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def test_loads_are_what_the_day_asks(db, places):
    plan = look_at_shares(db, TODAY, catalog=catalog())
    assert [(one.hamlet, one.cases, one.contacts, one.doors) for one in plan.loads] == [
        ("Bản Hua Lai", 0, 0, 1), ("Bản Nậm Ngá", 0, 0, 2), ("Bản Pa Khoá", 1, 0, 1)
    ]  # fmt: skip
    last = look_at_shares(db, TODAY + timedelta(1), catalog=catalog())
    assert sum(one.doors for one in last.loads) == 7


def test_shared_kept_changed_and_printed(db, places):
    near, far, small = places
    add_duty(db, DutyDraft(name=CHU.name, phone=CHU.phone, hamlet_id=far), catalog=catalog(), by=None, now=NOW)
    plan = look_at_shares(db, TODAY, catalog=catalog())
    assert (plan.people[0].name, plan.people[0].hamlets) == (CHU.name, frozenset({far}))
    shares = propose_shares(plan, [SO, plan.people[0]])
    assert {hamlet: one.name for hamlet, one in shares.items()} == {near: SO.name, far: CHU.name, small: SO.name}
    save_shares(db, TODAY, shares, by=None, now=NOW)
    assert look_at_shares(db, TODAY, catalog=catalog()).shared == {near: SO.key, far: CHU.key, small: SO.key}
    pages = words(share_sheets_pdf(db, TODAY, catalog=catalog()))
    assert len(pages) == 2
    assert "Giàng A Chứ" in pages[0] and "Bản Pa Khoá: 2 việc" in pages[0]
    assert "Vàng Thị Sơ" in pages[1] and "Bản Nậm Ngá: 2 việc" in pages[1] and "Bản Hua Lai: 1 việc" in pages[1]
    save_shares(db, TODAY, {near: CHU}, by=None, now=NOW)
    assert look_at_shares(db, TODAY, catalog=catalog()).shared == {near: CHU.key}


def test_nothing_to_keep_nothing_to_print(db, places):
    with pytest.raises(UserError, match="nobody"):
        save_shares(db, TODAY, {}, by=None, now=NOW)
    with pytest.raises(UserError, match="nothing"):
        share_sheets_pdf(db, TODAY, catalog=catalog())


def test_whose_area_it_is(db, places, register):
    near, far, small = places
    user, name = register.user_id, register.user_name
    assert not my_area(db, TODAY).assigned
    duty = DutyDraft(name="Chị Mai", hamlet_id=far, user_id=user, valid_until=TODAY)
    add_duty(db, duty, catalog=catalog(), by=None, now=NOW)
    assert (my_area(db, TODAY).hamlets, my_area(db, TODAY).filter) == ({far}, None)
    assert not my_area(db, TODAY + timedelta(1)).assigned
    choose_area(db, True, by=user, now=NOW)
    assert my_area(db, TODAY).filter == {far}
    choose_area(db, False, by=user, now=NOW)
    choose_area(db, True, by=user, now=NOW)
    save_shares(db, TODAY, {near: Worker(name), small: SO}, by=None, now=NOW)
    shared = my_area(db, TODAY)
    assert (shared.filter, shared.shared, shared.names) == ({near}, True, ("Bản Nậm Ngá",))
    with pytest.raises(UserError, match="unknown"):
        add_duty(db, replace(duty, user_id=new_id()), catalog=catalog(), by=None, now=NOW)


def test_a_duty_by_name_and_for_the_whole_commune(db, places, register):
    add_duty(db, DutyDraft(name=register.user_name.upper()), catalog=catalog(), by=None, now=NOW)
    choose_area(db, True, by=register.user_id, now=NOW)
    area = my_area(db, TODAY)
    assert (area.assigned, area.hamlets, area.filter) == (True, None, None)


def test_today_shows_one_area(db, places, register):
    near, far, _small = places
    name = register.user_name
    add_duty(db, DutyDraft(name=name, hamlet_id=near), catalog=catalog(), by=None, now=NOW)
    assert todays_work(register, catalog(), NOW).without_order.count == 1
    choose_area(db, True, by=register.user_id, now=NOW)
    mine = todays_work(register, catalog(), NOW)
    assert (mine.round.wanted, mine.without_order.count, mine.missing) == (0, 0, ())
    add_duty(db, DutyDraft(name=name, hamlet_id=far), catalog=catalog(), by=None, now=NOW)
    both = todays_work(register, catalog(), NOW)
    assert (both.round.wanted, both.without_order.count) == (1, 1)
    assert [one.hamlet_id for one in both.missing] == [far] * len(both.missing) != []
