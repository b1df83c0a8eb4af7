"""What a station hands to whoever helps it: the sheet of a check, and the program's log on a stick. Nobody's data."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from covidstation import __version__
from covidstation.db.queries.station import get_station
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.i18n import _
from covidstation.log import FOLDER
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.files import keep_file
from covidstation.services.rights import needs
from covidstation.services.upkeep.findings import GROUPS, Finding

MOST_LOG = 4 << 20


@needs(Right.SEE)
def check_pdf(db: Database, findings: Sequence[Finding], *, now: datetime) -> bytes:
    """The findings as a list; what needs somebody stands first within its group."""
    station = get_station(db)
    marks = {"good": "", "look": _("Cần xem"), "bad": _("Hỏng")}
    rows = [
        (_(title), one.text(), marks[one.level])
        for key, (title, _kinds) in GROUPS.items()
        for one in sorted(findings, key=lambda one: one.level == "good")
        if one.group == key
    ]
    second = _("Lúc {when}, CovidStation {version}").format(when=now.strftime("%H:%M %d/%m/%Y"), version=__version__)
    columns = (ListColumn(_("Phần"), 26), ListColumn(_("Kết quả"), 80), ListColumn(_("Ghi chú"), 16))
    return render_list(
        PrintedList(
            upper="",
            station=station.name,
            title=_("KẾT QUẢ KIỂM TRA MÁY VÀ SỔ"),
            second=second,
            columns=columns,
            rows=tuple(rows),
            training=station.training,
        )
    )


def copy_log(folder: Path, into: Path, findings: Sequence[Finding], now: datetime) -> Path:
    """The log files and the last check in one zip on the stick. Raises UserError paper.not_kept."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("check.txt", "\n".join(f"{one.level} {one.code} {one.text()}" for one in findings))
        for path in sorted((folder / FOLDER).glob("*")):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    box.writestr(f"{FOLDER}/{path.name}", file.read(MOST_LOG))
    return keep_file(into / f"covidstation-nhat-ky-{now.strftime('%Y%m%d-%H%M')}.zip", out.getvalue())
