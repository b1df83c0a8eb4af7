"""Bundles with another header or another signer, as somebody would make them who has a station's key, or none."""

from __future__ import annotations

import json
from typing import Any

from covidstation.services.exchange.enrolment import identity_of
from covidstation.sync.bundle import SIGNATURE
from covidstation.sync.header import MAGIC
from covidstation.sync.identity import Identity
from tests.scenarios.district import District


def forged(d: District, data: bytes, signer: int | None, **changes: Any) -> bytes:
    """The same body below another header, signed by that station, or by a stranger."""
    length = int.from_bytes(data[4:8], "big")
    header, body = json.loads(data[8 : 8 + length]), data[8 + length + SIGNATURE :]
    if signer is None:
        key = Identity.generate().sign
    else:
        with d.nodes[signer].db.read() as session:
            key = identity_of(session).sign
    header |= {"sender": key.id} | changes
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return MAGIC + len(text).to_bytes(4, "big") + text + key.sign(MAGIC + text) + body
