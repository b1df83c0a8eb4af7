"""The fields of a case report to the national system (Mẫu 01, Phụ lục I, QĐ 97/QĐ-PB, as far as it is known).

The original form was not seen; its fields come from a database's description of it (second-hand).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of, episode_of
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.station import get_station
from covidstation.db.rows import (
    EpisodeRow,
    HamletRow,
    HospitalizationRow,
    PathogenTestRow,
    PersonRow,
    StationRow,
)
from covidstation.db.session import Database
from covidstation.domain.episodes import CaseClassification, Episode, TestResult
from covidstation.domain.paper_words import (
    FOUND_ANSWERS,
    OUTCOME_ANSWERS,
    RESULT_ANSWERS,
    RISK_WORDS,
    SEX_WORDS,
    TEST_SHORT,
)
from covidstation.domain.people import Sex
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.printing.binder import bind
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints, shows
from covidstation.services.reports.head import head_on
from covidstation.services.rights import needs

ROW_HEIGHT: Final = 20.0  # points; an empty field is filled in by hand


@dataclass(frozen=True, slots=True)
class ReportField:
    """One field: its name on the form and what to write there, in Vietnamese; empty when it is not known."""

    key: str
    title: str
    value: str


@needs(Right.SEE)
@shows("case_report")
def case_report(db: Database, catalog: Catalog, episode_id: UUID, now: datetime) -> tuple[ReportField, ...]:
    """The whole report of one case in the order of the form. Raises UserError notices.unknown."""
    with db.read() as session:
        row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
        if row is None:
            raise UserError("notices.unknown")
        person = session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()
        tests = session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id == episode_id))
        episode = episode_of(row, tests)
        stay = session.scalars(
            select(HospitalizationRow)
            .where(HospitalizationRow.episode_id == episode_id, HospitalizationRow.voided_at.is_(None))
            .order_by(HospitalizationRow.left_at.desc())
        ).first()
        hamlet = session.scalar(select(hamlet_words()).where(HamletRow.id == person.hamlet_id)) or ""
        station = session.scalars(select(StationRow)).one()
        unit = _unit(catalog, station.commune_code, now.date())
        rule = next((one for one in catalog.notifiable_rules if one.on(row.report_date)), None)
        disease = f"{rule.disease} ({', '.join(rule.icd10[:1])})" if rule else "COVID-19"
        here = ", ".join(part for part in (person.address_detail, hamlet, unit) if part)
        return (
            *_who(person, catalog, here),
            ReportField("disease", "Bệnh", disease),
            *_illness(episode),
            *_course(episode, stay),
            ReportField("reporter", "Người báo cáo", station.head_name),
            ReportField("unit", "Đơn vị báo cáo", station.name),
        )


def _unit(catalog: Catalog, code: str, day: date) -> str:
    try:
        return catalog.units.full_name(code, day)
    except KeyError:  # a code that no longer stands on today's table
        return ""


def _who(person: PersonRow, catalog: Catalog, here: str) -> tuple[ReportField, ...]:
    birth = birth_of(person)
    people = catalog.ethnic_groups.get(person.ethnic_group)
    return (
        ReportField("name", "Họ và tên", person.full_name),
        ReportField("citizen_number", "Số định danh", person.citizen_number or person.old_citizen_number),
        ReportField("birth", "Ngày sinh", birth.text() if birth else ""),
        ReportField("sex", "Giới tính", SEX_WORDS[Sex(person.sex)]),
        ReportField("ethnic_group", "Dân tộc", people.label if people else ""),
        ReportField("occupation", "Nghề nghiệp", person.occupation),
        ReportField("phone", "Số điện thoại", person.phone),
        ReportField("address", "Địa chỉ hiện tại", here if person.hamlet_id or person.address_detail else ""),
        ReportField("residence", "Nơi thường trú", person.address_printed),
        ReportField("workplace", "Nơi làm việc, học tập", person.workplace),
    )


def _illness(episode: Episode) -> tuple[ReportField, ...]:
    suspect = episode.classification in (CaseClassification.SUSPECT, CaseClassification.PROBABLE)
    test = next((one for one in episode.tests if one.result is TestResult.POSITIVE), None)
    test = test or (episode.tests[0] if episode.tests else None)
    doses = episode.doses_known
    vaccinated = "Không rõ" if doses is None else f"Có, {doses} mũi" if doses else "Không"
    return (
        ReportField("vaccinated", "Tiêm chủng", vaccinated),
        ReportField("classification", "Phân loại", "Nghi ngờ lâm sàng" if suspect else "Xác định phòng xét nghiệm"),
        ReportField("severity", "Mức độ nguy cơ", RISK_WORDS[episode.risk_class] if episode.risk_class else ""),
        ReportField("onset", "Ngày khởi phát", date_text(episode.onset_date)),
        ReportField("sampled_on", "Ngày lấy mẫu", date_text(test.sampled_on) if test else ""),
        ReportField("test", "Loại xét nghiệm", TEST_SHORT[test.kind] if test else ""),
        ReportField("result", "Kết quả xét nghiệm", RESULT_ANSWERS[test.result] if test else ""),
    )


def _course(episode: Episode, stay: HospitalizationRow | None) -> tuple[ReportField, ...]:
    admitted = f"{date_text(stay.left_at.date())}, {stay.facility}" if stay else ""
    returned = date_text(stay.returned_at.date()) if stay and stay.returned_at else ""
    return (
        ReportField("treatment", "Điều trị", "Nội trú" if stay and not returned else "Ngoại trú"),
        ReportField("admitted", "Ngày nhập viện, nơi", admitted),
        ReportField("discharged", "Ngày ra viện", returned),
        ReportField("outcome", "Kết quả điều trị", OUTCOME_ANSWERS[episode.outcome]),
        ReportField("outcome_on", "Ngày khỏi, tử vong", date_text(episode.outcome_on)),
        ReportField("history", "Tiền sử dịch tễ", FOUND_ANSWERS[episode.found_in] if episode.found_in else ""),
    )


def as_text(fields: tuple[ReportField, ...]) -> str:
    """The whole report as lines, to be pasted."""
    return "\n".join(f"{field.title}: {' '.join(field.value.split())}" for field in fields)


@needs(Right.PRINT)
@prints("case_reports")
def case_reports_pdf(db: Database, catalog: Catalog, episode_ids: Sequence[UUID], now: datetime) -> bytes:
    """The reports of these cases, a sheet each, with room to write what is not known. Raises UserError."""
    station = get_station(db)
    with db.read() as session:
        head = head_on(session, catalog, now.date())
    sheets = []
    for episode_id in episode_ids:
        fields = case_report(db, catalog, episode_id, now)
        paper = PrintedList(
            upper=head.parent,
            station=station.name,
            title="BÁO CÁO CA BỆNH TRUYỀN NHIỄM",
            second=f"Ngày {date_text(now.date())}",
            columns=(ListColumn("Mục", 34), ListColumn("Nội dung", 66)),
            rows=tuple((field.title, field.value) for field in fields),
            row_height=ROW_HEIGHT,
            signs=("Người báo cáo", head.signer_title),
            training=station.training,
        )
        sheets.append(render_list(paper))
    return bind(sheets)
