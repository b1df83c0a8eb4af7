"""What the report of a reaction says of the lot: the doses of the station, and whether this person is among them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseDraft, DoseSource
from covidstation.domain.vaccination.reactions import EventDraft, EventEnd
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.reaction_month import month_reactions
from covidstation.services.vaccination.reaction_papers import event_pdf
from covidstation.services.vaccination.reactions import EndDraft, end_event, record_event
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import COMIRNATY, WHO, jab, person, running, vaccine
from tests.services.vaccination.test_session_results import text_of

ACT = {"catalog": catalog(), "now": NOW + timedelta(hours=1), **WHO}


@pytest.fixture
def session_of_three(db):
    one = running(db, vaccine(db), 2)
    return [jab(db, one, person(db, number)).dose for number in range(3)]


def written(db, source, facility=""):
    """A dose of that lot outside a session."""
    dose = DoseDraft(
        person_id=person(db, 30), given=PartialDate.of(TODAY), product=COMIRNATY, number=1, source=source,
        lot_number="FK0112", facility=facility, reason="Theo giấy",
    )  # fmt: skip
    return record_dose(db, dose, catalog=catalog(), now=NOW, sure=True, **WHO).value


def lot_words(db, dose, *, end=None):
    event = EventDraft(
        person_id=dose.person_id, dose_id=dose.id, kinds=("ANAPHYLAXIS",), grade=3,
        began_at=NOW.replace(tzinfo=None) + timedelta(minutes=20), treatment="Adrenalin",
    )  # fmt: skip
    made = record_event(db, event, sure=True, **ACT).value
    if end is not None:
        end_event(db, made.id, EndDraft(end=end), by=None, now=NOW + timedelta(hours=1))
    words = text_of(event_pdf(db, made.id, catalog=catalog(), today=TODAY))
    return words[words.index("Cùng lô") :]


def test_of_a_dose_that_another_place_gave_it_is_beside_the_stations(db, session_of_three):
    dose = written(db, DoseSource.CARD, "Bệnh viện huyện Sìn Hồ")
    assert "3 liều; 0 người phản ứng thông thường, 0 người nặng, không kể người này" in lot_words(db, dose)


def test_a_dose_of_the_stations_own_without_a_session_counts_as_in_the_month(db, session_of_three):
    dose = written(db, DoseSource.OWN_RECORD)
    assert "4 liều; 0 người phản ứng thông thường, 1 người nặng, kể cả người này" in lot_words(db, dose)
    assert dict(month_reactions(db, TODAY, catalog=catalog()).doses) == {COMIRNATY: 4}


def test_of_a_session_dose_it_is_one_of_them_unless_it_was_a_mistake(db, session_of_three):
    first, second, _third = session_of_three
    assert "3 liều; 0 người phản ứng thông thường, 1 người nặng, kể cả người này" in lot_words(db, first)
    words = lot_words(db, second, end=EventEnd.MISTAKE)
    assert "3 liều; 0 người phản ứng thông thường, 1 người nặng, không kể người này" in words
