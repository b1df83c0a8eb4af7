"""The frozen view of one paper: every word on it, as the register keeps it and `printing` draws it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any, Final

from covidstation.domain.packs import PaperKind, Style

VIEW_FORMAT: Final = 1
_SIZE_LIMIT: Final = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSubject:
    """One person of the paper, in the words of the paper."""

    honorific: str
    name: str
    birth: str
    sex: str
    citizen_number: str
    phone: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperBlock:
    """One paragraph of the body; the heading stands bold before it, `second` is the right half of a row."""

    style: Style
    text: str
    heading: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """A paper in its final words; a place that is still empty holds `wording.BLANK`."""

    pack: str
    kind: PaperKind
    number: int | None
    symbol: str
    place: str
    issued_on: date
    parent: tuple[str, ...]
    issuer: tuple[str, ...]
    title: str
    subject: tuple[str, ...]
    authority: str
    legal_bases: tuple[str, ...]  # the proposal closes them
    decides: str
    body: tuple[PaperBlock, ...]
    recipients: tuple[str, ...]
    signer_titles: tuple[str, ...]
    signer: str
    subjects: tuple[PaperSubject, ...]
    isolation_from: date | None
    isolation_from_time: time | None
    isolation_until: date | None
    days: int | None
    found_at: datetime | None
    proposed_at: datetime | None
    decided_at: datetime | None
    told_at: datetime | None
    opening: str  # number and symbol of the decision that this paper ends
    training: bool
    # Parts that only some kinds have. Left out of the JSON while empty, so that papers issued before these parts were
    # known keep their hash.
    second_titles: tuple[str, ...] = ()  # the signature at the left, beside the signer's
    second_signer: str = ""
    corner: tuple[str, ...] = ()  # lines at the right of the head, instead of nation and motto
    copies: tuple[str, ...] = ()  # the names of the copies that stand side by side on one sheet
    leave_from: date | None = None
    leave_until: date | None = None

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, dates in ISO 8601."""
        data = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        data = {name: value for name, value in data.items() if value or name not in _OPTIONAL}
        return json.dumps({"format": VIEW_FORMAT, **data}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> PaperView:
        """The view that gave this JSON. Raises ValueError for anything else."""
        if len(text) > _SIZE_LIMIT:
            raise ValueError("too long for a paper")
        try:
            data = json.loads(text)  # door: depth is caught below, twins change the hash
        except RecursionError as trouble:
            raise ValueError("no paper view") from trouble
        if not isinstance(data, dict) or data.pop("format", None) != VIEW_FORMAT:
            raise ValueError("no paper view")
        try:
            read: dict[str, Any] = {name: _read(name, value) for name, value in data.items()}
            return cls(**read)
        except (TypeError, KeyError, AttributeError) as trouble:
            raise ValueError("no paper view") from trouble

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


_OPTIONAL: Final = frozenset({"second_titles", "second_signer", "corner", "copies", "leave_from", "leave_until"})
_DAYS: Final = frozenset({"isolation_from", "isolation_until", "leave_from", "leave_until"})
_MOMENTS: Final = frozenset({"found_at", "proposed_at", "decided_at", "told_at"})
_LINES: Final = frozenset(
    {"parent", "issuer", "subject", "legal_bases", "recipients", "signer_titles", "second_titles", "corner", "copies"}
)
_STYLES: Final = ("text", "article", "row", "centre", "heading")


def _plain(value: object) -> object:
    if isinstance(value, (date, time)):  # a datetime is a date too
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, (PaperSubject, PaperBlock)):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return value


def _read(name: str, value: Any) -> object:
    """One field back from JSON; TypeError or ValueError when it is of another shape."""
    if name in _LINES:
        return tuple(_text(item) for item in value)
    if name == "body":
        return tuple(_block(item) for item in value)
    if name == "subjects":
        return tuple(PaperSubject(**{key: _text(text) for key, text in item.items()}) for item in value)
    if name == "kind":
        return PaperKind(value)
    if name == "issued_on":
        return date.fromisoformat(value)
    if name in _DAYS | _MOMENTS | {"isolation_from_time", "number", "days", "training"}:
        return _scalar(name, value)
    return _text(value)


def _scalar(name: str, value: Any) -> object:
    if name == "training":
        if not isinstance(value, bool):
            raise TypeError(name)
        return value
    if value is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(value)
    if name in _MOMENTS:
        return datetime.fromisoformat(value)
    if name == "isolation_from_time":
        return time.fromisoformat(value)
    if type(value) is not int or not 0 < value < 1_000_000:
        raise ValueError(name)
    return value


def _block(item: Any) -> PaperBlock:
    if item["style"] not in _STYLES:
        raise ValueError("style")
    read: dict[str, Any] = {key: _text(text) for key, text in item.items()}
    return PaperBlock(**read)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
