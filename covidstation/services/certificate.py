"""What the register holds of its enrolment: the certificate in force, and whether it came back from a copy."""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy.orm import Session

from covidstation.db.journal import UNNAMED
from covidstation.db.rows import JournalStateRow, SecretRow
from covidstation.db.session import Database
from covidstation.domain.ops import chain_start
from covidstation.domain.rights import Right
from covidstation.services.rights import needs
from covidstation.sync.enrolment import Certificate, parse_certificate

CERTIFICATE: Final = "certificate"
RESTORED: Final = "restored"
LACKING: Final = "own.lacking"  # of a computer that was just enrolled: the station may have had another one before


def certificate_of(session: Session) -> Certificate | None:
    """The certificate in force, if the station was enrolled."""
    row = session.get(SecretRow, CERTIFICATE)
    return parse_certificate(row.value) if row else None


def is_waiting_for_its_own(session: Session, *, restored: bool = False) -> bool:
    """Whether a restored register, or one that is new at the district, has not yet heard that all lines which the
    district has of its station are here. `restored`: ask of the first alone."""
    held = filter(None, (session.get(SecretRow, name) for name in ([RESTORED] if restored else [RESTORED, LACKING])))
    return any(not json.loads(row.value).get("given") for row in held)


def journal_start(session: Session) -> bytes:
    """The chain before the first line of the journal."""
    certificate = certificate_of(session)
    state = session.get_one(JournalStateRow, 1)  # a restored register has an epoch of its own, not the certificate's
    return chain_start(certificate.station, state.epoch) if certificate else UNNAMED


@needs(Right.SEE)
def get_certificate(db: Database) -> Certificate | None:
    """The certificate in force, if the station was enrolled."""
    with db.read() as session:
        return certificate_of(session)


@needs(Right.SEE)
def is_enrolled(db: Database) -> bool:
    """Whether the district has answered with a certificate that was accepted."""
    return get_certificate(db) is not None
