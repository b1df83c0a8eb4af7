"""One person's file on request: all that the register holds about them, why, who saw it and to whom it went.

A zip with a PDF for the person, JSON and CSV for a machine. It is readable by whoever holds it, and says so.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db import audit
from covidstation.db.rows import (
    AuditRow,
    BatchRow,
    HamletRow,
    HouseholdRow,
    JournalRow,
    JournalStateRow,
    PersonRow,
    ReceiptRow,
    StationRow,
    UserRow,
)
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.paper_words import place_date
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.messages.fields import FIELDS, ROWS
from covidstation.printing.person_file import FileSection, PersonFileView, render_person_file
from covidstation.services.changes import Done, done
from covidstation.services.papers.letterhead import letterhead_in
from covidstation.services.privacy.dossiers import rows_of
from covidstation.services.privacy.words import SEEN, plain_fields, raw_fields
from covidstation.services.rights import needs
from covidstation.services.tables import csv_text

LONGEST: Final = 200
FORMAT: Final = "covidstation.person/1"
PURPOSE: Final = (
    "Theo dõi, cách ly và chăm sóc người bệnh COVID-19 tại nhà, báo cáo dịch theo quy định.",
    "Căn cứ: pháp luật về phòng chống bệnh truyền nhiễm, khám bệnh chữa bệnh; phần nào hỏi ý kiến thì theo lần đồng ý "
    "ghi ở dưới. Quyền của bạn: xem, xin sửa, xin bản này, rút lại sự đồng ý "
    "(Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15).",
)
_ORDER: Final = (
    "person", "residence", "episode", "pathogen_test", "risk_assessment", "visit", "alert", "phone_call", "treatment",
    "prescription", "dispensing", "hospitalization", "isolation_change", "follow_up", "contact", "consent",
    "vulnerability", "chronic_condition", "chronic_visit", "vaccine_dose", "vaccine_stance", "session_person",
    "adverse_event", "paper",
    "paper_delivery", "case_notice",
)  # fmt: skip


class Requester(StrEnum):
    """Who asks."""

    SELF = "self"
    PARENT = "parent"  # or guardian
    FAMILY = "family"  # with the person's word
    BODY = "body"  # one that the law allows to ask


RELATIONS: Final = {
    Requester.SELF: "chính người đó",
    Requester.PARENT: "cha, mẹ, người giám hộ",
    Requester.FAMILY: "người nhà được uỷ quyền",
    Requester.BODY: "cơ quan có thẩm quyền",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRequest:
    """Who asked for it and why."""

    requester: Requester
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonFile:
    """The zip; its name says nothing of the person."""

    name: str
    data: bytes


@needs(Right.EXPORT)
def person_file(
    db: Database,
    person_id: UUID,
    request: FileRequest,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[PersonFile]:
    """Make it and note for whom. Raises Refused privacy.requester_missing, privacy.request_reason_missing; UserError
    people.unknown_person."""
    name, reason = clean(request.name), clean(request.reason)
    found = [*too_long("name", name, LONGEST), *too_long("reason", reason, LONGEST)]
    if not name:
        found.append(Problem("name", "privacy.requester_missing"))
    if not reason:
        found.append(Problem("reason", "privacy.request_reason_missing"))
    if found:
        raise Refused(found)
    asked = FileRequest(requester=request.requester, name=name, reason=reason)
    with db.write(by, now) as session:
        person = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
        if person is None:
            raise UserError("people.unknown_person")
        detail = {"what": "person_file", "requester": asked.requester.value, "name": name, "reason": reason}
        audit.note(session, AuditAction.EXPORT, subject=person_id, detail=detail)
        session.flush()
        data = _zip(session, person, asked, catalog=catalog, by_name=by_name, now=now)
    return done(PersonFile(f"ho-so-ca-nhan-{now:%Y-%m-%d-%H%M}.zip", data))


def _zip(
    session: Session, person: PersonRow, asked: FileRequest, *, catalog: Catalog, by_name: str, now: datetime
) -> bytes:
    rows = sorted(rows_of(session, [person.id]), key=_place)
    sections = (
        FileSection("Ai giữ, để làm gì", (f"Nơi giữ: {_station(session).name}.", *PURPOSE)),
        FileSection("Thông tin của bạn", rows=tuple(_of_person(session, person, catalog))),
        FileSection("Những gì đã ghi", rows=tuple(_records(rows[1:], catalog))),
        FileSection("Ai đã xem, ghi, in", rows=tuple(_seen(session, person.id))),
        FileSection("Đã chuyển cho ai", rows=tuple(_sent(session, rows))),
    )
    head = letterhead_in(session, catalog, now.date())
    view = PersonFileView(
        parent=head.parent,
        station=head.station,
        second=f"Lập lúc {now:%H:%M %d/%m/%Y} theo yêu cầu của {asked.name} ({RELATIONS[asked.requester]}); "
        f"lý do: {asked.reason}. Người lập: {clean(by_name) or '—'}",
        sections=sections,
        place_date=place_date(_station(session).place_name, now.date()),
        receiver=asked.name,
        training=head.training,
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ho-so.pdf", render_person_file(view))
        archive.writestr("du-lieu.json", _json(session, rows, sections, asked, now))
        archive.writestr("du-lieu.csv", _csv(sections))
    return out.getvalue()


def _place(row: Any) -> tuple[int, int]:
    """The person first, then the illness and what was done, then the papers."""
    table = row.__tablename__
    return (_ORDER.index(table) if table in _ORDER else len(_ORDER), row.n)


def _station(session: Session) -> StationRow:
    return session.scalars(select(StationRow)).one()


def _of_person(session: Session, person: PersonRow, catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield from plain_fields(person, catalog)
    hamlet = session.scalars(select(HamletRow).where(HamletRow.id == person.hamlet_id)).first()
    if hamlet is not None:
        yield FIELDS["hamlet"], f"{hamlet.kind} {hamlet.name}"
    household = session.scalars(select(HouseholdRow).where(HouseholdRow.id == person.household_id)).first()
    if household is not None:
        head = session.scalars(select(PersonRow.full_name).where(PersonRow.id == household.head_id)).first()
        yield FIELDS["household_head"], head or household.head_name or "—"


def _records(rows: Sequence[Any], catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Each record under the name of its kind; marks that only join two records are passed over."""
    if not rows:
        yield "Không có", "ngoài thông tin ở trên"
    for row in rows:
        fields = list(plain_fields(row, catalog))
        if fields:
            yield ROWS.get(row.__tablename__, row.__tablename__), ""
            yield from fields


