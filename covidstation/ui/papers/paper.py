"""One paper, before and after it gets its number: the sheet at the left, what it still needs at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.domain.dates import age_on
from covidstation.domain.rights import Right
from covidstation.i18n import _
from covidstation.messages.papers import KINDS
from covidstation.services.changes import Kind
from covidstation.services.files import keep_file
from covidstation.services.papers.book import Kept
from covidstation.services.papers.issuing import Issued
from covidstation.services.papers.look import PaperLook
from covidstation.ui.desk import Desk, PaperWish
from covidstation.ui.frame.page import Page
from covidstation.ui.papers.draft import PANEL, DraftPanel, scrolled
from covidstation.ui.papers.drafting import Drafting
from covidstation.ui.papers.issued import IssuedPanel, paper_title
from covidstation.ui.papers.keeping import Keeping
from covidstation.ui.papers.sheets import SheetsView
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import Glyph, Line, label
from covidstation.ui.parts.saving import choose_file

_TOUCHED = {
    Kind.PAPERS, Kind.EPISODES, Kind.PEOPLE, Kind.STATION, Kind.PLACES, Kind.CARE, Kind.CONTACTS,
}  # fmt: skip
_CLOSED = ("paper.home_isolation_no", "paper.contact_isolation_no")


class PaperPage(Page):
    """`open_wish` or `open_issued`, then show the page; `came_from` names the page that Esc goes back to, empty for
    the person's own page."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("paper", _("Văn bản"), entry="book")
        self._desk = desk
        self._wish: PaperWish | None = None
        self._paper_id: UUID | None = None
        self._came_from = ""
        self._fresh = self._seen = False
        self.sheets = SheetsView(desk.tasks)
        self.panel = DraftPanel(desk.now().date())
        self.issued_panel = IssuedPanel()
        self.drafting = Drafting(desk, self.panel, self)
        self.keeping = Keeping(desk, self)
        self._stack = QStackedWidget()
        self._make_buttons()
        self._lay_out()
        self._connect()

    def open_wish(self, wish: PaperWish, came_from: str = "") -> None:
        """Next time it is shown: this paper, not issued yet."""
        self._wish, self._paper_id, self._came_from, self._fresh = wish, None, came_from, True

    def open_issued(self, paper_id: UUID, came_from: str = "") -> None:
        """Next time it is shown: this issued paper."""
        self._wish, self._paper_id, self._came_from, self._fresh = None, paper_id, came_from, True

    def place(self) -> object:
        """The paper, and where it was opened."""
        return (self._wish, self._paper_id, self._came_from)

    def go_back(self, place: object) -> None:
        """That paper again."""
        wish, paper_id, came_from = cast("tuple[PaperWish | None, UUID | None, str]", place)
        if paper_id is not None:
            self.open_issued(paper_id, came_from)
        elif wish is not None:
            self.open_wish(wish, came_from)

    def put_aside(self) -> None:
        """Keep what is half typed at the right."""
        if self._wish is not None:
            self.drafting.put_aside()

    def load(self) -> None:
        """Read what was asked for."""
        if not self._fresh:
            self._again()
            return
        self._fresh = False
        self.banner.clear()
        self.sheets.clear()
        if self._wish is not None:
            self._stack.setCurrentIndex(0)
            self._seen = False
            self._put_buttons()
            self.drafting.begin(self._wish)
        elif self._paper_id is not None:
            self._stack.setCurrentIndex(1)
            self._know(True)
            self._put_buttons()
            self.keeping.begin(self._paper_id)

    def refresh(self, changes: Any) -> None:
        """Read again when something of it changed."""
        if _TOUCHED & set(changes):
            self._again()

    def showEvent(self, event: QShowEvent) -> None:
        """The answer may have come before the page was in sight."""
        super().showEvent(event)
        if not self.isAncestorOf(self._focused()):
            self._first_focus()

    def bar_note(self) -> QWidget:
        """What never changes about a paper."""
        return self._note

    def bar_actions(self) -> Sequence[QWidget]:
        """Back, void, save, and the one primary act, as far as each has a meaning now."""
        if self._wish is not None:
            return (self._back, self._save, self._main)
        void = self.keeping.kept is None or self.keeping.kept.paper.line.voided_at is None
        return (self._back, *([self._void] if void else []), *([self._save] if self._printer() else []), self._main)

    def went_back(self) -> None:
        """To where this paper was asked for."""
        if self._came_from:
            self._desk.want_page.emit(self._came_from)
        elif self.drafting.look is not None and self._wish is not None:
            self._desk.want_person.emit(self.drafting.look.people[0])
        elif self.keeping.kept is not None and self.keeping.kept.paper.subjects:
            self._desk.want_person.emit(self.keeping.kept.paper.subjects[0][0])
        else:
            self._desk.want_page.emit("book")

    def _make_buttons(self) -> None:
        self._back = Button(_("Quay lại"), "quiet", keys="Esc", name="go_back")
        self._void = Button(_("&Huỷ số…"), name="void_paper")
        self._save = Button(_("&Lưu PDF"), name="save_pdf")
        self._main = Button(_("Cấp số và in"), "primary", icon="printer", keys="Ctrl+P", name="issue_or_print")
        self._back.clicked.connect(self.went_back)
        self._void.clicked.connect(self.keeping.void)
        self._save.clicked.connect(self._save_pdf)
        self._main.clicked.connect(self._act)
        self._note = QWidget()
        row = QHBoxLayout(self._note)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Glyph("shield", 16))
        row.addWidget(label(_("Bản in được giữ nguyên; in lại ra đúng từng chữ"), "hint", "muted"))

    def _lay_out(self) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sheets, 1)
        row.addWidget(Line(vertical=True))
        self._stack.addWidget(scrolled(self.panel, "paper_panel", _("Còn thiếu và sổ số")))
        issued = QWidget()
        column = QVBoxLayout(issued)
        column.setContentsMargins(24, 0, 24, 12)
        column.addWidget(self.issued_panel)
        self._stack.addWidget(scrolled(issued, "issued_panel", _("Văn bản đã cấp")))
        self._stack.setFixedWidth(PANEL)
        row.addWidget(self._stack)
        self.add(holder, 1)

    def _connect(self) -> None:
        desk = self._desk
        self.drafting.looked.connect(self._looked)
        self.drafting.drawn.connect(self._drawn)
        self.drafting.troubled.connect(self._trouble)
        self.drafting.issued.connect(self._issued)
        self.keeping.shown.connect(self._shown)
        self.keeping.troubled.connect(self._trouble)
        self.panel.numbers.book_wanted.connect(lambda: desk.want_page.emit("book"))
        self.panel.law.settings_wanted.connect(lambda: desk.want_page.emit("settings:law"))
        self.issued_panel.book_wanted.connect(lambda: desk.want_page.emit("book"))
        self.issued_panel.person_wanted.connect(desk.want_person)

    def _again(self) -> None:
        if self._wish is not None:
            self.drafting.reload()
        elif self._paper_id is not None:
            self.keeping.reload()

    def _act(self) -> None:
        if self._wish is not None:
            self.drafting.issue()
        else:
            self.keeping.print_out()

    def _save_pdf(self) -> None:
        """The issued bytes; before that, the preview as it looks."""
        if self._wish is None:
            self.keeping.save()
            return
        look, pdf = self.drafting.look, self.sheets.pdf()
        if look is None or not pdf:
            return
        path = choose_file(self.window(), _("ban-xem-truoc.pdf"))
        if path is not None:
            words = _("Đã lưu bản xem trước, chưa có số.")
            self._desk.tasks.background(self, lambda: keep_file(path, pdf), lambda _path: self._desk.said.emit(words))

    def _know(self, known: bool) -> None:
        """Where there is no such paper, nothing of the one before it stays in sight."""
        self._stack.setVisible(known)
        self._main.setEnabled(known)
        self._save.setEnabled(known)
        if not known and self._wish is not None:
            self.set_title(_(KINDS[self._wish.kind.value]) if self._wish.kind else _("Văn bản"), "")

    def _looked(self, look: PaperLook) -> None:
        self._seen = True
        self._know(True)
        view = look.prepared.view
        first = look.family[0] if look.family else None
        names = view.subjects[0].name
        if len(view.subjects) > 1:
            names = _("{name} và {n} người cùng hộ").format(name=names, n=len(view.subjects) - 1)
        elif first is not None and first.birth is not None:
            names = _("{name}, {age} tuổi").format(name=names, age=age_on(first.birth, self._desk.now().date()))
        self.set_title(_(KINDS[look.prepared.kind.value]), f"{names} · {view.subjects[0].address}")
        self._put_buttons()
        if not self.panel.isAncestorOf(self._focused()):
            self._first_focus()

    def _drawn(self, pdf: bytes) -> None:
        self.sheets.show_pdf(bytes(pdf), _("Chỗ tô màu: còn thiếu hoặc chưa cấp"))

    def _shown(self, kept: Kept) -> None:
        line = kept.paper.line
        law = next((pack.title for pack in self._desk.catalog.packs if pack.id == kept.paper.view.get("pack")), "")
        self.issued_panel.show_paper(kept.paper, law)
        self.set_title(_(KINDS[line.kind]), f"{paper_title(kept.paper)} · {line.subjects}")
        self.sheets.show_pdf(kept.pdf, _("Bản đã cấp số"))
        if line.voided_at is not None:
            text = _("Văn bản này đã huỷ: {reason}").format(reason=line.void_reason)
            self.banner.show_message("danger", text)
        self._put_buttons()
        if not self.issued_panel.isAncestorOf(self._focused()) or not self._focused().isVisible():
            self._main.setFocus(Qt.FocusReason.OtherFocusReason)

    def _issued(self, issued: Issued) -> None:
        """The same page goes on as the issued paper, which is printed at once."""
        self._wish, self._paper_id = None, issued.id
        self.banner.clear()
        self._stack.setCurrentIndex(1)
        self.keeping.begin(issued.id, hand_out=True)

    def _trouble(self, text: str) -> None:
        look = self.drafting.look
        if self._wish is not None and look is None and not self._seen:
            self._know(False)
        if not text:
            self.banner.clear()
        elif self._wish is not None and look is not None and look.standing is not None:
            paper = look.standing
            self.banner.show_message(
                "warn", text, icon="info", button=_("Mở"), act=lambda: self._desk.want_issued.emit(paper)
            )
        elif self._wish is not None and look is not None and look.prepared.refusal in _CLOSED:
            self.banner.show_message(
                "warn", text, icon="info", button=_("Cài đặt"), act=lambda: self._desk.want_page.emit("settings:law")
            )
        else:
            self.banner.show_message("danger", text)

    def _printer(self) -> bool:
        return bool(self.panel.printer) if self._wish is not None else self.keeping.has_printer()

    def _put_buttons(self) -> None:
        draft, printer = self._wish is not None, self._printer()
        if draft:
            words = _("Cấp số và in") if printer else _("Cấp số, lưu PDF")
        else:
            words = _("In lại") if printer else _("Lưu PDF")
        self._save.set_text(_("&Lưu bản xem trước") if draft else _("&Lưu PDF"))
        self._main.set_text(words)
        self._main.allow()
        self._desk.guard(Right.ISSUE if draft else Right.PRINT, self._main)
        self._main.set_icon("printer" if printer else "download")
        self.actions_changed.emit()

    def _focused(self) -> QWidget:
        found = self.window().focusWidget()
        return found if isinstance(found, QWidget) else self

    def _first_focus(self) -> None:
        if self.isVisible() and not self.drafting.start_focus():
            self._main.setFocus(Qt.FocusReason.OtherFocusReason)
