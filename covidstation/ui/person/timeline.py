"""All that is known of one person as events by day, the newest first; plain values, no widgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from covidstation.catalog import Catalog
from covidstation.db.queries.care import CareRecord
from covidstation.db.queries.people import PaperLine, PersonPage
from covidstation.domain.episodes import CaseClassification, CaseOutcome, Episode, QuarantineType
from covidstation.errors import UserError
from covidstation.i18n import WEEKDAYS, _, date_text
from covidstation.messages.papers import KINDS
from covidstation.services.about_person import AboutPerson
from covidstation.services.episodes import isolation_until
from covidstation.ui.case_words import CLASSES, END_REASONS, OUTCOMES, PLACES, span, test_words
from covidstation.ui.look.tokens import Ink
from covidstation.ui.person.care_events import care_events
from covidstation.ui.person.elder_events import elder_events
from covidstation.ui.person.event import Event
from covidstation.ui.person.vaccine_events import vaccine_events

_NO_CARE = CareRecord()
_LATE, _EARLY = 9, 0  # order within a day that has no clock: what ends stands above what begins


@dataclass(frozen=True, slots=True)
class DayGroup:
    """The events of one day; `second` says which day of the isolation it was."""

    title: str
    second: str
    events: tuple[Event, ...]


def timeline(
    page: PersonPage,
    catalog: Catalog,
    today: date,
    record: CareRecord = _NO_CARE,
    about: AboutPerson | None = None,
) -> list[DayGroup]:
    """Groups by day, newest first."""
    events = [event for episode in page.episodes for event in _of_episode(episode, catalog, today)]
    events += [_of_paper(line) for line in page.papers]
    events += care_events(record, catalog)
    if about is not None:
        events += elder_events(about)
        events = [*_untold(events, about), *vaccine_events(about, catalog, today)]
    events.sort(key=lambda event: (event.day, event.clock or "", event.rank), reverse=True)
    return [
        DayGroup(day_words(day, today), _day_of_isolation(page.episodes, catalog, day), tuple(group))
        for day, group in groupby(events, key=lambda event: event.day)
    ]


def _untold(events: Sequence[Event], about: AboutPerson) -> list[Event]:
    """Without the last dose of an illness that the book of doses tells itself."""
    told = {one.given.full for one in about.doses}
    return [one for one in events if one.icon != "syringe" or one.day not in told]


def day_words(day: date, today: date) -> str:
    """`Thứ Năm 10/03`, with its year when that is another one."""
    shown = f"{day:%d/%m}" if day.year == today.year else date_text(day)
    return _("{weekday} {day}").format(weekday=_(WEEKDAYS[day.weekday()]), day=shown)


def last_day(episode: Episode, catalog: Catalog) -> date | None:
    """The last day of the isolation, itself included, by the rule of its time; None when not known."""
    try:
        return isolation_until(episode, catalog)
    except UserError:
        return None


def isolation_span(episode: Episode, catalog: Catalog) -> str:
    """`10/03 – 16/03/2022`, empty when not known."""
    last = last_day(episode, catalog)
    return span(episode.isolation_start.date(), last) if episode.isolation_start and last else ""


def symptom_words(episode: Episode, catalog: Catalog) -> str:
    """The symptoms' labels; a code without one stands as it is."""
    known = catalog.symptoms
    return ", ".join(known[code].label if code in known else code for code in sorted(episode.symptoms))


def _of_episode(episode: Episode, catalog: Catalog, today: date) -> Iterator[Event]:
    if episode.report_date:
        said = symptom_words(episode, catalog)
        yield Event(episode.report_date, "person", _("Phát hiện F0"), said, ink="accent", rank=4)
    if episode.onset_date:
        yield Event(episode.onset_date, "pulse", _("Khởi phát triệu chứng"), rank=_EARLY)
    for test in episode.tests:
        if test.sampled_on:
            place = _("tại {place}").format(place=test.place) if test.place else ""
            yield Event(test.sampled_on, "flask", test_words(test), ", ".join(filter(None, (place, test.kit))), rank=3)
    if episode.last_dose_on:
        count = _("{count} mũi").format(count=episode.doses_known) if episode.doses_known else ""
        yield Event(episode.last_dose_on, "syringe", _("Tiêm vắc xin mũi cuối"), count)
    yield from _of_isolation(episode, catalog, today)
    if episode.outcome is not CaseOutcome.NO_OUTCOME and episode.outcome_on:
        more = " · ".join(filter(None, (episode.outcome_place, episode.outcome_note)))
        what = _(CLASSES[episode.classification]) if _wrong(episode) else _(OUTCOMES[episode.outcome])
        yield Event(episode.outcome_on, "check", what, more, ink="text", rank=_LATE)
    yield from _steps(episode)


def _wrong(episode: Episode) -> bool:
    """Entered, but no case."""
    return episode.classification is CaseClassification.NO_CASE


def _of_isolation(episode: Episode, catalog: Catalog, today: date) -> Iterator[Event]:
    if episode.isolation_start is None or episode.isolation_type is QuarantineType.NONE:
        return
    start, last = episode.isolation_start, last_day(episode, catalog)
    place = episode.isolation_address or _(PLACES[episode.isolation_type])
    words = _("Bắt đầu cách ly")
    days = _("{place} · {days} ngày, {span}").format(
        place=place, days=episode.isolation_days, span=isolation_span(episode, catalog)
    )
    clock = f"{start:%H:%M}" if start.hour else ""
    yield Event(start.date(), "home", words, days if last else place, clock=clock, rank=2)
    if last and last < today:
        reason = episode.isolation_end_reason
        more = _(END_REASONS[reason]) if reason else ""
        yield Event(last, "home", _("Ngày cách ly cuối"), more, rank=_LATE - 1)


def _steps(episode: Episode) -> Iterator[Event]:
    """The hours of a decision, one line a day."""
    steps = (
        (episode.found_at, _("phát hiện {clock}")),
        (episode.proposed_at, _("đề nghị {clock}")),
        (episode.decided_at, _("quyết định {clock}")),
        (episode.told_at, _("báo người bệnh {clock}")),
    )
    known = sorted(((moment, words) for moment, words in steps if moment), key=lambda step: step[0])
    for day, group in groupby(known, key=lambda step: step[0].date()):
        said = [words.format(clock=f"{moment:%H:%M}") for moment, words in group]
        yield Event(day, "clock", _("Các mốc giờ cách ly"), " · ".join(said), rank=1)


def _of_paper(line: PaperLine) -> Event:
    words = _("{kind} {number}").format(kind=_(KINDS[line.kind]), number=paper_number(line))
    more = _("Đã huỷ: {reason}").format(reason=line.void_reason) if line.voided_at else line.subjects
    same_day = line.issued_at.date() == line.issued_on
    clock = f"{line.issued_at:%H:%M}" if same_day else ""
    ink: Ink = "muted" if line.voided_at else "text"
    return Event(line.issued_on, "document", words, more, clock=clock, ink=ink, paper_id=line.id)


def paper_number(line: PaperLine) -> str:
    """`05/QĐ-UBND`."""
    return f"{line.number:02d}/{line.symbol}"


def _day_of_isolation(episodes: Sequence[Episode], catalog: Catalog, day: date) -> str:
    for episode in episodes:
        start, last = episode.isolation_start, last_day(episode, catalog)
        if start and last and start.date() <= day <= last:
            return _("ngày {number}").format(number=(day - start.date()).days + 1)
    return ""
