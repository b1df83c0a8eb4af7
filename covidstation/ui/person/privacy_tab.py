"""The tab Riêng tư: the numbers that lists hide, what the person agreed to, and the person's own file."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.people import PersonPage
from covidstation.db.queries.station import get_setting
from covidstation.domain.consent import ConsentKind
from covidstation.domain.privacy import HiddenNumber
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.services.files import keep_file
from covidstation.services.privacy.consent import ConsentLine, Consents, consent_pdf, consents_of
from covidstation.services.privacy.person_file import PersonFile
from covidstation.services.rights import may
from covidstation.ui.desk import Desk
from covidstation.ui.exports.dialog import PersonFhirDialog
from covidstation.ui.look.tokens import Tone
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.column import empty_column, inset
from covidstation.ui.parts.hidden import HiddenNumberLine
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.parts.saving import choose_zip
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.person.privacy_dialogs import (
    CONSENTS,
    NUMBERS,
    ConsentDialog,
    FileDialog,
    RevealDialog,
    WithdrawDialog,
)
from covidstation.ui.person.tabs import Rows

_ICONS: Final = {
    ConsentKind.CARE: "home",
    ConsentKind.CALLS: "phone",
    ConsentKind.GROUP_C: "pill",
    ConsentKind.DISTRICT: "info",
}


def ask_number(
    desk: Desk, parent: QWidget, page: PersonPage | None, number: HiddenNumber, line: HiddenNumberLine
) -> None:
    """Ask why, then show that number of the person in that line."""
    if page is None:
        return
    dialog = RevealDialog(desk, parent, page.person.id, number)
    if dialog.exec() and dialog.value:
        line.show_whole(dialog.value)
    dialog.deleteLater()


class PrivacyTab(Rows):
    """`show_page` fills it; the answers are read when it is shown."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("privacy_tab", _("Riêng tư"))
        self._desk = desk
        self._page: PersonPage | None = None

    def show_page(self, page: PersonPage) -> None:
        """That person."""
        self._page = page
        desk, person = self._desk, page.person.id
        read = partial(consents_of, desk.register.db, person, desk.catalog)
        desk.ask(self, read, lambda found: self._show(page, found), self._failed)

    def _show(self, page: PersonPage, found: Consents) -> None:
        if self._page is not page:
            return
        empty_column(self.rows)
        self._add_numbers(page)
        self._add_consents(found)
        self._add_file()
        self.rows.addStretch(1)

    def _add_numbers(self, page: PersonPage) -> None:
        known = [(number, str(getattr(page.person, number.value))) for number in HiddenNumber]
        if not any(text for _number, text in known):
            return
        second = _("chỉ hiện bốn số cuối; xem đủ thì ghi lý do, tự giấu lại sau một phút")
        self.rows.addWidget(inset(SectionHead(_("Số giấy tờ"), second)))
        for number, text in known:
            if not text:
                continue
            line = HiddenNumberLine(f"reveal_{number.value}", _(NUMBERS[number]))
            line.set_number(text)
            line.button.setEnabled(may(self._desk.register.db, Right.ENTER))
            line.asked.connect(partial(self._reveal, number, line))
            words = _("{n} ký tự").format(n=len(text))
            self.rows.addWidget(ListRow(_(NUMBERS[number]), words, line, icon="card"))

    def _reveal(self, number: HiddenNumber, line: HiddenNumberLine) -> None:
        ask_number(self._desk, self, self._page, number, line)

    def _add_consents(self, found: Consents) -> None:
        second = _("đọc bản chữ cho người bệnh nghe trước khi ghi trả lời")
        self.rows.addWidget(inset(SectionHead(_("Đồng ý"), second)))
        for kind in ConsentKind:
            self.rows.addWidget(self._kind_row(kind, found))
        for line in found.lines:
            if line is not found.standing(line.kind):
                self.rows.addWidget(ListRow(line.title, _said(line), self._text(line), icon="clock", strong=False))

    def _kind_row(self, kind: ConsentKind, found: Consents) -> QWidget:
        line = found.standing(kind)
        acts: list[QWidget] = []
        if kind is not ConsentKind.DISTRICT:
            acts.append(Chip(*_state(line)))
        if line is not None and line.agreed and line.withdrawn_on is None:
            acts.append(self._button(_("Rút lời đồng ý"), "withdraw_consent", kind, partial(self._withdraw, line)))
        if kind is not ConsentKind.DISTRICT:
            acts.append(self._button(_("Ghi trả lời"), "record_consent", kind, partial(self._record, kind)))
        verb = _("In thông báo") if kind is ConsentKind.DISTRICT else _("In bản chữ")
        acts.append(self._button(verb, "print_consent", kind, partial(self._print, kind, "")))
        return ListRow(_(CONSENTS[kind]), self._second(kind, line, found), *acts, icon=_ICONS[kind])

    def _second(self, kind: ConsentKind, line: ConsentLine | None, found: Consents) -> str:
        if kind is ConsentKind.DISTRICT:
            return _("làm theo luật, chỉ thông báo, không hỏi ý kiến")
        said = [_said(line)] if line is not None else []
        if kind is ConsentKind.GROUP_C and found.marks:
            mark = found.marks[0]
            words = _("đã đánh dấu đồng ý khi phát {medicine} {day}")
            said.append(words.format(medicine=mark.medicine, day=date_text(mark.given_on)))
        return " · ".join(said) or _("chưa hỏi")

    def _button(self, verb: str, name: str, kind: ConsentKind, act: partial[None]) -> Button:
        button = Button(verb, "quiet", name=f"{name}_{kind.value}")
        button.setAccessibleName(f"{verb}: {_(CONSENTS[kind])}")
        needed = Right.PRINT if name == "print_consent" else Right.ENTER
        button.setEnabled(may(self._desk.register.db, needed))
        button.clicked.connect(lambda: act())
        return button

    def _text(self, line: ConsentLine) -> Button:
        """What was read that day, whether it is still in force or not."""
        return self._button(_("In bản chữ"), "print_consent", line.kind, partial(self._print, line.kind, line.text_id))

    def _add_file(self) -> None:
        self.rows.addWidget(inset(SectionHead(_("Hồ sơ cho người này"))))
        words = _("mọi thứ sổ đang giữ, để làm gì, ai đã xem, đã chuyển cho ai: một tệp PDF và dữ liệu cho máy đọc")
        make = Button(_("&Xuất hồ sơ"), icon="download", name="export_person")
        make.setEnabled(may(self._desk.register.db, Right.EXPORT))
        make.clicked.connect(self._export)
        self.rows.addWidget(ListRow(_("Xuất theo yêu cầu"), words, make, icon="folder"))
        words = _("bệnh, xét nghiệm, theo dõi, thuốc, mũi tiêm theo chuẩn FHIR R4, để máy của bệnh viện đọc được")
        send = Button(_("Xuất &FHIR"), icon="download", name="export_fhir")
        send.setEnabled(may(self._desk.register.db, Right.EXPORT))
        send.clicked.connect(self._export_fhir)
        self.rows.addWidget(ListRow(_("Cho phần mềm khác"), words, send, icon="arrows"))

    def _run(self, dialog: ActDialog, words: str) -> None:
        if dialog.exec():
            self._desk.said.emit(words)
        dialog.deleteLater()

    def _record(self, kind: ConsentKind) -> None:
        if self._page is not None:
            self._run(ConsentDialog(self._desk, self, self._page.person.id, kind), _("Đã ghi trả lời"))

    def _withdraw(self, line: ConsentLine) -> None:
        self._run(WithdrawDialog(self._desk, self, line), _("Đã ghi rút lại"))

    def _print(self, kind: ConsentKind, text_id: str) -> None:
        if self._page is None:
            return
        desk, person, day = self._desk, self._page.person.id, self._desk.now().date()
        db = desk.register.db

        def made() -> tuple[bytes, str]:
            pdf = consent_pdf(db, person, kind, catalog=desk.catalog, day=day, text_id=text_id)
            return pdf, get_setting(db, "printer")

        name = f"ban-dong-y-{day.isoformat()}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _export(self) -> None:
        if self._page is None:
            return
        dialog = FileDialog(self._desk, self, self._page.person.id, self._page.person.full_name)
        if dialog.exec() and dialog.made is not None:
            self._save(dialog.made)
        dialog.deleteLater()

    def _export_fhir(self) -> None:
        if self._page is not None:
            dialog = PersonFhirDialog(self._desk, self, self._page.person.id, self._page.person.full_name)
            dialog.exec()
            dialog.deleteLater()

    def _save(self, made: PersonFile) -> None:
        path = choose_zip(self.window(), made.name)
        if path is None:
            return
        desk = self._desk
        words = _("Đã lưu {name} vào {folder}. Tệp đọc được, không khoá.").format(name=path.name, folder=path.parent)
        keep = partial(keep_file, path, made.data)
        desk.tasks.background(self, keep, lambda _path: desk.said.emit(words), self._failed)

    def _failed(self, trouble: UserError) -> None:
        self._desk.said.emit(sentence(trouble))


def _state(line: ConsentLine | None) -> tuple[str, Tone]:
    if line is None:
        return _("chưa hỏi"), "plain"
    if line.withdrawn_on is not None:
        return _("đã rút lại"), "orange"
    return (_("đồng ý"), "green") if line.agreed else (_("không đồng ý"), "red")


def _said(line: ConsentLine) -> str:
    """When, by whom for whom, until when."""
    by = _("{name} nói thay").format(name=line.given_by) if line.given_by else ""
    until = _("rút lại {day}").format(day=date_text(line.withdrawn_on)) if line.withdrawn_on else ""
    answer = _("đồng ý {day}") if line.agreed else _("không đồng ý {day}")
    parts = (answer.format(day=date_text(line.given_on)), by, until, line.note)
    return " · ".join(filter(None, parts))
