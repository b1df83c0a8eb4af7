"""Makes the pictures of the documents from the program itself: `./run pictures [NAME...]`.

Real pages over a real register of invented people at a fixed moment (tools/picture_station.py), drawn without a
screen at 1366 × 768 in both schemes. `docs/pictures/` gets whole windows, `resources/help/pictures/` parts of them.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image, ImageOps
from PySide6.QtCore import QBuffer, QByteArray, QEventLoop, QIODevice, QSize, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from covidstation.catalog import Catalog, load_catalog
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeLine, EpisodeState, list_episodes
from covidstation.db.queries.papers import BookFilter, book_lines
from covidstation.db.queries.rounds import open_alerts
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.paths import resources
from covidstation.services.access.entrance import entrants
from covidstation.services.preferences import Preferences
from covidstation.services.station.setup import keep_setup_draft
from covidstation.services.status import preferences_of
from covidstation.ui.desk import Desk
from covidstation.ui.look.theme import Choice, Theme
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.ring import FocusRing
from covidstation.ui.person.page import OnePerson
from covidstation.ui.settings.backup import BackupSection
from covidstation.ui.settings.page import SettingsPage
from covidstation.ui.start.rescuing import Rescuing
from covidstation.ui.start.shell import Shell
from covidstation.ui.start.trouble import TroubleView
from covidstation.ui.start.unlock import UnlockView
from covidstation.ui.start.wizard import Wizard
from covidstation.ui.sync.page import SyncPage
from covidstation.ui.sync.panels import folder_stick
from covidstation.ui.tasks import Tasks
from tools.picture_station import NOW, Made, make_station
from tools.sources import ROOT

SIZE: Final = QSize(1366, 768)
DOCUMENTS: Final = ROOT / "docs" / "pictures"
HELP: Final = ROOT / "resources" / "help" / "pictures"
FOLDER: Final = r"C:\Users\tram\AppData\Roaming\CovidStation"
MOST_BYTES: Final = 120_000
WIDEST: Final = 740
COLOURS: Final = (256, 128, 64)
SCHEMES: Final[tuple[Choice, ...]] = ("light", "dark")
CARD: Final = "012088004217|045612387|Vàng A Chứ|12031988|Nam|Bản Co Pậu, Nậm Tăm, Sìn Hồ, Lai Châu|05082022"
WIZARD: Final = {
    "kind": "empty",
    "province": "12",
    "commune_key": "03517",
    "name": "Trạm Y tế xã Nậm Tăm",
    "place_name": "Nậm Tăm",
    "upper_name": "Trung tâm Y tế khu vực Sìn Hồ",
    "step": "place",
}
PARTS: Final[dict[str, tuple[str, tuple[int, int, int, int]]]] = {
    "unlock": ("unlock", (320, 216, 1048, 480)),
    "wizard": ("wizard", (360, 30, 1150, 470)),
    "today": ("today", (201, 100, 1361, 500)),
    "card": ("new-f0", (216, 198, 760, 356)),
    "form": ("new-f0", (216, 476, 904, 640)),
    "isolation": ("new-f0", (1006, 158, 1366, 556)),
    "search": ("search", (220, 6, 786, 238)),
    "list": ("f0-list", (201, 104, 1361, 440)),
    "round": ("rounds", (201, 104, 1361, 440)),
    "report": ("report", (201, 104, 1361, 560)),
    "missing": ("paper", (976, 158, 1346, 538)),
    "book": ("book", (694, 208, 1350, 526)),
    "stick": ("sync-done", (522, 158, 1196, 348)),
    "receipts": ("sync-received", (216, 412, 956, 720)),
    "training": ("today", (201, 57, 941, 157)),
}
"""Pictures of the help: name → the whole picture that it is cut from, and where (left, top, right, bottom)."""


class Studio:
    """One window in front of one station; each method sets a scene."""

    def __init__(self, place: Path, theme: Theme) -> None:
        self._place = place
        self.theme = theme
        self.catalog: Catalog = load_catalog(resources())
        self.presented: list[UserError] = []
        self.tasks = Tasks(present=lambda _parent, trouble: self.presented.append(trouble))
        self.made: Made = make_station(place, self.catalog)
        self.preferences: Preferences = replace(
            preferences_of(self.made.register, self.catalog, NOW.date()), theme="light"
        )
        self.shell = Shell("CovidStation")
        self.shell.resize(SIZE)
        self.shell.show()
        self.shell.activateWindow()
        self.desk = Desk(self.made.register, self.catalog, self.tasks, now=lambda: NOW)
        self._main: MainWindow | None = None

    @property
    def main(self) -> MainWindow:
        """The pages around the register, put into the window at first use."""
        if self._main is None:
            self._main = MainWindow(self.desk, self.theme, self.preferences, lambda _kept: None)
            self.shell.show_view(self._main)
            self._main.begin()
        return self._main

    def close(self) -> None:
        """Let the register go, so that its folder can go too."""
        self.shell.hide()
        self.tasks.close()
        self.made.register.db.close()
        self.made.hub.db.close()

    def unlock(self) -> None:
        """The lock of a station."""
        shown = replace(self.preferences, training=False)
        view = UnlockView(entrants(self.made.register.folder), shown, NOW)
        view.show_kept("Sao lưu gần nhất 06:20 hôm nay")
        self.shell.show_view(view)
        view.passphrase.field.setFocus()

    def wizard(self) -> None:
        """The second step of the first start."""
        folder = self._place / "new"
        keep_setup_draft(folder, WIZARD)
        self.shell.show_view(Wizard(folder, self.catalog, self.tasks, NOW))

    def rescue(self) -> None:
        """The register's file is damaged; the copies beside it are whole."""
        view = TroubleView(sentence(UserError("station.damaged", reason="file is not a database")), FOLDER)
        self.shell.show_view(view)
        Rescuing(view, self.made.register.folder, self.tasks, lambda: None, NOW)

    def today(self) -> None:
        """The list of work."""
        self.main.go("today")

    def new_f0(self) -> None:
        """A card was scanned, the number is new."""
        self.main.look_at(CARD)
        settle(self)
        focused = QApplication.focusWidget()
        if focused is not None:
            focused.clearFocus()  # its list would cover the fields below

    def f0_list(self) -> None:
        """Who is under care now."""
        self.main.go("f0")

    def search(self) -> None:
        """A name typed without accents."""
        self.main.go("today")
        field = self.main.search
        field.setFocus()
        said = QInputMethodEvent()
        said.setCommitString("vang a")
        QApplication.sendEvent(field, said)

    def person(self) -> None:
        """Someone whose days are over soon."""
        self.main.search.close_results()
        self.desk.want_person.emit(self._line(EpisodeState.READY_TO_END, 1).person_id)

    def privacy(self) -> None:
        """What that person agreed to; the numbers that lists hide."""
        self._person_tab("privacy")

    def audit(self) -> None:
        """Who has seen that person."""
        self._person_tab("history")
        settle(self)
        self.desk.want_page.emit(f"settings:audit:{self._line(EpisodeState.READY_TO_END, 1).person_id}")

    def care(self) -> None:
        """Someone in danger, on the page of care."""
        alert = open_alerts(self.made.register.db)[0]
        self.desk.want_person.emit(alert.person_id)
        settle(self)
        self._person_tab("illness")

    def rounds(self) -> None:
        """The morning's round, half done."""
        self.main.go("rounds")

    def contacts(self) -> None:
        """Who is in contact with a case."""
        self.main.go("contacts")

    def report(self) -> None:
        """The report before it is frozen."""
        self.main.go("reports")

    def missing(self) -> None:
        """Which papers are missing."""
        self.main.go("missing")

    def paper(self) -> None:
        """A decision before it has its number."""
        self.desk.open_paper([self._line(EpisodeState.NEEDS_ORDER, 1).id])

    def issued(self) -> None:
        """A decision that has its number."""
        wanted = BookFilter("QĐ-UBND", NOW.year)
        self.desk.want_issued.emit(book_lines(self.made.register.db, wanted, limit=1)[0].id)

    def book(self) -> None:
        """The book of numbers, a voided one among them."""
        self.main.go("book")

    def sync(self) -> None:
        """What the district does not have yet."""
        self.main.go("sync")

    def sync_done(self) -> None:
        """The stick may be pulled out."""
        self._sync_page().write_to(folder_stick(self.made.stick))

    def sync_received(self) -> None:
        """The district's receipt came back."""
        self.made.answer(NOW)
        self.main.go("today")
        self.main.go("sync")
        settle(self)
        self._sync_page().take_from(self.made.stick)

    def settings(self) -> None:
        """What the station may change."""
        self.main.go("settings")
        self.desk.want_page.emit("settings:station")

    def users(self) -> None:
        """Who can open the register, one's own passphrase, the recovery code."""
        self.desk.want_page.emit("settings:users")

    def backup(self) -> None:
        """The copies that are kept."""
        self.desk.want_page.emit("settings:backup")
        settle(self)
        page = self.main.page("settings")
        assert isinstance(page, SettingsPage)
        section = page.section()
        assert isinstance(section, BackupSection)
        section.head.second.set_text(rf"{FOLDER}\backups")  # the place of the pictures is another each time

    def help(self) -> None:
        """The page that F1 opens."""
        self.main.go("sync")
        self.main.help_asked.emit()

    def _person_tab(self, key: str) -> None:
        page = self.main.page("person")
        assert isinstance(page, OnePerson)
        page.header.tabs.set_value(key)
        page.header.tab_chosen.emit(key)

    def _sync_page(self) -> SyncPage:
        page = self.main.page("sync")
        assert isinstance(page, SyncPage)
        return page

    def _line(self, state: EpisodeState, number: int) -> EpisodeLine:
        """One line of the register under that filter."""
        return list_episodes(self.made.register.db, EpisodeFilter(state), today=NOW.date()).lines(number, 1)[0]


