"""Beside a sick leave: the day of the examination, the days off, the illness in words, and who signs second."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.packs import PaperKind
from covidstation.domain.problems import Problem
from covidstation.domain.sick_leave import SickLeave, Signer, signers_text
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.services.papers.look import PaperLook
from covidstation.ui.look import metrics
from covidstation.ui.papers.sections import column_of
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot, save_buttons
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit, set_state
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import Line, label, set_ink
from covidstation.ui.parts.rows import SectionHead

_LABEL = 104
_WIDTH = 216
_MOST_SIGNERS = 12


class LeaveSection(QWidget):
    """Shown for a sick leave alone; what is typed comes as a whole `SickLeave` when a field is left."""

    typed = Signal(object)  # SickLeave
    signers_changed = Signal(str)  # the setting's new text

    def __init__(self, today: date) -> None:
        super().__init__()
        self.setObjectName("leave_section")
        self.exam = DateEdit("exam_on", _("Ngày khám"), today=today)
        self.days = NumberEdit("leave_days", _("Số ngày nghỉ"), low=1, high=999, width=64)
        self.diagnosis = LineEdit("diagnosis", _("Chẩn đoán"), width=_WIDTH)
        self.treatment = LineEdit("treatment", _("Cách điều trị"), width=_WIDTH, limit=400)
        self.practitioner = Combo("practitioner", _("Người khám"), width=_WIDTH)
        self.serial = LineEdit("serial", _("Số seri của phôi giấy"), width=_WIDTH, limit=40)
        self._look: PaperLook | None = None
        self.keep: Callable[[QDialog], object] = lambda _dialog: None  # what is half typed in a dialog of the section
        self._until = label("", "hint", "muted")
        self._note = label("", "hint", "muted", wrap=True)
        self._lay_out()
        for field in (self.exam, self.days, self.diagnosis, self.treatment, self.serial):
            field.editingFinished.connect(self._typed)
        self.practitioner.picked.connect(lambda _name: self._typed())
        FormKeys(self)
        self.hide()

    def show_leave(self, look: PaperLook, *, today: date) -> None:
        """The days off of that paper; hidden for a paper of another kind."""
        self._look = look
        leave = look.prepared.leave
        self.setVisible(look.prepared.kind is PaperKind.SICK_LEAVE and leave is not None)
        if leave is None:
            return
        self.exam.today = today
        self._fill(leave)
        problems = [problem for problem in look.prepared.problems if not problem.code.startswith("paper.missing.")]
        self._until.setText(_("đến hết {day}").format(day=date_text(leave.until)) if leave.until else "")
        self._say(problems)

    def take_up(self) -> None:
        """Its fields hold again what was typed before: send it."""
        self._typed()

    def focus_field(self, name: str) -> None:
        """Go to the field of that thing."""
        fields: dict[str, QWidget] = {
            "exam_date": self.exam, "leave_days": self.days, "diagnosis": self.diagnosis, "treatment": self.treatment,
            "practitioner": self.practitioner,
        }  # fmt: skip
        fields[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, leave: SickLeave) -> None:
        values = {item.name: item.value for item in self._look.prepared.items} if self._look else {}
        if not self.exam.hasFocus():
            self.exam.set_day(leave.exam_on)
        if not self.days.hasFocus():
            self.days.set_number(leave.days)
        for field, text in (
            (self.diagnosis, leave.diagnosis or values.get("diagnosis", "")),
            (self.treatment, leave.treatment or values.get("treatment", "")),
            (self.serial, leave.serial),
        ):
            if not field.hasFocus():
                field.set_value(text)
        names = [one.name for one in self._look.signers] if self._look else []
        if leave.practitioner and leave.practitioner not in names:
            names = [leave.practitioner, *names]
        self.practitioner.set_choices([("", _("Chọn")), *((name, name.replace("&", "&&")) for name in names)])
        self.practitioner.set_value(leave.practitioner)
        set_state(self.practitioner, "" if leave.practitioner else "error")

    def _say(self, problems: Sequence[Problem]) -> None:
        bad = {problem.field for problem in problems if problem.level == "error"}
        set_state(self.exam, "error" if "exam_date" in bad else "")
        set_state(self.days, "error" if "leave_days" in bad or self.days.number() is None else "")
        rule = _("Ngày nghỉ đầu là ngày khám. Giấy không được tẩy xoá: xem kỹ rồi mới cấp số.")
        self._note.setText(sentence(problems[0]) if problems else rule)
        set_ink(self._note, "danger" if bad else "warn" if problems else "muted")

    def _typed(self) -> None:
        """Everything as it stands; a field that cannot be read keeps what was known."""
        look = self._look
        if look is None or look.prepared.leave is None or not self.isVisible():
            return
        bad = [field for field in (self.exam, self.days) if field.bad()]
        for field in bad:
            set_state(field, "error")
        if bad:
            return
        days = self.days.number()
        self.typed.emit(
            SickLeave(
                exam_on=self.exam.day(),
                days=int(days) if days is not None else None,
                diagnosis=self.diagnosis.value(),
                treatment=self.treatment.value(),
                practitioner=str(self.practitioner.value() or ""),
                serial=self.serial.value(),
            )
        )

    def _lay_out(self) -> None:
        column = column_of(self)
        signers = Button(_("&Người ký…"), "link", name="edit_signers")
        signers.clicked.connect(self._open_signers)
        column.addWidget(SectionHead(_("Nghỉ việc hưởng BHXH"), "", signers))
        days = Field(_("Số n&gày nghỉ"), self.days, label_width=_LABEL, required=True)
        days.beside(self._until, field=False)
        for row in (
            Field(_("Ngày &khám"), self.exam, label_width=_LABEL, required=True),
            days,
            Field(_("Chẩn đ&oán"), self.diagnosis, label_width=_LABEL, required=True),
            Field(_("Đi&ều trị"), self.treatment, label_width=_LABEL, required=True),
            Field(_("Ngườ&i khám"), self.practitioner, label_width=_LABEL, required=True),
            Field(_("Số se&ri"), self.serial, label_width=_LABEL),
        ):
            column.addWidget(row)
        column.addWidget(self._note)
        column.addSpacing(8)
        column.addWidget(Line())

    def _open_signers(self) -> None:
        dialog = SignersDialog(self, self._look.signers if self._look else ())
        self.keep(dialog)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.signers_changed.emit(signers_text(dialog.signers()))


class SignersDialog(Dialog):
    """Whose signatures are registered with the social insurance: a line each, an emptied line goes."""

    row_fields: ClassVar[frozenset[str]] = frozenset(
        f"signer_{part}_{at}" for part in ("name", "code") for at in range(1, _MOST_SIGNERS + 1)
    )

    def __init__(self, parent: QWidget, signers: Sequence[Signer]) -> None:
        super().__init__(parent, _("Người ký đã đăng ký với BHXH"), "signers_dialog")
        self._rows: list[tuple[LineEdit, LineEdit]] = []
        column = column_of(self)
        inner = QVBoxLayout()
        inner.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 12)
        inner.setSpacing(6)
        inner.addWidget(label(_("Người ký đã đăng ký với BHXH"), "section"))
        note = _("Người đứng đầu trạm và người khám: chữ ký của cả hai phải đăng ký trước với cơ quan BHXH.")
        inner.addWidget(label(note, "hint", "muted", wrap=True))
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        inner.addLayout(self._list)
        self._more = Button(_("&Thêm người"), "link", name="add_signer")
        self._more.clicked.connect(lambda: self._add(Signer("")).setFocus())
        inner.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(inner)
        column.addWidget(Line())
        column.addLayout(foot(*save_buttons(self.reject, self.accept, name="save_signers")))
        for signer in (*signers, Signer("")):
            self._add(signer)
        FormKeys(self, save=self.accept, leave=self.reject)
        self._rows[-1][0].setFocus()

    def signers(self) -> tuple[Signer, ...]:
        """What stands in the lines."""
        return tuple(Signer(name.value(), code.value()) for name, code in self._rows if name.value())

    def make_room(self, raw: Mapping[str, Any]) -> None:
        """As many lines as the draft has."""
        names = {name.partition("/")[0] for name in raw} & self.row_fields
        wanted = max((int(name.rpartition("_")[2]) for name in names), default=0)
        while len(self._rows) < wanted:
            self._add(Signer(""))

    def _add(self, signer: Signer) -> LineEdit:
        at = len(self._rows) + 1
        name = LineEdit(f"signer_name_{at}", _("Họ tên người ký thứ {n}").format(n=at), width=300, hint=_("Họ và tên"))
        words = _("Mã số BHXH của người ký thứ {n}").format(n=at)
        code = LineEdit(f"signer_code_{at}", words, width=200, hint=_("Mã số BHXH"), limit=30)
        name.set_value(signer.name)
        code.set_value(signer.code)
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        row.addWidget(name)
        row.addWidget(code)
        row.addStretch(1)
        self._list.addLayout(row)
        self._rows.append((name, code))
        self._more.setVisible(at < _MOST_SIGNERS)
        return name
