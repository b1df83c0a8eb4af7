"""Registering an F0, editing the illness, adding tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of, episode_of, fill_episode
from covidstation.db.queries.station import get_setting
from covidstation.db.rows import EpisodeRow, HouseholdRow, PathogenTestRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.care import FoundIn
from covidstation.domain.episodes import (
    CaseOutcome,
    Episode,
    EpisodeDraft,
    PathogenTest,
    QuarantineType,
    check_episode,
    first_positive,
    live_tests,
)
from covidstation.domain.people import PersonDraft
from covidstation.domain.problems import Problem, errors
from covidstation.domain.release import Release, release_of
from covidstation.domain.rights import Right
from covidstation.domain.rules import IsolationRule, RuleError, isolation_end, isolation_rule_on
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.contact_ends import convert_contacts_in
from covidstation.services.care.doses import with_told
from covidstation.services.care.follow_up import remove_follow_up_in
from covidstation.services.care.rows import check_seen
from covidstation.services.care.triage import assess_in, assess_open_in
from covidstation.services.changes import Done, Kind, done
from covidstation.services.people import put_person
from covidstation.services.places import new_household
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog
from covidstation.services.supplies.kits import draw_kits


@dataclass(frozen=True, slots=True, kw_only=True)
class F0Draft:
    """What the F0 form gives. `person_id` is a known person's; `new_household_head` founds a household."""

    person: PersonDraft
    episode: EpisodeDraft
    tests: tuple[PathogenTest, ...] = ()
    person_id: UUID | None = None
    new_household_head: str = ""


def _rule_on(catalog: Catalog, day: date) -> IsolationRule:
    """The rule for an isolation found on that day. Raises Refused when none is known for it."""
    try:
        return isolation_rule_on(catalog.isolation_rules, day)
    except RuleError as trouble:
        raise Refused([Problem("report_date", "episodes.no_rule", {"day": f"{day:%d/%m/%Y}"})]) from trouble


def isolation_from(day: date, found_at: datetime | None, hour: int) -> datetime:
    """When an isolation of that day begins, unless somebody says otherwise.

    With the finding where its hour is known, as decisions since 1/7/2026 name it (NĐ 165/2026/NĐ-CP Điều 15): nobody
    signs a beginning before it. Else at the station's hour (setting `isolation_hour`).
    """
    if found_at is not None and found_at.date() == day:
        return found_at
    return datetime(day.year, day.month, day.day, hour)


def with_isolation(
    draft: EpisodeDraft, tests: Sequence[PathogenTest], catalog: Catalog, *, hour: int = 0
) -> EpisodeDraft:
    """Fill in what the rule in force says of the isolation, where the form left it open. Raises Refused."""
    day = draft.report_date or min((test.sampled_on for test in tests if test.sampled_on), default=None)
    if day is None:
        return draft
    draft = replace(draft, report_date=day)
    if draft.isolation_type is not QuarantineType.HOME:
        return draft
    start = draft.isolation_start or isolation_from(day, draft.found_at, hour)
    if draft.isolation_days is not None:
        return replace(draft, isolation_start=start)
    rule = _rule_on(catalog, day)
    return replace(draft, isolation_start=start, isolation_days=rule.days, isolation_rule=rule.id)


def isolation_until(draft: EpisodeDraft, catalog: Catalog) -> date | None:
    """The last day of the isolation, inclusive. Raises Refused when no rule is known for its time."""
    if draft.isolation_start is None or draft.isolation_days is None:
        return None
    rule = _rule_on(catalog, draft.report_date or draft.isolation_start.date())
    return isolation_end(rule, draft.isolation_start.date(), draft.isolation_days)


def release_on(episode: Episode, catalog: Catalog, today: date) -> Release | None:
    """Where an isolation stands on that day by the rule of its report date; None when no rule is known for it."""
    try:
        rule = isolation_rule_on(catalog.isolation_rules, episode.report_date or date.min)
    except RuleError:
        return None
    return release_of(episode, rule, today)


@needs(Right.ENTER)
def register_f0(db: Database, draft: F0Draft, *, catalog: Catalog, by: UUID | None, now: datetime) -> Done[Episode]:
    """A new illness of a new or known person, with its tests, in one transaction.

    Raises Refused; UserError episodes.already_open when the person is an F0 already (a second illness begins after the
    first has its end), episodes.died. A kit that the store keeps comes out of it, or Refused supplies.not_enough.
    """
    hour = int(get_setting(db, "isolation_hour"))
    with db.write(by, now) as session:
        catalog = station_catalog(session, catalog)
        row, tests = register_in(session, draft, catalog=catalog, hour=hour, now=now)
        draw_kits(session, tests, by=by, today=now.date())
        changed = (Kind.PEOPLE, Kind.EPISODES, Kind.PLACES, Kind.CONTACTS, Kind.CARE, Kind.SUPPLIES)
        return done(episode_of(row, tests), *changed)


