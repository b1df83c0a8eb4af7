"""By which kit a test was made: chosen by typing a part of its name, or any other name."""

from __future__ import annotations

from datetime import date

from covidstation.catalog import Catalog
from covidstation.i18n import _
from covidstation.ui.code_choices import kit_choices
from covidstation.ui.parts.combos import Combo, FindCombo


class KitCombo(FindCombo):
    """The kits of the kind that stands in another field."""

    def __init__(self, catalog: Catalog, today: date, kind: Combo, *, name: str = "kit") -> None:
        super().__init__(name, _("Sinh phẩm xét nghiệm"), width=300, hint=_("chọn, hoặc gõ tên"), free=True)
        self._catalog, self._today, self._kind = catalog, today, kind
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

    def _follow(self) -> None:
        typed = "" if self.value() else self.value_text()
        self.set_choices(kit_choices(self._catalog, self._today, self._kind.value()))
        if self.value() is None:  # a kit of another kind is none of this test's
            self.put_text(typed)
