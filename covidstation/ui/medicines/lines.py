"""The rows of the giving dialog: questions to the person, medicines with dose and quantity, what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.medicine_list import Bar, MedicineList
from covidstation.domain.medicines import Contraindication, Proposal
from covidstation.domain.terms import Answer
from covidstation.i18n import _
from covidstation.services.care.medicines import MOST_QUANTITY, GivingItem
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit, NumberEdit
from covidstation.ui.parts.labels import Glyph, label, plain_tip

QUESTION_WIDTH, ANSWER_WIDTH, ABREAST = 172, 108, 3
NAME_WIDTH, QUANTITY_WIDTH, UNIT_WIDTH, FROM_WIDTH = 236, 72, 40, 124


class Questions(QWidget):
    """What the rules want to know, three beside each other; `answered()` fires on each answer by hand."""

    answered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("questions")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(metrics.GAP)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(ABREAST * 3, 1)
        for at in range(1, ABREAST):
            self._grid.setColumnMinimumWidth(at * 3 - 1, metrics.GAP)
        self._boxes: dict[str, Combo] = {}
        self._rows: dict[str, QWidget] = {}

    def set_questions(self, questions: Mapping[str, str], answers: Mapping[str, Answer]) -> None:
        """All that can be asked, with what is known; `show_asked` says which stand there."""
        words = [(Answer.UNKNOWN, _("chưa hỏi")), (Answer.NO, _("không")), (Answer.YES, _("có"))]
        for fact, question in questions.items():
            box = Combo(f"ask_{fact}", question, words, width=ANSWER_WIDTH)
            box.set_value(answers.get(fact, Answer.UNKNOWN))
            box.picked.connect(lambda _key: self.answered.emit())
            title = label(question, "body", "muted")
            title.setFixedWidth(QUESTION_WIDTH)
            title.setBuddy(box)
            self._boxes[fact], self._rows[fact] = box, title

    def show_asked(self, facts: Sequence[str]) -> None:
        """Only these; their answers stay when they go and come."""
        for fact, box in self._boxes.items():
            for widget in (self._rows[fact], box):
                self._grid.removeWidget(widget)
                widget.setParent(self)
                widget.setVisible(False)
        for at, fact in enumerate(facts):
            row, column = divmod(at, ABREAST)
            self._grid.addWidget(self._rows[fact], row, column * 3)
            self._grid.addWidget(self._boxes[fact], row, column * 3 + 1)
            self._rows[fact].show()
            self._boxes[fact].show()
        self.setVisible(bool(facts))

    def answers(self) -> dict[str, Answer]:
        """What was answered; what nobody asked is not among them."""
        found = {fact: box.value() for fact, box in self._boxes.items()}
        return {fact: said for fact, said in found.items() if said is not Answer.UNKNOWN}


class MedicineLine(QWidget):
    """One medicine: which, how to take it, how much. `changed()` by hand, `picked(line)` on another medicine."""

    changed = Signal()
    picked = Signal(object)
    dropped = Signal(object)

    def __init__(self, medicines: MedicineList, proposal: Proposal, in_store: Mapping[str, int]) -> None:
        super().__init__()
        self._medicines, self._in_store = medicines, in_store
        self._days = proposal.days
        choices = [(one.code, one.name) for one in medicines.medicines]
        self.medicine = Combo("medicine", _("Thuốc"), choices, width=NAME_WIDTH)
        self.dose = LineEdit("dose", _("Cách dùng"), limit=500)
        self.quantity = NumberEdit("quantity", _("Số lượng"), low=1, high=MOST_QUANTITY, width=QUANTITY_WIDTH)
        self.quantity.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._unit = label("", "body", "muted")
        self._unit.setFixedWidth(UNIT_WIDTH)
        self.source = Combo("medicine_source", _("Lấy từ đâu"), width=FROM_WIDTH)
        drop = Button("", "quiet", icon="x", name="drop_medicine")
        drop.setAccessibleName(_("Bỏ thuốc này"))
        drop.setToolTip(_("Bỏ thuốc này"))
        drop.setProperty("aside", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(metrics.GAP)
        row.addWidget(self.medicine)
        row.addWidget(self.dose, 1)
        for widget in (self.quantity, self._unit, self.source, drop):
            row.addWidget(widget)
        self.show_proposal(proposal)
        self.medicine.picked.connect(lambda _code: self.picked.emit(self))
        self.dose.textEdited.connect(lambda _text: self._typed())
        self.quantity.textEdited.connect(lambda _text: self._typed())
        drop.clicked.connect(lambda: self.dropped.emit(self))
        self.touched = False

    def show_proposal(self, proposal: Proposal) -> None:
        """The medicine with the dose that the list has for the person."""
        self._days = proposal.days
        self.medicine.set_value(proposal.medicine)
        self.dose.set_value(proposal.dose)
        self.quantity.set_number(proposal.quantity or None)
        medicine = self._medicines.medicine(proposal.medicine)
        self._unit.setText(medicine.unit if medicine else "")
        kept = self._in_store.get(proposal.medicine)
        self.source.setVisible(kept is not None)  # what the store does not keep comes from wherever it came before
        self.source.set_choices([(False, _("kho, còn {n}").format(n=kept)), (True, _("nguồn khác"))])
        self.touched = False

    def proposal_days(self) -> int:
        """For how many days it is meant."""
        return self._days

    def item(self) -> GivingItem:
        """As it stands there; a quantity that is none is 0."""
        quantity = self.quantity.number()
        return GivingItem(
            medicine=self.medicine.value(),
            quantity=int(quantity) if quantity is not None else 0,
            dose=self.dose.value(),
            days=self._days,
            own_supply=self._in_store.get(self.medicine.value()) is not None and bool(self.source.value()),
        )

    def _typed(self) -> None:
        self.touched = True
        self.changed.emit()


class Warnings(QWidget):
    """Each thing that speaks against the giving on a line of its own, what forbids first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("warnings")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_against(self, against: Iterable[Contraindication], questions: Mapping[str, str], again: str = "") -> None:
        """Replace them all; what nobody asked yet stands in one line. `again`: the same was given before."""
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        if again:
            self._column.addWidget(_sentence(again, "clock", danger=True))
        listed = list(against)
        for one in (one for one in listed if not one.fact):
            line = _sentence(one.sentence, "alert", danger=one.level is Bar.FORBID and not one.unknown)
            line.setToolTip(plain_tip(_source(one)))
            self._column.addWidget(line)
        open_ones = [one for one in listed if one.fact]
        if open_ones:
            asked = " ".join(dict.fromkeys(questions[one.fact] for one in open_ones))
            line = _sentence(_("Chưa hỏi: {questions}").format(questions=asked), "help", danger=False)
            line.setToolTip(plain_tip("\n".join(one.sentence for one in open_ones)))
            self._column.addWidget(line)

    def sentences(self) -> list[str]:
        """What stands there."""
        items = (self._column.itemAt(at) for at in range(self._column.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget.accessibleName() for widget in widgets if widget is not None]


def _sentence(text: str, icon: str, *, danger: bool) -> QWidget:
    holder = QWidget()
    holder.setAccessibleName(text)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(Glyph(icon, 16, "danger" if danger else "warn"), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(text, "hint", "danger" if danger else "warn", wrap=True), 1)
    return holder


def _source(one: Contraindication) -> str:
    """Where the rule is from, and that nobody has compared it yet."""
    if one.confirmed or not one.source:
        return one.source
    return _("{source} (chưa xác nhận)").format(source=one.source)
