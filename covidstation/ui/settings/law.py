"""Mẫu văn bản: the texts of each regime, which the station edits and confirms; what the law leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.domain.packs import HomeIsolation, LegalPack, PackItem, PaperKind
from covidstation.domain.station import Role
from covidstation.i18n import _
from covidstation.messages.papers import GROUPS, KINDS
from covidstation.services.papers.packs import pack_items
from covidstation.services.record import change_setting
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.rows import SectionHead
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.settings.section import Section, framed
from covidstation.ui.settings.text_editor import TextEditor

EDITOR = 400


class LawSection(Section):
    """Two views: the texts, and the answer about home isolation."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "law", _("Mẫu văn bản"))
        self.column.setContentsMargins(0, 0, 0, 0)
        self._items: tuple[PackItem, ...] = ()
        self._filling = False
        self._wanted = ""  # the text to go on with after a save
        views = [("texts", _("Câu chữ văn bản")), ("home", _("Cách ly tại nhà"))]
        self._views = Segments("law_views", _("Xem"), views)
        self.pack = Combo("pack", _("Mẫu theo ngày"), width=460)
        self.pack.setAccessibleDescription(_("Mẫu theo ngày"))
        self._doubtful = Segments("which_texts", _("Câu nào"), [("all", _("Tất cả")), ("doubt", _("Chưa xác nhận"))])
        self.editor = TextEditor(desk)
        self._model: RecordModel[PackItem] = RecordModel(desk.tasks, _columns(), self)
        self.table = Table("pack_items", _("Câu chữ văn bản"), self._model)
        self._stack = QStackedWidget()
        self._home = HomeView(desk)
        self._lay_out()
        self._connect()

    def fills(self) -> bool:
        """The table and the editor fill the page."""
        return True

    def load(self) -> None:
        """The regimes, the one of today first."""
        today = self.desk.now().date()
        packs = self.desk.catalog.packs
        self.pack.set_choices([(pack.id, pack.title) for pack in packs])
        if self._model.rowCount() == 0:
            self.pack.set_value(next((pack.id for pack in packs if pack.on(today)), None))
        self._home.load(self._day())
        self._ask()

    def unsaved(self) -> bool:
        """Whether the text in the editor was changed."""
        return self.editor.unsaved()

    def put_aside(self) -> None:
        """What the editor holds."""
        self.editor.half.keep_now()

    def forget(self) -> None:
        """It was given up."""
        self.editor.half.forget()

    def buttons(self) -> Sequence[QWidget]:
        """The editor's, while the texts are in sight."""
        return self.editor.buttons() if self._views.value() == "texts" else ()

    def _lay_out(self) -> None:
        filters = QWidget()
        filters.setFixedHeight(48)
        row = QHBoxLayout(filters)
        row.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 8)
        row.setSpacing(metrics.GAP)
        row.addWidget(self._views)
        row.addStretch(1)
        row.addWidget(self._doubtful)
        row.addWidget(self.pack)
        self.column.addWidget(filters)
        self.column.addWidget(Line())
        texts = QWidget()
        inner = QHBoxLayout(texts)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.table, 1)
        inner.addWidget(Line(vertical=True))
        self.editor.setFixedWidth(EDITOR)
        inner.addWidget(self.editor)
        for view in (texts, framed(self._home)):
            self._stack.addWidget(view)
        self.column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._views.chosen.connect(self._view)
        self._doubtful.chosen.connect(lambda _key: self._fill())
        self.pack.picked.connect(lambda _key: self._ask())
        self.table.current_changed.connect(self._current)
        self.table.opened.connect(lambda _item: self.editor.text.setFocus())
        self.editor.saved.connect(self._ask)
        self.editor.told.connect(self.told)
        self.editor.buttons_changed.connect(self.buttons_changed)
        self._home.told.connect(self.told)

    def _view(self, key: str) -> None:
        self._stack.setCurrentIndex(("texts", "home").index(key))
        for widget in (self.pack, self._doubtful):
            widget.setVisible(key == "texts")
        self.buttons_changed.emit()

    def _day(self) -> date:
        chosen = next((pack for pack in self.desk.catalog.packs if pack.id == self.pack.value()), None)
        return chosen.valid_from if chosen else self.desk.now().date()

    def _ask(self) -> None:
        desk = self.desk
        desk.ask(self, partial(pack_items, desk.register.db, desk.catalog, self._day()), self._show)

    def _show(self, found: tuple[LegalPack, tuple[PackItem, ...]]) -> None:
        pack, self._items = found
        self.editor.pack_id, self.editor.known = pack.id, frozenset(item.path for item in self._items)
        doubt = sum(1 for item in self._items if not item.confirmed and item.text)
        self._doubtful.set_count("doubt", doubt)
        self._fill()

    def _fill(self) -> None:
        shown = [
            item for item in self._items if self._doubtful.value() == "all" or not (item.confirmed or not item.text)
        ]
        kept = self._wanted or (self.editor.item.path if self.editor.item is not None else "")
        self._wanted = ""
        self._filling = True  # the table goes to its first row by itself; nobody chose that
        self._model.set_records(shown)
        self._filling = False
        at = next((n for n, item in enumerate(shown) if item.path == kept), 0)
        if shown:
            self.table.setCurrentIndex(self._model.index(at, 0))
            self.editor.show_item(shown[at])

    def _current(self, item: PackItem | None) -> None:
        if self._filling or item is None or (self.editor.item is not None and item.path == self.editor.item.path):
            return
        if self.editor.unsaved():
            self._wanted = item.path
            self.editor.save()  # a text that was changed is never dropped by moving on
        else:
            self.editor.show_item(item)


