"""Dated units: counts and facts of QĐ 19/2025/QĐ-TTg, codes taken over by other land, typing without accents."""

from datetime import date

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.units import Units
from covidstation.paths import resources

LAST = date(2025, 6, 30)
FIRST = date(2025, 7, 1)
WAVE = date(2022, 3, 10)


@pytest.fixture(scope="module")
def units() -> Units:
    return load_catalog(resources()).units


def test_counts_before_and_after(units):
    assert len(units.provinces(FIRST)) == 34
    assert len(units.communes(FIRST)) == 3321
    assert len(units.provinces(LAST)) == 63
    kinds = [unit.kind for unit in units.communes(FIRST)]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"Xã": 2621, "Phường": 687, "Đặc khu": 13}


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        ("12", LAST, "Tỉnh Lai Châu"),
        ("12", FIRST, "Tỉnh Lai Châu"),
        ("15", LAST, "Tỉnh Yên Bái"),
        ("15", FIRST, "Tỉnh Lào Cai"),
        ("10", LAST, "Tỉnh Lào Cai"),
        ("20", FIRST, "Tỉnh Lạng Sơn"),
        ("108", LAST, "Huyện Sìn Hồ"),
        ("03478", LAST, "Thị trấn Sìn Hồ"),
        ("03478", FIRST, "Xã Sìn Hồ"),
        ("03529", LAST, "Xã Làng Mô"),
        ("03529", FIRST, "Xã Tủa Sín Chải"),
    ],
)
def test_one_code_means_a_unit_on_a_day(units, code, day, name):
    assert units.find(code, day).label == name


def test_lai_chau_has_38_communes_and_no_district_any_more(units):
    assert len(units.communes(FIRST, "12")) == 38
    assert units.find("108", FIRST) is None
    assert units.find("10", FIRST) is None
    assert units.find("99999", FIRST) is None


def test_full_names(units):
    assert units.full_name("03517", WAVE) == "xã Nậm Tăm, huyện Sìn Hồ, tỉnh Lai Châu"
    assert units.full_name("03517", FIRST) == "xã Nậm Tăm, tỉnh Lai Châu"
    assert units.full_name("12", FIRST) == "tỉnh Lai Châu"
    with pytest.raises(KeyError):
        units.full_name("00000", FIRST)


def test_successors(units):
    assert [unit.label for unit in units.successors("03529")] == ["Xã Tủa Sín Chải"]
    assert [unit.label for unit in units.successors("10")] == ["Tỉnh Lào Cai"]
    assert [unit.label for unit in units.successors("755")] == ["Đặc khu Côn Đảo"]


def test_every_old_commune_has_heirs_and_every_new_one_came_from_somewhere(units):
    heirs = set()
    for old in units.communes(LAST):
        now = [units.find(code, FIRST) for code in old.successors]
        assert now
        assert all(now)
        heirs.update(old.successors)
    heirs.update(units.successors(code)[0].code for code in ("318", "471", "498", "536", "755"))
    assert heirs == {unit.code for unit in units.communes(FIRST)}


def test_every_commune_lies_in_a_province_of_its_time(units):
    for day in (LAST, FIRST):
        for unit in units.communes(day):
            assert units.find(unit.province, day)
            assert bool(unit.district) == (day == LAST)
            assert not unit.district or units.find(unit.district, day).province == unit.province


@pytest.mark.parametrize("typed", ["nam tam", "Nậm Tăm", "xa nam tam", "NAM  TAM lai", "03517", "nam tam lai chau"])
def test_search_finds_without_accents(units, typed):
    assert units.search(typed, FIRST)[0].code == "03517"


def test_search_puts_the_equal_name_first_and_keeps_to_the_province(units):
    assert units.search("sin ho", FIRST)[0].label == "Xã Sìn Hồ"
    assert units.search("nam tam sin ho", WAVE)[0].code == "03517"
    assert {unit.province for unit in units.search("tan", FIRST, province="12", limit=50)} == {"12"}
    assert len(units.search("tan", FIRST, limit=5)) == 5
    assert units.search("  ", FIRST) == []
    assert units.search("khongcoxanay", FIRST) == []
    assert units.search("phuong 1", WAVE)[0].label == "Phường 1"


def test_a_table_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="not a unit table"):
        Units("a,b\n1,2\n", "", "")
