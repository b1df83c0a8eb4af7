"""What a receipt does to a register: how far the district has come, and what a restored district must hear again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.down import lines_after
from covidstation.db.ids import new_id
from covidstation.db.rows import DownStreamRow, EchoRow, JournalStateRow, ReceiptRow
from covidstation.domain.echoes import pieces_of
from covidstation.errors import UserError
from covidstation.services.exchange.packing import chain_at
from covidstation.sync.enrolment import Certificate
from covidstation.sync.receipts import Receipt


def apply_receipt(session: Session, receipt: Receipt, certificate: Certificate, now: datetime) -> bool:
    """Whether it said anything new. Only in this epoch, only when both sides agree on every line up to there.

    Within one epoch of the district its number only rises. A district that was restored has a new epoch and may know
    less: then what lies after its number counts as unsent, and lines of its own that it lost are sent back to it. It is
    believed when it names the epoch known here among its former ones, or, if it lost even that, by its later time.
    Raises UserError receipt.….
    """
    state = session.get_one(JournalStateRow, 1)
    last = session.scalars(select(ReceiptRow).order_by(ReceiptRow.n.desc()).limit(1)).first()
    if receipt.epoch != state.epoch:
        if last is None or _is_known(session, receipt.hub_epoch):
            raise UserError("receipt.other_epoch")
        # A restored district that speaks of our former epoch has never heard of the present one.
        receipt = replace(receipt, epoch=state.epoch, upto=0, staged=(), exceptions=())
    if receipt.upto > state.last_seq:
        raise UserError("receipt.ahead", upto=receipt.upto, ours=state.last_seq)
    if receipt.upto and chain_at(session, certificate, receipt.upto) != receipt.chain:
        raise UserError("receipt.other_chain")
    hub_time = receipt.hub_time.astimezone(UTC).replace(tzinfo=None)
    if not _is_news(session, state, last, receipt, hub_time):
        return False
    state.received_upto = receipt.upto
    session.add(
        ReceiptRow(
            epoch=receipt.epoch,
            upto=receipt.upto,
            hub_time=hub_time,
            hub_epoch=receipt.hub_epoch,
            read_at=now.replace(microsecond=0, tzinfo=None),
            exceptions=_exceptions(receipt),
        )
    )
    session.flush()
    _echo(session, receipt)
    return True


def _is_news(
    session: Session, state: JournalStateRow, last: ReceiptRow | None, receipt: Receipt, hub_time: datetime
) -> bool:
    """Raises UserError receipt.old_hub."""
    if last is None or last.hub_epoch == receipt.hub_epoch:
        if last is not None and receipt.upto <= state.received_upto and hub_time <= last.hub_time:
            return False
        if receipt.upto < state.received_upto:
            return False
        if last is not None and receipt.upto == state.received_upto and _says_the_same(last, receipt):
            last.hub_time = hub_time  # a station that asks every hour does not grow by it
            return False
    elif _is_known(session, receipt.hub_epoch):
        return False  # from before the district was restored
    elif last.hub_epoch not in receipt.down and hub_time <= last.hub_time:
        raise UserError("receipt.old_hub")
    return True


def _exceptions(receipt: Receipt) -> list[dict[str, Any]]:
    return [{"seq": one.seq, "status": one.status, "code": one.code, "text": one.text} for one in receipt.exceptions]


def _says_the_same(last: ReceiptRow, receipt: Receipt) -> bool:
    return (last.epoch, last.upto, last.exceptions) == (receipt.epoch, receipt.upto, _exceptions(receipt))


def _is_known(session: Session, hub_epoch: str) -> bool:
    return session.scalars(select(ReceiptRow.n).where(ReceiptRow.hub_epoch == hub_epoch).limit(1)).first() is not None


def _echo(session: Session, receipt: Receipt) -> None:
    """Lines of the district that its restored hub no longer has, each once, as rows that travel like all others.

    An epoch that the hub does not name is one of which it lost all.
    """
    read = session.scalars(select(DownStreamRow.epoch).where(DownStreamRow.epoch != receipt.hub_epoch))
    for epoch in read.all():
        upto = receipt.down.get(epoch, 0)
        sent = session.scalar(select(func.max(EchoRow.seq)).where(EchoRow.epoch == epoch)) or 0
        for seq, line in lines_after(session, epoch, max(upto, sent)):
            for text in pieces_of(line):
                session.add(EchoRow(id=new_id(), epoch=epoch, seq=seq, line=text))
    session.flush()
