"""A daily report as lines with their words: for the window, the printed sheet and the spreadsheet alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from covidstation.i18n import N_, date_text
from covidstation.printing.report import ReportLine, ReportView, render_report
from covidstation.services.files import keep_file
from covidstation.services.reports.daily import DailyReport
from covidstation.services.reports.figures import UNKNOWN
from covidstation.services.tables import SheetTable, write_sheets

WORDS: Final[Mapping[str, str]] = {
    "new": N_("F0 mới"),
    "new.found.COMMUNITY": N_("phát hiện tại cộng đồng"),
    "new.found.QUARANTINE": N_("là F1, trong khu cách ly"),
    "new.found.ENTRY": N_("nhập cảnh, về từ vùng dịch"),
    "new.found.SCREENING": N_("qua sàng lọc"),
    "new.found.UNKNOWN": N_("chưa ghi nguồn phát hiện"),
    "new.test.RAPID_ANTIGEN": N_("bằng test nhanh"),
    "new.test.PCR_RT_PCR": N_("bằng PCR"),
    "new.test.UNKNOWN": N_("chưa ghi xét nghiệm dương tính"),
    "recovered": N_("Khỏi bệnh, kết thúc cách ly"),
    "recovered.away": N_("trong đó khỏi tại tuyến trên"),
    "out": N_("Chuyển tuyến trên"),
    "in": N_("Từ tuyến trên về"),
    "died": N_("Tử vong"),
    "died.away": N_("trong đó tử vong tại tuyến trên"),
    "lost": N_("Mất liên lạc"),
    "lost.away": N_("trong đó ở tuyến trên"),
    "late.new": N_("F0 mới, ghi bổ sung"),
    "late.recovered": N_("Khỏi bệnh, ghi bổ sung"),
    "late.out": N_("Chuyển tuyến trên, ghi bổ sung"),
    "late.in": N_("Từ tuyến trên về, ghi bổ sung"),
    "late.died": N_("Tử vong, ghi bổ sung"),
    "late.lost": N_("Mất liên lạc, ghi bổ sung"),
    "withdrawn.new": N_("F0 đã báo, nay rút lại"),
    "withdrawn.recovered": N_("Khỏi bệnh đã báo, nay rút lại"),
    "withdrawn.out": N_("Chuyển tuyến đã báo, nay rút lại"),
    "withdrawn.in": N_("Về từ tuyến trên đã báo, nay rút lại"),
    "withdrawn.died": N_("Tử vong đã báo, nay rút lại"),
    "withdrawn.lost": N_("Mất liên lạc đã báo, nay rút lại"),
    "adjusted": N_("Thay đổi khác của các kỳ trước (cộng, trừ)"),
    "before": N_("Đang quản lý ở kỳ báo cáo trước"),
    "under": N_("Đang quản lý"),
    "under.risk.LOW": N_("nguy cơ thấp"),
    "under.risk.MEDIUM": N_("nguy cơ trung bình"),
    "under.risk.HIGH": N_("nguy cơ cao"),
    "under.risk.VERY_HIGH": N_("nguy cơ rất cao"),
    "under.risk.UNKNOWN": N_("chưa phân loại nguy cơ"),
    "under.place.HOME": N_("tại nhà"),
    "under.place.FACILITY": N_("tại cơ sở"),
    "contacts.new": N_("F1 mới"),
    "contacts.under": N_("F1 đang cách ly"),
    "tests.rapid": N_("Test nhanh đã làm"),
    "tests.pcr": N_("PCR đã làm"),
    "tests.positive": N_("trong đó dương tính"),
    "suspect": N_("Ca nghi ngờ đang theo dõi, chưa tính là F0"),
    "papers.order": N_("F0 chưa có quyết định cách ly"),
    "papers.ending": N_("F0 được kết thúc, chưa có giấy kết thúc"),
    "papers.contact_order": N_("F1 chưa có quyết định cách ly"),
    "papers.contact_release": N_("F1 được kết thúc, chưa có giấy kết thúc"),
    "papers.referral": N_("Chuyển tuyến chưa có giấy chuyển"),
    "papers.delivery": N_("Người có giấy tờ chưa giao"),
    "staff": N_("Người trực, phụ trách"),
    "mean": N_("F0 mới, trung bình 7 ngày"),
    "oxygen": N_("Thở ô xy tại nhà"),
}
"""What each figure is called."""
TO_PLACE: Final = N_("đến {place}")
OF_HAMLET: Final = N_("ở {hamlet}")
NO_HAMLET: Final = N_("chưa ghi bản")
_SECTIONS: Final = (
    ("new", ("new.found.", "new.test.", "new.hamlet.")),
    ("recovered", ("recovered.away",)),
    ("out", ("out.to.",)),
    ("in", ()),
    ("died", ("died.away",)),
    ("lost", ("lost.away",)),
    ("before", ("late.", "withdrawn.", "adjusted")),
    ("under", ("under.place.", "under.risk.", "under.hamlet.")),
    ("oxygen", ()),
    ("suspect", ()),
    ("contacts.new", ()),
    ("contacts.under", ()),
    ("tests.rapid", ()),
    ("tests.pcr", ("tests.positive",)),
    ("papers.order", ()),
    ("papers.ending", ("papers.contact_", "papers.referral", "papers.delivery")),
    ("mean", ()),
    ("staff", ()),
)
_PEOPLE: Final = frozenset(
    (
        *("new", "recovered", "out", "in", "died", "lost", "late", "withdrawn", "adjusted", "under"),
        *("contacts", "suspect", "tests", "papers"),
    )
)
_ORDER: Final = {name: at for at, name in enumerate(WORDS)}
TO_TYPE: Final = "…"  # a figure that nobody has written yet


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One line: the figure's name, its words, numbers as they are read, and how deep it stands (0 or 1)."""

    name: str
    words: str
    today: str
    total: str
    level: int
    apart: bool = False  # late additions and what was taken back

    @property
    def people(self) -> bool:
        """Whether there are people behind it that can be shown."""
        return self.name.split(".")[0] in _PEOPLE and self.today not in ("0", "")


