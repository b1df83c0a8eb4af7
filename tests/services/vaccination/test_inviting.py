"""Out of the list of who is due into a session: who is due on its day and may have one of its vaccines."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.queries.vaccine_seats import seats
from covidstation.domain.people import Sex
from covidstation.domain.vaccination.sessions import SessionDraft, SessionPart
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.errors import Refused
from covidstation.services.places import add_hamlet
from covidstation.services.vaccination.due import due_on_day
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.inviting import invite_to_new, open_sessions, who_fits
from covidstation.services.vaccination.session_papers import invitations_pdf
from covidstation.services.vaccination.stances import add_stance
from tests.services.samples import NOW, TODAY, USER, catalog
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
    found = who_fits(db, few, day=TODAY, products=frozenset({COMIRNATY}), **PLAIN)
    assert (set(found.people), found.other_vaccine, set(found.not_due)) == ({none, pfizer}, (vero,), {early, unwilling})
    later = who_fits(db, few, day=TODAY + timedelta(14), products=frozenset({COMIRNATY}), **PLAIN)
    assert set(later.people) == {none, pfizer, early}  # 21 days after the first dose
    assert set(who_fits(db, few, day=TODAY, products=frozenset({VERO}), **PLAIN).people) == {none, vero}
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
    assert found[0].codes == {COMIRNATY} and found[1].codes == frozenset()


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
        assert set(due_on_day(db, of, day=day, products=frozenset({product}), **PLAIN)) == wanted
        assert set(who_fits(db, of, day=day, products=frozenset({product}), **PLAIN).people) == wanted
