"""One person who was entered twice: the other record is found, both are shown, and one stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from covidstation.catalog import Catalog
from covidstation.db.queries.people import PersonHit
from covidstation.domain.citizen import masked
from covidstation.domain.people import Answer, Person, Sex
from covidstation.domain.privacy import HiddenNumber
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.messages.fields import FIELDS
from covidstation.services.care.look import CareLook
from covidstation.services.changes import Done
from covidstation.services.exchange.conflicts import Conflict
from covidstation.services.merging import Differing, Merged, MergeLook, look_at_merge, merge_people, undo_merge
from covidstation.services.privacy.words import plain_value
from covidstation.ui.case_words import SEXES, said
from covidstation.ui.contacts.choosers import PersonCombo, person_second
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label, set_ink
from covidstation.ui.parts.popup import Choice
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.sync.conflicts import ConflictDialog

OURS, THEIRS = "ours", "theirs"
_WIDE: Final = 400
_HIGH: Final = 260  # of the list of what differs; more of it scrolls
_NUMBERS: Final = frozenset(number.value for number in HiddenNumber)


def ask_merge(desk: Desk, parent: QWidget, look: CareLook | None) -> None:
    """The dialog, for the person whose page is open: their record stays."""
    if look is not None:
        person = look.page.person
        run_dialog(desk, MergeDialog(desk, parent, person), _("Đã gộp; hồ sơ kia tách ra lại được ở thẻ Gia đình"))


def ask_part(desk: Desk, parent: QWidget, one: Merged) -> None:
    """The plain sentence first, then the two are two again."""
    words = _(
        "{name} sẽ lại là một hồ sơ riêng, với những gì đã có lúc gộp. Điều ghi thêm từ lúc gộp vẫn ở lại hồ sơ này."
    )
    if confirm(parent, _("Tách hai hồ sơ"), words.format(name=one.name), act=_("Tách ra"), back=_("Để vậy")):
        act = partial(
            undo_merge, desk.register.db, one.id, catalog=desk.catalog, by=desk.register.user_id, now=desk.now()
        )
        desk.act(parent, act, lambda _person: desk.said.emit(_("Đã tách thành hai hồ sơ")))


def choose_value(desk: Desk, parent: QWidget, conflict: Conflict) -> None:
    """The same choice as on the page of what goes to the district."""
    run_dialog(desk, ConflictDialog(desk, parent, conflict), _("Đã chọn; huyện nhận ở lần gửi tới"))


class KnownCombo(PersonCombo):
    """Somebody of the register, and not the one whose page is open. `changed_mind()` when it is another, or nobody."""

    changed_mind = Signal()

    def __init__(self, desk: Desk, name: str, title: str, *, width: int, hint: str, without: UUID) -> None:
        super().__init__(desk, name, title, width=width, hint=hint)
        self._without = without
        self.picked.connect(lambda _key: self.changed_mind.emit())
        self.textEdited.connect(lambda _text: self.changed_mind.emit())

    def _offer(self, _typed: str, hits: Sequence[PersonHit]) -> list[Choice]:
        return [Choice(hit.id, hit.full_name, person_second(hit)) for hit in hits if hit.id != self._without]


class MergeDialog(ActDialog):
    """Find the other record, see both, say which of two values is right, and why they are one person."""

    needs: ClassVar[Right] = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, person: Person) -> None:
        hint = _("Gõ tên, số điện thoại hoặc số giấy tờ")
        self.other = KnownCombo(desk, "other", _("Hồ sơ kia"), width=_WIDE, hint=hint, without=person.id)
        self.reason = LineEdit("reason", _("Vì sao"), width=_WIDE, limit=300, hint=_("ví dụ: cùng số thẻ BHYT"))
        rows = (Field(_("&Hồ sơ kia"), self.other, required=True), Field(_("&Vì sao"), self.reason, required=True))
        title = _("Gộp hồ sơ trùng với {name}").format(name=person.full_name)
        super().__init__(desk, parent, title, rows, self.other)
        words = _("Hồ sơ đang mở ở lại; lần mắc, xét nghiệm, giấy tờ của hồ sơ kia chuyển sang đây. Tách ra lại được.")
        self.rows_column.insertWidget(1, label(words, "hint", "muted", wrap=True))
        self._person = person
        self.choices: dict[str, Combo] = {}
        self._said = label("", "hint", "muted", wrap=True)
        self._area = QScrollArea()
        self._area.setObjectName("differing")
        self._area.setAccessibleName(_("Chỗ hai hồ sơ ghi khác nhau"))
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.rows_column.insertWidget(self.rows_column.count() - 2, self._said)
        self.rows_column.insertWidget(self.rows_column.count() - 2, self._area)
        self._area.hide()
        self._said.hide()
        self.other.changed_mind.connect(self._look)

    def about(self) -> str:
        """The person whose record stays."""
        return self._person.id.hex

    def wrong(self) -> list[Problem]:
        """Nobody is merged with nobody."""
        found = [] if self.other.person_id() is not None else [Problem("other", "people.merge_choose")]
        return [*found, *([] if self.reason.value() else [Problem("reason", "people.merge_reason")])]

    def act(self) -> Callable[[], Done[Person]]:
        """Merge."""
        register, other = self._desk.register, self.other.person_id()
        take = [key for key, choice in self.choices.items() if choice.value() == THEIRS]
        return partial(
            merge_people,
            register.db,
            self._person.id,
            other or self._person.id,
            take=take,
            reason=self.reason.value(),
            catalog=self._desk.catalog,
            by=register.user_id,
            now=self._desk.now(),
        )

    def _look(self) -> None:
        other = self.other.person_id()
        if other is None:
            self._show_look(None)
            return
        self._desk.ask(self, partial(look_at_merge, self._desk.register.db, self._person.id, other), self._found)

    def _found(self, look: MergeLook) -> None:
        if look.goes.id == self.other.person_id():
            self._show_look(look)

    def _show_look(self, look: MergeLook | None) -> None:
        self.choices = {}
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for one in look.differing if look is not None else ():
            column.addWidget(self._row(one))
        column.addStretch(1)
        self._area.setWidget(holder)
        self._area.setVisible(bool(self.choices))
        self._area.setFixedHeight(min(_HIGH, holder.sizeHint().height()))
        bad = bool(look and look.problems)
        self._said.setText(_said_of(look) if look is not None else "")
        set_ink(self._said, "danger" if bad else "muted")
        self._said.setVisible(look is not None)
        self.adjustSize()

    def _row(self, one: Differing) -> Field:
        title = _(FIELDS.get(one.key, one.key)) if one.key != "birth" else _("Sinh")
        catalog = self._desk.catalog
        values = [
            (OURS, _("{value} · hồ sơ này").format(value=_side(one, one.ours, catalog))),
            (THEIRS, _("{value} · hồ sơ kia").format(value=_side(one, one.theirs, catalog))),
        ]
        choice = Combo(f"take_{one.key}", title, values, width=_WIDE)
        choice.set_value(THEIRS if one.take else OURS)
        self.choices[one.key] = choice
        return Field(title.replace("&", "&&"), choice)


def _said_of(look: MergeLook) -> str:
    """Why not, or what will come along."""
    if look.problems:
        return " ".join(sentence(problem) for problem in look.problems)
    words = _("Chuyển sang {n} lần mắc hoặc lần là F1.").format(n=look.rows) if look.rows else ""
    differ = _("Chọn giá trị đúng ở từng chỗ ghi khác nhau:") if look.differing else _("Hai hồ sơ ghi giống nhau.")
    return " ".join(filter(None, (words, differ)))


def _side(one: Differing, said_there: Mapping[str, Any], catalog: Catalog) -> str:
    """The values of one side on one line; of a number only its end."""
    if one.key == "birth":
        parts = [said_there.get(f"birth_{name}") for name in ("day", "month", "year")]
        return "/".join(f"{part:02d}" for part in parts if part) or _("(để trống)")
    texts = [_text(one, name, value, catalog) for name, value in said_there.items() if value not in (None, "", [])]
    return ", ".join(filter(None, texts)) or _("(để trống)")


def _text(one: Differing, name: str, value: Any, catalog: Catalog) -> str:
    if name == "sex":
        return said(SEXES[Sex(value)])
    if name in one.named or str(value) in one.named:
        return one.named.get(str(value), "")
    if name in ("pregnancy", "breastfeeding") and value == Answer.UNKNOWN.value:
        return ""
    return masked(str(value)) if name in _NUMBERS else plain_value(name, value, catalog)
