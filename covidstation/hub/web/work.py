"""Lists of what waits for somebody: what was set aside, facts of a former station."""

from __future__ import annotations

from covidstation.errors import UserError
from covidstation.hub.database.store import aware
from covidstation.hub.figures.worklists import MOST, bundles_aside, lines_aside
from covidstation.hub.results import hub_sentence
from covidstation.hub.web.frame import Answer, Ask, Sheet, Show
from covidstation.i18n import _
from covidstation.messages.fields import ROWS
from covidstation.services.tables import SheetTable


def sentence_of(code: str, **params: object) -> str:
    """Why something was set aside; a code of another version says itself."""
    try:
        return hub_sentence(UserError(code, **params))
    except KeyError:
        return code


def row_word(table: str) -> str:
    """What a row of that table is called."""
    return _(ROWS[table]) if table in ROWS else table


def show_aside(ask: Ask) -> Answer:
    """Changes and bundles that were kept apart, each with its sentence."""
    skip = ask.skip()
    with ask.hub.db.read() as session:
        page = lines_aside(session, skip=skip)
        bundles = bundles_aside(session) if not skip else []
    values = {"page": page, "bundles": bundles, "skip": skip, "most": MOST, "aware": aware, "former": False}
    return Show("aside.html", {**values, "sentence_of": sentence_of, "row_word": row_word})


def show_former(ask: Ask) -> Answer:
    """What a station wrote of people who had moved to another: taken, and sent on."""
    skip = ask.skip()
    with ask.hub.db.read() as session:
        page = lines_aside(session, former=True, skip=skip)
    values = {"page": page, "bundles": [], "skip": skip, "most": MOST, "aware": aware, "former": True}
    return Show("aside.html", {**values, "sentence_of": sentence_of, "row_word": row_word})


def aside_sheet(ask: Ask) -> Answer:
    """Everything that was set aside."""
    with ask.hub.db.read() as session:
        page = lines_aside(session)
        bundles = bundles_aside(session)
    changes = SheetTable(
        title=_("Thay đổi giữ riêng, {name}").format(name=ask.hub.name),
        columns=(_("Trạm"), _("Số"), _("Mục"), _("Ghi lúc"), _("Vì sao")),
        rows=[
            (one.station_name, one.seq, row_word(one.table), one.made_at.astimezone(), sentence_of(one.code))
            for one in page.lines
        ],
        name=_("Thay đổi"),
    )
    whole = SheetTable(
        title=_("Gói giữ riêng, {name}").format(name=ask.hub.name),
        columns=(_("Trạm"), _("Từ số"), _("Đến số"), _("Nhận lúc"), _("Vì sao")),
        rows=[
            (
                one.station_name, one.first, one.last, aware(one.read_at).astimezone(),
                sentence_of(one.code, name=one.station_name, line=one.first),
            )
            for one in bundles
        ],
        name=_("Gói"),
    )  # fmt: skip
    return Sheet("giu-rieng", [changes, whole])
