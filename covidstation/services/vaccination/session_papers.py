"""The papers of a session: list, invitations, screening sheets, the day's result.

The result report has the columns of QĐ 3588/QĐ-BYT Phụ lục 5, amended by QĐ 43/QĐ-BYT (docs/adr/0044).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_events import session_events
from covidstation.db.queries.vaccine_seats import SeatLine, seats
from covidstation.db.queries.vaccine_sessions import SessionLine, SessionSheet, session_sheet
from covidstation.db.session import Database
from covidstation.domain.paper_words import SEX_WORDS
from covidstation.domain.people import Sex
from covidstation.domain.person_code import person_code
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.paper_sheet import PaperQuestion, on_paper
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.screening import Outcome, ScreeningRule, ScreeningSheet, reaction_words
from covidstation.domain.vaccination.sessions import Consent, NoDose, SessionPart, SessionPlace, Step
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.printing.sheets_vaccine import FormSheet, FormTable, Ticks, render_forms, render_halves
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import Letterhead, letterhead
from covidstation.services.rights import needs
from covidstation.services.vaccination.results import DayResult, day_result
from covidstation.services.vaccination.sessions import screening_rule_of
from covidstation.services.vaccination.standing import desk_rules

PARTS: Final = {SessionPart.MORNING: "sáng", SessionPart.AFTERNOON: "chiều", SessionPart.WHOLE: "cả ngày"}
OUTCOMES: Final = {
    Outcome.ELIGIBLE: "Đủ điều kiện tiêm",
    Outcome.CAUTION: "Thận trọng",
    Outcome.DEFER: "Trì hoãn",
    Outcome.CONTRAINDICATED: "Chống chỉ định",
}
_NO_DOSE: Final = {
    NoDose.HOSPITAL: "chuyển bệnh viện tiêm",
    NoDose.REFUSED: "không đồng ý",
    NoDose.DEFERRED: "hoãn",
    NoDose.CONTRAINDICATED: "chống chỉ định",
    NoDose.WENT: "đã về, không tiêm",
}
_BLANK: Final = "......"
_CODES: Final = "Mã"


def place_words(line: SessionLine) -> str:
    """Where a session is held."""
    if line.draft.place is SessionPlace.HOME:
        return ", ".join(filter(None, ("tại nhà", line.draft.address)))
    if line.draft.place is SessionPlace.HAMLET:
        return ", ".join(filter(None, (line.hamlet, line.draft.address)))
    return line.draft.address or "tại trạm"


def when_words(line: SessionLine) -> str:
    """`buổi sáng ngày 10/03/2022, Bản Nậm Ngá`."""
    part = PARTS[line.draft.part]
    part = part if line.draft.part is SessionPart.WHOLE else f"buổi {part}"
    return f"{part} ngày {date_text(line.day)}, {place_words(line)}"


def there(found: SessionSheet | None) -> SessionSheet:
    """The session that was asked for. Raises UserError vaccine_session.unknown."""
    if found is None:
        raise UserError("vaccine_session.unknown")
    return found


@needs(Right.PRINT)
@prints("session_list")
def session_list_pdf(db: Database, session_id: UUID, *, catalog: Catalog, today: date, blank_rows: int = 0) -> bytes:
    """Everybody of the session, with what was done by now; `blank_rows` more to be written by hand.

    Raises UserError vaccine_session.unknown.
    """
    sheet, head = there(session_sheet(db, session_id)), letterhead(db, catalog, today)
    signs = _signs_of(db, session_id, catalog)
    people = enumerate(seats(db, session_id), start=1)
    rows = [_list_row(number, one, signs.get(one.person_id, "")) for number, one in people]
    rows += [(str(len(rows) + at + 1), *[""] * 11) for at in range(blank_rows)]
    shares = (7, 30, 14, 20, 18, 12, 16, 18, 14, 20, 16, 16)
    titles = (
        "TT", "Họ và tên", "Năm sinh, giới", "Thôn, bản", "Điện thoại", "Nhiệt độ", "Mũi", "Lô, lọ", "Giờ tiêm",
        "Kết quả, phản ứng", "Ký tên", _CODES,
    )  # fmt: skip
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="DANH SÁCH BUỔI TIÊM VẮC XIN COVID-19",
            second=f"{when_words(sheet.line).capitalize()}; {_vials(sheet)}",
            columns=tuple(
                ListColumn(title, share, "left" if share > 16 else "centre", codes=title == _CODES)
                for title, share in zip(titles, shares, strict=True)
            ),
            rows=tuple(rows),
            across=True,
            size=9.5,
            row_height=22.0,
            signs=("Người lập", "Người tiêm", head.head_title),
            training=head.training,
        )
    )


def _vials(sheet: SessionSheet) -> str:
    takes = [f"{one.product_name} lô {one.lot_number or '—'}: {one.vials} lọ" for one in sheet.takes]
    return "; ".join(takes) or "chưa lấy vắc xin"


def _signs_of(db: Database, session_id: UUID, catalog: Catalog) -> dict[UUID, str]:
    """The reactions after the doses of that session, by person, and where somebody was taken."""
    known, found = reaction_words(desk_rules(db, catalog=catalog).screenings), dict[UUID, list[str]]()
    for event in session_events(db, session_id):
        words = [known[code].label if code in known else code for code in event.kinds]
        taken = [f"chuyển {event.sent_to}"] if event.sent_to else []
        found.setdefault(event.person_id, []).append(", ".join([*words, *taken]))
    return {person: "; ".join(words) for person, words in found.items()}


def _list_row(number: int, one: SeatLine, signs: str) -> tuple[str, ...]:
    dose, at = one.dose, one.seat.injected_at
    told = _NO_DOSE[one.seat.no_dose] if one.seat.no_dose is not None else ""
    reason = f": {one.no_dose_reason}" if told and one.no_dose_reason else ""
    sex = SEX_WORDS[Sex(one.sex)].lower() if one.sex else ""
    return (
        f"{one.place_no or number}",
        one.full_name,
        ", ".join(filter(None, (str(one.birth.year) if one.birth else "", sex))),
        one.hamlet,
        one.phone,
        _degrees(one.vitals.temperature),
        dose_words(dose.dose_class, dose.number) if dose else "",
        dose.lot_number if dose else "",
        f"{at:%H:%M}" if at else "",
        told + reason or signs or ("về, ổn" if one.step is Step.LEFT else ""),
        "",
        person_code(one.person_id),
    )


def dose_words(kind: DoseClass, number: int | None) -> str:
    """`mũi 2`, `bổ sung`, `nhắc lại 1`."""
    words = {DoseClass.ADDITIONAL: "bổ sung", DoseClass.BOOSTER: "nhắc lại"}.get(kind, "mũi")
    return " ".join(filter(None, (words, str(number) if number and kind is not DoseClass.ADDITIONAL else "")))


def _degrees(tenths: int | None) -> str:
    return f"{tenths // 10},{tenths % 10}" if tenths is not None else ""


@needs(Right.PRINT)
@prints("session_invitations")
def invitations_pdf(
    db: Database, session_id: UUID, *, catalog: Catalog, today: date, only: Sequence[UUID] | None = None
) -> bytes:
    """Half a page for each person who is expected and has not come; a child's goes to who says yes for it.

    Raises UserError vaccine_session.unknown, nobody.
    """
    sheet, head = there(session_sheet(db, session_id)), letterhead(db, catalog, today)
    rule = screening_rule_of(db, catalog=catalog, day=sheet.line.day)
    lines = [
        one for one in seats(db, session_id) if (one.step is Step.EXPECTED if only is None else one.person_id in only)
    ]
    if not lines:
        raise UserError("vaccine_session.nobody")
    return render_halves([_invitation(one, sheet, head, rule, today) for one in lines])


def _invitation(one: SeatLine, sheet: SessionSheet, head: Letterhead, rule: ScreeningRule, today: date) -> FormSheet:
    products = ", ".join(dict.fromkeys(take.product_name for take in sheet.takes))
    child = rule.wants_guardian(one.birth, sheet.line.day)
    number = f"{one.place_no or ''}"
    return FormSheet(
        parent=head.parent,
        station=head.station,
        title="GIẤY MỜI TIÊM VẮC XIN COVID-19",
        code=person_code(one.person_id),
        fields=(
            (("Kính mời cha, mẹ, người giám hộ đưa cháu" if child else "Kính mời ông (bà)", one.full_name),),
            (("Sinh", one.birth.text() if one.birth else ""), ("Thôn, bản", one.hamlet), ("Số thứ tự", number)),
            (("Thời gian", f"{PARTS[sheet.line.draft.part]}, ngày {date_text(sheet.line.day)}"),),
            (("Địa điểm", place_words(sheet.line)),),
            (("Vắc xin dự kiến", products),),
        ),
        lines=(
            "Mang theo giấy mời này, căn cước (trẻ em: giấy khai sinh), thẻ bảo hiểm y tế, giấy xác nhận các mũi đã "
            f"tiêm. Trẻ dưới {rule.guardian_below} tuổi đi cùng cha, mẹ hoặc người giám hộ. Ăn trước khi đi, đeo khẩu "
            "trang.",
            "Nếu đang sốt, đang ốm, có thai hoặc đang dùng thuốc, xin báo cho cán bộ y tế trước khi tiêm. Sau tiêm "
            f"ngồi lại {rule.observe_minutes} phút tại điểm tiêm rồi mới về.",
        ),
        signs=("", head.head_title),
        place_date=f"Ngày {date_text(today)}",
        training=head.training,
    )


def said_box(said: Consent, yes: str) -> frozenset[str]:
    """Which box bears a cross; `yes`: the words of the first."""
    return {Consent.YES: frozenset({yes}), Consent.NO: frozenset({"Không đồng ý"})}.get(said, frozenset())


@needs(Right.PRINT)
@prints("screening_sheets")
def screening_pdf(
    db: Database,
    session_id: UUID,
    *,
    catalog: Catalog,
    today: date,
    only: Sequence[UUID] | None = None,
    blank: int = 0,
) -> bytes:
    """Screening sheets with the yes or no: of these people (None: of all), or so many `blank` ones of each age.

    Raises UserError vaccine_session.unknown, vaccine_session.nobody.
    """
    sheet, head = there(session_sheet(db, session_id)), letterhead(db, catalog, today)
    rule = screening_rule_of(db, catalog=catalog, day=sheet.line.day)
    products = desk_rules(db, catalog=catalog).products(sheet.line.day)
    if blank:
        forms = [_screening(None, one, sheet, head, rule, products) for one in rule.sheets]
        return render_forms([form for form in forms for _at in range(blank)])
    lines = [one for one in seats(db, session_id) if only is None or one.person_id in only]
    if not lines:
        raise UserError("vaccine_session.nobody")
    day = sheet.line.day
    return render_forms([_screening(one, rule.sheet_for(one.birth, day), sheet, head, rule, products) for one in lines])


def _screening(
    one: SeatLine | None,
    form: ScreeningSheet,
    sheet: SessionSheet,
    head: Letterhead,
    rule: ScreeningRule,
    products: Products,
) -> FormSheet:
    decided = one.seat.outcome if one is not None else None
    screened = decided is not None
    ticked = one.answers if one is not None else frozenset()
    taken = frozenset(take.product for take in sheet.takes)
    given = one.dose.product if one is not None and one.dose is not None else ""
    questions = on_paper(form, one.sex if one is not None else "", taken, given, ticked)
    rows = tuple(
        (
            str(at),
            _question_words(asked, products),
            "X" if asked.question.code in ticked else "",
            "X" if screened and asked.question.code not in ticked and not asked.only else "",
        )
        for at, asked in enumerate(questions, start=1)
    )
    said = said_box(one.seat.consent if one is not None else Consent.UNASKED, "Đồng ý tiêm")
    child = _by_guardian(one, sheet, rule) if one is not None else form.band.end is not None
    return FormSheet(
        parent=head.parent,
        station=head.station,
        title="PHIẾU SÀNG LỌC VÀ ĐỒNG Ý TIÊM VẮC XIN COVID-19",
        second=f"{form.label}; {rule.title}{'' if rule.confirmed else ' (chưa xác nhận)'}",
        code=person_code(one.person_id) if one is not None else "",
        fields=_who(one, sheet) + _vitals(one, any(asked.question.weeks for asked in questions)),
        table=FormTable(("TT", "Câu hỏi, khám", "Có", "Không"), (6, 76, 9, 9), rows),
        ticks=(
            Ticks("Kết luận", tuple(OUTCOMES.values()), frozenset({OUTCOMES[decided]} if decided is not None else ())),
            Ticks("Ý kiến", ("Đồng ý tiêm", "Không đồng ý"), said),
        ),
        lines=_agreeing(one, child),
        signs=(
            "Cha, mẹ, người giám hộ" if child else "Người được tiêm",
            "Người khám sàng lọc",
        ),
        place_date=f"Ngày {date_text(sheet.line.day)}",
        training=head.training,
    )


def _question_words(asked: PaperQuestion, products: Products) -> str:
    """With the vaccines that it is of alone: "this vaccine" says nothing on a sheet for several."""
    names = ", ".join(map(products.name, asked.only))
    return f"{asked.question.label} (chỉ hỏi khi tiêm {names})" if names else asked.question.label


def _by_guardian(one: SeatLine, sheet: SessionSheet, rule: ScreeningRule) -> bool:
    """Whether somebody else signs for them: as the desk asks for it, or has it already."""
    return bool(one.guardian_name) or rule.wants_guardian(one.birth, sheet.line.day)


def _who(one: SeatLine | None, sheet: SessionSheet) -> tuple[tuple[tuple[str, str], ...], ...]:
    name, birth, sex, phone, number, where = ("",) * 6
    if one is not None:
        name, phone, number, where = one.full_name, one.phone, one.citizen_number, one.hamlet
        birth = one.birth.text() if one.birth else ""
        sex = SEX_WORDS[Sex(one.sex)].lower() if one.sex else ""
    return (
        (("Họ và tên", name), ("Sinh", birth), ("Giới", sex)),
        (("Căn cước", number), ("Điện thoại", phone), ("Thôn, bản", where)),
        (("Buổi tiêm", when_words(sheet.line)),),
    )


def _vitals(one: SeatLine | None, pregnant: bool) -> tuple[tuple[tuple[str, str], ...], ...]:
    """What is measured; the weeks where the sheet asks for a pregnancy."""
    found = one.vitals if one is not None else None
    pressure = f"{found.systolic}/{found.diastolic}" if found is not None and found.systolic is not None else ""
    pulse = str(found.pulse) if found is not None and found.pulse is not None else ""
    degrees = _degrees(found.temperature) if found is not None else ""
    weeks = f"{one.weeks}" if one is not None and one.weeks is not None else ""
    measured = (("Thân nhiệt (°C)", degrees), ("Mạch", pulse), ("Huyết áp", pressure))
    return ((*measured, ("Tuần thai", weeks)) if pregnant else measured,)


def _agreeing(one: SeatLine | None, child: bool) -> tuple[str, ...]:
    if not child:
        return ("Tôi đã được giải thích về lợi ích, phản ứng sau tiêm và tự nguyện chọn như trên.",)
    named = one is not None and one.guardian_name
    who = (
        f"{one.guardian_name} ({one.guardian_relation})"
        if one is not None and named
        else f"{_BLANK * 6} là {_BLANK * 3}"
    )
    phone = one.guardian_phone if one is not None and one.guardian_phone else _BLANK * 3
    return (f"Tôi là {who} của trẻ, điện thoại {phone}, đã được giải thích và chọn như trên cho trẻ.",)


@needs(Right.PRINT)
@prints("session_result")
def result_pdf(db: Database, day: date, *, catalog: Catalog, today: date, session_id: UUID | None = None) -> bytes:
    """The day's result in the official order of columns; of one session alone, or of all of that day."""
    found, head = day_result(db, day, catalog=catalog, session_id=session_id), letterhead(db, catalog, today)
    words = reaction_words(desk_rules(db, catalog=catalog).screenings)
    rows = [_result_row(number, one, day, words, head) for number, one in enumerate(found, start=1)]
    if len(found) > 1:
        rows.append(_sum_row(found))
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="BÁO CÁO KẾT QUẢ TIÊM VẮC XIN COVID-19 HẰNG NGÀY",
            second=f"Ngày {date_text(day)} (Phụ lục 5, Quyết định 3588/QĐ-BYT, sửa theo Quyết định 43/QĐ-BYT)",
            columns=tuple(ListColumn(title, share, "centre") for title, share in _RESULT_COLUMNS),
            rows=tuple(rows),
            across=True,
            size=8.5,
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


