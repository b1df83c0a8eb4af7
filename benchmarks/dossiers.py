"""The dossiers of 300 F0, each with its order, in one print. `python -m benchmarks.dossiers [COUNT]`."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from benchmarks.measure import report
from covidstation.catalog import load_catalog
from covidstation.db.keys import Cost
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.station import StationDraft
from covidstation.paths import resources
from covidstation.services.access.opening import open_register
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.papers.dossier import Dossier, bound, dossiers
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.papers.missing import missing_list
from covidstation.services.station.setup import found_register

NOW = datetime(2022, 3, 10, 8, 30, tzinfo=timezone(timedelta(hours=7)))
STATION = StationDraft(
    commune_code="03517",
    name="Trạm Y tế xã Nậm Tăm",
    upper_name="Trung tâm Y tế huyện Sìn Hồ",
    place_name="Nậm Tăm",
    head_name="Lò Thị Mai",
    chairman_name="Lò Văn Thương",
)


def main() -> None:
    """Build the register, then time the list of what is missing, the dossiers and their binding."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    catalog = load_catalog(resources())
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "register"
        found_register(place, STATION, user_name="Lò Thị Mai", passphrase="đo hồ sơ", now=NOW, cost=Cost(8, 1, 1))
        db = open_register(place, "đo hồ sơ").db
        ids = []
        for at in range(count):
            person = PersonDraft(
                full_name=f"Giàng A Páo {at}",
                birth=PartialDate(1955, 2, 3),
                sex=Sex.MALE,
                citizen_number=f"0120550{at:05d}",
                address_printed="Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu",
            )
            draft = F0Draft(person=person, episode=EpisodeDraft(), tests=(PathogenTest(sampled_on=NOW.date()),))
            one = register_f0(db, draft, catalog=catalog, by=None, now=NOW).value
            kind = PaperKind.ISOLATION_ORDER
            issue_paper(db, kind, [one.id], catalog=catalog, issued_on=NOW.date(), by=None, now=NOW)
            ids.append(one.id)
        started = time.perf_counter()
        lines = missing_list(db, catalog, NOW.date())
        listed = time.perf_counter()
        made = [one for one in dossiers(db, ids, catalog=catalog, now=NOW) if isinstance(one, Dossier)]
        done = time.perf_counter()
        whole = bound(made)
        end = time.perf_counter()
        report(
            "dossiers",
            {
                "missing lines": len(lines),
                "missing list ms": round((listed - started) * 1000),
                "dossiers": len(made),
                "dossiers s": round(done - listed, 2),
                "limit s": 20,
                "bound s": round(end - done, 2),
                "bound MB": round(len(whole) / 1e6, 1),
            },
        )
        db.close()


if __name__ == "__main__":
    main()
