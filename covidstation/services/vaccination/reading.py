"""A vaccine certificate from a scanner or a picture: what it is worth, whose it may be, and its doses kept (ADR 45).

Looking writes nothing. What is kept is read and judged again in the transaction that writes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of
from covidstation.db.queries.people import PersonHit, get_hit, people_born, similar_people
from covidstation.db.queries.vaccination import doses_of
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem, Sure
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.domain.vaccination.checks import needs_reason
from covidstation.domain.vaccination.dcc.certificate import Certificate
from covidstation.domain.vaccination.dcc.reading import Reading, Unreadable, read
from covidstation.domain.vaccination.dcc.verdict import READABLE, Judgement, judge, refusal
from covidstation.domain.vaccination.doses import Dose, DoseDraft
from covidstation.domain.vaccination.offers import Likeness, likeness, missing_before, offered
from covidstation.errors import Refused, UserError
from covidstation.interop.dcc_signature import signed_by
from covidstation.services.access.audit import saw_person, shows
from covidstation.services.changes import Done, done
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import schedule_in
from covidstation.services.vaccination.history import CHANGED, named, person_in, problems_in, write_dose
from covidstation.services.vaccination.trust import trust_keys_in

MOST_CANDIDATES: Final = 6
_ORDER: Final = tuple(Likeness)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the register, and whether the certificate is theirs."""

    hit: PersonHit
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Offer:
    """One dose of the certificate for the chosen person: `name` of its vaccine, what is wrong with keeping it."""

    draft: DoseDraft
    name: str
    problems: tuple[Problem, ...]

    @property
    def known(self) -> bool:
        """Whether the register has that dose of that certificate."""
        return any(one.code == "vaccination.certificate_again" for one in self.problems)

    @property
    def possible(self) -> bool:
        """Whether it may be kept."""
        return all(one.level != "error" for one in self.problems)

    @property
    def asks_why(self) -> bool:
        """Whether it is kept only with a reason."""
        return needs_reason(list(self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLook:
    """All that a window shows of a code. `certificate` is None when it cannot be read.

    `person` is the one whom the offers are for: who was asked for, else the one that it surely is while nobody else of
    the register may be meant.
    `missing`: earlier doses that the certificate speaks of, of which nobody knows the day.
    """

    text: str
    judgement: Judgement
    certificate: Certificate | None = None
    candidates: tuple[Candidate, ...] = ()
    person: Candidate | None = None
    offers: tuple[Offer, ...] = ()
    missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateChoice:
    """What is to be kept: these doses (by their place in `CertificateLook.offers`) of that code for that person.

    `reason`: why, where something was asked back.
    """

    text: str
    person_id: UUID
    chosen: frozenset[int]
    reason: str = ""


@needs(Right.SEE)
@shows("vaccination")
def look_at_certificate(
    db: Database, text: str, *, catalog: Catalog, now: datetime, person_id: UUID | None = None
) -> CertificateLook:
    """Read, check and compare a code; never raises for what it says."""
    try:
        reading = read(text)
    except Unreadable as refused:
        return CertificateLook(text=text, judgement=refusal(refused.code))
    candidates = _candidates(db, reading.certificate)
    person = _chosen(db, reading.certificate, candidates, person_id)
    if person is not None:
        saw_person(db, person.hit.id, "vaccination", now=now)
    with db.read() as session:
        judgement = _judged(session, reading, now)
        offers: tuple[Offer, ...] = ()
        if person is not None and judgement.verdict in READABLE:
            offers = _offers(session, reading.certificate, person.hit.id, judgement, catalog, now)
        known = len(doses_of(session, person.hit.id)) if person is not None else 0
    again = sum(one.known for one in offers)
    return CertificateLook(
        text=text,
        judgement=judgement,
        certificate=reading.certificate,
        candidates=candidates,
        person=person,
        offers=offers,
        missing=missing_before(reading.certificate, known - again),
    )


@needs(Right.ENTER)
def record_certificate(
    db: Database,
    draft: CertificateChoice,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[tuple[Dose, ...]]:
    """Keep the chosen doses, all or none.

    `sure`: the problems of the offers that were shown, so that what stands there since is asked back.

    Raises UserError with the code of a verdict that nothing may be taken from (dcc.forged, dcc.cut_off, …),
    people.unknown_person; Refused: dcc.none_chosen, dcc.other_person without a reason, and as `record_dose`.
    """
    try:
        reading = read(draft.text)
    except Unreadable as refused:
        raise UserError(refused.code) from refused
    with db.write(by, now) as session:
        judgement = _judged(session, reading, now)
        if judgement.verdict not in READABLE:
            raise UserError(judgement.code, **judgement.params)
        person = person_in(session, draft.person_id)
        _refuse_other(reading.certificate, person.full_name, birth_of(person), draft.reason)
        offers = _offers(session, reading.certificate, person.id, judgement, catalog, now)
        chosen = [one for nth, one in enumerate(offers) if nth in draft.chosen]
        if not chosen or len(chosen) < len(draft.chosen):
            raise Refused([Problem("doses", "dcc.none_chosen")])
        made = tuple(
            write_dose(session, one, catalog=catalog, by_name=by_name, now=now, sure=sure)
            for one in (replace(offer.draft, reason=clean(draft.reason)) for offer in chosen)
        )
    return done(made, *CHANGED)


def _judged(session: Session, reading: Reading, now: datetime) -> Judgement:
    return judge(reading, trust_keys_in(session), signed_by, now)


def _refuse_other(certificate: Certificate, name: str, birth: PartialDate | None, reason: str) -> None:
    if likeness(certificate, name, birth) is Likeness.OTHER and not clean(reason):
        params = {"name": name, "other": certificate.full_name}
        raise Refused([Problem("person", "dcc.other_person", params)])


def _offers(
    session: Session,
    certificate: Certificate,
    person_id: UUID,
    judgement: Judgement,
    catalog: Catalog,
    now: datetime,
) -> tuple[Offer, ...]:
    """Each held against the register, and against those before it in the certificate."""
    person, today = person_in(session, person_id), now.date()
    schedule = schedule_in(session, catalog)
    products = schedule.products_on(today)
    before, found = doses_of(session, person_id), list[Offer]()
    for draft in offered(certificate, person_id, products, signed=judgement.vouched):
        then = schedule.products_on(draft.given.earliest)  # as `write_dose` judges it
        draft = named(draft, then)
        problems = problems_in(session, person, draft, then, before, catalog=catalog, today=today, schedule=schedule)
        found.append(Offer(draft, products.name(draft.product, draft.product_name), tuple(problems)))
        if not found[-1].known:
            before = (*before, Dose(**{one.name: getattr(draft, one.name) for one in fields(draft)}, id=uuid4()))
    return tuple(found)


def _candidates(db: Database, certificate: Certificate) -> tuple[Candidate, ...]:
    """Whom of the register it may mean, the surest first."""
    year = certificate.birth.year if certificate.birth else None
    hits: dict[UUID, PersonHit] = {}
    for name in _names(certificate):
        hits.update((hit.id, hit) for hit in similar_people(db, name, year))
    if certificate.birth is not None and certificate.birth.full is not None:
        hits.update((hit.id, hit) for hit in people_born(db, certificate.birth.full))
    found = [Candidate(hit, likeness(certificate, hit.full_name, hit.birth)) for hit in hits.values()]
    likely = [one for one in found if one.likeness is not Likeness.OTHER]
    return tuple(sorted(likely, key=lambda one: _ORDER.index(one.likeness))[:MOST_CANDIDATES])


def _names(certificate: Certificate) -> Iterable[str]:
    """The name as registers may have it: family name first or last, as written or in Latin letters."""
    latin = (certificate.surname_latin.replace("<", " "), certificate.given_names_latin.replace("<", " "))
    for first, last in ((certificate.surname, certificate.given_names), latin):
        yield from dict.fromkeys((clean(f"{first} {last}"), clean(f"{last} {first}")))


def _chosen(
    db: Database, certificate: Certificate, candidates: tuple[Candidate, ...], person_id: UUID | None
) -> Candidate | None:
    """Who was asked for, else the one of that name and birth, when nobody else is even alike."""
    if person_id is not None:
        hit = get_hit(db, person_id)
        return None if hit is None else Candidate(hit, likeness(certificate, hit.full_name, hit.birth))
    return candidates[0] if len(candidates) == 1 and candidates[0].likeness is Likeness.SAME else None
