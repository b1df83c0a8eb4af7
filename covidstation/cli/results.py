"""Each result twice: stable keys for scripts (docs/command-line.md), lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from covidstation.domain.people import PersonDraft
from covidstation.domain.text import clean
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.exchange.bundles import Export, Exported, Import, Taken
from covidstation.services.papers.issuing import Issued
from covidstation.services.scans import ScanLook, ScanOutcome
from covidstation.services.status import Status
from covidstation.services.upkeep.check import Finding

Result = dict[str, Any]


def _utc(moment: datetime | None) -> str | None:
    return moment.replace(tzinfo=UTC).isoformat() if moment else None


def status_result(status: Status, now: datetime) -> Result:
    """Ages in whole seconds; `last_receipt` in UTC, `last_backup` in the station's wall clock."""
    age = status.oldest_age(now)
    receipt = status.sync.last_receipt
    return {
        "station": status.station,
        "commune": status.commune_code,
        "training": status.training,
        "people": status.people,
        "episodes": status.episodes,
        "enrolled": status.enrolled,
        "unsent": status.sync.unsent,
        "oldest_unsent_seconds": int(age.total_seconds()) if age is not None else None,
        "on_stick": status.sync.on_stick,
        "last_receipt": _utc(receipt.hub_time) if receipt else None,
        "received_upto": receipt.upto if receipt else 0,
        "exceptions": len(receipt.exceptions) if receipt else 0,
        "last_backup": status.last_backup.isoformat() if status.last_backup else None,
    }


