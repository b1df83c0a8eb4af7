"""Whoever asks for their own file gets all of it, and who saw it; the record keeps that it was given."""

import csv
import io
import json
import zipfile
from dataclasses import replace

import pypdfium2
import pytest
from sqlalchemy import select, text

from covidstation.db.rows import AuditRow, Base, EpisodeRow, PersonRow, Synced
from covidstation.domain.privacy import HiddenNumber, RevealReason
from covidstation.errors import Refused
from covidstation.services.people import register_person
from covidstation.services.privacy.person_file import FileRequest, Requester, person_file
from covidstation.services.privacy.reveal import reveal_number
from tests.services import outbreak
from tests.services.samples import NOW, PAO, catalog

ASKED = FileRequest(requester=Requester.SELF, name="Giàng A Páo", reason="xem lại ngày cách ly")
WHO = {"catalog": catalog(), "by": None, "by_name": "Lò Thị Mai", "now": NOW}


def made(db, person_id, asked=ASKED):
    found = person_file(db, person_id, asked, **WHO).value
    return found.name, zipfile.ZipFile(io.BytesIO(found.data))


def pdf_text(archive):
    document = pypdfium2.PdfDocument(archive.read("ho-so.pdf"))
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture
def dead(db):
    """Somebody about whom nearly every table has a row."""
    outbreak.everything(db)
    with db.read() as session:
        return session.scalars(select(EpisodeRow.person_id).where(EpisodeRow.outcome == "DECEASED")).one()


def test_every_row_that_names_the_person_is_in_it(db, dead):
    _name, archive = made(db, dead)
    records = json.loads(archive.read("du-lieu.json"))["records"]
    with db.read() as session:
        expected = {("person", str(dead))}
        for mapper in Base.registry.mappers:
            table = mapper.local_table.name
            if issubclass(mapper.class_, Synced) and "person_id" in mapper.columns:
                found = session.scalars(text(f"SELECT id FROM {table} WHERE person_id = '{dead.hex}'"))  # door: ours
                expected |= {(table, f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}") for one in found}
        person = session.scalars(select(PersonRow).where(PersonRow.id == dead)).one()
    got = {(one["table"], one["id"]) for one in records}
    assert expected <= got
    assert {"paper", "paper_delivery"} <= {table for table, _id in got}
    words = pdf_text(archive)
    for piece in (person.citizen_number, "Suy hô hấp", "Tử vong", "Ai đã xem", "Đã chuyển cho ai", "Giàng A Páo"):
        assert piece in words, piece
    assert "DECEASED" not in words and "None" not in words


def test_nobody_else_is_in_it(db, dead):
    _name, archive = made(db, dead)
    with db.read() as session:
        others = session.scalars(select(PersonRow.citizen_number).where(PersonRow.id != dead)).all()
    whole = archive.read("du-lieu.json").decode() + archive.read("du-lieu.csv").decode() + pdf_text(archive)
    assert [number for number in others if number and number in whole] == []


def test_who_looked_and_for_whom_it_was_made_is_said_and_noted(db, dead):
    reveal_number(db, dead, HiddenNumber.CITIZEN, RevealReason.COMPARE, by=None, now=NOW)
    name, archive = made(db, dead)
    assert name == "ho-so-ca-nhan-2022-03-10-0830.zip"
    seen = json.loads(archive.read("du-lieu.json"))["seen"]
    assert any("xem số giấy tờ đầy đủ" in one["what"] for one in seen)
    assert "xuất tệp, cho Giàng A Páo" in seen[-1]["what"]  # this very file
    with db.read() as session:
        entry = session.scalars(select(AuditRow).where(AuditRow.action == "export")).one()
    assert entry.subject == dead
    assert entry.detail["reason"] == ASKED.reason


def test_a_spreadsheet_runs_nothing(db):
    evil = replace(PAO, full_name="Giàng A Páo", workplace="=HYPERLINK(1)", citizen_number="", phone="")
    person = register_person(db, evil, catalog=catalog(), by=None, now=NOW).value.id
    _name, archive = made(db, person)
    rows = list(csv.reader(io.StringIO(archive.read("du-lieu.csv").decode("utf-8-sig"))))
    assert any(row[2] == "'=HYPERLINK(1)" for row in rows)


def test_without_a_name_and_a_reason_there_is_none(db, dead):
    with pytest.raises(Refused) as refused:
        made(db, dead, FileRequest(requester=Requester.BODY, name=" ", reason=""))
    assert [one.code for one in refused.value.problems] == [
        "privacy.requester_missing",
        "privacy.request_reason_missing",
    ]
