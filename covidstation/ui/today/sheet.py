"""The lines of Hôm nay for the printed sheet: everybody by name, where the window shows only the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from covidstation.db.queries.rounds import AlertLine
from covidstation.domain.missing import MissingKind, MissingLine
from covidstation.i18n import _
from covidstation.services.reports.today import ISOLATION_PAPERS, TodaysWork
from covidstation.ui.today.keys import Key, WorkLine
from covidstation.ui.today.lines import lines_of


def sheet_rows(
    work: TodaysWork, missing: Sequence[MissingLine], titles: Mapping[Key, str], now: datetime
) -> list[tuple[str, str, str]]:
    """The lines for the printed sheet, people by name: dangers first, then the lines in their order of this minute.

    `missing`: what `work.missing` counts, with its people.
    """
    rows = [
        (_("Dấu hiệu nặng"), _("{name}: {value}").format(name=one.full_name, value=one.value), _where(one))
        for one in work.alerts
    ]
    for line in lines_of(work, now):
        what = " ".join(filter(None, (line.lead, line.what)))
        rows.append((f"{titles[line.key]} ({line.count})", what, _behind(line, missing)))
    return rows


def _where(one: AlertLine) -> str:
    return " · ".join(filter(None, (one.hamlet, one.phone, one.sentence)))


def _behind(line: WorkLine, missing: Sequence[MissingLine]) -> str:
    """All names where the window shows only the first."""
    kinds: dict[Key, Collection[MissingKind]] = {
        Key.ENDINGS: (MissingKind.ENDING, MissingKind.CONTACT_RELEASE),
        Key.ORDERS: (MissingKind.ORDER,),
        Key.PAPERS: frozenset(MissingKind) - ISOLATION_PAPERS,
    }
    wanted = kinds.get(line.key)
    if wanted is None:
        return line.why
    names = dict.fromkeys(
        _("{name} ({hamlet})").format(name=one.full_name, hamlet=one.hamlet) if one.hamlet else one.full_name
        for one in missing
        if one.kind in wanted
    )
    return ", ".join(names) or line.why