SCENES: Final[dict[str, Callable[[Studio], None]]] = {
    "unlock": Studio.unlock,
    "wizard": Studio.wizard,
    "rescue": Studio.rescue,
    "today": Studio.today,
    "new-f0": Studio.new_f0,
    "f0-list": Studio.f0_list,
    "search": Studio.search,
    "person": Studio.person,
    "privacy": Studio.privacy,
    "audit": Studio.audit,
    "care": Studio.care,
    "rounds": Studio.rounds,
    "contacts": Studio.contacts,
    "report": Studio.report,
    "missing": Studio.missing,
    "paper": Studio.paper,
    "issued": Studio.issued,
    "book": Studio.book,
    "sync": Studio.sync,
    "sync-done": Studio.sync_done,
    "sync-received": Studio.sync_received,
    "settings": Studio.settings,
    "users": Studio.users,
    "backup": Studio.backup,
    "help": Studio.help,
}


def wait(milliseconds: int) -> None:
    """Let timers run and everything be painted."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def settle(studio: Studio) -> None:
    """Until the database thread and the slow pool have answered, and what they started too."""
    for _turn in range(3):
        answered: list[None] = []
        for run in (studio.tasks.run, studio.tasks.background):
            run(studio.shell, lambda: None, answered.append)
        while len(answered) < 2:
            wait(10)
        wait(150)


def picture_of(widget: QWidget) -> Image.Image:
    """What the widget shows."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    return Image.open(io.BytesIO(data.data())).convert("RGB")


