"""The two dialogs with which a station asks the district to hand a person over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.rights import Right
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.district.moves import WantedPerson, ask_for_person, request_move
from covidstation.ui.desk import Desk
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog

_WIDE = 380


class MoveDialog(ActDialog):
    """Somebody of this register goes to live where another station looks after them."""

    needs: ClassVar[Right] = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, person_id: UUID, name: str) -> None:
        place = LineEdit("place", _("Trạm sẽ quản lý"), width=_WIDE, limit=200, hint=_("Trạm Y tế xã…"))
        reason = LineEdit("reason", _("Lý do"), width=_WIDE, limit=500, hint=_("về ở với con, đi làm xa…"))
        rows = (Field(_("&Trạm sẽ quản lý"), place, required=True), Field(_("&Lý do"), reason, required=True))
        super().__init__(desk, parent, _("Chuyển {name} sang trạm khác quản lý").format(name=name), rows, place)
        self._person_id = person_id
        self.place, self.reason = place, reason
        rows[0].set_hint(_("Huyện hỏi trạm đó. Họ nhận thì cả hồ sơ sang theo; chưa nhận thì mọi thứ như cũ."))

    def about(self) -> str:
        """The person."""
        return self._person_id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Ask."""
        register = self._desk.register
        who: dict[str, Any] = {"by": register.user_id, "by_name": register.user_name, "now": self._desk.now()}
        return partial(request_move, register.db, self._person_id, self.place.value(), self.reason.value(), **who)


class AskForPersonDialog(ActDialog):
    """Somebody lives here now, and another station has their record."""

    needs: ClassVar[Right] = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self.name = LineEdit("name", _("Họ và tên"), width=_WIDE, limit=200)
        self.birth = LineEdit("birth", _("Ngày hoặc năm sinh"), width=160, limit=20)
        self.number = LineEdit("number", _("Số căn cước, nếu biết"), width=200, limit=20)
        self.place = LineEdit("place", _("Trạm đang quản lý"), width=_WIDE, limit=200, hint=_("Trạm Y tế xã…"))
        self.reason = LineEdit("reason", _("Lý do"), width=_WIDE, limit=500, hint=_("nay ở bản nào, với ai…"))
        rows = (
            Field(_("&Họ và tên"), self.name, required=True),
            Field(_("&Sinh"), self.birth),
            Field(_("Số &căn cước"), self.number),
            Field(_("&Trạm đang quản lý"), self.place, required=True),
            Field(_("&Lý do"), self.reason, required=True),
        )
        super().__init__(desk, parent, _("Xin nhận quản lý một người"), rows, self.name)

    def about(self) -> str:
        """Nobody of this register yet."""
        return "new"

    def act(self) -> Callable[[], Done[Any]]:
        """Ask."""
        wanted = WantedPerson(
            name=self.name.value(),
            birth=self.birth.value(),
            number=self.number.value(),
            place=self.place.value(),
            reason=self.reason.value(),
        )
        register = self._desk.register
        who: dict[str, Any] = {"by": register.user_id, "by_name": register.user_name, "now": self._desk.now()}
        return partial(ask_for_person, register.db, wanted, **who)
