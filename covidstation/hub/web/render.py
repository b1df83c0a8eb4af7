"""Templates become bytes here: everything that is put into a page is escaped, and nothing hidden stays in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from covidstation.domain.text import clean, clean_block
from covidstation.hub.database.store import aware
from covidstation.hub.results import hub_sentence
from covidstation.hub.staff.rights import HubRight
from covidstation.hub.staff.sessions import form_token
from covidstation.hub.web.entry import style_bytes
from covidstation.hub.web.frame import Ask
from covidstation.hub.web.words import ACTIONS, CARRIERS, DONE, GRAVE, ROLES, WORRIES, ago_text, span_text
from covidstation.i18n import N_, _, date_text, language, ngettext
from covidstation.paths import resources

MENU: Final = (
    ("/", N_("Tổng quan"), HubRight.FIGURES),
    ("/figures", N_("Số liệu"), HubRight.FIGURES),
    ("/reports", N_("Báo cáo ngày"), HubRight.FIGURES),
    ("/people", N_("Tìm người"), HubRight.PEOPLE),
    ("/conflicts", N_("Hai bản ghi khác nhau"), HubRight.PEOPLE),
    ("/twins", N_("Có thể trùng"), HubRight.PEOPLE),
    ("/aside", N_("Giữ riêng"), HubRight.CARRY),
    ("/corrections", N_("Huyện sửa"), HubRight.PEOPLE),
    ("/moves", N_("Chuyển trạm"), HubRight.PEOPLE),
    ("/items", N_("Báo, hỏi trạm"), HubRight.TELL),
    ("/allotments", N_("Cấp phát"), HubRight.TELL),
    ("/packs", N_("Quy định, chỉ tiêu"), HubRight.TELL),
    ("/bundles", N_("Gửi, nhận gói"), HubRight.CARRY),
    ("/stations", N_("Ghép nối trạm"), HubRight.ENROL),
    ("/users", N_("Người dùng"), HubRight.USERS),
    ("/audit", N_("Nhật ký"), HubRight.AUDIT),
)


def _shown(value: Any) -> Any:
    """What a page shows of a value: on one line, without hidden signs; nothing for None."""
    if value is None:
        return ""
    return clean(value) if type(value) is str else value


def block(text: str) -> Markup:
    """A text of several lines."""
    return Markup("<br>").join(escape(line) for line in clean_block(text).split("\n"))


def raw(text: str) -> Markup:
    """A text as somebody typed it, with its lines and blanks; escaped."""
    return escape(text)


def local(moment: datetime) -> str:
    """`05:40 10/03/2022`, by the clock of this machine."""
    return f"{moment.astimezone() if moment.tzinfo else moment:%H:%M %d/%m/%Y}"


def number(value: int | None) -> str:
    """With a dot at the thousands; a dash for none."""
    return "–" if value is None else f"{value:,}".replace(",", ".")


@cache
def environment() -> Environment:
    """The templates of resources/hub."""
    made = Environment(
        loader=FileSystemLoader(resources() / "hub" / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        block=block, local=local, day=date_text, n=number, span=span_text, sentence=hub_sentence, utc=aware
    )
    made.globals.update(
        _=_,
        ngettext=ngettext,
        raw=raw,
        ROLES=ROLES,
        WORRIES=WORRIES,
        GRAVE=GRAVE,
        CARRIERS=CARRIERS,
        ACTIONS=ACTIONS,
        style=f"/hub.css?v={hashlib.sha256(style_bytes()).hexdigest()[:12]}",
    )
    return made


def render(template: str, values: Mapping[str, Any], ask: Ask, *, csrf: str) -> bytes:
    """One page, UTF-8. `csrf` is the secret of its forms; empty on a page without any."""
    done = DONE.get(ask.query.get("done", ""))
    common: dict[str, Any] = {
        "ask": ask,
        "trouble": ask.trouble,
        "done": _(done) if done else "",
        "menu": [(path, _(word), _here(path, ask.path)) for path, word, right in MENU if ask.may(right)],
        "lang": language(),
        "csrf": Markup('<input type="hidden" name="csrf" value="{}">').format(form_token(csrf)) if csrf else "",
        "may": lambda name: ask.may(HubRight(name)),
        "ago": _ago(ask.now),
        "hub_name": ask.hub.name,
        "today": ask.today,
    }
    return environment().get_template(template).render({**common, **values}).encode("utf-8")


def _here(path: str, now: str) -> bool:
    return now == path or (path != "/" and now.startswith(f"{path}/")) or (path == "/" and now.startswith("/communes"))


def _ago(now: datetime) -> Callable[[datetime], str]:
    return lambda moment: ago_text(moment, now)
