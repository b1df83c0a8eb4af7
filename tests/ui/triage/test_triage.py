"""The triage window by keyboard, the class in the F0 form, and why."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.people import get_person
from covidstation.db.queries.triage import assessments_of
from covidstation.domain.care import RiskClass
from covidstation.domain.terms import Answer
from covidstation.services.care.triage import TriageDraft, look_at_triage, save_triage
from covidstation.services.people import edit_person
from covidstation.ui.case_words import RISK_TONES, RISKS
from covidstation.ui.f0.form import F0Form
from covidstation.ui.person.page import OnePerson
from covidstation.ui.triage import why as why_module
from covidstation.ui.triage.dialog import TriageDialog
from covidstation.ui.triage.why import RiskVerdict
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def dialog(desk, village, holder, shown):
    made = TriageDialog(desk, holder(), village.mai_episode)
    shown(made)
    return made


def test_every_class_has_its_word_and_colour():
    assert set(RISKS) == set(RISK_TONES) == set(RiskClass)


def test_one_key_answers_and_goes_on(dialog):
    rows = list(dialog.body.checklist.rows.values())
    rows[0].answer.setFocus()
    for key in (Qt.Key.Key_C, Qt.Key.Key_K, Qt.Key.Key_R):
        QTest.keyClick(dialog.focusWidget(), key)
    assert [row.answer.answer() for row in rows[:3]] == [Answer.YES, Answer.NO, Answer.UNKNOWN]
    assert dialog.focusWidget() is rows[3].answer
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Up)
    assert dialog.focusWidget() is rows[2].answer


def test_all_answers_open_home_care(dialog, desk, village):
    for row in dialog.body.checklist.rows.values():
        row.answer._take(Answer.YES.value)
    assert dialog.body._home.text() == "Đủ điều kiện chăm sóc tại nhà"
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.isVisible()
    kept = assessments_of(desk.register.db, village.mai_episode)[0]
    assert (kept.eligible, kept.by_name) == (Answer.YES, "Lò Thị Nhung")
    assert kept.chosen is RiskClass.HIGH  # she gave birth lately, as every answer was yes


def test_another_class_asks_why_and_keeps_the_form(dialog, desk, village):
    dialog.body.chosen.set_value(RiskClass.VERY_HIGH)
    dialog.save()
    assert dialog.isVisible()
    assert dialog.body.reason.property("state") == "error"
    assert "vì sao" in dialog.body.wrong.text_in_full()
    dialog.body.reason.setText("nhà rất xa trạm")
    dialog.save()
    assert get_episode(desk.register.db, village.mai_episode).risk_class is RiskClass.VERY_HIGH
    assert assessments_of(desk.register.db, village.mai_episode)[0].reason == "nhà rất xa trạm"


def test_every_field_can_be_named(dialog):
    for row in dialog.body.checklist.rows.values():
        assert row.answer.accessibleName()
        assert row.answer.objectName()
    for widget in (dialog.body.chosen, dialog.body.reason, dialog.body.verdict.ask):
        assert widget.accessibleName()


def test_why_names_rule_document_and_day(dialog, monkeypatch):
    told = []
    monkeypatch.setattr(why_module, "tell", lambda _parent, title, text, bad: told.append((title, text)))
    dialog.body.verdict.ask.click()
    title, text = told[0]
    assert title == "Vì sao nhóm Trung bình?"
    assert "Quyết định 5525/QĐ-BYT, dùng từ 01/12/2021" in text
    assert "Chưa xác nhận" in text


def test_the_form_shows_the_class_as_it_is_typed(desk, shown, village):
    form = F0Form(desk)
    form.resize(1166, 640)
    shown(form)
    form.load()
    fields = form.fields
    assert fields.panel.risk.why() is None, "an empty form raises no alarm"
    assert "điền năm sinh" in fields.panel.risk.waits.text()
    fields.person.name.setText("Vàng A Chứ")
    fields.person.birth.setText("1950")
    fields.person.birth.editingFinished.emit()
    fields.show_problems()
    why = fields.panel.risk.why()
    assert why.cls is RiskClass.VERY_HIGH
    assert why.table.id == "vn-risk-5525"
    assert fields.panel.risk.chip.accessibleName() == "Nguy cơ rất cao"


def test_a_graver_class_is_said_on_the_persons_page_and_in_why(desk, village, shown, monkeypatch):
    db, who = desk.register.db, {"by": None, "by_name": "Lò Thị Nhung", "now": NOW}
    look = look_at_triage(db, catalog(), village.mai_episode)
    lower = TriageDraft(
        episode_id=village.mai_episode, answers=look.prefilled, chosen=RiskClass.LOW, reason="bác sĩ Trung tâm xem"
    )
    assert look.risk(look.prefilled).cls is RiskClass.MEDIUM
    save_triage(db, lower, catalog=catalog(), **who)
    page = OnePerson(desk)
    page.resize(1166, 680)
    shown(page)
    page.show_person(village.mai, "illness")
    verdict = next(one for one in page.findChildren(RiskVerdict) if one.isVisible())
    assert not verdict._graver.isVisible()
    person = get_person(db, village.mai)
    ill = replace(person, conditions=frozenset({"diabetes"}))  # 5525: ill and not fully vaccinated is VERY_HIGH
    edit_person(db, person.id, ill, catalog=catalog(), by=None, now=NOW)
    page.load()
    assert verdict.chip.accessibleName() == "Nguy cơ thấp"
    assert verdict._graver.isVisible()
    assert verdict._graver.text() == "Theo bảng nay là nhóm Rất cao; xem lại"
    told = []
    monkeypatch.setattr(why_module, "tell", lambda _parent, title, text, bad: told.append((title, text)))
    verdict.ask.click()
    ((title, text),) = told
    assert title == "Vì sao nhóm Thấp?"
    first, second = text.splitlines()[:2]
    assert first == ("Người phân loại chọn nhóm này thay cho nhóm Trung bình: bác sĩ Trung tâm xem")
    assert second.startswith("Dữ kiện đã đổi từ lúc chọn: theo bảng nay là nhóm Rất cao. Xem lại")
