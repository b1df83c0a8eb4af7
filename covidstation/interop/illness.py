"""One illness: Condition, the tests as Observation, isolation and follow-up as CarePlan; a contact's quarantine too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from covidstation.domain.care import ContactStatus, EndOfQuarantineReason, FollowUpStatus
from covidstation.domain.contacts import Contact
from covidstation.domain.episodes import CaseClassification, CaseOutcome, Episode, QuarantineType, TestResult
from covidstation.interop.elements import (
    HL7,
    Element,
    Item,
    Words,
    codeable,
    coded,
    day,
    filled,
    label,
    many,
    moment,
    named,
    note,
    part,
    period,
    plain,
    ref,
    resource,
)
from covidstation.interop.records import Illness, Later, PersonRecord, Tested
from covidstation.interop.words import MEANS, PLACES, RESULTS, RISKS, TESTS

SURE: Final = {
    CaseClassification.CONFIRMED: "confirmed",
    CaseClassification.CONFIRMED_NO_SYMPTOMS: "confirmed",
    CaseClassification.PROBABLE: "provisional",
    CaseClassification.SUSPECT: "unconfirmed",
    CaseClassification.NOT_CLASSIFIED: "unconfirmed",
    CaseClassification.NO_CASE: "refuted",
}
_STATES: Final = {
    CaseOutcome.NO_OUTCOME: "active",
    CaseOutcome.RECOVERED: "resolved",
    CaseOutcome.DECEASED: "inactive",
}
_STEPS: Final = {
    FollowUpStatus.PENDING: "scheduled",
    FollowUpStatus.DONE: "completed",
    FollowUpStatus.REMOVED: "cancelled",
    FollowUpStatus.NOT_EXECUTABLE: "stopped",
}


def illness(record: PersonRecord, one: Illness, words: Words) -> Iterator[Item]:
    """The condition, then its plans."""
    episode = one.episode
    yield Item(_condition(record, episode, words), episode.report_date)
    if episode.isolation_start or one.until:
        yield Item(_isolation(one, words), episode.report_date)
    later = [found for found in record.later if found.illness_id == episode.id]
    if later:
        yield Item(_follow_up(episode, later, words), episode.outcome_on or min(found.due_on for found in later))


def _condition(record: PersonRecord, episode: Episode, words: Words) -> Element:
    """Without a clinical status where nobody knows how the illness ended."""
    sure = SURE[episode.classification]
    state = "inactive" if sure == "refuted" else _STATES.get(episode.outcome)
    found = "identified" if sure in ("confirmed", "refuted") else "unidentified"
    symptoms = [_symptom(code, words) for code in sorted(episode.symptoms)]
    tests = [
        ref("Observation", tested.id)
        for tested in record.tests
        if tested.illness_id == episode.id and tested.test.result is TestResult.POSITIVE
    ]
    return resource(
        "Condition",
        episode.id,
        clinicalStatus=coded(f"{HL7}condition-clinical", state) if state else None,
        verificationStatus=coded(f"{HL7}condition-ver-status", sure),
        category=[coded(f"{HL7}condition-category", "encounter-diagnosis")],
        code=label("COVID-19", words.terms, f"disease.{found}"),
        subject=ref("Patient", record.person.id),
        onsetDateTime=day(episode.onset_date),
        abatementDateTime=day(episode.outcome_on) if episode.outcome is CaseOutcome.RECOVERED else None,
        recordedDate=day(episode.report_date),
        evidence=many(*({"code": [one]} for one in symptoms if one), {"detail": tests} if tests else None),
        note=note(episode.note, episode.outcome_note),
    )


def _symptom(code: str, words: Words) -> Element | None:
    shown = words.symptoms[code].label if code in words.symptoms else code
    return codeable(shown, words.terms, f"symptom.{code}")


def _isolation(one: Illness, words: Words) -> Element:
    episode = one.episode
    start = moment(episode.isolation_start, words.zone) if episode.isolation_start else day(episode.report_date)
    status = "active" if episode.outcome is CaseOutcome.NO_OUTCOME else "completed"
    if episode.classification is CaseClassification.NO_CASE:
        status = "revoked"
    checks = episode.checks_a_day
    return resource(
        "CarePlan",
        part(episode.id, "isolation"),
        status=status,
        intent="plan",
        category=[{"text": "Cách ly"}],
        title="Cách ly, theo dõi F0",
        description=plain(PLACES[episode.isolation_type], episode.isolation_address),
        subject=ref("Patient", episode.person_id),
        period=period(start, day(one.until)),
        author=ref("Organization", words.holder.id),
        addresses=[ref("Condition", episode.id)],
        activity=[
            _activity(
                "Đo, hỏi sức khoẻ", "in-progress" if status == "active" else "completed", f"{checks} lần mỗi ngày"
            )
        ]
        if checks
        else None,
    )


def _activity(description: str, status: str, scheduled: str = "", **more: object) -> Element:
    return {"detail": filled({"status": status, "description": description, "scheduledString": scheduled, **more})}


def _follow_up(episode: Episode, later: list[Later], words: Words) -> Element:
    """The months after: each visit or call with its day, its answer once it was done."""
    activities = []
    for one in sorted(later, key=lambda found: found.due_on):
        when = period(day(one.due_on), day(one.due_on))
        activity = _activity(MEANS[one.means], _STEPS[one.status], scheduledPeriod=when)
        answer = plain(one.result)
        if answer:
            told = {"time": moment(one.done_at, words.zone) if one.done_at else None, "text": answer}
            activity = {"progress": [filled(told)], **activity}
        activities.append(activity)
    open_ = any(one.status is FollowUpStatus.PENDING for one in later)
    return resource(
        "CarePlan",
        part(episode.id, "follow-up"),
        status="active" if open_ else "completed",
        intent="plan",
        category=[{"text": "Theo dõi sau khỏi"}],
        title="Hỏi thăm sau khi khỏi COVID-19",
        subject=ref("Patient", episode.person_id),
        period=period(day(min(one.due_on for one in later)), day(max(one.due_on for one in later))),
        author=ref("Organization", words.holder.id),
        addresses=[ref("Condition", episode.id)],
        activity=activities,
    )


def tests(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each test that stands; one whose result has not come is registered and has no value."""
    for one in record.tests:
        yield Item(_test(record, one, words), one.test.sampled_on or one.written_on)


