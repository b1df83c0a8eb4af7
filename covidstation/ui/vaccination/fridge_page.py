"""Tủ lạnh: the temperature typed twice a day, the month in a chart and a table, the lots that were outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from covidstation.domain.vaccination.fridge import Fridge, LotInside, Reading, ReadingDraft, degrees
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Changes, Done, Kind
from covidstation.services.vaccination.fridge import record_reading, void_reading
from covidstation.services.vaccination.fridge_look import FridgeLook, look_at_fridges
from covidstation.services.vaccination.fridge_lots import put_aside, take_back_verdict
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.parts.dialogs import ask_reason, confirm
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.vaccination.fridge_chart import show_month
from covidstation.ui.vaccination.fridge_columns import BookLine, LotLine, book_lines, lot_lines
from covidstation.ui.vaccination.fridge_dialogs import FridgeDialog, KeepDialog, ReadingDialog, bounds_words, tenths
from covidstation.ui.vaccination.fridge_frame import FridgeFrame
from covidstation.ui.vaccination.fridge_output import Failed, keep_month, print_month


class FridgePage(FridgeFrame):
    """The temperature field has the keyboard; Enter keeps it. Enter on a line of the book opens the reading."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._look: FridgeLook | None = None
        self._connect()

    def load(self) -> None:
        """The fridge in hand, its month; the keyboard starts in the field."""
        self._ask()
        QTimer.singleShot(0, self, lambda: self.temperature.setFocus() if self.isVisible() else None)

    def _ask(self) -> None:
        desk, today = self._desk, self._desk.now().date()
        self.month.show_until(today)
        month = self.month.value() or today
        op = partial(
            look_at_fridges, desk.register.db, self.fridge.value(), month, catalog=desk.catalog, now=desk.now()
        )
        desk.ask(self, op, self._show, self._failed)

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & {Kind.VACCINES, Kind.SUPPLIES, Kind.RULES}:
            self._ask()

    def show_part(self, part: str) -> None:
        """`outside`, `missed`, `lots`: that view."""
        if part in ("month", "outside", "missed", "lots"):
            self.view.set_value(part)
            self._fill()

    def bar_actions(self) -> Sequence[QWidget]:
        """What is done with the line in hand."""
        if self.view.value() == "lots":
            return (self.undo, self.keep, self.aside)
        return (self.void, self.correct, self.other)

    def _connect(self) -> None:
        desk = self._desk
        self.temperature.returnPressed.connect(self._write)
        self.write.clicked.connect(self._write)
        self.fridge.picked.connect(lambda _key: self.load())
        self.month.picked.connect(lambda _key: self._ask())
        self.view.chosen.connect(lambda _key: self._fill())
        for table in (self.table, self.lot_table):
            table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say())
        self.table.opened.connect(lambda _line: self._correct())
        self.to_vaccines.clicked.connect(lambda: desk.want_page.emit("vaccination"))
        self.to_store.clicked.connect(lambda: desk.want_page.emit("supplies"))
        for button in (self.add_one, self.first):
            button.clicked.connect(lambda: run_dialog(desk, FridgeDialog(desk, self), _("Đã thêm tủ")))
        self.edit_one.clicked.connect(self._edit_fridge)
        self.other.clicked.connect(lambda: self._open_reading())
        self.correct.clicked.connect(self._correct)
        self.void.clicked.connect(self._void)
        self.aside.clicked.connect(self._put_aside)
        self.keep.clicked.connect(self._keep)
        self.undo.clicked.connect(self._take_back)
        self.paper.clicked.connect(lambda: self._out(print_month))
        self.excel.clicked.connect(lambda: self._out(keep_month))

    def _show(self, look: FridgeLook) -> None:
        self._look = look
        month = look.month
        kept = month.fridge.id if month else None
        ended = _("ngừng dùng")
        self.fridge.set_choices(
            [(one.id, one.name if one.ended_on is None else f"{one.name} ({ended})") for one in look.fridges]
        )
        if kept is not None:
            self.fridge.set_value(kept)
        self.show_any(bool(look.fridges))
        rule = bounds_words(look.rule)
        self.set_title(
            _("Tủ lạnh"), _("giữ vắc xin ở {bounds}, đo mỗi ngày {n} lần").format(bounds=rule, n=len(look.rule.turns))
        )
        if month is not None:
            show_month(self.chart, month, look.rules)
            self.chart_row.setVisible(bool(month.readings))
            self.view.set_count("outside", sum(one.outside for one in month.readings))
            self.view.set_count("missed", len(month.gaps))
        self.view.set_count("lots", len(look.waiting))
        self._say_state(look)
        self._fill()

    def _say_state(self, look: FridgeLook) -> None:
        """Beside the field: what is due, or the last reading."""
        one = look.month.fridge if look.month else None
        if one is None:
            return
        last = next((r for r in look.last if r.fridge_id == one.id), None)
        told = ""
        if last is not None:
            told = _("Lần cuối {t} °C, {at}").format(t=degrees(last.temperature), at=f"{last.at:%H:%M %d/%m}")
        used = one.ended_on is None
        if used and one.id in look.due:
            told = ". ".join(filter(None, (_("Buổi này chưa đo"), told)))
        for widget in (self.temperature, self.write, self.other):
            widget.setEnabled(used)
        self.state.setText(told if used else _("Tủ này đã ngừng dùng"))

    def _fill(self) -> None:
        look = self._look
        if look is None:
            return
        view = self.view.value()
        if view == "lots":
            self.lot_model.set_records(lot_lines(look))
        else:
            self.model.set_records([line for line in book_lines(look) if _in_view(line, view)])
        self.show_view(view == "lots")
        self.actions_changed.emit()
        self._say()

    def _line(self) -> BookLine | None:
        return self.table.current_record() if self.model.rowCount() else None

    def _lots(self) -> LotLine | None:
        return self.lot_table.current_record() if self.lot_model.rowCount() else None

    def _say(self) -> None:
        line, lot = self._line(), self._lots()
        for button in (self.correct, self.void):
            button.setEnabled(line is not None and line.reading is not None)
        for button in (self.keep, self.aside):
            button.setEnabled(lot is not None and lot.verdict is None)
        self.undo.setEnabled(lot is not None and lot.verdict is not None)

    def _fridge(self) -> Fridge | None:
        return self._look.month.fridge if self._look is not None and self._look.month is not None else None

    def _write(self) -> None:
        """Keep what stands in the field as a reading of now; an alarm opens its form."""
        look, one, value = self._look, self._fridge(), tenths(self.temperature)
        if look is None or one is None or one.ended_on is not None:
            return
        if value is None:
            self.temperature.selectAll()
            return
        if look.rule.outside(value):
            self._open_reading(value)
            return
        register, now = self._desk.register, self._desk.now()
        op: Callable[[], Done[Any]] = partial(
            record_reading, register.db, ReadingDraft(fridge_id=one.id, temperature=value), catalog=self._desk.catalog,
            by=register.user_id, by_name=register.user_name or "", now=now,
        )  # fmt: skip
        self._desk.act(self, op, self._written, lambda trouble: self._refused(trouble, value))

    def _written(self, reading: Reading) -> None:
        """On to the next fridge that waits."""
        look, one = self._look, self._fridge()
        words = _("Đã ghi {t} °C, {name}")
        self._desk.said.emit(words.format(t=degrees(reading.temperature), name=one.name if one else ""))
        self.temperature.clear()
        waiting = [f for f in look.used if f.id in look.due and f.id != reading.fridge_id] if look else []
        if waiting:
            self.fridge.set_value(waiting[0].id)
        self.month.set_value(self._desk.now().date().replace(day=1))
        self._ask()

    def _refused(self, trouble: UserError, value: int) -> None:
        """What is only asked back is said in the form."""
        if isinstance(trouble, Refused):
            self._open_reading(value)
        else:
            self._failed(trouble)

    def _open_reading(self, value: int | None = None) -> None:
        look, one = self._look, self._fridge()
        if look is None or one is None:
            return
        dialog = ReadingDialog(self._desk, self, one, look.rules, temperature=value)
        dialog.saved.connect(self.temperature.clear)
        run_dialog(self._desk, dialog, _("Đã ghi nhiệt độ"))

    def _correct(self) -> None:
        line, look, one = self._line(), self._look, self._fridge()
        if line is None or line.reading is None or look is None or one is None:
            return
        dialog = ReadingDialog(self._desk, self, one, look.rules, known=line.reading)
        run_dialog(self._desk, dialog, _("Đã sửa lần đo"))

    def _void(self) -> None:
        line = self._line()
        if line is None or line.reading is None:
            return
        one = line.reading
        text = _("{t} °C lúc {at}. Lần đo vẫn còn trong sổ nhưng không tính nữa.")
        reason = ask_reason(
            self, _("Xoá lần đo"), text.format(t=degrees(one.temperature), at=f"{one.at:%H:%M %d/%m/%Y}"),
            act=_("Xoá lần đo"), reason=_("Vì sao"), keep=kept_as(self._desk, "fridge_reading", one.id), heavy=True,
        )  # fmt: skip
        if reason:
            self._act(void_reading, one.id, reason, said=_("Đã xoá lần đo"))

    def _put_aside(self) -> None:
        line = self._lots()
        if line is None:
            return
        text = _("{lot} ra khỏi kho và không tiêm nữa, cả lọ đang ở buổi tiêm. Lấy lại được nếu quyết định nhầm.")
        if confirm(self, _("Để riêng, không dùng"), text.format(lot=_named(line.lot)), act=_("Để riêng")):
            self._act(put_aside, line.reading.id, [line.lot.lot_id], said=_("Đã để riêng"))

    def _keep(self) -> None:
        line = self._lots()
        if line is not None:
            run_dialog(self._desk, KeepDialog(self._desk, self, line.reading, (line.lot,)), _("Đã ghi, lô dùng tiếp"))

    def _take_back(self) -> None:
        line = self._lots()
        if line is not None and line.verdict is not None:
            self._act(take_back_verdict, line.verdict.id, said=_("Đã lấy lại quyết định"))

    def _act(self, service: Callable[..., Done[Any]], *given: object, said: str) -> None:
        register = self._desk.register
        who = {"by": register.user_id, "by_name": register.user_name or "", "now": self._desk.now()}
        op = partial(service, register.db, *given, **who)
        self._desk.act(self, op, lambda _value: self._desk.said.emit(said), self._failed)

    def _edit_fridge(self) -> None:
        one = self._fridge()
        if one is not None:
            run_dialog(self._desk, FridgeDialog(self._desk, self, one), _("Đã sửa tủ"))

    def _out(self, act: Callable[[Desk, QWidget, UUID, date, Failed], None]) -> None:
        one = self._fridge()
        if one is not None:
            act(self._desk, self, one.id, self.month.value(), self._failed)

    def _failed(self, trouble: UserError) -> None:
        problems = getattr(trouble, "problems", ())
        self.banner.show_message("danger", sentence(problems[0] if problems else trouble))


def _named(lot: LotInside) -> str:
    return " ".join(filter(None, (lot.item, lot.number)))


def _in_view(line: BookLine, view: str) -> bool:
    if view == "outside":
        return line.reading is not None and line.reading.outside
    return view != "missed" or line.gap is not None
