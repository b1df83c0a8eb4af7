"""The dated rules as the station has them: shipped ones, and its own versions laid over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import RULE_BOOKS, Catalog
from covidstation.db.ids import new_id
from covidstation.db.rows import RuleVersionRow
from covidstation.db.session import Database
from covidstation.domain.district import lay
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Dated, Family, RuleError, RuleVersion, with_versions
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.district.packs import district_catalog, rules_of_district
from covidstation.services.rights import needs

R = TypeVar("R", bound=Dated)
BODY_LIMIT = 20_000  # letters


def rules_in(
    session: Session, family: Family, shipped: Sequence[R], make: Callable[[dict[str, Any]], R]
) -> tuple[R, ...]:
    """A family's rules with the district's laid over them and the station's newest versions in their place, inside
    another act's transaction.

    A version that this program can no longer read is passed over, so that the shipped rule speaks again.
    """
    rules = lay(shipped, rules_of_district(session, family, make))
    for version in versions_in(session, family):
        try:
            rules = with_versions(rules, [version], make)
        except RuleError:
            continue
    return rules


def versions_in(session: Session, family: Family) -> list[RuleVersion]:
    """The newest version of each edited rule of a family."""
    query = select(RuleVersionRow).where(RuleVersionRow.family == family.value).order_by(RuleVersionRow.version)
    newest = {row.rule_id: row for row in session.scalars(query)}
    return [
        RuleVersion(rule_id=row.rule_id, version=row.version, body=row.body, confirmed=row.confirmed)
        for row in newest.values()
    ]


def station_catalog(session: Session, catalog: Catalog) -> Catalog:
    """The catalog with the district's rules and the station's own versions, inside another act's transaction.

    It is the catalog itself as long as nobody has sent or edited a rule.
    """
    catalog = district_catalog(session, catalog)
    if session.scalars(select(RuleVersionRow.id).limit(1)).first() is None:
        return catalog
    return catalog.with_rules({family: versions_in(session, family) for family in RULE_BOOKS})


@needs(Right.SEE)
def station_catalog_of(db: Database, catalog: Catalog) -> Catalog:
    """The same, for a window."""
    with db.read() as session:
        return station_catalog(session, catalog)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEdit:
    """What the head of station made of one rule."""

    rule_id: str  # of the shipped rule
    body: str  # TOML, without the `[[rule]]` line
    confirmed: bool
    reason: str
    by_name: str = ""
    seen: int | None = None  # the version that was open in the form, 0 for the shipped one


@needs(Right.MANAGE)
def edit_rule(
    db: Database,
    family: Family,
    edit: RuleEdit,
    *,
    shipped: Sequence[R],
    make: Callable[[dict[str, Any]], R],
    by: UUID | None,
    now: datetime,
) -> Done[int]:
    """Keep a new version of a rule; earlier ones stay. The value is its number.

    Raises Refused: rules.unreadable (with `where`), rules.reason_missing, rules.too_long, rules.unknown; UserError
    rules.changed_meanwhile when somebody has kept another version since `edit.seen`.
    """
    found = _problems(edit, shipped, make)
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        version = _next_version(session, family, edit)
        session.add(
            RuleVersionRow(
                id=new_id(),
                family=family.value,
                rule_id=edit.rule_id,
                version=version,
                body=edit.body,
                confirmed=edit.confirmed,
                reason=clean(edit.reason),
                by_name=clean(edit.by_name),
                edited_at=now.replace(microsecond=0, tzinfo=None),
            )
        )
    return done(version, Kind.RULES)


def _next_version(session: Session, family: Family, edit: RuleEdit) -> int:
    query = select(RuleVersionRow).where(RuleVersionRow.family == family.value, RuleVersionRow.rule_id == edit.rule_id)
    newest = session.scalars(query.order_by(RuleVersionRow.version.desc()).limit(1)).first()
    version = newest.version if newest else 0
    if newest is not None and edit.seen is not None and version != edit.seen:
        params = {"who": newest.by_name or "—", "when": f"{newest.edited_at:%H:%M %d/%m/%Y}"}
        raise UserError("rules.changed_meanwhile", **params)
    return version + 1


def _problems(edit: RuleEdit, shipped: Sequence[R], make: Callable[[dict[str, Any]], R]) -> list[Problem]:
    rule = next((rule for rule in shipped if rule.id == edit.rule_id), None)
    if rule is None:
        return [Problem("rule_id", "rules.unknown")]
    if len(edit.body) > BODY_LIMIT:
        return [Problem("body", "rules.too_long", {"most": str(BODY_LIMIT)})]
    if not clean(edit.reason):
        return [Problem("reason", "rules.reason_missing")]
    version = RuleVersion(rule_id=rule.id, version=1, body=edit.body, confirmed=edit.confirmed)
    try:
        with_versions([rule], [version], make)
    except RuleError as trouble:
        return [Problem("body", "rules.unreadable", {"where": str(trouble)})]
    return []
