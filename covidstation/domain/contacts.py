"""A contact of a case (F1): whose, when and how near, its quarantine, and where that stands on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.care import ContactProximity, ContactRelation, ContactStatus, EndOfQuarantineReason
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import MOST_DOSES, NOTE_LIMIT, PathogenTest, QuarantineType, TestResult, live_tests
from covidstation.domain.problems import Problem
from covidstation.domain.quarantine import Immunity, Quarantine
from covidstation.domain.text import TEXT_LIMIT, clean

MOST_DAYS: Final = 60  # of quarantine


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDraft:
    """What a form says of a contact. The case is a registered illness, or words where it is of another commune."""

    source_episode_id: UUID | None = None
    source_words: str = ""
    report_date: date | None = None
    last_contact_on: date | None = None
    proximity: ContactProximity | None = None
    relation: ContactRelation | None = None
    doses_known: int | None = None
    last_dose_on: date | None = None
    recovered_on: date | None = None  # from an earlier illness
    quarantine_type: QuarantineType | None = None  # None: as the rule says; NONE: watching oneself
    quarantine_address: str = ""  # empty: at the person's address
    quarantine_start: datetime | None = None
    quarantine_days: int | None = None
    quarantine_rule: str = ""
    note: str = ""

    @property
    def immunity(self) -> Immunity:
        """What the rule asks about protection."""
        return Immunity(doses_known=self.doses_known, last_dose_on=self.last_dose_on, recovered_on=self.recovered_on)

    @property
    def isolate(self) -> bool | None:
        """The answer where the law leaves it open; None when nobody has answered."""
        return None if self.quarantine_type is None else self.quarantine_type is not QuarantineType.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(ContactDraft):
    """A registered contact with its tests, oldest first."""

    id: UUID
    person_id: UUID
    status: ContactStatus = ContactStatus.ACTIVE
    quarantine_until: date | None = None
    end_reason: EndOfQuarantineReason | None = None
    ended_on: date | None = None
    became_episode_id: UUID | None = None
    tests: tuple[PathogenTest, ...] = ()


class ContactState(StrEnum):
    """Where a contact stands on a day."""

    WATCHED = "watched"  # in quarantine, nothing due
    SELF_WATCH = "self_watch"  # the law does not isolate: watching oneself
    TEST_DUE = "test_due"
    POSITIVE = "positive"  # a positive test that has not become a case yet
    MAY_END = "may_end"
    ENDED = "ended"
    CONVERTED = "converted"
    DROPPED = "dropped"  # no contact after all


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contact stands: its state, the day of the count, and the day on which the next test is due."""

    state: ContactState
    day: int | None = None
    test_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCase:
    """What a contact has to know of the case: whose it is, and since when it infects."""

    person_id: UUID
    infectious_from: date | None = None


def infectious_from(onset: date | None, sampled: date | None, days_before: int) -> date | None:
    """Since when a case infects others: some days before the onset, or before the first positive sample."""
    starts = [day for day in (onset, sampled) if day is not None]
    return min(starts) - timedelta(days=days_before) if starts else None


def standing_of(contact: Contact, quarantine: Quarantine | None, today: date, *, first_day_number: int = 0) -> Standing:
    """Where a contact stands on that day by its rule; `quarantine` is None when no rule is known for it."""
    if contact.status is not ContactStatus.ACTIVE:
        return Standing(_closed(contact))
    day = (today - contact.last_contact_on).days + first_day_number if contact.last_contact_on else None
    tests = live_tests(contact.tests)
    if any(test.result is TestResult.POSITIVE for test in tests):
        return Standing(ContactState.POSITIVE, day)
    until = contact.quarantine_until
    due = next_test(quarantine, tests, until) if quarantine is not None else None
    if due is not None and due <= today:
        return Standing(ContactState.TEST_DUE, day, due)
    if until is not None and today > until and due is None:
        return Standing(ContactState.MAY_END, day)
    free = contact.quarantine_type is QuarantineType.NONE
    return Standing(ContactState.SELF_WATCH if free else ContactState.WATCHED, day, due)


