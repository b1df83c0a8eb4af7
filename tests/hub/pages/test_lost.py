"""Addresses that nobody has: a page for people, JSON for stations' programs."""

from __future__ import annotations

import pytest

from covidstation.hub.staff.rights import HubRole
from tests.hub.pages.browser import words

LOST = "Không có trang này"


@pytest.mark.parametrize("path", ["/nobody", "/people/x/y/z", "/figures/2022", "/%3Cscript%3E", "/syncing", "/a" * 900])
@pytest.mark.parametrize("role", [None, HubRole.READ_ONLY])
def test_a_person_gets_a_page_that_leads_back(browse, path, role):
    answer = browse(role).get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert LOST in words(answer) and 'href="/"' in answer.text
    assert "<script" not in answer.text.lower()
    assert ('href="/figures"' in answer.text) is (role is not None), "the menu is for who is in"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_another_method_is_no_way_in(browse, method):
    answer = browse(HubRole.ADMIN).client.request(method, "/figures")
    assert answer.status_code == 404 and LOST in answer.text


@pytest.mark.parametrize("path", ["/sync/v1/nothing", "/sync/", "/sync", "/sync/v2/time", "/sync/v1/bundles/x/y"])
def test_a_program_gets_what_it_reads(browse, path):
    answer = browse().get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "http.not_here"


def test_a_wrong_method_of_a_program_stays_a_wrong_method(browse):
    assert browse().get("/sync/v1/bundles/" + "0" * 32).status_code == 405


def test_a_slash_at_the_end_is_forgiven(browse):
    browser = browse(HubRole.READ_ONLY)
    answer = browser.get("/figures/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/figures")
    for path in ("https://huyen.test//evil.example/", "/people/..%2f/", "https://huyen.test//figures/"):
        assert browser.get(path).status_code == 404
