"""Qt's own texts speak the language of the program."""

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton

from covidstation.i18n import use_language
from covidstation.ui.look.qt_words import QtWords


@pytest.fixture
def words(qapp):
    made = QtWords(qapp)
    qapp.installTranslator(made)
    yield made
    qapp.removeTranslator(made)
    use_language("vi")


def texts_of_file_box(qtbot):
    box = QFileDialog(None, "Lưu PDF", "/", "PDF (*.pdf)")
    box.setOption(QFileDialog.Option.DontUseNativeDialog)
    box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    qtbot.addWidget(box)
    shown = [*box.findChildren(QLabel), *box.findChildren(QPushButton)]
    return {child.text().replace("&", "") for child in shown if child.text()}


def test_the_box_of_files(qtbot, words):
    assert {"Trong thư mục:", "Tên tệp:", "Loại tệp:", "Lưu", "Thôi"} <= texts_of_file_box(qtbot)


def test_the_menu_of_a_field(qtbot, words):
    field = QLineEdit()
    qtbot.addWidget(field)
    menu = field.createStandardContextMenu()
    menu.setParent(field)
    names = {action.text().split("\t")[0].replace("&", "") for action in menu.actions() if action.text()}
    assert names == {"Hoàn tác", "Làm lại", "Cắt", "Chép", "Dán", "Xoá", "Chọn tất cả"}


def test_other_texts_and_other_languages_stay(qtbot, words):
    assert QCoreApplication.translate("QFileDialog", "nothing of ours") == "nothing of ours"
    use_language("en")
    assert "Look in:" in texts_of_file_box(qtbot)
