"""The words of Từ huyện: kinds of items, where they stand, targets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from covidstation.db.queries.district import DistrictItem, Said
from covidstation.domain.district import ItemKind, Measure, MessageKind
from covidstation.i18n import N_, _, date_text, moment_text
from covidstation.services.district.targets import Reached
from covidstation.ui.look.tokens import Tone

KINDS: Final[Mapping[ItemKind, str]] = {
    ItemKind.ANNOUNCEMENT: N_("Thông báo"),
    ItemKind.QUESTION: N_("Câu hỏi"),
    ItemKind.FINDING: N_("Cần khắc phục"),
    ItemKind.PACK: N_("Quy định mới"),
    ItemKind.TARGET: N_("Chỉ tiêu"),
    ItemKind.MOVE: N_("Nhận quản lý người"),
    ItemKind.ALLOTMENT: N_("Cấp phát thuốc, vật tư"),
}
_SHORT: Final[Mapping[ItemKind | None, str]] = {
    ItemKind.FINDING: N_("Khắc phục"),
    ItemKind.PACK: N_("Quy định"),
    ItemKind.MOVE: N_("Nhận người"),
    ItemKind.ALLOTMENT: N_("Cấp phát"),
}
ICONS: Final[Mapping[ItemKind, str]] = {
    ItemKind.ANNOUNCEMENT: "info",
    ItemKind.QUESTION: "help",
    ItemKind.FINDING: "alert",
    ItemKind.PACK: "document",
    ItemKind.TARGET: "chart",
    ItemKind.MOVE: "home",
    ItemKind.ALLOTMENT: "box",
}
MEASURES: Final[Mapping[Measure, str]] = {
    Measure.TESTS: N_("mẫu xét nghiệm"),
    Measure.CHECKS: N_("lượt theo dõi F0 tại nhà"),
    Measure.FOLLOW_UPS: N_("lần hỏi thăm sau khỏi bệnh"),
    Measure.DELIVERIES: N_("giấy tờ giao tận nhà"),
}
_SAID: Final[Mapping[MessageKind, str]] = {
    MessageKind.READ: N_("Đã đọc"),
    MessageKind.ANSWER: N_("Đã trả lời"),
    MessageKind.DONE: N_("Đã khắc phục"),
    MessageKind.RECEIVED: N_("Đã đếm, nhập kho"),
}


def kind_words(item: DistrictItem) -> str:
    """What it is; a kind that only a newer program knows is an announcement here."""
    return _(KINDS[item.kind or ItemKind.ANNOUNCEMENT])


def short_words(item: DistrictItem) -> str:
    """The same in a narrow column."""
    return _(_SHORT[item.kind]) if item.kind in _SHORT else kind_words(item)


def kind_icon(item: DistrictItem) -> str:
    """The picture beside it."""
    return ICONS[item.kind or ItemKind.ANNOUNCEMENT]


def state_words(item: DistrictItem, today: date) -> tuple[str, Tone]:
    """Where it stands, for a chip."""
    if item.withdrawn_at is not None:
        return _("Huyện đã rút"), "grey"
    if item.wants is MessageKind.RECEIVED and not item.late(today):
        return _("Chờ nhận"), "orange"
    if item.wants is not None:
        return (_("Quá hạn"), "orange") if item.late(today) else (_("Chờ trả lời"), "orange")
    if item.unread:
        return _("Chưa đọc"), "blue"
    if any(one.kind is MessageKind.RECEIVED for one in item.said):
        return _("Đã nhận"), "green"
    if any(one.kind is not MessageKind.READ for one in item.said):
        return _("Đã trả lời"), "green"
    return _("Đã đọc"), "grey"


def due_words(item: DistrictItem, today: date) -> str:
    """`hạn 12/03`, or how long it is over."""
    if item.due_on is None:
        return ""
    if item.late(today):
        return _("quá hạn {n} ngày").format(n=(today - item.due_on).days)
    return _("hôm nay là hạn") if item.due_on == today else _("hạn {day}").format(day=date_text(item.due_on))


def said_words(said: Said, today: date) -> str:
    """`Đã trả lời · Lò Thị Nhung · 08:15 hôm nay · chờ gửi`."""
    if said.kind is MessageKind.MOVE_ANSWER:
        what = _("Đã nhận quản lý") if said.accepts else _("Không nhận")
    else:
        what = _(_SAID.get(said.kind, KINDS[ItemKind.ANNOUNCEMENT]))
    sent = _("huyện đã nhận") if said.received else _("chờ gửi huyện")
    return " · ".join(filter(None, (what, said.by_name, moment_text(said.made_at, today), sent)))


def target_words(reached: Reached) -> str:
    """`37 trên 120 mẫu xét nghiệm, từ 01/03 đến 31/03/2022, còn 83`."""
    target = reached.target
    words = _("{count} trên {value} {what}, từ {first} đến {last}")
    if reached.left:
        words += ", " + _("còn {left}").format(left=reached.left)
    return words.format(
        count=reached.count,
        value=target.value,
        what=_(MEASURES[target.measure]),
        first=date_text(target.first),
        last=date_text(target.last),
    )


def short_target(reached: Reached) -> str:
    """`Huyện giao: 37 trên 120 mẫu xét nghiệm`."""
    words = _("Huyện giao: {count} trên {value} {what}")
    target = reached.target
    return words.format(count=reached.count, value=target.value, what=_(MEASURES[target.measure]))