def _seen(session: Session, person_id: UUID) -> Iterator[tuple[str, str]]:
    names = {row.id: row.name for row in session.scalars(select(UserRow))}
    entries = session.scalars(select(AuditRow).where(AuditRow.subject == person_id).order_by(AuditRow.seq)).all()
    for entry in entries:
        when = datetime.fromtimestamp(entry.at / 1000).astimezone()
        who = names.get(entry.actor, "người mở sổ bằng mã khôi phục")
        to = f", cho {entry.detail['name']}" if entry.detail.get("what") == "person_file" else ""
        yield f"{when:%H:%M %d/%m/%Y}", f"{who}: {SEEN.get(entry.action, entry.action)}{to}"


def _sent(session: Session, rows: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Which bundles held a change of these records, and how far the district has confirmed."""
    station, state = _station(session), session.get_one(JournalStateRow, 1)
    seqs = session.scalars(select(JournalRow.seq).where(JournalRow.row_id.in_([row.id for row in rows]))).all()
    for batch in session.scalars(select(BatchRow).where(BatchRow.epoch == state.epoch).order_by(BatchRow.n)):
        count = sum(batch.seq_from <= seq <= batch.seq_to for seq in seqs)
        if count:
            yield (
                f"{batch.made_at:%H:%M %d/%m/%Y}",
                f"{station.upper_name or 'tuyến trên'}: {count} thay đổi, đã mã hoá",
            )
    newest = session.scalars(select(ReceiptRow).order_by(ReceiptRow.n.desc()).limit(1)).first()
    confirmed = sum(seq <= state.received_upto for seq in seqs)
    if newest is not None and confirmed:
        yield "Tuyến trên đã xác nhận", f"{confirmed} trong {len(seqs)} thay đổi"
    elif not confirmed:
        yield "Tuyến trên", "chưa xác nhận nhận thay đổi nào"


def _json(
    session: Session, rows: Sequence[Any], sections: Sequence[FileSection], asked: FileRequest, now: datetime
) -> str:
    value = {
        "format": FORMAT,
        "made_at": now.isoformat(timespec="seconds"),
        "held_by": _station(session).name,
        "purpose": list(PURPOSE),
        "requested_by": {"who": asked.requester.value, "name": asked.name, "reason": asked.reason},
        "records": [{"table": row.__tablename__, "id": str(row.id), "fields": raw_fields(row)} for row in rows],
        "seen": [{"at": at, "what": what} for at, what in sections[3].rows],
        "sent": [{"at": at, "what": what} for at, what in sections[4].rows],
    }
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def _csv(sections: Sequence[FileSection]) -> str:
    """With the mark by which Excel knows UTF-8; what a spreadsheet would run stays a text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("phần", "mục", "giá trị"))
    for section in sections:
        for name, value in section.rows:
            writer.writerow([csv_text(text) for text in (section.heading, name, value)])
    return "\ufeff" + out.getvalue()
