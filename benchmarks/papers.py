"""Making papers: one in a fresh process, 500 in a row. `python -m benchmarks.papers`."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks.measure import median_ms, report
from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind, pack_on, parse_pack
from covidstation.domain.papers import PaperFacts, PaperView, SubjectFacts, build_view, with_number
from covidstation.domain.people import Sex
from covidstation.paths import resources
from covidstation.printing.papers import render

DAY = date(2022, 3, 10)


def view(number: int) -> PaperView:
    """A decision as a station issues it."""
    packs = [parse_pack(path.read_text(encoding="utf-8")) for path in (resources() / "packs").glob("*.toml")]
    person = SubjectFacts(
        name=f"Giàng A Páo {number}",
        birth=PartialDate(1955, 2, 3),
        sex=Sex.MALE,
        citizen_number="012055000127",
        address="bản Nậm Ngá, xã Nậm Tăm, huyện Sìn Hồ, tỉnh Lai Châu",
        hamlet="bản Nậm Ngá",
    )
    facts = PaperFacts(
        issued_on=DAY,
        place="Nậm Tăm",
        commune="xã Nậm Tăm",
        district="huyện Sìn Hồ",
        province="tỉnh Lai Châu",
        station="Trạm Y tế xã Nậm Tăm",
        signer="Lò Văn Thương",
        subjects=(person,),
        isolation_place=person.address,
        isolation_from=DAY,
        isolation_until=date(2022, 3, 16),
        days=7,
    )
    return with_number(build_view(pack_on(packs, DAY), PaperKind.ISOLATION_ORDER, facts), number)


def cold_ms() -> float:
    """Import and one paper in a process of its own, the interpreter's own start apart."""
    code = (
        "import time; started = time.perf_counter()\n"
        "from benchmarks.papers import view\nfrom covidstation.printing.papers import render\n"
        "render(view(1)); print((time.perf_counter() - started) * 1000)"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    return float(done.stdout)


def main() -> None:
    """Measure and print."""
    cold = sorted(cold_ms() for _run in range(5))[2]
    views = [view(number) for number in range(1, 501)]
    render(views[0])
    started = time.perf_counter()
    sizes = [len(render(one)) for one in views]
    figures = {
        "one_cold_ms": round(cold, 1),
        "one_warm_ms": median_ms(lambda: render(views[3]), 20),
        "five_hundred_s": round(time.perf_counter() - started, 2),
        "bytes": sizes[0],
    }
    report("papers", figures)


if __name__ == "__main__":
    main()
