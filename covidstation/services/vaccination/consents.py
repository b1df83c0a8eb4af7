"""The form on which whoever says yes for a child says it before the session, at home or at school."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_seats import SeatLine, seats
from covidstation.db.queries.vaccine_sessions import SessionSheet, session_sheet
from covidstation.db.session import Database
from covidstation.domain.person_code import person_code
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.screening import ScreeningRule
from covidstation.domain.vaccination.sessions import Consent
from covidstation.errors import UserError
from covidstation.printing.sheets_vaccine import FormSheet, Ticks, render_halves
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import Letterhead, letterhead
from covidstation.services.rights import needs
from covidstation.services.vaccination.session_papers import said_box, there, when_words
from covidstation.services.vaccination.sessions import screening_rule_of

_CONSENT_FROM: Final = date(2022, 3, 28)


@needs(Right.PRINT)
@prints("consent_forms")
def consents_pdf(
    db: Database,
    session_id: UUID,
    *,
    catalog: Catalog,
    today: date,
    only: Sequence[UUID] | None = None,
    blank: int = 0,
) -> bytes:
    """The form on which a guardian says yes or no beforehand, half a page each: for everybody of the session who needs
    one (of `only` these), or so many `blank` ones.

    Its fields, in this order: Công văn 1535/BYT-DP of 28/3/2022 (as the press shows it, not confirmed); the form names
    it from that day on. Raises UserError vaccine_session.unknown, vaccine_session.no_children.
    """
    sheet, head = there(session_sheet(db, session_id)), letterhead(db, catalog, today)
    rule = screening_rule_of(db, catalog=catalog, day=sheet.line.day)
    if blank:
        return render_halves([_consent(None, sheet, head, rule)] * blank)
    lines = [one for one in seats(db, session_id) if only is None or one.person_id in only]
    children = [one for one in lines if rule.wants_guardian(one.birth, sheet.line.day)]
    if not children:
        raise UserError("vaccine_session.no_children", age=f"{rule.guardian_below}")
    return render_halves([_consent(one, sheet, head, rule) for one in children])


def _consent(one: SeatLine | None, sheet: SessionSheet, head: Letterhead, rule: ScreeningRule) -> FormSheet:
    said = one.seat.consent if one is not None else Consent.UNASKED
    by, phone, name, birth = "", "", "", ""
    if one is not None:
        by = ", ".join(filter(None, (one.guardian_name, one.guardian_relation)))
        phone, name, birth = one.guardian_phone or one.phone, one.full_name, one.birth.text() if one.birth else ""
    source = " (các mục theo Công văn 1535/BYT-DP)" if sheet.line.day >= _CONSENT_FROM else ""
    return FormSheet(
        parent=head.parent,
        station=head.station,
        title="PHIẾU ĐỒNG Ý TIÊM VẮC XIN COVID-19 CHO TRẺ",
        code=person_code(one.person_id) if one is not None else "",
        second=f"Người dưới {rule.guardian_below} tuổi{source}",
        ticks=(Ticks("Ý kiến", ("Đồng ý cho trẻ tiêm", "Không đồng ý"), said_box(said, "Đồng ý cho trẻ tiêm")),),
        fields=(
            (("Cha, mẹ, người giám hộ", by),),
            (("Điện thoại", phone), ("Là gì của trẻ", one.guardian_relation if one is not None else "")),
            (("Họ và tên trẻ", name), ("Sinh", birth)),
            (("Buổi tiêm", when_words(sheet.line)),),
        ),
        lines=("Tôi đã được giải thích về lợi ích, phản ứng sau tiêm của vắc xin và tự nguyện chọn như trên cho trẻ.",),
        signs=("", "Cha, mẹ, người giám hộ"),
        place_date="Ngày ...... tháng ...... năm ......",
        training=head.training,
    )
