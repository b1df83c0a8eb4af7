"""Somebody goes to a higher level of care, and comes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from covidstation.domain.hospitalization import FacilityLevel, ReturnDraft, Transfer, TransferDraft
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.i18n import _, moment_text
from covidstation.services.care.transfer_look import TransferLook
from covidstation.services.care.transfers import Left, edit_transfer, return_home, transfer_out
from covidstation.services.changes import Done
from covidstation.ui.care.fields import TextBox, box_row
from covidstation.ui.care.words import LEVELS
from covidstation.ui.code_choices import facility_choices, level_of
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.moments import MomentEdit
from covidstation.ui.person.dialogs import ActDialog

_WIDE, _DIALOG = 504, 900


class _Words:
    """The fields of a transfer and what stands in them."""

    def __init__(self, desk: Desk, places: tuple[str, ...]) -> None:
        today = desk.now().date()
        self.left_at = MomentEdit("left_at", _("Lúc chuyển đi"), today=today, day=lambda: today)
        choices = facility_choices(desk.catalog, today, places)
        self.facility = FindCombo("facility", _("Nơi chuyển đến"), choices, width=300, free=True)
        levels = [(key, _(words)) for key, words in LEVELS.items()]
        self.level = Combo("level", _("Tuyến"), levels, width=204)
        self.facility.picked.connect(lambda name: self._follow(level_of(desk.catalog, today, name or "")))
        self.reason = TextBox("reason", _("Lý do chuyển"), width=_WIDE)
        self.state = TextBox("state", _("Tình trạng lúc chuyển"), width=_WIDE)
        self.course = TextBox("course", _("Diễn biến"), width=_WIDE)
        self.treatment = TextBox("treatment", _("Đã điều trị"), width=_WIDE)
        self.transport = LineEdit("transport", _("Phương tiện"), width=200, limit=200)
        self.escort = LineEdit("escort", _("Người đi kèm"), width=200, limit=200)

    def rows(self) -> tuple[Field, ...]:
        """In the order of the referral."""
        return (
            Field(_("&Lúc chuyển đi"), self.left_at, required=True),
            Field(_("&Nơi chuyển đến"), self.facility, required=True).beside(self.level),
            box_row(_("Lý &do"), self.reason, required=True),
            box_row(_("&Tình trạng"), self.state),
            box_row(_("Diễn &biến"), self.course),
            box_row(_("Đã điề&u trị"), self.treatment),
            Field(_("&Phương tiện"), self.transport).beside(self.escort, _("Người đi &kèm")),
        )

    def _follow(self, level: FacilityLevel | None) -> None:
        """A listed place says its level."""
        if level is not None:
            self.level.set_value(level)

    def fill(self, draft: TransferDraft) -> None:
        """Show that."""
        self.left_at.set_moment(draft.left_at)
        self.facility.put_text(draft.facility)
        self.level.set_value(draft.level or FacilityLevel.DISTRICT)
        for name in ("reason", "state", "course", "treatment", "transport", "escort"):
            getattr(self, name).set_value(getattr(draft, name))

    def draft(self) -> TransferDraft:
        """What stands there."""
        texts = {name: getattr(self, name).value() for name in ("reason", "state", "course", "treatment")}
        return TransferDraft(
            left_at=self.left_at.moment(),
            facility=self.facility.value_text(),
            level=self.level.value(),
            transport=self.transport.value(),
            escort=self.escort.value(),
            **texts,
        )


class _WordsDialog(ActDialog):
    """The words of one transfer."""

    def __init__(self, desk: Desk, parent: QWidget, title: str, words: _Words, first: QWidget) -> None:
        self._words = words
        super().__init__(desk, parent, title, words.rows(), first)
        self.setMinimumWidth(_DIALOG)

    def wrong(self) -> list[Problem]:
        """An hour that cannot be read."""
        return [Problem("left_at", "forms.bad_moment")] if self._words.left_at.bad() else []


class TransferDialog(_WordsDialog):
    """A transfer, filled with what the register knows. `left(UUID)` names the row after it was saved."""

    needs = Right.TREAT

    left = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget, look: TransferLook) -> None:
        words, self._look = _Words(desk, look.facilities), look
        words.fill(look.draft)
        title = _("Chuyển tuyến {name}").format(name=look.full_name)
        super().__init__(desk, parent, title, words, words.reason)
        self.setObjectName("transfer_dialog")

    def about(self) -> str:
        """The illness."""
        return self._look.episode.id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Leave."""
        register = self._desk.register
        return partial(
            transfer_out, register.db, self._look.episode.id, self._words.draft(),
            by=register.user_id, by_name=register.user_name, now=self._desk.now(), seen=self._look.episode,
        )  # fmt: skip

    def done_with(self, value: object) -> None:
        """Say which row it became."""
        super().done_with(value)
        if isinstance(value, Left):
            self.left.emit(value.id)


class TransferEditDialog(_WordsDialog):
    """Correct what was written of a transfer."""

    needs = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, transfer: Transfer) -> None:
        words, self._transfer = _Words(desk, (transfer.facility,)), transfer
        words.fill(transfer)
        super().__init__(desk, parent, _("Sửa lần chuyển tuyến"), words, words.facility)
        self.setObjectName("transfer_edit_dialog")

    def about(self) -> str:
        """The transfer."""
        return self._transfer.id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Correct it."""
        register = self._desk.register
        return partial(
            edit_transfer, register.db, self._transfer.id, self._words.draft(),
            by=register.user_id, by_name=register.user_name, now=self._desk.now(),
        )  # fmt: skip


class ReturnDialog(ActDialog):
    """Back home: the isolation goes on, or the person is well."""

    needs = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, transfer: Transfer) -> None:
        now = desk.now()
        today = now.date()
        moment = MomentEdit("returned_at", _("Lúc về"), today=today, day=lambda: today)
        moment.set_moment(now.replace(tzinfo=None))
        choices = [(False, _("Còn cách ly tại nhà")), (True, _("Đã khỏi, ra viện"))]
        well = Combo("recovered", _("Tình trạng khi về"), choices, width=260)
        note = LineEdit("note", _("Ghi chú"), width=360, limit=500)
        rows = (
            Field(_("&Lúc về"), moment, required=True),
            Field(_("&Khi về"), well),
            Field(_("&Ghi chú"), note),
        )
        super().__init__(desk, parent, _("Về từ {place}").format(place=transfer.facility), rows, well)
        self._transfer = transfer
        self.setObjectName("return_dialog")
        if transfer.left_at is not None:
            rows[0].set_hint(_("chuyển đi {moment}").format(moment=moment_text(transfer.left_at, today)))
        self._transfer_id: UUID = transfer.id
        self.moment, self.well, self.note = moment, well, note

    def about(self) -> str:
        """The transfer."""
        return self._transfer.id.hex

    def wrong(self) -> list[Problem]:
        """An hour that cannot be read."""
        return [Problem("returned_at", "forms.bad_moment")] if self.moment.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Come home."""
        register, back = self._desk.register, self.moment.moment()
        draft = ReturnDraft(returned_at=back, note=self.note.value(), recovered=bool(self.well.value()))
        return partial(
            return_home, register.db, self._transfer_id, draft, catalog=self._desk.catalog,
            by=register.user_id, by_name=register.user_name, now=self._desk.now(),
        )  # fmt: skip