def next_test(quarantine: Quarantine, tests: Sequence[PathogenTest], until: date | None = None) -> date | None:
    """The first due day without a negative test on it or after it; a shortened quarantine (`until`) brings it forward.

    A result that is awaited or unclear does not count.
    """
    if not quarantine.needs_test:
        return None
    known = [test.sampled_on for test in tests if test.sampled_on and test.result is TestResult.NEGATIVE]
    newest = max(known, default=date.min)
    due = (min(day, until or day) for day in quarantine.tests_on)
    return next((day for day in due if day > newest), None)


def _closed(contact: Contact) -> ContactState:
    if contact.status is ContactStatus.CONVERTED:
        return ContactState.CONVERTED
    denied = contact.end_reason is None
    return ContactState.DROPPED if denied else ContactState.ENDED


def check_contact(
    draft: ContactDraft,
    *,
    person_id: UUID | None,
    birth: PartialDate | None,
    today: date,
    source: SourceCase | None = None,
) -> list[Problem]:
    """All that is wrong or odd in a contact, in the order of the form."""
    return [
        *_check_source(draft, person_id, source),
        *_check_dates(draft, birth, today),
        *_check_time(draft, source),
        *_check_doses(draft),
        *_check_quarantine(draft),
        *_check_texts(draft),
    ]


def _check_source(draft: ContactDraft, person_id: UUID | None, source: SourceCase | None) -> list[Problem]:
    if draft.source_episode_id is None and not clean(draft.source_words):
        return [Problem("source", "contacts.source_missing")]
    if source is not None and person_id is not None and source.person_id == person_id:
        return [Problem("source", "contacts.with_oneself")]
    return []


def _check_dates(draft: ContactDraft, birth: PartialDate | None, today: date) -> list[Problem]:
    found = []
    if draft.last_contact_on is None:
        found.append(Problem("last_contact_on", "contacts.last_contact_missing"))
    days = {
        "last_contact_on": draft.last_contact_on,
        "report_date": draft.report_date,
        "last_dose_on": draft.last_dose_on,
        "recovered_on": draft.recovered_on,
    }
    for field, day in days.items():
        if day is None:
            continue
        if day > today:
            found.append(Problem(field, "contacts.future", {"day": _day(day)}))
        elif birth is not None and day < birth.earliest:
            found.append(Problem(field, "contacts.before_birth", {"day": _day(day), "birth": birth.text()}))
    return found


def _check_time(draft: ContactDraft, source: SourceCase | None) -> list[Problem]:
    """A contact before the case infected anybody is odd; so is a case that healed after the contact."""
    found = []
    last, since = draft.last_contact_on, source.infectious_from if source else None
    if last and since and last < since:
        params = {"day": _day(last), "since": _day(since)}
        found.append(Problem("last_contact_on", "contacts.before_infectious", params, "warning"))
    if last and draft.recovered_on and draft.recovered_on > last:
        params = {"day": _day(draft.recovered_on), "last": _day(last)}
        found.append(Problem("recovered_on", "contacts.recovered_later", params, "warning"))
    return found


def _check_doses(draft: ContactDraft) -> list[Problem]:
    doses = draft.doses_known
    if doses is not None and doses < 0:
        return [Problem("doses_known", "episodes.doses_negative")]
    if doses is not None and doses > MOST_DOSES:
        return [Problem("doses_known", "episodes.doses_many", {"count": str(doses)}, "warning")]
    if doses == 0 and draft.last_dose_on:
        return [Problem("last_dose_on", "episodes.dose_day_without_dose", level="warning")]
    return []


def _check_quarantine(draft: ContactDraft) -> list[Problem]:
    days = draft.quarantine_days
    if days is not None and not 1 <= days <= MOST_DAYS:
        return [Problem("quarantine_days", "contacts.days", {"count": str(days), "most": str(MOST_DAYS)})]
    return []


def _check_texts(draft: ContactDraft) -> list[Problem]:
    texts = {
        "source": (draft.source_words, TEXT_LIMIT),
        "quarantine_address": (draft.quarantine_address, TEXT_LIMIT),
        "note": (draft.note, NOTE_LIMIT),
    }
    return [
        Problem(field, "episodes.text_long", {"count": str(len(text)), "most": str(most)})
        for field, (text, most) in texts.items()
        if len(text) > most
    ]


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
