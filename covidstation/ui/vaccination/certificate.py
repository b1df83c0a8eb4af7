"""Giấy chứng nhận tiêm chủng: read from its QR, checked, and its doses kept for whoever it is of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from covidstation.db.queries.people import PersonHit
from covidstation.domain.problems import Problem, errors
from covidstation.domain.text import TEXT_LIMIT
from covidstation.domain.vaccination.checks import needs_reason
from covidstation.domain.vaccination.dcc.verdict import READABLE
from covidstation.domain.vaccination.offers import Likeness
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, ngettext
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.scans import ScanLook, ScanOutcome
from covidstation.services.vaccination.reading import (
    CertificateChoice,
    CertificateLook,
    look_at_certificate,
    record_certificate,
)
from covidstation.ui.contacts.choosers import PersonCombo, person_second
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.popup import Choice
from covidstation.ui.parts.toast import Toast
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.vaccination.certificate_parts import LIKE, DoseRow, PaperFacts, VerdictBand, doses_of

_WIDTH, _DOSES, _WIDE, _LEAST = 820, 230, 320, 34


class KnownPersonCombo(PersonCombo):
    """Somebody of the register; nobody new."""

    def _offer(self, typed: str, hits: Sequence[PersonHit]) -> list[Choice]:
        return [Choice(hit.id, hit.full_name, person_second(hit)) for hit in hits]


class CertificateDialog(ActDialog):
    """Opens empty, or with a code; scanning another one shows that. With `person_id`, for that person."""

    def __init__(self, desk: Desk, parent: QWidget, text: str = "", *, person_id: UUID | None = None) -> None:
        self.look: CertificateLook | None = None
        self._person_id = person_id
        self._doses: list[DoseRow] = []
        self._new: tuple[Problem, ...] = ()  # asked back since the look, and shown
        hint = _("Gõ tên người đã có trong sổ")
        self.who = KnownPersonCombo(desk, "person", _("Ghi cho ai"), width=_WIDE, hint=hint)
        self.reason = LineEdit("reason", _("Lý do"), width=_WIDE, limit=TEXT_LIMIT)
        rows = (Field(_("Ghi &cho"), self.who, required=True), Field(_("&Lý do"), self.reason, required=True))
        super().__init__(desk, parent, _("Giấy chứng nhận tiêm chủng"), rows, self.who)
        self.setObjectName("certificate_dialog")
        self.setFixedWidth(_WIDTH)
        self._lay_out()
        self.who.picked.connect(self._picked)
        self._show_nothing()
        if text:
            self.show_text(text)

    def about(self) -> str:
        """Nothing of it is kept half done: it is scanned again in a second."""
        return ""

    def show_text(self, text: str) -> None:
        """Read that code."""
        desk = self._desk
        op = partial(
            look_at_certificate, desk.register.db, text, catalog=desk.catalog, now=desk.now(), person_id=self._person_id
        )
        desk.ask(self, op, self._shown, self.failed)

    def take_scan(self, look: ScanLook) -> bool:
        """A card scanned meanwhile says for whom it is."""
        if look.outcome is ScanOutcome.KNOWN and look.person_id is not None:
            self._for(look.person_id)
        else:
            Toast.tell(self, _("Người này chưa có trong sổ: thêm vào sổ trước, rồi quét lại giấy."), bad=True)
        return True

    def act(self) -> Callable[[], Done[Any]]:
        """Keep what is ticked."""
        desk, register, look, person = self._desk, self._desk.register, self.look, self.who.person_id()
        assert look is not None and person is not None
        choice = CertificateChoice(
            text=look.text, person_id=person, chosen=doses_of(self._doses), reason=self.reason.value()
        )
        return partial(
            record_certificate, register.db, choice, catalog=desk.catalog, by=register.user_id,
            by_name=register.user_name, now=desk.now(), sure=self._shown_problems(),
        )  # fmt: skip

    def wrong(self) -> list[Problem]:
        """Nobody chosen, nothing ticked, no reason where one is asked."""
        found = []
        if self.who.person_id() is None:
            found.append(Problem("person", "chronic.who_missing"))
        elif not doses_of(self._doses):
            found.append(Problem("doses", "dcc.none_chosen"))
        elif self._asks_why() and not self.reason.value():
            found.append(Problem("reason", "vaccination.why"))
        return found

    def failed(self, trouble: UserError) -> None:
        """What another desk wrote since the look is asked back; not confirmed, the register is looked at again."""
        super().failed(trouble)
        found = trouble.problems if isinstance(trouble, Refused) else ()
        if not found or errors(found):
            return
        self._new += found
        self._follow()
        self._fit()
        if self._asks_why() and not self.reason.value():
            self.reason.setFocus()
            return
        words = "\n".join(dict.fromkeys(map(sentence, found)))
        if confirm(self, _("Xem lại trước khi lưu"), words, act=_("Đúng, lưu"), back=_("Sửa lại")):
            self.do(self.act())
        elif self.look is not None:
            self.show_text(self.look.text)

    def save(self) -> None:
        """Only what can be kept."""
        if self.main.isEnabled():
            super().save()

    def done_with(self, value: object) -> None:
        """Say what was kept."""
        count, name = len(value) if isinstance(value, tuple) else 0, self.who.value_text()
        said = ngettext("Đã ghi {n} mũi tiêm của {name}.", "Đã ghi {n} mũi tiêm của {name}.", count)
        super().done_with(value)
        self._desk.said.emit(said.format(n=count, name=name))

    @property
    def main(self) -> Button:
        """Ghi … mũi vào sổ."""
        found = self.findChild(Button, "act_button")
        assert isinstance(found, Button)
        return found

    def _lay_out(self) -> None:
        self.band, self.facts, self._head = VerdictBand(), PaperFacts(), label(_("Mũi tiêm trên giấy"), "name")
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(4, 4, 4, 4)
        self._column.setSpacing(0)
        self._area = QScrollArea()
        self._area.setObjectName("certificate_doses")
        self._area.setAccessibleName(_("Mũi tiêm trên giấy"))
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inside)
        column, title = self.rows_column, 2
        for nth, widget in enumerate((self.band, self.facts)):
            column.insertWidget(title + nth, widget)
        at = column.indexOf(self._rows[-1])
        column.insertWidget(at, self._head)
        column.insertWidget(at + 1, self._area)
        self.picture = Button(_("Đọc từ ả&nh…"), icon="document", name="certificate_picture")
        self.picture.clicked.connect(self._desk.want_picture)
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def _show_nothing(self) -> None:
        for widget in (self.facts, self._head, self._area, *self._rows):
            widget.hide()
        self._follow()

    def _shown(self, look: CertificateLook) -> None:
        self.look, self._new = look, ()
        self.band.show_look(look)
        self.facts.show_look(look, self._desk.now())
        self._show_person(look)
        self._show_doses(look)
        self._show(())
        self._follow()
        self._fit()
        QTimer.singleShot(0, self, self._fit)  # once the rows that came have their heights
        first = self.main if self.main.isEnabled() else self.who if self.who.isVisibleTo(self) else self.picture
        first.setFocus()

    def _show_person(self, look: CertificateLook) -> None:
        row = self._rows[0]
        told = look.certificate is not None and bool(look.certificate.doses)
        row.setVisible(told and look.judgement.verdict in READABLE)
        self.who.set_choices([Choice(one.hit.id, one.hit.full_name, person_second(one.hit)) for one in look.candidates])
        self.who.set_value(None)
        if look.person is not None:
            hit = look.person.hit
            self.who.choose(hit.id, hit.full_name)
            words, ink = LIKE[look.person.likeness]
            row.set_hint(" · ".join(filter(None, (_(words), person_second(hit)))), ink)
        elif look.candidates:
            row.set_hint(_("Có người gần giống trong sổ: mở danh sách để chọn"), "warn")
        else:
            row.set_hint(_("Chưa thấy ai như vậy trong sổ. Gõ tên để tìm."), "warn")

    def _show_doses(self, look: CertificateLook) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._doses = [DoseRow(nth, offer) for nth, offer in enumerate(look.offers)]
        for row in self._doses:
            row.toggled.connect(self._ticked)
            self._column.addWidget(row)
        self._column.addStretch(1)
        for widget in (self._head, self._area):
            widget.setVisible(bool(self._doses))

    def _fit(self) -> None:
        """As high as what it has to say; many doses scroll."""
        width = _WIDTH - 2 * metrics.MARGIN
        column = self._column
        tall = column.totalHeightForWidth(width) if column.hasHeightForWidth() else column.sizeHint().height()
        self._area.setFixedHeight(max(_LEAST, min(_DOSES, tall)))
        self.adjustSize()
        if (layout := self.layout()) is not None and layout.hasHeightForWidth():
            layout.activate()  # `adjustSize` takes a sentence that wraps for one line
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _follow(self) -> None:
        """The reason's field and the verb, by what is ticked."""
        chosen = doses_of(self._doses)
        self._rows[1].setVisible(bool(self._doses) and self._asks_why())
        words = ngettext("Ghi {n} mũi vào sổ", "Ghi {n} mũi vào sổ", len(chosen)).format(n=len(chosen))
        self.main.set_text(words if chosen else _("Ghi vào sổ"))
        self.main.setEnabled(bool(chosen))

    def _ticked(self) -> None:
        self._follow()
        self._fit()

    def _asks_why(self) -> bool:
        look, chosen = self.look, doses_of(self._doses)
        if look is None or look.person is None:
            return False
        doubtful = any(self._doses[nth].offer.asks_why for nth in chosen) or needs_reason(list(self._new))
        return doubtful or look.person.likeness is Likeness.OTHER

    def _shown_problems(self) -> list[Problem]:
        """All that stands beside the doses that are ticked."""
        return [*self._new, *(one for nth in doses_of(self._doses) for one in self._doses[nth].offer.problems)]

    def _picked(self, person_id: object) -> None:
        if isinstance(person_id, UUID):
            self._for(person_id)

    def _for(self, person_id: UUID) -> None:
        self._person_id = person_id
        if self.look is not None:
            self.show_text(self.look.text)


def open_certificate(desk: Desk, parent: QWidget, text: str = "", *, person_id: UUID | None = None) -> None:
    """The dialog over the window of `parent`, or, where it stands already, that code in it."""
    modal = QApplication.activeModalWidget()
    if isinstance(modal, CertificateDialog):
        modal.show_text(text)
    elif modal is not None:
        Toast.tell(parent, _("Đóng hộp đang mở rồi quét lại giấy chứng nhận."), bad=True)
    else:
        dialog = CertificateDialog(desk, parent, text, person_id=person_id)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
