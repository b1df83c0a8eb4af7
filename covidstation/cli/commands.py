"""What each command of the station does: open the register, call one service, say the result."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from covidstation.catalog import Catalog, load_catalog
from covidstation.cli.certificates import certificate_result, trust_result
from covidstation.cli.copies import run_backup, run_restore
from covidstation.cli.exports import fhir, five_parts
from covidstation.cli.report import report_result, report_text
from covidstation.cli.results import (
    export_result,
    finding_result,
    import_result,
    issued_result,
    scan_result,
    status_result,
    status_text,
)
from covidstation.cli.sending import rekey, send
from covidstation.cli.updates import run_self_test, update
from covidstation.cli.users import act_on_users, new_passphrase, recover
from covidstation.db.queries.station import get_setting
from covidstation.domain.station import CHAIRMAN_TITLE, HEAD_TITLE, StationDraft
from covidstation.domain.text import clean
from covidstation.domain.units import Unit
from covidstation.domain.vaccination.dcc.reading import looks_like_certificate
from covidstation.errors import UserError
from covidstation.i18n import _, use_language
from covidstation.messages import sentence, sentences
from covidstation.passphrases import ask_passphrase
from covidstation.paths import default_data, resources
from covidstation.services.access.audit import note_report
from covidstation.services.access.opening import Register, open_register
from covidstation.services.copies.backup import back_up
from covidstation.services.exchange.bundles import Taken, export_changes, import_files
from covidstation.services.files import keep_file
from covidstation.services.papers.issuing import Issued, issue_missing
from covidstation.services.pictures import read_picture
from covidstation.services.record import change_setting
from covidstation.services.reports.daily import daily_report, freeze_report, frozen_report, kept_typed
from covidstation.services.reports.sheet import write_report_pdf, write_report_xlsx
from covidstation.services.rules.versions import station_catalog_of
from covidstation.services.scans import look_at_scan
from covidstation.services.station.founding import FoundingDraft, commune_of, found_station
from covidstation.services.status import station_status
from covidstation.services.upkeep.check import check_register
from covidstation.settings import SETTINGS

Result = Mapping[str, Any]
MARKS = {"good": "✓", "look": "!", "bad": "✗"}


def run_command(arguments: argparse.Namespace) -> int:
    """Run one command; a known trouble becomes one sentence on standard error and status 1."""
    try:
        return _COMMANDS[arguments.command](arguments)
    except UserError as trouble:
        print("\n".join(sentences(trouble)), file=sys.stderr)
    return 1


def _say(arguments: argparse.Namespace, result: Result, text: str) -> None:
    print(json.dumps(result, ensure_ascii=False) if arguments.json else text)


def _folder(arguments: argparse.Namespace) -> Path:
    return Path(arguments.data) if arguments.data else default_data()


def _now() -> datetime:
    return datetime.now().astimezone()


def _open(arguments: argparse.Namespace) -> Register:
    register = open_register(_folder(arguments), ask_passphrase(arguments.passphrase_file), user=arguments.user)
    use_language(get_setting(register.db, "language"))
    return register


def _catalog() -> Catalog:
    return load_catalog(resources())


def _init(arguments: argparse.Namespace) -> int:
    catalog, now = _catalog(), _now()
    if arguments.as_of:
        now = now.replace(year=arguments.as_of.year, month=arguments.as_of.month, day=arguments.as_of.day)
    made = found_station(
        _folder(arguments),
        _founding_draft(arguments, commune_of(catalog, arguments.commune, now.date())),
        passphrase=ask_passphrase(arguments.passphrase_file, new=True),
        catalog=catalog,
        now=now,
    )
    code, seeded = made.founded.recovery_code, made.seeded
    result = {
        "folder": str(made.folder),
        "user": made.user_name,
        "recovery_code": code,
        "people": seeded.people if seeded else 0,
        "episodes": seeded.episodes if seeded else 0,
    }
    text = _("Đã lập sổ ở {folder}.\nNgười dùng: {user}\nMã khôi phục (in ra, cất kín): {code}").format(
        folder=made.folder, user=made.user_name, code=code
    )
    _say(arguments, result, text)
    return 0


def _founding_draft(arguments: argparse.Namespace, unit: Unit) -> FoundingDraft:
    training = arguments.training is not None
    station = StationDraft(
        commune_code=unit.code,
        name=arguments.name,
        upper_name=arguments.upper,
        upper_code=arguments.upper_code,
        place_name=arguments.place or unit.name,
        head_name=arguments.head,
        head_title=arguments.head_title or HEAD_TITLE,
        chairman_name=arguments.chairman,
        chairman_title=arguments.chairman_title or CHAIRMAN_TITLE,
        phone=arguments.phone,
    )
    return FoundingDraft(
        station=station,
        user_name=arguments.first_user or arguments.head or ("" if training else HEAD_TITLE),
        home_isolation=arguments.home_isolation or "",
        training_people=arguments.training,
        seed=arguments.seed,
    )


def _status(arguments: argparse.Namespace) -> int:
    register, now = _open(arguments), _now()
    with closing(register.db) as db:
        status = station_status(db, register.folder)
    _say(arguments, status_result(status, now), status_text(status, now))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    register = _open(arguments)
    with closing(register.db) as db:
        findings = check_register(db, register.folder, now=_now())
    lines = [f"{MARKS[finding.level]} {finding.text()}" for finding in findings]
    good = all(finding.good for finding in findings)
    _say(arguments, {"good": good, "findings": [finding_result(finding) for finding in findings]}, "\n".join(lines))
    return 0 if good else 1


def _export(arguments: argparse.Namespace) -> int:
    register, now = _open(arguments), _now()
    with closing(register.db) as db:
        export = export_changes(db, arguments.folder, by=register.user_id, now=now).value
        _say(arguments, *export_result(export))
        try:
            back_up(db, now=now)
        except UserError as trouble:  # the stick is written; a copy that could not be made is only said
            print(sentence(trouble), file=sys.stderr)
    return 0


def _import(arguments: argparse.Namespace) -> int:
    register, now = _open(arguments), _now()
    with closing(register.db) as db:
        found = import_files(db, arguments.place, by=register.user_id, now=now, yes=arguments.yes).value
        asked = [one for one in found if one.outcome is Taken.ASKS]
        if asked and sys.stdin.isatty() and not arguments.json:
            print(import_result(asked)[1])
            if input(_("Tám từ có trùng với huyện đọc không? (c/k) ")).strip().lower() in ("c", "có", "y", "yes"):
                found = import_files(db, arguments.place, by=register.user_id, now=now, yes=True).value
    result, text = import_result(found)
    _say(arguments, result, text)
    for one in found:
        if one.trouble is not None:
            print(f"{clean(one.name)}: {sentence(one.trouble)}", file=sys.stderr)
        elif one.outcome is Taken.ASKS:
            print(f"{clean(one.name)}: {sentence(UserError('enrol.compare'))}", file=sys.stderr)
    if not found:
        print(sentence(UserError("import.nothing", place=arguments.place)), file=sys.stderr)
    return 1 if not found or any(one.outcome in (Taken.REFUSED, Taken.ASKS) for one in found) else 0


def _sync(arguments: argparse.Namespace) -> int:
    register, now = _open(arguments), _now()
    with closing(register.db):
        result, text, status = send(register, now)
    _say(arguments, result, text)
    return status


def _rekey(arguments: argparse.Namespace) -> int:
    register = _open(arguments)
    with closing(register.db):
        _say(arguments, *rekey(register, arguments.to, anew=arguments.anew, now=_now()))
    return 0


def _papers(arguments: argparse.Namespace) -> int:
    register, now, catalog = _open(arguments), _now(), _catalog()
    folder = _made(arguments.out)
    issued, skipped, unwritten = [], [], 0
    with closing(register.db) as db:
        ending = arguments.kind == "release"
        for one in issue_missing(db, ending=ending, catalog=catalog, by=register.user_id, now=now):
            if isinstance(one, Issued):
                path = _written(folder / f"{one.number:04d}-{one.symbol}-{now.year}.pdf", one.pdf)
                unwritten += path is None
                issued.append(issued_result(one, path))
            else:
                reason = " ".join(sentences(one.trouble))
                skipped.append({"code": one.trouble.code, "sentence": reason})
                print(f"{one.name}: {reason}", file=sys.stderr)
    text = _("Đã cấp {n} văn bản vào {folder}; {m} người chưa cấp được.").format(
        n=len(issued), folder=folder, m=len(skipped)
    )
    _say(arguments, {"issued": issued, "skipped": skipped}, text)
    return 1 if skipped or unwritten else 0


def _made(folder: Path) -> Path:
    """The folder for the files, before any number is given. Raises UserError paper.not_kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise UserError("paper.not_kept", name=folder, reason=trouble.strerror) from trouble
    return folder


