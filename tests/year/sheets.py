"""The same figures as they are printed and written into spreadsheets, read back from paper and file."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pypdf

from covidstation.db.queries.places import hamlets
from covidstation.services.households.paper import population_pdf
from covidstation.services.reports.supply_ledger import ledger_pdf, ledger_xlsx
from tests.year.medicine_book import rule_on
from tests.year.store_book import COLUMNS
from tests.year.world import World

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def store(w: World, wrong: list[str], folder: Path) -> None:
    """The ledger of the month: A4 by item, the spreadsheet by item and by lot."""
    first = max(w.today.replace(day=1), w.plan.first)
    paper = {w.store.titles[item]: line for item, line in w.store.by_item(first, w.today).items()}
    words = printed(ledger_pdf(w.db, first, w.today, catalog=w.catalog, today=w.today))
    for title, line in paper.items():
        figures = " ".join(f"{line[name]}" for name in COLUMNS if line[name] or name in ("opening", "closing"))
        if not _follows(words, title, figures):
            wrong.append(f"the printed ledger lacks {title}: {figures}")
    path = ledger_xlsx(w.db, first, w.today, folder / f"so-kho-{w.today}.xlsx", catalog=w.catalog, today=w.today)
    by_item, by_lot = (spreadsheet(path, number) for number in (1, 2))
    told = {row[1]: tuple(row[-9:]) for row in by_item if row[1] in paper}
    if told != {title: tuple(float(line[name]) for name in COLUMNS) for title, line in paper.items()}:
        wrong.append(f"the spreadsheet by item says {told}")
    lots = sorted(tuple(row[-9:]) for row in by_lot if row[1] in paper)
    if lots != sorted(tuple(float(line[name]) for name in COLUMNS) for line in w.store.ledger(first, w.today).values()):
        wrong.append("the spreadsheet by lot differs")


def population(w: World, wrong: list[str]) -> None:
    """The sheet of people by age and sex: each hamlet, and the commune."""
    words = printed(population_pdf(w.db, w.today, catalog=w.catalog, today=w.today))
    starts = rule_on(w.chronic.elder, w.today)["band_starts"]
    cells = w.people.population(w.today)
    rows: list[tuple[str, Any]] = [*((one.title, one.id) for one in hamlets(w.db)), ("Cả xã", None)]
    for title, place in rows:
        some = [(sex, age, n) for (hamlet, sex, age), n in cells.items() if place is None or hamlet == place]
        sexes = [sum(n for _s, _a, n in some), *(sum(n for s, _a, n in some if s == sex) for sex in ("MALE", "FEMALE"))]
        ends = [*starts[1:], 10**6]
        bands = [sum(n for _s, a, n in some if first <= a < end) for first, end in zip(starts, ends, strict=True)]
        figures = " ".join(map(str, [*sexes, *bands, 0]))
        if not _follows(words, title, figures):
            wrong.append(f"the printed population lacks {title}: {figures}")
    flows = w.people.flowed(w.today.replace(day=1), w.today)
    told = f"sinh {flows['born']}, đến {flows['came']}, mất {flows['died']}, đi {flows['left']}"
    if told not in words:
        wrong.append(f"the printed population lacks {told}")


def printed(pdf: bytes) -> str:
    """All words of a paper, one space between them."""
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


def _follows(words: str, title: str, figures: str) -> bool:
    """Whether these figures stand in the line of that title; its unit may stand between."""
    at = words.find(title)
    while at >= 0:
        line = words[at + len(title) : at + len(title) + len(figures) + 30]
        if f" {figures} " in f"{line} ":
            return True
        at = words.find(title, at + 1)
    return False


def spreadsheet(path: Path, number: int) -> list[list[Any]]:
    """The rows of one sheet; texts as texts, numbers as numbers."""
    with ZipFile(path) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(part.text or "" for part in one.iter(f"{SHEET}t")) for one in shared]
        sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    rows = []
    for row in sheet.iter(f"{SHEET}row"):
        cells: list[Any] = []
        for cell in row:
            value = cell.find(f"{SHEET}v")
            if value is None or value.text is None:
                cells.append(None)
            else:
                cells.append(texts[int(value.text)] if cell.get("t") == "s" else float(value.text))
        rows.append([*cells, *[None] * (2 - len(cells))])
    return rows


def month_end(day: date) -> bool:
    """Whether another month begins tomorrow."""
    return date.fromordinal(day.toordinal() + 1).day == 1
