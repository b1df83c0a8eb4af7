"""Who saw, printed and carried away what: each such service notes it, once, for the person it is about."""

from __future__ import annotations

import importlib
from uuid import UUID

import pytest

from covidstation.db.audit import entries, first_fault
from covidstation.db.queries.episodes import EpisodeFilter
from covidstation.domain.audit import AuditAction
from covidstation.domain.packs import PaperKind
from covidstation.domain.rights import Actor, Right
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services.access.audit import AUDITED, note_paper, note_report
from covidstation.services.care.course import course_of
from covidstation.services.care.look import look_at_care
from covidstation.services.papers.book import read_kept
from covidstation.services.papers.dossier import NoDossier, dossiers
from covidstation.services.papers.f0_table import F0Selection, f0_list_pdf, f0_list_xlsx
from covidstation.services.papers.handouts import leaflet_pdf
from covidstation.services.papers.issuing import issue_paper, void_paper
from covidstation.services.rights import TABLE
from tests.services.samples import NOW, TODAY, f0, opened, register
from tests.services.test_rights import modules

BY_HAND = {
    "papers.files.paper_pdf",  # bytes for `read_kept` and the dossier, which note
    "papers.handouts.staff_list_pdf",  # no patient on it
    "upkeep.support.check_pdf",  # nor on it
    "access.users.one_time_pdf",  # the giving of the passphrase is noted
}


def noted(db, since=0):
    with db.read() as session:
        assert first_fault(session) is None
        return [(one.action.value, one.subject, one.detail.get("what") or one.detail.get("where"))
                for one, _chain in entries(session)][since:]  # fmt: skip


@pytest.fixture
def case(db):
    """An F0 at home, and how many entries there were until then."""
    episode = register(db, f0())
    return episode, len(noted(db))


def test_no_service_that_prints_or_exports_was_forgotten():
    modules()
    sheets = {name for name in TABLE if name.endswith(("_pdf", "_xlsx")) or ".print_" in name}
    forgotten = set()
    for name in sheets - BY_HAND:
        module, _dot, function = name.rpartition(".")
        found = getattr(importlib.import_module(f"covidstation.services.{module}"), function)
        if AUDITED not in vars(found):
            forgotten.add(name)
    assert forgotten == set(), "mark it with @prints(…) under its @needs"
    assert len(sheets) > 12


def test_looking_at_a_person_is_noted_with_where(db, catalog, case):
    episode, before = case
    look_at_care(db, catalog, episode.person_id, TODAY)
    look_at_care(db, catalog, episode.person_id, TODAY)
    assert noted(db, before) == [("see", episode.person_id, "person")]


def test_the_course_of_an_illness_is_a_look_at_its_person(db, catalog, case):
    episode, before = case
    course_of(db, episode.id, catalog=catalog)
    assert noted(db, before) == [("see", episode.person_id, "course")]


def test_lists_are_noted_when_they_leave_the_register(db, catalog, case):
    _episode, before = case
    f0_list_pdf(db, F0Selection(EpisodeFilter()), catalog=catalog, today=TODAY)
    f0_list_xlsx(db, F0Selection(EpisodeFilter()), catalog=catalog, today=TODAY)
    assert noted(db, before) == [("print", None, "f0_list"), ("export", None, "f0_list")]


def test_a_dossier_is_one_print_whatever_is_bound_into_it(db, catalog, case):
    episode, before = case
    list(dossiers(db, [episode.id], catalog=catalog, now=NOW))
    assert noted(db, before) == [("print", episode.person_id, "dossier")]
    leaflet_pdf(db, episode.id, catalog=catalog, day=TODAY)
    assert noted(db, before)[1:] == [("print", episode.person_id, "leaflet")]


def test_what_fails_is_not_noted(db, catalog, case):
    _episode, before = case
    (refused,) = dossiers(db, [UUID(int=5)], catalog=catalog, now=NOW)
    assert isinstance(refused, NoDossier)
    assert noted(db, before) == []


def test_a_paper_is_noted_from_its_number_to_its_voiding(db, catalog, case):
    episode, before = case
    how = {"catalog": catalog, "issued_on": TODAY, "by": None, "now": NOW}
    paper = issue_paper(db, PaperKind.ISOLATION_ORDER, [episode.id], **how).value.id
    read_kept(db, paper)
    note_paper(db, paper, "print", now=NOW, copies=2)
    note_paper(db, paper, "file", now=NOW)
    void_paper(db, paper, "nhầm người", by=None, now=NOW)
    about = [(action, what) for action, subject, what in noted(db, before) if subject == paper]
    assert about == [
        ("issue", PaperKind.ISOLATION_ORDER.value),
        ("see", "issued"),
        ("print", "paper"),
        ("export", "paper"),
        ("issue", "void"),
    ]
    assert ("change", episode.person_id) in [(action, subject) for action, subject, _what in noted(db, before)]


def test_opening_is_noted_with_who_did_it(folder, register):
    register.db.close()
    again = opened(folder)
    with again.db.read() as session:
        last = [one for one, _chain in entries(session)][-1]
    assert (last.action, last.actor) == (AuditAction.LOGIN, again.user_id)


def test_who_may_not_export_is_refused_before_anything_is_noted(db):
    before = len(noted(db))
    db.actor = Actor(UUID(int=7), "Vàng Thị Dế", Role.DATA_ENTRY)
    assert not db.actor.may(Right.EXPORT)
    with pytest.raises(UserError, match=r"rights\.export"):
        note_report(db, "2022-03-10", "table", now=NOW)
    assert len(noted(db)) == before
