"""What a person chooses between two values, and what it does at both ends (docs/bundle-format-1.md §9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from covidstation.domain.groups import EVENT, WHOLE, group_named
from covidstation.domain.merging import Side, Split, conflict_id


class Choice(StrEnum):
    """What a person chose."""

    STANDING = "standing"
    LOSING = "losing"
    OTHER = "other"


class CannotChoose(ValueError):
    """What a person may not choose; `code` names the sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def chosen_values(
    table: str, split: Split, choice: Choice, values: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """What the row must say after a choice; None when it says so. {"deleted": True}: the row goes.

    Raises CannotChoose conflict.choice, conflict.event: what happened to a patient is voided by another record, not
    rewritten.
    """
    if choice is Choice.STANDING:
        return None
    if split.group == EVENT:
        raise CannotChoose("conflict.event")
    if choice is Choice.LOSING:
        chosen = dict(split.losing.values)
        return None if chosen.get("deleted") is False else chosen
    fields = group_named(table, split.group).fields
    if not values or split.group == WHOLE or not values.keys() <= set(fields):
        raise CannotChoose("conflict.choice")
    return dict(values)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person chose, as its line says it. `heads` are the stamps of the two values that they saw."""

    conflict: UUID
    table: str
    row: str
    group: str
    heads: frozenset[int]
    choice: str
    reason: str
    by_name: str
    at: datetime | None
    side: Side

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any], side: Side) -> Decision | None:
        """From the fields of a line of `conflict_decision`; None when they are not those of one."""
        try:
            heads = frozenset(int(one) for one in fields.get("heads", ()))
            at = datetime.fromisoformat(fields["decided_at"]).replace(tzinfo=None) if "decided_at" in fields else None
            return cls(
                conflict=UUID(hex=fields["conflict"]),
                table=str(fields.get("about_tbl", "")),
                row=UUID(hex=fields["about_row"]).hex,
                group=str(fields.get("grp", "")),
                heads=heads,
                choice=str(fields.get("choice", "")),
                reason=str(fields.get("reason", "")),
                by_name=str(fields.get("by_name", "")),
                at=at,
                side=side,
            )
        except (KeyError, ValueError, TypeError):
            return None

    def to_json(self) -> dict[str, Any]:
        """As a conflict keeps it."""
        return {"choice": self.choice, "reason": self.reason, "by_name": self.by_name, "side": self.side.value}


def after_decision(split: Split, decision: Decision, base: Callable[[int], int]) -> Split | None:
    """What stays open when a conflict is decided whose other value went on unseen by whoever decided.

    `base` is the stamp that a value replaced: whoever decided will call the new split by it.
    """
    unseen = [
        one
        for one in (split.standing, split.losing)
        if one.side is not decision.side and one.stamp not in decision.heads
    ]
    if not unseen or not decision.heads:
        return None
    parted = base(unseen[0].stamp)
    return replace(split, id=conflict_id(decision.row, decision.table, split.group, parted), base=parted)
