"""What can be done on a person's page: each act opens its dialog or runs its service."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.care import CallLine, FollowUpLine
from covidstation.domain.episodes import Episode, PathogenTest
from covidstation.domain.hospitalization import Transfer
from covidstation.domain.hours import Step
from covidstation.domain.packs import PaperKind
from covidstation.i18n import _, date_text
from covidstation.services.care.calls import void_call
from covidstation.services.care.follow_up import remove_follow_up
from covidstation.services.care.isolation import mark_step
from covidstation.services.care.look import CareLook
from covidstation.services.care.outcomes import reopen_case
from covidstation.services.care.transfer_look import TransferLook, look_at_transfer
from covidstation.services.care.transfers import void_transfer
from covidstation.services.changes import Done
from covidstation.services.drafts import Settled
from covidstation.ui.care.calls import CallDialog
from covidstation.ui.care.follow_up import FollowUpDialog, MoveFollowUpDialog
from covidstation.ui.care.isolation import ChangeDialog
from covidstation.ui.care.outcome import OutcomeDialog
from covidstation.ui.care.transfer import ReturnDialog, TransferDialog, TransferEditDialog
from covidstation.ui.care.words import STEPS
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.drafts import kept_as
from covidstation.ui.medicines.dialog import GiveDialog
from covidstation.ui.parts.dialogs import SavingDialog, ask_reason, confirm, tell
from covidstation.ui.person.dialogs import ActDialog, TestDialog
from covidstation.ui.rounds.visit_dialog import VisitDialog
from covidstation.ui.triage.dialog import TriageDialog


def run_dialog(desk: Desk, dialog: SavingDialog, words: str) -> None:
    """Show it until it is left; `words` are said when it was saved."""
    dialog.saved.connect(lambda: desk.said.emit(words))
    dialog.exec()
    dialog.deleteLater()


def open_transfer(desk: Desk, parent: QWidget, episode_id: UUID) -> None:
    """The form of a transfer for that illness, filled; then its referral, when a person wants to print it."""

    def show(look: TransferLook) -> None:
        if look.away is not None:
            words = _("{name} đang ở {place}. Ghi lúc về trước rồi mới chuyển tiếp.")
            tell(parent, _("Chuyển tuyến"), words.format(name=look.full_name, place=look.away.facility))
            return
        dialog = TransferDialog(desk, parent, look)
        left: list[UUID] = []
        dialog.left.connect(left.append)
        run_dialog(desk, dialog, _("Đã ghi chuyển tuyến"))
        question = _("In ngay để người bệnh mang theo. In sau cũng được, ở thẻ F0 của người này.")
        if left and confirm(parent, _("In giấy chuyển tuyến?"), question, act=_("Xem giấy"), back=_("Để sau")):
            desk.open_kind([episode_id], PaperKind.REFERRAL, about_id=left[0])

    desk.ask(parent, partial(look_at_transfer, desk.register.db, desk.catalog, episode_id, desk.now()), show)


class PersonActs:
    """`run(act, payload)` by the names that the page and its tabs use; `look()` is what the page shows."""

    def __init__(self, desk: Desk, parent: QWidget, look: Callable[[], CareLook | None]) -> None:
        self._desk, self._parent, self._look = desk, parent, look
        self._acts: dict[str, Callable[[Any], object]] = {
            "check": self._check, "call": self._call, "add_test": self._add_test, "correct_test": self._correct_test,
            "give": self._give, "transfer": self._transfer, "return": self._return, "change": self._change,
            "triage": self._triage, "outcome": self._outcome, "edit": self._edit, "again": self._again,
            "reopen": self._reopen, "void_call": self._void_call, "edit_transfer": self._edit_transfer,
            "void_transfer": self._void_transfer, "referral": self._referral, "mark_step": self._mark_step,
            "finish_follow_up": self._finish, "remove_follow_up": self._remove,
            "move_follow_up": self._move,
        }  # fmt: skip

    def run(self, act: str, payload: object) -> None:
        """Do it; an act on the open illness without one does nothing."""
        if payload is not None or act == "again":
            self._acts[act](payload)

    def _show(self, dialog: ActDialog, words: str) -> None:
        run_dialog(self._desk, dialog, words)

    def _by(self) -> dict[str, Any]:
        register = self._desk.register
        return {"by": register.user_id, "by_name": register.user_name, "now": self._desk.now()}

    def _do(self, service: Callable[[], Done[Any]], words: str, draft: Settled | None = None) -> None:
        self._desk.act(self._parent, service, lambda _value: self._desk.said.emit(words), draft=draft)

    def _check(self, episode: Episode) -> None:
        self._show(VisitDialog(self._desk, self._parent, episode.id), _("Đã ghi lần đo"))

    def _call(self, episode: Episode) -> None:
        look = self._look()
        if look is None:
            return
        dialog = CallDialog(
            self._desk,
            self._parent,
            person_id=episode.person_id,
            full_name=look.page.person.full_name,
            phone=look.page.person.phone,
            episode_id=episode.id,
            alerts=[alert.id for alert in look.record.open_alerts(episode.id)],
        )
        self._show(dialog, _("Đã ghi cuộc gọi"))

    def _add_test(self, episode: Episode) -> None:
        self._show(TestDialog(self._desk, self._parent, episode), _("Đã thêm xét nghiệm"))

    def _correct_test(self, what: tuple[Episode, PathogenTest]) -> None:
        self._show(TestDialog(self._desk, self._parent, *what), _("Đã sửa xét nghiệm"))

    def _give(self, episode: Episode) -> None:
        GiveDialog(self._desk, self._parent, episode.id).open()

    def _transfer(self, episode: Episode) -> None:
        open_transfer(self._desk, self._parent, episode.id)

    def _return(self, what: Episode | Transfer) -> None:
        look = self._look()
        away = what if isinstance(what, Transfer) else look.record.away(what.id) if look else None
        if away is not None:
            self._show(ReturnDialog(self._desk, self._parent, away), _("Đã ghi lúc về"))

    def _change(self, episode: Episode) -> None:
        look = self._look()
        if look is None:
            return
        if episode.isolation_start is None or look.rules.isolation is None:
            words = _("Lần mắc này chưa có ngày bắt đầu cách ly. Bấm Sửa, ghi ngày bắt đầu trước.")
            tell(self._parent, _("Gia hạn cách ly"), words)
            return
        self._show(ChangeDialog(self._desk, self._parent, episode, look.rules), _("Đã đổi số ngày cách ly"))

    def _triage(self, episode: Episode) -> None:
        self._show(TriageDialog(self._desk, self._parent, episode.id), _("Đã phân loại nguy cơ"))

    def _outcome(self, episode: Episode) -> None:
        self._show(OutcomeDialog(self._desk, self._parent, episode), _("Đã ghi kết quả"))

    def _edit(self, episode: Episode) -> None:
        self._desk.want_f0.emit(NewF0(person_id=episode.person_id, episode_id=episode.id))

    def _again(self, _payload: object) -> None:
        look = self._look()
        if look is not None:
            self._desk.want_f0.emit(NewF0(person_id=look.page.person.id))

    def _reopen(self, episode: Episode) -> None:
        text = _("Kết quả đã ghi bị bỏ, lần mắc lại tính là đang theo dõi; lịch hỏi thăm sau khi khỏi cũng bỏ.")
        if confirm(self._parent, _("Mở lại lần mắc này?"), text, act=_("Mở lại")):
            self._do(
                partial(reopen_case, self._desk.register.db, episode.id, seen=episode, **self._by()), _("Đã mở lại")
            )

    def _void_call(self, line: CallLine) -> None:
        text = _("Cuộc gọi không còn hiện ở đây; sổ vẫn giữ dòng cũ.")
        if confirm(self._parent, _("Bỏ cuộc gọi ghi nhầm?"), text, act=_("Bỏ cuộc gọi")):
            self._do(partial(void_call, self._desk.register.db, line.id, **self._by()), _("Đã bỏ cuộc gọi"))

    def _edit_transfer(self, transfer: Transfer) -> None:
        self._show(TransferEditDialog(self._desk, self._parent, transfer), _("Đã sửa lần chuyển"))

    def _void_transfer(self, transfer: Transfer) -> None:
        text = _("Người bệnh lại tính là đang cách ly như trước; dấu hiệu nặng đã trả lời bằng lần chuyển này mở lại.")
        if confirm(self._parent, _("Xoá lần chuyển ghi nhầm?"), text, act=_("Xoá lần chuyển"), heavy=True):
            self._do(partial(void_transfer, self._desk.register.db, transfer.id, **self._by()), _("Đã xoá lần chuyển"))

    def _referral(self, transfer: Transfer) -> None:
        self._desk.open_kind([transfer.episode_id], PaperKind.REFERRAL, about_id=transfer.id)

    def _mark_step(self, what: tuple[Episode, Step]) -> None:
        episode, step = what
        now = self._desk.now()
        at = now.replace(tzinfo=None, second=0, microsecond=0)
        by = self._desk.register.user_id
        service = partial(mark_step, self._desk.register.db, episode.id, step, at=at, by=by, now=now)
        self._do(service, _("Đã ghi {step} lúc {clock}").format(step=_(STEPS[step]).lower(), clock=f"{at:%H:%M}"))

    def _finish(self, line: FollowUpLine) -> None:
        self._show(FollowUpDialog(self._desk, self._parent, line.id, line.means), _("Đã ghi lần hỏi thăm"))

    def _move(self, line: FollowUpLine) -> None:
        self._show(MoveFollowUpDialog(self._desk, self._parent, line), _("Đã đổi ngày hỏi thăm"))

    def _remove(self, line: FollowUpLine) -> None:
        title = _("Bỏ lần hỏi thăm {day}?").format(day=date_text(line.due_on))
        text = _("Lần này không còn nhắc nữa; các lần khác vẫn giữ.")
        keep = kept_as(self._desk, "remove_follow_up", line.id)
        reason = ask_reason(self._parent, title, text, act=_("Bỏ lần này"), reason=_("Lý do"), keep=keep)
        if reason:
            service = partial(remove_follow_up, self._desk.register.db, line.id, reason, **self._by())
            self._do(service, _("Đã bỏ lần hỏi thăm"), keep.settled)
