"""Each result twice: stable keys for scripts (docs/command-line-hub.md), lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from covidstation.errors import UserError
from covidstation.hub.database.store import Founded, Hub, Place, aware
from covidstation.hub.figures.stations import StationFigures
from covidstation.hub.intake.bundles import Intake, Outcome
from covidstation.hub.intake.watching import SENTENCE_OF, Watched
from covidstation.hub.replies.give_back import GaveBack
from covidstation.hub.replies.receipting import Written
from covidstation.hub.stations.enrolling import Look
from covidstation.i18n import _
from covidstation.messages import SENTENCES, sentence

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of one enrolment file: `enrolled`, `already`, `asks` (nobody said yes) or `refused`."""

    name: str
    outcome: str
    look: Look | None = None
    station: UUID | None = None
    serial: int | None = None
    trouble: UserError | None = None


def hub_sentence(trouble: UserError) -> str:
    """The sentence as the district needs it, where it differs from the station's."""
    code = trouble.code.replace("station.", "hub.", 1)
    return sentence(UserError(code, **trouble.params) if code in SENTENCES else trouble)


def _trouble(trouble: UserError | None) -> Result:
    return {"code": trouble.code if trouble else None, "sentence": hub_sentence(trouble) if trouble else None}


def _moment(moment: datetime | None) -> str | None:
    return aware(moment).isoformat() if moment else None


def _local(moment: datetime | None) -> str:
    return aware(moment).astimezone().strftime("%d/%m/%Y %H:%M") if moment else _("chưa có")


def founded_result(founded: Founded, place: Place, name: str) -> tuple[Result, str]:
    """A new hub, its words and both codes."""
    result: Result = {
        "database": str(place.database),
        "name": name,
        "hub_epoch": founded.epoch,
        "words": list(founded.words),
        "recovery_code": founded.recovery_code,
        "escrow_file": str(founded.escrow_file),
        "escrow_code": founded.escrow_code or None,
    }
    lines = (
        _("Đã lập kho dữ liệu của {name} ở {database}.").format(name=name, database=place.database),
        _("Tám từ của huyện: {words}").format(words=", ".join(founded.words)),
        _("Mã khôi phục (in ra, cất kín): {code}").format(code=founded.recovery_code),
        _("Khoá dự phòng: {file}").format(file=founded.escrow_file),
        _("Mã mở khoá dự phòng (in ra, cất trong két cùng một bản của tệp): {code}").format(code=founded.escrow_code)
        if founded.escrow_code
        else _("Mã mở khoá dự phòng như cũ. Các trạm tự nối lại khi gửi; xem lại danh sách trạm ở trang Ghép nối."),
    )
    return result, "\n".join(lines)


def look_text(look: Look) -> str:
    """What two people compare before a yes."""
    return _("{name}, xã mã {commune}\nTám từ của trạm: {words}").format(
        name=look.name, commune=look.request.commune, words=", ".join(look.request.words())
    )


def enrolled_result(hub: Hub, found: Sequence[Enrolled]) -> tuple[Result, str]:
    """What became of each enrolment file; `station` is the id that the hub gave."""
    texts = {
        "enrolled": _("{file}: đã ghép nối {name} (giấy số {serial})"),
        "already": _("{file}: {name} đã ghép nối trước đây (giấy số {serial})"),
    }
    files = [
        {
            "file": one.name,
            "outcome": one.outcome,
            "station_name": one.look.name if one.look else None,
            "commune": one.look.request.commune if one.look else None,
            "words": list(one.look.request.words()) if one.look else [],
            "station": one.station.hex if one.station else None,
            "serial": one.serial,
            **_trouble(one.trouble),
        }
        for one in found
    ]
    lines = [
        texts[one.outcome].format(file=one.name, name=one.look.name, serial=one.serial)
        for one in found
        if one.look and one.outcome in texts
    ]
    words = hub.keys.words()
    if lines:
        lines.append(_("Trạm sẽ hỏi tám từ của huyện: {words}").format(words=", ".join(words)))
    return {"hub_words": list(words), "files": files}, "\n".join(lines)


def intake_result(one: Intake) -> Result:
    """One bundle; `gap` is what a waiting one waits for."""
    return {
        "file": one.name,
        "outcome": one.outcome.value,
        "station": one.station.hex if one.station else None,
        "station_name": one.station_name or None,
        "from": one.first,
        "to": one.last,
        "taken": one.taken,
        "set_aside": one.set_aside,
        "upto": one.upto,
        "gap": list(one.gap) if one.gap else None,
        **_trouble(one.trouble),
    }


def import_result(found: Sequence[Intake]) -> Result:
    """All bundles of one import."""
    return {
        "files": [intake_result(one) for one in found],
        "taken": sum(one.taken for one in found),
        "refused": sum(one.trouble is not None for one in found),
    }


