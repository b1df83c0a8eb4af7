"""Names for the training commune that follow how each people of the North-West names its children.

Thái: surname + Văn/Thị + given name. H'Mông: surname + A/Thị + given name; a married man may bear his adult
name in place of A. Dao: sons surname + generation word + order of birth (Tả, Lở, San…), daughters surname +
order of birth + Mẩy. Hà Nhì: the father's last word stands in the middle of the child's name. All invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from covidstation.domain.people import Sex

KINH: Final = "01"
THAI: Final = "03"
HMONG: Final = "08"
DAO: Final = "09"
HA_NHI: Final = "35"
SHARES: Final = {THAI: 38, HMONG: 27, DAO: 20, KINH: 9, HA_NHI: 6}  # percent of hamlets, a commune of Lai Châu


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES: Final = {
    KINH: _words("Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Vũ Đỗ Bùi Đặng Ngô Dương Phan"),
    THAI: _words("Lò Lò Lò Lò Quàng Quàng Lường Lường Cà Tòng Hoàng Vì Điêu Tao Lù Mào Lèng Đèo"),
    HMONG: _words("Giàng Giàng Vàng Vàng Sùng Sùng Thào Thào Mùa Hạng Lầu Cứ Hảng Ly Chang Vừ"),
    DAO: _words("Tẩn Tẩn Tẩn Chẻo Chẻo Phàn Phàn Lý Lù Lồ Chìn"),
    HA_NHI: _words("Pờ Pờ Lỳ Lỳ Chu Sừng Vàng Khoàng Toán Phùng"),
}
GIVEN: Final = {
    (KINH, Sex.MALE): _words(
        "An Bình Cường Dũng Đức Hải Hùng Huy Khánh Long Minh Nam Phong Quang Sơn Thắng Tuấn Việt Khoa Trung"
    ),
    (KINH, Sex.FEMALE): _words(
        "Anh Bích Chi Dung Giang Hà Hằng Hoa Hương Lan Linh Mai Nga Ngọc Nhung Thảo Trang Vân Yến Thu"
    ),
    (THAI, Sex.MALE): _words(
        "Ơn Ín Pâng Hặc Xôm Inh Pản Thoan Chiến Piêng Muôn Dọn Chựa Pành Phương Tiến Toản "
        "Sơn Chung Đôi Hỏm Phanh Nọi Thiên Yêu Hải"
    ),
    (THAI, Sex.FEMALE): _words(
        "Ban Xoan Hoa Thương Lả Dung Phượng Un Piềng Xuân Hương Oi Chung Soạn Ngoan Nhung "
        "Ín Pâng Hịa Liên Đôi Yêu Sương Tiên"
    ),
    (HMONG, Sex.MALE): _words(
        "Páo Dơ Sử Chu Tủa Chinh Sáu Dình Lử Phử Nủ Của Dế Chống Tráng Hồ Câu Vàng Say "
        "Sình Khua Lềnh Thắng Ký Minh Tồng"
    ),
    (HMONG, Sex.FEMALE): _words(
        "Mỷ Dợ Sua Mai Pàng Dở Chi Mào Sông Bla Ca Vá Xúa Chư Ghênh Lia Máy Dung Pa Sinh Súa Cở Mú"
    ),
    (HA_NHI, Sex.MALE): _words("Hừ Cà Lù Tư Xá Xè Pư Go Ché Mé Lóng Hù Chừ Xì Phà Nhù Sè Po"),
    (HA_NHI, Sex.FEMALE): _words("De Xó Lế Nu Pứ Mẻ Pe Bờ Sơ Dự Hà Cà Phu Gó Chẹ Nhé"),
}
KINH_MIDDLE: Final = {
    Sex.MALE: ("Văn", "Văn", "Văn", "Đức", "Minh", "Quốc", "Xuân", "Hữu"),
    Sex.FEMALE: ("Thị", "Thị", "Thị", "Ngọc", "Thu", "Thanh", "Phương"),
}
HMONG_ADULT: Final = ("Nhìa", "Chứ", "Nỏ", "Xái", "Súa", "Chờ", "Vảng", "Khua")
DAO_GENERATION: Final = ("Láo", "Phủ", "Chỉn", "Sài", "Vần", "Quẩy", "Duần", "A")
DAO_ORDER: Final = ("Tả", "Lở", "San", "Sử", "U", "Lụ", "Xiết", "Pết")  # first-born, second…
HA_NHI_DAUGHTER: Final = ("Mò", "Mì", "Xó", "Gó")

BEFORE: Final = ("Nậm", "Phiêng", "Noong", "Huổi", "Nà", "Pa", "Hua", "Co", "Pu", "Bó", "Tả", "Sín", "Háng", "Sàng")
AFTER: Final = (
    *("Ngập", "Chản", "Lót", "Hẻo", "Lò", "Pậu", "Khao", "Sảng", "Tăm", "Bua", "Ngá", "Lúng", "Mạ", "Hán", "Khinh"),
    *("Chải", "Phìn", "Là", "Dơ", "Cú", "Sua", "Xa", "Kéo", "Ính", "Ong"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FamilyName:
    """What a child's name takes from its parents."""

    surname: str
    fathers_last: str = ""
    generation: str = ""  # Dao brothers share it


def family_name(rng: Random, group: str) -> FamilyName:
    """A family about whose father nothing is known."""
    last = rng.choice(GIVEN[HA_NHI, Sex.MALE]) if group == HA_NHI else ""
    return FamilyName(rng.choice(SURNAMES[group]), last, rng.choice(DAO_GENERATION))


def children_of(rng: Random, father: str) -> FamilyName:
    """What the children of this father take from his name."""
    words = father.split()
    return FamilyName(words[0], words[-1], rng.choice(DAO_GENERATION))


def person_name(rng: Random, group: str, sex: Sex, family: FamilyName, order: int, age: int) -> str:
    """A full name; `order` is the place among brothers or sisters, 0 for the eldest."""
    if group == DAO:
        nth = DAO_ORDER[order % len(DAO_ORDER)]
        own = f"{family.generation} {nth}" if sex is Sex.MALE else f"{nth} Mẩy"
        return f"{family.surname} {own}"
    if group == HA_NHI:
        chained = sex is Sex.MALE or rng.random() < 0.4
        middle = family.fathers_last if chained else rng.choice(HA_NHI_DAUGHTER)
    else:
        middle = _middle(rng, group, sex, age)
    given = rng.choice([word for word in GIVEN[group, sex] if word not in (family.surname, middle)])
    return f"{family.surname} {middle} {given}"


def _middle(rng: Random, group: str, sex: Sex, age: int) -> str:
    if group == KINH:
        return rng.choice(KINH_MIDDLE[sex])
    if sex is Sex.FEMALE:
        return "Thị"
    if group == HMONG:
        return rng.choice(HMONG_ADULT) if age >= 30 and rng.random() < 0.25 else "A"
    return "Văn"


def hamlet_names(rng: Random, groups: list[str]) -> list[str]:
    """A name for each hamlet by its people: `Bản Nậm Ngập`; the Kinh live in `Khu 1`, `Khu 2`. None twice."""
    free = [f"{before} {after}" for before in BEFORE for after in AFTER]
    rng.shuffle(free)
    names: list[str] = []
    quarter = 0
    for place, group in enumerate(groups):
        if group == KINH:
            quarter += 1
            names.append(f"Khu {quarter}")
        else:
            lap = place // len(free)
            names.append(f"Bản {free[place % len(free)]}{f' {lap + 1}' if lap else ''}")
    return names
