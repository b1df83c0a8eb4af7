"""A save that the disk refuses, through the window: the form keeps its text, and the next press saves once."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlcipher3 import dbapi2

from covidstation.db.queries.people import find_people
from covidstation.domain.scan import read_scan
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.ui.desk import NewF0
from covidstation.ui.f0.form import F0Form
from tests.ui.village import SCAN


def failing_once(desk, monkeypatch, *, landed):
    """The next commit that carries a person reports a disk error, after it was saved or before."""
    dialect = desk.register.db.engine.dialect
    real = dialect.do_commit

    def commit(connection):
        monkeypatch.setattr(dialect, "do_commit", real)
        if landed:
            real(connection)
        raise dbapi2.OperationalError("disk I/O error")

    monkeypatch.setattr(dialect, "do_commit", commit)


def filled(desk, shown):
    form = F0Form(desk)
    form.resize(1166, 624)
    shown(form)
    form.show_wish(NewF0(draft=read_scan(SCAN).person, from_card=True))
    QTest.keyClick(form.fields.person.household, Qt.Key.Key_Return)
    return form


def known(desk):
    return find_people(desk.register.db, "012055004127")


def test_a_refused_save_keeps_the_text_and_the_next_one_saves_once(desk, shown, monkeypatch):
    form = filled(desk, shown)
    before = form.fields.f0()
    failing_once(desk, monkeypatch, landed=False)
    form._save.click()
    assert form.banner.text() == sentence(UserError("station.not_saved"))
    assert form.fields.f0() == before and not known(desk)
    form._save.click()
    assert len(known(desk)) == 1


def test_a_save_that_landed_is_told_as_saved_whatever_the_disk_reported(desk, shown, monkeypatch):
    form = filled(desk, shown)
    failing_once(desk, monkeypatch, landed=True)
    said = []
    desk.said.connect(said.append)
    form._save.click()
    assert said == ["Đã lưu Giàng A Páo"] and desk.tasks.presented == [] and len(known(desk)) == 1
