"""The page “Tiêm chủng”: its lists and filters, what is done about a person by the keyboard, print and Excel."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.people import get_person
from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.queries.vaccine_sessions import sessions
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.rule_leaves import to_toml
from covidstation.domain.rule_sets import Family
from covidstation.domain.terms import Answer
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft
from covidstation.domain.vaccination.schedule_rules import read_schedule_rule
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.services.changes import Kind
from covidstation.services.people import register_person
from covidstation.services.preferences import Preferences
from covidstation.services.reports.today import todays_work
from covidstation.services.rules.versions import RuleEdit, edit_rule
from covidstation.services.vaccination.due import due_counts, due_list
from covidstation.services.vaccination.due_papers import DueSelection, due_pdf, due_xlsx
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.inviting import who_fits
from covidstation.services.vaccination.stances import add_stance
from covidstation.ui.main import MainWindow
from covidstation.ui.today.lines import Key, lines_of
from covidstation.ui.today.page import TodayPage
from covidstation.ui.vaccination import page as due_page
from covidstation.ui.vaccination.due_words import VIEWS
from covidstation.ui.vaccination.groups import GroupDialog
from covidstation.ui.vaccination.inviting import InviteListDialog
from covidstation.ui.vaccination.stances import StanceDialog
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
EXCEL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WHO = {"by": None, "by_name": "Lò Thị Nhung", "now": NOW}
PFIZER = "EU/1/20/1528"
P, B = DoseClass.PRIMARY, DoseClass.BOOSTER
PEOPLE = (
    # name, birth, doses (days ago, class, number), stance, pregnant
    ("Vàng Thị Dợ", PartialDate(1990, 4, 2), ((30, P, 1),), None, False),
    ("Lò Văn Ón", PartialDate(1948, 1, 9), ((400, P, 1), (370, P, 2)), None, False),
    ("Tao Thị Pành", PartialDate(1996, 8, 30), ((40, P, 1),), None, True),
    ("Giàng A Chư", PartialDate(2016, 3, 3), ((10, P, 1),), None, False),
    ("Lý Thị Mẩy", PartialDate(2019, 5, 5), (), None, False),
    ("Chẻo A Sùng", PartialDate(2024, 2, 1), (), None, False),
    ("Phàn Tả Mẩy", PartialDate(1971, 6, 6), (), StanceKind.REFUSED, False),
    ("Lò Thị Ín", PartialDate(1939, 6, 6), ((500, P, 1), (470, P, 2)), StanceKind.CANNOT_TRAVEL, False),
    ("Hà Văn Toán", PartialDate(1985, 7, 7), ((300, P, 1),), StanceKind.DEFERRED, False),
    ("Quàng Thị Lả", PartialDate(1977, 7, 7), (), StanceKind.CONTRAINDICATED, False),
    ("Sùng A Tủa", None, (), None, False),
    ("Mùa Thị Chía", PartialDate(1982, 2, 2), ((900, P, 1), (870, P, 2), (700, B, 1), (500, B, 2)), None, False),
)
STEPS = {
    StanceKind.REFUSED: ("Sợ phản ứng sau tiêm", "Trưởng bản đến nói chuyện"),
    StanceKind.CANNOT_TRAVEL: ("Liệt nửa người, nằm tại nhà", "Tiêm tại nhà"),
    StanceKind.DEFERRED: ("Đang sốt, điều trị viêm phổi", "Khám lại"),
    StanceKind.CONTRAINDICATED: ("Phản vệ độ 2 sau mũi trước", "Hỏi bệnh viện tỉnh"),
}


@pytest.fixture
def many(desk, village) -> dict[str, UUID]:
    """Twelve people who stand differently; by name."""
    db, found = desk.register.db, {}
    for name, birth, doses, kind, pregnant in PEOPLE:
        draft = PersonDraft(full_name=name, birth=birth, hamlet_id=village.pa_khoa, phone="0912345678")
        if pregnant:
            draft = PersonDraft(
                full_name=name,
                birth=birth,
                hamlet_id=village.nam_nga,
                pregnancy=Answer.YES,
                conditions=frozenset({"asthma"}),
            )
        found[name] = who = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
        for ago, dose_class, number in doses:
            given = PartialDate.of(TODAY - timedelta(ago))
            dose = DoseDraft(
                person_id=who, given=given, product=PFIZER, dose_class=dose_class, number=number, reason="theo giấy"
            )
            record_dose(db, dose, catalog=catalog(), sure=True, **WHO)
        if kind is not None:
            reason, step = STEPS[kind]
            until = TODAY + timedelta(14) if kind is StanceKind.DEFERRED else None
            stance = StanceDraft(
                person_id=who, kind=kind, reason=reason, since=TODAY - timedelta(3), until=until, next_step=step,
                due_on=TODAY + timedelta(7),
            )  # fmt: skip
            add_stance(db, stance, **WHO)
    return found


@pytest.fixture
def window(desk, theme, shown, many):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    found.go("vaccination")
    yield found
    found._go(found.locked)


@pytest.fixture
def page(window):
    return window._all.vaccination


def names(page) -> list[str]:
    return [page.model.record(row).full_name for row in range(page.model.rowCount())]


def show(page, view: str) -> list[str]:
    page.views._take(view)
    return names(page)


def test_each_list_holds_its_people_and_the_counts_say_how_many(page, desk, many):
    counts = due_counts(desk.register.db, catalog=catalog(), now=NOW)
    seen: list[str] = []
    for key, kinds, _words in VIEWS:
        found = show(page, key)
        assert len(found) == counts.count(kinds) == page.views._counts[key]
        seen += found if key != "all" else []
    assert sorted(seen) == sorted(show(page, "all"))
    assert show(page, "refused") == ["Phàn Tả Mẩy"] and show(page, "contraindicated") == ["Quàng Thị Lả"]
    assert show(page, "unknown")[0] == "Sùng A Tủa" and set(show(page, "deferred")) >= {"Hà Văn Toán", "Lò Thị Mai"}
    assert show(page, "young") == ["Chẻo A Sùng"] and "Mùa Thị Chía" in show(page, "complete")
    assert "Giàng A Chư" in show(page, "not_yet") and "Vàng Thị Dợ" in show(page, "due")


def test_filters_narrow_and_the_words_say_why(page, many):
    show(page, "all")
    page.stage.set_value("away")
    page.stage.picked.emit("away")
    assert names(page) == ["Lò Thị Ín"]
    cells = [column.cell(page.model.record(0)) for column in page.model.columns]
    told = " · ".join(cell.spoken() for cell in cells)
    assert "Mũi nhắc lại 1 đã 2 mũi · Không thể đến điểm tiêm. Mũi trước ngày" in told and "Tiêm tại nhà" in told
    page.stage.set_value("")
    page.disease.set_value("asthma")
    page.disease.picked.emit("asthma")
    assert names(page) == ["Tao Thị Pành"]
    assert "Mang thai: hỏi tuần thai." in page.model.columns[4].cell(page.model.record(0)).text
    page.disease.set_value("")
    page.group.set_value("chronic")
    page.group.picked.emit("chronic")
    assert set(names(page)) >= {"Lò Văn Ón", "Lò Thị Ín", "Tao Thị Pành"} and "Vàng Thị Dợ" not in names(page)


def test_a_hamlet_of_a_list_is_opened_from_elsewhere(page, window, village):
    window._desk.want_page.emit(f"vaccination:all@{village.nam_nga.hex}")
    assert page.hamlet.value() == village.nam_nga and "Tao Thị Pành" in names(page)
    assert "Vàng Thị Dợ" not in names(page)


def text_of(pdf: bytes) -> str:
    return "".join(one.extract_text() for one in PdfReader(BytesIO(pdf)).pages)


def with_dialog(kind, work, press):
    failed = []

    def seen():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind):
            QTimer.singleShot(20, seen)
            return
        try:
            work(dialog)
        except Exception as trouble:
            failed.append(trouble)
            dialog.reject()

    QTimer.singleShot(0, seen)
    press()
    assert not failed, failed


def test_a_refusal_is_written_by_the_keyboard_and_the_person_is_in_that_list(page, desk, many):
    assert "Vàng Thị Dợ" in show(page, "due")
    page.table.selectRow(names(page).index("Vàng Thị Dợ"))
    told = page._words.text_in_full()
    assert "Mũi 2 đến hạn từ" in told and "(lịch chưa xác nhận)" in told

    def refuse(dialog: StanceDialog) -> None:
        dialog.kind.set_value(StanceKind.REFUSED)
        dialog.reason.setText("Đợi con về")
        dialog.save()

    with_dialog(StanceDialog, refuse, page.stance.click)
    assert "Vàng Thị Dợ" in show(page, "refused") and "Vàng Thị Dợ" not in show(page, "due")


def test_a_schedule_that_the_station_has_confirmed_is_no_longer_doubted(page, desk, many):
    db, selection = desk.register.db, DueSelection(DueFilter())
    show(page, "due")
    page.table.selectRow(0)
    doubt = "lịch tiêm chưa xác nhận"
    assert "(lịch chưa xác nhận)" in page._words.text_in_full()
    assert doubt in text_of(due_pdf(db, selection, catalog=catalog(), now=NOW))
    shipped = catalog().vaccine_schedules
    for table in catalog().rule_tables(Family.SCHEDULE):
        edit = RuleEdit(rule_id=table["id"], body=to_toml(table), confirmed=True, reason="Đã đối chiếu quyết định")
        edit_rule(db, Family.SCHEDULE, edit, shipped=shipped, make=read_schedule_rule, by=None, now=NOW)
    page.refresh(frozenset((Kind.RULES,)))
    page.table.selectRow(0)
    assert "Mũi 2 đến hạn từ" in page._words.text_in_full() and "xác nhận" not in page._words.text_in_full()
    assert doubt not in text_of(due_pdf(db, selection, catalog=catalog(), now=NOW))


def test_a_group_is_said_for_several_at_once(page, desk, many):
    show(page, "all")
    page.table.selectAll()
    assert not page.dose.isEnabled() and page.said_group.isEnabled()

    def say(dialog: GroupDialog) -> None:
        dialog.group.set_value("teachers")
        dialog.save()

    with_dialog(GroupDialog, say, page.said_group.click)
    found = due_list(desk.register.db, DueFilter(group="teachers"), catalog=catalog(), now=NOW)
    assert len(found) == len(names(page)) > 10


def test_enter_opens_the_person_at_their_doses(page, window, many):
    show(page, "refused")
    page.table.setFocus()
    page.table.selectRow(0)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert window._all.person.isVisible()
    assert get_person(window._desk.register.db, many["Phàn Tả Mẩy"]).full_name == "Phàn Tả Mẩy"


def sheet(data: bytes) -> list[list[str]]:
    """The cells of the first sheet."""
    with ZipFile(BytesIO(data)) as file:
        root = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
        shared = ElementTree.fromstring(file.read("xl/sharedStrings.xml"))
    texts = ["".join(part.text or "" for part in one.iter(f"{{{EXCEL}}}t")) for one in shared]
    found = []
    for row in root.iter(f"{{{EXCEL}}}row"):
        cells = []
        for cell in row:
            value = cell.findtext(f"{{{EXCEL}}}v") or ""
            cells.append(texts[int(value)] if cell.get("t") == "s" else value)
        found.append(cells)
    return found


def test_paper_and_spreadsheet_hold_who_is_in_sight(page, desk, many):
    show(page, "all")
    selection = page._selection()
    assert selection.words == "Tất cả"
    rows = sheet(due_xlsx(desk.register.db, selection, catalog=catalog(), now=NOW))
    heads = next(at for at, row in enumerate(rows) if row[:2] == ["STT", "Họ và tên"])
    assert [row[1] for row in rows[heads + 1 :]] == names(page)
    away = next(row for row in rows if row[1:2] == ["Lò Thị Ín"])
    assert away[5] == "9. Bệnh mạn tính, trên 65 tuổi"
    assert away[7] == "Quá hạn" and away[9].startswith("Không thể đến điểm tiêm. Mũi") and away[10] == "Tiêm tại nhà"
    pdf = due_pdf(desk.register.db, selection, catalog=catalog(), now=NOW)
    text = text_of(pdf)
    assert "DANH SÁCH TIÊM VẮC XIN" in text and "Phàn Tả Mẩy" in text
    page.typed.setText("  mẩy ")  # the title says that it is no whole list
    assert page._selection().words == "Tất cả, có chữ “mẩy”" and page._selection().wanted.typed == "mẩy"


def test_today_says_who_is_due_and_opens_their_list(page, desk, many, shown):
    work = todays_work(desk.register, catalog(), NOW)
    line = next(one for one in lines_of(work, NOW) if one.key is Key.VACCINES)
    assert (line.count, line.lead) == (2, "")
    assert line.what == "2 người đến hạn tiêm vắc xin" and line.why == "Nậm Ngá 1 · Pa Khoá 1 · 4 người quá hạn"
    today = TodayPage(desk)
    shown(today)
    wanted: list[str] = []
    desk.want_page.connect(wanted.append)
    today._acts[Key.VACCINES][-1].click()
    assert wanted == ["vaccination:due"]


def test_who_is_chosen_is_invited_into_a_new_session_and_the_others_stay_behind(page, desk, many, monkeypatch):
    found = show(page, "all")
    page.table.selectAll()
    printed = []
    monkeypatch.setattr(due_page, "hand_out", lambda _d, _p, pdf, _printer, name, _f: printed.append((pdf, name)))

    def invite(dialog: InviteListDialog) -> None:
        assert dialog._main.isEnabled() and dialog._fitting is not None
        assert len(dialog._fitting.all) == len(found) and dialog._fitting.not_due
        dialog.wait_for(True)  # as long as it counts, nothing is saved
        dialog.save()
        assert dialog.invited is None and not dialog._main.isEnabled()
        dialog.wait_for(False)
        dialog.save()

    with_dialog(InviteListDialog, invite, page.invite.click)
    (session,) = sessions(desk.register.db)
    fits = who_fits(desk.register.db, tuple(many.values()), catalog=catalog(), now=NOW, day=TODAY).people
    expected = {one.person_id for one in seats(desk.register.db, session.id)}
    assert session.day == TODAY and set(fits) < expected and many["Phàn Tả Mẩy"] not in expected
    ((pdf, name),) = printed
    assert pdf.startswith(b"%PDF") and name == f"giay-moi-tiem-{TODAY:%Y%m%d}.pdf"
