"""Two hamlets of one name on the list of whoever goes there: each by its kind, its people together."""

from __future__ import annotations

import re

from covidstation.db.queries.vaccine_due import DueFilter, DueSort
from covidstation.services.places import add_hamlet
from covidstation.services.vaccination.due import due_list
from covidstation.services.vaccination.due_papers import DueSelection, due_pdf, due_xlsx
from tests.services.samples import NOW, catalog
from tests.services.test_tables import cells
from tests.services.vaccination.rooms import person
from tests.services.vaccination.test_session_results import text_of

KNOWN = {"catalog": catalog(), "now": NOW}


def village(db):
    """Six people by turns in Bản Nậm Ngá and Thôn Nậm Ngá, one in Bản Pa Khoá."""
    where = [add_hamlet(db, "Nậm Ngá", kind=kind, by=None, now=NOW).value for kind in ("bản", "thôn")]
    other = add_hamlet(db, "Pa Khoá", by=None, now=NOW).value
    return [person(db, number, hamlet_id=(where[number % 2], other)[number == 6]) for number in range(7)]


def test_each_has_its_own_people_under_its_own_name(db):
    village(db)
    words = text_of(due_pdf(db, DueSelection(DueFilter()), **KNOWN))
    assert re.findall(r"(?:Bản |Thôn )?(?:Nậm Ngá|Pa Khoá): \d người", words) == [
        "Bản Nậm Ngá: 3 người", "Thôn Nậm Ngá: 3 người", "Pa Khoá: 1 người",
    ]  # fmt: skip
    told = {text for kind, text in cells(due_xlsx(db, DueSelection(DueFilter()), **KNOWN)).values() if kind == "s"}
    assert {"Bản Nậm Ngá", "Thôn Nậm Ngá", "Pa Khoá"} <= told


def test_the_list_on_screen_keeps_them_apart_both_ways(db):
    village(db)
    for descending in (False, True):
        found = due_list(db, DueFilter(), sort=DueSort.HAMLET, descending=descending, **KNOWN)
        names = [one.hamlet for one in found.all()]
        assert len(names) == 7
        assert sum(one != names[at - 1] for at, one in enumerate(names) if at) == 2  # three stretches
