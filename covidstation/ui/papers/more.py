"""The papers of an illness that nobody waits for until somebody asks: sick leave, certificate, commitment, leaflet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.catalog import Catalog
from covidstation.db.queries.station import get_setting
from covidstation.domain.packs import PackError, PaperKind, pack_on
from covidstation.errors import UserError
from covidstation.i18n import N_, _
from covidstation.messages import sentence
from covidstation.services.papers.handouts import commitment_pdf, leaflet_pdf
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.papers.sections import column_of
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.rows import SectionHead

_ASKED: Final = {
    PaperKind.SICK_LEAVE: N_("Nghỉ &việc hưởng BHXH…"),
    PaperKind.COMPLETION_CERTIFICATE: N_("&Xác nhận của xã…"),
}


class MorePapers(QWidget):
    """Numbered papers open on their page first; sheets without a number are printed, or saved, at once."""

    def __init__(self, desk: Desk, episode_id: UUID) -> None:
        super().__init__()
        self.setObjectName("more_papers")
        self._desk, self._episode_id = desk, episode_id
        column = column_of(self)
        column.addWidget(SectionHead(_("Giấy khác"), _("ra khi người bệnh cần")))
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        for kind in kinds_asked_for(desk.catalog, desk.now().date()):
            button = Button(_(_ASKED[kind]), name=f"issue_{kind.value}")
            button.clicked.connect(partial(self._open, kind))
            row.addWidget(button)
        for text, name, act in (
            (_("Bản &cam kết"), "print_commitment", self._commitment),
            (_("Tờ dấu hiệu n&guy hiểm"), "print_leaflet", self._leaflet),
        ):
            button = Button(text, icon="printer", name=name)
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(metrics.GAP)

    def _open(self, kind: PaperKind, *_clicked: Any) -> None:
        self._desk.open_kind([self._episode_id], kind)

    def _commitment(self) -> None:
        self._print(partial(commitment_pdf, *self._of_whom(), **self._of_today()), "cam-ket.pdf")

    def _leaflet(self) -> None:
        self._print(partial(leaflet_pdf, *self._of_whom(), **self._of_today()), "to-dau-hieu-nguy-hiem.pdf")

    def _of_whom(self) -> tuple[Any, UUID]:
        return self._desk.register.db, self._episode_id

    def _of_today(self) -> dict[str, Any]:
        return {"catalog": self._desk.catalog, "day": self._desk.now().date()}

    def _print(self, make: Callable[[], bytes], name: str) -> None:
        desk, db = self._desk, self._desk.register.db

        def made() -> tuple[bytes, str]:
            return make(), get_setting(db, "printer")

        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _failed(self, trouble: UserError) -> None:
        tell(self, _("Chưa in được"), sentence(trouble))


def kinds_asked_for(catalog: Catalog, day: date) -> tuple[PaperKind, ...]:
    """Those that the law of that day knows."""
    try:
        known = pack_on(catalog.packs, day).papers
    except PackError:
        return ()
    return tuple(kind for kind in _ASKED if kind in known)
