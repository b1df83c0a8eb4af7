"""The sentences of Hôm nay, made from what the register waits for."""

from __future__ import annotations

from datetime import datetime

from covidstation.domain.packs import PaperKind
from covidstation.i18n import _, count_text
from covidstation.services.reports.today import TodaysWork, Waiting
from covidstation.ui.status_parts import age_text


def names_text(waiting: Waiting) -> str:
    """`Lò Văn Ính, Tẩn Láo Tả và 3 người nữa`."""
    names = ", ".join(line.full_name for line in waiting.first)
    rest = waiting.count - len(waiting.first)
    return _("{names} và {n} người nữa").format(names=names, n=rest) if rest > 0 else names


def paper_noun(kind: PaperKind) -> str:
    """What the paper is called on a button."""
    nouns = {
        PaperKind.ISOLATION_ORDER: _("quyết định cách ly"),
        PaperKind.ISOLATION_END: _("quyết định kết thúc"),
        PaperKind.ISOLATION_COMPLETION: _("giấy xác nhận"),
    }
    return nouns[kind]


def print_text(kind: PaperKind, count: int) -> str:
    """`In 4 quyết định kết thúc`."""
    return _("In {n} {paper}").format(n=count, paper=paper_noun(kind))


def ending_text(work: TodaysWork) -> tuple[str, str]:
    """What may end, and what still holds the others."""
    free, held = work.may_end.count, work.over_days.count
    if not free:
        what = _("{n} người đã qua số ngày, cần xét nghiệm lại").format(n=held)
        return what, names_text(work.over_days)
    what = _("{n} người đủ điều kiện kết thúc cách ly").format(n=free)
    if held:
        return what, _("{n} người nữa đã qua số ngày, cần xét nghiệm lại").format(n=held)
    return what, names_text(work.may_end)


def why_ending(work: TodaysWork) -> str:
    """The rule in force, where it stands, and whether its source was seen."""
    rule = work.rule
    text = _("{sentence}\n\nCăn cứ: {source}.").format(sentence=rule.sentence, source=rule.source)
    if not rule.confirmed:
        text += "\n\n" + _("Chương trình chưa thấy tận mắt văn bản này; hãy đối chiếu trước khi dùng.")
    return text


def order_text(work: TodaysWork) -> tuple[str, str]:
    """Who has no order, and why it cannot be made yet when that is so."""
    what = _("{names} chưa có quyết định cách ly").format(names=names_text(work.without_order))
    if work.home_isolation == "ask":
        return what, _("Chưa cấp được: người đứng đầu trạm chưa trả lời có được cách ly COVID-19 tại nhà không")
    if work.home_isolation == "no":
        return what, _("Trạm đã trả lời không được cách ly tại nhà; sửa nơi cách ly của từng người")
    return what, _("F0 cách ly tại nhà cần quyết định giao tận tay")


def sending_text(work: TodaysWork, now: datetime) -> tuple[str, str]:
    """What waits for the district."""
    sync, age = work.status.sync, work.status.oldest_age(now)
    what = _("{n} thay đổi chưa gửi, cũ nhất {age}").format(n=count_text(sync.unsent), age=age_text(age) if age else "")
    if not work.status.enrolled:
        return what, _("Trạm chưa ghép nối với huyện: ghi giấy xin ghép nối ra USB trước")
    if sync.on_stick >= sync.unsent:
        return what, _("Đã ghi hết ra USB, chờ biên nhận của huyện")
    if sync.on_stick:
        return what, _("{n} thay đổi đã ghi USB, chờ biên nhận; còn lại chưa ghi").format(n=sync.on_stick)
    return what, _("Ghi ra USB để mang về huyện")


def before_issuing(kind: PaperKind, count: int, printer: str) -> str:
    """What one confirmation stands for."""
    text = _(
        "Mỗi người một {paper}, ghi ngày hôm nay, lấy số liền nhau trong sổ văn bản: {n} số. "
        "Số đã cấp không dùng lại; văn bản sai thì huỷ và ghi lý do. Ai còn thiếu thông tin thì để lại."
    )
    where = _("In ra {printer}.") if printer else _("Máy này chưa có máy in: văn bản sẽ lưu vào thư mục bạn chọn.")
    return text.format(paper=paper_noun(kind), n=count) + " " + where.format(printer=printer)


def act_text(kind: PaperKind, count: int) -> str:
    """The confirming button."""
    return _("Cấp {n} {paper}").format(n=count, paper=paper_noun(kind))
