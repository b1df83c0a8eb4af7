"""One reaction in words: what it was, what was done, who was told, how it ended."""

from __future__ import annotations

from collections.abc import Mapping

from covidstation.domain.vaccination.reactions import AdverseEvent, EventEnd
from covidstation.domain.vaccination.screening import ReactionKind
from covidstation.i18n import _, date_text
from covidstation.messages.vaccine_session import signs_words
from covidstation.ui.vaccination.session_words import ENDS


def reaction_text(event: AdverseEvent, known: Mapping[str, ReactionKind]) -> str:
    """The signs in the `known` words, with the grade of an anaphylaxis."""
    return signs_words(event, known)


def reaction_details(event: AdverseEvent) -> str:
    """What was seen and done, where they went, who was told, how it ended."""
    end = _(ENDS[event.end]) if event.severe or not event.open else ""
    if not event.open and event.ended_on:
        end = _("{end} ngày {day}").format(end=end, day=date_text(event.ended_on))
    told = ""
    if event.reported_at is not None:
        told = _("đã báo {whom} {day}").format(whom=event.reported_to, day=f"{event.reported_at:%d/%m}")
    elif event.unreported:
        told = _("chưa báo tuyến trên")
    sent = _("chuyển {place}").format(place=event.sent_to) if event.sent_to else ""
    noted = event.note if event.end is not EventEnd.MISTAKE else event.end_note or event.note
    return " · ".join(filter(None, (event.signs, event.treatment, sent, told, end, noted)))
