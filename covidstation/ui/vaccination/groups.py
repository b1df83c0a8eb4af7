"""To which group of those vaccinated first the chosen people belong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.vaccine_due import DueLine
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.i18n import _, ngettext
from covidstation.services.changes import Done
from covidstation.services.vaccination.due import set_priority_group
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog

WIDE = 420


class GroupDialog(ActDialog):
    """One group for all of them."""

    def __init__(self, desk: Desk, parent: QWidget, lines: Sequence[DueLine], groups: PriorityList) -> None:
        self._people = tuple(line.person_id for line in lines)
        choices = [("", _("theo tuổi và bệnh nền")), *((one.code, one.label) for one in groups.groups)]
        self.group = Combo("group", _("Nhóm ưu tiên"), choices, width=WIDE)
        said = {line.group for line in lines}
        if len(said) == 1:
            self.group.set_value(said.pop())
        count = len(lines)
        name = lines[0].full_name if count == 1 else ngettext("{n} người", "{n} người", count).format(n=count)
        title = _("Nhóm ưu tiên tiêm: {name}").format(name=name)
        super().__init__(desk, parent, title, (Field(_("&Nhóm"), self.group),), self.group)
        self.setObjectName("group_dialog")

    def about(self) -> str:
        """The first of them, and how many."""
        return f"{self._people[0].hex}-{len(self._people)}"

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk = self._desk
        return partial(
            set_priority_group,
            desk.register.db,
            self._people,
            self.group.value(),
            catalog=desk.catalog,
            by=desk.register.user_id,
            now=desk.now(),
        )
