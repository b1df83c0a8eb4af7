"""No name becomes markup, no text becomes SQL or code, nothing speaks to a network."""

from __future__ import annotations

import pytest

from tests.looks import looks
from tools.doors import LABELS_HOME, LOOK_HOME, open_doors
from tools.sources import Source

ANYWHERE = "covidstation/ui/lists.py"


def found(text: str, path: str = ANYWHERE) -> list[str]:
    """What the lint says of that text."""
    return list(open_doors(Source.of(path, text)))


@pytest.mark.timeout(180)  # whoever comes first looks for all
def test_every_door_of_the_program_is_shut():
    assert [line for look in looks() for line in look.doors] == []


@pytest.mark.parametrize(
    "text",
    [
        "QLabel(name)",
        "QtWidgets.QLabel('x')",
        "class Name(QLabel): pass",
        "QMessageBox.warning(self, '', name)",
        "button.setToolTip(name)",
        "button.setToolTip(_('<b>Lưu</b>'))",
        "class Name(QtWidgets.QLabel): pass",
        "box = QMessageBox(self)",
        "item.setWhatsThis(name)",
        "view.setHtml(name)",
        "if role == Qt.ItemDataRole.ToolTipRole: pass",
        "QInputDialog.getText(self, a, b)",
        "form.addRow(f'{name}:', edit)",
        "edit.setStyleSheet(f'color: {colour}')",
        "edit.setStyleSheet(sheet)",
        "Paragraph(name, style)",
        "platypus.Paragraph(escape(name), style)",
        "session.execute(f'select {name}')",
        "session.execute(text('select ' + name))",
        "session.execute('select %s' % name)",
        "cursor.executescript('select {}'.format(name))",
        "connection.exec_driver_sql(f'drop table {name}')",
        "import pickle",
        "from marshal import loads",
        "import xml.etree.ElementTree as tree",
        "from xml.dom import minidom",
        "from lxml import etree",
        "eval(name)",
        "exec(name)",
        "__import__(name)",
        "subprocess.run(name, shell=True)",
        "os.system(name)",
        "os.popen(name)",
        "yaml.load(name)",
        "archive.extractall(folder)",
        "import requests",
        "import httpx",
        "from urllib.request import urlopen",
        "import urllib.request",
        "from http import client",
        "import socket",
        "from PySide6.QtNetwork import QNetworkAccessManager",
        "_(f'Đã lưu {name}')",
        "_('Đã lưu {name}'.format(name=name))",
        "N_('Đã ' + name)",
        "ngettext('{n} người', '%d người' % n, n)",
        "box = QTextBrowser()",
        "class Note(QTextEdit): pass",
        "QToolTip.showText(place, name)",
        "words.setTextFormat(Qt.TextFormat.RichText)",
        "words.setTextFormat(Qt.AutoText)",
        "cursor.insertMarkdown(name)",
        "QAction(f'Sửa {name}', self)",
        "QAction(_('Sửa {name}').format(name=name), self)",
        "QDesktopServices.openUrl(address)",
        "QDesktopServices.openUrl(QUrl('https://example.invalid'))",
        "os.startfile(path)",
        "QProcess.startDetached(path)",
        "webbrowser.open(address)",
        "query = f'select name from {table}'",
        "query = 'DELETE FROM person WHERE name = ' + name",
        "query = 'update person set name = %s' % name",
        "query = 'INSERT INTO {} VALUES (1)'.format(table)",
        "command = f'PRAGMA {name}'",
        "session.execute(text(query))",
        "connection.exec_driver_sql(query)",
        "sa.text(parts['query'])",
        "builtins.exec(name)",
        "compile(name, '', 'exec')",
        "importlib.import_module(name)",
        "os.execv(path, [])",
        "os.spawnlp(mode, path)",
        "import subprocess",
        "from multiprocessing import Process",
        "import ctypes",
        "tempfile.mktemp()",
        "import shelve",
        "import dill",
        "archive.extract(name, folder)",
        "shutil.unpack_archive(path)",
        "from xml.sax import parse",
        "from xml.parsers import expat",
        "from PySide6.QtCore import QXmlStreamReader",
        "from PySide6.QtSvg import QSvgRenderer",
        "from PySide6.QtWebEngineWidgets import QWebEngineView",
        "import smtplib",
        "client.get(address, verify=False)",
        "context.verify_mode = ssl.CERT_NONE",
        "ssl._create_unverified_context()",
        "hashlib.md5(data)",
        "hashlib.sha1(data)",
        "import random",
        "from random import choice",
        "if given == self.passphrase: pass",
        "if token != expected: pass",
        "same = mac == other_mac",
        "json.loads(path.read_bytes())",
        "json.load(file)",
    ],
)
def test_an_open_door_is_found(text: str):
    lines = found(text)
    assert lines
    assert all(line.startswith(f"{ANYWHERE}:1: ") for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "label(name)",
        "words: QLabel = label(name)",
        "page.findChildren(QLabel)",
        "button.setToolTip(plain_tip(name))",
        "button.setToolTip(_('Lưu (Ctrl+S)'))",
        "form.addRow(_('Họ và tên'), edit)",
        "edit.setStyleSheet('')",
        "session.execute(select(Person).where(Person.name == name))",
        "session.execute(text('select * from person where name = :name'), {'name': name})",
        "connection.exec_driver_sql('PRAGMA foreign_keys = ON')",
        "session.execute('select ' 'name')",
        "subprocess.run([name], shell=False)",
        "re.compile(name)",
        "from urllib.parse import quote",
        "from xml.sax.saxutils import escape",
        "from PySide6.QtNetwork import QLocalServer, QLocalSocket",
        "_('Đã lưu {name}').format(name=name)",
        "_(SENTENCES[code])",
        "ngettext('{n} người', '{n} người', n).format(n=n)",
        "row.text(cell)",
        "label(f'Chọn từ {count} mục')",
        "hmac.compare_digest(token, expected)",
        "if passphrase == '': pass",
        "json.loads(row.value)",
        "dialog.exec()",
        "pattern.match(name).group()",
        "QAction(_('Sửa'), self)",
        "hashlib.sha256(data)",
    ],
)
def test_ordinary_code_passes(text: str):
    assert found(text) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (LABELS_HOME, "QLabel(name)"),
        (LABELS_HOME, "button.setToolTip(name)"),
        (LOOK_HOME + ".py", "app.setStyleSheet(sheet)"),
    ],
)
def test_each_door_has_its_one_keeper(path: str, text: str):
    assert found(text, path) == []
    assert found(text)


def test_a_line_that_must_pass_says_why():
    line = "connection.exec_driver_sql(f'PRAGMA user_version = {VERSION}')  # door:"
    assert found(line)
    assert found(line + " ok")
    assert found(line + " a whole number of ours, PRAGMA takes no parameters") == []


def test_a_reason_stands_on_any_line_of_its_statement_and_on_no_other():
    call = "connection.exec_driver_sql(\n    f'PRAGMA {name}'\n)  # door: names of our own tables"
    assert found(call) == []
    assert found("# door: names of our own tables\nconnection.exec_driver_sql(f'PRAGMA {name}')")


def test_a_reason_without_a_door_is_taken_out():
    assert found("session.execute(select(Person))  # door: there was one here once")


def test_invented_people_may_be_drawn_by_lot():
    assert found("from random import Random", "covidstation/domain/training_names.py") == []
