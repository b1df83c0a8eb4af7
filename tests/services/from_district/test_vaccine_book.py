"""Who is due at two stations: lines of the district write the rows, past every act of a window; the books follow."""

from covidstation.db.queries.people import get_person
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.domain.vaccination.states import DueKind
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.stances import add_stance
from tests.services import samples
from tests.services.from_district.test_moves import answer, ask, two
from tests.services.outbreak import WHO, case
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.test_due_book import book, from_nothing
from tests.services.vaccination.test_history import PFIZER, told

__all__ = ["two"]


def agree(*places):
    for place in places:
        assert book(place.db, TODAY) == from_nothing(place.db, TODAY)


def test_a_person_who_moves_leaves_one_book_for_the_other(world, two):
    old, new = two
    agree(old, new)
    who = case(old.db, 1).person_id
    record_dose(old.db, told(who, 2022, 2, 18, product=PFIZER), catalog=catalog(), now=NOW, **WHO)
    ask(old, who, new.name)
    old.send()
    new.receive()
    agree(old, new)
    assert who in book(old.db, TODAY) and who not in book(new.db, TODAY)
    answer(new)
    new.exchange()
    old.exchange()
    agree(old, new)
    assert who not in book(old.db, TODAY) and who in book(new.db, TODAY)
    state = book(new.db, TODAY)[who][0]
    assert (state.kind, state.doses) == (DueKind.NOT_YET, 1)


def test_what_the_new_station_says_stands_in_its_book_alone(world, two):
    old, new = two
    who = case(old.db, 1).person_id
    ask(old, who, new.name)
    old.send()
    new.receive()
    answer(new)
    new.exchange()
    old.exchange()
    draft = StanceDraft(person_id=who, kind=StanceKind.REFUSED, reason="sợ đau", since=samples.TODAY)
    add_stance(new.db, draft, now=world.tick(), **WHO)
    new.exchange()
    old.exchange()
    agree(old, new)
    assert book(new.db, TODAY)[who][0].kind is DueKind.REFUSED
    assert get_person(old.db, who) is not None and who not in book(old.db, TODAY)
