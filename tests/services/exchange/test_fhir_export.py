"""FHIR out of a register: valid, the period the sum of its people, noted, whole or not at all, in little memory."""

from __future__ import annotations

import errno
import json
import shutil
import tracemalloc
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, true

from covidstation.db.ids import new_id
from covidstation.db.rows import (
    AuditRow,
    HospitalizationRow,
    PathogenTestRow,
    PersonRow,
    PhoneCallRow,
    TreatmentRow,
    VisitRow,
)
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.errors import Refused, UserError
from covidstation.messages import sentence
from covidstation.services.exchange import growing
from covidstation.services.exchange.fhir import begin_person_fhir, begin_span_fhir
from covidstation.services.exchange.growing import run_whole
from covidstation.services.exchange.wish import SpanWish
from covidstation.services.training.seed import make_commune, seed_training
from tests.interop import r4
from tests.services import outbreak, samples
from tests.services.samples import NOW, TODAY, f0, neighbour, register

LONG_AGO = date(2020, 1, 1)


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """An outbreak with everything, and somebody who was vaccinated; nobody writes to it."""
    folder = tmp_path_factory.mktemp("grown") / "register"
    samples.found(folder)
    db = samples.opened(folder).db
    outbreak.everything(db)
    vaccinated = f0(neighbour(500))
    episode = replace(vaccinated.episode, doses_known=2, last_dose_on=date(2022, 1, 5), symptoms=frozenset({"fever"}))
    register(db, replace(vaccinated, episode=episode))
    db.close()
    return folder


@pytest.fixture
def village(grown, tmp_path):
    db = samples.opened(Path(shutil.copytree(grown, tmp_path / "village"))).db
    yield db
    db.engine.dispose()


def people(db):
    with db.read() as session:
        return list(session.scalars(select(PersonRow.id)))


def span_of(db, catalog, path, first=LONG_AGO, last=TODAY):
    wish = SpanWish(first=first, last=last, receiver="CDC Lai Châu")
    run_whole(begin_span_fhir(db, wish, path, catalog=catalog, by=None, now=NOW).value)
    return json.loads(path.read_text(encoding="utf-8"))


def one_of(db, catalog, path, person):
    run_whole(begin_person_fhir(db, person, path, catalog=catalog, by=None, now=NOW).value)
    return json.loads(path.read_text(encoding="utf-8"))


def resources(bundle):
    return {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}


class Test_Validity:
    def test_everything_that_a_commune_goes_through_is_valid(self, village, catalog, tmp_path):
        bundle = span_of(village, catalog, tmp_path / "a.json")
        assert r4.wrong_with(bundle) == []
        kinds = {one["resourceType"] for one in resources(bundle).values()}
        assert kinds >= {
            *("Patient", "Condition", "Observation", "Immunization", "MedicationDispense", "Encounter", "CarePlan"),
        }

    def test_a_training_commune_is_valid(self, db, catalog, tmp_path):
        commune = make_commune(catalog, "03517", 600, 3, NOW)
        seed_training(db, commune, seed=3, catalog=catalog, by=None, now=NOW)
        bundle = span_of(db, catalog, tmp_path / "a.json")
        assert r4.wrong_with(bundle) == [] and len(bundle["entry"]) > 60


class Test_Sum:
    def test_a_span_of_all_days_is_the_sum_of_its_people(self, village, catalog, tmp_path):
        whole = resources(span_of(village, catalog, tmp_path / "all.json", last=TODAY))
        singly = {}
        for person in people(village):
            one = resources(one_of(village, catalog, tmp_path / "one.json", person))
            assert sum(each["resourceType"] == "Patient" for each in one.values()) == 1
            bare = {"Patient", "Organization", "Location"}
            if {each["resourceType"] for each in one.values()} - bare:  # something happened
                singly |= one
        assert whole == singly and len(whole) > 100

    def test_a_short_span_is_a_part_of_the_long_one(self, village, catalog, tmp_path):
        whole = resources(span_of(village, catalog, tmp_path / "all.json"))
        part = resources(span_of(village, catalog, tmp_path / "part.json", first=TODAY))
        assert set(part) < set(whole) and all(whole[url] == one for url, one in part.items())

    @pytest.mark.parametrize("ago", [0, 1, 3, 7, 64, 70, 400])
    def test_nobody_is_passed_over(self, village, catalog, tmp_path, ago):
        """Asking the tables first who may have something in the days gives what looking at everybody gives."""
        day = TODAY - timedelta(days=ago)
        found = resources(span_of(village, catalog, tmp_path / "asked.json", first=day - timedelta(days=1), last=day))
        wish = SpanWish(first=day - timedelta(days=1), last=day)
        path = tmp_path / "all.json"
        job = begin_span_fhir(village, wish, path, catalog=catalog, by=None, now=NOW).value
        job._wanted = true()
        run_whole(job)
        assert found == resources(json.loads(path.read_text(encoding="utf-8")))

    def test_an_export_of_the_same_register_says_the_same_again(self, village, catalog, tmp_path):
        first, second = (span_of(village, catalog, tmp_path / f"{n}.json") for n in (1, 2))
        assert first["entry"] == second["entry"] and first["identifier"] != second["identifier"]

    def test_what_was_taken_back_stays_at_home(self, village, catalog, tmp_path):
        text = json.dumps(span_of(village, catalog, tmp_path / "a.json"))
        found = 0
        with village.read() as session:
            for kind in (PathogenTestRow, VisitRow, PhoneCallRow, TreatmentRow):
                for row in session.scalars(select(kind).where(kind.voids.is_not(None))):
                    assert str(row.voids) not in text, kind.__tablename__
                    found += 1
            for row in session.scalars(select(HospitalizationRow).where(HospitalizationRow.voided_at.is_not(None))):
                assert str(row.id) not in text
                found += 1
        assert found > 3