def _written(path: Path, pdf: bytes) -> Path | None:
    """Where the paper lies; None when it could not be written there: it is issued, and the window shows it."""
    try:
        return keep_file(path, pdf)
    except UserError as trouble:
        print(sentence(trouble), file=sys.stderr)
        return None


def _report(arguments: argparse.Namespace) -> int:
    register, now, catalog = _open(arguments), _now(), _catalog()
    day = arguments.day or now.date()
    with closing(register.db) as db:
        report = None if arguments.recount else frozen_report(db, day)
        if arguments.freeze and (report is None or arguments.reason):
            typed = report.typed if report else kept_typed(db, day)
            by, name = register.user_id, register.user_name
            done = freeze_report(db, day, typed, catalog=catalog, by=by, now=now, by_name=name, reason=arguments.reason)
            report = done.value
        elif report is None:
            report = daily_report(db, catalog, day, now, kept_typed(db, day))
        if arguments.pdf is not None:
            note_report(db, day.isoformat(), "file", now=now)
            write_report_pdf(arguments.pdf, report)
        if arguments.xlsx is not None:
            note_report(db, day.isoformat(), "table", now=now)
            write_report_xlsx(arguments.xlsx, report)
    _say(arguments, report_result(report), report_text(report))
    return 0


def _export_file(arguments: argparse.Namespace) -> int:
    register = _open(arguments)
    make = fhir if arguments.command == "export-fhir" else five_parts
    with closing(register.db):
        _say(arguments, *make(register, arguments, _catalog(), _now()))
    return 0


