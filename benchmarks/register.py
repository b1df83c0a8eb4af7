"""The register under load: `python -m benchmarks.register [PEOPLE]` (100,000 unless told).

Builds a training register in a temporary folder (or uses COVIDSTATION_BENCH, a folder made before with the same
passphrase), then measures opening, lists, search, saving, papers and size.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

from benchmarks.measure import median_ms, percentile, report
from covidstation.catalog import Catalog, load_catalog
from covidstation.db.keys import Cost
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeSort, EpisodeState, list_episodes
from covidstation.db.queries.people import find_people, person_page
from covidstation.db.queries.sync import sync_state
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.station import StationDraft
from covidstation.domain.text import fold
from covidstation.paths import resources
from covidstation.services.access.opening import open_register
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.papers.issuing import issue_paper, paper_pdf
from covidstation.services.record import change_setting
from covidstation.services.station.setup import found_register
from covidstation.services.training.seed import make_commune, seed_training

PASSPHRASE = "đo tốc độ của sổ"
CODE = "03517"


def build(folder: Path, people: int, catalog: Catalog, now: datetime) -> float:
    """Found and fill the register; seconds taken."""
    started = time.perf_counter()
    draft = StationDraft(
        commune_code=CODE, name="Trạm Y tế xã Nậm Tăm", place_name="Nậm Tăm", head_name="Lò Thị Mai",
        chairman_name="Lò Văn Thương", training=True,
    )  # fmt: skip
    founded = found_register(folder, draft, user_name="Mai", passphrase=PASSPHRASE, now=now, cost=Cost(1024, 1, 1))
    register = open_register(folder, PASSPHRASE)
    commune = make_commune(catalog, CODE, people, 7, now)
    seed_training(register.db, commune, seed=7, catalog=catalog, by=founded.user_id, now=now)
    change_setting(register.db, "home_isolation", "yes", by=founded.user_id, now=now)
    register.db.close()
    return time.perf_counter() - started


def search_figures(db: Database) -> dict[str, float]:
    """Each keystroke of names typed letter by letter, with and without accents, initials and numbers."""
    rng = random.Random(3)
    lines = list_episodes(db, EpisodeFilter(EpisodeState.ALL), today=date.today()).lines(0, 400)
    names = [line.full_name for line in rng.sample(lines, 40)]
    typed = [name[:end] for name in names for end in range(1, len(name) + 1)]
    typed += [fold(name) for name in names] + ["gap", "nva", "0123", "012", "03", "ban", "lo van", "thi"]
    taken = []
    for text in typed:
        started = time.perf_counter()
        find_people(db, text)
        taken.append((time.perf_counter() - started) * 1000)
    return {
        "search_median_ms": round(percentile(taken, 0.5), 2),
        "search_p95_ms": round(percentile(taken, 0.95), 2),
        "search_worst_ms": round(max(taken), 2),
    }


def f0(number: int, today: date) -> F0Draft:
    """A new F0 as the form gives it."""
    birth = PartialDate(1955, 2, 3)
    person = PersonDraft(full_name=f"Giàng A Páo {number}", birth=birth, sex=Sex.MALE, address_printed="Nậm Tăm")
    test = PathogenTest(sampled_on=today, place="Trạm Y tế")
    return F0Draft(person=person, episode=EpisodeDraft(report_date=today), tests=(test,))


def paper_figures(db: Database, catalog: Catalog, by: object, now: datetime) -> dict[str, float]:
    """Saving 500 new F0 and issuing their decisions, one transaction each."""
    size_before = sum(path.stat().st_size for path in db.path.parent.glob("register.db*"))
    today = now.date()
    saves, issues, ids = [], [], []
    for number in range(500):
        started = time.perf_counter()
        done = register_f0(db, f0(number, today), catalog=catalog, by=None, now=now)
        saves.append((time.perf_counter() - started) * 1000)
        ids.append(done.value.id)
    db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
    size_saved = db.path.stat().st_size
    papers = []
    for episode_id in ids:
        started = time.perf_counter()
        issued = issue_paper(
            db, PaperKind.ISOLATION_ORDER, [episode_id], catalog=catalog, issued_on=today, by=None, now=now
        )
        issues.append((time.perf_counter() - started) * 1000)
        papers.append(issued.value)
    db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
    size_issued = db.path.stat().st_size
    assert paper_pdf(db, papers[0].id) == papers[0].pdf
    return {
        "save_median_ms": round(percentile(saves, 0.5), 2),
        "save_p95_ms": round(percentile(saves, 0.95), 2),
        "issue_median_ms": round(percentile(issues, 0.5), 2),
        "issue_500_s": round(sum(issues) / 1000, 2),
        "reprint_ms": median_ms(lambda: paper_pdf(db, papers[7].id)),
        "papers_3000_mb": round((size_issued - size_saved) / 500 * 3000 / 1e6, 1),
        "size_before_mb": round(size_before / 1e6, 1),
    }


def main() -> None:
    """Measure and print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    now, catalog = datetime.now().astimezone(), load_catalog(resources())
    made = os.environ.get("COVIDSTATION_BENCH")
    folder = Path(made) if made else Path(tempfile.mkdtemp(prefix="covidstation-bench-"))
    build_s = 0.0 if (folder / "register.db").exists() else build(folder, people, catalog, now)
    started = time.perf_counter()
    register = open_register(folder, PASSPHRASE)
    opened = time.perf_counter()
    active = list_episodes(register.db, EpisodeFilter(), today=now.date())
    active.lines(0, 30)
    listed = time.perf_counter()
    db = register.db
    every = EpisodeFilter(EpisodeState.ALL)
    found = list_episodes(db, every, today=now.date())
    person_id = found.lines(len(found) // 2, 1)[0].person_id
    figures = {
        "people": people,
        "build_s": round(build_s, 1),
        "open_ms": round((opened - started) * 1000, 1),
        "first_list_ms": round((listed - opened) * 1000, 1),
        "list_active_ms": median_ms(lambda: list_episodes(db, EpisodeFilter(), today=now.date()).lines(0, 30)),
        "list_all_by_name_ms": median_ms(lambda: list_episodes(db, every, today=now.date()).lines(0, 30)),
        "list_all_by_hamlet_ms": median_ms(
            lambda: list_episodes(db, every, today=now.date(), sort=EpisodeSort.HAMLET).lines(0, 30)
        ),
        "page_of_list_ms": median_ms(lambda: found.lines(len(found) // 2, 60)),
        "person_page_ms": median_ms(lambda: person_page(db, person_id)),
        "sync_state_ms": median_ms(lambda: sync_state(db)),
        **search_figures(db),
        **paper_figures(db, catalog, register.user_id, now),
    }
    report("register", figures)
    db.close()


if __name__ == "__main__":
    main()
