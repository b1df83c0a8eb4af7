"""The bundle (FHIR R4, collection): what goes in for a person or a span of days, and its bytes, piece by piece.

Nothing here holds more than one person: a commune of 100,000 goes out in the memory of one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from covidstation.interop import care, chronic, illness, vaccines
from covidstation.interop.elements import HL7, Element, Item, Words, filled, references
from covidstation.interop.patient import hamlets, known, organization, patient
from covidstation.interop.records import PersonRecord, Span

VERSION: Final = "4.0.1"
TAIL: Final = b"\n]}\n"


def items_of(record: PersonRecord, words: Words) -> list[Item]:
    """Every resource of one person, the Patient first."""
    found = [patient(record, words), *known(record, words)]
    for one in record.illnesses:
        found += illness.illness(record, one, words)
    found += [illness.quarantine(contact, words) for contact in record.contacts]
    for make in (
        *(illness.tests, illness.groups, care.checks, care.calls, care.transfers),
        *(care.medicines, vaccines.immunizations),
        *(chronic.diseases, chronic.visits, chronic.prescriptions, chronic.handings),
    ):
        found += make(record, words)
    return found


def chosen(items: Sequence[Item], span: Span | None, *, everybody: bool = False) -> list[Element]:
    """Of one person what belongs to the span, with all that it refers to; nothing for somebody without any.

    The Patient and what has no day come along with the rest, `everybody`'s without any rest, too. Without a span it is
    everything.
    """
    if span is None:
        return [item.resource for item in items]
    waiting = [item for item in items if item.day is not None and span.holds(item.day)]
    kept = {item.id for item in items if item.day is None}
    if not waiting and not everybody:
        return []
    if len(waiting) + len(kept) == len(items):
        return [item.resource for item in items]
    own = {f"urn:uuid:{item.id}": item for item in items}
    while waiting:
        item = waiting.pop()
        if item.id not in kept:
            kept.add(item.id)
            waiting += [own[one] for one in references(item.resource) if one in own]
    return [item.resource for item in items if item.id in kept]


def head(words: Words, id: UUID, now: datetime) -> bytes:
    """The bundle's beginning up to and with the station and its hamlets, which every bundle has."""
    test = {"system": f"{HL7}v3-ActReason", "code": "HTEST", "display": "test health data"}
    bundle = filled(
        {
            "resourceType": "Bundle",
            "id": str(id),
            "meta": {"tag": [test]} if words.holder.training else None,
            "language": "vi",
            "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{id}"},
            "type": "collection",
            "timestamp": now.replace(microsecond=0).isoformat(),
        }
    )
    return (
        _json(bundle)[:-1]
        + b',"entry":[\n'
        + b",\n".join(map(_entry, (organization(words.holder), *hamlets(words.holder))))
    )


def entries(resources: Iterable[Element]) -> Iterator[bytes]:
    """The entries after the first, each with the comma before it."""
    for one in resources:
        yield b",\n" + _entry(one)


def _entry(one: Element) -> bytes:
    return _json({"fullUrl": f"urn:uuid:{one['id']}", "resource": one})


def _json(value: Element) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
