"""The pages of the station's window: the side bar's entries, and each page made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final, TypeVar

from covidstation.i18n import _
from covidstation.services.reports.today import TodaysWork
from covidstation.ui.chronic.page import ChronicPage
from covidstation.ui.contacts.page import ContactsPage
from covidstation.ui.desk import Desk
from covidstation.ui.dispensing.due import DuePage
from covidstation.ui.district.page import DistrictPage
from covidstation.ui.f0.form import F0Form
from covidstation.ui.f0.list import F0List
from covidstation.ui.frame.page import Page
from covidstation.ui.frame.sidebar import Entry
from covidstation.ui.help.page import HelpPage
from covidstation.ui.households.one import HouseholdOne
from covidstation.ui.households.page import HouseholdsPage
from covidstation.ui.line_list.page import LineListPage
from covidstation.ui.papers.book import BookPage
from covidstation.ui.papers.lacking import MissingPage
from covidstation.ui.papers.paper import PaperPage
from covidstation.ui.person.page import OnePerson
from covidstation.ui.reports.page import ReportsPage
from covidstation.ui.reviews.page import ReviewsPage
from covidstation.ui.reviews.vulnerable import VulnerablePage
from covidstation.ui.rounds.page import RoundsPage
from covidstation.ui.settings.page import SettingsPage
from covidstation.ui.supplies.one import SupplyOne
from covidstation.ui.supplies.page import SuppliesPage
from covidstation.ui.sync.page import SyncPage
from covidstation.ui.today.page import TodayPage
from covidstation.ui.vaccination.coverage_page import CoveragePage
from covidstation.ui.vaccination.fridge_page import FridgePage
from covidstation.ui.vaccination.page import VaccinationPage
from covidstation.ui.vaccination.reactions_page import ReactionsPage
from covidstation.ui.vaccination.session_page import SessionPage
from covidstation.ui.vaccination.targets_page import TargetsPage

P = TypeVar("P", bound=Page)


def entries() -> list[Entry]:
    """The side bar: only pages that are there."""
    return [
        Entry("today", _("Hôm nay"), "today"),
        Entry("f0", _("F0"), "person"),
        Entry("contacts", _("F1"), "people"),
        Entry("households", _("Hộ, địa bàn"), "home"),
        Entry("chronic", _("Mạn tính"), "heart"),
        Entry("vaccination", _("Tiêm chủng"), "syringe"),
        Entry("supplies", _("Kho"), "box"),
        Entry("book", _("Văn bản"), "document"),
        Entry("reports", _("Báo cáo"), "chart"),
        Entry("sync", _("Đồng bộ"), "arrows", apart=True),
        Entry("district", _("Từ huyện"), "info"),
        Entry("settings", _("Cài đặt"), "sliders"),
    ]


SHORTCUTS: Final = (
    "today", "f0", "contacts", "households", "book", "reports", "sync", "district", "settings", "chronic",
    "supplies", "vaccination",
)  # fmt: skip
"""Entries by the key that goes there with Alt: the digits from 1 to 0, then the two beside them. A key that hands have
learned stays."""

HOMES: Final = {"f0": "f0_list", "papers": "book"}
"""The page behind an entry, where it has another name."""


class Pages:
    """All pages, each made when it is first asked for; an attribute is named as its page is.

    Together they take a third of a second to make, so the first one shows before the others are there.
    """

    NAMES: Final = (
        "today",
        "f0_list",
        "f0_form",
        "rounds",
        "line_list",
        "contacts",
        "person",
        "households",
        "household",
        "chronic",
        "vaccination",
        "session",
        "reactions",
        "coverage",
        "vaccine_targets",
        "medicines_due",
        "reviews",
        "vulnerable",
        "supplies",
        "supply",
        "fridge",
        "paper",
        "book",
        "missing",
        "reports",
        "district",
        "sync",
        "settings",
        "help",
    )

    def __init__(self, desk: Desk, add: Callable[[Page], None], told: Callable[[TodaysWork], object]) -> None:
        self._desk, self._add, self._told = desk, add, told

    @cached_property
    def today(self) -> TodayPage:
        """The day's work."""
        return self._made(TodayPage(self._desk, self._told))

    @cached_property
    def f0_list(self) -> F0List:
        """The register."""
        return self._made(F0List(self._desk))

    @cached_property
    def f0_form(self) -> F0Form:
        """A new case, or a correction."""
        return self._made(F0Form(self._desk))

    @cached_property
    def line_list(self) -> LineListPage:
        """Everybody of a mass test in one grid."""
        return self._made(LineListPage(self._desk))

    @cached_property
    def contacts(self) -> ContactsPage:
        """The contacts (F1)."""
        return self._made(ContactsPage(self._desk))

    @cached_property
    def rounds(self) -> RoundsPage:
        """The rounds of a day."""
        return self._made(RoundsPage(self._desk))

    @cached_property
    def person(self) -> OnePerson:
        """One person."""
        return self._made(OnePerson(self._desk))

    @cached_property
    def medicines_due(self) -> DuePage:
        """Who runs out of medicines."""
        return self._made(DuePage(self._desk))

    @cached_property
    def households(self) -> HouseholdsPage:
        """The households."""
        return self._made(HouseholdsPage(self._desk))

    @cached_property
    def household(self) -> HouseholdOne:
        """One household."""
        return self._made(HouseholdOne(self._desk))

    @cached_property
    def reviews(self) -> ReviewsPage:
        """Rounds from door to door."""
        return self._made(ReviewsPage(self._desk))

    @cached_property
    def vulnerable(self) -> VulnerablePage:
        """People who need looking after."""
        return self._made(VulnerablePage(self._desk))

    @cached_property
    def chronic(self) -> ChronicPage:
        """Chronic disease, elders."""
        return self._made(ChronicPage(self._desk))

    @cached_property
    def vaccination(self) -> VaccinationPage:
        """Who is due for a vaccine."""
        return self._made(VaccinationPage(self._desk))

    @cached_property
    def session(self) -> SessionPage:
        """A vaccination session."""
        return self._made(SessionPage(self._desk))

    @cached_property
    def reactions(self) -> ReactionsPage:
        """Reactions after a dose."""
        return self._made(ReactionsPage(self._desk))

    @cached_property
    def coverage(self) -> CoveragePage:
        """How many have had which dose."""
        return self._made(CoveragePage(self._desk))

    @cached_property
    def vaccine_targets(self) -> TargetsPage:
        """What the upper level asks for; the doses of the next months."""
        return self._made(TargetsPage(self._desk))

    @cached_property
    def supplies(self) -> SuppliesPage:
        """The store."""
        return self._made(SuppliesPage(self._desk))

    @cached_property
    def supply(self) -> SupplyOne:
        """One item of the store."""
        return self._made(SupplyOne(self._desk))

    @cached_property
    def fridge(self) -> FridgePage:
        """The temperatures of the fridges."""
        return self._made(FridgePage(self._desk))

    @cached_property
    def paper(self) -> PaperPage:
        """One paper."""
        return self._made(PaperPage(self._desk))

    @cached_property
    def book(self) -> BookPage:
        """The book of numbers."""
        return self._made(BookPage(self._desk))

    @cached_property
    def missing(self) -> MissingPage:
        """Who lacks which paper."""
        return self._made(MissingPage(self._desk))

    @cached_property
    def reports(self) -> ReportsPage:
        """The day's report, and what the national system must hear."""
        return self._made(ReportsPage(self._desk))

    @cached_property
    def district(self) -> DistrictPage:
        """What the district tells and asks."""
        return self._made(DistrictPage(self._desk))

    @cached_property
    def sync(self) -> SyncPage:
        """The exchange with the district."""
        return self._made(SyncPage(self._desk))

    @cached_property
    def settings(self) -> SettingsPage:
        """The station's record and answers."""
        return self._made(SettingsPage(self._desk))

    @cached_property
    def help(self) -> HelpPage:
        """The manual's page for the screen in sight."""
        page = self._made(HelpPage())
        page.left.connect(self._desk.want_page)
        return page

    def made(self) -> list[Page]:
        """Those that are there."""
        return [page for name in self.NAMES if isinstance(page := self.__dict__.get(name), Page)]

    def make_next(self) -> bool:
        """Make one more; False when all are there."""
        missing = next((name for name in self.NAMES if name not in self.__dict__), None)
        if missing is not None:
            getattr(self, missing)
        return missing is not None

    def _made(self, page: P) -> P:
        self._add(page)
        return page
