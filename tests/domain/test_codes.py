"""The coded lists: known codes, sources on each row, and refusal of damaged files."""

import unicodedata

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.codes import parse_citizen_provinces, read_rows
from covidstation.paths import resources


@pytest.fixture(scope="module")
def catalog():
    return load_catalog(resources())


def test_ethnic_groups(catalog):
    groups = catalog.ethnic_groups
    assert list(groups) == [f"{number:02d}" for number in range(1, 57)]
    known = {"01": "Kinh", "03": "Thái", "08": "H'Mông", "09": "Dao", "35": "Hà Nhì", "41": "La Hủ", "50": "Si La"}
    assert {code: groups[code].label for code in known} == known
    assert "Mông" in groups["08"].aliases
    assert groups["56"].label == "Không rõ"


def test_citizen_provinces_are_the_63_of_before_the_mergers(catalog):
    provinces = catalog.citizen_provinces
    assert len(provinces) == 63
    assert provinces["012"].label == "Lai Châu"
    assert provinces["010"].label == "Lào Cai"
    assert provinces["015"].label == "Yên Bái"
    assert provinces["020"].label == "Lạng Sơn"
    assert "003" not in provinces


def test_the_twenty_conditions_in_the_order_of_the_annex(catalog):
    assert [row.item for row in catalog.conditions.values()] == list(range(1, 21))
    assert catalog.conditions["hypertension"].item == 14
    assert catalog.conditions["diabetes"].label == "Đái tháo đường"


def test_symptoms(catalog):
    severe = {code for code, row in catalog.symptoms.items() if row.severe}
    assert {"difficultyBreathing", "chestPain", "coughWithHeamoptysis", "confusedDisoriented"} <= severe
    assert "cough" not in severe
    assert not catalog.symptoms["dizziness"].confirmed


def test_every_row_has_labels_in_nfc_and_a_source(catalog):
    for rows in (catalog.ethnic_groups, catalog.citizen_provinces, catalog.conditions, catalog.symptoms):
        for row in rows.values():
            assert row.label
            assert row.label_en
            assert row.source
            assert unicodedata.is_normalized("NFC", row.label)


def test_damaged_lists_are_refused():
    with pytest.raises(ValueError, match="columns"):
        list(read_rows("code,label\n001\n"))
    with pytest.raises(ValueError, match="twice"):
        parse_citizen_provinces("code,label,source,confirmed\n001,A,s,true\n001,B,s,true\n")
    with pytest.raises(ValueError, match="neither"):
        parse_citizen_provinces("code,label,source,confirmed\n001,A,s,maybe\n")
    with pytest.raises(ValueError, match="too long"):
        list(read_rows("x" * 1_000_001))
