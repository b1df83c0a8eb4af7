"""Legal regimes as dated data: which papers there are, in which words, on whose word, from when until when.

A pack is read from TOML (`resources/packs`). Every text in it says its source and whether it was confirmed there;
a station edits texts through `PackEdit`s kept in its register, so a new release of the pack keeps them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal

from covidstation.domain.problems import Problem
from covidstation.domain.wording import clean_lines, unknown_placeholders, well_formed

TEXT_LIMIT: Final = 4_000
GROUPS: Final = (
    "parent", "issuer", "corner", "symbol", "title", "subject", "authority", "legal_bases", "proposal", "decides",
    "body", "reason", "diagnosis", "treatment", "most_days", "parents_below", "copies", "recipients", "signer",
    "deputy", "second_signer",
)  # fmt: skip
"""The parts of a paper in the order in which they stand on it."""
NUMBERS: Final = frozenset({"most_days", "parents_below"})
"""Groups whose one text is a whole number."""
OPEN_GROUPS: Final = frozenset({"legal_bases", "recipients"})
"""Lists to which a station may add lines of its own."""
NEEDED_GROUPS: Final = frozenset({"issuer", "symbol", "title", "body", "signer"})
_SYMBOL = re.compile(r"[A-ZĐ0-9]{1,12}(-[A-ZĐ0-9]{1,12}){0,3}")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")

Only = Literal["", "one", "many"]
Style = Literal["text", "article", "row", "centre", "heading", "persons"]
STYLES: Final[tuple[Style, ...]] = ("text", "article", "row", "centre", "heading", "persons")


class PackError(ValueError):
    """A pack that cannot be read; the text says where."""


class PaperKind(StrEnum):
    """What a paper does."""

    ISOLATION_ORDER = "isolation_order"
    ISOLATION_END = "isolation_end"  # until 30/6/2026: a decision of the commune
    ISOLATION_COMPLETION = "isolation_completion"  # from 1/7/2026: certified by the head of the station
    COMPLETION_CERTIFICATE = "completion_certificate"  # until 30/6/2026: beside the ending decision, ends nothing
    CONTACT_ORDER = "contact_order"
    CONTACT_RELEASE = "contact_release"
    SICK_LEAVE = "sick_leave"
    REFERRAL = "referral"
    VACCINATION = "vaccination"  # the doses that somebody had (QĐ 3588/QĐ-BYT, Phụ lục 4)


ENDING: Final = frozenset({PaperKind.ISOLATION_END, PaperKind.ISOLATION_COMPLETION})
"""The papers by which an isolation ends; which one, the law of the day says."""
OF_CONTACTS: Final = frozenset({PaperKind.CONTACT_ORDER, PaperKind.CONTACT_RELEASE})
"""The papers that speak of a contact (F1)."""
OF_PEOPLE: Final = frozenset({PaperKind.VACCINATION})
"""The papers that speak of a person, ill or not; all others speak of an illness."""
OPENING_OF: Final[Mapping[PaperKind, PaperKind]] = {
    PaperKind.ISOLATION_END: PaperKind.ISOLATION_ORDER,
    PaperKind.ISOLATION_COMPLETION: PaperKind.ISOLATION_ORDER,
    PaperKind.COMPLETION_CERTIFICATE: PaperKind.ISOLATION_ORDER,
    PaperKind.CONTACT_RELEASE: PaperKind.CONTACT_ORDER,
}
"""The decision that a paper names as its ground."""
OF_ONE: Final = frozenset({PaperKind.SICK_LEAVE, PaperKind.REFERRAL, PaperKind.VACCINATION})
"""The papers of one person alone."""
AGAIN: Final = frozenset({PaperKind.SICK_LEAVE, PaperKind.REFERRAL, PaperKind.VACCINATION})
"""The papers that an illness, or a person, may have more than one of."""


class Signatory(StrEnum):
    """Whose signature a paper carries."""

    CHAIRMAN = "chairman"
    HEAD_OF_STATION = "head_of_station"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One text of a pack. `only` keeps it for papers of one person or of several; None dates are open."""

    key: str
    text: str
    confirmed: bool
    source: str
    valid_from: date | None = None
    valid_until: date | None = None
    only: Only = ""
    style: Style = "text"

    def on(self, day: date) -> bool:
        """Whether it stands on that day."""
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTemplate:
    """One paper of a pack; `needs` must be known before printing, `wants` may be written in by hand.

    `needs_from` are needs that came with a later form, each with its first day.
    """

    kind: PaperKind
    signed_by: Signatory
    needs: tuple[str, ...]
    wants: tuple[str, ...]
    groups: Mapping[str, tuple[Wording, ...]]
    needs_from: tuple[tuple[str, date], ...] = ()

    def needs_on(self, day: date) -> tuple[str, ...]:
        """What must be known for a paper of that day."""
        return (*self.needs, *(name for name, first in self.needs_from if first <= day))

    def wordings(self, group: str, day: date, *, many: bool = False) -> tuple[Wording, ...]:
        """The texts of a group that stand on that day for a paper of one or of several persons."""
        unwanted = "one" if many else "many"
        return tuple(
            item for item in self.groups.get(group, ()) if item.text and item.on(day) and item.only != unwanted
        )

    def text(self, group: str, day: date, *, many: bool = False) -> str:
        """A group as one text, its wordings on lines of their own."""
        return "\n".join(item.text for item in self.wordings(group, day, many=many))


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeIsolation:
    """Whether the law of that time lets it be ordered: yes, or the head of station must answer."""

    answer: Literal["yes", "ask"]
    text: str
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalPack:
    """The papers of one legal regime, in force from the first day to the last one, None while it lasts."""

    id: str
    title: str
    valid_from: date
    valid_until: date | None
    source: str
    home_isolation: HomeIsolation
    contact_isolation: HomeIsolation  # of contacts of a COVID-19 case
    terms: Mapping[str, tuple[Wording, ...]]
    papers: Mapping[PaperKind, PaperTemplate]

    def on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= day <= (self.valid_until or date.max)

    def paper(self, kind: PaperKind) -> PaperTemplate:
        """The template; PackError when this regime knows no such paper."""
        try:
            return self.papers[kind]
        except KeyError:
            raise PackError(f"{self.id}: no {kind}") from None

    def ground(self, kind: PaperKind) -> HomeIsolation:
        """Whether that time's law lets the isolation of a case, or of a contact, be ordered at home."""
        return self.contact_isolation if kind in OF_CONTACTS else self.home_isolation


