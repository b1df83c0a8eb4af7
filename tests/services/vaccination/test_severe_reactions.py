"""What a severe reaction leaves: the vaccine is not given again, the dead are not invited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from covidstation.db.queries.vaccination import stances_of
from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseDraft
from covidstation.domain.vaccination.reactions import EventDraft, EventEnd
from covidstation.domain.vaccination.stances import ClosedReason
from covidstation.domain.vaccination.states import DueKind
from covidstation.services.households.leaving import DeathDraft, record_death
from covidstation.services.places import add_hamlet
from covidstation.services.vaccination.due import vaccine_state
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.reactions import EndDraft, edit_event, end_event, record_event, reopen_event
from covidstation.services.vaccination.stances import close_stance
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import COMIRNATY, WHO, jab, person, refused, running, take, vaccine

AT = NOW.replace(tzinfo=None)
LATER = NOW + timedelta(days=28)
ASTRA = "EU/1/21/1529"
KNOWN = {"catalog": catalog(), "by": None}


def shock(who, grade, **changes):
    said = EventDraft(person_id=who, kinds=("ANAPHYLAXIS",), began_at=AT, grade=grade, treatment="Adrenalin 0,5 mg")
    return replace(said, **changes)


def write(db, draft):
    return record_event(db, draft, catalog=catalog(), now=NOW, sure=True, **WHO).value


def barred(db, who):
    with db.read() as session:
        return [(one.product, one.reason) for one in stances_of(session, who) if one.holds(LATER.date())]


def test_an_anaphylaxis_bars_its_vaccine_on_the_list_and_at_the_desk(db):
    lot = vaccine(db)
    who = person(db, 1)
    jab(db, running(db, lot), who)
    write(db, shock(who, 3))
    assert barred(db, who) == [(COMIRNATY, "Phản vệ độ 3 sau tiêm, ngày 10/03/2022")]
    state = vaccine_state(db, who, catalog=catalog(), now=LATER)
    assert COMIRNATY not in state.products
    second = running(db, lot, 1, day=LATER.date(), now=LATER)
    take(db, second, vaccine(db, 20, number="AZ7", item="AstraZeneca"), 1, per_vial=10, now=LATER)
    pfizer = InjectionDraft(take_id=_take(db, second, COMIRNATY))
    asked = refused(lambda: jab(db, second, who, now=LATER, draft=pfizer))
    assert asked & {"vaccination.product_against", "vaccine_session.not_due"}


def _take(db, session_id, product):
    return next(one.id for one in session_sheet(db, session_id).takes if one.product == product)


def test_what_bars_follows_the_reaction(db):
    """A lower grade and a mistake take it back; only another word of the reaction lets it stand again."""
    who = person(db, 1)
    given = DoseDraft(person_id=who, given=PartialDate.of(TODAY), product=COMIRNATY, given_at=AT, reason="theo giấy")
    dose = record_dose(db, given, now=NOW, sure=True, catalog=catalog(), **WHO).value
    event = write(db, shock(who, 1))
    assert barred(db, who) == []
    edit_event(db, event.id, shock(who, 2), now=NOW, sure=True, **KNOWN)
    edit_event(db, event.id, shock(who, 2, note="đã tỉnh"), now=NOW, sure=True, **KNOWN)
    assert [product for product, _why in barred(db, who)] == [COMIRNATY]
    edit_event(db, event.id, shock(who, 1), now=NOW, sure=True, **KNOWN)
    assert barred(db, who) == []
    edit_event(db, event.id, shock(who, None), now=NOW, sure=True, **KNOWN)  # nobody knows how grave
    assert len(barred(db, who)) == 1
    end_event(db, event.id, EndDraft(end=EventEnd.MISTAKE), by=None, now=NOW)
    assert barred(db, who) == []
    reopen_event(db, event.id, now=NOW, **KNOWN)
    assert len(barred(db, who)) == 1
    with db.read() as session:
        (stance,) = stances_of(session, who)
    close_stance(db, stance.id, ClosedReason.OVER, by=None, now=NOW)  # the hospital allowed it
    edit_event(db, event.id, shock(who, None, note="bệnh viện cho tiêm"), now=NOW, sure=True, **KNOWN)
    assert barred(db, who) == []
    edit_event(db, event.id, shock(who, 4), now=NOW, sure=True, **KNOWN)
    right = replace(given, product=ASTRA, voids=dose.id)
    record_dose(db, right, now=NOW, sure=True, catalog=catalog(), **WHO)
    assert barred(db, who) == [(ASTRA, "Phản vệ độ 4 sau tiêm, ngày 10/03/2022")]


def test_whatever_was_grave_before_is_asked_back_at_the_desk(db):
    lot, who = vaccine(db), person(db, 1)
    jab(db, running(db, lot), who)
    event = write(db, EventDraft(person_id=who, kinds=("SEIZURE",), began_at=AT, treatment="Diazepam"))
    second = running(db, lot, 1, day=LATER.date(), now=LATER)
    assert refused(lambda: jab(db, second, who, now=LATER)) == {"vaccine_session.severe_before"}
    assert refused(lambda: jab(db, second, who, now=LATER, sure=True)) == {"vaccination.why"}
    end_event(db, event.id, EndDraft(end=EventEnd.MISTAKE), by=None, now=NOW)
    jab(db, second, who, now=LATER)


def test_nobody_dies_of_a_reaction_and_is_invited_all_the_same(db):
    who = person(db, 1, hamlet_id=add_hamlet(db, "Bản Tả", by=None, now=NOW).value)
    jab(db, running(db, vaccine(db)), who)
    event = write(db, shock(who, 4))
    died = EndDraft(end=EventEnd.DIED)
    assert refused(lambda: end_event(db, event.id, died, by=None, now=NOW)) == {"reactions.death_first"}
    record_death(db, DeathDraft(person_id=who, day=TODAY), now=NOW, **WHO)
    assert end_event(db, event.id, died, by=None, now=NOW).value.end is EventEnd.DIED
    assert vaccine_state(db, who, catalog=catalog(), now=LATER).kind is DueKind.NOT_ELIGIBLE
