"""Every refusal of the sync addresses: a status, a code, one sentence, never a trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import JSONResponse

from covidstation.errors import UserError
from covidstation.hub.results import hub_sentence
from covidstation.hub.web.limits import later
from covidstation.sync.refusals import BundleRefused

STATUSES: Final[Mapping[str, int]] = {
    "bundle.not_a_bundle": 400,
    "bundle.cut": 400,
    "bundle.damaged": 400,
    "bundle.too_large": 413,
    "bundle.bomb": 413,
    "bundle.unknown_sender": 403,
    "bundle.wrong_station": 403,
    "bundle.former_keys": 403,
    "bundle.rekeyed": 403,
    "bundle.forged": 403,
    "enrol.former_keys": 403,
    "enrol.other_root": 403,
    "rekey.former_keys": 403,
    "rekey.older": 403,
    "rekey.revoked": 403,
    "rekey.too_many": 422,
    "hub.compare": 403,
    "http.bad_request": 400,
    "http.too_slow": 408,
    "http.in_pieces": 413,
    "http.not_here": 404,
    "http.words_first": 403,
    "http.wrong_type": 415,
    "http.too_often": 429,
}
"""Any other refused bundle is 422; any other trouble is the hub's own and passes: 503."""
SOON: Final = 20.0  # seconds until the hub's own troubles may have passed


def status_of(trouble: UserError) -> int:
    """Whether sending again is any use, as HTTP says it."""
    return STATUSES.get(trouble.code, 422 if isinstance(trouble, BundleRefused) else 503)


def refusal(trouble: UserError, status: int | None = None) -> JSONResponse:
    """`{code, text}`; where the same may be sent again, after how many seconds."""
    status = status or status_of(trouble)
    headers = {}
    if status in (408, 429, 503):
        asked = trouble.params.get("seconds")
        headers["Retry-After"] = str(later(asked if isinstance(asked, int | float) else SOON))
    return JSONResponse({"code": trouble.code, "text": hub_sentence(trouble)}, status, headers)