def _columns() -> Sequence[Column[PackItem]]:
    return (
        Column(
            "kind",
            _("Văn bản"),
            lambda item: Cell(_(KINDS[item.kind]) if item.kind else _("Dùng chung"), ink="muted"),
            196,
        ),
        Column("group", _("Phần"), lambda item: Cell(_(GROUPS.get(item.group, item.group))), 130),
        Column("text", _("Câu chữ"), lambda item: Cell(" ".join(item.text.split()) or _("(bỏ dòng này)"))),
        Column("state", _("Nguồn"), _state, 104),
    )


def _state(item: PackItem) -> Cell:
    if item.confirmed:
        return Cell(_("Xác nhận"), ink="muted", icon="check")
    return Cell(_("Chưa"), "strong", "warn", icon="alert")


class HomeView(Section):
    """Whether COVID-19, and its contacts, may be isolated at home today: the law, and the head of station's answers."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "home", _("Cách ly tại nhà"))
        case = Question("home_isolation", _("Nay có được cách ly &COVID-19 tại nhà không?"))
        contact = Question("contact_isolation", _("Nay có được cách ly người tiếp xúc (&F1) tại nhà không?"))
        self.answer, self.contact_answer = case.answer, contact.answer
        self._questions = ((case, PaperKind.ISOLATION_ORDER), (contact, PaperKind.CONTACT_ORDER))
        self.column.addWidget(SectionHead(_("Điều luật để ngỏ")))
        for question, _kind in self._questions:
            self.column.addWidget(question)
            self.column.addSpacing(16)
            question.answer.picked.connect(partial(self._answered, question.answer.objectName()))
        self.column.addStretch(1)

    def load(self, _day: date | None = None) -> None:
        """The law of today and the answers kept."""
        today = self.desk.now().date()
        pack = next((pack for pack in self.desk.catalog.packs if pack.on(today)), None)
        head = self.desk.register.role == Role.HEAD.value
        for question, kind in self._questions:
            if pack is not None:
                question.show_ground(pack.ground(kind), head=head)
            key = question.answer.objectName()
            self.desk.ask(self, partial(get_setting, self.desk.register.db, key), question.answer.set_value)

    def _answered(self, key: str, value: str) -> None:
        desk = self.desk
        op = partial(change_setting, desk.register.db, key, value, by=desk.register.user_id, now=desk.now())
        desk.act(self, op, lambda _none: desk.said.emit(_("Đã nhớ câu trả lời.")), self.failed)


class Question(QWidget):
    """One thing that the law leaves open: its sentence, its source, and the answer; `key` is the setting's."""

    def __init__(self, key: str, asked: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._law = label("", wrap=True)
        self._source = label("", "hint", "muted", wrap=True)
        self._note = label("", "hint", "muted", wrap=True)
        choices = [("ask", _("Chưa trả lời")), ("yes", _("Được phép")), ("no", _("Không"))]
        self.answer = Combo(key, asked.replace("&", ""), choices, width=200)
        title = label(asked, "name")
        title.setBuddy(self.answer)
        for widget in (title, self._law, self._source, self.answer, self._note):
            column.addWidget(widget)

    def show_ground(self, ground: HomeIsolation, *, head: bool) -> None:
        """The law; only the head of station may answer, and only where it is open."""
        mark = "" if ground.confirmed else _("Chưa xác nhận với văn bản gốc. ")
        self._law.setText(ground.text)
        self._source.setText(_("{mark}Nguồn: {source}").format(mark=mark, source=ground.source))
        open_ = ground.answer == "ask"
        self.answer.setEnabled(head and open_)
        words = _("Người đứng đầu trạm trả lời; chương trình nhớ và dùng cho mọi quyết định sau.")
        self._note.setText(words if open_ else _("Mẫu của hôm nay cho phép, không cần trả lời."))
