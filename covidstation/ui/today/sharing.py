"""Chia việc: the day's work by hamlet, shared out evenly in one step, changed by hand, kept and printed."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.domain.rights import Right
from covidstation.domain.sharing import sums_of
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentences
from covidstation.services.sharing import (
    HamletLoad,
    SharePlan,
    Worker,
    look_at_shares,
    propose_shares,
    save_shares,
    share_sheets_pdf,
)
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.column import column_in_scroll
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot, save_buttons
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import ElidedLabel, Line, TwoLineLabel, label

_WIDTH, _HEIGHT = 820, 600
_ACROSS: Final = 3
_COMBO: Final = 250


def share_out(desk: Desk, parent: QWidget) -> None:
    """Show it until it is left."""
    dialog = ShareDialog(desk, parent)
    dialog.saved.connect(lambda: desk.said.emit(_("Đã chia việc: bật “Địa bàn của tôi” để chỉ thấy phần của mình")))
    dialog.exec()
    dialog.deleteLater()


class ShareDialog(Dialog):
    """People to tick, a line a hamlet with who goes there, the sums; Lưu keeps it for today."""

    saved = Signal()

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, _("Chia việc hôm nay"), "share_dialog")
        self.setFixedSize(_WIDTH, _HEIGHT)
        self._desk, self._day = desk, desk.now().date()
        self._plan: SharePlan | None = None
        self._ticks: dict[str, CheckBox] = {}
        self.combos: dict[UUID | None, Combo] = {}
        self._people = QGridLayout()
        self._people.setVerticalSpacing(0)
        self._area, self._rows = column_in_scroll()
        self._area.setObjectName("share_rows")
        self._area.setAccessibleName(_("Việc theo bản"))
        self.evenly = Button(_("Chia &đều lại"), icon="refresh", name="share_evenly")
        self.print = Button(_("Lưu và &in"), icon="printer", name="save_and_print")
        self.sums = TwoLineLabel("", "hint", "muted")
        self.trouble = TwoLineLabel("", "hint", "danger")
        self._lay_out()
        self.evenly.clicked.connect(self._share)
        self.print.clicked.connect(partial(self.save, printed=True))
        desk.ask(
            self, partial(look_at_shares, desk.register.db, self._day, catalog=desk.catalog), self._show, self._failed
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(metrics.MARGIN, 14, metrics.MARGIN, 10)
        top.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(label(_("Chia việc ngày {day}").format(day=date_text(self._day)), "section"))
        head.addStretch(1)
        head.addWidget(self.evenly)
        top.addLayout(head)
        top.addWidget(
            label(_("Ai đi hôm nay? Mỗi bản giữ nguyên cho một người, việc đều nhất có thể."), "hint", "muted")
        )
        top.addLayout(self._people)
        column.addLayout(top)
        column.addWidget(Line())
        column.addWidget(self._area, 1)
        below = QVBoxLayout()
        below.setContentsMargins(metrics.MARGIN, 6, metrics.MARGIN, 0)
        below.addWidget(self.sums)
        below.addWidget(self.trouble)
        column.addLayout(below)
        column.addWidget(Line())
        back, self.main = save_buttons(self.reject, self.save, name="save_shares")
        self._desk.guard(Right.ENTER, self.main, self.print)
        self._desk.guard(Right.PRINT, self.print)
        column.addLayout(foot(self.print, back, self.main))
        FormKeys(self, save=self.save, leave=self.reject)

    def _show(self, plan: SharePlan) -> None:
        self._plan = plan
        on_duty = any(one.hamlets for one in plan.people)
        kept = set(plan.shared.values())
        for at, one in enumerate(plan.people):
            box = CheckBox("share_person", one.name.replace("&", "&&"))
            box.setChecked(one.key in kept if kept else bool(one.hamlets) or not on_duty)
            self._ticks[one.key] = box
            self._people.addWidget(box, at // _ACROSS, at % _ACROSS)
        for load in plan.loads:
            if load.total or load.hamlet_id in plan.shared:
                self._rows.addWidget(self._row(load, plan))
        if not self.combos:
            words = _("Hôm nay không có F0 phải theo dõi, F1 phải hỏi hay hộ phải rà.")
            self._rows.addWidget(label(words, "body", "muted"))
        self._rows.addStretch(1)
        if plan.shared:
            for hamlet, key in plan.shared.items():
                if hamlet in self.combos:
                    self.combos[hamlet].set_value(key)
            self._add_up()
        else:
            self._share()
        for button in (self.main, self.print, self.evenly):
            button.setEnabled(bool(self.combos) and self._desk.may(Right.ENTER))

    def _row(self, load: HamletLoad, plan: SharePlan) -> QWidget:
        holder = QWidget()
        holder.setFixedHeight(metrics.FORM_ROW)
        row = QHBoxLayout(holder)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(12)
        title = load.hamlet or _("Chưa rõ bản")
        name = ElidedLabel(title, "name")
        name.setFixedWidth(190)
        row.addWidget(name)
        row.addWidget(label(load_words(load), "body", "muted"), 1)
        theirs = plan.split.get(load.hamlet_id)
        nobody = _("mỗi người một phần: {names}").format(names=", ".join(theirs)) if theirs else _("chưa giao ai")
        choices = [("", nobody), *((one.key, one.name) for one in plan.people)]
        combo = Combo("share_with", _("Giao {hamlet} cho").format(hamlet=title), choices, width=_COMBO)
        combo.picked.connect(lambda _key: self._add_up())
        self.combos[load.hamlet_id] = combo
        row.addWidget(combo)
        return holder

    def _chosen(self) -> list[Worker]:
        plan = self._plan
        return [one for one in plan.people if self._ticks[one.key].isChecked()] if plan else []

    def _share(self) -> None:
        """As even as whole hamlets allow."""
        plan, chosen = self._plan, self._chosen()
        self.trouble.set_text("")
        if plan is None:
            return
        if not chosen and self.combos:
            self.trouble.set_text(" ".join(sentences(UserError("sharing.nobody"))))
            return
        shares = propose_shares(plan, chosen)
        for hamlet, combo in self.combos.items():
            combo.set_value(shares[hamlet].key if hamlet in shares else "")
        self._add_up()

    def shares(self) -> dict[UUID | None, Worker]:
        """Who goes where as it stands."""
        people = {one.key: one for one in self._plan.people} if self._plan else {}
        chosen = {hamlet: str(combo.value() or "") for hamlet, combo in self.combos.items()}
        return {hamlet: people[key] for hamlet, key in chosen.items() if key in people}

    def _add_up(self) -> None:
        """How much each of them has, and what nobody has."""
        plan = self._plan
        if plan is None:
            return
        shares = self.shares()
        loads = {one.hamlet_id: one.total for one in plan.loads}
        sums = sums_of(loads, shares, [one for one in self._chosen()])
        left = sum(loads[one] for one in self.combos if one not in shares and one not in plan.split)
        words = [_("{name}: {n} việc").format(name=one.name, n=count) for one, count in sums.items()]
        if left:
            words.append(_("chưa giao: {n} việc").format(n=left))
        self.sums.set_text(" · ".join(words))

    def save(self, _checked: bool = False, *, printed: bool = False) -> None:
        """Keep it, and print it if asked."""
        desk, day = self._desk, self._day
        register = desk.register
        op = partial(save_shares, register.db, day, self.shares(), by=register.user_id, now=desk.now())

        def done(_count: int) -> None:
            self.saved.emit()
            if printed:
                self._print()
            else:
                self.accept()

        desk.act(self, op, done, self._failed)

    def _print(self) -> None:
        desk, day = self._desk, self._day
        db, parent = desk.register.db, self.parentWidget() or self

        def made() -> tuple[bytes, str]:
            return share_sheets_pdf(db, day, catalog=desk.catalog), get_setting(db, "printer")

        def handed(one: tuple[bytes, str]) -> None:
            self.accept()
            hand_out(desk, parent, one[0], one[1], f"phan-cong-{day.isoformat()}.pdf", self._failed)

        desk.ask(self, made, handed, self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.trouble.set_text(" ".join(sentences(trouble)))


def load_words(load: HamletLoad) -> str:
    """`5 F0 · 3 F1 · 12 hộ`."""
    parts = (
        _("{n} F0").format(n=load.cases) if load.cases else "",
        _("{n} F1").format(n=load.contacts) if load.contacts else "",
        _("{n} hộ phải rà").format(n=load.doors) if load.doors else "",
    )
    return " · ".join(filter(None, parts)) or _("không còn việc")
