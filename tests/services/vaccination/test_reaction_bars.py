"""A contraindication that a reaction wrote: against what, in whose words, whatever became of the dose meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from covidstation.db.queries.vaccination import stances_of
from covidstation.db.queries.vaccine_events import events_of
from covidstation.db.rows import VaccineStanceRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft
from covidstation.domain.vaccination.reactions import EventDraft, EventEnd
from covidstation.domain.vaccination.sessions import NoDose
from covidstation.domain.vaccination.stances import ClosedReason, StanceDraft, StanceKind
from covidstation.domain.vaccination.states import DueKind
from covidstation.services.vaccination.due import vaccine_state
from covidstation.services.vaccination.history import record_dose, void_dose
from covidstation.services.vaccination.reactions import EndDraft, edit_event, end_event, record_event
from covidstation.services.vaccination.stances import add_stance, close_stance, edit_stance
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import COMIRNATY, WHO, code, person, refused, running, vaccine

AT = NOW.replace(tzinfo=None)
LATER = NOW + timedelta(days=60)
ASTRA = "EU/1/21/1529"
KNOWN: dict[str, Any] = {"catalog": catalog(), "by": None}
BY: dict[str, Any] = {"by": None, "now": NOW}


def given(db, who, on=None, **said):
    draft = DoseDraft(person_id=who, given=on or PartialDate.of(TODAY), reason="theo giấy", **said)
    return record_dose(db, draft, catalog=catalog(), now=NOW, sure=True, **WHO).value


def corrected(db, dose, **changes):
    names = ("given", "product", "product_name", "lot_number", "given_at", "dose_class", "number")
    same = {name: getattr(dose, name) for name in names}
    draft = DoseDraft(person_id=dose.person_id, voids=dose.id, reason="sửa", **{**same, **changes})
    return record_dose(db, draft, catalog=catalog(), now=NOW, sure=True, **WHO).value


def taken_back(db, dose):
    void_dose(db, dose.id, "ghi sai ngày", catalog=catalog(), now=NOW, **WHO)


def shock(who, grade=3, **changes):
    said = EventDraft(person_id=who, kinds=("ANAPHYLAXIS",), began_at=AT, grade=grade, treatment="Adrenalin 0,5 mg")
    return replace(said, **changes)


def write(db, draft, *, sure=True):
    return record_event(db, draft, catalog=catalog(), now=NOW, sure=sure, **WHO).value


def edit(db, event, draft, **more):
    return edit_event(db, event.id, draft, now=NOW, sure=True, **KNOWN, **more).value


def known(db, who):
    with db.read() as session:
        return stances_of(session, who)


def barred(db, who):
    return [(one.product, one.reason) for one in known(db, who) if one.holds(LATER.date())]


def state(db, who):
    return vaccine_state(db, who, catalog=catalog(), now=LATER)


def test_a_vaccine_that_no_list_knows_bars_every_vaccine(db):
    who = person(db, 1)
    dose = given(db, who, product_name="vắc xin Trung Quốc")
    write(db, shock(who))
    assert barred(db, who) == [("", "Phản vệ độ 3 sau tiêm, ngày 10/03/2022 (vắc xin Trung Quốc)")]
    assert state(db, who).kind is DueKind.CONTRAINDICATED
    right = corrected(db, dose, product="EU/1/20/1528", product_name="")
    assert barred(db, who) == [(COMIRNATY, "Phản vệ độ 3 sau tiêm, ngày 10/03/2022")]
    corrected(db, right, product="", product_name="Nanocovax")
    assert barred(db, who) == [("", "Phản vệ độ 3 sau tiêm, ngày 10/03/2022 (Nanocovax)")]


def test_what_is_not_allowed_becomes_nothing_milder(db):
    who = person(db, 1)
    given(db, who, product=COMIRNATY)
    event = write(db, shock(who))
    (stance,) = known(db, who)
    for kind in (StanceKind.REFUSED, StanceKind.DEFERRED, StanceKind.CANNOT_TRAVEL):
        milder = replace(stance, kind=kind, product="", until=TODAY + timedelta(days=9))
        assert refused(lambda said=milder: edit_stance(db, stance.id, said, **BY)) == {"vaccination.stance_barred"}
    with db.write(None, NOW) as session:  # an older program let it through
        row = session.scalars(select(VaccineStanceRow).where(VaccineStanceRow.id == stance.id)).one()
        row.kind, row.product, row.until = StanceKind.REFUSED.value, "", TODAY
    edit(db, event, shock(who, 4))
    (found,) = known(db, who)
    assert (found.kind, found.product, found.until) == (StanceKind.CONTRAINDICATED, COMIRNATY, None)
    assert COMIRNATY not in state(db, who).products


@pytest.mark.parametrize("words", ["BV tỉnh: chống chỉ định mọi vắc xin", ""])
def test_what_a_doctor_widened_is_narrowed_by_nobody_else(db, words):
    who = person(db, 1)
    dose = given(db, who, product=COMIRNATY, lot_number="FK0112")
    event = write(db, shock(who))
    (stance,) = known(db, who)
    wider = edit_stance(db, stance.id, replace(stance, product="", reason=words or stance.reason), **BY).value
    regraded = words or "Phản vệ độ 4 sau tiêm, ngày 10/03/2022"
    edit(db, event, shock(who, 4))
    assert barred(db, who) == [("", regraded)]
    right = corrected(db, dose, lot_number="FK0113")
    assert barred(db, who) == [("", regraded)]
    edit(db, event, shock(who, 1))  # not so grave: what the doctor said stands until somebody closes it
    assert barred(db, who) == [("", regraded)]
    taken_back(db, right)
    assert barred(db, who) == [("", regraded)]
    close_stance(db, wider.id, ClosedReason.OVER, **BY)
    assert barred(db, who) == []


def test_the_words_of_a_doctor_stand_and_the_vaccine_follows_the_dose(db):
    who = person(db, 1)
    dose = given(db, who, product=COMIRNATY)
    event = write(db, shock(who))
    (stance,) = known(db, who)
    edit_stance(db, stance.id, replace(stance, reason="BV tỉnh: dị ứng PEG", since=TODAY - timedelta(days=1)), **BY)
    edit(db, event, shock(who, 4))
    right = corrected(db, dose, product=ASTRA, product_name="")
    assert barred(db, who) == [(ASTRA, "BV tỉnh: dị ứng PEG")]
    assert known(db, who)[0].since == TODAY - timedelta(days=1)
    taken_back(db, right)
    assert barred(db, who) == [("", "BV tỉnh: dị ứng PEG")]  # nobody knows after which


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("THROMBOSIS", "Huyết khối kèm giảm tiểu cầu sau tiêm, ngày 10/03/2022"),
        ("MYOCARDITIS", "Viêm cơ tim, viêm màng ngoài tim sau tiêm, ngày 10/03/2022"),
    ],
)
def test_what_its_maker_forbids_to_follow_bars_the_vaccine_without_a_grade(db, kind, words):
    who = person(db, 1)
    given(db, who, product=ASTRA)
    event = write(db, shock(who, None, kinds=("FEVER", kind)))
    assert barred(db, who) == [(ASTRA, words)]
    edit(db, event, shock(who, None, kinds=("FEVER",), dose_id=event.dose_id))
    assert barred(db, who) == []


def test_a_reaction_told_anew_stands_although_a_later_word_was_closed(db):
    who = person(db, 1)
    given(db, who, product=COMIRNATY)
    event = write(db, shock(who, 2))
    edit(db, event, shock(who, 1))
    said = StanceDraft(
        person_id=who, kind=StanceKind.CONTRAINDICATED, reason="Chờ bệnh viện", since=TODAY, product=COMIRNATY
    )
    by_hand = add_stance(db, said, now=NOW, **WHO).value
    close_stance(db, by_hand.id, ClosedReason.OVER, **BY)
    assert barred(db, who) == []
    edit(db, event, shock(who, 4))
    assert barred(db, who) == [(COMIRNATY, "Phản vệ độ 4 sau tiêm, ngày 10/03/2022")]
    assert COMIRNATY not in state(db, who).products


def test_a_reaction_told_anew_stands_although_the_word_that_stood_for_it_was_closed(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    given(db, who, PartialDate(2022, 3, 1), product=COMIRNATY)
    event = write(db, shock(who, 2))
    (stance,) = known(db, who)
    edit_stance(db, stance.id, replace(stance, reason="Bác sĩ trạm: không tiêm lại"), **BY)
    home = WithoutDraft(kind=NoDose.CONTRAINDICATED, reason="Đã phản vệ", product=COMIRNATY)
    send_without(db, one, who, home, catalog=catalog(), now=NOW, **WHO)
    newer = next(one for one in known(db, who) if one.open)
    assert newer.id != stance.id
    close_stance(db, newer.id, ClosedReason.OVER, **BY)
    assert barred(db, who) == []
    edit(db, event, shock(who, 4))
    assert barred(db, who) == [(COMIRNATY, "Bác sĩ trạm: không tiêm lại")]


@pytest.mark.parametrize("on", [PartialDate(2021, 12), PartialDate(2021, 12, 30)])
def test_a_dose_taken_back_leaves_its_reaction_to_none_of_another_vaccine(db, on):
    who = person(db, 1)
    given(db, who, on, product=ASTRA, dose_class=DoseClass.PRIMARY, number=1)
    second = given(db, who, on, product=COMIRNATY, dose_class=DoseClass.PRIMARY, number=2)
    write(db, shock(who, dose_id=second.id, began_at=datetime(2021, 12, 30, 9, 0)))
    taken_back(db, second)
    assert [one.dose_id for one in events_of(db, who)] == [None]
    assert [product for product, _why in barred(db, who)] == [""]
    assert state(db, who).kind is DueKind.CONTRAINDICATED


def test_a_note_on_a_reaction_of_no_dose_hangs_it_on_none(db):
    who = person(db, 1)
    first = given(db, who, PartialDate(2022, 2, 20), product=ASTRA)
    second = given(db, who, product=COMIRNATY)
    event = write(db, shock(who))
    taken_back(db, second)
    edit(db, event, shock(who, note="đã khoẻ"))
    assert [(one.dose_id, one.note) for one in events_of(db, who)] == [(None, "đã khoẻ")]
    assert [product for product, _why in barred(db, who)] == [""]
    edit(db, event, shock(who, dose_id=first.id))  # somebody chose it
    assert [product for product, _why in barred(db, who)] == [ASTRA]


def test_what_another_desk_said_of_a_reaction_is_seen_first(db):
    who = person(db, 1)
    given(db, who, product=COMIRNATY)
    shown = write(db, shock(who, None, kinds=("FEVER",)))
    edit(db, shown, shock(who, 3, dose_id=shown.dose_id), seen=shown)
    late = shock(who, None, kinds=("FEVER",), dose_id=shown.dose_id, note="đỡ")
    assert code(lambda: edit(db, shown, late, seen=shown)) == "reactions.changed_meanwhile"
    mistake = EndDraft(end=EventEnd.MISTAKE)
    assert code(lambda: end_event(db, shown.id, mistake, seen=shown, **BY)) == "reactions.changed_meanwhile"
    assert [product for product, _why in barred(db, who)] == [COMIRNATY]
    (now,) = events_of(db, who)
    end_event(db, shown.id, EndDraft(end=EventEnd.RECOVERED), seen=now, **BY)


def test_what_another_desk_said_of_a_stance_is_seen_first(db):
    who = person(db, 1)
    draft = StanceDraft(person_id=who, kind=StanceKind.CONTRAINDICATED, reason="Dị ứng", since=TODAY, product=COMIRNATY)
    shown = add_stance(db, draft, now=NOW, **WHO).value
    wider = edit_stance(db, shown.id, replace(shown, product=""), seen=shown, **BY).value
    note = replace(shown, note="gọi lại")
    assert code(lambda: edit_stance(db, shown.id, note, seen=shown, **BY)) == "vaccination.stance_changed"
    over = ClosedReason.OVER
    assert code(lambda: close_stance(db, shown.id, over, seen=shown, **BY)) == "vaccination.stance_changed"
    assert [product for product, _why in barred(db, who)] == [""]
    close_stance(db, shown.id, over, seen=wider, **BY)


def test_one_reaction_told_twice_is_asked_back(db):
    who = person(db, 1)
    dose = given(db, who, product=COMIRNATY)
    first = write(db, shock(who, dose_id=dose.id), sure=False)
    for kinds in (("ANAPHYLAXIS",), ("FEVER", "ANAPHYLAXIS")):
        again = shock(who, kinds=kinds)
        assert refused(lambda said=again: write(db, said, sure=False)) == {"reactions.told_already"}
    other = write(db, shock(who, None, kinds=("FEVER",)), sure=False)
    alike = shock(who, kinds=("FEVER", "ANAPHYLAXIS"))
    assert refused(lambda: edit_event(db, other.id, alike, now=NOW, **KNOWN)) == {"reactions.told_already"}
    end_event(db, first.id, EndDraft(end=EventEnd.MISTAKE), **BY)
    edit_event(db, other.id, alike, now=NOW, **KNOWN)
    assert edit_event(db, other.id, replace(alike, note="đỡ"), now=NOW, **KNOWN).value.note == "đỡ"


def test_a_mistake_ends_its_line_also_with_a_word_added_behind_it(db):
    who = person(db, 1)
    given(db, who, product=COMIRNATY)
    event = write(db, shock(who))
    (line,) = known(db, who)
    edit_stance(db, line.id, replace(line, reason=f"{line.reason}. Đã chuyển BV huyện"), **BY)
    end_event(db, event.id, EndDraft(end=EventEnd.MISTAKE), **BY)
    assert barred(db, who) == []


def test_a_fever_told_later_reopens_nothing_that_a_doctor_closed(db):
    who = person(db, 1)
    dose = given(db, who, product=COMIRNATY)
    event = write(db, shock(who, dose_id=dose.id))
    (line,) = known(db, who)
    close_stance(db, line.id, ClosedReason.OVER, **BY)
    for kinds in (("ANAPHYLAXIS", "FEVER"), ("FEVER", "ANAPHYLAXIS")):
        edit(db, event, shock(who, dose_id=dose.id, kinds=kinds))
        assert barred(db, who) == []
    edit(db, event, shock(who, 4, dose_id=dose.id))
    assert [product for product, _why in barred(db, who)] == [COMIRNATY]
