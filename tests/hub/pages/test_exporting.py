"""FHIR files from the pages: who may, for whom, what is noted, what is in them."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from covidstation.hub.rows import HubAuditRow
from covidstation.hub.staff.rights import HubRole
from tests.hub.pages.browser import words
from tests.hub.pages.test_pages import station_id
from tests.interop import r4

EPI = HubRole.EPIDEMIOLOGY
PERSON = f"{1:032x}"


@pytest.fixture
def commune(hub) -> str:
    return station_id(hub, "Nậm Tăm").hex


def noted(hub) -> list[HubAuditRow]:
    with hub.db.read() as session:
        return [row for row in session.scalars(select(HubAuditRow).where(HubAuditRow.action == "export"))]


def kinds(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/fhir+json")
    assert "attachment" in answer.headers["content-disposition"]
    bundle = json.loads(answer.content)
    assert r4.wrong_with(bundle) == []
    return [one["resource"]["resourceType"] for one in bundle["entry"]]


def test_one_person(browse, hub, commune):
    browser, page = browse(EPI), f"/people/{commune}/{PERSON}"
    answer = browser.post(f"{page}/fhir", {"receiver": "CDC Lai Châu"}, page=page)
    found = kinds(answer)
    assert found.count("Patient") == 1 and "Condition" in found
    (row,) = noted(hub)
    assert (row.subject, row.detail["for"], row.detail["people"]) == (PERSON, "CDC Lai Châu", 1)
    empty = browser.post(f"{page}/fhir", {"receiver": " "}, page=page)
    assert empty.status_code == 422 and "Ghi tệp này đưa cho ai" in words(empty)
    assert browser.post(f"/people/{commune}/{'f' * 32}/fhir", {"receiver": "CDC"}, page=page).status_code == 404


def test_the_days_of_a_station(browse, hub, commune):
    browser, page = browse(EPI), f"/communes/{commune}"
    days = {"first": "2022-02-20", "until": "2022-03-10", "receiver": "CDC"}
    found = kinds(browser.post(f"{page}/fhir", days, page=page))
    assert found.count("Patient") > 1 and found.count("Organization") == 1
    (row,) = noted(hub)
    assert row.detail["days"] == "20/02/2022-10/03/2022" and row.detail["people"] == found.count("Patient")
    for change, said in (
        ({"until": "2022-02-01"}, "ngày"),
        ({"first": "2021-01-01"}, "nhiều nhất 31 ngày"),
        ({"first": "hôm qua"}, "ngày/tháng/năm"),
        ({"receiver": ""}, "đưa cho ai"),
        ({"until": "2022-03-11"}, "11/03/2022"),
    ):
        answer = browser.post(f"{page}/fhir", days | change, page=page)
        assert answer.status_code == 422 and said in words(answer), change
    assert len(noted(hub)) == 1


def test_who_sees_no_people_gets_no_form(browse, commune):
    assert "fhir" not in browse(HubRole.DATA).get(f"/communes/{commune}").text
