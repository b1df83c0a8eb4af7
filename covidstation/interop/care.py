"""What was done: checks, calls and transfers as Encounter, what was measured as Observation, medicines, doses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from covidstation.domain.care import CallResult, VisitMeans, VisitStatus
from covidstation.domain.episodes import CaseOutcome
from covidstation.interop.elements import (
    HL7,
    Element,
    Item,
    Words,
    codeable,
    coded,
    concept,
    label,
    many,
    moment,
    named,
    note,
    part,
    period,
    plain,
    quantity,
    ref,
    resource,
)
from covidstation.interop.records import Away, Call, Check, Given, PersonRecord
from covidstation.interop.words import NOT_MET, NOT_REACHED

ACTS: Final = {
    VisitMeans.VISIT: {"system": f"{HL7}v3-ActCode", "code": "HH", "display": "home health"},
    VisitMeans.PHONE: {"system": f"{HL7}v3-ActCode", "code": "VR", "display": "virtual"},
}
DISPENSING: Final = "http://terminology.hl7.org/fhir/CodeSystem/medicationdispense-category"
INPATIENT: Final = {"system": f"{HL7}v3-ActCode", "code": "IMP", "display": "inpatient encounter"}
VITAL: Final = coded(f"{HL7}observation-category", "vital-signs", "Vital Signs")
_MEASURES: Final = (  # name, words, unit as people read it, its UCUM code, how many of the kept ones make one
    ("temperature", "Nhiệt độ", "°C", "Cel", 10),
    ("spo2", "SpO2", "%", "%", 1),
    ("pulse", "Mạch", "lần/phút", "/min", 1),
    ("breaths", "Nhịp thở", "lần/phút", "/min", 1),
)
_PRESSURES: Final = (("systolic", "Huyết áp tối đa"), ("diastolic", "Huyết áp tối thiểu"))


def checks(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each check: the encounter, then what was found at it."""
    subject = ref("Patient", record.person.id)
    for one in record.checks:
        met = one.status is VisitStatus.COOPERATIVE
        why = "" if met else ". ".join(filter(None, (NOT_MET[one.status], one.reason, one.note)))
        yield Item(_encounter(one, ACTS[one.means], subject, words, why), one.at.date())
        if met:
            for found in _found(one, subject, words):
                yield Item(found, one.at.date())


def _encounter(one: Check | Call, act: Element, subject: Element, words: Words, why: str) -> Element:
    """`why`: nobody was met, so that it did not take place."""
    at = moment(one.at, words.zone)
    return resource(
        "Encounter",
        one.id,
        status="cancelled" if why else "finished",
        class_=act,
        subject=subject,
        participant=[{"individual": named(one.by_name)}] if plain(one.by_name) else None,
        period={"start": at, "end": at},
        reasonCode=many(codeable(why)),
        reasonReference=[ref("Condition", one.illness_id)] if one.illness_id else None,
        serviceProvider=ref("Organization", words.holder.id),
    )


def _found(one: Check, subject: Element, words: Words) -> Iterator[Element]:
    for name, shown, unit, code, parts in _MEASURES:
        value = getattr(one.vitals, name)
        if value is not None:
            number = quantity(float(Fraction(value, parts)) if parts > 1 else value, unit, code)
            yield _vital(one, subject, words, name, shown, valueQuantity=number)
    pressures = [
        {
            "code": label(shown, words.terms, f"measure.{name}"),
            "valueQuantity": quantity(getattr(one.vitals, name), "mmHg", "mm[Hg]"),
        }
        for name, shown in _PRESSURES
        if getattr(one.vitals, name) is not None
    ]
    if pressures:
        yield _vital(one, subject, words, "pressure", "Huyết áp", component=pressures)
    if one.symptoms or one.asked:
        seen = [
            {"code": concept(_label(code, words), words.terms, f"symptom.{code}"), "valueBoolean": True}
            for code in sorted(one.symptoms)
        ]
        none = None if seen else label("Không có triệu chứng", words.terms)
        yield _said(one, subject, words, "symptoms", "Triệu chứng", component=seen, valueCodeableConcept=none)
    if plain(one.note):
        yield _said(one, subject, words, "note", "Ghi chú khi theo dõi", valueString=plain(one.note))


def _label(code: str, words: Words) -> str:
    return words.symptoms[code].label if code in words.symptoms else code


def _vital(one: Check, subject: Element, words: Words, name: str, shown: str, **value: Any) -> Element:
    return _observed(one, subject, words, name, VITAL, label(shown, words.terms, f"measure.{name}"), **value)


