"""Đường truyền: whether the station sends by itself, where the district is, through which proxy; and a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, ngettext
from covidstation.messages import sentence
from covidstation.services.exchange.line_choice import (
    LineChoice,
    LineChosen,
    LineFound,
    ProxyWay,
    check_line_choice,
    keep_line_choice,
    line_choice,
    try_line,
)
from covidstation.ui.desk import Desk
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit, PasswordEdit
from covidstation.ui.parts.fields import Field, show_problems
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import Glyph, label, set_ink
from covidstation.ui.parts.rows import SectionHead
from covidstation.ui.settings.half_typed import HalfTyped
from covidstation.ui.settings.section import LABEL, Section
from covidstation.ui.status_parts import drift_text
from covidstation.ui.sync.words import seconds_text

WIDTH: Final = 344
SECRET: Final = "password"


class LineSection(Section):
    """One form. What stands in it can be tried before it is saved; nobody waits for the trial."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "line", _("Đường truyền"))
        self._held: LineChoice | None = None
        self._trying = False
        self._rows: list[Field] = []
        self._add_district()
        self._add_proxy()
        self._add_trial()
        self.column.addStretch(1)
        self._save = Button(_("Lưu"), "primary", keys="Ctrl+Return", name="save_line")
        self._save.clicked.connect(self.save)
        FormKeys(self, save=self.save)
        self._half = HalfTyped(desk, "line", self, self.column)
        self.close_fields(Right.MANAGE, (self.auto, self.url, self.way, self.proxy, self.user, self.password))

    def load(self) -> None:
        """What holds now."""
        self.desk.ask(self, partial(line_choice, self.desk.register.db), self._show)

    def unsaved(self) -> bool:
        """Whether a field differs from what holds."""
        return self._held is not None and self._choice() != self._held

    def half_typed(self) -> dict[str, Any]:
        """The fields that differ; never the password."""
        if self._held is None or not self.desk.may(Right.MANAGE):
            return {}
        held = asdict(self._held)
        typed = asdict(self._choice())
        return {name: value for name, value in typed.items() if name != SECRET and value != held[name]}

    def put_back(self, raw: Mapping[str, Any]) -> None:
        """Those fields again."""
        known = {name: value for name, value in raw.items() if name in LineChoice.__dataclass_fields__}
        try:
            self._fill(LineChoice(**{**asdict(self._choice()), **known, "way": ProxyWay(known.get("way", "system"))}))
        except (TypeError, ValueError):
            return

    def put_aside(self) -> None:
        """Keep them."""
        self._half.keep_now()

    def forget(self) -> None:
        """They were given up."""
        self._half.forget()

    def buttons(self) -> Sequence[QWidget]:
        """Try, save."""
        return (self._try, self._save)

    def save(self) -> None:
        """Let it hold, or show beside the fields what is wrong."""
        desk = self.desk
        op = partial(keep_line_choice, desk.register.db, self._choice(), by=desk.register.user_id, now=desk.now())
        desk.act(self, op, self._saved, self._refused, draft=self._half.settled())

    def try_now(self) -> None:
        """Reach the district as the fields say, beside the work."""
        if self._trying:
            return
        self._trying = True
        self._try.setEnabled(False)
        self._say("refresh", "muted", _("Đang thử, nhiều nhất nửa phút. Vẫn làm việc khác được."))
        op = partial(try_line, self.desk.register.db, self._choice(), now=self.desk.now())
        self.desk.tasks.alone(self, op, self._tried, self._not_reached)

    def _add_district(self) -> None:
        self.column.addWidget(SectionHead(_("Gửi huyện qua mạng")))
        auto = [(True, _("Tự gửi sau khi lưu và mỗi giờ")), (False, _("Chỉ gửi khi bấm “Gửi ngay”"))]
        self.auto = Combo("auto", _("Khi có mạng"), auto, width=WIDTH)
        self.url = LineEdit("url", _("Địa chỉ máy của huyện"), width=WIDTH, limit=200)
        self.url.textEdited.connect(lambda _text: self._check())
        self._url_row = Field(_("Địa chỉ &huyện"), self.url, label_width=LABEL)
        for row in (Field(_("Khi có &mạng"), self.auto, label_width=LABEL), self._url_row):
            self._rows.append(row)
            self.column.addWidget(row)

    def _add_proxy(self) -> None:
        self.column.addWidget(SectionHead(_("Đường ra mạng của máy"), _("phần lớn trạm để “Theo máy này”")))
        ways = [
            (ProxyWay.SYSTEM, _("Theo máy này")),
            (ProxyWay.DIRECT, _("Đi thẳng, không qua proxy")),
            (ProxyWay.OWN, _("Qua proxy ghi ở dưới")),
        ]
        self.way = Combo("way", _("Đường ra mạng"), ways, width=WIDTH)
        self.way.picked.connect(lambda _way: self._check())
        self.proxy = LineEdit("proxy", _("Proxy"), width=WIDTH, hint="10.0.0.1:3128", limit=200)
        self.user = LineEdit("user", _("Tên dùng proxy"), width=WIDTH, limit=100)
        self.password = PasswordEdit("password", _("Mật khẩu proxy"), width=WIDTH, large=False)
        for edit in (self.proxy, self.user, self.password):
            edit.textEdited.connect(lambda _text: self._check())
        self._own = [
            Field(_("Má&y và cổng"), self.proxy, label_width=LABEL),
            Field(_("Tê&n, nếu proxy hỏi"), self.user, label_width=LABEL),
            Field(_("Mật &khẩu"), self.password, label_width=LABEL),
        ]
        for row in (Field(_("&Ra mạng"), self.way, label_width=LABEL), *self._own):
            self._rows.append(row)
            self.column.addWidget(row)

    def _add_trial(self) -> None:
        self._try = Button(_("Thử đường t&ruyền"), icon="arrows", name="try_line")
        self._try.clicked.connect(self.try_now)
        self.column.addWidget(SectionHead(_("Thử đường truyền"), _("không gửi hồ sơ nào")))
        self._glyph = Glyph("info", 18, "muted")
        self.result = label("", "body", "muted", wrap=True)
        self.result.setObjectName("line_result")
        self.result.setAccessibleName(_("Kết quả thử đường truyền"))
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(10)
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.result, 1)
        self.column.addLayout(row)
        self._say("info", "muted", _("Bấm “Thử đường truyền” để xem có tới được huyện không, trước khi lưu cũng được."))

    def _show(self, found: LineChosen) -> None:
        self._held = found.choice
        hosts = ", ".join(urlsplit(url).netloc for url in found.certified)
        if hosts:
            hint = _("Để trống: theo giấy chứng nhận, {hosts}.").format(hosts=hosts)
        elif found.enrolled:
            hint = _("Giấy chứng nhận chưa có địa chỉ. Huyện cho địa chỉ thì ghi vào đây.")
        else:
            hint = _("Trạm chưa ghép nối với huyện: làm ở trang Đồng bộ trước.")
        self._url_row.set_hint(hint)
        self._fill(found.choice)
        self._half.look("line")

    def _fill(self, choice: LineChoice) -> None:
        self.auto.set_value(choice.auto)
        self.way.set_value(choice.way)
        for edit, value in (
            (self.url, choice.url),
            (self.proxy, choice.proxy),
            (self.user, choice.user),
            (self.password, choice.password),
        ):
            edit.set_value(value)
        self._check()

    def _choice(self) -> LineChoice:
        way = self.way.value()
        choice = LineChoice(auto=self.auto.value(), url=self.url.value(), way=way)
        if way is not ProxyWay.OWN:
            return choice
        return LineChoice(
            auto=choice.auto,
            url=choice.url,
            way=way,
            proxy=self.proxy.value(),
            user=self.user.value(),
            password=self.password.value(),
        )

    def _check(self) -> None:
        for row in self._own:
            row.setVisible(self.way.value() is ProxyWay.OWN)
        if self._held is not None:
            show_problems(self._rows, check_line_choice(self._choice()))

    def _saved(self, _none: None) -> None:
        self._held = self._choice()
        self._half.look("line")
        self.told.emit("", "")
        self.desk.said.emit(_("Đã lưu đường truyền."))

    def _refused(self, trouble: UserError) -> None:
        self._half.resume()
        if isinstance(trouble, Refused):
            show_problems(self._rows, trouble.problems)
        self.failed(trouble)

    def _tried(self, found: LineFound) -> None:
        self._over()
        host = urlsplit(found.url).hostname or found.url
        words = _("Tới được máy của huyện ({host}) trong {seconds}, đúng là huyện.").format(
            host=host, seconds=seconds_text(found.seconds)
        )
        waiting = ngettext("Còn {n} thay đổi chờ gửi.", "Còn {n} thay đổi chờ gửi.", found.waiting)
        parts = [words, waiting.format(n=found.waiting) if found.waiting else _("Không còn gì chờ gửi.")]
        if found.drift is not None:
            parts.append(drift_text(found.drift))
        self._say("clock" if found.drift else "check", "warn" if found.drift else "ok", " ".join(parts))

    def _not_reached(self, trouble: UserError) -> None:
        self._over()
        if isinstance(trouble, Refused):
            show_problems(self._rows, trouble.problems)
        self._say("no-network", "danger", sentence(trouble))

    def _over(self) -> None:
        self._trying = False
        self._try.setEnabled(True)

    def _say(self, icon: str, ink: Ink, text: str) -> None:
        self._glyph.show_icon(icon, ink)
        set_ink(self.result, "text" if ink in ("ok", "danger") else ink)
        self.result.setText(text)
