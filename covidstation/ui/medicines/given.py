"""What an F0 was given: one row a giving, with the way to take a wrong one back."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.medicines import Giving, given_to
from covidstation.i18n import _, moment_text
from covidstation.services.care.medicines import take_back
from covidstation.services.changes import Changes, Kind
from covidstation.services.papers.slips import print_medicine_slip
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.medicines.dialog import GiveDialog
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.dialogs import ask_reason, confirm
from covidstation.ui.parts.labels import plain_tip
from covidstation.ui.parts.rows import ListRow
from covidstation.ui.rounds.paper import print_sheet


class GivenView(QWidget):
    """`GivenView(desk)`, then `show_episode(id)`, `refresh(changes)`; `counted(n)` says how many givings stand."""

    counted = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("given_view")
        self.setAccessibleName(_("Thuốc đã cho"))
        self._desk = desk
        self._episode_id: UUID | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_episode(self, episode_id: UUID | None) -> None:
        """The givings of that illness; None shows nothing."""
        self._episode_id = episode_id
        self._reload()

    def refresh(self, changes: Changes) -> None:
        """Ask again when medicines may have changed."""
        if Kind.CARE in changes:
            self._reload()

    def give(self) -> None:
        """Open the dialog for the illness in sight."""
        if self._episode_id is not None:
            GiveDialog(self._desk, self, self._episode_id).open()

    def _reload(self) -> None:
        if self._episode_id is None:
            self._fill(None, ())
            return
        asked = self._episode_id
        self._desk.ask(self, partial(given_to, self._desk.register.db, asked), partial(self._fill, asked))

    def _fill(self, asked: UUID | None, given: tuple[Giving, ...]) -> None:
        if asked != self._episode_id:  # an answer about somebody who is no longer in sight
            return
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for one in given:
            self._column.addWidget(self._row(one))
        self.counted.emit(sum(1 for one in given if one.taken_back_at is None))

    def _row(self, giving: Giving) -> QWidget:
        first = ", ".join(
            _("{name} × {count} {unit}").format(name=item.name, count=item.quantity, unit=item.unit)
            for item in giving.items
        )
        parts: list[QWidget] = []
        if giving.taken_back_at:
            parts.append(Chip(_("đã thu lại"), "plain"))
        elif giving.reason:
            parts.append(Chip(_("có chống chỉ định"), "orange"))
        if giving.taken_back_at is None:
            back = Button(_("Thu lại"), "quiet", name="take_back")
            back.setAccessibleName(_("Thu lại {medicines}").format(medicines=first))
            back.clicked.connect(lambda: self._take_back(giving))
            parts.append(back)
        slip = Button(_("In phiếu"), "quiet", name="print_slip")
        slip.setAccessibleName(_("In phiếu cấp phát {medicines}").format(medicines=first))
        slip.clicked.connect(lambda: self._print(giving))
        parts.insert(len(parts) if giving.taken_back_at else len(parts) - 1, slip)
        row = ListRow(first, self._second(giving), *parts, icon="pill", strong=giving.taken_back_at is None)
        row.setToolTip(plain_tip("\n".join(_dose_line(item.name, item.dose) for item in giving.items)))
        return row

    def _second(self, giving: Giving) -> str:
        when = moment_text(giving.given_at, self._desk.now().date())
        package = _("gói {code}").format(code=giving.package) if giving.package else _("thuốc lẻ")
        consent = _("có phiếu đồng ý") if giving.consent else ""
        own = _("có thuốc từ nguồn khác") if any(item.own_supply for item in giving.items) else ""
        why = _("thu lại: {why}").format(why=giving.taken_back_why) if giving.taken_back_at else giving.reason
        return " · ".join(filter(None, (when, package, own, giving.by_name, consent, why)))

    def _print(self, giving: Giving) -> None:
        if self._episode_id is not None:
            desk = self._desk
            training = desk.register.training
            op = partial(
                print_medicine_slip,
                desk.register.db,
                self._episode_id,
                giving.id,
                catalog=desk.catalog,
                training=training,
            )
            print_sheet(desk, self, op)

    def _returned(self, giving: Giving) -> bool:
        """Whether medicines of the store have come back to it; of today's both leave the same in its book."""
        today = self._desk.now().date()
        if giving.given_at.date() == today or not any(item.from_store for item in giving.items):
            return False
        title = _("Thuốc đã phát ra chưa?")
        text = _("Đã phát và nay thu về: kho ghi trả về hôm nay. Chỉ ghi nhầm: kho coi như chưa xuất.")
        return confirm(self, title, text, act=_("Đã thu về kho"), back=_("Ghi nhầm, chưa phát"))

    def _take_back(self, giving: Giving) -> None:
        returned = self._returned(giving)
        asking = kept_as(self._desk, "take_back", giving.id)
        reason = ask_reason(
            self,
            _("Thu lại lần cho thuốc này?"),
            _("Lần cho thuốc vẫn nằm trong sổ, ghi là đã thu lại cùng lý do."),
            act=_("Thu lại"),
            reason=_("Lý do"),
            keep=asking,
            heavy=True,
        )
        if reason:
            desk = self._desk
            by, now, name = desk.register.user_id, desk.now(), desk.register.user_name or ""
            op = partial(
                take_back, desk.register.db, giving.id, reason, by=by, now=now, by_name=name, returned=returned
            )
            desk.act(self, op, lambda _none: desk.said.emit(_("Đã ghi thu lại thuốc.")), draft=asking.settled)


def _dose_line(name: str, dose: str) -> str:
    return _("{name}: {dose}").format(name=name, dose=dose) if dose else name
