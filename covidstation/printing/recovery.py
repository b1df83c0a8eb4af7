"""The sheet with the recovery code, printed once when a station's register is set up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from covidstation.domain.wording import clean
from covidstation.i18n import _, date_text
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.sheet import open_sheet, put_page
from covidstation.printing.typeset import LEADING, Box, Sheet, paginate, runs

CODE_SIZE: Final = 20.0
GROUPS_A_LINE: Final = 4


def render_recovery(*, station: str, groups: Sequence[str], made_on: date) -> bytes:
    """One page: the code in numbered groups, large, with what to do with it. The bytes are never stored."""
    fonts.register()
    title = _("MÃ KHÔI PHỤC SỔ CỦA TRẠM")
    sheet, out = open_sheet(title)
    boxes = [
        *nd30.centred(title, Font.BOLD, 18),
        *nd30.centred(clean(station), Font.BOLD, 14, before=6),
        *nd30.centred(_("Lập ngày {day}").format(day=date_text(made_on)), Font.ITALIC, 13, before=4),
        code_box([clean(group) for group in groups]),
    ]
    for text in _advice():
        boxes += nd30.paragraph(runs(text, Font.REGULAR, 14), before=9)
    for number, page in enumerate(paginate(boxes, nd30.HEIGHT), start=1):
        put_page(sheet, number, page, training=False)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _advice() -> tuple[str, ...]:
    return (
        _("Mã này mở được sổ khi quên mật khẩu. Không có mật khẩu và không có mã này thì không ai mở lại được sổ."),
        _("Cho tờ giấy vào phong bì, dán kín, ký lên mép dán, để trong tủ có khoá của trạm hoặc gửi huyện giữ."),
        _("Không chụp ảnh, không gửi qua điện thoại, không để cạnh máy tính. Ai có mã này là mở được sổ."),
        _("Khi dùng: ở màn hình mở khoá chọn “Quên mật khẩu” rồi gõ lần lượt từng nhóm. Dùng xong nên lập mã "
          "mới ở Cài đặt, Người dùng, rồi xé tờ này."),
    )  # fmt: skip


def code_box(groups: Sequence[str]) -> Box:
    """The groups in a frame, each with its small number, so that one can be read out or found again."""
    rows = [groups[at : at + GROUPS_A_LINE] for at in range(0, len(groups), GROUPS_A_LINE)]
    high = 2.4 * CODE_SIZE
    cell = nd30.WIDTH / GROUPS_A_LINE

    def draw(sheet: Sheet, top: float) -> None:
        sheet.setLineWidth(1)
        sheet.rect(nd30.LEFT, top - high * len(rows), nd30.WIDTH, high * len(rows))
        for line, row in enumerate(rows):
            baseline = top - high * line - 1.4 * CODE_SIZE
            for at, group in enumerate(row):
                x = nd30.LEFT + cell * (at + 0.5)
                sheet.setFont(Font.BOLD, CODE_SIZE)
                sheet.drawCentredString(x, baseline, group)
                sheet.setFont(Font.REGULAR, 9)
                number = str(line * GROUPS_A_LINE + at + 1)
                sheet.drawCentredString(x, baseline - 1.6 * 9 * LEADING / 1.15, number)

    return Box(high * len(rows), draw, before=24)
