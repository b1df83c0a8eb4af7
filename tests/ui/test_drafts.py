"""Half-typed dialogs: kept under the person they are about, offered there alone, gone with the act that saves them."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import covidstation.ui
from covidstation.db.queries.care import care_record
from covidstation.db.queries.episodes import get_episode
from covidstation.db.rows import DraftRow, PhoneCallRow
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.changes import Done
from covidstation.services.drafts import draft_of
from covidstation.ui.care.calls import CallDialog
from covidstation.ui.care.outcome import OutcomeDialog
from covidstation.ui.contacts.dialog import ContactDialog
from covidstation.ui.drafts import DialogDraft, kept_as
from covidstation.ui.medicines.dialog import GiveDialog
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Sentence, ask_reason, confirm
from covidstation.ui.person.dialogs import ActDialog, TestDialog
from covidstation.ui.rounds.visit_dialog import VisitDialog
from tests.ui.hands import write
from tests.ui.village import NOW

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def opened(qtbot, shown):
    def show(dialog):
        shown(dialog)
        qtbot.waitUntil(lambda: dialog.isActiveWindow() and QApplication.focusWidget() is not None, timeout=5000)
        return dialog

    return show


@pytest.fixture
def window(shown):
    return shown(QWidget())


def keeper(dialog) -> DialogDraft:
    return dialog.findChild(DialogDraft)


def offer(dialog) -> Button | None:
    return next((one for one in dialog.findChildren(Button, "reopen_draft") if one.isVisible()), None)


def visit(desk, window, village, **more):
    return VisitDialog(desk, window, village.mai_episode, **more)


def kept_rows(desk):
    with desk.register.db.read() as session:
        return [(row.form, row.subject) for row in session.query(DraftRow)]


def test_what_was_typed_is_offered_on_the_same_person_and_put_back(desk, window, village, opened):
    first = opened(visit(desk, window, village))
    write(first.note, "ho nhiều về đêm")
    first.measures["spo2"].setText("9")
    first.signs.set_chosen(["fever"])
    first.means.set_value(first.means.all_keys()[1])
    keeper(first).put_aside()
    first.reject()
    again = opened(visit(desk, window, village))
    assert again.note.value() == "", "nothing is put back unasked"
    QTest.keyClick(again, Qt.Key.Key_F8)
    assert again.note.value() == "ho nhiều về đêm"
    assert again.measures["spo2"].text() == "9"
    assert again.signs.chosen() == ("fever",)
    assert again.means.value() == again.means.all_keys()[1]
    assert offer(again) is None


def test_it_is_never_offered_on_another_person_or_in_another_dialog(desk, window, village, opened):
    call = opened(call_dialog(desk, window, village.mai, "Lò Thị Mai"))
    write(call.summary, "hẹn chiều quay lại")
    keeper(call).put_aside()
    call.reject()
    assert offer(opened(call_dialog(desk, window, village.my, "Giàng Thị Mỷ"))) is None
    assert offer(opened(visit(desk, window, village))) is None
    assert offer(opened(call_dialog(desk, window, village.mai, "Lò Thị Mai"))) is not None


def call_dialog(desk, window, person_id, name):
    return CallDialog(desk, window, person_id=person_id, full_name=name, phone="0365118214", alerts=[])


def test_a_half_written_reason_outlives_the_lock(desk, window, village, qtbot):
    """`ask_reason`: the same question about the same record gets its words back, another one does not."""
    answers, offers = [], []

    def ask(about, hand):
        QTimer.singleShot(100, window, hand)
        keep = kept_as(desk, "void_visit", about)
        answers.append(ask_reason(window, "Bỏ lần đo này?", "…", act="Bỏ lần đo", reason="Vì sao", keep=keep))

    def lock():
        dialog = QApplication.activeModalWidget()
        write(dialog._reason, "ghi nhầm ngườ")
        dialog.findChild(DialogDraft).put_aside()
        dialog.reject()

    def look():
        dialog = QApplication.activeModalWidget()
        offers.append(offer(dialog) is not None)
        if offers[-1]:
            QTest.keyClick(dialog, Qt.Key.Key_F8)
            dialog._act.click()
        else:
            dialog.reject()

    ask(village.mai, lock)
    ask(village.my, look)
    ask(village.mai, look)
    assert answers == ["", "", "ghi nhầm ngườ"]
    assert offers == [False, True]
    assert len(kept_rows(desk)) == 1, "until an act takes it along"


def test_a_reason_that_the_act_refused_is_offered_again(desk, window, village, qtbot):
    """Not known to the register, or refused by the disk: nobody types the same words twice."""
    offers, troubles, done = [], [], []

    def write_it():
        dialog = QApplication.activeModalWidget()
        offers.append(offer(dialog) is not None)
        if offers[-1]:
            QTest.keyClick(dialog, Qt.Key.Key_F8)
        else:
            write(dialog._reason, "ghi nhầm người")
        dialog._act.click()

    def ask(act):
        asking = kept_as(desk, "void_visit", village.mai)
        QTimer.singleShot(100, window, write_it)
        reason = ask_reason(window, "Bỏ lần đo này?", "…", act="Bỏ lần đo", reason="Vì sao", keep=asking)
        desk.act(window, lambda: act(reason), done.append, troubles.append, draft=asking.settled)

    def refuse(_reason):
        raise UserError("station.disk_full")

    def take(reason):
        with desk.register.db.write(None, NOW):
            return Done(reason, frozenset())

    ask(refuse)
    assert [one.code for one in troubles] == ["station.disk_full"]
    assert len(kept_rows(desk)) == 1
    ask(take)
    assert (offers, done) == ([False, True], ["ghi nhầm người"])
    assert kept_rows(desk) == [], "gone in the transaction of the act"


def test_an_answered_question_stays_in_no_window(desk, window, qtbot):
    for _time in range(3):
        QTimer.singleShot(100, window, lambda: QApplication.activeModalWidget().reject())
        assert not confirm(window, "Huỷ số 116?", "…", act="Huỷ")
    qtbot.waitUntil(lambda: not window.findChildren(Sentence), timeout=3000)


def test_saving_takes_the_draft_in_the_same_transaction(desk, window, village, opened):
    dialog = opened(visit(desk, window, village))
    dialog.measures["temperature"].setText("36,8")
    keeper(dialog).keep_now()
    assert len(kept_rows(desk)) == 1
    seen = []
    with desk.register.db.engine.connect() as other:  # what another reader sees at the moment of the commit
        dialog.saved.connect(
            lambda: seen.append(
                other.exec_driver_sql("SELECT (SELECT count(*) FROM visit), (SELECT count(*) FROM draft)").one()
            )
        )
        dialog.save()
    assert [tuple(row) for row in seen] == [(1, 0)]
    assert kept_rows(desk) == []


def test_a_refused_act_keeps_the_draft_and_goes_on_keeping(desk, window, village, opened, monkeypatch):
    dialog = opened(visit(desk, window, village))
    write(dialog.note, "trước")
    keeper(dialog).keep_now()

    def refuse():
        raise UserError("station.disk_full")

    monkeypatch.setattr(VisitDialog, "act", lambda _self: refuse)
    dialog.save()
    assert len(kept_rows(desk)) == 1
    write(dialog.note, " và sau")
    keeper(dialog).keep_now()
    form, subject = kept_rows(desk)[0]
    assert "trước và sau" in draft_of(desk.register.db, form, subject).value.values()


def test_an_act_that_fails_half_way_leaves_row_and_draft_as_they_were(desk, window, village, opened, monkeypatch):
    dialog = opened(call_dialog(desk, window, village.mai, "Lò Thị Mai"))
    write(dialog.summary, "không nghe máy")
    keeper(dialog).keep_now()
    real = dialog.act()

    def cut_off():
        with monkeypatch.context() as patch:
            patch.setattr("covidstation.db.audit.finish", lambda *_any, **_more: 1 / 0)
            return real()

    monkeypatch.setattr(dialog, "act", lambda: cut_off)
    with pytest.raises(ZeroDivisionError):
        dialog.save()
    with desk.register.db.read() as session:
        assert session.query(PhoneCallRow).count() == 0
    assert len(kept_rows(desk)) == 1


def test_leaving_by_hand_drops_it_but_not_an_offer_that_was_left_alone(desk, window, village, opened):
    dialog = opened(visit(desk, window, village))
    write(dialog.note, "gõ nhầm")
    keeper(dialog).keep_now()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert kept_rows(desk) == []
    dialog = opened(visit(desk, window, village))
    write(dialog.note, "gõ dở")
    keeper(dialog).put_aside()
    dialog.reject()
    opened(visit(desk, window, village)).reject()
    assert len(kept_rows(desk)) == 1
    again = opened(visit(desk, window, village))
    QTest.keyClick(again, Qt.Key.Key_F9)
    assert kept_rows(desk) == []


def test_an_untouched_dialog_leaves_nothing(desk, window, village, opened):
    for dialog in (
        visit(desk, window, village),
        OutcomeDialog(desk, window, get_episode(desk.register.db, village.mai_episode)),
        TestDialog(desk, window, get_episode(desk.register.db, village.mai_episode)),
        GiveDialog(desk, window, village.mai_episode),
        ContactDialog(desk, window, episode_id=village.mai_episode),
    ):
        keeper(opened(dialog)).put_aside()
        assert kept_rows(desk) == []


def test_a_chosen_person_comes_back_as_that_person_and_no_namesake(desk, window, village, opened):
    dialog = opened(ContactDialog(desk, window, episode_id=village.mai_episode))
    dialog.person.choose(village.my, "Giàng Thị Mỷ")
    dialog._person_changed()
    dialog.doses.setText("3")
    dialog.doses.setModified(True)
    keeper(dialog).put_aside()
    dialog.reject()
    again = opened(ContactDialog(desk, window, episode_id=village.mai_episode))
    QTest.keyClick(again, Qt.Key.Key_F8)
    assert again.person.person_id() == village.my
    assert again.doses.text() == "3", "what the register knows of her must not cover what was typed"


def test_all_medicines_of_a_giving_come_back(desk, window, village, opened):
    dialog = opened(GiveDialog(desk, window, village.mai_episode))
    before = len(dialog.lines())
    dialog.findChild(Button, "add_medicine").click()
    write(dialog.lines()[-1].dose, " uống sau ăn")
    typed = [line.item() for line in dialog.lines()]
    keeper(dialog).put_aside()
    dialog.reject()
    again = opened(GiveDialog(desk, window, village.mai_episode))
    assert len(again.lines()) == before
    QTest.keyClick(again, Qt.Key.Key_F8)
    assert [line.item() for line in again.lines()] == typed


def test_it_is_kept_by_itself_within_five_seconds(desk, window, village, opened, qtbot):
    dialog = opened(visit(desk, window, village))
    write(dialog.note, "mất điện")
    qtbot.waitUntil(lambda: bool(kept_rows(desk)), timeout=5000)


def test_it_is_kept_when_the_focus_moves(desk, window, village, opened):
    dialog = opened(visit(desk, window, village))
    dialog.note.setFocus()
    write(dialog.note, "sang ô khác")
    dialog.at.setFocus()
    QApplication.processEvents()
    assert len(kept_rows(desk)) == 1


def test_drafts_make_no_journal_line(desk, window, village, opened):
    count = "SELECT count(*) FROM journal"
    with desk.register.db.read() as session:
        before = session.connection().exec_driver_sql(count).scalar_one()
    dialog = opened(visit(desk, window, village))
    write(dialog.note, "x")
    keeper(dialog).put_aside()
    with desk.register.db.read() as session:
        assert session.connection().exec_driver_sql(count).scalar_one() == before
    assert care_record(desk.register.db, village.mai) is not None
    assert draft_of(desk.register.db, *kept_rows(desk)[0]).saved_at == NOW.replace(tzinfo=None)


def all_acts():
    for found in pkgutil.walk_packages(covidstation.ui.__path__, "covidstation.ui."):
        importlib.import_module(found.name)
    waiting, seen = [ActDialog], set()
    while waiting:
        for one in waiting.pop().__subclasses__():
            if one.__module__.startswith("covidstation.") and one not in seen:
                seen.add(one)
                waiting.append(one)
    return sorted((one for one in seen if not one.__name__.startswith("_")), key=lambda one: one.__name__)


@pytest.mark.parametrize("dialog", all_acts(), ids=lambda one: one.__name__)
def test_every_dialog_says_whom_it_is_about(dialog):
    """Those of users and of destruction are begun anew each time: nothing of them is kept."""
    if not dialog.__subclasses__() and dialog.needs is not Right.MANAGE:
        assert dialog.about is not ActDialog.about
