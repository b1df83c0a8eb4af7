"""The chronic register and daily medicines.

Diseases are Conditions, visits Encounters with what was measured, medicines MedicationRequests, what was handed out a
MedicationDispense, or a MedicationStatement where the family had it from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from covidstation.domain.chronic import Condition, RemovedReason, category
from covidstation.domain.chronic_visits import ChronicVisit, VisitPlace
from covidstation.domain.dates import PartialDate
from covidstation.domain.dispensing import Origin
from covidstation.domain.glucose import GlucoseKind, GlucoseUnit, glucose_number
from covidstation.domain.prescriptions import EndReason
from covidstation.domain.text import clean
from covidstation.interop.care import DISPENSING, VITAL
from covidstation.interop.elements import (
    HL7,
    Element,
    Item,
    Words,
    coded,
    day,
    filled,
    label,
    many,
    named,
    note,
    part,
    plain,
    quantity,
    ref,
    resource,
)
from covidstation.interop.records import HandedOut, PersonRecord, Taken

ICD: Final = "http://hl7.org/fhir/sid/icd-10"
ATC: Final = "http://www.whocc.no/atc"
_ACTS: Final = {
    VisitPlace.STATION: {"system": f"{HL7}v3-ActCode", "code": "AMB", "display": "ambulatory"},
    VisitPlace.HOME: {"system": f"{HL7}v3-ActCode", "code": "HH", "display": "home health"},
    VisitPlace.PHONE: {"system": f"{HL7}v3-ActCode", "code": "VR", "display": "virtual"},
}
_MOMENTS: Final = {
    GlucoseKind.FASTING: "Đường huyết lúc đói",
    GlucoseKind.RANDOM: "Đường huyết bất kỳ",
    GlucoseKind.TWO_HOURS: "Đường huyết 2 giờ sau ăn",
}
_MEASURES: Final = (  # name, words, unit as people read it, its UCUM code, how many of the kept ones make one
    ("pulse", "Mạch", "lần/phút", "/min", 1),
    ("weight", "Cân nặng", "kg", "kg", 10),
    ("height", "Chiều cao", "cm", "cm", 10),
    ("waist", "Vòng bụng", "cm", "cm", 10),
    ("hba1c", "HbA1c", "%", "%", 10),
)
_SAID: Final = (
    ("symptoms", "Triệu chứng"),
    ("complications", "Biến chứng"),
    ("referred_to", "Chuyển đến"),
    ("back", "Kết quả tuyến trên"),
    ("sentence", "So với đích"),
    ("note", "Ghi chú khi khám"),
)


def diseases(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each disease in the register. One that was a wrong entry says so and nothing of how it stands."""
    for one in record.followed:
        wrong = one.removed_reason is RemovedReason.WRONG
        state = "active" if one.active else "inactive"
        sure = "entered-in-error" if wrong else "confirmed"
        made = resource(
            "Condition",
            one.id,
            clinicalStatus=None if wrong else coded(f"{HL7}condition-clinical", state),
            verificationStatus=coded(f"{HL7}condition-ver-status", sure),
            category=[coded(f"{HL7}condition-category", "problem-list-item")],
            code=_icd(one, words),
            subject=ref("Patient", record.person.id),
            onsetDateTime=partial_day(one.diagnosed),
            recordedDate=day(one.registered_on),
            note=note(one.treatment, one.note, one.removed_note),
        )
        yield Item(made, one.registered_on)


def _icd(one: Condition, words: Words) -> Element:
    named_so = words.diseases.get(one.code) or words.diseases.get(category(one.code), "")
    shown = plain(one.label) or plain(named_so) or plain(one.code)
    return filled({"coding": [{"system": ICD, "code": one.code}], "text": shown})


def partial_day(told: PartialDate | None) -> str | None:
    """As far as it is known: a year, a month, a day."""
    if told is None:
        return None
    parts = [f"{told.year:04d}", *(f"{one:02d}" for one in (told.month, told.day) if one is not None)]
    return "-".join(parts)


