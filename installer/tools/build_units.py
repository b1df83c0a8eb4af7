"""Make resources/codes/{provinces,districts,communes}.csv from the data set of `vietnamadminunits`.

Needed only when the tables change; the program itself does not use that package:

    pip install --no-deps vietnamadminunits==1.0.4
    python installer/tools/build_units.py [FOLDER OF THE PACKAGE'S data] [resources/codes]
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

CHANGE = "2025-07-01"
LAST_DAY = "2025-06-30"
KINDS = ("Thành phố", "Tỉnh", "Quận", "Huyện", "Thị xã", "Thị trấn", "Phường", "Xã", "Đặc khu")
NEW = "SELECT provinceCode, province, provinceKey, wardCode, ward, wardKey FROM admin_units"
OLD = (
    "SELECT provinceCode, province, provinceKey, districtCode, district, districtKey, wardCode, ward, wardKey"
    " FROM admin_units_legacy"
)

Row = tuple[str, ...]


def split_kind(full: str) -> tuple[str, str]:
    """`Xã Nậm Tăm` -> (`Xã`, `Nậm Tăm`); the package's own type column is wrong for a few units."""
    for kind in KINDS:
        if full.lower().startswith(kind.lower() + " "):
            return kind, full[len(kind) + 1 :]
    raise ValueError(full)


def read_successors(mapping: Path) -> dict[str, list[tuple[str, str]]]:
    """Key of an old commune -> keys of the communes that took its land, the main one first."""
    data = json.loads(mapping.read_text(encoding="utf-8"))
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for province, communes in data["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for old in olds:
                found[old].append((province, commune))
    for province, divided in data["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in divided.items():
            for part in sorted(parts, key=lambda part: not part["isDefaultNewWard"]):
                found[old].append((province, part["newWardKey"]))
    return found


def write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    """Sorted rows, so that a new version of the source shows as a readable difference."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(sorted(rows))


def build(data: Path, target: Path) -> None:
    """Write the three tables."""
    base = sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)
    provinces: dict[tuple[str, str], str] = {}  # (code, first day) -> name
    heirs: dict[str, str] = {}
    codes: dict[tuple[str, str], str] = {}
    communes: list[Row] = []
    for province, name, key, code, ward, ward_key in base.execute(NEW):
        provinces[province, CHANGE] = name
        heirs[key] = province
        codes[key, ward_key] = code
        communes.append((code, *split_kind(ward), "", province, CHANGE, "", ""))

    mapping = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))["DICT_PROVINCE"]
    heir_of = {old: heirs[now] for now, olds in mapping.items() for old in olds}
    successors = read_successors(data / "converter_2025.json")
    province_heir: dict[str, str] = {}
    districts: dict[str, Row] = {}
    for province, name, key, district, district_name, district_key, code, ward, ward_key in base.execute(OLD):
        provinces[province, ""] = name
        province_heir[province] = heir_of[key]
        now = " ".join(codes[pair] for pair in successors[f"{key}_{district_key}_{ward_key or ''}"])
        kind_name = split_kind(district_name)
        # Five island districts had no communes: the district itself became a unit.
        districts[district] = (district, *kind_name, province, "", LAST_DAY, "" if code else now)
        if code:
            communes.append((code, *split_kind(ward), district, province, "", LAST_DAY, now))

    names = [(code, *split_kind(name), since) for (code, since), name in provinces.items()]
    write(
        target / "provinces.csv",
        ("code", "kind", "name", "valid_from", "valid_until", "successors"),
        [(*row, *(("", "") if row[3] else (LAST_DAY, province_heir[row[0]]))) for row in names],
    )
    head, tail = ("code", "kind", "name"), ("province", "valid_from", "valid_until", "successors")
    write(target / "districts.csv", (*head, *tail), districts.values())
    write(target / "communes.csv", (*head, "district", *tail), communes)


def main() -> None:
    """Find the package, write the tables."""
    spec = find_spec("vietnamadminunits")
    if len(sys.argv) < 2 and (spec is None or spec.origin is None):
        sys.exit("Install vietnamadminunits first, or name the folder of its data.")
    found = Path(spec.origin).parent / "data" if spec and spec.origin else Path()
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else found
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[2] / "resources" / "codes"
    build(data, target)


if __name__ == "__main__":
    main()
