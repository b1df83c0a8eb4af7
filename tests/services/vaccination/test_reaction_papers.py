"""What the upper level reads of a reaction: each value stands on the report as it was written; a month by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from covidstation.db.ids import new_id
from covidstation.db.rows import PersonRow, SessionWasteRow
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex
from covidstation.domain.rule_leaves import to_toml
from covidstation.domain.rule_sets import Family
from covidstation.domain.terms import Answer
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.nameless import REASON, Counted, What
from covidstation.domain.vaccination.reactions import EventDraft, EventEnd
from covidstation.domain.vaccination.screening import reaction_words, read_screening_rule
from covidstation.errors import UserError
from covidstation.services.rules.versions import RuleEdit, edit_rule
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.reaction_month import (
    month_reactions,
    month_reactions_pdf,
    month_reactions_xlsx,
)
from covidstation.services.vaccination.reaction_papers import after_words, event_pdf, kinds_words
from covidstation.services.vaccination.reactions import EndDraft, end_event, record_event, report_event
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.seating import ScreeningDraft
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.supplies.store import LATER
from tests.services.test_tables import cells
from tests.services.vaccination.rooms import COMIRNATY, WHO, jab, person, running, vaccine
from tests.services.vaccination.test_session_results import text_of

KNOWN = {"catalog": catalog(), "today": TODAY}
ASTRA = "EU/1/21/1529"
ACT = {"catalog": catalog(), "now": NOW + timedelta(hours=1), **WHO}


def told(db, who, day, product, number, kind=DoseClass.PRIMARY, lot="", **more):
    draft = DoseDraft(
        person_id=who,
        given=PartialDate.of(day),
        product=product,
        dose_class=kind,
        number=number,
        lot_number=lot,
        **more,
    )
    return record_dose(db, draft, catalog=catalog(), now=NOW, sure=True, **WHO).value


@pytest.fixture
def severe(db):
    """A woman of 36 with asthma, expecting a child, has an anaphylaxis nine minutes after her second dose."""
    one = running(db, vaccine(db, 60), 4)
    who = person(
        db, 1, sex=Sex.FEMALE, pregnancy=Answer.YES, conditions=frozenset({"asthma"}), citizen_number="012185000123"
    )
    first = told(db, who, TODAY - timedelta(days=28), ASTRA, 1, lot="AZ77")
    old = EventDraft(
        person_id=who, dose_id=first.id, kinds=("FEVER",), began_at=NOW.replace(tzinfo=None) - timedelta(days=26)
    )
    record_event(db, old, **ACT)
    seen = ScreeningDraft(vitals=Vitals(temperature=376, pulse=104), weeks=20)
    asked = InjectionDraft(product=COMIRNATY, reason="Không có bệnh cấp tính")
    dose = jab(db, one, who, screening=seen, sure=True, draft=asked).dose
    for number in (5, 6):
        jab(db, one, person(db, number))
    assert dose.given_at is not None
    event = EventDraft(
        person_id=who, dose_id=dose.id, kinds=("ANAPHYLAXIS",), grade=2, began_at=dose.given_at + timedelta(minutes=9),
        signs="Mẩn đỏ, khó thở", treatment="Adrenalin 0,5 mg tiêm bắp", sent_to="Bệnh viện huyện",
    )  # fmt: skip
    made = record_event(db, event, **ACT).value
    report_event(db, made.id, "TTYT huyện", "15/BC", by=None, now=NOW + timedelta(hours=1))
    end_event(db, made.id, EndDraft(end=EventEnd.RECOVERED), by=None, now=NOW + timedelta(hours=1))
    return db, made, dose, who


def test_the_report_holds_what_the_upper_level_asks(severe):
    db, event, dose, _who = severe
    words = text_of(event_pdf(db, event.id, **KNOWN))
    told_at = datetime(2022, 3, 10, *(NOW + timedelta(hours=1)).timetuple()[3:5])
    for wanted in (
        "01/06/1985", "Nữ", "Tuổi khi tiêm: 36", "012185000123", "Mang thai: có, tuần 20", "Hen",
        "Comirnaty", "Pfizer", "Mũi 2", dose.lot_number, f"{LATER:%d/%m/%Y}", "08:30",
        "tay trái", "0,3 ml", dose.vaccinator, "AstraZeneca", "AZ77", "37,6 °C", "mạch 104",
        "Sốt ngày", "Phản vệ độ 2", "9 phút", "Mẩn đỏ, khó thở", "Adrenalin 0,5 mg tiêm bắp", "Bệnh viện huyện",
        "hồi phục ngày 10/03/2022", "TTYT huyện", f"{told_at:%H:%M} 10/03/2022", "15/BC",
        "3 liều; 0 người phản ứng thông thường, 1 người nặng",
    ):  # fmt: skip
        assert wanted in words, wanted
    near = words.index("Vắc xin khác trong 4 tuần trước")
    assert "AstraZeneca" in words[near:]


def test_the_grade_stands_beside_the_anaphylaxis(severe):
    known = reaction_words(catalog().screening_rules)
    event = replace(severe[1], kinds=("ANAPHYLAXIS", "HEADACHE"), grade=3)
    assert kinds_words(event, known) == "Phản vệ độ 3, Đau đầu"
    assert kinds_words(replace(event, kinds=("FEVER", "OTHER_NEW")), known) == "Sốt, OTHER_NEW"


def own_words(db, code, label):
    """The station words that reaction otherwise in every rule."""
    for table in catalog().rule_tables(Family.SCREENING):
        next(one for one in table["reactions"] if one["code"] == code)["label"] = label
        edit = RuleEdit(
            rule_id=table["id"], body=to_toml(table), confirmed=False, reason="CV của Sở Y tế", by_name=USER
        )
        rules = catalog().screening_rules
        edit_rule(db, Family.SCREENING, edit, shipped=rules, make=read_screening_rule, by=None, now=NOW)


def test_the_papers_speak_in_the_words_of_the_stations_own_rule(severe):
    db, event, _dose, _who = severe
    assert "Sốc phản vệ nặng" not in text_of(event_pdf(db, event.id, **KNOWN))
    own_words(db, "ANAPHYLAXIS", "Sốc phản vệ nặng")
    assert "Sốc phản vệ nặng độ 2" in text_of(event_pdf(db, event.id, **KNOWN))
    assert "Sốc phản vệ nặng" in text_of(month_reactions_pdf(db, TODAY, **KNOWN))


def test_a_dose_of_more_than_four_weeks_ago_is_no_other_vaccine(db):
    who = person(db, 1)
    told(db, who, TODAY - timedelta(days=29), ASTRA, 1, lot="AZ77")
    dose = told(db, who, TODAY, COMIRNATY, 2)
    event = EventDraft(person_id=who, dose_id=dose.id, kinds=("PAIN",), began_at=NOW.replace(tzinfo=None))
    words = text_of(event_pdf(db, record_event(db, event, **ACT).value.id, **KNOWN))
    assert "AZ77" not in words and "Phản ứng thông thường" in words
    with pytest.raises(UserError, match="unknown"):
        event_pdf(db, who, **KNOWN)


ONSETS = [(0, 9, "9 phút"), (1, 59, "119 phút"), (2, 0, "2 giờ 0 phút"), (47, 59, "47 giờ 59 phút"), (48, 0, "2 ngày")]


@pytest.mark.parametrize(("hours", "minutes", "said"), ONSETS)
def test_the_time_to_onset_is_no_false_figure(severe, hours, minutes, said):
    _db, event, dose, _who = severe
    began = dose.given_at + timedelta(hours=hours, minutes=minutes)
    assert after_words(replace(event, began_at=began), dose) == said
    by_day = replace(dose, given_at=None)  # nobody wrote the hour
    later = replace(event, began_at=datetime(2022, 3, 13, 6, 0))
    assert after_words(later, by_day) == "3 ngày"
    assert after_words(later, replace(by_day, given=PartialDate(2022, 3))) == ""
    assert after_words(replace(event, began_at=dose.given_at - timedelta(minutes=5)), dose) == ""


def test_a_month_by_kind_and_vaccine_is_that_counted_by_hand(severe):
    db, _event, _dose, who = severe
    pain = EventDraft(person_id=who, kinds=("PAIN", "FEVER"), began_at=NOW.replace(tzinfo=None))
    record_event(db, pain, **ACT)
    wrong = record_event(db, replace(pain, kinds=("NAUSEA",)), **ACT).value
    end_event(db, wrong.id, EndDraft(end=EventEnd.MISTAKE), by=None, now=NOW + timedelta(hours=1))
    found = month_reactions(db, TODAY, catalog=catalog())
    kinds = {code: dict(counts) for code, counts in found.kinds if counts}
    assert kinds == {"ANAPHYLAXIS": {COMIRNATY: 1}, "PAIN": {COMIRNATY: 1}, "FEVER": {COMIRNATY: 1}}
    assert dict(found.doses) == {COMIRNATY: 3} and dict(found.cases) == {COMIRNATY: 2}
    before = month_reactions(db, date(2022, 2, 1), catalog=catalog())  # the fever after the first dose, in February
    assert dict(before.cases) == {ASTRA: 1} and dict(before.doses) == {}
    words = text_of(month_reactions_pdf(db, TODAY, **KNOWN))
    assert "Tháng 03/2022" in words and "Phản vệ 1 1" in words and "Số liều trạm đã tiêm 3 3" in words
    assert "Tai biến nặng: 1 trường hợp" in words
    assert words.count("Phản vệ độ 2; lúc 08:39 ngày 10/03/2022; Adrenalin") == 1
    assert "chuyển Bệnh viện huyện; hồi phục ngày 10/03/2022" in words
    assert "Tai biến nặng: " not in text_of(month_reactions_pdf(db, date(2022, 2, 1), **KNOWN))
    numbers = [value for kind, value in cells(month_reactions_xlsx(db, TODAY, **KNOWN)).values() if kind == "n"]
    assert {"1", "2", "3"} <= set(map(str, numbers))


def test_doses_and_reactions_of_a_month_are_of_the_same_people(severe):
    """Whom another station has by now, whom the law took and who was vaccinated without a session: all count, as in the
    result of the day; none of them is named."""
    db, _event, dose, who = severe
    one, third = dose.session_id, person(db, 7)
    told(db, third, TODAY, COMIRNATY, 1, source=DoseSource.OWN_RECORD)
    told(db, person(db, 8), TODAY, COMIRNATY, 1, source=DoseSource.OWN_RECORD, facility="Trạm Y tế xã khác")
    pain = EventDraft(person_id=third, kinds=("PAIN",), began_at=NOW.replace(tzinfo=None))
    record_event(db, pain, **ACT)
    with db.write(None, NOW) as session:
        session.query(PersonRow).filter(PersonRow.id == who).one().moved_to = "03518"
        for what, many in ((Counted(What.DOSE, COMIRNATY, "PRIMARY", 1), 2), (Counted(What.SEVERE, COMIRNATY), 1)):
            session.add(
                SessionWasteRow(
                    id=new_id(), session_id=one, take_id=one, at=NOW.replace(tzinfo=None), doses=many, reason=REASON,
                    note=what.note,
                )
            )  # fmt: skip
    found = month_reactions(db, TODAY, catalog=catalog())
    assert dict(found.doses) == {COMIRNATY: 3 + 1 + 2}
    assert dict(found.cases) == {COMIRNATY: 3} and dict(found.severe) == {COMIRNATY: 2}
    (day,) = day_result(db, TODAY, catalog=catalog())
    assert (day.used, day.severe) == (5, 2)  # without the dose of no session
    assert {line.person_id for line in found.lines} == {third}
