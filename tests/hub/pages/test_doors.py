"""Each address in each role: let in or refused as the table says, and nobody else gets anything."""

from __future__ import annotations

import re

import pytest

from covidstation.hub.staff.rights import RIGHTS_OF, HubRight, HubRole
from covidstation.hub.web.doors import DOORS, Door
from covidstation.hub.web.pages import HEADERS, routes
from tests.hub.pages.browser import words
from tests.hub.pages.town import PEOPLE

NOBODY = "0" * 32
OPEN = {("GET", "/login"), ("POST", "/login"), ("GET", "/hub.css")}
OUT = "Vai trò của anh chị không gồm việc này"


def address(door: Door) -> str:
    return door.path.replace("{id}", NOBODY).replace("{row}", NOBODY).replace("{other}", NOBODY)


def test_every_route_has_a_door_and_only_three_are_for_everybody(hub):
    found = {(method, route.path) for route in routes(hub) for method in route.methods - {"HEAD"}}
    assert found == {(door.method, door.path) for door in DOORS}
    assert {(door.method, door.path) for door in DOORS if door.right is None} == OPEN
    assert len(found) == len(DOORS) > 40


def test_a_stranger_gets_the_card_to_sign_in_and_nothing_else(browse):
    browser = browse()
    secret = browser.secret("/login")
    for door in DOORS:
        if door.right is not None:
            data = {"csrf": secret} if door.method == "POST" else None
            answer = browser.client.request(door.method, address(door), data=data)
            assert answer.status_code == 303, door
            assert answer.headers["location"].startswith("/login")
            assert answer.content == b""


@pytest.mark.parametrize("role", HubRole)
def test_each_role_is_let_in_or_refused_by_the_table(browse, role):
    browser = browse(role)
    secret = browser.secret()
    for door in DOORS:
        if door.right is None or door.path == "/logout":
            continue
        data = {"csrf": secret} if door.method == "POST" else None
        answer = browser.client.request(door.method, address(door), data=data)
        if door.right in RIGHTS_OF[role]:
            assert answer.status_code in (200, 303, 404, 422), (door, answer.text)
            assert OUT not in answer.text, door
        else:
            assert answer.status_code == 403, door
            assert OUT in answer.text, door


@pytest.mark.parametrize("role", HubRole)
def test_a_page_leads_only_to_where_its_reader_may_go(browse, role):
    browser = browse(role)
    seen, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop()
        answer = browser.get(path)
        assert answer.status_code == 200, (role, path)
        if answer.headers["content-type"].startswith("text/html"):
            assert len(answer.content) <= 30_000, path
            linked = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', answer.text)}
            waiting += [link for link in linked if link not in seen and len(seen) < 80]
            seen |= linked
    assert len(seen) > 8


@pytest.mark.parametrize("role", [role for role in HubRole if HubRight.PEOPLE not in RIGHTS_OF[role]])
def test_who_must_not_see_people_finds_no_name_anywhere(browse, role):
    browser = browse(role)
    for door in DOORS:
        if door.method == "GET" and "{" not in door.path:
            text = words(browser.get(door.path))
            assert not [name for name, _year, _sex in PEOPLE if name in text], door


def test_every_page_carries_its_headers(browse):
    browser = browse(HubRole.ADMIN)
    for path in ("/", "/audit", "/nobody", "/people", "/hub.css", "/users.xlsx"):
        answer = browser.get(path)
        for name, value in HEADERS.items():
            if name in ("Cache-Control", "Content-Security-Policy", "Referrer-Policy"):
                assert name in answer.headers
            elif path != "/nobody":
                assert answer.headers[name] == value, (path, name)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "strict-transport-security" in answer.headers
    policy = browser.get("/").headers["Content-Security-Policy"]
    assert "script" not in policy and "unsafe" not in policy


def test_no_page_has_a_script_a_style_of_its_own_or_anything_from_elsewhere(browse):
    for role in (HubRole.ADMIN, HubRole.EPIDEMIOLOGY):
        browser = browse(role)
        for door in DOORS:
            if door.method == "GET" and "{" not in door.path and not door.path.endswith((".xlsx", ".css")):
                text = browser.get(door.path).text
                assert not re.search(r"<script|<style|\bstyle=|\bon[a-z]+=|https?://|//[a-z]", text), door.path
