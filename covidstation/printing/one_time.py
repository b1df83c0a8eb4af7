"""The slip with a one-time passphrase, for whoever gets it; it is void after its first use and kept nowhere."""

from __future__ import annotations

from datetime import date

from covidstation.domain.wording import clean
from covidstation.i18n import _, date_text
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.recovery import code_box
from covidstation.printing.sheet import open_sheet, put_page
from covidstation.printing.typeset import paginate, runs


def render_one_time(*, station: str, name: str, phrase: str, made_on: date) -> bytes:
    """One page: for whom, the passphrase large, what to do with it."""
    fonts.register()
    title = _("MẬT KHẨU DÙNG MỘT LẦN")
    whose = _("Cho {name}, ngày {day}").format(name=clean(name), day=date_text(made_on))
    sheet, out = open_sheet(title)
    boxes = [
        *nd30.centred(title, Font.BOLD, 18),
        *nd30.centred(clean(station), Font.BOLD, 14, before=6),
        *nd30.centred(whose, Font.ITALIC, 13, before=4),
        code_box([clean(group) for group in phrase.split("-")]),
    ]
    for text in (
        _("Ở màn hình mở khoá chọn tên mình, gõ bốn nhóm chữ này (không cần gạch nối), rồi đặt mật khẩu riêng."),
        _("Gõ lần đầu xong thì xé bỏ tờ này. Mật khẩu mới không nói cho ai, kể cả người đứng đầu trạm."),
    ):
        boxes += nd30.paragraph(runs(text, Font.REGULAR, 14), before=9)
    for number, page in enumerate(paginate(boxes, nd30.HEIGHT), start=1):
        put_page(sheet, number, page, training=False)
        sheet.showPage()
    sheet.save()
    return out.getvalue()
