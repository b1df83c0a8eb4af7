"""Why a risk class is what it is, in a chip with a line under it, and in whole sentences on request."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.guidelines import Guideline
from covidstation.domain.risk import RiskTable
from covidstation.domain.rule_sets import version_of
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.services.care.triage import RiskWhy
from covidstation.ui.case_words import RISK_TONES, RISKS
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.labels import ElidedLabel, TwoLineLabel, label


class RiskVerdict(QWidget):
    """`Nguy cơ …` in a chip, `Vì sao?`, whether its table is confirmed, and what it rests on.

    `show_why(None, waits=…)`: nothing to say yet, and what it waits for. `wide`: all of it in one row. `gaps`: name
    what is missing too; a window that says it elsewhere leaves it out. A class that the table would put higher by now
    says so, to be seen again.
    """

    def __init__(self, *, height: int = 24, gaps: bool = True, wide: bool = False) -> None:
        super().__init__()
        self._gaps = gaps
        self.setObjectName("risk_verdict")
        self.setAccessibleName(_("Nhóm nguy cơ"))
        self._why: RiskWhy | None = None
        self.chip = Chip("", "plain", height=height)
        self.waits = label("", "hint", "muted")
        self.ask = Button(_("Vì sao?"), "quiet", name="risk_why")
        self.ask.setProperty("aside", True)
        self.ask.setAccessibleName(_("Vì sao nhóm nguy cơ này?"))
        self.ask.clicked.connect(self._tell)
        self._doubt = label(_("chưa xác nhận"), "hint", "warn")
        self._graver = label("", "hint_strong", "warn")
        self._facts: ElidedLabel = ElidedLabel("", "hint", "muted") if wide else TwoLineLabel("", "hint", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.chip)
        row.addWidget(self.waits)
        row.addWidget(self.ask)
        if wide:
            row.addWidget(self._graver)
            row.addWidget(self._facts, 1)
            row.addWidget(self._doubt)
        else:
            row.addWidget(self._doubt)
            row.addStretch(1)
        column.addLayout(row)
        if not wide:
            column.addWidget(self._graver)
            column.addWidget(self._facts)
        self.show_why(None)

    def show_why(self, why: RiskWhy | None, *, waits: str = "") -> None:
        """The class and the facts it rests on; without one, what is waited for."""
        self._why = why
        for widget in (self.chip, self.ask):
            widget.setVisible(why is not None)
        self.waits.setVisible(why is None)
        self._doubt.setVisible(why is not None and not (why.risk.row.confirmed and why.table.confirmed))
        self._graver.setVisible(why is not None and why.graver)
        if why is None:
            self.waits.setText(waits or _("Chưa phân nhóm nguy cơ: ghi ngày dương tính"))
            self._facts.set_text("")
            return
        self.chip.show_text(_("Nguy cơ {risk}").format(risk=_(RISKS[why.cls]).lower()), RISK_TONES[why.cls])
        now = _("Theo bảng nay là nhóm {cls}; xem lại")
        self._graver.setText(now.format(cls=_(RISKS[why.risk.cls])))
        reasons = why.risk.reasons if self._gaps else why.risk.facts
        self._facts.set_text(" · ".join(map(sentence, reasons)) or why.risk.row.reason)

    def why(self) -> RiskWhy | None:
        """What is shown."""
        return self._why

    def _tell(self) -> None:
        if self._why is not None:
            tell_why(self, self._why)


def tell_why(parent: QWidget, why: RiskWhy) -> None:
    """The class in whole sentences: facts, the row of the table, the document with its days."""
    title = _("Vì sao nhóm {cls}?").format(cls=_(RISKS[why.cls]))
    tell(parent, title, why_text(why), bad=False)


def why_text(why: RiskWhy) -> str:
    """The sentences, a line each."""
    lines = [f"– {sentence(reason)}" for reason in why.risk.reasons]
    if why.graver:
        words = _("Dữ kiện đã đổi từ lúc chọn: theo bảng nay là nhóm {cls}. Xem lại, bấm Phân loại nguy cơ.")
        lines.insert(0, words.format(cls=_(RISKS[why.risk.cls])))
    if why.own_reason:
        computed = _(RISKS[why.computed_then or why.risk.cls])
        words = _("Người phân loại chọn nhóm này thay cho nhóm {computed}: {reason}")
        lines.insert(0, words.format(computed=computed, reason=why.own_reason))
    row = _("Dòng của bảng: {reason}.").format(reason=why.risk.row.reason)
    return "\n".join(
        [*lines, "", row, document_text(why.table), source_text(why.risk.row.source, why.risk.row.confirmed)]
    )


def document_text(rule: RiskTable | Guideline) -> str:
    """`Quyết định 5525/QĐ-BYT, dùng từ 01/12/2021`, with its last day and the station's version where there are."""
    start, until, version = date_text(rule.valid_from), date_text(rule.valid_until), version_of(rule.id)
    words = _("{title}, dùng từ {start} đến {until}.") if until else _("{title}, dùng từ {start}.")
    text = words.format(title=rule.title, start=start, until=until)
    return _("{text} Bản sửa số {version} của trạm.").format(text=text, version=version) if version else text


def source_text(source: str, confirmed: bool) -> str:
    """Where a rule was read, and whether anybody held it against the document."""
    words = _("Nguồn: {source}.") if confirmed else _("Nguồn: {source}. Chưa xác nhận với văn bản.")
    return words.format(source=source)
