"""`sync`: send to the district over the line and take its answer; `rekey`: new keys of the station."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.access.opening import Register
from covidstation.services.exchange.rekeying import ask_new_keys, enrol_anew, put_key_files
from covidstation.services.exchange.wire import Synced, sync_now


def send(register: Register, now: datetime) -> tuple[dict[str, Any], str, int]:
    """The result twice, and the exit status: 1 when something of the answer was refused. Raises UserError wire.…."""
    found = sync_now(register.db, by=register.user_id, now=now).value
    return sync_result(found), _text(found), 1 if found.trouble else 0


def sync_result(found: Synced) -> dict[str, Any]:
    """Stable keys for scripts."""
    return {
        "url": found.url,
        "changes": found.sent,
        "bytes": found.size,
        "rounds": found.rounds,
        "seconds": round(found.seconds, 3),
        "upto": found.upto,
        "waiting": found.waiting,
        "answers": [one.outcome.value for one in found.taken],
        "clock_drift_seconds": round(found.drift.total_seconds()) if found.drift is not None else None,
        "code": found.trouble.code if found.trouble else None,
        "sentence": sentence(found.trouble) if found.trouble else None,
    }


def _text(found: Synced) -> str:
    lines = [
        _("Đã gửi {n} thay đổi tới {url}; huyện có đủ đến thay đổi số {upto}, còn {waiting} chưa nhận.").format(
            n=found.sent, url=found.url, upto=found.upto, waiting=found.waiting
        )
    ]
    if found.drift is not None:
        minutes = round(found.drift.total_seconds() / 60)
        lines.append(_("Đồng hồ máy này lệch {n} phút so với máy của huyện; chỉnh lại ngày giờ.").format(n=minutes))
    if found.trouble is not None:
        lines.append(sentence(found.trouble))
    return "\n".join(lines)


def rekey(register: Register, folder: Path | None, *, anew: bool, now: datetime) -> tuple[dict[str, Any], str]:
    """Ask for new keys, on the word of the old ones or anew. Raises UserError rekey.needs_folder, enrol.…, stick.…."""
    db, by = register.db, register.user_id
    if anew:
        if folder is None:
            raise UserError("rekey.needs_folder")
        enrolment = enrol_anew(db, folder, by=by, now=now)
        text = _("Đã ghi giấy xin ghép nối lại: {file}\nMang về huyện. Tám từ của trạm: {words}").format(
            file=enrolment.path, words=", ".join(enrolment.words)
        )
        return {"what": "enrolment", "files": [str(enrolment.path)], "words": list(enrolment.words)}, text
    asked = ask_new_keys(db, by=by, now=now).value
    files = put_key_files(db, folder, now=now) if folder is not None else ()
    lines = [
        _("Đã làm khoá mới cho trạm. Khoá cũ vẫn dùng cho đến khi huyện cấp giấy cho khoá mới.")
        if asked
        else _("Khoá mới đã làm từ trước, đang đợi huyện cấp giấy.")
    ]
    lines.append(
        _("Đã ghi ra {folder} và đọc lại khớp. Rút được.").format(folder=folder)
        if files
        else _("Giấy đổi khoá đi cùng lần gửi tới, qua mạng (sync) hoặc USB (export).")
    )
    return {"what": "asked" if asked else "already", "files": [str(one) for one in files], "words": []}, "\n".join(
        lines
    )