class Test_Refusals:
    @pytest.mark.parametrize(
        ("first", "last", "code"),
        [
            (TODAY, TODAY - timedelta(days=1), "exports.order"),
            (TODAY, TODAY + timedelta(days=1), "exports.future"),
            (None, TODAY, "exports.day_missing"),
            (TODAY, None, "exports.day_missing"),
        ],
    )
    def test_days_that_make_no_span(self, db, catalog, tmp_path, first, last, code):
        wish = SpanWish(first=first, last=last)
        with pytest.raises(Refused) as refused:
            begin_span_fhir(db, wish, tmp_path / "a.json", catalog=catalog, by=None, now=NOW)
        assert [problem.code for problem in refused.value.problems] == [code]
        assert sentence(refused.value.problems[0]) and list(tmp_path.glob("*.json*")) == []

    def test_a_person_who_is_not_there(self, db, catalog, tmp_path):
        with pytest.raises(UserError, match="unknown_person"):
            begin_person_fhir(db, uuid4(), tmp_path / "a.json", catalog=catalog, by=None, now=NOW)
        assert not list(tmp_path.glob("*.json*")) and not list(tmp_path.glob(".*.part"))

    @pytest.mark.parametrize("role", [Role.READ_ONLY, Role.DATA_ENTRY])
    def test_who_may_not_export(self, village, catalog, tmp_path, role):
        village.actor = Actor(new_id(), "Giàng A Lử", role)
        with pytest.raises(UserError, match=r"rights\.export"):
            begin_person_fhir(village, people(village)[0], tmp_path / "a.json", catalog=catalog, by=None, now=NOW)
        village.actor = None

    def test_a_folder_that_is_not_there(self, village, catalog, tmp_path):
        with pytest.raises(UserError) as refused:
            span_of(village, catalog, tmp_path / "nowhere" / "a.json")
        assert refused.value.code == "paper.not_kept" and "a.json" in sentence(refused.value)

    @pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "exports.disk_full"), (errno.EIO, "paper.not_kept")])
    @pytest.mark.parametrize("at", ["write", "fsync"])
    def test_a_full_or_failing_disk_leaves_the_old_file_and_no_part(
        self, village, catalog, tmp_path, monkeypatch, number, code, at
    ):
        path = tmp_path / "a.json"
        path.write_text("old")
        wish = SpanWish(first=LONG_AGO, last=TODAY)
        job = begin_span_fhir(village, wish, path, catalog=catalog, by=None, now=NOW).value

        def fails(*_args):
            raise OSError(number, "failed")

        if at == "write":
            real = job._file._file
            full = type("Full", (), {"write": fails, "close": lambda _self: real.close()})()
            monkeypatch.setattr(job._file, "_file", full)
        else:
            monkeypatch.setattr(growing.os, "fsync", fails)
        with pytest.raises(UserError) as refused:
            run_whole(job)
        assert refused.value.code == code and "a.json" in sentence(refused.value)
        monkeypatch.undo()
        assert path.read_text() == "old" and not list(tmp_path.glob(".*.part"))

    def test_one_that_is_given_up_leaves_nothing(self, village, catalog, tmp_path):
        wish = SpanWish(first=LONG_AGO, last=TODAY)
        job = begin_span_fhir(village, wish, tmp_path / "a.json", catalog=catalog, by=None, now=NOW).value
        job.step()
        assert list(tmp_path.glob(".*.part"))
        job.drop()
        assert not list(tmp_path.glob("*.json*")) and not list(tmp_path.glob(".*.part"))


class Test_Record:
    def test_who_carried_what_away_is_noted(self, village, catalog, tmp_path):
        person = people(village)[0]
        one_of(village, catalog, tmp_path / "one.json", person)
        span_of(village, catalog, tmp_path / "all.json", first=TODAY)
        with village.read() as session:
            newest = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc()).limit(2)).all()
        span, single = newest
        assert (single.action, single.subject, single.detail["what"]) == ("export", person, "fhir")
        day = f"{TODAY:%d/%m/%Y}"
        assert span.detail == {"what": "fhir_span", "from": day, "to": day, "for": "CDC Lai Châu"}


class Test_Memory:
    def test_the_memory_does_not_grow_with_the_commune(self, db, catalog, tmp_path):
        """2,000 people take no more than 200 do."""
        peaks = []
        for count in (200, 2000):
            _fill(db, count)
            path = tmp_path / f"{count}.json"
            job = begin_span_fhir(
                db, SpanWish(first=LONG_AGO, last=TODAY), path, catalog=catalog, by=None, now=NOW
            ).value
            job._span, job._wanted = None, true()  # everybody
            tracemalloc.start()
            run_whole(job)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert job.done == job.total and job.people >= count
        assert json.loads(path.read_text())["entry"][-1]["resource"]["resourceType"] == "Patient"
        assert peaks[1] < peaks[0] * 1.5 + 500_000, peaks


def _fill(db, count):
    """People without illnesses, past the journal: only their number matters here."""
    rows = [
        {"id": new_id(), "full_name": f"Người {n}", "sex": "UNKNOWN", "conditions": [], "made": 1, "rev": 1}
        for n in range(count)
    ]
    with db.engine.begin() as connection:
        connection.execute(insert(PersonRow), rows)
