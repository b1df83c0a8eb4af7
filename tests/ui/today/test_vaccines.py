"""Hôm nay names a session that was left open and who still sits after one that is over, and leads to that session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from covidstation.db.queries.vaccination import stances_of
from covidstation.db.queries.vaccine_sessions import SessionLine
from covidstation.domain.vaccination.sessions import SessionDraft, SessionPart, SessionStatus
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.services.reports.today import todays_work
from covidstation.services.vaccination.stances import add_stance
from covidstation.services.vaccination.waiting import SessionsWaiting, Sitting
from covidstation.ui.today.keys import Key
from covidstation.ui.today.lines import lines_of
from covidstation.ui.today.page import TodayPage
from covidstation.ui.vaccination.stances import StanceDialog
from tests.ui.dialogs import buttons, with_dialog
from tests.ui.village import NOW, catalog

WALL = NOW.replace(tzinfo=None)


def a_session(days):
    draft = SessionDraft(day=NOW.date() + timedelta(days=days), part=SessionPart.MORNING, campaign="Đợt 3")
    return SessionLine(
        id=uuid4(), draft=draft, hamlet="Bản Nậm Ngá", status=SessionStatus.OPEN, on_paper=False, opened_at=WALL,
        closed_at=None, closed_by="", by_name="", given=4, expected=9,
    )  # fmt: skip


@pytest.fixture
def page(desk, shown):
    found = TodayPage(desk)
    found.resize(1166, 600)
    shown(found)
    found.load()
    return found


def test_both_have_their_line_and_their_door(page, desk):
    left, today = a_session(-1), a_session(0)
    sits = [Sitting(uuid4(), uuid4(), name, WALL - timedelta(minutes=5)) for name in ("Lò Văn Páo", "Giàng Thị Mỷ")]
    waits = SessionsWaiting((left, today), sitting=tuple(sits))
    work = replace(todays_work(desk.register, catalog(), NOW), injections=waits)
    lines = {line.key: line for line in lines_of(work, NOW)}
    session, sitting = lines[Key.SESSION], lines[Key.SITTING]
    assert session.lead == "Chưa kết thúc –" and f"{left.day:%d/%m/%Y}" in session.what
    assert f"{today.day:%d/%m/%Y}" in session.why and session.count == 2
    assert (sitting.count, sitting.lead) == (2, "Quá giờ –")
    assert "Lò Văn Páo" in sitting.why and "Giàng Thị Mỷ" in sitting.why
    later = replace(work, injections=replace(waits, sitting=(replace(sits[0], until=WALL + timedelta(minutes=1)),)))
    assert {line.key: line for line in lines_of(later, NOW)}[Key.SITTING].lead == ""
    wanted = []
    desk.want_page.connect(wanted.append)
    page.show_work(work)
    for key in (Key.SESSION, Key.SITTING):
        assert not page.rows[key].isHidden()
        page._acts[key][-1].click()
    assert wanted == [f"session:{left.id.hex}", f"session:{sits[0].session_id.hex}"]


def test_a_plan_whose_day_went_by_is_named(desk):
    forgotten, today = (replace(a_session(days), status=SessionStatus.PLANNED) for days in (-20, 0))
    work = todays_work(desk.register, catalog(), NOW)

    def line(*waits):
        with_these = replace(work, injections=SessionsWaiting(waits))
        return {line.key: line for line in lines_of(with_these, NOW)}[Key.SESSION]

    both, alone = line(today, forgotten), line(forgotten)
    assert f"{today.day:%d/%m/%Y}" in both.what and both.lead == ""
    assert f"quá ngày, chưa mở hay bỏ: {forgotten.day:%d/%m/%Y}" in both.why
    assert (alone.lead, "quá ngày" in alone.why) == ("Quá ngày, chưa mở –", False)


def test_whom_somebody_wanted_to_ask_again_is_named_and_what_they_said_is_written_there(page, desk, village, qtbot):
    db = desk.register.db
    draft = StanceDraft(
        person_id=village.my, kind=StanceKind.REFUSED, reason="Đợi con về", since=NOW.date() - timedelta(days=9),
        next_step="Già bản đến nhà", due_on=NOW.date(),
    )  # fmt: skip
    add_stance(db, draft, by=None, by_name="Nhung", now=NOW)
    page.load()
    assert not page.rows[Key.REVISITS].isHidden()
    page._acts[Key.REVISITS][-1].click()

    def wait(dialog):
        dialog.due_on.set_day(NOW.date() + timedelta(days=7))
        dialog.save()

    assert with_dialog(StanceDialog, wait, buttons(page.people, "people_act")[0].click, qtbot)
    with db.read() as session:
        (stance,) = stances_of(session, village.my)
    assert stance.due_on == NOW.date() + timedelta(days=7)
    page.load()
    assert page.rows[Key.REVISITS].isHidden()