def visits(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each visit: the encounter, then what was found at it."""
    subject = ref("Patient", record.person.id)
    for one in record.seen:
        yearly = [{"text": "Khám sức khoẻ định kỳ người cao tuổi"}] if one.yearly else None
        encounter = resource(
            "Encounter",
            one.id,
            status="finished",
            class_=_ACTS[one.place],
            type_=yearly,
            subject=subject,
            participant=[{"individual": named(one.by_name)}] if plain(one.by_name) else None,
            period={"start": day(one.day), "end": day(one.day)},
            reasonReference=[ref("Condition", held.id) for held in record.followed if held.active] or None,
            serviceProvider=ref("Organization", words.holder.id),
        )
        yield Item(encounter, one.day)
        for found in _found(one, subject, words):
            yield Item(found, one.day)


def _found(one: ChronicVisit, subject: Element, words: Words) -> Iterator[Element]:
    pressures = [
        {"code": label(shown, words.terms, f"measure.{name}"), "valueQuantity": quantity(value, "mmHg", "mm[Hg]")}
        for name, shown, value in (
            ("systolic", "Huyết áp tối đa", one.systolic),
            ("diastolic", "Huyết áp tối thiểu", one.diastolic),
        )
        if value is not None
    ]
    if pressures:
        shown = label("Huyết áp", words.terms, "measure.pressure")
        yield _observed(one, subject, "pressure", VITAL, shown, component=pressures)
    for name, title, unit, code, parts in _MEASURES:
        value = getattr(one, name)
        if value is not None:
            number = quantity(_number(value, parts), unit, code)
            measured = label(title, words.terms, f"measure.{name}")
            yield _observed(one, subject, name, _kind_of(name), measured, valueQuantity=number)
    if one.glucose is not None:
        meter = "mg/dL" if one.glucose_unit is GlucoseUnit.MG else "mmol/L"
        sugar = float(glucose_number(one.glucose, one.glucose_unit).replace(",", "."))
        shown = label(_MOMENTS[one.glucose_kind], words.terms)
        yield _observed(one, subject, "glucose", _LABORATORY, shown, valueQuantity=quantity(sugar, meter, meter))
    for name, title in _SAID:
        said = plain(getattr(one, name))
        if said:
            yield _observed(one, subject, name, _SURVEY, label(title, words.terms), valueString=said)


_LABORATORY: Final = coded(f"{HL7}observation-category", "laboratory", "Laboratory")
_SURVEY: Final = coded(f"{HL7}observation-category", "survey", "Survey")


def _kind_of(name: str) -> Element:
    return _LABORATORY if name == "hba1c" else VITAL


def _number(value: int, parts: int) -> float:
    return float(Fraction(value, parts)) if parts > 1 else value


def _observed(
    one: ChronicVisit, subject: Element, name: str, category: Element, code: Element, **value: Any
) -> Element:
    return resource(
        "Observation",
        part(one.id, name),
        status="final",
        category=[category],
        code=code,
        subject=subject,
        encounter=ref("Encounter", one.id),
        effectiveDateTime=day(one.day),
        performer=many(named(one.by_name)),
        **value,
    )


def prescriptions(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each medicine with its dose, and for which disease of the register."""
    for one in record.taken:
        about = [ref("Condition", held.id) for held in record.followed if one.condition and held.code == one.condition]
        made = resource(
            "MedicationRequest",
            one.id,
            status=_status(one),
            intent="order",
            medicationCodeableConcept=_medicine(one),
            subject=ref("Patient", record.person.id),
            authoredOn=day(one.started_on),
            requester=named(one.prescriber),
            reasonCode=None if about or not one.condition else [{"coding": [{"system": ICD, "code": one.condition}]}],
            reasonReference=about or None,
            dosageInstruction=[_dosage(one)],
        )
        yield Item(made, one.started_on)


def _status(one: Taken) -> str:
    if one.ended_on is None:
        return "active"
    return {EndReason.WRONG: "entered-in-error", EndReason.CHANGED: "completed"}.get(
        one.end_reason or EndReason.STOPPED, "stopped"
    )


def _medicine(one: Taken) -> Element:
    code = clean(one.atc).upper()
    return filled({"coding": [{"system": ATC, "code": code}] if code else None, "text": plain(one.medicine) or "?"})


def _dosage(one: Taken) -> Element:
    amount = {"value": _number(one.amount, 100)} | ({"unit": plain(one.unit)} if plain(one.unit) else {})
    return filled(
        {
            "text": plain(one.instruction),
            "timing": {"repeat": {"frequency": one.times, "period": 1, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": amount}],
        }
    )


def handings(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each medicine handed out; what the family has from elsewhere is a statement alone."""
    taken = {one.id: one for one in record.taken}
    for one in record.handed:
        medicine = taken.get(one.taken_id)
        if medicine is not None:
            made = _stated(record, one, medicine) if one.origin is Origin.OWN else _dispensed(record, one, medicine)
            yield Item(made, one.day)


def _dispensed(record: PersonRecord, one: HandedOut, medicine: Taken) -> Element:
    who = one.facility if one.origin is Origin.UPPER else one.by_name
    unit = plain(medicine.unit)
    return resource(
        "MedicationDispense",
        one.id,
        status="completed",
        category=coded(DISPENSING, "community", "Community"),
        medicationCodeableConcept=_medicine(medicine),
        subject=ref("Patient", record.person.id),
        performer=[{"actor": named(who)}] if plain(who) else None,
        authorizingPrescription=[ref("MedicationRequest", one.taken_id)],
        quantity={"value": one.units} | ({"unit": unit} if unit else {}),
        daysSupply=quantity(one.days, "ngày", "d"),
        whenHandedOver=day(one.day),
        destination={"display": "Tại nhà"} if one.at_home else None,
        receiver=many(named(one.receiver)),
        note=note(one.reason),
        dosageInstruction=[_dosage(medicine)],
    )


def _stated(record: PersonRecord, one: HandedOut, medicine: Taken) -> Element:
    return resource(
        "MedicationStatement",
        one.id,
        basedOn=[ref("MedicationRequest", one.taken_id)],
        status="unknown",
        medicationCodeableConcept=_medicine(medicine),
        subject=ref("Patient", record.person.id),
        effectiveDateTime=day(one.day),
        dateAsserted=day(one.day),
        note=note(one.reason),
        dosage=[_dosage(medicine)],
    )
