"""The keys that a station holds: those in force, the next ones until the district has answered, the former ones.

All lie in the table `secret` of the encrypted register. Former keys sign nothing any more; they open what the district
had sealed to them on a stick that comes late (docs/bundle-format-1.md §12).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from covidstation.db.rows import SecretRow
from covidstation.sync.identity import AgeKey, Identity, key_id

IDENTITY: Final = "identity"
NEXT: Final = "identity.next"  # asked for, not yet certified
FORMER: Final = "identity.former"  # one a line, the newest first
REKEY: Final = "rekey"  # the bundle in which the old key vouches for the next one
ANEW: Final = "enrol.anew"  # a person asked to be enrolled anew: words are compared, any root may answer
SIGNED: Final = "certificate.signed"  # the bundle of the certificate in force, to be shown to a hub that forgot
FORMER_HUBS: Final = "hub_keys.former"  # hex of the district's former keys, one a line
MOST_FORMER: Final = 100


def secret_of(session: Session, name: str) -> bytes | None:
    """The value of that name, if there is one."""
    row = session.get(SecretRow, name)
    return None if row is None else row.value


def keep_secret(session: Session, name: str, value: bytes) -> None:
    """Put it in the place of what stood there."""
    session.merge(SecretRow(name=name, value=value))


def drop_secret(session: Session, name: str) -> None:
    """Nothing of that name stays."""
    row = session.get(SecretRow, name)
    if row is not None:
        session.delete(row)


def identity_of(session: Session) -> Identity:
    """The station's own keys. Raises KeyError before they were made."""
    value = secret_of(session, IDENTITY)
    if value is None:
        raise KeyError(IDENTITY)
    return Identity.from_bytes(value)


def next_identity(session: Session) -> Identity | None:
    """The keys that the station has asked for."""
    value = secret_of(session, NEXT)
    return None if value is None else Identity.from_bytes(value)


def make_next(session: Session) -> Identity:
    """The next keys, made at first need: asked for twice they are the same."""
    found = next_identity(session)
    if found is None:
        found = Identity.generate()
        keep_secret(session, NEXT, found.to_bytes())
    return found


def reading_keys(session: Session) -> list[AgeKey]:
    """All that may open what the district sealed to this station. Raises KeyError before the first were made."""
    found = [identity_of(session), next_identity(session)]
    former = (secret_of(session, FORMER) or b"").splitlines()
    return [one.age for one in (*found, *map(Identity.from_bytes, former)) if one is not None]


def promote_next(session: Session) -> None:
    """The next keys are those in force; the present ones go on reading."""
    present, coming = secret_of(session, IDENTITY), secret_of(session, NEXT)
    if present is None or coming is None:
        return
    former = (secret_of(session, FORMER) or b"").splitlines()
    keep_secret(session, FORMER, b"\n".join([present, *former][:MOST_FORMER]))
    keep_secret(session, IDENTITY, coming)
    for name in (NEXT, REKEY, ANEW):
        drop_secret(session, name)


def remember_hub(session: Session, sign: bytes) -> None:
    """The district signed with that key until now."""
    known = (secret_of(session, FORMER_HUBS) or b"").decode().splitlines()
    keep_secret(session, FORMER_HUBS, "\n".join(dict.fromkeys([sign.hex(), *known][:MOST_FORMER])).encode())


def former_hubs(session: Session) -> dict[str, bytes]:
    """The district's former keys by their ids."""
    keys = [bytes.fromhex(line) for line in (secret_of(session, FORMER_HUBS) or b"").decode().splitlines()]
    return {key_id(key): key for key in keys}
