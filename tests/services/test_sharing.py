"""The day's work shared out: every piece once, on paper too; whose area it is; what Hôm nay shows of it."""

from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.places import hamlets_of
from covidstation.db.rows import HouseholdRow
from covidstation.domain.areas import Part
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
        ("Bản Hua Lai", 0, 0, 1), ("Bản Nậm Ngá", 0, 0, 2), ("Bản Pa Khoá", 1, 0, 2)
    ]  # fmt: skip
    last = look_at_shares(db, TODAY + timedelta(1), catalog=catalog())
    assert sum(one.doors for one in last.loads) == 8  # the F0 has no household yet: a door too


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
    assert "Giàng A Chứ" in pages[0] and "Bản Pa Khoá: 3 việc" in pages[0]
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
    assert set(hamlets_of(db, [one.person_id for one in both.missing]).values()) == {far}


def test_a_split_hamlet_stays_with_those_in_charge_of_its_parts(db, places):
    near, far, small = places
    with db.write(None, NOW) as session:
        homes = session.scalars(
            select(HouseholdRow).where(HouseholdRow.hamlet_id == near).order_by(HouseholdRow.n)
        ).all()
        for number, home in enumerate(homes, start=1):
            home.walk_order = number
    for worker, part in ((CHU, Part(last=2)), (SO, Part(first=3))):
        duty = DutyDraft(name=worker.name, phone=worker.phone, hamlet_id=near, part=part)
        add_duty(db, duty, catalog=catalog(), by=None, now=NOW)
    last = TODAY + timedelta(1)  # all four doors are left
    plan = look_at_shares(db, last, catalog=catalog())
    assert plan.split == {near: (CHU.name, SO.name)}
    chosen = [one for one in plan.people if one.name in (CHU.name, SO.name)]
    shares = propose_shares(plan, chosen)
    assert set(shares) == {far, small}
    assert set(propose_shares(plan, [Worker("Lò Văn Đôi")])) == {near, far, small}  # neither of them goes
    save_shares(db, last, shares, by=None, now=NOW)
    whole = " ".join(words(share_sheets_pdf(db, last, catalog=catalog())))
    assert "Bản Nậm Ngá, nhà đến số 2: 2 việc" in whole and "Bản Nậm Ngá, nhà từ số 3: 2 việc" in whole
    actor, db.actor = db.actor, replace(db.actor, name=CHU.name)
    try:
        area = my_area(db, last)
    finally:
        db.actor = actor
    mine = {hamlet for hamlet, one in shares.items() if one.name == CHU.name}
    assert area.shared == bool(mine) and set(area.hamlets) == mine
    assert set(area.hamlets.homes) == {home.id for home in homes[:2]}
    save_shares(db, last, {**shares, near: SO}, by=None, now=NOW)  # given to one of them as a whole
    assert "nhà đến số 2" not in " ".join(words(share_sheets_pdf(db, last, catalog=catalog())))
