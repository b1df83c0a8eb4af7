"""Dated rules and targets as the district sees them: what was sent, what holds on a day, what a new one changes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.catalog import RULE_BOOKS, Catalog
from covidstation.domain.district import (
    WORDING,
    DistrictPack,
    ItemKind,
    lay,
    pack_table,
    read_pack,
    read_target,
    rule_of_pack,
    wording_of_pack,
)
from covidstation.domain.packs import LegalPack, editable_items
from covidstation.domain.rule_leaves import Leaf, leaves
from covidstation.domain.rule_sets import Dated, Family, RuleError
from covidstation.domain.text import clean
from covidstation.hub.down.items import states_of
from covidstation.hub.rows import ItemRow, StationRow
from covidstation.messages.rule_words import key_words, value_words

MOST_LETTERS: Final = 400  # of a value in a preview
CODES: Final = (Family.CONDITIONS, Family.SYMPTOMS)
_GIVEN: Final = ("id =", "valid_from =", "valid_until =", "confirmed =")  # by the district, with each sending
SENT: Final = (ItemKind.PACK.value, ItemKind.TARGET.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A pack or a target. `station` empty: for all; `last` None: open; `told` and `read` count stations."""

    id: UUID
    kind: str
    family: str  # empty for a target
    title: str
    author: str
    station: str
    first: date | None
    last: date | None
    withdrawn: bool
    told: int
    read: int


@dataclass(frozen=True, slots=True)
class Changed:
    """One value that would be another one; `old` or `new` is empty where there is none."""

    part: str
    words: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a pack would change. `over`: the title of what holds on its day; `same`: values that stay."""

    title: str
    source: str
    over: str
    last: date | None  # until when it would hold; None: open
    changed: tuple[Changed, ...]
    same: int


def sent_rules(session: Session) -> list[ItemRow]:
    """Every pack and target, the newest first."""
    query = select(ItemRow).where(ItemRow.kind.in_(SENT)).order_by(ItemRow.made_at.desc(), ItemRow.id)
    return list(session.scalars(query))


def shown_rules(session: Session, rows: list[ItemRow]) -> list[Sent]:
    """They as a list shows them."""
    names = {n: name for n, name in session.execute(select(StationRow.n, StationRow.name))}
    states = states_of(session, rows)
    found = []
    for row in rows:
        family, first, last = _days(row)
        read = sum(bool(one.read_at) for one in states[row.id])
        found.append(
            Sent(
                id=row.id,
                kind=row.kind,
                family=family,
                title=row.title,
                author=row.author,
                station=names.get(row.station or 0, ""),
                first=first,
                last=last,
                withdrawn=row.withdrawn_at is not None,
                told=len(states[row.id]),
                read=read,
            )
        )
    return found


def _days(row: ItemRow) -> tuple[str, date | None, date | None]:
    try:
        if row.kind == ItemKind.TARGET.value:
            target = read_target(row.data)
            return "", target.first, target.last
        pack = read_pack(row.data, row.withdrawn_at and row.withdrawn_at.date())
    except ValueError:
        return "", None, None
    return pack.family, pack.valid_from, pack.until


def law_on(catalog: Catalog, day: date) -> LegalPack | None:
    """The law whose papers are issued on that day."""
    return next((law for law in catalog.packs if law.on(day)), None)


def pack_id(session: Session, catalog: Catalog, family: str, day: date) -> str:
    """An id that no pack bears yet; texts of papers bear that of their law."""
    if family == WORDING:
        law = law_on(catalog, day)
        return law.id if law is not None else ""
    taken = {str((row.data or {}).get("id")) for row in sent_rules(session)}
    base = f"huyen-{family.replace('_', '-')}-{day:%Y%m%d}"
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 1_000))) if name not in taken)


def look_at_pack(session: Session, pack: DistrictPack, catalog: Catalog) -> Preview:
    """What stations would read; for a pack that `items.check_to_send` lets pass."""
    if pack.family == WORDING:
        return _look_at_wording(session, pack, catalog)
    table = pack_table(pack)
    rules = _laid(session, catalog, Family(pack.family))
    standing = next((rule for rule in reversed(rules) if rule.on(pack.valid_from)), None)
    old = _table_of(session, catalog, Family(pack.family), standing) if standing is not None else {}
    changed, same = _compared(old, table)
    rule = rule_of_pack(pack, RULE_BOOKS[Family(pack.family)].make)
    last = standing.valid_until if standing is not None else None
    return Preview(
        clean(rule.title), clean(rule.source), clean(standing.title) if standing else "", last, changed, same
    )


def _look_at_wording(session: Session, pack: DistrictPack, catalog: Catalog) -> Preview:
    law = next(one for one in catalog.packs if one.id == pack.id)
    before = {item.path: item.text for item in editable_items(law)} | _wording_sent(session, pack)
    lines = []
    texts = wording_of_pack(pack)
    for path, text in texts.items():
        if before.get(path) != text:
            lines.append(Changed("", path, before.get(path, "")[:MOST_LETTERS], text[:MOST_LETTERS]))
    return Preview(law.title, "", law.title, None, tuple(lines), len(texts) - len(lines))


def _wording_sent(session: Session, pack: DistrictPack) -> dict[str, str]:
    found: dict[str, str] = {}
    for sent in _packs(session):
        if sent.family == WORDING and sent.id == pack.id and sent.valid_from <= pack.valid_from and sent.until is None:
            try:
                found |= wording_of_pack(sent)
            except RuleError:
                continue
    return found


def _packs(session: Session) -> list[DistrictPack]:
    """Those sent to all or to one, oldest first."""
    found = []
    for row in reversed(sent_rules(session)):
        if row.kind == ItemKind.PACK.value:
            try:
                found.append(read_pack(row.data, row.withdrawn_at and row.withdrawn_at.date()))
            except ValueError:
                continue
    return found


def _laid(session: Session, catalog: Catalog, family: Family) -> tuple[Dated, ...]:
    """The program's rules with what was sent laid over them."""
    return lay(catalog.rules_of(family), _sent_of(session, family))


