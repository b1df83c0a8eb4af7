"""Train `journal-N.dict` or `paper-N.dict` from training data: `python -m tools.build_journal_dictionary journal N`.

Only for a new number: a released dictionary must never change, registers are packed with it.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import zstandard
from sqlalchemy import select

from benchmarks.register import PASSPHRASE, build
from covidstation.catalog import Catalog, load_catalog
from covidstation.db.packed import LEVEL
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeState, list_episodes
from covidstation.db.rows import JournalRow
from covidstation.db.session import Database
from covidstation.domain.care import Round, VisitMeans, Vitals
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.paths import resources
from covidstation.printing.compact import split
from covidstation.services.access.opening import open_register
from covidstation.services.papers.issuing import issue_paper, kind_on
from covidstation.services.training.care import seed_care
from tests.services import outbreak, samples

SIZE = 48 << 10
PEOPLE = 4000
OUTBREAKS = 12
ROUND, CHECKS = 12, 7  # people and their checks in each
MEANS = (VisitMeans.VISIT, VisitMeans.VISIT, VisitMeans.PHONE)
MOST_OTHERS = 12_000


def training(folder: Path, catalog: Catalog, now: datetime) -> tuple[Database, dict[tuple[str, date], bytes]]:
    """A training register with papers of both regimes and care; one paper's skeleton of each kind."""
    skeletons: dict[tuple[str, date], bytes] = {}
    build(folder, PEOPLE, catalog, now)
    db = open_register(folder, PASSPHRASE).db
    found = list_episodes(db, EpisodeFilter(EpisodeState.ALL), today=now.date())
    lines = random.Random(1).sample(found.lines(0, len(found)), 240)
    for number, line in enumerate(lines):
        day = date(2022, 3, 20) if number % 2 else now.date()
        for kind in (PaperKind.ISOLATION_ORDER, kind_on(db, catalog, day, ending=True)):
            try:
                paper = issue_paper(db, kind, [line.id], catalog=catalog, issued_on=day, by=None, now=now).value
                skeletons[kind, day] = split(paper.pdf)[0]
            except UserError as trouble:
                print(trouble.code, file=sys.stderr)
    seed_care(db, seed=7, catalog=catalog, by=None, now=now)
    return db, skeletons


def outbreaks(folder: Path) -> Iterator[bytes]:
    """The lines of acts that training data has few of, each time with other ids."""
    for number in range(OUTBREAKS):
        place = folder / str(number)
        samples.found(place)
        db = samples.opened(place).db
        outbreak.everything(db)
        rounds(db, random.Random(number))
        yield from journal_of(db)
        db.close()


def rounds(db: Database, chance: random.Random) -> None:
    """What a journal has most of: checks, of all hours and with all that is measured."""
    for number in range(ROUND):
        episode = outbreak.case(db, 100 + number)
        for day in range(CHECKS):
            top = chance.choice((None, 110, 120, 130, 140))
            vitals = Vitals(
                temperature=chance.randint(362, 385),
                spo2=chance.randint(95, 99),
                pulse=chance.randint(62, 110),
                breaths=chance.randint(14, 24),
                systolic=top,
                diastolic=top - 40 if top else None,
            )
            half = chance.choice((Round.MORNING, Round.AFTERNOON))
            hour = 7 if half is Round.MORNING else 15
            at = datetime(2022, 3, 3 + day, hour, chance.randint(0, 59))
            symptoms = frozenset(chance.sample(("cough", "fever", "soreThroat", "fatigue"), chance.randint(0, 2)))
            outbreak.check(db, episode, vitals, at=at, round=half, symptoms=symptoms, means=chance.choice(MEANS))


def journal_of(db: Database) -> list[bytes]:
    """All plain lines of a register."""
    with db.read() as session:
        return list(session.scalars(select(JournalRow.line)))


def train(number: int) -> bytes:
    """The dictionary's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now().astimezone()
        db, _skeletons = training(Path(folder, "training"), load_catalog(resources()), now)
        lines = [*journal_of(db), *outbreaks(Path(folder))]
        db.close()
    papers = [line for line in lines if b'"t":"paper"' in line]
    people = (b'"t":"person"', b'"t":"household"', b'"t":"episode"', b'"t":"pathogen_test"')
    plain = [line for line in lines if any(table in line for table in people)]
    care = sorted(set(lines) - set(papers) - set(plain))
    random.Random(2).shuffle(plain)
    texts: list[bytes | bytearray | memoryview] = [*plain[:MOST_OTHERS], *care, *care, *papers, *papers]
    print(len(plain), "of people,", len(care), "of care,", len(papers), "papers", file=sys.stderr)
    return zstandard.train_dictionary(SIZE, texts, dict_id=1000 + number, k=1000, d=6, level=LEVEL).as_bytes()


def papers_of() -> bytes:
    """One paper of each kind after the other, as it is."""
    with tempfile.TemporaryDirectory() as folder:
        db, skeletons = training(Path(folder), load_catalog(resources()), datetime.now().astimezone())
        db.close()
    return b"".join(skeletons.values())


def main() -> None:
    """Make one and write it; never over one that is there."""
    words, number = sys.argv[1], int(sys.argv[2])
    path = resources() / f"{words}-{number}.dict"
    data = train(number) if words == "journal" else papers_of()
    with path.open("xb") as file:
        file.write(data)
    print(path, len(data), file=sys.stderr)


if __name__ == "__main__":
    main()
