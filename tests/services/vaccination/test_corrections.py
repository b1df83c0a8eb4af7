"""A dose out of a vial is put right: its day, vaccine and strength stay, and a closed session keeps its sums."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, Site
from covidstation.services.vaccination.closing import reopen_session
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.sessions import open_session
from covidstation.services.vaccination.takes import TakeDraft, take_out
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WHO, YES, code, ended, jab, person, planned, refused, running, vaccine

ASTRA = "EU/1/21/1529"


@pytest.fixture
def lot(db):
    return vaccine(db)


@pytest.fixture
def one(db, lot):
    return running(db, lot, 2)


def correct(db, dose, *, sure=True, now=NOW, **changes):
    said = {one.name: getattr(dose, one.name) for one in fields(DoseDraft)}
    draft = DoseDraft(**{**said, "voids": dose.id, **changes})
    return record_dose(db, draft, catalog=catalog(), now=now, sure=sure, **WHO).value


def results(db):
    return [
        (line.product, line.used, line.wasted, line.first, line.booster)
        for line in day_result(db, TODAY, catalog=catalog())
    ]


def test_what_a_closed_session_reported_changes_only_after_it_was_opened_again(db, one):
    dose = jab(db, one, person(db, 1)).dose
    ended(db, one, 6)
    told = results(db)
    for changes in ({"dose_class": DoseClass.BOOSTER}, {"number": 2}):
        assert code(lambda said=changes: correct(db, dose, **said)) == "vaccine_session.closed"
    assert results(db) == told
    dose = correct(db, dose, site=Site.RIGHT_ARM, note="tay phải", vaccinator="Sùng A Pó")
    assert results(db) == told
    reopen_session(db, one, now=NOW, **WHO)
    correct(db, dose, dose_class=DoseClass.BOOSTER)
    assert [line[3:] for line in results(db)] == [(0, 1)]


def test_the_day_and_the_vaccine_are_those_of_the_session_and_of_the_lot(db, one):
    dose = jab(db, one, person(db, 1)).dose
    earlier = PartialDate.of(TODAY - timedelta(days=1))
    assert refused(lambda: correct(db, dose, given=earlier)) == {"vaccination.drawn_day"}
    assert refused(lambda: correct(db, dose, product=ASTRA, product_name="")) == {"vaccination.drawn_product"}
    again = correct(db, dose, note="đúng")
    assert (again.given, again.given_at, again.product) == (dose.given, dose.given_at, dose.product)


def test_the_strength_of_a_childs_vial_stays_with_the_dose(db):
    june, last = NOW.replace(month=6), TODAY.replace(month=12)
    first, second = (
        vaccine(db, item="Comirnaty", strength="10 mcg", number=number, expiry=last) for number in ("TE1", "TE2")
    )
    one = planned(db, day=june.date(), now=june)
    boxed = TakeDraft(lot_id=first, vials=1, per_vial=10)
    take_out(db, one, boxed, catalog=catalog(), now=june, sure=True, **WHO)
    open_session(db, one, by=None, now=june)
    child = person(db, 1, birth=PartialDate(2014, 3, 1))
    agreed = replace(YES, guardian_name="Lò Thị Mẩy", guardian_relation="mẹ")
    dose = jab(db, one, child, consent=agreed, sure=True, now=june, draft=InjectionDraft(reason="mẹ xin")).dose
    listed = {"product_name": "", "reason": "", "now": june}  # the form says the listed vaccine by its code
    kept = correct(db, dose, sure=False, note="tay trái", **listed)
    assert kept.product_name == dose.product_name and "10" in dose.product_name
    moved = correct(db, kept, lot_number="TE2", **listed)
    assert (moved.product_name, moved.lot_id) == (dose.product_name, second)
