"""What can be done with the F0 list, or with those chosen of it: dossiers, missing papers, delivery, print, Excel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.episodes import list_episodes
from covidstation.db.queries.station import get_setting
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.files import keep_file
from covidstation.services.papers.f0_table import F0Selection, f0_list_pdf, f0_list_xlsx
from covidstation.services.papers.missing import missing_now
from covidstation.services.rights import may
from covidstation.ui.desk import Desk
from covidstation.ui.papers.delivering import ask_delivery
from covidstation.ui.papers.dossiers import DossierDialog
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.saving import choose_table
from covidstation.ui.person.privacy_dialogs import WholeListDialog


class ListActs(QObject):
    """`selection()` is asked at each act; `troubled(str)` is a sentence for the page's banner."""

    troubled = Signal(str)

    def __init__(self, desk: Desk, page: QWidget, selection: Callable[[], F0Selection]) -> None:
        super().__init__(page)
        self._desk, self._page, self._selection = desk, page, selection
        self.excel = Button(_("&Xuất Excel"), icon="download", name="export_list")
        self.paper = Button(_("In danh sách"), icon="printer", keys="Ctrl+P", name="print_list")
        self.delivered = Button(_("Đánh dấu đã &giao"), icon="truck", name="mark_list_delivered")
        self.missing = Button(_("In giấy &thiếu"), icon="document", name="print_missing")
        self.dossiers = Button(_("In &hồ sơ"), icon="folder", name="print_dossiers")
        self.whole = CheckBox("whole_numbers", _("Đủ &số căn cước"))
        self.whole.setToolTip(_("Danh sách chỉ in bốn số cuối. Đánh dấu khi biểu mẫu cần đủ số: sổ hỏi và ghi lý do."))
        self.whole.setEnabled(may(desk.register.db, Right.EXPORT))
        self._people = 0
        self.excel.clicked.connect(self._export)
        self.paper.clicked.connect(self._print)
        self.delivered.clicked.connect(lambda: self._with_ids(self._deliver))
        self.missing.clicked.connect(lambda: self._with_ids(desk.want_missing.emit))
        self.dossiers.clicked.connect(lambda: self._with_ids(self._dossiers))

    def buttons(self) -> tuple[QWidget, ...]:
        """For the action bar."""
        return self.whole, self.excel, self.paper, self.delivered, self.missing, self.dossiers

    def say(self, chosen: int, shown: int) -> None:
        """The dossiers carry how many they are: of those chosen, else of all that is shown."""
        words = _("In &hồ sơ {n} người đã chọn") if chosen else _("In &hồ sơ cả {n} người")
        self._people = chosen or shown
        self.dossiers.set_text(words.format(n=self._people))

    def _whole(self) -> bool | None:
        """Whether numbers stand whole on the list that is made now; None when the person went back at the reason."""
        if not self.whole.isChecked():
            return False
        dialog = WholeListDialog(self._desk, self._page, self._people)
        answered = bool(dialog.exec())
        dialog.deleteLater()
        self.whole.setChecked(False)  # asked anew for each list
        return True if answered else None

    def _with_ids(self, use: Callable[[tuple[UUID, ...]], object]) -> None:
        """Those chosen, else all that the filters show."""
        desk, selection = self._desk, self._selection()
        if selection.chosen:
            use(selection.chosen)
            return

        def ids() -> tuple[UUID, ...]:
            found = list_episodes(
                desk.register.db,
                selection.wanted,
                today=desk.now().date(),
                sort=selection.sort,
                descending=selection.descending,
            )
            return tuple(line.id for line in found.lines(0, len(found)))

        desk.ask(self, ids, use, self._failed)

    def _deliver(self, ids: tuple[UUID, ...]) -> None:
        desk, wanted = self._desk, frozenset(ids)

        def papers() -> list[UUID]:
            lines = missing_now(desk.register.db, desk.catalog, desk.now().date())
            found = (line.paper_id for line in lines if line.subject_id in wanted and line.delivers)
            return list(dict.fromkeys(paper for paper in found if paper is not None))

        desk.ask(self, papers, self._ask_delivery, self._failed)

    def _ask_delivery(self, papers: list[UUID]) -> None:
        if papers:
            ask_delivery(self._desk, self._page, papers)
        else:
            self._desk.said.emit(_("Những người này không có văn bản nào chưa giao."))

    def _dossiers(self, ids: tuple[UUID, ...]) -> None:
        dialog = DossierDialog(self._desk, self._page, ids)
        dialog.exec()
        dialog.deleteLater()

    def _print(self) -> None:
        desk, selection = self._desk, self._selection()
        db, today = desk.register.db, desk.now().date()
        whole = self._whole()
        if whole is None:
            return

        def made() -> tuple[bytes, str]:
            pdf = f0_list_pdf(db, selection, catalog=desk.catalog, today=today, whole=whole)
            return pdf, get_setting(db, "printer")

        name = f"danh-sach-f0-{today.isoformat()}.pdf"
        page = self._page
        desk.ask(self, made, lambda one: hand_out(desk, page, one[0], one[1], name, self._failed), self._failed)

    def _export(self) -> None:
        desk, selection, today = self._desk, self._selection(), self._desk.now().date()
        path = choose_table(self._page, f"danh-sach-f0-{today.isoformat()}.xlsx")
        whole = self._whole() if path is not None else None
        if path is None or whole is None:
            return
        op = partial(f0_list_xlsx, desk.register.db, selection, catalog=desk.catalog, today=today, whole=whole)
        words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)

        def keep(data: bytes) -> None:
            desk.tasks.background(
                self, lambda: keep_file(path, data), lambda _path: desk.said.emit(words), self._failed
            )

        desk.ask(self, op, keep, self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.troubled.emit(sentence(trouble))
