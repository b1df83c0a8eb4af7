"""A card in a picture, chosen or dropped, goes the scanner's way; anything else is a sentence."""

from pathlib import Path

import pytest
import segno
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from covidstation.ui.parts.toast import Toast
from covidstation.ui.pictures import CardPictures
from covidstation.ui.tasks import InlineTasks

CARD = "012085000001||Lò Văn Thử|05021985|Nam|Bản Mẫu, Xã Ví Dụ, Sìn Hồ, Lai Châu|10052021"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "thẻ.png"
    segno.make(CARD, error="m").save(str(path), scale=6)
    return path


@pytest.fixture
def heard(qtbot):
    window, texts = QWidget(), []
    window.resize(600, 300)
    qtbot.addWidget(window)
    window.show()
    return window, texts, CardPictures(window, InlineTasks(), texts.append)


def drop(window: QWidget, path: Path) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), copy, data, button, key))
    return QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), copy, data, button, key))


def test_a_chosen_picture_is_read(heard, picture, monkeypatch):
    _window, texts, pictures = heard
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(picture), ""))
    pictures.choose()
    assert texts == [CARD]


def test_a_dropped_picture_is_read_and_other_files_are_not(heard, picture, tmp_path):
    window, texts, _pictures = heard
    assert drop(window, picture)
    assert texts == [CARD]
    other = tmp_path / "notes.txt"
    other.write_text(CARD, encoding="utf-8")
    drop(window, other)
    assert texts == [CARD]


def test_a_picture_without_a_code_says_so(heard, tmp_path, monkeypatch):
    _window, texts, pictures = heard
    told = []
    monkeypatch.setattr(Toast, "tell", lambda _widget, text, **_how: told.append(text))
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"not a picture")
    pictures.read(bad)
    assert not texts
    assert "bad.png" in told[0]
