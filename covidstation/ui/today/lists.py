"""Who stands behind a line of Hôm nay: those to call, to visit after the illness, or whose hours run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.care_due import CallDue, FollowUpDue
from covidstation.db.queries.vaccine_revisits import Revisit
from covidstation.domain.hours import Step
from covidstation.i18n import _, date_text, moment_text
from covidstation.services.care.isolation import RunningHours, mark_step
from covidstation.services.reports.today import TodaysWork
from covidstation.services.vaccination.history import look_at_vaccination
from covidstation.ui.care.calls import CallDialog
from covidstation.ui.care.follow_up import FollowUpDialog
from covidstation.ui.desk import Desk
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.status_parts import age_text
from covidstation.ui.today.keys import Key
from covidstation.ui.today.people import PersonLine
from covidstation.ui.vaccination.stances import StanceDialog
from covidstation.ui.vaccination.words import STANCES

People = tuple[str, str, list[PersonLine]]  # title, second words, lines
Maker = Callable[[Desk, QWidget, TodaysWork], People]


def _run(desk: Desk, dialog: ActDialog, said: str) -> None:
    dialog.saved.connect(lambda: desk.said.emit(said))
    dialog.exec()
    dialog.deleteLater()


def _calls(desk: Desk, page: QWidget, work: TodaysWork) -> People:
    today = desk.now().date()

    def line(one: CallDue) -> PersonLine:
        def call() -> None:
            dialog = CallDialog(
                desk,
                page,
                person_id=one.person_id,
                full_name=one.full_name,
                phone=one.phone,
                episode_id=one.episode_id,
                contact_id=one.contact_id,
                alerts=[alert.id for alert in work.alerts if alert.person_id == one.person_id],
            )
            _run(desk, dialog, _("Đã ghi cuộc gọi"))

        when = _("hẹn {moment}").format(moment=moment_text(one.next_at, today))
        second = " · ".join(filter(None, (when, one.hamlet, one.phone, one.summary)))
        return PersonLine(
            person_id=one.person_id, name=one.full_name, second=second, act=_("Ghi cuộc gọi"), icon="phone", do=call
        )

    return _("Hẹn gọi"), _("Hẹn lâu nhất đứng trước"), [line(one) for one in work.calls]


def _follow_ups(desk: Desk, page: QWidget, work: TodaysWork) -> People:
    def line(one: FollowUpDue) -> PersonLine:
        def note() -> None:
            _run(desk, FollowUpDialog(desk, page, one.id, one.means), _("Đã ghi lần hỏi thăm"))

        due = _("hẹn {day}").format(day=date_text(one.due_on))
        well = _("khỏi {day}").format(day=date_text(one.recovered_on)) if one.recovered_on else ""
        second = " · ".join(filter(None, (due, well, one.hamlet, one.phone)))
        return PersonLine(
            person_id=one.person_id, name=one.full_name, second=second, act=_("Ghi kết quả"), icon="heart", do=note
        )

    return _("Thăm sau khỏi bệnh"), _("Trong 12 tháng sau khi khỏi"), [line(one) for one in work.follow_ups]


def _hours(desk: Desk, page: QWidget, work: TodaysWork) -> People:
    acts = {
        Step.PROPOSED: _("Đề nghị bây giờ"),
        Step.DECIDED: _("Xem, in quyết định"),
        Step.TOLD: _("Đã báo bây giờ"),
    }

    def line(one: RunningHours) -> PersonLine:
        step = one.hours.running
        assert step is not None  # a clock that does not run is not listed
        due = _("hạn {moment}").format(moment=f"{step.due:%H:%M %d/%m}") if step.due else ""
        late = _("quá {age}").format(age=age_text(step.late)) if step.late else ""
        second = " · ".join(filter(None, (due, late, one.who.hamlet, one.who.phone)))
        return PersonLine(
            person_id=one.who.person_id,
            name=one.who.full_name,
            second=second,
            act=acts[step.step],
            icon="printer" if step.step is Step.DECIDED else "check",
            do=partial(_do_step, desk, page, one),
        )

    second = _("Phát hiện, đề nghị, quyết định, báo cho người bệnh: mỗi bước có hạn của nó")
    return _("Giờ cách ly"), second, [line(one) for one in work.hours]


def _do_step(desk: Desk, page: QWidget, one: RunningHours) -> None:
    """The decision is a paper; the other steps are a moment."""
    step, episode_id = one.hours.running, one.who.episode_id
    if step is None or episode_id is None:
        return
    if step.step is Step.DECIDED:
        desk.open_paper([episode_id])
        return
    now, by = desk.now(), desk.register.user_id
    at = now.replace(tzinfo=None)
    op = partial(mark_step, desk.register.db, episode_id, step.step, at=at, by=by, now=now)
    desk.act(page, op, lambda _none: desk.said.emit(_("Đã ghi giờ")))


def _revisits(desk: Desk, page: QWidget, work: TodaysWork) -> People:
    def line(one: Revisit) -> PersonLine:
        def ask() -> None:
            db, catalog = desk.register.db, desk.catalog
            op = partial(look_at_vaccination, db, one.person_id, catalog=catalog, now=desk.now())
            desk.ask(page, op, lambda look: _run(desk, StanceDialog(desk, page, look, known=one.stance), _("Đã ghi")))

        due = _("hẹn {day}").format(day=date_text(one.day))
        what = _(STANCES[one.stance.kind])
        second = " · ".join(filter(None, (due, what, one.stance.reason, one.stance.next_step, one.hamlet, one.phone)))
        return PersonLine(
            person_id=one.person_id, name=one.full_name, second=second, act=_("Ghi kết quả"), icon="pencil", do=ask
        )

    second = _("Từ chối, chống chỉ định, không đến được: việc tiếp theo đã đến ngày")
    return _("Hẹn về vắc xin"), second, [line(one) for one in work.revisits]


MAKERS: Final[dict[Key, Maker]] = {
    Key.CALLS: _calls, Key.FOLLOW_UPS: _follow_ups, Key.HOURS: _hours, Key.REVISITS: _revisits,
}  # fmt: skip
