"""Where a spreadsheet is saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from covidstation.i18n import _


def choose_table(parent: QWidget, name: str) -> Path | None:
    """Ask where to save a spreadsheet, in the documents folder at first; None when the person went back."""
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    folder = documents if documents.is_dir() else Path.home()
    chosen, _kind = QFileDialog.getSaveFileName(parent, _("Lưu Excel"), str(folder / name), "Excel (*.xlsx)")
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() == ".xlsx" else path.with_name(f"{path.name}.xlsx")
