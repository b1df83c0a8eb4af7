"""Sheets without a number: under which body and by whom they are signed on the day they are made."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pypdf
import pytest

from covidstation.db.queries.episodes import EpisodeFilter
from covidstation.domain.care import Round
from covidstation.services.papers.f0_table import F0Selection, f0_list_pdf
from covidstation.services.papers.handouts import staff_list_pdf
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.papers.missing import delivery_list_pdf
from covidstation.services.papers.sheets import round_sheet
from covidstation.services.record import edit_station
from covidstation.services.reports.head import head_on
from tests.services.samples import NOW, STATION, catalog, register

UPPER, COMMUNE = "Trung tâm Y tế huyện Sìn Hồ", "Ủy ban nhân dân xã Nậm Tăm"
BEFORE, AFTER = date(2025, 12, 31), date(2026, 1, 1)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.parametrize(("day", "parent", "title"), [(BEFORE, UPPER, "Trưởng trạm"), (AFTER, COMMUNE, "Giám đốc")])
def test_a_station_stands_under_its_commune_since_2026(db, day, parent, title):
    """TT 43/2025/TT-BYT, Điều 2; the station's own setting is still that of its founding."""
    head = letterhead(db, catalog(), day)
    assert (head.parent, head.station, head.head_title) == (parent, STATION.name, title)
    register(db)
    f0s = f0_list_pdf(db, F0Selection(EpisodeFilter()), catalog=catalog(), today=day)
    staff, delivery = (
        staff_list_pdf(db, catalog=catalog(), day=day),
        delivery_list_pdf(db, [], catalog=catalog(), today=day),
    )
    for pdf in (f0s, staff, delivery):
        assert parent.upper() in text_of(pdf)
        assert title in text_of(pdf)
    assert round_sheet(db, catalog=catalog(), day=day, round_=Round.MORNING).parent == parent
    with db.read() as session:
        assert head_on(session, catalog(), day).signer_title == title.upper()


@pytest.mark.parametrize("own", ["Phụ trách trạm", "Phó Giám đốc"])
def test_a_title_that_no_law_names_stays_the_stations_own(db, own):
    edit_station(db, replace(STATION, head_title=own), by=None, now=NOW)
    assert {letterhead(db, catalog(), day).head_title for day in (BEFORE, AFTER)} == {own}


def test_without_a_body_above_none_is_made_up(db):
    edit_station(db, replace(STATION, upper_name=""), by=None, now=NOW)
    assert letterhead(db, catalog(), BEFORE).parent == ""
