"""Every address of the pages, who may come in, and what answers: one table (docs/hub-pages.md shows it).

`tests/hub/web/test_doors.py` walks through each door in each role.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from covidstation.hub.staff.rights import HubRight
from covidstation.hub.web import (
    allotting,
    carrying,
    correcting,
    deciding,
    district,
    enrolment,
    entry,
    exporting,
    moving,
    packs,
    people,
    staff,
    telling,
    twins,
    work,
)
from covidstation.hub.web.frame import Handler

SMALL: Final = 64 << 10  # bytes of a form that people type
FILE: Final = 600 << 10  # an enrolment file, twice over in the form that follows it
BUNDLES: Final = 512 << 20  # eight of the largest


@dataclass(frozen=True, slots=True)
class Door:
    """One method at one address. `right` None: for whoever comes; `again` shows the page when a form was refused."""

    method: Literal["GET", "POST"]
    path: str
    right: HubRight | None
    handler: Handler
    again: Handler | None = None
    most: int = SMALL


FIGURES, CARRY, EXPORT, PEOPLE = HubRight.FIGURES, HubRight.CARRY, HubRight.EXPORT, HubRight.PEOPLE
ENROL, USERS, AUDIT, OWN = HubRight.ENROL, HubRight.USERS, HubRight.AUDIT, HubRight.OWN

DOORS: Final = (
    Door("GET", "/login", None, entry.show_login),
    Door("POST", "/login", None, entry.sign_in, entry.show_login),
    Door("POST", "/logout", OWN, entry.sign_out),
    Door("GET", "/own", OWN, entry.show_own),
    Door("POST", "/own/passphrase", OWN, entry.change_passphrase, entry.show_own),
    Door("POST", "/own/sessions", OWN, entry.end_others, entry.show_own),
    Door("GET", "/", FIGURES, district.show_overview),
    Door("GET", "/communes.xlsx", EXPORT, district.overview_sheet),
    Door("GET", "/communes/{id}", FIGURES, district.show_commune),
    Door("POST", "/communes/{id}/fhir", HubRight.REVEAL, exporting.days, district.show_commune),
    Door("GET", "/figures", FIGURES, district.show_figures),
    Door("GET", "/figures.xlsx", EXPORT, district.figures_sheet),
    Door("GET", "/reports", FIGURES, district.show_reports),
    Door("GET", "/reports.xlsx", EXPORT, district.reports_sheet),
    Door("GET", "/people", PEOPLE, people.show_search),
    Door("POST", "/people", PEOPLE, people.search, people.show_search),
    Door("GET", "/people/{id}/{row}", PEOPLE, people.show_person),
    Door("POST", "/people/{id}/{row}", HubRight.REVEAL, people.reveal_number, people.show_person),
    Door("POST", "/people/{id}/{row}/part", HubRight.DECIDE, twins.part, people.show_person),
    Door("POST", "/people/{id}/{row}/fhir", HubRight.REVEAL, exporting.person, people.show_person),
    Door("GET", "/twins", PEOPLE, twins.show_twins),
    Door("GET", "/twins.xlsx", PEOPLE, twins.twins_sheet),
    Door("POST", "/twins/apart", HubRight.DECIDE, twins.apart),
    Door("GET", "/twins/{id}/{row}", PEOPLE, twins.show_candidates),
    Door("POST", "/twins/{id}/{row}", PEOPLE, twins.search, twins.show_candidates),
    Door("GET", "/twins/{id}/{row}/{other}", PEOPLE, twins.show_two),
    Door("POST", "/twins/{id}/{row}/{other}", HubRight.DECIDE, twins.merge, twins.show_two),
    Door("GET", "/conflicts", PEOPLE, deciding.show_conflicts),
    Door("GET", "/conflicts.xlsx", PEOPLE, deciding.conflicts_sheet),
    Door("GET", "/conflicts/{id}", PEOPLE, deciding.show_conflict),
    Door("POST", "/conflicts/{id}", HubRight.DECIDE, deciding.decide, deciding.show_conflict),
    Door("GET", "/aside", CARRY, work.show_aside),
    Door("GET", "/aside.xlsx", EXPORT, work.aside_sheet),
    Door("GET", "/former", CARRY, work.show_former),
    Door("GET", "/moves", PEOPLE, moving.show_moves),
    Door("POST", "/moves/requests/{id}", HubRight.DECIDE, moving.answer_request, moving.show_moves),
    Door("POST", "/moves/{id}", HubRight.DECIDE, moving.answer_move, moving.show_moves),
    Door("POST", "/people/{id}/{row}/move", HubRight.DECIDE, moving.propose, people.show_person),
    Door("GET", "/items", HubRight.TELL, telling.show_items),
    Door("GET", "/items.xlsx", HubRight.TELL, telling.items_sheet),
    Door("POST", "/items", HubRight.TELL, telling.announce, telling.show_items),
    Door("POST", "/items/targets", HubRight.TELL, telling.give_target, telling.show_items),
    Door("GET", "/items/{id}", HubRight.TELL, telling.show_item),
    Door("POST", "/items/{id}/withdraw", HubRight.TELL, telling.withdraw, telling.show_item),
    Door("POST", "/people/{id}/{row}/ask", HubRight.TELL, telling.ask_about, people.show_person),
    Door("GET", "/allotments", HubRight.TELL, allotting.show_allotments),
    Door("GET", "/allotments.xlsx", HubRight.TELL, allotting.allotments_sheet),
    Door("GET", "/allotments/new", HubRight.TELL, allotting.show_draft),
    Door("POST", "/allotments/look", HubRight.TELL, allotting.look, allotting.show_draft),
    Door("POST", "/allotments", HubRight.TELL, allotting.send, allotting.show_draft),
    Door("GET", "/allotments/{id}", HubRight.TELL, allotting.show_allotment),
    Door("GET", "/allotments/{id}/pdf", HubRight.TELL, allotting.print_allotment),
    Door("POST", "/allotments/{id}/withdraw", HubRight.TELL, allotting.withdraw, allotting.show_allotment),
    Door("GET", "/packs", HubRight.TELL, packs.show_packs),
    Door("GET", "/packs.xlsx", HubRight.TELL, packs.packs_sheet),
    Door("GET", "/packs/new", HubRight.TELL, packs.show_draft),
    Door("POST", "/packs/look", HubRight.TELL, packs.look, packs.show_draft, FILE),
    Door("POST", "/packs", HubRight.TELL, packs.send, packs.show_draft, FILE),
    Door("GET", "/corrections", PEOPLE, correcting.show_corrections),
    Door("GET", "/corrections.xlsx", PEOPLE, correcting.corrections_sheet),
    Door("GET", "/corrections/{id}/{table}/{row}", HubRight.DECIDE, correcting.show_form),
    Door("POST", "/corrections/{id}/{table}/{row}", HubRight.DECIDE, correcting.correct, correcting.show_form),
    Door("GET", "/bundles", CARRY, carrying.show_bundles),
    Door("POST", "/bundles", CARRY, carrying.take_bundles, carrying.show_bundles, BUNDLES),
    Door("POST", "/bundles/answers", CARRY, carrying.give_answers, carrying.show_bundles),
    Door("GET", "/stations", ENROL, enrolment.show_stations),
    Door("POST", "/stations/look", ENROL, enrolment.look, enrolment.show_stations, FILE),
    Door("POST", "/stations/enrol", ENROL, enrolment.enrol, enrolment.look_again, FILE),
    Door("POST", "/stations/{id}/revoke", ENROL, enrolment.revoke, enrolment.show_stations),
    Door("GET", "/users", USERS, staff.show_users),
    Door("POST", "/users", USERS, staff.add, staff.show_users),
    Door("GET", "/users.xlsx", USERS, staff.users_sheet),
    Door("POST", "/users/{id}/role", USERS, staff.change_role, staff.show_users),
    Door("POST", "/users/{id}/disable", USERS, staff.disable, staff.show_users),
    Door("POST", "/users/{id}/enable", USERS, staff.enable, staff.show_users),
    Door("POST", "/users/{id}/reset", USERS, staff.reset, staff.show_users),
    Door("GET", "/audit", AUDIT, staff.show_audit),
    Door("GET", "/audit.xlsx", AUDIT, staff.audit_sheet),
    Door("GET", "/help", OWN, entry.show_help),
    Door("GET", "/hub.css", None, entry.style),
)
