"""Qt's own few texts in Vietnamese: its box of files and the menu of a text field.

Qt ships no Vietnamese catalogue. Where the system has no file box of its own, and in every field's menu, a station
would read English. What is not listed here stays as Qt says it.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTranslator

from covidstation.i18n import language

_FIELD: Final = {
    "&Undo": "&Hoàn tác",
    "&Redo": "&Làm lại",
    "Cu&t": "Cắ&t",
    "&Copy": "&Chép",
    "Copy &Link Location": "Chép địa chỉ &liên kết",
    "&Paste": "&Dán",
    "Delete": "Xoá",
    "Select All": "Chọn tất cả",
}
_FILES: Final = {
    "&Look in:": "T&rong thư mục:",
    "File &name:": "Tê&n tệp:",
    "Directory:": "Thư mục:",
    "Files of &type:": "L&oại tệp:",
    "&Open": "&Mở",
    "Open": "Mở",
    "&Save": "&Lưu",
    "Save": "Lưu",
    "Save As": "Lưu thành",
    "&Choose": "&Chọn",
    "Cancel": "Thôi",
    "Find Directory": "Chọn thư mục",
    "Back": "Lùi",
    "Go back": "Lùi về thư mục trước",
    "Forward": "Tới",
    "Go forward": "Tới thư mục sau",
    "Parent Directory": "Thư mục trên",
    "Go to the parent directory": "Lên thư mục trên",
    "Create New Folder": "Thư mục mới",
    "Create a New Folder": "Tạo thư mục mới",
    "List View": "Danh sách",
    "Change to list view mode": "Xem thành danh sách",
    "Detail View": "Chi tiết",
    "Change to detail view mode": "Xem chi tiết",
    "Sidebar": "Nơi hay dùng",
    "List of places and bookmarks": "Các nơi hay dùng",
    "Files": "Tệp",
    "&Rename": "Đổ&i tên",
    "&Delete": "&Xoá",
    "Show &hidden files": "Hiện tệp ẩ&n",
    "&New Folder": "Thư mục &mới",
    "New Folder": "Thư mục mới",
    "All Files (*)": "Mọi tệp (*)",
    "Directories": "Thư mục",
    "Recent Places": "Nơi mới mở",
    "%1 already exists.\nDo you want to replace it?": "Đã có %1.\nGhi đè lên tệp đó?",
    "%1\nFile not found.\nPlease verify the correct file name was given.": "%1\nKhông có tệp này. Xem lại tên tệp.",
    "%1\nDirectory not found.\nPlease verify the correct directory name was given.": (
        "%1\nKhông có thư mục này. Xem lại tên thư mục."
    ),
    "Are you sure you want to delete '%1'?": "Xoá hẳn “%1”?",
    "Name": "Tên",
    "Size": "Cỡ",
    "Type": "Loại",
    "Kind": "Loại",
    "Date Modified": "Sửa lúc",
    "Computer": "Máy này",
    "My Computer": "Máy này",
    "Folder": "Thư mục",
    "File Folder": "Thư mục",
    "File": "Tệp",
    "%1 File": "Tệp %1",
    "Drive": "Ổ đĩa",
}
_BUTTONS: Final = {
    "OK": "Được",
    "Save": "Lưu",
    "Open": "Mở",
    "Cancel": "Thôi",
    "Close": "Đóng",
    "&Yes": "&Có",
    "&No": "&Không",
}
_CONTEXTS: Final = {
    "QLineEdit": _FIELD,
    "QWidgetTextControl": _FIELD,
    "QFileDialog": _FILES,
    "QFileSystemModel": _FILES,
    "QAbstractFileIconProvider": _FILES,
    "QFileIconProvider": _FILES,
    "QPlatformTheme": _BUTTONS,
    "QDialogButtonBox": _BUTTONS,
    "QMessageBox": _BUTTONS,
}


class QtWords(QTranslator):
    """Install once: `app.installTranslator(QtWords(app))`. It follows the language in use."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)

    def isEmpty(self) -> bool:
        """Qt passes over a translator that says it is empty."""
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        """None, which Qt takes for "ask the next", where nothing is known."""
        if language() != "vi":
            return None  # type: ignore[return-value]  # Qt's null string; "" would blank the text
        return _CONTEXTS.get(context, {}).get(source)  # type: ignore[return-value]
