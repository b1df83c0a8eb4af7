"""Looking the whole register over: pages, journal chain, numbers, papers' bytes, backups. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.backup import last_backup
from covidstation.db.blanks import walk
from covidstation.db.rows import (
    AlertRow,
    ContactRow,
    DailyReportRow,
    EpisodeRow,
    FollowUpRow,
    HospitalizationRow,
    NumberBookRow,
    PaperDeliveryRow,
    PaperRow,
    PaperSubjectRow,
    PathogenTestRow,
    PersonRow,
    PhoneCallRow,
    RiskAssessmentRow,
    TreatmentRow,
    VisitRow,
)
from covidstation.db.session import Database
from covidstation.domain.paper_view import PaperView
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import N_, _
from covidstation.services.exchange.enrolment import journal_start
from covidstation.services.papers.issuing import read_file
from covidstation.services.reports.daily import sent_hash
from covidstation.services.rights import needs

SENTENCES: Mapping[str, str] = {
    "pages.good": N_("Tệp sổ đọc được trọn vẹn."),
    "pages.bad": N_("Tệp sổ có {n} chỗ hỏng. Phục hồi từ bản sao lưu gần nhất."),
    "journal.good": N_("Nhật ký liền mạch, {n} thay đổi."),
    "journal.gap": N_("Nhật ký đứt ở số {seq}. Không gửi gì lên huyện trước khi gọi hỗ trợ."),
    "journal.changed": N_("Nhật ký bị sửa ở số {seq}. Không gửi gì lên huyện trước khi gọi hỗ trợ."),
    "book.good": N_("Sổ số văn bản khớp, {n} số."),
    "book.bad": N_("Văn bản số {number} năm {year} không có dòng trong sổ số."),
    "papers.good": N_("{n} văn bản đã cấp đọc lại đúng từng byte."),
    "papers.bad": N_("Văn bản số {number} năm {year} không đọc lại được đúng bản đã in."),
    "links.good": N_("Lần đo, cảnh báo, thuốc, F1 và việc giao giấy khớp nhau, {n} dòng."),
    "links.bad": N_("{n} dòng “{table}” nối tới một dòng không có trong sổ ({field}). Giữ bản sao lưu và gọi hỗ trợ."),
    "reports.good": N_("{n} báo cáo đã chốt còn nguyên như lúc gửi."),
    "reports.bad": N_("Báo cáo ngày {day}, bản {version} không còn như lúc chốt. Lấy lại từ bản sao lưu."),
    "backup.good": N_("Bản sao lưu gần nhất: {when}."),
    "backup.none": N_("Chưa có bản sao lưu nào."),
}


LINKS: Final[tuple[tuple[Any, Any], ...]] = (
    (EpisodeRow.person_id, PersonRow.id),
    (EpisodeRow.from_contact_id, ContactRow.id),
    (VisitRow.episode_id, EpisodeRow.id),
    (VisitRow.contact_id, ContactRow.id),
    (AlertRow.visit_id, VisitRow.id),
    (AlertRow.episode_id, EpisodeRow.id),
    (TreatmentRow.episode_id, EpisodeRow.id),
    (HospitalizationRow.episode_id, EpisodeRow.id),
    (FollowUpRow.episode_id, EpisodeRow.id),
    (RiskAssessmentRow.episode_id, EpisodeRow.id),
    (ContactRow.person_id, PersonRow.id),
    (ContactRow.source_episode_id, EpisodeRow.id),
    (ContactRow.became_episode_id, EpisodeRow.id),
    (PaperSubjectRow.paper_id, PaperRow.id),
    (PaperDeliveryRow.paper_id, PaperRow.id),
    *((row.voids, row.id) for row in (VisitRow, TreatmentRow, PhoneCallRow, PathogenTestRow, PaperDeliveryRow)),
)
"""What names another row: there are no foreign keys between things that travel apart, but none may point at nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    code: str
    good: bool
    params: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The sentence for a person."""
        text = _(SENTENCES[self.code])
        for name, value in self.params.items():
            text = text.replace("{" + name + "}", value)
        return text


@needs(Right.SEE)
def check_register(db: Database, folder: Path) -> list[Finding]:
    """Everything that can be checked without changing anything; what is bad says what to do."""
    with suppress(UserError):  # a page torn by a power cut stands whole in the log, but the page check reads the file
        db.outside_transaction("PRAGMA wal_checkpoint(PASSIVE)")
    with db.read() as session:
        found = [_pages(session), _journal(session), *_book(session), *_papers(session)]
        found += [*_links(session), *_reports(session)]
    when = last_backup(folder)
    backup = Finding("backup.good", True, {"when": when.strftime("%d/%m/%Y %H:%M")}) if when else None
    return [*found, backup or Finding("backup.none", True)]


def _pages(session: Session) -> Finding:
    connection = session.connection()
    torn = len(connection.exec_driver_sql("PRAGMA cipher_integrity_check").all())
    faults = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check").all()]
    bad = torn + (0 if faults == ["ok"] else len(faults))
    return Finding("pages.bad", False, {"n": str(bad)}) if bad else Finding("pages.good", True)


def _journal(session: Session) -> Finding:
    """Walk the chain from its start to the counted end; lines that a legal deletion blanked stand under its seal."""
    found = walk(session, journal_start(session))
    if found.fault:
        return Finding(f"journal.{found.fault}", False, {"seq": str(found.seq)})
    return Finding("journal.good", True, {"n": str(found.seq)})


def _book(session: Session) -> Iterator[Finding]:
    listed = {(row.symbol, row.year, row.number): row.paper_id for row in session.scalars(select(NumberBookRow)).all()}
    bad = [
        Finding("book.bad", False, {"number": f"{row.number:02d}/{row.symbol}", "year": str(row.year)})
        for row in session.execute(select(PaperRow.id, PaperRow.symbol, PaperRow.year, PaperRow.number))
        if listed.get((row.symbol, row.year, row.number)) != row.id
    ]
    yield from bad or [Finding("book.good", True, {"n": str(len(listed))})]


def _links(session: Session) -> Iterator[Finding]:
    """Every row that is named is there."""
    count, bad = 0, []
    for column, target in LINKS:
        named = column.is_not(None)
        count += session.scalar(select(func.count()).select_from(column.class_).where(named)) or 0
        lost = session.scalar(
            select(func.count()).select_from(column.class_).where(named, column.not_in(select(target)))
        )
        if lost:
            params = {"n": str(lost), "table": column.class_.__tablename__, "field": column.key}
            bad.append(Finding("links.bad", False, params))
    yield from bad or [Finding("links.good", True, {"n": str(count)})]


def _reports(session: Session) -> Iterator[Finding]:
    """Every frozen report is what was sent."""
    count, bad = 0, []
    for row in session.scalars(select(DailyReportRow)).yield_per(50):
        count += 1
        if sent_hash(row.day, row.version, row.figures, row.events, row.typed) != row.content_hash:
            params = {"day": f"{row.day:%d/%m/%Y}", "version": str(row.version)}
            bad.append(Finding("reports.bad", False, params))
    yield from bad or [Finding("reports.good", True, {"n": str(count)})]


def _papers(session: Session) -> Iterator[Finding]:
    count = session.scalar(select(func.count()).select_from(PaperRow)) or 0
    bad = []
    for row in session.scalars(select(PaperRow)).yield_per(200):
        try:
            read_file(session, row.file_hash)
            same = PaperView.from_json(json.dumps(row.view)).content_hash == row.content_hash
        except (UserError, ValueError):
            same = False
        if not same:
            number = f"{row.number:02d}/{row.symbol}"
            bad.append(Finding("papers.bad", False, {"number": number, "year": str(row.year)}))
    yield from bad or [Finding("papers.good", True, {"n": str(count)})]
