"""What a look over the station finds: one plain sentence each, with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from covidstation.i18n import N_, _

Level = Literal["good", "look", "bad"]

GROUPS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "register": (
        N_("Sổ của trạm"),
        ("pages", "journal", "audit", "heads", "links", "twice", "reports", "stock", "drafts"),
    ),
    "papers": (N_("Giấy tờ và in"), ("book", "papers", "letters", "printer", "rules")),
    "safety": (N_("Sao lưu, chìa khoá, gửi huyện"), ("backup", "keys", "sync")),
    "machine": (N_("Máy này"), ("space", "clock", "left", "program")),
}
"""The groups of the page: title, and the kinds of finding in it."""

SENTENCES: Final[Mapping[str, str]] = {
    "pages.good": N_("Tệp sổ đọc được trọn vẹn."),
    "pages.bad": N_("Tệp sổ có {n} chỗ hỏng. Lấy lại từ bản sao lưu gần nhất."),
    "journal.good": N_("Nhật ký liền mạch, {n} thay đổi."),
    "journal.gap": N_("Nhật ký đứt ở số {seq}. Không gửi gì lên huyện trước khi gọi hỗ trợ."),
    "journal.changed": N_("Nhật ký bị sửa ở số {seq}. Không gửi gì lên huyện trước khi gọi hỗ trợ."),
    "audit.good": N_("Nhật ký truy cập liền mạch, {n} dòng."),
    "audit.bad": N_("Nhật ký truy cập thiếu hoặc bị sửa ở dòng {seq}. Giữ nguyên máy và báo huyện."),
    "heads.good": N_("Sổ không bị mất đoạn cuối."),
    "heads.none": N_("Chưa có tệp ghi nhớ sổ đã đi đến đâu. Tệp tự có sau lần ghi tới."),
    "heads.behind": N_(
        "Sổ thiếu {n} thay đổi cuối đã ghi trước {when}. Đừng ghi thêm; lấy lại từ bản sao lưu, "
        "hoặc gọi huyện xin lại phần đã gửi."
    ),
    "heads.other": N_("Sổ này không phải sổ đã dùng ở máy lúc {when}. Xem lại đã chép đè tệp nào, rồi gọi hỗ trợ."),
    "book.good": N_("Sổ số văn bản khớp, {n} số."),
    "book.bad": N_("Văn bản số {number} năm {year} không có dòng trong sổ số."),
    "papers.good": N_("{n} văn bản đã cấp đọc lại đúng từng byte."),
    "papers.bad": N_("Văn bản số {number} năm {year} không đọc lại được đúng bản đã in."),
    "links.good": N_("Lần đo, cảnh báo, thuốc, F1 và việc giao giấy khớp nhau, {n} dòng."),
    "links.bad": N_("{n} dòng “{table}” nối tới một dòng không có trong sổ ({field}). Giữ bản sao lưu và gọi hỗ trợ."),
    "twice.good": N_("Không ai bị ghi một bệnh mạn tính hai lần."),
    "twice.look": N_(
        "{n} bệnh mạn tính đứng hai dòng của cùng một người. Bấm Sửa rồi Lưu ở một bệnh bất kỳ trong sổ mạn tính: "
        "máy gộp lại, không mất gì."
    ),
    "reports.good": N_("{n} báo cáo đã chốt còn nguyên như lúc gửi."),
    "reports.bad": N_("Báo cáo ngày {day}, bản {version} không còn như lúc chốt. Lấy lại từ bản sao lưu."),
    "stock.good": N_("Tồn kho khớp với mọi lần nhập, xuất, {n} lô."),
    "stock.below": N_("{n} lô đang âm trong sổ kho ({names}). Mở Kho, đếm lại các lô ấy bằng “Kiểm kê”."),
    "stock.bad": N_(
        "Tồn của {n} lô không khớp với các lần nhập, xuất ({names}). Mở mặt hàng ấy ở Kho, ghi “Kiểm kê” là tính lại."
    ),
    "drafts.good": N_("Không có phiếu gõ dở để quên."),
    "drafts.old": N_("{n} phiếu gõ dở đã quá 7 ngày. Mở lại để ghi hoặc bỏ đi."),
    "letters.good": N_("Chữ Việt đủ dấu trên màn hình và trên giấy in."),
    "letters.bad": N_("Bộ chữ thiếu {letters}. Cài lại chương trình trước khi in giấy."),
    "printer.good": N_("Máy in {name} sẵn sàng."),
    "printer.none": N_("Máy này chưa có máy in nào. Vẫn lưu được tệp PDF để in ở máy khác."),
    "printer.gone": N_("Không thấy máy in {name} đã chọn. Bật máy in, hoặc chọn máy khác khi in."),
    "rules.good": N_("Quy định và mẫu văn bản đọc được, câu nào cũng đã đối chiếu."),
    "rules.unconfirmed": N_(
        "{n} chỗ trong quy định và mẫu văn bản chưa đối chiếu với bản gốc. Xem Cài đặt, mục Mẫu văn bản và Quy định."
    ),
    "rules.bad": N_("Không đọc được quy định của chương trình. Cài lại chương trình; sổ không bị ảnh hưởng."),
    "backup.good": N_("Bản sao lưu gần nhất: {when}."),
    "backup.none": N_("Chưa có bản sao lưu nào. Bấm Sao lưu ngay ở Cài đặt, mục Sao lưu."),
    "backup.old": N_("Bản sao lưu gần nhất đã {n} ngày ({when}). Sao lưu lại hôm nay."),
    "backup.damaged": N_("{n} bản sao lưu trên máy này đã hỏng. Sao lưu lại ngay và giữ một bản trên USB."),
    "keys.good": N_("Mỗi người dùng có chìa khoá của mình, mã khôi phục còn dùng được."),
    "keys.lacking": N_("{names} chưa có chìa khoá nên chưa mở được sổ. Người đứng đầu trạm đặt lại mật khẩu."),
    "keys.stranger": N_("Tệp khoá có {n} chìa của người không có trong sổ. Báo huyện trước khi dùng tiếp."),
    "keys.no_recovery": N_("Tệp khoá không còn mã khôi phục. Người đứng đầu trạm in mã mới ở Cài đặt, mục Người dùng."),
    "keys.damaged": N_("Không đọc được tệp khoá keys.json. Chép lại từ thư mục sao lưu trước khi đóng chương trình."),
    "sync.good": N_("Huyện đã có đủ, hoặc chưa có gì chờ lâu."),
    "sync.waiting": N_("{n} thay đổi chưa đến huyện, cũ nhất {days} ngày. Ghi ra USB và gửi huyện."),
    "space.good": N_("Ổ đĩa còn {free} MB trống."),
    "space.low": N_("Ổ đĩa chỉ còn {free} MB trống ({place}). Xoá bớt tệp không cần trước khi đầy."),
    "clock.good": N_("Đồng hồ máy hợp lý."),
    "clock.early": N_("Đồng hồ máy chỉ {now}, trước cả ngày làm ra chương trình. Chỉnh lại ngày giờ của máy."),
    "clock.behind": N_("Đồng hồ máy chỉ {now}, trước lần ghi cuối ({when}). Chỉnh lại ngày giờ của máy."),
    "clock.zone": N_("Múi giờ của máy không phải giờ Việt Nam. Chỉnh lại, nếu không giờ trên giấy tờ sẽ lệch."),
    "left.good": N_("Không còn tệp tạm nào sót lại."),
    "left.some": N_("Còn {n} tệp tạm sót lại sau lần tắt đột ngột ({size} MB). Không hại gì; đóng mở lại để tự dọn."),
    "program.good": N_("CovidStation {version}, sổ đời {schema}."),
    "program.gave_up": N_("Bản {other} không mở được nên máy đã tự quay về bản {version}. Báo huyện; sổ không đổi."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `good` is False when data is in danger; `look`: see to it, nothing is lost."""

    code: str
    good: bool
    params: Mapping[str, str] = field(default_factory=dict)
    look: bool = False

    @property
    def level(self) -> Level:
        """For a tick, an amber mark, a red one."""
        return "look" if self.good and self.look else "good" if self.good else "bad"

    @property
    def group(self) -> str:
        """Its key of `GROUPS`."""
        kind = self.code.partition(".")[0]
        return next(key for key, (_title, kinds) in GROUPS.items() if kind in kinds)

    def text(self) -> str:
        """The sentence for a person."""
        text = _(SENTENCES[self.code])
        for name, value in self.params.items():
            text = text.replace("{" + name + "}", value)
        return text


def fine(code: str, **params: object) -> Finding:
    """All is well."""
    return Finding(code, True, {name: str(value) for name, value in params.items()})


def see_to(code: str, **params: object) -> Finding:
    """Nothing is lost; somebody should see to it."""
    return Finding(code, True, {name: str(value) for name, value in params.items()}, look=True)


def bad(code: str, **params: object) -> Finding:
    """Something is damaged or missing."""
    return Finding(code, False, {name: str(value) for name, value in params.items()})
