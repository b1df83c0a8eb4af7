"""Where a file is saved: the system's own dialog, in the documents folder at first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from covidstation.i18n import _


def documents() -> Path:
    """The person's documents folder, their home where there is none."""
    found = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return found if found.is_dir() else Path.home()


def choose_file(parent: QWidget, name: str) -> Path | None:
    """Ask where to save a PDF; None when the person went back."""
    return _chosen(parent, _("Lưu PDF"), name, "PDF (*.pdf)")


def choose_table(parent: QWidget, name: str) -> Path | None:
    """Ask where to save a spreadsheet; None when the person went back."""
    return _chosen(parent, _("Lưu Excel"), name, "Excel (*.xlsx)")


def choose_zip(parent: QWidget, name: str) -> Path | None:
    """Ask where to save a person's file; None when the person went back."""
    return _chosen(parent, _("Lưu hồ sơ"), name, "Zip (*.zip)")


def choose_data(parent: QWidget, name: str) -> Path | None:
    """Ask where to save a file for another program, by the ending of `name`; None when the person went back."""
    kinds = {".zip": "Zip (*.zip)", ".csv": "CSV (*.csv)"}
    return _chosen(parent, _("Lưu tệp dữ liệu"), name, kinds.get(Path(name).suffix, "JSON (*.json)"))


def _chosen(parent: QWidget, title: str, name: str, kind: str) -> Path | None:
    chosen, _kind = QFileDialog.getSaveFileName(parent, title, str(documents() / name), kind)
    if not chosen:
        return None
    path, ending = Path(chosen), Path(name).suffix
    return path if path.suffix.lower() == ending else path.with_name(f"{path.name}{ending}")
