"""Keys of several certificates and lists, put together: what each of them says of one key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from covidstation.domain.vaccination.dcc.verdict import TrustKey


def put_together(keys: Iterable[TrustKey]) -> tuple[TrustKey, ...]:
    """Each key once for each country that is said of it, in the order in which they came.

    A renewed certificate lengthens the life of its key, and what one certificate says of its use or its days stands
    against the silence of others; so the order in which lists were taken in says nothing.
    """
    found: dict[bytes, list[TrustKey]] = {}
    for key in keys:
        found.setdefault(key.public, []).append(key)
    return tuple(
        _one([key for key in same if key.country in (country, "")], country)
        for same in found.values()
        for country in dict.fromkeys([key.country for key in same if key.country] or [""])
    )


def _one(same: list[TrustKey], country: str) -> TrustKey:
    begins = [key.not_before for key in same if key.not_before is not None]
    ends = [key.not_after for key in same if key.not_after is not None]
    return replace(
        same[0],
        kids=frozenset().union(*(key.kids for key in same)),
        country=country,
        subject=next((key.subject for key in same if key.subject), ""),
        not_before=min(begins, default=None),
        not_after=max(ends, default=None),
        uses=frozenset().union(*(key.uses for key in same)),
    )