def _unsent_text(unsent: int, age: timedelta | None) -> str:
    if age is None:
        return _("Chưa gửi lên huyện: {n}").format(n=unsent)
    minutes = int(age.total_seconds()) // 60
    if minutes < 60:
        return _("Chưa gửi lên huyện: {n}, cũ nhất {minutes} phút").format(n=unsent, minutes=minutes)
    return _("Chưa gửi lên huyện: {n}, cũ nhất {hours} giờ").format(n=unsent, hours=minutes // 60)


def status_text(status: Status, now: datetime) -> str:
    """The same for people."""
    age = status.oldest_age(now)
    receipt = status.sync.last_receipt
    never = _("chưa có")
    lines = [
        status.station,
        _("{people} người, {episodes} lần mắc").format(people=status.people, episodes=status.episodes),
        _unsent_text(status.sync.unsent, age),
        _("Biên nhận gần nhất: {when}").format(
            when=receipt.hub_time.replace(tzinfo=UTC).astimezone().strftime("%d/%m/%Y %H:%M") if receipt else never
        ),
        _("Sao lưu gần nhất: {when}").format(
            when=status.last_backup.strftime("%d/%m/%Y %H:%M") if status.last_backup else never
        ),
    ]
    return "\n".join(lines)


def finding_result(finding: Finding) -> Result:
    """One line of `check`."""
    return {
        "code": finding.code,
        "good": finding.good,
        "level": finding.level,
        "sentence": finding.text(),
        **finding.params,
    }


def export_result(export: Export) -> tuple[Result, str]:
    """What was written."""
    result: Result = {
        "what": export.what.value,
        "files": [str(path) for path in export.files],
        "changes": export.changes,
        "bytes": export.size,
        "words": list(export.words),
    }
    if export.what is Exported.ENROLMENT:
        text = _("Đã ghi giấy xin ghép nối. Đọc cho huyện tám từ của trạm: {words}").format(
            words=", ".join(export.words)
        )
    elif export.what is Exported.NOTHING:
        text = _("Không có thay đổi nào chưa gửi.")
    elif export.what is Exported.WORD:
        text = _("Đã ghi lời báo trạm đã đọc đến đâu, đã đọc lại khớp. Rút được.")
    elif export.what is Exported.KEYS:
        text = _("Đã ghi giấy đổi khoá của trạm, đã đọc lại khớp. Rút được.")
    else:
        text = _("Đã ghi {n} thay đổi, đã đọc lại khớp. Rút được.").format(n=export.changes)
    return result, text


def import_result(found: Sequence[Import]) -> tuple[Result, str]:
    """What became of each file."""
    texts = {
        Taken.RECEIPT: _("{name}: {hub} đã nhận đến thay đổi số {upto}"),
        Taken.CERTIFICATE: _("{name}: đã ghép nối với {hub}. Tám từ: {words}"),
        Taken.ALREADY: _("{name}: đã nhận trước đây"),
        Taken.GIVEN_BACK: _("{name}: {hub} trả lại {changes} thay đổi mà bản sao không có, trong đó {papers} văn bản"),
        Taken.DOWN: _("{name}: {hub} gửi {lines} thay đổi, {conflicts} chỗ khác nhau cần chọn, {aside} giữ riêng"),
        Taken.GAP: _("{name}: thiếu phần trước của {hub}, chưa nhận; lần tới huyện ghi lại cả"),
        Taken.ASKS: _("{name}: {hub} muốn ghép nối. So tám từ này với huyện: {words}"),
    }
    lines = [
        texts[one.outcome].format(
            name=clean(one.name), hub=one.hub, upto=one.upto, words=", ".join(one.words), **_came_back(one)
        )
        for one in found
        if one.outcome in texts
    ]
    files = [
        {
            "name": one.name,
            "outcome": one.outcome.value,
            "upto": one.upto,
            "hub": one.hub,
            "words": list(one.words),
            **_came_back(one),
            "code": one.trouble.code if one.trouble else None,
            "sentence": sentence(one.trouble) if one.trouble else None,
        }
        for one in found
    ]
    return {"files": files}, "\n".join(lines)


def _came_back(one: Import) -> dict[str, Any]:
    """What the district gave back: `clashes` are numbers that two papers now bear."""
    back, took = one.came_back, one.down
    if took is not None:
        gap = list(took.gap) if took.gap else None
        return {"lines": took.lines, "conflicts": took.conflicts, "aside": len(took.aside), "gap": gap}
    if back is None:
        return {}
    return {
        "changes": back.changes,
        "papers": back.papers,
        "clashes": list(back.clashes),
        "unprinted": back.unprinted,
    }


def issued_result(issued: Issued, path: Path | None) -> Result:
    """One issued paper; without a path, its file could not be written."""
    return {
        "id": issued.id.hex,
        "kind": issued.kind.value,
        "number": issued.number,
        "symbol": issued.symbol,
        "people": list(issued.subjects),
        "file": str(path) if path else None,
    }


def draft_result(draft: PersonDraft) -> Result:
    """The fields read from a card; empty ones are left out."""
    fields = {
        "full_name": draft.full_name,
        "birth": draft.birth.text() if draft.birth else "",
        "sex": draft.sex.value,
        "citizen_number": draft.citizen_number,
        "old_citizen_number": draft.old_citizen_number,
        "insurance_number": draft.insurance_number,
        "address_printed": draft.address_printed,
        "card_extras": draft.card_extras,
    }
    return {name: value for name, value in fields.items() if value}


def scan_result(look: ScanLook) -> tuple[Result, str]:
    """What the scan would do."""
    if look.outcome is ScanOutcome.KNOWN:
        said = _("Đã có trong sổ: {name}. Sẽ mở trang người này.").format(name=look.name)
    elif look.outcome is ScanOutcome.NEW and look.draft:
        said = _("Chưa có trong sổ: {name}. Sẽ mở F0 mới với các ô đã điền.").format(name=look.draft.full_name)
    else:
        said = sentence(look.refusal) if look.refusal else ""
    result: Result = {
        "outcome": look.outcome.value,
        "kind": look.kind,
        "fields": draft_result(look.draft) if look.draft else {},
        "person": look.person_id.hex if look.person_id else None,
        "code": look.refusal.code if look.refusal else None,
        "sentence": said,
    }
    return result, "" if look.refusal else said
