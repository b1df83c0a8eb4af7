"""Where a record stands on its way to the district, in a few words."""

from __future__ import annotations

from datetime import date

from covidstation.db.queries.record_sync import RecordSync, Stage
from covidstation.i18n import _, moment_text
from covidstation.ui.look.tokens import Ink

INKS: dict[Stage, Ink] = {
    Stage.RECEIVED: "muted",
    Stage.SENT: "muted",
    Stage.ON_STICK: "muted",
    Stage.SAVED: "text",
    Stage.ASIDE: "warn",
    Stage.CONFLICT: "warn",
}


def short_words(one: RecordSync) -> str:
    """For a cell: `đã nhận`, `USB lô 3`, `đã gửi`, `ở máy này`."""
    return {
        Stage.RECEIVED: _("huyện đã nhận"),
        Stage.SENT: _("đã gửi, chờ huyện"),
        Stage.ON_STICK: _("trên USB, lô {n}").format(n=one.number),
        Stage.SAVED: _("mới ở máy này"),
        Stage.ASIDE: _("huyện hỏi lại"),
        Stage.CONFLICT: _("khác với huyện"),
    }[one.stage]


def whole_words(one: RecordSync, today: date) -> str:
    """For a line: what is so, and what to do where something is to be done."""
    moment = moment_text(one.moment, today) if one.moment is not None else ""
    words = {
        Stage.RECEIVED: _("Huyện đã nhận đủ"),
        Stage.SENT: _("Đã gửi qua mạng lúc {moment}, huyện đang ghi vào sổ"),
        Stage.ON_STICK: _("{count} thay đổi đã ghi USB {target} (lô {n}, {moment}), chờ biên nhận"),
        Stage.SAVED: _("{count} thay đổi đã lưu ở máy này, chưa gửi huyện"),
        Stage.ASIDE: _("Huyện giữ riêng {count} thay đổi: {text} Sửa lại ở đây rồi gửi, hoặc gọi huyện."),
        Stage.CONFLICT: _("{count} chỗ khác với huyện. Mở Đồng bộ, mục Hai bản ghi khác nhau, để chọn."),
    }[one.stage]
    return words.format(count=one.count, n=one.number, target=one.target, moment=moment, text=one.text)
