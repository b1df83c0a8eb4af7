"""The steps of coming back from a copy: which one, its secret, what will come back, working, done."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from covidstation.i18n import _, date_text, moment_text
from covidstation.services.copies.restore import Chosen, Found, Restored
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit, PasswordEdit
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.rows import KeyValues
from covidstation.ui.start.copy_list import CopyList, when_where
from covidstation.ui.start.panes import Said, code_echo

FIELD = 360
KEY = 168
CODE = ""  # in the place of a user: the printed code


class ChooseStep(QWidget):
    """Which copy."""

    def __init__(self) -> None:
        super().__init__()
        self.list = CopyList()
        self.said = label("", "body", "muted", wrap=True)
        self.again = Button(_("Tìm lại trên &USB"), "quiet", icon="usb", name="look_again")
        self.file = Button(_("Chọn &tệp khác…"), "quiet", name="other_file")
        column = _column(self)
        column.addWidget(self.said)
        column.addSpacing(8)
        column.addWidget(self.list)
        row = QHBoxLayout()
        row.addWidget(self.again)
        row.addWidget(self.file)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)


class OpenStep(QWidget):
    """Whose passphrase, or the code."""

    def __init__(self) -> None:
        super().__init__()
        self.which = label("", "strong", wrap=True)
        self.who = Combo("copy_user", _("Mở bằng"), width=FIELD, large=True)
        self.secret = PasswordEdit("copy_secret", _("Mật khẩu lúc sao lưu"), width=FIELD)
        self.code = LineEdit(
            "copy_code", _("Mã khôi phục"), width=FIELD, large=True, hint=_("8 nhóm in trên giấy"), limit=80
        )
        self.said = Said()
        column = _column(self)
        column.addWidget(self.which)
        column.addSpacing(12)
        self._head = label(_("Mở &bằng"), "strong")
        self._head.setBuddy(self.who)
        self._title = label("", "strong")
        self._echo = code_echo(self.code)
        for widget in (self._head, self.who, self._title, self.secret, self.code, self._echo, self.said):
            column.addWidget(widget)
        column.addStretch(1)
        self.who.picked.connect(lambda _key: self._turn())

    def start(self, found: Found, today: datetime) -> None:
        """A copy on a stick has the code alone."""
        self.which.setText(_("Bản sao {when}").format(when=when_where(found, today.date())))
        choices = [(name, name) for name in found.users] + [(CODE, _("Mã khôi phục in trên giấy"))]
        self.who.set_choices(choices)
        self.who.set_value(choices[0][0])
        for widget in (self._head, self.who):
            widget.setVisible(bool(found.users))
        self.secret.clear()
        self.code.clear()
        self.said.say("")
        self._turn()

    def user(self) -> str | None:
        """The chosen person; None for the code."""
        return self.who.value() or None

    def text(self) -> str:
        """What was typed."""
        return self.secret.value() if self.user() else self.code.value()

    def _turn(self) -> None:
        by_code = self.user() is None
        self.secret.setVisible(not by_code)
        self.code.setVisible(by_code)
        self._echo.setVisible(by_code)
        words = _("Mã khôi phục") if by_code else _("Mật khẩu của {name} lúc sao lưu").format(name=self.user())
        self._title.setText(words.replace("&", "&&"))
        field = self.code if by_code else self.secret
        self._title.setBuddy(field)
        field.setFocus()


class ConfirmStep(QWidget):
    """What comes back, what becomes of what stands; and a passphrase for a copy that has only the code."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = KeyValues(key_width=KEY)
        self.note = label("", "body", "muted", wrap=True)
        self.who = Combo("new_user", _("Người dùng máy này"), width=FIELD, large=True)
        self.new = PasswordEdit("new_passphrase", _("Mật khẩu mới"), width=FIELD)
        self.again = PasswordEdit("again", _("Gõ lại mật khẩu mới"), width=FIELD)
        self.head = PasswordEdit("head_secret", _("Mật khẩu của người đứng đầu trạm, hoặc mã khôi phục"), width=FIELD)
        self.said = Said()
        column = _column(self)
        column.addWidget(self.facts)
        column.addSpacing(8)
        column.addWidget(self.note)
        column.addSpacing(8)
        self._asked = _titled(self.who, self.new, self.again)
        self._asked_head = _titled(self.head)
        column.addWidget(self._asked)
        column.addWidget(self._asked_head)
        column.addWidget(self.said)
        column.addStretch(1)

    def start(self, chosen: Chosen, today: datetime) -> None:
        """Counted in the copy itself."""
        facts, found = chosen.looked.facts, chosen.found
        rows = [
            (_("Trạm"), facts.station),
            (_("Sao lưu lúc"), moment_text(found.made, today.date())),
            (_("Trong sổ có"), _("{n} người, {m} lần mắc").format(n=facts.people, m=facts.episodes)),
            (_("Văn bản đã cấp"), str(facts.papers)),
        ]
        if facts.last_report:
            rows.append((_("Báo cáo cuối"), date_text(datetime.fromisoformat(facts.last_report).date())))
        if found.behind:
            rows.append((_("Không có trong đó"), _("{n} thay đổi sau bản sao").format(n=found.behind)))
        self.facts.set_rows(rows)
        self.note.setText(
            _("Sổ đang có (nếu còn) được cất riêng, không xoá. Những gì huyện đã nhận sau đó, huyện trả lại được.")
        )
        if chosen.need_head:
            self.note.setText(
                _(
                    "Sổ đang có trên máy có thể vẫn mở được, nên muốn thay nó phải có người đứng đầu trạm. "
                    "Nó được cất riêng, không xoá."
                )
            )
        self._asked.setVisible(chosen.need_passphrase)
        self.who.set_choices([(one.id, one.name) for one in chosen.people])
        if chosen.people:
            self.who.set_value(chosen.people[0].id)
        self._asked_head.setVisible(chosen.need_head)
        for field in (self.new, self.again, self.head):
            field.clear()
        self.said.say("")
        if chosen.need_passphrase or chosen.need_head:
            (self.new if chosen.need_passphrase else self.head).setFocus()


