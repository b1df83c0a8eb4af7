"""Which fields of a row move together, and by which rule: the registry of merging (docs/adr/0026).

It belongs to the schema version: both ends must have the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

WHOLE: Final = "*"  # the group of a deletion


class Rule(StrEnum):
    """Which of two concurrent values stands."""

    LWW = "lww"  # the higher stamp
    MANUAL = "manual"  # the station's, and a person must decide


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of one table that are one value."""

    name: str
    fields: tuple[str, ...]
    rule: Rule = Rule.LWW


EVENTS: Final = frozenset(
    {
        "pathogen_test",
        "visit",
        "treatment",
        "phone_call",
        "risk_assessment",
        "isolation_change",
        "paper_delivery",
        "daily_report",
        "consent",
        "purge",
        "residence",
        "chronic_visit",
        "supply_movement",
        "review_visit",
        "session_waste",
        "fridge_reading",
        "fridge_verdict",
        "dispensing",
        "vaccine_dose",
    }
)
"""Clinical events and what was sent: never changed by a merge, only voided by another row. All fields are one value."""

EVENT: Final = "event"
WHOSE: Final = "person_id"
"""A group of its own in every table, events too: it changes when two records of one person are merged, or parted again,
and says nothing of what happened."""

GROUPS: Final[Mapping[str, tuple[Group, ...]]] = MappingProxyType(
    {
        "person": (
            Group("birth", ("birth_year", "birth_month", "birth_day")),
            Group("card", ("citizen_number", "old_citizen_number", "citizen_issued_on"), Rule.MANUAL),
            Group("address", ("hamlet_id", "address_printed", "address_unit", "address_detail")),
            Group("parents", ("father_name", "mother_name")),
            Group("work", ("occupation", "workplace")),
        ),
        "household": (Group("head", ("head_id", "head_name")), Group("place", ("hamlet_id", "address"))),
        "episode": (
            Group("doses", ("doses_known", "last_dose_on")),
            Group("outcome", ("outcome", "outcome_on", "outcome_place", "outcome_note")),
            Group(
                "isolation",
                (
                    "isolation_type",
                    "isolation_address",
                    "isolation_start",
                    "isolation_days",
                    "isolation_until",
                    "isolation_rule",
                    "isolation_end_reason",
                ),
            ),
        ),
        "contact": (
            Group("doses", ("doses_known", "last_dose_on")),
            Group("source", ("source_episode_id", "source_words")),
            Group("ending", ("status", "end_reason", "ended_on", "became_episode_id")),
            Group(
                "quarantine",
                (
                    "quarantine_type",
                    "quarantine_address",
                    "quarantine_start",
                    "quarantine_days",
                    "quarantine_until",
                    "quarantine_rule",
                ),
            ),
        ),
        "alert": (Group("answer", ("answered_at", "answered_by", "answer", "note")),),
        "hospitalization": (
            Group("return", ("returned_at", "return_note")),
            Group("leaving", ("left_at", "facility", "facility_level", "reason", "state", "course", "treatment")),
        ),
        "follow_up": (Group("result", ("status", "done_at", "result", "note", "by_name")),),
        "case_notice": (Group("entry", ("entered_at", "entered_by", "system_number", "note")),),
        "paper": (Group("void", ("voided_at", "void_reason")),),
        "station": (
            Group("head", ("head_name", "head_title")),
            Group("chairman", ("chairman_name", "chairman_title")),
        ),
        "duty": (
            Group("time", ("valid_from", "valid_until")),
            Group("place", ("hamlet_id", "trip", "first_house", "last_house")),
        ),
        "chronic_condition": (
            Group("disease", ("code", "label", "group_code")),
            Group("diagnosis", ("diagnosed_year", "diagnosed_month", "diagnosed_day", "diagnosed_at")),
            Group("status", ("status", "removed_on", "removed_reason", "removed_note")),
            Group("targets", ("target_systolic", "target_diastolic", "target_fasting", "target_hba1c")),
        ),
        "supply_item": (Group("what", ("kind", "name", "sort_key", "strength", "form", "unit")),),
        "supply_lot": (Group("label", ("number", "expiry")),),
        "prescription": (
            Group("dose", ("amount", "times")),
            Group("ending", ("ended_on", "end_reason")),
            Group("supply", ("handed_on", "runs_out_on")),
        ),
        "vaccination_session": (
            Group("time", ("day", "part")),
            Group("place", ("place", "hamlet_id", "address")),
            Group("state", ("status", "opened_at", "closed_at", "closed_by")),
        ),
        "vaccination_target": (
            Group("goal", ("level", "percent", "count")),
            Group("who", ("first_age", "end_age", "group_code", "hamlet_id")),
            Group("time", ("given_on", "until")),
        ),
        "session_take": (Group("count", ("left_doses", "difference", "difference_reason", "counted_by")),),
        "session_person": (
            Group(
                "screening",
                (
                    "temperature",
                    "pulse",
                    "breaths",
                    "systolic",
                    "diastolic",
                    "answers",
                    "weeks",
                    "proposed",
                    "outcome",
                    "outcome_reason",
                    "rule",
                    "screened_at",
                    "screened_by",
                ),
            ),
            Group("consent", ("consent", "guardian_name", "guardian_relation", "guardian_phone")),
            Group("without", ("no_dose", "no_dose_reason", "again_on", "stance_id")),
            Group("leaving", ("left_at", "left_by")),
        ),
        "adverse_event": (
            Group("what", ("kinds", "severe", "began_at", "grade", "rule")),
            Group("sent", ("sent_to", "sent_at")),
            Group("report", ("reported_at", "reported_to", "report_number")),
            Group("ending", ("ending", "ended_on", "end_note")),
        ),
        "review": (Group("time", ("first_day", "last_day")),),
        "vulnerability": (
            Group("step", ("next_step", "due_on")),
            Group("closing", ("closed_on", "closed_reason", "closed_by")),
        ),
        "work_share": (Group("who", ("name", "phone", "user_id")),),
        "vaccine_stance": (
            Group("what", ("kind", "product")),
            Group("step", ("next_step", "due_on")),
            Group("closing", ("closed_on", "closed_reason")),
        ),
    }
)


@lru_cache(maxsize=4096)
def group_of(table: str, field: str) -> Group:
    """The group of a field; one that no table names is alone, and the higher stamp stands."""
    if table in EVENTS and field != WHOSE:
        return Group(EVENT, (field,), Rule.MANUAL)
    for group in GROUPS.get(table, ()):
        if field in group.fields:
            return group
    return Group(field, (field,))


def group_named(table: str, name: str) -> Group:
    """The group of that name."""
    found = next((one for one in GROUPS.get(table, ()) if one.name == name), None)
    if found is not None:
        return found
    return Group(name, () if name in (EVENT, WHOLE) else (name,), Rule.MANUAL if name == EVENT else Rule.LWW)


def grouped(table: str, names: Iterable[str]) -> list[tuple[Group, tuple[str, ...]]]:
    """The fields that a line names, by their groups, in the line's order."""
    found: dict[str, tuple[Group, list[str]]] = {}
    for name in names:
        group = group_of(table, name)
        found.setdefault(group.name, (group, []))[1].append(name)
    return [(group, tuple(fields)) for group, fields in found.values()]


@lru_cache(maxsize=4096)
def whole_groups(table: str, names: frozenset[str]) -> frozenset[str]:
    """These fields and all that move with them: what a line must name, so that no reader mixes two values."""
    if table in EVENTS:
        return names
    return names.union(*(group_of(table, name).fields for name in names))
