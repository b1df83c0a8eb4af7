"""The round on paper: sheets to take along from door to door, the list of people to look after, the same for Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.door_sheets import DoorMember, DoorSheet, door_sheets
from covidstation.db.queries.reviews import DoorFilter, review_progress, reviews
from covidstation.db.queries.vulnerable import Gone, VulnerableFilter, VulnerableLine, VulnerableSort, list_vulnerable
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.citizen import grouped
from covidstation.domain.paper_words import SEX_WORDS
from covidstation.domain.reviews import Progress, ReviewPack, pack_named, reason_words
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.printing.sheets_review import ReviewSheet, SheetDoor, SheetHamlet, SheetPerson, render_review
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs
from covidstation.services.tables import SheetTable, Value, xlsx_bytes

NOWHERE = "Chưa rõ thôn, bản"
_GONE = {Gone.NO: "", Gone.DIED: "đã mất", Gone.LEFT: "đã chuyển đi"}


@needs(Right.PRINT)
@prints("review_sheets")
def review_sheets_pdf(db: Database, review_id: UUID, wanted: DoorFilter, *, catalog: Catalog, today: date) -> bytes:
    """The sheets of these doors, each hamlet on its own pages, A4 lying; what the register knows is ticked.

    Raises UserError reviews.unknown, reviews.no_doors.
    """
    review = next((one for one in reviews(db) if one.id == review_id), None)
    if review is None:
        raise UserError("reviews.unknown")
    pack = pack_named(catalog.review_packs, review.pack, review.first_day)
    sheets = door_sheets(db, review_id, wanted, questions=pack.questions, day=today)
    if not sheets:
        raise UserError("reviews.no_doors")
    head = letterhead(db, catalog, today)
    hamlets = tuple(
        SheetHamlet(name or NOWHERE, tuple(_door(one, pack) for one in some))
        for (_id, name), some in groupby(sheets, key=lambda one: (one.door.hamlet_id, one.door.hamlet))
    )
    return render_review(
        ReviewSheet(
            station=head.line,
            title="Phiếu rà từng nhà",
            second=f"{review.title}, từ {date_text(review.first_day)} đến {date_text(review.last_day)}",
            questions=tuple(one.short for one in pack.questions),
            legend="Đánh dấu X vào ô khi đúng. " + "; ".join(one.label for one in pack.questions) + ".",
            hamlets=hamlets,
            training=head.training,
        )
    )


def _door(sheet: DoorSheet, pack: ReviewPack) -> SheetDoor:
    door = sheet.door
    number = f"{door.walk_order}. " if door.walk_order is not None else ""
    phone = next((one.phone for one in sheet.members if one.is_head and one.phone), "")
    words = " · ".join(filter(None, (door.address, door.trip, grouped(phone))))
    title = f"{number}Hộ {door.head or 'chưa ghi chủ hộ'}"
    if door.household_id is None:
        title = "Chưa có hộ trong sổ, chủ hộ: ………………………"
    return SheetDoor(" – ".join(filter(None, (title, words))), tuple(_person(one, pack) for one in sheet.members))


def _person(member: DoorMember, pack: ReviewPack) -> SheetPerson:
    birth = member.birth.text() if member.birth else ""
    return SheetPerson(
        member.full_name,
        "chủ hộ" if member.is_head else "",
        ", ".join(filter(None, (birth, SEX_WORDS[member.sex].lower()))),
        tuple(one.code in member.ticked for one in pack.questions),
    )


@needs(Right.PRINT)
@prints("review_progress")
def review_progress_pdf(db: Database, review_id: UUID, *, catalog: Catalog, today: date) -> bytes:
    """How far the round has come, by hamlet, with its sum. Raises UserError reviews.unknown."""
    review = next((one for one in reviews(db) if one.id == review_id), None)
    if review is None:
        raise UserError("reviews.unknown")
    found = review_progress(db, review_id)
    head = letterhead(db, catalog, today)
    rows = [_progress_row(one.hamlet or NOWHERE, one.progress) for one in found]
    rows.append(_progress_row("Cả xã", sum((one.progress for one in found), Progress())))
    titles = ("Số hộ", "Đã rà", "Vắng nhà", "Từ chối", "Chưa đến")
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="TIẾN ĐỘ RÀ TỪNG NHÀ",
            second=f"{review.title}, tính đến ngày {date_text(today)}",
            columns=(ListColumn("Thôn, bản", 30), *(ListColumn(one, 12, "centre") for one in titles)),
            rows=tuple(rows),
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


def _progress_row(title: str, one: Progress) -> tuple[str, ...]:
    return (title, *map(str, (one.households, one.done, one.away, one.refused, one.left)))


@dataclass(frozen=True, slots=True)
class VulnerableSelection:
    """Which part of the list, in which order; `words`: the filter in words, under the title."""

    wanted: VulnerableFilter
    sort: VulnerableSort = VulnerableSort.HAMLET
    descending: bool = False
    words: str = ""


@needs(Right.PRINT)
@prints("vulnerable_list")
def vulnerable_pdf(db: Database, selection: VulnerableSelection, *, catalog: Catalog, today: date) -> bytes:
    """The list across A4: who, where, why, what is next and by when."""
    lines = _selected(db, selection, catalog, today)
    head = letterhead(db, catalog, today)
    rows = [tuple("" if one is None else _printed(one) for one in row) for row in _rows(lines, catalog)]
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="DANH SÁCH NGƯỜI CẦN QUAN TÂM",
            second=_second(selection, today, len(lines)),
            columns=tuple(ListColumn(title, share, "centre" if share < 9 else "left") for title, share in _COLUMNS),
            rows=tuple(rows),
            across=True,
            size=9.0,
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


@needs(Right.EXPORT)
@prints("vulnerable_list", AuditAction.EXPORT)
def vulnerable_xlsx(db: Database, selection: VulnerableSelection, *, catalog: Catalog, today: date) -> bytes:
    """The same as a spreadsheet."""
    lines = _selected(db, selection, catalog, today)
    head = letterhead(db, catalog, today)
    return xlsx_bytes(
        [
            SheetTable(
                title="DANH SÁCH NGƯỜI CẦN QUAN TÂM",
                columns=[title for title, _share in _COLUMNS],
                rows=_rows(lines, catalog),
                notes=[head.station, _second(selection, today, len(lines))],
                name="Cần quan tâm",
            )
        ]
    )


_COLUMNS = (
    ("STT", 7.0),
    ("Họ và tên", 26.0),
    ("Năm sinh", 14.0),
    ("Thôn, bản", 18.0),
    ("Chủ hộ, địa chỉ", 30.0),
    ("Điện thoại", 17.0),
    ("Lý do", 38.0),
    ("Việc tiếp theo", 38.0),
    ("Hẹn đến", 15.0),
    ("Ghi chú", 24.0),
)


def listed_codes(catalog: Catalog) -> frozenset[str]:
    """The reasons that bring somebody on the list by themselves."""
    return frozenset(code for code, one in reason_words(catalog.review_packs).items() if one.listed)


def _selected(
    db: Database, selection: VulnerableSelection, catalog: Catalog, today: date
) -> tuple[VulnerableLine, ...]:
    found = list_vulnerable(
        db,
        selection.wanted,
        day=today,
        listed=listed_codes(catalog),
        sort=selection.sort,
        descending=selection.descending,
    )
    return found.all()


def _rows(lines: Sequence[VulnerableLine], catalog: Catalog) -> list[tuple[Value, ...]]:
    words = reason_words(catalog.review_packs)
    return [
        (
            number,
            one.full_name,
            str(one.birth.year) if one.birth else "",
            one.hamlet,
            ", ".join(filter(None, (one.house, one.address, one.trip))),
            one.phone,
            ", ".join(words[found.reason].short if found.reason in words else found.reason for found in one.findings),
            "; ".join(dict.fromkeys(found.next_step for found in one.findings if found.next_step)),
            one.due_on,
            "; ".join(filter(None, (_GONE[one.gone], *dict.fromkeys(found.note for found in one.findings)))),
        )
        for number, one in enumerate(lines, start=1)
    ]


def _printed(value: Value) -> str:
    return date_text(value) if isinstance(value, date) else str(value)


def _second(selection: VulnerableSelection, today: date, count: int) -> str:
    words = f"{selection.words}; " if selection.words else ""
    return f"{words}ngày {date_text(today)}, {count} người" if words else f"Ngày {date_text(today)}, {count} người"
