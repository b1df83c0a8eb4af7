"""Keys that certificates are signed with, and what a certificate is worth: one of six verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from covidstation.domain.vaccination.dcc.certificate import Certificate, EntryKind, country_code
from covidstation.domain.vaccination.dcc.cose import Signed
from covidstation.domain.vaccination.dcc.reading import Reading

CLOCKS_APART: Final = timedelta(minutes=10)  # of the issuer's clock and this PC's


class Verdict(StrEnum):
    """What a certificate is worth."""

    VALID = "valid"
    EXPIRED = "expired"  # truly signed, but no longer, not yet, or not for this use
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    DAMAGED = "damaged"
    NOT_A_CERTIFICATE = "not_a_certificate"


SIGNED: Final = frozenset({Verdict.VALID, Verdict.EXPIRED})
"""Its issuer said so."""

READABLE: Final = SIGNED | {Verdict.UNKNOWN_KEY}
"""What it says may be taken as told."""

WRONG_USE: Final = "dcc.wrong_use"
"""A key for tests that signed doses: somebody at a place of tests, no vaccinator."""

OTHER_SIGNER: Final = "dcc.other_signer"
"""The key of a country that the certificate nowhere names."""

_OTHER_THINGS: Final = frozenset({"dcc.not_certificate", "dcc.other_code", "dcc.other_version"})


@dataclass(frozen=True, slots=True)
class TrustKey:
    """A public key of an issuer: DER SubjectPublicKeyInfo.

    `kids` are the names it is called by: the first eight bytes of its certificate's SHA-256, and what the list says.
    `uses` is empty when it may sign certificates of all kinds.
    """

    kids: frozenset[bytes]
    public: bytes
    country: str = ""
    subject: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    uses: frozenset[EntryKind] = frozenset()

    def __post_init__(self) -> None:
        """Certificates name their country by the same rule."""
        object.__setattr__(self, "country", country_code(self.country))


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its sentence: `code` of `messages.dcc`, filled with `params`. `key`: whose signature it is."""

    verdict: Verdict
    code: str
    params: dict[str, str] = field(default_factory=dict)
    key: TrustKey | None = None

    @property
    def vouched(self) -> bool:
        """Whether an issuer stands for what it says: truly signed, by a key that is for this."""
        return self.verdict in SIGNED and self.code not in (WRONG_USE, OTHER_SIGNER)


Check = Callable[[Signed, TrustKey], bool | None]
"""Whether a key has signed; None: it cannot be told here."""


def refusal(code: str) -> Judgement:
    """Of a text that `reading.read` refused with that code."""
    return Judgement(Verdict.NOT_A_CERTIFICATE if code in _OTHER_THINGS else Verdict.DAMAGED, code)


def judge(reading: Reading, keys: Iterable[TrustKey], check: Check, now: datetime) -> Judgement:
    """What a certificate is worth at `now`; `check` says whether a key has signed.

    Several keys may share a name: all are tried. A name is only a name (RFC 9052 calls it a hint), so where none of
    these has signed, the keys of the issuing countries are tried too, and all keys for a code that names none. Forged
    is what a key of that name ought to have signed, one of these countries or of none, where that can be told; else the
    key is unknown.
    """
    signed, certificate, every = reading.signed, reading.certificate, list(keys)
    countries = certificate.countries
    named = [key for key in every if signed.kid and signed.kid in key.kids]
    others = [key for key in every if key not in named and (not signed.kid or key.country in countries)]
    signers = [key for key in named if check(signed, key)] or [key for key in others if check(signed, key)]
    country = next(iter(countries), "")
    if signers:
        outcomes = [_entitled(certificate, key) or _timely(certificate, key, now) for key in signers]
        return max(outcomes, key=lambda one: (one.verdict is Verdict.VALID, one.vouched))
    own = [key for key in named if not key.country or key.country in countries]
    if any(check(signed, key) is None for key in own):
        return Judgement(Verdict.UNKNOWN_KEY, "dcc.other_way", {"country": country})
    if own:
        return Judgement(Verdict.FORGED, "dcc.forged", {"country": country}, own[0])
    return Judgement(Verdict.UNKNOWN_KEY, "dcc.unknown_key" if every else "dcc.no_keys", {"country": country})


def _entitled(certificate: Certificate, key: TrustKey) -> Judgement | None:
    """What is wrong when its key was never for this, whatever the day: who signs writes the days himself."""
    if key.uses and not key.uses >= set(certificate.kinds):
        return Judgement(Verdict.EXPIRED, WRONG_USE, {"country": key.country}, key)
    if key.country and certificate.countries and key.country not in certificate.countries:
        params = {"country": key.country, "other": certificate.countries[0]}
        return Judgement(Verdict.EXPIRED, OTHER_SIGNER, params, key)
    return None


def _timely(certificate: Certificate, key: TrustKey, now: datetime) -> Judgement:
    """Truly signed by a key that is for this; whether it holds now."""
    ends = (("dcc.expired", certificate.expires), ("dcc.key_expired", key.not_after))
    for code, end in ends:
        if end is not None and end < now:
            return Judgement(Verdict.EXPIRED, code, {"day": f"{end.astimezone(now.tzinfo):%d/%m/%Y}"}, key)
    begins = (
        ("dcc.too_early", certificate.issued),
        ("dcc.not_begun", certificate.begins),
        ("dcc.key_early", key.not_before),
    )
    for code, begin in begins:
        if begin is not None and begin > now + CLOCKS_APART:
            return Judgement(Verdict.EXPIRED, code, {"day": f"{begin.astimezone(now.tzinfo):%d/%m/%Y}"}, key)
    return Judgement(Verdict.VALID, "dcc.valid", {"country": key.country or certificate.issuer}, key)
