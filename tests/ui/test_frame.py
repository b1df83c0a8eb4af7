"""The window around the pages."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from covidstation.ui.frame.sidebar import EntryButton
from covidstation.ui.frame.status import StatusLine, StatusPart
from covidstation.ui.look import metrics
from tests.ui.three_pages import PARTS, now, send, three_pages


@pytest.fixture
def frame(shown):
    return three_pages(shown)


def test_fits_the_smallest_screen_without_scrolling(frame):
    least = frame.minimumSizeHint()
    assert least.width() <= 1366 and least.height() <= 697
    assert frame.size().width() == 1366 and frame.size().height() == 697


def test_going_loads_lights_the_entry_and_asks_first(frame, qtbot):
    form = frame.page("f0")
    frame.side.findChild(EntryButton, "entry_f0").click()
    assert frame.current() is form and form.loads == 1
    assert frame.side.findChild(EntryButton, "entry_f0").isChecked()
    assert frame.windowTitle().startswith("F0 mới")
    form.free = False
    assert not frame.go("today") and frame.current() is form
    assert frame.side.findChild(EntryButton, "entry_f0").isChecked()
    assert not frame.close()
    form.free = True
    assert frame.go("sync")


def test_action_bar_holds_the_buttons_of_the_page_in_sight(frame):
    form, bar = frame.page("f0"), frame.findChild(QWidget, "action_bar")
    assert not bar.isVisible()
    frame.go("f0")
    QApplication.processEvents()
    assert bar.isVisible() and bar.height() == metrics.ACTION_BAR and form.save.isVisible()
    assert form.save.mapTo(bar, form.save.rect().bottomRight()).x() == bar.width() - metrics.MARGIN - 1
    frame.go("today")
    assert not bar.isVisible()
    send(frame, Qt.Key.Key_Return, "\r", Qt.KeyboardModifier.ControlModifier)
    assert form.saved == 0


def test_broadcast_reaches_the_page_in_sight(frame):
    form = frame.page("f0")
    frame.broadcast({"episodes"})
    frame.go("f0")
    frame.broadcast({"people"})
    assert form.changes == [{"people"}]


def test_every_control_has_its_names_and_plain_text(frame):
    controls = [w for w in frame.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()]
    assert len(controls) >= 7
    assert all(one.accessibleName() for one in controls)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in frame.findChildren(QLabel))


def test_training_banner_is_always_said(frame):
    frame.set_training(True)
    assert "DỮ LIỆU TẬP HUẤN" in frame.training.text() and frame.training.height() == 44
    frame.set_training(False)
    assert not frame.training.text()


def test_status_line_shortens_the_good_first_and_never_a_warning(qtbot, shown):
    line, clicks = StatusLine(now), []
    line.set_parts([StatusPart("12 thay đổi chưa gửi", "warn", lambda: clicks.append(1)), *PARTS[1:]])
    host = QWidget()
    QVBoxLayout(host).addWidget(line)
    host.layout().setContentsMargins(0, 0, 0, 0)
    host.resize(1166, 32)
    shown(host)
    texts = [button.text() for button in line._parts]
    assert texts[1] == "Biên nhận gần nhất 05:40 hôm nay" and line.clock.isVisible()
    assert line.clock.text() == "Thứ Năm 10/03/2022  07:12"
    host.resize(720, 32)
    QApplication.processEvents()
    assert [button.text() for button in line._parts][1:3] == ["Biên nhận 05:40", "Sao lưu tốt"]
    assert line._parts[3].text() == PARTS[3].text
    host.resize(line._parts[-1].geometry().right() + 60, 32)
    QApplication.processEvents()
    assert not line.clock.isVisible()
    for button in (line._parts[0], line._parts[3]):
        assert button.text() == button.part.text and button.width() >= button.full_width()
    line._parts[0].click()
    assert clicks == [1]
    line.set_parts([StatusPart("12 thay đổi chưa gửi, cũ nhất 3 giờ", "young", None, "12 chưa gửi"), *PARTS[1:]])
    assert line._parts[0].text() == "12 chưa gửi"
    with pytest.raises(ValueError, match="four"):
        line.set_parts([*PARTS, PARTS[0]])


def test_the_window_bears_the_kind_of_the_page_in_sight_and_never_a_name(frame):
    frame.go("f0")
    kind = frame.page("f0").title
    frame.page("f0").set_title("Giàng A Páo")
    assert frame.windowTitle() == f"{kind} – CovidStation"
    other = next(page for name, page in frame._pages.items() if name != "f0")
    other.set_title("Chẻo Lở Mẩy")
    assert frame.windowTitle() == f"{kind} – CovidStation"


def test_the_keyboard_of_a_page_that_is_left_waits_on_the_next_ones_entry(frame):
    frame.go("f0")
    frame.current().name.setFocus()
    frame.go("today")
    assert QApplication.focusWidget().objectName() == "entry_today"


def test_the_frame_loads_neither_database_nor_babel():
    code = (
        "import sys, covidstation.ui.frame.window, covidstation.ui.frame.scanner, covidstation.ui.tasks;"
        "sys.exit(any(name in sys.modules for name in ('sqlalchemy', 'babel', 'reportlab', 'sqlcipher3')))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
