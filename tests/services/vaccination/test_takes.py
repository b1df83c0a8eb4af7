"""What a session takes along is what the store calls the lot; how much is given fits the vial."""

from __future__ import annotations

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.seating import ConsentDraft
from covidstation.services.vaccination.sessions import open_session
from covidstation.services.vaccination.takes import TakeDraft, take_out
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import COMIRNATY, WHO, jab, person, planned, refused, sheet, vaccine

YEAR = TODAY.year


def test_the_lot_says_the_vaccine_whatever_was_said(db):
    session = planned(db, vaccine(db))
    astra = vaccine(db, 100, number="AZ1", item="AstraZeneca")
    said = TakeDraft(lot_id=astra, vials=1, per_vial=10, product=COMIRNATY)
    take_out(db, session, said, catalog=catalog(), now=NOW, **WHO)
    taken = {one.lot_number: one.product for one in sheet(db, session).takes}
    assert taken == {"FK0112": COMIRNATY, "AZ1": "EU/1/21/1529"}


@pytest.mark.parametrize(("item", "volume"), [("Comirnaty 10 mcg", 20), ("Comirnaty 30 mcg", 30)])
def test_a_birth_that_allows_two_vials_is_asked_back_and_given_what_the_vial_is_made_for(db, item, volume):
    session = planned(db, vaccine(db, item=item))
    open_session(db, session, by=None, now=NOW)
    who = person(db, 1, birth=PartialDate(YEAR - 12))  # eleven or twelve
    yes = ConsentDraft(guardian_name="Lò Văn Pâng", guardian_relation="bố")
    assert "vaccination.vial_age" in refused(lambda: jab(db, session, who, consent=yes))
    draft = InjectionDraft(reason="Mẹ nói đúng tuổi")
    given = jab(db, session, who, draft=draft, consent=yes, sure=True)
    assert given.dose.volume == volume
