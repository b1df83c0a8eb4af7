"""The day's list of work on paper, to be taken along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from covidstation.db.queries.station import get_station
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.i18n import date_text
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.rights import needs


@needs(Right.PRINT)
@prints("work_sheet")
def work_sheet_pdf(db: Database, rows: Sequence[tuple[str, str, str]], today: date) -> bytes:
    """`rows`: the kind of work, what it is and for whom, with an empty box to tick at the right."""
    station = get_station(db)
    return render_list(
        PrintedList(
            upper="",
            station=station.name,
            title="VIỆC HÔM NAY",
            second=f"Ngày {date_text(today)}",
            columns=(
                ListColumn("Việc", 24),
                ListColumn("Nội dung", 40),
                ListColumn("Người, lý do", 46),
                ListColumn("Xong", 9, "centre"),
            ),
            rows=tuple((*row, "") for row in rows),
            row_height=24.0,
            training=station.training,
        )
    )