@dataclass(frozen=True, slots=True)
class PackEdit:
    """What a station made of one text: an empty text takes the line out, `confirmed` is its own word for it."""

    text: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackItem:
    """One text for the settings page. `kind` is None for the terms that all papers share."""

    path: str
    kind: PaperKind | None
    group: str
    number: int  # from 1 within its group
    text: str
    confirmed: bool
    source: str
    valid_from: date | None
    valid_until: date | None


def pack_on(packs: Iterable[LegalPack], day: date) -> LegalPack:
    """The one pack in force on the day of a paper; PackError when there is none, or more than one."""
    found = [pack for pack in packs if pack.on(day)]
    if len(found) != 1:
        raise PackError(f"{day.isoformat()}: {len(found)} packs in force")
    return found[0]


def editable_items(pack: LegalPack) -> tuple[PackItem, ...]:
    """Every text of the pack, in the order of the papers."""
    items = [item for group, words in pack.terms.items() for item in _items(f"terms.{group}", None, group, words)]
    for kind, paper in pack.papers.items():
        for group in GROUPS:
            items += _items(f"{kind}.{group}", kind, group, paper.groups.get(group, ()))
    return tuple(items)


def _items(prefix: str, kind: PaperKind | None, group: str, words: tuple[Wording, ...]) -> list[PackItem]:
    return [
        PackItem(
            path=f"{prefix}.{item.key}", kind=kind, group=group, number=number, text=item.text,
            confirmed=item.confirmed, source=item.source, valid_from=item.valid_from, valid_until=item.valid_until,
        )
        for number, item in enumerate(words, start=1)
    ]  # fmt: skip


def unconfirmed_items(pack: LegalPack, day: date | None = None) -> tuple[PackItem, ...]:
    """The texts that nobody has compared with the source yet; with a day, only those that stand on it."""
    return tuple(
        item
        for item in editable_items(pack)
        if not item.confirmed
        and item.text
        and (day is None or (item.valid_from or date.min) <= day <= (item.valid_until or date.max))
    )


def with_edits(pack: LegalPack, edits: Mapping[str, PackEdit]) -> LegalPack:
    """The pack in the station's words. Edits of texts that a newer pack no longer has are passed over."""
    if not edits:
        return pack
    terms = {group: _edited(f"terms.{group}", words, edits) for group, words in pack.terms.items()}
    papers = {kind: _edited_paper(paper, edits) for kind, paper in pack.papers.items()}
    return replace(pack, terms=terms, papers=papers)


def _edited_paper(paper: PaperTemplate, edits: Mapping[str, PackEdit]) -> PaperTemplate:
    groups = {
        group: _edited(f"{paper.kind}.{group}", paper.groups.get(group, ()), edits)
        + (_added(f"{paper.kind}.{group}", paper.groups.get(group, ()), edits) if group in OPEN_GROUPS else ())
        for group in GROUPS
    }
    return replace(paper, groups=groups)


def _edited(prefix: str, words: tuple[Wording, ...], edits: Mapping[str, PackEdit]) -> tuple[Wording, ...]:
    return tuple(
        replace(item, text=clean_lines(edit.text), confirmed=edit.confirmed)
        if (edit := edits.get(f"{prefix}.{item.key}"))
        else item
        for item in words
    )


def _added(prefix: str, words: tuple[Wording, ...], edits: Mapping[str, PackEdit]) -> tuple[Wording, ...]:
    """Lines that the station wrote itself, in the order of their keys."""
    known = {item.key for item in words}
    keys = sorted(path[len(prefix) + 1 :] for path in edits if path.startswith(prefix + "."))
    return tuple(
        Wording(
            key=key,
            text=clean_lines(edits[f"{prefix}.{key}"].text),
            confirmed=edits[f"{prefix}.{key}"].confirmed,
            source="",
        )
        for key in keys
        if key not in known and _KEY.fullmatch(key)
    )


