"""Golden bundles of the schemas that stations still run: `python -m tests.sync.old_programs 1 2 3`, in the repository.

Takes the last program of each schema out of the history, lets it found a hub and a station, enter people, enrol and
export, and keeps what they wrote in `tests/data/bundles/schemas/N`: the hub's folder before anything was taken in, the
certificate, the enrolment, the changes, the receipt, and what that program's own hub made of the changes. Then today's
hub answers, and the old program reads the answer (`read by the program of schema N: …`). Keys and people are invented,
and guard nothing. What was written once is never remade.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from tests.sync.golden_hubs import FOLDER, answered

ROOT = Path(__file__).parents[2]
# the last commit of each schema of a station's register
LAST = {"1": "b049157", "2": "e27bdd2", "3": "5b1fd90", "4": "f620899", "5": "d96687b", "6": "4618d6e"}

WRITE = """
import json, shutil, sys
from pathlib import Path
from sqlalchemy import select
from covidstation.hub import rows
try:
    from covidstation.hub import store
except ImportError:
    from covidstation.hub.database import store
from tests.e2e.programs import PASSPHRASE
from tests.e2e.test_journey import NAME, Journey
from tests.services import samples
try:
    from tests.services import outbreak
except ImportError:
    outbreak = None

folder, out = Path(sys.argv[1]), Path(sys.argv[2])
journey = Journey(folder)
one = journey.station(NAME, "03517", *(("--head", samples.USER) if hasattr(samples, "USER") else ()))
journey.enrol(one)
db = samples.opened(one.data).db
if outbreak is not None and hasattr(outbreak, "everything"):
    outbreak.everything(db)
else:
    for number in range(1, 4):
        samples.register(db, samples.f0(samples.neighbour(number)))
db.close()
one.ask("export", journey.stick)
shutil.copytree(journey.hub.data, out / "hub")
shutil.copytree(one.data, out / "station")
for kind, name in (("U-", "up"), ("C-", "cert"), ("E-", "enrol")):
    found = max(journey.stick.rglob(kind + "*.csb"), key=lambda path: path.parent.name == "enrol")
    shutil.copy(found, out / (name + ".csb"))
assert journey.hub.ask("import", journey.stick)["refused"] == 0
journey.hub.ask("export", journey.stick)
receipt = max(journey.stick.rglob("R-*.csb"), key=lambda path: path.name)
shutil.copy(receipt, out / "receipt.csb")
hub = store.open_hub(store.Place(journey.hub.data / "hub.db", journey.hub.data), PASSPHRASE)
with hub.db.read() as session:
    made = sorted([row.tbl, row.row, row.fields] for row in session.scalars(select(rows.RecordRow)))
    codes = session.scalars(select(rows.OperationRow.code).where(rows.OperationRow.code.is_not(None))).all()
assert not codes, codes
(out / "records.json").write_text(json.dumps(made, ensure_ascii=False, indent=0, sort_keys=True) + "\\n")
"""

READ = """
import json, sys
from pathlib import Path
from tests.e2e.programs import PASSPHRASE, Program
one = Program("covidstation", Path(sys.argv[1]), child=False)
found = one.ask("import", Path(sys.argv[2]), status=None)["files"]  # up to schema 3 a certificate asks for its words
state = one.ask("status")
print(json.dumps({"files": [[one["outcome"], one["code"]] for one in found], "unsent": state["unsent"]}))
"""


def take_out(commit: str, place: Path) -> None:
    """The tree of that commit."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(place, filter="data")


def run_old(tree: Path, script: str, *words: object) -> str:
    """Python of that tree."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "QT_QPA_PLATFORM": "offscreen", "LANGUAGE": "vi"}
    command = [sys.executable, "-c", script, *map(str, words)]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return done.stdout


def write(schema: str) -> str:
    """The golden files of that schema, unless they are there; what its program says of today's answers."""
    with tempfile.TemporaryDirectory() as elsewhere:
        tree, work, out = (Path(elsewhere, name) for name in ("tree", "work", "out"))
        for one in (tree, work, out):
            one.mkdir()
        take_out(LAST[schema], tree)
        run_old(tree, WRITE, work, out)
        stick = answered(out, work / "answers")
        said = json.loads(run_old(tree, READ, out / "station", stick))
        for path in (*out.glob("*.txt"), out / "hub" / "keys.hold"):
            path.unlink(missing_ok=True)
        shutil.rmtree(out / "station")
        kept = FOLDER / schema
        if not kept.exists():
            shutil.copytree(out, kept)
        return f"read by the program of schema {schema}: {said}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("schemas", nargs="+", choices=sorted(LAST))
    for schema in parser.parse_args().schemas:
        sys.stdout.write(write(schema) + "\n")


if __name__ == "__main__":
    main()
