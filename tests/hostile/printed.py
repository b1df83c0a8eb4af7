"""Every paper of a station whose people and places have a nasty name: printed as typed, nothing else opened (bar 21).

`python -m tests.hostile.printed FOLDER [STRING …]` prints them all for each string, and writes one line of JSON: what
Python opened meanwhile, and for each paper its seconds and whether the name stands in it. `FOLDER/begin` is opened
when the preparations end, so that a trace can be cut there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from covidstation.db.queries.episodes import EpisodeFilter
from covidstation.db.session import Database
from covidstation.domain.care import Round
from covidstation.domain.consent import ConsentKind
from covidstation.domain.packs import PaperKind
from covidstation.domain.text import clean
from covidstation.printing.book import render_book
from covidstation.printing.recovery import render_recovery
from covidstation.services.contacts.sheets import contact_sheets_pdf
from covidstation.services.papers.f0_table import F0Selection, f0_list_pdf
from covidstation.services.papers.files import paper_pdf
from covidstation.services.papers.handouts import commitment_pdf
from covidstation.services.papers.sheets import print_patient_sheet, print_round_sheet
from covidstation.services.papers.slips import print_medicine_slip
from covidstation.services.people import edit_person
from covidstation.services.privacy.consent import consent_pdf
from covidstation.services.record import edit_station
from covidstation.services.reports.case_report import case_reports_pdf
from covidstation.services.reports.daily import Typed, freeze_report
from covidstation.services.reports.sheet import report_pdf
from covidstation.services.reports.today_sheet import work_sheet_pdf
from tests.hostile.stage import Stage, set_stage
from tests.hostile.strings import NASTY
from tests.services import outbreak
from tests.services.samples import NOW, STATION, TODAY, USER, catalog, neighbour

ALL: dict[str, Any] = {"catalog": catalog(), "by": None, "now": NOW}
MOST_LETTERS = 200


def papers(stage: Stage, db: Database, name: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Each paper, by its name; the people, the station and what is typed all bear `name`."""
    for number, person in ((1, stage.person),):
        draft = replace(neighbour(number), full_name=f"A {name}", address_detail=name, occupation=name, workplace=name)
        edit_person(db, person, draft, **ALL)
    edit_station(db, replace(STATION, head_name=f"A {name}", chairman_name=f"A {name}"), by=None, now=NOW)
    typed = Typed(oxygen=0, difficulties=name, suggestions=name)
    case = outbreak.case(db, 30)
    edit_person(db, case.person_id, replace(neighbour(30), full_name=f"A {name}"), **ALL)
    day = {"catalog": catalog(), "today": TODAY}
    sheet = {"catalog": catalog(), "day": TODAY}
    wanted = F0Selection(wanted=EpisodeFilter(), words=name)
    yield "decision", lambda: paper_pdf(db, outbreak.issue(db, PaperKind.ISOLATION_ORDER, case.id).id)
    yield "F0 list", lambda: f0_list_pdf(db, wanted, **day)
    yield "case report", lambda: case_reports_pdf(db, catalog(), [stage.one], NOW)
    yield "patient sheet", lambda: print_patient_sheet(db, stage.one, **day).pdf
    yield "round sheet", lambda: print_round_sheet(db, round_=Round.MORNING, **sheet).pdf
    yield "medicine slip", lambda: print_medicine_slip(db, stage.one, stage.giving, catalog=catalog()).pdf
    yield "contact sheets", lambda: contact_sheets_pdf(db, [stage.contact], catalog(), today=TODAY)
    yield "commitment", lambda: commitment_pdf(db, stage.one, **sheet)
    yield "consent", lambda: consent_pdf(db, stage.person, ConsentKind.CARE, **sheet)
    yield "work of the day", lambda: work_sheet_pdf(db, [("Gọi", f"A {name}", name)], TODAY)
    yield "report", lambda: report_pdf(freeze_report(db, TODAY, typed, by_name=USER, **ALL).value)
    yield "book", lambda: render_book(station=f"A {name}", symbol="QĐ-UBND", year=2022, rows=[], made_on=TODAY)
    yield "recovery", lambda: render_recovery(station=f"A {name}", groups=["ABCD"] * 8, made_on=TODAY)


def letters(text: str) -> str:
    """What is left to compare when lines were broken and fonts have set what they know: letters and signs of Latin."""
    return "".join(sign for sign in text.upper() if "!" <= sign <= "~" or "À" <= sign <= "ɏ" or "Ạ" <= sign <= "ỹ")


def printed(pdf: bytes, name: str) -> bool:
    """Whether the name stands in the file as it was typed, on its pages and nowhere beside them."""
    text = letters("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))
    return letters(name) in text


def allowed(string: str) -> bool:
    """Whether a name of these letters is one that the register keeps."""
    kept = clean(NASTY[string])
    return 0 < len(kept) <= MOST_LETTERS - 2


def main() -> int:
    """Print all, say what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("strings", nargs="*")
    options = parser.parse_args()
    stage = set_stage(options.folder / "stage")
    with stage.copied(options.folder / "warm") as db:
        for _name, make in papers(stage, db, "Ánh"):  # fonts, forms and packs are read once
            make()
    seen: list[str] = []
    watching = [True]

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if watching[0] and event.startswith(("open", "socket.", "subprocess.", "os.exec", "os.system", "urllib")):
            seen.append(f"{event} {arguments[0] if arguments else ''}")

    (options.folder / "begin").touch()
    sys.addaudithook(hear)
    found = []
    for string in options.strings or filter(allowed, NASTY):
        name = clean(NASTY[string])
        with stage.copied(options.folder / "copy") as db:
            for paper, make in papers(stage, db, name):
                begun = time.perf_counter()
                pdf = make()
                seconds = time.perf_counter() - begun
                found.append([string, paper, round(seconds, 2), printed(pdf, name)])
    watching[0] = False
    outside = sorted({one for one in seen if str(options.folder) not in one})
    sys.stdout.write(json.dumps({"papers": found, "opened": outside}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
