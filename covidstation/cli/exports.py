"""`export-fhir` and `export-csv`: files for other programs; grammar and acts."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from typing import Any
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.services.access.opening import Register
from covidstation.services.exchange.fhir import begin_person_fhir, begin_span_fhir
from covidstation.services.exchange.five_parts import begin_five_parts
from covidstation.services.exchange.growing import run_whole
from covidstation.services.exchange.wish import SpanWish

Said = tuple[dict[str, Any], str]


def fhir(register: Register, arguments: argparse.Namespace, catalog: Catalog, now: datetime) -> Said:
    """One person, or what happened in a span of days."""
    db, by, out = register.db, register.user_id, arguments.out
    if arguments.person is not None:
        person, receiver = _person(arguments.person), arguments.receiver
        job = begin_person_fhir(db, person, out, receiver, catalog=catalog, by=by, now=now).value
    else:
        job = begin_span_fhir(db, _wish(arguments, now), out, catalog=catalog, by=by, now=now).value
    path = run_whole(job)
    result = {"file": str(path), "people": job.people, "resources": job.resources}
    words = _("Đã ghi {people} người, {resources} mục vào {file}. Tệp đọc được, không khoá.")
    return result, words.format(**result)


def five_parts(register: Register, arguments: argparse.Namespace, catalog: Catalog, now: datetime) -> Said:
    """The five files of a span of days."""
    wish = _wish(arguments, now)
    job = begin_five_parts(register.db, wish, arguments.out, catalog=catalog, by=register.user_id, now=now).value
    path = run_whole(job)
    result = {"file": str(path), "days": job.done}
    return result, _("Đã ghi số liệu năm phần của {days} ngày vào {file}.").format(**result)


def _wish(arguments: argparse.Namespace, now: datetime) -> SpanWish:
    """Without `--from` the one day of `--to`; without both, today."""
    last: date = arguments.to or now.date()
    everybody = getattr(arguments, "everybody", False)  # of `export-fhir` alone
    return SpanWish(first=arguments.from_ or last, last=last, receiver=arguments.receiver, everybody=everybody)


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as trouble:
        raise UserError("people.unknown_person") from trouble
