"""Marking papers as brought to the home, and taking a wrong mark back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.queries.deliveries import is_delivered, stands
from covidstation.db.rows import PaperDeliveryRow, PaperRow
from covidstation.db.session import Database
from covidstation.domain.care import OrderMeans
from covidstation.domain.papers import number_symbol, number_text
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.i18n import date_text
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

LONGEST_NAME, LONGEST_NOTE = 200, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDraft:
    """When papers were brought, by whom, into whose hands, and how."""

    delivered_on: date | None
    by_name: str = ""
    to_name: str = ""
    means: OrderMeans = OrderMeans.OFFICIAL_DOCUMENT
    note: str = ""


def check_delivery(draft: DeliveryDraft, today: date) -> list[Problem]:
    """What a form shows beside its fields."""
    found = []
    if draft.delivered_on is None:
        found.append(Problem("delivered_on", "delivery.day_missing"))
    elif draft.delivered_on > today:
        found.append(Problem("delivered_on", "delivery.future"))
    if not clean(draft.by_name):
        found.append(Problem("by_name", "delivery.by_missing"))
    found += [
        Problem(field, "delivery.too_long", {"most": str(most)})
        for field, most in (("by_name", LONGEST_NAME), ("to_name", LONGEST_NAME), ("note", LONGEST_NOTE))
        if len(clean(getattr(draft, field))) > most
    ]
    return found


@needs(Right.ENTER)
def mark_delivered(
    db: Database, paper_ids: Sequence[UUID], draft: DeliveryDraft, *, by: UUID | None, now: datetime
) -> Done[int]:
    """Mark these papers, all or none; the value is how many.

    Raises Refused (also when the day is before a paper's own); UserError delivery.none, paper.unknown,
    delivery.void_paper, delivery.already.
    """
    wanted = list(dict.fromkeys(paper_ids))
    if not wanted:
        raise UserError("delivery.none")
    found = check_delivery(draft, now.date())
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        for paper_id in wanted:
            _mark(session, paper_id, draft)
    return done(len(wanted), Kind.PAPERS)


def _mark(session: Session, paper_id: UUID, draft: DeliveryDraft) -> None:
    row = session.scalars(select(PaperRow).where(PaperRow.id == paper_id)).first()
    if row is None:
        raise UserError("paper.unknown")
    number = number_symbol(number_text(row.number), row.symbol)
    if row.voided_at is not None:
        raise UserError("delivery.void_paper", number=number)
    if session.scalars(select(PaperRow.id).where(PaperRow.id == paper_id, is_delivered())).first() is not None:
        raise UserError("delivery.already", number=number)
    if draft.delivered_on is None or draft.delivered_on < row.issued_on:
        params = {"number": number, "day": date_text(row.issued_on)}
        raise Refused([Problem("delivered_on", "delivery.before_paper", params)])
    session.add(
        PaperDeliveryRow(
            id=new_id(),
            paper_id=paper_id,
            delivered_on=draft.delivered_on,
            by_name=clean(draft.by_name),
            to_name=clean(draft.to_name),
            means=draft.means.value,
            note=clean(draft.note),
        )
    )
    session.flush()


@needs(Right.ENTER)
def unmark_delivered(db: Database, delivery_id: UUID, reason: str, *, by: UUID | None, now: datetime) -> Done[None]:
    """Take a wrong mark back: a later row voids it and keeps why.

    Raises UserError delivery.reason, delivery.unknown (also when it is void already), Refused.
    """
    reason = clean(reason)
    if not reason:
        raise UserError("delivery.reason")
    if found := too_long("reason", reason, LONGEST_NOTE):
        raise Refused(found)
    with db.write(by, now) as session:
        row = session.scalars(select(PaperDeliveryRow).where(PaperDeliveryRow.id == delivery_id, stands())).first()
        if row is None:
            raise UserError("delivery.unknown")
        session.add(
            PaperDeliveryRow(
                id=new_id(),
                paper_id=row.paper_id,
                delivered_on=row.delivered_on,
                means=row.means,
                note=reason,
                voids=row.id,
            )
        )
    return done(None, Kind.PAPERS)
