"""Giving medicines to an F0 at home, and taking a wrong giving back.

What the store keeps comes out of it in the same transaction, unless it is said to be from another source.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of
from covidstation.db.queries.checks import last_check_in
from covidstation.db.queries.medicines import Giving, givings_in, last_weight_in
from covidstation.db.queries.supply_books import in_store, kept_item_in
from covidstation.db.rows import EpisodeRow, PersonRow, TreatmentRow
from covidstation.db.session import Database
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.medicine_list import Bar, MedicineList, medicine_list_on, read_medicine_list
from covidstation.domain.medicines import (
    Contraindication,
    GivingFacts,
    Wanted,
    check_giving,
    needs_consent,
    weight_text,
)
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.domain.supplies import Link, LinkKind
from covidstation.domain.terms import Answer, Sex
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.access.audit import shows
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in
from covidstation.services.supplies.drawing import came_back, draw, never_went
from covidstation.services.supplies.writing import Said

LEAST_WEIGHT: Final = 10  # hundreds of grams
MOST_WEIGHT: Final = 2500
MOST_QUANTITY: Final = 999
REASON_LIMIT: Final = 500  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingItem:
    """One medicine of the list with its quantity in units; `dose` is how to take it, in words."""

    medicine: str
    quantity: int
    dose: str = ""
    days: int | None = None
    own_supply: bool = False  # the person's own, or from elsewhere: it does not come out of the store


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingDraft:
    """What a dialog gives. `answers` are facts asked now; they stand before what the register knows of the person."""

    items: tuple[GivingItem, ...]
    package: str = ""
    given_at: datetime | None = None  # the station's wall clock; None means now
    weight: int | None = None  # hundreds of grams
    answers: Mapping[str, Answer] = dataclasses.field(default_factory=dict)
    consent: bool = False
    reason: str = ""  # why all the same
    by_name: str = ""

    @property
    def wanted(self) -> Wanted:
        """What the check looks at."""
        return Wanted(package=self.package, medicines=tuple(item.medicine for item in self.items))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingLook:
    """What a dialog needs to know of the person before anything is chosen."""

    full_name: str
    medicines: MedicineList
    facts: GivingFacts
    checked_at: datetime | None  # of the newest check, whose vitals stand in the facts
    given: tuple[Giving, ...]
    in_store: Mapping[str, int]  # units that may be given today, of the medicines that the store keeps


@needs(Right.SEE)
@shows("giving")
def look_at_giving(db: Database, episode_id: UUID, *, catalog: Catalog, now: datetime) -> GivingLook:
    """The list in force and what is known of the person. Raises UserError episodes.unknown, medicines.no_list."""
    with db.read() as session:
        episode, person = _known(session, episode_id)
        medicines = medicine_list_in(session, catalog, now.date())
        check = last_check_in(session, episode_id)
        weight = last_weight_in(session, person.id)
        return GivingLook(
            full_name=person.full_name,
            medicines=medicines,
            facts=replace(_facts(session, episode, person, medicines, now.date()), weight=weight),
            checked_at=check.at if check else None,
            given=givings_in(session, episode_id),
            in_store=in_store(session, [one.code for one in medicines.medicines], now.date()),
        )


def medicine_list_in(session: Session, catalog: Catalog, day: date) -> MedicineList:
    """The station's list in force on that day. Raises UserError medicines.no_list."""
    lists = rules_in(session, Family.MEDICINES, catalog.medicine_lists, read_medicine_list)
    try:
        return medicine_list_on(lists, day)
    except RuleError as trouble:
        raise UserError("medicines.no_list", day=f"{day:%d/%m/%Y}") from trouble


def known_answers(medicines: MedicineList, person: PersonRow) -> dict[str, Answer]:
    """What the register knows: pregnancy, breast-feeding, and the conditions that stand; one that is not there is not
    a no."""
    answers = {"pregnant": Answer(person.pregnancy), "breastfeeding": Answer(person.breastfeeding)}
    answers = {fact: said for fact, said in answers.items() if said is not Answer.UNKNOWN}
    held = set(person.conditions)
    return answers | {fact: Answer.YES for fact, codes in medicines.facts.items() if held & set(codes)}