def fitted(picture: Image.Image) -> Image.Image:
    """No wider than the column of the help."""
    if picture.width <= WIDEST:
        return picture
    return picture.resize((WIDEST, round(picture.height * WIDEST / picture.width)), Image.Resampling.LANCZOS)


def framed(picture: Image.Image, colour: str) -> Image.Image:
    """A hairline around a part, so that one sees where it ends."""
    return ImageOps.expand(picture, border=1, fill=colour)


def keep(picture: Image.Image, file: Path) -> None:
    """Write it as a small PNG of as many colours as fit. Raises ValueError for one too large for a document."""
    for colours in COLOURS:
        packed = io.BytesIO()
        few = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(packed, "PNG", optimize=True)
        if packed.tell() <= MOST_BYTES:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(packed.getvalue())
            return
    raise ValueError(f"{file.name}: {packed.tell()} bytes, at most {MOST_BYTES}")


def take(studio: Studio, name: str) -> None:
    """One scene in both schemes, whole and in the parts that the help shows."""
    for scheme in SCHEMES:
        studio.theme.choose(scheme)
        wait(50)
        picture = picture_of(studio.shell)
        keep(picture, DOCUMENTS / f"{name}-{scheme}.png")
        for part, (whole, box) in PARTS.items():
            if whole == name:
                keep(framed(fitted(picture.crop(box)), studio.theme.tokens.line), HELP / f"{part}-{scheme}.png")
    studio.theme.choose("light")
    if studio.presented:
        raise RuntimeError(f"{name}: {studio.presented[0].code}")


def main() -> int:
    """Make the pictures named on the command line, or all. The scenes follow one another: all are set, in order."""
    wanted = sys.argv[1:] or list(SCENES)
    app = QApplication([])
    theme = Theme(app, "light")
    FocusRing(app)
    with TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True) as place:
        studio = Studio(Path(place), theme)
        for name in SCENES:
            SCENES[name](studio)
            settle(studio)
            if name in wanted:
                take(studio, name)
                print(name)
        studio.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
