"""Cập nhật: which version runs, and a newer one from a stick in two steps: look, then install."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QProgressBar, QWidget

from covidstation import __version__
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.services.upkeep.update import Installed, UpdateLook, install_update, look_at_update
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.rows import KeyValues, SectionHead
from covidstation.ui.settings.section import LABEL, Section
from covidstation.ui.sync.sticks import plugged_in
from covidstation.update.package import SUFFIX
from covidstation.update.stand import given_up, home

_MB = 1 << 20


class UpdateSection(Section):
    """The head of station chooses the package; nothing of the running version changes until it has been tried."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "update", _("Cập nhật"))
        self._look: UpdateLook | None = None
        self.column.addWidget(SectionHead(_("Bản đang chạy")))
        self.state = label("", "person")
        self.note = label("", "body", "muted", wrap=True)
        self.column.addWidget(self.state)
        self.column.addWidget(self.note)
        self._head = SectionHead(_("Gói cập nhật đã chọn"))
        self._facts = KeyValues(key_width=LABEL)
        self._words = label("", "body", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("update_progress")
        self._bar.setAccessibleName(_("Đang cài bản mới"))
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(344)
        for widget in (self._head, self._facts, self._words, self._bar):
            self.column.addWidget(widget)
            widget.hide()
        self.column.addSpacing(metrics.GAP)
        self.column.addStretch(1)
        self.choose = Button(_("&Chọn gói trên USB…"), icon="usb", name="choose_update")
        self.install = Button(_("Cài &bản mới"), "primary", icon="download", name="install_update")
        self.choose.clicked.connect(self._choose)
        self.install.clicked.connect(self._install)
        self.install.setEnabled(False)
        desk.guard(Right.MANAGE, self.choose, self.install)

    def buttons(self) -> Sequence[QWidget]:
        """Choose, then install."""
        return (self.choose, self.install)

    def load(self) -> None:
        """What runs now, and whether a newer one was given up."""
        self.state.setText(_("CovidStation {version}").format(version=__version__))
        other = given_up()
        if other:
            self.note.setText(
                _(
                    "Bản {other} không mở được hai lần liền nên máy đã tự quay về bản này. Sổ không đổi; báo huyện."
                ).format(other=other)
            )
        elif home() is None:
            self.note.setText(
                _("Máy này cập nhật bằng bộ cài. Ở đây vẫn xem được gói cập nhật có đúng của nơi phát hành.")
            )
        else:
            self.note.setText(
                _("Khi có bản mới, huyện đưa một tệp .csu trên USB. Cài mất vài phút, sổ được sao lưu trước.")
            )

    def show_file(self, file: Path) -> None:
        """Look at that package."""
        desk = self.desk
        self._forget()
        op = partial(look_at_update, desk.register.db, file, now=desk.now())
        desk.ask(self, op, self._show, self._refused)

    def _choose(self) -> None:
        self.choose.setEnabled(False)
        self.desk.tasks.background(self, plugged_in, lambda sticks: self._ask([one.folder for one in sticks]))

    def _ask(self, places: Sequence[Path]) -> None:
        self.choose.setEnabled(True)
        start = str(places[0]) if places else ""
        kinds = _("Gói cập nhật") + f" (*{SUFFIX})"
        chosen, _kind = QFileDialog.getOpenFileName(self.window(), _("Chọn gói cập nhật"), start, kinds)
        if chosen:
            self.show_file(Path(chosen))

    def _show(self, look: UpdateLook) -> None:
        self._look = look
        self.told.emit("", "")
        self._facts.set_rows(
            [
                (_("Tệp"), look.file.name),
                (_("Bản mới"), look.version),
                (_("Làm ngày"), date_text(look.made)),
                (_("Cỡ sau khi cài"), _("{n} MB").format(n=-(-look.size // _MB))),
            ]
        )
        words = [_("Chữ ký đúng của nơi phát hành.")]
        if look.lifts:
            words.append(_("Lần mở đầu tiên sau khi cài sẽ nâng sổ lên đời mới."))
        if look.expired:
            words.append(_("Gói này đã cũ theo đồng hồ của máy: hỏi huyện xem có bản mới hơn không."))
        self._words.setText("\n".join(words))
        for widget in (self._head, self._facts, self._words):
            widget.show()
        self.install.setEnabled(home() is not None)
        self.install.setFocus(Qt.FocusReason.OtherFocusReason)

    def _install(self) -> None:
        look, desk = self._look, self.desk
        if look is None:
            return
        for button in (self.choose, self.install):
            button.setEnabled(False)
        self._bar.show()
        self._words.setText(_("Đang soát từng tệp, sao lưu sổ và chạy thử bản mới trên bản chép. Đừng tắt máy."))
        op = partial(install_update, desk.register.db, look.file, by=desk.register.user_id, now=desk.now())
        # Not on the database thread, which others wait for: it takes a minute or two.
        desk.tasks.background(self, op, lambda done: self._installed(done.value), self._refused)

    def _installed(self, done: Installed) -> None:
        self._forget()
        self.choose.setEnabled(True)
        self.told.emit(
            "ok",
            _("Đã cài bản {version}. Đóng chương trình rồi mở lại để dùng; bản {before} vẫn còn để quay về.").format(
                version=done.version, before=done.before
            ),
        )

    def _refused(self, trouble: UserError) -> None:
        self._forget()
        self.choose.setEnabled(True)
        self.failed(trouble)

    def _forget(self) -> None:
        self._look = None
        self.install.setEnabled(False)
        for widget in (self._head, self._facts, self._words, self._bar):
            widget.hide()
