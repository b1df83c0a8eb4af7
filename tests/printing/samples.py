"""Invented people and stations for papers of both regimes."""

from dataclasses import replace
from datetime import date, datetime, time

from covidstation.catalog import load_catalog
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import TestKind, TestResult
from covidstation.domain.packs import PaperKind, pack_on
from covidstation.domain.papers import (
    PaperFacts,
    PaperReference,
    PaperTest,
    SubjectFacts,
    build_view,
    with_number,
)
from covidstation.domain.people import Sex
from covidstation.paths import resources

PACKS = load_catalog(resources()).packs
OLD_DAY, NEW_DAY = date(2022, 3, 10), date(2026, 7, 10)

PAO = SubjectFacts(
    name="Giàng A Páo",
    birth=PartialDate(1955, 2, 3),
    sex=Sex.MALE,
    citizen_number="012055000001",
    phone="0900000001",
    address="bản Nậm Ngá, xã Nậm Tăm, huyện Sìn Hồ, tỉnh Lai Châu",
    hamlet="bản Nậm Ngá",
    test=PaperTest(kind=TestKind.RAPID_ANTIGEN, result=TestResult.POSITIVE, on=OLD_DAY),
)
HOUSEHOLD = (
    PAO,
    replace(PAO, name="Chẻo Lở Mẩy", birth=PartialDate(1958), sex=Sex.FEMALE, citizen_number="", phone=""),
    replace(PAO, name="H'Dung Niê", birth=PartialDate(1988, 6), sex=Sex.FEMALE, phone=""),
    replace(PAO, name="Giàng A Chư", birth=PartialDate(2012, 9, 30), citizen_number="", phone=""),
    replace(PAO, name="Sùng", birth=None, sex=Sex.UNKNOWN, citizen_number="", phone=""),
)


def facts(day=OLD_DAY, people=(PAO,), **more):
    """All that a paper of that day needs."""
    base = PaperFacts(
        issued_on=day,
        place="Nậm Tăm",
        commune="xã Nậm Tăm",
        province="tỉnh Lai Châu",
        district="huyện Sìn Hồ" if day < date(2025, 7, 1) else "",
        station="Trạm Y tế xã Nậm Tăm",
        upper="Trung tâm Y tế huyện Sìn Hồ" if day < date(2026, 1, 1) else "",
        signer="Lò Văn Thương",
        subjects=tuple(people),
        household="ông Giàng A Páo",
        isolation_place="tại nhà, bản Nậm Ngá, xã Nậm Tăm",
        isolation_from=day,
        isolation_from_time=time(7),
        isolation_until=day.replace(day=16),
        days=7,
        found_at=datetime(day.year, day.month, day.day, 5, 40),
        proposed_at=datetime(day.year, day.month, day.day, 6, 20),
        decided_at=datetime(day.year, day.month, day.day, 7),
        told_at=datetime(day.year, day.month, day.day, 8, 15),
        opening=PaperReference(number=118, symbol="QĐ-UBND", issued_on=day),
        ended_on=day.replace(day=17),
        ended_at=time(0),
    )
    return replace(base, **more)


def view(kind=PaperKind.ISOLATION_ORDER, day=OLD_DAY, people=(PAO,), number=5, **more):
    """An issued paper; without a number, one that is not issued yet."""
    made = build_view(pack_on(PACKS, day), kind, facts(day, people, **more))
    return made if number is None else with_number(made, number)
