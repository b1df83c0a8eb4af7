"""Many doses at once: a table is pasted or opened, its columns are said to mean something, its rows are kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.rights import Right
from covidstation.domain.vaccination.doses import DoseSource
from covidstation.domain.vaccination.sheet import (
    MOST_DOSES,
    MOST_ROWS,
    OF_PERSON,
    SheetColumn,
    TableTooLong,
    Target,
    Targets,
    decode,
    guess_targets,
    read_rows,
    read_table,
)
from covidstation.errors import UserError
from covidstation.i18n import _, count_text, ngettext
from covidstation.messages import sentence
from covidstation.services.vaccination.sheet import (
    SheetDone,
    SheetLook,
    SheetState,
    keep_columns,
    kept_columns,
    look_at_sheet,
    save_sheet,
)
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.column import column_in_scroll, empty_column
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import SavingDialog, foot, save_buttons, tell
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import ElidedLabel, Line, TwoLineLabel, label
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.saving import documents
from covidstation.ui.parts.table import Table
from covidstation.ui.vaccination.sheet_words import COLUMNS, sheet_columns
from covidstation.ui.vaccination.words import SOURCES

_SIZE: Final = (1300, 664)
_SIDE: Final = 352
_TITLE: Final = 128
_MOST_BYTES: Final = 8_000_000
_SOURCES: Final = (DoseSource.CARD, DoseSource.UPPER_LEVEL, DoseSource.SAID)


class DoseSheetDialog(SavingDialog):
    """Nothing is written before “Ghi”; what is wrong in a row stands beside it, and the row stays out."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, _("Nhập mũi đã tiêm"), "dose_sheet_dialog")
        self.resize(*_SIZE)
        self._desk = desk
        self._table: list[list[str]] = []
        self._looks: tuple[SheetLook, ...] = ()
        self._meanings: list[Combo] = []
        self._turn = 0
        self.model = RecordModel(desk.tasks, sheet_columns(), self)
        self.rows = Table("dose_sheet_table", _("Các mũi trong bảng"), self.model)
        self._make_widgets()
        self._lay_out()
        self._show_table()

    def show_text(self, text: str) -> None:
        """A table as a spreadsheet gives it, its first line the titles."""
        try:
            self._table = read_table(text)
        except TableTooLong:
            self._trouble.set_text(sentence(UserError("vaccination.sheet_long", most=count_text(MOST_ROWS))))
            return
        except ValueError:
            self._trouble.set_text(sentence(UserError("vaccination.sheet_none")))
            return
        self._trouble.set_text("")
        titles, desk = tuple(self._table[0]), self._desk

        def known(targets: Targets | None) -> None:
            self._show_columns(targets or guess_targets(titles))

        desk.ask(self, partial(kept_columns, desk.register.db, titles), known)

    def targets(self) -> Targets:
        """What the columns mean now."""
        return tuple(one.value() for one in self._meanings)

    def _make_widgets(self) -> None:
        self.paste = Button(_("&Dán bảng"), icon="copy", keys="Ctrl+V", bind=False, name="paste_sheet")
        self.paste.clicked.connect(lambda: self.show_text(QGuiApplication.clipboard().text()))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self, self.paste.click)
        self.open_file = Button(_("&Mở tệp CSV"), icon="folder", name="open_sheet")
        self.open_file.clicked.connect(self._choose_file)
        self.source = Combo("sheet_source", _("Biết từ đâu"), [(one, _(SOURCES[one])) for one in _SOURCES], width=200)
        self.source.picked.connect(lambda _key: self._look())
        self.asked = CheckBox("sheet_asked", _("Ghi &cả dòng cần xem lại"))
        self.asked.toggled.connect(lambda _on: self._count())
        self._trouble = TwoLineLabel("", "hint", "danger")
        self._counted = ElidedLabel("", "hint", "muted")
        self._why = TwoLineLabel("", "hint", "muted")  # of the row in hand, in full
        self.rows.selectionModel().currentRowChanged.connect(lambda now, _before: self._say_why(now.row()))
        self._none = EmptyPage(
            "syringe",
            _("Chưa có bảng nào"),
            _("Chép bảng ở Excel, cả dòng tên cột, rồi bấm Ctrl+V ở đây. Sổ giấy: gõ vào Excel trước."),
        )
        area, self._columns = column_in_scroll()
        area.setObjectName("sheet_columns")
        area.setAccessibleName(_("Cột của bảng"))
        area.setFixedWidth(_SIDE)
        self._side = area
        self._back, self._main = save_buttons(self.reject, self._save, act=_("Ghi"))
        self._desk.guard(Right.ENTER, self._main)
        FormKeys(self, save=self._save, leave=self.reject)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 12)
        top.setSpacing(metrics.GAP)
        top.addWidget(label(_("Nhập mũi đã tiêm"), "section"))
        top.addStretch(1)
        words = label(_("&Biết từ đâu"), "body", "muted")
        words.setBuddy(self.source)
        for widget in (words, self.source, self.open_file, self.paste):
            top.addWidget(widget)
        outer.addLayout(top)
        outer.addWidget(Line())
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self._side)
        right, beneath = QVBoxLayout(), QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._none, 1)
        right.addWidget(self.rows, 1)
        beneath.setContentsMargins(metrics.MARGIN, 4, metrics.MARGIN, 4)
        beneath.addWidget(self._why)
        right.addLayout(beneath)
        middle.addLayout(right, 1)
        outer.addLayout(middle, 1)
        outer.addWidget(Line())
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self._counted)
        said.addWidget(self._trouble)
        outer.addLayout(foot(self.asked, self._back, self._main, words=said))

    def _choose_file(self) -> None:
        words = _("Bảng CSV (*.csv *.txt)")
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Chọn bảng CSV"), str(documents()), words)
        if chosen:
            self.show_file(Path(chosen))

    def show_file(self, path: Path) -> None:
        """The table in a file."""

        def read() -> str:
            try:
                with path.open("rb") as file:
                    return decode(file.read(_MOST_BYTES))
            except (OSError, ValueError) as trouble:
                raise UserError("vaccination.sheet_file") from trouble

        self._desk.ask(self, read, self.show_text, self._failed)

    def _failed(self, trouble: UserError) -> None:
        self._trouble.set_text(sentence(trouble))

    def _show_columns(self, targets: Sequence[Target | None]) -> None:
        """A line for each column: its title and first words, and what it means."""
        empty_column(self._columns)
        self._meanings = []
        for at, title in enumerate(self._table[0]):
            example = next((row[at] for row in self._table[1:] if at < len(row) and row[at]), "")
            meaning = Combo(f"meaning_{at}", title or _("Cột {n}").format(n=at + 1), _meanings(), width=176)
            meaning.set_value(targets[at] if at < len(targets) else None)
            meaning.picked.connect(lambda _key: self._look())
            self._meanings.append(meaning)
            self._columns.addWidget(_column_line(title, example, meaning))
        self._columns.addStretch(1)
        self._look()

    def _look(self) -> None:
        """Read the rows again, and hold them against the register."""
        if not self._table:
            return
        desk, targets = self._desk, self.targets()
        said = {one.column for one in targets if one is not None}
        if SheetColumn.GIVEN not in said or not said & {SheetColumn.NAME, SheetColumn.CITIZEN}:
            self._show_looks(())
            self._failed(UserError("vaccination.sheet_columns"))
            return
        self._trouble.set_text("")
        self._turn += 1
        turn, now = self._turn, desk.now()
        rows = read_rows(self._table, targets, self.source.value(), now.date())
        op = partial(look_at_sheet, desk.register.db, rows, catalog=desk.catalog, now=now)
        desk.ask(self, op, lambda looks: self._show_looks(looks) if turn == self._turn else None, self._failed)

    def _show_looks(self, looks: tuple[SheetLook, ...]) -> None:
        self._looks = looks
        self.model.load(lambda: len(looks), lambda start, many: looks[start : start + many])
        self._show_table()

    def _show_table(self) -> None:
        """The table, or what to do first."""
        some = bool(self._table)
        self._none.setVisible(not some)
        self._side.setVisible(some)
        self.rows.setVisible(some)
        self._why.setVisible(some)
        self._count()

    def _say_why(self, at: int) -> None:
        problems = self._looks[at].problems if 0 <= at < len(self._looks) else ()
        self._why.set_text(" ".join(map(sentence, problems)))

    def _count(self) -> None:
        counted = {state: sum(one.state is state for one in self._looks) for state in SheetState}
        ready = counted[SheetState.READY] + (counted[SheetState.ASK] if self.asked.isChecked() else 0)
        parts = (
            ngettext("{n} mũi ghi được", "{n} mũi ghi được", ready).format(n=ready),
            _("{n} cần xem lại").format(n=counted[SheetState.ASK]) if counted[SheetState.ASK] else "",
            _("{n} đã có").format(n=counted[SheetState.KNOWN]) if counted[SheetState.KNOWN] else "",
            _("{n} chưa ghi được").format(n=counted[SheetState.WRONG]) if counted[SheetState.WRONG] else "",
        )
        self._counted.set_text(" · ".join(filter(None, parts)) if self._looks else "")
        self.asked.setVisible(counted[SheetState.ASK] > 0)
        self._main.setEnabled(ready > 0 and self._desk.may(Right.ENTER))

    def _save(self) -> None:
        desk, register = self._desk, self._desk.register
        if not self._main.isEnabled():
            return
        self._main.setEnabled(False)
        titles, targets, now = tuple(self._table[0]), self.targets(), desk.now()
        remember = partial(keep_columns, register.db, titles, targets, by=register.user_id, now=now)
        desk.act(self, remember, lambda _none: None)
        op = partial(
            save_sheet, register.db, self._looks, catalog=desk.catalog, by=register.user_id,
            by_name=register.user_name or "", now=now, asked=self.asked.isChecked(),
        )  # fmt: skip
        desk.act(self, op, self._saved, self._failed)

    def _saved(self, done: SheetDone) -> None:
        """All went in: leave; else stay with what is left."""
        words = ngettext("Đã ghi {n} mũi", "Đã ghi {n} mũi", done.kept).format(n=done.kept)
        self._desk.said.emit(words)
        self.saved.emit()
        if done.left:
            left = _("Còn {n} dòng chưa ghi được: xem lý do ở từng dòng, sửa bảng rồi dán lại.").format(n=done.left)
            tell(self, words, left, bad=False)
            self._look()
        else:
            self.accept()


def _meanings() -> list[tuple[Any, str]]:
    """Nothing, a person's words, a dose's, and those of one of several doses in a row."""
    found: list[tuple[Any, str]] = [(None, _("bỏ qua"))]
    found += [(Target(one), _(words)) for one, words in COLUMNS.items()]
    for dose in range(1, MOST_DOSES + 1):
        found += [
            (Target(one, dose), _("{column}, mũi {n}").format(column=_(words), n=dose))
            for one, words in COLUMNS.items()
            if one not in OF_PERSON
        ]
    return found


def _column_line(title: str, example: str, meaning: Combo) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(metrics.MARGIN, 6, metrics.GAP, 6)
    row.setSpacing(metrics.GAP)
    words = QVBoxLayout()
    words.setSpacing(0)
    first, second = ElidedLabel(title or "—", "body"), ElidedLabel(example, "hint", "muted")
    for one in (first, second):
        one.setFixedWidth(_TITLE)
        words.addWidget(one)
    row.addLayout(words)
    row.addWidget(meaning, 0, Qt.AlignmentFlag.AlignVCenter)
    row.addStretch(1)
    return holder
