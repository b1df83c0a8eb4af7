"""The legal deletion and vaccination sessions: their sums stay, and nothing in the file knows the people."""

import re
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select, text

from covidstation.db.queries.vaccine_sessions import session_sheet, sessions
from covidstation.db.rows import PersonRow, SupplyMovementRow, VaccineStaleRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.retention import RecordKind
from covidstation.domain.supplies import LinkKind
from covidstation.domain.vaccination.doses import DoseDraft, DoseSource
from covidstation.domain.vaccination.reactions import EventDraft
from covidstation.domain.vaccination.sessions import NoDose
from covidstation.services.supplies.drawing import never_went
from covidstation.services.vaccination.day import take_back_injection
from covidstation.services.vaccination.due import due_counts
from covidstation.services.vaccination.history import record_dose, void_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.reactions import record_event
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.sessions import invite_people
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.services.privacy.test_purge import AFTER_12, count, everything_in, faults, purge, received
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import kept_sums
from tests.services.vaccination.rooms import WHO, ended, jab, person, running, vaccine

ACT = {"catalog": catalog(), "now": NOW, **WHO}
SECRET = "con ông Khoàng"
"""What a nurse might write of somebody in any reason; it stands nowhere else."""


def a_day_of_sessions(db):
    """Two sessions: given, taken back and given anew, corrected, without, away, reactions; one of them ended."""
    lot, names = vaccine(db, 60), {}
    one, other = running(db, lot, 2), running(db, lot, 2)
    for number, name in enumerate(("given", "again", "put_off", "refused", "away", "moved", "booster"), start=101):
        who = person(db, number, full_name=f"Tếnh Quỳnhx {name}", phone=f"09455{number:05d}", citizen_number="")
        names[name] = who
    invite_people(db, one, list(names.values()), now=NOW, **WHO)
    given = jab(db, one, names["given"]).dose
    event = EventDraft(person_id=names["given"], dose_id=given.id, kinds=("PAIN", "FEVER"), began_at=given.given_at)
    record_event(db, replace(event, note=SECRET), **ACT)
    grave = replace(event, kinds=("ANAPHYLAXIS",), treatment=f"Adrenalin, {SECRET}")
    record_event(db, grave, **ACT)
    jab(db, one, names["again"])
    take_back_injection(db, one, names["again"], f"Nhầm với {SECRET}", **{**ACT, "now": NOW + timedelta(minutes=1)})
    moved = jab(db, one, names["moved"]).dose
    said = {name: getattr(moved, name) for name in DoseDraft.__dataclass_fields__}
    record_dose(db, DoseDraft(**{**said, "voids": moved.id, "note": SECRET, "reason": SECRET}), sure=True, **ACT)
    for at, told in enumerate((date(2021, 8, 1), date(2021, 9, 1)), start=1):
        draft = DoseDraft(person_id=names["booster"], given=PartialDate.of(told), number=at, note=SECRET)
        record_dose(db, replace(draft, product=moved.product, source=DoseSource.SAID), sure=True, **ACT)
    jab(db, one, names["booster"])
    for name, kind in (("put_off", NoDose.DEFERRED), ("refused", NoDose.REFUSED)):
        draft = WithoutDraft(kind=kind, reason=SECRET, again_on=TODAY + timedelta(days=9))
        send_without(db, one, names[name], draft, **ACT)
    ended(db, one, 0, "Một lọ thất lạc")
    jab(db, other, names["put_off"], sure=True, draft=InjectionDraft(reason=SECRET))
    return names, (one, other)


def told_by_older_versions(db, dose_id):
    """A nurse's words once went into the store's book as well."""
    with db.write(None, NOW) as session:
        never_went(session, LinkKind.INJECTION, [dose_id], reason=f"Của {SECRET}", by_name="")


def seen(db, ids):
    """All that a session shows and reports of itself."""
    sheets = [session_sheet(db, one) for one in ids]
    return sheets, sessions(db), day_result(db, TODAY, catalog=catalog()), kept_sums(db)


def test_the_sums_of_sessions_stay_and_nothing_in_the_file_knows_the_people(db):
    names, ids = a_day_of_sessions(db)
    stray = person(db, 120, full_name="Tếnh Quỳnhx stray", phone="0945599999", citizen_number="")
    third = running(db, vaccine(db, 12, number="FK9"), 1)
    dose = jab(db, third, stray).dose
    told_by_older_versions(db, dose.id)
    void_dose(db, dose.id, f"Của {SECRET}", **ACT)
    before = seen(db, ids)
    assert SECRET in everything_in(db) and before[2][0].booster == 1 and before[2][0].severe == 1
    received(db)
    done = purge(db, RecordKind.PERSON, AFTER_12, until=date(2034, 1, 1))
    assert done.people == len(names) + 1 and count(db, PersonRow) == 0
    assert seen(db, ids) == before
    rest = everything_in(db)
    phones = re.findall(r"(?<![0-9a-f])09455\d{5}(?![0-9a-f])", rest)  # the letters of an id may hold such digits
    assert SECRET not in rest and "Quỳnhx" not in rest and phones == []
    with db.read() as session:
        assert session.scalars(select(VaccineStaleRow)).all() == []
        assert len(session.scalars(select(SupplyMovementRow.id)).all()) > len(names)
    for who in (*names.values(), stray):
        assert tables_with(db, who.hex) <= {"journal", "audit"}  # tombstones, and who saw whom
    assert faults(db) == []
    assert due_counts(db, catalog=catalog(), now=AFTER_12).total == 0


def tables_with(db, word):
    """The tables in which a word stands."""
    with db.read() as session:
        found = set()
        for table in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all():
            rows = session.execute(text(f'SELECT * FROM "{table}"'))  # door: names of our own tables
            if any(word in str(value) for row in rows for value in row):
                found.add(table)
        return found
