"""Faults that are planted one at a time, to see that the model finds them: each is one that other programs had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Edit:
    """One place of the source, which must be there exactly once."""

    module: str
    old: str
    new: str


def _edit(module: str, old: str, new: str) -> Edit:
    return Edit(f"covidstation.{module}", old, new)


MUTANTS: Final[Mapping[str, Sequence[Edit]]] = {
    "lines of another epoch are taken twice": [
        _edit(
            "hub.merging.apply",
            "    if not others:\n        return None\n    found: dict[int, tuple",
            "    return None\n    found: dict[int, tuple",
        ),
    ],
    "stamps are the wall clock": [
        _edit("domain.stamps", "max(now_ms << COUNTER_BITS, last + 1)", "now_ms << COUNTER_BITS"),
    ],
    "a gap is passed over": [
        _edit("hub.intake.bundles", "if first > stream.upto + 1:", "if first > stream.upto + 1 and not arrival.lines:"),
    ],
    "a receipt of another epoch counts": [
        _edit("services.exchange.receipts", "if receipt.epoch != state.epoch:", "if False:"),
        _edit("services.exchange.receipts", "if receipt.upto > state.last_seq:", "if False:"),
        _edit("services.exchange.receipts", "if receipt.upto and chain_at(", "if False and chain_at("),
    ],
    "a new epoch keeps its receipt": [
        _edit(
            "db.journal",
            "state.received_upto = epoch, chain, 0",
            "state.received_upto = epoch, chain, state.received_upto",
        ),
    ],
    "a restored station goes on in its old epoch": [
        _edit(
            "services.copies.restore",
            "certificate.station if certificate else None, secrets.token_hex(8))",
            "certificate.station if certificate else None, session.get_one(JournalStateRow, 1).epoch)",
        ),
    ],
    "the losing value is not kept": [
        _edit(
            "hub.merging.lines", "        keep_split(self.session, self.station, key, split, self.now)", "        pass"
        ),
    ],
    "sent counts as read": [
        _edit(
            "hub.down.stream",
            "        yield usb.down_name(station.id",
            "        stream.told_upto = last\n        session.commit()\n        yield usb.down_name(station.id",
        ),
    ],
    "lines sent back are forgotten": [
        _edit("services.exchange.receipts", "    _echo(session, receipt)\n", ""),
    ],
    "a restored district hears nothing again": [
        _edit(
            "services.exchange.receipts",
            "state.received_upto = receipt.upto\n",
            "state.received_upto = max(state.received_upto, receipt.upto)\n",
        ),
    ],
    "only the newest lines are sent": [
        _edit(
            "services.exchange.packing",
            ".where(JournalRow.seq > state.received_upto)",
            ".where(JournalRow.seq > max(state.received_upto, state.last_seq - 2))",
        ),
    ],
    "a deletion beats an edit": [
        _edit("db.replay", "    if op.base != at:\n", "    if False:\n"),
    ],
    "a deletion does not say how far it had read": [
        _edit("hub.down.stream", "Draft(change, heard or record.rev, record)", "Draft(change, record.rev, record)"),
        _edit("hub.merging.lines", "is Side.DISTRICT and op.stamp <= base:", "is Side.DISTRICT and False:"),
    ],
    "a line whose row comes later is forgotten": [
        _edit("services.exchange.answers", "        take_up_aside(db, by=by, now=now)\n", ""),
    ],
    "what a station adds after a hand-over stays there": [
        _edit(
            "hub.down.hearing", "        _late_facts(session, hub, gone, stream, about_people(), now)", "        pass"
        ),
    ],
    "a row that was deleted here stays deleted": [
        _edit("db.down", "        if not bring_back(session, op, row, now):", "        if True:"),
    ],
    "whoever comes last wins": [
        _edit(
            "domain.merging",
            "return (came.stamp, came.side is Side.DISTRICT) > (other.stamp, other.side is Side.DISTRICT)",
            "return True",
        ),
    ],
    "what a station lost is not given back": [
        _edit("hub.replies.give_back", "ops, recipients = _lacking(session, row, stream),", "ops, recipients = [],"),
    ],
    "the newer clock wins without a word": [
        _edit(
            "domain.merging",
            "    return _contest(case, standing, _new_id(case, splits), case.base)",
            "    return Verdict(came if came.stamp > standing.stamp else None)",
        ),
    ],
    "lines given back are taken twice": [
        _edit("db.given_back", "new = [op for op in ops if op.stamp not in known]", "new = list(ops)"),
    ],
}
