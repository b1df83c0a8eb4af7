"""The lower half of Đồng bộ: what was just read from a stick, the receipts, and what the district asks about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.sync import Batch
from covidstation.i18n import _, moment_text
from covidstation.messages import sentence
from covidstation.services.exchange.bundles import Import, Taken
from covidstation.services.exchange.down import TookDown
from covidstation.services.exchange.given_back import CameBack
from covidstation.services.exchange.look import Question
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.parts.table import Table
from covidstation.ui.sync.words import kind_word
from covidstation.ui.tasks import TaskRunner

FEW, MANY = 4, 200
_ORDER = (
    Taken.GIVEN_BACK,
    Taken.DOWN,
    Taken.RECEIPT,
    Taken.CERTIFICATE,
    Taken.ASKS,
    Taken.GAP,
    Taken.REFUSED,
    Taken.ALREADY,
)


class Rows(QWidget):
    """A section head and rows under it; hidden without rows."""

    def __init__(self, title: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.head = SectionHead(title)
        self.head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        column.addWidget(self.head)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        column.addLayout(self._list)
        self.hide()

    def replace(self, rows: Sequence[QWidget]) -> None:
        """Show these."""
        while (item := self._list.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for row in rows:
            self._list.addWidget(row)
        self.setVisible(bool(rows))


class TakenList(Rows):
    """What became of each file that was read."""

    def __init__(self) -> None:
        super().__init__(_("Vừa nhận từ USB"))
        self.setObjectName("taken_list")

    def show_results(self, results: Sequence[Import]) -> None:
        """One row a file, the receipts first; a certificate known for long is worth a row only when it is all."""
        shown = sorted(results, key=lambda one: _ORDER.index(one.outcome))
        news = [one for one in shown if one.outcome is not Taken.ALREADY or one.upto]
        self.replace([_taken_row(one) for one in news or shown[:1]])


def _taken_row(one: Import) -> ListRow:
    first, icon, ink = _taken_words(one)
    return ListRow(first, one.name, icon=icon, ink=ink)


def _taken_words(one: Import) -> tuple[str, str, Ink]:
    if one.outcome is Taken.RECEIPT:
        words = _("Biên nhận của {hub}: huyện có đủ đến thay đổi số {upto}")
        return words.format(hub=one.hub, upto=one.upto), "check", "ok"
    if one.outcome is Taken.GIVEN_BACK and one.came_back is not None:
        return _back_words(one.hub, one.came_back)
    if one.down is not None and one.outcome in (Taken.DOWN, Taken.GAP):
        return _down_words(one.hub, one.down)
    if one.outcome is Taken.CERTIFICATE:
        return _("Đã ghép nối với {hub}. Từ nay ghi USB là gửi được.").format(hub=one.hub), "check", "ok"
    if one.outcome is Taken.ALREADY:
        return _("Đã nhận từ trước, không có gì mới"), "check", "muted"
    if one.outcome is Taken.ASKS:
        return _("Giấy chứng nhận của {hub}: tám từ chưa được so, chưa nhận").format(hub=one.hub), "help", "warn"
    return sentence(one.trouble) if one.trouble is not None else "", "alert", "danger"


def _back_words(hub: str, back: CameBack) -> tuple[str, str, Ink]:
    """What the district gave back to a restored register; two papers of one number are the nurse's to settle."""
    words = _("{hub} trả lại {n} thay đổi mà bản sao không có, {papers} văn bản").format(
        hub=hub, n=back.changes, papers=back.papers
    )
    if back.clashes:
        more = _("Hai văn bản cùng số: {numbers}. Huỷ một bản rồi cấp lại số mới.")
        return f"{words}. {more.format(numbers='; '.join(back.clashes))}", "alert", "warn"
    return words, "check", "ok"


def _down_words(hub: str, took: TookDown) -> tuple[str, str, Ink]:
    """What the district said or corrected; what needs somebody comes last, where the eye rests."""
    if took.gap is not None:
        words = _("Thiếu phần trước của {hub} (số {first} đến {last}). Lần tới huyện ghi lại cả, không mất gì.")
        return words.format(hub=hub, first=took.gap[0], last=took.gap[1]), "help", "warn"
    words = _("{hub} gửi {n} thay đổi").format(hub=hub, n=took.lines)
    if took.items:
        words = _("{words}, trong đó {items} tin và việc").format(words=words, items=took.items)
    if took.conflicts:
        more = _("{n} chỗ huyện và trạm cùng sửa, cần người chọn").format(n=took.conflicts)
        return f"{words}. {more}", "alert", "warn"
    if took.aside:
        more = _("{n} thay đổi giữ riêng vì chưa dùng được").format(n=len(took.aside))
        return f"{words}. {more}", "alert", "warn"
    return words, "check", "ok"


