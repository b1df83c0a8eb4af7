"""Cài đặt, Đường truyền: kept by the head, tried by whoever sends, said in one sentence."""

from datetime import timedelta

import pytest

from covidstation.db.queries.station import get_setting
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.exchange.line_choice import LineChoice, LineFound, ProxyWay
from covidstation.services.record import change_setting
from covidstation.ui.desk import Desk
from covidstation.ui.settings import line as line_module
from covidstation.ui.settings.line import LineSection
from covidstation.ui.settings.page import SettingsPage
from tests.ui.village import NOW


@pytest.fixture
def page(desk, shown):
    made = SettingsPage(desk)
    made.resize(1166, 640)
    shown(made)
    made.load()
    made.show_section("line")
    return made


@pytest.fixture
def line(page) -> LineSection:
    return page.section()


def own(line: LineSection, proxy: str, user: str = "", password: str = "") -> None:
    line.way.set_value(ProxyWay.OWN)
    for edit, value in ((line.proxy, proxy), (line.user, user), (line.password, password)):
        edit.set_value(value)
    line.proxy.textEdited.emit(proxy)


def test_a_choice_is_saved_and_stands_there_again(page, line, desk):
    line.auto.set_value(False)
    line.url.set_value("https://10.1.1.9:8443")
    own(line, "10.0.0.1:3128", "mai", "b@n")
    assert line.unsaved()
    line.save()
    db = desk.register.db
    assert [get_setting(db, key) for key in ("auto_sync", "hub_url")] == ["no", "https://10.1.1.9:8443"]
    assert get_setting(db, "proxy") == "http://mai:b%40n@10.0.0.1:3128"
    assert not line.unsaved()
    page.show_section("looks")
    page.show_section("line")
    assert line.password.value() == "b@n" and line.proxy.isVisible()


def test_the_fields_of_a_proxy_are_there_for_a_proxy_alone(line):
    assert not line.proxy.isVisible()
    own(line, "10.0.0.1:3128")
    assert line.proxy.isVisible() and line.password.isVisible()
    line.way.set_value(ProxyWay.DIRECT)
    line.way.picked.emit(ProxyWay.DIRECT)
    assert not line.proxy.isVisible()


def test_what_cannot_be_is_told_beside_its_field(page, line, desk):
    own(line, "10.0.0.1")
    line.save()
    assert line.proxy.property("state") == "error"
    assert page.banner.text()
    assert get_setting(desk.register.db, "proxy") == ""


def test_a_password_is_never_kept_half_typed(line):
    own(line, "10.0.0.1:3128", "mai", "b@n")
    assert "password" not in line.half_typed() and line.half_typed()["user"] == "mai"


def test_half_typed_fields_come_back(line):
    own(line, "10.0.0.1:3128", "mai")
    raw = line.half_typed()
    line.load()
    assert not line.unsaved()
    line.put_back(raw)
    assert line.proxy.value() == "10.0.0.1:3128" and line.way.value() is ProxyWay.OWN
    line.put_back({"way": "sideways"})
    line.put_back({"nobody": 1})


def test_a_command_may_have_written_nonsense(page, line, desk):
    change_setting(desk.register.db, "proxy", "ở đâu đó", by=None, now=NOW)
    line.load()
    assert line.proxy.value() == "ở đâu đó" and line.proxy.property("state") == "error"


@pytest.mark.parametrize(
    ("drift", "words"),
    [
        (None, "Tới được máy của huyện (10.1.1.9) trong 0,4 giây, đúng là huyện. Còn 3 thay đổi chờ gửi."),
        (timedelta(hours=-2), "Đồng hồ máy này chậm 2 giờ so với máy của huyện."),
    ],
)
def test_a_good_trial_says_what_it_found(line, monkeypatch, drift, words):
    asked = []

    def trial(_db, choice: LineChoice, *, now):
        asked.append((choice, now))
        return LineFound("https://10.1.1.9:8443", 0.42, 3, drift)

    monkeypatch.setattr(line_module, "try_line", trial)
    line.url.set_value("https://10.1.1.9:8443")
    line.try_now()
    assert words in line.result.text()
    assert asked == [(LineChoice(url="https://10.1.1.9:8443"), NOW)], "what stands typed, saved or not"


@pytest.mark.parametrize("code", ["wire.no_line", "wire.proxy_name", "wire.proxy", "wire.no_address", "enrol.not_yet"])
def test_a_trial_that_fails_says_why_in_its_own_sentence(line, monkeypatch, code):
    def trial(*_a, **_k):
        raise UserError(code)

    monkeypatch.setattr(line_module, "try_line", trial)
    line.try_now()
    assert line.result.text() == sentence(UserError(code))
    assert line._try.isEnabled()


def test_nobody_waits_for_a_trial(line, desk, monkeypatch):
    alone = []
    monkeypatch.setattr(desk.tasks, "alone", lambda *given: alone.append(given))
    line.try_now()
    line.try_now()
    assert len(alone) == 1, "one at a time"
    assert not line._try.isEnabled() and "Đang thử" in line.result.text()


def test_who_may_not_manage_sees_it_grey_and_may_still_try(desk):
    desk.register.db.actor = Actor(desk.register.user_id, "Vàng Thị Dế", Role.CLINICIAN)
    made = SettingsPage(Desk(desk.register, desk.shipped, desk.tasks, now=lambda: NOW))
    made.show_section("line")
    line = made.section()
    assert not line.url.isEnabled() and not line.way.isEnabled()
    assert line._try.isEnabled()
