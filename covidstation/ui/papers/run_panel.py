"""Many papers under way: how far, Stop, and at the end who was skipped and why."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from covidstation.domain.missing import Errand
from covidstation.domain.papers import number_text
from covidstation.i18n import _
from covidstation.messages import sentence, sentences
from covidstation.ui.papers.bulk import BulkRun, Outcome
from covidstation.ui.papers.sections import column_of
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.rows import ListRow
from covidstation.ui.parts.steps import StepsPanel


class RunPanel(QWidget):
    """Listens to a BulkRun. `closed()` when the person has read the result, `wanted(UUID)` opens a skipped one."""

    closed = Signal()
    wanted = Signal(object)

    def __init__(self, run: BulkRun) -> None:
        super().__init__()
        self._run = run
        self._errands: dict[UUID, Errand] = {}
        self._steps = StepsPanel("printer")
        self._steps.setObjectName("bulk_steps")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        inner = QWidget()
        inner.setBackgroundRole(QPalette.ColorRole.Base)
        inner.setAutoFillBackground(True)
        holder = column_of(inner)
        holder.addLayout(self._list)
        holder.addStretch(1)
        area = QScrollArea()
        area.setObjectName("skipped")
        area.setAccessibleName(_("Những người chưa cấp được"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        column = column_of(self)
        column.addWidget(self._steps)
        column.addWidget(area, 1)
        run.moved.connect(self._moved)
        run.ended.connect(self._ended)

    def errand_of(self, subject_id: UUID) -> Errand | None:
        """What was to be issued for a skipped one of the last run."""
        return self._errands.get(subject_id)

    def _moved(self, outcome: Outcome) -> None:
        self._clear()
        title = _("Đang cấp {n} trên {total} văn bản").format(n=outcome.seen, total=outcome.total)
        last = outcome.issued[-1] if outcome.issued else None
        second = f"{number_text(last.number)}/{last.symbol}, {', '.join(last.subjects)}" if last else ""
        note = _("Dừng thì những số đã cấp giữ nguyên, những người còn lại chưa cấp số.")
        self._steps.working(
            title, second, (), note, done=outcome.seen, total=outcome.total, stop=self._run.stop, stop_text=_("Dừng")
        )

    def _ended(self, outcome: Outcome) -> None:
        self._errands = outcome.errands
        second = "; ".join(_spans(outcome)) or _("Chưa cấp số nào.")
        self._steps.finished(
            _("Đã cấp {n} văn bản").format(n=len(outcome.issued)),
            second,
            (),
            self._note(outcome),
            good=not outcome.skipped and outcome.trouble is None,
            again=self.closed.emit,
            again_text=_("Xong"),
        )
        self._clear()
        for issued in outcome.unprinted:
            self._add(", ".join(issued.subjects), _("Đã cấp số {n}, chưa in được").format(n=number_text(issued.number)))
        for one in outcome.skipped:
            way = Button(_("Mở"), name="open_skipped")
            way.setAccessibleName(_("Mở văn bản của {name}").format(name=one.name))
            way.clicked.connect(lambda _checked=False, wanted=one.episode_id: self.wanted.emit(wanted))
            self._add(one.name, " ".join(sentences(one.trouble)), way)

    def _note(self, outcome: Outcome) -> str:
        words = []
        if outcome.trouble is not None:
            words.append(sentence(outcome.trouble))
        if outcome.stopped:
            left = outcome.total - outcome.seen
            words.append(_("Đã dừng; {n} người còn lại chưa cấp số.").format(n=left))
        if outcome.skipped:
            words.append(_("{n} người chưa cấp được, lý do ở dưới.").format(n=len(outcome.skipped)))
        return " ".join(words)

    def _add(self, first: str, second: str, *actions: QWidget) -> None:
        self._list.addWidget(ListRow(first, second, *actions, icon="alert", ink="warn"))

    def _clear(self) -> None:
        while (item := self._list.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()


def _spans(outcome: Outcome) -> list[str]:
    """From which number to which, a series at a time."""
    series: dict[str, list[int]] = {}
    for issued in outcome.issued:
        series.setdefault(issued.symbol, []).append(issued.number)
    words = _("Số {first} đến {last}/{symbol}")
    return [
        words.format(first=number_text(numbers[0]), last=number_text(numbers[-1]), symbol=symbol)
        for symbol, numbers in series.items()
    ]
