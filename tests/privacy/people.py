"""A hundred invented people whose words stand nowhere else: rare names, one phone and one number each."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from covidstation.domain.people import PersonDraft
from tests.services.samples import PAO

COUNT = 100
_FIRST = ("Vừ", "Thào", "Hảng", "Cứ", "Lầu", "Mùa", "Phàng", "Sồng", "Tếnh", "Khoàng")
_LAST = ("Đzểnh", "Chớ", "Gầu", "Khứ", "Nhìa", "Phổng", "Xềnh", "Dợ", "Lử", "Vảng")


@cache
def people() -> tuple[PersonDraft, ...]:
    """All of them."""
    return tuple(
        replace(
            PAO,
            full_name=f"{_FIRST[at // 10]} Quỳnhx {_LAST[at % 10]}",
            citizen_number=f"0120557{at:05d}",
            old_citizen_number="",
            phone=f"09877{at:05d}",
            insurance_number=f"HN212019283{at:04d}",
            address_printed=f"Bản Nậm Khoongz {at:03d}, Nậm Tăm, Sìn Hồ, Lai Châu",
        )
        for at in range(COUNT)
    )


@cache
def planted() -> tuple[str, ...]:
    """Names, phones, numbers and places: nothing of these may be read on the disk."""
    return tuple(
        word
        for one in people()
        for word in (
            one.full_name,
            one.phone,
            one.citizen_number,
            one.insurance_number,
            one.address_printed.split(",")[0],
        )
    )
