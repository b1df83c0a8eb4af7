"""The short sections: looks and language, the own passphrase, backup, about."""

from __future__ import annotations

from functools import partial
from importlib import metadata
from typing import Final

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from covidstation import __version__
from covidstation.db.queries.station import get_setting
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import LANGUAGES, _
from covidstation.messages import sentence
from covidstation.services.record import change_setting
from covidstation.settings import SETTINGS
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.look.theme import Theme
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import Glyph, label
from covidstation.ui.parts.rows import KeyValues, SectionHead
from covidstation.ui.settings.section import LABEL, Section

PARTS: Final = (
    ("PySide6-Essentials", "LGPL-3.0"),
    ("sqlcipher3", "Zlib"),
    ("SQLAlchemy", "MIT"),
    ("alembic", "MIT"),
    ("reportlab", "BSD-3-Clause"),
    ("Babel", "BSD-3-Clause"),
    ("pypdfium2", "Apache-2.0, BSD-3-Clause"),
    ("pyrage", "MIT"),
    ("cryptography", "Apache-2.0, BSD-3-Clause"),
    ("zstandard", "BSD-3-Clause"),
    ("argon2-cffi", "MIT"),
    ("segno", "BSD-3-Clause"),
    ("zxing-cpp", "Apache-2.0"),
    ("platformdirs", "MIT"),
)


class LooksSection(Section):
    """Light or dark at once; the language at the next start, said plainly; and how soon the station's windows lock."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "looks", _("Giao diện"))
        themes = [("system", _("Theo máy")), ("light", _("Nền sáng")), ("dark", _("Nền tối"))]
        self.theme = Combo("theme", _("Nền"), themes, width=200)
        self.language = Combo("language", _("Ngôn ngữ"), list(LANGUAGES.items()), width=200)
        self.theme.picked.connect(lambda value: self._keep("theme", str(value)))
        self.language.picked.connect(lambda value: self._keep("language", str(value)))
        self.column.addWidget(SectionHead(_("Giao diện")))
        first = Field(_("&Nền"), self.theme, label_width=LABEL)
        first.set_hint(_("Đổi ngay."))
        second = Field(_("N&gôn ngữ"), self.language, label_width=LABEL)
        second.set_hint(_("Đổi từ lần mở chương trình sau. Văn bản in ra luôn là tiếng Việt."))
        self.column.addWidget(first)
        self.column.addWidget(second)
        self.column.addWidget(SectionHead(_("Khoá màn hình")))
        self.column.addWidget(self._lock_row())
        self.column.addStretch(1)

    def load(self) -> None:
        """What is kept."""
        db = self.desk.register.db
        keys = ("theme", "language", "lock_minutes")
        self.desk.ask(self, lambda: tuple(get_setting(db, key) for key in keys), self._show)

    def _lock_row(self) -> Field:
        minutes = [(n, _("{n} phút").format(n=n)) for n in SETTINGS["lock_minutes"].choices]
        self.lock = Combo("lock_minutes", _("Tự khoá khi không ai dùng"), minutes, width=200)
        self.lock.picked.connect(lambda value: self._keep("lock_minutes", str(value)))
        row = Field(_("Tự &khoá sau"), self.lock, label_width=LABEL)
        row.set_hint(_("Chung cho cả trạm. Báo trước 10 giây; chữ đang gõ vẫn giữ. Khoá ngay: Ctrl+L."))
        if not self.desk.may(Right.MANAGE):
            self.lock.setEnabled(False)
            row.set_hint(sentence(UserError("rights.manage")))
        return row

    def _show(self, kept: tuple[str, ...]) -> None:
        for combo, value in zip((self.theme, self.language, self.lock), kept, strict=True):
            combo.set_value(value)

    def _keep(self, key: str, value: str) -> None:
        desk = self.desk
        op = partial(change_setting, desk.register.db, key, value, by=desk.register.user_id, now=desk.now())
        desk.act(self, op, lambda _none: self._kept(key, value), self.failed)

    def _kept(self, key: str, value: str) -> None:
        if key == "language":
            self.desk.said.emit(_("Lần mở sau dùng {language}.").format(language=LANGUAGES[value]))
            return
        if key == "lock_minutes":
            self.desk.said.emit(_("Đã lưu: tự khoá sau {n} phút.").format(n=value))
            return
        app = QApplication.instance()
        worn = app.findChild(Theme) if app is not None else None
        if worn is not None:
            worn.choose(value)  # type: ignore[arg-type]  # one of the three above


class AboutSection(Section):
    """Version and what the program is made of."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "about", _("Về chương trình"))
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 8, 0, 8)
        column.addWidget(Glyph("logo", 40, "accent"))
        column.addWidget(label(_("CovidStation {version}").format(version=__version__), "title"))
        words = _("Sổ F0, quyết định cách ly và gửi huyện cho trạm y tế xã. Chạy không cần mạng.")
        column.addWidget(label(words, "body", "muted", wrap=True))
        self.column.addWidget(head)
        self.column.addWidget(SectionHead(_("Các phần dùng trong chương trình"), _("tên, bản, giấy phép")))
        rows = [(name, f"{_version(name)} · {licence}") for name, licence in PARTS]
        rows += [("IBM Plex Sans", "SIL OFL 1.1"), ("Liberation Serif", "SIL OFL 1.1")]
        self.column.addWidget(KeyValues(rows, key_width=LABEL + metrics.GAP))
        self.column.addStretch(1)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "–"
