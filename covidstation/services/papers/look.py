"""One paper's desk before it gets its number, gathered for its page in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.care import transfer_of
from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.papers import Companion, companions, number_book
from covidstation.db.queries.people import PaperLine
from covidstation.db.queries.station import get_setting, get_station
from covidstation.db.session import Database
from covidstation.domain.episodes import Episode
from covidstation.domain.hospitalization import Transfer
from covidstation.domain.packs import AGAIN, ENDING, OF_PEOPLE, LegalPack, PackError, PaperKind, Signatory
from covidstation.domain.rights import Right
from covidstation.domain.sick_leave import SickLeave, Signer
from covidstation.domain.station import Station
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.services.access.audit import saw_person
from covidstation.services.papers.facts import ending_kind, station_pack, station_signers, transfer_row
from covidstation.services.papers.issuing import Prepared, prepare_paper
from covidstation.services.papers.subjects import load_any, standing
from covidstation.services.rights import needs

_WITH_FAMILY = ENDING | {PaperKind.ISOLATION_ORDER}


@dataclass(frozen=True, slots=True)
class PaperWanted:
    """Which paper: of these illnesses (or contacts, for their kinds). Without a kind, the order or what ends it."""

    ids: tuple[UUID, ...]
    kind: PaperKind | None = None
    ending: bool = False
    about_id: UUID | None = None
    leave: SickLeave | None = None


@dataclass(frozen=True, slots=True)
class PaperLook:
    """A paper before it gets its number, and all that its page shows beside it.

    `people` and `episodes` stand in the order of the paper (no episodes on the paper of contacts); `family` is whoever
    may be on it, the first person first; `standing` is the paper that these people have already; `lines` are the
    newest of the series; `signers` are registered with the social insurance.
    """

    prepared: Prepared
    pack: LegalPack
    by_head: bool
    station: Station
    people: tuple[UUID, ...]
    episodes: tuple[Episode, ...]
    family: tuple[Companion, ...]
    lines: tuple[PaperLine, ...]
    standing: UUID | None
    signers: tuple[Signer, ...]
    printer: str
    copies: int
    transfer: Transfer | None = None  # that a referral speaks of


@needs(Right.SEE)
def look_at_paper(db: Database, wanted: PaperWanted, *, catalog: Catalog, issued_on: date, now: datetime) -> PaperLook:
    """Everything of one paper; the date chooses the law.

    Raises UserError episodes.unknown, paper.unknown_contact, paper.no_pack, paper.no_kind.
    """
    try:
        with db.read() as session:
            pack = station_pack(session, catalog, issued_on)
    except PackError as trouble:
        raise UserError("paper.no_pack", day=date_text(issued_on)) from trouble
    kind = wanted.kind or (ending_kind(pack) if wanted.ending else PaperKind.ISOLATION_ORDER)
    prepared = prepare_paper(
        db,
        kind,
        wanted.ids,
        catalog=catalog,
        issued_on=issued_on,
        now=now,
        about_id=wanted.about_id,
        leave=wanted.leave,
    )
    people, held, signers = _whom(db, kind, wanted.ids)
    for person_id in people:
        saw_person(db, person_id, "paper", now=now)
    transfer = _transfer(db, wanted) if kind is PaperKind.REFERRAL else None
    episodes = (get_episode(db, one) for one in wanted.ids if kind not in OF_PEOPLE)
    return PaperLook(
        prepared=prepared,
        pack=pack,
        by_head=pack.paper(kind).signed_by is Signatory.HEAD_OF_STATION,
        station=get_station(db),
        people=people,
        episodes=tuple(filter(None, episodes)),
        family=tuple(companions(db, wanted.ids[0], ending=kind in ENDING)) if kind in _WITH_FAMILY else (),
        lines=tuple(number_book(db, prepared.view.symbol, issued_on.year, limit=4)),
        standing=held,
        signers=signers,
        printer=get_setting(db, "printer"),
        copies=int(get_setting(db, "print_copies")),
        transfer=transfer,
    )


def _transfer(db: Database, wanted: PaperWanted) -> Transfer | None:
    with db.read() as session:
        row = transfer_row(session, wanted.ids[0], wanted.about_id)
        return transfer_of(row) if row else None


def _whom(
    db: Database, kind: PaperKind, ids: Sequence[UUID]
) -> tuple[tuple[UUID, ...], UUID | None, tuple[Signer, ...]]:
    """The people, the paper that one of them has already, and the registered signers."""
    kinds = tuple(ENDING) if kind in ENDING else (kind,)
    with db.read() as session:
        subjects = load_any(session, kind, ids)
        papers = (standing(session, one, *kinds) for one in subjects) if kind not in AGAIN else ()
        held = next((row.id for row in papers if row is not None), None)
        return tuple(one.person.id for one in subjects), held, station_signers(session)
