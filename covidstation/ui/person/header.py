"""The head of a person's page: name, chips, what to do, who and where, and the tabs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from covidstation.db.queries.people import PersonPage
from covidstation.domain.citizen import grouped
from covidstation.domain.codes import Condition
from covidstation.domain.episodes import CaseOutcome, Episode, QuarantineType
from covidstation.domain.people import Answer, Person
from covidstation.i18n import _
from covidstation.ui.case_words import OUTCOMES, PLACES, RISK_TONES, RISKS, SEXES, age_words, dose_words, said
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Tone
from covidstation.ui.parts.chips import Chip, chip_width
from covidstation.ui.parts.hidden import HiddenNumberLine
from covidstation.ui.parts.labels import ElidedLabel, Glyph, Line, label
from covidstation.ui.parts.segments import Tabs

_NAME, _APART = 400, 16


class Header(QWidget):
    """`show_page` fills it; `tab_chosen(key)` on a click or an arrow. `acts` is the row for the page's buttons."""

    tab_chosen = Signal(str)

    def __init__(self, tabs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._found: list[tuple[str, Tone]] = []
        self._name = ElidedLabel("", "person")
        self._name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._chips, self._more = QHBoxLayout(), QHBoxLayout()
        for row in (self._chips, self._more):
            row.setSpacing(metrics.GAP)
        self.acts = QHBoxLayout()
        self.acts.setSpacing(metrics.GAP)
        self._who = ElidedLabel("", "hint", "muted")
        self._who.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._phone, self._phone_icon = label("", "hint"), Glyph("phone")
        self.number, self._card_icon = HiddenNumberLine("reveal_number", _("Số căn cước"), "hint"), Glyph("card")
        self.tabs = Tabs("person_tabs", _("Các phần"), tabs)
        self.tabs.chosen.connect(self.tab_chosen)
        self._lay_out()

    def show_page(
        self,
        page: PersonPage,
        today: date,
        conditions: Mapping[str, Condition],
        *,
        first_day: int = 1,
    ) -> None:
        """That person; the first day of an isolation bears the number `first_day`."""
        person = page.person
        self._name.set_text(person.full_name)
        self._name.setMinimumWidth(min(self._name.sizeHint().width(), _NAME))
        self._found = chips(person, page.episodes, today, conditions, first_day=first_day)
        self.fit()
        self._who.set_text(who_line(page, today))
        self._phone.setText(grouped(person.phone))
        for widget in (self._phone, self._phone_icon):
            widget.setVisible(bool(person.phone))
        number = person.citizen_number or person.old_citizen_number
        for part in (self._card_icon, self.number):
            part.setVisible(bool(number))
        self.number.set_number(number)

    def add_chip(self, text: str, tone: Tone) -> None:
        """One more, before the others, until another person is shown."""
        self._found.insert(0, (text, tone))
        self.fit()

    def add_chips(self, chips: Iterable[tuple[str, Tone]]) -> None:
        """Several more, in their order."""
        self._found[:0] = list(chips)
        self.fit()

    def fit(self) -> None:
        """Show as many chips as the name and the buttons leave room for, the next ones in the line below; the rest
        becomes a number."""
        items = (self.acts.itemAt(at) for at in range(self.acts.count()))
        buttons = (item.widget() for item in items if item is not None)
        acts = sum(one.sizeHint().width() + metrics.GAP for one in buttons if one is not None and not one.isHidden())
        room = self.width() - acts - self._name.minimumWidth() - 2 * metrics.MARGIN - 3 * _APART
        shown = fitting(self._found, room)
        below: list[tuple[str, Tone]] = []
        if shown != self._found:
            shown = shown[:-1]
            below = fitting(self._found[len(shown) :], self._room_below())
        for row, some in ((self._chips, shown), (self._more, below)):
            _empty(row)
            for text, tone in some:
                row.addWidget(Chip(text, tone, height=24))

    def _room_below(self) -> int:
        """What who they are and their numbers leave free."""
        parts = (self._who, self._phone_icon, self._phone, self._card_icon, self.number)
        taken = sum(one.sizeHint().width() + _APART for one in parts if not one.isHidden())
        return self.width() - taken - 2 * metrics.MARGIN - _APART

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other chips."""
        super().resizeEvent(event)
        self.fit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 0)
        top.setSpacing(_APART)
        top.addWidget(self._name)
        top.addLayout(self._chips)
        top.addStretch(1)
        top.addLayout(self.acts)
        top.addStrut(44)
        second = QHBoxLayout()
        second.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        second.setSpacing(6)
        second.addWidget(self._who)
        for icon, words in ((self._phone_icon, self._phone), (self._card_icon, self.number)):
            second.addSpacing(18)
            second.addWidget(icon)
            second.addWidget(words)
        second.addSpacing(_APART)
        second.addLayout(self._more)
        second.addStretch(1)
        second.addStrut(24)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        tabs.addWidget(self.tabs)
        tabs.addStretch(1)
        for row in (top, second, tabs):
            column.addLayout(row)
        column.addWidget(Line())


def _empty(row: QHBoxLayout) -> None:
    while (item := row.takeAt(0)) is not None:
        old = item.widget()
        if old is not None:
            old.hide()
            old.deleteLater()


def open_episode(episodes: Sequence[Episode]) -> Episode | None:
    """The newest illness that has not ended."""
    return next((one for one in episodes if one.outcome is CaseOutcome.NO_OUTCOME), None)


def chips(
    person: Person,
    episodes: Sequence[Episode],
    today: date,
    conditions: Mapping[str, Condition],
    *,
    first_day: int = 1,
) -> list[tuple[str, Tone]]:
    """What a nurse must see, the most pressing first: the F0 and its day, then pregnancy, doses, diseases."""
    found: list[tuple[str, Tone]] = []
    now = open_episode(episodes)
    if now is not None:
        found.append((_f0_words(now, today, first_day), "blue"))
        if now.risk_class is not None:
            risk = _("Nguy cơ {risk}").format(risk=_(RISKS[now.risk_class]).lower())
            found.append((risk, RISK_TONES[now.risk_class]))
    elif episodes:
        found.append((_("F0 cũ: {outcome}").format(outcome=_(OUTCOMES[episodes[0].outcome]).lower()), "grey"))
    if person.pregnancy is Answer.YES:
        found.append((_("Có thai"), "plain"))
    if now is not None and now.doses_known is not None:  # an earlier illness knew of fewer than the book of doses
        found.append((dose_words(now.doses_known), "plain"))
    found += [(conditions[code].label if code in conditions else code, "plain") for code in sorted(person.conditions)]
    return found


def fitting(found: Sequence[tuple[str, Tone]], room: int) -> list[tuple[str, Tone]]:
    """As many of these as fit into that many pixels; what is left over is counted in a last chip."""
    shown: list[tuple[str, Tone]] = []
    more = chip_width("+9", "plain") + metrics.GAP
    for at, (text, tone) in enumerate(found):
        room -= chip_width(text, tone) + metrics.GAP
        if room < (more if at < len(found) - 1 else 0):
            return [*shown, (f"+{len(found) - at}", "plain")]
        shown.append((text, tone))
    return shown


def _f0_words(episode: Episode, today: date, first_day: int) -> str:
    if episode.isolation_type is not QuarantineType.HOME:
        return _("F0 · {place}").format(place=_(PLACES[episode.isolation_type]))
    if episode.isolation_start is None:
        return _("F0")
    return _("F0 ngày {day}").format(day=max(first_day, (today - episode.isolation_start.date()).days + first_day))


def who_line(page: PersonPage, today: date) -> str:
    """`67 tuổi (1955) · Nam · Nậm Ngá, hộ Vàng A Páo`."""
    person = page.person
    age = ""
    if person.birth:
        age = _("{age} ({birth})").format(age=age_words(person.birth, today), birth=person.birth.text())
    house = _("hộ {head}").format(head=page.household_head) if page.household_head else ""
    place = ", ".join(filter(None, (page.hamlet, house))) or person.address_printed
    return " · ".join(filter(None, (age, said(SEXES[person.sex]), place)))
