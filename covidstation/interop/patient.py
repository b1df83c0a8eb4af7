"""The person and the station: Patient, Organization, the diseases and states that are known of the person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.people import Person
from covidstation.domain.residence import Living, Stay
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
    period,
    plain,
    ref,
    resource,
)
from covidstation.interop.records import Holder, PersonRecord

GENDERS: Final = {Sex.MALE: "male", Sex.FEMALE: "female", Sex.OTHER: "other", Sex.UNKNOWN: "unknown"}
HAMLET: Final = "urn:covidstation:fhir:hamlet"  # R4 has no reference in an Address


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


def hamlets(holder: Holder) -> Iterator[Element]:
    """The commune and its hamlets, those that are no longer in use as `inactive`: no person is in them."""
    if not holder.hamlets:
        return
    commune, kind = part(holder.id, "commune"), coded(f"{HL7}location-physical-type", "jdn", "Jurisdiction")
    shared = {"mode": "instance", "physicalType": kind, "managingOrganization": ref("Organization", holder.id)}
    code = plain(holder.commune_code)
    number = [{"type": {"text": "Mã xã"}, "value": code}] if code else None
    named_so = f"Địa bàn {plain(holder.name) or 'Trạm Y tế'}"
    yield resource("Location", commune, identifier=number, status="active", name=named_so, **shared)
    for one in holder.hamlets:
        yield resource(
            "Location",
            one.id,
            status="active" if one.until is None else "inactive",
            name=plain(one.name) or "?",
            type_=many(codeable(one.kind)),
            partOf=ref("Location", commune),
            **shared,
        )


def patient(record: PersonRecord, words: Words) -> Item:
    """The Patient. A name is text alone: which of its words is the family's is not known for every people."""
    person, died = record.person, _died(record)
    return Item(
        resource(
            "Patient",
            person.id,
            identifier=list(_identifiers(person)),
            active=record.active,
            name=[filled({"use": "official", "text": plain(person.full_name) or "?"})],
            telecom=_phone(person.phone, "mobile"),
            gender=GENDERS[person.sex],
            birthDate=_birth(person.birth),
            **({"deceasedBoolean": True} if died is True else {"deceasedDateTime": died}),
            address=_addresses(record, words.holder),
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


def _died(record: PersonRecord) -> str | bool | None:
    """The day, by the register's own account or an illness's; True where only the death is known."""
    ends = [one.episode for one in record.illnesses if one.episode.outcome is CaseOutcome.DECEASED]
    on = record.died_on or next((end.outcome_on for end in ends if end.outcome_on), None)
    return day(on) or (True if record.dead or ends else None)


def _addresses(record: PersonRecord, holder: Holder) -> list[Element]:
    """Where the station managed the person and when, the present first; what is printed on the card.

    Somebody whom it never managed has the words alone, without `type`.
    """
    person = record.person
    now = plain(", ".join(filter(None, (person.address_detail, record.place))))
    printed = plain(person.address_printed)
    stays: list[Element | None] = [_stay(one, now, holder) for one in reversed(record.stays)]
    return many(
        *(stays or [{"use": "home", "text": now, "country": "VN"} if now else None]),
        {"type": "postal", "text": printed, "country": "VN"} if printed else None,
    )


def _stay(stay: Stay, now: str | None, holder: Holder) -> Element:
    """One stay; its hamlet by id, too, since a name can come twice."""
    ended = stay.last is not None
    name = next((one.name for one in holder.hamlets if one.id == stay.hamlet_id), None)
    home = "old" if ended else "home"
    return filled(
        {
            "extension": [{"url": HAMLET, "valueReference": ref("Location", stay.hamlet_id)}] if name and stay.hamlet_id
            else None,
            "use": "temp" if stay.living == Living.TEMPORARY else home,
            "type": "physical",
            "text": plain(name or "") if ended else now,
            "country": "VN",
            "period": period(day(stay.first), day(stay.last)),
        }
    )  # fmt: skip


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
