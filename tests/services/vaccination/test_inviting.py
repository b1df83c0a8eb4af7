"""Out of the list of who is due into a session: who is due on its day and may have one of its vaccines."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.queries.vaccine_seats import seats
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex
from covidstation.domain.vaccination.cold_rules import FridgeKind
from covidstation.domain.vaccination.fitting import Brought
from covidstation.domain.vaccination.sessions import SessionDraft, SessionPart
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.errors import Refused
from covidstation.services.places import add_hamlet
from covidstation.services.vaccination.due import due_on_day
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.inviting import invite_to_new, open_sessions, who_fits
from covidstation.services.vaccination.plan import dose_plan
from covidstation.services.vaccination.session_papers import invitations_pdf
from covidstation.services.vaccination.stances import add_stance
from covidstation.services.vaccination.takes import TakeDraft, take_out
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.vaccination.fridges import fridge
from tests.services.vaccination.rooms import COMIRNATY, ended, person, planned, running, vaccine
from tests.services.vaccination.test_due_book import Village, from_nothing
from tests.services.vaccination.test_history import told
from tests.services.vaccination.test_session_results import text_of

ASTRA, VERO = "EU/1/21/1529", "BBIBP-CorV"
PLAIN = {"catalog": catalog(), "now": NOW}
WHO = {"by": None, "by_name": USER, "now": NOW}


def first_dose(db, who, product, days):
    day = TODAY - timedelta(days)
    record_dose(db, told(who, day.year, day.month, day.day, product=product), catalog=catalog(), sure=True, **WHO)


@pytest.fixture
def few(db):
    """Nothing had; Pfizer 30 days ago; Vero Cell 30 days ago (must go on with it); Pfizer a week ago; who refused."""
    where = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    none, pfizer, vero, early, unwilling = (person(db, n, hamlet_id=where, sex=Sex.MALE) for n in range(1, 6))
    first_dose(db, pfizer, COMIRNATY, 30)
    first_dose(db, vero, VERO, 30)
    first_dose(db, early, COMIRNATY, 7)
    add_stance(db, StanceDraft(person_id=unwilling, kind=StanceKind.REFUSED, reason="sợ", since=TODAY), **WHO)
    return none, pfizer, vero, early, unwilling


def test_who_fits_a_session_of_comirnaty_today_and_in_two_weeks(db, few):
    none, pfizer, vero, early, unwilling = few
    found = who_fits(db, few, day=TODAY, products=[Brought(COMIRNATY)], **PLAIN)
    assert (set(found.people), found.other_vaccine, set(found.not_due)) == ({none, pfizer}, (vero,), {early, unwilling})
    later = who_fits(db, few, day=TODAY + timedelta(14), products=[Brought(COMIRNATY)], **PLAIN)
    assert set(later.people) == {none, pfizer, early}  # 21 days after the first dose
    assert set(who_fits(db, few, day=TODAY, products=[Brought(VERO)], **PLAIN).people) == {none, vero}
    assert set(who_fits(db, few, day=TODAY, **PLAIN).people) == {none, pfizer, vero}
    assert set(who_fits(db, DueFilter(), day=TODAY, **PLAIN).all) == set(few)


def test_a_new_session_expects_them_and_their_invitations_are_printed(db, few):
    draft = SessionDraft(day=TODAY + timedelta(2), part=SessionPart.AFTERNOON)
    one = invite_to_new(db, draft, few[:2], **WHO).value
    assert {line.person_id for line in seats(db, one)} == set(few[:2])
    words = text_of(invitations_pdf(db, one, catalog=catalog(), today=TODAY, only=few[:1]))
    assert words.count("GIẤY MỜI") == 1 and "chiều, ngày 12/03/2022" in words
    with pytest.raises(Refused):
        invite_to_new(db, replace(draft, day=None), few[:2], **WHO)


def test_what_can_be_invited_to_is_planned_or_running_with_its_vaccines(db):
    lot = vaccine(db, 60)
    over = running(db, lot, 1)
    ended(db, over, 6)
    open_, coming = running(db, lot, 1), planned(db, day=TODAY + timedelta(3))
    found = open_sessions(db, now=NOW)
    assert [one.line.id for one in found] == [open_, coming]
    assert {one.product for one in found[0].products} == {COMIRNATY} and found[1].products == ()


@pytest.mark.parametrize("seed", range(3))
def test_of_a_whole_list_it_is_what_the_schedule_says_of_each(db, seed):
    village = Village(db, Random(seed))
    for _ in range(60):
        village.step()
    for days, product in ((0, COMIRNATY), (20, ASTRA), (100, VERO)):
        day = TODAY + timedelta(days)
        said = from_nothing(db, day)
        wanted = {
            who for who, (state, hamlet, *_rest) in said.items()
            if state.kind.value in ("DUE", "OVERDUE") and product in state.products and hamlet == village.hamlets[0]
        }  # fmt: skip
        of = DueFilter(hamlet_id=village.hamlets[0])
        assert set(due_on_day(db, of, day=day, products=[Brought(product)], **PLAIN)) == wanted
        assert set(who_fits(db, of, day=day, products=[Brought(product)], **PLAIN).people) == wanted


@pytest.mark.parametrize(
    ("item", "strength", "fit"),
    [
        ("Comirnaty 30 mcg", "", "adult"),
        ("Comirnaty (Pfizer-BioNTech)", "30 mcg/0,3 ml", "adult"),  # as the shipped list of items has it
        ("Pfizer 10 mcg trẻ em", "", "child"),
        ("Comirnaty", "", "both"),
    ],
)
def test_children_are_not_invited_to_vials_of_adults_nor_planned_with_them(db, item, strength, fit):
    """In May 2022 those of 5 to 11 years are vaccinated, with 10 mcg out of vials of 10 doses; 12 years of age is an
    adult's dose, out of vials of 6 (Comirnaty's leaflets)."""
    now = NOW.replace(month=5)
    where = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    births = [*([PartialDate(2014, 6, 1)] * 3), PartialDate(2010, 5, 10), PartialDate(2010, 5, 11)]
    people = [person(db, n, hamlet_id=where, birth=birth) for n, birth in enumerate(births, 1)]
    children, adult = {*people[:3], people[4]}, {people[3]}  # twelve on that day, and one day before
    wanted = {"adult": adult, "child": children, "both": {*people}}[fit]
    draft = TakeDraft(lot_id=vaccine(db, 60, item=item, strength=strength), vials=2, per_vial=6)
    meant = planned(db, day=now.date(), now=now)
    take_out(db, meant, draft, catalog=catalog(), by=None, by_name=USER, now=now, sure=True)  # long thawed
    (one,) = open_sessions(db, now=now)
    known = {"catalog": catalog(), "now": now, "day": now.date(), "products": one.products}
    found = who_fits(db, people, **known)
    assert set(found.people) == wanted and set(found.other_vaccine) == {*people} - wanted and not found.not_due
    assert set(due_on_day(db, DueFilter(), **known)) == wanted
    lines = dose_plan(db, catalog=catalog(), now=now).lines
    assert [(line.product, line.doses) for line in lines] == [("Pfizer 10 mcg trẻ em", 4), ("Pfizer 30 mcg", 1)]
    assert [line.stock for line in lines] == [4 * (fit == "child"), 0]  # vials of 10 mcg last longer once thawed
    fridge(db, name="Tủ đông", kind=FridgeKind.FREEZER)  # when it thawed there nobody wrote
    lines = dose_plan(db, catalog=catalog(), now=now).lines
    assert sorted((line.doses, line.stock, line.vials) for line in lines) == [
        (1, 1 * (fit != "child"), 1 * (fit == "child")), (4, 4 * (fit != "adult"), 1 * (fit == "adult")),
    ]  # fmt: skip
