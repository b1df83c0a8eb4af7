"""What is asked before a number is shown, an answer kept or taken back, a file made for somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.consent import LONGEST_NAME, LONGEST_NOTE, ConsentDraft, ConsentKind
from covidstation.domain.privacy import LONGEST_REASON, HiddenNumber, RevealReason
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.i18n import N_, _
from covidstation.services.changes import Done
from covidstation.services.privacy.consent import ConsentLine, record_consent, withdraw_consent
from covidstation.services.privacy.person_file import LONGEST, FileRequest, PersonFile, Requester, person_file
from covidstation.services.privacy.reveal import note_whole_numbers, reveal_number
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label
from covidstation.ui.person.dialogs import ActDialog

NUMBERS: Final[Mapping[HiddenNumber, str]] = {
    HiddenNumber.CITIZEN: N_("Số căn cước"),
    HiddenNumber.OLD: N_("Số CMND cũ"),
    HiddenNumber.INSURANCE: N_("Số thẻ BHYT"),
}
REASONS: Final[Mapping[RevealReason, str]] = {
    RevealReason.COMPARE: N_("So với thẻ đang cầm"),
    RevealReason.PAPER: N_("Làm giấy tờ cho người này"),
    RevealReason.INSURANCE: N_("Bảo hiểm y tế"),
    RevealReason.SYSTEM: N_("Nhập hệ thống quốc gia"),
    RevealReason.ASKED: N_("Người này hỏi"),
    RevealReason.OTHER: N_("Lý do khác, ghi bên dưới"),
}
CONSENTS: Final[Mapping[ConsentKind, str]] = {
    ConsentKind.CARE: N_("Chăm sóc tại nhà, cung cấp thông tin"),
    ConsentKind.CALLS: N_("Gọi điện, nhắn tin"),
    ConsentKind.GROUP_C: N_("Dùng thuốc nhóm C"),
    ConsentKind.DISTRICT: N_("Chuyển dữ liệu lên tuyến trên"),
}
REQUESTERS: Final[Mapping[Requester, str]] = {
    Requester.SELF: N_("Chính người này"),
    Requester.PARENT: N_("Cha, mẹ, người giám hộ"),
    Requester.FAMILY: N_("Người nhà được uỷ quyền"),
    Requester.BODY: N_("Cơ quan có thẩm quyền"),
}
_WIDE: Final = 320


class _Named(ActDialog):
    """A dialog whose act has a verb of its own."""

    def name_act(self, verb: str) -> None:
        """Write the verb on the button."""
        button = self.findChild(Button, "act_button")
        assert isinstance(button, Button)  # every ActDialog has it
        button.set_text(verb)

    def who(self) -> dict[str, Any]:
        """Who acts, and when."""
        return {"by": self._desk.register.user_id, "now": self._desk.now()}


class ReasonDialog(_Named):
    """Why whole numbers are needed. `value` holds what the act gave."""

    def __init__(self, desk: Desk, parent: QWidget, title: str) -> None:
        self.value: Any = None
        choices = [(key, _(words)) for key, words in REASONS.items()]
        self.reason = Combo("reason", _("Vì sao cần xem"), choices, width=_WIDE)
        self.words = LineEdit("words", _("Ghi thêm"), width=_WIDE, limit=LONGEST_REASON)
        rows = (Field(_("&Vì sao"), self.reason), Field(_("&Ghi thêm"), self.words))
        super().__init__(desk, parent, title, rows, self.reason)
        self.setObjectName("reveal_dialog")
        self.rows_column.addWidget(label(_("Sổ ghi lại ai xem, lúc nào, vì sao."), "hint", "muted"))

    def done_with(self, value: object) -> None:
        """Keep what came."""
        self.value = value
        super().done_with(value)


class RevealDialog(ReasonDialog):
    """One number of one person."""

    def __init__(self, desk: Desk, parent: QWidget, person_id: UUID, number: HiddenNumber) -> None:
        super().__init__(desk, parent, _("Xem {number}").format(number=_(NUMBERS[number]).lower()))
        self._what = person_id, number
        self.name_act(_("Hiện số"))

    def about(self) -> str:
        """The person and the number."""
        return f"{self._what[0].hex}-{self._what[1].value}"

    def act(self) -> Callable[[], Done[Any]]:
        """The number."""
        person_id, number = self._what
        reason, words = self.reason.value(), self.words.value()
        return partial(reveal_number, self._desk.register.db, person_id, number, reason, words, **self.who())


class WholeListDialog(ReasonDialog):
    """A list that leaves with whole numbers on it."""

    needs = Right.EXPORT

    def __init__(self, desk: Desk, parent: QWidget, people: int) -> None:
        super().__init__(desk, parent, _("Ghi đủ số căn cước vào danh sách {n} người").format(n=people))
        self._people = people
        self.name_act(_("Ghi đủ số"))

    def about(self) -> str:
        """The list that is in sight."""
        return "whole list"

    def act(self) -> Callable[[], Done[Any]]:
        """Note it."""
        reason, words = self.reason.value(), self.words.value()
        return partial(note_whole_numbers, self._desk.register.db, self._people, reason, words, **self.who())


class ConsentDialog(_Named):
    """The answer to one text."""

    def __init__(self, desk: Desk, parent: QWidget, person_id: UUID, kind: ConsentKind) -> None:
        today = desk.now().date()
        self._what = person_id, kind
        answers = [(True, _("Đồng ý")), (False, _("Không đồng ý"))]
        self.agreed = Combo("agreed", _("Trả lời"), answers, width=_WIDE)
        self.day = DateEdit("given_on", _("Ngày trả lời"), today=today)
        self.day.set_day(today)
        self.given_by = LineEdit("given_by", _("Người nói thay"), width=_WIDE, limit=LONGEST_NAME)
        self.note = LineEdit("note", _("Ghi chú"), width=_WIDE, limit=LONGEST_NOTE)
        speaks = Field(_("Người nói th&ay"), self.given_by)
        rows = (
            Field(_("&Trả lời"), self.agreed),
            Field(_("&Ngày"), self.day, required=True),
            speaks,
            Field(_("&Ghi chú"), self.note),
        )
        super().__init__(desk, parent, _(CONSENTS[kind]), rows, self.agreed)
        self.setObjectName("consent_dialog")
        speaks.set_hint(_("nếu không tự trả lời"))

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("given_on", "forms.bad_date")] if self.day.bad() else []

    def about(self) -> str:
        """The person and the consent."""
        return f"{self._what[0].hex}-{self._what[1].value}"

    def act(self) -> Callable[[], Done[Any]]:
        """Keep it."""
        desk, (person_id, kind) = self._desk, self._what
        draft = ConsentDraft(
            kind=kind,
            agreed=bool(self.agreed.value()),
            given_on=self.day.day(),
            given_by=self.given_by.value(),
            note=self.note.value(),
        )
        register = desk.register
        who = {**self.who(), "by_name": register.user_name, "catalog": desk.catalog}
        return partial(record_consent, register.db, person_id, draft, **who)


class WithdrawDialog(_Named):
    """Taking a yes back."""

    def __init__(self, desk: Desk, parent: QWidget, line: ConsentLine) -> None:
        today = desk.now().date()
        self._line = line
        self.day = DateEdit("day", _("Rút lại từ ngày"), today=today)
        self.day.set_day(today)
        self.note = LineEdit("note", _("Ghi chú"), width=_WIDE, limit=LONGEST_NOTE)
        rows = (Field(_("Từ &ngày"), self.day, required=True), Field(_("&Ghi chú"), self.note))
        super().__init__(desk, parent, _("Rút lại: {what}").format(what=_(CONSENTS[line.kind])), rows, self.day)
        self.setObjectName("withdraw_dialog")
        self.name_act(_("Ghi rút lại"))

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("day", "forms.bad_date")] if self.day.bad() else []

    def about(self) -> str:
        """The consent."""
        return self._line.id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Write the day."""
        db = self._desk.register.db
        return partial(withdraw_consent, db, self._line.id, self.day.day(), self.note.value(), **self.who())


