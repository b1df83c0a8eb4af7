"""Where a person lives, and lived: the rows of the family tab, with the way to the household."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.people import PersonPage
from covidstation.domain.residence import GONE
from covidstation.i18n import _, date_text
from covidstation.ui.households.words import CHANGES, change_words, living_words
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import inset
from covidstation.ui.parts.rows import ListRow, SectionHead


def home_rows(page: PersonPage, open_home: Callable[[UUID], object]) -> Iterator[QWidget]:
    """Nothing for somebody of whom no home is known; else how they live there, and each change, the newest first."""
    home = page.person.household_id
    if home is None and not page.moves and page.living not in GONE:
        return
    house = _("hộ {head}").format(head=page.household_head) if page.household_head else ""
    here = page.living not in GONE
    second = " · ".join(filter(None, (living_words(page.living), house if here else "", page.hamlet if here else "")))
    buttons = []
    if home is not None:
        see = Button(_("Mở &hộ"), "quiet", icon="home", name="open_home")
        see.clicked.connect(lambda: open_home(home))
        buttons.append(see)
    yield inset(SectionHead(_("Nơi ở"), second, *buttons))
    for moved in page.moves:
        first = f"{date_text(moved.day)} · {_(CHANGES.get(moved.kind, '')) or moved.kind}"
        yield ListRow(first, change_words(moved), icon="home")
