"""Administrative units with their days of validity: provinces, districts until 30 June 2025, communes.

Since 1 July 2025 there are 34 provinces and 3,321 communes and no districts (QĐ 19/2025/QĐ-TTg). Codes were
kept or taken over by other land (15 was Yên Bái and is Lào Cai), so a code means a unit only on a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from covidstation.domain.text import fold

MAX_TABLE_CHARACTERS = 5_000_000
COMMUNE_DIGITS = 5
PROVINCE_DIGITS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit through one period; `district` is a code for communes before July 2025, else empty."""

    code: str  # 2 digits: province, 3: district, 5: commune
    kind: str  # "Xã", "Phường", "Thị trấn", "Đặc khu", "Huyện", "Tỉnh"…
    name: str
    district: str = ""
    province: str = ""
    valid_from: date | None = None  # None: before the table begins
    valid_until: date | None = None  # None: still valid
    successors: tuple[str, ...] = ()  # codes that took the land over, the largest part first

    @property
    def label(self) -> str:
        """`Xã Nậm Tăm`."""
        return f"{self.kind} {self.name}"

    def valid_on(self, day: date) -> bool:
        """Whether the unit was there on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class _Typed:
    """The folded names by which a commune is found."""

    unit: Unit
    name: str
    label: str
    words: str  # of the commune and all above it, a space before each

    def rank(self, typed: str) -> int | None:
        """0 for the best match, None for none."""
        if typed.isdigit() and len(typed) > 1 and self.unit.code.startswith(typed):
            return 0
        if not all(f" {word}" in self.words for word in typed.split()):
            return None
        if typed in (self.name, self.label):
            return 0
        return 1 if self.name.startswith(typed) or self.label.startswith(typed) else 2


class Units:
    """The dated unit tables. Rows become units when asked for: the commune table has 13,356 of them."""

    def __init__(self, provinces: str, districts: str, communes: str) -> None:
        """Take the texts of the three CSV tables. Raises ValueError for a table with other columns."""
        self._heads: dict[int, list[str]] = {}
        self._lines: dict[str, list[str]] = {}
        self._known: dict[str, tuple[Unit, ...]] = {}
        self._typed: dict[date | None, list[_Typed]] = {}
        for digits, table in ((PROVINCE_DIGITS, provinces), (3, districts), (COMMUNE_DIGITS, communes)):
            self._add(digits, table)

    def _add(self, digits: int, table: str) -> None:
        lines = table.splitlines()
        head = lines[0].split(",") if lines else []
        if head[:3] != ["code", "kind", "name"] or '"' in table or len(table) > MAX_TABLE_CHARACTERS:
            raise ValueError("not a unit table")
        self._heads[digits] = head
        for line in lines[1:]:
            self._lines.setdefault(line[:digits], []).append(line)

    def _unit(self, line: str, digits: int) -> Unit:
        row = dict(zip(self._heads[digits], line.split(","), strict=True))
        return Unit(
            code=row["code"],
            kind=row["kind"],
            name=row["name"],
            district=row.get("district", ""),
            province=row.get("province", ""),
            valid_from=_day(row["valid_from"]),
            valid_until=_day(row["valid_until"]),
            successors=tuple(row["successors"].split()),
        )

    def _periods(self, code: str) -> tuple[Unit, ...]:
        if code not in self._known:
            self._known[code] = tuple(self._unit(line, len(code)) for line in self._lines.get(code, ()))
        return self._known[code]

    def _all(self, digits: int, on: date) -> Iterator[Unit]:
        for code in self._lines:
            if len(code) == digits:
                unit = self.find(code, on)
                if unit is not None:
                    yield unit

    def find(self, code: str, on: date) -> Unit | None:
        """The unit that bore this code on that day."""
        return next((unit for unit in self._periods(code) if unit.valid_on(on)), None)

    def provinces(self, on: date) -> tuple[Unit, ...]:
        """All provinces of that day, in the order of their codes."""
        return tuple(self._all(PROVINCE_DIGITS, on))

    def communes(self, on: date, province: str = "") -> tuple[Unit, ...]:
        """All communes of that day, of one province or of the country."""
        return tuple(unit for unit in self._all(COMMUNE_DIGITS, on) if not province or unit.province == province)

    def successors(self, code: str) -> tuple[Unit, ...]:
        """The units that took over the land of this code's past unit, the largest part first."""
        found: list[Unit] = []
        for past in self._periods(code):
            if past.valid_until is None:
                continue
            for heir in past.successors:
                found += [unit for unit in self._periods(heir) if unit.valid_until is None]
        return tuple(found)

    def full_name(self, code: str, on: date) -> str:
        """`xã Nậm Tăm, huyện Sìn Hồ, tỉnh Lai Châu`; without a district since July 2025. Raises KeyError."""
        unit = self.find(code, on)
        if unit is None:
            raise KeyError(code)
        chain = [unit, *(self.find(above, on) for above in (unit.district, unit.province) if above)]
        return ", ".join(f"{part.kind.lower()} {part.name}" for part in chain if part)

    def search(self, text: str, on: date, *, province: str = "", limit: int = 20) -> list[Unit]:
        """Communes of that day by typed words, accents not needed; digits alone are the start of a code.

        Each word begins a word of the commune's, district's or province's name. Names equal to the text come
        first, then names that begin with it, then the rest.
        """
        typed = fold(text)
        if not typed:
            return []
        found: list[tuple[int, str, str, Unit]] = []
        for key in self._keys(on):
            rank = key.rank(typed)
            if rank is not None and province in ("", key.unit.province):
                found.append((rank, key.name, key.unit.code, key.unit))
        found.sort(key=lambda hit: hit[:3])
        return [hit[3] for hit in found[:limit]]

    def _keys(self, on: date) -> list[_Typed]:
        """What can be typed for each commune of that day; made once a period."""
        first = next(self._all(COMMUNE_DIGITS, on), None)
        period = first.valid_until if first else None
        if period not in self._typed:
            above: dict[str, str] = {}
            kinds: dict[str, str] = {}
            keys: list[_Typed] = []
            for unit in self.communes(on):
                place = unit.district or unit.province
                if place not in above:
                    above[place] = fold(self.full_name(place, on))
                if unit.kind not in kinds:
                    kinds[unit.kind] = fold(unit.kind)
                name = fold(unit.name)
                label = f"{kinds[unit.kind]} {name}"
                keys.append(_Typed(unit, name, label, f" {label} {above[place]}"))
            self._typed[period] = keys
        return self._typed[period]
