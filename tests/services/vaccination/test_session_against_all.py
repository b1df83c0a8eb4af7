"""At the desk a contraindication is named for what it is, whatever else the schedule says of somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.rows import VaccineStanceRow
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.stances import ClosedReason, StanceDraft, StanceKind
from covidstation.domain.vaccination.states import DueKind
from covidstation.errors import Refused, UserError
from covidstation.messages import sentences
from covidstation.services.vaccination.arrival import look_at_arrival
from covidstation.services.vaccination.due import vaccine_state
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.seating import ScreeningDraft
from covidstation.services.vaccination.sessions import open_session
from covidstation.services.vaccination.stances import add_stance, close_stance
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import LATER
from tests.services.vaccination.rooms import (
    COMIRNATY,
    WHO,
    code,
    jab,
    person,
    planned,
    refused,
    running,
    sheet,
    take,
    vaccine,
)

AGAINST_ALL, AGAINST = "vaccine_session.against_all", "vaccination.product_against"
MEASURED = ScreeningDraft(vitals=Vitals(temperature=367, systolic=120, diastolic=80))
WHY = "Bệnh viện tỉnh: dị ứng nặng, không tiêm"


def against(db, who, product="", reason=WHY):
    said = StanceDraft(
        person_id=who, kind=StanceKind.CONTRAINDICATED, since=TODAY - timedelta(days=9), reason=reason, product=product
    )
    return add_stance(db, said, now=NOW - timedelta(days=9), **WHO).value


def had(db, who, dose_class, number, day):
    dose = DoseDraft(
        person_id=who, given=PartialDate.of(day), product=COMIRNATY, dose_class=dose_class, number=number,
        source=DoseSource.CARD, reason="Theo giấy",
    )  # fmt: skip
    record_dose(db, dose, catalog=catalog(), now=NOW, sure=True, **WHO)


def unknown(db):
    return person(db, 1, birth=None)


def by_hand_from(db, one):
    (taken,) = sheet(db, one).takes
    return InjectionDraft(take_id=taken.id)


def complete(db):
    who = person(db, 1)
    had(db, who, DoseClass.PRIMARY, 1, date(2021, 6, 15))
    had(db, who, DoseClass.PRIMARY, 2, date(2021, 7, 15))
    had(db, who, DoseClass.BOOSTER, 1, date(2022, 1, 10))
    return who


@pytest.mark.parametrize(("known", "kind"), [(unknown, DueKind.UNKNOWN), (complete, DueKind.COMPLETE)])
def test_a_bar_of_every_vaccine_is_asked_back_whatever_the_schedule_says(db, known, kind):
    who, one = known(db), running(db, vaccine(db))
    stance = against(db, who)
    assert vaccine_state(db, who, catalog=catalog(), now=NOW).kind is kind
    with pytest.raises(Refused) as trouble:
        jab(db, one, who, screening=MEASURED)
    said = [words for words in sentences(trouble.value) if "mọi vắc xin" in words]
    assert len(said) == 1 and WHY in said[0]
    assert refused(lambda: jab(db, one, who, screening=MEASURED, sure=True)) == {"vaccination.why"}
    close_stance(db, stance.id, ClosedReason.OVER, by=None, now=NOW)
    assert AGAINST_ALL not in refused(lambda: jab(db, one, who, screening=MEASURED))


def test_what_the_state_is_of_is_said_once_and_another_bar_beside_it(db):
    who, one = person(db, 1), running(db, vaccine(db))
    against(db, who)
    assert refused(lambda: jab(db, one, who)) == {"vaccine_session.not_due"}  # it names the reason
    against(db, who, COMIRNATY, reason="Phản vệ độ 3 sau mũi 1")
    by_hand = by_hand_from(db, one)  # nobody is handed by the program what they must not have
    assert refused(lambda: jab(db, one, who, draft=by_hand)) == {"vaccine_session.not_due", AGAINST}
    jab(db, one, who, sure=True, draft=replace(by_hand, reason="Hội chẩn bệnh viện tỉnh"))


def test_a_bar_goes_by_the_vaccine_and_not_by_its_name(db):
    who, one = person(db, 1), running(db, vaccine(db, item="Hayat-Vax", number="HV01"))
    against(db, who, "BBIBP-CorV", reason="Phản vệ độ 3 sau mũi 1")
    chosen = InjectionDraft(product="Hayat-Vax")
    assert AGAINST in refused(lambda: jab(db, one, who, screening=MEASURED, draft=chosen))


def test_a_bar_of_a_vaccine_that_no_list_knows_is_one_of_every_vaccine(db):
    who, one = complete(db), running(db, vaccine(db))
    with db.write(None, NOW) as session:  # as an older register has it
        session.add(
            VaccineStanceRow(
                id=new_id(), person_id=who, kind="CONTRAINDICATED", product="vắc xin Trung Quốc", since=TODAY,
                reason="Phản vệ độ 3",
            )
        )  # fmt: skip
    assert AGAINST_ALL in refused(lambda: jab(db, one, who, screening=MEASURED))
    other = person(db, 2)
    with db.write(None, NOW) as session:
        session.scalars(select(VaccineStanceRow)).one().person_id = other
    assert vaccine_state(db, other, catalog=catalog(), now=NOW).kind is DueKind.CONTRAINDICATED


def test_a_component_of_a_barred_vaccine_is_asked_back(db):
    who, one = person(db, 1), running(db, vaccine(db))
    against(db, who, "EU/1/20/1507", reason="Phản vệ độ 3 sau mũi 1")
    assert refused(lambda: jab(db, one, who)) == {"vaccination.component_against"}
    with pytest.raises(Refused) as trouble:
        jab(db, one, who)
    assert "Spikevax" in sentences(trouble.value)[0] and "PEG" in sentences(trouble.value)[0]
    assert refused(lambda: jab(db, one, who, sure=True)) == {"vaccination.why"}


def test_what_the_schedule_names_no_vaccine_for_wants_a_word_why(db):
    who, one = person(db, 1), running(db, vaccine(db))
    dose = DoseDraft(
        person_id=who, given=PartialDate(2022, 1, 3), product="CoronaVac", number=1, dose_class=DoseClass.PRIMARY,
        source=DoseSource.CARD, country="LA",
    )  # fmt: skip
    record_dose(db, dose, catalog=catalog(), now=NOW, sure=True, **WHO)
    said = {"screening": MEASURED, "draft": by_hand_from(db, one)}
    assert refused(lambda: jab(db, one, who, **said)) == {"vaccination.product_unsaid"}
    said["draft"] = replace(said["draft"], reason="Trung tâm y tế huyện đồng ý")
    jab(db, one, who, sure=True, **said)


@pytest.mark.parametrize("day", [date(2022, 1, 3), TODAY - timedelta(days=3)])  # due, and not yet
def test_where_the_schedule_names_no_vaccine_none_is_proposed(db, day):
    who, one = person(db, 1), running(db, vaccine(db))
    dose = DoseDraft(
        person_id=who, given=PartialDate.of(day), product="CoronaVac", number=1, dose_class=DoseClass.PRIMARY,
        source=DoseSource.CARD, country="LA",
    )  # fmt: skip
    record_dose(db, dose, catalog=catalog(), now=NOW, sure=True, **WHO)
    known = look_at_arrival(db, who, session_id=one, catalog=catalog())
    assert not known.fits and known.drawing(NOW.replace(tzinfo=None)) is None and known.standing.why()
    with pytest.raises(UserError) as trouble:
        jab(db, one, who, screening=MEASURED)
    assert trouble.value.code == "vaccine_session.none_for" and known.standing.why() in sentences(trouble.value)[0]


def test_while_nobody_knows_what_fits_a_barred_vaccine_is_not_proposed(db):
    who, one = unknown(db), planned(db, vaccine(db))
    take(db, one, vaccine(db, 20, number="AZ01", item="AstraZeneca", expiry=LATER + timedelta(days=9)), 1, per_vial=10)
    open_session(db, one, by=None, now=NOW)
    against(db, who, COMIRNATY, reason="Phản vệ độ 3")
    known = look_at_arrival(db, who, session_id=one, catalog=catalog())
    drawing = known.drawing(NOW.replace(tzinfo=None))
    assert drawing is not None and drawing.take.product == "EU/1/21/1529"
    against(db, who, "EU/1/21/1529", reason="Phản vệ độ 2")
    assert code(lambda: jab(db, one, who, screening=MEASURED)) == "vaccine_session.none_for"


def test_only_one_vaccine_is_barred(db):
    who, one = complete(db), running(db, vaccine(db))
    against(db, who, "EU/1/21/1529")
    asked = refused(lambda: jab(db, one, who, screening=MEASURED))
    assert not asked & {AGAINST, AGAINST_ALL} and "vaccine_session.not_due" in asked