def _scan(arguments: argparse.Namespace) -> int:
    register = _open(arguments)
    with closing(register.db) as db:
        code = read_picture(arguments.picture) if arguments.picture else arguments.text
        if looks_like_certificate(code):
            catalog = station_catalog_of(db, _catalog())
            result, text, readable = certificate_result(register, code, catalog, _at(arguments.at))
            _say(arguments, result, text if readable else "")
            if not readable:
                print(text, file=sys.stderr)
            return 0 if readable else 1
        look = look_at_scan(db, code)
    result, text = scan_result(look)
    _say(arguments, result, text)
    if look.refusal is not None:
        print(sentence(look.refusal), file=sys.stderr)
    return 1 if look.refusal is not None else 0


def _at(moment: datetime | None) -> datetime:
    """Now, or the moment that was asked for: the PC's own time when it names no zone."""
    return _now() if moment is None else moment.astimezone()


def _trust(arguments: argparse.Namespace) -> int:
    register = _open(arguments)
    with closing(register.db):
        _say(arguments, *trust_result(arguments, register, _now()))
    return 0


def _update(arguments: argparse.Namespace) -> int:
    register = _open(arguments)
    with closing(register.db):
        _say(arguments, *update(register, arguments.file, _now(), look_only=arguments.look))
    return 0


def _selftest(arguments: argparse.Namespace) -> int:
    found = run_self_test(_folder(arguments))
    _say(arguments, asdict(found), found.failed or "ok")
    return 1 if found.failed else 0


def _settings(arguments: argparse.Namespace) -> int:
    register, now = _open(arguments), _now()
    with closing(register.db) as db:
        if arguments.value is not None:
            change_setting(db, arguments.key, arguments.value, by=register.user_id, now=now)
        keys = [arguments.key] if arguments.key else list(SETTINGS)
        unknown = [key for key in keys if key not in SETTINGS]
        if unknown:
            raise UserError("station.unknown_setting", key=unknown[0])
        values = {key: get_setting(db, key) for key in keys}
    _say(arguments, values, "\n".join(f"{key} = {value}   # {_(SETTINGS[key].title)}" for key, value in values.items()))
    return 0


def _users(arguments: argparse.Namespace) -> int:
    if arguments.act == "passphrase":
        _say(arguments, *new_passphrase(_folder(arguments), arguments, _now()))
    else:
        _say(arguments, *act_on_users(_open(arguments), arguments, _now()))
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    _say(arguments, *run_backup(arguments, _open(arguments), _now()))
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    return run_restore(arguments, partial(_say, arguments), _now())


def _recover(arguments: argparse.Namespace) -> int:
    _say(arguments, *recover(_folder(arguments), arguments, _now()))
    return 0


_COMMANDS = {
    "init": _init,
    "status": _status,
    "check": _check,
    "export": _export,
    "import": _import,
    "sync": _sync,
    "rekey": _rekey,
    "papers": _papers,
    "report": _report,
    "export-fhir": _export_file,
    "export-csv": _export_file,
    "scan": _scan,
    "trust": _trust,
    "settings": _settings,
    "update": _update,
    "selftest": _selftest,
    "users": _users,
    "recover": _recover,
    "backup": _backup,
    "restore": _restore,
}
