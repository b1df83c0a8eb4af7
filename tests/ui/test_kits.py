"""The lists of places and test kits in the station's forms: chosen by keyboard, any other name typed."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from covidstation.domain.code_lists import read_facility_list, read_kit_list
from covidstation.domain.episodes import TestKind
from covidstation.domain.hospitalization import FacilityLevel
from covidstation.domain.rule_sets import Family
from covidstation.ui.code_choices import facility_choices, kit_choices, level_of
from covidstation.ui.kits import KitCombo
from covidstation.ui.parts.combos import Combo
from tests.services.samples import catalog

pytestmark = pytest.mark.timeout(60)
DAY = date(2022, 3, 10)
HEAD = {"id": "huyen", "title": "Của huyện", "valid_from": DAY, "source": "Công văn 12", "confirmed": True}


@pytest.fixture
def laid():
    """What a district sent."""
    places = [
        {"code": "12001", "label": "Bệnh viện huyện Sìn Hồ", "tier": "DISTRICT"},
        {"code": "12002", "label": "Bệnh viện tỉnh Lai Châu", "tier": "PROVINCE"},
        {"code": "12003", "label": "Khu điều trị dã chiến"},
    ]
    kits = [
        {"code": "a", "label": "Kit nhanh Mẫu A", "maker": "Hãng Một", "kind": "RAPID_ANTIGEN"},
        {"code": "b", "label": "Kit gen Mẫu B", "kind": "PCR_RT_PCR"},
    ]
    return catalog().with_district(
        {
            Family.FACILITIES: [(read_facility_list({**HEAD, "codes": places}), None)],
            Family.KITS: [(read_kit_list({**HEAD, "codes": kits}), None)],
        }
    )


def test_places_of_earlier_times_stand_before_those_of_the_list(laid):
    found = facility_choices(laid, DAY, ["Phòng khám Tủa Sín Chải", "Bệnh viện tỉnh Lai Châu"])
    assert [one.key for one in found] == [
        "Phòng khám Tủa Sín Chải", "Bệnh viện tỉnh Lai Châu", "Bệnh viện huyện Sìn Hồ", "Khu điều trị dã chiến",
    ]  # fmt: skip
    assert [one.second for one in found] == ["", "Tuyến tỉnh", "Tuyến huyện, khu vực", ""]
    assert level_of(laid, DAY, "Bệnh viện tỉnh Lai Châu") is FacilityLevel.PROVINCE
    assert level_of(laid, DAY, "Khu điều trị dã chiến") is level_of(laid, DAY, "Nhà") is None


def test_kits_are_those_of_the_kind(laid):
    assert [one.key for one in kit_choices(laid, DAY, TestKind.RAPID_ANTIGEN)] == ["Kit nhanh Mẫu A (Hãng Một)"]
    assert [one.key for one in kit_choices(laid, DAY, TestKind.PCR_RT_PCR)] == ["Kit gen Mẫu B"]
    assert len(kit_choices(laid, DAY, None)) == 2


@pytest.fixture
def fields(qapp, laid):
    kind = Combo("kind", "Loại", [(one, one.value) for one in TestKind], width=200)
    kit = KitCombo(laid, DAY, kind)
    kit.show()
    kit.setFocus()
    yield kind, kit
    kit.close()


def test_a_kit_is_found_by_typing(fields):
    _kind, kit = fields
    QTest.keyClicks(kit, "mau a")
    QTest.keyClick(kit, Qt.Key.Key_Return)
    assert kit.name() == "Kit nhanh Mẫu A (Hãng Một)"


def test_any_other_name_stays_and_a_kit_of_another_kind_goes(fields):
    kind, kit = fields
    kit.put_text("Kit nhanh Mẫu A (Hãng Một)")
    assert kit.name() == "Kit nhanh Mẫu A (Hãng Một)"
    kind.set_value(TestKind.PCR_RT_PCR)
    assert kit.name() == ""
    kit.put_text("Kit mượn trạm bên")
    kind.set_value(TestKind.RAPID_ANTIGEN)
    assert kit.name() == "Kit mượn trạm bên" and not kit.bad()
