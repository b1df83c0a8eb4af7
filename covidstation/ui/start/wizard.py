"""The first start, step by step; it can be left and taken up again until the register is founded."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from covidstation.catalog import Catalog
from covidstation.domain.station import StationDraft
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.access.entrance import beside
from covidstation.services.files import keep_file
from covidstation.services.station.founding import (
    FoundedStation,
    FoundingDraft,
    found_station,
    new_recovery_code,
    read_hamlets,
    recovery_pdf,
)
from covidstation.services.station.setup import keep_setup_draft, read_setup_draft
from covidstation.ui.look import metrics
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.saving import choose_file
from covidstation.ui.start.rail import Rail
from covidstation.ui.start.secret_steps import RecoveryStep, UserStep
from covidstation.ui.start.station_steps import TRAINING, HamletsStep, IsolationStep, KindStep, PlaceStep, SignersStep
from covidstation.ui.start.step import LEFT, Step
from covidstation.ui.tasks import TaskRunner

KEEP_EVERY_MS = 3000
BAR = 64
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Relay(QObject):
    """Carries the progress from the working thread to this one."""

    moved = Signal(int, int)


class Wizard(QWidget):
    """`founded(folder, passphrase)` when a register stands, till then a draft is kept; `restore_asked`: from a copy."""

    founded = Signal(object, str)
    restore_asked = Signal()

    def __init__(self, folder: Path, catalog: Catalog, tasks: TaskRunner, now: datetime) -> None:
        super().__init__()
        self.setObjectName("wizard")
        self.setProperty("ring", False)
        self.setWindowTitle(_("Lập sổ – CovidStation"))
        self._folder, self._catalog, self._tasks, self._now = folder, catalog, tasks, now
        self._at = 0
        self._working = False
        self._wrong = False
        today = now.date()
        self.kind = KindStep()
        self.user = UserStep()
        self.recovery = RecoveryStep(new_recovery_code)
        self._all: tuple[Step, ...] = (
            self.kind,
            PlaceStep(catalog, tasks, today),
            SignersStep(),
            IsolationStep(catalog, today),
            HamletsStep(),
            self.user,
            self.recovery,
        )
        self._rail = Rail("CovidStation")
        self._stack = QStackedWidget()
        self._back = Button(_("Quay &lại"), "quiet", keys="Alt+Left", name="back")
        self._again = Button(_("Máy mới: lấy lại sổ từ &bản sao lưu…"), "quiet", icon="download", name="restore")
        self._next = Button(_("Tiếp tục"), "primary", keys="Return", bind=False, name="next")
        self._count = label("", "hint", "muted")
        self._relay = _Relay(self)
        self._lay_out()
        self._bind()
        self._restore()

    def steps(self) -> list[Step]:
        """The steps of the kind of register chosen."""
        training = self.kind.kind.value() == TRAINING
        return [step for step in self._all if step.training or not training]

    def current(self) -> Step:
        """The step in sight."""
        return self.steps()[self._at]

    def forward(self) -> None:
        """The next step, when nothing is wrong with this one; after the last the register is founded."""
        if self._working:
            return
        step = self.current()
        found = step.problems()
        step.show_problems(found)
        self._wrong = bool(found)
        if found:
            self._to_wrong(step, found[0].field)
            return
        self._keep()
        if self._at + 1 < len(self.steps()):
            self._show(self._at + 1)
        elif not self._back_to_wrong():
            self._found()

    def _back_to_wrong(self) -> bool:
        """A draft may have been taken up behind a step that is not whole: go there."""
        for at, step in enumerate(self.steps()):
            found = step.problems()
            if found:
                self._show(at)
                self._wrong = True
                step.show_problems(found)
                return True
        return False

    def backward(self) -> None:
        """The step before."""
        if self._at > 0 and not self._working:
            self._show(self._at - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field and from the last one to the next step; Ctrl+Enter to the next step."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in _ENTERS and not event.isAutoRepeat():
            if plain == Qt.KeyboardModifier.ControlModifier or not self._next_field():
                self.forward()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """What was typed is kept; while the register is being made, closing waits."""
        if self._working:
            event.ignore()
            return
        self._keep()
        event.accept()

    def _lay_out(self) -> None:
        right = QWidget()
        right.setAutoFillBackground(True)
        right.setBackgroundRole(QPalette.ColorRole.Base)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for step in self._all:
            area = QScrollArea()
            area.setFrameShape(QScrollArea.Shape.NoFrame)
            area.setWidgetResizable(True)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            area.setWidget(step)
            self._stack.addWidget(area)
        self._stack.addWidget(self._progress())
        column.addWidget(self._stack, 1)
        column.addWidget(Line())
        row = QHBoxLayout()
        row.setContentsMargins(LEFT, 0, LEFT, 0)
        row.setSpacing(16)
        row.addWidget(self._back)
        row.addWidget(self._again)
        row.addStretch(1)
        row.addWidget(self._count)
        row.addWidget(self._next)
        row.addStrut(BAR - 1)
        column.addLayout(row)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._rail)
        whole.addWidget(Line(vertical=True))
        whole.addWidget(right, 1)

    def _progress(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(LEFT, 48, LEFT, metrics.MARGIN)
        column.setSpacing(16)
        self._doing: QLabel = label(_("Đang lập sổ…"), "person")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._bar.setFixedWidth(480)
        column.addWidget(self._doing)
        column.addWidget(self._bar)
        note = _("Tạo khoá, mã hoá sổ và ghi xuống đĩa. Nếu mất điện lúc này thì chưa có gì, mở lại và làm tiếp.")
        column.addWidget(label(note, "body", "muted"))
        column.addStretch(1)
        return holder

    def _bind(self) -> None:
        self._back.clicked.connect(self.backward)
        self._again.clicked.connect(self.restore_asked)
        self._next.clicked.connect(self.forward)
        self.recovery.print_asked.connect(self._print)
        self.recovery.save_asked.connect(self._save)
        self._relay.moved.connect(self._moved)
        self._timer = QTimer(self, interval=KEEP_EVERY_MS, singleShot=True)
        self._timer.timeout.connect(self._keep)
        for step in self._all:
            step.edited.connect(self._edited)

    def _edited(self) -> None:
        self._timer.start()
        if self._wrong:
            self.current().show_problems(self.current().problems())
        self._show_rail()

    def _restore(self) -> None:
        values = read_setup_draft(self._folder)
        if values:
            for step in self._all:
                step.put(values)
        steps = self.steps()
        kept = [step.key for step in steps]
        at = kept.index(values["step"]) if values.get("step") in kept else 0
        # Secrets are asked again, so nobody comes back behind them.
        self._show(min(at, steps.index(self.user)))

    def _values(self) -> dict[str, str]:
        return {name: value for step in self._all for name, value in step.values().items()}

    def _keep(self) -> None:
        if self._working:
            return
        try:
            keep_setup_draft(self._folder, self._values() | {"step": self.current().key})
        except OSError:
            self._count.setText(_("Không ghi được bản nháp vào thư mục dữ liệu"))

    def _show(self, at: int) -> None:
        self._at, self._wrong = at, False
        step = self.current()
        step.start(self._values())
        self._stack.setCurrentIndex(self._all.index(step))
        last = at + 1 == len(self.steps())
        self._next.set_text(_("Lập sổ") if last else _("Tiếp tục"))
        self._back.setVisible(at > 0)
        self._again.setVisible(at == 0)
        self._show_rail()
        first = step.first()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_rail(self) -> None:
        steps = self.steps()
        self._at = min(self._at, len(steps) - 1)
        shown = [(step.title, step.summary() if at < self._at else "") for at, step in enumerate(steps)]
        self._rail.show_steps(shown, self._at)
        self._count.setText(_("Bước {n} trên {m}").format(n=self._at + 1, m=len(steps)))

    def _next_field(self) -> bool:
        """Move to the next field of the step; False at its end."""
        step, here = self.current(), QApplication.focusWidget()
        chain: list[QWidget] = []
        found = step.nextInFocusChain()
        while found is not None and found is not step:
            if found is here or (step.isAncestorOf(found) and _takes_keys(found, step)):
                chain.append(found)
            found = found.nextInFocusChain()
        after = chain[chain.index(here) + 1 :] if here in chain else []
        if after:
            after[0].setFocus(Qt.FocusReason.TabFocusReason)
        return bool(after)

    def _to_wrong(self, step: Step, field: str) -> None:
        wrong = step.findChild(QWidget, {"commune_code": "commune"}.get(field, field))
        if isinstance(wrong, QWidget):
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draft(self) -> FoundingDraft:
        values = self._values()
        training = values["kind"] == TRAINING
        station = StationDraft(
            commune_code=values["commune_code"],
            name=values["name"],
            upper_name=values["upper_name"],
            upper_code=values["upper_code"],
            place_name=values["place_name"],
            head_name="" if training else values["head_name"],
            head_title=values["head_title"],
            chairman_name="" if training else values["chairman_name"],
            chairman_title=values["chairman_title"],
            phone=values["phone"],
        )
        return FoundingDraft(
            station=station,
            user_name=values["user_name"],
            home_isolation="" if training else values["home_isolation"],
            hamlets=() if training else read_hamlets(values["hamlets"]),
            training_people=int(values["training_people"]) if training else None,
        )

    def _found(self) -> None:
        """Off this thread: making keys and a training commune takes seconds."""
        draft = self._draft()
        folder = self._folder if draft.training_people is None else beside(self._folder)
        passphrase = self.user.passphrase.value()
        code = self.recovery.code if self.recovery in self.steps() else ""
        self._working = True
        self.setFocus()  # else the ring would wander to whatever stands next to the button
        self._next.setEnabled(False)
        self._back.setVisible(False)
        self._bar.setRange(0, 0)
        self._stack.setCurrentIndex(len(self._all))
        op = partial(
            found_station,
            folder,
            draft,
            passphrase=passphrase,
            catalog=self._catalog,
            now=datetime.now().astimezone(),
            progress=self._relay.moved.emit,
            recovery_code=code,
        )
        self._tasks.run(self, op, partial(self._done, passphrase), self._failed)

    def _moved(self, done: int, of: int) -> None:
        self._bar.setRange(0, of)
        self._bar.setValue(done)
        self._doing.setText(_("Đang lập xã tập huấn: {n} trên {m} người").format(n=done, m=of))

    def _done(self, passphrase: str, made: FoundedStation) -> None:
        self._working = False
        self._timer.stop()
        if made.folder != self._folder and self._folder.is_dir():
            keep_setup_draft(self._folder, {})  # the station's own register begins anew
        self.founded.emit(made.folder, passphrase)

    def _failed(self, trouble: UserError) -> None:
        self._working = False
        self._next.setEnabled(True)
        self._show(self._at)
        words = [sentence(problem) for problem in trouble.problems] if isinstance(trouble, Refused) else []
        tell(self, _("Chưa lập được sổ"), "\n".join(words) or sentence(trouble))

    def _sheet(self) -> bytes:
        name = self._values()["name"]
        return recovery_pdf(name, self.recovery.code, self._now.date())

    def _print(self) -> None:
        printer = chosen_printer("")
        if not printer:
            self.recovery.say(_("Máy này chưa có máy in. Lưu tệp PDF ra USB để in nơi khác, hoặc chép tay."))
            return
        device = device_for(printer)
        self.recovery.say(_("Đang in ra {printer}…").format(printer=printer))
        said = _("Đã gửi tới {printer}. Xem tờ giấy rồi gõ lại nhóm bên trên.").format(printer=printer)
        self._tasks.background(self, lambda: print_pdf(self._sheet(), device), lambda _none: self.recovery.say(said))

    def _save(self) -> None:
        path = choose_file(self, _("ma-khoi-phuc.pdf"))
        if path is not None:
            self.save_sheet(path)

    def save_sheet(self, path: Path) -> None:
        """Write the sheet there; best on a stick that is then locked away."""
        said = _("Đã lưu {file}. In rồi xoá tệp này khỏi máy.").format(file=path.name)
        self._tasks.background(self, lambda: keep_file(path, self._sheet()), lambda _none: self.recovery.say(said))


def _takes_keys(widget: QWidget, step: QWidget) -> bool:
    """Whether Enter stops there: at fields, not at buttons and choices."""
    if isinstance(widget, QAbstractButton) or widget.focusProxy() is not None:
        return False
    tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return tab and widget.isEnabled() and widget.isVisibleTo(step)
