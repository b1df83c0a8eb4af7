"""The FHIR resources of a person: by example, against what HL7 published, and for any text that a person may bear."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.residence import Living, Stay
from covidstation.interop.elements import plain
from covidstation.interop.fhir import TAIL, chosen, entries, head, items_of
from covidstation.interop.records import Check, Dose, HamletPlace, Span
from tests.interop import r4
from tests.interop.samples import HANOI, STATION, child, elder, may, uid, words
from tests.interop.samples import may as someone

NOW = datetime(2022, 3, 15, 8, 30, tzinfo=HANOI)
WORDS = words()


def bundle_of(*records, span=None, book=WORDS):
    """As the program writes it, read back."""
    pieces = [head(book, UUID(int=99), NOW)]
    for record in records:
        pieces += entries(chosen(items_of(record, book), span))
    return json.loads(b"".join(pieces) + TAIL)


def of(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def one(bundle, id):
    (found,) = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["id"] == str(id)]
    return found


@pytest.fixture(scope="module")
def bundle():
    return bundle_of(may(), child())


class Test_Golden:
    def test_the_bundle_is_the_one_that_was_looked_at(self, bundle):
        golden = json.loads((r4.DATA / "golden-bundle.json").read_text(encoding="utf-8"))
        assert bundle == golden, "look at the difference, then write tests/data/fhir/golden-bundle.json anew"

    def test_it_is_valid_and_its_references_resolve(self, bundle):
        assert r4.wrong_with(bundle) == []

    def test_every_kind_of_resource_is_in_it(self, bundle):
        kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
        assert kinds == {
            *("Organization", "Patient", "Condition", "Observation", "Encounter", "Immunization", "CarePlan"),
            *("MedicationDispense", "MedicationStatement"),
        }


class Test_Judge:
    """The judge itself sees what is wrong."""

    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            (lambda one: one.pop("status"), "Observation.status"),
            (lambda one: one.update(status="done"), "status"),
            (lambda one: one.update(colour="red"), "colour"),
            (lambda one: one["subject"].update(reference=f"urn:uuid:{uid(999)}"), "is not in the bundle"),
            (
                lambda one: one.update(subject={"reference": f"urn:uuid:{STATION.id}", "type": "Organization"}),
                "refers to",
            ),
            (lambda one: one.update(effectiveDateTime="2022-03-04T07:05"), "effectiveDateTime"),
            (lambda one: one.update(category=[]), "Observation.category"),
            (lambda one: one.update(valueString="a", valueBoolean=True), "value[x]"),
            (lambda one: one.update(note=[{"text": ""}]), "note"),
        ],
    )
    def test_a_spoilt_resource_is_not_passed(self, spoil, said):
        found = bundle_of(may())
        spoil(one(found, uid(20)))
        assert any(said in line for line in r4.wrong_with(found))

    def test_a_code_outside_a_required_value_set_is_not_passed(self):
        found = bundle_of(may())
        one(found, uid(11))["clinicalStatus"]["coding"][0]["code"] = "well"
        assert any("required value set" in line for line in r4.wrong_with(found))


class Test_Person:
    def test_the_numbers_say_what_they_are_and_claim_no_system(self, bundle):
        numbers = one(bundle, uid(10))["identifier"]
        assert [(number["type"]["text"], number["value"]) for number in numbers] == [
            ("Số căn cước", "012155000001"),
            ("Số CMND cũ", "045000001"),
            ("Số thẻ BHYT", "DT4121234567890"),
        ]
        assert not any("system" in number for number in numbers)

    def test_a_birth_is_as_exact_as_it_is_known_and_a_name_is_never_taken_apart(self, bundle):
        woman, boy = one(bundle, uid(10)), one(bundle, uid(80))
        assert (woman["birthDate"], boy["birthDate"]) == ("1955-02", "2019")
        assert boy["name"] == [{"use": "official", "text": "Sùng"}] and boy["gender"] == "unknown"

    def test_where_somebody_lived_and_how_they_are_gone(self):
        old, new = (HamletPlace(uid(n), f"Bản {n}", "bản", until) for n, until in ((91, date(2021, 5, 1)), (92, None)))
        stays = (Stay(None, date(2021, 5, 1), "", old.id), Stay(date(2021, 5, 2), None, Living.TEMPORARY, new.id))
        book = words(holder=replace(STATION, hamlets=(old, new)))
        found = bundle_of(replace(may(), stays=stays, active=False, dead=True), book=book)
        assert r4.wrong_with(found) == []
        patient, (commune, first, second) = one(found, uid(10)), of(found, "Location")
        assert (patient["active"], patient["deceasedBoolean"], "deceasedDateTime" in patient) == (False, True, False)
        now, before, printed = patient["address"]
        assert (now["use"], now["period"], now["text"]) == ("temp", {"start": "2021-05-02"}, "Nhà cạnh suối, Nậm Ngá")
        assert (before["use"], before["period"], before["text"]) == ("old", {"end": "2021-05-01"}, "Bản 91")
        assert [one["type"] for one in (now, before, printed)] == ["physical", "physical", "postal"]
        assert before["extension"][0]["valueReference"]["reference"] == f"urn:uuid:{old.id}"
        assert first["partOf"]["reference"] == second["partOf"]["reference"] == f"urn:uuid:{commune['id']}"
        assert (first["status"], second["status"]) == ("inactive", "active")

    def test_the_ethnic_group_stays_at_home(self):
        record = replace(may(), person=replace(may().person, ethnic_group="05"))
        assert bundle_of(record) == bundle_of(may())

    def test_a_disease_that_nobody_coded_for_sure_is_words_alone(self, bundle):
        found = [one["code"] for one in of(bundle, "Condition") if one["id"] != str(uid(11))]
        assert sorted(found, key=lambda code: code["text"]) == [{"text": "Tăng huyết áp"}, {"text": "Đái tháo đường"}]

    def test_a_training_station_says_that_its_people_are_invented(self):
        found = bundle_of(may(), book=words(holder=replace(STATION, training=True)))
        assert found["meta"]["tag"][0]["code"] == "HTEST" and r4.wrong_with(found) == []
        assert "meta" not in bundle_of(may())


class Test_Illness:
    def test_codes_of_who_and_of_snomed_are_on_a_confirmed_case(self, bundle):
        condition = one(bundle, uid(11))
        assert [(code["system"], code["code"]) for code in condition["code"]["coding"]] == [
            ("http://hl7.org/fhir/sid/icd-10", "U07.1"),
            ("http://snomed.info/sct", "840539006"),
        ]
        assert (condition["onsetDateTime"], condition["abatementDateTime"], condition["recordedDate"]) == (
            *("2022-03-02", "2022-03-14"),
            "2022-03-03",
        )
        shown = [evidence["code"][0] for evidence in condition["evidence"] if "code" in evidence]
        assert [code["text"] for code in shown] == ["Sốt", "Chảy mũi, nghẹt mũi"]
        assert shown[0]["coding"][0]["code"] == "386661006" and "coding" not in shown[1]

    def test_only_the_positive_test_is_evidence(self, bundle):
        (detail,) = [evidence["detail"] for evidence in one(bundle, uid(11))["evidence"] if "detail" in evidence]
        assert detail == [{"reference": f"urn:uuid:{uid(20)}", "type": "Observation"}]

    @pytest.mark.parametrize("classification", CaseClassification)
    @pytest.mark.parametrize("outcome", CaseOutcome)
    def test_every_classification_and_outcome_is_valid(self, classification, outcome):
        record = may()
        ended = date(2022, 3, 14) if outcome is not CaseOutcome.NO_OUTCOME else None
        illness = replace(
            record.illnesses[0],
            episode=replace(
                record.illnesses[0].episode, classification=classification, outcome=outcome, outcome_on=ended
            ),
        )
        found = bundle_of(replace(record, illnesses=(illness,)))
        condition, person = one(found, uid(11)), one(found, uid(10))
        assert r4.wrong_with(found) == []
        assert ("deceasedDateTime" in person) == (outcome is CaseOutcome.DECEASED)
        state = condition.get("clinicalStatus", {}).get("coding", [{}])[0].get("code")
        if "abatementDateTime" in condition:  # con-4 of R4
            assert state in ("inactive", "resolved", "remission")
        if classification is CaseClassification.NO_CASE:
            assert condition["verificationStatus"]["coding"][0]["code"] == "refuted" and state == "inactive"

    def test_tests_have_codes_results_and_letters(self, bundle):
        positive, pending, unclear, negative = (one(bundle, uid(number)) for number in (20, 21, 22, 23))
        assert positive["code"]["coding"][0]["code"] == "94558-4" and pending["code"]["coding"][0]["code"] == "94500-6"
        assert positive["valueCodeableConcept"]["coding"][0]["code"] == "260373001"
        assert negative["valueCodeableConcept"]["coding"][0]["code"] == "260415000"
        assert unclear["valueCodeableConcept"] == {"text": "Không rõ"} and "effectiveDateTime" not in unclear
        assert pending["status"] == "registered" and "valueCodeableConcept" not in pending
        letters = [test["interpretation"][0]["coding"][0]["code"] for test in (positive, negative, unclear)]
        assert letters == ["POS", "NEG", "IND"]

    def test_plans_say_where_they_stand(self, bundle):
        plans = {plan["title"]: plan for plan in of(bundle, "CarePlan")}
        assert {title: plan["status"] for title, plan in plans.items()} == {
            "Cách ly, theo dõi F0": "completed",
            "Hỏi thăm sau khi khỏi COVID-19": "active",
            "Theo dõi người tiếp xúc (F1)": "completed",
        }
        assert plans["Cách ly, theo dõi F0"]["period"] == {"start": "2022-03-03T09:15:00+07:00", "end": "2022-03-09"}
        steps = [activity["detail"]["status"] for activity in plans["Hỏi thăm sau khi khỏi COVID-19"]["activity"]]
        assert steps == ["completed", "scheduled"]


class Test_Care:
    def test_what_was_measured_has_its_loinc_code_its_unit_and_its_encounter(self, bundle):
        encounter = f"urn:uuid:{uid(30)}"
        found = {
            observation["code"]["coding"][0]["code"]: observation
            for observation in of(bundle, "Observation")
            if observation.get("encounter", {}).get("reference") == encounter and "coding" in observation["code"]
        }
        values = {
            code: (one["valueQuantity"]["value"], one["valueQuantity"]["code"])
            for code, one in found.items()
            if "valueQuantity" in one
        }
        assert values == {"8310-5": (38.5, "Cel"), "2708-6": (96, "%"), "8867-4": (104, "/min"), "9279-1": (22, "/min")}
        pressure = {
            part["code"]["coding"][0]["code"]: part["valueQuantity"]["value"] for part in found["85354-9"]["component"]
        }
        assert pressure == {"8480-6": 150, "8462-4": 95}

    def test_none_found_is_said_and_nobody_met_is_cancelled(self, bundle):
        met, phoned, missed = (one(bundle, uid(number)) for number in (30, 31, 32))
        assert (met["class"]["code"], phoned["class"]["code"]) == ("HH", "VR")
        assert missed["status"] == "cancelled" and missed["reasonCode"] == [{"text": "Không gặp được. Đi nương"}]
        none = [
            seen
            for seen in of(bundle, "Observation")
            if seen.get("encounter", {}).get("reference") == f"urn:uuid:{uid(31)}"
        ]
        assert [seen["valueCodeableConcept"]["text"] for seen in none] == ["Không có triệu chứng"]

    def test_what_was_handed_out_is_dispensed_and_what_was_not_is_stated(self, bundle):
        dispensed, stated = one(bundle, uid(51)), one(bundle, uid(52))
        assert (dispensed["resourceType"], stated["resourceType"]) == ("MedicationDispense", "MedicationStatement")
        assert dispensed["quantity"] == {"value": 10, "unit": "viên"} and dispensed["daysSupply"]["value"] == 5
        weights = [one for one in of(bundle, "Observation") if one["code"]["text"] == "Cân nặng"]
        assert [one["valueQuantity"]["value"] for one in weights] == [45.5]

    def test_doses_are_numbered_and_only_the_known_day_is_said(self, bundle):
        first, second = of(bundle, "Immunization")
        assert first["occurrenceString"] == "không rõ ngày" and second["occurrenceDateTime"] == "2021-11-20"
        assert [dose["protocolApplied"][0]["doseNumberPositiveInt"] for dose in (first, second)] == [1, 2]
        assert first["vaccineCode"]["coding"][0]["code"] == "J07BX03" and first["primarySource"] is False
        assert (first["recorded"], second["recorded"]) == ("2022-02-27", "2022-03-03")

    def test_every_row_of_the_record_comes_out(self):
        """A field that is added to the record and forgotten here is found."""
        old = elder()
        record = replace(may(), followed=old.followed, seen=old.seen, taken=old.taken, handed=old.handed)
        lost = Dose(id=uid(85), said_on=date(2021, 9, 1), given=PartialDate(2021, 9))
        record = replace(record, taken_back=(lost,))
        whole = {entry["resource"]["id"] for entry in bundle_of(record)["entry"]}
        for field in fields(record):
            if isinstance(getattr(record, field.name), tuple) and field.name != "stays":  # of the Patient itself
                less = {entry["resource"]["id"] for entry in bundle_of(replace(record, **{field.name: ()}))["entry"]}
                assert less < whole or (field.name == "later" and less != whole), field.name


class Test_Span:
    def test_a_span_takes_what_happened_in_it_with_what_that_refers_to(self):
        found = bundle_of(may(), child(), span=Span(date(2022, 3, 4), date(2022, 3, 4)))
        ids = {entry["resource"]["id"] for entry in found["entry"]}
        assert r4.wrong_with(found) == []
        assert {str(uid(number)) for number in (10, 11, 20, 21, 30, 31)} <= ids
        assert not {str(uid(number)) for number in (22, 23, 32, 51, 60, 80)} & ids

    def test_nothing_in_the_span_is_the_station_alone(self):
        found = bundle_of(may(), child(), span=Span(date(2020, 1, 1), date(2020, 12, 31)))
        assert [entry["resource"]["resourceType"] for entry in found["entry"]] == ["Organization"]
        assert r4.wrong_with(found) == []

    @given(st.dates(date(2021, 11, 1), date(2022, 7, 1)), st.integers(0, 40), st.integers(0, 40))
    @settings(max_examples=40, deadline=None)
    def test_two_spans_that_follow_each_other_hold_what_the_whole_holds(self, first, days, more):
        middle = date.fromordinal(first.toordinal() + days)
        last = date.fromordinal(middle.toordinal() + 1 + more)
        after = date.fromordinal(middle.toordinal() + 1)
        items = items_of(may(), WORDS)
        whole, left, right = (
            {one["id"] for one in chosen(items, span)}
            for span in (Span(first, last), Span(first, middle), Span(after, last))
        )
        assert left | right == whole


NAMES = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    ["\ud800", "a\u00a0b", "\u2028", "\x00\x1b[31m", "<div>", '"}],', "=HYPERLINK()", "\u202eMẢY", " ", "\ufeff"]
)


class Test_Hostile:
    @example("\ud800", "\ud800", "\ud800")
    @example("", "", "")
    @given(NAMES, NAMES, NAMES)
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_any_text_gives_a_valid_bundle(self, name, note, code):
        record = someone()
        person = replace(
            record.person, full_name=name, address_detail=note, citizen_number=code, conditions=frozenset({code})
        )
        check = Check(**{field.name: getattr(record.checks[0], field.name) for field in fields(Check)})
        check = replace(check, note=note, by_name=name, symptoms=frozenset({code}), reason=note)
        episode = replace(record.illnesses[0].episode, note=note, isolation_address=name, symptoms=frozenset({code}))
        given_ = replace(record.given[0], name=name, dose=note, unit=code, by_name=code, reason=note)
        hostile = replace(
            record,
            person=person,
            place=name,
            checks=(check,),
            given=(given_,),
            illnesses=(replace(record.illnesses[0], episode=episode),),
            away=(replace(record.away[0], facility=name, reason=note, state=code),),
        )
        book = words(holder=replace(STATION, name=name, upper=note, phone=code, commune_code=code))
        assert r4.wrong_with(bundle_of(hostile, book=book)) == []

    @given(NAMES)
    def test_a_text_is_none_or_a_fhir_string(self, name):
        found = plain(name)
        assert found is None or (found.strip() == found and "\n" not in found and found.encode())

    def test_moments_keep_the_zone_of_the_station(self):
        found = bundle_of(may(), book=words(zone=UTC))
        assert one(found, uid(30))["period"]["start"] == "2022-03-04T07:05:00+00:00"


def test_the_kit_of_a_test_is_its_device():
    record = may()
    tested = replace(record.tests[0], test=replace(record.tests[0].test, kit="Kit Mẫu A (Hãng Một)"))
    found = bundle_of(replace(record, tests=(tested, *record.tests[1:])))
    assert r4.wrong_with(found) == []
    assert one(found, tested.id)["device"] == {"display": "Kit Mẫu A (Hãng Một)"}
    assert "device" not in one(bundle_of(record), tested.id)
