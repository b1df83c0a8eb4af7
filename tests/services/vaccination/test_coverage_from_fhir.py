"""Population and coverage counted a second time out of the FHIR export: plain Python over the JSON alone, by what
docs/fhir.md says of counting. Of the program only the page's own figures are asked, to compare."""

import json
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from covidstation.db.rows import HouseholdRow, PersonRow
from covidstation.services.exchange.fhir import begin_span_fhir
from covidstation.services.exchange.growing import run_whole
from covidstation.services.exchange.wish import SpanWish
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.training.seed import make_commune, seed_training
from covidstation.services.vaccination.coverage import look_at_coverage
from tests.interop import r4
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.test_coverage import commune
from tests.services.vaccination.test_coverage_recount import PLAIN, WHO, lived

__all__ = ["commune", "lived"]
HAMLET = "urn:covidstation:fhir:hamlet"
KINDS = ("Immunization", "Patient", "Location")
OUTSIDE = "Lời kể khi mắc bệnh hoặc tiếp xúc, chưa có trong sổ tiêm"
NOT_BASIC = {"Liều bổ sung": 2, "Liều nhắc lại": 3}
BANDS = (0, 5, 12, 18, 50, 60, 65, 80, 200)


def exported(db, path, **wish):
    days = SpanWish(first=date(2020, 1, 1), last=TODAY, receiver="CDC Lai Châu", **wish)
    job = begin_span_fhir(db, days, path, catalog=catalog(), by=None, now=NOW).value
    run_whole(job)
    return json.loads(path.read_text(encoding="utf-8"))


def edges(text):
    """The first and the last day that a FHIR date can be."""
    parts = [int(one) for one in text[:10].split("-")]
    first = date(*parts, *[1] * (3 - len(parts)))
    if len(parts) == 1:
        return first, date(parts[0], 12, 31)
    if len(parts) == 2:
        return first, (first + timedelta(31)).replace(day=1) - timedelta(1)
    return first, first


def stay_on(patient, day):
    """The address that held on that day."""
    for one in patient.get("address", ()):
        start, end = (one.get("period", {}).get(name) for name in ("start", "end"))
        begun, over = not start or edges(start)[0] <= day, end and edges(end)[1] < day
        if one.get("type") == "physical" and begun and not over:
            return one
    return None


def hamlet_of(address):
    found = [one["valueReference"]["reference"] for one in address.get("extension", ()) if one["url"] == HAMLET]
    return found[0].removeprefix("urn:uuid:") if found else None


def age_of(patient, day):
    if "birthDate" not in patient:
        return None
    born = edges(patient["birthDate"])[0]
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def doses_by_person(resources):
    found = defaultdict(list)
    for one in resources:
        if one["resourceType"] != "Immunization" or one.get("reportOrigin", {}).get("text") == OUTSIDE:
            continue
        if one["status"] == "completed":
            found[one["patient"]["reference"].removeprefix("urn:uuid:")].append(one)
    return {who: sorted(had, key=lambda one: edges(one["occurrenceDateTime"])[::-1]) for who, had in found.items()}


def reached_by(doses, day):
    """First dose, basic course, additional dose, first and second booster."""
    needed = doses[0]["protocolApplied"][0].get("seriesDosesPositiveInt", 2) if doses else 2
    basic, added, boosters, had = 0, False, 0, False
    for one in doses:
        protocol = one["protocolApplied"][0]
        if edges(one["occurrenceDateTime"])[0] > day:
            continue
        had, kind, number = True, NOT_BASIC.get(protocol.get("series"), 1), protocol.get("doseNumberPositiveInt", 0)
        if kind == 1:
            basic = min(needed, max(basic + 1, number))
        elif kind == 2:
            basic, added = needed, True
        else:
            basic, boosters = needed, max(boosters + 1, number)
    return had, basic >= needed, added, boosters >= 1, boosters >= 2


def recounted(bundle, day):
    """So many people, and how many reached each level: by hamlet and band of age."""
    resources = [one["resource"] for one in bundle["entry"]]
    doses, found = doses_by_person(resources), defaultdict(Counter)
    for one in resources:
        stay = stay_on(one, day) if one["resourceType"] == "Patient" else None
        if stay is not None:
            age = age_of(one, day)
            band = None if age is None else max(start for start in BANDS if start <= age)
            reached = reached_by(doses.get(one["id"], []), day)
            found[hamlet_of(stay), band].update({-1: 1} | {at: int(there) for at, there in enumerate(reached)})
    return {key: tuple(counts[at] for at in range(-1, 5)) for key, counts in found.items()}


def shown(db, day):
    """What the page says, parted the same way."""

    def key(cell):
        band = None if cell.age is None else max(start for start in BANDS if start <= cell.age)
        return str(cell.hamlet_id) if cell.hamlet_id else None, band

    look = look_at_coverage(db, day, **PLAIN)
    return {one: (share.people, *share.reached) for one, share in look.coverage.by(key).items()}


def test_a_commune_that_lived_a_year(db, lived, tmp_path):
    """Moved in and out, died, born, a hamlet ended, doses taken back, known to the month alone, had abroad."""
    bundle = exported(db, tmp_path / "all.json", everybody=True)
    assert r4.wrong_with(bundle) == []
    for ago in (0, 40):
        day = TODAY - timedelta(ago)
        assert recounted(bundle, day) == shown(db, day), day
    resources = [one["resource"] for one in bundle["entry"]]
    doses, people, places = ([one for one in resources if one["resourceType"] == kind] for kind in KINDS)
    statuses = Counter(one["status"] for one in doses)
    assert statuses["entered-in-error"] > 3 and statuses["completed"] > 200
    assert sum("deceasedDateTime" in one for one in people) == 8
    gone = [one for one in lived.values() if one.homes[-1][1] is None]
    assert sum(not one["active"] for one in people) == len(gone) > 8
    assert {len(one["occurrenceDateTime"]) for one in doses} == {len("2021-09"), len("2021-09-05")}
    assert any("(LA)" in one.get("location", {}).get("display", "") for one in doses)
    assert sum(one["status"] == "inactive" for one in places) == 1


@pytest.mark.timeout(180)
def test_a_training_commune(db, tmp_path):
    village = make_commune(catalog(), "03517", 600, 3, NOW)
    seed_training(db, village, seed=3, catalog=catalog(), by=None, now=NOW)
    with db.read() as session:
        heads = select(HouseholdRow.head_id).where(HouseholdRow.head_id.is_not(None))
        grown = select(PersonRow.id).where(PersonRow.id.not_in(heads), PersonRow.birth_year < TODAY.year - 6)
        gone, dead = session.scalars(grown.order_by(PersonRow.n).limit(2))
    record_departure(db, DepartureDraft(people=(gone,), day=TODAY - timedelta(3), place="Hà Nội"), **WHO)
    record_death(db, DeathDraft(person_id=dead, day=TODAY), **WHO)
    bundle = exported(db, tmp_path / "all.json", everybody=True)
    for ago in (0, 90):
        day = TODAY - timedelta(ago)
        assert recounted(bundle, day) == shown(db, day), day
    some = exported(db, tmp_path / "some.json")
    kept = {one["fullUrl"] for one in bundle["entry"]}
    assert {one["fullUrl"] for one in some["entry"]} < kept, "without everybody it is a part of it"
