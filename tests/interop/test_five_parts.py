"""The bytes of the five files: one figure in one file, whatever somebody typed; the document says every column."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.daily import NAMES
from covidstation.interop.five_parts import COLUMNS, DayLines, Line, Part, Tables
from covidstation.services.reports.sheet import WORDS
from covidstation.services.tables import csv_text

PAGE = (Path(__file__).parents[2] / "docs" / "csv-five-parts.md").read_text(encoding="utf-8")
GOLDEN = (
    '"ma_xa","tram","ngay","tu_luc","den_luc","lan_chot","chi_tieu","ten","trong_ky","luy_ke","ghi_chu"\r\n'
    '"03517","Trạm ""A""; B","2022-03-10","2022-03-09 06:30","2022-03-10 06:30",2,"difficulties","Khó khăn","","",'
    '"\'=1+1; x"\r\n'
    '"03517","Trạm ""A""; B","2022-03-10","2022-03-09 06:30","2022-03-10 06:30",2,"staff","Người trực",2,"",'
    '"Mai; Lử"\r\n'
)


def day(*lines, version=2):
    begin, end = datetime(2022, 3, 9, 6, 30), datetime(2022, 3, 10, 6, 30)
    return DayLines(day=date(2022, 3, 10), from_at=begin, cutoff_at=end, version=version, lines=lines)


def files(*days, station='Trạm "A"; B'):
    tables = Tables("03517", station, csv_text)
    for one in days:
        tables.add(one)
    return tables.files()


def test_the_bytes_are_those_that_were_looked_at():
    found = files(
        day(
            Line(name="difficulties", words="Khó khăn", note="=1+1; x"),
            Line(name="staff", words="Người trực", today=2, note="Mai; Lử"),
        )
    )
    assert found["5-dap-ung.csv"] == GOLDEN.encode("utf-8-sig")
    assert all(data == GOLDEN.split("\r\n")[0].encode("utf-8-sig") + b"\r\n" for data in list(found.values())[:4])


def test_figures_of_the_sheet_stand_where_the_page_says():
    where = {name: Line(name=name, words="").part for name in WORDS}
    assert {where[name] for name in NAMES.values()} == {Part.SITUATION}
    assert (where["tests.rapid"], where["new.test.PCR_RT_PCR"], where["new"]) == (
        *(Part.TESTING, Part.TESTING),
        Part.SITUATION,
    )
    assert where["under.risk.HIGH"] is where["oxygen"] is Part.TREATMENT and where["under"] is Part.SITUATION
    assert where["contacts.new"] is where["papers.order"] is where["staff"] is Part.RESPONSE
    assert Line(name="new.doses.2", words="").part is Part.VACCINATION


def test_the_page_tells_every_file_and_every_column():
    assert set(re.findall(r"`(\d-[a-z-]+)\.csv`", PAGE)) == {part.value for part in Part}
    (table,) = re.findall(r"## Columns\n\| column.*\n\|---.*\n((?:\|.*\n)+)", PAGE)
    told = [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert told == list(COLUMNS)


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_stays_in_its_cell_and_is_never_a_formula(note, station):
    found = files(day(Line(name="suggestions", words="Đề xuất", note=note)), station=station)
    (line,) = csv.DictReader(io.StringIO(found["5-dap-ung.csv"].decode("utf-8-sig"), newline=""))
    assert line["ghi_chu"].removeprefix("'") == note.removeprefix("'") and line["tram"].removeprefix("'") == (
        station.removeprefix("'")
    )
    for value in line.values():
        assert not value.lstrip()[:1] or value.lstrip()[:1] not in "=+-@＝＋－＠" or value[:1] == "'"
