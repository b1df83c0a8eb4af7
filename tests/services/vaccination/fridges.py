"""A fridge with readings, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from covidstation.db.queries.cold_chain import verdicts_in, waiting_lots_in
from covidstation.db.session import Database
from covidstation.domain.vaccination.cold_rules import FridgeKind
from covidstation.domain.vaccination.fridge import FridgeDraft, Reading, ReadingDraft
from covidstation.services.vaccination.fridge import (
    add_fridge,
    correct_reading,
    edit_fridge,
    record_reading,
    void_reading,
)
from covidstation.services.vaccination.fridge_lots import keep_lots, put_aside, take_back_verdict
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WHO, vaccine

TCW = FridgeDraft(name="Tủ TCW 3000", place="Phòng tiêm", kind=FridgeKind.FRIDGE, kept_from=TODAY - timedelta(days=30))


def fridge(db: Database, **changes: Any) -> UUID:
    """One that has been in use for a month."""
    draft = FridgeDraft(
        **{name: changes.get(name, getattr(TCW, name)) for name in ("name", "place", "kind", "kept_from")}
    )
    return add_fridge(db, draft, now=NOW, **WHO).value.id


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """That hour of a day before the day of the tests."""
    return datetime.combine(TODAY - timedelta(days=days), datetime.min.time()) + timedelta(hours=hour, minutes=minute)


def read(
    db: Database, one: UUID, moment: datetime, temperature: int, *, now: datetime = NOW, sure: bool = True, **said: Any
) -> Reading:
    """What the thermometer said; at an alarm something was done."""
    draft = ReadingDraft(fridge_id=one, at=moment, temperature=temperature, **{"action": "Chỉnh núm", **said})
    return record_reading(db, draft, catalog=catalog(), now=now, sure=sure, **WHO).value


def watched(db: Database) -> None:
    """A good reading that was corrected, one that was never made, an alarm with a lot put aside, kept in the end."""
    lot = vaccine(db, 12, number="FR0310")
    one = fridge(db)
    wrong = read(db, one, at(7, days=1), 52)
    draft = ReadingDraft(fridge_id=one, temperature=47)
    correct_reading(db, wrong.id, draft, catalog=catalog(), now=NOW, sure=True, **WHO)
    void_reading(db, read(db, one, at(14, days=1), 51).id, "Đo nhầm tủ", now=NOW, **WHO)
    warm = read(db, one, at(7), 94, since=at(6), power_cut=True, note="mất điện")
    put_aside(db, warm.id, [lot], now=NOW, **WHO)
    verdict = next(iter(standing(db)))
    take_back_verdict(db, verdict, now=NOW, **WHO)
    with db.read() as session:  # what else was inside: sessions go on with it
        waiting = sorted(waiting_lots_in(session))
    keep_lots(db, warm.id, waiting, "Chỉ thị chưa đổi màu", now=NOW, **WHO)
    old = fridge(db, name="Tủ cũ")
    edit_fridge(db, old, replace(TCW, name="Tủ cũ", ended_on=TODAY), by=None, now=NOW)


def standing(db: Database) -> list[UUID]:
    """The decisions that stand."""
    with db.read() as session:
        return [one.id for one in verdicts_in(session)]