class ProgressStep(QWidget):
    """Working."""

    def __init__(self) -> None:
        super().__init__()
        self.doing = label("", "person")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        column = _column(self)
        column.addWidget(self.doing)
        column.addSpacing(12)
        column.addWidget(self.bar)
        column.addSpacing(12)
        words = _("Mất điện lúc này không mất gì: sổ là bản cũ còn nguyên, hoặc bản mới đã trọn vẹn.")
        column.addWidget(label(words, "body", "muted", wrap=True))
        column.addStretch(1)


class DoneStep(QWidget):
    """What came back and what to do now."""

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", "large", "ok", wrap=True)
        self.rows = KeyValues(key_width=KEY)
        self.note = label("", "body", wrap=True)
        column = _column(self)
        column.addWidget(self.title)
        column.addSpacing(12)
        column.addWidget(self.rows)
        column.addSpacing(12)
        column.addWidget(self.note)
        column.addStretch(1)

    def show_restored(self, back: Restored, now: datetime) -> None:
        """What was found in it, where the old register lies, and what to do next."""
        today, facts = now.date(), back.facts
        self.title.setText(_("Đã lấy lại sổ, như lúc {moment}").format(moment=moment_text(back.made, today)))
        rows = [
            (_("Trong sổ có"), _("{n} người, {m} lần mắc").format(n=facts.people, m=facts.episodes)),
            (_("Văn bản đã cấp"), str(facts.papers)),
        ]
        if back.aside is not None:
            rows.append((_("Sổ cũ cất ở"), str(back.aside)))
        self.rows.set_rows(rows)
        at_district = _(
            "Ghi USB gửi huyện, nhờ huyện trả lại những gì đã gửi sau bản sao, rồi nhận USB ở trang Đồng bộ. "
        )
        numbers = _("Trước khi cấp văn bản mới, xem số cuối cùng trên giấy.")
        self.note.setText((at_district if back.enrolled else "") + numbers)


def _titled(*fields: Combo | PasswordEdit) -> QWidget:
    """Fields below their titles."""
    box = QWidget()
    column = _column(box)
    for field in fields:
        title = label(field.accessibleName(), "strong")
        title.setBuddy(field)
        column.addWidget(title)
        column.addWidget(field)
    return box


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    return column
