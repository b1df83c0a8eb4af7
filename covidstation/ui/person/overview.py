"""The first tab of a person: everything by day at the left, the figures of the illness at the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.catalog import Catalog
from covidstation.db.queries.care import CareRecord
from covidstation.db.queries.episodes import ENDING, OPENING
from covidstation.db.queries.people import PersonPage
from covidstation.domain.citizen import masked
from covidstation.domain.codes import EthnicGroup
from covidstation.domain.episodes import CaseOutcome, Episode
from covidstation.domain.people import Person
from covidstation.i18n import _, date_text
from covidstation.services.about_person import AboutPerson
from covidstation.ui.case_words import CLASSES, OUTCOMES, PLACES, dose_words
from covidstation.ui.look import metrics
from covidstation.ui.parts.column import empty_column
from covidstation.ui.parts.labels import Ground, Line
from covidstation.ui.parts.rows import KeyValues, SectionHead
from covidstation.ui.person.days import DaysColumn
from covidstation.ui.person.timeline import (
    isolation_span,
    last_day,
    paper_number,
    symptom_words,
    timeline,
)

_PANEL = 352
_CLOCK = 52
_NO_CARE = CareRecord()


class Overview(QWidget):
    """`show_page` fills both sides; `sensitive`: whoever looks may see the ethnic group."""

    def __init__(self, catalog: Catalog, open_paper: Callable[[UUID], object], *, sensitive: bool = True) -> None:
        super().__init__()
        self._catalog, self._sensitive = catalog, sensitive
        self.days = DaysColumn(open_paper)
        panel = Ground(QPalette.ColorRole.Base)
        panel.setFixedWidth(_PANEL)
        self._panel = QVBoxLayout(panel)
        self._panel.setContentsMargins(metrics.MARGIN, 4, metrics.MARGIN, 8)
        self._panel.setSpacing(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.days, 1)
        row.addWidget(Line(vertical=True))
        row.addWidget(panel)

    def show_page(
        self,
        page: PersonPage,
        today: date,
        record: CareRecord = _NO_CARE,
        catalog: Catalog | None = None,
        about: AboutPerson | None = None,
    ) -> None:
        """Everything of that person; `catalog` with the station's own rules."""
        self._catalog = catalog or self._catalog
        self.days.show_groups(timeline(page, self._catalog, today, record, about))
        self._show_panel(page, today)

    def _show_panel(self, page: PersonPage, today: date) -> None:
        empty_column(self._panel)
        if page.episodes:
            episode = page.episodes[0]
            self._panel.addWidget(SectionHead(_("Lần mắc từ {day}").format(day=date_text(episode.report_date))))
            self._panel.addWidget(KeyValues(figures(page, episode, self._catalog, today)))
            self._panel.addSpacing(8)
            self._panel.addWidget(Line())
        self._panel.addWidget(SectionHead(_("Giấy tờ tuỳ thân")))
        groups = self._catalog.ethnic_groups if self._sensitive else {}
        self._panel.addWidget(KeyValues(numbers(page.person, groups)))
        self._panel.addStretch(1)


def figures(page: PersonPage, episode: Episode, catalog: Catalog, today: date) -> list[tuple[str, str]]:
    """Keys and values of an illness; what is not known is left out."""
    last = last_day(episode, catalog)
    left = (last - today).days if last else 0
    until = date_text(last)
    if last and episode.outcome is CaseOutcome.NO_OUTCOME:
        words = _("{day}, còn {count} ngày") if left > 0 else _("{day}, hôm nay là ngày cuối")
        words = words if left >= 0 else _("{day}, đã đủ ngày")
        until = words.format(day=until, count=left)
    doses = "" if episode.doses_known is None else dose_words(episode.doses_known)
    rows = (
        (_("Tình trạng"), _(OUTCOMES[episode.outcome])),
        (_("Phân loại"), _(CLASSES[episode.classification])),
        (_("Cách ly"), _(PLACES[episode.isolation_type])),
        (_("Nơi"), episode.isolation_address),
        (_("Thời gian"), isolation_span(episode, catalog)),
        (_("Đến hết"), until),
        (_("Quyết định"), papers_of(page, OPENING, episode) or _("chưa có")),
        (_("Kết thúc"), papers_of(page, ENDING, episode)),
        (_("Triệu chứng"), symptom_words(episode, catalog)),
        (_("Vắc xin"), doses),
        (_("Nơi mất"), episode.outcome_place),
        (_("Nguyên nhân, lý do"), episode.outcome_note),
        (_("Ghi chú"), episode.note),
    )
    return [(key, value) for key, value in rows if value]


def papers_of(page: PersonPage, kinds: Sequence[str], episode: Episode) -> str:
    """The valid papers of these kinds that came after that illness was found and before the next one, by number."""
    begun = episode.report_date or date.min
    until = min((one.report_date for one in page.episodes if one.report_date and one.report_date > begun), default=None)
    valid = [line for line in page.papers if line.kind in kinds and line.voided_at is None]
    found = [line for line in valid if begun <= line.issued_on < (until or date.max)]
    return ", ".join(map(paper_number, found))


def numbers(person: Person, ethnic_groups: Mapping[str, EthnicGroup]) -> list[tuple[str, str]]:
    """Numbers (masked), the ethnic group where it may be seen, and addresses; what is not known is left out."""
    group = ethnic_groups.get(person.ethnic_group)
    rows = (
        (_("CMND cũ"), masked(person.old_citizen_number)),
        (_("Thẻ BHYT"), masked(person.insurance_number)),
        (_("Dân tộc"), group.label if group else person.ethnic_group if ethnic_groups else ""),
        (_("Số nhà"), person.address_detail),
        (_("Trên thẻ"), person.address_printed),
    )
    return [(key, value) for key, value in rows if value] or [(_("Thẻ, sổ"), _("chưa ghi"))]
