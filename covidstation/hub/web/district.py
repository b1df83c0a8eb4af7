"""The district at a glance: communes, one commune, figures, daily reports. Nobody's name is among them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from covidstation.errors import UserError
from covidstation.hub.database.store import aware
from covidstation.hub.figures.counts import MOST_DAYS, Figures, figures_of, reports_of, sums_of
from covidstation.hub.figures.facts import refresh_facts
from covidstation.hub.figures.overview import REPORT_DUE, Commune, communes, station_by_id
from covidstation.hub.figures.worklists import bundles_aside, lines_aside
from covidstation.hub.rows import StationRow
from covidstation.hub.staff.rights import HubRight
from covidstation.hub.web.charts import Bar, bars, columns
from covidstation.hub.web.frame import PAGE, Answer, Ask, Sheet, Show
from covidstation.hub.web.moving import station_of, stations_of
from covidstation.hub.web.words import CARRIERS, WORRIES
from covidstation.i18n import _, date_text
from covidstation.services.tables import SheetTable, Value

MONTH: Final = 28  # days shown unless others are asked for
TWO_WEEKS: Final = 14
MOST_ROWS: Final = 62  # days in a table
MOST_COLUMNS: Final = 120  # days in a chart
MOST_PLACES: Final = 20  # in a chart; the table has all


def show_overview(ask: Ask) -> Answer:
    """All communes, who needs attention first."""
    behind = refresh_facts(ask.hub, ask.now)
    with ask.hub.db.read() as session:
        found = communes(session, ask.now)
    words = ask.query.get("q", "")[:80].casefold()
    if words:
        found = [one for one in found if words in one.name.casefold() or words in one.code]
    skip = ask.skip()
    values = {
        "communes": found[skip : skip + PAGE],
        "total": len(found),
        "skip": skip,
        "page": PAGE,
        "q": ask.query.get("q", "")[:80],
        "worried": sum(1 for one in found if one.worries),
        "reported": sum(1 for one in found if one.reported_at),
        "under": sum(one.under_care for one in found),
        "new": sum(one.new_today for one in found),
        "conflicts": sum(one.conflicts for one in found),
        "aside": sum(one.set_aside + one.bundles_aside for one in found),
        "late": ask.now.astimezone().time() >= REPORT_DUE,
        "behind": behind,
    }
    return Show("overview.html", values)


def overview_sheet(ask: Ask) -> Answer:
    """The same as a spreadsheet."""
    refresh_facts(ask.hub, ask.now)
    with ask.hub.db.read() as session:
        found = communes(session, ask.now)
    columns_ = (
        _("Trạm"), _("Mã xã"), _("Cần xem"), _("Liên lạc lần cuối"), _("Cách gửi"), _("Chưa gửi"), _("Đoạn thiếu"),
        _("Báo cáo hôm nay"), _("F0 mới hôm nay"), _("F0 đang quản lý"), _("Hai bản ghi khác nhau"), _("Giữ riêng"),
        _("Sao lưu lần cuối"), _("Phiên bản"),
    )  # fmt: skip
    rows = [_overview_row(one) for one in found]
    title = _("Các trạm y tế, {name}, ngày {day}").format(name=ask.hub.name, day=date_text(ask.today))
    return Sheet("cac-tram", [SheetTable(title=title, columns=columns_, rows=rows, name=_("Các trạm"))])


def _overview_row(one: Commune) -> list[Value]:
    return [
        one.name,
        one.code,
        ", ".join(_(WORRIES[worry]) for worry in one.worries),
        one.contact_at.astimezone() if one.contact_at else None,
        _(CARRIERS[one.carrier]) if one.carrier in CARRIERS else "",
        one.waiting,
        len(one.gaps),
        one.reported_at,
        one.new_today,
        one.under_care,
        one.conflicts,
        one.set_aside + one.bundles_aside,
        one.backup_at.astimezone() if one.backup_at else None,
        one.program,
    ]


def show_commune(ask: Ask) -> Answer:
    """One station: how its sending stands, what waits, two weeks of its figures."""
    refresh_facts(ask.hub, ask.now)
    with ask.hub.db.read() as session:
        station = _station(station_by_id(session, ask.id()))
        one: Commune | None = next(iter(communes(session, ask.now, station.n)), None)
        figures = figures_of(session, ask.today - timedelta(days=TWO_WEEKS - 1), ask.today, station.n)
        aside = lines_aside(session, station=station.id) if ask.may(HubRight.CARRY) else None
        bundles = bundles_aside(session, station.id)
    values = {"station": station, "one": one, "figures": figures, "chart": _days_chart(figures), "aside": aside}
    return Show("commune.html", {**values, "bundles": bundles, "aware": aware})


def _station(found: StationRow | None) -> StationRow:
    if found is None:
        raise UserError("hub_page.not_found")
    return found


def _period(ask: Ask) -> tuple[date, date]:
    last = ask.day("to", ask.today)
    first = ask.day("first", last - timedelta(days=MONTH - 1))
    if not first <= last or (last - first).days >= MOST_DAYS:
        raise UserError("hub_page.period", most=MOST_DAYS)
    return first, last


def _figures(ask: Ask) -> tuple[Figures, str]:
    first, last = _period(ask)
    refresh_facts(ask.hub, ask.now)
    typed = ask.query.get("station", "")
    with ask.hub.db.read() as session:
        chosen = station_of(session, typed)
        found = figures_of(session, first, last, chosen.n if chosen is not None else None)
    return found, chosen.name if chosen is not None else ""


def show_figures(ask: Ask) -> Answer:
    """F0 by day, commune and age."""
    try:
        figures, place = _figures(ask)
    except UserError as trouble:
        if trouble.code != "hub_page.period":
            raise
        last = ask.today
        with ask.hub.db.read() as session:
            figures, place = figures_of(session, last - timedelta(days=MONTH - 1), last), ""
        return Show("figures.html", {**_figure_values(ask, figures, place), "trouble": trouble}, 422)
    return Show("figures.html", _figure_values(ask, figures, place))


def _figure_values(ask: Ask, figures: Figures, place: str) -> dict[str, object]:
    ranked = sorted(figures.places, key=lambda one: (-one.new, one.name))
    return {
        "figures": figures,
        "place": place,
        "stations": stations_of(ask),
        "chosen": ask.query.get("station", ""),
        "places": ranked[:MOST_PLACES],
        "others": ranked[MOST_PLACES:],
        "days": _days_chart(figures),
        "day_rows": day_rows(figures),
        "communes": bars(
            [Bar(one.name.removeprefix("Trạm Y tế "), one.new) for one in ranked if one.new][:MOST_PLACES],
            _("F0 mới theo xã"),
        ),
        "ages": bars([Bar(age_text(one.first, one.last), one.new) for one in figures.ages], _("F0 mới theo tuổi"), 120),
        "age_text": age_text,
    }


def day_rows(figures: Figures) -> list[tuple[str, int, int, int]]:
    """The newest first: days, or weeks where the period is long (the spreadsheet has every day)."""
    days = figures.days[::-1]
    if len(days) <= MOST_ROWS:
        return [(date_text(one.day), one.new, one.recovered, one.died) for one in days]
    weeks = [days[at : at + 7] for at in range(0, len(days), 7)]
    return [
        (
            _("{first} đến {last}").format(first=date_text(week[-1].day), last=date_text(week[0].day)),
            sum(one.new for one in week),
            sum(one.recovered for one in week),
            sum(one.died for one in week),
        )
        for week in weeks
    ]


def _days_chart(figures: Figures) -> object:
    days = figures.days
    if len(days) <= MOST_COLUMNS:
        return columns([one.new for one in days], [f"{one.day:%d/%m}" for one in days], _("F0 mới theo ngày"))
    starts = range(len(days) % 7, len(days), 7)  # whole weeks, the last one ending with the period
    sums = [sum(one.new for one in days[at : at + 7]) for at in starts]
    return columns(sums, [f"{days[at].day:%d/%m}" for at in starts], _("F0 mới theo tuần, ngày đầu tuần ở dưới"))


def age_text(first: int | None, last: int | None) -> str:
    """`5–11 tuổi`, `từ 65 tuổi`."""
    if first is None:
        return _("chưa rõ tuổi")
    if last is None:
        return _("từ {first} tuổi").format(first=first)
    return _("{first}–{last} tuổi").format(first=first, last=last)


def figures_sheet(ask: Ask) -> Answer:
    """The same three tables."""
    found, place = _figures(ask)
    period = _("{first} đến {last}").format(first=date_text(found.first), last=date_text(found.last))
    title = _("F0 {period}, {name}").format(period=period, name=place or ask.hub.name)
    new, well, died = _("F0 mới"), _("Khỏi bệnh"), _("Tử vong")
    tables = [
        SheetTable(
            title=title,
            columns=(_("Ngày"), new, well, died),
            rows=[(one.day, one.new, one.recovered, one.died) for one in found.days],
            name=_("Theo ngày"),
        ),
        SheetTable(
            title=title,
            columns=(_("Trạm"), new, well, died, _("Đang quản lý")),
            rows=[(one.name, one.new, one.recovered, one.died, one.under) for one in found.places],
            name=_("Theo xã"),
        ),
        SheetTable(
            title=title,
            columns=(_("Tuổi"), new, died),
            rows=[(age_text(one.first, one.last), one.new, one.died) for one in found.ages],
            name=_("Theo tuổi"),
        ),
    ]
    return Sheet("so-lieu-f0", tables)


def show_reports(ask: Ask) -> Answer:
    """The daily reports of all communes: who is missing first."""
    refresh_facts(ask.hub, ask.now)
    day = ask.day("day", ask.today)
    with ask.hub.db.read() as session:
        lines = reports_of(session, day)
    skip = ask.skip()
    missing = [line for line in lines if line.frozen_at is None]
    values = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "is_today": day == ask.today,
        "lines": lines[skip : skip + PAGE],
        "skip": skip,
        "page": PAGE,
        "total": len(lines),
        "came": len(lines) - len(missing),
        "missing": missing,
        "sums": sums_of(lines),
        "late": day < ask.today or (day == ask.today and ask.now.astimezone().time() >= REPORT_DUE),
    }
    return Show("reports.html", values)


def reports_sheet(ask: Ask) -> Answer:
    """The same."""
    refresh_facts(ask.hub, ask.now)
    day = ask.day("day", ask.today)
    with ask.hub.db.read() as session:
        lines = reports_of(session, day)
    heads = (
        _("Trạm"), _("Mã xã"), _("Chốt lúc"), _("Lần"), _("F0 mới"), _("Khỏi bệnh"), _("Chuyển tuyến"), _("Tử vong"),
        _("Đang quản lý"),
    )  # fmt: skip
    names = ("new", "recovered", "out", "died", "under")
    rows = [
        (line.name, line.code, line.frozen_at, line.version or None, *(line.today(name) for name in names))
        for line in lines
    ]
    sums = sums_of(lines)
    rows.append((_("Cả huyện"), "", None, None, *(sums[name] for name in names)))
    title = _("Báo cáo ngày {day} của các trạm, {name}").format(day=date_text(day), name=ask.hub.name)
    return Sheet("bao-cao-ngay", [SheetTable(title=title, columns=heads, rows=rows, name=_("Báo cáo ngày"))])
