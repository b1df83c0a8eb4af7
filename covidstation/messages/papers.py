"""Sentences of the papers codes, and the names of papers and of their parts for the settings page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "paper.no_subject": N_("Chọn ít nhất một người cho văn bản."),
    "paper.missing.name": N_("Họ tên người được cách ly"),
    "paper.missing.birth": N_("Ngày hoặc năm sinh của {name}"),
    "paper.missing.sex": N_("Giới tính của {name}"),
    "paper.missing.citizen_number": N_("Số căn cước của {name}"),
    "paper.missing.phone": N_("Số điện thoại của {name}"),
    "paper.missing.address": N_("Nơi ở hiện tại của {name}"),
    "paper.missing.hamlet": N_("Thôn, bản của {name}"),
    "paper.missing.test_date": N_("Ngày xét nghiệm của {name}"),
    "paper.missing.from_date": N_("Ngày bắt đầu cách ly"),
    "paper.missing.from_time": N_("Giờ bắt đầu cách ly"),
    "paper.missing.until_date": N_("Ngày hết cách ly"),
    "paper.missing.days": N_("Số ngày cách ly"),
    "paper.missing.isolation_place": N_("Nơi cách ly"),
    "paper.missing.found_at": N_("Giờ phát hiện"),
    "paper.missing.proposed_at": N_("Giờ trạm đề nghị"),
    "paper.missing.decided_at": N_("Giờ ban hành quyết định"),
    "paper.missing.told_at": N_("Giờ báo người bệnh"),
    "paper.missing.opening_number": N_("Số quyết định cách ly trước đó"),
    "paper.missing.opening_date": N_("Ngày của quyết định cách ly trước đó"),
    "paper.missing.end_date": N_("Ngày kết thúc cách ly"),
    "paper.missing.end_time": N_("Giờ kết thúc cách ly"),
    "paper.missing.signer": N_("Họ tên người ký"),
    "paper.no_pack": N_("Chưa có mẫu văn bản cho ngày {day}. Ghi ngày khác."),
    "paper.other_start": N_("Những người này bắt đầu cách ly khác ngày. Mỗi người một văn bản riêng."),
    "paper.home_isolation_ask": N_("Trưởng trạm chưa trả lời: nay có được cách ly COVID-19 tại nhà không."),
    "paper.home_isolation_no": N_("Trưởng trạm đã trả lời: nay không cách ly COVID-19 tại nhà. Đổi ở Cài đặt."),
    "paper.has_order": N_("{name} đã có quyết định cách ly cho lần mắc này. Mở quyết định đó, hoặc huỷ nó trước."),
    "paper.has_ending": N_("{name} đã có giấy kết thúc cách ly cho lần mắc này. Mở giấy đó, hoặc huỷ nó trước."),
    "paper.unknown": N_("Không còn thấy văn bản này trong sổ."),
    "paper.damaged": N_("Bản in đã giữ của văn bản này bị hỏng. Mở Cài đặt, mục Kiểm tra, rồi gọi hỗ trợ."),
    "paper.void_reason": N_("Ghi lý do huỷ."),
    "paper.already_void": N_("Văn bản này đã huỷ rồi."),
    "paper.book_number": N_("Số bắt đầu phải từ {least} đến 999999: số đã cấp không dùng lại."),
    "paper.printer": N_(
        "Máy in {printer} không nhận. Xem máy đã bật, còn giấy chưa, rồi in lại; số đã cấp giữ nguyên."
    ),
    "paper.not_kept": N_("Không ghi được tệp {name}: {reason}. Chọn thư mục khác rồi lưu lại."),
    "paper.unknown_item": N_("Không có mục này trong mẫu văn bản."),
    "paper.unknown_placeholder": N_("Không có ô điền tên “{name}”. Chọn một tên trong danh sách bên cạnh."),
    "paper.open_brackets": N_("Dấu ngoặc { } hoặc [ ] chưa đóng, hoặc lồng vào nhau."),
    "paper.text_too_long": N_("Dài quá {most} chữ. Rút ngắn lại."),
    "paper.text_empty": N_("Mục này không được để trống."),
    "paper.bad_count": N_("Ghi bằng chữ số, ví dụ 30."),
    "paper.bad_symbol": N_("Ký hiệu chỉ gồm chữ in hoa, số và gạch nối, ví dụ QĐ-UBND."),
}

KINDS: Final[Mapping[str, str]] = {
    "isolation_order": N_("Quyết định cách ly tại nhà"),
    "isolation_end": N_("Quyết định kết thúc cách ly"),
    "isolation_completion": N_("Giấy xác nhận hoàn thành cách ly"),
    "completion_certificate": N_("Giấy xác nhận đã cách ly của xã"),
    "contact_order": N_("Quyết định cách ly F1"),
    "contact_release": N_("Giấy kết thúc cách ly F1"),
    "sick_leave": N_("Giấy nghỉ việc hưởng BHXH"),
    "referral": N_("Giấy chuyển tuyến"),
}

GROUPS: Final[Mapping[str, str]] = {
    "parent": N_("Cơ quan chủ quản"),
    "issuer": N_("Cơ quan ban hành"),
    "corner": N_("Góc trên bên phải"),
    "symbol": N_("Ký hiệu"),
    "title": N_("Tên loại văn bản"),
    "subject": N_("Trích yếu"),
    "authority": N_("Thẩm quyền ban hành"),
    "legal_bases": N_("Căn cứ"),
    "proposal": N_("Theo đề nghị"),
    "decides": N_("Dòng “QUYẾT ĐỊNH:”"),
    "body": N_("Nội dung"),
    "reason": N_("Lý do"),
    "diagnosis": N_("Chẩn đoán ghi sẵn"),
    "treatment": N_("Cách điều trị ghi sẵn"),
    "most_days": N_("Số ngày nhiều nhất"),
    "parents_below": N_("Ghi cha mẹ khi dưới số tuổi"),
    "copies": N_("Các liên trên một tờ"),
    "recipients": N_("Nơi nhận"),
    "signer": N_("Chức vụ người ký"),
    "deputy": N_("Khi cấp phó ký thay"),
    "second_signer": N_("Người ký thứ hai"),
    "head_title": N_("Chức danh người đứng đầu trạm"),
    "head_of_station": N_("Cách gọi người đứng đầu trạm"),
    "chairman_title": N_("Cách gọi Chủ tịch"),
}