class FileDialog(_Named):
    """Who asks for their file, and why. `made` is the file."""

    needs = Right.EXPORT

    def __init__(self, desk: Desk, parent: QWidget, person_id: UUID, full_name: str) -> None:
        self.made: PersonFile | None = None
        self._person_id, self._full_name = person_id, full_name
        choices = [(key, _(words)) for key, words in REQUESTERS.items()]
        self.requester = Combo("requester", _("Ai xin"), choices, width=_WIDE)
        self.name = LineEdit("name", _("Họ tên người xin"), width=_WIDE, limit=LONGEST)
        self.name.set_value(full_name)
        self.reason = LineEdit("reason", _("Lý do"), width=_WIDE, limit=LONGEST)
        rows = (
            Field(_("&Ai xin"), self.requester),
            Field(_("&Họ tên"), self.name, required=True),
            Field(_("&Lý do"), self.reason, required=True),
        )
        super().__init__(desk, parent, _("Xuất hồ sơ của {name}").format(name=full_name), rows, self.requester)
        self.setObjectName("file_dialog")
        self.requester.picked.connect(self._picked)
        words = _("Tệp có mọi thứ sổ đang giữ về người này và không khoá: ai cầm tệp cũng đọc được. Trao tận tay.")
        self.rows_column.addWidget(label(words, "hint", "warn", wrap=True))
        self.name_act(_("Làm tệp"))

    def _picked(self, requester: Requester) -> None:
        """Another one than the person has another name."""
        if requester is Requester.SELF:
            self.name.set_value(self._full_name)
        elif self.name.value() == self._full_name:
            self.name.set_value("")

    def done_with(self, value: object) -> None:
        """Keep the file for the page to save."""
        assert isinstance(value, PersonFile)
        self.made = value
        super().done_with(value)

    def about(self) -> str:
        """The person."""
        return self._person_id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Make it."""
        desk = self._desk
        asked = FileRequest(requester=self.requester.value(), name=self.name.value(), reason=self.reason.value())
        who = {**self.who(), "by_name": desk.register.user_name, "catalog": desk.catalog}
        return partial(person_file, desk.register.db, self._person_id, asked, **who)