_RESULT_COLUMNS: Final = (
    ("TT", 6), ("Cơ sở, ngày", 22), ("Đợt", 12), ("Vắc xin", 20), ("Số đối tượng trong ngày", 13),
    ("Chuyển BV tiêm", 11), ("Không đồng ý", 11), ("Hoãn", 10), ("Chống chỉ định", 11), ("Mũi 1", 9), ("Mũi 2", 9),
    ("Mũi 3 cơ bản", 9), ("Bổ sung", 9), ("Nhắc lại", 9), ("Liều sử dụng", 10), ("Liều huỷ", 9),
    ("Phản ứng thông thường", 26), ("Tai biến nặng", 14), ("Ghi chú", 12),
)  # fmt: skip


def _result_row(number: int, one: DayResult, day: date, words: object, head: Letterhead) -> tuple[str, ...]:
    assert isinstance(words, dict)
    mild = "; ".join(f"{words[code].label if code in words else code}: {n}" for code, n in one.ordinary)
    station = f"{head.station}, {day:%d/%m}"
    return (
        str(number), station, one.campaign, one.product_name, *map(str, _counts(one)), mild,
        str(one.severe) if one.severe else "", one.notes,
    )  # fmt: skip


def _counts(one: DayResult) -> tuple[int, ...]:
    """In the order of the columns."""
    return (
        one.people, one.hospital, one.refused, one.deferred, one.contraindicated, one.first, one.second, one.third,
        one.additional, one.booster, one.used, one.wasted,
    )  # fmt: skip


def _sum_row(found: Sequence[DayResult]) -> tuple[str, ...]:
    sums = (sum(column) for column in zip(*map(_counts, found), strict=True))
    severe = sum(one.severe for one in found)
    return ("", "Cộng", "", "", *map(str, sums), "", str(severe) if severe else "", "")