def register_in(
    session: Session, draft: F0Draft, *, catalog: Catalog, hour: int, now: datetime
) -> tuple[EpisodeRow, list[PathogenTestRow]]:
    """The same inside another act's transaction: `catalog` with the station's rules, `hour` its `isolation_hour`.

    Whoever calls it draws the kits of the tests (`services.supplies.kits`), those of a whole sheet at once.
    """
    person = _person_for(session, draft, catalog, now)
    episode = with_isolation(draft.episode, draft.tests, catalog, hour=hour)
    if draft.person_id is not None:
        episode = with_told(session, person.id, episode)
    _refuse_others(session, person, episode)
    _refuse_errors(episode, draft.tests, person, now)
    row = EpisodeRow(id=new_id(), person_id=person.id)
    _put_episode(row, episode, catalog)
    remove_follow_up_in(session, person_id=person.id)  # a new illness has its own plan
    session.add(row)
    tests = [add_test_row(session, person.id, row.id, test) for test in draft.tests]
    with session.no_autoflush:  # the class goes into the illness's first journal line
        assess_in(session, row, person, tests, catalog=catalog, now=now)
    session.flush()
    _convert_contacts(session, row, tests)
    return row, tests


def _convert_contacts(session: Session, row: EpisodeRow, tests: Sequence[PathogenTestRow]) -> None:
    """A contact (F1) with a positive test is a case: their running contacts name this illness, and it the first."""
    positive = first_positive(episode_of(row, tests).tests)
    if positive is None or row.outcome != CaseOutcome.NO_OUTCOME.value:
        return
    came_from = convert_contacts_in(session, row.person_id, row.id, positive.sampled_on or row.report_date)
    if came_from is not None and row.from_contact_id is None:
        row.from_contact_id = came_from
    if came_from is not None and not row.found_in:
        row.found_in = FoundIn.QUARANTINE.value
    session.flush()


def _person_for(session: Session, draft: F0Draft, catalog: Catalog, now: datetime) -> PersonRow:
    wanted = draft.person
    founded: HouseholdRow | None = None
    if draft.new_household_head:
        founded = new_household(session, wanted.hamlet_id, draft.new_household_head)
        wanted = replace(wanted, household_id=founded.id)
    row = put_person(session, draft.person_id, wanted, catalog=catalog, now=now)
    if founded is not None and clean(draft.new_household_head) == row.full_name:
        founded.head_id = row.id
    return row


def _refuse_others(session: Session, person: PersonRow, episode: EpisodeDraft) -> None:
    """One open illness at a time, and none after a death. Raises UserError episodes.already_open, episodes.died."""
    ended = episode.outcome is not CaseOutcome.NO_OUTCOME
    for other in session.scalars(select(EpisodeRow).where(EpisodeRow.person_id == person.id)).all():
        if other.outcome == CaseOutcome.NO_OUTCOME.value and not ended:
            raise UserError("episodes.already_open", name=person.full_name)
        died = other.outcome_on if other.outcome == CaseOutcome.DECEASED.value else None
        if died is not None and (not ended or (episode.report_date or died) > died):
            raise UserError("episodes.died", name=person.full_name, day=f"{died:%d/%m/%Y}")


def _refuse_errors(episode: EpisodeDraft, tests: Sequence[PathogenTest], person: PersonRow, now: datetime) -> None:
    found = errors(check_episode(episode, tests, birth=birth_of(person), today=now.date()))
    if episode.report_date is None:
        found.append(Problem("report_date", "episodes.report_missing"))
    if found:
        raise Refused(found)


def _put_episode(row: EpisodeRow, draft: EpisodeDraft, catalog: Catalog) -> None:
    """A checked draft as it is kept: texts tidy, the last day counted."""
    tidy = replace(draft, note=clean(draft.note), isolation_address=clean(draft.isolation_address))
    fill_episode(row, tidy, isolation_until(draft, catalog))


def refuse_gone(test: PathogenTest, standing: Sequence[PathogenTest]) -> None:
    """A correction corrects a test that stands. Raises UserError episodes.test_gone."""
    if test.voids is not None and test.voids not in {one.id for one in standing}:
        raise UserError("episodes.test_gone")


