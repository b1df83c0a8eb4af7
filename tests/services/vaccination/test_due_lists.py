"""The lists of who is due together are everybody, under any filter; each line says why, what is next and when."""

from datetime import timedelta
from itertools import product
from random import Random

import pytest

from covidstation.db.queries.population import population_on
from covidstation.db.queries.vaccine_due import ANY_DISEASE, DueFilter, DueSort
from covidstation.domain.age_groups import age_groups_on
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Answer, Sex
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.domain.vaccination.states import DueKind, Stage
from covidstation.messages.vaccination_due import due_sentence
from covidstation.services.places import add_hamlet
from covidstation.services.vaccination.due import due_list
from covidstation.services.vaccination.due_papers import DueSelection, due_pdf, due_xlsx
from covidstation.services.vaccination.stances import add_stance, edit_stance
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.test_tables import cells
from tests.services.vaccination.rooms import person
from tests.services.vaccination.test_due_book import Village
from tests.services.vaccination.test_session_results import text_of

AZ = "EU/1/21/1529"
PLAIN = {"catalog": catalog(), "now": NOW}
WHO = {"by": None, "by_name": USER, "now": NOW}


def people(db, wanted):
    return [one.person_id for one in due_list(db, wanted, **PLAIN).all()]


def test_nobody_falls_out_of_all_lists_whatever_is_filtered(db):
    village = Village(db, Random(1))
    for _ in range(90):
        village.step()
    everybody = people(db, DueFilter())
    assert len(everybody) == len(set(everybody)) == population_on(db, TODAY).total > 5
    spans = [None, *age_groups_on(catalog().age_groups, TODAY).spans[2::3]]
    some = (None, village.hamlets[0]), spans, ("", "teachers"), ("", ANY_DISEASE), (False, True)
    for hamlet, ages, group, disease, away in product(*some):
        plain = {"hamlet_id": hamlet, "ages": ages, "group": group, "disease": disease, "away": away}
        whole = people(db, DueFilter(**plain))
        if not whole:
            continue
        parted = [people(db, DueFilter(kinds=frozenset((kind,)), **plain)) for kind in DueKind]
        staged = [people(db, DueFilter(stages=frozenset((stage,)), **plain)) for stage in Stage]
        for parts in (parted, staged):
            assert sum(map(len, parts)) == len(whole) and set().union(*parts) == set(whole)
        assert set(whole) <= set(everybody)


@pytest.fixture
def six(db):
    """Two hamlets; who refused, was put off, must not, cannot come, waits, was never asked."""
    where = [add_hamlet(db, name, by=None, now=NOW).value for name in ("Bản Nậm Ngá", "Bản Pa Khoá")]
    found = [person(db, number, hamlet_id=where[number % 2]) for number in range(1, 6)]
    day = {"since": TODAY, "until": TODAY + timedelta(30)}
    for who, kind, reason in zip(found, StanceKind, ("sợ", "đang sốt", "phản vệ", "liệt"), strict=False):
        add_stance(db, StanceDraft(person_id=who, kind=kind, reason=reason, **day), **WHO)
    return found


def test_each_line_says_why_what_is_next_and_the_paper_says_it_by_hamlet(db, six):
    lines = due_list(db, DueFilter(), **PLAIN).all()
    assert len(lines) == len(six) == 5
    for one in lines:
        assert due_sentence(one.state) and (one.stance is None or one.step_on == TODAY + timedelta(30))
    words = text_of(due_pdf(db, DueSelection(DueFilter(), DueSort.NAME), **PLAIN))
    assert words.index("Nậm Ngá: 2 người") < words.index("Pa Khoá: 3 người")
    for wanted in ("Đến nhà giải thích", "Khám lại", "Hỏi tuyến trên", "Tiêm tại nhà", "Mời tiêm", "09/04/2022", "sợ"):
        assert wanted in words, wanted
    told = [text for kind, text in cells(due_xlsx(db, DueSelection(DueFilter()), **PLAIN)).values() if kind == "s"]
    assert {"Đến nhà giải thích", "Tiêm tại nhà", "09/04/2022"} <= set(told)


def test_the_paper_says_which_vaccine_somebody_must_not_have_and_who_expects_a_child(db):
    where = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    one = person(db, 1, hamlet_id=where, sex=Sex.FEMALE, birth=PartialDate(1995, 5, 1), pregnancy=Answer.YES)
    must_not = StanceDraft(person_id=one, kind=StanceKind.CONTRAINDICATED, reason="phản vệ", since=TODAY, product=AZ)
    add_stance(db, must_not, **WHO)
    first = "Chống chỉ định: AstraZeneca. Mang thai: hỏi tuần thai."
    assert first in text_of(due_pdf(db, DueSelection(DueFilter()), **PLAIN))
    told = [text for kind, text in cells(due_xlsx(db, DueSelection(DueFilter()), **PLAIN)).values() if kind == "s"]
    assert any(text.startswith(first) for text in told)


def test_the_paper_names_a_vaccine_that_is_barred_by_each_name_it_is_given_under(db):
    one = person(db, 1, hamlet_id=add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value)
    kind, code = StanceKind.CONTRAINDICATED, "BBIBP-CorV"
    add_stance(db, StanceDraft(person_id=one, kind=kind, reason="phản vệ", since=TODAY, product=code), **WHO)
    words = "Chống chỉ định: Vero Cell (Sinopharm), Hayat-Vax."
    assert words in text_of(due_pdf(db, DueSelection(DueFilter()), **PLAIN))
    told = [text for kind, text in cells(due_xlsx(db, DueSelection(DueFilter()), **PLAIN)).values() if kind == "s"]
    assert any(words in text for text in told)


def test_a_reason_is_changed_in_one_act_and_stays_one(db, six):
    refused = DueFilter(kinds=frozenset((DueKind.REFUSED,)))
    (line,) = due_list(db, refused, **PLAIN).all()
    assert line.stance is not None and line.step == ""
    draft = StanceDraft(
        person_id=line.person_id, kind=StanceKind.REFUSED, reason="chồng không cho", since=TODAY,
        next_step="Già bản đến nhà", due_on=TODAY + timedelta(5),
    )  # fmt: skip
    edit_stance(db, line.stance.id, draft, by=None, now=NOW)
    (line,) = due_list(db, refused, **PLAIN).all()
    assert (line.step, line.step_on, len(line.stances)) == ("Già bản đến nhà", TODAY + timedelta(5), 1)
