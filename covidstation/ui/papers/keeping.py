"""An issued paper: showing its bytes, printing them again, saving them, voiding it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.i18n import N_, _
from covidstation.messages import sentence
from covidstation.services.access.audit import How, note_paper
from covidstation.services.files import keep_file
from covidstation.services.papers.book import Kept, read_kept
from covidstation.services.papers.issuing import void_paper
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.papers.issued import file_name, paper_title
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.parts.dialogs import ask_reason
from covidstation.ui.parts.saving import choose_file

_VOIDED: Final[Mapping[PaperKind, str]] = {
    PaperKind.ISOLATION_ORDER: N_("Người trên văn bản lại thành thiếu quyết định cách ly."),
    PaperKind.ISOLATION_END: N_("Ca bệnh mở lại, bỏ lịch theo dõi sau khỏi, lại thành thiếu giấy kết thúc."),
    PaperKind.ISOLATION_COMPLETION: N_("Ca bệnh mở lại, bỏ lịch theo dõi sau khỏi, lại thành thiếu giấy kết thúc."),
    PaperKind.COMPLETION_CERTIFICATE: N_("Việc cách ly giữ nguyên như đang ghi."),
    PaperKind.CONTACT_ORDER: N_("Người tiếp xúc lại thành thiếu quyết định cách ly."),
    PaperKind.CONTACT_RELEASE: N_("Người tiếp xúc lại đang cách ly và thiếu giấy kết thúc."),
    PaperKind.SICK_LEAVE: N_("Nếu đã đưa giấy cho người bệnh, thu lại cả hai liên."),
    PaperKind.REFERRAL: N_("Lần chuyển tuyến vẫn còn và lại thành thiếu giấy chuyển."),
    PaperKind.VACCINATION: N_("Các mũi tiêm vẫn còn trong sổ. Nếu đã đưa giấy cho người tiêm thì thu lại."),
}
"""What each kind's voiding does besides (services/paper_marks)."""


def void_words(kind: PaperKind, resting: Sequence[str]) -> str:
    """What will happen when a paper of that kind is voided, and which papers name it."""
    words = [_("Dòng này ở lại trong sổ với lý do huỷ, số không dùng lại."), _(_VOIDED[kind])]
    if resting:
        named = _("{numbers} đang ghi theo số này: huỷ và cấp lại cho khớp.")
        words.append(named.format(numbers=", ".join(resting)))
    return "\n".join(words)


class Keeping(QWidget):
    """Holds the paper in sight; never seen itself. `shown(Kept)` follows each reading, `troubled(str)` a sentence."""

    shown = Signal(object)
    troubled = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._desk = desk
        self._id: UUID | None = None
        self._hand_out = False
        self.kept: Kept | None = None

    def begin(self, paper_id: UUID, *, hand_out: bool = False) -> None:
        """Show that paper; with `hand_out` print it at once (without a printer: offer to save it)."""
        self._id, self.kept, self._hand_out = paper_id, None, hand_out
        self.reload()

    def reload(self) -> None:
        """Read it again."""
        if self._id is not None:
            op = partial(read_kept, self._desk.register.db, self._id)
            self._desk.ask(self, op, self._show, lambda trouble: self.troubled.emit(sentence(trouble)))

    def has_printer(self) -> bool:
        """Whether `print_out` would print."""
        return self.kept is not None and bool(chosen_printer(self.kept.printer))

    def print_out(self) -> None:
        """Send it to the station's printer; without one, save it."""
        kept = self.kept
        if kept is None:
            return
        printer = chosen_printer(kept.printer)
        if not printer:
            self.save()
            return
        device = device_for(printer)
        words = _("Đã gửi {number} đến máy in {printer}.").format(number=paper_title(kept.paper), printer=printer)
        self._noted("print", kept, lambda: print_pdf(kept.pdf, device, kept.copies), words)

    def save(self) -> None:
        """Save the bytes where the person says."""
        kept = self.kept
        if kept is None:
            return
        line = kept.paper.line
        path = choose_file(self.window(), file_name(line.number, line.symbol, line.year))
        if path is None:
            return
        words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)
        self._noted("file", kept, lambda: keep_file(path, kept.pdf), words)

    def _noted(self, how: How, kept: Kept, work: Callable[[], object], words: str) -> None:
        """Note that the paper leaves the register, then do it."""
        desk = self._desk

        def failed(trouble: UserError) -> None:
            self.troubled.emit(sentence(trouble))

        copies = kept.copies if how == "print" else 1
        note = partial(note_paper, desk.register.db, kept.paper.line.id, how, now=desk.now(), copies=copies)
        then = partial(desk.tasks.background, self, work, lambda _done: desk.said.emit(words), failed)
        desk.ask(self, note, lambda _none: then(), failed)

    def void(self) -> None:
        """Ask for the reason, then void; the line stays in the book."""
        kept = self.kept
        if kept is None or kept.paper.line.voided_at is not None:
            return
        number = paper_title(kept.paper)
        asking = kept_as(self._desk, "void_paper", kept.paper.line.id)
        reason = ask_reason(
            self.window(),
            _("Huỷ số {number}?").format(number=number),
            void_words(PaperKind(kept.paper.line.kind), kept.resting),
            act=_("Huỷ số {number}").format(number=number),
            reason=_("Lý do huỷ"),
            keep=asking,
            heavy=True,
        )
        if not reason:
            return
        desk = self._desk
        op = partial(void_paper, desk.register.db, kept.paper.line.id, reason, by=desk.register.user_id, now=desk.now())
        words = _("Đã huỷ số {number}.").format(number=number)
        desk.act(
            self,
            op,
            lambda _none: desk.said.emit(words),
            lambda trouble: self.troubled.emit(sentence(trouble)),
            draft=asking.settled,
        )

    def _show(self, kept: Kept) -> None:
        self.kept = kept
        self.shown.emit(kept)
        if self._hand_out:
            self._hand_out = False
            self.print_out()
