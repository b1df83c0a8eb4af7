"""The tab “Tiêm chủng” of a person's page: the places of the certificate, every dose, what stands before the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.station import get_station
from covidstation.db.queries.vaccine_events import events_of
from covidstation.domain.packs import PaperKind
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.doses import Dose, Slots
from covidstation.domain.vaccination.reactions import AdverseEvent, EventEnd
from covidstation.domain.vaccination.schedule_rules import ScheduleRule
from covidstation.domain.vaccination.screening import ReactionKind, reaction_words
from covidstation.domain.vaccination.stances import Stance
from covidstation.domain.vaccination.states import VaccineState
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages.vaccination_due import KINDS, due_sentence
from covidstation.services.vaccination.due import vaccine_state
from covidstation.services.vaccination.history import VaccineLook, look_at_vaccination, void_dose
from covidstation.services.vaccination.reactions import reopen_event
from covidstation.services.vaccination.standing import DeskRules, desk_rules
from covidstation.ui.desk import Desk, PaperWish
from covidstation.ui.drafts import kept_as
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.column import empty_column, inset
from covidstation.ui.parts.dialogs import SavingDialog, ask_reason
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.person.tabs import ActRows
from covidstation.ui.vaccination.certificate import open_certificate
from covidstation.ui.vaccination.dose import DoseDialog
from covidstation.ui.vaccination.due_words import MOST_NAMED, TONES, unsure_words
from covidstation.ui.vaccination.reaction_dialogs import EventDialog, EventEndDialog, ReportDialog
from covidstation.ui.vaccination.reaction_words import reaction_details, reaction_text
from covidstation.ui.vaccination.session_words import ENDS
from covidstation.ui.vaccination.slots import SlotStrip
from covidstation.ui.vaccination.stances import CloseStanceDialog, StanceDialog
from covidstation.ui.vaccination.words import (
    SOURCES,
    STANCE_TONES,
    STANCES,
    dose_details,
    place_text,
    stance_details,
    stance_words,
    vaccine_text,
)


class VaccineTab(ActRows):
    """It asks for itself: `show_person` when it comes into sight or something changed."""

    def __init__(self, desk: Desk, failed: Callable[[UserError], object]) -> None:
        super().__init__("vaccine_tab", _("Tiêm chủng"), desk)
        self._failed = failed
        self._look: VaccineLook | None = None
        self._rules: DeskRules | None = None

    def show_person(self, person_id: UUID, *, closed: bool = False) -> None:
        """Ask for that person; `closed` is somebody whom another station looks after."""
        desk, self._closed = self._desk, closed
        db, catalog, now = desk.register.db, desk.catalog, desk.now()

        def found() -> tuple[VaccineLook, VaccineState, tuple[AdverseEvent, ...], DeskRules]:
            look, rules = look_at_vaccination(db, person_id, catalog=catalog, now=now), desk_rules(db, catalog=catalog)
            return look, vaccine_state(db, person_id, catalog=catalog, now=now), events_of(db, person_id), rules

        desk.ask(self, found, lambda one: self.show_look(*one), self._failed)

    def show_look(
        self, look: VaccineLook, state: VaccineState, reactions: Sequence[AdverseEvent], rules: DeskRules
    ) -> None:
        """All of it anew, by the station's own `rules`."""
        self._look, self._rules = look, rules
        slots = look.slots  # all doses are counted for them
        empty_column(self.rows)
        self.rows.addWidget(inset(SectionHead(_("Giấy xác nhận"), _beyond(slots), *self._acts())))
        self.rows.addWidget(self._state_row(look, state, rules.schedule.rules))
        if not look.doses and not look.stances and not reactions:
            later = _("Ghi các mũi theo giấy, sổ tiêm hoặc lời kể; mũi trạm tiêm thì máy tự ghi.")
            self.rows.addWidget(EmptyPage("syringe", _("Chưa ghi mũi vắc xin nào"), later), 1)
            return
        self.rows.addSpacing(metrics.GAP)
        self.rows.addWidget(inset(SlotStrip(slots, look.products)))
        self.rows.addSpacing(metrics.GAP)
        if look.doses:
            self.rows.addWidget(inset(SectionHead(_("Các mũi đã tiêm"), "")))
        for dose in reversed(look.doses):
            self.rows.addWidget(self._dose_row(look, slots, dose))
        if look.doses or reactions:
            add = self._button(_("Ghi &phản ứng"), "add_reaction", self._add_reaction, icon="alert")
            none = "" if reactions else _("chưa ghi phản ứng nào")
            self.rows.addWidget(inset(SectionHead(_("Phản ứng sau tiêm"), none, add)))
        for event in reactions:
            self.rows.addWidget(self._reaction_row(event, reaction_words(rules.screenings)))
        if look.stances:
            self.rows.addWidget(inset(SectionHead(_("Vì sao chưa tiêm được"), "")))
        for stance in look.stances:
            self.rows.addWidget(self._stance_row(look, stance))
        self.rows.addStretch(1)

    def _state_row(self, look: VaccineLook, state: VaccineState, schedules: Sequence[ScheduleRule]) -> ListRow:
        """Which dose comes next, from when and why; by which rule, with which vaccines."""
        names = [look.products.name(code) for code in state.products[:MOST_NAMED]]
        offered = _("dùng được: {names}").format(names=", ".join(names)) if names else ""
        titles = {one.id: one.title for one in schedules}
        unsure = unsure_words(state, schedules)
        rule = f"{_('theo {rule}').format(rule=titles.get(state.rule, state.rule))} {unsure}".strip()
        chip = Chip(_(KINDS[state.kind]), TONES[state.kind])
        return ListRow(due_sentence(state), " · ".join(filter(None, (offered, rule))), chip, icon="calendar")

    def _acts(self) -> list[QWidget]:
        confirm = self._button(
            _("&In giấy xác nhận"), "print_vaccination", self._confirm, kind="quiet", icon="printer", right=Right.PRINT
        )
        confirm.setVisible(bool(self._look and self._look.doses))
        return [
            confirm,
            self._button(_("Đọc mã &QR"), "read_certificate", self._read_certificate, icon="document"),
            self._button(_("Chưa tiêm &được"), "add_stance", self._add_stance, icon="calendar"),
            self._button(_("Ghi &mũi tiêm"), "add_dose", self._add_dose, kind="primary", icon="syringe"),
        ]

    def _dose_row(self, look: VaccineLook, slots: Slots, dose: Dose) -> ListRow:
        place = slots.of(dose)
        where = place_text(*place) if place else place_text(dose.dose_class, dose.number)
        first = " · ".join((where, dose.given.text(), vaccine_text(dose, look.products)))
        acts: list[QWidget] = [
            Chip(_(SOURCES[dose.source]), "plain"),
            self._button(_("Sửa"), "edit_dose", partial(self._correct, dose), kind="quiet"),
            self._button(_("Huỷ"), "void_dose", partial(self._void, dose), kind="quiet"),
        ]
        second = " · ".join(filter(None, (dose_details(dose), dose.by_name)))
        return ListRow(first, second, *acts, icon="syringe", ink="accent")

    def _stance_row(self, look: VaccineLook, stance: Stance) -> ListRow:
        today = self._desk.now().date()
        acts: list[QWidget] = []
        if stance.open:
            acts = [
                Chip(_(STANCES[stance.kind]), STANCE_TONES[stance.kind]),
                self._button(_("Sửa"), "edit_stance", partial(self._edit_stance, stance), kind="quiet"),
                self._button(_("Không còn"), "close_stance", partial(self._close_stance, stance), kind="quiet"),
            ]
        ink: Ink = "accent" if stance.open else "muted"
        words, details = stance_words(stance, look.products), stance_details(stance, today)
        return ListRow(words, details, *acts, icon="calendar", ink=ink, strong=stance.open)

    def _reaction_row(self, event: AdverseEvent, known: Mapping[str, ReactionKind]) -> ListRow:
        """What it was and since when; one that goes on can be put right and ended, one that has ended opened again."""
        when = f"{event.began_at:%H:%M %d/%m/%Y}" if event.began_at else ""
        words = " · ".join(filter(None, (when, reaction_text(event, known))))
        acts: list[QWidget] = []
        if event.end is EventEnd.MISTAKE:
            acts = [Chip(_(ENDS[event.end]), "plain")]
        else:
            acts = [Chip(_("nặng"), "red") if event.severe else Chip(_("thông thường"), "yellow")]
        if event.open:
            acts.append(self._button(_("Sửa"), "edit_reaction", partial(self._add_reaction, event), kind="quiet"))
            acts.append(self._button(_("Kết thúc"), "end_reaction", partial(self._end_reaction, event), kind="quiet"))
        else:
            acts.append(self._button(_("Mở lại"), "reopen_reaction", partial(self._reopen, event), kind="quiet"))
        if event.unreported:
            told = self._button(_("Đã báo"), "report_reaction", partial(self._report, event), kind="quiet")
            acts.append(told)
        ink: Ink = "muted" if not event.open else "danger" if event.severe else "warn"
        details = " · ".join(filter(None, (reaction_details(event), event.by_name)))
        return ListRow(words, details, *acts, icon="alert", ink=ink, strong=event.severe and event.open)

    def _confirm(self) -> None:
        """The paper with its number, on its page."""
        if self._look is not None:
            self._desk.want_paper.emit(PaperWish((), kind=PaperKind.VACCINATION, person_ids=(self._look.person_id,)))

    def _read_certificate(self) -> None:
        """The code on a certificate, for this person."""
        if self._look is not None:
            open_certificate(self._desk, self, person_id=self._look.person_id)

    def _add_dose(self) -> None:
        if self._look is not None:
            self._run(DoseDialog(self._desk, self, self._look), _("Đã ghi mũi tiêm"))

    def _correct(self, dose: Dose) -> None:
        if self._look is not None:
            self._run(DoseDialog(self._desk, self, self._look, wrong_one=dose), _("Đã sửa mũi tiêm"))

    def _void(self, dose: Dose) -> None:
        desk, register = self._desk, self._desk.register
        words = _("Mũi này vẫn còn trong sổ, ghi là đã huỷ. Liều lấy từ kho trở lại như chưa xuất.")
        title = _("Huỷ mũi tiêm ngày {day}").format(day=dose.given.text())
        keep = kept_as(desk, "void_dose", dose.id.hex)
        reason = ask_reason(self, title, words, act=_("Huỷ mũi tiêm"), reason=_("Vì sao"), keep=keep, heavy=True)
        if reason:
            op = partial(
                void_dose, register.db, dose.id, reason, catalog=desk.catalog, by=register.user_id,
                by_name=register.user_name or "", now=desk.now(),
            )  # fmt: skip
            desk.act(self, op, lambda _none: desk.said.emit(_("Đã huỷ mũi tiêm")), self._failed)

    def _add_stance(self) -> None:
        if self._look is not None:
            self._run(StanceDialog(self._desk, self, self._look), _("Đã ghi"))

    def _edit_stance(self, stance: Stance) -> None:
        if self._look is not None:
            self._run(StanceDialog(self._desk, self, self._look, known=stance), _("Đã sửa"))

    def _close_stance(self, stance: Stance) -> None:
        if self._look is not None:
            self._run(CloseStanceDialog(self._desk, self, self._look, stance), _("Đã ghi"))

    def _add_reaction(self, known: AdverseEvent | None = None) -> None:
        """A new one of this person, or another word on `known`."""
        look, rules = self._look, self._rules
        if look is not None and rules is not None:
            rule = rules.screening(self._desk.now().date())
            words = _("Đã ghi phản ứng") if known is None else _("Đã sửa phản ứng")
            dialog = EventDialog(self._desk, self, rule, look.person_id, look.full_name, doses=look.doses, known=known)
            self._run(dialog, words)

    def _end_reaction(self, event: AdverseEvent) -> None:
        self._run(EventEndDialog(self._desk, self, event), _("Đã kết thúc theo dõi"))

    def _reopen(self, event: AdverseEvent) -> None:
        """It goes on after all, or was none by mistake."""
        desk = self._desk
        register, now = desk.register, desk.now()
        op = partial(reopen_event, register.db, event.id, catalog=desk.catalog, by=register.user_id, now=now)
        desk.act(self, op, lambda _one: desk.said.emit(_("Đã mở lại")), self._failed)

    def _report(self, event: AdverseEvent) -> None:
        """The upper level of the station was told."""
        desk = self._desk
        desk.ask(
            self,
            partial(get_station, desk.register.db),
            lambda station: self._run(ReportDialog(desk, self, event, station.upper_name), _("Đã ghi lần báo")),
            self._failed,
        )

    def _run(self, dialog: SavingDialog, words: str) -> None:
        run_dialog(self._desk, dialog, words)


def _beyond(slots: Slots) -> str:
    """How many doses the paper has no place for."""
    count = len(slots.beyond)
    return _("còn {count} mũi ngoài các ô").format(count=count) if count else ""