@needs(Right.TREAT)
def give(
    db: Database, episode_id: UUID, draft: GivingDraft, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[UUID]:
    """Write what was given, all medicines in one transaction; the value is the giving's id.

    Raises Refused: medicines.reason when a rule forbids (or a fact it asks for is unknown) and no reason is written,
    medicines.again when the same was given and is not used up, medicines.consent, supplies.not_enough, and what is
    wrong with the fields.
    """
    clock = now.replace(microsecond=0, tzinfo=None)
    at = draft.given_at or clock
    with db.write(by, now) as session:
        episode, person = _known(session, episode_id)
        medicines = medicine_list_in(session, catalog, at.date())
        facts = _facts(session, episode, person, medicines, at.date())
        facts = replace(facts, weight=draft.weight, answers={**facts.answers, **draft.answers})
        against = check_giving(medicines, facts, draft.wanted)
        found = [
            *_check_fields(draft, medicines),
            *_check_time(episode, at, clock),
            *_check_rules(draft, medicines, against),
            *_check_again(draft, givings_in(session, episode_id), at, medicines),
        ]
        if found:
            raise Refused(found)
        giving = new_id()
        for item in draft.items:
            row = _row(episode, draft, item, medicines, giving, at, against)
            _draw(session, row, now.date())
            session.add(row)
    return done(giving, Kind.CARE, Kind.SUPPLIES)


@needs(Right.TREAT)
def take_back(
    db: Database,
    giving: UUID,
    reason: str,
    *,
    by: UUID | None,
    now: datetime,
    by_name: str = "",
    returned: bool = False,
) -> Done[None]:
    """A giving that was written by mistake, or whose medicines came back: the rows stay, new ones void them.

    What it drew from the store is there again: `returned` today, otherwise as if it had never left.

    Raises Refused medicines.why_back, UserError medicines.taken_back when nothing of it stands any more.
    """
    reason = clean(reason)
    if not reason:
        raise Refused([Problem("reason", "medicines.why_back")])
    if found := too_long("reason", reason, REASON_LIMIT):
        raise Refused(found)
    with db.write(by, now) as session:
        rows = list(session.scalars(select(TreatmentRow).where(TreatmentRow.giving == giving)))
        voided = {row.voids for row in rows}
        standing = [row for row in rows if row.voids is None and row.id not in voided]
        if not standing:
            raise UserError("medicines.taken_back")
        for row in standing:
            session.add(_void_of(row, reason, by_name, now))
        ids = [row.id for row in standing]
        if returned:
            came_back(session, LinkKind.TREATMENT, ids, Said(day=now.date(), reason=reason, by_name=by_name))
        else:
            never_went(session, LinkKind.TREATMENT, ids, reason=reason, by_name=by_name)
    return done(None, Kind.CARE, Kind.SUPPLIES)


def _draw(session: Session, row: TreatmentRow, today: date) -> None:
    """Out of the store, where it keeps that medicine on that day and nobody said that it is from another source."""
    day = row.given_at.date()
    item = None if row.own_supply else kept_item_in(session, row.medicine, day)
    if item is None:
        return
    said, link = Said(day=day, by_name=row.by_name), Link(LinkKind.TREATMENT, row.id)
    row.lot_id = draw(session, item, row.quantity, said, link, today=today, field="items")[0][0]


def _known(session: Session, episode_id: UUID) -> tuple[EpisodeRow, PersonRow]:
    episode = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
    if episode is None:
        raise UserError("episodes.unknown")
    return episode, session.scalars(select(PersonRow).where(PersonRow.id == episode.person_id)).one()


def _facts(session: Session, episode: EpisodeRow, person: PersonRow, medicines: MedicineList, on: date) -> GivingFacts:
    check = last_check_in(session, episode.id)
    facts = GivingFacts(
        birth=birth_of(person),
        on=on,
        sex=Sex(person.sex),
        answers=known_answers(medicines, person),
        symptoms=frozenset(episode.symptoms),
    )
    return facts if check is None else replace(facts, vitals=check.vitals, symptoms=check.symptoms)


def _check_fields(draft: GivingDraft, medicines: MedicineList) -> list[Problem]:
    found = [] if draft.items else [Problem("items", "medicines.nothing")]
    seen: set[str] = set()
    for item in draft.items:
        medicine = medicines.medicine(item.medicine)
        if medicine is None:
            found.append(Problem("items", "medicines.unknown"))
            continue
        if item.medicine in seen:
            found.append(Problem("items", "medicines.twice", {"name": medicine.name}))
        if not 1 <= item.quantity <= MOST_QUANTITY:
            found.append(Problem("items", "medicines.quantity", {"name": medicine.name, "most": str(MOST_QUANTITY)}))
        seen.add(item.medicine)
    if draft.weight is not None and not LEAST_WEIGHT <= draft.weight <= MOST_WEIGHT:
        params = {"least": weight_text(LEAST_WEIGHT), "most": weight_text(MOST_WEIGHT)}
        found.append(Problem("weight", "medicines.weight", params))
    texts = {"reason": draft.reason, "items": max((item.dose for item in draft.items), key=len, default="")}
    for field, text in texts.items():
        if len(text) > REASON_LIMIT:
            params = {"count": str(len(text)), "most": str(REASON_LIMIT)}
            found.append(Problem(field, "medicines.text_long", params))
    return found


def _check_time(episode: EpisodeRow, at: datetime, clock: datetime) -> list[Problem]:
    when = {"when": f"{at:%H:%M %d/%m/%Y}"}
    if at > clock:
        return [Problem("given_at", "medicines.future", when)]
    if at.date() < min(filter(None, (episode.report_date, episode.onset_date))):
        start = f"{episode.report_date:%d/%m/%Y}"
        return [Problem("given_at", "medicines.too_early", {"when": f"{at:%d/%m/%Y}", "start": start})]
    died = episode.outcome == CaseOutcome.DECEASED.value and episode.outcome_on
    if died and at.date() > died:
        return [Problem("given_at", "medicines.died", {"day": f"{died:%d/%m/%Y}"})]
    return []


def _check_rules(draft: GivingDraft, medicines: MedicineList, against: tuple[Contraindication, ...]) -> list[Problem]:
    found = []
    if needs_consent(medicines, draft.wanted) and not draft.consent:
        found.append(Problem("consent", "medicines.consent"))
    if any(one.level is Bar.FORBID for one in against) and not clean(draft.reason):
        found.append(Problem("reason", "medicines.reason"))
    return found


def _check_again(draft: GivingDraft, given: tuple[Giving, ...], at: datetime, medicines: MedicineList) -> list[Problem]:
    twice = given_already(draft.wanted, given, at.date())
    if twice is None or clean(draft.reason):
        return []
    return [Problem("reason", "medicines.again", again_words(twice, medicines))]


def given_already(wanted: Wanted, given: tuple[Giving, ...], day: date) -> Giving | None:
    """The giving that stands, holds the same package or medicine, and is not used up on that day."""
    codes = set(wanted.medicines)
    for one in given:
        same = (wanted.package and wanted.package == one.package) or any(item.medicine in codes for item in one.items)
        if same and one.taken_back_at is None and one.given_at.date() <= day <= one.until:
            return one
    return None


def again_words(giving: Giving, medicines: MedicineList) -> dict[str, str]:
    """What the sentence `medicines.again` names."""
    package = medicines.package(giving.package)
    what = package.title if package else ", ".join(item.name for item in giving.items)
    return {"what": what, "when": f"{giving.given_at:%H:%M %d/%m/%Y}", "until": f"{giving.until:%d/%m/%Y}"}


def _row(
    episode: EpisodeRow,
    draft: GivingDraft,
    item: GivingItem,
    medicines: MedicineList,
    giving: UUID,
    at: datetime,
    against: tuple[Contraindication, ...],
) -> TreatmentRow:
    medicine = medicines.medicine(item.medicine)
    return TreatmentRow(
        id=new_id(),
        person_id=episode.person_id,
        episode_id=episode.id,
        giving=giving,
        given_at=at,
        list_id=medicines.id,
        package=draft.package,
        medicine=item.medicine,
        name=medicine.name if medicine else item.medicine,
        quantity=item.quantity,
        unit=medicine.unit if medicine else "",
        dose=clean(item.dose),
        days=item.days,
        weight=draft.weight,
        consent=draft.consent,
        warnings=[one.rule for one in against],
        reason=clean(draft.reason),
        by_name=clean(draft.by_name),
        own_supply=item.own_supply,
    )


def _void_of(row: TreatmentRow, reason: str, by_name: str, now: datetime) -> TreatmentRow:
    """The row that takes this one back; it bears the moment and the reason of that."""
    same = ("person_id", "episode_id", "giving", "list_id", "package", "medicine", "name", "quantity", "unit")
    return TreatmentRow(
        id=new_id(),
        given_at=now.replace(microsecond=0, tzinfo=None),
        reason=reason,
        by_name=clean(by_name),
        voids=row.id,
        **{name: getattr(row, name) for name in same},
    )


@needs(Right.SEE)
def medicine_list_of(db: Database, *, catalog: Catalog, day: date) -> tuple[tuple[str, str], ...]:
    """The codes and names of the list in force, for the store: what is given to an F0 may come out of it."""
    with db.read() as session:
        return tuple((one.code, one.name) for one in medicine_list_in(session, catalog, day).medicines)