def lines_of(report: DailyReport, say: Callable[[str], str] = lambda text: text) -> tuple[FigureLine, ...]:
    """The report's lines in their order; `say` puts the words into another language, which the sheet never wants."""
    return tuple(_lines(report, say))


def _lines(report: DailyReport, say: Callable[[str], str]) -> Iterator[FigureLine]:
    for name, finer in _SECTIONS:
        yield _line(report, name, 0, say)
        found = [key for key in report.figures if key.startswith(finer)] if finer else []
        for key in sorted(found, key=lambda key: (_ORDER.get(key, len(_ORDER)), _place(report, key, say))):
            figure = report.figures[key]
            if figure.today or figure.total:
                yield _line(report, key, 1, say)


def _place(report: DailyReport, name: str, say: Callable[[str], str]) -> str:
    """The words of a figure that is named after a hamlet or a facility."""
    if ".hamlet." in name:
        key = name.rpartition(".")[2]
        return say(NO_HAMLET) if key == UNKNOWN else say(OF_HAMLET).format(hamlet=report.hamlets.get(key, key))
    return say(TO_PLACE).format(place=name.removeprefix("out.to.")) if name.startswith("out.to.") else ""


def figure_words(report: DailyReport, name: str, say: Callable[[str], str] = lambda text: text) -> str:
    """What a figure is called, those named after a hamlet or a facility too."""
    return say(WORDS[name]) if name in WORDS else _place(report, name, say)


def _line(report: DailyReport, name: str, level: int, say: Callable[[str], str]) -> FigureLine:
    words = figure_words(report, name, say)
    apart = name.split(".")[0] in ("late", "withdrawn", "adjusted")
    if name == "oxygen":
        oxygen = report.typed.oxygen
        return FigureLine(name, words, TO_TYPE if oxygen is None else f"{oxygen}", "", level)
    figure = report.figures.get(name)
    today, total = (figure.today, figure.total) if figure else (0, None)
    if name == "mean":
        return FigureLine(name, words, f"{(today or 0) / 10:.1f}".replace(".", ","), "", level)
    signed = f"{today:+d}" if name == "adjusted" and today else f"{today or 0}"
    return FigureLine(name, words, signed, "" if total is None else f"{total}", level, apart)


