"""The person and the station: Patient, Organization, the diseases and states that are known of the person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.people import Person
from covidstation.domain.terms import Answer, Sex
from covidstation.interop.elements import (
    HL7,
    Element,
    Item,
    Words,
    codeable,
    coded,
    day,
    filled,
    many,
    named,
    part,
    plain,
    ref,
    resource,
)
from covidstation.interop.records import Holder, PersonRecord

GENDERS: Final = {Sex.MALE: "male", Sex.FEMALE: "female", Sex.OTHER: "other", Sex.UNKNOWN: "unknown"}


def organization(holder: Holder) -> Element:
    """The station, of which the patients are."""
    commune = {"type": {"text": "Mã xã"}, "value": plain(holder.commune_code)}
    return resource(
        "Organization",
        holder.id,
        identifier=[commune] if commune["value"] else None,
        active=True,
        type_=[coded(f"{HL7}organization-type", "prov", "Healthcare Provider")],
        name=plain(holder.name) or "Trạm Y tế",
        telecom=_phone(holder.phone, "work"),
        partOf=named(holder.upper),
    )


def patient(record: PersonRecord, words: Words) -> Item:
    """The Patient. A name is text alone: which of its words is the family's is not known for every people."""
    person = record.person
    return Item(
        resource(
            "Patient",
            person.id,
            identifier=list(_identifiers(person)),
            active=True,
            name=[filled({"use": "official", "text": plain(person.full_name) or "?"})],
            telecom=_phone(person.phone, "mobile"),
            gender=GENDERS[person.sex],
            birthDate=_birth(person.birth),
            deceasedDateTime=_died(record),
            address=_addresses(record),
            contact=list(_parents(person)),
            managingOrganization=ref("Organization", words.holder.id),
        )
    )


def _identifiers(person: Person) -> Iterator[Element]:
    """The numbers of the cards. No system: no URI of theirs was seen anywhere, and none is made up."""
    kinds = (
        ("NI", "National unique individual identifier", "Số căn cước", person.citizen_number),
        ("NI", "National unique individual identifier", "Số CMND cũ", person.old_citizen_number),
        ("HC", "Health Card Number", "Số thẻ BHYT", person.insurance_number),
    )
    for code, display, words, number in kinds:
        value = plain(number)
        if value:
            yield {"type": coded(f"{HL7}v2-0203", code, display) | {"text": words}, "value": value}


def _phone(number: str, use: str) -> list[Element] | None:
    value = plain(number)
    return [{"system": "phone", "value": value, "use": use}] if value else None


def _birth(birth: PartialDate | None) -> str | None:
    """As far as it is known: a year, a month, a day."""
    if birth is None:
        return None
    parts = (f"{birth.year:04d}", birth.month, birth.day)
    return "-".join(one if isinstance(one, str) else f"{one:02d}" for one in parts if one is not None)


def _died(record: PersonRecord) -> str | None:
    ends = [one.episode for one in record.illnesses if one.episode.outcome is CaseOutcome.DECEASED]
    return day(next((end.outcome_on for end in ends if end.outcome_on), None))


def _addresses(record: PersonRecord) -> list[Element]:
    """Where the person lives now, and what is printed on the card."""
    person = record.person
    now = plain(", ".join(filter(None, (person.address_detail, record.place))))
    printed = plain(person.address_printed)
    return many(
        {"use": "home", "text": now, "country": "VN"} if now else None,
        {"type": "postal", "text": printed, "country": "VN"} if printed else None,
    )


def _parents(person: Person) -> Iterator[Element]:
    for code, display, name in (("FTH", "father", person.father_name), ("MTH", "mother", person.mother_name)):
        shown = plain(name)
        if shown:
            yield {"relationship": [coded(f"{HL7}v3-RoleCode", code, display)], "name": {"text": shown}}


def known(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Underlying diseases as problems, pregnancy as an observation; both without a day."""
    person, subject = record.person, ref("Patient", record.person.id)
    for code in sorted(person.conditions):
        shown = words.conditions[code].label if code in words.conditions else code
        yield Item(
            resource(
                "Condition",
                part(person.id, f"condition:{code}"),
                clinicalStatus=coded(f"{HL7}condition-clinical", "active"),
                category=[coded(f"{HL7}condition-category", "problem-list-item")],
                code=codeable(shown, words.terms, f"condition.{code}"),
                subject=subject,
            )
        )
    if person.pregnancy is not Answer.UNKNOWN:
        yield Item(
            resource(
                "Observation",
                part(person.id, "pregnancy"),
                status="final",
                category=[coded(f"{HL7}observation-category", "social-history")],
                code=codeable("Đang mang thai"),
                subject=subject,
                valueBoolean=person.pregnancy is Answer.YES,
            )
        )
