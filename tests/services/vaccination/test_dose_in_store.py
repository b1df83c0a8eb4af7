"""What injections take out of the store: in its place of the book, whatever is corrected, taken back and counted."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from covidstation.db.rows import SupplyLotRow, SupplyMovementRow, VaccineDoseRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.supplies import Link, LinkKind, MovementKind
from covidstation.domain.vaccination.doses import Dose, DoseDraft, DoseSource
from covidstation.services.supplies.writing import Move, Said, write_moves
from covidstation.services.vaccination.history import record_dose, void_dose, write_dose
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.supplies.store import bring, counted, keep, kept_sums, left, moves
from tests.services.vaccination.rooms import COMIRNATY, PFIZER, WHO, person

EARLIER = TODAY - timedelta(days=10)
DAYS = tuple(TODAY - timedelta(days=days) for days in (2, 1, 0))


def lots_of(db: Database, *numbers: str, each: int = 60) -> list[UUID]:
    """Lots of one vaccine, brought ten days ago."""
    item = keep(db, PFIZER)
    return [bring(db, item, each, number=number, day=EARLIER) for number in numbers]


def inject(db: Database, who: UUID, lot: UUID, day: date = TODAY) -> Dose:
    """As a session does it: the dose and what left the store in one transaction."""
    with db.write(None, NOW) as session:
        found = session.scalars(select(SupplyLotRow).where(SupplyLotRow.id == lot)).one()
        draft = DoseDraft(
            person_id=who, given=PartialDate.of(day), product=COMIRNATY, source=DoseSource.OWN_RECORD, drawn=True,
            lot_id=lot, lot_number=found.number, expiry=found.expiry, reason="hai mũi một ngày",
        )  # fmt: skip
        dose = write_dose(session, draft, catalog=catalog(), by_name=USER, now=NOW, sure=True)
        move = Move(lot_id=lot, kind=MovementKind.ISSUE, quantity=-1, link=Link(LinkKind.INJECTION, dose.id))
        write_moves(session, Said(day=day, by_name=USER), [move])
    return dose


def correct(db: Database, dose: Dose, **changes: Any) -> Dose:
    """The right words of a dose."""
    said = {one.name: getattr(dose, one.name) for one in fields(DoseDraft)}
    draft = DoseDraft(**{**said, "voids": dose.id, **changes})
    return record_dose(db, draft, catalog=catalog(), now=NOW, sure=True, **WHO).value


@pytest.fixture
def who(db: Database) -> UUID:
    return person(db, 1)


def test_a_correction_after_a_count_takes_no_second_dose(db: Database, who: UUID) -> None:
    (lot,) = lots_of(db, "FK1")
    dose = inject(db, who, lot)
    counted(db, lot, 59)
    before = moves(db, lot)
    again = correct(db, dose, note="tay trái")
    assert left(db, lot) == 59 == kept_sums(db)[lot]
    after = moves(db, lot)
    assert [(row.kind, row.turn, row.quantity) for row in after] == [
        (row.kind, row.turn, row.quantity) for row in before
    ]
    assert [row.link_id for row in after if row.kind == MovementKind.ISSUE.value] == [again.id]
    assert after[-1].id == before[-1].id  # the count was not written anew


def test_the_other_lot_was_counted_without_the_dose_too(db: Database, who: UUID) -> None:
    wrong, right = lots_of(db, "FK1", "FK2")
    dose = inject(db, who, wrong)
    counted(db, wrong, 60)  # nothing is missing there
    counted(db, right, 59)  # one is missing here
    correct(db, dose, lot_number="FK2")
    assert (left(db, wrong), left(db, right)) == (60, 59)
    assert [row.quantity for row in moves(db, right)] == [60, -1, 0]  # the count found what the book says


def test_the_store_keeps_no_words_of_the_nurse(db: Database, who: UUID) -> None:
    (lot,) = lots_of(db, "FK1")
    dose = correct(db, inject(db, who, lot), note="sửa", reason="Của chị Chẻo")
    void_dose(db, dose.id, "Nhầm với chị Chẻo", catalog=catalog(), now=NOW, **WHO)
    with db.read() as session:
        words = set(session.scalars(select(SupplyMovementRow.reason)))
        assert not [one for one in words if "Chẻo" in one]
        assert session.scalars(select(func.count()).where(VaccineDoseRow.reason.contains("Chẻo"))).one() == 2


@dataclass
class Line:
    """One line of the book that is kept beside the program: when it was written, of which day and lot."""

    at: int
    lot: int
    day: date
    units: int = 0
    found: int | None = None


def reckoned(book: list[Line], lot: int, until: date) -> int:
    """What is left at the end of that day: a count says what is there."""
    balance = 0
    for one in sorted((one for one in book if one.lot == lot and one.day <= until), key=lambda one: (one.day, one.at)):
        balance = balance + one.units if one.found is None else one.found
    return balance


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("dose", "dose", "note", "day", "lot", "void", "count", "bring")),
        st.integers(0, 9),
        st.integers(0, 1),
        st.sampled_from(DAYS),
    ),
    min_size=3,
    max_size=14,
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(acts=ACTS)
def test_whatever_is_written_in_whatever_order_the_store_is_what_the_book_says(register: Any, acts: Any) -> None:
    db = register.db
    told = next(_COUNT)
    who = person(db, 200 + told, citizen_number="", phone="")
    item = keep(db, replace(PFIZER, name=f"Comirnaty {told}"))
    lots = [bring(db, item, 60, number=number, day=EARLIER) for number in ("A", "B")]
    book = [Line(at, at, EARLIER, 60) for at in range(2)]
    doses: list[tuple[Dose, Line]] = []
    for at, act in enumerate(acts, start=2):
        _do(db, act, at, who=who, item=item, lots=lots, book=book, doses=doses)
        for place, lot in enumerate(lots):
            assert left(db, lot) == kept_sums(db)[lot]
            for day in DAYS:
                assert left(db, lot, day) == reckoned(book, place, day), (act, day)


def _do(
    db: Database,
    act: tuple[str, int, int, date],
    at: int,
    *,
    who: UUID,
    item: UUID,
    lots: list[UUID],
    book: list[Line],
    doses: list[tuple[Dose, Line]],
) -> None:
    """One act in the register, and in the book beside it."""
    kind, some, lot, day = act
    if kind == "dose":
        line = Line(at, lot, day, -1)
        doses.append((inject(db, who, lots[lot], day), line))
        book.append(line)
    elif kind == "count":
        there = 30 + some
        counted(db, lots[lot], there, day=day)
        book.append(Line(at, lot, day, found=there))
    elif kind == "bring":
        bring(db, item, 6, number="AB"[lot], day=day)
        book.append(Line(at, lot, day, 6))
    elif doses:
        dose, line = doses.pop(some % len(doses))
        if kind == "void":
            void_dose(db, dose.id, "nhầm", catalog=catalog(), now=NOW, **WHO)
            book.remove(line)
            return
        changes: dict[str, Any] = {"note": f"lần {at}"}
        if kind == "day":
            line.day, changes = day, {"given": PartialDate.of(day)}
        elif kind == "lot":
            line.lot, changes = lot, {"lot_number": "AB"[lot]}
        doses.append((correct(db, dose, **changes), line))


_COUNT = iter(range(10**6))
