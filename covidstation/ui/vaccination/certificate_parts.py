"""What a certificate's dialog is made of: the verdict, what stands on the paper, a line for each dose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.vaccination.dcc.certificate import Certificate, Vaccination
from covidstation.domain.vaccination.dcc.verdict import SIGNED, Verdict
from covidstation.domain.vaccination.offers import Likeness
from covidstation.errors import UserError
from covidstation.i18n import N_, _, date_text
from covidstation.messages import sentence
from covidstation.messages.dcc import verdict_words
from covidstation.services.vaccination.reading import CertificateLook, Offer
from covidstation.ui.look.tokens import Ink, Tone
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.labels import Glyph, label, set_ink
from covidstation.ui.parts.rows import KeyValues
from covidstation.ui.vaccination.words import place_text

TONES: Final[Mapping[Verdict, Tone]] = {
    Verdict.VALID: "green",
    Verdict.EXPIRED: "yellow",
    Verdict.UNKNOWN_KEY: "orange",
    Verdict.FORGED: "red",
    Verdict.DAMAGED: "grey",
    Verdict.NOT_A_CERTIFICATE: "grey",
}
LIKE: Final[Mapping[Likeness, tuple[str, Ink]]] = {
    Likeness.SAME: (N_("Đúng tên, đúng ngày sinh"), "ok"),
    Likeness.ALIKE: (N_("Gần giống: xem kỹ tên và ngày sinh"), "warn"),
    Likeness.OTHER: (N_("Khác với tên hoặc ngày sinh trên giấy"), "danger"),
}
_KEY, _BOX, _NAME = 148, 28, 48


class VerdictBand(QWidget):
    """The verdict large, its sentence under it; before a code was read, how to read one."""

    def __init__(self) -> None:
        super().__init__()
        self._chip = Chip("", "grey", height=32)
        self._words = label("", wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addWidget(self._chip)
        column.addWidget(self._words)
        self.wait()

    def wait(self) -> None:
        """Nothing was read yet."""
        self._chip.hide()
        self._words.setText(_("Quét mã QR trên giấy (bắt đầu bằng HC1:), hoặc đọc từ ảnh chụp giấy."))

    def show_look(self, look: CertificateLook) -> None:
        """That verdict."""
        judgement = look.judgement
        strange = judgement.verdict in SIGNED and not judgement.vouched
        self._chip.show_text(_(verdict_words(judgement)), "orange" if strange else TONES[judgement.verdict])
        self._chip.show()
        params = {name: value or "—" for name, value in judgement.params.items()}
        self._words.setText(sentence(UserError(judgement.code, **params)))


class PaperFacts(QWidget):
    """Whose the paper is, by whom and until when; what of it is not as it should be."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = KeyValues(key_width=_KEY)
        self._doubts = label("", "hint", "warn", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addWidget(self._rows)
        column.addWidget(self._doubts)

    def show_look(self, look: CertificateLook, now: datetime) -> None:
        """Empty for what could not be read."""
        found = look.certificate
        self.setVisible(found is not None)
        if found is None:
            return
        offered = found.doses if look.offers else ()
        rows = _facts(found, now) + [(_("Mũi tiêm"), _told(one)) for one in found.vaccinations if one not in offered]
        self._rows.set_rows(rows)
        doubts = [sentence(UserError(code)) for code in doubts_of(found)]
        if look.missing and look.offers:
            doubts.append(sentence(UserError("dcc.missing_before", count=look.missing)))
        self._doubts.setText("\n".join(doubts))
        self._doubts.setVisible(bool(doubts))


def doubts_of(found: Certificate) -> list[str]:
    """Codes of what is to be said of it: why there is nothing to keep, then what could not be read."""
    nothing = found.nothing_to_keep
    said = {"dcc.other_disease"} if nothing == "dcc.only_other_disease" else set()
    said |= {"dcc.no_day"} if nothing == "dcc.only_undated" else set()
    return [*filter(None, (nothing,)), *(code for code in found.doubts if code not in said)]


def _facts(found: Certificate, now: datetime) -> list[tuple[str, str]]:
    birth = found.birth.text() if found.birth else _("không rõ")
    rows = [(_("Tên trên giấy"), _("{name}, sinh {birth}").format(name=found.full_name, birth=birth))]
    issuers = [one.issuer for one in found.vaccinations]
    issuers += [one.issuer for one in found.tests] + [one.issuer for one in found.recoveries]
    issuers = [*dict.fromkeys(filter(None, (*issuers, found.issuer)))]
    rows.append((_("Nơi cấp"), ", ".join(issuers)))
    issued, expires = (_day(moment, now) for moment in (found.issued, found.expires))
    if issued or expires:
        times = _("{issued}, có giá trị đến {expires}").format(issued=issued or "—", expires=expires or "—")
        rows.append((_("Ngày cấp"), times))
    for test in found.tests:
        results = {True: _("dương tính"), False: _("âm tính"), None: _("không rõ kết quả")}
        rows.append(
            (_("Xét nghiệm"), ", ".join(filter(None, (_sampled(test.sampled), results[test.positive], test.centre))))
        )
    for one in found.recoveries:
        day = one.positive_on.text() if one.positive_on else _("không rõ ngày")
        rows.append((_("Đã khỏi bệnh"), _("xét nghiệm dương tính đầu tiên {day}").format(day=day)))
    return rows


def _sampled(text: str) -> str:
    """The day of a moment as written; the text when it begins with none."""
    try:
        return date_text(date.fromisoformat(text[:10]))
    except ValueError:
        return text[:10]


def _told(one: Vaccination) -> str:
    number = _("mũi {number} / {series}").format(number=one.dose or "—", series=one.series or "—")
    day = one.given.text() if one.given else _("không rõ ngày")
    other = "" if one.covid else _("bệnh khác, không phải COVID-19")
    return " · ".join(filter(None, (other, number, one.product or one.prophylaxis, day, one.country)))


def _day(moment: datetime | None, now: datetime) -> str:
    return date_text(moment.astimezone(now.tzinfo).date()) if moment else ""


class DoseRow(QWidget):
    """One dose: a box to take it, and under it what is to be known. What cannot be kept cannot be ticked."""

    toggled = Signal()

    def __init__(self, nth: int, offer: Offer) -> None:
        super().__init__()
        self.offer = offer
        self.box = CheckBox(f"dose_{nth}", offer_text(offer).replace("&", "&&"))
        self.box.setEnabled(offer.possible)
        self.box.setChecked(offer.possible)
        self.box.toggled.connect(lambda _on: self.toggled.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(0)
        column.addWidget(self.box)
        for problem in offer.problems:
            if offer.known and problem.code != "vaccination.certificate_again":
                continue  # all else follows from that
            ink: Ink = "muted" if offer.known else "danger" if problem.level == "error" else "warn"
            column.addLayout(_noted(sentence(problem), ink))

    def chosen(self) -> bool:
        """Whether it is to be kept."""
        return self.box.isEnabled() and self.box.isChecked()


def _noted(text: str, ink: Ink) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(_BOX, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(Glyph("check" if ink == "muted" else "alert", 16, ink), 0, Qt.AlignmentFlag.AlignTop)
    words = label(text, "hint", wrap=True)
    set_ink(words, ink)
    row.addWidget(words, 1)
    return row


def offer_text(offer: Offer) -> str:
    """`Mũi 2 · Comirnaty (Pfizer) · 20/11/2021 · VN`."""
    draft = offer.draft
    which = place_text(draft.dose_class, draft.number)
    name = offer.name if len(offer.name) <= _NAME else f"{offer.name[: _NAME - 1]}…"
    return " · ".join(filter(None, (which, name, draft.given.text(), draft.country)))


def doses_of(rows: Sequence[DoseRow]) -> frozenset[int]:
    """The places of those that are ticked."""
    return frozenset(nth for nth, row in enumerate(rows) if row.chosen())
