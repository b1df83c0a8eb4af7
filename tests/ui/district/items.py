"""Items of the district as its lines leave them in a register. Invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from covidstation.db.ids import new_id
from covidstation.db.rows import DistrictItemRow
from covidstation.db.session import Database
from covidstation.domain.district import ItemKind
from tests.ui.village import NOW

WALL = NOW.replace(tzinfo=None)
WITHDRAWN = {"withdrawn_at": datetime(2026, 7, 9, 9)}


def put(db: Database, kind: ItemKind | str, title: str, body: str = "", **more: Any) -> UUID:
    """One item that came this morning."""
    row = DistrictItemRow(
        id=new_id(),
        kind=str(kind),
        title=title,
        body=body,
        author=more.pop("author", "BS. Lò Thị Hoa"),
        made_at=more.pop("made_at", WALL - timedelta(hours=2)),
        received_at=WALL,
        **{"data": None, "about_tbl": None, "about_row": None, "due_on": None, "withdrawn_at": None, "seen_at": None}
        | more,
    )
    with db.write(None, NOW) as session:
        session.add(row)
        return row.id


def a_morning(db: Database, person: UUID) -> dict[str, UUID]:
    """One of each kind."""
    today = NOW.date()
    return {
        "question": put(
            db,
            ItemKind.QUESTION,
            "Ngày sinh của Lò Thị Mai",
            "Bản đăng ký khai sinh xã gửi lên ghi 02/01/1992, sổ của trạm ghi 02/01/1990.\n\n"
            "Xin hỏi lại gia đình và cho biết giấy tờ nào đúng.",
            about_tbl="person",
            about_row=person,
            due_on=today - timedelta(days=1),
        ),
        "finding": put(
            db,
            ItemKind.FINDING,
            "Tủ thuốc: 3 hộp que thử đã quá hạn",
            "Đoàn kiểm tra ngày 08/07 thấy 3 hộp que thử nhanh hết hạn tháng 6 còn để chung với hộp mới.",
            due_on=date(2026, 7, 15),
        ),
        "move": put(
            db,
            ItemKind.MOVE,
            "Nhận quản lý Vàng A Sính",
            "Vàng A Sính, sinh 1988\nBản Pa Khoá, xã Nậm Tăm\n1 lần mắc, 1 đang theo dõi\n23 mục trong hồ sơ",
            data={
                "move": new_id().hex,
                "person": new_id().hex,
                "from_name": "Trạm Y tế xã Pa Tần",
                "reason": "Về ở hẳn với vợ ở bản Nậm Ngá",
            },
        ),
        "target": put(
            db,
            ItemKind.TARGET,
            "Chỉ tiêu: mẫu xét nghiệm, 40",
            data={"measure": "tests", "from": "2026-07-01", "until": "2026-07-31", "value": 40},
            due_on=date(2026, 7, 31),
        ),
        "announcement": put(
            db,
            ItemKind.ANNOUNCEMENT,
            "Họp giao ban dịch tễ chiều thứ Sáu",
            "14 giờ ngày 10/07, phòng họp tầng 2. Mang theo số test còn lại của trạm.",
        ),
        "pack": put(
            db,
            ItemKind.PACK,
            "Quy định mới: huyen-cach-ly-7-2026, từ 15/07/2026",
            data={"family": "isolation", "id": "huyen-cach-ly-7-2026", "valid_from": "2026-07-15", "toml": "days = "},
            seen_at=datetime(2026, 7, 9, 9),
        ),
        "old": put(db, ItemKind.ANNOUNCEMENT, "Đổi số điện thoại trực của trung tâm", "Số 0213 3879 115.", **WITHDRAWN),
    }
