"""The words of a sheet of doses: what a column may hold, and how a row of it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from covidstation.domain.vaccination.sheet import SheetColumn
from covidstation.i18n import N_, _
from covidstation.messages import sentence
from covidstation.services.vaccination.sheet import SheetLook, SheetState
from covidstation.ui.look.tokens import Tone
from covidstation.ui.parts.records import Cell, Column
from covidstation.ui.vaccination.words import place_text

COLUMNS: Final[Mapping[SheetColumn, str]] = {
    SheetColumn.NAME: N_("Họ tên"),
    SheetColumn.BIRTH: N_("Ngày, năm sinh"),
    SheetColumn.CITIZEN: N_("Số căn cước"),
    SheetColumn.GIVEN: N_("Ngày tiêm"),
    SheetColumn.PRODUCT: N_("Vắc xin"),
    SheetColumn.NUMBER: N_("Mũi số"),
    SheetColumn.CLASS: N_("Loại mũi"),
    SheetColumn.LOT: N_("Số lô"),
    SheetColumn.EXPIRY: N_("Hạn dùng"),
    SheetColumn.FACILITY: N_("Nơi tiêm"),
    SheetColumn.VACCINATOR: N_("Người tiêm"),
    SheetColumn.NOTE: N_("Ghi chú"),
}
STATES: Final[Mapping[SheetState, tuple[str, Tone]]] = {
    SheetState.READY: (N_("ghi được"), "green"),
    SheetState.ASK: (N_("xem lại"), "yellow"),
    SheetState.KNOWN: (N_("đã có"), "grey"),
    SheetState.WRONG: (N_("chưa được"), "red"),
}


def sheet_columns() -> Sequence[Column[SheetLook]]:
    """What the table of a sheet shows."""
    return (
        Column("line", _("Dòng"), lambda look: Cell(f"{look.told.place}", ink="muted"), 64),
        Column("state", _("Tình trạng"), _state, 116),
        Column("person", _("Người trong sổ"), _person, 224),
        Column("dose", _("Mũi tiêm"), _dose, 220),
        Column("place", _("Mũi số"), _place, 112),
        Column("why", _("Cần xem"), lambda look: Cell(" ".join(map(sentence, look.problems)), ink="muted")),
    )


def _state(look: SheetLook) -> Cell:
    words, tone = STATES[look.state]
    return Cell(_(words), chip=tone)


def _person(look: SheetLook) -> Cell:
    birth = look.birth.text() if look.birth else ""
    return Cell(look.person or look.told.name, role="name", small=birth)


def _dose(look: SheetLook) -> Cell:
    draft = look.draft or look.told.draft
    if draft is None:
        return Cell("—", ink="muted")
    return Cell(" · ".join(filter(None, (draft.given.text(), draft.product_name))))


def _place(look: SheetLook) -> Cell:
    draft = look.draft or look.told.draft
    return Cell(place_text(draft.dose_class, draft.number) if draft else "")
