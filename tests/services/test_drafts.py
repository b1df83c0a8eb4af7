"""Half-typed forms: kept for their person, gone when saved, never a record of anyone."""

from datetime import timedelta

from sqlalchemy import func, select

from covidstation.db.rows import JournalRow
from covidstation.services.drafts import drafts, drop_draft, keep_draft
from tests.services.samples import NOW, opened


def test_a_draft_is_offered_again_after_a_power_cut(folder, db):
    keep_draft(db, "f0", "", {"full_name": "Giàng A", "doses": 2, "symptoms": ["fever"]}, now=NOW)
    again = opened(folder)  # the first one was never closed
    (draft,) = drafts(again.db, "f0")
    assert (draft.form, draft.subject, draft.value["full_name"]) == ("f0", "", "Giàng A")
    assert draft.value == {"full_name": "Giàng A", "doses": 2, "symptoms": ["fever"]}
    assert draft.saved_at == NOW.replace(tzinfo=None)
    again.db.engine.dispose()


def test_one_draft_for_a_form_and_person(db):
    for number in range(3):
        keep_draft(db, "f0", "a", {"step": number}, now=NOW + timedelta(seconds=number))
    keep_draft(db, "f0", "b", {"step": 9}, now=NOW + timedelta(minutes=1))
    keep_draft(db, "person", "a", {"step": 5}, now=NOW)
    assert [(draft.subject, draft.value["step"]) for draft in drafts(db, "f0")] == [("b", 9), ("a", 2)]
    drop_draft(db, "f0", "a", now=NOW)
    drop_draft(db, "f0", "nobody", now=NOW)
    assert [draft.subject for draft in drafts(db, "f0")] == ["b"]
    assert len(drafts(db, "person")) == 1


def test_a_draft_is_no_change_to_send(db):
    def lines():
        with db.read() as session:
            return session.scalar(select(func.count()).select_from(JournalRow))

    before = lines()
    keep_draft(db, "f0", "", {"full_name": "Giàng A Páo"}, now=NOW)
    drop_draft(db, "f0", "", now=NOW)
    assert lines() == before