class QuestionList(Rows):
    """Lines that the district keeps but asks about."""

    person_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(_("Huyện hỏi lại"))
        self.setObjectName("question_list")

    def show_questions(self, questions: Sequence[Question]) -> None:
        """One row a question, with the way to the person."""
        self.head.second.set_text(
            _("{n} chỗ, dữ liệu của trạm vẫn còn nguyên").format(n=len(questions)) if questions else ""
        )
        self.replace([self._row(one) for one in questions])

    def _row(self, one: Question) -> ListRow:
        touched = one.touched
        name = touched.name if touched and touched.name else _("Thay đổi số {n}").format(n=one.seq)
        kind = kind_word(touched.table) if touched else ""
        buttons = []
        if touched is not None and touched.person_id is not None:
            buttons.append(self._way(touched.person_id, name))
        first = f"{name} · {kind}" if kind else name
        return ListRow(first, one.text, *buttons, icon="help", ink="warn")

    def _way(self, person: UUID, name: str) -> Button:
        way = Button(_("Mở"), name="open_asked")
        way.setAccessibleName(_("Mở {name}").format(name=name))
        way.clicked.connect(lambda: self.person_wanted.emit(person))
        return way


class ReceiptTable(QWidget):
    """Every bundle written, with what the district said of it; the newest few until "Xem mọi lô"."""

    def __init__(self, tasks: TaskRunner, today: date) -> None:
        super().__init__()
        self._today = today
        self._batches: tuple[Batch, ...] = ()
        self._most = FEW
        self._more = Button(_("Xem mọi lô"), "link", name="all_batches")
        self._more.clicked.connect(self._turn)
        head = SectionHead(_("Biên nhận"), _("huyện xác nhận từng lô"), self._more)
        head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        self._model: RecordModel[Batch] = RecordModel(tasks, self._columns(), self)
        self.table = Table("batches", _("Các lô đã ghi"), self._model)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        later = _("Chưa gửi lô nào. Mỗi lần ghi USB hay gửi qua mạng là một lô, biên nhận của huyện hiện bên cạnh.")
        self._none = label(later, "body", "muted", wrap=True)
        self._none.setContentsMargins(metrics.MARGIN, 4, metrics.MARGIN, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.table)
        column.addWidget(self._none)
        self.setBackgroundRole(QPalette.ColorRole.Base)

    def show_batches(self, batches: Sequence[Batch], today: date) -> None:
        """The newest first."""
        self._today, self._batches = today, tuple(batches)
        shown = self._batches[: self._most]
        self._model.set_records(shown)
        self.table.setVisible(bool(shown))
        self._none.setVisible(not shown)
        self.table.setFixedHeight(metrics.TABLE_ROW * (len(shown) + 1))
        self._more.setVisible(len(batches) > FEW)
        self._more.set_text(_("Thu gọn") if self._most > FEW else _("Xem mọi lô"))

    def _turn(self) -> None:
        self._most = FEW if self._most > FEW else MANY
        self.show_batches(self._batches, self._today)

    def _columns(self) -> Sequence[Column[Batch]]:
        return (
            Column("number", _("Lô"), lambda one: Cell(f"{one.number}", "name"), 80),
            Column("made", _("Lúc"), lambda one: Cell(self._moment(one.made_at), ink="muted"), 160),
            Column("changes", _("Thay đổi"), lambda one: Cell(f"{one.changes}"), 96, "right"),
            Column("way", _("Đường gửi"), lambda one: Cell(_way(one)), 240),
            Column("state", _("Trạng thái"), _state, 300),
            Column("receipt", _("Biên nhận"), self._receipt),
        )

    def _moment(self, moment: datetime) -> str:
        return moment_text(moment, self._today)

    def _receipt(self, one: Batch) -> Cell:
        if one.received_at is None:
            return Cell(_("chưa có"), ink="muted")
        return Cell(self._moment(one.received_at), ink="muted")


def _way(one: Batch) -> str:
    return _("Qua mạng tới {host}").format(host=one.target) if one.carrier == "http" else f"USB {one.target}"


def _state(one: Batch) -> Cell:
    if one.received:
        return Cell(_("Huyện đã nhận đủ {n}").format(n=one.changes), icon="check")
    if one.carrier == "http":
        return Cell(_("Đã gửi, huyện đang ghi vào sổ"), "name", "warn", icon="clock")
    return Cell(_("Đã ghi USB, chờ biên nhận"), "name", "warn", icon="clock")
