"""Địa bàn của tôi: the box that shows one's own hamlets alone, wherever lists have it; kept for each user."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.area import EVERYWHERE, Area, choose_area, my_area
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.labels import plain_tip


class AreaBox(CheckBox):
    """`AreaBox(desk, page, on_change)`: asks whose area it is when told to, keeps the choice, and says how to get an
    area where somebody has none. `area` is what was heard last."""

    def __init__(self, desk: Desk, page: Page, changed: Callable[[], object]) -> None:
        super().__init__(f"{page.objectName()}_area", _("Địa bàn của &tôi"))
        self._desk, self._page, self._changed = desk, page, changed
        self.area: Area = EVERYWHERE
        self.clicked.connect(self._choose)

    def ask(self, then: Callable[[], object] | None = None) -> None:
        """Ask anew whose area it is."""

        def heard(area: Area) -> None:
            self.show_area(area)
            if then is not None:
                then()

        self._desk.ask(self, partial(my_area, self._desk.register.db, self._desk.now().date()), heard)

    def show_area(self, area: Area) -> None:
        """Tick it, and say in the tip which hamlets it stands for."""
        self.area = area
        self.setChecked(area.chosen and area.assigned)
        self.setToolTip(plain_tip(area_words(area)))
        self.setAccessibleDescription(area_words(area))

    def _choose(self, chosen: bool) -> None:
        desk = self._desk
        if chosen and not self.area.assigned:
            self.setChecked(False)
            words = _(
                "Bạn chưa được phân công thôn, bản nào nên đang thấy tất cả. Trưởng trạm ghi ở Cài đặt, Nhân lực."
            )
            page = "settings:staff"
            self._page.banner.show_message(
                "info", words, button=_("Mở Nhân lực"), act=lambda: desk.want_page.emit(page)
            )
            return
        self._page.banner.clear()
        op = partial(choose_area, desk.register.db, chosen, by=desk.register.user_id, now=desk.now())
        desk.act(self, op, lambda _chosen: self.ask(self._changed), self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.show_area(self.area)
        self._page.banner.show_message("danger", sentence(trouble))


def area_words(area: Area) -> str:
    """`Bản Nậm Ngá, Bản Pa Khoá`, and by what."""
    if not area.assigned:
        return _("Chưa được phân công thôn, bản nào: đang thấy tất cả")
    if area.hamlets is None:
        return _("Phụ trách cả xã")
    names = ", ".join(area.names) or _("chưa rõ thôn, bản")
    shared = _("Việc hôm nay được chia: {names}") if area.shared else _("Phụ trách: {names}")
    return shared.format(names=names)
