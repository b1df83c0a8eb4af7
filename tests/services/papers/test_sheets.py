"""The papers of monitoring: who stands on the round sheet, what a person's own sheet says, and that both are whole."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader

from covidstation.domain.care import Round, VisitStatus, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.monitoring import VisitDraft
from covidstation.errors import UserError
from covidstation.services.care.rounds import record_visit
from covidstation.services.papers.sheets import patient_sheet, print_patient_sheet, print_round_sheet, round_sheet
from covidstation.services.places import add_hamlet
from tests.services.samples import NOW, PAO, TODAY, f0, neighbour, register

A4_LYING = (842, 595)


def check(db, catalog, episode, at, **changes):
    given = {"vitals": Vitals(temperature=372, spo2=97, pulse=84, breaths=18)} | changes
    draft = VisitDraft(episode_id=episode.id, at=at, round=Round.MORNING if at.hour < 12 else Round.AFTERNOON, **given)
    return record_visit(db, draft, catalog=catalog, by=None, by_name="Lò Thị Mai", now=NOW, sure=True).value.visit


@pytest.fixture
def episode(db):
    return register(db, f0(day=date(2022, 3, 8)))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_the_round_sheet_names_everybody_with_their_last_values(db, catalog, episode):
    hamlet = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    register(db, f0(replace(neighbour(1), hamlet_id=hamlet), day=date(2022, 3, 9)))
    check(db, catalog, episode, datetime(2022, 3, 9, 15, 10))
    sheet = round_sheet(db, catalog=catalog, day=TODAY, round_=Round.MORNING)
    assert [(group.title, len(group.lines)) for group in sheet.groups] == [("Bản Nậm Ngá", 1), ("", 1)]
    line = sheet.groups[1].lines[0]
    assert (line.name, line.age, line.day_number) == (PAO.full_name, "67", 3)
    assert (line.last, line.last_at) == ("37,2 · 97 · 84 · 18", "15:10 09/03")
    assert line.cells == ("",) * 7


def test_the_round_sheet_as_pdf_is_lying_and_has_every_name(db, catalog):
    for number in range(40):
        register(db, f0(neighbour(number), day=date(2022, 3, 8)))
    printed = print_round_sheet(db, catalog=catalog, day=TODAY, round_=Round.AFTERNOON)
    pages = PdfReader(BytesIO(printed.pdf)).pages
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {A4_LYING}
    text = text_of(printed.pdf)
    assert text.count("Giàng A Páo") == 6  # numbers 0, 7, 14, 21, 28, 35 of seven names
    assert "CHIỀU NGÀY 10/03/2022" in text and "40 người" in text
    assert "Giàng" not in printed.name


def test_a_persons_sheet_has_the_lines_of_the_guideline_and_what_is_known(db, catalog, episode):
    check(db, catalog, episode, datetime(2022, 3, 8, 7, 0), symptoms=frozenset({"cough", "lossOfSmell", "fever"}))
    check(db, catalog, episode, datetime(2022, 3, 8, 15, 0), signs_asked=True)
    check(
        db,
        catalog,
        episode,
        datetime(2022, 3, 9, 7, 0),
        vitals=Vitals(),
        status=VisitStatus.UNAVAILABLE,
        reason="đi nương",
    )
    sheet = patient_sheet(db, episode.id, catalog=catalog, today=TODAY)
    assert len(sheet.columns) == 28
    morning, afternoon, missed = sheet.columns[0].cells, sheet.columns[1].cells, sheet.columns[2].cells
    assert (morning["temperature"], morning["spo2"], morning["cough"], morning["senses"]) == ("37,2", "97", "Có", "Có")
    assert (morning["fatigue"], morning["other"]) == ("Không", "Sốt")
    assert (afternoon["cough"], afternoon["other"]) == ("Không", "")
    assert (missed["temperature"], missed["cough"], missed["other"]) == ("", "", "vắng")
    text = text_of(print_patient_sheet(db, episode.id, catalog=catalog, today=TODAY).pdf)
    assert "PHIẾU THEO DÕI SỨC KHỎE NGƯỜI MẮC COVID-19 TẠI NHÀ" in text
    for words in (PAO.full_name, "03/02/1955", "Nhịp thở (lần/phút)", "Đau tức ngực kéo dài", "Huyết áp tối thiểu"):
        assert words in text


def test_an_empty_sheet_is_for_the_home(db, catalog, episode):
    check(db, catalog, episode, datetime(2022, 3, 8, 7, 0))
    sheet = patient_sheet(db, episode.id, catalog=catalog, today=TODAY, empty=True)
    assert {value for column in sheet.columns for value in column.cells.values()} == {""}


def test_a_longer_illness_takes_another_page(db, catalog):
    held = register(db, f0(day=date(2022, 2, 20)))
    check(db, catalog, held, datetime(2022, 3, 9, 7, 0))
    assert len(PdfReader(BytesIO(print_patient_sheet(db, held.id, catalog=catalog, today=TODAY).pdf)).pages) == 2


def test_a_long_name_does_not_break_the_page(db, catalog):
    name = "Nguyễn Thị Hoàng Phương Thảo Nguyên Khánh Linh Trang"
    person = replace(PAO, full_name=name, birth=PartialDate(1955), citizen_number="", old_citizen_number="")
    held = register(db, f0(person, day=date(2022, 3, 8)))
    assert len(PdfReader(BytesIO(print_patient_sheet(db, held.id, catalog=catalog, today=TODAY).pdf)).pages) == 1


def test_an_unknown_illness_is_said(db, catalog):
    with pytest.raises(UserError, match="unknown"):
        patient_sheet(db, uuid4(), catalog=catalog, today=TODAY + timedelta(days=1))
