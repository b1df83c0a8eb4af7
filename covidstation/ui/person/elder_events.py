"""The elders' books on a person's page: visits and medicines among the events, what is late among the chips."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from covidstation.catalog import Catalog
from covidstation.domain.chronic_visits import Adherence
from covidstation.domain.dispensing import dispensing_rule_on
from covidstation.domain.targets import Result
from covidstation.i18n import WEEKDAYS, _
from covidstation.services.about_person import AboutPerson
from covidstation.ui.chronic.words import ADHERENCES, RESULTS, measured_words, said_words
from covidstation.ui.dispensing.words import days_text
from covidstation.ui.look.tokens import Ink, Tone
from covidstation.ui.person.event import Event


def elder_events(about: AboutPerson) -> Iterator[Event]:
    """Visits that stand, what was handed out, medicines that began and ended, in no order."""
    for visit in about.visits:
        what = _("Khám mạn tính: {values}").format(values=measured_words(visit)) if measured_words(visit) else ""
        ink: Ink = "warn" if visit.result is Result.NOT else "muted"
        result = _(RESULTS[visit.result][0]).lower() if visit.result is not Result.UNKNOWN else ""
        more = " · ".join(filter(None, (result, said_words(visit), visit.by_name)))
        yield Event(visit.day, "heart", what or _("Khám mạn tính"), more, ink=ink, why=visit.sentence)
    names = {one.id: one for one in about.medicines}
    handed = [item for one in about.medicines for item in one.handed_out]
    handed.sort(key=lambda item: (item.day, item.handing))
    for _key, items in groupby(handed, key=lambda item: (item.day, item.handing)):
        found = list(items)
        parts = (
            _("{name} × {count} {unit}").format(
                name=names[item.prescription_id].name, count=abs(item.units), unit=names[item.prescription_id].unit
            )
            for item in found
        )
        words = _("Trả lại thuốc: {items}") if found[0].units < 0 else _("Cấp thuốc: {items}")
        more = " · ".join(filter(None, (days_text(found), found[0].receiver_name, found[0].by_name)))
        yield Event(found[0].day, "pill", words.format(items=", ".join(parts)), more)


def elder_chips(about: AboutPerson, catalog: Catalog, today: date) -> Iterator[tuple[str, Tone]]:
    """Medicines that are out, or run out within the days of the rule; what the last visit heard of taking them; a last
    visit above the target."""
    soon = today + timedelta(days=dispensing_rule_on(catalog.dispensing_rules, today).warn_days)
    taken = [one for one in about.medicines if one.ended_on is None]
    first = min((one.runs_out_on for one in taken), default=None)
    if first is not None and first <= today:
        yield _("hết thuốc"), "red"
    elif first is not None and first <= soon:
        yield (
            _("hết thuốc {weekday} {day}").format(weekday=_(WEEKDAYS[first.weekday()]), day=f"{first:%d/%m}"),
            "orange",
        )
    if about.visits and about.visits[0].adherence in (Adherence.PARTLY, Adherence.STOPPED):
        yield _("thuốc: {how}").format(how=_(ADHERENCES[about.visits[0].adherence])), "yellow"
    if about.visits and about.visits[0].result is Result.NOT:
        yield _("lần khám cuối chưa đạt"), "yellow"
