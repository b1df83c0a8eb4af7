"""`scan` of a vaccine certificate, and `trust`: the lists of keys that certificates are signed with."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from covidstation.catalog import Catalog
from covidstation.domain.vaccination.dcc.certificate import Certificate
from covidstation.domain.vaccination.dcc.verdict import READABLE
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.messages.dcc import verdict_words
from covidstation.services.access.opening import Register
from covidstation.services.vaccination.reading import CertificateLook, look_at_certificate
from covidstation.services.vaccination.trust import ListLook, TrustList, look_at_list, take_list, trust_lists

Result = dict[str, Any]


def certificate_result(register: Register, text: str, catalog: Catalog, now: datetime) -> tuple[Result, str, bool]:
    """What a certificate is worth at `now`, whose it may be, its doses; and whether anything may be taken from it."""
    look = look_at_certificate(register.db, text, catalog=catalog, now=now)
    judgement = look.judgement
    said = sentence(UserError(judgement.code, **judgement.params))
    result = {
        "outcome": "certificate" if judgement.verdict in READABLE else "refused",
        "kind": "certificate",
        "verdict": judgement.verdict.value,
        "code": judgement.code,
        "sentence": said,
        **(content_result(look.certificate) if look.certificate else {}),
        "person": look.person.hit.id.hex if look.person else None,
        "candidates": [{"id": one.hit.id.hex, "likeness": one.likeness.value} for one in look.candidates],
        "offers": offers_result(look),
    }
    lines = [f"{_(verdict_words(judgement))}: {said}", *_lines(look)]
    return result, "\n".join(lines), judgement.verdict in READABLE


def content_result(found: Certificate) -> Result:
    """What the certificate says."""
    return {
        "name": found.full_name,
        "latin": [found.surname_latin, found.given_names_latin],
        "birth": found.birth.text() if found.birth else None,
        "issuer": found.issuer,
        "issued": found.issued.isoformat() if found.issued else None,
        "expires": found.expires.isoformat() if found.expires else None,
        "entries": [kind.value for kind in found.kinds],
        "doses": [
            {
                "product": one.product,
                "dose": one.dose,
                "series": one.series,
                "given": one.given.text() if one.given else None,
                "country": one.country,
                "ci": one.ci,
                "covid": one.covid,
            }
            for one in found.vaccinations
        ],
        "tests": [{"sampled": one.sampled, "positive": one.positive, "ci": one.ci} for one in found.tests],
        "recoveries": [
            {"positive_on": one.positive_on.text() if one.positive_on else None, "ci": one.ci}
            for one in found.recoveries
        ],
        "nothing_to_keep": found.nothing_to_keep or None,
        "doubts": list(found.doubts),
    }


def offers_result(look: CertificateLook) -> list[Result]:
    """Its doses for the one whose it is."""
    return [
        {
            "product": one.draft.product,
            "name": one.name,
            "class": one.draft.dose_class.value,
            "number": one.draft.number,
            "given": one.draft.given.text(),
            "known": one.known,
            "possible": one.possible,
            "problems": [problem.code for problem in one.problems],
        }
        for one in look.offers
    ]


def _lines(look: CertificateLook) -> list[str]:
    found = look.certificate
    if found is None:
        return []
    birth = found.birth.text() if found.birth else "—"
    lines = [_("{name}, sinh {birth}").format(name=found.full_name, birth=birth)]
    for one in found.vaccinations:
        number = _("mũi {number} / {series}").format(number=one.dose or "—", series=one.series or "—")
        lines.append(
            " · ".join(filter(None, (number, one.product, one.given.text() if one.given else "", one.country)))
        )
    return lines + [sentence(UserError(code)) for code in filter(None, (found.nothing_to_keep, *found.doubts))]


def trust_result(arguments: argparse.Namespace, register: Register, now: datetime) -> tuple[Result, str]:
    """The lists in use; with a file, what it brings, and unless `--look` it is taken in."""
    db = register.db
    if arguments.place is None:
        lists = trust_lists(db, now=now)
        return {"lists": [list_result(one) for one in lists]}, "\n".join(map(_list_line, lists))
    if arguments.look:
        look, taken = look_at_list(db, arguments.place, now=now), False
    else:
        done = take_list(
            db, arguments.place, instead=not arguments.add, by_name=register.user_name, by=register.user_id, now=now
        )
        look, taken = done.value, True
    result = {
        "keys": look.keys,
        "countries": list(look.countries),
        "ended": look.ended,
        "passed_over": look.passed_over,
        "taken": taken,
    }
    return result, _look_line(look, taken=taken)


def list_result(one: TrustList) -> Result:
    """One list in use."""
    return {
        "name": one.name,
        "taken": one.taken_at.isoformat() if one.taken_at else None,
        "by": one.by_name,
        "keys": one.keys,
        "countries": list(one.countries),
        "ended": one.ended,
    }


def _list_line(one: TrustList) -> str:
    words = _("{name}: {keys} khoá, nước {countries}")
    name = one.name or _("Danh sách kèm chương trình")
    return words.format(name=name, keys=one.keys, countries=", ".join(one.countries) or "—")


def _look_line(look: ListLook, *, taken: bool) -> str:
    words = _("Đã nhận {keys} khoá, nước {countries}.") if taken else _("Có {keys} khoá, nước {countries}.")
    return words.format(keys=look.keys, countries=", ".join(look.countries) or "—")
