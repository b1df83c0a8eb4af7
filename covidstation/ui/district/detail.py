"""One item of the district in full, and the box in which it is answered; what is half typed there is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from covidstation.db.queries.district import DistrictItem
from covidstation.domain.district import MOST_ANSWER, ItemKind, MessageKind
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _, moment_text
from covidstation.messages import sentence, sentences
from covidstation.services.changes import Done
from covidstation.services.district.items import ItemLook, answer_item
from covidstation.services.district.moves import answer_move
from covidstation.ui.desk import Desk
from covidstation.ui.district.words import due_words, kind_words, said_words, state_words, target_words
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.column import column_in_scroll
from covidstation.ui.parts.labels import Ground, label, set_ink
from covidstation.ui.settings.half_typed import HalfTyped

_ANSWER_HEIGHT: Final = 92
_SAID_SHOWN: Final = 6


class ItemPanel(Ground):
    """`show_look(look, today)`; `answered(words)` after each answer, `…_wanted` for links."""

    answered = Signal(str)
    failed = Signal(str)
    person_wanted = Signal(object)
    rules_wanted = Signal()
    store_wanted = Signal()
    buttons_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(QPalette.ColorRole.Base)
        self._desk = desk
        self.item: DistrictItem | None = None
        self._make_words()
        self._make_answer()
        self._lay_out()
        desk.guard(Right.ENTER, self.send)
        desk.guard(Right.TREAT, self.accept, self.refuse)

    def show_look(self, look: ItemLook, today: date) -> None:
        """Show this item; an answer that is being typed stays while the item does."""
        item, before = look.item, self.item
        self.item = item
        self._title.setText(item.title)
        self._chip.show_text(*state_words(item, today))
        who = _("{author}, {moment}").format(author=item.author, moment=moment_text(item.made_at, today))
        self._meta.setText(" · ".join(filter(None, (kind_words(item), who, due_words(item, today)))))
        set_ink(self._meta, "warn" if item.late(today) else "muted")
        self._words.setText(self._body_of(item))
        self.body.setAccessibleName(self._body_of(item) or _("Nội dung của huyện"))
        self.person.setVisible(item.person_id is not None)
        self.person.set_text(_("&Mở trang của {name}").format(name=item.person_name))
        self.rules.setVisible(item.kind is ItemKind.PACK and item.withdrawn_at is None)
        self.store.setVisible(item.kind is ItemKind.ALLOTMENT)
        self._show_target(look)
        self._trouble.setText(sentence(look.trouble) if look.trouble is not None else "")
        self._trouble.setVisible(look.trouble is not None)
        lines = [said_words(one, today) + (f"\n{one.text}" if one.text else "") for one in item.said]
        self._said.setText("\n".join(lines[-_SAID_SHOWN:]))
        self._said.setVisible(bool(lines))
        self._show_answer(item, fresh=before is None or before.id != item.id)
        self.buttons_changed.emit()

    def buttons(self) -> Sequence[QWidget]:
        """Of the action bar, for what is asked."""
        if self.item is None or self.answer.isHidden():
            return ()
        return (self.refuse, self.accept) if self.item.kind is ItemKind.MOVE else (self.send,)

    def unsaved(self) -> bool:
        """Whether an answer is half typed."""
        return bool(self.half_typed())

    def half_typed(self) -> dict[str, Any]:
        """The answer as it stands."""
        text = self.answer.toPlainText()
        return {"answer": text} if text.strip() and not self.answer.isHidden() else {}

    def put_back(self, raw: Mapping[str, Any]) -> None:
        """The same again."""
        self.answer.setPlainText(str(raw.get("answer", "")))

    def _make_words(self) -> None:
        self._title = label("", "section", wrap=True)
        self._chip = Chip()
        self._meta = label("", "hint", "muted", wrap=True)
        self._words = label("", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body, column = column_in_scroll()
        self.body.setObjectName("item_body")
        self.body.setProperty("ring", True)
        column.addWidget(self._words)
        column.addStretch(1)
        self.person = Button("", "quiet", icon="person", name="open_person")
        self.rules = Button(_("Xem &quy định"), "quiet", icon="document", name="open_rules")
        self.store = Button(_("Đếm, nhập &kho"), icon="box", name="open_store")
        self._target = label("", "body", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Đã đạt"))
        self._trouble = label("", "body", "danger", wrap=True)
        self._said = label("", "hint", "muted", wrap=True)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _make_answer(self) -> None:
        self._ask = label(_("Câu trả &lời"), "strong")
        self.answer = _text("answer", _("Câu trả lời"))
        self.answer.setFixedHeight(_ANSWER_HEIGHT)
        self._ask.setBuddy(self.answer)
        self._wrong = label("", "hint", "danger", wrap=True)
        self.send = Button("", "primary", keys="Ctrl+Return", name="send_answer")
        self.accept = Button(_("Nhận quản lý"), "primary", icon="check", keys="Ctrl+Return", name="accept_move")
        self.refuse = Button(_("&Không nhận"), name="refuse_move")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 12)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title, 1)
        head.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        words: tuple[QWidget, ...] = (self._meta, self._target, self._bar, self._trouble)
        for widget in words:
            column.addWidget(widget)
        column.addWidget(self.body, 1)
        links = QHBoxLayout()
        links.setSpacing(metrics.GAP)
        links.addWidget(self.person)
        links.addWidget(self.rules)
        links.addWidget(self.store)
        links.addStretch(1)
        column.addLayout(links)
        column.addWidget(self._said)
        place = QWidget()
        self._place = QVBoxLayout(place)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._place.setSpacing(4)
        self.half = HalfTyped(self._desk, "district", self, self._place)
        typing: tuple[QWidget, ...] = (self._ask, self.answer, self._wrong)
        for widget in typing:
            self._place.addWidget(widget)
        column.addWidget(place)
        self.person.clicked.connect(self._open_person)
        self.rules.clicked.connect(self.rules_wanted)
        self.store.clicked.connect(self.store_wanted)
        self.send.clicked.connect(self._send)
        self.accept.clicked.connect(partial(self._answer_move, accept=True))
        self.refuse.clicked.connect(partial(self._answer_move, accept=False))

    @staticmethod
    def _body_of(item: DistrictItem) -> str:
        if item.kind is not ItemKind.MOVE:
            return item.body
        origin, reason = (str(item.data.get(name, "")) for name in ("from_name", "reason"))
        words = _("{place} chuyển sang trạm mình. Lý do: {reason}").format(place=origin, reason=reason)
        later = _("Nhận thì cả hồ sơ về sổ của trạm ở lần nhận từ huyện sau đó.")
        return f"{words}\n\n{item.body}\n\n{later}"

    def _show_target(self, look: ItemLook) -> None:
        reached = look.reached
        self._target.setVisible(reached is not None)
        self._bar.setVisible(reached is not None)
        if reached is not None:
            self._target.setText(target_words(reached))
            self._bar.setRange(0, reached.target.value)
            self._bar.setValue(min(reached.count, reached.target.value))

    def _show_answer(self, item: DistrictItem, *, fresh: bool) -> None:
        """The box for what is asked; a question may be answered once more."""
        more = item.kind in (ItemKind.QUESTION, ItemKind.FINDING) and item.withdrawn_at is None
        shown = item.wants not in (None, MessageKind.RECEIVED) or more
        for widget in (self._ask, self.answer):
            widget.setVisible(shown)
        self._wrong.hide()
        titles = {
            MessageKind.MOVE_ANSWER: _("&Lý do, nếu không nhận"),
            MessageKind.DONE: _("Đã khắc phục thế &nào"),
        }
        self._ask.setText(titles.get(item.wants, _("Câu trả &lời")) if item.wants else _("Nói thê&m"))
        self.send.set_text(_("Đã khắc phục") if item.wants is MessageKind.DONE else _("Ghi câu trả lời"))
        if fresh:
            self.answer.setPlainText("")
            self.half.look(item.id.hex if shown else "")

    def _open_person(self) -> None:
        if self.item is not None and self.item.person_id is not None:
            self.person_wanted.emit(self.item.person_id)

    def _send(self) -> None:
        item, text = self.item, self.answer.toPlainText()
        if item is not None:
            db = self._desk.register.db
            self._do(partial(answer_item, db, item.id, text, **self._by()), _("Đã ghi; huyện nhận ở lần gửi tới"))

    def _answer_move(self, *, accept: bool) -> None:
        item, reason = self.item, self.answer.toPlainText()
        if item is not None:
            words = _("Đã nhận; hồ sơ về sau lần gửi, nhận tới") if accept else _("Đã ghi là không nhận")
            db = self._desk.register.db
            self._do(partial(answer_move, db, item.id, accept=accept, reason=reason, **self._by()), words)

    def _by(self) -> dict[str, Any]:
        register = self._desk.register
        return {"by": register.user_id, "by_name": register.user_name, "now": self._desk.now()}

    def _do(self, service: Callable[[], Done[Any]], words: str) -> None:
        def finished(_value: object) -> None:
            self.answer.setPlainText("")
            self._wrong.hide()
            if self.item is not None:
                self.half.look(self.item.id.hex)
            self.answered.emit(words)

        self._desk.act(self, service, finished, self._refused, draft=self.half.settled())

    def _refused(self, trouble: UserError) -> None:
        self.half.resume()
        self._wrong.setText("\n".join(sentences(trouble)))
        self._wrong.show()
        self.answer.setFocus(Qt.FocusReason.OtherFocusReason)


def _text(name: str, title: str) -> QPlainTextEdit:
    """Several lines; Tab goes on to the next field."""
    made = QPlainTextEdit()
    made.setObjectName(name)
    made.setAccessibleName(title)
    made.setTabChangesFocus(True)
    made.setMaximumBlockCount(MOST_ANSWER)
    return made
