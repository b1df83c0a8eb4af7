"""One dose that somebody had: entered from a card or from what is said, or corrected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from covidstation.domain.bands import OLDEST
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.vaccination.checks import MOST_NUMBER, SHORT_LIMIT, needs_reason
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, DoseSource
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.vaccination.history import VaccineLook, record_dose
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.edits import BirthEdit, DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.popup import Choice
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.vaccination.words import CLASSES, SITES, SOURCES

WIDTH = 860
_SOURCES = tuple(SOURCES)
_BY_HAND = (DoseSource.CARD, DoseSource.SAID, DoseSource.UPPER_LEVEL, DoseSource.OWN_RECORD)


class DoseDialog(ActDialog):
    """A new dose, or the right words of `wrong_one`, which stays in the register. What is only doubtful is asked back
    once; some of it then needs a word why."""

    needs: ClassVar[Right] = Right.ENTER

    def __init__(self, desk: Desk, parent: QWidget, look: VaccineLook, wrong_one: Dose | None = None) -> None:
        self._look, self._wrong_one = look, wrong_one
        self._asked: DoseDraft | None = None
        self._shown: tuple[Problem, ...] = ()  # what was asked back of it
        self._by_hand: set[str] = set()  # what somebody chose is not proposed over
        self._make_fields(desk)
        words = _("Sửa mũi tiêm: {name}") if wrong_one else _("Mũi vắc xin đã tiêm: {name}")
        rows = self._rows_of()
        super().__init__(desk, parent, words.format(name=look.full_name), rows, self.product)
        self.setObjectName("dose_dialog")
        self.setMinimumWidth(WIDTH)
        self._why.hide()
        self._fill(wrong_one)
        self.product.picked.connect(lambda _key: self._propose())
        self.given.value_changed.connect(lambda _value: self._propose())
        self.dose_class.picked.connect(lambda _key: self._by_hand.add("place"))
        self.number.textEdited.connect(lambda _text: self._by_hand.add("place"))
        self.volume.textEdited.connect(lambda _text: self._by_hand.add("volume"))

    def about(self) -> str:
        """The person, and the dose that is corrected."""
        return f"{self._look.person_id.hex}-{self._wrong_one.id.hex if self._wrong_one else ''}"

    def wrong(self) -> list[Problem]:
        """What is no day and no number."""
        found = []
        if self.given.birth() is None:
            code = "vaccination.day_unreadable" if self.given.bad() else "vaccination.day_missing"
            found.append(Problem("given", code))
        if self.expiry.bad():
            found.append(Problem("expiry", "forms.bad_date"))
        if self.volume.bad():
            found.append(Problem("volume", "vaccination.volume_unreadable"))
        if self.number.bad():
            found.append(Problem("number", "vaccination.number", {"most": str(MOST_NUMBER)}))
        return found

    def field_of(self, problem: Problem) -> str:
        """The same code read twice stands beside the day."""
        return "given" if problem.field == "certificate" else problem.field

    def draft(self) -> DoseDraft:
        """What stands in the dialog; what no field shows stays as it was."""
        given, volume, number = self.given.birth(), self.volume.number(), self.number.number()
        assert given is not None
        old = self._wrong_one
        listed = old.product if old is not None and old.drawn else self.product.value()  # the store says it
        kept = {name: getattr(old, name) for name in _UNSEEN} if old is not None else {}
        return DoseDraft(
            person_id=self._look.person_id,
            given=given,
            product=str(listed) if listed else "",
            product_name=self._name(listed),
            dose_class=self.dose_class.value(),
            number=int(number) if number is not None else None,
            lot_number=self.lot.value(),
            expiry=self.expiry.day(),
            volume=int(volume * 100) if volume is not None else None,
            site=self.site.value(),
            facility=self.facility.value(),
            country=self.country.value(),
            vaccinator=self.vaccinator.value(),
            source=self.source.value(),
            reason=self.reason.value(),
            note=self.note.value(),
            voids=old.id if old is not None else None,
            **kept,
        )

    def _name(self, listed: object) -> str:
        """As it is written there: of a listed vaccine the list says it, but that of another strength stays."""
        old = self._wrong_one
        if not listed:
            return self.product.value_text()
        return old.product_name if old is not None and old.product == listed else ""

    def act(self) -> Callable[[], Done[Any]]:
        """Write it; what was asked back once is not asked again as long as nothing but the reason changes."""
        desk, draft = self._desk, self.draft()
        sure = self._shown if replace(draft, reason="") == self._asked else ()
        register, name = desk.register, desk.register.user_name or ""
        return partial(
            record_dose, register.db, draft, catalog=desk.catalog, by=register.user_id, by_name=name, now=desk.now(),
            sure=sure,
        )  # fmt: skip

    def failed(self, trouble: UserError) -> None:
        """What is doubtful is asked once, with its sentence; what needs a word why opens the line for it."""
        if not isinstance(trouble, Refused):
            super().failed(trouble)
            return
        found = list(trouble.problems)
        if not errors(found):
            self._asked, self._shown = replace(self.draft(), reason=""), trouble.problems
        if needs_reason(found) or any(one.field == "reason" for one in found):
            self._why.show()
            self.adjustSize()
            super().failed(trouble)
            self.reason.setFocus()
        elif errors(found):
            super().failed(trouble)
        elif confirm(self, _("Xem lại một chút"), "\n".join(map(sentence, found)), act=_("Vẫn ghi")):
            self.do(self.act())

    def _make_fields(self, desk: Desk) -> None:
        today = desk.now().date()
        here = {one.code for one in self._look.products.here}
        first = [Choice(one.code, one.name, one.maker) for one in self._look.products.here]
        others = [Choice(one.code, one.name, one.maker) for one in self._look.products.products if one.code not in here]
        hint = _("Chọn, hoặc gõ tên ghi trên giấy")
        self.product = FindCombo("product", _("Vắc xin"), [*first, *others], width=300, hint=hint, free=True)
        self.given = BirthEdit("given", _("Ngày tiêm"), today=today, hint=_("tháng, năm cũng được"))
        classes = [(key, _(words)) for key, words in CLASSES.items()]
        self.dose_class = Combo("dose_class", _("Loại mũi"), classes, width=140)
        self.number = NumberEdit("number", _("Mũi số"), low=1, high=MOST_NUMBER, width=56)
        drawn = self._wrong_one is not None and self._wrong_one.drawn
        kept = (self._wrong_one.source,) if self._wrong_one is not None else ()
        offered = kept if drawn else tuple(one for one in _SOURCES if one in (*_BY_HAND, *kept))
        self.source = Combo("source", _("Biết từ đâu"), [(one, _(SOURCES[one])) for one in offered], width=200)
        self.lot = LineEdit("lot_number", _("Số lô"), width=140, limit=SHORT_LIMIT)
        self.expiry = DateEdit("expiry", _("Hạn dùng của lô"), today=today)
        self.volume = NumberEdit("volume", _("Lượng tiêm, ml"), places=2, low=Decimal("0.01"), high=3, width=72)
        self.site = Combo("site", _("Vị trí tiêm"), [(key, _(words)) for key, words in SITES.items()], width=132)
        self.facility = LineEdit("facility", _("Nơi tiêm"), width=300, limit=NAME_LIMIT)
        self.country = LineEdit("country", _("Mã nước, nếu tiêm ở nước ngoài"), width=56, limit=2)
        self.vaccinator = LineEdit("vaccinator", _("Người tiêm"), width=300, limit=NAME_LIMIT)
        self.note = LineEdit("note", _("Ghi chú"), width=430, limit=TEXT_LIMIT)
        self.reason = LineEdit("reason", _("Vì sao vẫn lưu"), width=430, limit=TEXT_LIMIT)
        self.product.setEnabled(not drawn)

    def _rows_of(self) -> Sequence[Field]:
        self._why = Field(_("&Vì sao vẫn lưu"), self.reason, required=True)
        number = Field(_("Loại &mũi"), self.dose_class).beside(self.number, _("m&ũi số"))
        lot = Field(_("Số &lô"), self.lot).beside(self.expiry, _("&hạn dùng"))
        return (
            Field(_("Vắc &xin"), self.product),
            Field(_("Ngà&y tiêm"), self.given, required=True),
            number,
            Field(_("Biết từ đâ&u"), self.source),
            lot,
            Field(_("Lượng tiêm, m&l"), self.volume).beside(self.site, _("vị t&rí")),
            Field(_("&Nơi tiêm"), self.facility).beside(self.country, _("mã nướ&c")),
            Field(_("N&gười tiêm"), self.vaccinator),
            Field(_("Ghi &chú"), self.note),
            self._why,
        )

    def _fill(self, old: Dose | None) -> None:
        if old is None:
            kind, number = self._look.next_place(self._look.day)
            self.dose_class.set_value(kind)
            self.number.set_number(number)
            return
        if old.product:
            self.product.set_value(old.product)
        else:
            self.product.put_text(old.product_name)
        self.given.set_birth(old.given)
        self.dose_class.set_value(old.dose_class)
        self.number.set_number(old.number)
        self.source.set_value(old.source)
        self.expiry.set_day(old.expiry)
        self.volume.set_number(Decimal(old.volume) / 100 if old.volume is not None else None)
        self.site.set_value(old.site)
        texts = {self.lot: old.lot_number, self.facility: old.facility, self.country: old.country}
        texts |= {self.vaccinator: old.vaccinator, self.note: old.note}
        for field, text in texts.items():
            field.set_value(text)

    def _propose(self) -> None:
        """What the vaccine and the day say: which dose it would be, the usual volume."""
        given, code = self.given.birth(), self.product.value()
        if self._wrong_one is not None or given is None:
            return
        if "place" not in self._by_hand:
            kind, number = self._look.next_place(given.latest)
            self.dose_class.set_value(kind)
            self.number.set_number(number)
        if "volume" not in self._by_hand:
            self.volume.set_number(self._usual_volume(given, code))

    def _usual_volume(self, given: PartialDate, code: object) -> Decimal | None:
        """In millilitres; None when the age allows two, or the vaccine is not known."""
        product = self._look.products.product(str(code)) if code else None
        young, old = months_possible(self._look.birth, given.latest, OLDEST)
        kind: DoseClass = self.dose_class.value()
        found = {product.volume(young, kind.value), product.volume(old, kind.value)} if product else {None}
        usual = found.pop()
        return None if found or usual is None else Decimal(usual) / 100


_UNSEEN = ("given_at", "lot_id", "certificate", "session_id", "vial_id", "drawn")