def intake_text(one: Intake) -> str:
    """The line of a bundle that was not refused."""
    values = {"file": one.name, "name": one.station_name, "taken": one.taken, "aside": one.set_aside, "upto": one.upto}
    if one.outcome is Outcome.WAITING and one.gap:
        waits = {"first": one.gap[0], "last": one.gap[1]}
        return _("{file}: {name}, đã giữ; còn thiếu thay đổi số {first}–{last}").format(**values, **waits)
    if one.outcome is Outcome.KEYS:
        return _("{file}: {name}, đã nhận khoá mới của trạm").format(**values)
    if one.outcome is Outcome.ALREADY:
        return _("{file}: {name}, đã nhận trước đây").format(**values)
    if one.set_aside:
        return _("{file}: {name}, nhận {taken} thay đổi, trong đó {aside} giữ riêng chờ xem; có đến số {upto}").format(
            **values
        )
    return _("{file}: {name}, nhận {taken} thay đổi; có đến số {upto}").format(**values)


def export_result(written: Sequence[Written]) -> tuple[Result, str]:
    """What lies on the stick now."""
    stations = [
        {
            "station": one.station.id.hex,
            "station_name": one.station.name,
            "upto": one.upto,
            "certificate": str(one.certificate),
            "receipt": str(one.receipt),
        }
        for one in written
    ]
    lines = [
        _("{name}: giấy chứng nhận, biên nhận đến số {upto}").format(name=one.station.name, upto=one.upto)
        for one in written
    ]
    lines.append(_("Đã ghi và đọc lại khớp. Rút được."))
    return {"stations": stations}, "\n".join(lines)


def give_back_result(found: GaveBack) -> tuple[Result, str]:
    """What was written for a restored station."""
    result = {
        "station": found.station.id.hex,
        "station_name": found.station.name,
        "lines": found.lines,
        "files": [str(path) for path in found.files],
    }
    text = _("{name}: trả lại {n} thay đổi, trạm đọc USB này ở trang Đồng bộ. Đã ghi và đọc lại khớp. Rút được.")
    return result, text.format(name=found.station.name, n=found.lines)


def status_result(hub: Hub, found: Sequence[StationFigures]) -> tuple[Result, str]:
    """The hub and each of its stations; moments in UTC."""
    stations = [
        {
            "station": one.id.hex,
            "name": one.name,
            "commune": one.commune,
            "serial": one.serial,
            "enrolled_at": _moment(one.enrolled_at),
            "epoch": one.epoch,
            "upto": one.upto,
            "staged": [list(pair) for pair in one.staged],
            "gaps": [list(pair) for pair in one.gaps],
            "people": one.people,
            "episodes": one.episodes,
            "set_aside": one.set_aside,
            "bundles_aside": one.bundles_aside,
            "last_import": _moment(one.imported_at),
            "last_receipt": _moment(one.receipt_at),
            "receipt_upto": one.receipt_upto,
            "audit": _audit(one.audit),
        }
        for one in found
    ]
    words = hub.keys.words()
    lines = [hub.name, _("Tám từ của huyện: {words}").format(words=", ".join(words)), *map(_status_text, found)]
    return {
        "name": hub.name,
        "code": hub.code,
        "hub_epoch": hub.epoch,
        "words": list(words),
        "stations": stations,
    }, "\n".join(lines)


def _audit(one: Watched | None) -> Result | None:
    """How many entries the station's record of who did what had, and what is wrong with it."""
    if one is None:
        return None
    doubt = one.doubt.value if one.doubt else None
    return {"entries": one.seq, "read_at": _moment(one.read_at), "doubt": doubt, "doubt_at": _moment(one.doubt_at)}


def _status_text(one: StationFigures) -> str:
    lines = [
        _("{name} ({commune}): {people} người, {episodes} lần mắc; có đến số {upto}, nhận lần cuối {when}").format(
            name=one.name,
            commune=one.commune,
            people=one.people,
            episodes=one.episodes,
            upto=one.upto,
            when=_local(one.imported_at),
        )
    ]
    lines += [_("  còn thiếu thay đổi số {first}–{last}").format(first=first, last=last) for first, last in one.gaps]
    if one.set_aside:
        lines.append(_("  {n} thay đổi giữ riêng chờ xem").format(n=one.set_aside))
    if one.bundles_aside:
        lines.append(_("  {n} gói giữ riêng: trái với những gì huyện có, gọi trạm").format(n=one.bundles_aside))
    if one.audit is not None and one.audit.doubt is not None:
        trouble = UserError(SENTENCE_OF[one.audit.doubt], known=one.audit.doubt_seq)
        lines.append(f"  {_local(one.audit.doubt_at)}: {sentence(trouble)}")
    return "\n".join(lines)