def check_edit(pack: LegalPack, path: str, edit: PackEdit) -> list[Problem]:
    """What stops this edit: no such text, unknown or open placeholders, too long, a needed text left empty."""
    parts = path.split(".")
    known = {item.path for item in editable_items(pack)}
    may_add = len(parts) == 3 and parts[0] in pack.papers and parts[1] in OPEN_GROUPS and _KEY.fullmatch(parts[2])
    if path not in known and not may_add:
        return [Problem(path, "paper.unknown_item")]
    text = clean_lines(edit.text)
    problems = [Problem(path, "paper.unknown_placeholder", {"name": name}) for name in unknown_placeholders(text)]
    if not well_formed(text):
        problems.append(Problem(path, "paper.open_brackets"))
    if len(text) > TEXT_LIMIT:
        problems.append(Problem(path, "paper.text_too_long", {"most": str(TEXT_LIMIT)}))
    if not text and (parts[0] == "terms" or parts[1] in NEEDED_GROUPS):
        problems.append(Problem(path, "paper.text_empty"))
    if text and parts[1] == "symbol" and not _SYMBOL.fullmatch(text):
        problems.append(Problem(path, "paper.bad_symbol"))
    if text and parts[1] in NUMBERS and not _NUMBER.fullmatch(text):
        problems.append(Problem(path, "paper.bad_count"))
    return problems


def parse_pack(text: str) -> LegalPack:
    """Read a pack's TOML. Raises PackError naming the place."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise PackError(str(trouble)) from trouble
    try:
        return _pack(data)
    except (KeyError, TypeError, ValueError, AttributeError) as trouble:
        raise trouble if isinstance(trouble, PackError) else PackError(repr(trouble)) from trouble


def _pack(data: dict[str, Any]) -> LegalPack:
    return LegalPack(
        id=_str(data, "id"),
        title=_str(data, "title"),
        valid_from=_day(data["valid_from"]),
        valid_until=_day(data["valid_until"]) if "valid_until" in data else None,
        source=_str(data, "source"),
        home_isolation=_ground("home_isolation", data["home_isolation"]),
        contact_isolation=_ground("contact_isolation", data["contact_isolation"]),
        terms={group: _wordings(f"terms.{group}", words) for group, words in data["terms"].items()},
        papers={PaperKind(kind): _paper(PaperKind(kind), paper) for kind, paper in data["papers"].items()},
    )


def _ground(name: str, data: dict[str, Any]) -> HomeIsolation:
    if data["answer"] not in ("yes", "ask"):
        raise PackError(f"{name}.answer")
    return HomeIsolation(
        answer=data["answer"],
        text=_str(data, "text"),
        source=_str(data, "source"),
        confirmed=data["confirmed"] is True,
    )


def _paper(kind: PaperKind, data: dict[str, Any]) -> PaperTemplate:
    groups = {name: value for name, value in data.items() if isinstance(value, dict)}
    unknown = set(groups) - set(GROUPS)
    if unknown or not set(groups) >= NEEDED_GROUPS:
        raise PackError(f"{kind}: groups {sorted(unknown or NEEDED_GROUPS - set(groups))}")
    return PaperTemplate(
        kind=kind,
        signed_by=Signatory(data["signed_by"]),
        needs=tuple(map(str, data["needs"])),
        wants=tuple(map(str, data["wants"])),
        groups={name: _wordings(f"{kind}.{name}", words) for name, words in groups.items()},
        needs_from=tuple((_str(need, "name"), _day(need["from"])) for need in data.get("needs_from", ())),
    )


def _wordings(prefix: str, words: dict[str, Any]) -> tuple[Wording, ...]:
    return tuple(_wording(f"{prefix}.{key}", key, word) for key, word in words.items())


def _wording(path: str, key: str, word: dict[str, Any]) -> Wording:
    text = clean_lines(_str(word, "text"))
    names = unknown_placeholders(text)
    if not _KEY.fullmatch(key) or names or not well_formed(text):
        raise PackError(f"{path}: {', '.join(names) or 'malformed'}")
    only, style = word.get("only", ""), word.get("style", "text")
    if only not in ("", "one", "many") or style not in STYLES:
        raise PackError(path)
    return Wording(
        key=key, text=text, confirmed=word["confirmed"] is True, source=_str(word, "source"), only=only, style=style,
        valid_from=_day(word["from"]) if "from" in word else None,
        valid_until=_day(word["until"]) if "until" in word else None,
    )  # fmt: skip


def _str(data: dict[str, Any], key: str) -> str:
    value = data[key]
    if not isinstance(value, str):
        raise PackError(f"{key} is no text")
    return value


def _day(value: object) -> date:
    if type(value) is not date:
        raise PackError(f"{value!r} is no date")
    return value
