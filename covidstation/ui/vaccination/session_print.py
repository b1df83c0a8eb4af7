"""The papers of a session: which, and into whose hands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QMenu

from covidstation.db.queries.station import get_setting
from covidstation.db.queries.vaccine_sessions import SessionLine
from covidstation.i18n import _
from covidstation.services.vaccination.consents import consents_pdf
from covidstation.services.vaccination.session_papers import (
    invitations_pdf,
    result_pdf,
    screening_pdf,
    session_list_pdf,
)
from covidstation.ui.desk import Desk
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.vaccination.session_frame import SessionFrame

BLANK_ROWS: Final = 40
BLANK_SHEETS: Final = 20


class SessionPrinting:
    """The menu under “In” of a `SessionFrame`."""

    def __init__(self, desk: Desk, page: SessionFrame) -> None:
        self._desk, self._page = desk, page

    def show(self) -> None:
        """Which paper."""
        sheet = self._page.sheet
        if sheet is None:
            return
        menu = QMenu(self._page)
        menu.setObjectName("session_papers")
        for words, name, make in self._papers(sheet.line):
            menu.addAction(words, partial(self._print, make, f"buoi-tiem-{name}-{sheet.line.day:%Y%m%d}.pdf"))
        button = self._page.papers
        menu.exec(button.mapToGlobal(button.rect().bottomLeft()))
        menu.deleteLater()

    def _papers(self, line: SessionLine) -> Sequence[tuple[str, str, Callable[[], bytes]]]:
        known: dict[str, Any] = {"catalog": self._desk.catalog, "today": self._desk.now().date()}
        db, one = self._desk.register.db, line.id

        def of(paper: Callable[..., bytes], **more: int) -> Callable[[], bytes]:
            return partial(paper, db, one, **known, **more)

        return (
            (_("Danh sách buổi tiêm"), "danh-sach", of(session_list_pdf)),
            (_("Giấy mời"), "giay-moi", of(invitations_pdf)),
            (_("Phiếu sàng lọc và đồng ý"), "phieu-sang-loc", of(screening_pdf)),
            (_("Phiếu đồng ý của người giám hộ"), "phieu-dong-y", of(consents_pdf)),
            (_("Phiếu đồng ý trắng cho trẻ"), "phieu-dong-y-trang", of(consents_pdf, blank=BLANK_SHEETS)),
            (_("Bộ phiếu trắng để làm trên giấy"), "phieu-trang", of(screening_pdf, blank=BLANK_SHEETS)),
            (_("Danh sách có dòng trắng"), "danh-sach-trang", of(session_list_pdf, blank_rows=BLANK_ROWS)),
            (_("Báo cáo kết quả trong ngày"), "ket-qua", partial(result_pdf, db, line.day, **known)),
        )

    def _print(self, make: Callable[[], bytes], name: str, _checked: bool = False) -> None:
        def made() -> tuple[bytes, str]:
            return make(), get_setting(self._desk.register.db, "printer")

        page = self._page
        self._desk.ask(
            page, made, lambda one: hand_out(self._desk, page, one[0], one[1], name, page.failed), page.failed
        )
