"""Whether a key has signed a certificate: ECDSA and RSA-PSS, the two that the EU and the WHO allow."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from covidstation.domain.vaccination.dcc.cose import Signed
from covidstation.domain.vaccination.dcc.verdict import TrustKey

_DER_SEQUENCE: Final = 0x30
_ECDSA: Final[dict[int | None, hashes.HashAlgorithm]] = {  # COSE algorithms; None: the code names none
    None: hashes.SHA256(),
    -7: hashes.SHA256(),
    -35: hashes.SHA384(),
    -36: hashes.SHA512(),
}
_PSS: Final[dict[int | None, hashes.HashAlgorithm]] = {
    None: hashes.SHA256(),
    -37: hashes.SHA256(),
    -38: hashes.SHA384(),
    -39: hashes.SHA512(),
}


def signed_by(signed: Signed, key: TrustKey) -> bool | None:
    """Whether that key has signed it. The key's kind decides the way, the code names the hash alone.

    None where nobody can say so here: the code names another way, or the key is of a kind that is not known. All ways
    to sign have numbers below nought.
    """
    if signed.alg is not None and signed.alg not in {*_ECDSA, *_PSS}:
        return None if signed.alg < 0 else False
    try:
        public = load_der_public_key(key.public)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return any(_verified(public, signed, data) for data in signed.signed_bytes())


def _verified(public: object, signed: Signed, data: bytes) -> bool:
    try:
        if isinstance(public, ec.EllipticCurvePublicKey) and signed.alg in _ECDSA:
            public.verify(_ecdsa(signed.signature, public), data, ec.ECDSA(_ECDSA[signed.alg]))
            return True
        if isinstance(public, rsa.RSAPublicKey) and signed.alg in _PSS:
            digest = _PSS[signed.alg]
            public.verify(signed.signature, data, padding.PSS(padding.MGF1(digest), padding.PSS.AUTO), digest)
            return True
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        pass
    return False


def _ecdsa(signature: bytes, public: ec.EllipticCurvePublicKey) -> bytes:
    """As the library takes it: of two numbers side by side, or (as some issuers of the first weeks) already in DER."""
    size = (public.key_size + 7) // 8
    if len(signature) != 2 * size:
        return signature if signature[:1] == bytes([_DER_SEQUENCE]) else b""
    first, second = signature[:size], signature[size:]
    return encode_dss_signature(int.from_bytes(first, "big"), int.from_bytes(second, "big"))
