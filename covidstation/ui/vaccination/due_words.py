"""How a line of the due list stands in its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from covidstation.db.queries.vaccine_due import DueLine
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.schedule_rules import ScheduleRule
from covidstation.domain.vaccination.states import DueKind, Stage, VaccineState, Why
from covidstation.i18n import N_, _, date_text
from covidstation.messages.vaccination_due import dose_words, due_reason, mark_words, step_words
from covidstation.ui.look.tokens import Tone
from covidstation.ui.parts.records import Cell

VIEWS: Final[tuple[tuple[str, frozenset[DueKind], str], ...]] = (
    ("due", frozenset((DueKind.DUE,)), N_("Đến hạn")),
    ("overdue", frozenset((DueKind.OVERDUE,)), N_("Quá hạn")),
    ("not_yet", frozenset((DueKind.NOT_YET,)), N_("Chưa đến hạn")),
    ("deferred", frozenset((DueKind.DEFERRED,)), N_("Trì hoãn")),
    ("refused", frozenset((DueKind.REFUSED,)), N_("Từ chối")),
    ("contraindicated", frozenset((DueKind.CONTRAINDICATED,)), N_("Chống chỉ định")),
    ("unknown", frozenset((DueKind.UNKNOWN,)), N_("Hỏi thêm")),
    ("complete", frozenset((DueKind.COMPLETE,)), N_("Đủ mũi")),
    ("young", frozenset((DueKind.NOT_ELIGIBLE,)), N_("Ngoài diện")),
    ("all", frozenset(), N_("Tất cả")),
)
"""The lists: a key, the states in it, its words. Each person is in one of them, and in the last."""
STAGES: Final[tuple[tuple[str, frozenset[Stage], str], ...]] = (
    ("", frozenset(), N_("Mọi mũi")),
    ("none", frozenset((Stage.NONE,)), N_("Chưa tiêm")),
    ("told", frozenset((Stage.TOLD,)), N_("Có kể, chưa vào sổ")),
    ("part", frozenset((Stage.PART,)), N_("Chưa đủ mũi cơ bản")),
    ("basic", frozenset((Stage.BASIC,)), N_("Đủ cơ bản, chưa nhắc lại")),
    ("boosted", frozenset((Stage.BOOSTED,)), N_("Đã nhắc lại")),
)
MOST_NAMED: Final = 4  # vaccines in a sentence
AWAY: Final = "away"
"""Beside the stages: who cannot come to the place of vaccination, whatever they had."""
TONES: Final[Mapping[DueKind, Tone]] = {
    DueKind.DUE: "blue",
    DueKind.OVERDUE: "orange",
    DueKind.NOT_YET: "plain",
    DueKind.DEFERRED: "yellow",
    DueKind.REFUSED: "orange",
    DueKind.CONTRAINDICATED: "red",
    DueKind.UNKNOWN: "yellow",
    DueKind.COMPLETE: "green",
    DueKind.NOT_ELIGIBLE: "grey",
}


def day_cell(line: DueLine) -> Cell:
    """Since when or from when; of somebody refused, deferred or contraindicated the day to look again."""
    state = line.state
    words = {
        DueKind.DUE: _("từ {day}"), DueKind.OVERDUE: _("quá từ {day}"), DueKind.NOT_YET: _("từ {day}"),
        DueKind.COMPLETE: _("xong {day}"), DueKind.NOT_ELIGIBLE: _("từ {day}"),
    }.get(state.kind, _("xem lại {day}"))  # fmt: skip
    day = state.since if state.kind in (DueKind.OVERDUE, DueKind.COMPLETE) else state.due_on
    asked = _("hỏi mũi đã tiêm") if state.why in (Why.TOLD, Why.TOLD_MORE) else _("hỏi ngày sinh")
    plain = {
        DueKind.COMPLETE: _("đủ mũi"), DueKind.NOT_ELIGIBLE: _("chưa có lịch"), DueKind.UNKNOWN: asked,
        DueKind.REFUSED: _("từ chối"), DueKind.DEFERRED: _("trì hoãn"), DueKind.CONTRAINDICATED: _("chống chỉ định"),
    }  # fmt: skip
    text = words.format(day=date_text(day)) if day else plain.get(state.kind, "")
    return Cell(text, chip=TONES[state.kind])


def next_cell(line: DueLine) -> Cell:
    """Which dose comes next, and how many there were."""
    state = line.state
    had = _("đã {n} mũi").format(n=state.doses) if state.doses else _("chưa tiêm")
    return Cell(dose_words(state.next), small=had) if state.next else Cell(had, "hint", "muted")


def offered_words(line: DueLine, products: Products) -> str:
    """Which vaccines may be given next."""
    names = [products.name(code) for code in line.state.products[:MOST_NAMED]]
    return _("Dùng được: {names}.").format(names=", ".join(names)) if names else ""


def unsure_words(state: VaccineState, schedules: Iterable[ScheduleRule]) -> str:
    """That nobody has held the rule behind a state against its circular; empty where somebody has."""
    sure = any(one.id == state.rule and one.confirmed for one in schedules)
    return "" if sure else _("(lịch chưa xác nhận)")


def why_cell(line: DueLine) -> Cell:
    """Why, in one sentence; who must not have a vaccine, who cannot come, and who expects a child, first."""
    barred = _("Có vắc xin chống chỉ định.") if line.barred else ""
    return Cell(" ".join(filter(None, (barred, mark_words(line.state), due_reason(line.state)))))


def step_cell(line: DueLine) -> Cell:
    """What is next, and by when; what nobody has said is what their list asks for, and paler."""
    step, day = line.step, line.step_on
    words = step_words(line.state.kind, step, line.away is not None)
    return Cell(words, ink="text" if step else "muted", small=f"{day:%d/%m}" if day else "")
