"""What the opening found is said over the first page, with ways on; the record is recomputed while nobody waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from sqlalchemy import update

from covidstation.db.rows import AuditRow
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.services.access import tail
from covidstation.services.access.tail import Loss, LossKind, standing_loss
from covidstation.ui.frame.loss import LossDialog, RecordWatch, loss_text, loss_title
from tests.ui.village import NOW

pytestmark = pytest.mark.timeout(60)
SINCE = datetime(2026, 7, 10, 3, 42, tzinfo=UTC)
LOSS = Loss(LossKind.BEHIND, SINCE, SINCE.replace(hour=4), changes=3, entries=5)


class Ends(QObject):
    """What a window says when its register closes."""

    left = Signal()


@pytest.fixture
def window(shown):
    made = QWidget()
    made.resize(900, 600)
    return shown(made)


def watch(desk, window):
    ends = Ends(window)
    return RecordWatch(desk, window, ends.left), ends


def dialog(window):
    return window.findChild(LossDialog)


def test_a_loss_is_said_with_what_and_since_when_and_three_ways(desk, window, qtbot):
    desk.register = replace(desk.register, loss=LOSS)
    made, _ends = watch(desk, window)
    made.begin()
    qtbot.waitUntil(lambda: dialog(window) is not None, timeout=5000)
    shown = dialog(window)
    at = f"{SINCE.astimezone():%H:%M}"
    assert loss_title(LOSS) == f"Các thay đổi sau {at} ngày 10/07/2026 không còn trong sổ"
    assert "3 thay đổi và 5 dòng nhật ký" in loss_text(LOSS)
    wanted = []
    desk.want_page.connect(wanted.append)
    shown.send.click()
    shown.restore.click()
    assert wanted == ["sync", "settings:backup"]
    assert not any("{" in loss_text(replace(LOSS, kind=kind)) for kind in LossKind)


def test_going_on_is_noted_and_then_nothing_stands(desk, window):
    db = desk.register.db
    tail._keep(db, LOSS, None, NOW)
    assert standing_loss(db) is not None
    shown = LossDialog(desk, window, LOSS)
    shown.go_on.click()
    assert standing_loss(db) is None


def test_who_is_not_head_of_station_cannot_go_on(desk, window):
    desk.register.db.actor = Actor(desk.register.user_id, "Vàng Thị Dế", Role.DATA_ENTRY)
    shown = LossDialog(desk, window, LOSS)
    assert not shown.go_on.isEnabled() and shown.later.isEnabled()


def test_a_changed_entry_is_found_later_and_said(desk, window, monkeypatch):
    db = desk.register.db
    with db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(AuditRow).where(AuditRow.seq == 1).values(at=5))
    made, _ends = watch(desk, window)
    made._next()
    assert dialog(window) is not None
    assert standing_loss(db).kind is LossKind.RECORD


def test_nothing_is_asked_once_the_register_closes(desk, window):
    made, ends = watch(desk, window)
    made.begin()
    ends.left.emit()
    assert not made._timer.isActive()
    made._tell(LOSS)
    assert dialog(window) is None


@pytest.mark.parametrize("kind", LossKind)
def test_enter_takes_the_best_way_not_the_putting_off(desk, window, shown, kind):
    made = LossDialog(desk, window, replace(LOSS, kind=kind))
    shown(made)
    best = made.look if kind is LossKind.RECORD else made.restore
    assert made.focusWidget() is best