def report_view(report: DailyReport) -> ReportView:
    """The sheet as it is printed, in Vietnamese whatever the window speaks."""
    head, period = report.head, report.period
    rows, number = [], 0
    for line in lines_of(report):
        number += line.level == 0
        rows.append(
            ReportLine(
                f"{number}" if line.level == 0 else "",
                line.words,
                line.today,
                line.total,
                bold=line.level == 0,
                indent=line.level,
            )
        )
    span = f"(Số liệu từ {_moment(period.from_at)} đến {_moment(period.cutoff_at)})"
    day = f"ngày {period.day.day} tháng {period.day.month} năm {period.day.year}"
    subject = [f"{head.subject} {day}"]
    if not report.today("new"):
        subject.append("Không có ca mới")
    made_on = report.frozen.at.date() if report.frozen else period.day
    return ReportView(
        parent=head.parent,
        issuer=head.issuer,
        symbol=head.symbol,
        place=head.place,
        made_on=made_on,
        title="BÁO CÁO",
        subject=(*subject, span),
        lines=tuple(rows),
        paragraphs=_paragraphs(report),
        recipients=head.recipients,
        signer_title=head.signer_title,
        signer=head.signer,
        training=head.training,
        foot=_code(report),
    )


def _code(report: DailyReport) -> str:
    """On paper it cannot be changed any more: the record of who did what must still reach this far."""
    return f"Mã nhật ký truy cập: {report.audit}" if report.audit else ""


def _moment(at: datetime) -> str:
    return f"{at:%H:%M %d/%m/%Y}"


def _paragraphs(report: DailyReport) -> tuple[tuple[str, str], ...]:
    """What was typed, who is on duty, and which version this is."""
    typed, frozen = report.typed, report.frozen
    found = [
        ("Nhân lực trực:", ", ".join(report.staff)),
        ("Khó khăn, vướng mắc:", " ".join(typed.difficulties.splitlines())),
        ("Đề xuất, kiến nghị:", " ".join(typed.suggestions.splitlines())),
    ]
    if frozen and frozen.version > 1:
        found.append((f"Báo cáo chốt lần {frozen.version}:", frozen.reason))
    return tuple((heading, text) for heading, text in found if text)


def report_pdf(report: DailyReport) -> bytes:
    """The sheet. A frozen report gives the same bytes each time."""
    return render_report(report_view(report))


def report_tables(report: DailyReport) -> list[SheetTable]:
    """The figures, and new cases by day, for a spreadsheet."""
    period = report.period
    notes = [report.head.station, f"Số liệu từ {_moment(period.from_at)} đến {_moment(period.cutoff_at)}"]
    notes += [f"{heading} {text}" for heading, text in _paragraphs(report)]
    notes += filter(None, (_code(report),))
    rows = [("  " * line.level + line.words, _number(line.today), _number(line.total)) for line in lines_of(report)]
    return [
        SheetTable(
            title=f"Báo cáo ngày {date_text(period.day)}",
            name="Số liệu",
            columns=("Nội dung", "Trong ngày", "Luỹ kế"),
            rows=rows,
            notes=notes,
        ),
        SheetTable(title="F0 mới theo ngày", columns=("Ngày", "F0 mới"), rows=report.series),
    ]


def _number(text: str) -> float | int | str:
    if text.lstrip("+-").isdigit():
        return int(text)
    whole, comma, part = text.partition(",")
    return float(f"{whole}.{part}") if comma and whole.isdigit() and part.isdigit() else text


def write_report_xlsx(path: Path, report: DailyReport) -> Path:
    """The report as a spreadsheet file. Raises UserError paper.not_kept."""
    return write_sheets(path, report_tables(report))


def write_report_pdf(path: Path, report: DailyReport) -> Path:
    """The sheet as a file. Raises UserError paper.not_kept."""
    return keep_file(path, report_pdf(report))
