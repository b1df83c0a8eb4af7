"""The tab “Mạn tính” of a person's page: diseases, how they stand over time, every visit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.domain.chronic import Condition
from covidstation.domain.chronic_visits import ChronicVisit
from covidstation.domain.rights import Right
from covidstation.domain.targets import Result
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.services.chronic.conditions import follow_again
from covidstation.services.chronic.paper import chronic_sheet_pdf
from covidstation.services.chronic.tracks import glucose_picture, pressure_picture
from covidstation.services.chronic.visits import ChronicLook, look_at_chronic, void_chronic_visit
from covidstation.ui.chronic.acts import ChronicCallDialog, ConditionDialog, RemoveDialog
from covidstation.ui.chronic.chart import TargetChart
from covidstation.ui.chronic.visit import ChronicVisitDialog
from covidstation.ui.chronic.words import PLACES, REASONS, RESULTS, measured_words, said_words
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.column import empty_column, inset
from covidstation.ui.parts.dialogs import ask_reason
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.person.tabs import ActRows


class ChronicTab(ActRows):
    """It asks for itself: `show_person` when it comes into sight or something changed."""

    def __init__(self, desk: Desk, failed: Callable[[UserError], object]) -> None:
        super().__init__("chronic_tab", _("Mạn tính"), desk)
        self._failed = failed
        self._look: ChronicLook | None = None

    def show_person(self, person_id: UUID, *, closed: bool = False) -> None:
        """Ask for that person; `closed` is somebody whom another station looks after."""
        desk, self._closed = self._desk, closed
        op = partial(look_at_chronic, desk.register.db, person_id, catalog=desk.catalog, now=desk.now())
        desk.ask(self, op, self.show_look, self._failed)

    def show_look(self, look: ChronicLook) -> None:
        """All of it anew."""
        self._look = look
        empty_column(self.rows)
        if not look.record.conditions and not look.record.visits:
            self._show_none(look)
            return
        self.rows.addWidget(inset(SectionHead(_("Bệnh mạn tính"), self._elder_words(look), *self._acts())))
        for condition in look.record.conditions:
            self.rows.addWidget(self._condition_row(look, condition))
        self.rows.addWidget(self._charts(look))
        count = len(look.record.visits)
        self.rows.addWidget(inset(SectionHead(_("Các lần khám"), _("{n} lần").format(n=count) if count else "")))
        for visit in look.record.visits:
            self.rows.addWidget(self._visit_row(visit))
        self.rows.addStretch(1)

    def _show_none(self, look: ChronicLook) -> None:
        self.rows.addWidget(inset(SectionHead(_("Bệnh mạn tính"), self._elder_words(look), *self._acts())))
        later = _("Tăng huyết áp, đái tháo đường và bệnh khác của người này sẽ ở đây, cùng các lần khám và biểu đồ.")
        self.rows.addWidget(EmptyPage("heart", _("Chưa theo dõi bệnh mạn tính"), later), 1)

    def _elder_words(self, look: ChronicLook) -> str:
        if not look.elder:
            return ""
        if look.checked_on is not None:
            return _("cao tuổi, đã khám định kỳ {day}").format(day=date_text(look.checked_on))
        return _("cao tuổi, năm nay chưa khám định kỳ")

    def _acts(self) -> Iterable[Button]:
        shown = [
            self._button(_("In &phiếu"), "print_chronic", self._print, kind="quiet", icon="printer", right=Right.PRINT)
        ]
        shown.append(self._button(_("&Gọi điện"), "tab_chronic_call", self._call, icon="phone"))
        shown.append(self._button(_("Thêm &bệnh"), "add_condition", self._add, icon="plus"))
        shown.append(self._button(_("Ghi &khám"), "tab_chronic_visit", self._visit, kind="primary", icon="pulse"))
        return shown

    def _condition_row(self, look: ChronicLook, condition: Condition) -> ListRow:
        told = condition.diagnosed.text() if condition.diagnosed else ""
        where = f" {condition.diagnosed_at}" if condition.diagnosed_at else ""
        since = date_text(condition.registered_on) if condition.registered_on else ""
        parts = [
            _("chẩn đoán {when}").format(when=f"{told}{where}".strip()) if told or where else "",
            _("theo dõi từ {day}").format(day=since) if since else "",
            condition.treatment,
            condition.note,
        ]
        if condition.removed_reason is not None:
            day = date_text(condition.removed_on) if condition.removed_on else ""
            gone = _("thôi theo dõi {day}: {why}").format(day=day, why=_(REASONS[condition.removed_reason]))
            parts = [gone, condition.removed_note]
        first = f"{look.label(condition)} · {condition.code}"
        acts = self._condition_acts(look, condition)
        ink: Ink = "accent" if condition.active else "muted"
        return ListRow(first, " · ".join(filter(None, parts)), *acts, icon="heart", ink=ink, strong=condition.active)

    def _condition_acts(self, look: ChronicLook, condition: Condition) -> Iterable[QWidget]:
        key = condition.code
        if not condition.active:
            if key in {one.code for one in look.record.active}:
                return ()
            again = partial(self._follow_again, condition)
            return (self._button(_("Theo dõi lại"), f"again_{key}", again, kind="quiet"),)
        edit, remove = partial(self._edit, condition), partial(self._remove, condition, look.label(condition))
        return (
            self._button(_("Sửa"), f"edit_{key}", edit, kind="quiet"),
            self._button(_("Thôi theo dõi"), f"remove_{key}", remove, kind="quiet"),
        )

    def _charts(self, look: ChronicLook) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 8)
        row.setSpacing(24)
        for name, shown in (("pressure_chart", pressure_picture(look)), ("glucose_chart", glucose_picture(look))):
            if shown is not None:
                row.addWidget(TargetChart(name, shown), 1)
        holder.setVisible(row.count() > 0)
        return holder

    def _visit_row(self, visit: ChronicVisit) -> ListRow:
        words, tone = RESULTS[visit.result]
        place = _(PLACES[visit.place])
        yearly = _("khám định kỳ năm") if visit.yearly else ""
        first = " · ".join(filter(None, (date_text(visit.day), place, yearly, measured_words(visit))))
        chips = [Chip(_(words), tone)] if visit.result is not Result.UNKNOWN or visit.systolic is not None else []
        second = " · ".join(filter(None, (said_words(visit), _next(visit), visit.by_name)))
        edit = self._button(_("Sửa"), "edit_visit", partial(self._correct, visit), kind="quiet")
        void = self._button(_("Huỷ"), "void_visit", partial(self._void, visit), kind="quiet")
        return ListRow(first, second, *chips, edit, void, icon="pulse")

    def _visit(self) -> None:
        if self._look is not None:
            elder = self._look.elder and self._look.checked_on is None and not self._look.record.active
            self._run(ChronicVisitDialog(self._desk, self, self._look, yearly=elder), _("Đã ghi lần khám"))

    def _correct(self, visit: ChronicVisit) -> None:
        if self._look is not None:
            self._run(ChronicVisitDialog(self._desk, self, self._look, wrong_one=visit), _("Đã sửa lần khám"))

    def _void(self, visit: ChronicVisit) -> None:
        desk = self._desk
        words = _("Lần khám vẫn còn trong sổ, ghi là đã huỷ.")
        title = _("Huỷ lần khám ngày {day}").format(day=date_text(visit.day))
        keep = kept_as(desk, "void_chronic_visit", visit.id.hex)
        reason = ask_reason(self, title, words, act=_("Huỷ lần khám"), reason=_("Vì sao"), keep=keep, heavy=True)
        if reason:
            register = desk.register
            op = partial(
                void_chronic_visit, register.db, visit.id, reason, by=register.user_id, by_name=register.user_name,
                now=desk.now(),
            )  # fmt: skip
            desk.act(self, op, lambda _none: desk.said.emit(_("Đã huỷ lần khám")), self._failed)

    def _add(self) -> None:
        look = self._look
        if look is not None:
            dialog = ConditionDialog(self._desk, self, look.shelf, person_id=look.person_id, full_name=look.full_name)
            self._run(dialog, _("Đã thêm bệnh"))

    def _edit(self, condition: Condition) -> None:
        look = self._look
        if look is not None:
            dialog = ConditionDialog(
                self._desk, self, look.shelf, person_id=look.person_id, full_name=look.full_name, known=condition
            )
            self._run(dialog, _("Đã sửa"))

    def _remove(self, condition: Condition, label: str) -> None:
        self._run(RemoveDialog(self._desk, self, condition, label), _("Đã thôi theo dõi"))

    def _follow_again(self, condition: Condition) -> None:
        desk = self._desk
        op = partial(
            follow_again, desk.register.db, condition.id, catalog=desk.catalog, by=desk.register.user_id,
            by_name=desk.register.user_name, now=desk.now(),
        )  # fmt: skip
        desk.act(self, op, lambda _value: desk.said.emit(_("Đã theo dõi lại")), self._failed)

    def _call(self) -> None:
        look = self._look
        if look is not None:
            dialog = ChronicCallDialog(
                self._desk, self, person_id=look.person_id, full_name=look.full_name, phone=look.phone
            )
            self._run(dialog, _("Đã ghi cuộc gọi"))

    def _run(self, dialog: ChronicVisitDialog | ConditionDialog | RemoveDialog | ChronicCallDialog, words: str) -> None:
        run_dialog(self._desk, dialog, words)

    def _print(self) -> None:
        look, desk = self._look, self._desk
        if look is None:
            return
        db = desk.register.db

        def made() -> tuple[bytes, str]:
            pdf = chronic_sheet_pdf(db, look.person_id, catalog=desk.catalog, now=desk.now())
            return pdf, get_setting(db, "printer")

        name = f"phieu-man-tinh-{look.person_id.hex[:8]}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)


def _next(visit: ChronicVisit) -> str:
    return _("hẹn {day}").format(day=date_text(visit.next_on)) if visit.next_on else ""
