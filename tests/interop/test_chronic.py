"""Elders' books in FHIR: diseases, visits, medicines and what was handed out, against what HL7 published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from covidstation.domain.dispensing import Origin
from covidstation.domain.prescriptions import EndReason
from covidstation.interop.records import Span
from tests.interop import r4
from tests.interop.samples import DAY, HIGH, SEEN, SUGAR, TAKEN, elder, words
from tests.interop.test_fhir import bundle_of, of, one

WORDS = words(diseases={"I10": "Tăng huyết áp"})


@pytest.fixture(scope="module")
def bundle():
    return bundle_of(elder(), book=WORDS)


def test_it_is_valid_and_its_references_resolve(bundle):
    assert r4.wrong_with(bundle) == []


def test_a_disease_bears_its_code_its_words_and_since_when(bundle):
    high, sugar = one(bundle, HIGH), one(bundle, SUGAR)
    assert high["code"] == {
        "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I10"}],
        "text": "Tăng huyết áp",
    }
    assert (high["onsetDateTime"], high["recordedDate"]) == ("2015-06", "2020-01-06")
    assert high["clinicalStatus"]["coding"][0]["code"] == "active"
    assert sugar["verificationStatus"]["coding"][0]["code"] == "entered-in-error" and "clinicalStatus" not in sugar


def test_a_visit_says_what_was_measured_in_the_unit_of_the_meter(bundle):
    encounter = one(bundle, SEEN)
    assert (encounter["class"]["code"], encounter["period"]["start"]) == ("HH", "2022-03-04")
    assert [link["reference"] for link in encounter["reasonReference"]] == [f"urn:uuid:{HIGH}"]  # not the wrong one
    found = {entry["code"]["text"]: entry for entry in of(bundle, "Observation")}
    assert all(entry["encounter"]["reference"] == f"urn:uuid:{SEEN}" for entry in found.values())
    numbers = {name: entry.get("valueQuantity", {}).get("value") for name, entry in found.items()}
    assert (numbers["Cân nặng"], numbers["Chiều cao"], numbers["Vòng bụng"], numbers["HbA1c"]) == (52.5, 152, 81.5, 7.1)
    sugar = found["Đường huyết lúc đói"]["valueQuantity"]
    assert (sugar["value"], sugar["code"]) == (130, "mg/dL")  # 7.2 mmol/L
    assert [part["valueQuantity"]["value"] for part in found["Huyết áp"]["component"]] == [135, 85]
    assert found["Huyết áp"]["code"]["coding"][0]["code"] == "85354-9"


def test_a_prescription_is_a_request_for_its_disease(bundle):
    (asked,) = of(bundle, "MedicationRequest")
    assert (asked["status"], asked["intent"], asked["authoredOn"]) == ("active", "order", "2021-12-01")
    assert asked["medicationCodeableConcept"]["coding"] == [{"system": "http://www.whocc.no/atc", "code": "C08CA01"}]
    assert asked["reasonReference"][0]["reference"] == f"urn:uuid:{HIGH}"
    (dose,) = asked["dosageInstruction"]
    assert dose["timing"]["repeat"] == {"frequency": 2, "period": 1, "periodUnit": "d"}
    assert dose["doseAndRate"] == [{"doseQuantity": {"value": 0.5, "unit": "viên"}}]


def test_what_was_handed_out_names_the_request(bundle):
    (given_out,) = of(bundle, "MedicationDispense")
    assert given_out["authorizingPrescription"][0]["reference"] == f"urn:uuid:{TAKEN}"
    assert (given_out["quantity"], given_out["daysSupply"]["value"]) == ({"value": 60, "unit": "viên"}, 60)
    assert given_out["receiver"] == [{"display": "Giàng A Sử, con"}]


def test_what_the_family_bought_is_a_statement_and_a_hospitals_its_own(bundle):
    own = bundle_of(elder(handed=(replace(elder().handed[0], origin=Origin.OWN),)), book=WORDS)
    assert r4.wrong_with(own) == [] and of(own, "MedicationDispense") == []
    assert of(own, "MedicationStatement")[0]["basedOn"][0]["reference"] == f"urn:uuid:{TAKEN}"
    theirs = replace(elder().handed[0], origin=Origin.UPPER, facility="BV huyện")
    found = bundle_of(elder(handed=(theirs,)), book=WORDS)
    assert of(found, "MedicationDispense")[0]["performer"] == [{"actor": {"display": "BV huyện"}}]


@pytest.mark.parametrize(
    ("reason", "status"),
    [(EndReason.CHANGED, "completed"), (EndReason.SIDE_EFFECT, "stopped"), (EndReason.WRONG, "entered-in-error"),
     (None, "stopped")],
)  # fmt: skip
def test_how_a_medicine_ended(reason, status):
    ended = replace(elder().taken[0], ended_on=DAY, end_reason=reason)
    assert of(bundle_of(elder(taken=(ended,)), book=WORDS), "MedicationRequest")[0]["status"] == status


def test_a_span_brings_what_a_handing_out_refers_to():
    found = bundle_of(elder(), span=Span(DAY, DAY), book=WORDS)
    assert r4.wrong_with(found) == []
    kinds = {entry["resource"]["resourceType"] for entry in found["entry"]}
    assert {"MedicationDispense", "MedicationRequest", "Condition", "Encounter", "Observation"} <= kinds
    later = bundle_of(elder(), span=Span(date(2023, 1, 1), date(2023, 2, 1)), book=WORDS)
    assert [entry["resource"]["resourceType"] for entry in later["entry"]] == ["Organization"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=60))
def test_any_text_is_valid(text):
    record = elder()
    found = bundle_of(
        replace(
            record,
            followed=tuple(replace(each, label=text, note=text, treatment=text) for each in record.followed),
            seen=tuple(replace(each, symptoms=text, note=text, by_name=text) for each in record.seen),
            taken=tuple(replace(each, medicine=text, atc=text, instruction=text, unit=text) for each in record.taken),
            handed=tuple(replace(each, reason=text, receiver=text, by_name=text) for each in record.handed),
        ),
        book=WORDS,
    )
    assert r4.wrong_with(found) == []