def _said(one: Check | Call, subject: Element, words: Words, name: str, shown: str, **value: Any) -> Element:
    survey = coded(f"{HL7}observation-category", "survey", "Survey")
    return _observed(one, subject, words, name, survey, label(shown, words.terms), **value)


def _observed(
    one: Check | Call,
    subject: Element,
    words: Words,
    name: str,
    category: Element,
    code: Element | None,
    **value: Any,
) -> Element:
    return resource(
        "Observation",
        part(one.id, name),
        status="final",
        category=[category],
        code=code,
        subject=subject,
        encounter=ref("Encounter", one.id),
        effectiveDateTime=moment(one.at, words.zone),
        performer=many(named(one.by_name)),
        **value,
    )


def calls(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each phone call, and what was said."""
    subject = ref("Patient", record.person.id)
    for one in record.calls:
        why = "" if one.result is CallResult.REACHED else NOT_REACHED[one.result]
        yield Item(_encounter(one, ACTS[VisitMeans.PHONE], subject, words, why), one.at.date())
        if plain(one.summary):
            said = _said(one, subject, words, "summary", "Nội dung gọi điện", valueString=plain(one.summary))
            yield Item(said, one.at.date())


def transfers(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each stay at a higher level; over when the person came back, or when the illness has ended."""
    ended = {one.episode.id for one in record.illnesses if one.episode.outcome is not CaseOutcome.NO_OUTCOME}
    for one in record.away:
        yield Item(
            _transfer(record, one, words, over=bool(one.returned_at) or one.illness_id in ended), one.left_at.date()
        )


def _transfer(record: PersonRecord, one: Away, words: Words, *, over: bool) -> Element:
    back = moment(one.returned_at, words.zone) if one.returned_at else None
    why = ". ".join(filter(None, (one.reason, one.state, one.treatment)))
    return resource(
        "Encounter",
        one.id,
        status="finished" if over else "in-progress",
        class_=INPATIENT,
        type_=[{"text": "Chuyển tuyến"}],
        subject=ref("Patient", record.person.id),
        participant=[{"individual": named(one.by_name)}] if plain(one.by_name) else None,
        period=period(moment(one.left_at, words.zone), back),
        reasonCode=many(codeable(why)),
        reasonReference=[ref("Condition", one.illness_id)],
        serviceProvider=named(one.facility),
    )


def medicines(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each medicine, and the weight that its dose was reckoned by, once a giving."""
    weighed: set[UUID] = set()
    for one in record.given:
        yield Item(_medicine(record, one, words), one.at.date())
        if one.weight and one.giving not in weighed:
            weighed.add(one.giving)
            yield Item(_weight(record, one.giving, one.weight, one.at, words), one.at.date())


def _medicine(record: PersonRecord, one: Given, words: Words) -> Element:
    """Dispensed by the station; a statement where nothing was handed over."""
    subject, at = ref("Patient", record.person.id), moment(one.at, words.zone)
    name = concept(one.name)
    doses = many({"text": plain(one.dose)} if plain(one.dose) else None)
    about = [ref("Condition", one.illness_id)] if one.illness_id else None
    if one.quantity <= 0:
        return resource(
            "MedicationStatement",
            one.id,
            status="unknown",
            medicationCodeableConcept=name,
            subject=subject,
            effectiveDateTime=at,
            reasonReference=about,
            note=note(one.reason),
            dosage=doses,
        )
    return resource(
        "MedicationDispense",
        one.id,
        status="completed",
        category=coded(DISPENSING, "community", "Community"),
        medicationCodeableConcept=name,
        subject=subject,
        supportingInformation=about,
        performer=[{"actor": named(one.by_name)}] if plain(one.by_name) else None,
        quantity={"value": one.quantity} | ({"unit": plain(one.unit)} if plain(one.unit) else {}),
        daysSupply=quantity(one.days, "ngày", "d") if one.days else None,
        whenHandedOver=at,
        note=note(one.reason),
        dosageInstruction=doses,
    )


def _weight(record: PersonRecord, giving: UUID, weight: int, at: datetime, words: Words) -> Element:
    return resource(
        "Observation",
        part(giving, "weight"),
        status="final",
        category=[VITAL],
        code=label("Cân nặng", words.terms, "measure.weight"),
        subject=ref("Patient", record.person.id),
        effectiveDateTime=moment(at, words.zone),
        valueQuantity=quantity(float(Fraction(weight, 10)), "kg", "kg"),
    )
