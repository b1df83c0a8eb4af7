"""Train `journal-N.dict` and `paper-N.dict` from training data: `python -m tools.build_journal_dictionary N`.

Only for a new number: a released dictionary must never change, registers are packed with it.
"""

from __future__ import annotations

import random
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path

import zstandard
from sqlalchemy import select

from benchmarks.register import build
from covidstation.catalog import load_catalog
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeState, list_episodes
from covidstation.db.rows import JournalRow
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.paths import resources
from covidstation.printing.compact import split
from covidstation.services.papers import issue_paper, kind_on
from covidstation.services.setup import open_register

SIZE = 48 << 10


def samples(folder: Path) -> tuple[list[bytes], list[bytes]]:
    """Lines of a training register with papers of both regimes, and one paper's skeleton of each kind."""
    skeletons: dict[tuple[str, date], bytes] = {}
    now, catalog = datetime.now().astimezone(), load_catalog(resources())
    build(folder, 4000, catalog, now)
    db = open_register(folder, "đo tốc độ của sổ").db
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
    with db.read() as session:
        return list(session.scalars(select(JournalRow.line))), list(skeletons.values())


def main() -> None:
    """Train and write."""
    path = resources() / f"journal-{int(sys.argv[1])}.dict"
    with tempfile.TemporaryDirectory() as folder:
        lines, skeletons = samples(Path(folder))
    papers = [line for line in lines if b'"t":"paper"' in line]
    others = [line for line in lines if b'"t":"paper"' not in line]
    random.Random(2).shuffle(others)
    texts: list[bytes | bytearray | memoryview] = [*others[:12000], *papers, *papers]
    trained = zstandard.train_dictionary(SIZE, texts, dict_id=1000 + int(sys.argv[1]))
    path.write_bytes(trained.as_bytes())
    (resources() / f"paper-{int(sys.argv[1])}.dict").write_bytes(b"".join(skeletons))
    print(path, len(trained.as_bytes()), len(papers), len(others))


if __name__ == "__main__":
    main()
