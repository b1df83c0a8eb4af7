"""Doses on a person's page: among the events, and with what stands before the next one among the chips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from covidstation.catalog import Catalog
from covidstation.domain.episodes import Episode
from covidstation.domain.vaccination.products import products_on
from covidstation.domain.vaccination.reactions import EventEnd
from covidstation.domain.vaccination.screening import reaction_words
from covidstation.domain.vaccination.stances import StanceKind
from covidstation.i18n import N_, _
from covidstation.services.about_person import AboutPerson
from covidstation.services.care.look import CareLook
from covidstation.ui.case_words import dose_words
from covidstation.ui.look.tokens import Ink, Tone
from covidstation.ui.person.elder_events import elder_chips
from covidstation.ui.person.event import Event
from covidstation.ui.person.header import open_episode
from covidstation.ui.vaccination.reaction_words import reaction_details, reaction_text
from covidstation.ui.vaccination.words import SOURCES, STANCE_TONES, dose_details, place_text, vaccine_text

_CHIPS = {
    StanceKind.REFUSED: N_("từ chối tiêm vắc xin"),
    StanceKind.DEFERRED: N_("hoãn tiêm vắc xin"),
    StanceKind.CONTRAINDICATED: N_("chống chỉ định vắc xin"),
    StanceKind.CANNOT_TRAVEL: N_("không đến điểm tiêm được"),
}


def vaccine_events(about: AboutPerson, catalog: Catalog, today: date) -> Iterator[Event]:
    """Each dose that stands, one whose day is not known at the end of its month or year; the reactions after them."""
    products = products_on(catalog.vaccine_products, today)
    for dose in about.doses:
        told = "" if dose.given.full else _("chỉ biết {when}").format(when=dose.given.text())
        words = f"{place_text(dose.dose_class, dose.number)}: {vaccine_text(dose, products)}"
        more = " · ".join(filter(None, (told, _(SOURCES[dose.source]), dose_details(dose), dose.by_name)))
        yield Event(min(dose.given.latest, today), "syringe", _("Tiêm vắc xin · {dose}").format(dose=words), more)
    yield from reaction_events(about, catalog)


def reaction_events(about: AboutPerson, catalog: Catalog) -> Iterator[Event]:
    """Each reaction after a dose; one written by mistake is none."""
    known = reaction_words(catalog.screening_rules)
    for one in about.reactions:
        if one.began_at is None or one.end is EventEnd.MISTAKE:
            continue
        what = _("Tai biến nặng sau tiêm") if one.severe else _("Phản ứng sau tiêm")
        words = _("{what}: {signs}").format(what=what, signs=reaction_text(one, known))
        more = " · ".join(filter(None, (reaction_details(one), one.by_name)))
        ink: Ink = "danger" if one.severe else "warn"
        yield Event(one.began_at.date(), "alert", words, more, clock=f"{one.began_at:%H:%M}", ink=ink)


def vaccine_chips(
    about: AboutPerson, episodes: Sequence[Episode], catalog: Catalog, today: date
) -> Iterator[tuple[str, Tone]]:
    """What stands before the next dose; how many there were, unless the open illness says the same beside it.

    Where the book has none, what an earlier illness knew.
    """
    for stance in about.stances:
        if stance.holds(today) and stance.product:
            name = products_on(catalog.vaccine_products, today).name(stance.product)
            yield _("chống chỉ định {vaccine}").format(vaccine=name), "orange"
        elif stance.holds(today):
            yield _(_CHIPS[stance.kind]), STANCE_TONES[stance.kind]
    now = open_episode(episodes)
    shown = now.doses_known if now is not None else None
    earlier = next((one.doses_known for one in episodes if one.doses_known is not None), None)
    known = len(about.doses) or earlier
    if known is not None and known != shown:
        yield dose_words(known), "plain"


def book_chips(about: AboutPerson, look: CareLook | None, catalog: Catalog, today: date) -> Iterator[tuple[str, Tone]]:
    """What the books say in the head of the page: the elders' first, then the vaccines."""
    yield from elder_chips(about, catalog, today)
    yield from vaccine_chips(about, look.page.episodes if look is not None else (), catalog, today)
