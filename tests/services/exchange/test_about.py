"""What a station says of its record in each bundle, and what the hub makes of it: a key is not enough to change it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from covidstation.db.audit import entries, first_fault
from covidstation.db.ids import new_id
from covidstation.db.rows import AuditRow, JournalStateRow
from covidstation.domain.audit import START, AuditAction, chain_after
from covidstation.hub.intake.watching import Doubt, judge, read_head
from covidstation.services.exchange.about import about_station
from covidstation.services.exchange.bundles import Exported, export_changes
from covidstation.services.places import add_hamlet
from tests.services.samples import NOW


def said(db):
    with db.read() as session:
        return read_head(about_station(session, session.get_one(JournalStateRow, 1).epoch))


def export(db, stick):
    return export_changes(db, stick, by=None, now=NOW).value


@pytest.fixture
def enrolled(db, tmp_path, district):
    (tmp_path / "first stick").mkdir()
    district.enrol(db, tmp_path / "first stick")
    return db


def test_each_bundle_shows_the_heads_of_those_before_it(enrolled, stick):
    known = []
    for number in range(3):
        add_hamlet(enrolled, f"Bản {number}", by=None, now=NOW)
        known.append(said(enrolled))
        assert export(enrolled, stick).what is Exported.CHANGES
    last = said(enrolled)
    assert [last.sent[one.seq] for one in known] == [one.head for one in known]
    assert all(judge(one, last) is None for one in known)


def test_writing_a_bundle_and_asking_to_join_are_noted(db, stick, tmp_path, district):
    export(db, stick)
    district.enrol(db, tmp_path)
    add_hamlet(db, "Bản một", by=None, now=NOW)
    export(db, stick)
    with db.read() as session:
        found = [(one.action, one.detail.get("what")) for one, _chain in entries(session)]
    sends = [what for action, what in found if action is AuditAction.SEND]
    assert sends[0] == "enrolment" and sends[-1] == "bundle"


def written_anew(db, change):
    """Change entries as somebody with the key would: the chain behind it, the count and the state all fit."""
    with db.engine.execution_options(writes=True).begin() as connection:
        change(connection)
        rows = connection.execute(select(AuditRow.seq).order_by(AuditRow.seq)).scalars().all()
        for number, seq in enumerate(rows, 1):
            connection.execute(update(AuditRow).where(AuditRow.seq == seq).values(seq=number))
    with db.read() as session:
        found = [entry for entry, _chain in entries(session)]
    chain = START
    with db.engine.execution_options(writes=True).begin() as connection:
        for entry in found:
            chain = chain_after(chain, entry)
            connection.execute(update(AuditRow).where(AuditRow.seq == entry.seq).values(chain=chain))
        connection.execute(update(JournalStateRow).values(audit_seq=len(found), audit_chain=chain))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(act=st.sampled_from(["edit", "delete", "cut"]), where=st.floats(0, 1), more=st.integers(0, 3))
def test_whatever_is_written_anew_is_told_by_the_head_at_the_hub(enrolled, stick, act, where, more):
    add_hamlet(enrolled, new_id().hex, by=None, now=NOW)
    known = said(enrolled)
    export(enrolled, stick)
    at = 1 + int(where * (known.seq - 1))
    changes = {
        "edit": update(AuditRow).where(AuditRow.seq == at).values(at=AuditRow.at + 1),
        "delete": delete(AuditRow).where(AuditRow.seq == at),
        "cut": delete(AuditRow).where(AuditRow.seq >= at),
    }
    written_anew(enrolled, lambda connection: connection.execute(changes[act]))
    for _number in range(more):
        add_hamlet(enrolled, new_id().hex, by=None, now=NOW)
    with enrolled.read() as session:
        assert first_fault(session) is None, "the register itself cannot tell"
    assert judge(known, said(enrolled)) in (Doubt.CHANGED, Doubt.SHRUNK, Doubt.UNPROVEN)


def test_an_entry_that_was_edited_without_the_chain_is_told_too(enrolled, stick):
    add_hamlet(enrolled, "Bản một", by=None, now=NOW)
    known = said(enrolled)
    export(enrolled, stick)
    with enrolled.engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(AuditRow).where(AuditRow.seq == 2).values(at=5))
    add_hamlet(enrolled, "Bản hai", by=None, now=NOW)
    assert judge(known, said(enrolled)) is Doubt.UNPROVEN
