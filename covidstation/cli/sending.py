"""`sync`: send to the district over the line and take its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.access.opening import Register
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
