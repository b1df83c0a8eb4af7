"""The paper that goes with what the district sends (phiếu xuất kho), as A4."""

from __future__ import annotations

from covidstation.domain.allotments import AllotmentLine
from covidstation.hub.down.allotments import AllotmentState
from covidstation.printing.lists import ListColumn, PrintedList, render_list


def paper_pdf(one: AllotmentState, hub: str) -> bytes:
    """The paper that goes with the goods, A4, with room for what the station counts and for who signs."""
    day = f"{one.paper.day:%d/%m/%Y}" if one.paper.day else ""
    second = f"Số {one.paper.document}, ngày {day}. Xuất cho: {one.station_name}"
    return render_list(
        PrintedList(
            upper="",
            station=hub,
            title="PHIẾU XUẤT KHO",
            second=f"{second}. {one.paper.note}" if one.paper.note else second,
            columns=(
                ListColumn("TT", 5, "centre"),
                ListColumn("Tên, hàm lượng, dạng", 36),
                ListColumn("ĐVT", 8, "centre"),
                ListColumn("Số lô", 13),
                ListColumn("Hạn dùng", 13, "centre"),
                ListColumn("Số xuất", 11, "centre"),
                ListColumn("Thực nhận", 12, "centre"),
            ),
            rows=tuple(map(_printed, one.paper.lines)),
            row_height=22.0,
            signs=("Người lập phiếu", "Người giao", "Người nhận", "Thủ trưởng đơn vị"),
        )
    )


def _printed(line: AllotmentLine) -> tuple[str, ...]:
    what = ", ".join(filter(None, (line.item.title, line.item.form)))
    until = f"{line.expiry:%d/%m/%Y}" if line.expiry else ""
    return (f"{line.number}", what, line.item.unit, line.lot, until, f"{line.quantity}", "")
