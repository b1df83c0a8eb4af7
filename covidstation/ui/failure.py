"""One calm dialog when the program itself is at fault: what is safe, what to do, what may be sent."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Dialog, foot
from covidstation.ui.parts.labels import ElidedLabel, Line, label

_WIDTH, _TALL = 620, 220


class FailureDialog(Dialog):
    """`report` is the file that was kept, None when the disk took none; it is shown and copied only when asked for."""

    def __init__(self, parent: QWidget, text: str, report: Path | None) -> None:
        super().__init__(parent, _("Có lỗi của chương trình"), "failure_dialog")
        self.setMinimumWidth(_WIDTH)
        self._report = report
        self.text = QPlainTextEdit(text)
        self.text.setObjectName("failure_text")
        self.text.setAccessibleName(_("Tệp báo lỗi"))
        self.text.setReadOnly(True)
        self.text.setFixedHeight(_TALL)
        self.text.hide()
        self._said = ElidedLabel("", "hint", "muted")
        self._said.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(metrics.MARGIN, 20, metrics.MARGIN, 16)
        inner.setSpacing(8)
        inner.addWidget(label(_("Có lỗi của chương trình"), "section"))
        words = _("Việc vừa rồi có thể chưa xong. Những gì đã lưu vẫn còn nguyên, chữ đang gõ đã giữ. Hãy làm lại.")
        inner.addWidget(label(words, wrap=True))
        more = _(
            "Nếu vẫn vậy, gửi tệp báo lỗi cho người hỗ trợ. Tệp không có thông tin người bệnh; bấm Xem tệp để đọc."
        )
        inner.addWidget(label(more, "body", "muted", wrap=True))
        inner.addWidget(self.text)
        inner.addWidget(self._said)
        column.addLayout(inner)
        column.addWidget(Line())
        column.addLayout(self._buttons())
        self._done.setFocus()  # once it stands among the others; Enter must not open the file

    def _buttons(self) -> QVBoxLayout:
        see = Button(_("&Xem tệp"), "quiet", name="see_report")
        copy = Button(_("&Chép ra USB…"), "quiet", name="copy_report")
        done = Button(_("Đã hiểu"), "primary", name="act_button")
        see.clicked.connect(self._see)
        copy.clicked.connect(self._copy)
        copy.setEnabled(self._report is not None)
        done.clicked.connect(self.accept)
        self._done = done
        holder = QVBoxLayout()
        holder.addLayout(foot(see, copy, done))
        return holder

    def _see(self) -> None:
        self.text.setVisible(not self.text.isVisible())
        self.adjustSize()

    def _copy(self) -> None:
        """Into a folder of the user's choice: the stick."""
        folder = QFileDialog.getExistingDirectory(self, _("Chép tệp báo lỗi vào"))
        if folder and self._report is not None:
            self.copy_to(Path(folder))

    def copy_to(self, folder: Path) -> None:
        """Copy it there and say so."""
        if self._report is None:
            return
        try:
            shutil.copyfile(self._report, folder / self._report.name)
        except OSError:
            self._tell(_("Chưa chép được. Kiểm tra USB rồi bấm lại."))
            return
        self._tell(_("Đã chép {name}.").format(name=self._report.name))

    def _tell(self, words: str) -> None:
        self._said.set_text(words)
        self._said.show()
        self.adjustSize()
