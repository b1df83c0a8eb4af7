"""Today's hub over the folder of an old one: it takes in what the old station sent, and answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from covidstation.domain.district import ItemKind
from covidstation.hub.database.store import DATABASE, Hub, Place, open_hub
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.intake.bundles import Outcome, take_in
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.stations.enrolling import renew_certificates

FOLDER = Path(__file__).parents[1] / "data" / "bundles" / "schemas"
SCHEMAS = sorted(path for path in FOLDER.iterdir() if (path / "records.json").exists()) if FOLDER.is_dir() else []
PASSPHRASE = "nước chảy đá mòn"
NOW = datetime(2026, 11, 23, 5, 40, tzinfo=UTC)  # the day after the files were written


@contextmanager
def hub_of(golden: Path, work: Path) -> Iterator[Hub]:
    """A copy of that hub, lifted to today's schema as it is opened."""
    folder = Path(shutil.copytree(golden / "hub", work / "hub"))
    hub = open_hub(Place(folder / DATABASE, folder), PASSPHRASE)
    try:
        yield hub
    finally:
        hub.db.close()


def answered(golden: Path, work: Path) -> Path:
    """A stick with what today's hub says: receipt, a renewed certificate, lines down of which an old program knows
    nothing."""
    stick = work / "usb"
    stick.mkdir(parents=True)
    with hub_of(golden, work) as hub:
        (taken,) = take_in(hub, (golden / "up.csb").read_bytes(), now=NOW)
        assert taken.outcome is Outcome.TAKEN and not taken.set_aside, taken
        renew_certificates(hub, urls=["https://huyen.test:8443"], authority="", now=NOW)
        with hub.db.write(None, NOW) as session:
            draft = ItemDraft(kind=ItemKind.ANNOUNCEMENT, title="Họp giao ban", body="8 giờ.")
            make_item(session, hub, draft, Author("BS. Lò Thị Hoa"), now=NOW)
        list(export_answers(hub, stick, now=NOW))
    return stick