def refuse_same_test(held: Sequence[PathogenTest], test: PathogenTest) -> None:
    """The same kind, day, result and place says nothing new. Raises Refused episodes.same_test."""
    words = (test.kind, test.result, test.sampled_on, clean(test.place))
    for one in live_tests(held):
        if one.id != test.voids and (one.kind, one.result, one.sampled_on, one.place) == words:
            raise Refused([Problem("sampled_on", "episodes.same_test")])


def add_test_row(
    session: Session, person_id: UUID, episode_id: UUID | None, test: PathogenTest, *, contact_id: UUID | None = None
) -> PathogenTestRow:
    """A test inside another act's transaction: of an illness, of a contact, or of a person who is neither."""
    row = PathogenTestRow(
        id=new_id(),
        person_id=person_id,
        episode_id=episode_id,
        contact_id=contact_id,
        kind=test.kind.value,
        result=test.result.value,
        sampled_on=test.sampled_on,
        place=clean(test.place),
        kit=clean(test.kit),
        kit_from=test.kit_from.value if clean(test.kit) else "",
        voids=test.voids,
    )
    session.add(row)
    return row


def _known(session: Session, episode_id: UUID) -> tuple[EpisodeRow, PersonRow, list[PathogenTestRow]]:
    row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
    if row is None:
        raise UserError("episodes.unknown")
    person = session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()
    tests = list(session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id == episode_id)))
    return row, person, tests


@needs(Right.ENTER)
def edit_f0(
    db: Database,
    episode_id: UUID | None,
    draft: F0Draft,
    *,
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
    seen: Episode | None = None,
) -> Done[UUID]:
    """Correct a known person, and with `episode_id` that illness too, in one transaction. Raises Refused.

    The value is the person's id; `draft.tests` is not looked at. `seen` is the illness that the form was opened on:
    UserError care.changed_meanwhile when somebody has decided something about it since.
    """
    with db.write(by, now) as session:
        catalog = station_catalog(session, catalog)
        person = _person_for(session, draft, catalog, now)
        if episode_id is not None:
            row, _person, tests = _known(session, episode_id)
            check_seen(episode_of(row, tests), seen)
            _refuse_errors(draft.episode, episode_of(row, tests).tests, person, now)
            _put_episode(row, draft.episode, catalog)
            assess_in(session, row, person, tests, catalog=catalog, now=now)
            session.flush()
        assess_open_in(session, person, catalog=catalog, now=now)
        return done(person.id, Kind.PEOPLE, Kind.EPISODES, Kind.PLACES, Kind.CARE)


@needs(Right.ENTER)
def edit_episodes(
    db: Database,
    episode_ids: Sequence[UUID],
    change: Callable[[Episode], EpisodeDraft],
    *,
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
) -> Done[None]:
    """The same correction of several illnesses (those of one paper), all or none. Raises Refused."""
    with db.write(by, now) as session:
        catalog = station_catalog(session, catalog)
        for episode_id in episode_ids:
            row, person, tests = _known(session, episode_id)
            held = episode_of(row, tests)
            draft = change(held)
            _refuse_errors(draft, held.tests, person, now)
            _put_episode(row, draft, catalog)
            assess_in(session, row, person, tests, catalog=catalog, now=now)
    return done(None, Kind.EPISODES, Kind.CARE)


@needs(Right.ENTER)
def add_test(db: Database, episode_id: UUID, test: PathogenTest, *, by: UUID | None, now: datetime) -> Done[Episode]:
    """One more test of an illness; with `voids` set it corrects an earlier one, which stays in the register.

    Its kit comes out of the store, where that keeps it; that of the earlier one is there again. Raises Refused (also
    episodes.same_test: entered at another desk, or twice; supplies.not_enough); UserError episodes.unknown.
    """
    with db.write(by, now) as session:
        row, person, tests = _known(session, episode_id)
        episode = episode_of(row, tests)
        refuse_gone(test, episode.tests)
        _refuse_errors(episode, (*episode.tests, test), person, now)
        refuse_same_test(episode.tests, test)
        added = add_test_row(session, person.id, episode_id, test)
        tests.append(added)
        draw_kits(session, [added], by=by, today=now.date())
        _convert_contacts(session, row, tests)
        return done(episode_of(row, tests), Kind.EPISODES, Kind.CONTACTS, Kind.SUPPLIES)
