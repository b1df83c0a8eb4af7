"""By which kit a test was made, and whose it was: chosen by typing a part of its name, or any other name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from covidstation.catalog import Catalog
from covidstation.domain.episodes import KitFrom
from covidstation.i18n import N_, _
from covidstation.services.supplies.kits import StoredKit, kits_in_store
from covidstation.ui.code_choices import kit_choices
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.popup import Choice

SOURCES: Final[Mapping[KitFrom, str]] = {
    KitFrom.STATION: N_("của trạm"),
    KitFrom.OWN: N_("người bệnh tự có"),
    KitFrom.ELSEWHERE: N_("cơ sở khác"),
}


WIDE: Final = 400  # a name with what the store has of it
DIALOG: Final = 860  # with the source beside it


class KitCombo(FindCombo):
    """The kits of the store first, then those of the kind that stands in another field."""

    def __init__(self, catalog: Catalog, today: date, kind: Combo, *, name: str = "kit", width: int = 300) -> None:
        super().__init__(name, _("Sinh phẩm xét nghiệm"), width=width, hint=_("chọn, hoặc gõ tên"), free=True)
        self._catalog, self._today, self._kind = catalog, today, kind
        self._stored: tuple[StoredKit, ...] = ()
        kind.currentIndexChanged.connect(lambda _row: self._follow())
        self._follow()

    def name(self) -> str:
        """What is kept: a listed kit with its maker, or the words that stand there."""
        return self.value() or self.value_text()

    def put_text(self, text: str) -> None:
        """A kept name chooses its kit."""
        if any(one.key == text for one in self.choices()):
            self.set_value(text)
        else:
            super().put_text(text)

    def set_stored(self, stored: Sequence[StoredKit]) -> None:
        """What the store keeps: offered with how many there are."""
        self._stored = tuple(stored)
        self._follow()

    def _follow(self) -> None:
        typed = "" if self.value() else self.value_text()
        kept = [Choice(one.name, one.name, stored_words(one)) for one in self._stored]
        there = {one.listed for one in self._stored} | {one.name for one in self._stored}
        listed = kit_choices(self._catalog, self._today, self._kind.value())
        self.set_choices([*kept, *(one for one in listed if one.key not in there)])
        if self.value() is None:  # a kit of another kind is none of this test's
            self.put_text(typed)


class KitSource(Combo):
    """Whose kit it was; one of the station's comes out of its store, where that keeps it."""

    def __init__(self, *, name: str = "kit_from", width: int = 168) -> None:
        super().__init__(name, _("Nguồn sinh phẩm"), [(key, _(words)) for key, words in SOURCES.items()], width=width)


def stored_words(kit: StoredKit) -> str:
    """`kho còn 24 test`."""
    return _("kho còn {count} {unit}").format(count=kit.free, unit=kit.unit)


def ask_stored(desk: Desk, owner: QWidget, *fields: KitCombo) -> None:
    """Offer what the store has today in these fields."""

    def show(stored: tuple[StoredKit, ...]) -> None:
        for field in fields:
            field.set_stored(stored)

    desk.ask(owner, partial(kits_in_store, desk.register.db, desk.now().date()), show)
