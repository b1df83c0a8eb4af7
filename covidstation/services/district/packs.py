"""Dated data of the district as this station can read it: rules laid over the shipped ones, texts of papers.

What does not parse is passed over, so that the rule before it goes on; the page "Từ huyện" says so (`trouble_of_pack`).
A pack counts from its day on and never for a day before it; withdrawn, it stays the rule of the days that it had.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import RULE_BOOKS, Catalog
from covidstation.db.rows import DistrictItemRow
from covidstation.domain.district import (
    WORDING,
    DistrictPack,
    ItemKind,
    pack_table,
    read_pack,
    rule_of_pack,
    wording_of_pack,
)
from covidstation.domain.packs import LegalPack, PackEdit, check_edit
from covidstation.domain.problems import errors
from covidstation.domain.rule_sets import Dated, Family, RuleError
from covidstation.domain.text import clean
from covidstation.errors import UserError

_SEVERAL_A_DAY: Final = frozenset({"consent", "retention"})  # nothing tells which of them a new one replaces
FAMILIES: Final = (*(family.value for family in RULE_BOOKS if family.value not in _SEVERAL_A_DAY), WORDING)
"""What the district can send."""

D = TypeVar("D", bound=Dated)


def packs_in(session: Session) -> Iterator[tuple[DistrictPack, str]]:
    """Every pack that was sent, in the order of sending, with its author; those of no known form are left out."""
    query = select(DistrictItemRow).where(DistrictItemRow.kind == ItemKind.PACK.value)
    for row in session.scalars(query.order_by(DistrictItemRow.made_at, DistrictItemRow.n)):
        try:
            yield read_pack(row.data, row.withdrawn_at and row.withdrawn_at.date()), clean(row.author)
        except ValueError:
            continue


def rules_of_district(
    session: Session, family: Family, make: Callable[[dict[str, Any]], D]
) -> list[tuple[D, date | None]]:
    """The district's rules of a family, each with the last day that it counted when it was withdrawn."""
    found = []
    for pack, _author in packs_in(session):
        if pack.family == family.value and family.value in FAMILIES:
            try:
                found.append((rule_of_pack(pack, make), pack.until))
            except RuleError:
                continue
    return found


def district_catalog(session: Session, catalog: Catalog) -> Catalog:
    """The catalog with the district's rules; the catalog itself when there are none."""
    families = {pack.family for pack, _author in packs_in(session)}
    return catalog.with_district(
        {
            family: rules_of_district(session, family, book.make)
            for family, book in RULE_BOOKS.items()
            if family in families
        }
    )


def tables_of_district(session: Session, family: Family) -> list[tuple[dict[str, Any], str]]:
    """The same rules as plain tables, as `Catalog.rule_tables`, each with its author."""
    found = []
    for pack, author in packs_in(session):
        if pack.family != family.value or family.value not in FAMILIES:
            continue
        try:
            rule = rule_of_pack(pack, RULE_BOOKS[family].make)
        except RuleError:
            continue
        days = {"valid_from": pack.valid_from} | ({"valid_until": pack.until} if pack.until else {})
        known = {"id": pack.id, "title": rule.title, "source": rule.source, "confirmed": True}
        found.append((pack_table(pack) | known | days, author))
    return found


def wording_of_district(session: Session, pack: LegalPack, day: date) -> dict[str, PackEdit]:
    """Texts of the papers of that day as the district wrote them; one that the paper cannot bear is left out."""
    found: dict[str, PackEdit] = {}
    for sent, _author in packs_in(session):
        if sent.family != WORDING or sent.id != pack.id or not sent.valid_from <= day <= (sent.until or date.max):
            continue
        try:
            texts = wording_of_pack(sent)
        except RuleError:
            continue
        edits = {path: PackEdit(text, True) for path, text in texts.items()}
        found |= {path: edit for path, edit in edits.items() if not errors(check_edit(pack, path, edit))}
    return found


def check_pack(pack: DistrictPack, catalog: Catalog) -> None:
    """Whether this program can read it. Raises UserError district.pack_family, district.pack_bad (with `where`)."""
    try:
        if pack.family == WORDING:
            _check_wording(pack, catalog)
        elif pack.family in FAMILIES:
            rule_of_pack(pack, RULE_BOOKS[Family(pack.family)].make)
        else:
            raise UserError("district.pack_family", family=pack.family, families=", ".join(FAMILIES))
    except RuleError as trouble:
        raise UserError("district.pack_bad", where=str(trouble)) from trouble


def check_codes(pack: DistrictPack, catalog: Catalog, sent: Iterable[DistrictPack]) -> None:
    """Whether a rule names what the program's lists or those that were `sent` have: with a slip in a code, others are
    due. Raises UserError district.pack_bad (with `where`); for a pack that `check_pack` lets pass."""
    if pack.family == WORDING:
        return
    rule = rule_of_pack(pack, RULE_BOOKS[Family(pack.family)].make)
    wanted, lists = {family.value for family in rule.named_codes}, defaultdict(list)
    for one in sent:
        if one.family in wanted:
            with suppress(RuleError):
                lists[Family(one.family)].append((rule_of_pack(one, RULE_BOOKS[Family(one.family)].make), one.until))
    if strange := catalog.with_district(lists).strange_codes(rule):
        raise UserError("district.pack_bad", where=", ".join(strange))


def _check_wording(pack: DistrictPack, catalog: Catalog) -> None:
    law = next((one for one in catalog.packs if one.id == pack.id), None)
    if law is None:
        raise RuleError(pack.id)
    for path, text in wording_of_pack(pack).items():
        if errors(check_edit(law, path, PackEdit(text, True))):
            raise RuleError(path)


def trouble_of_pack(data: Any, catalog: Catalog) -> UserError | None:
    """Why this station goes on with the rule before it; None for a pack that it can read."""
    try:
        check_pack(read_pack(data), catalog)
    except ValueError:
        return UserError("district.pack_unreadable", where="data")
    except UserError as trouble:
        return UserError(
            "district.pack_unreadable", where=trouble.params.get("where", trouble.params.get("family", ""))
        )
    return None
