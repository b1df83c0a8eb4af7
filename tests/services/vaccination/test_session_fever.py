"""A fever at the desk: the sources leave an adult's to caution, and an acute illness is put off: so it is asked."""

from __future__ import annotations

from dataclasses import replace

from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.screening import Outcome
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.seating import ConsentDraft, ScreeningDraft
from tests.services.samples import NOW, catalog
from tests.services.vaccination.rooms import WHO, code, jab, person, refused, running, seat, sheet, vaccine

FEVER = ScreeningDraft(vitals=Vitals(temperature=385))
NOT_ILL = InjectionDraft(reason="Vừa đi nắng vào, đã khám, không có bệnh cấp tính")


def test_a_fever_is_no_dose_before_somebody_said_that_nobody_is_ill(db):
    one, who = running(db, vaccine(db)), person(db, 21)
    assert refused(lambda: jab(db, one, who, screening=FEVER)) == {"vaccine_session.answer_wanted"}
    assert refused(lambda: jab(db, one, who, screening=FEVER, sure=True)) == {"vaccination.why"}
    ill = replace(FEVER, answers=frozenset({"ACUTE"}))
    assert code(lambda: jab(db, one, who, screening=ill, sure=True, draft=NOT_ILL)) == "vaccine_session.may_not"
    known = {"catalog": catalog(), "now": NOW, **WHO}
    assert refused(lambda: screen_person(db, one, who, FEVER, **known)) == {"vaccine_session.answer_wanted"}
    assert sheet(db, one).line.given == 0
    given = jab(db, one, who, screening=FEVER, sure=True, draft=NOT_ILL)
    assert given.dose.reason == NOT_ILL.reason
    assert seat(db, one, who).seat.outcome is Outcome.CAUTION
    decided = replace(FEVER, outcome=Outcome.CAUTION)  # whoever chose it has looked
    assert jab(db, one, person(db, 22), screening=decided).dose.number == 1


def test_a_childs_fever_is_put_off_whoever_is_sure(db):
    one, child = running(db, vaccine(db)), person(db, 23, birth=PartialDate(2008, 5, 1))
    mother = ConsentDraft(guardian_name="Lò Thị Sơ", guardian_relation="mẹ")
    given = code(lambda: jab(db, one, child, screening=FEVER, consent=mother, sure=True, draft=NOT_ILL))
    assert given == "vaccine_session.may_not"
    assert sheet(db, one).line.given == 0
