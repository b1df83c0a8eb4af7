"""Bundles by browser: what lies on a stick is sent in, and the answers come out as the same tree in one zip file."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from starlette.datastructures import UploadFile

from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.intake.bundles import Intake, Outcome
from covidstation.hub.intake.vouched import take_keys
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.results import hub_sentence, intake_text
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.stations.vouching import is_vouched
from covidstation.hub.web.frame import Answer, Ask, File, Show
from covidstation.i18n import N_, _
from covidstation.sync.bundle import read_header
from covidstation.sync.carriers import usb
from covidstation.sync.header import NAMELESS, Kind
from covidstation.sync.refusals import BundleRefused

MOST_FILES: Final = 200
LONGEST_NAME: Final = 80
ZIP: Final = "application/zip"
NOT_FOR_US: Final = {
    Kind.RECEIPT: N_("biên nhận của huyện, để trạm đọc; huyện không cần"),
    Kind.CERT: N_("giấy chứng nhận của trạm, để trạm đọc; huyện không cần"),
    Kind.DOWN: N_("gói của huyện gửi trạm, để trạm đọc; huyện không cần"),
    Kind.ENROL: N_("giấy xin ghép nối; mở trang Ghép nối trạm để so tám từ"),
}
_turn: Final = Lock()  # 100 MB of memory for one bundle: one upload is read at a time


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file that was sent: `tone` is ok, plain, warn or danger."""

    name: str
    text: str
    tone: str


def show_bundles(ask: Ask) -> Answer:
    """Both ways on one page."""
    return Show("bundles.html", {"outcomes": [], "most": MOST_FILES})


def take_bundles(ask: Ask) -> Answer:
    """Take each file in; every one has its own sentence, and one bad file stops no other."""
    files = ask.files("files")
    if not files:
        raise UserError("hub_page.no_files")
    outcomes: list[FileOutcome] = []
    taken = 0
    with _turn:
        for one in files[:MOST_FILES]:
            for outcome, count in _take(ask, one):
                outcomes.append(outcome)
                taken += count
    with ask.hub.db.write(None, ask.now) as session:
        note(session, HubAction.IMPORT, by=ask.by, now=ask.now, detail={"files": len(files), "taken": taken})
    return Show("bundles.html", {"outcomes": outcomes, "most": MOST_FILES})


def _take(ask: Ask, file: UploadFile) -> Iterator[tuple[FileOutcome, int]]:
    name = clean((file.filename or "").replace("\\", "/").rpartition("/")[2])[:LONGEST_NAME]
    try:
        if (file.size or 0) > usb.MOST_SIZE:
            raise BundleRefused("bundle.too_large", most=usb.MOST_SIZE >> 20)
        file.file.seek(0)
        data = file.file.read(usb.MOST_SIZE + 1)
        kind = read_header(data).kind
        if kind in NAMELESS and is_vouched(data):
            yield _outcome(take_keys(ask.hub, data, name=name, by=ask.by, now=ask.now)), 0
            return
        if kind in NOT_FOR_US:
            yield FileOutcome(name, _(NOT_FOR_US[kind]), "plain"), 0
            return
        found = ask.take(data, name)
    except UserError as trouble:
        yield FileOutcome(name, hub_sentence(trouble), "danger"), 0
        return
    if found is None:
        yield FileOutcome(name, _("đã giữ an toàn ở huyện, đang đợi lượt ghi vào"), "plain"), 0
        return
    for one in found:
        yield _outcome(one), one.taken


def _outcome(one: Intake) -> FileOutcome:
    if one.trouble is not None:
        return FileOutcome(one.name, hub_sentence(one.trouble), "danger")
    tone = {Outcome.TAKEN: "ok", Outcome.KEYS: "ok", Outcome.ALREADY: "plain"}.get(one.outcome, "warn")
    text = intake_text(one).removeprefix(f"{one.name}: ")
    return FileOutcome(one.name, text, "warn" if one.set_aside else tone)


def give_answers(ask: Ask) -> Answer:
    """What `covidstation-hub export` puts on a stick, for all stations or for one."""
    wanted = ask.text("station")
    with tempfile.TemporaryDirectory(prefix="covidstation-") as folder:
        written = list(export_answers(ask.hub, Path(folder), now=ask.now))
        if not written:
            raise UserError("hub.nobody_enrolled")
        names = {one.station.id.hex: one.station for one in written}
        data = _zip(Path(folder), [wanted] if wanted in names else sorted(names))
    station = names[wanted].n if wanted in names else None
    with ask.hub.db.write(None, ask.now) as session:
        detail = {"stations": 1 if station else len(names)}
        note(session, HubAction.SEND, by=ask.by, now=ask.now, station=station, detail=detail)
    return File(f"tra-loi-{ask.today:%Y-%m-%d}.zip", ZIP, data)


def _zip(folder: Path, stations: Sequence[str]) -> bytes:
    """The tree of a stick; bundles are compressed and sealed already."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for station in stations:
            for path in sorted((folder / usb.TOP / station).rglob("*.csb")):
                packed.write(path, path.relative_to(folder).as_posix())
    return out.getvalue()
