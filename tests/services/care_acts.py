"""What the tests of care share: the acts of one station, and what stands in its register after them."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from covidstation.db.rows import AlertRow, VisitRow
from covidstation.domain.hospitalization import FacilityLevel, TransferDraft
from covidstation.services.care.outcomes import record_outcome
from covidstation.services.care.transfers import transfer_out
from tests.services.samples import NOW, catalog

WHO = {"by": None, "by_name": "Lò Thị Mai"}
LEFT = datetime(2022, 3, 10, 8)
AWAY = TransferDraft(
    left_at=LEFT,
    facility="Trung tâm Y tế Sìn Hồ",
    level=FacilityLevel.DISTRICT,
    reason="SpO2 93 %",
    state="tỉnh, khó thở",
)


def codes(trouble):
    return [(problem.field, problem.code) for problem in trouble.value.problems]


def alert(db, episode, now=NOW):
    with db.write(None, now) as session:
        row = AlertRow(
            id=uuid4(), person_id=episode.person_id, episode_id=episode.id, visit_id=uuid4(),
            raised_at=now.replace(tzinfo=None), guideline="g", rule="r", measure="spo2", value="93 %",
            sentence="SpO2 từ 96 % trở xuống.",
        )  # fmt: skip
        session.add(row)
    return row.id


def visit(db, episode, at, **more):
    with db.write(None, NOW) as session:
        row = VisitRow(
            id=uuid4(), person_id=episode.person_id, episode_id=episode.id, at=at, day=at.date(), round="EXTRA",
            status="COOPERATIVE", means="VISIT", symptoms=[], **more,
        )  # fmt: skip
        session.add(row)
    return row.id


def alerts(db):
    with db.read() as session:
        return [(row.answered_at, row.answer) for row in session.scalars(select(AlertRow).order_by(AlertRow.n))]


def go(db, episode, draft=AWAY, now=NOW, **more):
    return transfer_out(db, episode.id, draft, now=now, **WHO, **more).value


def end(db, episode, draft, now=NOW, **more):
    return record_outcome(db, episode.id, draft, catalog=catalog(), now=now, **WHO, **more).value
