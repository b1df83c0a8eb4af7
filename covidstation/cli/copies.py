"""`backup` and `restore`: copies of the register by command (docs/command-line.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from covidstation.db.copies import Health, Why
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.passphrases import ask_passphrase, read_passphrase
from covidstation.paths import default_data
from covidstation.services.access.opening import Register
from covidstation.services.copies.backup import back_up, drill
from covidstation.services.copies.restore import Found, choose_copy, find_copies, restore
from covidstation.services.copies.stick_copy import copy_to_stick

Result = dict[str, Any]


def run_backup(arguments: argparse.Namespace, register: Register, now: datetime) -> tuple[Result, str]:
    """A copy beside the register, one on a stick as well, or the proof that the newest opens."""
    with closing(register.db) as db:
        if arguments.drill:
            found = drill(db, now=now)
            facts = found.found.facts
            result = {
                "copy": found.copy.path.name,
                "people": facts.people,
                "episodes": facts.episodes,
                "papers": facts.papers,
                "behind": found.behind,
            }
            text = _("{copy} mở được và trọn vẹn: {people} người, {episodes} lần mắc, {papers} văn bản; sổ đang dùng "
                     "có thêm {behind} thay đổi.")  # fmt: skip
            return result, text.format(**result)
        if arguments.to is not None:
            put = copy_to_stick(db, arguments.to, now=now)
            text = _("Đã chép {file} và đọc lại khớp. Rút được. Mở bản này cần mã khôi phục.").format(file=put.path)
            return {"copy": str(put.path), "size": put.size}, text
        path = back_up(db, now=now, why=Why.HAND)
        return {"copy": str(path)}, _("Đã sao lưu và đọc lại khớp: {file}.").format(file=path)


def run_restore(arguments: argparse.Namespace, say: Callable[[Result, str], None], now: datetime) -> int:
    """List the copies; with a place (or without `--list`) put the newest whole one there into the register's place.

    The passphrase is that of the copy's time; with `--code`, that of the new user. A register that may still open is
    replaced by its head alone: `--head-file` has their passphrase of today, or the recovery code.
    """
    folder = Path(arguments.data) if arguments.data else default_data()
    places = [(arguments.place.name, arguments.place)] if arguments.place else []
    found = find_copies(folder, places, now)
    if arguments.place is not None:
        found = [one for one in found if arguments.place in (one.source, *one.source.parents)]
    if arguments.list:
        say({"copies": [copy_result(one) for one in found]}, "\n".join(map(_line, found)))
        return 0
    whole = [one for one in found if one.health is not Health.DAMAGED]
    if not whole:
        raise UserError("station.no_copy")
    chosen_one = next((one for one in whole if not one.ahead), whole[0])
    code = read_passphrase(arguments.code_file) if arguments.code_file else arguments.code
    passphrase = ask_passphrase(arguments.passphrase_file, new=bool(code and arguments.new_user))
    user = None if code else arguments.user or next(iter(chosen_one.users), "")
    chosen = choose_copy(folder, chosen_one, code or passphrase, now=now, user=user)
    person = next((one.id for one in chosen.people if one.name == arguments.new_user), "")
    if chosen.need_passphrase and not person:
        raise UserError("keys.unknown_user", name=arguments.new_user or "")
    head = read_passphrase(arguments.head_file) if arguments.head_file else ""
    back = restore(chosen, now=now, person=person, passphrase=passphrase if person else "", head=head)
    text = _(
        "Đã lấy lại sổ, như lúc {when}: {people} người, {episodes} lần mắc, {papers} văn bản. Sổ cũ cất ở: {aside}"
    )
    values = {"people": back.facts.people, "episodes": back.facts.episodes, "papers": back.facts.papers}
    aside = str(back.aside) if back.aside else None
    say(
        {"made": back.made.isoformat(), **values, "aside": aside},
        text.format(when=f"{back.made:%H:%M %d/%m/%Y}", **values, aside=aside or _("không có")),
    )
    return 0


def copy_result(one: Found) -> Result:
    """One copy of `restore --list`."""
    return {
        "file": str(one.source),
        "made": one.made.isoformat(),
        "health": one.health.value,
        "ahead": one.ahead,
        "behind": one.behind,
        "people": one.facts.people,
        "episodes": one.facts.episodes,
        "papers": one.facts.papers,
    }


def _line(one: Found) -> str:
    texts = {Health.WHOLE: _("còn nguyên"), Health.DAMAGED: _("đã hỏng"), Health.UNKNOWN: _("chưa soát")}
    return _("{when}  {file}: {people} người, {episodes} lần mắc, {papers} văn bản, {health}").format(
        when=f"{one.made:%d/%m/%Y %H:%M}",
        file=one.source.name,
        people=one.facts.people,
        episodes=one.facts.episodes,
        papers=one.facts.papers,
        health=texts[one.health],
    )