def _sent_of(session: Session, family: Family) -> list[tuple[Dated, date | None]]:
    sent: list[tuple[Dated, date | None]] = []
    for pack in _packs(session):
        if pack.family == family.value:
            try:
                sent.append((rule_of_pack(pack, RULE_BOOKS[family].make), pack.until))
            except RuleError:
                continue
    return sent


def _table_of(session: Session, catalog: Catalog, family: Family, rule: Dated) -> Mapping[str, Any]:
    shipped = next((one for one in catalog.rule_tables(family) if one["id"] == rule.id), None)
    if shipped is not None:
        return shipped
    return next((pack_table(pack) for pack in _packs(session) if pack.id == rule.id), {})


def _compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[tuple[Changed, ...], int]:
    before, after = _by_place(old), _by_place(new)
    lines, same = [], 0
    for path in dict.fromkeys((*after, *before)):
        was, now = before.get(path), after.get(path)
        leaf = now or was
        if leaf is None or leaf.key in ("title", "source"):
            continue
        if was is not None and now is not None and was.value == now.value:
            same += 1
        else:
            lines.append(Changed(clean(leaf.part)[:MOST_LETTERS], key_words(leaf), _shown(was), _shown(now)))
    return tuple(lines), same


def _by_place(table: Mapping[str, Any]) -> dict[tuple[str | int, ...], Leaf]:
    """All values by where they stand; what has a code or an id of its own stands there, not at a number."""
    found: dict[tuple[str | int, ...], Leaf] = {}
    for leaf in leaves(table):
        at: Any = table
        place: list[str | int] = []
        for step in leaf.path:
            at = at[step]
            own = at.get("code") or at.get("id") if isinstance(step, int) and isinstance(at, Mapping) else None
            place.append(own if isinstance(own, str) else step)
        while tuple(place) in found:  # two of one name are told apart by their order
            place.append("")
        found[tuple(place)] = leaf
    return found


def _shown(leaf: Leaf | None) -> str:
    return clean(value_words(leaf))[:MOST_LETTERS] if leaf is not None else ""


def template_of(session: Session, catalog: Catalog, family: str, day: date) -> str:
    """The rule that holds on that day as TOML, to be changed and sent; empty for texts of papers and for no rule."""
    if family == WORDING:
        return ""
    rules = _laid(session, catalog, Family(family))
    standing = next((rule for rule in reversed(rules) if rule.on(day)), None)
    if standing is None:
        return ""
    sent = next((pack for pack in _packs(session) if pack.id == standing.id), None)
    if sent is not None:
        return sent.toml
    text = (catalog.folder / "rules" / f"{family}.toml").read_text(encoding="utf-8")
    return _own_part(text, standing.id)


def _own_part(text: str, rule_id: str) -> str:
    """The part of a file of rules that is that rule, without its id and days, which the district gives itself."""
    parts: list[list[str]] = []
    for is_head, lines in groupby(text.splitlines(), lambda line: line.strip() == "[[rule]]"):
        if is_head:
            parts.append([])
        elif parts:
            parts[-1] = list(lines)
    for part in parts:
        body = "\n".join(part).replace("[[rule.", "[[").replace("[rule.", "[")
        try:
            table = tomllib.loads(body)
        except tomllib.TOMLDecodeError:
            continue
        if table.get("id") == rule_id:
            written = body.splitlines()
            inner = next((at for at, line in enumerate(written) if line.startswith("[")), len(written))
            kept = [line for line in written[:inner] if not line.startswith(_GIVEN)]
            return "\n".join((*kept, *written[inner:])).strip() + "\n"
    return ""


def codes_mark(session: Session) -> tuple[Any, ...]:
    """What changes when a pack is sent or taken back."""
    counted = select(func.count(), func.max(ItemRow.made_at), func.max(ItemRow.withdrawn_at))
    return tuple(session.execute(counted.where(ItemRow.kind == ItemKind.PACK.value)).one())


def with_codes(session: Session, catalog: Catalog) -> Catalog:
    """The program's catalog with the lists of codes that the district sent, so that its own pages can name them."""
    return catalog.with_district({family: _sent_of(session, family) for family in CODES})