def _test(record: PersonRecord, one: Tested, words: Words) -> Element:
    test = one.test
    waits = test.result is TestResult.PENDING
    value = None if waits else label(RESULTS[test.result], words.terms, f"result.{test.result}")
    letter = None if waits else codeable("", words.terms, f"interpretation.{test.result}")
    return resource(
        "Observation",
        one.id,
        status="registered" if waits else "final",
        category=[coded(f"{HL7}observation-category", "laboratory", "Laboratory")],
        code=label(TESTS[test.kind], words.terms, f"test.{test.kind}"),
        subject=ref("Patient", record.person.id),
        effectiveDateTime=day(test.sampled_on),
        performer=many(named(test.place)),
        device=named(test.kit),
        valueCodeableConcept=value,
        interpretation=many(letter),
    )


def groups(record: PersonRecord, words: Words) -> Iterator[Item]:
    """The risk group of each triage."""
    for one in record.groups:
        made = resource(
            "Observation",
            one.id,
            status="final",
            category=[coded(f"{HL7}observation-category", "survey", "Survey")],
            code=label("Nhóm nguy cơ", words.terms),
            subject=ref("Patient", record.person.id),
            effectiveDateTime=moment(one.at, words.zone),
            performer=many(named(one.by_name)),
            valueCodeableConcept=label(RISKS[one.chosen], words.terms),
            note=note(one.words),
        )
        yield Item(made, one.at.date())


def quarantine(contact: Contact, words: Words) -> Item:
    """A contact (F1). Whose contact it was is another person's record and stays out."""
    started = contact.quarantine_start
    start = moment(started, words.zone) if started else day(contact.report_date)
    where = contact.quarantine_type or QuarantineType.HOME
    made = resource(
        "CarePlan",
        contact.id,
        status=_standing(contact),
        intent="plan",
        category=[{"text": "Theo dõi tiếp xúc"}],
        title="Theo dõi người tiếp xúc (F1)",
        description=plain(PLACES[where], contact.quarantine_address),
        subject=ref("Patient", contact.person_id),
        period=period(start, day(contact.ended_on or contact.quarantine_until)),
        created=day(contact.report_date),
        author=ref("Organization", words.holder.id),
        note=note(contact.note),
    )
    return Item(made, contact.report_date)


def _standing(contact: Contact) -> str:
    if contact.status is ContactStatus.ACTIVE:
        return "active"
    kept = contact.status is ContactStatus.CONVERTED or contact.end_reason is EndOfQuarantineReason.ASYMPTOMATIC
    return "completed" if kept else "revoked"
